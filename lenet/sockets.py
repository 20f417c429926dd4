"""The Socket.IO namespace `/lenet`: news of the runs. It only tells; what changes something goes through the routes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask_socketio import Namespace, SocketIO, join_room, leave_room, rooms

from core.refused import RefusedError
from lenet.runs.registry import Runs

NAMESPACE = "/lenet"
MOST_FOLLOWED = 50  # runs, by one connection; the page follows one


class LenetNamespace(Namespace):
    """`follow` and `unfollow` a run's records; summaries, and that a run is named anew, come to everyone.

    `ping` is answered, and no more.
    """

    def __init__(self, runs: Runs):
        super().__init__(NAMESPACE)
        self.runs = runs

    def on_connect(self, *_: object) -> None:
        self.runs.prepare()  # someone is looking at the tab: get ready for Start

    def on_ping(self, *_: object) -> dict[str, object]:
        return {"ok": True}

    def on_follow(self, *message: object) -> dict[str, object]:
        """From now on this client gets the run's `records`; the answer says how many lines there were before."""
        try:
            run_id = _run_of(message)
            self.runs.board.get(run_id)  # whether there is such a run
            followed = set(rooms()) - {_sid()}
            if run_id not in followed and len(followed) >= MOST_FOLLOWED:
                fault = f"you follow {len(followed)} runs, the most there can be: unfollow one first"
                raise RefusedError(429, fault, "too-many-followed", count=len(followed))
            join_room(run_id)  # before counting: a line may come twice, none is missed
            return {"ok": True, "lines": self.runs.board.get(run_id).lines}
        except RefusedError as error:
            return {"ok": False, **error.to_json()}

    def on_unfollow(self, *message: object) -> dict[str, object]:
        try:
            leave_room(_run_of(message))
            return {"ok": True}
        except RefusedError as error:
            return {"ok": False, **error.to_json()}


def _sid() -> str:
    """The name of this connection, which is a room too."""
    return request.sid  # type: ignore[attr-defined]


def _run_of(message: tuple[object, ...]) -> str:
    """The run's id, from the arguments of an event. Raises RefusedError."""
    said = message[0] if len(message) == 1 else None
    run_id = said.get("run") if isinstance(said, dict) else None
    if not isinstance(run_id, str) or len(run_id) > 64:
        raise RefusedError(422, "want an object with the run's id as `run`", "invalid", "run")
    return run_id


def register(socketio: SocketIO, runs: Runs) -> None:
    """Adds the namespace to `socketio` and passes on what `runs` tells."""
    socketio.on_namespace(LenetNamespace(runs))

    def tell(event: str, payload: Mapping[str, object]) -> None:
        room = payload["run"] if event == "records" else None
        socketio.emit(event, payload, namespace=NAMESPACE, to=room)

    runs.board.subscribe(tell)
