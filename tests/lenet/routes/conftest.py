"""LeNet's routes behind the part of the edge that tells who asks."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.visitors import Visitors
from lenet import routes
from lenet.runs.registry import Runs
from support.lenet_runs import put_behind_the_edge
from web import errors


@pytest.fixture
def app(runs: Runs) -> Flask:
    app = Flask(__name__)
    visitors = Visitors("chalk")
    errors.init_app(app)
    routes.init_app(app, runs, visitors)
    put_behind_the_edge(app, visitors)

    @app.get("/")
    def page() -> str:
        return "a page"

    return app


@pytest.fixture
def student(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def run_id(runs: Runs) -> str:
    """The finished run; it belongs to another browser."""
    return runs.board.summaries()[0]["run"]
