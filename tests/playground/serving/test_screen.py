"""What a session that is watched sends, and when."""

import math
import struct
import zlib

import numpy as np
import pytest

from playground.config import Config
from playground.recording.recording import Recording
from playground.serving import messages, wire
from playground.serving.inbox import CREDITS
from support.long import parametrize
from support.worker_bench import acknowledged, epoch_of, frames, run, seat


def test_a_watched_session_gets_its_points_and_one_frame(bench, sent):
    seat(bench)
    run(bench, 1)
    assert [type(message) for message in sent] == [messages.Points, messages.Frame]


def test_never_more_than_two_frames_are_in_flight(bench, sent):
    seat(bench)
    bench.handle(messages.Play("a"))
    run(bench, 5)
    assert len(frames(sent)) == CREDITS
    bench.handle(messages.Credit("a"))
    run(bench, 5)
    assert len(frames(sent)) == CREDITS + 1
    assert epoch_of(frames(sent)[-1]) >= 290  # the newest state, not one that waited


def test_frames_come_at_the_rate_asked_for(bench, sent, still):
    seat(bench, frame_interval=1 / 15)
    bench.handle(messages.Play("a"))
    end = still.now + 2
    while still.now < end:
        run(bench, 0.005)
        bench.handle(messages.Credit("a"))
    assert len(frames(sent)) == pytest.approx(30, abs=2)


def test_nothing_new_means_no_frame(bench, sent):
    seat(bench)
    run(bench, 1)
    bench.handle(messages.Credit("a"))
    run(bench, 10)
    assert len(frames(sent)) == 1
    assert bench.work() == math.inf


def test_the_selected_map_is_sent_as_long_as_the_network_has_it(bench, sent):
    seat(bench)
    bench.handle(messages.Select("a", (0, 3)))
    run(bench, 1)
    assert struct.unpack_from("<2H", frames(sent)[-1].packed, len(frames(sent)[-1].packed) - 10_004) == (0, 3)
    bench.handle(messages.Rebuild("a", Recording(Config(network_shape=(2,))), 0, 2))
    bench.handle(messages.Credit("a"))
    run(bench, 1)
    assert struct.unpack_from("<2H", frames(sent)[-1].packed, len(frames(sent)[-1].packed) - 10_004) == (1, 0)


def whole(deflated, before):
    """The frame that came so, as docs/protocol.md has it; and its sequence."""
    magic, sequence, to = struct.unpack_from("<3I", deflated)
    assert magic == 0x32464C50
    content = np.frombuffer(zlib.decompress(deflated[12:], -15), np.uint8)
    if to:
        assert (to, len(content)) == (sequence - 1, len(before))
        content = content + np.frombuffer(before, np.uint8)
    return content.tobytes(), sequence


def test_deflated_frames_are_those_of_the_protocol_byte_for_byte(bench, sent, monkeypatch):
    packed = []
    pack = wire.pack
    monkeypatch.setattr(wire, "pack", lambda *arguments: packed.append(pack(*arguments)) or packed[-1])
    seat(bench, watched=False)
    bench.handle(messages.Watch("a", CREDITS, True))
    bench.handle(messages.Play("a"))
    acknowledged(bench, sent, 0.5)
    bench.receive(messages.Select("a", (0, 1)))
    bench.receive(messages.View("a", 3))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.View("a", None))
    bench.receive(messages.NewData("a", Config(seed="0.7"), 2))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.Rebuild("a", Recording(Config().updated({"networkShape": [3]})), 20, 3))
    acknowledged(bench, sent, 0.2)
    bench.receive(messages.Watch("a", CREDITS, True))
    acknowledged(bench, sent, 0.2)
    read, before, numbers, wholes = [], b"", [], []
    for frame in frames(sent):
        before, sequence = whole(frame.packed, before)
        read.append(before)
        numbers.append(sequence)
        if not struct.unpack_from("<I", frame.packed, 8)[0]:
            wholes.append(struct.unpack_from("<I", before, 4)[0])
    assert read == packed
    assert numbers == list(range(1, len(packed) + 1))
    assert wholes == [1, 2, 3, 3]  # the first of each generation, and after `watch`


@parametrize("shape, most", [([4, 2], 2100), ([8, 8], 4500)], short=1)
def test_a_class_on_one_wifi_has_small_frames(bench, sent, shape, most):
    """At 60 epochs and 30 frames a second: half a megabit a second for the default network."""
    features = {key: True for key in ("xSquared", "ySquared", "xTimesY", "sinX", "sinY") if shape == [8, 8]}
    for data in ("circle", "xor", "gauss", "spiral"):
        seat(bench, data, Config().updated({"dataset": data, "networkShape": shape, **features}), watched=False)
        bench.handle(messages.Watch(data, CREDITS, True))
        bench.handle(messages.Play(data))
        acknowledged(bench, sent, 10, data)
        bench.handle(messages.Close(data))
    sizes = [message.packed for message in sent if isinstance(message, messages.Frame)]
    assert len(sizes) > 4 * 250
    assert sum(map(len, sizes)) / len(sizes) <= most
