// The picture of a pin, as large as the page needs it; it comes when it is near.

import { h } from "../../base/dom.js";
import { Api } from "../api.js";

const WIDE = 480; // pixels of the page's picture
const AGAIN = { first: 1000, most: 8000, tries: 40 }; // ms until a picture that did not come is asked for again: for 5 minutes
const SHAPE = { width: 1600, height: 1000 }; // of one that nobody has drawn yet

/** @param {any} pin @param {{alt: string}} props */
export function pinPicture(pin, { alt }) {
  const width = pin.width || SHAPE.width;
  const height = pin.height || SHAPE.height;
  const source = Api.pinned(pin.id, WIDE);
  let pause = AGAIN.first;
  let tries = 0;
  // Somebody has to draw it first, who may be busy or just being started.
  const again = () => {
    if (++tries > AGAIN.tries) return;
    setTimeout(() => picture.isConnected && (picture.src = source), pause);
    pause = Math.min(2 * pause, AGAIN.most);
  };
  const picture = h("img", {
    class: "pin-picture",
    loading: "lazy",
    decoding: "async",
    width: WIDE,
    height: Math.round((WIDE * height) / width),
    alt,
    on: { error: again },
    src: source,
  });
  return picture;
}
