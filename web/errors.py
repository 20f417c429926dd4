"""What is raised while Flask answers a request, as an answer: a code for the page, a sentence for the terminal.

The one module of this package that knows Flask. What the edge itself turns away, `web.refusals` answers in that form.
"""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from core.refused import Answer, RefusedError
from core.threads import note
from web.refusals import of_http


def init_app(app: Flask) -> None:
    """Gives `app` these answers. A part of it may have its own for errors that only that raises."""
    app.register_error_handler(RefusedError, lambda error: error.answer())
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, mistake)
    app.after_request(as_page)


def http_error(error: HTTPException) -> Response | HTTPException:
    """What werkzeug refuses, as JSON for the API; the pages keep theirs."""
    if not _is_api() or (error.code or 0) < 400:  # or a redirection
        return error
    response = make_response(of_http(error.code or 500, error.description or error.name).answer())
    if error.code == 405:
        response.headers["Allow"] = error.get_response().headers.get("Allow", "")
    return response


def mistake(error: Exception) -> Answer | HTTPException:
    """Ours: told to the log once a second, not for each of a flood."""
    note("request", error)
    if not _is_api():
        return InternalServerError()
    return RefusedError(500, "the server has made a mistake; its log says which", "mistake").answer()


def as_page(response: Response) -> Response:
    """A browser that asked for a page gets one, in its language, where Flask has one in English; a program a line."""
    if response.status_code < 400 or response.mimetype != "text/html":
        return response
    if "text/html" in request.accept_mimetypes.values():  # */* is a program's
        response.set_data(render_template("error.html", status=response.status_code))
    else:
        response.content_type = "text/plain; charset=utf-8"
        response.set_data(f"{response.status}\n")
    return response


def _is_api() -> bool:
    return request.path.startswith("/api/")
