// Why a run is not going on, as [key, values] of a text; for those that are over, and no others. Pure.

import { oldReason } from "../old-reasons.js";
import { quoted, whyText } from "../refusals.js";

/** Whether a rule may end it before its last epoch. */
export function hasStopRule({ config }) {
  return config.stop_change > 0 || config.stop_accuracy < 1;
}

/** Whether its epochs are at most so many: a rule may end it before the last, or did. */
export function mayEndEarly(run) {
  const { status, epoch, config } = run;
  return status === "finished" ? epoch < config.epochs : hasStopRule(run);
}

export function endText(run) {
  if (run.reason) {
    const why = run.why ?? oldReason(run.reason);
    return why ? whyText(why, run.reason) : quoted(run.reason);
  }
  const who = run.owner === null ? "Terminal" : "Owner";
  if (run.status === "paused") return [`end.paused${who}`, {}];
  if (run.status === "stopped") return [`end.stopped${who}`, {}];
  if (run.status === "finished") return ["end.finished", { epochs: run.epoch }];
  return null;
}
