// A text that is read until it is clicked, or its pen is pressed: then it is written in a field, which grows with it.

import { h } from "../../base/dom.js";
import { say, sayLabel } from "../../base/i18n.js";
import { afterPress, watchPresses } from "../../base/press.js";
import { icon } from "../../parts/icons.js";

/**
 * text: what is written. html: what the server made of it, null while that is not known. empty: the key of what stands
 * there while nothing is; other: what is shown then without being written here, and what writing begins with.
 *
 * @typedef {{text: string, html?: string | null, empty?: string | [string, any], other?: string}} Shown
 */

export class Editable {
  #field;
  #grows;
  #written = h("div", { class: "written" });
  #pen;
  #penText = h("span");
  #on;
  #given = /** @type {Shown} */ ({ text: "" }); // by `update`, also while somebody writes
  #last = null; // what is shown
  #ended = ""; // what was shown when writing began
  #isLeft = false; // its field is there until a press is over

  /**
   * lines: whether it may have several. most: characters. name: the key of what the field is called. on: {begin(), input(
   * value), end()}.
   *
   * @param {{lines?: boolean, most: number, name: string, testid: string, tag?: "div" | "figcaption", on: any}} props
   */
  constructor({ lines = false, most, name, testid, tag = "div", on }) {
    this.#on = on;
    this.name = name;
    watchPresses();
    const listeners = {
      input: () => this.#typed(),
      blur: () => this.#left(),
      keydown: (event) => this.#key(event, lines),
    };
    const props = { class: "field-text", maxLength: most, label: name, testid: `${testid}-field`, on: listeners };
    this.#field = lines ? h("textarea", { ...props, rows: 1 }) : h("input", { ...props, type: "text" });
    this.#grows = h("div", { class: lines ? "grows" : "", hidden: true }, this.#field);
    this.#pen = h(
      "button",
      { type: "button", class: "pen quiet", testid: `${testid}-pen` },
      icon("pen"),
      this.#penText,
    );
    this.#pen.addEventListener("click", (event) => {
      event.stopPropagation();
      this.edit();
    });
    this.element = h(tag, { class: "editable", testid }, this.#written, this.#pen, this.#grows);
    this.element.addEventListener("click", (event) => this.#clicked(event));
  }

  get isOpen() {
    return !this.#grows.hidden;
  }

  /** Shows `node` in place of a text, as a heading. */
  use(element) {
    this.#written.replaceWith(element);
    this.#written = element;
    element.classList.add("written");
    this.#last = null;
  }

  /** @param {Shown} shown */
  update(shown) {
    this.#given = shown;
    if (!this.isOpen) this.#show(shown);
  }

  /** @param {Shown} shown */
  #show({ text, html = null, empty = this.name, other = "" }) {
    this.#field.value = text;
    const now = JSON.stringify([text, html, empty, other]);
    if (now === this.#last) return;
    this.#last = now;
    const shown = text || other;
    this.#written.hidden = shown === "" && !html;
    this.#written.classList.toggle("plain-text", !html);
    this.#written.classList.toggle("muted", text === "" && other !== "");
    if (html)
      this.#written.innerHTML = html; // the server has sanitised it
    else this.#written.textContent = shown;
    this.element.classList.toggle("is-empty", this.#written.hidden);
    if (this.#written.hidden) {
      say(this.#penText, ...[empty].flat());
      this.#pen.removeAttribute("aria-label");
      this.#pen.removeAttribute("title");
      delete this.#pen.dataset.i18nLabel;
    } else {
      delete this.#penText.dataset.i18n;
      this.#penText.textContent = "";
      sayLabel(this.#pen, this.name);
    }
  }

  /** What is written; nothing where it is what would be shown without. */
  get value() {
    const { value } = this.#field;
    return value === this.#given.other ? "" : value;
  }

  edit() {
    if (this.#isLeft) this.#close();
    if (this.isOpen) return;
    this.#ended = this.value;
    this.#field.value ||= this.#given.other ?? "";
    this.#on.begin?.();
    this.#grows.hidden = false;
    this.#written.hidden = this.#pen.hidden = true;
    this.#grow();
    this.#field.focus();
    const { length } = this.#field.value;
    this.#field.setSelectionRange(length, length);
  }

  end() {
    if (!this.isOpen || this.#isLeft) return;
    const isChanged = this.value !== this.#ended;
    this.#close();
    this.#on.end?.(isChanged);
  }

  /** Writing ends at once; the field stays as long as a press lasts that leads elsewhere, or what is pressed would move away. */
  #left() {
    if (!this.isOpen || this.#isLeft) return;
    this.#isLeft = true;
    const isChanged = this.value !== this.#ended;
    afterPress(() => this.#isLeft && this.#close());
    this.#on.end?.(isChanged);
  }

  #close() {
    this.#isLeft = false;
    this.#grows.hidden = true;
    this.#written.hidden = this.#pen.hidden = false;
    this.#last = null;
    const text = this.value;
    this.#show(text === this.#given.text ? this.#given : { ...this.#given, text, html: null });
  }

  #clicked({ target }) {
    const isOwn = target.closest("a, button, input, textarea, .scrolling") === null;
    if (isOwn && getSelection().isCollapsed) this.edit();
  }

  #typed() {
    this.#grow();
    this.#on.input(this.value);
  }

  #grow() {
    this.#grows.dataset.text = this.#field.value;
  }

  #key(event, lines) {
    const isOver = event.key === "Escape" || (event.key === "Enter" && (!lines || event.ctrlKey || event.metaKey));
    if (!isOver || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
    this.#pen.focus({ preventScroll: true });
  }
}
