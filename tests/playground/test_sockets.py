"""The protocol over real sockets: a real server, python-socketio's client (WebSocket and polling), and raw frames."""

import contextlib
import json
import queue
import re
import struct
import threading
import time

import pytest
import socketio
import websocket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground import sockets as events
from playground.config import FEATURE_KEYS, FIELDS, Config
from support.processes import wait_until
from support.web_clients import close_polling
from web.websocket import MAX_MESSAGE

# python-socketio's client throws in a thread of its own when it is closed between a frame's two halves.
pytestmark = pytest.mark.filterwarnings("default::pytest.PytestUnhandledThreadExceptionWarning")

NAMESPACE = events.NAMESPACE
SECONDS = 10


class Browser:
    """A client that notes what it is sent and acknowledges every frame unless `acknowledge` is off."""

    def __init__(self, url, transports=("websocket",)):
        self.acknowledge = True
        self.frames = queue.Queue()
        self.events = []
        self.client = socketio.Client(reconnection=False)
        self.client.on("frame", self._frame, namespace=NAMESPACE)
        for event in ("status", "points", "history", "superseded"):
            self.client.on(event, self._note(event), namespace=NAMESPACE)
        self.client.connect(url, namespaces=[NAMESPACE], transports=list(transports), wait_timeout=SECONDS)

    def _frame(self, packed):
        self.frames.put(packed)
        if not self.acknowledge:
            threading.Event().wait(SECONDS)  # python-socketio acknowledges when the handler returns

    def _note(self, event):
        return lambda payload: self.events.append((event, payload))

    def call(self, command, *arguments):
        match command, arguments:
            case "open", (dict(said),):
                arguments = ({"protocol": events.PROTOCOL} | said,)
        return self.client.call(command, arguments or {}, namespace=NAMESPACE, timeout=SECONDS)

    def frame(self, accept=lambda _: True):
        """The next frame that is accepted."""
        deadline = time.monotonic() + SECONDS
        while True:
            packed = self.frames.get(timeout=max(0.01, deadline - time.monotonic()))
            if accept(packed):
                return packed

    def of(self, event):
        return [payload for name, payload in self.events if name == event]

    def close(self):
        if self.client.transport() == "polling":  # it would wait for its last poll: up to the server's next ping, 10 s
            close_polling(self.client.eio.base_url)
        self.client.disconnect()


def epoch_of(packed):
    return struct.unpack_from("<I", packed, 8)[0]


def generation_of(packed):
    return struct.unpack_from("<I", packed, 4)[0]


@pytest.fixture
def connect(server):
    made = []

    def new(**options):
        made.append(Browser(server, **options))
        return made[-1]

    yield new
    for one in made:
        one.close()


@pytest.fixture
def tab(connect):
    """A browser with a session of its own, its worker ready."""
    one = connect()
    opened = one.call("open", {"link": "seed=0.59704"})
    assert opened["ok"]
    one.session = opened["session"]
    one.frame()
    return one


def test_open_answers_with_everything_a_page_needs(connect):
    reply = connect().call("open", {"link": "http://host/#dataset=xor&seed=0.5&batchSize=9999"})
    assert reply["ok"] is True
    assert len(reply["session"]) == 32
    assert reply["config"] == Config(dataset="xor", seed="0.5", batch_size=4500).to_json()
    assert reply["warnings"] == [
        {
            "code": "whole",
            "field": "batchSize",
            "values": {"value": "9999", "low": 1, "high": 4500, "taken": "4500"},
            "error": 'invalid batchSize: "9999" (want a whole number from 1 to 4500): 4500 is taken',
        }
    ]
    expected = {
        "ok", "session", "resumed", "generation", "config", "link", "playing", "epochsPerSecond", "framesPerSecond",
        "selected", "edited", "restored", "goal", "undo", "redo", "runs", "ready", "reason", "warnings",
    }  # fmt: skip
    assert set(reply) == expected


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_training_is_streamed_and_its_numbers_are_the_originals(connect, transport):
    one = connect(transports=[transport])
    one.call("open", {"link": "seed=0.59704"})
    assert one.call("step", {"epochs": 10})["ok"]
    packed = one.frame(lambda packed: epoch_of(packed) == 10)
    losses = struct.unpack_from("<2d", packed, 16)
    assert losses == (0.486274570790497, 0.48422242942162247)
    assert len(one.of("points")[0]) == 16 + 500 * 3 * 8


