// The LeNet page: makes the views and the ways to the server and connects them. No logic of its own beyond that.

import { fragmentOf } from "../base/address.js";
import { copyText } from "../base/clipboard.js";
import { loadAgain } from "../parts/chart.js";
import { startHeader } from "../parts/header.js";
import { startHints } from "../parts/hints.js";
import { addTexts, onLanguage, say, t, translate } from "../base/i18n.js";
import en from "../i18n/lenet.en.js";
import zh from "../i18n/lenet.zh.js";
import { Notices } from "../parts/notices.js";
import { PinDesk } from "../parts/pin-button.js";
import { connectTo } from "../base/socket.js";
import { tabStorage } from "../base/storage.js";
import { onLook } from "../base/theme.js";
import { Api } from "./api.js";
import { Failure } from "./failure.js";
import { CompareView } from "./runs/compare-view.js";
import { Confirm } from "../parts/confirm.js";
import { percentText } from "./format.js";
import { LaunchForm } from "./launch/launch.js";
import { News } from "./news.js";
import { pinOf } from "./pins.js";
import { Pictures } from "./run/pictures.js";
import { formatRoute, parseRoute } from "./route.js";
import { isLost, LostRuns } from "./runs/lost-runs.js";
import { RunList } from "./runs/run-list.js";
import { isActive, useConnection, useStates } from "./runs/run-status.js";
import { Performer } from "./runs/performer.js";
import { RunReader } from "./runs/run-reader.js";
import { RunStore } from "./runs/run-store.js";
import { runTitle } from "./run/run-title.js";
import { RunView } from "./run/run-view.js";
import { answered, isOutage, onReturn, returned } from "./outage.js";
import { refusalText } from "./refusals.js";
import { sweepsOf } from "./sweep/sweep.js";
import { SweepView } from "./sweep/sweep-view.js";
import { TeacherDialog } from "./teacher.js";
import { Watcher } from "./run/watcher.js";
import { Welcome } from "./launch/welcome.js";

const NOT_THERE = ["no-such-run", "no-such-sweep"]; // codes of refusals
const DEVICES_INTERVAL = 2000; // ms between two looks at the devices, while a run is watched

/** @param {string} id @returns {any} an element of the page */
const part = (id) => document.getElementById(id);
const { plotly } = part("view").dataset;

addTexts({ en, zh });
startHeader();
startHints(document.body);
translate();

const api = new Api(
  (url, options) => fetch(url, options),
  (question, error) => {
    answered(error);
    lostRuns.heard(question, error);
  },
);
const notices = new Notices(part("notices"));
const failure = new Failure(notices);
const store = new RunStore(() => draw());
const reader = new RunReader(api, store, { more: fetchShown, failed: failure.show });
const performer = new Performer(api, new Confirm(document.body), {
  begins: () => failure.hide(), // of the one before
  heard,
  heardAll: (runs) => store.putAll(runs),
  failed: failure.show,
});
const lostRuns = new LostRuns({
  ask: (run) => api.show(run).catch(() => {}), // what is refused is heard
  found: (run, refusal) => store.refuse(run, refusal),
});
const teacher = new TeacherDialog(
  part("teacher"),
  async (token) => {
    await api.becomeTeacher(token);
    await readAnew();
  },
  async () => {
    await api.ceaseToBeTeacher();
    await readAnew();
  },
);
const welcome = new Welcome();
part("view").append(welcome.element);
const news = new News(
  connectTo(window.io, "/lenet", (slow) => notices.toggle("slow", slow, { text: "notice.slow" })),
  {
    connected,
    lost: disconnected,
    run: heard,
    named,
    records: (records) => watcher.received(records),
  },
);
const watcher = new Watcher(api, news, {
  changed: draw,
  failed: (error) => isLost(error) || failure.show(error), // of a run that is no more the page says so elsewhere
});

