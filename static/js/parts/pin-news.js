// What becomes of pins on their way to the notebook, in words: how many wait for the server, and which it does not take.

import { refusalText } from "./refusals.js";

// Why the server will never take something, by the code of its refusal, else by its status.
const BY_CODE = {
  "too-many-bytes": "pins.refused-room",
  "too-many-notebooks": "pins.refused-room",
  "notebook-deleted": "pins.refused-gone",
  "note-changed": "pins.refused-changed",
};
const BY_STATUS = { 404: "pins.refused-gone", 409: "pins.refused-full", 413: "pins.refused-large" };

/** What `Pins` of a page tells, said in its notices: every page that sends pins says it alike, whichever page made them. */
export function pinNews(notices) {
  return {
    waiting(count, isKept) {
      const how = [isKept ? "pins.waitingKept" : "pins.waitingOpen", { count }];
      notices.toggle("pins-waiting", count > 0, { text: ["pins.waiting", { count, how }], kind: "warning" });
    },
    refused({ pin, note, status, code, error }) {
      const why = BY_CODE[code] ?? BY_STATUS[status] ?? "pins.refused";
      notices.show(`pins-refused-${pin?.id ?? "note"}`, {
        text: [pin ? "pins.notTaken" : "pins.noteNotTaken", { name: pin?.title ?? "", note: note ?? "", why: [why] }],
        kind: "error",
        details: why === "pins.refused" && error ? [["pins.server", { error: refusalText({ code, error }) }]] : [],
        actions: pin?.place
          ? [{ text: "pins.openAgain", testid: "pins-open-again", run: () => opened(pin.place) }]
          : [],
      });
    },
  };
}

/** What a pin was of, beside this page: it can be pinned once more from there. */
function opened(place) {
  globalThis.open(place, "_blank", "noopener");
}
