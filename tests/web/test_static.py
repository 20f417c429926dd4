"""What the pages load is asked for once, comes compressed to whoever takes that, and is always what is on the disk."""

import gzip
import os
import re
import shutil
import sys
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from playwright.sync_api import expect
from werkzeug.exceptions import HTTPException
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app

from support.processes import ROOT, ServerProcess, free_port, wait_until
from web.static import StaticFiles

SCRIPT = "export const answer = 42;\n" * 40
FOREVER = "private, immutable, max-age=31536000"
OTHER = "0123456789abcdef"  # the version of no folder here


@pytest.fixture
def folder(tmp_path):
    """A folder as `static`, with a file beside it that is nobody's."""
    root = tmp_path / "static"
    (root / "js").mkdir(parents=True)
    (root / "js" / "app.js").write_text(SCRIPT)
    (root / "logo.png").write_bytes(os.urandom(2000))
    (tmp_path / "secret.js").write_text("secret")
    return root


@pytest.fixture
def files(folder):
    return StaticFiles(folder)


def ask(files, name, method="GET", **headers):
    """Status, headers and body, as a client gets them."""
    headers = {key.replace("_", "-"): value for key, value in headers.items()}
    environ = EnvironBuilder(method=method, headers=headers).get_environ()
    try:
        answer = files.answer(name, environ)
    except HTTPException as error:
        answer = error.get_response(environ)
    body, status, sent = run_wsgi_app(answer, environ, buffered=True)
    return SimpleNamespace(status=int(status.split()[0]), headers=sent, body=b"".join(body))


# --- addresses --------------------------------------------------------------------------------------------------------


def test_at_the_address_of_its_content_a_file_is_kept_for_ever(files):
    answer = ask(files, f"{files.version()}/js/app.js")
    assert (answer.status, answer.body.decode()) == (200, SCRIPT)
    assert answer.headers["Cache-Control"] == FOREVER


@pytest.mark.parametrize("before", ["", f"{OTHER}/"])
def test_elsewhere_the_present_file_is_asked_for_each_time(files, before):
    answer = ask(files, f"{before}js/app.js")  # also before anybody has looked at the folder
    assert (answer.status, answer.body.decode()) == (200, SCRIPT)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_folders_of_the_same_content_have_the_same_version_whenever_they_were_written(files, folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, copy_function=shutil.copyfile)
    os.utime(copy / "js" / "app.js", (1, 1))
    other = StaticFiles(copy)
    assert other.version() == files.version()
    assert ask(other, "js/app.js").headers["ETag"] == ask(files, "js/app.js").headers["ETag"]


@pytest.mark.parametrize("change", [
    lambda root: (root / "js" / "app.js").write_text(SCRIPT.replace("42", "43")),
    lambda root: (root / "js" / "new.js").write_text(""),
    lambda root: (root / "js" / "app.js").unlink(),
    lambda root: (root / "js" / "app.js").rename(root / "js" / "main.js"),
    lambda root: (root / "js").rename(root / "scripts"),
])  # fmt: skip
def test_every_change_of_a_name_or_of_content_changes_the_version(files, folder, change):
    before = files.version()
    change(folder)
    assert files.version() != before
    assert files.version() == StaticFiles(folder).version()


def test_a_file_that_was_edited_since_is_what_is_sent_and_is_kept_by_nobody(files, folder):
    address = f"{files.version()}/js/app.js"
    assert ask(files, address).headers["Cache-Control"] == FOREVER
    (folder / "js" / "app.js").write_text("export const answer = 1;")
    answer = ask(files, address)  # no page was asked for meanwhile, which would look
    assert (answer.body, answer.headers["Cache-Control"]) == (b"export const answer = 1;", "no-cache")
    assert ask(files, f"{files.version()}/js/app.js").headers["Cache-Control"] == FOREVER


def test_a_new_file_is_found_and_one_that_has_gone_is_not(files, folder):
    version = files.version()
    (folder / "new.css").write_text("body {}")
    assert ask(files, f"{version}/new.css").body == b"body {}"
    (folder / "new.css").unlink()
    assert ask(files, f"{version}/new.css").status == 404


def test_a_folder_that_is_not_there_has_a_version_and_no_files(tmp_path):
    nothing = StaticFiles(tmp_path / "nothing")
    assert ask(nothing, f"{nothing.version()}/js/app.js").status == 404


@pytest.mark.skipif(sys.platform == "win32", reason="names there are text")
def test_names_that_are_no_text_and_what_is_no_file_disturb_nobody(files, folder):
    with open(os.fsencode(folder) + b"/\xff.js", "wb"):  # noqa: PTH123 - a Path would be text
        pass
    os.mkfifo(folder / "pipe.js")
    (folder / "gone.js").symlink_to(folder / "nowhere.js")
    assert ask(files, f"{files.version()}/js/app.js").headers["Cache-Control"] == FOREVER
    assert ask(files, "pipe.js").status == 404
    assert ask(files, "gone.js").status == 404


