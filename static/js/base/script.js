// Classic scripts of other projects that are loaded when they are first needed. The page has each once.

import { h } from "./dom.js";

const loading = new Map(); // what it puts on `window`, by its address

/**
 * What the script at `source` puts on `window` by that name. Who asks again after a failure tries again.
 *
 * @param {string} source
 * @param {string} name
 * @param {(begin: () => void) => void} when calls `begin` when the page has time for it
 */
export function loadScript(source, name, when = (begin) => begin()) {
  if (!loading.has(source)) {
    const loaded = new Promise((resolve, reject) => {
      const script = h("script", { src: source, async: true });
      script.addEventListener("load", () => resolve(window[name]));
      script.addEventListener("error", () => {
        loading.delete(source);
        script.remove();
        reject(new Error(`${name} did not load`));
      });
      when(() => document.head.append(script));
    });
    loading.set(source, loaded);
  }
  return loading.get(source);
}
