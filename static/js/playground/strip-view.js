// How the output formed: small maps of the run after 0, 1, 2, 5, 10, ... epochs, each a way back to it, and one picture of all;
// and as an animation.

import { fromBase64 } from "../base/base64.js";
import { setDisabled } from "../base/disable.js";
import { h } from "../base/dom.js";
import { pngOf, saveFile } from "../base/save.js";
import { say, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { pinButton } from "../parts/pin-button.js";
import { encode } from "./animation.js";
import { Cells, cellsOf } from "./cells.js";
import { whyNone } from "./code-view.js";
import { lossText } from "./format.js";
import { decodePoints } from "./frame.js";
import { shapesOf } from "./points.js";
import { outcomeScale, outputs } from "./sizes.js";

const SMALL = 25; // cells a side
const PICTURE = { side: 240, text: 56, gap: 16 }; // pixels of the saved one

export class StripView {
  text = "drawer.strip";
  #on;
  #number = null;
  #maps = [];
  #scale = null;
  #safe = false;
  #config = null; // the settings that are shown
  #of = null; // those whose maps are here
  #animation = null; // {number, asked, frames, isComplete, config} that is being made; number is null until the server has answered
  #animate = h("button", {
    type: "button",
    class: "plain",
    testid: "strip-animate",
    on: { click: () => this.#begin() },
  });
  #cancel = h("button", {
    type: "button",
    class: "plain",
    testid: "strip-cancel",
    text: "seeds.end",
    hidden: true,
    on: { click: () => this.#stop() },
  });
  #progress = h("progress", { max: 1, value: 0, label: "strip.progress", testid: "strip-progress", hidden: true });
  #animated = h("span", { class: "muted", role: "status", testid: "strip-animated" });
  #said = h("span", { class: "muted", role: "status", testid: "strip-said" });
  #link = ""; // of the settings that made them
  #pin = pinButton(
    "playground.strip",
    () => ({ maps: this.#maps, config: this.#of, link: this.#link }),
    () => this.#list,
  );
  #list = h("div", { class: "seeds-maps", testid: "strip" });
  #save = h("button", {
    type: "button",
    class: "plain",
    testid: "strip-save",
    disabled: true,
    on: { click: () => this.#saveAll() },
  });

  /**
   * library: address of gifenc. on: {draw() and animate() resolve to the reply, draw's with the link of what is drawn, endAnimation(), inflate(bytes), look(epoch)}.
   */
  constructor(library, on) {
    this.#on = { ...on, library: () => import(library) };
    const draw = h("button", {
      type: "button",
      class: "plain",
      testid: "strip-draw",
      text: "strip.draw",
      on: { click: () => this.draw() },
    });
    this.#animate.append(icon("download"), h("span", { text: "strip.animate" }));
    this.#save.append(icon("download"), h("span", { text: "strip.save" }));
    this.element = h(
      "div",
      { class: "stack" },
      h("p", { class: "muted", text: "strip.help" }),
      h("div", { class: "row strip-buttons" }, draw, this.#save, this.#said, this.#pin),
      h("div", { class: "row strip-buttons" }, this.#animate, this.#progress, this.#cancel, this.#animated),
      this.#list,
    );
  }

  async draw() {
    const reply = await this.#on.draw();
    if (!reply.ok) return say(this.#said, whyNone(reply));
    [this.#number, this.#maps, this.#of, this.#link] = [reply.number, [], this.#config, reply.link];
    setDisabled(this.#save, true);
    say(this.#said, "seeds.waiting");
  }

  /** One of its maps has come. */
  add(told) {
    if (told.number !== this.#number) return;
    if ("error" in told) return say(this.#said, "seeds.failed");
    this.#maps.push(told);
    this.#show();
    if (!told.last) return;
    setDisabled(this.#save, false);
    say(this.#said, "code.epoch", { epoch: told.epoch.toLocaleString("en-US") });
  }

  /** A frame of the animation has come. */
  addFrame(told) {
    if (this.#animation === null || told.number !== this.#animation.number) return;
    if ("error" in told) return this.#over("seeds.failed");
    if (told.frame === 0) this.#animation.frames = []; // also where another worker begins anew
    const { frames } = this.#animation;
    if (told.frame !== frames.length) return; // some were lost with the connection: `opened` asks anew
    const [cells, before] = [new Int8Array(this.#on.inflate(fromBase64(told.map))), frames.at(-1)];
    if (before) for (let at = 0; at < cells.length; at++) cells[at] += before.cells[at];
    const points = told.points ? decodePoints(fromBase64(told.points).buffer) : before.points;
    const epoch = `${t("run.epoch")} ${told.epoch.toLocaleString("en-US")}`;
    frames.push({ cells, points, text: `${epoch} · ${t("output.testLoss")} ${lossText(told.test ?? NaN)}` });
    this.#progress.value = frames.length / told.of / 2;
    if (told.last) this.#write(this.#animation);
  }

  /** The session is there, perhaps after a connection was lost. */
  opened() {
    if (this.#animation && !this.#animation.isComplete) this.#ask(this.#animation);
  }

  update(config) {
    this.#config = config;
  }

  /** safe: as `shapesOf` has it. */
  recolor(scale, safe) {
    this.#scale = scale;
    this.#safe = safe;
    this.#show();
  }

  #begin() {
    const animation = { number: null, asked: 0, frames: [], isComplete: false, config: this.#config };
    this.#animation = animation;
    setDisabled(this.#animate, true);
    this.#progress.hidden = this.#cancel.hidden = false;
    this.#progress.value = 0;
    say(this.#animated, "strip.animating");
    this.#ask(animation);
  }

  async #ask(animation) {
    animation.number = null;
    const asked = ++animation.asked;
    const reply = await this.#on.animate();
    if (this.#animation !== animation || animation.asked !== asked) return; // it was asked anew since
    if (reply.ok) animation.number = reply.number;
    else this.#over("strip.failed");
  }

  #stop() {
    this.#on.endAnimation();
    this.#over("strip.cancelled");
  }

  #over(text, values) {
    if (document.activeElement === this.#cancel) this.#animate.focus();
    this.#animation = null;
    setDisabled(this.#animate, false);
    this.#progress.hidden = this.#cancel.hidden = true;
    say(this.#animated, text, values);
  }

  async #write(animation) {
    animation.isComplete = true;
    const { discretize, showTestData } = this.#config;
    const isOfClasses = outputs(animation.config) > 1;
    const look = {
      scale: outcomeScale(animation.config, this.#scale),
      shape: shapesOf(isOfClasses, this.#safe),
      classes: isOfClasses ? animation.config.classes : 0,
      showTest: showTestData,
      discretize,
    };
    try {
      const library = await this.#on.library();
      const bytes = await encode(library, animation.frames, look, (share) => {
        this.#progress.value = 0.5 + share / 2;
        return this.#animation === animation;
      });
      if (bytes === null || this.#animation !== animation) return;
      saveFile("playlab_animation.gif", new Blob([bytes], { type: "image/gif" }));
      const kilobytes = Math.ceil(bytes.length / 1000).toLocaleString("en-US");
      this.#over("strip.animated", { frames: animation.frames.length, kilobytes });
    } catch (error) {
      if (this.#animation === animation) this.#over("strip.failed");
      throw error;
    }
  }

  #show() {
    if (this.#scale === null) return;
    this.#list.replaceChildren(
      ...this.#maps.map(({ epoch, test, map }) => {
        const canvas = h("canvas", { class: "seeds-map" });
        new Cells(canvas, SMALL).draw(cellsOf(map), outcomeScale(this.#of, this.#scale).map);
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
