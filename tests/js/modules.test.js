import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

const FOLDER = new URL("../../static/js/", import.meta.url);
const PROGRAMS = [
  "base/old-browser.js",
  "base/boot.js",
  "playground/app.js",
  "lenet/app.js",
  "notebook/app.js",
  "notebook/print.js",
  "error/app.js",
]; // what a page starts; everything else is a library
const KNOW_THE_SOCKET = ["playground/session.js", "lenet/news.js"];
const modules = readdirSync(FOLDER, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".js"));

test("importing a module has no side effect: it works without a page", async () => {
  assert.ok(modules.length > 20);
  for (const name of modules) if (!PROGRAMS.includes(name)) await import(new URL(name, FOLDER));
  assert.equal(globalThis.document, undefined);
});

test("only a tab's own module knows its socket, and only its app.js makes it", () => {
  for (const name of modules) {
    const source = readFileSync(new URL(name, FOLDER), "utf8");
    if (!KNOW_THE_SOCKET.includes(name)) assert.doesNotMatch(source, /emitWithAck|socket\.on/, name);
    if (!PROGRAMS.includes(name)) assert.doesNotMatch(source, /window\.io\b/, name);
    if (!["base/rest.js", "lenet/app.js", "notebook/app.js", "notebook/print.js"].includes(name))
      assert.doesNotMatch(source, /\bfetch\(/, name);
  }
});

const MAY_IMPORT = {
  i18n: ["i18n"],
  base: ["base", "i18n"],
  parts: ["parts", "base", "i18n"],
  playground: ["playground", "parts", "base", "i18n"],
  error: ["parts", "base", "i18n"],
  lenet: ["lenet", "parts", "base", "i18n"],
  notebook: ["notebook", "parts", "base", "i18n"],
};

test("the tabs import what they share, and never each other", () => {
  for (const name of modules) {
    const source = readFileSync(new URL(name, FOLDER), "utf8");
    for (const [, path] of source.matchAll(/(?:from|import) "(\.[^"]+)"/g)) {
      const [room] = new URL(path, new URL(name, FOLDER)).href.slice(FOLDER.href.length).split("/");
      assert.ok(MAY_IMPORT[name.split("/")[0]].includes(room), `${name} imports ${path}`);
    }
  }
});

test("every module says at its top what it is", () => {
  for (const name of modules) assert.match(readFileSync(new URL(name, FOLDER), "utf8"), /^\/\/ [A-Z]/, name);
});

test("nothing is loaded from elsewhere, and no script or style stands in the HTML", () => {
  const templates = new URL("../../templates/", import.meta.url);
  for (const name of readdirSync(templates)) {
    const html = readFileSync(new URL(name, templates), "utf8");
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//, name);
    assert.doesNotMatch(html, /\sstyle="|\son\w+="|<style/, name);
    for (const [tag] of html.matchAll(/<script[^>]*>/g)) assert.match(tag, /src=|type="application\/json"/, tag);
  }
});
