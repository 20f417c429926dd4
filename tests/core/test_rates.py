"""Token buckets, by a clock that the tests wind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rates import MOST_SECONDS, Bucket, Buckets, account_of, admitted, of_accounts
from core.refused import RefusedError
from core.visitors import PROGRAMS, VISITOR, Visitor


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=200))
def test_what_is_admitted_is_at_most_the_burst_and_the_rate(pauses):
    clock = Clock()
    bucket = Bucket(rate=10, burst=5, clock=clock)
    admitted = 0
    for pause in pauses:
        clock.now += pause
        admitted += bucket.admit()
        assert admitted <= 5 + 10 * clock.now + 1e-6


def test_who_takes_waits_as_long_as_the_rate_says():
    clock = Clock()
    bucket = Bucket(rate=10, burst=5, clock=clock)
    assert bucket.take(5) == 0
    assert bucket.take(20) == 2
    clock.now += 2
    assert bucket.take(0) == 0


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_nobody_is_made_to_wait_for_long(counts):
    bucket = Bucket(rate=10, burst=5, clock=Clock())
    assert all(bucket.take(count) <= MOST_SECONDS for count in counts)


def test_a_bucket_that_remembers_nothing_is_forgotten():
    clock = Clock()
    buckets = Buckets(lambda _key: Bucket(rate=1, burst=2, clock=clock), most=3)
    used = buckets.of("a")
    used.admit()
    for key in "bcd":
        buckets.of(key)
    assert buckets.of("a") is used
    clock.now += 1
    for key in "efg":
        buckets.of(key)
    assert buckets.of("a") is not used


def test_all_programs_together_may_ask_ten_times_as_much_as_a_browser():
    buckets = of_accounts(rate=1e-6, burst=3)
    for account, most in (("a browser", 3), (PROGRAMS, 30)):
        assert [buckets.of(account).admit() for _ in range(most + 1)] == [True] * most + [False]


def test_each_request_takes_one_of_its_account_and_is_refused_where_there_is_none():
    buckets = of_accounts(rate=0.001, burst=1)
    browser, program = Visitor("abc"), Visitor("def", is_program=True)
    assert admitted({VISITOR: browser}, buckets) is browser
    with pytest.raises(RefusedError) as refused:
        admitted({VISITOR: browser}, buckets)
    assert (refused.value.status, refused.value.code) == (429, "too-fast")
    for _ in range(10):
        assert account_of(admitted({VISITOR: program}, buckets)) == PROGRAMS
    with pytest.raises(RefusedError):
        admitted({VISITOR: Visitor(None)}, buckets)
