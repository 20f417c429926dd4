// Questions to the server's REST interface, docs/api.md, and what it refuses. Whoever asks says what; it shows nothing.

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

/** Reads an answer as a Blob. What cannot be read to its end has not come. */
export const blob = (response) =>
  response.blob().catch(() => {
    throw new ApiError(0, { error: "offline", code: "offline" });
  });

export class Rest {
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

  /**
   * Resolves to the answer, rejects with an ApiError. body: JSON, or a Blob, which is sent as it is. read: how the answer
   * is read.
   *
   * @param {string} method
   * @param {string} path
   * @param {any} [body]
   * @param {(response: any) => Promise<any>} [read]
   */
  async ask(method, path, body, read = json) {
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
    if (body instanceof Blob) {
      options.headers["Content-Type"] = body.type;
      options.body = body;
    } else if (method === "POST" || method === "PATCH") {
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
