// Taking a notebook home: the format, whose it is, how far it is, and the file.

import { setDisabled } from "../base/disable.js";
import { h } from "../base/dom.js";
import { language, say, sayNothing } from "../base/i18n.js";
import { isThisComputer } from "../base/address.js";
import { saveFile } from "../base/save.js";
import { ownStorage } from "../base/storage.js";
import { icon } from "../parts/icons.js";
import { Api } from "./api.js";
import { kept, KEPT, made } from "./exporting.js";
import { refusalText } from "../parts/refusals.js";

const FORMATS = ["docx", "pdf", "html", "zip", "ipynb"];

export class ExportPanel {
  #api;
  #ready;
  #format;
  #name;
  #number;
  #go;
  #bar = h("progress", { hidden: true, label: "export.progress", testid: "export-progress" });
  #said = h("p", { role: "status", testid: "export-said" });
  #notebook = null;
  #language = null;

  /** ready(): resolves when all that was typed and pinned is on the server, or cannot be, as `lacking` of complete.js does. */
  constructor(api, ready) {
    this.#api = api;
    this.#ready = ready;
    const typed = kept();
    this.#format = h(
      "select",
      { id: "export-format", testid: "export-format" },
      FORMATS.map((format) => h("option", { value: format, text: `export.${format}` })),
    );
    const field = (name) =>
      h("input", {
        type: "text",
        id: `export-${name}`,
        testid: `export-${name}`,
        maxLength: 100,
        autocomplete: "off",
        value: typed[name],
        on: { input: () => this.#keep() },
      });
    this.#name = field("name");
    this.#number = field("number");
    this.#go = h(
      "button",
      { type: "submit", class: "plain primary wide", testid: "export" },
      icon("download"),
      h("span", { text: "export.go" }),
    );
    const submit = (event) => {
      event.preventDefault();
      this.#export();
    };
    const labelled = (name, control) =>
      h("div", { class: "field" }, h("label", { htmlFor: `export-${name}`, text: `export.${name}` }), control);
    this.element = h(
      "form",
      { class: "stack export", on: { submit } },
      labelled("format", this.#format),
      h("div", { class: "export-who" }, labelled("name", this.#name), labelled("number", this.#number)),
      h("p", { class: "muted", text: "export.private" }),
      h("p", { class: "muted", text: "export.local", testid: "export-local", hidden: !isThisComputer(location.host) }),
      this.#go,
      this.#bar,
      this.#said,
    );
  }

  /** The notebook that is open: its id, and the language that its report is in. */
  show(notebook, inLanguage) {
    this.#notebook = notebook;
    this.#language = inLanguage;
    sayNothing(this.#said);
  }

  #keep() {
    try {
      ownStorage()?.setItem(KEPT, JSON.stringify({ name: this.#name.value, number: this.#number.value }));
    } catch {
      // blocked or full: they are typed again
    }
  }

  async #export() {
    const notebook = this.#notebook;
    const format = this.#format.value;
    setDisabled(this.#go, true);
    sayNothing(this.#said);
    // A window that opens later than the click that wants it is a pop-up.
    const print = format === "pdf" ? open("", "_blank") : null;
    try {
      const lacks = await this.#ready();
      if (lacks === null) {
        print?.close();
        say(this.#said, "export.offline");
      } else if (format === "pdf") {
        if (print) print.location.href = Api.print(notebook);
        else location.href = Api.print(notebook);
        this.#sayDone("export.print", lacks);
      } else {
        await this.#make(notebook, format);
        this.#sayDone("export.done", lacks);
      }
    } catch (error) {
      if (!(error.status >= 0)) throw error;
      say(this.#said, ...refusalText(error));
    } finally {
      setDisabled(this.#go, false);
      this.#bar.hidden = true;
    }
  }

  /** Says that it is done, and what is not in it. */
  #sayDone(done, lacks) {
    say(this.#said, ...lacks.reduce((said, [key, count]) => [key, { said, count }], [done]));
  }

  /** Has the report made, and saves it. Rejects with an ApiError. */
  async #make(notebook, format) {
    this.#bar.removeAttribute("value");
    this.#bar.hidden = false;
    const name = this.#name.value.trim();
    const number = this.#number.value.trim();
    const asked = { format, language: this.#language ?? language(), name, number };
    const { name: called, file } = await made(this.#api, notebook, asked, (done, of) => {
      this.#bar.max = of;
      this.#bar.value = done;
      say(this.#said, "export.at", { done, of });
    });
    saveFile(called.includes(".") ? called : `${called}.${format}`, file);
  }
}
