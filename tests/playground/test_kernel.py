"""The kernel is held to the autograd trainer here, and to the original in test_engine."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import event, given, settings
from hypothesis import strategies as st

from playground import network, reference
from playground.config import FIELDS, Config
from playground.data import datasets
from playground.engine import Engine
from playground.kernel import codes
from playground.optimizer import COEFFICIENTS, OPTIMIZERS
from playground.point_set import MOST_CLASSES
from support.long import parametrize
from support.strategies import configs

EPOCHS = 20


def by_autograd(config):
    """The same run by autograd: the module, and its inputs and labels."""
    points, _ = datasets.split(config)
    _, stream = datasets.make(*config.data)
    mlp = network.build(config, stream)
    x = torch.from_numpy(network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist()))
    return mlp, x, torch.tensor(points[:, 2])


def compare(config, epochs=EPOCHS):
    """Trains by both for as long as rounding is not amplified, at most `epochs`. Returns the epochs compared.

    Some configurations are chaotic: there, a twin of our own that starts a rounding error away drifts off as well, and
    no two orders of adding can agree.
    """
    mlp, x, y = by_autograd(config)
    slow, fast, twin = reference.Trainer(mlp, config), Engine(config), Engine(config)
    twin.parameters[:] += 1e-15
    for epoch in range(epochs):
        slow.epoch(x, y)
        fast.train()
        twin.train()
        ours, theirs = fast.parameters, mlp.flat.numpy()
        scale = max(1, np.abs(ours).max())
        loss, nudged = fast.scores().train_loss, twin.scores().train_loss
        drift = max(np.abs(ours - twin.parameters).max() / scale, abs(loss - nudged) / max(1, loss))
        if not (scale < 1e6 and drift < 1e-11):
            return epoch
        assert np.abs(ours - theirs).max() < 1e-9 * scale, f"epoch {epoch + 1}"
        assert loss == pytest.approx(reference.loss(mlp, config, x, y), rel=1e-9, abs=1e-9), f"epoch {epoch + 1}"
    return epochs


@settings(max_examples=15, deadline=None)  # autograd takes up to two seconds for one
@given(configs())
def test_kernel_and_autograd_agree_to_1e_9_over_20_epochs(config):
    event(f"epochs compared: {compare(dataclasses.replace(config, perc_train_data=10))}")


@pytest.mark.parametrize("activation", codes.ACTIVATION_CODE)
@parametrize("regularization", codes.REGULARIZATION_CODE, short=[1])
@parametrize("problem", ["classification", "regression"], short=1)
def test_kernel_and_autograd_agree_for_all_20_epochs_with_everything_of_a_kind(activation, regularization, problem):
    config = Config(
        activation=activation, regularization=regularization, problem=problem, regularization_rate=0.01, batch_size=7,
        network_shape=(5, 3), sin_x=True, reg_dataset="reg-gauss", noise=10, perc_train_data=10, seed="0.5",
        learning_rate=0.01,
    )  # fmt: skip
    assert compare(config) == EPOCHS


@pytest.mark.parametrize("optimizer", codes.OPTIMIZER_CODE)
@pytest.mark.parametrize("loss", codes.LOSS_CODE)  # the third is that of several classes, whatever is set
@pytest.mark.parametrize("besides", ["alone", "with everything"])
def test_every_optimizer_takes_torch_optims_steps(optimizer, loss, besides):
    config = Config(
        optimizer=optimizer, loss="squared" if loss == "softmax" else loss, activation="relu",
        dataset="arms" if loss == "softmax" else "circle", classes=4, network_shape=(5, 3), batch_size=7,
        learning_rate=0.01, perc_train_data=10, noise=10, seed="0.5",
    )  # fmt: skip
    if besides == "with everything":
        config = dataclasses.replace(
            config, dropout=(0.2, 0.5), shuffle=True, regularization="both", regularization_rate=0.001, l2_rate=0.01,
            layer_activations=("gelu",), schedule="exponential", schedule_epochs=10, initial_weights="xavier",
        )  # fmt: skip
    assert compare(config) == EPOCHS


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("share", [{"full_batch": True}, {"batch_size": 100}])
def test_a_batch_larger_than_a_block_is_one_step_of_all_its_points(optimizer, share):
    config = dataclasses.replace(Config(seed="0.5", optimizer=optimizer), **share)
    assert compare(config, epochs=5) == 5
    engine = Engine(config)
    engine.train()
    assert engine.snapshot().accumulated == 250 % (250 if config.full_batch else 100)


def test_a_batch_larger_than_all_points_never_takes_a_step_as_in_the_original():
    engine = Engine(Config(batch_size=251))
    before = engine.parameters.copy()
    engine.train()
    assert np.array_equal(engine.parameters, before)


def test_autograd_and_kernel_kill_the_same_links():
    config = Config().updated(
        {"regularization": "L1", "regularizationRate": 0.1, "learningRate": 0.1, "networkShape": [8, 8], "seed": "0.1"}
    )
    mlp, x, y = by_autograd(config)
    slow, fast = reference.Trainer(mlp, config), Engine(config)
    for _ in range(EPOCHS):
        slow.epoch(x, y)
        fast.train()
    dead = np.concatenate([np.append(d.numpy().ravel(), [False] * d.shape[0]) for d in slow.dead])
    assert 0 < dead.sum() < dead.size
    assert np.array_equal(np.frombuffer(fast.snapshot().dead, dtype=np.bool_), dead)
    assert not fast.parameters[dead].any()


def test_points_left_over_enter_the_next_epochs_first_update():
    """250 points by batches of 30 leave 10: the next epoch's first update averages 40."""
    config = Config(batch_size=30, activation="linear", network_shape=())
    engine = Engine(config)
    engine.train()
    assert engine.snapshot().accumulated == 10
    mlp, x, y = by_autograd(config)
    slow = reference.Trainer(mlp, config)
    slow.epoch(x, y)
    left = [parameter.grad.clone() for parameter in mlp.parameters()]
    before = [parameter.detach().clone() for parameter in mlp.parameters()]
    slow.epoch(x[:, :30], y[:30])
    with torch.no_grad():
        for parameter, start in zip(mlp.parameters(), before, strict=True):
            parameter.copy_(start)
        fresh = [torch.zeros_like(start) for start in before]
    (0.5 * (mlp(x[:, :30])[-1][0] - y[:30]) ** 2).sum().backward()
    fresh = [parameter.grad for parameter in mlp.parameters()]
    expected = [start - 0.03 * (old + new) / 40 for start, old, new in zip(before, left, fresh, strict=True)]
    twin = Engine(config)
    twin.restore(engine.snapshot())
    twin.train_points = engine.train_points
    x_fast, y_fast = twin._train
    twin._train = (np.ascontiguousarray(x_fast[:, :30]), y_fast[:30].copy())
    twin.train()
    assert twin.snapshot().accumulated == 0
    assert np.allclose(twin.parameters, torch.cat([e.flatten() for e in expected]).numpy(), atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(configs(), st.integers(0, 3))
def test_maps_are_the_modules_forward_pass(config, epochs):
    engine = Engine(config)
    for _ in range(epochs):
        engine.train()
    if not engine.finite:
        return
    axis = -6 + 12 * np.arange(100) / 99
    xs, ys = np.meshgrid(axis, -axis)
    pixels = network.inputs(config.features, xs.ravel().tolist(), ys.ravel().tolist())
    with torch.no_grad():
        outputs = engine.mlp(torch.from_numpy(pixels))
        if config.has_classes:
            outputs[-1] = outputs[-1].softmax(dim=0)
        theirs = torch.cat(outputs).numpy().reshape(-1, 100, 100)
    assert np.abs(engine.maps() - theirs).max() < 1e-9 * max(1, np.abs(theirs).max())


@settings(max_examples=30, deadline=None)
@given(configs())
def test_losses_and_accuracies_are_what_the_module_gives(config):
    engine = Engine(config)
    scores = engine.scores()
    for points, loss, accuracy in (
        (engine.train_points, scores.train_loss, scores.train_accuracy),
        (engine.test_points, scores.test_loss, scores.test_accuracy),
    ):
        x = network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist())
        with torch.no_grad():
            outputs = engine.mlp(torch.from_numpy(x))[-1].numpy()
        expected = reference.loss(engine.mlp, config, torch.from_numpy(x), torch.tensor(points[:, 2]))
        assert loss == pytest.approx(expected, rel=1e-9)
        if config.has_classes:
            assert accuracy == pytest.approx((outputs.argmax(axis=0) == points[:, 2]).mean())
        elif config.problem == "classification":
            assert accuracy == pytest.approx(((outputs[0] >= 0) == (points[:, 2] >= 0)).mean())
        else:
            assert np.isnan(accuracy)


