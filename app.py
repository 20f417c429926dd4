"""Playlab: TensorFlow Playground and LeNet-5 training in one web application.

`create_app` wires the two tabs to Flask, Socket.IO and the edge; `main` serves it. No logic of any lives here.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # by -P or PYTHONSAFEPATH Python leaves it out

if __name__ == "__main__":
    import gc

    from core import imports, signals

    signals.end_by_interrupt()
    signals.ignore(signals.OTHERS)  # before anything is started
    gc.disable()  # until all is imported: nothing of it is garbage
    # Its clients and its queues would bring these, where they are installed: a fifth of all modules.
    with imports.without("redis", "requests", "tornado", "websocket"):
        import flask_socketio  # noqa: F401

import argparse
import functools
import json
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import msgspec
from flask import Flask, Response, g, jsonify, redirect, render_template, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO

from core import openapi, output, threads
from core.arguments import Parser, path
from core.files import check_folder
from core.names import is_name
from core.numbers import whole
from core.version import versions
from core.visitors import Visitors
from db import address as database_address
from db.database import Database
from db.errors import DatabaseError
from lenet import operations as lenet_operations
from lenet import programs as lenet_programs
from lenet import routes as lenet_routes
from lenet import sockets as lenet_sockets
from lenet.devices import MOST_TRAINERS
from lenet.queue.backend import RunBackend
from lenet.queue.this_machine import LocalBackend
from lenet.runs.registry import Runs
from notebook import operations as notebook_operations
from notebook import routes as notebook_routes
from notebook import store as notebook_store
from notebook.jobs import Jobs
from notebook.pictures import Pictures
from notebook.press import Press
from notebook.reports import Reports
from notebook.store import Notebooks
from playground import operations as playground_operations
from playground import point_set
from playground import programs as playground_programs
from playground import routes as playground_routes
from playground.data import store
from playground.data.store import PointSets
from playground.serving.sessions import Sessions
from playground.serving.workers import WorkerProcess, default_count
from playground.sockets import PlaygroundNamespace
from web import address, compression, edge, errors, files, limits, logs, metrics, mime, server, websocket
from web.engine import Engine
from web.gate import Gate, Turn
from web.hosts import Hosts
from web.metrics import Metrics
from web.refusals import Refusals
from web.static import StaticFiles

ROOT = Path(__file__).resolve().parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
PAGES = ("playground.page", "lenet_page", "notebook_page")  # which say the same to everybody
DEFAULTS = {  # of the application's config
    "DATA_DIR": str(ROOT / "data"),
    "EXPERIMENTS_DIR": str(ROOT / "experiments"),
    "REDIS": None,
    "TRAINERS": None,
    "DATABASE": None,
    "KEEP_DATA": store.KEEP_DAYS,
    "KEEP_NOTEBOOKS": notebook_store.KEEP_DAYS,
    "TEACHER_TOKEN": None,
    "HOST": "127.0.0.1",
    "ALLOW_HOSTS": (),
    "PROXIES": 0,
}
VENDOR_FILES = ("fflate.min.js", "gif.js", "papaparse.min.js", "plotly.min.js", "qrcode.js", "socket.io.min.js")


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application.

    config: WORKERS (processes that train Playgrounds), DATA_DIR (data sets), EXPERIMENTS_DIR (LeNet runs), REDIS (the
    queue of the machines that train those; None: this one does, as many as TRAINERS at once on a device; None: as many
    as it carries), DATABASE (the URL of what people made; None: a file among the experiments), KEEP_DATA (days after
    which points that nobody uses are deleted), KEEP_NOTEBOOKS (the same of notebooks that nobody opens),
    TEACHER_TOKEN (None: a random one), HOST (the address it is served at), ALLOW_HOSTS (names it has besides),
    PROXIES (how many there are in front).

    Starts processes and threads; `app.extensions["close"]()` ends them, and every connection. Raises DatabaseError.
    """
    mime.use_own_types()
    # Without an instance_path Flask asks for the working directory.
    app = Flask(__name__, instance_path=str(ROOT / "instance"), static_folder=None)
    app.debug = False  # whatever FLASK_DEBUG says: answers would be written otherwise
    app.config.from_mapping(DEFAULTS | {"WORKERS": default_count()} | dict(config or {}))
    app.json = _Json(app)
    errors.init_app(app)
    _serve(app, StaticFiles(STATIC))
    _add_pages(app)
    database = _opened(app.config["DATABASE"], Path(app.config["EXPERIMENTS_DIR"]))
    notebooks = Notebooks(database, app.config["KEEP_NOTEBOOKS"])
    sets = PointSets(database, point_set.unpacked, app.config["KEEP_DATA"], needed=lambda: _pinned(notebooks))

    socketio = _socketio(app)
    refusals, measured, visitors, turn = Refusals(), Metrics(), Visitors(app.config["TEACHER_TOKEN"]), Turn()
    namespace = PlaygroundNamespace(app.config["WORKERS"], measured.note_frame, store.Library(sets, turn.left))
    socketio.server.register_namespace(namespace)
    keeper = threads.Repeating("point-set-keeper", sets.tend, store.TEND_S)
    playground_routes.init_app(app, sets)
    data_dir, redis = Path(app.config["DATA_DIR"]), app.config["REDIS"]
    backend = _over_redis(redis, data_dir) if redis else LocalBackend(data_dir, trainers_each=app.config["TRAINERS"])
    runs = Runs(data_dir, Path(app.config["EXPERIMENTS_DIR"]), backend)
    lenet_sockets.register(socketio, runs)
    lenet_routes.init_app(app, runs, visitors)
    press = Press()
    pictures, jobs = Pictures(notebooks, press), Jobs(press)
    own_data = app.config["DATABASE"] or str(database_address.of_folder(Path(app.config["EXPERIMENTS_DIR"])))
    reports = Reports(versions(), {
        "/": lambda places, told: playground_programs.of(places, own_data, told),
        "/lenet": lambda places, _told: lenet_programs.of(places, runs.board),
    }, own_data=sets)  # fmt: skip
    notebook_keeper = threads.Repeating("notebook-keeper", notebooks.tend, notebook_store.TEND_S)
    notebook_routes.init_app(app, notebooks, pictures, press, jobs, reports)
    gate = Gate(app.wsgi_app, socketio.server, refusals, limits.connections_for(files.for_connections()), turn)
    app.wsgi_app = edge.put_in_front(  # type: ignore[method-assign, assignment]
        gate, refusals, visitors,
        host=app.config["HOST"], allow_hosts=app.config["ALLOW_HOSTS"], proxies=app.config["PROXIES"],
    )  # fmt: skip
    _measure(measured, gate.engine, namespace.sessions, runs, refusals)
    _add_answers(app, gate, namespace.sessions, measured)

    def close() -> None:
        sessions = namespace.sessions
        playing = (sessions.let_go, gate.close, sessions.part, runs.close, namespace.close)
        drawing = (jobs.close, pictures.close, press.close)
        for step in (*playing, *drawing, keeper.close, notebook_keeper.close, database.close):
            with threads.guarded("close"):
                step()

    app.extensions["close"] = close
    app.extensions["refusals"] = refusals
    return app


