from __future__ import annotations

import pytest

from notebook.drawing import ticks


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 1, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-6, 6, ["−6", "−4", "−2", "0", "2", "4", "6"]),
        (0, 0.5, ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        (94, 99, ["94", "95", "96", "97", "98", "99"]),
        (0, 60_000, ["0", "10,000", "20,000", "30,000", "40,000", "50,000", "60,000"]),
        (0, 5e-5, ["0", "10⁻⁵", "2×10⁻⁵", "3×10⁻⁵", "4×10⁻⁵", "5×10⁻⁵"]),
        (0, 3e9, ["0", "5×10⁸", "10⁹", "1.5×10⁹", "2×10⁹", "2.5×10⁹", "3×10⁹"]),
        (3, 3, ["3"]),
    ],
)
def test_round_values_with_as_many_digits_as_they_need(low: float, high: float, said: list[str]):
    assert ticks.written(ticks.linear(low, high, 7)) == said


def test_what_is_counted_has_no_parts():
    assert ticks.written(ticks.linear(1, 4, 8, whole=True)) == ["1", "2", "3", "4"]
    assert ticks.written(ticks.linear(1, 20, 8, whole=True)) == ["5", "10", "15", "20"]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0001, 1, ["10⁻⁴", "0.001", "0.01", "0.1", "1"]),
        (0.004, 0.7, ["0.01", "0.03", "0.1", "0.3"]),
        (2, 9, ["2", "3", "5", "7"]),
        (1e-12, 1e6, ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1", "10,000"]),
    ],
)
def test_powers_of_ten_and_what_is_between_where_there_is_room(low: float, high: float, said: list[str]):
    assert [ticks.single(value) for value in ticks.logarithmic(low, high, 6)] == said


def test_a_rounding_error_is_no_digit_and_zero_has_no_sign():
    assert ticks.written([-0.0, 0.1 + 0.2]) == ["0.0", "0.3"]
    assert ticks.single(-1e-9) == "−10⁻⁹"
