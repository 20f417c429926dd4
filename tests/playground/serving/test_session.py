"""One session, and how it appears to its page and in the log."""

from types import SimpleNamespace

import pytest
from hypothesis import given

from playground import link
from playground.config import Config
from playground.serving.session import TRAIN_ALONE_BEATS, Session, SessionError
from playground.serving.workers import Health
from support.strategies import configs


def make(config=None, state="ready", **fields):
    worker = SimpleNamespace(number=2, ready=state == "ready", health=Health(state, None))
    return Session("t" * 32, worker, config or Config(), **fields)


def test_the_log_names_it_without_its_token():
    session = make(browser="somebody")
    assert session.token not in str(session.label)
    assert (session.label["browser"], session.label["worker"]) == ("somebody", 2)
    assert (
        session.label["session"]
        == make().label["session"]
        != Session("u" * 32, session.worker, Config()).label["session"]
    )


@given(configs())
def test_a_page_is_told_all_settings_and_the_link_that_gives_them(config):
    said = make(config).describe()
    assert said["config"] == config.to_json()
    assert link.parse(said["link"]) == config
    assert make(config).settings().items() <= said.items()


@pytest.mark.parametrize(
    ("state", "reason"), [("ready", "diverged"), ("silent", "worker_silent"), ("failed", "worker_failed")]
)
def test_a_worker_that_does_not_serve_is_the_first_reason(state, reason):
    session = make(state=state, reason="diverged")
    assert (session.status()["reason"], session.describe()["reason"]) == (reason, reason)


def test_what_failed_or_diverged_is_not_trained():
    make(reason="disconnected").check_trainable()
    for session, code in ((make(failed=True, reason="failed"), "failed"), (make(reason="diverged"), "diverged")):
        with pytest.raises(SessionError) as refused:
            session.check_trainable()
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("fields", "awaited"),
    [
        ({"cut": True}, True),
        ({"cut": True, "alone": TRAIN_ALONE_BEATS - 1}, True),
        ({"cut": True, "alone": TRAIN_ALONE_BEATS}, False),
        ({"cut": False}, False),
        ({"cut": True, "connection": "tab"}, False),
    ],
)
def test_a_page_is_expected_back_for_a_while_where_it_was_cut_off(fields, awaited):
    assert make(**fields).awaited is awaited
