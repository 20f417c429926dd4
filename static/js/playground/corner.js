// Keeps a small floating element at the place along the window's edges where it covers least of what can be used: where every
// place covers a control it is made smaller, and where that does not help it is hidden. Owns its data-corner; CSS places it.

import { overlap } from "../base/overlap.js";

const CORNERS = ["bottom right", "bottom left", "middle right", "middle left", "top right", "top left"];
const CONTROLS =
  ".panels :is(input, select, button, .check, .feature-symbol), .stage .bias, .run, .settings select, .header, .card-edit:not([hidden])";
const MANY = ".node:not(.feature), .bias"; // neurons: there are many, and covering one does less harm than covering a control
const HEAVY = 1e4; // of a control, beside a neuron's weight of 1

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
  soon();
}

function place(element) {
  if (element.hidden || getComputedStyle(element).display === "none") return;
  const controls = [...document.querySelectorAll(CONTROLS)]
    .filter((control) => control !== element)
    .map((control) => ({ rect: control.getBoundingClientRect(), weight: control.matches(MANY) ? 1 : HEAVY }))
    .filter(({ rect }) => rect.bottom > 0 && rect.top < innerHeight);
  const hasRoom = [false, true].some((small) => {
    element.classList.toggle("small", small);
    return takeCorner(element, controls);
  });
  element.classList.toggle("no-room", !hasRoom);
}

/** Whether the best corner is free of all but neurons. */
function takeCorner(element, controls) {
  const costs = CORNERS.map((corner) => {
    element.dataset.corner = corner;
    const own = element.getBoundingClientRect();
    return controls.reduce((sum, { rect, weight }) => sum + weight * overlap(own, rect), 0);
  });
  const least = Math.min(...costs);
  element.dataset.corner = CORNERS[costs.indexOf(least)];
  const { width, height } = element.getBoundingClientRect();
  return least <= width * height; // more than neurons could make up
}
