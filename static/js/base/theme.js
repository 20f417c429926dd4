// How the page looks: light or dark, and which palette. <html data-theme data-palette> holds both; CSS reads them there.

import { Listeners } from "./listeners.js";

const listeners = new Listeners();

export function look() {
  const { theme, palette } = document.documentElement.dataset;
  return { theme, palette };
}

/** Changes theme or palette, and remembers it. */
export function setLook(changes) {
  apply(changes);
  try {
    for (const [name, value] of Object.entries(changes)) localStorage.setItem(`playlab.${name}`, value);
  } catch {
    // blocked storage: the choice holds for this page only
  }
}

/**
 * Calls `listener` after every change of look.
 *
 * @param {() => void} listener
 * @param {AbortSignal} [signal] ends it
 */
export function onLook(listener, signal) {
  listeners.add(listener, signal);
}

/** Follows the system's light or dark until the user has chosen here. */
export function followSystem() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("playlab.theme");
    } catch {
      // as if never chosen
    }
    if (!chosen) apply({ theme: matches ? "dark" : "light" });
  });
}

function apply(changes) {
  Object.assign(document.documentElement.dataset, changes);
  listeners.tell();
}
