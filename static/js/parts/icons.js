// Our own icons: strokes on a 24 x 24 grid, in the text's colour.

import { svg } from "../base/dom.js";

const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 6v12M15.5 6v12",
  step: "M6.5 6v12l8-6zM17.5 6v12",
  reset: "M5 12a7 7 0 1 0 2.2-5.1M5 4v4.2h4.2",
  plus: "M12 6v12M6 12h12",
  minus: "M6 12h12",
  dice: "M5 8a3 3 0 0 1 3-3h8a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM9 9h.01M15 15h.01M12 12h.01M15 9h.01M9 15h.01",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.5 14.2A8 8 0 0 1 9.8 4.5a8 8 0 1 0 9.7 9.7z",
  palette: "M2.8 12S6 6 12 6s9.2 6 9.2 6-3.2 6-9.2 6-9.2-6-9.2-6zM12 9.2a2.8 2.8 0 1 0 0 5.6z",
  keyboard:
    "M4.5 6.5h15a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5zM7 10.2h.01M10.3 10.2h.01M13.7 10.2h.01M17 10.2h.01M8 14h8",
  close: "M7 7l10 10M17 7L7 17",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  stop: "M7 7h10v10H7z",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.5l3 1.8",
  turning: "M12 4a8 8 0 1 1-7.4 5",
  check: "M5.5 12.5l4.3 4.3 8.7-9.3",
  warning: "M12 4.5l8.5 15h-17zM12 10v4.2M12 16.8h.01",
  bolt: "M13 3.5l-6.5 10H11l-1.5 7 7-10.5H12z",
  trash: "M5 7h14M10 7V4.8h4V7M7 7l.8 12.2h8.4L17 7M10.5 10.5v5.5M13.5 10.5v5.5",
  download: "M12 4.5v10M8 11l4 4 4-4M5 19h14",
  upload: "M12 14.5v-10M8 8l4-4 4 4M5 19h14",
  undo: "M8.5 5.5L5 9l3.5 3.5M5 9h9a5 5 0 0 1 0 10h-3",
  more: "M5.2 12h1.6M11.2 12h1.6M17.2 12h1.6",
  sliders:
    "M4.5 7.5h8M17 7.5h2.5M14.8 5.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6M4.5 16.5H7M11.6 16.5h7.9M9.3 14.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6",
  redo: "M15.5 5.5L19 9l-3.5 3.5M19 9h-9a5 5 0 0 0 0 10h3",
  fold: "M9.5 6l6 6-6 6",
  back: "M14.5 6l-6 6 6 6",
  pen: "M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM13.5 7.5l3 3",
  eraser:
    "M9 19.5h11M8.5 19.5L4 15a1.5 1.5 0 0 1 0-2.1l8.4-8.4a1.5 1.5 0 0 1 2.1 0l4.5 4.5a1.5 1.5 0 0 1 0 2.1l-8.4 8.4zM8.2 8.7l6.6 6.6",
  key: "M15.5 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M12.2 12.2L4.5 19.5v-2.8M8 16l2 2",
};

export function icon(name) {
  const path = svg("path", { d: PATHS[name] });
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    path,
  );
}
