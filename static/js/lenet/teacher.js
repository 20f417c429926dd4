// The teacher's way in: a dialog for the token that the server prints when it starts.

import { h } from "../dom.js";
import { say } from "../i18n.js";
import { icon } from "../icons.js";
import { errorText } from "./server-errors.js";

export class TeacherDialog {
  #button;
  #input;
  #dialog;
  #fault = h("p", { class: "field-error", id: "teacher-error", testid: "teacher-error", role: "alert" });

  /** become(token): rejects where the token is wrong. */
  constructor(host, become) {
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
    const submit = async (event) => {
      event.preventDefault();
      try {
        await become(this.#input.value.trim());
        this.#dialog.close();
      } catch (error) {
        say(this.#fault, ...errorText(error.message));
      }
    };
    this.#dialog = h(
      "dialog",
      { class: "dialog", "aria-labelledby": "teacher-title" },
      h(
        "form",
        { on: { submit } },
        h("h2", { id: "teacher-title", text: "teacher.title" }),
        h("p", { text: "teacher.explain" }),
        h("div", { class: "field" }, h("label", { htmlFor: "teacher-token", text: "teacher.token" }), this.#input),
        this.#fault,
        h("div", { class: "dialog-buttons" }, cancel, send),
      ),
    );
    this.#button = h(
      "button",
      { type: "button", class: "quiet", testid: "teacher", on: { click: () => this.#dialog.showModal() } },
      icon("key"),
      h("span", { text: "teacher.open" }),
    );
    host.append(this.#button, this.#dialog);
  }

  update(isTeacher) {
    say(this.#button.lastChild, isTeacher ? "teacher.is" : "teacher.open");
    this.#button.disabled = isTeacher;
  }
}
