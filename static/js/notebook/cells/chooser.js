// Pins as small pictures, of which one is chosen.

import { h } from "../../base/dom.js";
import { pinPicture } from "./pin-picture.js";

/**
 * A list of pins. Each is {id, title, caption, width, height, table}; chosen(id) is called with the one that is clicked.
 *
 * @param {any[]} pins
 * @param {(id: string) => void} chosen
 * @param {string} empty the key of what is said where there is none
 */
export function chooser(pins, chosen, empty) {
  if (pins.length === 0) return h("p", { class: "muted", text: empty });
  return h(
    "ul",
    { class: "chooser", testid: "chooser" },
    pins.map((pin) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "choice",
            data: { pin: pin.id },
            on: { click: () => chosen(pin.id) },
          },
          pin.table ? h("span", { class: "choice-table muted", text: "cell.aTable" }) : pinPicture(pin, { alt: "" }),
          h("span", { class: "choice-title" }, pin.title),
          h("small", {}, pin.caption),
        ),
      ),
    ),
  );
}
