// What a run is doing, as an icon and a word. The names are the server's, and those between two of them.

import { h } from "../../base/dom.js";
import { say } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";

export const STATUSES = {
  queued: "clock",
  starting: "turning",
  downloading: "download",
  running: "turning",
  ending: "turning",
  pausing: "turning",
  stopping: "turning",
  paused: "pause",
  stopped: "stop",
  finished: "check",
  failed: "warning",
  interrupted: "bolt",
  deleted: "trash",
};

let states = {};
let isConnected = true;

/** of: {status: {active, resumable}}, from the server's schema. */
export function useStates(of) {
  states = of;
}

/** Whether news of the runs come. */
export function useConnection(is) {
  isConnected = is;
}

/** Whether it may do something else by now: nothing is heard of it. */
export function isUnsure(run) {
  return !isConnected && isActive(run);
}

/** Whether it waits or is trained. */
export function isActive({ status }) {
  return states[status]?.active === true;
}

export function isResumable({ status }) {
  return states[status]?.resumable === true;
}

/** Whether it has ended before its end, by no fault: one that failed would fail again. */
export function isUnfinished(run) {
  return isResumable(run) && run.status !== "failed";
}

/** The key of STATUSES that tells most. */
export function statusOf({ status, requested, download, epoch, config }) {
  if (isActive({ status }) && requested) return { pause: "pausing", stop: "stopping" }[requested];
  if (status === "running" && epoch >= config?.epochs) return "ending"; // all is trained, its process is still there
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
    this.element.toggleAttribute("data-unsure", isUnsure(run));
    if (isUnsure(run)) say(this.#word, "status.lastHeard", { status: [`status.${status}`] });
    else say(this.#word, `status.${status}`);
  }
}
