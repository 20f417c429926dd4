"""Who asks: browsers, programs, the teacher."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.visitors import BROWSER_COOKIE, PROGRAMS, TEACHER_COOKIE, VISITOR, Visitors, browser_of, public_name

VISITORS = Visitors("chalk")


def test_a_browser_is_known_by_a_name_that_does_not_tell_its_secret():
    one, again, other = (VISITORS.of({BROWSER_COOKIE: secret}) for secret in ("abc", "abc", "abd"))
    assert one == again
    assert one.owner == one.browser == one.account == public_name("abc") != other.owner
    assert (one.is_program, one.new_secret) == (False, None)
    assert "abc" not in repr(one)


@pytest.mark.parametrize("cookies", [{}, {BROWSER_COOKIE: ""}, {BROWSER_COOKIE: "a b"}, {BROWSER_COOKIE: 201 * "x"}])
def test_who_has_no_cookie_of_ours_is_a_program_and_is_given_one(cookies):
    program = VISITORS.of(cookies)
    assert (program.is_program, program.browser, program.account) == (True, None, PROGRAMS)
    assert VISITORS.of({BROWSER_COOKIE: program.new_secret}).owner == program.owner  # it owns what it has started
    assert program.new_secret not in repr(program)
    assert VISITORS.of(cookies).new_secret != program.new_secret


def test_the_teacher_has_the_token_in_a_cookie_or_a_header():
    assert VISITORS.of({TEACHER_COOKIE: "chalk"}).is_teacher
    assert VISITORS.of({}, "Bearer chalk").is_teacher
    assert not VISITORS.of({TEACHER_COOKIE: "cheese"}, "Bearer chalk").is_teacher


@given(st.none() | st.text(st.characters(exclude_categories=())))
def test_no_other_token_is_the_teachers(token):
    assert VISITORS.is_teacher(token) is (token == "chalk")


def test_where_no_token_was_chosen_nobody_guesses_it():
    assert not Visitors().is_teacher("")
    assert not Visitors(None).is_teacher(None)


def test_the_teachers_token_is_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr("core.visitors.secrets.compare_digest", lambda *pair: compared.append(pair) or False)
    assert not VISITORS.is_teacher("chalk")  # whatever it is, the comparison decides
    assert compared == [(b"chalk", b"chalk")]


def test_where_nobody_was_told_from_another_there_is_no_browser():
    assert browser_of({}) is None
    assert browser_of({VISITOR: VISITORS.of({BROWSER_COOKIE: "abc"})}) == public_name("abc")
