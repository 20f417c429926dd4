// How a file is made of a notebook: it is asked for, looked after, and fetched. And whose report it is, as this browser
// keeps it.

import { ownStorage } from "../base/storage.js";

export const KEPT = "playlab-report"; // in localStorage: {name, number}
const LOOK_EVERY = 250; // ms between two looks at how far it is

/**
 * The file, as {name, file}. Rejects with an ApiError. told: is called with how many of how many parts are done.
 *
 * @param {import("./api.js").Api} api
 * @param {string} notebook
 * @param {{format: string, language: string, name: string, number: string}} asked
 * @param {(done: number, of: number) => void} told
 */
export async function made(api, notebook, asked, told) {
  const { job } = await api.export(notebook, asked);
  for (;;) {
    const { done, of, ready, error } = await api.progress(job);
    if (error) return api.exported(job); // it says why there is no file, with all that the text fills in
    if (of > 0) told(done, of);
    if (ready) return api.exported(job);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

/** Whose report it is, as it was typed here last. */
export function kept() {
  let said;
  try {
    said = JSON.parse(ownStorage()?.getItem(KEPT) ?? "{}");
  } catch {
    said = {};
  }
  const text = (key) => (typeof said?.[key] === "string" ? said[key] : "");
  return { name: text("name"), number: text("number") };
}
