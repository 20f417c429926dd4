"""A start with many runs, as `python -m benchmarks.many_runs` measures it, in short."""

from benchmarks.many_runs import measure


def test_1000_runs_of_20_epochs_delay_no_page_and_take_little_memory():
    """Measured beside a start with none: the machine may be busy."""
    none, many = measure(0, 20), measure(1000, 20)
    assert many.first_page < max(2, 1.5 * none.first_page + 0.5)
    assert many.median < 0.25
    assert many.slowest < max(2, 3 * none.slowest)
    assert many.memory - none.memory < 60e6
    assert many.list_size < 200_000  # a page of them
