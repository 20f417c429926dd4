// Own data from a file: a dialog in which a file is chosen, dropped or pasted, seen, and made into a point set. Which columns are
// chosen stays for the next file, the points of a file only until another is opened. Nothing leaves the browser before "Use these points" is pressed.

import { colorScale } from "../../base/color.js";
import { h } from "../../base/dom.js";
import { say, sayNothing, t } from "../../base/i18n.js";
import { saveFile } from "../../base/save.js";
import { loadScript } from "../../base/script.js";
import { look, onLook } from "../../base/theme.js";
import { icon } from "../../parts/icons.js";
import { ImportTable } from "./import-table.js";
import { pack } from "./point-set.js";
import { faultText } from "./report.js";
import { sampleCsv } from "./sample.js";
import { openFile, openText } from "./source.js";

const EDITABLE = 10_000; // characters of what is pasted that the field shows
const ACCEPTED = ".csv,.tsv,.tab,.txt,.dat,.xlsx,.xlsm,text/csv,text/plain,text/tab-separated-values";
const SAMPLE = ["sample.area", "sample.age", "sample.kind", "sample.flat", "sample.house"];

export class ImportView {
  #papaAddress;
  #papa = null;
  #onUse;
  #dialog;
  #file = h("input", {
    type: "file",
    accept: ACCEPTED,
    hidden: true,
    testid: "file-input",
    on: { change: () => this.#openFile(this.#file.files[0]) },
  });
  #paste = h("textarea", {
    class: "file-paste",
    id: "file-paste",
    rows: 2,
    testid: "file-paste",
    spellcheck: false,
    on: { input: () => this.#paste.value.trim() && this.#take(openText(this.#paste.value)) },
  });
  #found = h("p", { role: "status", testid: "file-found" });
  #fault = h("p", { class: "form-error", role: "alert", testid: "file-fault" });
  #table = new ImportTable((refused) => (refused ? this.#refuse(refused) : this.#show()));
  #use = h("button", {
    type: "button",
    class: "plain primary",
    testid: "file-use",
    text: "file.use",
    disabled: true,
    on: { click: () => this.#give() },
  });
  #attempt = 0; // which file counts: one that is opened later

  /**
   * papa: address of papaparse. onUse(bytes, pointSet) gives the points on, and resolves to null, or to why they are not taken:
   * [translation key, values].
   *
   * @param {{papa: string, onUse: (bytes: Uint8Array, set: import("./point-set.js").PointSet) => Promise<any>}} options
   */
  constructor({ papa, onUse }) {
    this.#papaAddress = papa;
    this.#onUse = onUse;
    this.#build();
    const recolor = () => this.#table.recolor(colorScale(look()), look().palette === "safe");
    recolor();
    onLook(recolor);
  }

  open() {
    this.#dialog.showModal();
    this.#load();
  }

  /** papaparse, which is asked for again where it did not load. */
  async #load() {
    try {
      this.#papa ??= await loadScript(this.#papaAddress, "Papa");
    } catch {
      // told when a file is to be read
    }
    return this.#papa;
  }

  // --- what it looks like

  #build() {
    const button = (testid, text, name, click) =>
      h("button", { type: "button", class: "plain", testid, on: { click } }, icon(name), h("span", { text }));
    const cancel = h("button", {
      type: "button",
      class: "plain",
      testid: "file-cancel",
      text: "file.cancel",
      on: { click: () => this.#dialog.close() },
    });
    this.#dialog = h(
      "dialog",
      {
        class: "dialog floating file-dialog",
        testid: "file-dialog",
        "aria-labelledby": "file-title",
        on: {
          paste: (event) => this.#pasted(event),
          dragover: (event) => this.#drag(event, true),
          dragleave: (event) => this.#drag(event, false),
          drop: (event) => this.#dropped(event),
        },
      },
      h(
        "div",
        { class: "stack" },
        h("h2", { id: "file-title", text: "file.title" }),
        h("p", { text: "file.privacy" }),
        h(
          "div",
          { class: "file-source row" },
          button("file-choose", "file.choose", "plus", () => this.#file.click()),
          button("file-sample", "file.sample", "download", () => this.#saveSample()),
          h("span", { class: "muted", text: "file.formats" }),
        ),
        h("div", { class: "field" }, h("label", { htmlFor: "file-paste", text: "file.paste" }), this.#paste),
        this.#file,
        this.#fault,
        this.#found,
        this.#table.element,
        h("div", { class: "dialog-buttons row" }, cancel, this.#use),
      ),
    );
    document.body.append(this.#dialog);
  }

  #saveSample() {
    const names = SAMPLE.map((name) => t(name));
    saveFile("playlab_points.csv", sampleCsv(names), "text/csv");
  }

  // --- how a file comes

  #pasted(event) {
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData("text/plain");
    if (event.target === this.#paste && this.#paste.value !== "" && !file) return; // what stands there is edited
    if (!file && text.trim() === "") return;
    event.preventDefault();
    if (file && text === "") return void this.#openFile(file);
    this.#paste.value = text.length <= EDITABLE ? text : "";
    this.#take(openText(text));
  }

  #drag(event, isOver) {
    if (isOver) event.preventDefault(); // or the browser would leave the page for the file
    this.#dialog.classList.toggle("file-over", isOver);
  }

  #dropped(event) {
    event.preventDefault();
    this.#drag(event, false);
    const [file] = event.dataTransfer.files;
    const text = event.dataTransfer.getData("text/plain");
    if (file) this.#openFile(file);
    else if (text.trim() !== "") this.#take(openText(text));
  }

  async #openFile(file) {
    if (!file) return;
    const attempt = ++this.#attempt;
    say(this.#found, "file.reading");
    const source = await openFile(file, window.fflate);
    this.#file.value = ""; // the same file may be chosen again, changed
    if (attempt === this.#attempt) this.#take(source, attempt);
  }

  async #take(source, attempt = ++this.#attempt) {
    const papa = source.fault ? null : await this.#load();
    if (attempt !== this.#attempt) return;
    const fault = source.fault ?? (papa ? this.#table.take(source, papa) : "library");
    if (!fault) return this.#show();
    this.#table.clear(); // or the points of the file before would be taken for this one's
    this.#refuse({ ...source, fault });
  }

  #show() {
    const { found, set } = this.#table;
    if (found) say(this.#found, ...found);
    else sayNothing(this.#found);
    this.#use.disabled = set === null;
    sayNothing(this.#fault);
  }

  #refuse(source) {
    this.#show();
    say(this.#fault, ...faultText(source));
  }

  // --- where it goes

  async #give() {
    const { set } = this.#table;
    this.#use.disabled = true;
    say(this.#use, "file.giving");
    const refusal = await this.#onUse(pack(set), set);
    say(this.#use, "file.use");
    this.#use.disabled = this.#table.set === null;
    if (refusal) this.#table.refuse(refusal);
    else this.#dialog.close();
  }
}