def test_the_first_frame_after_play_comes_within_100_ms(tab):
    delays = []
    for _ in range(5):
        started = time.monotonic()
        tab.call("play")
        tab.frame(lambda packed: epoch_of(packed) > 0)
        delays.append(time.monotonic() - started)
        generation = tab.call("reset")["generation"]
        tab.frame(lambda packed, wanted=generation: generation_of(packed) == wanted)
    assert min(delays) < 0.1, delays  # the machine may be busy; the code must be able to


def test_every_control_acts(tab):
    weight = 64 + 8 * 2  # of layer 0, node 1, input 0
    tab.call("set_weight", {"layer": 0, "node": 1, "input": 0, "value": 0.25})
    tab.frame(lambda packed: struct.unpack_from("<d", packed, weight)[0] == 0.25)
    bias = 64 + 8 * 24
    tab.call("set_bias", {"layer": 2, "node": 0, "value": -2})
    tab.frame(lambda packed: struct.unpack_from("<d", packed, bias)[0] == -2)
    tab.call("select", {"layer": 0, "node": 2})
    tab.frame(lambda packed: struct.unpack_from("<2H", packed, len(packed) - 10_004) == (0, 2))
    tab.call("select", {})
    tab.frame(lambda packed: struct.unpack_from("<2H", packed, len(packed) - 10_004) == (2, 0))
    reply = tab.call("configure", {"config": {"networkShape": [3], "noise": 20}})
    assert reply["generation"] == 2
    assert "networkShape=3" in reply["link"]
    packed = tab.frame(lambda packed: generation_of(packed) == 2)
    assert struct.unpack_from("<8H", packed, 48) == (2, 3, 1, 0, 0, 0, 0, 0)
    reply = tab.call("configure", {"link": "seed=0.59704"})
    assert reply["config"]["noise"] == 0
    assert tab.call("new_weights")["config"]["weightsDraw"] == 1
    assert tab.call("new_data")["config"]["seed"] != "0.59704"


def test_a_training_goes_on_in_another_session_from_what_a_page_has_of_it(connect, tab):
    tab.call("step", {"epochs": 245})
    kept = tab.frame(lambda packed: epoch_of(packed) == 245)
    parameters = list(struct.unpack_from("<25d", kept, 64))
    other = connect()
    other.call("open", {"link": "seed=0.59704"})
    generation = other.call("restore", {"parameters": parameters, "epoch": 245})["generation"]
    packed = other.frame(lambda packed: generation_of(packed) == generation)
    assert packed[16:] == kept[16:]  # losses, network, pictures
    assert epoch_of(packed) == 245
    for one in (tab, other):
        one.call("step", {"epochs": 5})
    # 250 points in batches of 10: nothing was left over for the next update, so it goes on to the bit.
    further = [one.frame(lambda packed: epoch_of(packed) == 250)[16:] for one in (tab, other)]
    assert further[0] == further[1]


def test_a_session_knows_whether_its_link_still_gives_its_training(connect, tab):
    def edited():
        return tab.call("configure", {"config": {}})["edited"]

    edits = [
        ("set_weight", {"layer": 0, "node": 0, "input": 0, "value": 1}),
        ("set_bias", {"layer": 0, "node": 0, "value": 1}),
        ("new_data", {}),
        ("restore", {"parameters": [0.5] * 25, "epoch": 3}),
    ]
    for command, arguments in edits:
        assert not edited(), command
        assert tab.call(command, arguments)["ok"]
        assert edited(), command
        assert tab.call("reset")["ok"]
    tab.call("configure", {"config": {"learningRate": 0.1}})
    assert not edited()  # nothing was trained yet
    tab.call("step", {"epochs": 2})
    tab.frame(lambda packed: epoch_of(packed) == 2)
    tab.call("configure", {"config": {"discretize": True}})
    assert not edited()
    tab.call("configure", {"config": {"learningRate": 0.3}})
    assert edited()
    tab.call("configure", {"config": {"noise": 5}})
    assert not edited()
    tab.call("set_bias", {"layer": 0, "node": 0, "value": 1})
    resumed = connect().call("open", {"session": tab.session})
    assert (resumed["resumed"], resumed["edited"]) == (True, True)


def test_a_link_is_read_leniently_at_any_time_and_its_warnings_go_with_the_next_good_one(connect, tab):
    bad = "networkShape=4,19&noise=90&activation=swish&seed=0.25"
    opened, configured = connect().call("open", {"link": bad}), tab.call("configure", {"link": bad})
    assert [warning["field"] for warning in configured["warnings"]] == ["networkShape", "noise", "activation"]
    assert {key: configured[key] for key in ("config", "link", "warnings")} == {
        key: opened[key] for key in ("config", "link", "warnings")
    }
    assert tab.call("configure", {"link": "seed=0.25"})["warnings"] == []
    assert "warnings" not in tab.call("configure", {"config": {"noise": 5}})


