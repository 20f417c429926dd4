"""How much one client, and all together, may have of the server.

A browser is known by its cookie, never by its address: a class shares one. Programs without the cookie count together.
The limits are far from what a class needs and near enough that whoever takes all they allow leaves the others theirs.
"""

from __future__ import annotations

from collections.abc import Hashable

from core.rates import Bucket

THREADS = 512  # of the server; a WebSocket or a waiting poll holds one
MAX_BODY = 2**20  # bytes of a request

MAX_INSIDE = 440  # requests inside Socket.IO at once: pages always find a thread
MAX_CONNECTIONS = 400  # where so many files may be open: `connections_for`
MAX_WITHOUT_COOKIE = MAX_CONNECTIONS // 2
MAX_PER_BROWSER = 20
MAX_WAITING = 1000  # messages queued for a client that does not fetch them
UPGRADE_SECONDS = 5  # for a polling client to finish its change to WebSocket


def connections_for(files: int) -> int:
    """How many connections there may be where all, pages' too, take so many files: the rest is for pages."""
    return min(MAX_CONNECTIONS, files // 2)


def connections_of(browser: Hashable, most: int = MAX_CONNECTIONS) -> int:
    """How many of `most` connections it may have; None stands for all programs together."""
    return min(MAX_PER_BROWSER, most // 2) if browser else most // 2


def requests_of(browser: Hashable) -> int:
    """How many of its requests may be inside Socket.IO at once: a poll and a message for each connection, and some."""
    return 2 * MAX_PER_BROWSER if browser else MAX_WITHOUT_COOKIE + 2 * MAX_PER_BROWSER


def handshakes(browser: Hashable) -> Bucket:
    """How often it may connect."""
    return Bucket(rate=5, burst=2 * MAX_PER_BROWSER) if browser else Bucket(rate=50, burst=2 * MAX_WITHOUT_COOKIE)


def messages() -> Bucket:
    """How many messages a connection may send. A page acknowledges 60 frames a second at most, and drags a slider."""
    return Bucket(rate=150, burst=300)


def messages_of(browser: Hashable) -> Bucket:
    """How many messages all its connections may send."""
    return Bucket(rate=400, burst=800) if browser else Bucket(rate=4000, burst=8000)


def work_of(browser: Hashable) -> Bucket:
    """How many seconds of its processor, each second, the web process gives to what all its connections send.

    It has one for everybody. An acknowledged frame costs half a millisecond, a link with as many edits as may be 20.
    """
    return Bucket(rate=0.25, burst=0.5) if browser else Bucket(rate=0.15, burst=0.3)


def work_of_one() -> Bucket:
    """What a program's connection may cost whatever the others do: one that plays does not wait for those that flood.

    At 30 frames a second a player costs 0.01 on a machine at rest.
    """
    return Bucket(rate=0.04, burst=0.1)
