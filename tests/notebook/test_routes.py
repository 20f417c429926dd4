"""The notebook over HTTP: by a page and by a program, within limits, and what an attacker sends."""

import io
import json
import random
import re
import sqlite3
import time
import zipfile
from datetime import UTC, datetime

import msgspec
import pytest
from flask import Flask, Request
from PIL import Image as Pillow
from sqlalchemy import func, select, update

from core.places import Places
from core.rates import Bucket, Buckets
from core.version import VERSION, versions
from core.visitors import Visitors
from db import address
from db.database import Database
from notebook import room, routes, states
from notebook.jobs import Jobs
from notebook.pictures import Pictures
from notebook.pins import Said
from notebook.press import Press
from notebook.reports import Reports
from notebook.store import Notebooks
from notebook.tables import CellRow, PinRow
from playground import point_set
from playground.data.store import PointSets
from support.lenet_runs import put_behind_the_edge
from support.notebooks import pin
from support.processes import ROOT, wait_until
from web import errors

API = "/api/notebook"
JSON = "application/json"
DAY = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def press():
    made = Press()
    yield made
    made.close()


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    made = Database(address.of_folder(tmp_path_factory.mktemp("notebooks")), wait_s=5)
    yield made
    made.close()


@pytest.fixture
def jobs(press):
    made = Jobs(press)
    yield made
    made.close()


@pytest.fixture
def app(database, press, jobs):
    made = Flask(__name__, root_path=str(ROOT))
    errors.init_app(made)
    notebooks = Notebooks(database)
    pictures = Pictures(notebooks, press)
    routes.init_app(made, notebooks, pictures, press, jobs, Reports(versions(), clock=lambda: DAY))
    put_behind_the_edge(made, Visitors("chalk"))
    yield made
    pictures.close()


COUNT = iter(range(10**6))


@pytest.fixture
def client(app):
    return new_client(app)


def new_client(app, teacher=False):
    """A browser of its own."""
    made = app.test_client()
    made.set_cookie("playlab_browser", f"student-{next(COUNT)}")
    if teacher:
        made.set_cookie("playlab_teacher", "chalk")
    return made


def new(client, template="empty", **more):
    answer = client.post(f"{API}/notebooks", json={"template": template, "language": "en", **more})
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def send(client, one, **body):
    return client.post(f"{API}/pins", json={"pin": msgspec.to_builtins(one), **body})


def changes(client, notebook, *sent, **more):
    return client.post(f"{API}/notebooks/{notebook}/changes", json={"changes": sent, **more})


def text(name, words, base=0, place="V"):
    return {"id": name, "base": base, "place": place, "cell": {"type": "text", "text": words}}


def png(width=20, height=10, color="red", form="PNG"):
    file = io.BytesIO()
    Pillow.new("RGB", (width, height), color).save(file, form)
    return file.getvalue()


def bring(client, notebook, content, kind="image/png"):
    return client.post(f"{API}/notebooks/{notebook}/pictures", data=content, content_type=kind)


def code(answer):
    return answer.status_code, answer.json["code"]


def in_chinese(one):
    """A pin whose facts are said in Chinese too."""
    for fact in one.facts:
        fact.said = {"zh": Said(label=f"{fact.key} 中文", text=f"{fact.text} 中文")}
    return one


# --- what a page does -------------------------------------------------------------------------------------------------


def test_what_makes_itself_is_in_the_language_of_who_asks(client):
    notebook = new(client)
    for number in (0, 1):
        send(client, in_chinese(pin(number)))
    table = {"id": "table-01", "base": 0, "place": "1", "cell": {"type": "derived", "of": "runs"}}
    asked = {language: changes(client, notebook, table, language=language).json for language in ("zh", "en")}
    by_default = changes(client, notebook, table).json
    where = f"{API}/notebooks/{notebook}"
    read = {language: client.get(f"{where}?language={language}").json for language in ("zh", "en")}

    def shown(answer):
        return next(one["html"] for one in answer["cells"] if one["id"] == "table-01")

    for answers in (asked, read):
        assert ">testLoss 中文<" in shown(answers["zh"])
        assert ">1.5 中文<" in shown(answers["zh"])
        assert ">Test loss<" in shown(answers["en"])
        assert "中文" not in shown(answers["en"])
    assert shown(by_default) == shown(client.get(where).json) == shown(read["en"])  # the notebook's
    assert code(client.get(f"{where}?language=fr")) == (422, "notebook-invalid")
    assert code(changes(client, notebook, table, language="fr")) == (422, "notebook-invalid")


