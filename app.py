"""Playlab: TensorFlow Playground and LeNet-5 training in one web application.

`create_app` wires the two tabs to Flask and Socket.IO; `main` serves it. No logic of either tab lives here.
"""

from __future__ import annotations

import argparse
import functools
import logging
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, render_template
from flask.json.provider import DefaultJSONProvider
from flask_socketio import SocketIO

from lenet import events as lenet_events
from lenet import routes as lenet_routes
from lenet.runs import Runs
from playground import routes as playground_routes
from playground.events import PlaygroundNamespace
from playground.workers import default_count

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "static" / "vendor"
VENDOR_FILES = ("plotly.min.js", "socket.io.min.js")

MAX_MESSAGE = 64 * 1024  # bytes a browser may send at once
THREADS = 512  # a WebSocket holds one

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application.

    config: WORKERS (processes that train Playgrounds), DATA_DIR (data sets), EXPERIMENTS_DIR (LeNet runs),
    TEACHER_TOKEN (None: a random one).

    Starts processes and threads; `app.extensions["close"]()` ends them, and every connection.
    """
    app = Flask(__name__)
    app.config.from_mapping(
        WORKERS=default_count(),
        DATA_DIR=str(ROOT / "data"),
        EXPERIMENTS_DIR=str(ROOT / "experiments"),
        TEACHER_TOKEN=None,
    )
    app.config.from_mapping(config or {})
    cast(DefaultJSONProvider, app.json).sort_keys = False

    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # a connection's commands are carried out in order, without a thread for each
        max_http_buffer_size=MAX_MESSAGE,
        http_compression=False,  # frames do not compress
        ping_interval=10,
        ping_timeout=10,
    )
    _limit_websocket(socketio)
    namespace = PlaygroundNamespace(app.config["WORKERS"])
    socketio.server.register_namespace(namespace)
    app.register_blueprint(playground_routes.blueprint)
    runs = Runs(
        Path(app.config["DATA_DIR"]), Path(app.config["EXPERIMENTS_DIR"]), teacher_token=app.config["TEACHER_TOKEN"]
    )
    lenet_events.register(socketio, runs)
    app.register_blueprint(lenet_routes.blueprint(runs))

    @app.get("/lenet")
    def lenet_page() -> str:
        return render_template("lenet.html")

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    def close() -> None:
        for connection in list(socketio.server.eio.sockets):
            socketio.server.eio.disconnect(connection)
        runs.close()
        namespace.close()

    app.extensions["close"] = close
    return app


def _limit_websocket(socketio: SocketIO) -> None:
    """Refuses a message over the limit before it is assembled, and compression, which would unpack first.

    engineio has no setting for either: it checks a message's size when it has all of it.
    """
    engine = socketio.server.eio
    make_websocket = functools.partial(engine._async["websocket"], max_message_size=MAX_MESSAGE)

    def accept(handler: Any, server: Any) -> Any:
        websocket = make_websocket(handler, server)

        def without_compression(environ: dict[str, Any], start_response: Any) -> Any:
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
            return websocket(environ, start_response)

        return without_compression

    engine._async = {**engine._async, "websocket": accept}


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="app.py", description=__doc__.splitlines()[0])
    env = os.environ.get
    parser.add_argument("--host", default=env("PLAYLAB_HOST", "127.0.0.1"), help="address to listen on; 0.0.0.0: all")
    parser.add_argument("--port", type=int, default=env("PLAYLAB_PORT", "5000"))
    parser.add_argument("--workers", type=int, default=env("PLAYLAB_WORKERS", str(default_count())),
                        help="processes that train Playgrounds")  # fmt: skip
    parser.add_argument("--data", default=env("PLAYLAB_DATA", str(ROOT / "data")), help="folder for data sets")
    parser.add_argument("--experiments", default=env("PLAYLAB_EXPERIMENTS", str(ROOT / "experiments")),
                        help="folder for LeNet runs")  # fmt: skip
    parser.add_argument("--teacher", default=env("PLAYLAB_TEACHER"), metavar="TOKEN",
                        help="the teacher's token; by default a new one at every start")  # fmt: skip
    arguments = parser.parse_args(argv)
    if not 1 <= arguments.workers <= 64:
        parser.error(f"invalid --workers: {arguments.workers} (want 1 to 64)")
    if not 0 < arguments.port < 65536:
        parser.error(f"invalid --port: {arguments.port} (want 1 to 65535)")
    return arguments


def main(argv: list[str] | None = None) -> None:
    """Serves until interrupted."""
    arguments = _arguments(argv)
    missing = [name for name in VENDOR_FILES if not (VENDOR / name).exists()]
    if missing:
        sys.exit(f"missing in static/vendor: {', '.join(missing)}. Run: make setup (or: python scripts/vendor.py)")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    config = {
        "WORKERS": arguments.workers,
        "DATA_DIR": arguments.data,
        "EXPERIMENTS_DIR": arguments.experiments,
        "TEACHER_TOKEN": arguments.teacher or secrets.token_urlsafe(12),
    }
    shown = "localhost" if arguments.host in ("127.0.0.1", "0.0.0.0", "::") else arguments.host  # noqa: S104
    print(f"Playlab is at http://{shown}:{arguments.port} (Ctrl+C stops it)", flush=True)
    print(f"The teacher's token, to stop any run: {config['TEACHER_TOKEN']}", flush=True)
    try:
        from gunicorn.app.base import BaseApplication
        from gunicorn.workers.gthread import ThreadWorker
    except ImportError:  # Windows
        _serve_werkzeug(config, arguments.host, arguments.port)
        return

    class Worker(ThreadWorker):
        """Ends the connections as soon as it is told to stop: it would wait for each WebSocket until the time-out."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            super().handle_exit(sig, frame)
            threading.Thread(target=self.app.wsgi().extensions["close"]).start()

        handle_quit = handle_exit  # Ctrl+C

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {
                "bind": f"{arguments.host}:{arguments.port}",
                "worker_class": Worker,
                "workers": 1,
                "threads": THREADS,
                "worker_connections": 2 * THREADS,
                "graceful_timeout": 4,
                "timeout": 60,
                "loglevel": "warning",
                "control_socket_disable": True,
            }
            for key, value in settings.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Flask:
            return create_app(config)

    Server().run()


def _serve_werkzeug(config: Mapping[str, Any], host: str, port: int) -> None:
    from werkzeug.serving import make_server

    app = create_app(config)
    try:
        make_server(host, port, app, threaded=True).serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        app.extensions["close"]()


if __name__ == "__main__":
    main()
