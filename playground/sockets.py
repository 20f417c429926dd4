"""The Socket.IO namespace `/playground`: checks what a browser sends and answers every command.

The edge: inside it, arguments are trusted. docs/protocol.md is its specification.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import socketio

from core.refused import MISSING, RefusedError
from core.settings import Choice, Number
from core.spelling import spelled
from core.threads import Repeating
from core.visitors import browser_of
from playground import link, point_set
from playground.config import FEATURE_KEYS, MAX_LAYERS, MAX_NEURONS, ConfigError, count_parameters
from playground.export.formats import OF_A_WORKER
from playground.point_set import MOST_CLASSES, PointSet
from playground.recording import edits, moment
from playground.recording.edits import LAYER, NODE, VALUE
from playground.serving.commands import Commands
from playground.serving.rates import Rates
from playground.serving.session import SessionError
from playground.serving.sessions import Sessions
from playground.studies.plan import EPOCHS, SEEDS, VARY, Plan

log = logging.getLogger(__name__)

NAMESPACE = "/playground"

PROTOCOL = 2  # the version that docs/protocol.md describes

_EPOCHS = Number(1, 10_000, whole=True)
_PACE = Number(0.1, 1000)
_FRAMES = Number(1, 60)
_PARAMETER = Number(-sys.float_info.max, sys.float_info.max)
_PARAMETERS = count_parameters((len(FEATURE_KEYS), *[MAX_NEURONS] * MAX_LAYERS, MOST_CLASSES))  # of the largest network
_EPOCH = Number(0, 2**31, whole=True)  # half of what a frame can count to
_RUN = Number(1, 2**31, whole=True)
_TOKEN_LENGTH = 32

Arguments = dict[str, Any]
Reply = dict[str, Any] | None


def _checked(arguments: Arguments, name: str, kind: Number | Choice) -> Any:
    value = arguments.get(name, MISSING)
    try:
        return kind.check(value)
    except (ValueError, OverflowError) as error:
        raise ConfigError(name, value, str(error), kind.code, kind.limits) from None


def _text(arguments: Arguments, name: str, limit: int) -> str | None:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigError(name, value, "a string")
    if value is not None and len(value) > limit:
        raise ConfigError(name, value, f"a string of up to {limit} characters", "length", {"most": limit})
    return value


def _link(arguments: Arguments) -> str | None:
    return _text(arguments, "link", link.most_length(arguments.get("link")))


# Each command: the arguments it knows, and what it does with (sessions, connection, arguments).


def _open(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    protocol = arguments.get("protocol")
    if isinstance(protocol, bool) or protocol != PROTOCOL:  # who is of version 1 does not say so
        said = MISSING if protocol is None else protocol
        raise ConfigError("protocol", said, f"{PROTOCOL}, as this server has", "protocol", {"known": PROTOCOL})
    token = _text(arguments, "session", _TOKEN_LENGTH)
    deflated = arguments.get("deflated") or False
    if not isinstance(deflated, bool):
        raise ConfigError("deflated", deflated, "true or false", "flag")
    return sessions.open(connection, token, _link(arguments), deflated)


def _configure(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    sessions.connections.session_of(connection)  # without one, nothing is said of what was sent
    if ("link" in arguments) == ("config" in arguments):
        raise ConfigError(None, arguments, "either config or link")
    if "link" in arguments:
        if _link(arguments) is None:
            raise ConfigError("link", None, "a string")
        there, warnings = moment.parse_leniently(arguments["link"], sessions.find)
        settings = sessions.commands.follow(connection, there)
        return {**settings, "warnings": [warning.to_json() for warning in warnings]}
    changes = arguments["config"]
    if isinstance(changes, dict) and isinstance(own := changes.get("ownData"), str):
        changes = changes | {"ownData": link.found(own, sessions.find)}
    return sessions.commands.change(connection, changes)


def _moment(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.moment(connection, _checked(arguments, "epoch", moment.EPOCH))


def _view(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.view(connection, _checked(arguments, "epoch", _EPOCH) if arguments else None)


def _take(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.take(connection, _checked(arguments, "number", _RUN))


def _code(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    form = _checked({"format": "py", **arguments}, "format", OF_A_WORKER)
    return sessions.commands.write_code(connection, _checked(arguments, "epoch", moment.EPOCH), form)


def _study(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    given = {"seeds": Plan.seeds, "epochs": Plan.epochs, "vary": Plan.vary} | arguments
    seeds, epochs = _checked(given, "seeds", SEEDS), _checked(given, "epochs", EPOCHS)
    return sessions.commands.begin_study(connection, seeds, epochs, _checked(given, "vary", VARY))


def _compare(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    address = _link(arguments)
    other = None if address is None else moment.parse(address, sessions.find).config
    return sessions.commands.compare(connection, other)


def _select(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    node = None
    if arguments:
        node = (_checked(arguments, "layer", LAYER), _checked(arguments, "node", NODE))
    sessions.commands.select(connection, node)
    return None


def _step(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.step(connection, _checked({"epochs": 1, **arguments}, "epochs", _EPOCHS))


def _set_weight(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.set_weight(
        connection, _checked(arguments, "layer", LAYER), _checked(arguments, "node", NODE),
        _checked(arguments, "input", NODE), _checked(arguments, "value", VALUE),
    )  # fmt: skip


def _set_bias(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    layer, node = _checked(arguments, "layer", LAYER), _checked(arguments, "node", NODE)
    return sessions.commands.set_bias(connection, layer, node, _checked(arguments, "value", VALUE))


def _set_speed(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    if "epochsPerSecond" not in arguments:
        raise ConfigError("epochsPerSecond", MISSING, f"{_PACE.want}, or null", _PACE.code, _PACE.limits)
    fastest = arguments["epochsPerSecond"] is None
    sessions.commands.set_speed(connection, None if fastest else _checked(arguments, "epochsPerSecond", _PACE))
    return None


def _set_frame_rate(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    sessions.commands.set_frame_rate(connection, _checked(arguments, "framesPerSecond", _FRAMES))
    return None


def _restore(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    values = arguments.get("parameters", MISSING)
    if not isinstance(values, list) or len(values) > _PARAMETERS:
        raise ConfigError("parameters", values, f"a list of up to {_PARAMETERS} numbers")
    parameters = [float(_checked({"parameters": value}, "parameters", _PARAMETER)) for value in values]
    return sessions.commands.restore(connection, parameters, _checked(arguments, "epoch", _EPOCH))


def _ping(_sessions: Sessions, _connection: str, _arguments: Arguments) -> Reply:
    return None


def _close(sessions: Sessions, connection: str, _arguments: Arguments) -> Reply:
    sessions.end(connection)
    return None


def _plain(command: Callable[[Commands, str], Reply]) -> Callable[[Sessions, str, Arguments], Reply]:
    """A command without arguments."""
    return lambda sessions, connection, _: command(sessions.commands, connection)


def _add_points(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    label = _checked(arguments, "label", edits.LABEL)
    return sessions.commands.add_points(connection, label, _places(arguments))


def _drop_points(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    return sessions.commands.drop_points(connection, _places(arguments))


def _places(arguments: Arguments) -> bytes:
    points = arguments.get("points", MISSING)
    try:
        if not isinstance(points, list):
            raise ValueError("a list of numbers")
        return edits.places(points)
    except ValueError as error:
        raise ConfigError("points", points, str(error), "places", {"most": edits.MOST_PLACES}) from None


def _name_classes(sessions: Sessions, connection: str, arguments: Arguments) -> Reply:
    names = arguments.get("names", MISSING)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError("names", names, "a list of strings", "class-names", {"most": point_set.MOST_NAME})
    return sessions.commands.name_classes(connection, names)


def _own_data(sessions: Sessions, connection: str, _arguments: Arguments) -> Reply:
    own = sessions.commands.own_data(connection)
    return {"points": own.text if own else "", "address": own.address if own else ""}


Command = Callable[[Sessions, str, Arguments], Reply]

COMMANDS: dict[str, tuple[frozenset[str], Command]] = {
    "open": (frozenset({"protocol", "session", "link", "deflated"}), _open),
    "whole": (frozenset(), _plain(Commands.send_whole)),
    "configure": (frozenset({"config", "link"}), _configure),
    "moment": (frozenset({"epoch"}), _moment),
    "view": (frozenset({"epoch"}), _view),
    "undo": (frozenset(), _plain(Commands.undo)),
    "redo": (frozenset(), _plain(Commands.redo)),
    "take": (frozenset({"number"}), _take),
    "code": (frozenset({"epoch", "format"}), _code),
    "strip": (frozenset(), _plain(Commands.draw_strip)),
    "animate": (frozenset(), _plain(Commands.animate)),
    "end_animation": (frozenset(), _plain(Commands.end_animation)),
    "study": (frozenset({"seeds", "epochs", "vary"}), _study),
    "compare": (frozenset({"link"}), _compare),
    "end_study": (frozenset(), _plain(Commands.end_study)),
    "play": (frozenset(), _plain(Commands.play)),
    "pause": (frozenset(), _plain(Commands.pause)),
    "step": (frozenset({"epochs"}), _step),
    "reset": (frozenset(), _plain(Commands.reset)),
    "new_weights": (frozenset(), _plain(Commands.new_weights)),
    "new_data": (frozenset(), _plain(Commands.new_data)),
    "select": (frozenset({"layer", "node"}), _select),
    "set_weight": (frozenset({"layer", "node", "input", "value"}), _set_weight),
    "set_bias": (frozenset({"layer", "node", "value"}), _set_bias),
    "add_points": (frozenset({"label", "points"}), _add_points),
    "drop_points": (frozenset({"points"}), _drop_points),
    "name_classes": (frozenset({"names"}), _name_classes),
    "own_data": (frozenset(), _own_data),
    "set_speed": (frozenset({"epochsPerSecond"}), _set_speed),
    "set_frame_rate": (frozenset({"framesPerSecond"}), _set_frame_rate),
    "restore": (frozenset({"parameters", "epoch"}), _restore),
    "ping": (frozenset(), _ping),
    "close": (frozenset(), _close),
}


_STROKES = ("add_points", "drop_points", "name_classes")
_PAUSE = 1.0  # seconds after a stroke until what was drawn is kept, if no more come
_AGAIN = 5.0  # seconds until that is tried again
_MOST_LEFT = 400  # sets of those who have gone, as many as there may be connections
_TRIES = 20  # to keep one of them


class Library(Protocol):
    """Where own data are kept, by their address."""

    def find(self, address: str) -> PointSet | None: ...

    def keep(self, own: PointSet, browser: str | None) -> None:
        """Raises RefusedError."""


class _NoLibrary:
    def find(self, _address: str) -> PointSet | None:
        return None

    def keep(self, _own: PointSet, _browser: str | None) -> None:
        pass


NO_LIBRARY = _NoLibrary()


def _refused(error: str, code: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    """The acknowledgement of a command that cannot be carried out, whatever its fields hold."""
    return {"ok": False, "error": error, "field": None, "code": code, "values": values or {}}


@dataclass(frozen=True)
class _Left:
    """Own data of a connection that has ended. browser: whose it was."""

    own: PointSet
    browser: str | None
    tries: int = _TRIES


class PlaygroundNamespace(socketio.Namespace):
    """Passes commands to `Sessions`, and what it emits to the browsers."""

    def __init__(
        self,
        workers: int,
        note_frame: Callable[[float | None], None] = lambda _gap: None,
        library: Library = NO_LIBRARY,
    ):
        """library: where own data are that a link has only the address of."""
        super().__init__(NAMESPACE)
        self.sessions = Sessions(self._emit, workers, note_frame=note_frame, find=library.find)
        self._library = library
        self._rates = Rates()
        self._strokes: dict[str, float] = {}  # by connection: when to keep the points that it has drawn
        self._kept: dict[str, set[str]] = {}  # by connection: the addresses of what was kept last
        self._left: deque[_Left] = deque(maxlen=_MOST_LEFT)  # what is to be kept of those who have gone
        self._keeper = Repeating("own-data-keeper", self._keep_drawn, _PAUSE / 2)

    def close(self) -> None:
        self._keeper.close()
        self._keep_left()
        self.sessions.close()

    def _emit(self, connection: str, event: str, payload: Any, acknowledged: Callable[[], None] | None = None) -> None:
        callback = (lambda *_: acknowledged()) if acknowledged else None
        self.emit(event, payload, to=connection, callback=callback)

    def trigger_event(self, event: str, *args: Any) -> Any:
        if event == "connect":
            return self._welcome(args[0], browser_of(args[1]))
        if event == "disconnect":
            if args[0] in self._strokes:
                # By the keeper: this may be the thread that looks after all connections.
                browser = self.sessions.connections.browser_of(args[0])
                unkept = self._not_yet(self._linked(args[0]), args[0])
                self._left.extend(_Left(own, browser) for own in unkept)
            self._strokes.pop(args[0], None)
            self._kept.pop(args[0], None)
            self._rates.leave(args[0])
            return self.sessions.connections.leave(args[0], cut=args[1:] == (socketio.Server.reason.SERVER_DISCONNECT,))
        return self.answer(args[0], event, args[1:])

    def _welcome(self, connection: str, browser: str | None) -> None:
        self.sessions.connections.join(connection, browser)
        self._rates.join(connection, browser)

    def answer(self, connection: str, event: str, sent: tuple[Any, ...]) -> dict[str, Any]:
        """Carries out one command. Returns its acknowledgement."""
        has_link = any(isinstance(argument, dict) and "link" in argument for argument in sent)
        refusal = self._rates.admit(connection, event, has_link)
        if refusal:
            return _refused(refusal, "too-fast")
        try:
            reply = self._carry_out(connection, event, sent) or {}
            if event in _STROKES:  # and more of them are to be expected
                self._strokes[connection] = time.monotonic() + _PAUSE
                return {"ok": True, **reply}
            has_address = point_set.is_address(reply.get("config", {}).get("ownData") or "")
            unkept = self._keep(connection) if has_address or connection in self._strokes else {}
            return {"ok": True, **reply, **unkept}
        except ConfigError as error:
            return {"ok": False, **error.to_json()}
        except SessionError as error:
            return _refused(str(error), error.code, error.values)
        except Exception:
            log.exception("command %.40s failed", event)
            return _refused("the server failed on this command", "mistake")

    def _keep(self, connection: str) -> dict[str, Any]:
        """Keeps the own data of which a link has only the address. Returns why it could not: then it is tried again."""
        self._strokes.pop(connection, None)
        linked = self._linked(connection)
        try:
            for own in self._not_yet(linked, connection):
                self._library.keep(own, self.sessions.connections.browser_of(connection))
        except RefusedError as error:
            self._strokes[connection] = time.monotonic() + _AGAIN
            return {"unkept": error.to_json()}
        self._kept[connection] = set(linked)
        return {}

    def _linked(self, connection: str) -> dict[str, PointSet]:
        """Its own data of which a link has only the address, by that."""
        try:
            linked = self.sessions.commands.linked_data(connection)
        except SessionError:  # it has no session any more
            return {}
        return {own.address: own for own in linked if own.count >= point_set.INLINE}

    def _not_yet(self, linked: dict[str, PointSet], connection: str) -> list[PointSet]:
        """Those that are not kept."""
        kept = self._kept.get(connection, set())
        return [own for address, own in linked.items() if address not in kept]

    def _keep_left(self) -> None:
        """Keeps what those have drawn who have gone, until that is refused: then each has its turn again later."""
        while self._left:
            left = self._left.popleft()
            try:
                self._library.keep(left.own, left.browser)
            except RefusedError:
                if left.tries > 1:
                    self._left.append(replace(left, tries=left.tries - 1))
                return

    def _keep_drawn(self) -> None:
        """Keeps what has been drawn where no more strokes came for a while."""
        self._keep_left()
        for connection, when in list(self._strokes.items()):
            if when <= time.monotonic():
                self._keep(connection)

    def _carry_out(self, connection: str, event: str, sent: tuple[Any, ...]) -> Reply:
        if event not in COMMANDS:
            raise SessionError(f"no command {spelled(event)}: there are {', '.join(COMMANDS)}", "no-command")
        known, command = COMMANDS[event]
        arguments = sent[0] if sent else {}
        if len(sent) > 1 or not isinstance(arguments, dict):
            raise ConfigError(None, sent[0] if len(sent) == 1 else sent, f"one object as the argument of {event}")
        for name, value in arguments.items():
            if name not in known:
                fields = f"only the fields {', '.join(sorted(known))}" if known else "no fields"
                raise ConfigError(name, value, f"{fields} with {event}")
        return command(self.sessions, connection, arguments)
