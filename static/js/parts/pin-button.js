// The button that pins a view to the notebook, and what a page does when one is pressed: a small picture of the view goes into the
// notebook's tab, and a field for a note stands below that until it is not wanted.

import { cookiesWork } from "../base/cookies.js";
import { h } from "../base/dom.js";
import { say, sayNothing, t } from "../base/i18n.js";
import { icon } from "./icons.js";
import { pinNews } from "./pin-news.js";
import { newId, Pins } from "./pins.js";

const SMALL = [120, 84]; // pixels of the picture that flies
const FLIGHT = 650; // ms
const PULSE = 900;
const STAYS = { unused: 8000, used: 30_000 }; // ms that the field waits for somebody, and for who has been in it
const MOST = 1500; // elements of a view that is copied for its picture
const EDGE = 8; // pixels

/**
 * A button for a view, one of notebook/pins.py VIEWS. shown() gives what is seen of it when it is pressed, null where there is
 * nothing. of() gives the element that is seen to fly; else it is the surface that the button stands on.
 *
 * @param {string} view
 * @param {() => any} shown
 * @param {() => Element} [of]
 */
export function pinButton(view, shown, of) {
  const button = h(
    "button",
    {
      type: "button",
      class: "pin-button",
      testid: `pin-${view}`,
      label: "pins.pin",
      on: {
        mousedown: (event) => event.preventDefault(), // the focus stays where it is
        click: (event) => {
          event.stopPropagation(); // it may stand in something that is pressed itself
          event.preventDefault();
          const detail = { view, shown, button, of: of?.() ?? button.closest(".surface") ?? button.parentElement };
          button.dispatchEvent(new CustomEvent("pin", { bubbles: true, detail }));
        },
      },
    },
    icon("pin"),
  );
  return button;
}

