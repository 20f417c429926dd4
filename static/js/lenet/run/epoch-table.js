// The epochs of a run as a table: what the curves show, as numbers. It is folded, and has no rows while it is.

import { h } from "../../base/dom.js";
import { language, say, t } from "../../base/i18n.js";
import { icon } from "../../parts/icons.js";
import { pinButton } from "../../parts/pin-button.js";
import { Api } from "../api.js";
import { lossText, percentText } from "../format.js";

export class EpochTable {
  #head = h("thead");
  #body = h("tbody");
  #csv = h("a", { class: "plain", testid: "epochs-csv", download: "" }, icon("download"));
  #empty = h("p", { class: "muted", text: "epochs.none" });
  #pin = pinButton(
    "lenet.epochs",
    () => ({}),
    () => this.#region,
  );
  #region;
  #choose;
  #state = null;
  #columns = "";
  #rows = []; // of what is shown: {record, element}

  /** choose(epoch): it is to be looked at. */
  constructor(choose) {
    this.#choose = choose;
    this.#csv.append(h("span", { text: "epochs.csv" }));
    this.#region = h(
      "div",
      { class: "scrolling epochs-region", tabIndex: 0, role: "region", label: "epochs.title" },
      h("table", { class: "table", testid: "epochs-table" }, this.#head, this.#body),
    );
    this.element = h(
      "details",
      { class: "surface epochs", testid: "epochs", on: { toggle: () => this.#draw() } },
      h("summary", { testid: "epochs-open" }, h("h3", { text: "epochs.title" })),
      this.#empty,
      this.#region,
      h("div", { class: "row" }, this.#csv, this.#pin),
    );
  }

  update({ log, run, epoch }) {
    this.#state = { log, run, epoch };
    this.#draw();
  }

  #draw() {
    if (this.#state === null || !this.element.open) return;
    const { log, run, epoch } = this.#state;
    const records = log.epochs;
    const isEmpty = records.length === 0;
    this.#empty.hidden = !isEmpty;
    this.#region.hidden = this.#csv.hidden = this.#pin.hidden = isEmpty;
    this.#csv.href = Api.table(run.run);
    this.#csv.download = `${run.run}.csv`;

    const hasHoldout = Boolean(log.newest?.holdout);
    const columns = JSON.stringify([language(), run.run, hasHoldout]);
    if (columns !== this.#columns) {
      this.#columns = columns;
      this.#rows = [];
      this.#body.replaceChildren();
      this.#head.replaceChildren(head(hasHoldout));
    }
    const follow = this.#region.scrollTop + this.#region.clientHeight >= this.#region.scrollHeight - 4;
    let same = 0; // rows that stay
    while (same < records.length && this.#rows[same]?.record === records[same]) same++;
    for (const { element } of this.#rows.splice(same)) element.remove();
    for (const record of records.slice(same)) {
      const element = this.#row(record, hasHoldout);
      this.#rows.push({ record, element });
      this.#body.append(element);
    }
    for (const { record, element } of this.#rows) {
      element.classList.toggle("lit", record.epoch === epoch);
      element.querySelector("button").setAttribute("aria-pressed", record.epoch === epoch);
    }
    if (follow && same > 0 && same < records.length) this.#region.scrollTop = this.#region.scrollHeight;
  }

  #row(record, hasHoldout) {
    const choose = h(
      "button",
      { type: "button", class: "quiet", testid: "epochs-row", on: { click: () => this.#choose(record.epoch) } },
      String(record.epoch),
    );
    choose.title = t("files.look", { epoch: record.epoch });
    const scores = partsOf(hasHoldout).flatMap((part) => [
      lossText(record[part]?.loss),
      percentText(record[part]?.accuracy),
    ]);
    const cell = (text) => h("td", { class: "number" }, text);
    return h("tr", {}, h("th", { scope: "row" }, choose), [...scores, record.seconds?.toFixed(2) ?? "–"].map(cell));
  }
}

function partsOf(hasHoldout) {
  return hasHoldout ? ["train", "holdout", "test"] : ["train", "test"];
}

function head(hasHoldout) {
  const column = (text, values) => {
    const element = h("th", { scope: "col", class: "number" });
    say(element, text, values);
    return element;
  };
  const scores = partsOf(hasHoldout).flatMap((part) => [
    column("epochs.loss", { part: [`curve.${part}`] }),
    column("epochs.accuracy", { part: [`curve.${part}`] }),
  ]);
  return h("tr", {}, h("th", { scope: "col", text: "epochs.epoch" }), scores, column("epochs.seconds"));
}