def test_a_page_is_told_what_there_is_and_how_much_may_be(client):
    said = client.get(API).json
    assert (said["notebooks"], said["recovery"], said["teacher"]) == ([], {"made": False}, False)
    assert {(one["name"], one["language"]) for one in said["templates"]} >= {("exercise", "zh"), ("empty", "en")}
    assert said["limits"] == {
        "notebooks": 20, "cells": 400, "pins": 200, "text": 20_000, "all_text": 1_000_000, "picture_bytes": 10 * 2**20,
        "archive_bytes": 60 * 2**20, "bytes": 100 * 2**20,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_template_makes_a_notebook_that_is_shown(client, language):
    for template in client.get(API).json["templates"]:
        if template["language"] == language:
            made = client.post(f"{API}/notebooks", json={"template": template["name"], "language": language}).json
            assert (made["title"], made["current"]) == (template["title"], True)
            shown = client.get(f"{API}/notebooks/{made['id']}").json
            assert (shown["all"], len(shown["cells"])) == (True, made["cells"])


def test_what_is_typed_is_answered_as_it_is_shown(client):
    notebook = new(client)
    answer = changes(client, notebook, text("cell-0001", "**bold** <b>no</b> $x^2$"))
    (state,) = answer.json["cells"]
    assert "<strong>bold</strong>" in state["html"]
    assert "&lt;b&gt;" in state["html"]
    assert "<math" in state["html"]
    assert (state["version"], state["figure"], state["fits"]) == (1, None, [])
    since = client.get(f"{API}/notebooks/{notebook}?since={answer.json['revision'] - 1}").json
    assert (since["all"], since["cells"]) == (False, [state])
    assert client.get(f"{API}/notebooks/{notebook}?since={since['revision']}").json["cells"] == []


def test_numbers_and_tables_that_change_with_a_cell_are_answered_with_it(client):
    notebook = new(client)
    changes(client, notebook, {"id": "cell-runs", "base": 0, "place": "z", "cell": {"type": "derived", "of": "runs"}})
    first = send(client, pin(1), notebook=notebook)
    assert (first.status_code, first.json["pins"], first.json["slot"]) == (201, 1, False)
    second = send(client, pin(2, dataset="spiral"), notebook=notebook).json["cell"]
    removed = changes(client, notebook, {"id": first.json["cell"], "base": 1, "place": "zV", "cell": None}).json
    by_id = {state["id"]: state for state in removed["cells"]}
    assert removed["gone"] == [first.json["cell"]]
    assert by_id[second]["figure"] == 1
    assert by_id["cell-runs"]["html"].count("<tr>") == 2
    undone = {"id": first.json["cell"], "base": 2, "place": "B", "cell": {"type": "pin", "pin": "pin-000001"}}
    by_id = {state["id"]: state for state in changes(client, notebook, undone).json["cells"]}
    assert [by_id[name]["figure"] for name in (first.json["cell"], second)] == [1, 2]


def test_a_slot_says_which_pins_fit_and_gets_the_next_one(client):
    notebook = new(client)
    send(client, pin(1), notebook=notebook)
    slot = {"type": "slot", "view": "playground.map", "where": {"dataset": "circle"}}
    answer = changes(client, notebook, {"id": "cell-slot", "base": 0, "place": "B", "cell": slot})
    assert {state["id"]: state["fits"] for state in answer.json["cells"]}["cell-slot"] == ["pin-000001"]
    put = send(client, pin(2), note="Round").json
    assert (put["slot"], put["cell"]) == (True, "cell-slot")
    shown = client.get(f"{API}/notebooks/{notebook}").json
    assert shown["cells"][0]["cell"] == {
        "type": "pin", "pin": "pin-000002", "caption": "", "note": "Round",
        "slot": {"type": "slot", "hint": "", **{name: slot[name] for name in ("view", "where")}},
    }  # fmt: skip
    told = shown["pins"]["pin-000002"]
    assert (told["form"], told["width"], told["table"], "figure" in told) == ("chart", 0, None, False)


def test_two_tabs_that_write_in_one_cell_are_told(client):
    notebook = new(client)
    changes(client, notebook, text("cell-0001", "first"))
    changes(client, notebook, text("cell-0001", "tab one", 1), by="tab-00001")
    told = changes(client, notebook, text("cell-0001", "tab two", 1), by="tab-00002").json
    (conflict,) = told["conflicts"]
    assert [(state["id"], state["cell"]["text"]) for state in told["cells"]] == [
        ("cell-0001", "tab one"), (conflict["copy"], "tab two"),
    ]  # fmt: skip


def test_a_note_is_written_while_pinning(client):
    send(client, pin())
    assert client.patch(f"{API}/pins/pin-000000", json={"note": "Round"}).json["pins"] == 1
    (notebook,) = client.get(API).json["notebooks"]
    changes(client, notebook["id"], {
        "id": "pin-000000", "base": 2, "place": "V", "cell": {"type": "pin", "pin": "pin-000000", "note": "Mine"},
    })  # fmt: skip
    assert code(client.patch(f"{API}/pins/pin-000000", json={"note": "Round!"})) == (409, "note-changed")


def test_a_notebook_is_renamed_deleted_and_restored(client):
    notebook = new(client)
    edited = client.patch(f"{API}/notebooks/{notebook}", json={"title": "Mine", "fills": False, "current": False})
    assert (edited.json["title"], edited.json["fills"], edited.json["current"]) == ("Mine", False, False)
    assert client.delete(f"{API}/notebooks/{notebook}").json["deleted"] is True
    assert code(changes(client, notebook, text("cell-0001", "late"))) == (409, "notebook-deleted")
    assert client.post(f"{API}/notebooks/{notebook}/restore").json["deleted"] is False


def test_a_teacher_offers_a_notebook_and_nobody_else_does(app, client):
    teacher = new_client(app, teacher=True)
    notebook = new(teacher, title="Homework")
    changes(teacher, notebook, text("cell-0001", "Why?"))
    send(teacher, pin(), notebook=notebook)
    assert code(client.patch(f"{API}/notebooks/{new(client)}", json={"offered": True})) == (403, "not-teacher")
    assert teacher.patch(f"{API}/notebooks/{notebook}", json={"offered": True}).json["offered"] is True
    offered = [one for one in client.get(API).json["templates"] if one["by"] == "teacher"]
    assert [(one["name"], one["title"]) for one in offered] == [(notebook, "Homework")]
    own = new(client, notebook)
    kinds = [state["cell"]["type"] for state in client.get(f"{API}/notebooks/{own}").json["cells"]]
    assert kinds == ["text", "slot"]
    assert code(client.get(f"{API}/notebooks/{notebook}")) == (404, "no-notebook")
    teacher.patch(f"{API}/notebooks/{notebook}", json={"offered": False})
    assert code(client.post(f"{API}/notebooks", json={"template": notebook, "language": "en"})) == (404, "no-template")


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_a_pin_is_drawn_once_and_its_size_is_told(client, press, monkeypatch):
    notebook = send(client, pin()).json["notebook"]["id"]
    where = f"{API}/pins/pin-000000/picture.png"
    answer = client.get(where)
    picture = Pillow.open(io.BytesIO(answer.data))
    assert (answer.mimetype, picture.format) == ("image/png", "PNG")
    assert picture.width >= 1600
    assert answer.headers["Cache-Control"] == "private, immutable, max-age=31536000"
    small = Pillow.open(io.BytesIO(client.get(f"{where}?width=480").data))
    assert small.width == 480
    told = client.get(f"{API}/notebooks/{notebook}").json["pins"]["pin-000000"]
    assert (told["width"], told["height"]) == picture.size
    monkeypatch.setattr(press, "draw", None)
    assert client.get(where).data == answer.data
    assert client.get(where, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_what_is_pinned_or_brought_back_is_drawn_before_anybody_looks(client):
    notebook = send(client, pin()).json["notebook"]["id"]

    def drawn(of):
        return [one["width"] for one in client.get(f"{API}/notebooks/{of}").json["pins"].values()]

    wait_until(lambda: drawn(notebook) == [1620], 30, "the pin is drawn")
    taken = exported(client, notebook, "zip").data
    again = client.post(f"{API}/import", data=taken, content_type="application/zip")
    wait_until(lambda: drawn(again.json["id"]) == [1620], 30, "so is the one that was brought back")


def test_a_picture_is_kept_as_it_is_written_anew(client):
    notebook = new(client)
    secret = b"where I live"
    brought = bring(client, notebook, png(form="GIF") + secret)
    assert (brought.status_code, brought.json["width"], brought.json["height"]) == (201, 20, 10)
    taken = client.get(f"{API}/pictures/{brought.json['picture']}")
    assert taken.mimetype == "image/png"
    assert secret not in taken.data
    cell = {"type": "picture", "picture": brought.json["picture"]}
    (state,) = changes(client, notebook, {"id": "cell-0001", "base": 0, "place": "V", "cell": cell}).json["cells"]
    assert state["figure"] == 1


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", "picture-kind"), (b"GIF89a", "picture-kind"), (b"<svg onload='alert(1)'/>", "picture-kind"),
        (b"<html><script>alert(1)</script>", "picture-kind"), (png()[:45], "picture-broken"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xff\xff\0\xff\xff\xff\x08\2\0\0\0", "picture-kind"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_not_kept(client, content, refused):
    status, said = code(bring(client, new(client), content))
    assert status in (413, 422, 502)
    assert said in (refused, "picture-too-large", "picture-broken")


def test_a_picture_that_is_too_large_is_told_with_what_may_be(client):
    file = io.BytesIO()
    Pillow.new("1", (8200, 5000)).save(file, "PNG")  # 41 megapixels
    answer = bring(client, new(client), file.getvalue())
    assert code(answer) == (413, "picture-too-large")
    assert answer.json["values"] == {"megabytes": 10, "megapixels": 40}


def test_the_body_of_a_picture_without_a_place_is_not_read(client, app, monkeypatch):
    notebook = new(client)
    monkeypatch.setattr(app.extensions["notebook"].press, "_places", Places(0, 0))
    monkeypatch.setattr(Request, "get_data", lambda *_, **__: pytest.fail("it is read"))
    assert code(bring(client, notebook, png())) == (503, "press-busy")


def test_a_picture_has_so_many_bytes(client):
    assert bring(client, new(client), bytes(10 * 2**20 + 1)).status_code == 413
    assert bring(client, new(client), b"x", "text/html").status_code == 415


# --- taken home, and brought back -------------------------------------------------------------------------------------


def exported(client, notebook, form, language="en", **more):
    """The answer with the file."""
    asked = {"format": form, "language": language, **more}
    answer = client.post(f"{API}/notebooks/{notebook}/export", json=asked)
    assert answer.status_code == 202, answer.text
    where = f"{API}/exports/{answer.json['job']}"
    wait_until(lambda: client.get(where).json["ready"] or client.get(where).json["error"], 60, "the file")
    state = client.get(where).json
    assert (state["error"], state["done"]) == (None, state["of"])
    return client.get(f"{where}/file")


@pytest.fixture
def filled(client):
    """A notebook with a text, a pin and a picture."""
    notebook = new(client, title="Ring/../實驗")
    changes(client, notebook, text("cell-text", "What I **saw**", place="B"))
    picture = bring(client, notebook, png()).json["picture"]
    cell = {"type": "picture", "picture": picture}
    changes(client, notebook, {"id": "cell-pict", "base": 0, "place": "C", "cell": cell})
    send(client, pin(), note="A note", notebook=notebook)
    return notebook


@pytest.mark.parametrize("form", ["docx", "html", "zip", "ipynb"])
def test_a_notebook_is_taken_home_as_a_file_with_its_name(client, filled, form):
    answer = exported(client, filled, form, "zh", name="李雷", number="2026001")
    assert answer.mimetype == routes.FILES[form].partition(";")[0]
    assert f"filename*=UTF-8''Ring%20%E5%AF%A6%E9%A9%97.{form}" in answer.headers["Content-Disposition"]
    assert len(answer.data) > 5000
    if form == "html":
        assert "李雷" in answer.text
        assert "2026-11-27" in answer.text
        assert f"Playlab {VERSION}" in answer.text


def test_a_notebook_that_is_brought_back_is_the_same_on_another_machine(app, client, filled):
    taken = exported(client, filled, "zip").data
    other = new_client(app)
    answer = other.post(f"{API}/import", data=taken, content_type="application/zip")
    assert answer.status_code == 201, answer.text
    assert (answer.json["title"], answer.json["pins"], answer.json["current"]) == ("Ring/../實驗", 1, True)
    cells = [state["cell"] for state in other.get(f"{API}/notebooks/{answer.json['id']}").json["cells"]]
    assert [cell["type"] for cell in cells] == ["text", "picture", "pin"]
    assert cells[2]["note"] == "A note"
    assert other.get(f"{API}/pictures/{cells[1]['picture']}").status_code == 200
    again = exported(other, answer.json["id"], "zip").data
    with zipfile.ZipFile(io.BytesIO(taken)) as one, zipfile.ZipFile(io.BytesIO(again)) as same:
        assert one.read("report.md") == same.read("report.md")
        pictures = [name for name in one.namelist() if name.startswith(("figures/", "pictures/"))]
        assert len(pictures) == 2
        assert all(one.read(name) == same.read(name) for name in pictures)


@pytest.fixture
def servers(press, tmp_path):
    """Makes servers with databases of their own: (client, its point sets)."""
    made = []

    def new_server():
        app, database = Flask(__name__, root_path=str(ROOT)), Database(address.of_folder(tmp_path / str(len(made))))
        errors.init_app(app)
        sets, notebooks, jobs = PointSets(database, point_set.unpacked), Notebooks(database), Jobs(press)
        pictures = Pictures(notebooks, press)
        made.append((database, pictures, jobs))
        routes.init_app(app, notebooks, pictures, press, jobs, Reports(own_data=sets))
        put_behind_the_edge(app, Visitors("chalk"))
        return new_client(app), sets

    yield new_server
    for one in made:
        for part in reversed(one):
            part.close()


OWN = point_set.packed([[at / 40 for at in range(200)], [1.0, -2.0] * 100, [0, 1] * 100], 2)


def with_own_data(client):
    """A notebook with a pin of own data."""
    place = f"/#dataset=own&ownData={OWN.address}&epoch=2"
    notebook = new(client)
    send(client, msgspec.structs.replace(pin(), place=place), notebook=notebook)
    return notebook


def bring_back(client, taken):
    return client.post(f"{API}/import", data=taken, content_type="application/zip")


def is_lost(client, notebook):
    (one,) = client.get(f"{API}/notebooks/{notebook}").json["pins"].values()
    return one["lost"]


LOST = "own data of this run are not on the server"


def test_a_notebooks_own_file_takes_its_own_data_to_another_server(servers):
    (client, sets), (other, others) = servers(), servers()
    sets.put(OWN.packed, "somebody")
    notebook = with_own_data(client)
    assert not is_lost(client, notebook)
    taken = exported(client, notebook, "zip").data
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        assert archive.read(f"points/{OWN.address}.bin") == OWN.packed
        assert LOST not in archive.read("report.md").decode()
    back = bring_back(other, taken)
    assert back.status_code == 201, back.text
    assert others.get(OWN.address) == OWN.packed
    assert not is_lost(other, back.json["id"])


def test_where_own_data_are_gone_page_and_report_say_so_and_the_rest_comes_back(servers):
    client, _ = servers()
    notebook = with_own_data(client)
    assert is_lost(client, notebook)
    taken = exported(client, notebook, "zip").data
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        assert LOST in archive.read("report.md").decode()
    assert LOST in exported(client, notebook, "html").text
    with zipfile.ZipFile(io.BytesIO(exported(client, notebook, "docx").data)) as archive:
        assert LOST in archive.read("word/document.xml").decode()
    back = bring_back(client, taken)
    assert back.status_code == 201
    assert is_lost(client, back.json["id"])


def packed_again(taken, **changes):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(taken)) as archive, zipfile.ZipFile(file, "w") as other:
        for name in archive.namelist():
            other.writestr(name, changes.get(name, archive.read(name)))
    return file.getvalue()


@pytest.mark.parametrize("points", [b"", b"no points", point_set.measured("iris").packed])
def test_points_that_are_not_those_of_their_address_bring_nothing_back(servers, points):
    (client, sets), (other, others) = servers(), servers()
    sets.put(OWN.packed, "somebody")
    taken = exported(client, with_own_data(client), "zip").data
    refused = bring_back(other, packed_again(taken, **{f"points/{OWN.address}.bin": points}))
    assert code(refused) == (422, "archive-points")
    assert other.get(API).json["notebooks"] == []
    assert others.there([OWN.address, point_set.address_of(points)]) == set()


def test_own_data_of_an_archive_take_the_room_of_who_brings_it(servers, monkeypatch):
    (client, sets), (other, _) = servers(), servers()
    sets.put(OWN.packed, "somebody")
    taken = exported(client, with_own_data(client), "zip").data
    monkeypatch.setattr("playground.data.store.MOST_OF_ONE", 0)
    assert code(bring_back(other, taken)) == (429, "too-much-data")
    assert bring_back(client, taken).status_code == 201  # they are there


def test_pictures_that_are_kept_come_back_however_large_they_became(app, client):
    """A WebP of 9 MB becomes a PNG of more."""
    notebook, file = new(client), io.BytesIO()
    noise = Pillow.frombytes("RGBA", (2400, 1600), random.Random(1).randbytes(4 * 2400 * 1600))
    noise.save(file, "WEBP", quality=90)
    brought = bring(client, notebook, file.getvalue(), "image/webp").json
    assert len(client.get(f"{API}/pictures/{brought['picture']}").data) > 10 * 2**20
    cell = {"type": "picture", "picture": brought["picture"]}
    changes(client, notebook, {"id": "cell-pict", "base": 0, "place": "C", "cell": cell})
    client.patch(f"{API}/notebooks/{notebook}", json={"title": ""})
    taken = exported(client, notebook, "zip").data
    back = new_client(app).post(f"{API}/import", data=taken, content_type="application/zip")
    assert (back.status_code, back.json["title"]) == (201, "")


def test_what_a_newer_version_wrote_is_shown_as_such_and_kept_as_it_is(app, client, database):
    """A cell of a kind, and a pin with a field, that this version does not know."""
    notebook = send(client, pin()).json["notebook"]["id"]
    changes(client, notebook, text("cell-0001", "mine"), text("cell-0002", "to be of a newer version", place="W"))
    newer = '{"type":"future","x":1.0,"text":"words"}'
    with database.write() as session:
        session.execute(
            update(CellRow).where(CellRow.notebook == notebook, CellRow.id == "cell-0002").values(content=newer)
        )
        about = func.replace(PinRow.about, '"view"', '"future":1,"view"')
        session.execute(update(PinRow).where(PinRow.notebook == notebook).values(about=about))

    def stored():
        with database.read() as session:
            columns = select(CellRow.id, CellRow.content, CellRow.pin).where(CellRow.notebook == notebook)
            return {row.id: (row.content, row.pin) for row in session.execute(columns)}

    before = stored()
    answer = changes(client, notebook, text("cell-0001", "mine too", base=1))
    assert (answer.status_code, answer.json["conflicts"]) == (200, [])
    seen = client.get(f"{API}/notebooks/{notebook}").json
    assert [state["cell"]["type"] for state in seen["cells"]].count("unknown") == 2
    assert seen["pins"] == {}
    assert seen["cells"][-1]["cell"] == {"type": "unknown", "content": newer}
    assert "newer version" in seen["cells"][-1]["html"]
    assert code(client.get(f"{API}/pins/pin-000000/picture.png")) == (404, "no-picture")
    moved = [
        {"id": state["id"], "base": state["version"], "place": f"{state['place']}5", "cell": state["cell"]}
        for state in seen["cells"] if state["cell"]["type"] == "unknown"
    ]  # fmt: skip
    assert changes(client, notebook, *moved).status_code == 200
    assert stored() == before | {"cell-0001": stored()["cell-0001"]}
    for form in ("html", "docx", "ipynb"):
        assert exported(client, notebook, form).status_code == 200
    taken = exported(client, notebook, "zip").data
    back = new_client(app).post(f"{API}/import", data=taken, content_type="application/zip")
    assert (back.status_code, back.json["cells"]) == (201, 3)
    with database.read() as session:
        assert newer in session.scalars(select(CellRow.content).where(CellRow.notebook == back.json["id"])).all()


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"a":"\0"}', '{"a":'])
def test_what_is_no_cell_of_any_version_is_refused(client, content):
    cell = {"type": "unknown", "content": content}
    sent = changes(client, new(client), {"id": "cell-0001", "base": 0, "place": "V", "cell": cell})
    assert code(sent) == (422, "notebook-invalid")


@pytest.mark.parametrize(("depth", "status"), [(90, 200), (110, 422), (900, 422), (400_000, 422)])
def test_a_cell_of_another_version_is_kept_and_read_again_or_refused_however_deep_it_is(client, depth, status):
    notebook = new(client)
    cell = {"type": "unknown", "content": '{"more":' + "[" * depth + "]" * depth + ',"type":"newer"}'}
    answer = changes(client, notebook, {"id": "cell-0001", "base": 0, "place": "V", "cell": cell})
    assert answer.status_code == status
    if status == 422:
        assert (answer.json["code"], answer.json["field"]) == ("notebook-invalid", "changes[0].cell")
        assert answer.json["error"].endswith("(want as `content` the text of a JSON object, at most 100 deep)")
    seen = client.get(f"{API}/notebooks/{notebook}").json["cells"]
    assert [state["cell"] for state in seen] == ([cell] if status == 200 else [])


def test_a_field_that_nobody_knows_is_refused_however_deep_it_is(client):
    deep = b'{"colour":' + b"[" * 5000 + b"]" * 5000 + b"}"
    answer = client.patch(f"{API}/notebooks/{new(client)}", data=deep, content_type=JSON)
    assert (code(answer), answer.json["field"]) == ((422, "notebook-invalid"), "colour")
    assert answer.json["error"].endswith("(want one of the fields title, current, fills, offered)")


def test_a_value_that_does_not_fit_is_named_as_it_was_sent(client):
    said = send(client, msgspec.structs.replace(pin(), place="//evil")).json
    assert (said["field"], said["values"]) == ("pin.place", {"value": "//evil"})
    assert said["error"].startswith(
        'invalid pin.place: "//evil" (want a text of at most 70000 characters that matches ^/([^/'
    )
    missing = client.post(f"{API}/notebooks", json={"template": "empty"}).json
    assert (missing["field"], missing["values"]) == ("language", {"value": ""})
    assert client.get(f"{API}/notebooks/{new(client)}?since=x").json["values"] == {"value": "x"}


def test_what_may_be_empty_is_taken_empty(client):
    assert changes(client, new(client), by="").status_code == 200
    assert send(client, msgspec.structs.replace(pin(), place="/")).status_code == 201


def test_a_pin_of_lists_without_end_is_refused_at_once(client):
    """msgspec makes a list, then looks how long it may be."""
    figure = {"form": "matrix", "rows": ["a"], "columns": ["b"], "counts": []}
    sent = json.dumps({"pin": msgspec.to_builtins(pin()) | {"figure": figure}})
    lists = ",".join(["[]"] * (routes.MOST_PIN // 3 - 1000))
    started = time.process_time()
    answer = client.post(f"{API}/pins", data=sent.replace('"counts": []', f'"counts": [{lists}]'), content_type=JSON)
    assert code(answer) == (422, "notebook-invalid")
    assert time.process_time() - started < 0.3


def test_texts_beyond_the_time_of_a_request_come_as_they_were_typed(client, monkeypatch):
    notebook = new(client)
    monkeypatch.setattr(states, "MOST_S", 0.0)
    made = changes(client, notebook, text("first-one", "*a*\n<b>")).json["cells"]
    assert [cell["html"] for cell in made] == ["<p>*a*<br>&lt;b&gt;</p>"]
    monkeypatch.setattr(states, "MOST_S", 1e-9)
    both = [text("second-one", "*c*", place="W"), text("third-one", "*d*", place="X")]
    made = changes(client, notebook, *both).json["cells"]
    assert [cell["html"].strip() for cell in made] == ["<p><em>c</em></p>", "<p>*d*</p>"]
    monkeypatch.setattr(states, "MOST_S", 1.0)
    seen = client.get(f"{API}/notebooks/{notebook}").json["cells"]
    assert "<em>a</em>" in seen[0]["html"]
    assert "<em>d</em>" in seen[2]["html"]


@pytest.mark.parametrize("content", [b"", b"PK", b"a letter" * 1000])
def test_what_is_no_archive_makes_no_notebook(client, content):
    answer = client.post(f"{API}/import", data=content, content_type="application/zip")
    assert code(answer) == (422, "archive-damaged")
    assert client.get(API).json["notebooks"] == []
    assert client.post(f"{API}/import", data=content, content_type="text/plain").status_code == 415


def test_an_export_is_nobody_elses(app, client, filled):
    job = client.post(f"{API}/notebooks/{filled}/export", json={"format": "html", "language": "en"}).json["job"]
    for path in ("", "/file"):
        assert code(new_client(app).get(f"{API}/exports/{job}{path}")) == (404, "no-export")
    asked = {"format": "html", "language": "en"}
    assert code(new_client(app).post(f"{API}/notebooks/{filled}/export", json=asked)) == (404, "no-notebook")
    asked["format"] = "exe"
    answer = client.post(f"{API}/notebooks/{filled}/export", json=asked)
    assert code(answer) == (422, "notebook-invalid")
    assert (answer.json["field"] in asked, answer.json["values"]) == (True, {"value": "exe"})


def test_the_page_that_is_printed_knows_what_to_ask_for_and_computes_nothing_of_it(app, client, filled):
    answer = client.get(f"/notebook/{filled}/print")
    assert answer.status_code == 200
    assert f'<body data-notebook="{filled}" data-language="en">' in answer.text
    assert "<title>Ring/../實驗</title>" in answer.text
    assert "<img" not in answer.text
    assert new_client(app).get(f"/notebook/{filled}/print").status_code == 404


# --- another machine --------------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_the_notebooks_on_another_machine(app, client):
    notebook = new(client, title="Mine")
    given = client.post(f"{API}/recovery").json["code"]
    assert client.get(API).json["recovery"] == {"made": True}
    other = new_client(app)
    assert other.post(f"{API}/recovery/open", json={"code": f" {given.lower()} "}).json == {"notebooks": 1}
    assert other.get(f"{API}/notebooks/{notebook}").status_code == 200
    assert code(other.post(f"{API}/recovery/open", json={"code": "AAAA-BBBB"})) == (404, "no-recovery")
    client.post(f"{API}/recovery")
    assert code(new_client(app).post(f"{API}/recovery/open", json={"code": given})) == (404, "no-recovery")


def test_codes_are_not_to_be_guessed_in_numbers(app, client):
    object.__setattr__(app.extensions["notebook"], "guessed", Bucket(0.001, 2))
    said = [code(new_client(app).post(f"{API}/recovery/open", json={"code": "A"})) for _ in range(3)]
    assert said == [(404, "no-recovery")] * 2 + [(429, "too-fast")]


# --- who asks, how often, how much ------------------------------------------------------------------------------------


def test_a_program_without_a_cookie_is_answered_with_one_and_has_a_notebook_of_its_own(app):
    program = app.test_client()
    notebook = send(program, pin()).json["notebook"]["id"]
    assert program.get(f"{API}/notebooks/{notebook}").status_code == 200  # with the cookie that it was given
    assert code(app.test_client(use_cookies=False).get(f"{API}/notebooks/{notebook}")) == (404, "no-notebook")


def test_nothing_of_anothers_is_there(app, client):
    notebook = new(client)
    send(client, pin())
    picture = bring(client, notebook, png()).json["picture"]
    other = new_client(app, teacher=True)  # not even the teacher's
    new(other)
    where = f"{API}/notebooks/{notebook}"
    for ask in (
        lambda: other.get(where), lambda: changes(other, notebook, text("cell-0001", "x")), lambda: other.delete(where),
        lambda: other.patch(where, json={}), lambda: other.post(f"{where}/restore"),
        lambda: bring(other, notebook, png()), lambda: send(other, pin(7), notebook=notebook),
    ):  # fmt: skip
        assert code(ask()) == (404, "no-notebook")
    assert code(other.get(f"{API}/pins/pin-000000/picture.png")) == (404, "no-pin")
    assert code(other.patch(f"{API}/pins/pin-000000", json={"note": ""})) == (404, "no-pin")
    assert code(other.get(f"{API}/pictures/{picture}")) == (404, "no-picture")


@pytest.mark.parametrize("name", ["%00", "a" * 3000, "' OR 1=1 --", "..%2f..", "nothing-there"])
def test_what_is_no_id_is_not_there(client, name):
    for path in ("notebooks/{}", "pins/{}/picture.png", "pictures/{}"):
        answer = client.get(f"{API}/{path.format(name)}")
        assert answer.status_code == 404
        assert answer.json["code"].startswith("no-")  # of no route: no-address


def test_who_asks_too_often_is_told_when_to_ask_again(app, client):
    served = app.extensions["notebook"]
    for name in ("read", "changed", "given", "looked"):
        object.__setattr__(served, name, Buckets(lambda _: Bucket(0.001, 1)))
    for ask in (
        lambda: client.get(API), lambda: client.delete(f"{API}/notebooks/nothing-there"), lambda: send(client, pin()),
        lambda: client.get(f"{API}/pictures/{'0' * 64}"),
    ):  # fmt: skip
        ask()
        refused = ask()
        assert (code(refused), refused.headers["Retry-After"]) == ((429, "too-fast"), "2")


def test_who_has_what_takes_long_to_show_made_again_and_again_waits(app, client):
    object.__setattr__(app.extensions["notebook"], "seconds", Buckets(lambda _: Bucket(0.0001, 0.001)))
    notebook = new(client)
    answers = [changes(client, notebook, text(f"cell-{number:04}", "*a" * 3000 + str(number))) for number in range(9)]
    assert code(answers[-1]) == (429, "too-fast")
    assert client.get(API).status_code == 200


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\0\u202e\ud7ff [x](javascript:alert(1))"


def test_markup_in_every_field_is_text(client):
    notebook = new(client, title=MARKUP)
    figure = {"form": "table", "columns": [MARKUP], "rows": [[MARKUP]]}
    one = msgspec.to_builtins(pin()) | {"title": MARKUP, "caption": MARKUP, "figure": figure}
    one["facts"][0] |= {"label": MARKUP, "text": MARKUP, "value": MARKUP}
    assert client.post(f"{API}/pins", json={"pin": one, "note": MARKUP}).status_code == 201
    cells = [
        {"type": "heading", "text": MARKUP}, {"type": "text", "text": MARKUP, "hint": MARKUP},
        {"type": "slot", "view": MARKUP[:40], "hint": MARKUP, "where": {"a": MARKUP}},
        {"type": "derived", "of": "runs", "caption": MARKUP}, {"type": "derived", "of": "files", "caption": MARKUP},
    ]  # fmt: skip
    sent = [{"id": f"cell-{at:04}", "base": 0, "place": "V", "cell": cell} for at, cell in enumerate(cells)]
    answer = changes(client, notebook, *sent)
    assert answer.status_code == 200, answer.text
    for state in client.get(f"{API}/notebooks/{notebook}").json["cells"]:
        assert not re.search(r"<(script|img)|<a [^>]*javascript:", state["html"])


@pytest.mark.parametrize(
    "body",
    [
        [], {}, {"changes": {}}, {"changes": [{}]}, {"changes": [text("x", "short id")]},
        {"changes": [text("cell-0001", "x", -1)]}, {"changes": [text("cell-0001", "x", place="")]},
        {"changes": [text("cell-0001", "x", place="ä")]}, {"changes": [text("cell-0001", "x" * 20_001)]},
        {"changes": [text("cell-0001", "x") | {"more": 1}]}, {"changes": [], "by": "?"},
        {"changes": [text(f"cell-{at:04}", "") for at in range(501)]},
        {"changes": [{"id": "cell-0001", "base": 0, "place": "V", "cell": {"type": "script"}}]},
    ],
)  # fmt: skip
def test_what_is_no_change_is_refused(client, body):
    answer = client.post(f"{API}/notebooks/{new(client)}/changes", json=body)
    assert code(answer) == (422, "notebook-invalid")
    assert len(answer.text) < 1000


@pytest.mark.parametrize(
    ("method", "route"),
    [("post", "notebooks"), ("patch", "notebooks/x"), ("post", "notebooks/x/changes"), ("post", "notebooks/x/export"),
     ("post", "pins"), ("patch", "pins/x"), ("post", "recovery/open")],
)  # fmt: skip
@pytest.mark.parametrize(
    "rest",
    [b'"x":1e400}', b'"x":"\\ud800"}', b'"x":' + b"[" * 5000, b'"x":"\xff"}', b"", b'"x":1} trailing',
     b'"x":' + b"9" * 5000],
    ids=["huge", "half a pair", "deep", "no UTF-8", "cut", "more", "many digits"],
)  # fmt: skip
def test_what_is_no_json_behind_a_value_that_does_not_fit_is_the_senders_fault_too(client, method, route, rest):
    """The value is looked for in what was sent once more, to be named."""
    wrong = b'"template":1,"title":1,"changes":1,"format":1,"pin":1,"note":1,"code":1,'
    answer = getattr(client, method)(f"{API}/{route}", data=b"{" + wrong + rest, content_type="application/json")
    assert answer.status_code in (400, 404, 422), answer.text


def test_what_is_no_json_is_refused(client):
    where = f"{API}/notebooks/{new(client)}/changes"
    for sent in (b"", b"[" * 100_000, b'{"changes":', b'{"changes": "\\ud800"}', b"\xff\xfe"):
        answer = client.post(where, data=sent, content_type="application/json")
        assert answer.status_code in (400, 422), answer.text
    assert client.post(where, data=b"{}", content_type="text/plain").status_code == 415
    assert client.post(where, data=bytes(2**20 + 1), content_type="application/json").status_code == 413
    assert client.post(f"{API}/pins", data=bytes(4 * 2**20 + 1), content_type="application/json").status_code == 413


def test_ten_thousand_cells_are_too_many(client):
    notebook = new(client)
    for start in range(0, 400, 100):
        sent = [text(f"cell-{start + at:05}", "x") for at in range(100)]
        assert changes(client, notebook, *sent).status_code == 200
    refused = changes(client, notebook, text("cell-99999", "x"))
    assert (code(refused), refused.json["values"]) == ((409, "too-many-cells"), {"most": 400})
    assert len(client.get(f"{API}/notebooks/{notebook}").json["cells"]) == 400


def test_there_is_an_end_to_what_a_browser_keeps(app, monkeypatch):
    monkeypatch.setattr(room, "MOST_BYTES", 10_000)
    client = new_client(app)
    answers = [send(client, pin(number)) for number in range(30)]
    assert code(answers[-1]) == (409, "too-many-bytes")
    assert client.get(API).status_code == 200


@pytest.mark.parametrize(
    "figure",
    [
        {"form": "plane", "side": 200, "cells": "", "x": {}, "y": {}},
        {"form": "matrix", "rows": ["a"], "columns": ["b"], "counts": []},
        {"form": "chart", "x": {}, "y": {}, "series": [{"name": "a", "x": [1], "y": []}]},
        {"form": "tiles", "palette": "ink", "groups": [{"tiles": [{"width": 9, "height": 9, "pixels": "AAAA"}]}]},
        {"form": "table", "columns": ["a"], "rows": [["b", "c"]]}, {"form": "script"}, {}, None, "plane",
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused(client, figure):
    one = msgspec.to_builtins(pin()) | {"figure": figure}
    assert code(client.post(f"{API}/pins", json={"pin": one})) == (422, "notebook-invalid")


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil", "lenet", ""]
)
def test_a_pin_leads_to_this_server_alone(client, place):
    one = msgspec.to_builtins(pin()) | {"place": place}
    assert code(client.post(f"{API}/pins", json={"pin": one})) == (422, "notebook-invalid")


def test_a_database_that_is_locked_full_or_gone_is_told_and_heals(press, tmp_path):
    database = Database(address.of_folder(tmp_path), wait_s=0.2)
    app = Flask(__name__)
    errors.init_app(app)
    notebooks = Notebooks(database)
    routes.init_app(app, notebooks, Pictures(notebooks, press), press, Jobs(press), Reports())
    put_behind_the_edge(app, Visitors("chalk"))
    client = new_client(app)
    notebook = new(client)
    with sqlite3.connect(tmp_path / "playlab.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = changes(client, notebook, text("cell-0001", "words"))
        assert (code(refused), refused.headers["Retry-After"]) == ((503, "database-locked"), "2")
        assert client.get(f"{API}/notebooks/{notebook}").json["cells"] == []
        other.execute("ROLLBACK")
    assert changes(client, notebook, text("cell-0001", "words")).status_code == 200
    database.close()
    (tmp_path / "playlab.db").rename(tmp_path / "away.db")
    assert code(client.get(API)) == (503, "database-gone")
    (tmp_path / "away.db").rename(tmp_path / "playlab.db")
    assert json.loads(client.get(f"{API}/notebooks/{notebook}").text)["cells"][0]["cell"]["text"] == "words"
    database.close()
