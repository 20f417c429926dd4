// The small copy of the large map: when it shows, and what. Against as much of a page as it needs.

import assert from "node:assert/strict";
import test, { afterEach, beforeEach } from "node:test";

import { MiniMap } from "../../../static/js/playground/mini-map.js";

let drawn;
let observer;
let scrolled;

/** What dom.js and the map ask of an element. */
class FakeElement {
  dataset = {};
  children = [];
  listeners = {};
  hidden = false;
  className = "";
  type = "";
  width = 0;
  height = 0;
  append(...children) {
    this.children.push(...children);
  }
  setAttribute() {}
  addEventListener(event, listener) {
    this.listeners[event] = listener;
  }
  getContext() {
    return {
      clearRect: () => (drawn = []),
      drawImage: (layer, _x, _y, width, height) => drawn.push([layer, width, height]),
    };
  }
}

const LAYERS = ["map", "points"];
const plane = {
  querySelectorAll: () => LAYERS,
  scrollIntoView: () => (scrolled = true),
};

function made() {
  const host = new FakeElement();
  const miniMap = new MiniMap(host, plane);
  return { miniMap, button: host.children[0] };
}

/** The large map moves: how much of it is in sight, and where its top is. */
const moves = (isIntersecting, top) => observer.callback([{ isIntersecting, boundingClientRect: { top } }]);

beforeEach(() => {
  [drawn, observer, scrolled] = [null, null, false];
  globalThis.document = { createElement: () => new FakeElement(), documentElement: { lang: "en" } };
  globalThis.IntersectionObserver = class {
    constructor(callback) {
      this.callback = callback;
      observer = this;
    }
    observe(element) {
      this.watched = element;
    }
  };
});

afterEach(() => {
  delete globalThis.document;
  delete globalThis.IntersectionObserver;
});

test("it watches the large map, and hides until that is out of sight", () => {
  const { miniMap, button } = made();
  assert.equal(observer.watched, plane);
  assert.equal(button.hidden, true);
  miniMap.draw();
  assert.equal(drawn, null, "what is hidden is not drawn");
});

test("it shows all layers of the large map while that is below the screen", () => {
  const { button } = made();
  moves(false, 900);
  assert.equal(button.hidden, false);
  const [canvas] = button.children;
  assert.deepEqual(
    drawn,
    LAYERS.map((layer) => [layer, canvas.width, canvas.height]),
  );
});

test("it hides again where the large map is in sight, or was scrolled past", () => {
  const { button } = made();
  moves(false, 900);
  moves(true, 500);
  assert.equal(button.hidden, true);
  moves(false, -300);
  assert.equal(button.hidden, true);
});

test("a tap on it goes to the large map", () => {
  const { button } = made();
  button.listeners.click();
  assert.ok(scrolled);
});
