// A chart of curves, drawn by Plotly. Plotly is large: it is loaded when the first chart that has something to show is seen,
// and the page has nothing else to do. A chart is redrawn a few times a second at most, however often it gets new curves.

import { h } from "../base/dom.js";
import { say, sayLabel } from "../base/i18n.js";
import { svgElement } from "../base/save.js";
import { loadScript } from "../base/script.js";

const INTERVAL = 300; // ms between two drawings
/* eslint-disable compat/compat -- Safari has none, and takes the timer */
const idle = (work) =>
  window.requestIdleCallback ? requestIdleCallback(work, { timeout: 500 }) : setTimeout(work, 50);
/* eslint-enable compat/compat */

/** @type {Set<Chart>} */
const waiting = new Set(); // charts that Plotly did not load for

const plotly = (source) => loadScript(source, "Plotly", idle);

/** A text as Plotly shows it as it stands: it takes some HTML in it for markup, links too. */
export function asText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Plotly is asked for again, where it did not load: the server is back. */
export function loadAgain() {
  const charts = [...waiting];
  waiting.clear();
  for (const chart of charts) chart.loadAgain();
}

export class Chart {
  /** @type {any} */ // Plotly makes more of it
  #plot;
  #message = h("p", { class: "chart-message", text: "chart.loading" });
  #source;
  #plotly = null;
  #content = null;
  #isSeen = false;
  #isAsked = false; // for Plotly
  #timer = null;
  #drawn = 0;
  #textSize;
  #on;

  /**
   * source: address of plotly.min.js. textSize: in rem. on: {click(point), press(point), hover(points, event), unhover()}, each
   * of which may be missing: a point of a curve was clicked; the button went down on one, and `hover` tells of those to which
   * the pointer is dragged; the pointer is on some. on.drawn({left, right}): how far the axes' area is from the sides, in pixels.
   *
   * @param {{ source: string, testid: string, textSize?: number, on?: Record<string, (...points: any[]) => void> }} options
   */
  constructor({ source, testid, textSize = 0.69, on = {} }) {
    this.#source = source;
    this.#textSize = textSize;
    this.#on = on;
    this.#plot = h("div", { class: "chart-plot", role: "img", testid, label: "chart.loading" });
    this.element = h("div", { class: "chart" }, this.#plot, this.#message);
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      watch.disconnect();
      this.#isSeen = true;
      this.#load();
    });
    watch.observe(this.#plot);
    new ResizeObserver(() => this.#plot.data && this.#plotly.Plots.resize(this.#plot)).observe(this.#plot);
  }

  /**
   * content(color): {curves, x, y, marker, layout, label}, asked when it is drawn. color(name) is the value of a CSS
   * variable. curves: [{x, y, name, color, ...}], name a text as it is; x and y: {title, ...Plotly's own}; marker: where
   * a vertical line stands; layout: what is otherwise than in other charts; label: [key, values] that tells it in words.
   */
  show(content) {
    this.#content = content;
    this.#load();
    if (this.#plotly === null || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      idle(() => this.redraw());
    }, INTERVAL);
  }

  loadAgain() {
    this.#isAsked = false;
    this.#load();
  }

  /**
   * What it shows as an SVG of this size, in fonts that every program has and on the page's surface; null where Plotly
   * does not load, or there is nothing to be shown. title: of the vertical axis, which on the page may need none.
   */
  async picture(width, height, title) {
    const loaded = this.#content && (await plotly(this.#source).catch(() => null));
    if (!loaded) return null;
    const { traces, layout, color } = this.#figure();
    const own = {
      font: { family: "sans-serif", color: color("--ink") },
      paper_bgcolor: color("--surface"),
      showlegend: true,
      margin: { l: 64, r: 16, t: 36, b: 44 },
      yaxis: { ...layout.yaxis, title: { ...layout.yaxis.title, text: asText(title) } },
    };
    const figure = { data: traces, layout: { ...layout, ...own } };
    const address = await loaded.toImage(figure, { format: "svg", width, height });
    return svgElement(decodeURIComponent(address.slice(address.indexOf(",") + 1)));
  }

