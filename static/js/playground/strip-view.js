// How the output formed: small maps of the run after 0, 1, 2, 5, 10, ... epochs, each a way back to it, and one picture of all.

import { h } from "../base/dom.js";
import { pngOf, saveFile } from "../base/save.js";
import { say, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { Cells, cellsOf } from "./cells.js";
import { lossText } from "./format.js";

const SMALL = 25; // cells a side
const PICTURE = { side: 240, text: 56, gap: 16 }; // pixels of the saved one

export class StripView {
  text = "drawer.strip";
  #on;
  #number = null;
  #maps = [];
  #scale = null;
  #said = h("span", { class: "muted", role: "status", testid: "strip-said" });
  #list = h("div", { class: "seeds-maps", testid: "strip" });
  #save = h("button", {
    type: "button",
    class: "plain",
    testid: "strip-save",
    disabled: true,
    on: { click: () => this.#saveAll() },
  });

  /** on: {draw() resolves to the reply, look(epoch)}. */
  constructor(on) {
    this.#on = on;
    const draw = h("button", {
      type: "button",
      class: "plain",
      testid: "strip-draw",
      text: "strip.draw",
      on: { click: () => this.update() },
    });
    this.#save.append(icon("download"), h("span", { text: "strip.save" }));
    this.element = h(
      "div",
      { class: "stack" },
      h("p", { class: "muted", text: "strip.help" }),
      h("div", { class: "row" }, draw, this.#save, this.#said),
      this.#list,
    );
  }

  async update() {
    const reply = await this.#on.draw();
    if (!reply.ok) return say(this.#said, "code.none");
    [this.#number, this.#maps] = [reply.number, []];
    this.#save.disabled = true;
    say(this.#said, "seeds.waiting");
  }

  /** One of its maps has come. */
  add(told) {
    if (told.number !== this.#number) return;
    if ("error" in told) return say(this.#said, "seeds.failed");
    this.#maps.push(told);
    this.#show();
    if (!told.last) return;
    this.#save.disabled = false;
    say(this.#said, "code.epoch", { epoch: told.epoch.toLocaleString("en-US") });
  }

  recolor(scale) {
    this.#scale = scale;
    this.#show();
  }

  #show() {
    if (this.#scale === null) return;
    this.#list.replaceChildren(
      ...this.#maps.map(({ epoch, test, map }) => {
        const canvas = h("canvas", { class: "seeds-map" });
        new Cells(canvas, SMALL).draw(cellsOf(map), this.#scale.map);
        const values = { epoch: epoch.toLocaleString("en-US"), loss: lossText(test ?? NaN) };
        return h(
          "button",
          {
            type: "button",
            class: "seeds-run",
            label: ["strip.open", values],
            testid: `strip-${epoch}`,
            on: { click: () => this.#on.look(epoch) },
          },
          canvas,
          h("span", { class: "seeds-loss", textContent: values.epoch }),
        );
      }),
    );
  }

  async #saveAll() {
    const { side, text, gap } = PICTURE;
    const canvas = h("canvas", { width: this.#maps.length * (side + gap) + gap, height: side + text + gap });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#000";
    context.font = "20px sans-serif";
    context.textAlign = "center";
    this.#list.querySelectorAll("canvas").forEach((map, index) => {
      const { epoch, test } = this.#maps[index];
      const left = gap + index * (side + gap);
      context.drawImage(map, left, gap, side, side);
      context.fillText(`${t("run.epoch")} ${epoch.toLocaleString("en-US")}`, left + side / 2, gap + side + 24);
      context.fillText(lossText(test ?? NaN), left + side / 2, gap + side + 48);
    });
    saveFile("playlab_strip.png", await pngOf(canvas));
  }
}
