// What a run keeps: the exercise's list of saved networks, growing with every epoch, and how to use them.

import { h, setText } from "../../base/dom.js";
import { language, say, sayLabel, t } from "../../base/i18n.js";
import { isActive } from "../runs/run-status.js";
import { icon } from "../../parts/icons.js";
import { pinButton } from "../../parts/pin-button.js";
import { Api } from "../api.js";
import { TakeHome } from "./take-home.js";

export class FilesCard {
  #list = h("ol", { class: "files", testid: "files", tabIndex: 0, label: "files.title" });
  #folder = h("code");
  #empty = h("p", { class: "muted" });
  #pin = pinButton("lenet.files", () => ({}));
  #home;
  #shown = "";

  /** choose(epoch): the epoch of a file is to be looked at. */
  constructor(api, choose) {
    this.choose = choose;
    this.#home = new TakeHome(api);
    this.element = h(
      "section",
      { class: "surface" },
      h("div", { class: "card-head row" }, h("h3", { text: "files.title" }), this.#pin),
      h("p", { class: "muted files-folder" }, h("span", { text: "files.folder" }), " ", this.#folder),
      this.#list,
      this.#empty,
      h("p", { class: "muted", text: "files.use" }),
      this.#home.element,
    );
  }

  update(run, log, epoch) {
    say(this.#empty, isActive(run) ? "files.none" : "files.nothing");
    this.#home.update(
      run,
      log.epochs.find((record) => record.epoch === epoch),
    );
    setText(this.#folder, `${run.run}/`);
    const shown = JSON.stringify([language(), run.run, log.epochs.map(({ checkpoint }) => checkpoint), epoch]);
    if (shown === this.#shown) return;
    const follow = this.#list.scrollTop + this.#list.clientHeight >= this.#list.scrollHeight - 4;
    this.#shown = shown;
    this.#empty.hidden = log.epochs.length > 0;
    this.#pin.hidden = log.epochs.length === 0;
    this.#list.replaceChildren(
      ...log.epochs.map((record) => {
        const link = h(
          "a",
          {
            href: Api.checkpoint(run.run, record.epoch),
            download: record.checkpoint,
            class: "download",
            testid: "file",
          },
          icon("download"),
        );
        sayLabel(link, "files.download", { name: record.checkpoint });
        const look = h(
          "button",
          { type: "button", class: "file", on: { click: () => this.choose(record.epoch) } },
          h("span", { class: "muted" }, String(record.epoch)),
          h("code", {}, record.checkpoint),
        );
        look.title = t("files.look", { epoch: record.epoch });
        return h("li", { class: record.epoch === epoch ? "chosen" : "" }, look, link);
      }),
    );
    if (follow) this.#list.scrollTop = this.#list.scrollHeight;
  }
}
