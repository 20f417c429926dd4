// Questions that replace each other: a dragged slider or a moving pen asks more often than the server answers.

import { isOutage, onReturn } from "../outage.js";

export class OneAtATime {
  #busy = false;
  #waiting = null;
  #era = 0;
  #unanswered = null;

  constructor() {
    onReturn(() => this.#unanswered && this.ask(...this.#unanswered));
  }

  /**
   * Asks `question()` when the one before is answered; of those that wait meanwhile only the newest is asked.
   * Every answer goes to `show`, every failure to `fail`, unless `cancel` was called since. Where the server did not
   * answer, it is asked the same again when it does.
   */
  async ask(question, show, fail) {
    this.#waiting = { question, show, fail, era: this.#era };
    this.#unanswered = null;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#waiting) {
      const next = this.#waiting;
      this.#waiting = null;
      const answer = await next.question().then(
        (value) => () => next.show(value),
        (error) => () => {
          if (isOutage(error)) this.#unanswered = [next.question, next.show, next.fail];
          next.fail(error);
        },
      );
      if (next.era === this.#era) answer();
    }
    this.#busy = false;
  }

  /** Answers to what was asked so far are no longer wanted. */
  cancel() {
    this.#era += 1;
    this.#waiting = null;
    this.#unanswered = null;
  }
}