let route = parseRoute("");
let absent = null; // why what the address names is not to be seen, as an ApiError
let seen = null; // the run or the sweep that is shown, as it was last; of a deleted one it is what is left
let mostCompared = 1; // as the schema says
let devices = [];
let lostSince = null; // when the connection was lost; null: it is there
let runView = null; // made once the schema is there
let compareView = null;
let sweepView = null;
let launch = null;
let list = null;
let drawing = false;
let saidOfEpoch = ""; // what the notice says of the address's epoch

addEventListener("hashchange", follow);
onReturn(loadAgain);
onLook(() => {
  runView?.recolor();
  compareView?.recolor();
  sweepView?.recolor();
});
onLanguage(() => {
  showTitle();
  draw();
  runView?.relabel();
  compareView?.relabel();
  sweepView?.recolor();
});
begin();

async function begin() {
  const [schema] = await Promise.all([until(() => api.schema()), until(() => reader.read())]);
  useStates(schema.states);
  mostCompared = schema.most_compared;
  const { perform } = performer;
  launch = new LaunchForm(part("launch"), schema, { start, startSweep, datasetChosen: (name) => welcome.update(name) });
  list = new RunList(part("runs"), store, schema, { perform, compare: (compare) => go({ compare }), more });
  part("runs-head").append(list.compare);
  const shared = { api, schema, plotly };
  const epochChosen = (epoch) => replaceRoute({ ...route, epoch });
  const panelChosen = (name) => {
    if (route.look !== null && route.look !== name) replaceRoute({ ...route, look: null, image: null, strokes: null }); // it said how to begin
  };
  const drawn = () => route.strokes !== null && replaceRoute({ ...route, strokes: null }); // they are others now
  const on = { perform, copyLink, rename, reuse, epochChosen, panelChosen, drawn };
  runView = new RunView({ ...shared, pictures: new Pictures(api), on });
  compareView = new CompareView({
    ...shared,
    remove: (id) => go({ compare: route.compare.filter((other) => other !== id) }),
  });
  sweepView = new SweepView({ ...shared, on: { perform, copyLink, open: (run) => go({ run }) } });
  part("view").append(runView.element, compareView.element, sweepView.element);
  new PinDesk((view, shown) => pinOf(view, shown, shownNow(schema), tabStorage()), notices);
  news.start();
  readDevices();
  if (location.search !== "") replaceAddress(`#${fragmentOf(location)}`); // somebody made a ? of the #
  follow();
  setInterval(() => !document.hidden && watchesActive() && readDevices(), DEVICES_INTERVAL);
  document.documentElement.dataset.ready = "";
}

/** What is watched, as pins.js takes it. */
function shownNow({ fields, presets }) {
  return { run: route.run && seen, log: watcher.log, epoch: runView.epoch, fields, presets };
}

