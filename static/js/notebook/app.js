// The notebook page: makes the views and the ways to the server and connects them. No logic of its own beyond that.

import { copyText } from "../base/clipboard.js";
import { cookiesWork } from "../base/cookies.js";
import { addTexts, onLanguage, t, translate } from "../base/i18n.js";
import en from "../i18n/notebook.en.js";
import zh from "../i18n/notebook.zh.js";
import { Confirm } from "../parts/confirm.js";
import { startHeader } from "../parts/header.js";
import { Notices } from "../parts/notices.js";
import { Outbox } from "../parts/outbox.js";
import { pinNews } from "../parts/pin-news.js";
import { Pins } from "../parts/pins.js";
import { Api } from "./api.js";
import { lacking } from "./complete.js";
import { Content } from "./content.js";
import { Editing } from "./editing.js";
import { ExportPanel } from "./export-panel.js";
import { History } from "./history.js";
import { wordsOf } from "./kinds.js";
import { NotebookView } from "./notebook-view.js";
import { Pages } from "./pages.js";
import { Recovery } from "./recovery.js";
import { refusalText } from "../parts/refusals.js";
import { Saver } from "./saver.js";
import { Sheet } from "./sheet.js";
import { Shelf } from "./shelf.js";
import { Titles } from "./titles.js";
import { Welcome } from "./welcome.js";

const WORD_STAYS = 60_000; // ms that a cell says what became of it
const MOST_SHOWN = { texts: 3, characters: 160 }; // of what was typed, in a notice
const MB = 2 ** 20; // bytes
const LIST_EVERY = 5000; // ms between two looks at the list, at the least

/** @param {string} id @returns {any} an element of the page */
const part = (id) => document.getElementById(id);

addTexts({ en, zh });
startHeader();
translate();

const notices = new Notices(part("notices"));
const api = new Api(
  (url, options) => fetch(url, options),
  (question, error) => error === null && heardServer(),
);
const pages = new Pages(({ notebook }) => heardPage(notebook));
const outbox = new Outbox("changes");
const saver = new Saver({
  outbox,
  send: (notebook, changes) => api.change(notebook, changes, pages.id),
  page: pages.id,
  on: { state: showState, answered, conflict, refused, gone },
});
const titles = new Titles({
  outbox,
  send: (notebook, title) => api.set(notebook, { title }),
  page: pages.id,
  on: { named: (summary) => heardSummary(summary), refused: failed },
});
const pins = new Pins(pinNews(notices));
const confirm = new Confirm(document.body);
const sheet = new Sheet({
  changed: (id, cell, act) => {
    editing.write(id, cell, act);
    sheet.unsay(id, "cell.refused");
    if (act === null) draw();
    else view.updateTools(history);
  },
  begin: (id) => content.type(id),
  end: (id, isChanged) => {
    history.close();
    if (content.typed === id) content.type(null);
    draw();
    if (isChanged) saver.flush();
  },
  add: (cell, after) => show(editing.add(cell, after), { writes: true }),
  upload,
  move: (id, before) => editing.move(id, before) && draw(),
  remove,
  release: (id) => (editing.release(id), draw()),
});
const view = new NotebookView(sheet, {
  rename: (title) => {
    content.summary = { ...content.summary, title };
    titles.note(open, title);
    drawShelf();
    draw();
  },
  undo: () => turn(editing.undo()),
  redo: () => turn(editing.redo()),
  fills: (fills) => set({ fills }),
  offered: (offered) => set({ offered }),
});
const shelf = new Shelf(part("shelf"), { open: go, create, delete: deleteNotebook, restore, import: importFile });
const exporter = new ExportPanel(api, sendAll);
const recovery = new Recovery(api, confirm, async () => {
  const before = new Set(notebooks().map(({ id }) => id));
  await readOverview();
  const [first] = notebooks().filter(({ id }) => !before.has(id));
  if (first) await openNotebook(first.id);
});
const welcome = new Welcome({
  create,
  elsewhere: () => {
    part("side").hidden = false;
    part("shelf-card").open = part("recovery-card").open = true;
    /** @type {HTMLElement} */ (part("recovery").querySelector("input")).focus();
  },
});

let overview = null;
let open = null; // the id of the notebook that is shown
let content = null; // of it
let editing = null;
let history = new History();
let reading = null; // the question for what changed, while there is no answer
let readList = 0; // when the list was last read

part("view").append(welcome.element, view.element);
part("export").append(exporter.element);
part("recovery").append(recovery.element);
addEventListener("hashchange", () => follow());
addEventListener("online", () => (heardServer(), pins.send()));
addEventListener("focus", () => look());
document.addEventListener("visibilitychange", () => (document.hidden ? saver.flush() : look()));
addEventListener("pagehide", () => saver.flush());
document.addEventListener("keydown", shortcut);
document.addEventListener("paste", pasted);
for (const type of ["dragover", "drop"]) part("view").addEventListener(type, dropped);
onLanguage(() => {
  showTitle();
  if (content === null) return;
  draw();
  readAgain(open).catch((error) => error.status > 0 && failed(error));
});
begin();

