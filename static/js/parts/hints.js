// What a setting means, said beside it: on focus, which keyboard and touch give, and under the mouse. A setting has its
// text's key in data-hint, and what is put into it in data-hint-values. Owns one floating element.

import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";

const GAP = 6; // pixels

export function startHints(root) {
  const box = h("div", { class: "hint floating", id: "hint", role: "tooltip", testid: "hint", hidden: true });
  document.body.append(box);
  let shown = null; // the setting
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
    place(box, setting.getBoundingClientRect());
    described = setting.querySelector("input, select");
    if (described) describe(described, (ids) => [...ids, box.id]);
  };
  const left = ({ target, relatedTarget }) => {
    const setting = target.closest?.("[data-hint]");
    if (setting && !setting.contains(relatedTarget) && !setting.contains(document.activeElement)) hide();
  };
  const moved = () => {
    if (shown === null) return;
    const at = shown.getBoundingClientRect();
    if (at.width === 0 || at.bottom < 0 || at.top > innerHeight) hide();
    else place(box, at);
  };
  root.addEventListener("focusin", show);
  root.addEventListener("focusout", hide);
  root.addEventListener("pointerover", show);
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

/** Below the setting, or above it where there is no room; within the window. */
function place(box, { left, top, bottom }) {
  const { width, height } = box.getBoundingClientRect();
  const below = bottom + GAP + height <= innerHeight;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${below ? bottom + GAP : Math.max(8, top - GAP - height)}px`;
}
