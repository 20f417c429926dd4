// The teacher's way in and out: a dialog for the token that the server prints when it starts.

import { h } from "../base/dom.js";
import { say } from "../base/i18n.js";
import { icon } from "../parts/icons.js";
import { FaultLine } from "./fault-line.js";

export class TeacherDialog {
  #button;
  #input;
  #dialog;
  #fault = new FaultLine({ class: "field-error", id: "teacher-error", testid: "teacher-error" });

  #isTeacher = false;
  #ways;

  /** become(token): rejects where the token is wrong. cease(): no longer the teacher, in this browser. */
  constructor(host, become, cease) {
    this.#input = h("input", {
      type: "password",
      id: "teacher-token",
      testid: "teacher-token",
      autocomplete: "off",
      "aria-describedby": "teacher-error",
    });
    const cancel = h("button", {
      type: "button",
      class: "plain",
      text: "action.cancel",
      on: { click: () => this.#dialog.close() },
    });
    const send = h("button", { type: "submit", class: "plain primary", testid: "teacher-send", text: "teacher.send" });
    const submit = (event) => {
      event.preventDefault();
      if (!this.#isTeacher) this.#try(() => become(this.#input.value.trim()));
    };
    const leave = h("button", {
      type: "button",
      class: "plain primary",
      testid: "teacher-leave",
      text: "teacher.leave",
      on: { click: () => this.#try(cease) },
    });
    const enter = h(
      "div",
      { class: "stack" },
      h("p", { text: "teacher.explain" }),
      h("div", { class: "field" }, h("label", { htmlFor: "teacher-token", text: "teacher.token" }), this.#input),
    );
    const out = h("p", { text: "teacher.explainLeave" });
    this.#ways = { in: [enter, send], out: [out, leave] };
    this.#dialog = h(
      "dialog",
      { class: "dialog floating", "aria-labelledby": "teacher-title" },
      h(
        "form",
        { class: "stack", on: { submit } },
        h("h2", { id: "teacher-title", text: "teacher.title" }),
        enter,
        out,
        this.#fault.element,
        h("div", { class: "dialog-buttons row" }, cancel, send, leave),
      ),
    );
    this.#button = h(
      "button",
      { type: "button", class: "quiet", testid: "teacher", on: { click: () => this.#open() } },
      icon("key"),
      h("span", { text: "teacher.open" }),
    );
    host.append(this.#button, this.#dialog);
  }

  update(isTeacher) {
    this.#isTeacher = isTeacher;
    say(this.#button.lastChild, isTeacher ? "teacher.is" : "teacher.open");
    for (const element of this.#ways.in) element.hidden = isTeacher;
    for (const element of this.#ways.out) element.hidden = !isTeacher;
  }

  #open() {
    this.#input.value = ""; // a token does not stay on a computer that others use too
    this.#fault.clear();
    this.#dialog.showModal();
  }

  async #try(ask) {
    try {
      await ask();
      this.#input.value = "";
      this.#dialog.close();
    } catch (error) {
      this.#fault.show(error);
    }
  }
}
