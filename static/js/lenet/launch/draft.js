// The run that the form is preparing: a preset and what is set otherwise. Owns these values; the server judges them.

const KEPT = ["dataset", "device"]; // chosen beside the preset, not by it

export class Draft {
  #presets;
  #preset;
  #values;

  /** presets: {name: {config}}, as the server's schema has them. */
  constructor(presets, preset) {
    this.#presets = presets;
    this.#preset = preset;
    this.#values = { ...presets[preset].config };
  }

  get preset() {
    return this.#preset;
  }

  /** All values, by name. */
  get values() {
    return this.#values;
  }

  value(name) {
    return this.#values[name];
  }

  /** Takes all values of a preset, except for what is chosen beside it. */
  choose(preset) {
    const kept = Object.fromEntries(KEPT.map((name) => [name, this.#values[name]]));
    this.#preset = preset;
    this.#values = { ...this.#presets[preset].config, ...kept };
  }

  /** Takes all values of another run. */
  load(preset, config) {
    if (preset in this.#presets) this.#preset = preset;
    this.#values = { ...this.#presets[this.#preset].config, ...config };
  }

  set(name, value) {
    this.#values[name] = value;
  }

  reset() {
    this.choose(this.#preset);
  }

  isChanged(name) {
    return this.#values[name] !== this.#presets[this.#preset].config[name];
  }

  /** What differs from the preset, by name: what is sent. */
  get changes() {
    return Object.fromEntries(Object.entries(this.#values).filter(([name]) => this.isChanged(name)));
  }

  /** How many of the settings that the preset decides are otherwise. */
  get changed() {
    return Object.keys(this.changes).filter((name) => !KEPT.includes(name)).length;
  }
}
