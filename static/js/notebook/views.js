// The views that have a pin, notebook/pins.py, and the tabs that they are on. Pure.

export const VIEWS = [
  "playground.map",
  "playground.network",
  "playground.loss",
  "playground.kept",
  "playground.compared",
  "playground.seeds",
  "playground.pairs",
  "playground.strip",
  "playground.confusion",
  "lenet.curves",
  "lenet.epochs",
  "lenet.confusion",
  "lenet.mistakes",
  "lenet.kernels",
  "lenet.maps",
  "lenet.layers",
  "lenet.settings",
  "lenet.files",
  "lenet.digit",
  "lenet.compared",
  "lenet.sweep",
];

const TABS = {
  playground: { place: "/", name: "header.playground" },
  lenet: { place: "/lenet", name: "header.lenet" },
};

/** {place, name} of the tab that a view is on, or null. */
export function viewTab(view) {
  return TABS[view.split(".")[0]] ?? null;
}
