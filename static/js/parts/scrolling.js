// A box whose content may be wider than it: it scrolls, and fades at the side where there is more.

import { h } from "../base/dom.js";

/**
 * A box for a table or a drawing, which the keyboard can scroll. label: translation key of what is in it, if that is fixed.
 *
 * @param {{ class?: string, label?: string }} [props]
 * @param {...any} children
 */
export function scrolling({ class: own = "", label } = {}, ...children) {
  const element = h("div", { class: `scrolling ${own}`.trim(), tabIndex: 0, role: "region", label }, ...children);
  return fading(element);
}

/**
 * `element`, which scrolls to the sides, from now on with the classes `more-left` and `more-right` where it can.
 *
 * @template {HTMLElement} Element
 * @param {Element} element
 * @returns {Element}
 */
export function fading(element) {
  const tell = () => {
    const { scrollLeft, scrollWidth, clientWidth } = element;
    element.classList.toggle("more-left", scrollLeft > 1);
    element.classList.toggle("more-right", scrollWidth - clientWidth - scrollLeft > 1);
  };
  const sizes = new ResizeObserver(tell);
  const watch = () => {
    sizes.disconnect();
    for (const part of [element, ...element.children]) sizes.observe(part);
  };
  new MutationObserver(watch).observe(element, { childList: true });
  element.addEventListener("scroll", tell, { passive: true });
  watch();
  return element;
}
