// A sweep in the list of runs: one row for all its trials, which it can show below.

import { arrange, h, setText } from "../../base/dom.js";
import { say, sayLabel, t } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { durationText } from "../duration.js";
import { formatRoute } from "../route.js";
import { ActionButtons } from "../run/run-actions.js";
import { showBest } from "../runs/run-row.js";
import { StatusPill } from "../runs/run-status.js";
import { axesText, presetText, startedText } from "../run/run-title.js";

export class SweepRow {
  #pill = new StatusPill();
  #actions;
  #toggle;
  #link;
  #title = h("span", { class: "row-title" });
  #owner = h("span", { class: "row-owner" });
  #accuracy = h("span", { class: "row-accuracy", testid: "row-accuracy" });
  #about = h("span", { class: "row-about", testid: "sweep-done" });
  #axes = h("div", { class: "row-differs" });
  #trials = h("ul", { class: "run-rows trials" });

  /** on: {toggle(id), perform(action, sweep)}. */
  constructor(id, on) {
    this.#actions = new ActionButtons(on.perform);
    this.#toggle = h(
      "button",
      {
        type: "button",
        class: "round small bare row-toggle",
        testid: "sweep-toggle",
        on: { click: () => on.toggle(id) },
      },
      icon("fold"),
    );
    this.#link = h(
      "a",
      { href: formatRoute({ sweep: id }), class: "row-link", testid: "open-sweep" },
      this.#title,
      " ",
      this.#owner,
    );
    this.element = h(
      "li",
      { class: "sweep-item", testid: "sweep-row", data: { sweep: id } },
      h(
        "div",
        { class: "run-row row" },
        this.#toggle,
        h(
          "div",
          { class: "row-body" },
          h("div", { class: "row-line" }, this.#link, this.#accuracy),
          h("div", { class: "row-line" }, h("span", { class: "row-state row" }, this.#pill.element, this.#about)),
          this.#axes,
        ),
        this.#actions.element,
      ),
      this.#trials,
    );
  }

  /** rows: elements of its trials; unfolded: whether they are shown. */
  update(sweep, { open, mine, allowed, unfolded, rows }) {
    this.#pill.update(sweep);
    this.#actions.update(sweep, allowed);
    this.element.firstElementChild.classList.toggle("open", open);
    if (open) this.#link.setAttribute("aria-current", "true");
    else this.#link.removeAttribute("aria-current");
    say(this.#title, "sweep.name", { preset: presetText(sweep) });
    say(this.#owner, mine ? "runs.mine" : "runs.others");
    this.#owner.classList.toggle("mine", mine);
    this.#accuracy.hidden = sweep.best_accuracy === null;
    showBest(this.#accuracy, "sweep.bestAccuracy", sweep.best_accuracy);
    const done = t("sweep.done", { done: sweep.done, size: sweep.trials.length });
    setText(this.#about, sweep.train_s ? `${done} · ${durationText(sweep.train_s)}` : done);
    setText(this.#axes, axesText(sweep));
    this.#axes.title = axesText(sweep);
    this.element.title = startedText(sweep);
    sayLabel(this.#toggle, unfolded ? "sweep.fold" : "sweep.unfold");
    this.#toggle.setAttribute("aria-expanded", unfolded);
    this.#trials.hidden = !unfolded;
    arrange(this.#trials, rows);
  }
}