def test_reset_brings_the_same_initial_weights_back(tab):
    tab.call("step", {"epochs": 5})
    tab.frame(lambda packed: epoch_of(packed) == 5)
    generation = tab.call("reset")["generation"]
    packed = tab.frame(lambda packed: generation_of(packed) == generation)
    assert struct.unpack_from("<d", packed, 64)[0] == 0.013961340352000695


def test_a_browser_that_stops_acknowledging_gets_two_frames_and_training_goes_on(connect, tab):
    deaf = connect()
    deaf.acknowledge = False
    deaf.call("open", {"link": "seed=0.1"})
    deaf.client.emit("play", {}, namespace=NAMESPACE)
    tab.call("step", {"epochs": 600})
    tab.frame(lambda packed: epoch_of(packed) == 600)
    assert deaf.frames.qsize() <= 2


def test_a_reconnect_finds_the_session_as_it_was(connect):
    first = connect()
    token = first.call("open", {"link": "seed=0.3"})["session"]
    first.call("step", {"epochs": 40})
    before = first.frame(lambda packed: epoch_of(packed) == 40)
    first.close()
    second = connect()
    reply = second.call("open", {"session": token, "link": "seed=0.9"})
    assert (reply["resumed"], reply["config"]["seed"]) == (True, "0.3")
    assert second.frame()[16:] == before[16:]
    wait_until(lambda: second.of("history"))
    assert second.of("history")[0]["epochs"][-1] == 40


def test_a_session_opened_elsewhere_is_gone_here(connect):
    first, second = connect(), connect()
    token = first.call("open", {})["session"]
    second.call("open", {"session": token})
    wait_until(lambda: first.of("superseded"))
    reply = first.call("play")
    refusal = {"error": "no session on this connection: send open first", "code": "no-session"}
    assert reply == {"ok": False, "field": None, "values": {}} | refusal


@pytest.mark.parametrize("command", sorted(set(events.COMMANDS) - {"open", "ping"}))
def test_nothing_works_before_open(connect, command):
    arguments = {
        "configure": {"config": {}},
        "set_weight": {"layer": 0, "node": 0, "input": 0, "value": 0},
        "set_bias": {"layer": 0, "node": 0, "value": 0},
        "set_speed": {"epochsPerSecond": None},
        "set_frame_rate": {"framesPerSecond": 30},
        "restore": {"parameters": [0.0] * 25, "epoch": 0},
        "moment": {"epoch": 0},
        "take": {"number": 1},
        "code": {"epoch": 0},
        "add_points": {"label": 0, "points": [0, 0]},
        "drop_points": {"points": [0, 0]},
        "name_classes": {"names": []},
    }
    reply = connect().call(command, arguments.get(command, {}))
    assert not reply["ok"]
    assert "open first" in reply["error"]


@pytest.mark.parametrize(
    ("command", "arguments", "code", "limits"),
    [
        ("set_weight", {"layer": 0, "node": 0, "input": 5, "value": 1}, "whole", {"value": "5", "low": 0, "high": 1}),
        ("set_bias", {"layer": 0, "node": 4, "value": 1}, "whole", {"value": "4", "low": 0, "high": 3}),
        ("set_bias", {"layer": 3, "node": 0, "value": 1}, "whole", {"value": "3", "low": 0, "high": 2}),
        ("select", {"layer": 1, "node": 2}, "whole", {"value": "2", "low": 0, "high": 1}),
        ("select", {"layer": 0}, "whole", {"value": "", "low": 0, "high": 15}),
        ("select", {"layer": None, "node": 0}, "whole", {"value": "null", "low": 0, "high": 10}),
        ("restore", {"epoch": 5}, "invalid", {"value": ""}),
        ("set_speed", {}, "number", {"value": "", "low": 0.1, "high": 1000}),
        ("configure", {"config": {"seed": 5}}, "text", {"value": "5", "most": 32}),
        ("open", {"link": 5}, "invalid", {"value": "5"}),
        ("open", {"session": "0" * 33}, "length", {"value": "0" * 33, "most": 32}),
        ("take", {"number": 7}, "invalid", {"value": "7"}),
        ("open", {"protocol": 1}, "protocol", {"value": "1", "known": 2}),
        ("open", {"protocol": 3, "link": "seed=1"}, "protocol", {"value": "3", "known": 2}),
        ("open", {"protocol": True}, "protocol", {"value": "true", "known": 2}),
        ("open", {"protocol": "2"}, "protocol", {"value": "2", "known": 2}),
        ("open", {"protocol": None}, "protocol", {"value": "", "known": 2}),
    ],
)
def test_a_refusal_has_the_code_and_the_values_that_the_protocol_says(tab, command, arguments, code, limits):
    reply = tab.call(command, arguments)
    assert (reply["ok"], reply["code"], reply["values"]) == (False, code, limits), reply