def test_each_coefficient_is_that_of_an_optimizer_and_has_its_field():
    assert set(COEFFICIENTS) == {name for one in OPTIMIZERS.values() for name in one.settings}
    for name in COEFFICIENTS:
        (field,) = (field for field in FIELDS.values() if field.attribute == name)
        assert field.needs == {"optimizer": tuple(key for key, one in OPTIMIZERS.items() if name in one.settings)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_as_many_means_as_torchs_has(name):
    config = Config(optimizer=name, seed="0.5")
    mlp, x, y = by_autograd(config)
    trainer = reference.Trainer(mlp, config)
    trainer.epoch(x, y)
    kept = [key for key, value in next(iter(trainer.optimizer.state.values()), {}).items() if value is not None]
    assert len([key for key in kept if key != "step"]) == OPTIMIZERS[name].means


def test_every_name_of_a_setting_is_in_the_kernel_and_in_the_reference():
    def names(key):
        return set(FIELDS[key].kind.values)

    assert names("activation") == set(codes.ACTIVATION_CODE) == set(network.ACTIVATIONS)
    assert names("regularization") == set(codes.REGULARIZATION_CODE) == set(reference.PENALTIES)
    assert names("optimizer") == set(codes.OPTIMIZER_CODE) == set(OPTIMIZERS)
    assert names("loss") | {"softmax"} == set(codes.LOSS_CODE) == set(reference.OF_POINTS)


@settings(max_examples=20, deadline=None)
@given(configs(), st.integers(2, MOST_CLASSES), st.integers(0, 3))
def test_points_are_taken_for_the_class_with_the_highest_output(config, classes, epochs):
    config = dataclasses.replace(config, problem="classification", dataset="arms", classes=classes)
    engine = Engine(config)
    for _ in range(epochs):
        engine.train()
    points = np.concatenate([engine.train_points, engine.test_points])
    x = network.inputs(config.features, points[:, 0].tolist(), points[:, 1].tolist())
    with torch.no_grad():
        outputs = engine.mlp(torch.from_numpy(x))[-1].numpy()
    if not abs(engine.parameters).max() < 1000:  # the sine of a large sum is another after any rounding
        return
    chosen = np.take_along_axis(outputs, engine.classified()[None].astype(int), axis=0)[0]
    highest = outputs.max(axis=0)
    assert (chosen >= highest - 1e-9 * np.maximum(1, abs(highest))).all()
    n = len(engine.train_points)
    right = engine.classified() == points[:, 2]
    assert engine.scores()[2:] == pytest.approx((right[:n].mean(), right[n:].mean()))


def test_where_labels_are_no_classes_points_are_taken_for_none():
    assert Engine(Config()).classified().size == 0
