"""The notebook's routes: its page, and `/api/notebook/`, which docs/api.md describes. No work of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast
from urllib.parse import quote

import msgspec
from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from msgspec import UNSET
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.local import LocalProxy

from core.caching import keep
from core.places import BusyError, Places
from core.rates import Bucket, Buckets, account_of, admitted, of_accounts, too_fast
from core.refused import RefusedError
from core.visitors import Visitor
from notebook import states, templates, words
from notebook.contents import NotebookSummary
from notebook.export import bundle, pixels
from notebook.export.bundle import Bundle
from notebook.jobs import Jobs
from notebook.messages import Export
from notebook.own_data import lost, named
from notebook.pictures import SMALL, Pictures
from notebook.pins import Language
from notebook.press import Press, Told
from notebook.rendered import Rendered
from notebook.reports import Reports
from notebook.room import MOST_PICTURE
from notebook.sent import SentError, decoded, refused
from notebook.shapes import (
    BroughtPicture,
    ExportJob,
    ExportProgress,
    NewExport,
    NewNotebook,
    NewPin,
    NotebookChanged,
    NotebookChanges,
    NotebookEdit,
    NotebookLimits,
    NotebookList,
    NotebookRecovery,
    NotebookTemplate,
    PinNote,
    Recovered,
    RecoveryCode,
)
from notebook.store import Notebooks, missing
from notebook.uploads import Image

API = "/api/notebook"
MOST_BODY = 2**20  # bytes of changes, and of whatever is not named below
MOST_PIN = 4 * 2**20
BODIES = (  # how large a body may be, by what its path matches, for the server that reads it
    (re.compile(f"{API}/pins"), MOST_PIN),
    (re.compile(f"{API}/notebooks/[^/]+/pictures"), MOST_PICTURE),
    (re.compile(f"{API}/import"), bundle.MOST_BYTES),
)  # fmt: skip
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ARCHIVE = "application/zip"
FILES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8", "zip": ARCHIVE, "ipynb": "application/x-ipynb+json",
}  # fmt: skip
LATE_S = 1.0  # of what a browser's cells cost to be shown: until then it is answered

Sent = TypeVar("Sent")
_ID = re.compile("[A-Za-z0-9_-]{8,40}")
_HASH = re.compile("[0-9a-f]{64}")

blueprint = Blueprint("notebook", __name__)


@dataclass(frozen=True)
class Served:
    """What the routes are over. seconds: of the processor, that making what is shown may take."""

    notebooks: Notebooks
    pictures: Pictures
    press: Press
    jobs: Jobs
    reports: Reports
    archives: Places = field(default_factory=lambda: Places(8, 1, in_turn=True))  # that are unpacked
    rendered: Rendered = field(default_factory=Rendered)
    read: Buckets[str] = field(default_factory=lambda: of_accounts(rate=20, burst=200))
    looked: Buckets[str] = field(default_factory=lambda: of_accounts(rate=50, burst=600))  # at pictures
    changed: Buckets[str] = field(default_factory=lambda: of_accounts(rate=10, burst=100))
    given: Buckets[str] = field(default_factory=lambda: of_accounts(rate=1, burst=40))
    seconds: Buckets[str] = field(default_factory=lambda: of_accounts(rate=0.1, burst=5))
    guessed: Bucket = field(default_factory=lambda: Bucket(rate=2, burst=50))  # at recovery codes, by all together


served = cast(Served, LocalProxy(lambda: current_app.extensions["notebook"]))


def init_app(app: Flask, notebooks: Notebooks, pictures: Pictures, press: Press, jobs: Jobs, reports: Reports) -> None:
    """Gives `app` the routes, over `notebooks`."""
    app.extensions["notebook"] = Served(notebooks, pictures, press, jobs, reports)
    app.register_blueprint(blueprint)


# --- the list ---------------------------------------------------------------------------------------------------------


@blueprint.get(API)
def overview() -> ResponseReturnValue:
    visitor = _admitted(served.read)
    notebooks, has_code, offered = served.notebooks.overview(_browser(visitor))
    known = [
        NotebookTemplate(name=one.name, title=one.title, about=one.about, language=one.language, by="playlab")
        for language in LANGUAGES for one in templates.known(language)
    ]  # fmt: skip
    known += [
        NotebookTemplate(name=one.id, title=one.title, about="", language=one.language, by="teacher") for one in offered
    ]
    answer = NotebookList(
        notebooks=notebooks, templates=known, recovery=NotebookRecovery(made=has_code), limits=NotebookLimits(),
        teacher=visitor.is_teacher,
    )  # fmt: skip
    return _json(answer)


@blueprint.post(f"{API}/notebooks")
def create() -> ResponseReturnValue:
    visitor = _admitted(served.given)
    sent = _body(NewNotebook)
    browser, title = _browser(visitor), sent.title
    if sent.template in templates.NAMES:
        cells = templates.cells(sent.template, sent.language)
        title = title or next(one.title for one in templates.known(sent.language) if one.name == sent.template)
        return _json(served.notebooks.create(browser, title, sent.language, cells), 201)
    source = _named(sent.template, "no-template")
    made = served.notebooks.create_from(browser, source, title, sent.language, templates.from_cells)
    return _json(made, 201)


@blueprint.patch(f"{API}/notebooks/<notebook>")
def edit(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.changed)
    sent = _body(NotebookEdit)
    if sent.offered is not UNSET and not visitor.is_teacher:
        raise RefusedError(403, "only a teacher offers templates", "not-teacher")
    fields = {name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not UNSET}
    return _json(served.notebooks.edit(_browser(visitor), _named(notebook), **fields))


@blueprint.delete(f"{API}/notebooks/<notebook>")
def delete(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.changed)
    return _json(served.notebooks.delete(_browser(visitor), _named(notebook)))


@blueprint.post(f"{API}/notebooks/<notebook>/restore")
def restore(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.changed)
    return _json(served.notebooks.restore(_browser(visitor), _named(notebook)))


# --- one notebook -----------------------------------------------------------------------------------------------------


@blueprint.get(f"{API}/notebooks/<notebook>")
def read(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.read, counts_seconds=True)
    language = _language()
    found = served.notebooks.read(_browser(visitor), _named(notebook), _whole("since"))
    gone = lost({name: held.pin for name, held in found.pins.items()}, served.reports.own_data)
    language = language or found.summary.language
    return _json(states.content(found, language, served.rendered, _charge(visitor), gone))


@blueprint.post(f"{API}/notebooks/<notebook>/changes")
def change(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.changed, counts_seconds=True)
    sent = _body(NotebookChanges)
    browser, name = _browser(visitor), _named(notebook)
    outcome = served.notebooks.change(browser, name, sent.changes, sent.by)
    found = served.notebooks.read(browser, name)
    cells = states.affected(found.cells, outcome.changed, outcome.gone)
    language = sent.language or found.summary.language
    shown = states.states(found, cells, language, served.rendered, _charge(visitor))
    answer = NotebookChanged(
        revision=outcome.revision, cells=shown, gone=sorted(outcome.gone), conflicts=outcome.conflicts
    )
    return _json(answer)


# --- pins -------------------------------------------------------------------------------------------------------------


@blueprint.post(f"{API}/pins")
def pin() -> ResponseReturnValue:
    visitor = _admitted(served.given)
    sent = _body(NewPin, MOST_PIN)
    title = next(one.title for one in templates.known(sent.pin.language) if one.name == "empty")
    browser = _browser(visitor)
    put = served.notebooks.pin(browser, sent.pin, sent.note, sent.notebook, title)
    served.pictures.expect(browser, [sent.pin.id])
    return _json(put, 201)


@blueprint.patch(f"{API}/pins/<pin>")
def note(pin: str) -> ResponseReturnValue:
    visitor = _admitted(served.changed)
    sent = _body(PinNote)
    return _json(served.notebooks.note(_browser(visitor), _named(pin, "no-pin"), sent.note))


@blueprint.get(f"{API}/pins/<pin>/picture.png")
def pin_picture(pin: str) -> ResponseReturnValue:
    visitor = _admitted(served.looked)
    browser, name, width = _browser(visitor), _named(pin, "no-pin"), _whole("width")
    return _shown(served.pictures.of(browser, name, is_small=width is not None and width <= SMALL))


# --- pictures that are brought ----------------------------------------------------------------------------------------


@blueprint.post(f"{API}/notebooks/<notebook>/pictures")
def bring(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.given)
    browser, name = _browser(visitor), _named(notebook)
    if not request.mimetype.startswith("image/"):
        raise UnsupportedMediaType("want a body of type image/*")
    served.notebooks.check(browser, name)
    made = served.press.rewrite(partial(_bytes, MOST_PICTURE), browser)
    image = Image(pixels.mime(made.content), made.content)
    picture = served.notebooks.bring(browser, name, image, made.width, made.height)
    return _json(BroughtPicture(picture=picture, width=made.width, height=made.height), 201)


@blueprint.get(f"{API}/pictures/<picture>")
def brought(picture: str) -> ResponseReturnValue:
    visitor = _admitted(served.looked)
    if not _HASH.fullmatch(picture):
        raise missing("no-picture")
    return _shown(served.notebooks.brought(_browser(visitor), picture))


def _shown(image: Image) -> Response:
    response = Response(image.packed, mimetype=image.type)
    keep(response)
    response.add_etag()
    return cast(Response, response.make_conditional(request))


# --- taken home, and brought back -------------------------------------------------------------------------------------


@blueprint.post(f"{API}/notebooks/<notebook>/export")
def export(notebook: str) -> ResponseReturnValue:
    visitor = _admitted(served.given)
    sent = _body(NewExport)
    browser, name, origin = _browser(visitor), _named(notebook), request.host_url.rstrip("/")
    summary = served.notebooks.read(browser, name, 0).summary
    notebooks, reports = served.notebooks, served.reports  # of this application: another thread asks them

    def make(told: Told) -> Export:
        report = reports.report(notebooks.whole(browser, name), origin, sent, told)
        return Export(sent.format, msgspec.msgpack.encode(report))

    file = f"{_file_name(summary.title)}.{sent.format}"
    return _json(ExportJob(job=served.jobs.start(make, browser, file)), 202)


@blueprint.get(f"{API}/exports/<job>")
def export_progress(job: str) -> ResponseReturnValue:
    visitor = _admitted(served.read)
    state = served.jobs.progress(job, _browser(visitor))
    return _json(ExportProgress(done=state.done, of=state.of, ready=state.ready, error=state.error))


@blueprint.get(f"{API}/exports/<job>/file")
def export_file(job: str) -> ResponseReturnValue:
    browser = _browser(_admitted(served.read))
    content, name = served.jobs.file(job, browser), served.jobs.name(job, browser)
    response = Response(content, content_type=FILES[name.rpartition(".")[2]])
    plain = re.sub("[^A-Za-z0-9_. -]", "", name).strip()  # for programs that do not know the other form
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = said
    response.cache_control.no_store = True
    return response


@blueprint.get("/notebook/<notebook>/print")
def printed(notebook: str) -> ResponseReturnValue:
    """For the browser's print: the page asks for the report as a web page, as for any other file."""
    visitor = _admitted(served.read)
    summary = served.notebooks.read(_browser(visitor), _named(notebook), 0).summary
    return render_template(
        "notebook_print.html", notebook=summary.id, language=summary.language, tag=words.TAGS[summary.language],
        title=summary.title or words.of(summary.language).untitled,
    )  # fmt: skip


