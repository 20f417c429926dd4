// The pages in a real Firefox, driven by WebDriver BiDi: they open, train and speak both languages without an error.
// tests/test_firefox.py runs this with the address of a server (PLAYLAB) and the path of a Firefox (FIREFOX).

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, test } from "node:test";

const puppeteer = createRequire(new URL("../../tools/", import.meta.url))("puppeteer-core");
const { PLAYLAB, FIREFOX } = process.env;
const PATIENCE = { timeout: 30_000 };
let browser, page, errors;

before(async () => {
  browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
});
after(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage();
  await page.setViewport({ width: 1366, height: 768 });
  errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(errors, []);
});

const at = (testid) => `[data-testid="${testid}"]`;
const text = (testid) => page.$eval(at(testid), (element) => element.textContent);
const state = (wanted) => page.waitForSelector(`${at("status")}[data-state="${wanted}"]`, PATIENCE);
const shows = (testid, wanted) =>
  page.waitForFunction(
    (selector, value) => document.querySelector(selector)?.textContent === value,
    PATIENCE,
    at(testid),
    wanted,
  );

async function open(link = "seed=0.59704") {
  await page.goto(`${PLAYLAB}/#${link}`);
  await state("paused");
}

test("the Playground opens a link and trains it: the original's numbers", async () => {
  await open();
  for (let epoch = 1; epoch <= 10; epoch++) {
    await page.click(at("step"));
    await shows("epoch", `000,0${String(epoch).padStart(2, "0")}`);
  }
  assert.deepEqual([await text("loss-train"), await text("loss-test")], ["0.486", "0.484"]);
});

test("play, pause and reset", async () => {
  await open();
  await page.click(at("play"));
  await page.waitForFunction((epoch) => document.querySelector(epoch).textContent > "000,020", PATIENCE, at("epoch"));
  await page.click(at("play"));
  await state("paused");
  await page.click(at("reset"));
  await shows("epoch", "000,000");
});

test("the pictures are drawn: the large map, the neurons, the links, the chart", async () => {
  await open();
  await page.click(at("step"));
  await shows("epoch", "000,001");
  const colours = (selector) =>
    page.$eval(selector, (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  assert.ok((await colours(".heatmap-cells")) > 10);
  assert.ok((await colours(`${at("node-0-0")} canvas`)) > 2);
  assert.ok(await page.$eval(at("link-0-0-0"), (path) => path.getTotalLength() > 10));
  await page.waitForSelector(`${at("losschart")} .trace`, PATIENCE);
});

test("a sheet of the run is saved, with all that is on it", async () => {
  await open();
  await page.click(at("step"));
  await shows("epoch", "000,001");
  await page.evaluate(() => {
    HTMLAnchorElement.prototype.click = function () {
      document.documentElement.dataset.saved = this.href;
    };
  });
  await page.click(at("tools"));
  await page.click(at("look-code"));
  await page.click(at("save-sheet-png"));
  await page.waitForSelector("[data-saved]", PATIENCE);
  const [width, height, colours] = await page.evaluate(async () => {
    const image = new Image();
    image.src = document.documentElement.dataset.saved;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const drawn = (x, y, wide, high) =>
      new Set(new Uint32Array(context.getImageData(x, y, wide, high).data.buffer)).size;
    return [
      canvas.width,
      canvas.height,
      [drawn(1644, 124, 700, 700), drawn(60, 104, 1400, 780), drawn(60, 920, 1400, 500)],
    ];
  });
  assert.deepEqual([width, height], [2400, 1600]);
  for (const [part, count] of Object.entries(colours)) assert.ok(count > 20, `${part}: ${count}`); // map, network, chart
});

test("a weight is edited, a language, a theme and a data set chosen", async () => {
  await open();
  await page.click(at("node-0-0"));
  await page.waitForSelector(at("edit-bias-0-0"), PATIENCE);
  await page.type(at("edit-bias-0-0"), "2");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${at("edited")}:not([hidden])`, PATIENCE);
  await page.click(at("lang-switch"));
  await shows("status", "已暂停");
  await page.click(at("theme-switch"));
  await page.click(at("dataset-xor"));
  await page.waitForFunction(() => location.hash.includes("dataset=xor"), PATIENCE);
});

test("the LeNet page opens with its form and without an old browser's sentence", async () => {
  await page.goto(`${PLAYLAB}/lenet`);
  await page.waitForSelector("html[data-ready]", PATIENCE);
  await page.waitForSelector('input[type="radio"]', PATIENCE);
  assert.equal(await page.$("#old-browser"), null);
});
