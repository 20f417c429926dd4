// The server's REST interface, docs/api.md, one method a question. It shows nothing.

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

  schema = () => this.#ask("GET", "lenet/schema");
  devices = async () => (await this.#ask("GET", "devices")).devices;
  becomeTeacher = (token) => this.#ask("POST", "lenet/teacher", { token });
  ceaseToBeTeacher = () => this.#ask("DELETE", "lenet/teacher");

  /** A page of the list, {me: {owner, teacher}, runs, next, total, reading, unreadable}; after: `next` of the one before. */
  runs = ({ after = null, mine = false } = {}) => {
    const query = new URLSearchParams({ ...(after === null ? {} : { after }), ...(mine ? { mine: "1" } : {}) });
    return this.#ask("GET", `lenet/runs?${query}`);
  };
  create = (preset, config) => this.#ask("POST", "lenet/runs", { preset, config });
  show = (run) => this.#ask("GET", `lenet/runs/${run}`);
  pause = (run) => this.#ask("POST", `lenet/runs/${run}/pause`);
  resume = (run) => this.#ask("POST", `lenet/runs/${run}/resume`);
  stop = (run) => this.#ask("POST", `lenet/runs/${run}/stop`);
  /** name: null for none. */
  rename = (run, name) => this.#ask("PATCH", `lenet/runs/${run}`, { name });
  delete = (run) => this.#ask("DELETE", `lenet/runs/${run}`);
  records = async (run, line) => (await this.#ask("GET", `lenet/runs/${run}/metrics?from=${line}`)).records;
  /** {runs, missing}: those that can be compared, and [{run, code, values, error}] of the others. */
  compare = (runs) => this.#ask("GET", `lenet/compare?runs=${runs.join(",")}`);

  /** Answers, like the next, with the sweep and its runs: {sweep, trials, ...}. */
  createSweep = (sweep) => this.#ask("POST", "lenet/sweeps", sweep);
  sweep = (id) => this.#ask("GET", `lenet/sweeps/${id}`);
  /** action: "pause", "resume" or "stop", of all its runs. */
  controlSweep = (sweep, action) => this.#ask("POST", `lenet/sweeps/${sweep}/${action}`);
  deleteSweep = (sweep) => this.#ask("DELETE", `lenet/sweeps/${sweep}`);

  kernels = (run, epoch) => this.#ask("GET", `lenet/runs/${run}/epochs/${epoch}/kernels`);
  maps = (run, epoch, image) => this.#ask("GET", `lenet/runs/${run}/epochs/${epoch}/maps?image=${image}`);
  cell = (run, epoch, label, predicted) =>
    this.#ask("GET", `lenet/runs/${run}/epochs/${epoch}/images?label=${label}&predicted=${predicted}`);
  /** A Blob. kind: "script", "onnx" or "safetensors". */
  exported = (run, epoch, kind) => this.#ask("GET", `lenet/runs/${run}/epochs/${epoch}/${kind}`, undefined, blob);
  /** drawing: {width, height, pixels}, pixels in base64. */
  predict = (run, epoch, drawing) => this.#ask("POST", `lenet/runs/${run}/epochs/${epoch}/predict`, drawing);
  /** Test images: [{image, label, pixels}]. */
  images = async (dataset, rows) =>
    (await this.#ask("GET", `lenet/datasets/${dataset}/test/images?rows=${rows.join(",")}`)).images;

  /** Where a browser downloads an epoch's weights. */
  static checkpoint = (run, epoch) => `/api/lenet/runs/${run}/epochs/${epoch}/checkpoint`;

  /** Where all weights of a run, and its epochs as CSV, are downloaded. */
  static archive = (run) => `/api/lenet/runs/${run}/checkpoints.zip`;
  static table = (run) => `/api/lenet/runs/${run}/epochs.csv`;
}