@blueprint.post(f"{API}/import")
def bring_back() -> ResponseReturnValue:
    visitor = _admitted(served.given)
    if request.mimetype != ARCHIVE:
        raise UnsupportedMediaType(f"want a body of type {ARCHIVE}")
    browser = _browser(visitor)
    served.notebooks.check(browser)
    try:
        with served.archives.take(browser):
            return _json(_brought_back(visitor, bundle.read(_bytes(bundle.MOST_BYTES))), 201)
    except BusyError:
        raise too_fast() from None


def _brought_back(visitor: Visitor, brought: Bundle) -> NotebookSummary:
    browser, pictures = _browser(visitor), {}
    _bring_points(brought, account_of(visitor))
    while brought.pictures:  # each is in memory once
        name, content = brought.pictures.popitem()
        made = served.press.rewrite(content, browser, was_kept=True)
        pictures[name] = (Image(pixels.mime(made.content), made.content), made.width, made.height)
    added = served.notebooks.add(browser, brought.title, brought.language, brought.cells, brought.pins(), pictures)
    served.pictures.expect(browser, served.notebooks.read(browser, added.id).pins)
    return added


def _bring_points(brought: Bundle, giver: str) -> None:
    """Takes in those that its pins' links name. Raises RefusedError."""
    own_data = served.reports.own_data
    wanted = named(brought.pins(), own_data) if brought.points else set()
    for address in sorted(wanted & brought.points.keys()):
        try:
            own_data.bring(address, brought.points[address], giver)
        except RefusedError as error:
            if error.status != 422:  # there is no room
                raise
            raise bundle.other_points(address) from None