def _socketio(app: Flask) -> SocketIO:
    return SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # a connection's commands are carried out in order, without a thread for each
        max_http_buffer_size=websocket.MAX_MESSAGE,
        http_compression=False,  # frames do not compress
        cors_allowed_origins=[],  # leaves origins to web.hosts
        json=json,  # as web.packets reads it: engineio's own ends at integers of 100 digits
        ping_interval=3,
        ping_timeout=5,
    )


def _add_pages(app: Flask) -> None:
    """The tabs beside the Playground, whose routes have its page."""

    @app.get("/lenet")
    def lenet_page() -> str:
        return render_template("lenet.html")

    @app.get("/notebook")
    def notebook_page() -> str:
        return render_template("notebook.html")

    @app.after_request
    def compress_pages(response: Response) -> Response:
        if request.endpoint in PAGES and response.status_code == 200:
            compression.compress(response, request.environ)
        return response

    @app.get("/lenet/")
    def with_slash() -> Any:
        """What some programs make of the address. The browser keeps what stands after the #."""
        query = request.query_string.decode(errors="replace")
        return redirect("/lenet" + (f"?{query}" if query else ""))


def _add_answers(app: Flask, gate: Gate, sessions: Sessions, measured: Metrics) -> None:
    """What programs ask for: which routes there are, whether all is well, and what is counted."""

    @app.get(openapi.ADDRESS)
    def description() -> Response:
        return jsonify(describe_api())

    @app.get("/healthz")
    def healthz() -> tuple[dict[str, str], int]:
        faults = _faults(gate, sessions)
        return ({"status": "failing", "reason": "; ".join(faults)}, 503) if faults else ({"status": "ok"}, 200)

    @app.get("/metrics")
    def metrics_page() -> Response:
        return Response(measured.page(), content_type=metrics.CONTENT_TYPE)


