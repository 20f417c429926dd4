// How the session stands: the pill in the header, and the notices that say what is wrong and what helps.

import { say } from "../base/i18n.js";
import { clockText } from "./format.js";
import { refusalText, warningText } from "./refusals.js";

const KEPT = 300_000; // ms for which the server keeps a session without a page

// By the reason of a status. A passing one is taken back as soon as a status comes that does not say it again. One that
// counts says after how many epochs it is.
const NOTICES = {
  worker_restarted: { text: "notice.workerRestarted" },
  worker_silent: { text: "notice.workerSilent", kind: "warning", passing: true },
  stop_epoch: { text: "notice.stopEpoch", passing: true },
  stop_loss: { text: "notice.stopLoss", passing: true },
  stop_patience: { text: "notice.stopPatience", passing: true, counts: true },
  worker_failed: { text: "notice.workerFailed", kind: "error", passing: true },
};
const WARMING = { text: "notice.warming", passing: true };
const UNCONNECTED = ["offline", "elsewhere", "timeout", "no-session"]; // refusals for want of a connection
const UNASKED = ["select", "set_frame_rate"]; // commands that the page sends by itself, or the pointer by passing

export class Status {
  #pill;
  #notices;
  #on;
  #connection = "connecting";
  #training = { ready: true, playing: false };
  #diverged = false;
  #learningRate = NaN; // at which it diverged
  #offered = null;
  #refused = null; // code of the refusal that is told
  #unkept = null; // code of why the points are not kept
  #cutOff = null; // when the server was last heard before the connection was lost, in ms
  #passing = null; // what is told of the workers while it is so, and only where they can be heard of

  /**
   * on: {reset(), smallerRate(rate), takeBack(), rates, patience()}; rates are the learning rates that the form offers,
   * patience how many epochs without gain pause the training.
   */
  constructor(pill, notices, on) {
    this.#pill = pill;
    this.#notices = notices;
    this.#on = on;
    this.#show();
  }

  get connected() {
    return this.#connection === "connected";
  }

