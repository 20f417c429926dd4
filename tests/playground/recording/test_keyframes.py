from hypothesis import given
from hypothesis import strategies as st

from playground.recording.keyframes import ALWAYS, WITH_DATA, Keyframes
from playground.snapshot import Snapshot


def state(epoch, size=10):
    return Snapshot(epoch, 0, bytes(8 * size), bytes(8 * size), bytes(size))


def through(keyframes, epochs, size=10):
    for epoch in range(epochs + 1):
        if keyframes.wants(epoch):
            keyframes.note(state(epoch, size))
    return keyframes


@given(st.integers(0, 20_000))
def test_they_are_few_and_lie_close_with_the_first_ones_always_among_them(epochs):
    keyframes = through(Keyframes(most=64), epochs)
    assert len(keyframes.epochs) <= 64
    assert set(keyframes.epochs) >= {epoch for epoch in ALWAYS if epoch <= epochs}
    gaps = [after - before for before, after in zip(keyframes.epochs, [*keyframes.epochs[1:], epochs], strict=True)]
    assert max(gaps) <= max(1, 2 * epochs / (64 - 2 * len(ALWAYS)))


def test_by_default_there_are_256_and_less_than_half_a_mebibyte():
    for size in (1, 25, 500):
        keyframes = through(Keyframes(), 10_000, size)
        assert 30 <= len(keyframes.epochs) <= 256
        assert len(keyframes.epochs) * (8 + 8 + 1) * size <= 512 * 1024


def test_large_states_leave_out_the_first_few_epochs_and_never_take_more_room_than_there_is():
    for size, bytes_each in ((2678, 24), (2678, 8), (25, 8)):
        keyframes = Keyframes()
        for epoch in range(10_001):
            if keyframes.wants(epoch):
                gradient = bytes(8 * size) if epoch % 3 else b""
                keyframes.note(Snapshot(epoch, 0, bytes(8 * size), gradient, b"", bytes((bytes_each - 8) * size)))
        kept = [keyframes.before(epoch) for epoch in keyframes.epochs]
        room = sum(len(one.parameters) + len(one.gradient) + len(one.means) for one in kept)
        assert room <= 512 * 1024
        assert set(keyframes.epochs) >= ({*ALWAYS} if bytes_each == 8 else {0})
        gaps = [after - before for before, after in zip(keyframes.epochs, [*keyframes.epochs[1:], 10_000], strict=True)]
        assert max(gaps) <= (2048 if size == 2678 else 64)


def test_the_last_at_or_before_an_epoch_is_found():
    keyframes = Keyframes()
    assert keyframes.before(0) is None
    for epoch in (3, 7):
        keyframes.note(state(epoch))
    assert [found and found.epoch for found in map(keyframes.before, (2, 3, 6, 7, 99))] == [None, 3, 3, 7, 7]


def test_what_comes_after_a_branch_is_forgotten():
    keyframes = through(Keyframes(), 20)
    keyframes.cut(8)
    assert keyframes.epochs == [*range(9)]
    assert keyframes.wants(9)


def test_gaps_are_filled_when_a_run_is_gone_through_again():
    keyframes = Keyframes()
    keyframes.note(state(5000))  # as after a worker's death
    assert through(keyframes, 10).epochs == [*range(11), 5000]


def test_thousands_of_points_leave_the_states_less_room_and_a_few_hundred_leave_all_of_it():
    def kept(data_bytes):
        keyframes = Keyframes()
        keyframes.data_bytes = data_bytes
        return len(through(keyframes, 10_000, 2678).epochs)

    many = 430 * 1024  # 5,000 points with seven features each
    assert kept(50 * 1024) == kept(0)
    assert 3 <= kept(many) < kept(0)
    assert kept(many) * 17 * 2678 <= WITH_DATA - many
    assert kept(WITH_DATA) >= 2  # never none
