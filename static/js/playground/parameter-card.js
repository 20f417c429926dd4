// The card that shows weights and biases, live while the training runs, and edits them. Owns its element.

import { h, setText } from "../base/dom.js";
import { icon } from "../parts/icons.js";
import { say, sayLabel, sayNothing } from "../base/i18n.js";
import { grouped } from "../parts/setting-value.js";
import { parameterText } from "./format.js";

const BEYOND = "number"; // the server's code for a number that it does not take
const NUDGE = 0.1; // what an arrow key adds
const MAP_ROOM = 112; // pixels above a sheet for the small map

export class ParameterCard {
  #element = h("div", { class: "card floating", hidden: true, tabIndex: -1 });
  #note = h("p", { class: "card-note", testid: "card-note", text: "card.noNumbers" });
  #rows = []; // {parameter, output | input and fault}
  #read;
  #write;
  #refused;
  #closed;
  #opener = null; // gets the focus back
  #neuron = null; // the button from which Tab leads on when it leaves the card
  #editing = false;

  /**
   * read(parameter) gives a number, or null before there is one; write(parameter, value) edits it and resolves to the server's reply; refused(reply)
   * hears of a number that was not taken when the card that could say so has gone; closed() hears that an editing card has gone.
   */
  constructor(host, { read, write, refused, closed }) {
    this.#read = read;
    this.#write = write;
    this.#refused = refused;
    this.#closed = closed;
    this.#element.addEventListener("keydown", (event) => this.#pressed(event));
    this.#element.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.#element.contains(/** @type {Node} */ (event.relatedTarget))) this.close(false);
    });
    document.addEventListener("keydown", (event) => this.#escaped(event), true); // or an open drawer would close as well
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.#editing && !this.#element.contains(/** @type {Node} */ (target))) this.close(false);
    });
    host.append(this.#element);
  }

  get editing() {
    return this.#editing;
  }

  /** Shows one parameter beside the pointer, until `hide`. A parameter is {id, layer, node, input | null, name, title}; names and titles are texts. */
  peek(parameter, title, anchor) {
    if (this.#editing) return;
    if (!this.#element.hidden && this.#rows[0].parameter.id === parameter.id) {
      this.#moveTo(anchor);
      return;
    }
    const output = h("output", { class: "card-value", testid: "card-value" });
    this.#rows = [{ parameter, output }];
    this.#fill("card floating card-peek", null, [
      h("div", { class: "card-row row" }, h("span", { text: title }), output),
      this.#note,
      h("div", { class: "card-hint", text: "card.clickToEdit" }),
    ]);
    this.#show(anchor);
  }

  /** Opens a neuron's parameters for editing. `neuron`: its button. `opener`, if any, gets the focus back. */
  edit(parameters, title, anchor, neuron, opener = null) {
    [this.#neuron, this.#opener] = [neuron, opener];
    this.#rows = parameters.map((parameter) => this.#row(parameter));
    const fields = this.#rows.map(({ parameter, input, fault }) =>
      h("div", {}, h("label", { class: "card-row row" }, h("span", { text: parameter.name }), input), fault),
    );
    const close = h(
      "button",
      { type: "button", class: "card-close", label: "card.close", testid: "card-close" },
      icon("close"),
    );
    close.addEventListener("click", () => this.close());
    this.#fill("card floating card-edit", title, [
      h("div", { class: "card-title row" }, h("strong", { text: title }), close),
      h("div", { class: "card-fields" }, fields),
      this.#note,
      h("div", { class: "card-hint", text: "card.keys" }),
    ]);
    this.#editing = true;
    this.#show(anchor);
    this.#makeRoom(anchor.y, opener);
    if (matchMedia("(pointer: coarse)").matches) {
      this.#element.focus(); // a field would bring the on-screen keyboard up over what was tapped
      return;
    }
    this.#rows[0].input.focus();
    this.#rows[0].input.select();
  }

  hide() {
    if (!this.#editing) this.#element.hidden = true;
  }

  close(returnFocus = true) {
    if (!this.#editing) return;
    this.#editing = false;
    this.#element.hidden = true;
    this.#tell(0);
    if (returnFocus) this.#opener?.focus();
    this.#closed();
  }

  /** Shows the present values; a field being typed in is left alone. */
  refresh() {
    if (this.#element.hidden) return;
    const values = this.#rows.map(({ parameter }) => this.#read(parameter));
    this.#note.hidden = values.every((value) => value === null || Number.isFinite(value));
    for (const { parameter, output, input } of this.#rows) {
      const value = this.#read(parameter);
      const text = value === null ? "" : parameterText(value);
      if (output) {
        setText(output, text);
        continue;
      }
      const [shown, instead] = Number.isFinite(value) ? [text, ""] : ["", text]; // a number field takes numbers alone
      if (input.placeholder !== instead) input.placeholder = instead;
      if (!input.classList.contains("typing") && input.value !== shown) {
        input.value = shown;
        if (input === document.activeElement) input.select(); // what is typed next replaces it, as when the card opened
      }
    }
  }

  /** A parameter with its field, and a place for what is wrong with what was typed there. */
  #row(parameter) {
    const { layer, node, input } = parameter;
    const testid = input === null ? `edit-bias-${layer}-${node}` : `edit-link-${layer}-${node}-${input}`;
    const field = h("input", { type: "number", step: "any", class: "card-input", testid });
    const fault = h("p", { class: "card-fault", id: `fault-${testid}`, role: "alert", testid: `fault-${testid}` });
    const row = { parameter, input: field, fault };
    field.addEventListener("input", () => {
      field.classList.add("typing");
      blame(row, null);
    });
    field.addEventListener("blur", () => this.#commit(row));
    field.addEventListener("keydown", async (event) => {
      if (event.key === "Enter") {
        event.preventDefault(); // or the button that gets the focus back would be pressed by the same key
        if ((await this.#commit(row)) && this.#shows(row)) this.close();
      }
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      const step = event.key === "ArrowUp" ? NUDGE : -NUDGE;
      field.value = String(Number((Number(field.value) + step).toPrecision(6)));
      field.classList.add("typing");
      this.#commit(row);
    });
    return row;
  }

  /** Sets what was typed. Resolves to whether nothing is wrong with it; what is wrong stays in its field, with a word beside it. */
  async #commit(row) {
    const { parameter, input: field } = row;
    if (!field.classList.contains("typing")) return true;
    const { title: name } = parameter;
    if (!Number.isFinite(field.valueAsNumber)) {
      blame(row, ["card.noNumber", { name }]);
      return false;
    }
    field.classList.remove("typing");
    const typed = field.value;
    const reply = await this.#write(parameter, field.valueAsNumber);
    if (reply.code === BEYOND && this.#shows(row)) {
      field.value = typed;
      field.classList.add("typing");
      const { value, low, high } = grouped(reply.values);
      blame(row, ["card.beyond", { name, value, low, high }]);
      return false;
    }
    blame(row, null);
    if (reply.code === BEYOND) this.#refused(reply);
    if (!reply.ok) this.refresh();
    return true;
  }

  #shows(row) {
    return this.#editing && this.#rows.includes(row);
  }

  #pressed(event) {
    event.stopPropagation(); // a typed letter is no shortcut
    if (event.key === "Tab") this.#leave(event);
  }

  /** A key was pressed, wherever the focus has gone. */
  #escaped(event) {
    if (event.key !== "Escape" || !this.#editing || document.querySelector("dialog[open]")) return;
    event.stopPropagation();
    for (const { input } of this.#rows) input.classList.remove("typing");
    this.close();
  }

  /** The card is the page's last part, and belongs after its neuron: from its ends Tab leads to what follows that, or back to it. */
  #leave(event) {
    const stops = [...this.#element.querySelectorAll("button, input")];
    if (event.target !== stops.at(event.shiftKey ? 0 : -1)) return;
    if (event.shiftKey) event.preventDefault();
    this.#opener = this.#neuron;
    this.close(); // from the neuron the browser goes on
  }

  #fill(className, title, children) {
    this.#element.className = className;
    if (title === null) {
      this.#element.removeAttribute("role");
      for (const name of ["aria-label", "data-i18n-label"]) this.#element.removeAttribute(name);
    } else {
      this.#element.setAttribute("role", "dialog");
      sayLabel(this.#element, "card.title", { title });
    }
    this.#element.replaceChildren(...children);
  }

  #show(anchor) {
    this.#element.hidden = false;
    this.refresh();
    this.#moveTo(anchor);
  }

  /** Where the card is a sheet at the bottom (CSS decides): scrolls what was tapped, at height y, to above it. */
  #makeRoom(y, opener) {
    const sheet = this.#element.getBoundingClientRect();
    if (sheet.width < innerWidth - 1) return;
    this.#tell(sheet.height);
    const tapped = opener?.getBoundingClientRect() ?? { top: y, bottom: y };
    const most = sheet.top - MAP_ROOM;
    if (tapped.bottom > most || tapped.top < 8) scrollBy({ top: Math.min(tapped.bottom - most, tapped.top - 8) });
  }

  /** How much of the window's bottom a sheet takes, to whom it concerns. */
  #tell(height) {
    document.body.style.setProperty("--sheet-height", `${height}px`);
    document.body.classList.toggle("sheet-open", height > 0);
    dispatchEvent(new CustomEvent("sheet", { detail: height }));
  }

  /** anchor: {x, y} in the window; the card goes to the right of it, or `before` it, and stays in the window. */
  #moveTo({ x, y, before = false }) {
    const element = this.#element;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(8, Math.min(before ? x - 14 - width : x + 14, innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(y + 14, innerHeight - height - 8))}px`;
  }
}

/** Says beside a field what is wrong with it: [key, values], or null. */
function blame({ input, fault }, text) {
  if (text === null) {
    sayNothing(fault);
    for (const name of ["aria-invalid", "aria-describedby"]) input.removeAttribute(name);
    return;
  }
  say(fault, ...text);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", fault.id);
}