  /** Draws the content anew, at once: a visitor has changed how it is shown. */
  redraw() {
    if (this.#plotly === null || this.#content === null || !this.#plot.isConnected) return;
    const { traces, layout, label } = this.#figure();
    const fresh = !this.#plot.data;
    this.#plotly.react(this.#plot, traces, layout, { displayModeBar: false, responsive: false });
    if (fresh) this.#listen();
    sayLabel(this.#plot, ...label);
  }

  #figure() {
    const style = getComputedStyle(this.#plot);
    const color = (name) => (name.startsWith("--") ? style.getPropertyValue(name).trim() : name);
    const { curves, x, y, marker = null, layout = {}, label } = this.#content(color);
    const traces = curves.map(({ color: stroke, name, width = 1.8, dash, symbol, mode = "lines", ...rest }) => ({
      mode: symbol || rest.x.length === 1 ? `${mode}+markers` : mode, // of one point there is no line
      name: asText(name),
      line: { color: color(stroke), width, dash },
      marker: { color: color(stroke), size: 6, symbol },
      cliponaxis: rest.x.length > 1,
      ...rest,
    }));
    return { traces, layout: { ...this.#layout(color, x, y, marker), ...layout }, label, color };
  }

  #load() {
    if (this.#isAsked || !this.#isSeen || this.#content === null) return;
    this.#isAsked = true;
    plotly(this.#source).then(
      (loaded) => {
        this.#plotly = loaded;
        this.#message.hidden = true;
        this.redraw();
      },
      () => {
        waiting.add(this);
        say(this.#message, "chart.failed");
        sayLabel(this.#plot, "chart.failed");
      },
    );
  }

  #listen() {
    const { click = this.#on.press, press, hover, unhover, drawn } = this.#on;
    if (drawn) {
      const tell = () => drawn(this.#sides());
      this.#plot.on("plotly_afterplot", tell);
      tell();
    }
    let pointed = null;
    this.#plot.on("plotly_hover", ({ points, event }) => {
      pointed = points[0];
      hover?.(points, event);
    });
    this.#plot.on("plotly_unhover", () => {
      pointed = null;
      unhover?.();
    });
    if (click) this.#plot.on("plotly_click", ({ points }) => click(points[0]));
    if (!press) return; // or else a click is one by touch
    const down = (event) => {
      if (!(event.target instanceof Element && event.target.closest(".nsewdrag"))) return;
      event.stopPropagation(); // Plotly would cover the page and tell of no more points while the button is down
      event.preventDefault(); // nor is text to be selected
      if (event.button === 0 && pointed) press(pointed);
    };
    this.#plot.addEventListener("mousedown", down, true);
  }

  #sides() {
    const [plot, area] = [this.#plot, this.#plot.querySelector(".nsewdrag")].map((one) => one.getBoundingClientRect());
    return { left: area.left - plot.left, right: plot.right - area.right };
  }

  #layout(color, x, y, marker) {
    const small = parseFloat(getComputedStyle(document.documentElement).fontSize) * this.#textSize;
    const axis = ({ title, standoff = 4, ...own }) => ({
      color: color("--muted"),
      gridcolor: color("--line"),
      zeroline: false,
      fixedrange: true,
      automargin: true,
      tickfont: { size: small },
      title: { text: title, font: { size: small }, standoff },
      ...own,
    });
    const line = { color: color("--line-strong"), width: 1, dash: "dot" };
    return {
      datarevision: ++this.#drawn, // arrays may be the same ones, grown
      margin: { l: 3 * small, r: small, t: 2.4 * small, b: 2.6 * small },
      paper_bgcolor: "transparent",
      plot_bgcolor: "transparent",
      font: { family: getComputedStyle(document.body).fontFamily, color: color("--ink") },
      showlegend: true,
      legend: { orientation: "h", x: 0, y: 1, xanchor: "left", yanchor: "bottom", font: { size: small } },
      hovermode: "x unified",
      hoverlabel: {
        bgcolor: color("--surface"),
        bordercolor: color("--line"),
        font: { color: color("--ink"), size: small },
      },
      shapes: marker === null ? [] : [{ type: "line", x0: marker, x1: marker, yref: "paper", y0: 0, y1: 1, line }],
      xaxis: axis(x),
      yaxis: axis(y),
    };
  }
}
