"""Hosts and origins: in front of pages, polling and WebSocket alike."""

import json
import socket
from urllib.parse import urlsplit

import psutil
import pytest
import websocket
from hypothesis import given
from hypothesis import strategies as st

from support.web_clients import HANDSHAKE, POLLING, SECONDS, get, metric, raw_connection
from web.hosts import Hosts, same_origin


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "LOCALHOST.", "127.0.0.1:80", "127.0.0.2", "[::1]:5000", "playlab.localhost"],
)
def test_this_machine_may_always_be_named(host):
    assert Hosts("127.0.0.1").admits(host)
    assert Hosts("0.0.0.0").admits(host)


@pytest.mark.parametrize(
    "host",
    [
        None, "", "evil.example", "localhost.evil.example", "evil.example:5000", "localhost@evil.example",
        "127.0.0.1.nip.example", "192.168.0.7", "[fe80::1]", "localhost:port", "localhost/", "local host", "0.0.0.0",
        "[::1", "2130706433",
    ],
)  # fmt: skip
def test_other_names_are_refused(host):
    assert not Hosts("127.0.0.1").admits(host)


def test_the_address_listened_on_is_a_name():
    assert Hosts("192.168.0.7").admits("192.168.0.7:5000")
    assert Hosts("lab.school").admits("lab.school")


def test_listening_everywhere_the_connections_own_address_and_the_machines_name_are_names():
    hosts = Hosts("0.0.0.0")
    assert hosts.admits("192.168.0.7:5000", lambda: "192.168.0.7")
    assert Hosts("::").admits("192.168.0.7", lambda: "::ffff:192.168.0.7")
    assert not hosts.admits("192.168.0.8", lambda: "192.168.0.7")
    assert not Hosts("127.0.0.1").admits("192.168.0.7", lambda: "192.168.0.7")
    assert hosts.admits(socket.gethostname())


def test_allowed_are_names_domains_addresses_and_networks():
    hosts = Hosts(allowed=["Lab.School", "*.class.school", "10.1.2.3", "192.168.0.0/16", "fd00::/8"])
    for host in ("lab.school:443", "a.class.school", "10.1.2.3", "192.168.200.1:5000", "[fd00::7]"):
        assert hosts.admits(host), host
    for host in ("x.lab.school", "class.school", "evilclass.school", "10.1.2.4", "192.169.0.1", "192.168.evil.example"):
        assert not hosts.admits(host), host


@pytest.mark.parametrize("host", ["http://lab.school", "lab.school:80", "", "*", "a b", "192.168.0.0/99"])
def test_what_is_no_host_is_named(host):
    with pytest.raises(ValueError, match="invalid host"):
        Hosts(allowed=[host])


@given(st.text(max_size=40))
def test_any_header_is_decided(host):
    assert Hosts().admits(host) in (True, False)


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "same"),
    [
        (None, "http", "localhost:5000", True),
        ("http://localhost:5000", "http", "localhost:5000", True),
        ("HTTP://LocalHost:5000", "http", "localhost:5000", True),
        ("https://lab.school", "https", "lab.school", True),
        ("https://lab.school", "https", "lab.school:443", True),
        ("http://localhost:3000", "http", "localhost:5000", False),
        ("http://localhost", "http", "localhost:5000", False),
        ("http://lab.school", "https", "lab.school", False),
        ("https://lab.school", "http", "lab.school", False),
        ("null", "http", "localhost:5000", False),
        ("", "http", "localhost:5000", False),
        ("http://evil.example", "http", "localhost:5000", False),
        ("http://localhost:5000.evil.example", "http", "localhost:5000", False),
    ],
)
def test_an_origin_is_this_server_or_foreign(origin, scheme, host, same):
    environ = {"wsgi.url_scheme": scheme, "HTTP_HOST": host} | ({} if origin is None else {"HTTP_ORIGIN": origin})
    assert same_origin(environ) is same


# --- a real server ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(start):
    """A server; who is refused needs no worker."""
    return start(ready=False)


def over_polling(url, **headers):
    return get(url + POLLING, **headers)[0]


def over_websocket(url, Host=None, Origin=None):
    try:
        connection = websocket.create_connection(
            url.replace("http", "ws", 1) + HANDSHAKE,
            timeout=5,
            host=Host,
            origin=Origin,
            suppress_origin=Origin is None,
        )
    except websocket.WebSocketBadStatusException as error:
        return error.status_code
    connection.close()
    return 200


