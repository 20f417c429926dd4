// The Playground's page: makes the views and the session and connects them. No logic of its own beyond that.

import { fragmentOf } from "../base/address.js";
import { copyText } from "../base/clipboard.js";
import { colorScale } from "../base/color.js";
import { startHeader } from "../parts/header.js";
import { startHints } from "../parts/hints.js";
import { h } from "../base/dom.js";
import { onLanguage, say, sayNothing, t, translate } from "../base/i18n.js";
import { loadAgain } from "../parts/chart.js";
import { icon } from "../parts/icons.js";
import { Notices } from "../parts/notices.js";
import { pinButton, PinDesk } from "../parts/pin-button.js";
import { saveFile } from "../base/save.js";
import { loadScript } from "../base/script.js";
import { connectTo } from "../base/socket.js";
import { ownStorage, tabStorage } from "../base/storage.js";
import { look, onLook } from "../base/theme.js";
import { Announcer } from "./announcer.js";
import { startArticle } from "./article.js";
import { BatchNote } from "./batch-note.js";
import { besidesOf } from "./besides.js";
import { CodeView } from "./code-view.js";
import { ConfusionView } from "./confusion.js";
import { keepToCorner } from "./corner.js";
import { chosenIn, DatasetPicker, noiseText } from "./datasets.js";
import { Drawer } from "./drawer.js";
import { HeatMap } from "./heatmap.js";
import { HidePanel } from "./hide-panel.js";
import { KeptView } from "./kept-view.js";
import { fellBack, lostTraining, packed, restoring, unpacked } from "./last-state.js";
import { Legend } from "./legend.js";
import { LossChart } from "./loss-chart.js";
import { MapChoice } from "./map-choice.js";
import { Metrics } from "./metrics.js";
import { MiniMap } from "./mini-map.js";
import { NetworkView } from "./network.js";
import { RunControls } from "./run-controls.js";
import { Described } from "./own/described.js";
import { DrawView } from "./own/draw-view.js";
import { settingsOf } from "./own/giving.js";
import { fromText, inPlane, toCsv, unpack } from "./own/point-set.js";
import { SeedsView } from "./seeds-view.js";
import { refusalText, ownRefusal } from "./refusals.js";
import { Session } from "./session.js";
import { MoreSettings } from "./more-settings.js";
import { figureOf, pinOf } from "./pins.js";
import { placeSettings } from "./settings.js";
import { ShareView } from "./share-view.js";
import { outputs } from "./sizes.js";
import { startShortcuts } from "./shortcuts.js";
import { Status } from "./status.js";
import { StripView } from "./strip-view.js";
import { OFFERED, TakeHome } from "./take-home.js";
import { TimeMachine } from "./time-machine.js";

const part = (id) => document.getElementById(id);
const fields = new Map(JSON.parse(part("schema").textContent).map((field) => [field.key, field]));
const defaults = Object.fromEntries([...fields].map(([key, field]) => [key, field.default]));

const FRAME_RATE = 60; // the most a screen shows; with many connected the server sends fewer
const LAST_MOMENT = 200_000; // the last epoch that a link may have
const TICK = 250; // ms between two looks at the connection
const ADDRESSED = 400; // ms between two addresses while somebody draws
const ANSWERED = 5000; // ms within which a map comes that was asked for
const SAID = 3000; // ms for which it is said that a link was copied

let config = defaults;
let seen = defaults; // the settings that are shown
let link = ""; // of the config, as the address shows it
let generation = 0;
let frame = null; // the newest, also while there is no connection
let picture = null; // the frame that is shown: the newest, or of an epoch that has passed
let edited = null; // why the link alone no longer gives this training: "edited" by hand, or "restored" from this page
let playing = false;
let goal = 0; // the epoch to which a link is trained first
let going = false; // it is on its way there
let news = null; // the last status
let forgetting; // a timer, after which it is no longer said that a link was copied
let addressing = null; // a timer, after which the address shows the link
let addressed = -Infinity; // when it did so last
let importView = null; // once it is loaded
let besides = null; // what the address asks for besides the run, until that is there
let stripAwaits = false; // the strip is to be shown once the training has come to its link's epoch
let left = null; // by the page before a reload, until the server has answered