/** Asks again until the server answers: a page that was opened while it restarts. */
async function until(ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      failure.show(error);
      document.documentElement.dataset.ready = ""; // the notice at least can be read
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

function disconnected({ isFull = false } = {}) {
  lostSince ??= new Date().toTimeString().slice(0, 8);
  const text = isFull ? "refused.no-room" : ["lenet.lost", { time: lostSince }];
  notices.show("connection", { text, kind: "warning", dismissible: false });
  useConnection(false);
  draw();
}

async function connected() {
  lostSince = null;
  notices.hide("connection");
  useConnection(true);
  draw();
  failure.hide();
  returned();
  await reader.read().catch(failure.show); // news may have been missed
  await fetchShown();
  await watcher.reconnected();
  if (route.compare.length > 0) compareView.show(route.compare);
}

/** The next page of the list, of all runs or of mine. */
async function more(mine) {
  try {
    await reader.readNext(mine);
  } catch (error) {
    failure.show(error);
  }
}

/** What the address names may be on none of the pages that are here. */
async function fetchShown() {
  const asked = route;
  const { run, sweep } = asked;
  let refusal = null;
  try {
    if (run !== null && store.get(run) === null) await reader.readRun(run);
    if (sweep !== null && watchedSweep() === null) await reader.readSweep(sweep);
  } catch (error) {
    if (error.status === 404 || isLost(error))
      lost(error); // it went while nobody told this page
    else if (error.status !== 503) failure.show(error);
    if (!isOutage(error)) refusal = error;
  }
  if (run !== route.run || sweep !== route.sweep) return;
  absent = refusal;
  draw();
}

/** What is shown is on the server no longer: what the page has of it stays, and is said to be all there is. */
function lost(error, by = null) {
  if (seen === null || (seen.run ?? null) !== route.run || (seen.id ?? null) !== route.sweep) return; // never seen
  const key =
    error?.code === "no-files" ? "refused.no-files" : by === "teacher" ? "lenet.deletedByTeacher" : "lenet.deleted";
  if (seen.run) seen = { ...seen, status: "deleted", requested: null, reason: null, why: null };
  notices.show("gone", {
    text: key,
    kind: "warning",
    actions: [{ text: "watch.back", run: () => go({}), testid: "gone-back" }],
  });
  draw(true);
}

async function readDevices() {
  devices = await api.devices().catch(() => devices);
  launch.setDevices(devices);
  draw();
}

/** The sweep that the address names, or null. */
function watchedSweep() {
  return (route.sweep && sweepsOf(store.runs).get(route.sweep)) ?? null;
}

function watchesActive() {
  const run = store.get(route.run);
  return run !== null && isActive(run);
}

async function start(preset, changes) {
  const { moment } = store;
  const run = await api.create(preset, changes);
  store.putAll([run], moment); // it may be over: what was trained just now is not trained again
  go({ run: run.run });
}

async function startSweep(wanted) {
  const { moment } = store;
  const { sweep, trials } = await api.createSweep(wanted);
  store.putAll(trials, moment);
  go({ sweep });
}

async function rename(run, name) {
  heard(await api.rename(run.run, name));
  showTitle();
}

/** A run is named anew: who may know the name asks for it, the others are not told. */
async function named({ run: id }) {
  const run = store.get(id);
  if (run === null || !store.mayChange(run)) return;
  try {
    if (!(await reader.readName(id))) return;
  } catch (error) {
    if (!isLost(error)) failure.show(error);
    return;
  }
  compareView.heard(id);
  showTitle();
}

/** The list as it is for the teacher, or no longer: names too. */
async function readAnew() {
  await reader.read();
  showTitle();
  if (route.compare.length > 0) compareView.show(route.compare);
}

function reuse(run) {
  if (matchMedia("(max-width: 900px)").matches) go({}); // there the form is not beside the run
  part("launch-card").open = true;
  launch.load(run);
}

function heard(change) {
  const before = store.get(change.run);
  if (before === null && change.sweep)
    reader.take(change).catch(failure.show); // of a sweep that is on no page yet
  else store.put(change);
  compareView.heard(change.run);
  if (before !== null && isActive(before) && !(change.status && isActive(change))) launch.hasRoom();
  if (change.deleted && route.sweep && before?.sweep?.id === route.sweep && watchedSweep() === null) left(change);
  if (change.run !== route.run) return;
  if (change.deleted) left(change);
  else if (change.epoch > (before?.epoch ?? 0)) {
    const values = { epoch: change.epoch, accuracy: percentText(change.accuracy) };
    say(part("announcer"), "watch.announce", values);
  }
}

/** What is shown was deleted: from here, or by somebody else under the visitor's eyes. */
function left({ run, by }) {
  if (performer.isDeleting(run)) go({});
  else lost(null, by);
}

async function copyLink() {
  const address = new URL(formatRoute(route), location.href).href;
  if (!(await copyText(address))) {
    notices.show("link", { text: ["watch.copyByHand", { address }] });
    return;
  }
  notices.show("link", { text: "watch.copied" });
  setTimeout(() => notices.hide("link"), 3000);
}

function go(next) {
  location.hash = formatRoute(next);
}

function replaceRoute(next) {
  route = next;
  replaceAddress(formatRoute(next));
}

function replaceAddress(fragment) {
  history.replaceState(null, "", location.pathname + fragment);
}

/** Shows what the address says. */
function follow() {
  const before = route;
  route = parseRoute(location.hash);
  failure.hide();
  notices.hide("gone");
  seen = absent = null;
  const { faults } = route;
  notices.toggle("address", faults.length > 0, {
    text: ["lenet.badAddress", { parts: faults.join(", ") }],
    kind: "warning",
  });
  const beyond = route.compare.splice(mostCompared);
  notices.toggle("beyond", beyond.length > 0, {
    text: ["compare.beyond", { most: mostCompared, count: beyond.length }],
    kind: "warning",
  });
  if (faults.length + beyond.length > 0) replaceRoute(route); // what is left out is no longer in the address either
  notices.hide("epoch");
  saidOfEpoch = "";
  if (route.run !== before.run || route.epoch !== before.epoch || route.look) runView.open(route.epoch, route);
  const isHome = (at) => at.run === null && at.sweep === null && at.compare.length === 0;
  if (isHome(before) !== isHome(route)) part("launch-card").open = isHome(route); // the list takes its place
  watcher.watch(route.run);
  if (route.compare.length > 0) {
    compareView.show(route.compare);
    list.choose(route.compare);
  }
  list.open(route);
  showTitle();
  fetchShown().then(showTitle);
  draw(true);
  if (route.run !== before.run || route.sweep !== before.sweep || route.compare.length > 0) {
    scrollTo({ top: 0 });
    (route.run ? runView : route.sweep ? sweepView : route.compare.length > 0 ? compareView : null)?.focus();
  }
}

function showTitle() {
  const run = store.get(route.run);
  const sweep = route.sweep ? `${t("sweep.pageTitle")} · Playlab` : null;
  document.title = run ? `${runTitle(run)} · Playlab` : (sweep ?? t("lenet.title"));
}

/** Draws the page soon, once for all the news of a moment; at once where a visitor waits. */
function draw(atOnce = false) {
  if (atOnce === true) drawNow();
  else if (!drawing) {
    drawing = true;
    requestAnimationFrame(drawNow);
  }
}

function drawNow() {
  drawing = false;
  if (runView === null) return;
  list.update();
  teacher.update(store.isTeacher);
  seen = store.get(route.run) ?? watchedSweep() ?? seen;
  const run = route.run === null ? null : seen;
  const sweep = route.sweep === null ? null : seen;
  const comparing = route.compare.length > 0;
  sweepView.element.hidden = sweep === null;
  runView.element.hidden = run === null;
  compareView.element.hidden = !comparing;
  welcome.element.hidden = run !== null || sweep !== null || comparing;
  const isAbsent = absent !== null && run === null && sweep === null;
  part("missing").hidden = !isAbsent;
  if (isAbsent) say(part("missing"), ...(NOT_THERE.includes(absent.code) ? ["lenet.missing"] : refusalText(absent)));
  document.body.dataset.view = run || sweep || comparing ? "run" : "list";
  const isLeft = store.get(route.run) === null && watchedSweep() === null; // it is there no more
  if (sweep) sweepView.update(sweep, { allowed: !isLeft && store.mayChange(sweep) });
  if (run) {
    runView.update({ run, log: watcher.log, allowed: !isLeft && store.mayChange(run), devices });
    checkEpoch(run);
  }
}

/** Says so where the run has not the epoch that the address names. One that it never will have is left out of the address. */
function checkEpoch({ status, config }) {
  const epoch = runView.absentEpoch;
  const mayCome = epoch <= config.epochs && status !== "finished";
  const says = epoch === null ? "" : mayCome ? "epoch.notYet" : "epoch.never";
  if (says === saidOfEpoch) return;
  saidOfEpoch = says;
  notices.toggle("epoch", epoch !== null, { text: [says, { epoch }], kind: "warning" });
  if (says !== "epoch.never") return;
  saidOfEpoch = ""; // and the notice stays
  runView.open(null);
  replaceRoute({ ...route, epoch: null });
}