def _serve(app: Flask, files: StaticFiles) -> None:
    """`url_for("static", filename=...)` is the address of a file below the hash of all."""

    @app.get("/static/<path:filename>")
    def static(filename: str) -> ResponseReturnValue:
        return files.answer(filename, request.environ)

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            if "static_version" not in g:
                g.static_version = files.version()  # once for a page, which names a hundred
            values["filename"] = f"{g.static_version}/{values['filename']}"


def _over_redis(redis: str, data_dir: Path) -> RunBackend:
    """RQ is imported by those who use it: the others' server is at its address sooner."""
    from lenet.queue.remote import RedisBackend

    return RedisBackend(redis, data_dir)


def _opened(url: str | None, experiments: Path) -> Database:
    """What heals by itself is told to the log, and the database opened when it is used: a class can play meanwhile."""
    database = Database(database_address.parse(url) if url else database_address.of_folder(experiments))
    try:
        database.open()
    except DatabaseError as error:
        if error.code not in ("database-full", "database-locked"):
            raise
        logging.getLogger("web").warning("started without a database", extra={"error": error.detail})
    return database


def _pinned(notebooks: Notebooks) -> set[str]:
    """The addresses of own data that pins name."""
    return {address for about in notebooks.about(point_set.MARKS) for address in point_set.addresses_in(about)}


class _Json(DefaultJSONProvider):
    """By msgspec, in a tenth of the time: while json writes a long list, no other thread of the server has its turn."""

    sort_keys = False

    def dumps(self, obj: Any, **options: Any) -> str:
        try:
            return msgspec.json.encode(obj).decode()
        except UnicodeEncodeError:  # half a surrogate pair, sent to us and quoted
            return super().dumps(obj, **options)


@functools.cache
def describe_api() -> dict[str, Any]:
    """The OpenAPI description of all tabs' part of the HTTP API."""
    about = "LeNet runs, notebooks, and what the pages read besides. docs/api.md says more."
    tabs = (playground_operations, lenet_operations, notebook_operations)
    operations = [operation for tab in tabs for operation in tab.OPERATIONS]
    parameters = {name: kind for tab in tabs for name, kind in tab.PARAMETERS.items()}
    return openapi.document("Playlab", about, operations, parameters)


def _faults(gate: Gate, sessions: Sessions) -> list[str]:
    """What keeps newcomers from a Playground and a restart might mend, one sentence each."""
    faults = [] if gate.is_well else ["connections are stuck"]
    health = sessions.health()
    if not any(worker.state in ("ready", "starting") for worker in health.values()):
        faults += [f"worker {number} {worker.state}: {worker.reason}" for number, worker in health.items()]
    return faults


def _measure(measured: Metrics, engine: Engine, sessions: Sessions, runs: Runs, refusals: Refusals) -> None:
    def of_workers(read: Callable[[WorkerProcess], float | None]) -> Callable[[], dict[str, float]]:
        def of_all() -> dict[str, float]:
            values = {str(worker.number): read(worker) for worker in sessions.workers}
            return {number: value for number, value in values.items() if value is not None}

        return of_all

    add, add_counter = measured.gauge, measured.counter
    add("playlab_connections", "Socket.IO connections", "transport", engine.transports)
    add("playlab_sessions", "Playground sessions", "state", sessions.states)
    add("playlab_worker_sessions", "Playground sessions of a worker", "worker", sessions.by_worker)
    add("playlab_worker_ready", "1: it is up", "worker", of_workers(lambda worker: worker.ready))
    add("playlab_runs", "LeNet runs", "status", runs.board.counts)
    add_counter("playlab_worker_restarts", "How often it died", "worker", of_workers(lambda worker: worker.restarts))
    add_counter("playlab_worker_cpu_seconds", "Its rate is the busy share", "worker",
                of_workers(WorkerProcess.cpu_seconds))  # fmt: skip
    add_counter("playlab_thread_errors", "Exceptions that a thread has outlived", "thread", threads.errors)
    add_counter("playlab_log_lines_lost", "Log lines that could not be written", "to", logs.lost)
    add_counter("playlab_refused", "Requests and connections refused", "reason", lambda: dict(refusals.counts))