startHeader();
translate();
const notices = new Notices(part("notices"));
const configure = (changes) => session.configure(changes);
/** The settings as they will be: what a second press changes that comes before the first is answered. */
const wanted = () => ({ ...config, ...session.changing });
const step = () => forbidden() || session.command("step").then((reply) => reply.ok && (configured(reply), goTo(0)));

const run = new RunControls(part("run"), {
  play: () => forbidden() || startTraining(),
  pause: () => session.command("pause").then((reply) => reply.ok && (configured(reply), rested())),
  step,
  reset: () => session.command("reset").then(restarted),
  newWeights,
  speed: (epochsPerSecond) => session.command("set_speed", { epochsPerSecond }),
});
const settings = placeSettings(fields, configure, part);
const batchNote = new BatchNote(settings.element("batchSize"), configure);
const more = new MoreSettings(part("more"), part("more-settings"), fields, configure);
const drawPoints = h(
  "button",
  { type: "button", class: "plain", testid: "own-draw", label: "palette.openHelp", on: { click: () => draw.open() } },
  icon("pen"),
  h("span", { text: "palette.open" }),
);
const fromFile = h(
  "button",
  { type: "button", class: "plain", testid: "own-file", label: "file.openHelp", on: { click: openFile } },
  icon("upload"),
  h("span", { text: "file.open" }),
);
const saveTable = h(
  "button",
  { type: "button", class: "plain own-save", testid: "own-save", label: "dataset.saveHelp", on: { click: savePoints } },
  icon("download"),
  h("span", { text: "dataset.save" }),
);
const datasets = new DatasetPicker(
  part("datasets"),
  fields.get("classes"),
  configure,
  [drawPoints, fromFile],
  saveTable,
);
part("new-data").prepend(icon("dice"));
part("new-data").addEventListener("click", newData);
const network = new NetworkView(part("network"), part("layers"), part("map"), fields.get("networkShape"), {
  select: (target) => maps.point(target),
  feature: (key) => configure({ [key]: !wanted()[key] }),
  shape: (change) => {
    const networkShape = change(wanted().networkShape);
    if (networkShape) configure({ networkShape });
  },
  edit: async ({ layer, node, input }, value) => {
    const reply =
      input === null
        ? await session.command("set_bias", { layer, node, value }, ["number"])
        : await session.command("set_weight", { layer, node, input, value }, ["number"]);
    if (reply.ok) configured(reply);
    return reply;
  },
  refused: (reply) => status.failed(reply),
});
const heatMap = new HeatMap(part("map"), () => miniMap.draw());
const miniMap = new MiniMap(part("map"), part("map").firstElementChild);
keepToCorner(part("map").querySelector(".mini-map"));
addEventListener("sheet", (event) => miniMap.cover(/** @type {CustomEvent} */ (event).detail));
const draw = new DrawView(part("draw"), part("map"), {
  onUse: useOwn,
  onAdd: (label, points) => taken(session.command("add_points", { label, points })),
  onDrop: (points) => taken(session.command("drop_points", { points })),
  onName: async (names) => (await taken(session.command("name_classes", { names }))) && (described.again(), true),
  onAsk: ownData,
  show: (lent) => heatMap.lend(lent),
  left: () => drawPoints.focus(),
});
const maps = new MapChoice(
  heatMap,
  part("map-title"),
  (target) => status.connected && session.command("select", target),
);
const described = new Described({
  told: (told) => {
    for (const view of [heatMap, legend, network, maps, confusion, draw]) view.describe(told);
  },
  own: (set) =>
    datasets.setOwn(set && { problem: set.classes > 0 ? "classification" : "regression", points: inPlane(set) }),
  ask: ownData,
});
const announcer = new Announcer(part("announcer"));
const metrics = new Metrics(part("metrics"));
const confusion = new ConfusionView(part("confusion"), (marked) => heatMap.mark(marked));
const chart = new LossChart(part("chart"), part("chart").dataset.plotly, {
  look: (epoch) => time.look(epoch),
  drawn: (axis) => time.align(axis),
});
const time = new TimeMachine(part("time"), chart.changes, {
  view,
  undo: () => goBack("undo"),
  redo: () => goBack("redo"),
  take,
});
const legend = new Legend(part("legend"));
const hidePanel = new HidePanel(part("hide-panel"), fields.get("hide").choices);
const status = new Status(part("status"), notices, {
  reset: () => session.command("reset").then(restarted),
  smallerRate: async (learningRate) => {
    await configure({ learningRate });
    restarted(await session.command("reset"));
  },
  takeBack: () => session.takeBack(),
  rates: fields.get("learningRate").choices,
  patience: () => config.stopPatience,
});
const takeHome = new TakeHome({ heatMap, chart }, () => ({
  frame: picture,
  config: seen,
  besides: [
    ...more.changed.filter((key) => fields.get(key).change === "rebuild"),
    ...(outputs(seen) > 1 ? ["classes"] : []),
  ],
  edited,
  scale: colorScale(look()),
  link: async () => (edited === "restored" || picture.epoch > LAST_MOMENT ? null : linkOf(picture)),
  addressOf,
}));
const code = new CodeView(
  (epoch, format) => session.command("code", { epoch, format }),
  OFFERED,
  (name, format) => takeHome.save(name, format),
);
const seeds = new SeedsView(fields, part("chart").dataset.plotly, {
  begin: (plan) => session.command("study", plan),
  compare: (other) => session.command("compare", other),
  end: () => session.command("end_study"),
  open: openRun,
});
const strip = new StripView(part("tools").dataset.gif, {
  draw: async () => {
    const of = link;
    return { ...(await session.command("strip")), link: of };
  },
  animate: () => session.command("animate"),
  endAnimation: () => session.command("end_animation"),
  inflate,
  look: (epoch) => {
    drawer.step();
    time.look(epoch);
  },
});
const kept = new KeptView(fields, ownStorage(), {
  present: async () => {
    const at = await maps.outcome(ANSWERED);
    if (at === null) return null;
    const moment = await linkOf(at);
    return moment && { link: moment, config: seen, frame: at, curve: chart.curve };
  },
  open: openRun,
  changed: showKept,
});
showKept(kept.runs);
const share = new ShareView(part("tools").dataset.qrcode, async () => {
  const moment = hasMoment() ? await linkOf(picture) : null;
  return { setup: addressOf(link), moment: moment && addressOf(moment) };
});
part("tools").prepend(icon("more"));
const drawer = new Drawer(part("tools"), { share, code, seeds, strip, kept }, showPanel);
new PinDesk(pinned, notices);
part("network-title").parentElement.append(
  pinButton(
    "playground.network",
    () => ({}),
    () => part("network"),
  ),
);
part("metrics").append(
  pinButton(
    "playground.loss",
    () => chart.pinned,
    () => chart.element,
  ),
);
part("map-title").after(
  pinButton(
    "playground.map",
    () => ({ ...heatMap.plane, title: part("map-title").textContent }),
    () => part("map"),
  ),
);
startArticle(part("article"));
startHints(document.body);
part("copy-link").prepend(icon("link"));
part("copy-link").addEventListener("click", () => copyAddress(link));
part("copy-moment").prepend(icon("clock"));
part("copy-moment").addEventListener("click", async () => copyAddress(await linkOf(picture)));
startShortcuts(
  {
    p: run.toggle,
    " ": run.toggle,
    s: step,
    r: () => session.command("reset").then(restarted),
    w: newWeights,
    d: newData,
    "ctrl+z": () => goBack("undo"),
    "ctrl+shift+z": () => goBack("redo"),
    "ctrl+y": () => goBack("redo"),
  },
  part("shortcuts-on"),
);
onLook(recolor);
onLanguage(() => (document.title = t("page.title")));
document.title = t("page.title");
show();
recolor();

