// The link to a run, large enough for a projector: the address, and a code that phones read.

import { isThisComputer } from "../base/address.js";
import { copyText } from "../base/clipboard.js";
import { h } from "../base/dom.js";
import { say, sayLabel } from "../base/i18n.js";

const QUIET = 4; // modules around the code, as its standard wants
const MOST = 2900; // bytes that a code holds

export class ShareView {
  text = "drawer.share";
  #source;
  #links;
  #address = h("textarea", {
    class: "share-address",
    rows: 4,
    readOnly: true,
    testid: "share-address",
    label: "share.address",
  });
  #canvas = h("canvas", { class: "share-code", role: "img", testid: "share-code" });
  #said = h("p", { class: "muted", role: "status", testid: "share-said" });
  #choice;
  #library = null;

  /** source: address of the library. links() resolves to {setup, moment}, addresses; moment is null where there is none. */
  constructor(source, links) {
    this.#source = source;
    this.#links = links;
    this.#choice = ["setup", "moment"].map((value) =>
      h("input", {
        type: "radio",
        name: "share",
        value,
        checked: value === "setup",
        testid: `share-${value}`,
        on: { change: () => this.update() },
      }),
    );
    const [setup, moment] = this.#choice;
    const option = (input, text) => h("label", { class: "check" }, input, h("span", { text }));
    const copy = h("button", {
      type: "button",
      class: "plain",
      testid: "share-copy",
      text: "share.copy",
      on: { click: () => this.#copy() },
    });
    this.element = h(
      "div",
      { class: "share-view stack" },
      h("div", { class: "row" }, option(setup, "share.setup"), option(moment, "share.moment")),
      this.#canvas,
      this.#address,
      h("div", { class: "row" }, copy),
      this.#said,
    );
  }

  async update() {
    const links = await this.#links();
    const [setup, moment] = this.#choice;
    moment.disabled = links.moment === null;
    if (moment.disabled) setup.checked = true;
    const address = moment.checked ? links.moment : links.setup;
    this.#address.value = address;
    say(this.#said, isThisComputer(location.host) ? "share.local" : "share.scan");
    await this.#draw(address);
  }

  async #draw(address) {
    this.#canvas.hidden = true;
    if (new TextEncoder().encode(address).length > MOST) {
      say(this.#said, "share.tooLong");
      return;
    }
    try {
      this.#library ??= (await import(this.#source)).default;
    } catch {
      say(this.#said, "share.failed");
      return;
    }
    if (this.#address.value !== address) return; // another by now
    const code = this.#library(0, "L");
    code.addData(address);
    code.make();
    const side = code.getModuleCount() + 2 * QUIET;
    const canvas = this.#canvas;
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    context.fillStyle = "#000";
    for (let row = 0; row < side - 2 * QUIET; row++) {
      for (let column = 0; column < side - 2 * QUIET; column++) {
        if (code.isDark(row, column)) context.fillRect(column + QUIET, row + QUIET, 1, 1);
      }
    }
    sayLabel(canvas, "share.code");
    canvas.hidden = false;
  }

  async #copy() {
    if (await copyText(this.#address.value)) say(this.#said, "hide.copied");
    else this.#address.select();
  }
}
