// What can be done to a run, and the buttons for it.

import { h } from "../../base/dom.js";
import { icon } from "../../parts/icons.js";
import { isActive, isResumable, isUnfinished } from "../runs/run-status.js";

/** By name, which is also the API's: icon, and whether it makes sense now. */
export const ACTIONS = {
  pause: { icon: "pause", fits: (run) => isActive(run) && !run.requested },
  resume: { icon: "play", fits: isResumable },
  stop: { icon: "stop", fits: (run) => isActive(run) && run.requested !== "stop" },
  delete: { icon: "trash", fits: (run) => !isActive(run) },
};

/** Whether it makes sense to do `name` to a run; or to a sweep, whose trials it is done to. */
export function fits(name, { trials, ...run }) {
  if (run.refusal && !(run.refusal.code === "no-files" && name !== "resume")) return false;
  if (!trials) return ACTIONS[name].fits(run);
  if (name === "delete") return trials.every(ACTIONS.delete.fits);
  if (name === "resume") return trials.some((trial) => isUnfinished(trial) && !trial.refusal);
  return trials.some(ACTIONS[name].fits);
}

/** Buttons of the actions that fit. `wide`: with their names beside the icons. */
export class ActionButtons {
  #subject = null;
  #buttons;

  /** perform(name, run or sweep). */
  constructor(perform, { wide = false } = {}) {
    this.#buttons = Object.entries(ACTIONS).map(([name, action]) => {
      const button = h(
        "button",
        {
          type: "button",
          class: wide ? "plain" : "round small bare",
          testid: `run-${name}`,
          label: wide ? undefined : `action.${name}`,
          on: { click: () => perform(name, this.#subject) },
        },
        icon(action.icon),
        wide ? h("span", { text: `action.${name}` }) : null,
      );
      return { button, name };
    });
    this.element = h(
      "div",
      { class: "actions" },
      this.#buttons.map(({ button }) => button),
    );
  }

  /** subject: a run or a sweep. allowed: whether it may be changed from here. */
  update(subject, allowed) {
    this.#subject = subject;
    for (const { button, name } of this.#buttons) button.hidden = !allowed || !fits(name, subject);
  }
}
