"""The Playground's few HTTP routes: its page and the table of its settings."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from playground.config import schema

blueprint = Blueprint("playground", __name__)


@blueprint.get("/")
def page() -> ResponseReturnValue:
    return render_template("playground.html", schema=schema())


@blueprint.get("/api/playground/schema")
def fields() -> ResponseReturnValue:
    return jsonify(schema())
