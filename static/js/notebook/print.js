// The page that is printed: the report as a web page has it, with all its pictures drawn, and then the browser's print.

import { addTexts, say } from "../base/i18n.js";
import en from "../i18n/notebook.en.js";
import zh from "../i18n/notebook.zh.js";
import { Api } from "./api.js";
import { kept, made } from "./exporting.js";
import { refusalText } from "../parts/refusals.js";

const AGAIN = { first: 1000, most: 60_000 }; // ms until a report that the server has no place for is asked for again
const BUSY = [0, 429, 503]; // HTTP's status; 0: not reached

addTexts({ en, zh });
const { notebook, language } = document.body.dataset;
const wait = document.getElementById("wait");
const said = document.getElementById("said");
const bar = /** @type {HTMLProgressElement} */ (document.getElementById("bar"));

function told(done, of) {
  bar.max = of;
  bar.value = done;
  say(said, "export.at", { done, of });
}

async function report() {
  const api = new Api((path, options) => fetch(path, options));
  for (let pause = AGAIN.first; ; pause *= 2) {
    try {
      return await made(api, notebook, { format: "html", language, ...kept() }, told);
    } catch (error) {
      say(said, ...refusalText(error));
      if (!BUSY.includes(error.status) || pause > AGAIN.most) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

const { file } = await report().catch((error) => {
  bar.hidden = true;
  if (!(error.status >= 0)) throw error;
  return { file: null };
});
if (file !== null) {
  const page = new DOMParser().parseFromString(await file.text(), "text/html");
  wait.replaceWith(document.adoptNode(page.querySelector(".report")));
  await Promise.all([...document.images].map((picture) => picture.decode()));
  await document.fonts.ready;
  print();
}
