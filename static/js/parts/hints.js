// What a setting means, said beside it: on focus, which keyboard and touch give, and under a mouse that moves there. A
// setting has its text's key in data-hint, and what is put into it in data-hint-values. Owns one floating element.

import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";
import { overlap } from "../base/overlap.js";
import { sorted } from "../base/sorted.js";

const GAP = 6; // pixels
const EDGE = 8; // pixels, between it and the window's
const TO_CLICK = "[data-hint], a, button, summary, input, select";
const NEXT = 4; // what comes after the setting weighs so many times what comes before: it is clicked next

export function startHints(root) {
  const box = h("div", { class: "hint floating", id: "hint", role: "tooltip", testid: "hint", hidden: true });
  document.body.append(box);
  let shown = null; // the setting
  let mouse = ""; // where it was last
  let described = null; // its control, which the text describes to a screen reader besides what else does

  const hide = () => {
    box.hidden = true;
    if (described) describe(described, (ids) => ids.filter((id) => id !== box.id));
    shown = described = null;
  };
  const show = ({ target }) => {
    const setting = target.closest?.("[data-hint]");
    if (!setting || setting.hidden || setting === shown) return;
    hide();
    shown = setting;
    say(box, setting.dataset.hint, JSON.parse(setting.dataset.hintValues ?? "{}"));
    box.hidden = false;
    place(box, setting);
    described = setting.querySelector("input, select");
    if (described) describe(described, (ids) => [...ids, box.id]);
  };
  const entered = (event) => {
    const place = `${event.clientX} ${event.clientY}`;
    const isMoved = event.pointerType !== "mouse" || place !== mouse; // or the page has moved, under a mouse that rests
    if (isMoved) show(event);
  };
  const left = ({ relatedTarget }) => {
    if (shown && !shown.contains(relatedTarget) && !shown.contains(document.activeElement)) hide();
  };
  const moved = () => {
    if (shown === null) return;
    const at = shown.getBoundingClientRect();
    if (at.width === 0 || at.bottom < 0 || at.top > innerHeight) hide();
    else place(box, shown);
  };
  root.addEventListener("focusin", show);
  root.addEventListener("focusout", hide);
  root.addEventListener("pointerover", entered);
  root.addEventListener("pointermove", ({ clientX, clientY }) => (mouse = `${clientX} ${clientY}`));
  root.addEventListener("pointerout", left);
  // A tap on something that cannot have the focus takes it from nothing.
  document.addEventListener(
    "pointerdown",
    ({ target }) => /** @type {Element} */ (target).closest("[data-hint]") || hide(),
  );
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("scroll", moved, { passive: true, capture: true }); // of what it stands in, too
}

/** change(ids): the ids of the elements that describe a control, made other ones. */
function describe(control, change) {
  const ids = change((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (ids.length > 0) control.setAttribute("aria-describedby", ids.join(" "));
  else control.removeAttribute("aria-describedby");
}

/** Below the setting, beside the panel that it is in, or above it: where it covers least of what can be clicked. */
function place(box, setting) {
  const own = setting.getBoundingClientRect();
  const beside = setting.closest(".surface")?.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(own.left, innerWidth - width - EDGE));
  const others = [...document.querySelectorAll(TO_CLICK)]
    .filter((other) => !setting.contains(other))
    .map((other) => ({
      at: other.getBoundingClientRect(),
      weight: setting.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? NEXT : 1,
    }));
  const places = [
    { left, top: own.bottom + GAP },
    ...(beside ? [{ left: beside.right + GAP, top: own.top }] : []),
    { left, top: own.top - GAP - height },
  ]
    .map((at) => ({ ...at, right: at.left + width, bottom: at.top + height }))
    .filter(({ top, right, bottom }) => top >= EDGE && right <= innerWidth - EDGE && bottom <= innerHeight);
  const covered = (place) => others.reduce((sum, { at, weight }) => sum + weight * overlap(place, at), 0);
  const [best = { left, top: EDGE }] = sorted(places, covered);
  box.style.left = `${best.left}px`;
  box.style.top = `${best.top}px`;
}