# The examples use one folder, which none of them changes.
SAME = StaticFiles(ROOT / "static" / "css")
NAMES = {path.relative_to(ROOT / "static" / "css").as_posix() for path in (ROOT / "static" / "css").rglob("*.css")}
PARTS = st.sampled_from(["..", ".", "", "base.css", "parts", "%2e%2e", "..\\", "C:", "\0", OTHER, SAME.version(), "js"])


@given(st.lists(PARTS | st.text(), max_size=6).map("/".join))
@example("../js/base/boot.js")
@example(f"{SAME.version()}/../js/base/boot.js")
@example(f"{SAME.version()}//{ROOT}/app.py")
@example(f"{ROOT}/app.py")
@example("base.css\0")
@example("\udcff")
def test_whatever_is_asked_for_is_a_file_of_the_folder_or_is_not_there(name):
    answer = ask(SAME, name)
    named = re.sub("^[0-9a-f]{16}/", "", name)
    if named in NAMES:
        assert (answer.status, answer.body) == (200, (ROOT / "static" / "css" / named).read_bytes())
    else:
        assert answer.status == 404


@given(st.lists(PARTS | st.text(), max_size=4).map("/".join))
@example(f"{OTHER}/css/base.css")
def test_no_address_below_static_makes_the_application_fail(app, name):
    assert app.get(f"/static/{name}").status_code in (200, 308, 404)


# --- compressed -------------------------------------------------------------------------------------------------------


def test_text_comes_compressed_to_whoever_takes_that(files):
    plain, packed = ask(files, "js/app.js"), ask(files, "js/app.js", Accept_Encoding="gzip, deflate, br")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed.headers["Content-Length"]) == len(packed.body) < len(plain.body) / 4
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    for answer in (plain, packed):
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_what_is_compressed_already_is_left_as_it_is(files, folder):
    answer = ask(files, "logo.png", Accept_Encoding="gzip")
    assert answer.body == (folder / "logo.png").read_bytes()
    assert {"Content-Encoding", "Vary"}.isdisjoint(answer.headers.keys())


def test_a_file_is_compressed_once(files, monkeypatch):
    made, compress = [], gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *given, **options: made.append(1) or compress(*given, **options))
    for name in ("js/app.js", f"{files.version()}/js/app.js", f"{OTHER}/js/app.js"):
        ask(files, name, Accept_Encoding="gzip")
    assert len(made) == 1


def test_head_says_what_get_would(files):
    for headers in ({}, {"Accept_Encoding": "gzip"}):
        got, head = (ask(files, "js/app.js", method, **headers) for method in ("GET", "HEAD"))
        assert head.body == b""
        assert {**head.headers, "Date": ""} == {**got.headers, "Date": ""}


@pytest.mark.parametrize("headers", [{}, {"Accept_Encoding": "gzip"}])
def test_whoever_has_the_content_is_sent_none(files, headers):
    first = ask(files, "js/app.js", **headers)
    again = ask(files, "js/app.js", If_None_Match=first.headers["ETag"], **headers)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == "Accept-Encoding"
    assert again.headers["Cache-Control"] == "no-cache"
    since = ask(files, "js/app.js", If_Modified_Since=first.headers["Last-Modified"], **headers)
    assert since.status == 304


def test_whoever_has_one_form_is_sent_the_other_where_it_takes_that_alone(files):
    packed = ask(files, "js/app.js", Accept_Encoding="gzip").headers["ETag"]
    answer = ask(files, "js/app.js", If_None_Match=packed)
    assert (answer.status, answer.body.decode()) == (200, SCRIPT)


def test_a_part_is_one_of_the_file_itself(files):
    part = ask(files, "js/app.js", Accept_Encoding="gzip", Range="bytes=7-11")
    assert (part.status, part.body) == (206, b"const")
    assert part.headers["Content-Range"] == f"bytes 7-11/{len(SCRIPT)}"
    assert "Content-Encoding" not in part.headers
    packed = ask(files, "js/app.js", Accept_Encoding="gzip").headers["ETag"]
    whole = ask(files, "js/app.js", Accept_Encoding="gzip", Range="bytes=7-11", If_Range=packed)
    assert (whole.status, whole.body.decode()) == (200, SCRIPT)  # of which it has no part yet
    assert ask(files, "js/app.js", Range=f"bytes={len(SCRIPT)}-").status == 416


CODINGS = st.sampled_from(["gzip", "GZip", "br", "identity", "*", "deflate"])
QUALITIES = st.sampled_from(["", ";q=0", "; q=0.0", ";q=0.3", ";q=1", ";q=x", ";q=-1", ";q=1e9", ";q=nan"])


