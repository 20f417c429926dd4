// Carries out what a visitor wants done with a run or a sweep: pause, resume, stop, delete, after a question where it cannot be
// undone. Tells what has become of them; shows nothing itself.

import { fullTitle } from "../run/run-title.js";

export class Performer {
  #api;
  #confirm;
  #on;
  #deleting = new Set(); // ids of runs

  /**
   * confirm: the dialog that asks. on: {begins(), heard(change) of each run, heardAll(runs) of a sweep's, failed(error)}.
   */
  constructor(api, confirm, on) {
    this.#api = api;
    this.#confirm = confirm;
    this.#on = on;
  }

  /** Whether a run is being deleted from here. */
  isDeleting(run) {
    return this.#deleting.has(run);
  }

  /** subject: a run or a sweep. */
  perform = async (action, subject) => {
    const isSweep = Boolean(subject.trials);
    if (action === "delete" && !(await this.#confirm.ask(question(subject), "action.delete"))) return;
    this.#on.begins();
    const ids = isSweep ? subject.trials.map(({ run }) => run) : [subject.run];
    if (action === "delete") for (const id of ids) this.#deleting.add(id);
    try {
      if (isSweep) await this.#performOnSweep(action, subject);
      else this.#on.heard((await this.#api[action](subject.run)) ?? { run: subject.run, deleted: true });
    } catch (error) {
      this.#on.failed(error);
    } finally {
      for (const id of ids) this.#deleting.delete(id);
    }
  };

  async #performOnSweep(action, { id, trials }) {
    if (action === "delete") {
      await this.#api.deleteSweep(id);
      for (const { run } of trials) this.#on.heard({ run, deleted: true });
    } else this.#on.heardAll((await this.#api.controlSweep(id, action)).trials);
  }
}

function question({ trials, ...run }) {
  if (trials) return ["sweep.deleteQuestion", { count: trials.length }];
  return ["action.deleteQuestion", { name: fullTitle(run) }];
}
