import assert from "node:assert/strict";
import test from "node:test";

import { setDisabled } from "../../../static/js/base/disable.js";

/** A page with a button in which the focus is where `focus` puts it. */
function page(t) {
  class Button extends EventTarget {
    disabled = false;
    #attributes = new Map();
    getAttribute = (name) => this.#attributes.get(name) ?? null;
    setAttribute = (name, value) => this.#attributes.set(name, value);
    removeAttribute = (name) => this.#attributes.delete(name);
    /** Whether a press does what the button is for. */
    press = () => this.dispatchEvent(new Event("click", { cancelable: true }));
  }
  const button = new Button();
  globalThis.document = /** @type {any} */ ({ activeElement: null });
  t.after(() => delete globalThis.document);
  const focus = (element) => {
    const before = document.activeElement;
    Object.assign(document, { activeElement: element });
    before?.dispatchEvent(new Event("blur"));
  };
  return { button, focus };
}

test("a button without the focus is disabled at once", (t) => {
  const { button } = page(t);
  setDisabled(button, true);
  assert.equal(button.disabled, true);
  assert.equal(button.getAttribute("aria-disabled"), null);
  setDisabled(button, false);
  assert.equal(button.disabled, false);
});

test("a button with the focus keeps it, does nothing, and is disabled when the focus goes", (t) => {
  const { button, focus } = page(t);
  focus(button);
  for (const _ of [1, 2]) setDisabled(button, true);
  assert.equal(button.disabled, false);
  assert.equal(button.getAttribute("aria-disabled"), "true");
  assert.equal(button.press(), false);
  button.dispatchEvent(new Event("blur")); // the window has lost it: the button has it within the window still
  assert.equal(button.disabled, false);
  focus(null);
  assert.equal(button.disabled, true);
  assert.equal(button.getAttribute("aria-disabled"), null);
});

test("a button that is enabled again while it has the focus works as before", (t) => {
  const { button, focus } = page(t);
  focus(button);
  setDisabled(button, true);
  setDisabled(button, false);
  assert.equal(button.getAttribute("aria-disabled"), null);
  assert.equal(button.press(), true);
  focus(null);
  assert.equal(button.disabled, false);
});
