// What can be taken home of the epoch that is looked at: the run's script, its network for other programs; and all of them.

import { h } from "../../base/dom.js";
import { say, sayNothing, t } from "../../base/i18n.js";
import { saveFile } from "../../base/save.js";
import { icon } from "../../parts/icons.js";
import { Api } from "../api.js";
import { FaultLine } from "../fault-line.js";

// What each is called, how its file's name ends, and the text that says what it is.
const KINDS = {
  script: { name: () => h("span", { text: "home.script" }), ending: "py", about: "home.scriptAbout" },
  onnx: { name: () => "ONNX", ending: "onnx", about: "home.onnxAbout" },
  safetensors: { name: () => "safetensors", ending: "safetensors", about: "home.safetensorsAbout" },
};

export class TakeHome {
  #api;
  #title = h("p", { class: "muted" });
  #fault = new FaultLine({ class: "form-error", testid: "home-fault" });
  #making = h("span", { class: "hidden-visually", role: "status" });
  #buttons;
  #all = h("a", { class: "plain", testid: "home-all", download: "" }, icon("download"));
  #shown = null;

  constructor(api) {
    this.#api = api;
    this.#buttons = Object.keys(KINDS).map((kind) =>
      h(
        "button",
        {
          type: "button",
          class: "plain",
          testid: `home-${kind}`,
          on: { click: ({ currentTarget }) => this.#make(kind, currentTarget) },
        },
        icon("download"),
        KINDS[kind].name(),
      ),
    );
    this.#all.append(h("span", { text: "home.all" }));
    this.element = h(
      "div",
      { class: "take-home", testid: "take-home" },
      this.#title,
      h("div", { class: "take-home-files" }, this.#buttons, this.#all),
      this.#making,
      this.#fault.element,
    );
  }

  /** record: of the epoch that is looked at, or none. */
  update(run, record) {
    this.element.hidden = !record;
    if (!record) return;
    if (this.#shown?.run !== run.run || this.#shown.epoch !== record.epoch) this.#fault.clear();
    this.#shown = {
      run: run.run,
      epoch: record.epoch,
      checkpoint: record.checkpoint,
    };
    say(this.#title, "home.title", { epoch: record.epoch });
    for (const [index, { about }] of Object.values(KINDS).entries())
      this.#buttons[index].title = t(about, { epoch: record.epoch });
    this.#all.href = Api.archive(run.run);
    this.#all.download = `${run.run}.zip`;
  }

  async #make(kind, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    const { run, epoch, checkpoint } = this.#shown;
    button.setAttribute("aria-busy", "true");
    this.#fault.clear();
    say(this.#making, "home.making");
    try {
      saveFile(`${checkpoint.replace(/\.pt$/, "")}.${KINDS[kind].ending}`, await this.#api.exported(run, epoch, kind));
    } catch (error) {
      if (!(error.status >= 0)) throw error; // a mistake of ours, not the server's answer
      this.#fault.show(error);
    } finally {
      button.removeAttribute("aria-busy");
      sayNothing(this.#making);
    }
  }
}
