// Play, pause, step, reset, new weights, the epoch and the speed. Shows what is so; asks for what the user wants.

import { h, setText } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { onLanguage, sayLabel, t } from "../base/i18n.js";
import { epochText } from "./format.js";

const SPEEDS = [1, 10, 60, null]; // epochs a second; null: as fast as it goes

export class RunControls {
  #play;
  #epoch = h("output", { class: "epoch-value", testid: "epoch", textContent: epochText(0) });
  #speed;
  #playing = false;

  /** on: {play(), pause(), step(), reset(), newWeights(), speed(epochsPerSecond)} */
  constructor(host, on) {
    const button = (name, testid, label, className, hide, click) =>
      h(
        "button",
        { type: "button", class: className, testid, label, data: hide ? { hide } : {}, on: { click } },
        icon(name),
      );
    this.#play = button("play", "play", "run.play", "round primary play", "playButton", () => this.toggle());
    this.#play.append(icon("pause"));
    this.toggle = () => (this.#playing ? on.pause() : on.play());
    this.#speed = h("select", { id: "select-speed", testid: "select-speed" });
    this.#speed.addEventListener("change", () => on.speed(this.speed));
    const newWeights = h("button", {
      type: "button",
      class: "plain",
      testid: "new-weights",
      label: "run.newWeightsHelp",
      on: { click: on.newWeights },
    });
    newWeights.append(icon("dice"), h("span", { text: "run.newWeights" }));
    host.append(
      h(
        "div",
        { class: "run-buttons row", role: "group", label: "run.label" },
        button("reset", "reset", "run.reset", "round", "resetButton", on.reset),
        this.#play,
        button("step", "step", "run.step", "round", "stepButton", on.step),
        newWeights,
      ),
      h("div", { class: "epoch" }, h("span", { class: "field-label", text: "run.epoch" }), this.#epoch),
      h("div", { class: "field" }, h("label", { for: "select-speed", text: "run.speed" }), this.#speed),
    );
    onLanguage(() => this.setSpeed(this.speed));
    this.setSpeed(60);
  }

  setPlaying(playing) {
    this.#playing = playing;
    this.#play.classList.toggle("playing", playing);
    sayLabel(this.#play, playing ? "run.pause" : "run.play");
  }

  /** Epochs a second, or null: as fast as it goes. */
  get speed() {
    return this.#speed.value === "max" ? null : Number(this.#speed.value);
  }

  setSpeed(epochsPerSecond) {
    const speeds = SPEEDS.includes(epochsPerSecond) ? SPEEDS : [epochsPerSecond, ...SPEEDS];
    const option = (speed) =>
      h("option", { value: speed ?? "max", textContent: speed === null ? t("run.max") : String(speed) });
    this.#speed.replaceChildren(...speeds.map(option));
    this.#speed.value = epochsPerSecond ?? "max";
  }

  setEpoch(epoch) {
    setText(this.#epoch, epochText(epoch));
  }
}
