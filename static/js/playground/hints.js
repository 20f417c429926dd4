// What a setting means, said beside it: on focus, which keyboard and touch give, and under the mouse. A setting has its
// text's key in data-hint. Owns one floating element.

import { h } from "../dom.js";
import { say } from "../i18n.js";

const GAP = 6; // pixels

export function startHints(root) {
  const box = h("div", { class: "hint", id: "hint", role: "tooltip", testid: "hint", hidden: true });
  document.body.append(box);
  let described = null; // the control that the text describes to a screen reader

  const hide = () => {
    box.hidden = true;
    described?.removeAttribute("aria-describedby");
    described = null;
  };
  const show = ({ target }) => {
    const setting = target.closest?.("[data-hint]");
    if (!setting || setting.hidden) return;
    hide();
    say(box, setting.dataset.hint);
    box.hidden = false;
    place(box, setting.getBoundingClientRect());
    described = setting.querySelector("input, select");
    described?.setAttribute("aria-describedby", "hint");
  };
  const left = ({ target, relatedTarget }) => {
    const setting = target.closest?.("[data-hint]");
    if (setting && !setting.contains(relatedTarget) && !setting.contains(document.activeElement)) hide();
  };
  root.addEventListener("focusin", show);
  root.addEventListener("focusout", hide);
  root.addEventListener("pointerover", show);
  root.addEventListener("pointerout", left);
  // A tap on something that cannot have the focus takes it from nothing.
  document.addEventListener("pointerdown", ({ target }) => target.closest("[data-hint]") || hide());
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  addEventListener("scroll", hide, { passive: true });
}

/** Below the setting, or above it where there is no room; within the window. */
function place(box, { left, top, bottom }) {
  const { width, height } = box.getBoundingClientRect();
  const below = bottom + GAP + height <= innerHeight;
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${below ? bottom + GAP : Math.max(8, top - GAP - height)}px`;
}
