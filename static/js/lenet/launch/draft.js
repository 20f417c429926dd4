// The run that the form is preparing: a preset and what is set otherwise. Owns these values; the server judges them.

const KEPT = ["dataset", "device"]; // where another preset is chosen

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

  /** Takes all values of a preset, except for data set and device. */
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
    this.#values = { ...this.#presets[this.#preset].config };
  }

  isChanged(name) {
    return this.#values[name] !== this.#presets[this.#preset].config[name];
  }

  /** What differs from the preset, by name: what is sent. */
  get changes() {
    return Object.fromEntries(Object.entries(this.#values).filter(([name]) => this.isChanged(name)));
  }

  /** How many settings are otherwise than in the preset. */
  get changed() {
    return Object.keys(this.changes).length;
  }

  /** Whether what is said of a preset would be true of the run that it makes; `varied`: whether a sweep sets something. */
  isAsPromised(preset, varied = false) {
    const { dataset } = this.#presets[preset].config;
    return !varied && this.#values.dataset === dataset && (preset !== this.#preset || this.changed === 0);
  }
}