def a_page(url, **headers):
    return get(url + "/", **headers)[0]


def a_file(url, **headers):
    return get(url + "/static/css/pages/playground.css", **headers)[0]


@pytest.mark.parametrize("ask", [over_polling, over_websocket, a_page, a_file])
class TestInFrontOfEverything:
    @pytest.mark.parametrize(
        "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}], ids=str
    )
    def test_what_is_foreign_is_refused(self, own, ask, headers):
        assert ask(own.url, **headers) == 403

    def test_a_page_of_this_server_and_a_program_are_served(self, own, ask):
        assert ask(own.url) == 200
        assert ask(own.url, Origin=own.url) == 200
        localhost = own.url.replace("127.0.0.1", "localhost")
        assert ask(own.url, Host=urlsplit(localhost).netloc, Origin=localhost) == 200

    def test_who_forwards_is_not_believed(self, own, ask):
        if ask is not over_websocket:
            headers = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https"}
            assert ask(own.url, Origin="https://evil.example", **headers) == 403


def test_a_refusal_says_what_to_do_and_is_counted(own):
    before = metric(own.url, 'playlab_refused_total{reason="host"}')
    status, text, headers = get(own.url, Host="evil.example")
    assert status == 403
    assert text == '"evil.example" is not a name of this server. To make it one: --allow-host NAME\n'
    assert headers["Content-Type"].startswith("text/plain")
    assert metric(own.url, 'playlab_refused_total{reason="host"}') == before + 1


@pytest.mark.parametrize("head", ["GET / HTTP/1.0\r\n", "GET / HTTP/1.1\r\nHost:\r\n", "GET / HTTP/1.1\r\n"])
def test_who_names_no_server_is_told_so(own, head):
    with raw_connection(own.url) as connection:
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
        connection.settimeout(SECONDS)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b" 403 " in answer.partition(b"\r\n")[0]
    assert answer.endswith(b"the request does not say which server it is for: it has no Host\n")


@pytest.mark.parametrize("name", ["Host", "Origin"])
@pytest.mark.parametrize("value", ["it's", "a\\b", '"', "b\u00fccher", "x" * 5000])
def test_a_name_is_spelled_as_json_and_never_long(own, name, value):
    status, text, _ = get(own.url, **{name: value.encode().decode("latin-1")})
    assert status == 403
    assert len(text) < 300
    spelled = text.removeprefix("pages of ").split(" is not" if name == "Host" else " may not")[0]
    assert spelled.endswith("...") or isinstance(json.loads(spelled), str)


@pytest.mark.parametrize(
    ("headers", "code"), [({"Host": "evil.example"}, "host"), ({"Origin": "http://evil.example"}, "origin")]
)
@pytest.mark.parametrize("path", ["/api/devices", "/api/lenet/runs", "/api/nothing"])
def test_the_api_is_refused_in_its_own_form(own, path, headers, code):
    status, text, answered = get(own.url + path, **headers)
    assert (status, answered["Content-Type"]) == (403, "application/json")
    told = json.loads(text)
    assert told == {"code": code, "field": None, "values": {}, "error": told["error"]}
    assert told["error"]


def own_addresses():
    every = [one for addresses in psutil.net_if_addrs().values() for one in addresses]
    return [one.address for one in every if one.family == socket.AF_INET and not one.address.startswith("127.")]


def test_listening_everywhere_the_machines_own_addresses_are_served(start):
    server = start("--host", "0.0.0.0", "--allow-host", "lab.school", ready=False)
    port = urlsplit(server.url).port
    for address in own_addresses():
        url = f"http://{address}:{port}"
        assert get(url, Origin=url)[0] == 200
        assert over_websocket(url, Origin=url) == 200
        assert get(server.url, Host=f"{address}:{port}")[0] == 403  # came in elsewhere
    assert get(server.url, Host="lab.school")[0] == 200
    assert get(server.url, Host="evil.example")[0] == 403


def test_behind_a_proxy_the_scheme_is_what_the_proxy_says(start):
    server = start("--allow-host", "lab.school", "--proxies", "1", ready=False)
    headers = {"Host": "lab.school", "Origin": "https://lab.school"}
    status, _, answered = get(server.url, X_Forwarded_Proto="https", **headers)
    assert status == 200
    assert "Secure" in answered["Set-Cookie"]
    assert answered["Cross-Origin-Opener-Policy"] == "same-origin"
    assert get(server.url, **headers)[0] == 403