const session = new Session({
  socket: connectTo(window.io, "/playground", (slow) => status.setSlow(slow)),
  schedule: (draw) => requestAnimationFrame(draw),
  inflate,
  store: tabStorage(), // without it a reload starts a new session from the address
  link: () => besidesOf(location.hash.slice(1)).link,
  handlers: {
    opened,
    configured,
    carriedOut: (name) => status.carriedOut(name),
    kept: (unkept) => status.setUnkept(unkept),
    failed: (reply) => {
      status.failed(reply);
      show(); // a control that was used shows again what is in force
    },
    refused: (reply) => status.refused(reply),
    connection: (state) => status.setConnection(state, session.heard),
    frame: drawFrame,
    points: (points) => {
      heatMap.setPoints(points);
      if (time.viewed === null) draw.setPoints(points, outputs(config) > 1);
      confusion.setPoints(points);
      datasets.setPoints(points);
      batchNote.setPoints(points);
    },
    status: trainingChanged,
    history: replaced,
    settings: configured,
    past: (counts) => {
      time.setChanges(counts);
      showCode();
    },
    code: (told) => code.show(told),
    study: (told) => seeds.add("config" in told ? { ...told, link } : told),
    strip: (told) => strip.add(told),
    animation: (told) => strip.addFrame(told),
  },
});
addEventListener("hashchange", async ({ newURL }) => {
  scrollTo({ top: 0 }); // a recipe's link stands far below what it loads
  besides = besidesOf(new URL(newURL).hash.slice(1)); // an answer may have written the address since
  const reply = await session.configureLink(besides.link);
  if (reply.ok) showBesides();
  else showLink();
});
if (location.search !== "") showLink(fragmentOf(location)); // somebody made a ? of the #
besides = besidesOf(location.hash.slice(1));
addEventListener("pagehide", () => session.leave(left ?? leaving()));
left = session.start();
setInterval(() => session.tick(), TICK);
document.documentElement.dataset.ready = "";