def _default_port(value: str) -> str:
    """Kubernetes sets PLAYLAB_PORT to tcp://... in every container beside a service named playlab."""
    if "://" not in value:
        return value
    print(f"warning: PLAYLAB_PORT={value} is the address of a service, not a port: ignored", file=sys.stderr)
    return "5000"


def _environment(name: str, default: str | None = None) -> str | None:
    """A variable's value. An empty one, as compose files leave it, says nothing."""
    return os.environ.get(name) or default


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = Parser(prog="app.py", description="TensorFlow Playground and LeNet-5 training.")
    env = _environment
    parser.add_argument("--host", default=env("PLAYLAB_HOST", "127.0.0.1"), help="address to listen on; 0.0.0.0: all")
    parser.add_argument("--port", type=whole, default=_default_port(env("PLAYLAB_PORT") or "5000"))
    parser.add_argument("--workers", type=whole, default=env("PLAYLAB_WORKERS", str(default_count())),
                        help="processes that train Playgrounds")  # fmt: skip
    parser.add_argument("--data", type=path, default=env("PLAYLAB_DATA", str(ROOT / "data")),
                        help="folder for data sets")  # fmt: skip
    parser.add_argument("--experiments", type=path, default=env("PLAYLAB_EXPERIMENTS", str(ROOT / "experiments")),
                        help="folder for LeNet runs")  # fmt: skip
    parser.add_argument("--redis", default=env("PLAYLAB_REDIS"), metavar="URL",
                        help="the queue of the machines that train LeNet runs; by default this one does")  # fmt: skip
    parser.add_argument("--trainers", type=whole, default=env("PLAYLAB_TRAINERS"), metavar="N",
                        help="LeNet runs trained at once on a device; by default what it carries")  # fmt: skip
    parser.add_argument("--database", default=env("PLAYLAB_DATABASE"), metavar="URL",
                        help="what people made: sqlite:///FILE or postgresql://...; by default a file in the folder "
                        "of --experiments")  # fmt: skip
    parser.add_argument("--keep-data", type=whole, default=env("PLAYLAB_KEEP_DATA", str(store.KEEP_DAYS)),
                        metavar="DAYS", help="when points that nobody has used for so long are deleted")  # fmt: skip
    parser.add_argument("--keep-notebooks", type=whole, metavar="DAYS",
                        default=env("PLAYLAB_KEEP_NOTEBOOKS", str(notebook_store.KEEP_DAYS)),
                        help="when notebooks that nobody has opened for so long are deleted")  # fmt: skip
    parser.add_argument("--teacher", default=env("PLAYLAB_TEACHER"), metavar="TOKEN",
                        help="the teacher's token; by default a new one at every start")  # fmt: skip
    parser.add_argument("--allow-host", action="append", metavar="NAME",
                        help="another name it has: a name, *.domain, address or network; repeatable")  # fmt: skip
    parser.add_argument("--proxies", type=whole, default=env("PLAYLAB_PROXIES", "0"),
                        help="reverse proxies in front, whose X-Forwarded-For and -Proto are believed")  # fmt: skip
    parser.add_argument("--log", choices=logs.FORMATS, default=env("PLAYLAB_LOG", "text"), help="form of the log lines")
    arguments = parser.parse_args(argv)
    if arguments.teacher and not is_name(arguments.teacher):
        parser.error("invalid --teacher: want printable characters")
    if not 1 <= arguments.workers <= 64:
        parser.error(f"invalid --workers: {arguments.workers} (want 1 to 64)")
    if arguments.trainers is not None and not 1 <= arguments.trainers <= MOST_TRAINERS:
        parser.error(f"invalid --trainers: {arguments.trainers} (want 1 to {MOST_TRAINERS})")
    if arguments.database:
        try:
            database_address.parse(arguments.database)
        except ValueError as error:
            parser.error(f"invalid --database: {error}")
    for name in ("keep-data", "keep-notebooks"):
        days = getattr(arguments, name.replace("-", "_"))
        if not 1 <= days <= 9999:
            parser.error(f"invalid --{name}: {days} (want 1 to 9999)")
    if not 0 < arguments.port < 65536:
        parser.error(f"invalid --port: {arguments.port} (want 1 to 65535)")
    if not 0 <= arguments.proxies <= 9:
        parser.error(f"invalid --proxies: {arguments.proxies} (want 0 to 9)")
    if arguments.log not in logs.FORMATS:  # from the environment: argparse does not check it
        parser.error(f"invalid --log: {arguments.log} (want {' or '.join(logs.FORMATS)})")
    if arguments.allow_host is None:
        arguments.allow_host = [name for name in (env("PLAYLAB_ALLOW_HOST") or "").split(",") if name.strip()]
    try:
        Hosts(arguments.host, arguments.allow_host)
    except ValueError as error:
        parser.error(f"--host or --allow-host: {error}")
    return arguments


