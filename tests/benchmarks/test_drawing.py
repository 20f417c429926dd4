"""What is measured of a drawn point is what becomes of it, in its order; every point's boundary follows."""

from __future__ import annotations

from playwright.sync_api import Browser

from benchmarks import drawing
from benchmarks.server import Server

POINTS = 4


def test_each_point_is_sent_trained_with_drawn_and_followed_by_the_boundary(browser: Browser) -> None:
    with Server("--workers", "1") as server:
        server.wait_for_page()
        found = drawing.measure(browser, server.url, POINTS)
    assert found.keys() == drawing.PACES.keys()
    for points in found.values():
        assert len(points) == POINTS
        for point in points:
            assert 0 < point.sent <= point.there <= point.seen < point.followed
            assert point.followed < 5000  # ms, also on a busy machine
    table = drawing.rows(found)
    assert [row[0] for row in table] == [f"{name}, {what}" for name in drawing.PACES for what in ("median", "p95")]
    assert all(len(row) == 1 + len(drawing.COLUMNS) for row in table)