function inflate(bytes) {
  return window.fflate.inflateSync(bytes);
}

/** The link of the moment that a frame shows; null where none gives it. */
async function linkOf({ epoch }) {
  const reply = await session.command("moment", { epoch });
  return reply.ok ? reply.link : null;
}

/** A pin of what a view shows now, or a promise of one; null: there is nothing. */
function pinned(view, shown) {
  const made = figureOf(view, shown, { config: seen, frame: picture, fields, told: heatMap.shown.told });
  if (made === null) return null;
  const setup = made.link ?? link;
  const pin = (moment) => pinOf(made, { moment, setup, fields, store: tabStorage() });
  return made.facts ? pin(null) : momentOf(made.epoch ?? picture.epoch, setup).then(pin);
}

/** The link of an epoch of the training with these settings, or null; the server is asked only where they alone do not say it. */
async function momentOf(epoch, setup) {
  if (edited === "restored" || epoch > LAST_MOMENT) return null;
  if (edited !== null && setup === link) return linkOf({ epoch });
  return epoch > 0 ? `${setup}&epoch=${epoch}` : setup;
}

function addressOf(anyLink) {
  return `${location.origin}${location.pathname}#${anyLink}`;
}

/** Copies the address of a link and says so for a moment, or shows it where it cannot be copied; null: there is none. */
async function copyAddress(anyLink) {
  const said = part("link-copied");
  clearTimeout(forgetting);
  sayNothing(said);
  if (anyLink === null) return;
  const address = addressOf(anyLink);
  const isCopied = await copyText(address);
  if (isCopied) say(said, "hide.copied");
  else said.textContent = address;
  said.toggleAttribute("data-passing", isCopied);
  if (isCopied) forgetting = setTimeout(() => sayNothing(said), SAID);
}

/** Trains points that were drawn: a new network at epoch 0. Gives whether the server took them. */
async function useOwn(set) {
  const given = await settingsOf(set);
  if (!given.ok) return (status.failed(given), false);
  return taken(session.command("configure", { config: given.config }));
}

