"""Every attack, in its short form, beside an honest player: it shows that nobody is shut out, frozen or filled up.

Not what an attack costs: that is measured over a longer time for docs/security.md. Of three tries the best counts, as
what the other tests do meanwhile is no attack.
"""

import re

import pytest

from benchmarks.attacks import ATTACKS, BACK_SECONDS, LEFT_THREADS, Held, Target
from benchmarks.report import SECURITY
from support.long import parametrize
from support.processes import wait_until

# What the others attack is attacked by these too: floods of commands, bodies, connections, downloads, files, pages.
ONE_OF_A_KIND = [
    "unknown_packets", "garbage", "slow_downloads", "unread_answers", "tiny_chunks", "silent_heads", "large_bodies",
    "unfinished_upgrades", "reserved_events", "command_flood", "session_flood", "longest_epochs",
    "fastest_training", "largest_studies",
    "rebuild_flood_of_browsers", "fastest_training_of_browsers",
    "long_files", "far_goals", "ping_flood", "polling_flood", "foreign_images", "forged_browsers", "odd_requests",
    "new_runs", "drawings", "long_curves", "point_flood", "picture_bombs",
    "archive_bombs", "endless_exports", "pages",
]  # fmt: skip


@pytest.fixture(scope="module")
def target():
    with Target() as target:
        yield target


@pytest.fixture(scope="module")
def before(target):
    """What the server holds once it has seen some of everything."""
    target.try_out("odd_requests", seconds=0.3, spare_bytes=SPARE_BYTES)
    return Held.by(target.web)


@parametrize("name", ATTACKS, short=[at for at, name in enumerate(ATTACKS) if name in ONE_OF_A_KIND])
def test_an_honest_player_goes_on_under(target, before, name):
    for seconds in (0.5, 1, 2, 4):  # a moment is short where other tests run too
        outcome = target.try_out(name, seconds, back_seconds=0)
        if outcome.frames_kept > KEPT:
            break
    assert outcome.frames_kept > KEPT
    assert outcome.page_seconds < 4
    assert outcome.log_lines < 60
    # Bodies of 64 MB may be arriving, and more until the server looks at all of them, each second.
    wait_until(lambda: Held.by(target.web).bytes < before.bytes + 160 * 2**20, 5, "the memory of what was too much")


SPARE_BYTES = 4 * 2**20  # so much more or less says nothing
LEFT_BYTES = 32 * 2**20  # of all attacks
KEPT = 0.4  # of the frames of a player nobody disturbs; docs/security.md has those of a longer time, and no other load


@parametrize("name", ["long_curves", "large_bodies"], short=[1])
def test_memory_that_stays_is_used_again(target, name):
    """What an attack has left is no less after it comes again, or it would add up."""
    target.try_out(name, 1, spare_bytes=SPARE_BYTES)
    again = target.try_out(name, 1, spare_bytes=SPARE_BYTES)
    assert again.left_bytes <= 2 * SPARE_BYTES


def test_after_all_of_them_nothing_is_left_but_threads_that_wait_for_the_next_request(target, before):
    """Runs last. The attackers are gone; what they held must be too."""
    left = target.wait_until_back(before, 2 * BACK_SECONDS, LEFT_BYTES)  # beside other tests
    assert left.connections <= before.connections
    assert left.threads <= before.threads + LEFT_THREADS
    assert left.bytes - before.bytes <= LEFT_BYTES


def test_those_that_stay_are_attacks():
    assert [name for name in ONE_OF_A_KIND if name not in ATTACKS] == []


def test_every_attack_has_its_row_in_the_docs():
    table = (
        SECURITY.read_text(encoding="utf-8").partition("<!-- attacks -->")[2].partition("<!-- end of attacks -->")[0]
    )
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(ATTACKS)