def _file_name(title: str) -> str:
    """That any system takes."""
    return " ".join(re.sub(r'[\x00-\x1f\\/:*?"<>|.]+', " ", title).split())[:80] or "notebook"


# --- another machine --------------------------------------------------------------------------------------------------


@blueprint.post(f"{API}/recovery")
def new_code() -> ResponseReturnValue:
    visitor = _admitted(served.given)
    return _json(RecoveryCode(code=served.notebooks.new_code(_browser(visitor))))


@blueprint.post(f"{API}/recovery/open")
def open_by_code() -> ResponseReturnValue:
    visitor = _admitted(served.given)
    sent = _body(RecoveryCode)
    if not served.guessed.admit():
        raise too_fast()
    return _json(Recovered(notebooks=served.notebooks.open_by_code(_browser(visitor), sent.code)))


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, mimetype="application/json")


# --- what a request brings --------------------------------------------------------------------------------------------


def _admitted(buckets: Buckets[str], counts_seconds: bool = False) -> Visitor:
    """Who asks. Raises RefusedError where that asks too often, or for what took too long."""
    visitor = admitted(request.environ, buckets)
    if counts_seconds and served.seconds.of(account_of(visitor)).take(0) > LATE_S:
        raise too_fast()
    return visitor


def _charge(visitor: Visitor) -> Callable[[float], object]:
    return served.seconds.of(account_of(visitor)).take


