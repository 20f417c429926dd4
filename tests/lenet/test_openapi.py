"""The OpenAPI description and the application say the same: all of it, asked what it allows and what not."""

from __future__ import annotations

import base64
import copy
import io
import json
import multiprocessing
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, assume, given, seed, settings, strategies
from PIL import Image
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

import app as application
from core import openapi
from core.rates import of_accounts
from core.visitors import BROWSER_COOKIE
from lenet.queue.this_machine import LocalBackend
from lenet.runs import registry
from lenet.training.folder import RunFolder
from notebook import jobs
from support.lenet_folders import store_run
from support.long import examples, parametrize
from support.pins import pin
from support.processes import ROOT, wait_until

TOKEN = "chalk"
PACKED, ZIP = "application/octet-stream", "application/zip"
POINTS = bytes((1, 2, 10, 0, 0, 0)) + bytes(90)  # ten in one place
AS_TEACHER = {"Authorization": f"Bearer {TOKEN}"}
NOTEBOOKS = "/api/notebook"
ONE = f"{NOTEBOOKS}/notebooks/{{notebook}}"
BROUGHT, OPENED = f"{ONE}/pictures", f"{NOTEBOOKS}/recovery/open"
STUDENT = "student"  # the secret of the browser whose notebooks there are
EMPTY = {"template": "empty", "language": "en"}
EXPORT = {"format": "zip", "language": "en"}
STORED = [f"20260101-0000{number:02}-abcdef" for number in range(10)]


class IdleBackend(LocalBackend):
    """Trains nothing: what is started waits."""

    def step(self) -> None:
        pass

    def prepare(self) -> None:
        pass