  /** "connected", "lost" or "superseded"; `heard`: when the server last said something, in ms. */
  setConnection(state, heard) {
    this.#connection = state;
    this.#notices.hide("connection");
    if (this.connected && UNCONNECTED.includes(this.#refused)) this.#notices.hide("command");
    this.#showPassing();
    if (state !== "connected") this.#cutOff = state === "lost" ? heard : null;
    if (state === "lost") {
      const text = ["notice.lost", { time: clockText(heard) }];
      this.#notices.show("connection", { text, kind: "warning", dismissible: false });
    }
    if (state === "superseded") {
      const actions = [{ text: "notice.takeBack", run: this.#on.takeBack, testid: "take-back" }];
      this.#notices.show("connection", { text: "notice.superseded", kind: "warning", actions, dismissible: false });
    }
    this.#show();
  }

  /** The server is not to be reached, or gives this page no session yet. */
  refused(reply) {
    this.#connection = "refused";
    this.#showPassing();
    const text = reply.code === "timeout" ? "notice.slowAnswer" : refusalText(reply); // it is asked again by itself
    this.#notices.show("connection", { text, kind: "warning", dismissible: false });
    this.#show();
  }

  /** Whether the network lets no WebSocket through. */
  setSlow(slow) {
    this.#notices.toggle("slow", slow, { text: "notice.slow" });
  }

  /** The server has lost a training that this page still has: `restore` takes it up again. */
  offer(training, restore) {
    const { frame, since } = training;
    this.#offered = training;
    const late = Date.now() - since > KEPT;
    const values = { epoch: frame.epoch.toLocaleString("en-US"), time: clockText(since) };
    const actions = [{ text: ["notice.goOn", values], run: restore, testid: "go-on" }];
    const inPlace = training.isLeft ? "notice.left" : "notice.fellBack";
    const isHere = since === null || training.isLeft; // the server has not lost what else the page had
    const text = [isHere ? inPlace : late ? "notice.forgotten" : "notice.serverRestarted", values];
    const details = training.past && !isHere ? ["notice.pastGone"] : [];
    this.#forgetWorker();
    this.#notices.show("gone", { text, kind: "warning", actions, details });
  }

  /** The training that is on offer, or null. */
  get offered() {
    return this.#notices.shows("gone") ? this.#offered : null;
  }

  /** The server has lost what led back from a training that it need not give back. */
  pastGone() {
    this.#notices.show("gone-past", { text: "notice.pastGone", kind: "warning" });
  }

  /** A resumed training was paused meanwhile: nobody watched it, or nobody could. */
  pausedMeanwhile() {
    const text = this.#cutOff === null ? "notice.disconnected" : ["notice.cutOff", { time: clockText(this.#cutOff) }];
    this.#notices.show("workers", { text });
  }

  /** A `status` event, or what an `open` says of it. */
  setTraining({ playing, ready, reason }) {
    const notice = this.#noticeOf(reason) ?? (ready ? null : WARMING);
    if (this.#passing) this.#notices.hide("workers");
    this.#passing = notice?.passing ? notice : null;
    if (notice && !this.#passing) this.#notices.show("workers", notice);
    if (reason === "disconnected") this.pausedMeanwhile();
    this.#showPassing();
    this.#training = { playing, ready, failed: ["failed", "worker_failed"].includes(reason) };
    if (reason === "failed") this.#explainFailure();
    else this.#notices.hide("failed");
    this.#show();
  }

  #noticeOf(reason) {
    const notice = NOTICES[reason];
    if (!notice?.counts) return notice;
    // What was set when it paused: another number that is set later does not change what was.
    if (this.#passing?.text[0] === notice.text) return this.#passing;
    return { ...notice, text: [notice.text, { count: this.#on.patience() }] };
  }

  /** Whether the newest frame is of a training that has diverged, at this learning rate. */
  setDiverged(diverged, learningRate) {
    if (diverged === this.#diverged) return;
    this.#diverged = diverged;
    this.#show();
    if (!diverged) {
      this.#notices.hide("diverged");
      return;
    }
    this.#learningRate = learningRate;
    this.#explain();
  }

  /** True where it has diverged, so that nothing more can be trained; then the page says again what helps. */
  forbidsTraining() {
    if (this.#diverged) this.#explain();
    return this.#diverged;
  }

  /** A promise for what is done now holds only while it reaches the server. */
  #showPassing() {
    if (this.#passing) this.#notices.toggle("workers", this.connected, this.#passing);
  }

  /** What became of a worker before is not how it stands any more: a later notice says otherwise. */
  #forgetWorker() {
    if (!this.#passing) this.#notices.hide("workers");
  }

  #explainFailure() {
    this.#forgetWorker();
    const actions = [{ text: "notice.reset", run: this.#on.reset, testid: "failed-reset" }];
    this.#notices.show("failed", { text: "notice.failed", kind: "error", actions });
  }

  #explain() {
    const smaller = this.#on.rates.filter((rate) => rate <= this.#learningRate / 10).at(-1);
    /** @type {{ text: any, run: () => void, testid: string }[]} */
    const actions = [{ text: "notice.reset", run: this.#on.reset, testid: "diverged-reset" }];
    if (smaller !== undefined) {
      const text = ["notice.smallerRate", { rate: smaller }];
      actions.unshift({ text, run: () => this.#on.smallerRate(smaller), testid: "diverged-smaller-rate" });
    }
    this.#notices.show("diverged", { text: "notice.diverged", kind: "error", actions });
  }

  /** A command that failed. */
  failed(reply) {
    this.#refused = reply.code;
    this.#notices.show("command", { text: refusalText(reply), kind: "error" });
  }

  /** A command that succeeded: what was refused before it is history. */
  carriedOut(name) {
    if (!UNASKED.includes(name)) this.#notices.hide("command");
  }

  /** Why the server could not keep the points that a link has the address of; null: it has. One reason is told once. */
  setUnkept(unkept) {
    const code = unkept?.code ?? null;
    if (code === this.#unkept) return;
    this.#unkept = code;
    const details = unkept ? [refusalText(unkept)] : [];
    this.#notices.toggle("unkept", unkept !== null, { text: "notice.unkept", kind: "warning", details });
  }

  /** What of the newest link is not taken as it stands. */
  warn(warnings) {
    if (warnings.length > 0)
      this.#notices.show("link", { text: "notice.warnings", kind: "warning", details: warnings.map(warningText) });
    else this.#notices.hide("link");
  }

  #show() {
    const state = this.#state();
    if (this.#pill.dataset.state === state) return;
    this.#pill.dataset.state = state;
    say(this.#pill, `state.${state}`);
  }

  #state() {
    if (this.#connection !== "connected") return this.#connection;
    if (this.#training.failed) return "failed";
    if (!this.#training.ready) return "warming";
    if (this.#diverged) return "diverged";
    return this.#training.playing ? "running" : "paused";
  }
}
