"""Where the server listens, and how that is written."""

import socket

import pytest

from web import address
from web.hosts import Hosts


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("localhost", None)],
)
def test_the_address_shown_is_one_that_was_bound(host, shown):
    with address.listen(host, 0) as listener:
        port = listener.getsockname()[1]
        if shown:
            assert address.url(listener) == f"http://{shown}:{port}"
        host_shown = address.url(listener).removeprefix("http://").rpartition(":")[0].strip("[]")
        socket.create_connection((host_shown, port)).close()


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6_is_written_in_brackets(host):
    with address.listen(host, 0) as listener:
        port = listener.getsockname()[1]
        assert address.url(listener) == f"http://[::1]:{port}"
        socket.create_connection(("::1", port)).close()
        if host == "::":
            socket.create_connection(("127.0.0.1", port)).close()


def test_an_address_that_cannot_be_had_is_an_oserror():
    with address.listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        address.listen("127.0.0.1", listener.getsockname()[1])
    with pytest.raises(OSError, match=r"."):
        address.listen("no.such.host.invalid", 0)
    with pytest.raises(OSError, match="no host's name"):
        address.listen(f"{100 * 'a'}.b", 0)


def test_an_address_may_stand_in_brackets_as_it_is_shown():
    with address.listen("[::1]", 0) as listener:
        assert address.url(listener).startswith("http://[::1]:")


@pytest.mark.parametrize("host", ["224.0.0.1", "239.1.2.3", "255.255.255.255", "127.255.255.255", "ff02::1"])
def test_an_address_of_many_machines_is_refused(host):
    with pytest.raises(OSError, match="many machines"):
        address.listen(host, 0)


def test_the_systems_reason_does_not_repeat_the_address():
    with pytest.raises(OSError, match=r"^\[Errno \d+\] [^0-9]+$") as caught:
        address.listen("192.0.2.7", 0)
    assert "192.0.2.7" not in caught.value.strerror


@pytest.mark.parametrize("host", ["[::1", "::1]", "[127.0.0.1]", "[localhost]", "[]"])
def test_brackets_are_those_of_an_ipv6_address(host):
    with pytest.raises(OSError, match=r"."):
        address.listen(host, 0)
    with pytest.raises(ValueError, match="invalid host"):
        Hosts(host)


def test_all_addresses_may_stand_in_brackets():
    assert Hosts("[::]").admits("192.0.2.7", lambda: "192.0.2.7")
