import dataclasses

import pytest
import torch
from torch.optim import lr_scheduler as torchs

from playground import learning_rate
from playground.config import Config
from playground.schedule import SCHEDULES

THEIRS = {
    "constant": lambda optimizer, _n, _f: torchs.ConstantLR(optimizer, factor=1.0),
    "step": lambda optimizer, n, f: torchs.StepLR(optimizer, n, f),
    "exponential": lambda optimizer, n, f: torchs.ExponentialLR(optimizer, f ** (1 / n)),
    "cosine": lambda optimizer, n, _f: torchs.CosineAnnealingLR(optimizer, n),
    "warmup": lambda optimizer, n, _f: torchs.LinearLR(optimizer, 1 / n, 1.0, max(1, n - 1)),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("epochs", "factor"), [(1, 0.5), (7, 0.1), (100, 0.9)])
@pytest.mark.filterwarnings("ignore::UserWarning")  # torch wants a step of the optimizer before one of the schedule
def test_schedules_are_torchs(name, epochs, factor):
    config = Config(schedule=name, schedule_epochs=epochs, schedule_factor=factor, learning_rate=0.3)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = THEIRS[name](optimizer, epochs, factor)
    for epoch in range(2 * epochs if name != "cosine" else epochs + 1):
        assert learning_rate.rate(config, epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12, abs=1e-16)
        optimizer.step()
        scheduler.step()


def test_after_its_last_epoch_a_cosine_stays_at_0():
    config = Config(schedule="cosine", schedule_epochs=10)
    assert [learning_rate.rate(config, epoch) for epoch in (10, 11, 1000)] == [0, 0, 0]


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("factor", [0, 1e-9, 1])
def test_every_rate_is_a_number_from_0_to_the_one_that_is_set(name, factor):
    config = Config(schedule=name, schedule_epochs=3, schedule_factor=factor, learning_rate=10)
    assert all(0 <= learning_rate.rate(config, epoch) <= 10 for epoch in (0, 1, 2, 3, 50, 200_000))


def test_every_schedule_of_the_settings_is_there_and_a_constant_one_changes_no_bit():
    assert set(learning_rate.FACTORS) == set(SCHEDULES)
    assert learning_rate.rate(dataclasses.replace(Config(), learning_rate=0.03), 123) == 0.03
