// The list of notebooks: which is open, a new one from a template, deleting, restoring, importing.

import { setDisabled } from "../base/disable.js";
import { arrange, h } from "../base/dom.js";
import { language, onLanguage, say, sayLabel, t } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { dateText } from "./dates.js";
import { isEnding } from "./ending.js";

const EMPTY = "empty"; // the template

export class Shelf {
  #on;
  #overview = null;
  #open = null;
  #rows = new Map();
  #list = h("ul", { class: "shelf", testid: "shelf" });
  #deleted = h("ul", { class: "shelf", testid: "shelf-deleted" });
  #deletedCard;
  #template;
  #create;
  #file;
  #full = h("p", { class: "muted", hidden: true, testid: "shelf-full" });

  /** on: {open(id), create(template, language), delete(summary), restore(id), import(file)}. */
  constructor(host, on) {
    this.#on = on;
    this.#template = h("select", { label: "notebook.template", testid: "template" });
    this.#create = h(
      "button",
      { type: "button", class: "plain", testid: "create", on: { click: () => this.#made() } },
      icon("plus"),
      h("span", { text: "notebook.create" }),
    );
    const given = () => {
      const [file] = this.#file.files;
      this.#file.value = "";
      if (file) on.import(file);
    };
    this.#file = h("input", {
      type: "file",
      accept: ".zip,application/zip",
      class: "hidden-visually",
      tabIndex: -1,
      label: "notebook.importFile",
      testid: "import-file",
      on: { change: given },
    });
    const give = h(
      "button",
      { type: "button", class: "quiet row", testid: "import", on: { click: () => this.#file.click() } },
      icon("upload"),
      h("span", { text: "notebook.import" }),
    );
    this.#deletedCard = h(
      "details",
      { class: "shelf-deleted", hidden: true, testid: "deleted" },
      h("summary", { text: "notebook.deletedOnes" }),
      this.#deleted,
    );
    host.append(
      this.#list,
      h("div", { class: "shelf-new row" }, this.#template, this.#create),
      this.#full,
      give,
      this.#file,
      this.#deletedCard,
    );
    onLanguage(() => this.#overview && this.update(this.#overview, this.#open));
  }

  /** overview: what the server says. open: the id of the notebook that is shown. */
  update(overview, open) {
    this.#overview = overview;
    this.#open = open;
    const shown = overview.notebooks.filter(({ deleted }) => !deleted);
    for (const id of this.#rows.keys()) if (!shown.some((one) => one.id === id)) this.#rows.delete(id);
    arrange(
      this.#list,
      shown.map((summary) => this.#row(summary)),
    );
    this.#fillDeleted(overview.notebooks.filter(({ deleted }) => deleted));
    this.#fillTemplates(overview.templates);
    const isFull = shown.length >= overview.limits.notebooks;
    setDisabled(this.#create, isFull);
    this.#full.hidden = !isFull;
    if (isFull) say(this.#full, "notebook.full", { most: overview.limits.notebooks });
  }

  #row(summary) {
    const { id } = summary;
    if (!this.#rows.has(id)) {
      const title = h("button", { type: "button", class: "shelf-open", on: { click: () => this.#on.open(id) } });
      const about = h("small");
      const end = h("small", { class: "shelf-end", hidden: true });
      const remove = h(
        "button",
        {
          type: "button",
          class: "round bare",
          testid: "delete-notebook",
          on: { click: () => this.#on.delete(this.#rows.get(id).summary) },
        },
        icon("trash"),
      );
      const element = h(
        "li",
        { class: "shelf-row row", testid: "notebook-row", data: { notebook: id } },
        h("div", { class: "shelf-text" }, title, about, end),
        remove,
      );
      this.#rows.set(id, { element, title, about, end, remove });
    }
    const row = this.#rows.get(id);
    row.summary = summary;
    const isOpen = id === this.#open;
    row.element.classList.toggle("open", isOpen);
    if (isOpen) row.title.setAttribute("aria-current", "true");
    else row.title.removeAttribute("aria-current");
    const title = summary.title || t("notebook.untitled");
    row.title.textContent = title;
    sayLabel(row.remove, "notebook.delete", { title });
    say(row.about, "notebook.about", { cells: summary.cells, pins: summary.pins, date: dateText(summary.changed) });
    row.end.hidden = !isEnding(summary);
    if (!row.end.hidden) say(row.end, "notebook.keptUntil", { date: dateText(summary.deleted_on) });
    return row.element;
  }

  #fillDeleted(deleted) {
    this.#deletedCard.hidden = deleted.length === 0;
    const made = JSON.stringify([deleted, language()]);
    if (this.#deleted.dataset.made === made) return; // a button that has the focus keeps it
    this.#deleted.dataset.made = made;
    this.#deleted.replaceChildren(...deleted.map((summary) => this.#deletedRow(summary)));
  }

  #deletedRow({ id, title: named, deleted_on: end }) {
    const title = named || t("notebook.untitled");
    const restore = h("button", {
      type: "button",
      class: "plain",
      text: "notebook.bringBack",
      testid: "bring-back",
      on: { click: () => this.#on.restore(id) },
    });
    sayLabel(restore, "notebook.bringBackNamed", { title });
    const until = h("small");
    say(until, "notebook.restorableUntil", { date: dateText(end) });
    return h(
      "li",
      { class: "shelf-row row", testid: "deleted-row", data: { notebook: id } },
      h("div", { class: "shelf-text" }, h("span", {}, title), until),
      restore,
    );
  }

  #fillTemplates(templates) {
    const mine = templatesFor(templates);
    const made = JSON.stringify(mine);
    if (this.#template.dataset.made === made) return;
    const { value } = this.#template;
    this.#template.dataset.made = made;
    this.#template.replaceChildren(
      ...mine.map((template, index) => h("option", { value: String(index) }, nameOf(template))),
    );
    if (value !== "" && Number(value) < mine.length) this.#template.value = value;
  }

  #made() {
    const chosen = templatesFor(this.#overview.templates)[Number(this.#template.value)];
    if (chosen) this.#on.create(chosen.name, chosen.language ?? language());
  }
}

/** What a template is called where it is chosen: the title of a notebook in which there is nothing says nothing of it. */
function nameOf({ name, title, by }) {
  if (by === "teacher") return t("notebook.ofTeacher", { title });
  return name === EMPTY ? t("notebook.empty-template") : title || name;
}

/** The templates in the page's language, and those of the teacher in whatever language. */
export function templatesFor(templates) {
  return templates.filter((one) => one.by === "teacher" || !one.language || one.language === language());
}
