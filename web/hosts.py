"""Which names the server answers to, and which pages may talk to it: in front of everything, Socket.IO included.

A foreign page can make a browser send requests here, and can give its own name this server's address (DNS rebinding).
The first is seen by the Origin, the second by the Host. Pure WSGI: it knows nothing of what it protects.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.spelling import spelled
from web.address import bare
from web.refusals import Refusals

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+?)\.?(:(?P<port>\d{1,5}))?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Hosts:
    """The names of a server that listens on `listen`.

    Always: localhost, the loopback addresses, and `listen` itself. Where `listen` stands for all addresses (0.0.0.0,
    ::), also the machine's name and whatever address of its own a connection came in at. And those in `allowed`: a
    name, `*.domain`, an address, or a network such as 192.168.0.0/16. Raises ValueError for anything else.
    """

    def __init__(self, listen: str = "127.0.0.1", allowed: Iterable[str] = ()):
        self._networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network] = []
        self._names = {"localhost"}
        self._domains: tuple[str, ...] = (".localhost",)
        address = _address(bare(listen))
        self._listens_everywhere = address is not None and address.is_unspecified
        if self._listens_everywhere:
            name = socket.gethostname().lower()
            self._names |= {name, f"{name.partition('.')[0]}.local"}
        for one in (listen, *allowed):
            self._allow(one.strip().lower())

    def _allow(self, host: str) -> None:
        try:
            self._networks.append(ipaddress.ip_network(bare(host)))
            return
        except ValueError:
            pass
        match = _HOST.fullmatch(host.removeprefix("*."))
        if match is None or match["port"] or "/" in host or "[" in host:
            raise ValueError(
                f"invalid host: {spelled(host)} (want a name, *.domain, an address or a network, without a port)"
            )
        if host.startswith("*."):
            self._domains += (f".{match['name']}",)
        else:
            self._names.add(match["name"])

    def admits(self, host: str | None, came_in_at: Callable[[], str | None] = lambda: None) -> bool:
        """Whether a Host header names this server. `came_in_at`: the connection's own end; asked only if needed."""
        match = _HOST.fullmatch(host.lower()) if host else None
        if match is None:
            return False
        name = match["name"]
        address = _address(name.strip("[]"))
        if address is None:
            return name in self._names or name.endswith(self._domains)
        return (
            address.is_loopback
            or any(address in network for network in self._networks)
            or (self._listens_everywhere and address == _address(came_in_at() or ""))
        )


def same_origin(environ: WSGIEnvironment) -> bool:
    """Whether a request comes from a page of this server, or from no page at all.

    Browsers always name the origin of a WebSocket and of what another origin's script asks for. Without an Origin it is
    a page being opened, or no browser: a program can say what it likes, and has no one's cookies.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return True
    scheme = environ["wsgi.url_scheme"]
    host = environ.get("HTTP_HOST", "").lower().removesuffix(_DEFAULT_PORTS[scheme])
    return bool(origin.lower().removesuffix(_DEFAULT_PORTS[scheme]) == f"{scheme}://{host}")


def guard(app: WSGIApplication, hosts: Hosts, refusals: Refusals) -> WSGIApplication:
    """`app` behind both checks; what fails one gets status 403 and a sentence."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        if not hosts.admits(host, lambda: _came_in_at(environ)):
            text = f"{spelled(host)} is not a name of this server. To make it one: --allow-host NAME"
            if not host:
                text = "the request does not say which server it is for: it has no Host"
            return refusals.answer(environ, start_response, "host", "403 Forbidden", text)
        if not same_origin(environ):
            origin = f"{environ['wsgi.url_scheme']}://{host}"
            text = f"pages of {spelled(environ['HTTP_ORIGIN'])} may not talk to {spelled(origin)}"
            return refusals.answer(environ, start_response, "origin", "403 Forbidden", text)
        return app(environ, start_response)

    return guarded


def _came_in_at(environ: WSGIEnvironment) -> str | None:
    connection = environ.get("playlab.connection")
    return connection.local_address() if connection else None


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