async function begin() {
  foldOnPhone();
  await until(readOverview);
  document.documentElement.dataset.ready = "";
  await adopt();
  await until(openFirst);
  pins.send(); // what another page had no time for
}

/** Asks again until the server answers: a page that was opened while it restarts. */
async function until(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      failed(error);
      document.documentElement.dataset.ready = ""; // the notice at least can be read
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

/** Takes over what pages that are no more have left in the outbox. */
async function adopt() {
  const kept = await outbox.all();
  if (kept.length === 0) return;
  const others = await pages.others();
  const left = kept.filter(([key]) => !others.has(key.split(" ")[0]));
  titles.adopt(left.filter(([, entry]) => "title" in entry));
  await saver.adopt(left.filter(([, entry]) => "cell" in entry));
}

async function readOverview() {
  overview = await api.overview();
  readList = Date.now();
  recovery.update(overview.recovery, notebooks().length);
  drawShelf();
}

function notebooks() {
  return overview.notebooks.filter(({ deleted }) => !deleted);
}

/** Shows the notebook that the address names, or the one that pins go into. */
async function openFirst() {
  const wanted = named();
  const there = notebooks();
  const first = there.find(({ id }) => id === wanted) ?? there.find(({ current }) => current) ?? there[0];
  if (first) await openNotebook(first.id);
  else showNone();
}

function named() {
  return new URLSearchParams(location.hash.slice(1)).get("notebook");
}

function go(id) {
  if (id === open) return;
  location.hash = `notebook=${id}`;
  foldOnPhone();
}

/** Where the list stands above the notebook it takes no room when it is not needed. */
function foldOnPhone() {
  if (matchMedia("(max-width: 900px)").matches) part("shelf-card").open = false;
}

function follow() {
  const wanted = named();
  if (wanted !== null && wanted !== open) openNotebook(wanted).catch(failed);
}

async function openNotebook(id) {
  saver.flush();
  const answer = await api.open(id);
  open = id;
  history.clear();
  history = new History();
  content = new Content(answer.summary, () => saver.pendingOf(id));
  content.take(answer, { isWhole: true });
  const title = titles.of(id);
  if (title !== null) content.summary = { ...content.summary, title };
  editing = new Editing(id, { content, saver, history });
  welcome.element.hidden = true;
  part("side").hidden = part("export-card").hidden = false;
  window.history.replaceState(null, "", `#notebook=${id}`);
  view.show(content);
  exporter.show(id, content.summary.language);
  draw();
  drawShelf();
  showState();
  notices.hide(`gone-${id}`);
  saver.again(id); // it may have been deleted and restored
  if (!answer.summary.current) set({ current: true });
  document.documentElement.dataset.open = id;
}

function showNone() {
  open = content = editing = null;
  view.show(null);
  part("export-card").hidden = true; // there is nothing to be taken home
  welcome.element.hidden = false;
  part("side").hidden = !overview.notebooks.some(({ deleted }) => deleted); // they can be restored there
  window.history.replaceState(null, "", location.pathname);
  showTitle();
}

/** All that can be seen of the open notebook. */
function draw() {
  if (content === null) return;
  view.update({ history, isTeacher: overview.teacher });
  showTitle();
  const cells = content.cells();
  const counts = { cells: cells.length, pins: cells.filter(({ cell }) => cell.type === "pin").length };
  const listed = overview.notebooks.find((one) => one.id === open);
  if (!listed || (listed.cells === counts.cells && listed.pins === counts.pins)) return;
  overview.notebooks = overview.notebooks.map((one) => (one === listed ? { ...one, ...counts } : one));
  drawShelf();
}

function drawShelf() {
  shelf.update(overview, open);
}

function showTitle() {
  const title = content?.summary.title;
  document.title = title ? `${title} · Playlab` : t("notebook.pageTitle");
}

function showState() {
  const state = saver.stateOf(open);
  view.showState(state);
  const isAtRisk = state === "lost" && !saver.isKept;
  if (isAtRisk !== notices.shows("unkept"))
    notices.toggle("unkept", isAtRisk, { text: "save.unkept", kind: "warning", dismissible: false });
}

// --- the server and other pages ---

function answered(notebook, answer, sent) {
  pages.tell(notebook, answer.revision);
  if (notebook !== open) return;
  const isBehind = content.answered(answer, sent);
  draw();
  if (isBehind) catchUp();
}

/** Two have changed one cell: what was sent from here is a cell of its own now. */
function conflict(notebook, { id, copy, cell }) {
  if (notebook !== open) return;
  if (copy === null) {
    sayFor(id, cell === null ? "cell.notRemoved" : "cell.theirs");
    return;
  }
  content.rename(id, copy);
  history.rename(id, copy);
  sheet.rename(id, copy);
  sayFor(copy, "cell.copy");
}

function refused(notebook, error, { id }) {
  if (notebook === open) sheet.say(id, ["cell.refused", { why: refusalText(error) }]);
  else failed(error);
}

/** The notebook was deleted elsewhere: what was typed here waits until somebody says what becomes of it. */
function gone(notebook, error, entries) {
  const words = entries.map(({ cell }) => (cell === null ? "" : wordsOf(cell).trim())).filter(Boolean);
  if (words.length > 0) sayGone(notebook, error, words);
  else saver.drop(notebook);
  if (words.length === 0 && notebook === open) failed(error);
}

function sayGone(notebook, error, words, { said = [], isWhole = false } = {}) {
  const topic = `gone-${notebook}`;
  const title = overview.notebooks.find(({ id }) => id === notebook)?.title || t("notebook.untitled");
  const { texts, characters } = isWhole ? { texts: Infinity, characters: Infinity } : MOST_SHOWN;
  const shown = words
    .slice(0, texts)
    .map((text) => (text.length > characters ? `${text.slice(0, characters)}…` : text));
  if (words.length > shown.length) shown.push("…");
  const copy = async () => {
    const isCopied = await copyText(words.join("\n\n"));
    sayGone(notebook, error, words, {
      said: [t(isCopied ? "recovery.copied" : "recovery.copyByHand")],
      isWhole: !isCopied,
    });
  };
  const bringBack = async () => {
    await restore(notebook);
    if (saver.stateOf(notebook) === "refused") sayGone(notebook, error, words);
  };
  const discard = () => {
    saver.drop(notebook);
    if (notebook === open) tried(leave);
  };
  notices.show(topic, {
    text: ["gone.waits", { title }],
    kind: "warning",
    dismissible: false,
    details: [...shown, ...said],
    actions: [
      ...(error.code === "notebook-deleted" ? [{ text: "gone.restore", testid: "gone-restore", run: bringBack }] : []),
      { text: "gone.copy", testid: "gone-copy", run: copy },
      { text: "gone.discard", testid: "gone-discard", run: discard },
    ],
  });
}

function sayFor(id, word) {
  sheet.say(id, word);
  setTimeout(() => sheet.say(id, null), WORD_STAYS);
}

/** What changed since the last answer. */
function catchUp() {
  if (open === null) return null;
  reading ??= readSince(open)
    .catch((error) => error.status > 0 && failed(error))
    .finally(() => (reading = null));
  return reading;
}

/** All of it: what makes itself is in the language that the page had. */
async function readAgain(notebook) {
  const answer = await api.open(notebook);
  if (notebook !== open) return;
  content.take(answer, { isWhole: true });
  draw();
}

async function readSince(notebook) {
  const answer = await api.since(notebook, content.revision);
  if (notebook !== open) return;
  content.take(answer, { isWhole: answer.all });
  draw();
}

function heardServer() {
  notices.hide("failure");
  saver.wake();
  titles.wake();
}

/** Another page of this browser changed or pinned something. */
function heardPage(notebook) {
  if (notebook === open) catchUp();
  else look();
}

/** Somebody comes back to the page: what happened meanwhile. */
async function look() {
  if (overview === null) return;
  catchUp();
  if (Date.now() - readList < LIST_EVERY) return;
  try {
    await readOverview();
    if (open === null && notebooks().length > 0) await openFirst();
  } catch {
    // the next look tells
  }
}

function failed(error) {
  if (!(error.status >= 0)) throw error;
  notices.hide("picture");
  notices.show("failure", { text: refusalText(error), kind: "error" });
}

/** As `lacking`, of the notebook that is open; a field that is written in ends first. */
function sendAll() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  return lacking(open, { saver, titles, pins });
}

