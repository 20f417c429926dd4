"""What a browser is shown in place of a page that it cannot have, and what programs are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder: Path = tmp_path_factory.mktemp("errors")
    app = create_app({"WORKERS": 0, "DATA_DIR": folder, "EXPERIMENTS_DIR": folder / "experiments"})

    @app.get("/raises")
    @app.get("/api/raises")
    def raises() -> str:
        raise ZeroDivisionError("on purpose")

    yield app.test_client()
    app.extensions["close"]()


@pytest.mark.parametrize("path", ["/nonsense", "/lenet/x", "/static/nothing.js", "/x" * 500, "/%E4%B8%8D", "/Lenet"])
def test_an_address_without_a_page_is_a_page_that_leads_back(client: FlaskClient, path: str):
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert 'data-i18n="nopage.missing"' in answer.text
    assert '<a href="/lenet"' in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_request_that_is_not_taken_is_a_page_that_still_says_what_is(client: FlaskClient):
    answer = client.post("/lenet", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert 'data-i18n="nopage.refused"' in answer.text
    assert "GET" in answer.headers["Allow"]


def test_a_mistake_of_ours_is_a_page_too_and_tells_nothing_of_itself(client: FlaskClient):
    answer = client.get("/raises", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert 'data-i18n="nopage.mistake"' in answer.text
    assert "on purpose" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"), [("/api/nonsense", 404), ("/api/lenet/nonsense", 404), ("/api/raises", 500)]
)
@pytest.mark.parametrize("accept", [BROWSER["Accept"], "*/*"])
def test_the_api_answers_in_json_whoever_asks(client: FlaskClient, path: str, status: int, accept: str):
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.json["error"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "image/avif,image/webp,*/*;q=0.8"])
def test_who_did_not_ask_for_a_page_gets_none(client: FlaskClient, accept: str):
    answer = client.get("/static/nothing.png", headers={"Accept": accept})
    assert (answer.status, answer.mimetype, answer.text) == ("404 NOT FOUND", "text/plain", "404 NOT FOUND\n")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_pages_that_are_there_and_redirections_stay_as_they_are(client: FlaskClient):
    assert client.get("/lenet", headers=BROWSER).status_code == 200
    assert "nopage" not in client.get("/lenet", headers=BROWSER).text


@pytest.mark.parametrize(
    ("path", "leads"),
    [("/lenet/", "/lenet"), ("/lenet/?run=a&x=%E4%B8%8D", "/lenet?run=a&x=%E4%B8%8D"), ("/lenet/?//x", "/lenet?//x")],
)
def test_a_slash_after_the_address_of_the_tab_leads_to_it(client: FlaskClient, path: str, leads: str):
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["Location"]) == (302, leads)
