"""The Playground's few HTTP routes: its page, the table of its settings, and points that are no generator's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.local import LocalProxy

from core.caching import keep
from core.rates import Buckets, account_of, admitted, of_accounts
from playground.config import MEASURED, schema
from playground.data.store import MOST_BYTES, PointSets, missing, too_long
from playground.operations import PACKED
from playground.point_set import measured

blueprint = Blueprint("playground", __name__)


@dataclass(frozen=True)
class Served:
    """What the routes are over."""

    sets: PointSets
    given: Buckets[str] = field(default_factory=lambda: of_accounts(rate=2, burst=30))
    taken: Buckets[str] = field(default_factory=lambda: of_accounts(rate=20, burst=200))


served = cast(Served, LocalProxy(lambda: current_app.extensions["playground"]))


def init_app(app: Flask, sets: PointSets) -> None:
    """Gives `app` the routes, over `sets`."""
    app.extensions["playground"] = Served(sets)
    app.register_blueprint(blueprint)


@blueprint.get("/")
def page() -> ResponseReturnValue:
    return render_template("playground.html", schema=schema())


@blueprint.get("/api/playground/schema")
def fields() -> ResponseReturnValue:
    return jsonify(schema())


# --- points -----------------------------------------------------------------------------------------------------------


@blueprint.post("/api/playground/data")
def give() -> ResponseReturnValue:
    account = account_of(admitted(request.environ, served.given))
    if request.mimetype != PACKED:
        raise UnsupportedMediaType(f"want a body of type {PACKED}")
    request.max_content_length = MOST_BYTES + 1  # werkzeug cuts there what has no length
    try:
        packed = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise too_long() from None
    address = served.sets.put(packed, account)
    return jsonify(address=address, points=int.from_bytes(packed[2:4], "little"), classes=packed[1]), 201


@blueprint.get("/api/playground/data/<address>")
def take(address: str) -> ResponseReturnValue:
    admitted(request.environ, served.taken)
    is_measured = address in MEASURED
    packed = measured(address).packed if is_measured else served.sets.get(address)
    if packed is None:
        raise missing()
    response = Response(packed, mimetype=PACKED)
    if is_measured:  # another version of the program may have others
        response.cache_control.no_cache = True
        response.add_etag()
    else:
        keep(response)
        response.set_etag(address)
    return response.make_conditional(request)