/** Whether a command of the drawing was taken; the answer tells what is in force. */
async function taken(answer) {
  const reply = await answer;
  if (reply.ok) configured(reply, true);
  return reply.ok;
}

/** The point set that is trained; null: there is none, or no answer. */
async function ownData() {
  const reply = await session.command("own_data");
  return reply.ok && reply.points ? unpack(fromText(reply.points)) : null;
}

/** Saves the points in use that nobody generates as a table. */
async function savePoints() {
  try {
    const papa = await loadScript(part("datasets").dataset.papaparse, "Papa");
    const set = await described.set();
    if (set) saveFile(`playlab_${chosenIn(seen)}.csv`, `\ufeff${toCsv(set, papa)}`, "text/csv"); // Excel reads UTF-8 by the mark
  } catch {
    status.failed(ownRefusal("offline"));
  }
}

/** The dialog for points from a file, which is loaded when it is first wanted. */
async function openFile() {
  try {
    const { ImportView } = await import("./own/import-view.js");
    importView ??= new ImportView({ papa: part("datasets").dataset.papaparse, onUse: usePoints });
    importView.open();
  } catch {
    status.failed(ownRefusal("offline"));
  }
}

/** Trains a point set: a new network at epoch 0. Gives null, or why it is not taken, as a text. */
async function usePoints(_bytes, set) {
  const given = await settingsOf(set);
  if (!given.ok) return refusalText(given);
  const reply = await session.command("configure", { config: given.config });
  if (reply.ok) configured(reply);
  return null;
}

/** Goes to a run that was chosen in the drawer. */
function openRun(anyLink) {
  drawer.step();
  showLink(anyLink);
  session.configureLink(anyLink);
}

function opened(reply) {
  if (left && reply.resumed) generation = left.generation;
  const kept = left ? unpacked(left.training) : offered();
  left = null;
  const lost = lostTraining(shown(), reply) ?? lostTraining(kept, reply);
  const paused = reply.resumed && playing && !reply.playing;
  const pastIsGone = !reply.resumed && !lost && time.hasPast;
  run.setSpeed(lost && !reply.resumed ? lost.speed : reply.epochsPerSecond);
  if (run.speed !== reply.epochsPerSecond) session.command("set_speed", { epochsPerSecond: run.speed });
  session.command("set_frame_rate", { framesPerSecond: FRAME_RATE });
  if (reply.selected) session.command("select"); // pointed at before a reload, no longer
  if (!reply.resumed) {
    frame = picture = null;
    chart.begin(reply.generation);
  }
  time.reset();
  configured(reply);
  trainingChanged(reply);
  code.opened();
  strip.opened();
  if (!reply.resumed) seeds.lose();
  loadAgain();
  if (lost) offer(lost);
  if (pastIsGone) status.pastGone();
  if (paused) status.pausedMeanwhile();
  showBesides();
}

/** What the address asks for besides the run that is there now: a study, the runs of a comparison. */
function showBesides() {
  if (besides === null) return;
  const { study, kept: runs, strip: isStrip } = besides;
  besides = null;
  stripAwaits = isStrip;
  if (!going) showStrip();
  kept.offer(runs);
  if (runs.length > 0) drawer.show("kept");
  if (study === null) return;
  drawer.show("seeds");
  seeds.start(study);
}

function showStrip() {
  if (stripAwaits) drawer.show("strip");
  stripAwaits = false;
}

/** The training that the page shows, as last-state.js has it. */
function shown() {
  const past = time.hasPast;
  return { frame, curve: chart.curve, link, edited, playing, speed: run.speed, past, since: session.heard };
}

/** The training that the page offers, or null. */
function offered() {
  return status.offered && { ...status.offered, offered: true };
}

/** What a reload shall find again. */
function leaving() {
  return { generation, training: packed(offered() ?? shown()) };
}

function offer(lost) {
  status.offer(lost, () => restore(lost));
}

