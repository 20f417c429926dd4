"""Who takes gzip gets it; what a client has sent is left as it is."""

import gzip

import pytest

from app import PAGES
from web import compression


@pytest.mark.parametrize(("accepted", "takes"), [
    (None, False), ("", False), ("identity", False), ("br", False), ("gzip", True), ("GZIP", True), ("*", True),
    ("gzip, deflate, br, zstd", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True), ("gzip;q=0", False),
    ("gzip;q=0.000", False), ("gzip; q=0, *", False), ("*, gzip;q=0", False), ("*;q=0", False),
    ("identity, gzip;q=0.5", False), ("identity;q=0.5, gzip", True), ("identity;q=0, gzip;q=0", False),
    ("gzip;q=2", False), ("xgzip", False), ("gzip2", False),
])  # fmt: skip
def test_compressed_is_what_says_that_it_takes_it(accepted, takes):
    assert compression.accepted({} if accepted is None else {"HTTP_ACCEPT_ENCODING": accepted}) is takes


@pytest.mark.parametrize("path", ["/", "/lenet", "/notebook"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_comes_compressed_to_whoever_takes_that(app, path, method):
    plain = app.get(path)
    packed = app.open(path, method=method, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < len(plain.data) / 2
    if method == "GET":
        assert gzip.decompress(packed.data) == plain.data
    else:
        assert packed.data == b""


def test_every_page_is_an_endpoint_of_the_application(app):
    assert set(PAGES) <= app.application.view_functions.keys()


@pytest.mark.parametrize("path", ["/api/lenet/runs", "/nowhere", "/notebook/nowhere/print", "/metrics", "/healthz"])
def test_answers_that_may_tell_what_somebody_sent_are_not_compressed(app, path):
    answer = app.get(path, headers={"Accept-Encoding": "gzip", "Accept": "text/html, */*"})
    assert "Content-Encoding" not in answer.headers