@pytest.fixture(scope="module")
def app(trained: RunFolder, mnist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole application, with runs of all ends, and nobody to train more."""
    folder = tmp_path_factory.mktemp("openapi")
    (folder / trained.id).symlink_to(trained.path)
    for name in STORED:
        store_run(folder, name)
    broken = folder / "20260102-000000-abcdef"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "LocalBackend", IdleBackend)
        made = application.create_app(
            {"WORKERS": 0, "DATA_DIR": str(mnist), "EXPERIMENTS_DIR": str(folder), "TEACHER_TOKEN": TOKEN}
        )
    # What starts processes for runs may take longer to come about than a request waits for it.
    first = multiprocessing.get_context("forkserver").Process(target=int)
    first.start()
    first.join()
    client = made.test_client()
    wait_until(lambda: client.get("/api/lenet/runs").json["reading"] is False, 20, "all runs are read")
    # All ask under one account, and faster than any page.
    made.extensions["notebook"] = replace(
        made.extensions["notebook"],
        **{name: of_accounts(rate=1000, burst=1000) for name in ("read", "looked", "changed", "given", "seconds")},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "MOST_OF_ONE", jobs.MOST)
        yield made
    made.extensions["close"]()


# --- the description itself -------------------------------------------------------------------------------------------


def test_every_route_below_api_is_described_and_nothing_else(app: Flask):
    described = set()
    for path, methods in application.describe_api()["paths"].items():
        described |= {(method.upper(), re.sub(r"{\w+}", "*", path)) for method in methods}
    there = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            words = re.search(r"<any\(([^)]*)\):what>", rule.rule)
            for what in re.split(r",\s*", words[1]) if words else [""]:
                path = re.sub(r"<[^>]*>", "*", rule.rule.replace(words[0], what) if words else rule.rule)
                there |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert described == there


def test_it_is_served_and_valid(app: Flask):
    served = app.test_client().get(openapi.ADDRESS)
    assert served.json == json.loads(json.dumps(application.describe_api()))
    schemathesis.openapi.from_dict(served.json).validate()


def test_every_request_is_in_a_table_of_the_page():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    described = len([method for methods in application.describe_api()["paths"].values() for method in methods])
    assert len(re.findall(r"^\| `[A-Z]+ /api/", page, re.MULTILINE)) == described


def test_every_code_of_a_refusal_that_a_status_has_several_of_is_on_the_page():
    said = {"origin", "host", "unreadable", "in-use", "too-many-runs", "queue-full", "busy", "reading"}
    assert said <= set(re.findall(r"`([a-z-]+)`", " ".join(openapi.ERRORS.values())))


# --- asked ------------------------------------------------------------------------------------------------------------

OPERATIONS = [(path, method) for path, methods in application.describe_api()["paths"].items() for method in methods]
# What the description cannot say of a body that is no JSON: bytes that are one, and some that are none.
BODIES = {
    ("/api/playground/data", PACKED): "points",
    (BROUGHT, "image/*"): "picture",
    (f"{NOTEBOOKS}/import", ZIP): "archive",
}
schemathesis.openapi.format("points", strategies.sampled_from([POINTS, POINTS[:-1], b"1"]))
schemathesis.serializer.alias([ZIP, "image/png"], PACKED)
# Refused though the description allows it, for what it cannot say: settings that do not go together, a drawing of
# another size than its pixels, a GPU that is not there.
NOT_ASKED = [positive_data_acceptance]


class Student:
    """A browser with notebooks."""

    def __init__(self, app: Flask, secret: str):
        self.client = app.test_client()
        self.client.set_cookie(BROWSER_COOKIE, secret)

    def post(self, what: str, **request: Any) -> Any:
        answer = self.client.post(f"{NOTEBOOKS}/{what}", **request)
        assert answer.status_code < 300, answer.text
        return answer.json

    def notebook(self) -> str:
        return self.post("notebooks", json=EMPTY)["id"]


@pytest.fixture(scope="module")
def kept(app: Flask) -> dict[str, Any]:
    """What the student has: notebooks, a pin, a picture and a file that was made. `code` opens another student's."""
    student, other = Student(app, STUDENT), Student(app, "other")
    other.notebook()
    first, deleted, *others = (student.notebook() for _ in range(6))
    assert student.client.delete(f"{NOTEBOOKS}/notebooks/{deleted}").status_code == 200
    pinned = student.post("pins", json={"pin": msgspec.to_builtins(pin()), "notebook": first})["cell"]
    picture = io.BytesIO()
    Image.new("RGB", (20, 10)).save(picture, "PNG")
    brought = student.post(f"notebooks/{first}/pictures", data=picture.getvalue(), content_type="image/png")["picture"]
    job = student.post(f"notebooks/{first}/export", json=EXPORT)["job"]
    wait_until(lambda: student.client.get(f"{NOTEBOOKS}/exports/{job}").json["ready"], 60, "the archive")
    archive = student.client.get(f"{NOTEBOOKS}/exports/{job}/file").data
    return {
        "notebook": first, "deleted": deleted, "others": others, "pin": pinned, "picture": brought, "job": job,
        "file": picture.getvalue(), "archive": archive, "code": other.post("recovery")["code"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def described(app: Flask, trained: RunFolder, kept: dict[str, Any]) -> Any:
    """The description, in which most of what can be asked is there: or every answer would be 404 or 422."""
    client = app.test_client()

    def post(what: str, **body: Any) -> dict[str, Any]:
        return client.post(f"/api/lenet/{what}", json=body, headers=AS_TEACHER).json

    sweep, ended = (post("sweeps", axes={"epochs": {"values": [1, 2]}})["sweep"] for _ in range(2))
    post(f"sweeps/{ended}/stop")
    queued, to_stop, paused = (post("runs")["run"] for _ in range(3))
    post(f"runs/{paused}/pause")
    points = client.post("/api/playground/data", data=POINTS, content_type=PACKED).json["address"]
    there = {
        "sweep": [sweep], "address": [points], "epoch": ["1", "last"], "rows": ["0", "1,2,9999"],
        "runs": [trained.id, f"{trained.id},{STORED[0]}"],
        "Drawing": [{"width": 8, "height": 8, "pixels": base64.b64encode(bytes(range(64))).decode()}],
        "Token": [{"token": TOKEN}, {"token": "chalk?"}],
        "NewSweep": [{"axes": {"batch_size": {"values": [64, 128]}}},
                     {"search": "random", "trials": 2, "axes": {"learning_rate": {"low": 0.1, "high": 0.2}}}],
    }  # fmt: skip
    there |= {name: [kept[name]] for name in ("notebook", "pin", "picture", "job")}
    there |= {"NewNotebook": [EMPTY, EMPTY | {"template": "none"}], "NotebookChanges": [{"changes": []}]}
    there |= {
        "NewExport": [EXPORT, EXPORT | {"format": "none"}],
        "NewPin": [{"pin": msgspec.to_builtins(pin("pin-0002"))}],
    }
    schemathesis.openapi.format("picture", strategies.sampled_from([kept["file"], b"GIF89a", b""]))
    schemathesis.openapi.format("archive", strategies.sampled_from([kept["archive"], kept["archive"][:-9], b""]))
    notebooks_of = {"restore": [kept["deleted"]], "delete": kept["others"]}
    runs_of = {"pause": [queued, STORED[9]], "stop": [to_stop], "resume": [paused], "delete": STORED[:3]}

    api = copy.deepcopy(application.describe_api())
    for path, method in OPERATIONS:
        word = "delete" if method == "delete" else path.rpartition("/")[2]
        of_path = there | {"run": runs_of.get(word, [trained.id])}
        if path.startswith(NOTEBOOKS):
            of_path["notebook"] = notebooks_of.get(word, of_path["notebook"])
        if word == "delete":
            of_path["sweep"] = [sweep, ended]
        for parameter in api["paths"][path][method]["parameters"]:
            if parameter["name"] in of_path:
                parameter["schema"] = {"enum": [*of_path[parameter["name"]], "nothing"]}
    for (path, kind), form in BODIES.items():
        content = api["paths"][path]["post"]["requestBody"]["content"]
        content[kind.replace("*", "png")] = content.pop(kind) | {"schema": {"type": "string", "format": form}}
    code = {"code": kept["code"]}
    api["paths"][OPENED]["post"]["requestBody"]["content"]["application/json"]["schema"] = {"enum": [code]}
    for name in api["components"]["schemas"]:
        if name in there:
            api["components"]["schemas"][name] = {"enum": there[name]}
    made = schemathesis.openapi.from_dict(api)
    made.app = app
    return made


@parametrize("headers", [{}, AS_TEACHER], ids=["a program", "the teacher"], short=[1])
@pytest.mark.parametrize(("path", "method"), sorted(OPERATIONS, key=lambda one: one[1] == "delete"))
def test_every_answer_to_what_is_allowed_is_as_described(
    described: Any, path: str, method: str, headers: dict[str, str]
):
    """`delete` comes last, as it takes away what the others ask for."""
    responses = described[path][method.upper()].definition.raw["responses"]
    success = {int(code) for code in responses if code < "400"} if headers else set()
    seen = ask(described, path, method, headers, GenerationMode.POSITIVE, success)
    assert not headers or seen & success, f"only {seen}"


def can_be_wrong(path: str, method: str) -> bool:
    operation = application.describe_api()["paths"][path][method]
    return "requestBody" in operation or any(one["schema"] != {"type": "string"} for one in operation["parameters"])


@parametrize("headers", [{}, AS_TEACHER], ids=["a program", "the teacher"], short=[1])
@pytest.mark.parametrize(("path", "method"), [one for one in OPERATIONS if can_be_wrong(*one)])
def test_what_is_not_allowed_is_refused_as_described(described: Any, path: str, method: str, headers: dict[str, str]):
    assert max(ask(described, path, method, headers, GenerationMode.NEGATIVE)) >= 400


def cookies_for(path: str) -> dict[str, str]:
    """Notebooks are the student's; another browser opens them by the code, since one's own are not had twice."""
    if not path.startswith(NOTEBOOKS):
        return {}
    return {BROWSER_COOKIE: "another" if path == OPENED else STUDENT}


def ask(
    described: Any,
    path: str,
    method: str,
    headers: dict[str, str],
    mode: GenerationMode,
    wanted: set[int] | None = None,
) -> set[int]:
    """Asks and checks the answers. Returns their statuses. Asks again, with other draws, where `wanted` is not seen."""
    seen: set[int] = set()

    # Of what is allowed more are drawn: where one of two ids is there, ten may all be the other.
    count = examples(12, of=20) if mode == GenerationMode.POSITIVE else examples(4, of=10)

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(described[path][method.upper()].as_strategy(generation_mode=mode))
    def one(case: schemathesis.Case) -> None:
        assume("?" not in str(case.path_parameters))  # werkzeug's client takes what follows for the query
        answer = case.call_and_validate(headers=headers, cookies=cookies_for(path), excluded_checks=NOT_ASKED)
        seen.add(answer.status_code)

    for draws in range(5):
        seed(draws)(one)()
        if not wanted or seen & wanted:
            break
    return seen
