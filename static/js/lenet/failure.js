// The notice of what the server refused or did not answer. What says only that there was no answer goes with the next answer.

import { isOutage, onReturn } from "./outage.js";
import { refusalText } from "./refusals.js";

export class Failure {
  #notices;
  #isOutage = false; // whether it is one that is shown

  constructor(notices) {
    this.#notices = notices;
    onReturn(() => this.#isOutage && this.hide());
  }

  /** Shows an ApiError. Any other error is thrown. */
  show = (error) => {
    if (!(error.status >= 0)) throw error; // a mistake of ours, not the server's answer
    const [key, values] = refusalText(error);
    this.#isOutage = isOutage(error);
    this.#notices.show("failure", { text: [key, values], kind: "error" });
  };

  hide() {
    this.#isOutage = false;
    this.#notices.hide("failure");
  }
}
