"""A start with many runs, as `python -m benchmarks.many_runs` measures it, in short."""

from benchmarks.many_runs import measure


def test_1000_runs_of_20_epochs_delay_no_page_and_take_little_memory():
    """A page that waited for them would come when all are read. The machine may be busy: no time stands alone."""
    none, many = measure(0, 20), measure(1000, 20)
    assert many.first_page - none.first_page < many.all_read / 2
    assert many.median < many.all_read / 10
    assert many.slowest < many.all_read / 2
    assert many.memory - none.memory < 60e6
    assert many.list_size < 200_000  # a page of them
