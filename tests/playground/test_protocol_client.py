"""A client written from docs/protocol.md alone: it imports nothing of the server and computes every number itself."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import queue
import re
import struct
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import socketio

from support.processes import ROOT, wait_until

# python-socketio's client throws in a thread of its own when it is closed between a frame's two halves.
pytestmark = pytest.mark.filterwarnings("default::pytest.PytestUnhandledThreadExceptionWarning")

SECONDS = 20
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

# --- the client -------------------------------------------------------------------------------------------------------

Values = np.ndarray  # of each point
INPUTS: dict[str, Callable[[Values, Values], Values]] = {
    "x": lambda x, _: x,
    "y": lambda _, y: y,
    "xSquared": lambda x, _: x * x,
    "ySquared": lambda _, y: y * y,
    "xTimesY": lambda x, y: x * y,
    "sinX": lambda x, _: np.sin(x),
    "sinY": lambda _, y: np.sin(y),
}
ACTIVATIONS = {
    "relu": (lambda t: np.maximum(0, t), lambda f: np.where(f <= 0, 0.0, 1.0)),
    "tanh": (np.tanh, lambda f: 1 - f * f),
    "sigmoid": (lambda t: 1 / (1 + np.exp(-t)), lambda f: f * (1 - f)),
    "linear": (lambda t: t, np.ones_like),
}
PENALTIES = {"none": np.zeros_like, "L1": np.sign, "L2": lambda w: w}


class Frame:
    """The bytes of a `frame`, taken apart by the page's offsets."""

    def __init__(self, packed: bytes):
        self.magic, self.generation, self.epoch, layers, flags = struct.unpack_from("<3I2H", packed)
        self.playing, self.diverged = bool(flags & 1), bool(flags & 2)
        self.train_loss, self.test_loss, self.train_accuracy, self.test_accuracy = struct.unpack_from("<4d", packed, 16)
        sizes = struct.unpack_from("<8H", packed, 48)
        self.sizes, self.unused = sizes[: layers + 1], sizes[layers + 1 :]
        self.weights, self.biases = [], []
        at = 64
        for inputs, nodes in zip(self.sizes, self.sizes[1:], strict=False):
            self.weights.append(np.frombuffer(packed, "<f8", nodes * inputs, at).reshape(nodes, inputs))
            at += 8 * nodes * inputs
            self.biases.append(np.frombuffer(packed, "<f8", nodes, at))
            at += 8 * nodes
        self.parameters = np.frombuffer(packed, "<f8", (at - 64) // 8, 64)
        nodes = sum(self.sizes[1:])
        self.thumbnails = np.frombuffer(packed, "i1", 100 * nodes, at).reshape(nodes, 10, 10)
        at += 100 * nodes
        self.selected = struct.unpack_from("<2H", packed, at)
        self.map = np.frombuffer(packed, "i1", 10_000, at + 4).reshape(100, 100)
        self.classified = np.frombuffer(packed, "u1", offset=at + 10_004)
        assert self.sizes[-1] > 1 or self.classified.size == 0


class Points:
    def __init__(self, packed: bytes):
        self.magic, self.generation, train, test = struct.unpack_from("<4I", packed)
        self.train = np.frombuffer(packed, "<f8", 3 * train, 16).reshape(train, 3)
        self.test = np.frombuffer(packed, "<f8", 3 * test, 16 + 24 * train).reshape(test, 3)
        assert 16 + 24 * (train + test) == len(packed)


class Client:
    def __init__(self, url: str):
        self._heard: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._socket = socketio.Client(reconnection=False)
        for event in ("frame", "points", "status", "history", "superseded"):
            self._socket.on(
                event, lambda payload, event=event: self._heard.put((event, payload)), namespace="/playground"
            )
        self._socket.connect(url, namespaces=["/playground"], transports=["websocket"], wait_timeout=SECONDS)

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        if command == "open":
            arguments["protocol"] = 2
        return self._socket.call(command, arguments, namespace="/playground", timeout=SECONDS)

    def next(self, event: str, accept=lambda _: True) -> Any:
        kinds = {"frame": Frame, "points": Points}
        while True:
            name, payload = self._heard.get(timeout=SECONDS)
            if name == event and accept(heard := kinds.get(name, lambda same: same)(payload)):
                return heard

    def close(self) -> None:
        self._socket.disconnect()


class Network:
    """What the page says of the network: its nodes, losses, maps and epochs."""

    def __init__(self, config: dict[str, Any], frame: Frame):
        self.config = config
        self.inputs = [INPUTS[name] for name in INPUTS if config[name] and name not in config["hide"]]
        self.weights = [weights.copy() for weights in frame.weights]
        self.biases = [biases.copy() for biases in frame.biases]
        output = "tanh" if config["problem"] == "classification" else "linear"
        hidden = [config["activation"]] * (len(self.weights) - 1)
        self.activations = [ACTIVATIONS[name] for name in (*hidden, output)]
        self.alive = [np.ones_like(weights) for weights in self.weights]
        self.start_over()

    def start_over(self) -> None:
        self.sums = [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in self._layers()]
        self.count = 0

    def _layers(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return list(zip(self.weights, self.biases, strict=True))

    def nodes(self, x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
        """The values of the inputs, then of every layer's nodes: each (nodes, points)."""
        values = [np.array([formula(x, y) for formula in self.inputs]).reshape(len(self.inputs), len(x))]
        for (weights, biases), (activate, _) in zip(self._layers(), self.activations, strict=True):
            values.append(activate(weights @ values[-1] + biases[:, None]))
        return values

    def scores(self, points: np.ndarray) -> tuple[float, float]:
        output, label = self.nodes(points[:, 0], points[:, 1])[-1][0], points[:, 2]
        return float(((output - label) ** 2 / 2).mean()), float(((output >= 0) == (label >= 0)).mean())

    def maps(self) -> np.ndarray:
        """(nodes, 100, 100)"""
        columns = np.array([-6 + 12 * i / 99 for i in range(100)])
        rows = np.array([6 - 12 * j / 99 for j in range(100)])
        values = self.nodes(np.tile(columns, 100), np.repeat(rows, 100))[1:]
        return np.concatenate(values).reshape(-1, 100, 100)

    def epoch(self, points: np.ndarray) -> None:
        size = self.config["batchSize"]
        for start in range(0, len(points), size):
            batch = points[start : start + size]
            values = self.nodes(batch[:, 0], batch[:, 1])
            slope = (values[-1] - batch[:, 2]) * self.activations[-1][1](values[-1])
            for layer in reversed(range(len(self.weights))):
                self.sums[layer] = (self.sums[layer][0] + slope @ values[layer].T, self.sums[layer][1] + slope.sum(1))
                if layer:
                    slope = (self.weights[layer].T @ slope) * self.activations[layer - 1][1](values[layer])
            self.count += len(batch)
            if len(batch) == size:
                self._update()

    def _update(self) -> None:
        r, q, kind = (self.config[key] for key in ("learningRate", "regularizationRate", "regularization"))
        for layer, (of_weights, of_biases) in enumerate(self.sums):
            self.biases[layer] -= r * of_biases / self.count
            before = self.weights[layer]
            moved = before - r * of_weights / self.count
            after = moved - r * q * PENALTIES[kind](before)
            if kind == "L1":
                self.alive[layer][moved * after < 0] = 0
                after *= self.alive[layer]
            self.weights[layer] = after
        self.start_over()

    @property
    def parameters(self) -> np.ndarray:
        return np.concatenate([part.ravel() for layer in self._layers() for part in layer])


def assert_quantized(sent: np.ndarray, values: np.ndarray) -> None:
    """Whether `sent` is floor(128 v), limited to a byte; where v is at an edge of a step, either side of it."""
    low, high = (np.clip(np.floor(128 * (values + shift)), -128, 127) for shift in (-1e-8, 1e-8))
    assert ((low <= sent) & (sent <= high)).all()


@pytest.fixture
def connect(server):
    made = []

    def new() -> Client:
        made.append(Client(server))
        return made[-1]

    yield new
    for client in made:
        client.close()


# --- what the page promises -------------------------------------------------------------------------------------------

LINKS = [
    "dataset=xor&networkShape=4,2&seed=0.59704",
    "problem=regression&regDataset=reg-gauss&activation=relu&regularization=L2&regularizationRate=0.03&networkShape=8,3"
    "&seed=0.3&noise=20&sinY=true&xTimesY=true&ySquared=true&xSquared=true&sinX=true&batchSize=30&learningRate=0.01",
    "dataset=spiral&activation=sigmoid&regularization=L1&regularizationRate=3&learningRate=0.3&networkShape=6,5,4,3,2,1"
    "&batchSize=7&percTrainData=70&seed=a&xSquared=true&y_hide=true",
    "dataset=gauss&networkShape=&activation=linear&batchSize=1&seed=1",
    "problem=regression&networkShape=2&x=false&y=false&seed=2&batchSize=30&percTrainData=10",
    "dataset=circle&initZero=true&seed=3",
]


@pytest.mark.parametrize("link", LINKS)
def test_every_number_of_a_frame_is_what_the_page_s_formulas_give(connect, link):
    client = connect()
    opened = client.ask("open", link=link)
    assert opened["ok"], opened
    assert opened["warnings"] == []
    points, frame = client.next("points"), client.next("frame")
    network = Network(opened["config"], frame)
    assert points.magic == int.from_bytes(b"PLP1", "little")
    assert frame.magic == int.from_bytes(b"PLF1", "little")
    assert points.generation == frame.generation == opened["generation"] == 1
    count = 500 if opened["config"]["problem"] == "classification" else 1200
    assert (len(points.train), len(points.test)) == (
        math.floor(count * opened["config"]["percTrainData"] / 100),
        count - len(points.train),
    )
    assert frame.sizes == (len(network.inputs), *opened["config"]["networkShape"], 1)
    assert not any(frame.unused)
    for weights, biases in network._layers():
        zero = opened["config"]["initZero"]
        assert not weights.any() if zero else ((weights >= -0.5) & (weights < 0.5)).all()
        assert (biases == (0.0 if zero else 0.1)).all()
    for epochs in (0, 1, 4):
        if epochs:
            assert client.ask("step", epochs=epochs)["ok"]
            reached = frame.epoch + epochs
            frame = client.next("frame", lambda frame, reached=reached: frame.epoch == reached)
            for _ in range(epochs):
                network.epoch(points.train)
        assert frame.parameters == pytest.approx(network.parameters, rel=1e-9, abs=1e-12)
        assert (frame.playing, frame.diverged) == (False, False)
        network.weights, network.biases = [w.copy() for w in frame.weights], [b.copy() for b in frame.biases]
        (train_loss, train_accuracy), (test_loss, test_accuracy) = map(network.scores, (points.train, points.test))
        assert (frame.train_loss, frame.test_loss) == pytest.approx((train_loss, test_loss), rel=1e-12)
        if opened["config"]["problem"] == "regression":
            assert math.isnan(frame.train_accuracy)
            assert math.isnan(frame.test_accuracy)
        else:
            assert (frame.train_accuracy, frame.test_accuracy) == (train_accuracy, test_accuracy)
        maps = network.maps()
        assert frame.selected == (len(frame.sizes) - 2, 0)
        assert_quantized(frame.map, maps[-1])
        assert_quantized(frame.thumbnails, maps.reshape(-1, 10, 10, 10, 10).mean(axis=(2, 4)))


def test_of_several_classes_outputs_are_likelihoods_and_the_picture_is_of_the_likeliest(connect):
    client = connect()
    opened = client.ask("open", link="dataset=arms&classes=4&networkShape=5,3&noise=10&seed=0.2&learningRate=0.1")
    assert opened["warnings"] == []
    points, frame = client.next("points"), client.next("frame")
    assert client.ask("step", epochs=30)["ok"]
    frame = client.next("frame", lambda frame: frame.epoch == 30)
    assert frame.sizes == (2, 5, 3, 4)
    network = Network(opened["config"], frame)
    network.activations[-1] = ACTIVATIONS["linear"]
    scores = []
    for some in (points.train, points.test):
        outputs, label = network.nodes(some[:, 0], some[:, 1])[-1], some[:, 2].astype(int)
        likely = np.exp(outputs) / np.exp(outputs).sum(axis=0)
        taken = frame.classified[: len(some)] if some is points.train else frame.classified[len(points.train) :]
        assert np.array_equal(taken, outputs.argmax(axis=0))
        scores += [-np.log(likely[label, np.arange(len(some))]).mean(), (taken == label).mean()]
    told = [frame.train_loss, frame.train_accuracy, frame.test_loss, frame.test_accuracy]
    assert told == pytest.approx(scores)
    maps = network.maps()
    maps[-4:] = np.exp(maps[-4:]) / np.exp(maps[-4:]).sum(axis=0)
    assert_quantized(frame.thumbnails, maps.reshape(-1, 10, 10, 10, 10).mean(axis=(2, 4)))
    assert frame.selected == (2, 4)  # one after the last
    sure = np.minimum(41, np.floor(42 * (4 * maps[-4:].max(axis=0) - 1) / 3))
    assert (abs(frame.map - (42 * maps[-4:].argmax(axis=0) + sure - 128)) <= 1).mean() > 0.999  # on a border: another
    assert client.ask("select", layer=2, node=1)["ok"]
    frame = client.next("frame", lambda frame: frame.selected == (2, 1))
    assert_quantized(frame.map, maps[-3])
    assert client.ask("select")["ok"]
    client.next("frame", lambda frame: frame.selected == (2, 4))


def test_the_map_is_the_selected_node_s_while_the_network_has_it(connect):
    client = connect()
    opened = client.ask("open", link=LINKS[0])
    assert client.ask("select", layer=0, node=3)["ok"]
    frame = client.next("frame", lambda frame: frame.selected == (0, 3))
    assert_quantized(frame.map, Network(opened["config"], frame).maps()[3])
    assert client.ask("configure", config={"networkShape": [2]})["ok"]
    frame = client.next("frame", lambda frame: frame.sizes == (2, 2, 1))
    assert frame.selected == (1, 0)


def test_the_bytes_of_the_default_network_are_as_many_as_the_page_says(connect):
    client = connect()
    client.ask("open")
    size = int(re.search(r"= ([\d,]+) bytes", PAGE)[1].replace(",", ""))
    frame = client.next("frame")
    assert size == 64 + 8 * len(frame.parameters) + frame.thumbnails.size + 4 + frame.map.size == 10_968


def json_example(begin: str) -> dict[str, Any]:
    """The page's example that begins so, with what it leaves out as null."""
    (text,) = [text for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if text.startswith(begin)]
    return json.loads(re.sub(r"\{\.\.\.\}", "null", text))


def test_the_page_s_examples_are_real_answers(connect):
    client = connect()
    opened = client.ask("open", link="batchSize=9999")
    assert opened["warnings"] == [json_example('{"code": "whole", "field": "batchSize"')]
    example = json_example('{"ok": true, "session"')
    assert opened.keys() <= example.keys()
    common = ("ok", "resumed", "generation", "playing", "epochsPerSecond", "framesPerSecond", "selected", "edited")
    assert {key: opened[key] for key in common} == {key: example[key] for key in common}
    assert client.ask("configure", config={"batchSize": 5000}) == json_example('{"ok": false')


def test_a_step_is_not_playing_and_pause_or_another_takes_the_place_of_what_is_left_of_it(connect):
    client = connect()
    client.ask("open", link="seed=0.5&networkShape=8,8,8,8,8,8")
    for command, arguments, more in (("step", {"epochs": 3}, 3), ("pause", {}, 0)):
        client.ask("step", epochs=10_000)
        assert client.next("frame", lambda frame: frame.epoch > 5).playing is False
        client.ask(command, **arguments)
        status = client.next("status")
        assert (status["playing"], status["reason"]) == (False, None)
        assert client.next("frame", lambda frame, last=status["epoch"] + more: frame.epoch == last).playing is False
        client.ask("select", layer=0, node=0)
        assert client.next("frame", lambda frame: frame.selected == (0, 0)).epoch == status["epoch"] + more
        generation = client.ask("reset")["generation"]
        client.ask("select")
        client.next("status", lambda status, wanted=generation: status["generation"] == wanted)


def test_what_diverged_trains_no_more_until_it_begins_anew(connect):
    client = connect()
    link = "problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415"
    client.ask("open", link=link)
    client.ask("play")
    assert client.next("status", lambda status: status["reason"] == "diverged")["playing"] is False
    assert client.next("frame", lambda frame: frame.diverged).playing is False
    for command in ("play", "step"):
        reply = client.ask(command)
        assert (reply["ok"], reply["code"], reply["field"]) == (False, "diverged", None)
    client.ask("configure", config={"learningRate": 0.001})
    client.ask("reset")
    assert client.ask("step")["ok"]
    assert not client.next("frame", lambda frame: frame.epoch == 1).diverged


def test_a_link_without_a_seed_gets_a_random_one_and_one_that_is_too_long_is_refused(connect):
    client = connect()
    seeds = {client.ask("open", link="dataset=xor")["config"]["seed"] for _ in range(4)}
    assert len(seeds) > 1
    assert client.ask("open", link="x" * 4000)["ok"]
    for command in ("open", "configure"):
        reply = client.ask(command, link="x" * 4001)
        assert (reply["ok"], reply["code"], reply["field"]) == (False, "length", "link")
    assert client.ask("step")["ok"], "what failed has changed nothing"


def test_the_curve_has_a_point_for_each_frame_and_null_for_what_is_not_finite(connect):
    first = connect()
    session = first.ask("open", link="problem=regression&seed=0.5")["session"]
    shown = [first.next("frame")]
    for reached in (1, 1001, 1003):
        first.ask("step", epochs=reached - shown[-1].epoch)
        while shown[-1].epoch < reached:
            shown.append(first.next("frame"))
    second = connect()
    reopened = second.ask("open", session=session)
    assert reopened["resumed"]
    assert first.next("superseded") == {}
    assert first.ask("play")["code"] == "no-session"
    history = second.next("history")
    assert history["epochs"] == [frame.epoch for frame in shown]
    assert history["trainLoss"] == [frame.train_loss for frame in shown]
    assert history["testLoss"] == [frame.test_loss for frame in shown]
    assert set(history["trainAccuracy"]) == set(history["testAccuracy"]) == {None}
    assert history["generation"] == reopened["generation"]


def test_a_second_open_leaves_the_first_session_to_whoever_has_its_token(connect):
    client = connect()
    first = client.ask("open", link="seed=0.1")["session"]
    client.ask("step", epochs=5)
    client.next("frame", lambda frame: frame.epoch == 5)
    second = client.ask("open", link="seed=0.2")
    assert (second["resumed"], second["session"] == first) == (False, False)
    back = client.ask("open", session=first, link="seed=0.3")
    assert (back["resumed"], back["config"]["seed"]) == (True, "0.1")
    assert client.next("frame", lambda frame: frame.epoch == 5)
    again = client.ask("open", session=first)
    assert again["resumed"]
    assert client.ask("step")["ok"]


def test_a_training_that_is_gone_goes_on_from_its_last_frame(connect):
    client = connect()
    client.ask("open", link=LINKS[0])
    client.ask("step", epochs=30)
    last = client.next("frame", lambda frame: frame.epoch == 30)
    client.ask("close")
    assert client.ask("ping") == {"ok": True}
    client.ask("open", link=LINKS[0])
    restored = client.ask("restore", parameters=last.parameters.tolist(), epoch=last.epoch)
    assert (restored["ok"], restored["edited"], restored["restored"]) == (True, True, True)
    frame = client.next("frame", lambda frame: frame.generation == restored["generation"])
    assert (frame.epoch, frame.playing, frame.train_loss) == (30, False, last.train_loss)
    assert (frame.parameters == last.parameters).all()


# --- own data ---------------------------------------------------------------------------------------------------------

HEAD = struct.Struct("<BBHH")


def drawn(n: int, classes: int = 2, shift: float = 0.0) -> bytes:
    """A point set by the page's table: n points on two circles, a class each; of a regression its values."""
    angles = np.arange(n) * 2.4 + shift
    radius = np.where(np.arange(n) % 2, 2.0, 4.5)
    labels = bytes(i % 2 for i in range(n)) if classes else np.sin(angles).astype("<f4").tobytes()
    places = np.concatenate([radius * np.cos(angles), radius * np.sin(angles)]).astype("<f4")
    return HEAD.pack(1, classes, n, 0) + places.tobytes() + labels


def text_of(packed: bytes) -> str:
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def address_of(packed: bytes) -> str:
    return "sha256-" + text_of(hashlib.sha256(packed).digest()[:24])


def given(server: str, packed: bytes) -> Any:
    head = {"Content-Type": "application/octet-stream"}
    request = urllib.request.Request(f"{server}/api/playground/data", packed, head)
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return json.load(answer)


def places(points: Points) -> set[tuple[float, ...]]:
    return {tuple(np.float32(place).tolist()) for place in np.concatenate([points.train, points.test])[:, :2]}


def test_a_link_carries_few_own_points_inside(connect):
    packed = drawn(60)
    client = connect()
    opened = client.ask("open", link=f"dataset=own&seed=0.3&ownData={text_of(packed)}")
    assert opened["ok"], opened
    assert (opened["warnings"], opened["config"]["ownData"], opened["config"]["classes"]) == ([], text_of(packed), 2)
    points, frame = client.next("points"), client.next("frame")
    assert frame.sizes[-1] == 2
    assert len(points.train) == len(points.test) == 30
    wanted = np.frombuffer(packed, "<f4", 120, 6).reshape(2, 60).T
    assert places(points) == set(map(tuple, wanted.tolist()))
    assert client.ask("own_data") == {"ok": True, "points": text_of(packed), "address": address_of(packed)}


def test_many_own_points_are_given_once_and_named_by_their_content(connect, server):
    packed = drawn(400, classes=0)
    assert given(server, packed) == {"address": address_of(packed), "points": 400, "classes": 0}
    link = f"problem=regression&regDataset=own&seed=0.3&ownData={address_of(packed)}"
    client = connect()
    opened = client.ask("open", link=link)
    assert (opened["ok"], opened["warnings"], opened["config"]["ownData"]) == (True, [], address_of(packed))
    assert len(client.next("points").train) == 200
    assert address_of(packed) in opened["link"]


def test_an_address_that_the_server_does_not_have_is_told_and_another_data_set_opened(connect):
    opened = connect().ask("open", link=f"dataset=own&seed=0.3&ownData=sha256-{'A' * 32}")
    assert opened["ok"]
    assert opened["config"]["dataset"] == "circle"
    (warning,) = opened["warnings"]
    assert (warning["field"], warning["code"], warning["values"]["taken"]) == ("ownData", "no-data", "circle")


def test_points_come_and_go_while_it_trains_and_the_moment_s_link_gives_the_same_network(connect):
    client = connect()
    opened = client.ask("open", link=f"dataset=own&seed=0.3&ownData={text_of(drawn(40))}")
    assert opened["ok"], opened
    before = places(client.next("points"))
    assert client.ask("set_speed", epochsPerSecond=None)["ok"]
    assert client.ask("play")["ok"]
    client.next("frame", lambda frame: frame.epoch > 50)
    added = client.ask("add_points", label=1, points=[0.5, 0.25, -1.5, 0.125])
    assert added["ok"], added
    assert added["edited"]
    more = client.next("points", lambda points: len(places(points)) == 42)
    assert places(more) - before == {(0.5, 0.25), (-1.5, 0.125)}
    gone = next(iter(before))
    assert client.ask("drop_points", points=list(gone))["ok"]
    assert gone not in places(client.next("points", lambda points: len(places(points)) == 41))
    assert client.ask("pause")["ok"]
    rest = client.next("status", lambda status: not status["playing"])
    frame = client.next("frame", lambda frame: frame.epoch == rest["epoch"] and not frame.playing)
    link = client.ask("moment", epoch=frame.epoch)["link"]
    assert ":add:1:0.5:0.25:-1.5:0.125" in link

    other = connect()
    assert other.ask("open", link=link)["warnings"] == []
    again = other.next("frame", lambda one: one.epoch == frame.epoch)
    assert np.array_equal(again.parameters, frame.parameters)
    assert other.ask("own_data")["points"] == client.ask("own_data")["points"]

    points = client.ask("own_data")["points"]
    assert client.ask("reset")["ok"]
    assert client.ask("own_data")["points"] == points  # they stay
    assert client.next("frame", lambda one: one.generation > frame.generation).epoch == 0
    assert client.ask("moment", epoch=0)["link"].endswith(points)


@pytest.mark.parametrize("n", [40, 200])
def test_classes_are_named_while_they_are_trained_and_links_carry_the_names(connect, n):
    client = connect()
    packed = drawn(n)
    link = f"dataset=own&seed=0.3&ownData={text_of(packed)}"
    opened = client.ask("open", link=link)
    client.ask("step", epochs=4)
    client.next("frame", lambda frame: frame.epoch == 4)
    assert client.ask("add_points", label=0, points=[0, 0])["ok"]
    wait_until(lambda: client.ask("moment", epoch=4)["link"].endswith("edits=4:add:0:0:0"), SECONDS)
    named = client.ask("name_classes", names=["cats", "狗"])
    assert (named["ok"], named["generation"], named["undo"]) == (True, opened["generation"], 2)
    assert client.ask("step", epochs=3)["ok"]
    frame = client.next("frame", lambda frame: frame.epoch == 7)

    header = '[["",0.0,1.0],["",0.0,1.0],["",0.0,1.0],["cats","狗"]]'.encode()
    began = HEAD.pack(1, 2, n, len(header)) + header + packed[HEAD.size :]
    name = text_of(began) if n < 150 else address_of(began)
    moment = client.ask("moment", epoch=7)["link"]
    assert f"&ownData={name}&" in moment
    other = connect()
    opened_again = other.ask("open", link=moment)
    assert (opened_again["ok"], opened_again["warnings"]) == (True, [])
    there = other.next("frame", lambda frame: frame.epoch == 7)
    assert (there.parameters == frame.parameters).all()
    assert client.ask("undo")["ok"]
    assert "ownData=" + (text_of(packed) if n < 150 else address_of(packed)) in client.ask("moment", epoch=7)["link"]


def test_what_stands_at_a_place_is_not_added_to_and_undone_strokes_are_gone(connect):
    client = connect()
    packed = drawn(40)
    assert client.ask("open", link=f"dataset=own&seed=0.3&ownData={text_of(packed)}")["ok"]
    place = np.frombuffer(packed, "<f4", 80, 6).reshape(2, 40)[:, 0].tolist()
    assert client.ask("add_points", label=0, points=place)["config"]["ownData"] == text_of(packed)
    assert client.ask("step", epochs=3)["ok"]
    client.next("frame", lambda frame: frame.epoch == 3)
    assert client.ask("add_points", label=0, points=[0, 0])["config"]["ownData"] != text_of(packed)
    wait_until(lambda: client.ask("moment", epoch=3)["link"].endswith("edits=3:add:0:0:0"), SECONDS)
    assert client.ask("undo")["config"]["ownData"] == text_of(packed)


@pytest.mark.parametrize(
    ("command", "arguments", "field", "code"),
    [
        ("add_points", {"label": 2, "points": [0, 0]}, "label", "points-classes"),
        ("add_points", {"label": 0.5, "points": [0, 0]}, "label", "points-classes"),
        ("add_points", {"label": 9, "points": [0, 0]}, "label", "number"),
        ("add_points", {"label": 0, "points": [0]}, "points", "places"),
        ("add_points", {"label": 0, "points": []}, "points", "places"),
        ("add_points", {"label": 0, "points": [0, 7]}, "points", "places"),
        ("add_points", {"label": 0, "points": [0, "0"]}, "points", "places"),
        ("add_points", {"label": 0, "points": [0] * 402}, "points", "places"),
        ("add_points", {"label": 0, "points": None}, "points", "places"),
        ("drop_points", {"points": {"x": 0}}, "points", "places"),
        ("name_classes", {}, "names", "class-names"),
        ("name_classes", {"names": "ab"}, "names", "class-names"),
        ("name_classes", {"names": ["a", 1]}, "names", "class-names"),
        ("name_classes", {"names": ["a"]}, "names", "class-names"),
        ("name_classes", {"names": ["a", "b" * 41]}, "names", "class-names"),
        ("name_classes", {"names": ["a", "b\n"]}, "names", "class-names"),
        ("configure", {"config": {"ownData": "nonsense"}}, "ownData", "no-points"),
        ("configure", {"config": {"ownData": "sha256-" + "A" * 32}}, "ownData", "no-data"),
        ("configure", {"config": {"ownData": "sha256-" + "A" * 30}}, "ownData", "no-data"),
        ("configure", {"config": {"ownData": text_of(drawn(40, classes=0))}}, "ownData", "points-of-classification"),
        ("configure", {"config": {"ownData": None}}, "ownData", "points-of-classification"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_to_own_points_is_refused_and_changes_nothing(connect, command, arguments, field, code):
    client = connect()
    link = f"dataset=own&seed=0.3&ownData={text_of(drawn(40))}"
    opened = client.ask("open", link=link)
    refusal = client.ask(command, **arguments)
    assert (refusal["ok"], refusal["field"], refusal["code"]) == (False, field, code), refusal
    assert client.ask("configure", config={})["config"] == opened["config"]


def test_so_many_points_are_dropped_that_too_few_are_left(connect):
    client = connect()
    packed = drawn(12)
    assert client.ask("open", link=f"dataset=own&seed=0.3&ownData={text_of(packed)}")["ok"]
    place = np.frombuffer(packed, "<f4", 24, 6).reshape(2, 12).T
    assert client.ask("drop_points", points=place[:2].ravel().tolist())["ok"]
    refusal = client.ask("drop_points", points=place[2].tolist())
    assert (refusal["code"], refusal["values"]["low"]) == ("points-count", 10)


def test_points_are_added_to_own_data_alone(connect):
    client = connect()
    assert client.ask("open", link="dataset=circle&seed=0.3")["ok"]
    refusal = client.ask("add_points", label=0, points=[0, 0])
    assert (refusal["ok"], refusal["code"]) == (False, "not-own-data")


def test_a_training_has_only_so_many_points_added_and_dropped(connect):
    client = connect()
    assert client.ask("open", link=f"dataset=own&seed=0.3&ownData={text_of(drawn(40))}")["ok"]
    assert client.ask("step", epochs=1)["ok"]
    client.next("frame", lambda frame: frame.epoch == 1)
    grid = [(x / 10, y / 10) for x in range(-50, 50) for y in range(-50, 50)]
    refusal = None
    for number in range(12):
        some = [value for place in grid[200 * number : 200 * number + 200] for value in place]
        answer = client.ask("add_points", label=0, points=some)
        if not answer["ok"]:
            refusal = answer
            break
        client.next("points", lambda points, most=41 + 150 * number: len(places(points)) > most)
    assert refusal
    assert (refusal["code"], refusal["values"]["most"]) == ("too-many-points", 2000)
    assert client.ask("reset")["ok"]
    assert client.ask("add_points", label=0, points=[0.01, 0.01])["ok"]


def test_many_points_that_were_drawn_are_kept_a_moment_after_the_last_stroke(connect, server):
    packed = drawn(200)
    given(server, packed)
    client = connect()
    assert client.ask("open", link=f"dataset=own&seed=0.3&ownData={address_of(packed)}")["ok"]
    address = client.ask("add_points", label=1, points=[0.125, 0.25])["config"]["ownData"]
    assert address not in (address_of(packed), "")

    def is_there() -> bool:
        try:
            with urllib.request.urlopen(f"{server}/api/playground/data/{address}", timeout=SECONDS) as answer:
                return address_of(answer.read()) == address
        except urllib.error.HTTPError:
            return False

    wait_until(is_there, SECONDS)
    address = client.ask("add_points", label=1, points=[0.25, 0.25])["config"]["ownData"]
    client.ask("moment", epoch=0)  # whoever asks for a link gets one that leads somewhere
    assert is_there()
    address = client.ask("drop_points", points=[0.25, 0.25, 0.125, 0.25])["config"]["ownData"]
    assert address == address_of(packed)
