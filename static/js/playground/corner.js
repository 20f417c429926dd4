// Keeps a small floating element at the place along the window's sides where it covers least of what can be used and read: where
// no place is free it is made smaller, then put over neurons, and where that does not help it is hidden. Owns its data-side and
// --height; CSS places it.

import { overlap } from "../base/overlap.js";

// As a share of the height from above; in this order.
const PLACES = [1, 0.5, 0, 0.75, 0.25].flatMap((height) => ["right", "left"].map((side) => ({ side, height })));
const CONTROLS =
  "main :is(input, select, textarea, button, .check, .feature-symbol), .stage .bias, .tip, .panels h2, .neuron-count, .run, .header, .card-edit:not([hidden])";
// Neurons, but for the one that was tapped, and a long text: covering one does less harm than covering a control.
const MANY = '.node:not(.feature, [tabindex="0"]), .bias, .tip';
const TEXTS = "h2, .neuron-count";
const [TEXT, HEAVY] = [3, 1e4]; // the weights of a short text and of a control, beside a neuron's of 1

export function keepToCorner(element) {
  let placing = null;
  const soon = () => {
    placing ??= requestAnimationFrame(() => {
      placing = null;
      place(element);
    });
  };
  for (const event of ["scroll", "resize", "sheet"]) addEventListener(event, soon, { passive: true });
  new MutationObserver(soon).observe(element, { attributeFilter: ["hidden"] });
  new ResizeObserver(soon).observe(document.body); // what is unfolded moves what lies below it
  soon();
}

function place(element) {
  if (element.hidden || getComputedStyle(element).display === "none") return;
  const controls = [...document.querySelectorAll(CONTROLS)]
    .filter((control) => control !== element)
    .map((control) => ({ rect: control.getBoundingClientRect(), weight: weightOf(control) }))
    .filter(({ rect }) => rect.bottom > 0 && rect.top < innerHeight);
  [false, true].some((isSmall) => {
    element.classList.toggle("small", isSmall);
    return takePlace(element, controls) === 0;
  });
  const { width, height } = element.getBoundingClientRect();
  element.classList.toggle("no-room", costOf(element, controls) > width * height); // more than neurons could make up
}

function weightOf(control) {
  return control.matches(MANY) ? 1 : control.matches(TEXTS) ? TEXT : HEAVY;
}

/** Puts it where it covers least. Gives how much that is. */
function takePlace(element, controls) {
  const costs = PLACES.map((at) => (put(element, at), costOf(element, controls)));
  const least = Math.min(...costs);
  put(element, PLACES[costs.indexOf(least)]);
  return least;
}

function costOf(element, controls) {
  const own = element.getBoundingClientRect();
  return controls.reduce((sum, { rect, weight }) => sum + weight * overlap(own, rect), 0);
}

function put(element, { side, height }) {
  element.dataset.side = side;
  element.style.setProperty("--height", String(height));
}
