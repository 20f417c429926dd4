// Runs of which the server has nothing more, as its answers tell: somebody removed their files by hand, they are gone
// altogether, or they cannot be read.

const CODES = ["no-files", "no-such-run", "unreadable"];
const OF_A_RUN = /^lenet\/runs\/([\w-]+)(\/epochs\/)?/;

/** Whether a refusal says that of the run that was asked for. */
export function isLost({ code }) {
  return CODES.includes(code);
}

export class LostRuns {
  #on;

  /** on: {ask(run): asks the server for a run, found(run, refusal): null where it is there}. */
  constructor(on) {
    this.#on = on;
  }

  /** The server has answered: error, an ApiError, or null where it has done what was asked. */
  heard({ method, path }, error) {
    const [, run, ofEpoch] = OF_A_RUN.exec(path) ?? [];
    if (run === undefined) return;
    const lost = error !== null && isLost(error);
    if (ofEpoch)
      lost && this.#on.ask(run); // the network of this epoch alone may be gone
    else if (lost) this.#on.found(run, error);
    else if (error === null && method === "GET") this.#on.found(run, null);
  }
}
