// Building elements. Knows nothing of what they are for.

import { say, sayLabel } from "./i18n.js";

/**
 * An element. `props`: `class`, `text` and `label` (translation keys, or [key, values]), `testid`, `on` (listeners by
 * event), `data` (dataset); everything else is a property where the element has one and an attribute where not.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [props]
 * @param {...any} children nodes, texts, lists of them, null and undefined
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, props = {}, ...children) {
  const element = /** @type {any} */ (document.createElement(tag));
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "class") element.className = value;
    else if (name === "text") say(element, ...[value].flat());
    else if (name === "label") sayLabel(element, ...[value].flat());
    else if (name === "testid") element.dataset.testid = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "on")
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * The same for SVG, where everything is an attribute.
 *
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Sets the text only where it differs, in place: no reflow of what has not changed.
 *
 * @param {Node} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes `elements` the children of `host`, in this order. What is there already is moved only where the order is another,
 * and what has the focus is never moved, so that it keeps it.
 *
 * @param {Element} host
 * @param {Element[]} elements
 */
export function arrange(host, elements) {
  const stay = new Set(elements);
  for (const child of [...host.children]) if (!stay.has(child)) child.remove();
  if (elements.length === 0) return;
  const focused = elements.findIndex((element) => element.contains(document.activeElement));
  const fixed = Math.max(0, focused);
  if (elements[fixed].parentNode !== host) host.append(elements[fixed]);
  for (let index = fixed + 1; index < elements.length; index++)
    if (elements[index - 1].nextSibling !== elements[index]) elements[index - 1].after(elements[index]);
  for (let index = fixed - 1; index >= 0; index--)
    if (elements[index + 1].previousSibling !== elements[index]) elements[index + 1].before(elements[index]);
}

/**
 * Makes `elements` the children of `host`, in place of others that said the same. What had the focus in it leaves it to
 * the one of its name (testid), or, where there is none of that name any more, to `instead`.
 *
 * @param {Element} host
 * @param {Element[]} elements
 * @param {() => HTMLElement} instead
 */
export function renew(host, elements, instead) {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  const isLost = focused !== host && host.contains(focused);
  host.replaceChildren(...elements);
  if (!isLost) return;
  const same = /** @type {HTMLElement} */ (host.querySelector(`[data-testid="${focused.dataset.testid}"]`));
  (same ?? instead()).focus();
}