@given(st.lists(st.tuples(CODINGS, QUALITIES).map("".join), max_size=4).map(", ".join) | st.text())
def test_whatever_is_accepted_the_content_is_the_file_s(accepted):
    environ = EnvironBuilder().get_environ() | {"HTTP_ACCEPT_ENCODING": accepted}
    answer = SAME.answer("base.css", environ)
    body, _, headers = run_wsgi_app(answer, environ, buffered=True)
    is_packed = headers.get("Content-Encoding") == "gzip"
    content = b"".join(body)
    assert (gzip.decompress(content) if is_packed else content) == (ROOT / "static/css/base.css").read_bytes()
    if is_packed:
        assert re.search(r"gzip|\*", accepted, re.IGNORECASE)
        assert not re.fullmatch(r"(gzip|\*) *;q=0(\.0*)?", accepted, re.IGNORECASE)


# --- the application --------------------------------------------------------------------------------------------------


ADDRESS = re.compile(r'"(/static/[^"]*)"')


@pytest.mark.parametrize("path", ["/", "/lenet", "/notebook"])
def test_a_page_names_all_that_it_loads_by_the_content(app, path):
    addresses = ADDRESS.findall(app.get(path).text)
    assert len(addresses) > 20
    assert len({address.split("/")[2] for address in addresses}) == 1
    for address in addresses:
        answer = app.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOREVER)


def test_a_page_looks_at_the_folder_once(app, monkeypatch):
    looked, version = [], StaticFiles.version
    monkeypatch.setattr(StaticFiles, "version", lambda files: looked.append(1) or version(files))
    app.get("/")
    assert len(looked) == 1


def test_a_page_gives_a_newcomer_a_cookie_and_a_file_does_not(app):
    stranger = Client(app.application, use_cookies=False)
    page = stranger.get("/")
    assert "Set-Cookie" in page.headers
    for address in (ADDRESS.findall(page.text)[0], "/static/css/base.css"):
        answer = stranger.get(address)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


# --- in a browser -----------------------------------------------------------------------------------------------------

LOADED = """() => performance.getEntriesByType("resource")
  .filter(({ name }) => new URL(name).pathname.startsWith("/static/"))
  .map(({ name, transferSize }) => [new URL(name).pathname, transferSize])"""


SERVER = """
import sys
from pathlib import Path

sys.path.insert(0, {root!r})
import app

app.STATIC = Path({static!r})
app.main()
"""


@pytest.fixture
def editable(tmp_path):
    """The address of a server, and the folder of its files, which a test may edit."""
    static, program, port = tmp_path / "static", tmp_path / "server.py", free_port()
    shutil.copytree(ROOT / "static", static)
    program.write_text(SERVER.format(root=str(ROOT), static=str(static)))
    command = [sys.executable, str(program), "--port", str(port), "--workers", "1", "--data", str(tmp_path / "data"),
               "--experiments", str(tmp_path / "experiments")]  # fmt: skip
    server = ServerProcess(command, f"http://127.0.0.1:{port}", tmp_path / "server.log")
    server.wait_ready()
    yield server.url, static
    server.stop()


def loaded(page, address):
    """The files that a page loads, and how many bytes of each came from the server."""
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    return dict(page.evaluate(LOADED))


def loaded_at_rest(page, address):
    """The same with what the Playground loads when it has nothing else to do."""
    loaded(page, address)
    wait_until(lambda: page.evaluate("Boolean(window.Plotly)"), 30, "Plotly")
    return dict(page.evaluate(LOADED))


def test_a_browser_asks_for_no_file_twice_on_whatever_page(page, server):
    first = loaded_at_rest(page, f"{server}/")
    assert len(first) > 100
    assert all(first.values())
    again = loaded_at_rest(page, f"{server}/")
    assert again.keys() == first.keys()
    assert not any(again.values())
    lenet = loaded(page, f"{server}/lenet")
    assert len(lenet.keys() & first.keys()) > 20
    for tab in ("lenet", "notebook", ""):
        page.get_by_test_id(f"tab-{tab or 'playground'}").click()
        expect(page).to_have_url(re.compile(f"{server}/{tab}"))
        expect(page.locator("html")).to_have_attribute("data-ready", "")
        known = dict(page.evaluate(LOADED))
        assert {name for name, size in known.items() if size} <= known.keys() - first.keys() - lenet.keys()
        first |= known


def test_an_edited_file_is_seen_when_the_page_is_loaded_next(page, editable):
    url, static = editable
    before = loaded(page, url)
    with (static / "js" / "base" / "boot.js").open("a") as script:
        script.write('document.documentElement.dataset.edited = "yes";\n')
    with (static / "css" / "base.css").open("a") as sheet:
        sheet.write("@layer base { :root { --edited: yes; } }\n")
    assert loaded(page, url).keys().isdisjoint(before)
    expect(page.locator("html")).to_have_attribute("data-edited", "yes")
    style = "getComputedStyle(document.documentElement).getPropertyValue('--edited').trim()"
    assert page.evaluate(style) == "yes"
