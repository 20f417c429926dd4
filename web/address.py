"""A server's address, as a person types it."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from typing import Any

# The ports that browsers refuse to open, from the Fetch standard's list of bad ports.
REFUSED_BY_BROWSERS = {
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
    111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
    540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
}  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """A socket that accepts connections. Raises OSError where that address cannot be had."""
    try:
        found = socket.getaddrinfo(bare(host), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except UnicodeError:  # no name that a network knows has such parts
        raise OSError(errno.EINVAL, "that is no host's name") from None
    family, *_, address = found[0]
    if _is_of_many(family, address):
        raise OSError(errno.EADDRNOTAVAIL, "that is the address of many machines, to which nobody can connect")
    everywhere = family == socket.AF_INET6 and socket.has_dualstack_ipv6() and address[0] == "::"
    try:
        return socket.create_server(address[:2], family=family, backlog=1024, dualstack_ipv6=everywhere)
    except OSError as error:  # Python's message repeats the address
        raise OSError(error.errno, os.strerror(error.errno) if error.errno else error.strerror) from None


def bare(host: str) -> str:
    """`host` without the brackets that an IPv6 address has in a URL."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") and ":" in host else host


def _is_of_many(family: int, address: tuple[Any, ...]) -> bool:
    """Whether it is a multicast or broadcast address: Linux lets a server listen there."""
    if ipaddress.ip_address(str(address[0]).partition("%")[0]).is_multicast:
        return True
    if family != socket.AF_INET:
        return False
    with socket.socket(family, socket.SOCK_DGRAM) as probe:  # nothing is sent
        try:
            probe.connect(address)
        except PermissionError:  # who may send to all must say so first
            return True
        except OSError:
            pass
    return False


def url(listener: socket.socket) -> str:
    """Where a browser on this machine finds it. Not `localhost`, which may be another program's by another family."""
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://{address}:{port}" if address.version == 4 else f"http://[{address}]:{port}"
