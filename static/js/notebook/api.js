// The notebook's part of the server's REST interface, docs/api.md, one method a question. It shows nothing.

import { language } from "../base/i18n.js";
import { blob, Rest } from "../base/rest.js";

export class Api {
  #ask;

  /**
   * As Rest.
   *
   * @param {(path: string, options: any) => Promise<any>} fetch
   * @param {(question: {method: string, path: string}, error: any) => void} [heard]
   */
  constructor(fetch, heard = () => {}) {
    const rest = new Rest(fetch, heard);
    this.#ask = rest.ask.bind(rest);
  }

  /** {notebooks, templates, recovery, limits, teacher} */
  overview = () => this.#ask("GET", "notebook");
  create = (template, inLanguage) => this.#ask("POST", "notebook/notebooks", { template, language: inLanguage });
  /** What makes itself comes in the page's language. */
  open = (id) => this.#ask("GET", `notebook/notebooks/${id}?language=${language()}`);
  since = (id, revision) => this.#ask("GET", `notebook/notebooks/${id}?since=${revision}&language=${language()}`);
  /** changes: [{id, base, place, cell}]. by: the id of the page that made them. */
  change = (id, changes, by) =>
    this.#ask("POST", `notebook/notebooks/${id}/changes`, { changes, by, language: language() });
  /** what: some of {title, current, fills, offered}. */
  set = (id, what) => this.#ask("PATCH", `notebook/notebooks/${id}`, what);
  delete = (id) => this.#ask("DELETE", `notebook/notebooks/${id}`);
  restore = (id) => this.#ask("POST", `notebook/notebooks/${id}/restore`);
  /** file: a Blob of an image. */
  upload = (id, file) => this.#ask("POST", `notebook/notebooks/${id}/pictures`, file);
  import = (file) => this.#ask("POST", "notebook/import", new Blob([file], { type: "application/zip" }));

  /** what: {format, language, name, number}. */
  export = (id, what) => this.#ask("POST", `notebook/notebooks/${id}/export`, what);
  progress = (job) => this.#ask("GET", `notebook/exports/${job}`);
  exported = (job) => this.#ask("GET", `notebook/exports/${job}/file`, undefined, named);

  makeCode = () => this.#ask("POST", "notebook/recovery");
  useCode = (code) => this.#ask("POST", "notebook/recovery/open", { code });

  /** Where a pin's picture is, so many pixels wide. */
  static pinned = (pin, width = null) =>
    `/api/notebook/pins/${pin}/picture.png${width === null ? "" : `?width=${width}`}`;

  /** Where an uploaded picture is. */
  static picture = (hash) => `/api/notebook/pictures/${hash}`;

  /** The page for the browser's print. */
  static print = (id) => `/notebook/${id}/print`;
}

/** A file with the name that the server gives it. */
async function named(response) {
  const said = response.headers.get("Content-Disposition") ?? "";
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(said) ?? [];
  const [, plain = "notebook"] = /filename="?([^";]+)/i.exec(said) ?? [];
  return { name: encoded ? decodeURIComponent(encoded) : plain, file: await blob(response) };
}
