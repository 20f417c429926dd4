// All settings of a table that stand on a page, wherever they stand on it.

import { Setting } from "./setting.js";
import { hasEffect } from "./setting-value.js";

export class SettingSet {
  #fields;
  #settings;

  /**
   * fields: rows with `name`. change(name, value): one was set on the page; what was said to be wrong with it is gone.
   *
   * @param {any[]} fields
   * @param {import("./setting.js").Words} words
   * @param {(name: string, value: any) => void} change
   */
  constructor(fields, words, change) {
    const changed = (name, value) => {
      this.#settings.get(name).fault(null);
      change(name, value);
    };
    this.#fields = fields;
    this.#settings = new Map(fields.map((field) => [field.name, new Setting(field, words, changed)]));
  }

  /** Where a setting stands. */
  element(name) {
    return this.#settings.get(name).element;
  }

  /**
   * values: of all settings, by their names. isOffered: whether the choices that are shown apart are there.
   *
   * @param {Record<string, any>} values
   * @param {{ isChanged?: (name: string) => boolean, isSetElsewhere?: (name: string) => boolean, isOffered?: boolean }} [of]
   */
  update(values, { isChanged = () => false, isSetElsewhere = () => false, isOffered = true } = {}) {
    for (const field of this.#fields) {
      const isIdle = isSetElsewhere(field.name) || !hasEffect(field, values);
      const look = { isIdle, isChanged: isChanged(field.name), isOffered };
      this.#settings.get(field.name).update(values, look);
    }
  }

  /** Shows what is wrong with a setting, and brings it into view where `focus`; false where there is no such setting. */
  fault(name, text, focus = true) {
    const setting = this.#settings.get(name);
    setting?.fault(text);
    if (focus) setting?.focus();
    return setting !== undefined;
  }

  clearFaults() {
    for (const setting of this.#settings.values()) setting.fault(null);
  }
}