def main(argv: list[str] | None = None) -> None:
    """Serves until interrupted."""
    arguments = _arguments(argv)
    missing = [name for name in VENDOR_FILES if not (VENDOR / name).exists()]
    if missing:
        sys.exit(f"missing in static/vendor: {', '.join(missing)}. Run: make setup (or: python scripts/vendor.py)")
    if arguments.redis:
        from lenet.queue import store

        try:
            store.reach(arguments.redis).close()
        except (ConnectionError, ValueError) as error:
            _end(f"--redis: {error}")
    os.environ.pop("PYTHONSAFEPATH", None)  # workers and trainers are modules of this folder
    logs.set_up(arguments.log)
    threads.note_uncaught()
    try:
        for folder in (arguments.data, arguments.experiments):
            check_folder(folder)
        str(arguments.experiments.absolute()).encode()  # as the address of the database in it, which is a URL, has it
    except UnicodeEncodeError:
        _end(f"--experiments: want a name in UTF-8: {str(arguments.experiments)!a}")
    except OSError as error:
        _end(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    config = {
        "WORKERS": arguments.workers,
        "DATA_DIR": str(arguments.data),
        "EXPERIMENTS_DIR": str(arguments.experiments),
        "REDIS": arguments.redis,
        "TRAINERS": arguments.trainers,
        "DATABASE": arguments.database,
        "KEEP_DATA": arguments.keep_data,
        "KEEP_NOTEBOOKS": arguments.keep_notebooks,
        "TEACHER_TOKEN": arguments.teacher or secrets.token_urlsafe(12),
        "HOST": arguments.host,
        "ALLOW_HOSTS": arguments.allow_host,
        "PROXIES": arguments.proxies,
    }
    try:
        listener = address.listen(arguments.host, arguments.port)
    except OSError as error:
        _end(f"cannot listen on {arguments.host}, port {arguments.port}: {error.strerror}")
    if arguments.port in address.REFUSED_BY_BROWSERS:
        print(f"warning: browsers refuse to open port {arguments.port}: choose another", file=sys.stderr, flush=True)
    try:
        app = create_app(config)
    except DatabaseError as error:
        _end(f"--database: {error.detail}" if arguments.database else error.detail)
    except OSError as error:
        _end(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    if output.is_closed():  # as for a service: whoever closed it does not wait for these lines
        logging.getLogger("web").info("standard output is closed: nobody is told the teacher's token")
    else:
        try:
            _tell(address.url(listener), config["TEACHER_TOKEN"])
        except OSError as error:  # a closed pipe, a full disk
            output.abandon()
            app.extensions["close"]()
            _end(f"standard output: {error.strerror}")
    server.serve(app, listener, app.extensions["refusals"].note_request, notebook_routes.BODIES)


def _tell(url: str, token: str) -> None:
    """Where the server is, for whoever started it. Raises OSError."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    print(f"Playlab is at {url} (Ctrl+C stops it)", flush=True)
    print(f"The teacher's token, to stop any run: {token}", flush=True)


def _end(message: str) -> NoReturn:
    """Ends the program with one line, for what the system refuses."""
    print(f"app.py: {message}", file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    gc.enable()
    output.run(main)
