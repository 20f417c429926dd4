"""Serves a WSGI application: gunicorn's threads, bounded in how long a client may hold one; Werkzeug's on Windows."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from web.limits import THREADS

GRACE_SECONDS = 4  # for what is under way when the server is told to stop
HEAD_SECONDS = 5  # for a client to say what it wants
STALL_SECONDS = 8  # for a client's machine to take what was sent to it
_FAREWELL_SECONDS = 0.2  # for a client to close its end

Create = Callable[[], Any]


def serve(create: Create, host: str, port: int) -> None:
    """Serves `create()`, a Flask application that `extensions["close"]` ends, until told to stop."""
    try:
        from gunicorn.workers import gthread  # noqa: F401
    except ImportError:  # Windows
        _serve_werkzeug(create, host, port)
    else:
        _serve_gunicorn(create, host, port)


def _serve_gunicorn(create: Create, host: str, port: int) -> None:
    from gunicorn import util
    from gunicorn.app.base import BaseApplication
    from gunicorn.glogging import Logger
    from gunicorn.workers import gthread

    gthread.DEFAULT_WORKER_DATA_TIMEOUT = 0.05  # seconds that a thread waits for a client that says nothing at all

    class Worker(gthread.ThreadWorker):
        """gunicorn's, with an end to clients that send their request drop by drop, and to WebSockets when it stops."""

        def init_process(self) -> None:
            self.heads: dict[int, tuple[float, socket.socket]] = {}  # by thread: until when its request may take
            for listener in self.sockets:
                if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux. Accepted connections inherit it
                    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALL_SECONDS * 1000)
            super().init_process()

        def handle(self, conn: Any) -> Any:
            self.heads[threading.get_ident()] = time.monotonic() + HEAD_SECONDS, conn.sock
            try:
                kept = super().handle(conn)
            finally:
                self.heads.pop(threading.get_ident(), None)
            if kept is False:
                # gunicorn does this in the thread that accepts connections, up to 2 s for each.
                util.close_graceful(conn.sock, timeout=_FAREWELL_SECONDS)
                conn.close = lambda **_: None
            return kept

        def murder_pending(self) -> None:  # called every second
            super().murder_pending()
            for deadline, connection in list(self.heads.values()):
                if time.monotonic() > deadline:
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)

        def handle_exit(self, sig: int, frame: Any) -> None:
            super().handle_exit(sig, frame)
            threading.Thread(target=self.app.wsgi().extensions["close"]).start()

        handle_quit = handle_exit  # Ctrl+C

    class Log(Logger):
        """Into the application's log."""

        def setup(self, cfg: Any) -> None:
            super().setup(cfg)
            self.error_log.handlers.clear()
            self.error_log.propagate = True
            self.error_log.setLevel(logging.WARNING)

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "worker_class": Worker,
                "workers": 1,
                "threads": THREADS,
                "worker_connections": 8 * THREADS,  # those that say nothing hold no thread
                "graceful_timeout": GRACE_SECONDS,
                "timeout": 60,
                "logger_class": Log,
                "forwarded_allow_ips": "",  # X-Forwarded-For and -Proto are dealt with by the application, if at all
                "pre_request": lambda worker, _request: worker.heads.pop(threading.get_ident(), None),
                "control_socket_disable": True,
            }
            for key, value in settings.items():
                if key in self.cfg.settings:
                    self.cfg.set(key, value)

        def load(self) -> Any:
            return create()

    Server().run()


def _serve_werkzeug(create: Create, host: str, port: int) -> None:
    from werkzeug.serving import make_server

    app = create()
    try:
        make_server(host, port, app, threaded=True).serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        app.extensions["close"]()