// --- what is wanted of notebooks ---

/** Whether there may be a new notebook: without cookies it would be nobody's, and not to be found again. */
function keepsNotebooks() {
  const keeps = cookiesWork();
  notices.toggle("no-cookies", !keeps, { text: "notebook.noCookies", kind: "warning" });
  return keeps;
}

async function create(template, language) {
  if (!keepsNotebooks()) return;
  const isWelcomed = welcome.element.contains(document.activeElement);
  await tried(async () => {
    const { id } = await api.create(template, language);
    await readOverview();
    await openNotebook(id);
    if (isWelcomed) sheet.focus(); // what was pressed is not there any more
  });
}

async function deleteNotebook({ id, title }) {
  await tried(async () => {
    await api.delete(id);
    saver.drop(id);
    notices.hide(`gone-${id}`);
    if (id === open) await leave();
    else await readOverview();
    notices.show("deleted", {
      text: ["notebook.deleted", { title: title || t("notebook.untitled") }],
      actions: [{ text: "notebook.restore", testid: "restore", run: () => restore(id) }],
    });
  });
}

/** The open notebook is not there any more: shows another. */
async function leave() {
  await readOverview();
  open = null;
  window.history.replaceState(null, "", location.pathname);
  await openFirst();
}

async function restore(id) {
  await tried(async () => {
    await api.restore(id);
    notices.hide("deleted");
    await readOverview();
    await openNotebook(id);
  });
}

