// The panel with which a teacher makes a link that hides controls. It changes nothing on this page.

import { copyText } from "../base/clipboard.js";
import { h } from "../base/dom.js";
import { onLanguage, say, sayNothing, t } from "../base/i18n.js";
import { hidableName } from "./setting-text.js";

const HIDDEN = "_hide=";

/** `link` (without "#") with exactly `names` hidden, and the text too if `hideText`. */
export function linkWithHidden(link, names, hideText) {
  const kept = link
    .split("&")
    .filter((part) => part && !part.split("=")[0].endsWith("_hide") && !part.startsWith("hideText="));
  return [...kept, `hideText=${hideText}`, ...names.map((name) => `${name}${HIDDEN}true`)].join("&");
}

export class HidePanel {
  #address = h("input", {
    type: "text",
    readOnly: true,
    class: "link-address",
    testid: "hide-link",
    label: "hide.address",
  });
  #boxes = new Map();
  #text;
  #link = "";

  /** names: everything that can be hidden, from the schema. */
  constructor(host, names) {
    const box = (name, testid) => {
      const input = h("input", { type: "checkbox", testid, on: { change: () => this.#show() } });
      const label = h("span", { data: { name } }, t(...hidableName(name)));
      return { input, label, element: h("label", { class: "check" }, input, label) };
    };
    for (const name of names) this.#boxes.set(name, box(name, `hide-${name}`));
    this.#text = box("text", "hide-text");
    const copied = h("span", { class: "copied", role: "status" });
    const copy = h("button", { type: "button", class: "plain", text: "hide.copy", testid: "hide-copy" });
    copy.addEventListener("click", async () => {
      sayNothing(copied);
      const worked = await copyText(this.#address.value);
      if (!worked) this.#address.select();
      say(copied, worked ? "hide.copied" : "hide.copyByHand");
    });
    const all = [...this.#boxes.values(), this.#text];
    host.append(
      h("p", { text: "hide.explain" }),
      h(
        "div",
        { class: "hide-boxes", role: "group", label: "hide.title" },
        all.map(({ element }) => element),
      ),
      h("div", { class: "hide-link row" }, this.#address, copy, copied),
    );
    onLanguage(() => {
      for (const { label } of all) label.textContent = t(...hidableName(label.dataset.name));
    });
  }

  /** Starts from the present page: its link and what it hides. */
  update(config, link) {
    this.#link = link;
    for (const [name, { input }] of this.#boxes) input.checked = config.hide.includes(name);
    this.#text.input.checked = config.hideText;
    this.#show();
  }

  #show() {
    const names = [...this.#boxes].filter(([, { input }]) => input.checked).map(([name]) => name);
    const link = linkWithHidden(this.#link, names, this.#text.input.checked);
    this.#address.value = `${location.origin}${location.pathname}#${link}`;
  }
}
