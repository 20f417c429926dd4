// What can be done to a run, and the buttons for it.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { isActive } from "./run-status.js";

const RESUMABLE = ["paused", "stopped", "interrupted", "failed"];

/** By name, which is also the API's: icon, and whether it makes sense now. */
export const ACTIONS = {
  pause: { icon: "pause", fits: (run) => isActive(run) && !run.requested },
  resume: { icon: "play", fits: ({ status }) => RESUMABLE.includes(status) },
  stop: { icon: "stop", fits: (run) => isActive(run) && run.requested !== "stop" },
  delete: { icon: "trash", fits: (run) => !isActive(run) },
};

/** Buttons of the actions that fit. `wide`: with their names beside the icons. */
export class ActionButtons {
  #run = null;
  #buttons;

  /** perform(name, run). */
  constructor(perform, { wide = false } = {}) {
    this.#buttons = Object.entries(ACTIONS).map(([name, action]) => {
      const button = h(
        "button",
        {
          type: "button",
          class: wide ? "plain" : "round small bare",
          testid: `run-${name}`,
          label: wide ? undefined : `action.${name}`,
          on: { click: () => perform(name, this.#run) },
        },
        icon(action.icon),
        wide ? h("span", { text: `action.${name}` }) : null,
      );
      return { button, action };
    });
    this.element = h(
      "div",
      { class: "actions" },
      this.#buttons.map(({ button }) => button),
    );
  }

  update(run, allowed) {
    this.#run = run;
    for (const { button, action } of this.#buttons) button.hidden = !allowed || !action.fits(run);
  }
}
