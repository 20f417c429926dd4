"""What waits for one client: sent by whoever has it where nothing waits, else by the thread of its WebSocket."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
from engineio.packet import CLOSE, MESSAGE, PING, Packet

from support.processes import wait_until
from web.packet_queue import PacketQueue


class Line:
    """A WebSocket that notes what is sent, and takes as much as the test lets it."""

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []
        self.pieces = 0
        self.takes = True
        self.is_behind = False

    def offer(self, messages: list[str | bytes]) -> bool:
        if self.takes:
            self.sent += messages
            self.pieces += 1
        return self.takes

    def send(self, message: str | bytes | None) -> None:
        self.is_behind = False
        if message is not None:
            self.sent.append(message)


class Connection:
    """A queue, a line and, from `begin` on, the thread of engineio that brings one to the other."""

    def __init__(self) -> None:
        self.queue, self.line = PacketQueue(), Line()
        self.has_changed = False
        self.ended: str | None = None
        self.at_work = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.queue.use(self.line, lambda: self.has_changed)

    def begin(self, patience: float = 20) -> None:
        self.has_changed = True
        threading.Thread(target=self._write, args=(patience,), daemon=True).start()
        wait_until(lambda: self.queue._is_awaited, 5, "the thread to wait")

    def _write(self, patience: float) -> None:
        while True:
            try:
                packets = [self.queue.get(timeout=patience)]
                while packets[-1] is not None and not self.queue.empty():
                    packets.append(self.queue.get(block=False))
            except queue.Empty:
                self.ended = "nothing to send"
                return
            self.at_work.set()
            self.go_on.wait(20)
            for packet in packets:
                if packet is None:
                    self.ended = "closed"
                    return
                self.line.send(packet.encode())


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection()
    yield made
    made.go_on.set()
    made.queue.put(None)


def text(data: str) -> Packet:
    return Packet(MESSAGE, data)


def frame(number: int = 0, parts: int = 1) -> list[Packet]:
    return [text(f'5{parts}-/playground,["frame",{number}]'), *[Packet(MESSAGE, bytes([number]))] * parts]


def put(connection: Connection, *packets: Packet) -> None:
    for packet in packets:
        connection.queue.put(packet)


def test_who_has_something_to_say_sends_it_where_nothing_waits(connection: Connection):
    connection.begin()
    put(connection, text('2["status"]'), Packet(PING))
    assert connection.line.sent == ['42["status"]', "2"]
    assert connection.queue.qsize() == 0


def test_a_message_goes_out_in_one_piece_with_its_binary_parts(connection: Connection):
    connection.begin()
    first, *parts = frame(7, parts=2)
    put(connection, first, parts[0])
    assert connection.line.sent == []
    put(connection, parts[1])
    assert connection.line.sent == ['452-/playground,["frame",7]', b"\x07", b"\x07"]
    assert connection.line.pieces == 1


def test_before_the_client_has_changed_to_its_websocket_everything_waits_for_the_next_poll(connection: Connection):
    poll = threading.Thread(target=connection.queue.get, daemon=True)
    poll.start()
    wait_until(lambda: connection.queue.not_empty._waiters, 5, "the poll")  # type: ignore[attr-defined]
    connection.has_changed = True  # while it waits
    put(connection, text("0"), *frame())
    poll.join(5)
    assert connection.line.sent == []
    assert [one.encode() for one in connection.queue.queue] == ['451-/playground,["frame",0]', b"\0"]


def test_behind_what_the_thread_is_still_sending_the_next_waits(connection: Connection):
    connection.begin()
    connection.go_on.clear()
    connection.line.takes = False
    put(connection, text("first"))
    assert connection.at_work.wait(5)
    connection.line.takes = True
    put(connection, text("second"))
    assert connection.line.sent == []
    connection.go_on.set()
    wait_until(lambda: len(connection.line.sent) == 2, 5, "both")
    assert connection.line.sent == ["4first", "4second"]


def test_what_there_was_no_room_for_is_left_to_the_thread_before_anything_else(connection: Connection):
    connection.begin()
    connection.go_on.clear()
    connection.line.is_behind = True
    put(connection, text("half"))
    assert connection.at_work.wait(5)
    put(connection, text("next"))
    assert connection.line.sent == ["4half"]
    connection.go_on.set()
    wait_until(lambda: connection.line.sent == ["4half", "4next"], 5, "the rest")
    assert not connection.line.is_behind


def test_other_packets_do_not_come_between_a_message_and_its_parts(connection: Connection):
    """Of two threads that send to one client, one may be between the two puts of its frame."""
    for is_direct in (False, True):
        if is_direct:
            connection.begin()
        first, part = frame(1)
        put(connection, first, text("2[]"), part)
    wait_until(lambda: len(connection.line.sent) == 6, 5, "all")
    assert connection.line.sent == ["42[]", '451-/playground,["frame",1]', b"\x01"] * 2


def test_at_the_end_nothing_is_held_back(connection: Connection):
    put(connection, frame()[0], Packet(CLOSE))
    connection.queue.put(None)
    assert [one and one.encode() for one in connection.queue.queue] == ["1", '451-/playground,["frame",0]', None]


def test_the_thread_gives_up_a_connection_to_which_nothing_was_sent_not_one_whose_senders_do_without_it(
    connection: Connection,
):
    connection.begin(patience=0.3)
    for number in range(3):
        again = threading.Event()
        threading.Timer(0.2, lambda number=number, again=again: (put(connection, *frame(number)), again.set())).start()
        assert again.wait(5)
    assert connection.ended is None
    wait_until(lambda: connection.ended == "nothing to send", 5, "the end of its patience")
    put(connection, text("late"))
    assert "4late" not in connection.line.sent


def test_many_threads_lose_and_double_nothing(connection: Connection):
    connection.begin()

    def send(number: int) -> None:
        for at in range(200):
            connection.line.takes = at % 7 > 0
            connection.queue.put(text(f"{number} {at}"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    wait_until(lambda: len(connection.line.sent) >= 800, 10, "all of them")
    for number in range(4):
        mine = [one for one in connection.line.sent if one.startswith(f"4{number} ")]
        assert mine == [f"4{number} {at}" for at in range(200)]
