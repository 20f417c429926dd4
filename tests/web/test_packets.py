"""What a client may send, by its text alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.packets import RESERVED_EVENTS, fault

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
namespaces = st.sampled_from(["", "/playground,", "/lenet,", "/nowhere?a=1,"])
numbers = st.integers(0, 999_999_999).map(str)
names = st.text(max_size=20).filter(lambda name: name not in RESERVED_EVENTS)


@given(namespaces, st.just("") | numbers, names, st.lists(values, max_size=3))
def test_every_event_is_let_through_but_those_of_the_libraries(namespace, number, name, arguments):
    assert fault(f"42{namespace}{number}{json.dumps([name, *arguments])}") is None
    for reserved in RESERVED_EVENTS:
        assert fault(f"42{namespace}{number}{json.dumps([reserved, *arguments])}") == "a reserved event"


@given(namespaces, numbers, st.lists(values, max_size=3))
def test_acknowledgements_have_a_number_and_arguments(namespace, number, arguments):
    assert fault(f"43{namespace}{number}{json.dumps(arguments)}") is None
    assert fault(f"43{namespace}{json.dumps(arguments)}") is not None
    assert fault(f"43{namespace}{number}") is not None


@pytest.mark.parametrize(
    "packet", ["1", "3", "3probe", "40", "40/playground", "40/playground,", '40/lenet,{"a":1}', "41", "41/playground,"]
)
def test_what_libraries_send_besides_is_let_through(packet):
    assert fault(packet) is None


@given(st.text(alphabet='0123456789b[]{}",/-aå\n', max_size=12))
def test_whatever_passes_is_parsed_by_socketio_to_what_it_looks_like(text):
    from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT, Packet

    if fault(text) is None and text.startswith("4"):
        packet = Packet(encoded_packet=text[1:])
        assert packet.packet_type in (CONNECT, DISCONNECT, EVENT, ACK)
        assert packet.attachment_count == 0
        if packet.packet_type == EVENT:
            assert isinstance(packet.data[0], str)
            assert packet.data[0] not in RESERVED_EVENTS


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda data: data.decode("latin-1")))
def test_whatever_is_sent_gets_a_verdict(text):
    assert fault(text) is None or isinstance(fault(text), str)


@pytest.mark.parametrize("depth", [1_000, 30_000])
def test_deep_nesting_is_no_error_of_ours(depth):
    assert isinstance(fault("42" + "[" * depth), str)
    fault("42" + '["a",' + "[" * depth + "]" * depth + "]")
