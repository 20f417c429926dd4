// The server's REST interface, docs/api.md, one method a question. The only module that fetches; it shows nothing.

/** What the server refused: `status` is HTTP's, 0 where it could not be reached; `code` with its `values` says what, `error`
 * the same in English; `field` is the one that is wrong. */
export class ApiError extends Error {
  constructor(status, { error, code = "", field = null, values = {} }) {
    super(error);
    this.status = status;
    this.code = code;
    this.field = field;
    this.values = values;
    this.error = error;
  }
}

const TRIES = 3; // of a question that the server is too busy for

const json = (response) => (response.status === 204 ? null : response.json().catch(() => null));

/** What cannot be read to its end has not come. */
const blob = (response) =>
  response.blob().catch(() => {
    throw new ApiError(0, { error: "offline", code: "offline" });
  });

export class Api {
  #fetch;
  #heard;

  /**
   * fetch: the browser's. heard: told of every question when it is answered, {method, path}, and its ApiError or null.
   *
   * @param {(path: string, options: any) => Promise<any>} fetch
   * @param {(question: {method: string, path: string}, error: ApiError | null) => void} heard
   */
  constructor(fetch, heard = () => {}) {
    this.#fetch = fetch;
    this.#heard = heard;
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

  async #ask(method, path, body, read = json) {
    try {
      const answer = await this.#askOnce(method, path, body, read, TRIES);
      this.#heard({ method, path }, null);
      return answer;
    } catch (error) {
      this.#heard({ method, path }, error);
      throw error;
    }
  }

  async #askOnce(method, path, body, read, tries) {
    const options = { method, headers: { Accept: "application/json" } };
    if (method === "POST" || method === "PATCH") {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body ?? {});
    }
    let response;
    try {
      response = await this.#fetch(`/api/${path}`, options);
    } catch {
      throw new ApiError(0, { error: "offline", code: "offline" });
    }
    if (response.ok) return read(response);
    const answer = await json(response);
    if (answer?.code === "too-many-questions" && tries > 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(response.headers?.get("Retry-After")) || 1)));
      return this.#askOnce(method, path, body, read, tries - 1);
    }
    throw new ApiError(response.status, answer?.error ? answer : { error: `HTTP ${response.status}`, code: "http" });
  }
}