def test_a_client_that_does_not_say_which_protocol_it_speaks_is_an_old_one_and_refused(connect):
    one = connect()
    reply = one.client.call("open", {"link": "seed=0.1"}, namespace=NAMESPACE, timeout=SECONDS)
    assert (reply["ok"], reply["field"], reply["code"]) == (False, "protocol", "protocol"), reply
    assert reply["error"] == "invalid protocol: missing (want 2, as this server has)"
    assert one.call("play")["code"] == "no-session"
    for said in (2, events.PROTOCOL):
        assert one.call("open", {"protocol": said})["ok"]


def test_an_input_of_a_network_without_features_is_refused_in_words(tab):
    assert tab.call("configure", {"config": {"x": False, "y": False}})["ok"]
    reply = tab.call("set_weight", {"layer": 0, "node": 0, "input": 0, "value": 1})
    assert (reply["field"], reply["code"]) == ("input", "invalid"), reply


@pytest.mark.parametrize(
    ("command", "arguments", "field"),
    [
        ("step", {"epochs": 0}, "epochs"),
        ("step", {"epochs": True}, "epochs"),
        ("step", {"epochs": 10_001}, "epochs"),
        ("play", {"fast": 1}, "fast"),
        ("play", 7, None),
        ("step", None, None),
        ("select", {"layer": 0}, "node"),
        ("select", {"layer": 0, "node": 99}, "node"),
        ("set_weight", {"layer": 0, "node": 0, "input": 0, "value": None}, "value"),
        ("set_weight", {"layer": 0, "node": 0, "input": 0, "value": 1e7}, "value"),
        ("set_weight", {"layer": 0, "node": 0, "input": 5, "value": 1}, "input"),
        ("set_bias", {"layer": 5, "node": 0, "value": 1}, "layer"),
        ("set_speed", {}, "epochsPerSecond"),
        ("set_speed", {"epochsPerSecond": 0}, "epochsPerSecond"),
        ("set_frame_rate", {"framesPerSecond": 61}, "framesPerSecond"),
        ("configure", {}, None),
        ("configure", {"config": {}, "link": ""}, None),
        ("configure", {"config": []}, "config"),
        ("configure", {"config": {"batchSize": 4501}}, "batchSize"),
        ("configure", {"config": {"nothing": 1}}, "nothing"),
        ("configure", {"link": None}, "link"),
        ("restore", {"epoch": 5}, "parameters"),
        ("restore", {"parameters": [0.0] * 24, "epoch": 5}, "parameters"),
        ("restore", {"parameters": [0.0] * 2679, "epoch": 5}, "parameters"),
        ("restore", {"parameters": [*[0.0] * 24, None], "epoch": 5}, "parameters"),
        ("restore", {"parameters": [*[0.0] * 24, True], "epoch": 5}, "parameters"),
        ("restore", {"parameters": "x" * 25, "epoch": 5}, "parameters"),
        ("restore", {"parameters": [0.0] * 25}, "epoch"),
        ("restore", {"parameters": [0.0] * 25, "epoch": -1}, "epoch"),
        ("restore", {"parameters": [0.0] * 25, "epoch": 1.5}, "epoch"),
        ("restore", {"parameters": [0.0] * 25, "epoch": 2**31 + 1}, "epoch"),
        ("ping", {"now": 1}, "now"),
        ("open", {"session": 5}, "session"),
        ("open", {"session": "0" * 100}, "session"),
        ("open", {"link": "x" * 5000}, "link"),
        ("open", {"link": "#epoch=9&edits=" + "1:rate:1," * 7000}, "link"),
        ("moment", {}, "epoch"),
        ("moment", {"epoch": -1}, "epoch"),
        ("moment", {"epoch": 200_001}, "epoch"),
        ("moment", {"epoch": 1.5}, "epoch"),
        ("compare", {"link": 5}, "link"),
        ("compare", {"link": "batchSize=9999"}, "batchSize"),
        ("compare", {"config": {}}, "config"),
        ("compare", {}, None),
        ("code", {}, "epoch"),
        ("code", {"epoch": -1}, "epoch"),
        ("code", {"epoch": 200_001}, "epoch"),
        ("code", {"epoch": 0, "format": "csv"}, "format"),
        ("code", {"epoch": 0, "format": None}, "format"),
        ("fly", {}, None),
        ("play", {"x" * 90: 1}, "x" * 57 + "..."),
    ],
)
def test_bad_input_is_refused_by_field_and_changes_nothing(tab, command, arguments, field):
    reply = tab.call(command, arguments)
    assert (reply["ok"], reply["field"]) == (False, field), reply
    assert reply.keys() == {"ok", "error", "field", "code", "values"}
    assert re.fullmatch("[a-z]+(-[a-z]+)*", reply["code"])
    assert not re.search(r"\b(None|True|False)\b|'|\([^)]*,\)", reply["error"]), "Python's spelling"
    assert tab.call("configure", {"config": {}})["config"] == Config(seed="0.59704").to_json()


