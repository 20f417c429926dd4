// A run in the list: what it is, how far, how good.

import { h, setText } from "../../base/dom.js";
import { say, sayLabel, t } from "../../base/i18n.js";
import { durationText } from "../duration.js";
import { percentText } from "../format.js";
import { formatRoute } from "../route.js";
import { ActionButtons } from "../run/run-actions.js";
import { mayEndEarly } from "../run/run-end.js";
import { refusalText } from "../refusals.js";
import { isActive, StatusPill } from "./run-status.js";
import { optionText } from "../launch/setting-text.js";
import { fullTitle, listedTitle } from "../run/run-title.js";

export class RunRow {
  #pill = new StatusPill();
  #actions;
  #check;
  #link;
  #accuracy = h("span", { class: "row-accuracy", testid: "row-accuracy" });
  #about = h("span", { class: "row-about" });
  #differs = h("div", { class: "row-differs", testid: "row-differs" });
  #title = h("span", { class: "row-title" });
  #owner = h("span", { class: "row-owner", testid: "row-owner" });

  /** on: {choose(id, isChosen), perform(action, run)}. */
  constructor(id, on) {
    this.#actions = new ActionButtons(on.perform);
    this.#check = h("input", { type: "checkbox", testid: "choose-run" });
    this.#check.addEventListener("change", () => on.choose(id, this.#check.checked));
    this.#link = h(
      "a",
      { href: formatRoute({ run: id }), class: "row-link", testid: "open-run" },
      this.#title,
      " ",
      this.#owner,
    );
    this.element = h(
      "li",
      { class: "run-row row", testid: "run-row", data: { run: id } },
      h("label", { class: "row-check" }, this.#check),
      h(
        "div",
        { class: "row-body" },
        h("div", { class: "row-line" }, this.#link, this.#accuracy),
        h("div", { class: "row-line" }, h("span", { class: "row-state row" }, this.#pill.element, this.#about)),
        this.#differs,
      ),
      this.#actions.element,
    );
  }

  /** differs: in words, what is set otherwise than by the preset. */
  update(run, { open, chosen, mine, allowed, differs }) {
    this.#pill.update(run);
    this.#actions.update(run, allowed);
    this.#check.checked = chosen;
    sayLabel(this.#check, "runs.choose", { name: fullTitle(run) });
    this.element.classList.toggle("open", open);
    if (open) this.#link.setAttribute("aria-current", "true");
    else this.#link.removeAttribute("aria-current");
    setText(this.#title, listedTitle(run));
    this.#accuracy.hidden = run.best_accuracy === null; // a label without a text is an error to screen readers
    showBest(this.#accuracy, "runs.best", run.best_accuracy);
    const owner = mine ? "runs.mine" : run.owner === null ? nobody(run) : "runs.others";
    say(this.#owner, owner);
    this.#owner.classList.toggle("mine", mine);
    this.#owner.hidden = Boolean(run.sweep); // its row says it
    setText(this.#about, aboutText(run));
    const about = run.refusal ? t(...refusalText(run.refusal)) : differs;
    setText(this.#differs, about);
    this.#differs.title = about;
    this.#link.title = fullTitle(run); // a long name is cut short in the row
  }
}

/** Who started what no browser did. */
function nobody({ why }) {
  return why?.code === "owner-lost" ? "runs.unknown" : "runs.commandLine";
}

/** Puts the best accuracy into a row; key: of what it is in full. */
export function showBest(element, key, best) {
  const accuracy = percentText(best);
  setText(element, best === null ? "" : t("runs.bestShort", { accuracy }));
  sayLabel(element, key, { accuracy });
  element.title = t(key, { accuracy });
}

/** When a queued run starts; no time is known while no machine is there. */
function waitText(run) {
  if (run.wait_s === null) return t("runs.noMachine");
  return run.wait_s < 1 ? t("runs.waitSoon") : t("runs.wait", { time: durationText(run.wait_s) });
}

/**
 * What stands after the status: the place in the queue, or epochs; the time when it is over, as until then it is another
 * every moment, and the head of a watched run has it; the data set.
 */
function aboutText(run) {
  const parts =
    run.status === "queued" && run.position
      ? [t("runs.position", { position: run.position }), waitText(run)]
      : [t(mayEndEarly(run) ? "runs.epochsEarly" : "runs.epochs", { epoch: run.epoch, epochs: run.config.epochs })];
  if (run.train_s && !isActive(run)) parts.push(durationText(run.train_s));
  if (run.config.dataset !== "mnist") parts.push(optionText(run.config.dataset));
  return parts.join(" · ");
}
