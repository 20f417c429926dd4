"""Where the server listens, and how that is written."""

import socket

import pytest

from web import address


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
