"""Which browsers the pages support: written down once, checked in lint, and said in browsers that are too old."""

import json
import re
import subprocess

import pytest
from playwright.sync_api import expect

from support.long import parametrize
from support.processes import ROOT
from tools import lint

PROMISED = json.loads((ROOT / "package.json").read_text())["browserslist"]
VERSIONS = dict(entry.split(" >= ") for entry in PROMISED)
TOO_NEW = {
    "toSorted": "export const a = [2, 1].toSorted();",
    "findLast": "export const a = [2, 1].findLast(Boolean);",
    "OffscreenCanvas": "export const a = new OffscreenCanvas(1, 1);",
    "an iterator's map": "export const a = new Map().values().map(String);",
    "a look behind": "export const a = /(?<=a)b/;",
    "a static block": "export class A { static { } }",
    "Object.groupBy": "export const a = Object.groupBy([], String);",
    "color-mix": ".a { color: color-mix(in srgb, red, blue); }",
    "light-dark": ".a { color: light-dark(red, blue); }",
    ":has": ".a:has(.b) { color: red; }",
    "subgrid": ".a { grid-template-columns: subgrid; }",
    "nesting": ".a { & .b { color: red; } }",
    "container queries": "@container (width > 1px) { .a { color: red; } }",
}


@pytest.mark.long("test_lint_finds_what_is_too_new")
def test_the_pages_need_no_newer_browser_than_is_promised():
    """As `make lint` does, which CI calls too."""
    assert lint.main([]) == 0


@pytest.fixture(scope="module")
def found(node):
    """What lint says of each of the above, all scripts and all style sheets in one file with a line for each."""

    def messages(number, name, kind, field):
        program, *options = lint.COMMANDS[number][:3]
        command = [node, program, *options, "--stdin", "--stdin-filename", f"static/{name}", f"--{kind}", "json"]
        lines = [what for what, source in TOO_NEW.items() if source.startswith("export") == (number == 0)]
        text = "\n".join(TOO_NEW[what].replace(" a =", f" a{at} =") for at, what in enumerate(lines)) + "\n"
        run = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, timeout=60)
        (told,) = json.loads(run.stdout or run.stderr)
        for one in told[field]:
            said[lines[one["line"] - 1]] += one.get("message") or one["text"]

    said = dict.fromkeys(TOO_NEW, "")
    messages(0, "js/new.js", "format", "messages")
    messages(1, "css/pages/new.css", "formatter", "warnings")
    return said


@pytest.mark.parametrize("what", TOO_NEW)
def test_lint_finds_what_is_too_new(what, found):
    assert re.search("not supported|forbidden|Disallowed|ES2025", found[what])


def said(text):
    """The versions that a text names: {browser: version}."""
    found = re.search(
        r"Chrome (?:or|and|或|和) Edge ([\d.]+)[、,] ?Firefox ([\d.]+)[、,] ?(?:and )?Safari ([\d.]+)", text
    )
    assert found, text
    return dict(zip(("chrome", "firefox", "safari"), found.groups(), strict=True)) | {
        "edge": found[1],
        "ios_saf": found[3],
    }


@pytest.mark.parametrize("page", ["README.md", "README.zh.md", "static/js/base/old-browser.js"])
def test_every_place_names_the_same_versions(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for sentence in re.findall(r"Chrome (?:or|and|或|和) Edge [\d.]+.{0,40}Safari [\d.]+", text):
        assert said(sentence) == VERSIONS
    assert said(text) == VERSIONS


@parametrize(
    "missing",
    [
        "Array.prototype.at",
        "Object.hasOwn",
        "window.ResizeObserver",
        "window.HTMLDialogElement",
        "window.CSSLayerBlockRule",
    ],
    short=1,
)
@pytest.mark.parametrize("address", ["/", "/lenet"])
def test_a_browser_too_old_is_told_in_both_languages(browser, server, missing, address):
    page = browser.new_page()
    page.add_init_script(f"{missing} = undefined")
    page.goto(server + address)
    sentence = page.locator("#old-browser")
    expect(sentence).to_contain_text("This browser is too old")
    expect(sentence).to_contain_text("浏览器太旧")
    page.close()


@parametrize("address, script", [("/", "playground/app"), ("/lenet", "lenet/app"), ("/", "base/dom")], short=2)
@parametrize("fault", ["missing", "unreadable"], short=1)
def test_a_page_whose_scripts_do_not_come_is_not_blank(browser, server, address, script, fault):
    page = browser.new_page()
    answer = {"missing": {"status": 404}, "unreadable": {"body": "export class A { #a = 1; @@ }"}}[fault]
    page.route(f"**/js/{script}.js", lambda route: route.fulfill(content_type="text/javascript", **answer))
    page.goto(server + address)
    expect(page.locator("#old-browser")).to_be_visible()
    page.close()


def test_a_browser_that_is_new_enough_is_told_nothing(page, server):
    page.goto(server)
    expect(page.locator("html[data-ready]")).to_be_attached()
    expect(page.locator("#old-browser")).not_to_be_attached()
