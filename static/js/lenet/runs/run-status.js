// What a run is doing, as an icon and a word. The names are the server's, and those between two of them.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";

export const STATUSES = {
  queued: "clock",
  starting: "turning",
  downloading: "download",
  running: "turning",
  pausing: "turning",
  stopping: "turning",
  paused: "pause",
  stopped: "stop",
  finished: "check",
  failed: "warning",
  interrupted: "bolt",
  deleted: "trash",
};

const ACTIVE = ["queued", "starting", "running"];

/** Of a run that has ended before its end. */
export const RESUMABLE = ["paused", "stopped", "interrupted"];

export function isActive({ status }) {
  return ACTIVE.includes(status);
}

/** The key of STATUSES that tells most. */
export function statusOf({ status, requested, download }) {
  if (isActive({ status }) && requested) return { pause: "pausing", stop: "stopping" }[requested];
  return isActive({ status }) && download ? "downloading" : status;
}

/** A pill that shows it. */
export class StatusPill {
  #word = h("span");
  element = h("span", { class: "pill", testid: "run-status" }, this.#word);

  update(run) {
    const status = statusOf(run);
    if (this.element.dataset.status !== status) {
      this.element.dataset.status = status;
      this.element.replaceChildren(icon(STATUSES[status] ?? "warning"), this.#word);
    }
    say(this.#word, `status.${status}`);
  }
}
