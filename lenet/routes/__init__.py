"""The REST side of the LeNet tab, `/api/lenet/` and `/api/devices`: docs/api.md describes it. No work of its own."""

from __future__ import annotations

from flask import Blueprint, Flask, g, request

from core.visitors import Visitors, visitor_of
from lenet.routes import epochs, errors, exports, form
from lenet.routes import runs as run_routes
from lenet.routes.arguments import MOST_BODY_BYTES
from lenet.routes.served import Served
from lenet.runs.registry import Runs

blueprint = Blueprint("lenet", __name__)
for part in (form, run_routes, epochs, exports):
    blueprint.register_blueprint(part.blueprint)
errors.register(blueprint)


def init_app(app: Flask, runs: Runs, visitors: Visitors) -> None:
    """Gives `app` the routes, over `runs`."""
    app.extensions["lenet"] = Served(runs, visitors)
    app.register_blueprint(blueprint)


@blueprint.before_request
def guard() -> None:
    request.max_content_length = MOST_BODY_BYTES
    g.visitor = visitor_of(request.environ)
