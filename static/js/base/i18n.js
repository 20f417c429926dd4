// The page's language: which it is, and every text in it. Elements filled with `say` follow a change by themselves.

import en from "../i18n/en.js";
import refusalsEn from "../i18n/refusals.en.js";
import refusalsZh from "../i18n/refusals.zh.js";
import zh from "../i18n/zh.js";
import { Listeners } from "./listeners.js";

export const LANGUAGES = { en: { ...en, ...refusalsEn }, zh: { ...zh, ...refusalsZh } };
const TAGS = { en: "en", zh: "zh-CN" }; // as <html lang> wants them
const listeners = new Listeners();
let spoken = null; // the language of what `inLanguage` makes

/** Adds a page's own texts, {en: {key: text}, zh: {key: text}}; before that page fills anything in. */
export function addTexts(texts) {
  for (const [code, own] of Object.entries(texts)) Object.assign(LANGUAGES[code], own);
}

/** "en" or "zh"; <html lang> holds it. */
export function language() {
  if (spoken !== null) return spoken;
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

/** What `make` returns where every text that it asks for is in that language. */
export function inLanguage(code, make) {
  const before = spoken;
  spoken = code;
  try {
    return make();
  } finally {
    spoken = before;
  }
}

/**
 * The text of `key` with `{name}` replaced from `values`, and `{name|run|runs}` by "run" where that value is 1, else by
 * "runs". A value may be a text itself: [key, values].
 */
export function t(key, values = {}) {
  const text = LANGUAGES[language()][key] ?? key;
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    const value = values[name] ?? whole;
    if (one !== undefined) return String(value) === "1" ? one : many;
    return Array.isArray(value) ? t(...value) : value;
  });
}

/** The text of `key`; `name` where there is none, as for what only another version has. */
export function textOr(key, name) {
  return key in LANGUAGES.en ? t(key) : name;
}

/**
 * Gives `element` the text of `key`, now and after every change of language.
 *
 * @param {HTMLElement | SVGElement} element
 * @param {string} [key]
 * @param {Record<string, any>} [values]
 */
export function say(element, key, values = {}) {
  element.dataset.i18n = key;
  element.dataset.i18nValues = JSON.stringify(values);
  const text = t(key, values);
  if (element.textContent !== text) element.textContent = text; // called with every frame: no reflow for nothing
}

/**
 * Empties what `say` has filled.
 *
 * @param {HTMLElement | SVGElement} element
 */
export function sayNothing(element) {
  delete element.dataset.i18n;
  if (element.textContent !== "") element.textContent = "";
}

/**
 * The same as `say` for an accessible name that is also the tooltip.
 *
 * @param {HTMLElement | SVGElement} element
 * @param {string} [key]
 * @param {Record<string, any>} [values]
 */
export function sayLabel(element, key, values = {}) {
  element.dataset.i18nLabel = key;
  element.dataset.i18nLabelValues = JSON.stringify(values);
  const text = t(key, values);
  element.setAttribute("aria-label", text);
  if (element.localName === "button" || element.localName === "a") /** @type {HTMLElement} */ (element).title = text;
  if (element.localName === "optgroup") /** @type {HTMLOptGroupElement} */ (element).label = text; // what is seen of it
}

/**
 * Puts every text below `root` into the present language; also those that came with the HTML.
 *
 * @param {ParentNode} [root]
 */
export function translate(root = document) {
  /** @param {string} selector @returns {NodeListOf<HTMLElement>} */
  const all = (selector) => root.querySelectorAll(selector);
  for (const element of all("[data-i18n]")) {
    say(element, element.dataset.i18n, JSON.parse(element.dataset.i18nValues ?? "{}"));
  }
  for (const element of all("[data-i18n-label]")) {
    sayLabel(element, element.dataset.i18nLabel, JSON.parse(element.dataset.i18nLabelValues ?? "{}"));
  }
}

export function setLanguage(code) {
  document.documentElement.lang = TAGS[code];
  try {
    localStorage.setItem("playlab.language", code);
  } catch {
    // blocked storage: the choice holds for this page only
  }
  translate();
  listeners.tell();
}

/**
 * Calls `listener` after every change of language, for texts that no element holds.
 *
 * @param {() => void} listener
 * @param {AbortSignal} [signal] ends it
 */
export function onLanguage(listener, signal) {
  listeners.add(listener, signal);
}