def test_a_training_of_the_largest_network_is_taken_up_again_from_what_its_page_has(tab):
    largest = {
        "dataset": "blobs", "classes": 6, "networkShape": [16] * 10, **dict.fromkeys(FEATURE_KEYS, True),
    }  # fmt: skip
    assert tab.call("configure", {"config": largest})["ok"]
    longest = [-1.23456789012345e-100] * 2678  # as static/js/playground/last-state.js sends them
    assert len(json.dumps(["restore", {"parameters": longest, "epoch": 5}], separators=(",", ":"))) < MAX_MESSAGE - 100
    assert tab.call("restore", {"parameters": longest, "epoch": 5})["ok"]
    packed = tab.frame(lambda packed: epoch_of(packed) == 5)
    assert struct.unpack_from("<d", packed, 72)[0] == longest[0]
    for wrong in (2677, 2679):
        assert tab.call("restore", {"parameters": [0.5] * wrong, "epoch": 5})["field"] == "parameters"


def test_numbers_that_are_not_finite_are_refused(tab):
    """JSON has none, but Python's parser takes them."""
    for value in (float("nan"), float("inf")):
        assert tab.call("configure", {"config": {"noise": value}})["field"] == "noise"
        assert tab.call("set_bias", {"layer": 0, "node": 0, "value": value})["field"] == "value"
        assert tab.call("restore", {"parameters": [*[0.0] * 24, value], "epoch": 5})["field"] == "parameters"


def raw_socket(server):
    socket = websocket.create_connection(
        server.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", timeout=SECONDS
    )
    assert socket.recv().startswith("0{")
    return socket


@pytest.mark.parametrize("length", [64 * 1024 + 1, 10 * 1024 * 1024])
def test_a_message_over_the_limit_ends_its_connection_alone(server, tab, length):
    socket = raw_socket(server)
    with contextlib.suppress(websocket.WebSocketException, OSError):  # cut off, or told why and then cut off
        socket.send("4" + "x" * length)
        assert not socket.recv()
    with pytest.raises((websocket.WebSocketException, OSError)):  # noqa: PT012 - the first may still be buffered
        for _ in range(10):
            socket.send("2")
            socket.recv()
    assert tab.call("step")["ok"]


def test_compression_is_not_offered(server):
    socket = websocket.create_connection(
        server.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
        header=["Sec-WebSocket-Extensions: permessage-deflate"],
        timeout=SECONDS,
    )
    assert "sec-websocket-extensions" not in {name.lower() for name in socket.getheaders()}
    socket.close()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    sorted({*(name for known, _ in events.COMMANDS.values() for name in known), *FIELDS, "nonsense"})
)
nearly_right = st.dictionaries(
    names, json_values | st.integers(-2, 10) | st.dictionaries(names, json_values), max_size=4
)
commands = st.lists(
    st.tuples(st.sampled_from([*events.COMMANDS, "nonsense"]), nearly_right | json_values), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands)
def test_any_sequence_of_events_is_answered_and_nobody_else_notices(tab, connect, sequence):
    rude = connect()
    for command, arguments in sequence:
        reply = rude.call(command, arguments)
        assert reply["ok"] or (isinstance(reply["error"], str) and "server failed" not in reply["error"]), reply
        json.dumps(reply)
    rude.close()
    assert tab.call("configure", {"config": {}})["config"] == Config(seed="0.59704").to_json()
    tab.call("step", {"epochs": 1})
    tab.frame(lambda packed: epoch_of(packed) > 0)
