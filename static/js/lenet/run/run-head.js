// The head of a watched run: its name and status, what can be done to it, how far and how fast it is, and on what.

import { h, setText } from "../../base/dom.js";
import { say, sayLabel, t } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { durationText } from "../duration.js";
import { bytesText, countText } from "../format.js";
import { formatRoute } from "../route.js";
import { refusalText } from "../refusals.js";
import { ActionButtons } from "./run-actions.js";
import { endText, hasStopRule, mayEndEarly } from "./run-end.js";
import { RunName } from "./run-name.js";
import { isActive, isUnsure, StatusPill, statusOf } from "../runs/run-status.js";
import { speedOf } from "./run-speed.js";
import { runTitle, startedText } from "./run-title.js";

const ENDING = ["ending", "pausing", "stopping"];

export class RunHead {
  #title = h("h2", { class: "run-title", testid: "run-title", tabIndex: -1 });
  #started = h("span", { class: "muted" });
  #sweep = h("a", { testid: "to-sweep" });
  #pill = new StatusPill();
  #actions;
  #copy;
  #reason = h("p", { class: "run-reason", testid: "run-reason" });
  #shared = h("p", { class: "muted", testid: "run-shared", hidden: true });
  #bar = h("progress", { testid: "progress", max: 1, value: 0 });
  #epochBar = h("progress", { class: "epoch-bar", testid: "epoch-progress", max: 1, value: 0 });
  #facts = Object.fromEntries(
    ["epoch", "left", "speed", "time", "device"].map((name) => [name, h("dd", { testid: `fact-${name}` })]),
  );
  #speedName = h("dt"); // says whether tests count

  #name;

  /** on: {perform(action, run), copyLink(), rename(run, name)}. */
  constructor(on) {
    this.#name = new RunName(on.rename);
    this.#actions = new ActionButtons(on.perform, { wide: true });
    this.#copy = h(
      "button",
      {
        type: "button",
        class: "round small",
        testid: "copy-link",
        label: "watch.copyLink",
        on: { click: on.copyLink },
      },
      icon("link"),
    );
    this.element = h(
      "header",
      { class: "run-head surface stack" },
      h(
        "div",
        { class: "run-head-line row" },
        h("a", { href: "#", class: "to-list", testid: "to-list" }, icon("back"), h("span", { text: "watch.back" })),
        this.#title,
        this.#name.button,
        this.#pill.element,
        this.#started,
        this.#sweep,
        h("div", { class: "run-head-actions row" }, this.#actions.element, this.#copy),
      ),
      this.#name.element,
      this.#reason,
      this.#shared,
      h("div", { class: "bars" }, this.#bar, this.#epochBar),
      h(
        "dl",
        { class: "facts" },
        Object.entries(this.#facts).map(([name, value]) =>
          h(
            "div",
            { class: `fact fact-${name}` },
            name === "speed" ? this.#speedName : h("dt", { text: `watch.${name}` }),
            value,
          ),
        ),
      ),
    );
  }

  focus() {
    this.#title.focus({ preventScroll: true });
  }

  /** devices: the server's list, for the memory and utilisation of the run's own. */
  update(run, log, { allowed, devices }) {
    setText(this.#title, runTitle(run));
    setText(this.#started, startedText(run));
    this.#sweep.hidden = !run.sweep;
    if (run.sweep) {
      const { id, number, size } = run.sweep;
      this.#sweep.href = formatRoute({ sweep: id });
      say(this.#sweep, "sweep.trialOf", { number, size });
    }
    this.#pill.update(run);
    this.#actions.update(run, allowed);
    this.#name.update(run, allowed && !run.refusal);
    this.#showReason(run);
    this.#shared.hidden = !run.shared || !(isActive(run) || run.status === "finished");
    say(this.#shared, isActive(run) ? "watch.shared" : "watch.sharedBefore");
    this.#showBars(run, log);
    const active = isActive(run);
    const epochs = run.config.epochs;
    const atMost = active && hasStopRule(run);
    const of = mayEndEarly(run) ? "watch.ofAtMost" : "watch.ofEpochs";
    setText(this.#facts.epoch, t(of, { epoch: log.newest?.epoch ?? run.epoch, epochs }));
    // Of one that has done its epochs, or is told to end, nothing is left to say.
    this.#facts.left.parentElement.hidden = !active || ENDING.includes(statusOf(run));
    const left = log.leftSeconds === null ? t("watch.tooEarly") : durationText(log.leftSeconds);
    const isKnown = log.leftSeconds !== null;
    setText(
      this.#facts.left,
      active && !isUnsure(run) ? (atMost && isKnown ? t("watch.atMost", { time: left }) : left) : "–",
    );
    const { speed, isTested } = speedOf(run, log);
    say(this.#speedName, isTested ? "watch.speed" : "watch.speedUntested");
    setText(this.#facts.speed, speed ? t("watch.perSecond", { images: countText(speed) }) : "–");
    setText(this.#facts.time, durationText(Math.max(log.trainSeconds, run.train_s) || null));
    setText(this.#facts.device, deviceText(run, log, devices));
  }

  #showReason(run) {
    const queued = run.status === "queued" && run.position;
    const end = isActive(run) && !run.reason ? null : endText(run);
    this.#reason.hidden = !end && !queued && !run.refusal;
    this.#reason.classList.toggle("bad", run.status === "failed" || Boolean(run.refusal));
    if (run.refusal) say(this.#reason, ...refusalText(run.refusal));
    else if (queued && run.wait_s === null) say(this.#reason, "watch.noMachine", { position: run.position });
    else if (queued && run.wait_s < 1) say(this.#reason, "watch.queuedSoon", { position: run.position });
    else if (queued) say(this.#reason, "watch.queued", { position: run.position, time: durationText(run.wait_s) });
    else if (end) say(this.#reason, ...end);
  }

  #showBars(run, log) {
    const download = isActive(run) ? log.download : null;
    const share = download ? download.done / download.total : log.share;
    if (download?.done === 0) this.#bar.removeAttribute("value");
    else this.#bar.value = share;
    this.#epochBar.value = log.epochShare;
    this.#bar.hidden = run.status === "queued" || (Boolean(run.refusal) && log.lines === 0);
    this.#epochBar.hidden = !isActive(run) || Boolean(download) || run.status === "queued";
    if (download) {
      const { source, done, total } = download;
      const failed = log.failedSources;
      this.#reason.hidden = false;
      const amount = { source, done: bytesText(done), total: bytesText(total) };
      const key =
        source === null ? "watch.downloadElsewhere" : done > 0 ? "watch.downloadAmount" : "watch.downloadAsks";
      say(this.#reason, "watch.download", {
        failed: failed.length > 0 ? ["watch.downloadFailed", { sources: failed.join(", ") }] : "",
        what: [key, amount],
      });
    }
    const percent = Math.round(100 * share);
    sayLabel(this.#bar, download ? "watch.downloadShare" : "watch.share", { percent });
    sayLabel(this.#epochBar, "watch.epochShare", { percent: Math.round(100 * log.epochShare) });
  }
}

/** The trainer's name of the device; "CPU, 4 threads" in the page's language. */
function deviceName(name) {
  const cpu = name?.match(/^CPU, (\d+) threads?$/);
  return cpu ? t("watch.cpu", { threads: cpu[1] }) : name;
}

/** "NVIDIA H100 · 3.1 of 80.0 GB · 42 %", or the CPU's name and load; first the machine, where there are several. */
function deviceText(run, log, devices) {
  const name = deviceName(log.device ?? run.device_name);
  const device = isActive(run) && devices.find(({ id }) => id === run.device);
  if (!device) return name ?? "–";
  const machine = device.id.includes("/") ? [device.id.split("/")[0]] : [];
  if (device.memory_total === undefined) {
    const load = device.load === null ? [] : [t("watch.load", { load: device.load.toFixed(1), cores: device.cores })];
    return [...machine, name ?? device.name, ...load].join(" · ");
  }
  const memory = t("watch.memory", { used: bytesText(device.memory_used), total: bytesText(device.memory_total) });
  const used = device.utilisation === null ? [] : [`${device.utilisation} %`];
  return [...machine, name ?? device.name, memory, ...used].join(" · ");
}
