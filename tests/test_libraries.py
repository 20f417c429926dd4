"""What is used of libraries besides what they publish: names of their own, and methods that are overridden.

A failure says that a library changed, and which module of ours relies on what is gone. Mend that module, then raise the
upper bound in requirements.txt.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import io
import re
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
import engineio.socket
import PIL.Image
import pytest
import socketio
from flask import Flask
from flask_socketio import SocketIO
from packaging.requirements import Requirement
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from support.processes import ROOT


@dataclass(frozen=True)
class Use:
    """Names of one thing of a library. A method has its parameters where our module names or overrides them."""

    library: str  # its distribution
    module: str  # the one module of ours that uses them
    thing: str | Callable[[], Any]  # package.module:Name, or what makes it
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.library}-{self.thing if isinstance(self.thing, str) else self.thing.__name__}"


def engineio_server() -> Any:
    return socketio.Server(async_mode="threading").eio


def engineio_socket() -> Any:
    return engineio.socket.Socket(engineio_server(), "probe")


def socketio_server() -> Any:
    return socketio.Server(async_mode="threading")


def flask_socketio_server() -> Any:
    return SocketIO(Flask("probe"), async_mode="threading").server


def waitress_server() -> Any:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        adjustments = Adjustments(sockets=[listener])
        information = (listener.family, listener.type, listener.proto, listener.getsockname())
        server = TcpWSGIServer(None, {}, _sock=listener, adj=adjustments, sockinfo=information, bind_socket=False)
        server.trigger.close()
    return server


def waitress_channel() -> Any:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        return HTTPChannel(waitress_server(), ours, ("127.0.0.1", 0), Adjustments(), map={})


def waitress_body() -> Any:
    parser = HTTPRequestParser(Adjustments())
    parser.received(b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n")
    return parser


def docx_paragraph() -> Any:
    return docx.Document().add_paragraph()


def docx_paragraph_element() -> Any:
    return docx_paragraph()._element


def docx_run() -> Any:
    return docx_paragraph().add_run()


def docx_picture() -> Any:
    picture = io.BytesIO()
    PIL.Image.new("RGB", (1, 1)).save(picture, "PNG")
    return docx_run().add_picture(picture)


def docx_table() -> Any:
    return docx.Document().add_table(rows=1, cols=1)


def docx_row() -> Any:
    return docx_table().rows[0]


def docx_cell() -> Any:
    return docx_row().cells[0]


def docx_paragraph_properties() -> Any:
    return docx_paragraph_element().get_or_add_pPr()


def docx_run_properties() -> Any:
    return docx_run()._r.get_or_add_rPr()


def docx_run_element() -> Any:
    return docx_run()._r


def docx_picture_element() -> Any:
    return docx_picture()._inline


def docx_table_properties() -> Any:
    return docx_table()._tblPr


def docx_row_element() -> Any:
    return docx_row()._tr


def docx_cell_properties() -> Any:
    return docx_cell()._tc.get_or_add_tcPr()


def docx_cell_element() -> Any:
    return docx_cell()._tc


USES = [
    Use("python-docx", "notebook/export/word/parts.py", docx_paragraph, ("_p", "_element")),
    Use("python-docx", "notebook/export/word/parts.py", docx_paragraph_element, ("style", "pPr", "get_or_add_pPr")),
    Use(
        "python-docx", "notebook/export/word/parts.py", docx_paragraph_properties,
        ("get_or_add_numPr",),
    ),
    Use("python-docx", "notebook/export/word/parts.py", docx_run, ("_r", "_element")),
    Use("python-docx", "notebook/export/word/parts.py", docx_run_element, ("style", "get_or_add_rPr")),
    Use(
        "python-docx", "notebook/export/word/parts.py", docx_run_properties, ("get_or_add_rFonts",)
    ),
    Use("python-docx", "notebook/export/word/parts.py", docx_picture, ("_inline",)),
    Use("python-docx", "notebook/export/word/parts.py", docx_picture_element, ("docPr", "set")),
    Use("python-docx", "notebook/export/word/parts.py", docx_table, ("_tbl", "_tblPr")),
    Use("python-docx", "notebook/export/word/parts.py", docx_table_properties, ("style",)),
    Use("python-docx", "notebook/export/word/parts.py", docx_row, ("_tr",)),
    Use("python-docx", "notebook/export/word/parts.py", docx_row_element, ("get_or_add_trPr",)),
    Use("python-docx", "notebook/export/word/parts.py", docx_cell, ("_tc",)),
    Use("python-docx", "notebook/export/word/parts.py", docx_cell_element, ("get_or_add_tcPr",)),
    Use(
        "python-docx", "notebook/export/word/parts.py", docx_cell_properties,
        ("insert_element_before(elm, tagnames)",),
    ),
    Use(
        "python-engineio", "web/engine.py", engineio_server,
        (
            "log_message_keys",
            "_async", "handlers", "sockets", "ping_interval", "ping_timeout",
            "start_background_task(target, args, kwargs)",
        ),
    ),
    Use(
        "python-engineio", "web/engine.py", "engineio.socket:Socket",
        ("_send_ping(self)", "schedule_ping(self)", "send(self, pkt)", "close(self, wait, abort, reason)"),
    ),
    Use(
        "python-engineio", "web/engine.py", engineio_socket,
        ("queue", "upgraded", "closing", "closed", "last_ping", "sid"),
    ),
    Use("python-engineio", "web/engine.py", "engineio.payload:Payload", ("max_decode_packets",)),
    Use("python-engineio", "web/engine.py", "engineio.packet", ("PING", "Packet")),
    Use("python-socketio", "web/gate.py", socketio_server, ("environ", "eio")),
    Use("flask-socketio", "app.py", flask_socketio_server, ("register_namespace(namespace_handler)", "eio")),
    Use(
        "rq", "lenet/queue/worker.py", "rq:Worker",
        (
            "get_heartbeat_ttl(self, job, working_time)", "maintain_heartbeats(self, job, execution)",
            "wait_for_horse(self)", "handle_warm_shutdown_request(self)", "_install_signal_handlers(self)", "horse_pid",
        ),
    ),
    Use("rq", "lenet/queue/worker.py", "rq.timeouts", ("HorseMonitorTimeoutException",)),
    Use("rq", "lenet/queue/remote.py", "rq:Queue", ("push_job_id(self, job_id, pipeline, at_front)", "key")),
    Use("rq", "lenet/queue/remote.py", "rq.job:Job", ("key_for(job_id)", "execution_registry")),
    Use("rq", "lenet/queue/remote.py", "rq.registry:StartedJobRegistry", ("cleanup", "get_job_ids")),
    Use(
        "waitress", "web/server.py", "waitress.channel:HTTPChannel",
        (
            "received(self, data)", "recv", "service(self)", "_flush_some(self, do_close)", "handle_close(self)",
            "handle_error(self)", "del_channel(self, map)", "task_class", "error_task_class", "parser_class",
            "__init__(self, server, sock, addr, adj, map)",
        ),
    ),
    Use(
        "waitress", "web/server.py", waitress_channel,
        ("request", "requests", "requests_lock", "total_outbufs_len", "outbufs", "sendbuf_len", "connected"),
    ),
    Use(
        "waitress", "web/server.py", "waitress.task:WSGITask",
        ("get_environment(self)", "write(self, data)", "finish(self)", "close_on_finish"),
    ),
    Use("waitress", "web/server.py", "waitress.task:ErrorTask", ("execute(self)",)),
    Use(
        "waitress", "web/server.py", "waitress.parser:HTTPRequestParser",
        ("parse_header(self, header_plus)", "received(self, data)", "body_bytes_received", "headers_finished", "error"),
    ),
    Use("waitress", "web/server.py", waitress_body, ("body_rcv",)),
    Use("waitress", "web/server.py", lambda: waitress_body().body_rcv, ("buf",)),
    Use(
        "waitress", "web/server.py", "waitress.buffers:OverflowableBuffer",
        ("__init__(self, overflow)", "append(self, s)", "close(self)", "__len__(self)"),
    ),
    Use(
        "waitress", "web/server.py", "waitress.task:ThreadedTaskDispatcher",
        ("add_task(self, task)", "set_thread_count(self, count)", "start_new_thread(self, target, thread_no)"),
    ),
    Use(
        "waitress", "web/server.py", ThreadedTaskDispatcher, ("lock", "queue", "threads", "stop_count", "active_count")
    ),
    Use(
        "waitress", "web/server.py", "waitress.server:TcpWSGIServer",
        (
            "__init__(self, application, map, _start, _sock, dispatcher, adj, sockinfo, bind_socket, kw)",
            "readable(self)", "handle_accept(self)", "accept(self)", "fix_addr(self, addr)", "pull_trigger(self)",
            "set_socket_options(self, conn)", "del_channel(self, map)", "channel_class",
        ),
    ),
    Use(
        "waitress", "web/server.py", waitress_server,
        ("active_channels", "trigger", "_map", "accepting", "task_dispatcher"),
    ),
    Use("waitress", "web/server.py", "waitress.wasyncore", ("loop(timeout, use_poll, map, count)",)),
    Use(
        "websockets", "web/websocket.py", "websockets.server:ServerProtocol",
        (
            "receive_data(self, data)", "events_received(self)", "data_to_send(self)", "accept(self, request)", "state",
            "fail(self, code, reason)", "send_ping(self, data)", "send_close(self, code, reason)",
            "send_text(self, data, fin)", "send_binary(self, data, fin)",
        ),
    ),
    Use("psycopg", "db/postgresql.py", "psycopg:Connection", ("wait", "autocommit", "close(self)")),
    Use("tensorboardX", "lenet/training/tensorboard.py", "tensorboardX.record_writer", ("masked_crc32c(data)",)),
    Use("torch", "lenet/training/trainer.py", "torch", ("_foreach_add",)),
]  # fmt: skip


def changed(thing: object, name: str) -> str | None:
    """What became of a name: None where it is as it is used."""
    attribute, _, expected = name.rstrip(")").partition("(")
    if not hasattr(thing, attribute):
        return "is gone"
    if expected:
        parameters = ", ".join(inspect.signature(getattr(thing, attribute)).parameters)
        if parameters != expected:
            return f"takes ({parameters}), not ({expected})"
    return None


@pytest.mark.parametrize("use", USES, ids=str)
def test_what_a_library_does_not_publish_is_as_it_is_used(use: Use):
    assert (ROOT / use.module).is_file(), use.module
    thing: Any
    if isinstance(use.thing, str):
        module, _, name = use.thing.partition(":")
        thing = importlib.import_module(module)
        thing = getattr(thing, name) if name else thing
    else:
        thing = use.thing()
    faults = [f"{name} {fault}" for name in use.names if (fault := changed(thing, name))]
    version = importlib.metadata.version(use.library)
    assert not faults, f"{use.library} changed ({version}): {use.module} relies on {use}: {'; '.join(faults)}"


@pytest.mark.parametrize("path", sorted((ROOT / "notebook" / "export").rglob("*.py")), ids=lambda path: path.name)
def test_private_parts_of_python_docx_are_used_in_one_module(path: Path):
    used = re.findall(r"\w\._(?:tc|p|r|element|inline|tbl|tblPr|tr)\b", path.read_text(encoding="utf-8"))
    assert bool(used) == (path.relative_to(ROOT).as_posix() == "notebook/export/word/parts.py"), used


def test_a_name_that_is_gone_and_parameters_that_changed_are_told():
    class Library:
        def send(self, packet: str) -> None: ...

    assert changed(Library, "send") is None
    assert changed(Library, "send(self, packet)") is None
    assert changed(Library, "send(self, packet, wait)") == "takes (self, packet), not (self, packet, wait)"
    assert changed(Library, "_ping") == "is gone"


@pytest.mark.parametrize("library", sorted({use.library for use in USES}))
def test_such_a_library_is_bounded_from_above(library: str):
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    asked = [Requirement(line.partition(" # ")[0]) for line in lines if line and not line.startswith("#")]
    (requirement,) = [one for one in asked if one.name.lower() == library.lower()]
    assert {"<", "~="} & {one.operator for one in requirement.specifier}, str(requirement)