export class PinDesk {
  #make;
  #notices;
  #pins;
  #said = h("div", { class: "hidden-visually", role: "status", testid: "pin-said" });
  #field = h("input", {
    type: "text",
    class: "pin-note-text",
    testid: "pin-note-text",
    maxLength: 1000,
    autocomplete: "off",
    label: "pins.note",
  });
  #note;
  #timer = null;
  #last = null; // {id, done}: the pin that the field is of
  #from = null; // what had the focus before the field

  /**
   * make(view, shown) gives a Pin without its id, or a promise of one; null: there is nothing to be pinned.
   *
   * @param {any} make
   * @param {any} notices
   */
  constructor(make, notices, outbox = undefined) {
    this.#make = make;
    this.#notices = notices;
    this.#pins = new Pins(pinNews(notices), outbox);
    this.#note = h(
      "form",
      {
        class: "pin-note floating",
        testid: "pin-note",
        hidden: true,
        on: {
          submit: (event) => (event.preventDefault(), this.#save(), this.#leave()),
          keydown: (event) => this.#key(event),
          focusin: ({ relatedTarget }) => (clearTimeout(this.#timer), (this.#from ??= relatedTarget)),
          focusout: () => (this.#save(), this.#wait(STAYS.used)),
        },
      },
      this.#field,
    );
    document.body.append(this.#said, this.#note);
    document.addEventListener("pin", (event) => this.#pin(/** @type {CustomEvent} */ (event).detail));
    document.addEventListener("keydown", (event) => this.#enter(event));
    window.addEventListener("online", () => this.#pins.send());
    this.#pins.send(); // what an earlier page has left
  }

  #pin({ view, shown, button, of }) {
    if (!cookiesWork()) return this.#notices.show("pins-no-cookies", { text: "pins.noCookies", kind: "warning" });
    const made = this.#make(view, shown());
    this.#notices.toggle("pins-nothing", made === null, { text: "pins.nothing" });
    if (made === null) return;
    this.#save(); // of the one before
    const id = newId();
    const done = Promise.resolve(made).then((pin) => this.#pins.pin({ id, ...pin }));
    this.#last = { id, done };
    this.#fly(button, of);
    this.#open();
    sayNothing(this.#said); // the same again is read again
    requestAnimationFrame(() => say(this.#said, "pins.said"));
  }

  // --- the note -----------------------------------------------------------------------------------------------------

  #open() {
    this.#field.value = "";
    this.#field.placeholder = t(matchMedia("(hover: none)").matches ? "pins.pinnedTouch" : "pins.pinned");
    this.#note.hidden = false;
    const { left, top } = besideTab(this.#note.getBoundingClientRect());
    this.#note.style.left = `${left}px`;
    this.#note.style.top = `${top}px`;
    this.#wait(STAYS.unused);
  }

  #wait(stays) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#note.hidden = true), stays);
  }

  /** The next Tab leads into the field, wherever the focus is. */
  #enter(event) {
    const isAway = this.#note.hidden || this.#note.contains(document.activeElement);
    if (isAway || event.key !== "Tab" || event.shiftKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#from = document.activeElement;
    this.#field.focus();
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#leave(); // with what was typed, as a click elsewhere
    } else if (event.key === "Tab") {
      this.#leave(); // and on from where the focus was
      if (event.shiftKey) event.preventDefault();
    }
  }

  #leave() {
    this.#save();
    const isIn = this.#note.contains(document.activeElement);
    clearTimeout(this.#timer);
    if (isIn && this.#from?.isConnected) this.#from.focus({ preventScroll: true });
    this.#from = null;
    this.#note.hidden = true;
  }

  async #save() {
    const note = this.#field.value.trim();
    this.#field.value = "";
    if (note === "" || this.#last === null) return;
    const { id, done } = this.#last;
    say(this.#said, "pins.noted");
    await done;
    await this.#pins.note(id, note);
  }

  // --- the picture --------------------------------------------------------------------------------------------------

  #fly(button, of) {
    const tab = /** @type {HTMLElement | null} */ (notebookTab());
    const pulse = () =>
      tab?.animate([{}, { backgroundColor: "var(--accent-soft)", offset: 0.3 }, {}], { duration: PULSE });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      pulse();
      return;
    }
    const picture = pictureOf(of);
    document.body.append(picture);
    const from = button.getBoundingClientRect();
    const to = tabPlace();
    const start = [clamped(from.right - SMALL[0], innerWidth - SMALL[0]), clamped(from.top, innerHeight - SMALL[1])];
    const end = [to.left + to.width / 2 - SMALL[0] / 2, Math.max(0, to.top + to.height / 2) - SMALL[1] / 2];
    const at = (/** @type {number[]} */ [x, y], /** @type {number} */ scale) =>
      `translate(${x}px, ${y}px) scale(${scale})`;
    const flight = picture.animate(
      [
        { transform: at(start, 1), opacity: 1 },
        { transform: at(end, 0.15), opacity: 0.5 },
      ],
      { duration: FLIGHT, easing: "cubic-bezier(0.5, 0, 0.7, 0.4)" },
    );
    flight.onfinish = flight.oncancel = () => (picture.remove(), pulse());
  }
}

function notebookTab() {
  return document.querySelector('[data-testid="tab-notebook"]');
}

/** Where the tab is, or would be above the window's edge. */
function tabPlace() {
  const tab = notebookTab() ?? document.querySelector(".tabs") ?? document.body;
  const { left, width, top, height, bottom } = tab.getBoundingClientRect();
  return { left, width, top, height, bottom };
}

/** Where a box of this size stands: in the header's free room, which a drawer may cover, else below the tab. */
function besideTab({ width, height }) {
  const tab = tabPlace();
  const place = (of) => document.querySelector(of)?.getBoundingClientRect();
  const [tools, state, drawer] = [".header-tools", ".header .state", ".drawer:not([hidden])"].map(place);
  const start = Math.max(tab.left + tab.width, state?.right ?? 0);
  const end = Math.min(tools?.left ?? start, drawer?.width > 0 ? drawer.left : Infinity);
  const middle = tab.top + (tab.height - height) / 2;
  if (middle >= 0 && end - start >= width + 2 * EDGE) return { left: end - width - EDGE, top: middle };
  return { left: clamped(tab.left, innerWidth - width - EDGE), top: Math.max(EDGE, tab.bottom + EDGE) };
}

function clamped(value, most) {
  return Math.max(0, Math.min(value, most));
}

/** A small copy of a view: nothing in it can be reached, heard or found. */
function pictureOf(view) {
  const picture = h("div", { class: "pin-flight", "aria-hidden": "true", inert: true });
  if (view.querySelectorAll("*").length > MOST) {
    picture.append(icon("pin"));
    return picture;
  }
  const copy = view.cloneNode(true);
  const canvases = view.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, index) => {
    const of = canvases[index];
    if (of.width > 0 && of.height > 0) canvas.getContext("2d").drawImage(of, 0, 0);
  });
  for (const element of [copy, ...copy.querySelectorAll("*")])
    for (const name of [
      "id",
      "name",
      "for",
      "data-testid",
      "data-i18n",
      "data-i18n-label",
      "role",
      "aria-live",
      "tabindex",
    ])
      element.removeAttribute(name);
  const { width, height } = view.getBoundingClientRect();
  copy.style.width = `${width}px`;
  copy.style.transform = `scale(${Math.min(SMALL[0] / width, Math.max(SMALL[1] / height, SMALL[0] / width))})`;
  copy.style.transformOrigin = "0 0";
  picture.append(copy);
  return picture;
}
