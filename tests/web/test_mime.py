"""Files have the application's types."""

import mimetypes

import pytest

from app import create_app
from web import mime


@pytest.fixture
def odd_system():
    """As after a Windows registry that some program has changed."""
    mimetypes.init()
    for suffix in mime.TYPES:
        mimetypes.add_type("application/x-odd", suffix)
    yield
    mime.use_own_types()


def test_scripts_and_styles_are_what_they_are_whatever_the_system_says(odd_system, tmp_path):
    app = create_app({"WORKERS": 0, "DATA_DIR": tmp_path, "EXPERIMENTS_DIR": tmp_path / "experiments"})
    try:
        client = app.test_client()
        for path, type_ in [("js/base/boot.js", "text/javascript"), ("css/base.css", "text/css")]:
            assert client.get(f"/static/{path}").mimetype == type_
    finally:
        app.extensions["close"]()


def test_every_kind_of_static_file_has_its_type():
    from support.processes import ROOT

    suffixes = {path.suffix for path in (ROOT / "static").rglob("*") if path.is_file()}
    assert suffixes <= set(mime.TYPES)
