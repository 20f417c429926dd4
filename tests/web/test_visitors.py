"""Who sends a request is told once, for everything behind; a newcomer is given a cookie."""

from werkzeug.test import Client

from core.visitors import BROWSER_COOKIE, Visitors, visitor_of
from web.visitors import identify


def client(**options):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Set-Cookie", "other=1")])
        return [str(visitor_of(environ).owner).encode()]

    return Client(identify(app, Visitors(), **options))


def test_a_newcomer_is_given_a_cookie_and_is_the_same_from_then_on():
    newcomer = client()
    first = newcomer.get("/")
    (cookie,) = [one for one in first.headers.getlist("Set-Cookie") if one.startswith(BROWSER_COOKIE)]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "other=1" in first.headers.getlist("Set-Cookie")[0]  # what the application sets stays
    second = newcomer.get("/")
    assert second.text == first.text
    assert not [one for one in second.headers.getlist("Set-Cookie") if one.startswith(BROWSER_COOKIE)]


def test_over_https_the_cookie_is_for_https_alone():
    answer = client().get("/", base_url="https://localhost")
    assert any("Secure" in one for one in answer.headers.getlist("Set-Cookie"))


def test_what_is_no_page_gives_no_cookie():
    one = client(without_cookies=("/other/", "/socket.io/"))
    assert one.get("/socket.io/?EIO=4").headers.getlist("Set-Cookie") == ["other=1"]
    assert len(one.get("/socket.io").headers.getlist("Set-Cookie")) == 2
