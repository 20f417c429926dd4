// The present run as a PyTorch file, and all else that can be taken home. While it is seen it is asked for anew when the run changes, and what has changed in it is marked.

import { copyText } from "../base/clipboard.js";
import { setDisabled } from "../base/disable.js";
import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";
import { saveFile } from "../base/save.js";
import { icon } from "../parts/icons.js";

const OF_THE_SERVER = { name: "run", text: "code.run", formats: ["ipynb", "onnx"] };
const FORMATS = { ipynb: "Jupyter", onnx: "ONNX", csv: "CSV", png: "PNG", svg: "SVG" };
const TYPES = { ipynb: "application/x-ipynb+json", onnx: "application/octet-stream" };
const SETTLED = 250; // ms for which nothing has changed

export class CodeView {
  text = "drawer.code";
  #ask;
  #number = null; // of the file that is asked for
  #text = null;
  #asked = null; // what it was asked for
  #listing = h("pre", { class: "code-listing", testid: "code", tabIndex: 0, label: "code.listing" });
  #said = h("span", { class: "muted", role: "status", testid: "code-said" });
  #copy;
  #save;
  #refresh;
  #files = new Map(); // what is asked for besides: the number of each format's

  /**
   * ask(epoch, format) resolves to the reply, whose file comes later. offered: [{name, text, formats}], what the page itself
   * can save by save(name, format), which resolves to whether it could.
   */
  constructor(ask, offered, save) {
    this.#ask = ask;
    const button = (name, text, click) =>
      h("button", { type: "button", class: "plain", testid: `code-${name}`, on: { click } }, h("span", { text }));
    this.#copy = button("copy", "code.copy", () => this.#copyCode());
    this.#save = button("save", "code.save", () => saveFile("playlab_run.py", this.#text, "text/x-python"));
    this.#refresh = button("refresh", "code.refresh", () => this.update(this.#wanted, true));
    this.#refresh.hidden = true;
    this.#save.prepend(icon("download"));
    this.#forget();
    this.element = h(
      "div",
      { class: "code stack" },
      h("p", { class: "muted", text: "code.help" }),
      h("div", { class: "row code-buttons" }, this.#copy, this.#save, this.#refresh, this.#said),
      this.#listing,
      h("p", { class: "muted", text: "code.files" }),
      h(
        "div",
        { class: "code-files" },
        this.#choices(OF_THE_SERVER, (format) => this.#order(format)),
        ...offered.map((one) =>
          this.#choices(one, async (format) => {
            if (!(await save(one.name, format))) say(this.#said, "code.unseen");
          }),
        ),
      ),
    );
  }

  /** A row: what can be saved, and a button for each format. */
  #choices({ name, text, formats }, click) {
    return h(
      "div",
      { class: "row", role: "group", label: text },
      h("span", { class: "code-file", text }),
      formats.map((format) =>
        h(
          "button",
          {
            type: "button",
            class: "plain",
            testid: `save-${name}-${format}`,
            label: ["code.saveAs", { what: [text], format: FORMATS[format] }],
            on: { click: () => click(format) },
          },
          icon("download"),
          h("span", { textContent: FORMATS[format] }),
        ),
      ),
    );
  }

  /** Has the server write a file of the run, to be saved when it comes. */
  async #order(format) {
    say(this.#said, "code.writing");
    const reply = await this.#ask(this.#wanted.epoch, format);
    if (reply.ok) this.#files.set(format, reply.number);
    else say(this.#said, whyNone(reply));
  }

  /** The server answers again: a file that it was asked for before may never come. */
  opened() {
    this.#asked = null;
  }

  /** No file of another run stands in for this one's. */
  #forget() {
    this.#text = null;
    this.#listing.replaceChildren();
    for (const button of [this.#copy, this.#save]) setDisabled(button, true);
  }

  #wanted = null;

  /** now: {epoch, generation, edited, link}, of what is shown. While it trains the file stays until it is asked for. */
  async update(now, isAsked = false) {
    this.#wanted = now;
    const key = JSON.stringify([now.epoch, now.link, now.edited, now.generation]);
    if (key === this.#asked) return;
    if (now.playing && this.#asked !== null && !isAsked) {
      this.#refresh.hidden = false;
      return;
    }
    this.#asked = key;
    this.#refresh.hidden = true;
    await new Promise((resolve) => setTimeout(resolve, SETTLED));
    if (key !== this.#asked) return; // a slider was dragged on
    say(this.#said, "code.writing");
    const reply = await this.#ask(now.epoch, "py");
    if (reply.ok) this.#number = reply.number;
    else {
      this.#asked = null;
      if (reply.code === "restored") this.#forget();
      say(this.#said, whyNone(reply));
    }
  }

  /** A file has come. */
  show(told) {
    if (told.format === "py") this.#show(told);
    else if (told.number === this.#files.get(told.format)) this.#saveFile(told);
  }

  #saveFile({ format, epoch, text, content, error }) {
    this.#files.delete(format);
    if (error) return say(this.#said, "code.failed");
    saveFile(`playlab_run.${format}`, text ?? new Blob([content]), TYPES[format]);
    say(this.#said, "code.epoch", { epoch: epoch.toLocaleString("en-US") });
  }

  #show({ number, epoch, text, error }) {
    if (number !== this.#number) return;
    if (error) return say(this.#said, "code.failed");
    const before = new Set(this.#text?.split("\n") ?? []);
    const isFirst = this.#text === null;
    this.#text = text;
    for (const button of [this.#copy, this.#save]) setDisabled(button, false);
    this.#listing.replaceChildren(
      ...text.split("\n").map((line) => {
        const changed = !isFirst && !before.has(line);
        return h(changed ? "mark" : "span", { class: "code-line", textContent: `${line}\n` });
      }),
    );
    this.#listing.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    say(this.#said, "code.epoch", { epoch: epoch.toLocaleString("en-US") });
  }

  async #copyCode() {
    say(this.#said, (await copyText(this.#text)) ? "hide.copied" : "code.byHand");
  }
}

/** The text for a run that the server writes no file of. */
export function whyNone({ code }) {
  return code === "restored" ? "refused.restored" : "code.none";
}