async function importFile(file) {
  if (!keepsNotebooks()) return;
  notices.hide("import"); // of what was tried before
  const most = overview.limits.archive_bytes;
  if (file.size > most) {
    const [size, limit] = [Math.ceil((10 * file.size) / MB) / 10, most / MB];
    notices.show("import", { text: ["notebook.archiveTooLarge", { size, most: limit }], kind: "warning" });
    return;
  }
  await tried(async () => {
    const { id } = await api.import(file);
    await readOverview();
    await openNotebook(id);
  });
}

async function set(what) {
  const notebook = open;
  await tried(async () => {
    const summary = await api.set(notebook, what);
    if (what.current) await readOverview();
    heardSummary(summary ?? { id: notebook, ...what });
  });
}

function heardSummary(summary) {
  if (summary.id === open) content.summary = { ...content.summary, ...summary };
  overview.notebooks = overview.notebooks.map((one) => (one.id === summary.id ? { ...one, ...summary } : one));
  drawShelf();
  draw();
}

async function tried(act) {
  try {
    await act();
  } catch (error) {
    failed(error);
  }
}

// --- what is done to cells ---

/** Shows what was just added. */
function show(id, { writes = false } = {}) {
  view.endFind();
  draw();
  const added = sheet.view(id);
  added?.focus();
  if (writes && added && ["text", "heading"].includes(added.cell.type)) added.edit();
}

function remove(id) {
  const { element } = sheet.view(id);
  const next = /** @type {HTMLElement} */ (element.nextElementSibling ?? element.previousElementSibling);
  sheet.closeBar();
  editing.remove(id);
  draw();
  next?.focus();
  notices.show("removed", {
    text: "cell.removed",
    actions: [{ text: "cell.undo", testid: "undo-removal", run: () => turn(editing.undo()) }],
  });
}

function turn(ids) {
  notices.hide("removed");
  draw();
  const changed = ids?.map((id) => sheet.view(id)).find((one) => one !== null);
  changed?.focus();
}

async function upload(files, after) {
  notices.hide("picture"); // of what was tried before
  const pictures = files.filter(({ type }) => type.startsWith("image/"));
  if (pictures.length < files.length) refusedPicture("cell.noPicture");
  const notebook = open;
  let last = after;
  for (const file of pictures) {
    if (file.size > overview.limits.picture_bytes) {
      refusedPicture("cell.pictureTooLarge");
      continue;
    }
    try {
      const { picture } = await api.upload(notebook, file);
      if (notebook !== open) return;
      last = editing.add({ type: "picture", picture, caption: "" }, last);
      show(last);
    } catch (error) {
      if (error.status > 0) refusedPicture(refusalText(error));
      else failed(error);
    }
  }
}

/** Stays until another reason comes or the next picture is tried, also where the server then answers something else. */
function refusedPicture(text) {
  notices.hide("failure");
  notices.show("picture", { text, kind: "warning" });
}

function pasted(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  if (content === null || files.length === 0) return;
  event.preventDefault();
  upload(files, sheet.focused);
}

function dropped(event) {
  const isFile = event.dataTransfer?.types.includes("Files");
  if (content === null || !isFile) return;
  event.preventDefault();
  if (event.type === "drop") {
    const below = /** @type {HTMLElement} */ (event.target.closest?.("[data-cell]"));
    upload([...event.dataTransfer.files], below?.dataset.cell ?? null);
  }
}

function shortcut(event) {
  if (content === null || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  const key = event.key.toLowerCase();
  const isWriting = event.target.closest("textarea, input:not([type='checkbox'])") !== null;
  if (document.querySelector("dialog[open]") !== null) return;
  const act =
    key === "f" && event.shiftKey
      ? () => view.focusFind()
      : isWriting
        ? null
        : { z: () => turn(event.shiftKey ? editing.redo() : editing.undo()), y: () => turn(editing.redo()) }[key];
  if (!act) return;
  event.preventDefault();
  act();
}