/** Sends the server what this page has kept of a training that it lost, and lets it go on as it was, in its own settings. */
async function restore(lost) {
  const there = lost.link === link || (await session.configureLink(lost.link)).ok;
  const reply = there && (await session.command("restore", restoring(lost.frame)));
  if (!reply?.ok) return offer(lost); // it is still to be had
  restarted(reply);
  chart.replace({ ...lost.curve, generation: reply.generation });
  if (lost.playing) startTraining();
}

/** What every acknowledgement with a config means: it is the truth, and the address shows its link. isDrawn: it is what was drawn here. */
function configured(reply, isDrawn = false) {
  if (reply.generation !== generation) begun();
  if (reply.link !== link) sayNothing(part("link-copied")); // it was of another
  time.setChanges(reply);
  if (reply.runs.length === 0) forgetRuns();
  setEdited(reply);
  generation = reply.generation;
  config = reply.config;
  link = reply.link;
  goTo(reply.goal);
  if (!asksForMoment(reply)) isDrawn ? showLinkSoon() : showLink();
  show();
  hidePanel.update(config, link);
  draw.update(config, isDrawn);
  if (reply.warnings) status.warn([...reply.warnings, ...(besides?.warnings ?? [])]);
}

/** Another network is trained from now on. The server can undo that, but for a training that it has from this page. */
function begun() {
  const ended = edited === "restored" ? lostTraining({ ...shown(), offered: true, isLeft: true }, {}) : null;
  if (ended) offer(ended);
  time.reset();
}

function forgetRuns() {
  time.setRuns(1, []);
  chart.setOthers([]);
}

/** The run goes on somewhere else: with another curve, beside others. */
function replaced(history) {
  chart.replace(history);
  chart.setOthers(history.runs);
  time.setRuns(history.number, history.runs);
  time.setNewest(history.epochs.at(-1) ?? 0);
}

/** Has the server show an epoch that has passed, or the newest (null). */
async function view(epoch) {
  if (epoch !== null) draw.close(); // what is drawn goes to the training as it is now
  const reply = await session.command("view", epoch === null ? {} : { epoch });
  if (!reply.ok) return time.reset();
  if (time.viewed !== epoch) return; // it is another by now
  if (epoch === null) drawPicture(frame); // there may be no newer one
  showEdited(reply.edited);
  showTraining();
  if (JSON.stringify(reply.config) !== JSON.stringify(seen)) show(reply.config);
}

async function goBack(way) {
  const before = generation;
  const reply = await session.command(way);
  if (reply.ok) configured(reply);
  if (reply.generation === before) described.again(); // the network has stayed, and its classes may be called otherwise
}

async function take(number) {
  const reply = await session.command("take", { number });
  if (reply.ok) configured(reply);
}

/** Says so where the newest state cannot be trained on; one that is looked at can. */
function forbidden() {
  return time.viewed === null && status.forbidsTraining();
}

/** Whether the link in the address brought this reply and is that of a moment: it leads there again, which the settings alone do not. */
function asksForMoment({ goal: epoch, warnings }) {
  return epoch > 0 && warnings !== undefined && /epoch/i.test(location.hash); // only a link has warnings, if none
}

function setEdited(told) {
  edited = told.restored ? "restored" : told.edited ? "edited" : null;
  showEdited(edited !== null);
  time.setRecorded(edited !== "restored");
  showMoment();
  say(part("edited"), edited === "restored" ? "network.restored" : "network.edited");
}

/** isEdited: the link alone does not give what is shown. */
function showEdited(isEdited) {
  part("edited").hidden = !isEdited;
}

/** A link asks for this epoch, and the training is on its way there; 0: nothing more asks for one. */
function goTo(epoch) {
  goal = epoch;
  const reached = (frame?.generation === generation && frame.epoch) || 0;
  const wasGoing = going;
  going = reached < goal;
  part("going").hidden = !going;
  if (going) {
    const percent = `${Math.floor((100 * reached) / goal)} %`;
    say(part("going"), "network.going", { epoch: goal.toLocaleString("en-US"), percent });
  }
  if (going !== wasGoing) showTraining();
  if (wasGoing && !going) showStrip();
  showMoment();
}

