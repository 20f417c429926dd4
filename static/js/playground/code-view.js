// The present run as a PyTorch file. While it is seen it is asked for anew when the run changes, and what has changed in it is marked.

import { copyText } from "../base/clipboard.js";
import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";
import { saveFile } from "../base/save.js";
import { icon } from "../parts/icons.js";

const SETTLED = 250; // ms for which nothing has changed

export class CodeView {
  text = "drawer.code";
  #ask;
  #number = null; // of the file that is asked for
  #text = null;
  #asked = null; // what it was asked for
  #listing = h("pre", { class: "code-listing", testid: "code", tabIndex: 0, label: "code.listing" });
  #said = h("span", { class: "muted", role: "status", testid: "code-said" });
  #refresh;

  /** ask(epoch) resolves to the reply, whose file comes later. files: {name: what saves it}, by the key of its text. */
  constructor(ask, files) {
    this.#ask = ask;
    const button = (name, text, click) =>
      h("button", { type: "button", class: "plain", testid: `code-${name}`, on: { click } }, h("span", { text }));
    const copy = button("copy", "code.copy", () => this.#copy());
    const save = button("save", "code.save", () => this.#save());
    this.#refresh = button("refresh", "code.refresh", () => this.update(this.#wanted, true));
    this.#refresh.hidden = true;
    save.prepend(icon("download"));
    this.element = h(
      "div",
      { class: "code stack" },
      h("p", { class: "muted", text: "code.help" }),
      h("div", { class: "row code-buttons" }, copy, save, this.#refresh, this.#said),
      this.#listing,
      h(
        "div",
        { class: "row code-buttons" },
        h("span", { class: "muted", text: "code.files" }),
        Object.entries(files).map(([text, click]) =>
          h(
            "button",
            { type: "button", class: "plain", testid: text.replace(".", "-"), on: { click } },
            icon("download"),
            h("span", { text }),
          ),
        ),
      ),
    );
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
    const reply = await this.#ask(now.epoch);
    if (reply.ok) this.#number = reply.number;
    else {
      this.#asked = null;
      say(this.#said, "code.none");
    }
  }

  /** A file has come. */
  show({ number, epoch, text, error }) {
    if (number !== this.#number) return;
    if (error) return say(this.#said, "code.failed");
    const before = new Set(this.#text?.split("\n") ?? []);
    const isFirst = this.#text === null;
    this.#text = text;
    this.#listing.replaceChildren(
      ...text.split("\n").map((line) => {
        const changed = !isFirst && !before.has(line);
        return h(changed ? "mark" : "span", { class: "code-line", textContent: `${line}\n` });
      }),
    );
    this.#listing.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    say(this.#said, "code.epoch", { epoch: epoch.toLocaleString("en-US") });
  }

  async #copy() {
    if (this.#text === null) return;
    say(this.#said, (await copyText(this.#text)) ? "hide.copied" : "code.byHand");
  }

  #save() {
    if (this.#text !== null) saveFile("playlab_run.py", this.#text, "text/x-python");
  }
}