def _browser(visitor: Visitor) -> str:
    """Whose notebooks these are. A program without a cookie has those of the cookie that the answer brings."""
    return str(visitor.owner)


def _named(name: str, code: str = "no-notebook") -> str:
    if not _ID.fullmatch(name):
        raise missing(code)
    return name


def _whole(name: str) -> int | None:
    """A number of the query. Raises RefusedError."""
    text = request.args.get(name)
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,9}", text):
        raise SentError(name, text, "a whole number")
    return int(text)


def _language() -> Language | None:
    """That of the page that asks; None: it does not say. Raises RefusedError."""
    text = request.args.get("language")
    known = next((one for one in LANGUAGES if one == text), None)
    if known is None and text is not None:
        raise SentError("language", text, f"one of {', '.join(LANGUAGES)}")
    return known


def _body(kind: type[Sent], most: int = MOST_BODY) -> Sent:
    """The JSON that was sent. Raises RefusedError, and what werkzeug answers by 400, 413 and 415."""
    if not request.is_json:
        raise UnsupportedMediaType("want a body of type application/json")
    content = _bytes(most)
    try:
        return decoded(content, kind)
    except msgspec.ValidationError as error:
        raise refused(content, error, kind) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest(f"the body is no JSON: {error}") from None


def _bytes(most: int) -> bytes:
    request.max_content_length = most + 1  # werkzeug cuts there what has no length
    sent = request.get_data(cache=False)
    if len(sent) > most:
        raise RequestEntityTooLarge
    return sent