function showMoment() {
  part("copy-moment").classList.toggle("absent", !hasMoment()); // its place stays, or the buttons beside it would jump
}

/** Whether there is more to be copied than the settings, and a link that gives it. */
function hasMoment() {
  return frame !== null && edited !== "restored" && (edited !== null || frame.epoch > 0) && frame.epoch <= LAST_MOMENT;
}

function showTraining() {
  const trains = playing || going;
  run.setPlaying(trains && time.viewed === null);
  if (news) status.setTraining({ ...news, playing: trains });
  announcer.update(picture, trains);
  showCode();
}

function showKept(runs) {
  chart.setKept(runs);
  seeds.setKept(runs);
}

function showLink(any = link) {
  history.replaceState(null, "", `${location.pathname}#${any}`);
}

/** Once for many: a browser takes an address no more than 100 times in 30 seconds, and a brush gives 20 a second. */
function showLinkSoon() {
  addressing ??= setTimeout(
    () => {
      addressing = null;
      addressed = performance.now();
      showLink();
    },
    Math.max(0, addressed + ADDRESSED - performance.now()),
  );
}

/** shown: settings, which may be those of an epoch that has passed. */
function show(shown = config) {
  seen = shown;
  settings.update(shown, { isOffered: !config.hide.includes("moreSettings") });
  settings.element("noise").dataset.hintValues = JSON.stringify({ what: noiseText(chosenIn(shown)) });
  for (const view of [batchNote, more, datasets, network, heatMap, legend, metrics, confusion, chart, seeds, strip])
    view.update(shown);
  described.update(shown, generation);
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-hide]")))
    element.hidden = config.hide.includes(element.dataset.hide);
  document.body.classList.toggle("text-hidden", config.hideText);
  document.body.classList.toggle("unpinned", config.hide.includes("notebook"));
}

function restarted(reply) {
  if (!reply.ok) return;
  configured(reply);
  rested();
}

async function startTraining() {
  const reply = await session.command("play");
  if (!reply.ok) return;
  configured(reply);
  goTo(0);
  run.setPlaying(true);
}

function rested() {
  goTo(0);
  run.setPlaying(false);
}

async function newWeights() {
  const reply = await session.command("new_weights");
  if (reply.ok) configured(reply);
}

async function newData() {
  const reply = await session.command("new_data");
  if (!reply.ok) return;
  chart.goOn(reply.generation);
  configured(reply);
}

function drawFrame(next) {
  if (next.generation < generation) return; // of a network that is no more
  if (next.viewed) {
    if (time.viewed !== null) drawPicture(next);
    return;
  }
  if (fellBack(frame, next)) offer({ ...shown(), since: null });
  frame = next;
  generation = frame.generation;
  time.setNewest(frame.epoch);
  goTo(goal);
  if (!(going && chart.reaches(frame.epoch))) chart.add(frame); // the curve of its way may be known
  status.setDiverged(frame.diverged, config.learningRate);
  if (time.viewed === null) drawPicture(frame);
}

function showPanel(name) {
  if (name === "share") share.update();
  if (name === "strip") strip.draw();
  showCode();
}

function showCode() {
  if (drawer.open !== "code" || picture === null) return;
  code.update({ epoch: picture.epoch, generation, link, edited, playing: playing || going });
}

function drawPicture(next) {
  picture = next;
  showCode();
  chart.mark(next.viewed ? next.epoch : null);
  run.setEpoch(next.epoch);
  metrics.draw(next);
  confusion.draw(next);
  network.draw(next);
  maps.draw(next);
  announcer.update(next, playing);
}

function trainingChanged(told) {
  news = told;
  playing = told.playing;
  showTraining();
}

function recolor() {
  const scale = colorScale(look());
  for (const view of [heatMap, strip]) view.recolor(scale, look().palette === "safe");
  for (const view of [datasets, draw, network, chart, legend, confusion, seeds, kept]) view.recolor(scale);
}
