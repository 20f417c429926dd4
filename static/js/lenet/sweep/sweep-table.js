// The table of a sweep's trials: what varies, and what came out.

import { h } from "../../base/dom.js";
import { t } from "../../base/i18n.js";
import { durationText } from "../duration.js";
import { lossText, percentText } from "../format.js";
import { formatRoute } from "../route.js";
import { StatusPill } from "../runs/run-status.js";
import { fieldOf, nameText, valueText } from "../launch/setting-text.js";
import { SortableTable } from "../../parts/sortable-table.js";

export class SweepTable {
  #fields;
  #table = new SortableTable({ testid: "sweep-table", by: { name: "accuracy", down: true } });
  element = this.#table.element;

  /** fields: the schema's rows. */
  constructor(fields) {
    this.#fields = new Map(fields.map((field) => [field.name, field]));
  }

  /** What it shows, as texts. */
  get texts() {
    return this.#table.texts;
  }

  update(sweep) {
    this.#table.update(t("sweep.table"), {
      columns: [
        ...Object.keys(sweep.axes).map((name) => this.#setting(name)),
        result(
          "epoch",
          ({ epoch }) => epoch,
          ({ epoch, config }) => `${epoch}/${config.epochs}`,
        ),
        result(
          "train_accuracy",
          (run) => run.train_accuracy,
          (run) => percentText(run.train_accuracy),
          true,
        ),
        result(
          "accuracy",
          ({ accuracy }) => accuracy,
          (run) => percentText(run.accuracy),
          true,
        ),
        result(
          "test_loss",
          (run) => run.test_loss,
          (run) => lossText(run.test_loss),
        ),
        result(
          "train_s",
          (run) => run.train_s || null,
          (run) => durationText(run.train_s || null),
        ),
        result("status", ({ status }) => status, pill),
      ],
      rows: sweep.trials,
      head: { text: t("sweep.run"), cell: (run) => link(run, run.run === sweep.best?.run) },
      best: sweep.best?.run,
    });
  }

  #setting(name) {
    const field = fieldOf(this.#fields, name);
    const value = ({ config }) => (field.kind === "flag" ? Number(config[name]) : config[name]);
    return {
      name,
      text: nameText(name),
      value,
      cell: ({ config }) => valueText(field, config[name], config),
      marked: true,
    };
  }
}

function result(name, value, cell, largeFirst = false) {
  return { name, text: t(`sweep.${name}`), value, cell, largeFirst };
}

function link({ run, sweep }, isBest) {
  const text = t("sweep.trial", { number: sweep.number });
  const anchor = h("a", { href: formatRoute({ run }), testid: "open-trial" }, text);
  return isBest ? [anchor, h("span", { class: "best-mark", testid: "sweep-best" }, t("sweep.best"))] : [anchor];
}

function pill(run) {
  const made = new StatusPill();
  made.update(run);
  return made.element;
}
