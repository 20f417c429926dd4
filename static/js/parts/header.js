// The header every page shares: tabs, language, palette, theme, keyboard help, and the line below it that says what the
// browser withholds. Owns #header's buttons and that line.

import { cookiesWork } from "../base/cookies.js";
import { icon } from "./icons.js";
import { language, say, sayLabel, setLanguage } from "../base/i18n.js";
import { followSystem, look, onLook, setLook } from "../base/theme.js";

export function startHeader(root = document) {
  /** @param {string} name */
  const button = (name) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid="${name}"]`));
  const languageSwitch = button("lang-switch");
  const themeSwitch = button("theme-switch");
  const paletteSwitch = button("palette-switch");
  const helpSwitch = button("help"); // where a page has any
  const help = /** @type {HTMLDialogElement | null} */ (root.querySelector("#shortcuts"));

  languageSwitch.addEventListener("click", () => setLanguage(language() === "zh" ? "en" : "zh"));
  themeSwitch.addEventListener("click", () => setLook({ theme: look().theme === "dark" ? "light" : "dark" }));
  paletteSwitch.addEventListener("click", () => setLook({ palette: look().palette === "safe" ? "classic" : "safe" }));
  helpSwitch?.addEventListener("click", () => help?.showModal());
  // By hand: the address belongs to the page, which keeps its state there.
  const skip = /** @type {HTMLAnchorElement} */ (root.querySelector(".skip"));
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    /** @type {HTMLElement} */ (root.querySelector(skip.hash)).focus();
  });
  help?.addEventListener("click", ({ target }) => target === help && help.close()); // a click beside it

  const warning = /** @type {HTMLElement} */ (root.querySelector("#no-cookies"));
  if (!cookiesWork()) {
    say(warning, "page.noCookies");
    warning.hidden = false;
  }

  const show = () => {
    const dark = look().theme === "dark";
    themeSwitch.replaceChildren(icon(dark ? "sun" : "moon"));
    sayLabel(themeSwitch, dark ? "header.toLight" : "header.toDark");
    paletteSwitch.setAttribute("aria-pressed", String(look().palette === "safe"));
  };
  paletteSwitch.replaceChildren(icon("palette"));
  helpSwitch?.replaceChildren(icon("keyboard"));
  onLook(show);
  followSystem();
  show();
}
