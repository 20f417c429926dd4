"""The links of the page's article: each fits its data set, or cannot, and docs/playground.md shows the same ones."""

import json
import re
import subprocess

import pytest

from core.settings import Choice
from playground import link
from playground.config import ACTIVATIONS, FIELDS, MEASURED, OWN
from playground.data import datasets
from playground.engine import Engine
from playground.original import generators
from playground.stopping import Rules, Stopping
from playground.studies.plan import SOLVED
from support.processes import ROOT

EPOCHS = 500
NO_CONTROL = {"weightsDraw"}  # a button, "New weights", which the original's Reset does
FITTED = {"iris": 0.15, "penguins": 0.15, "cars": 0.015}  # what was measured is not told apart completely


def exported(node, module, *names):
    """What a module of the page exports by these names."""
    address = json.dumps((ROOT / "static/js/playground" / module).as_uri())
    listed = ", ".join(names)
    script = f"const {{ {listed} }} = await import({address}); console.log(JSON.stringify([{listed}]))"
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def links(node):
    """The links that fit and those that cannot, by data set."""
    return exported(node, "article.js", "RECIPES", "FAILURES")


@pytest.fixture(scope="module")
def trials(node):
    """The runs with and without each setting beyond the original's; how long they are, and the length of a range."""
    return exported(node, "trials.js", "TRIALS", "EPOCHS", "LAST")


def losses(address):
    """The test losses after every epoch, and below which one a run counts as solved."""
    engine = Engine(link.parse(address))
    found = []
    for _ in range(EPOCHS):
        engine.train()
        found.append(engine.scores().test_loss)
    name = engine.config.data_name
    return name, found, FITTED.get(name, SOLVED[engine.config.problem])


@pytest.mark.parametrize("name", [*datasets.DATASETS, *MEASURED])
def test_each_data_set_is_fitted_by_its_recipe(name, links):
    there, found, solved = losses(links[0][name])
    assert there == name
    assert max(found[-50:]) < solved


@pytest.mark.parametrize("name", [*(name for name in datasets.DATASETS if name not in generators.DATASETS), *MEASURED])
def test_each_that_the_original_has_not_is_spoilt_by_its_other_link(name, links):
    there, found, solved = losses(links[1][name])
    assert there == name
    assert min(found) > 2 * solved
    assert found[-1] == pytest.approx(found[EPOCHS // 2], rel=0.05)  # it has settled


def test_the_docs_have_the_same_links(links):
    page = (ROOT / "docs/playground.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| [\w ]+ \| `(\w+=.*?)` \|", page, re.MULTILINE)
    assert shown == [*links[0].values(), *links[1].values()]


def run_of(address, epochs):
    """The scores after every epoch, up to where a rule pauses it."""
    engine = Engine(link.parse(address))
    watch = Stopping(Rules.of(engine.config))
    watch.start(0, engine.scores().test_loss)
    found = []
    while len(found) < epochs:
        engine.train()
        found.append(engine.scores())
        if watch.after(len(found), found[-1].test_loss):
            break
    return found


def figure(trial, found, last):
    """What is measured of a run, as static/js/playground/trials.js defines it."""
    losses = [scores.test_loss for scores in found]
    level = trial.get("level")
    return {
        "epochs": lambda: next((epoch for epoch, loss in enumerate(losses, 1) if loss < level), None),
        "right": lambda: next((epoch for epoch, s in enumerate(found, 1) if s.test_accuracy >= level), None),
        "loss": lambda: losses[-1],
        "range": lambda: [min(losses[-last:]), max(losses[-last:])],
        "pause": lambda: [len(losses), losses[-1]],
    }[trial["measure"]]()


def as_shown(value):
    """A loss with the digits that the page shows."""
    if isinstance(value, list):
        return [as_shown(one) for one in value]
    if not isinstance(value, float):
        return value
    return round(value, 3) if value >= 0.001 else float(f"{value:.3g}")


def test_each_trial_comes_to_its_figures(trials):
    by_name, epochs, last = trials
    runs = {address: run_of(address, epochs) for trial in by_name.values() for address in trial["links"]}
    for name, trial in by_name.items():
        found = [as_shown(figure(trial, runs[address], last)) for address in trial["links"]]
        assert found == trial["figures"], name


def test_each_setting_beyond_the_originals_has_a_trial(trials):
    def differing(trial):
        """The settings in which the two runs differ, with the value in the first."""
        first, second = (link.parse(address).to_json() for address in trial["links"])
        return {(key, str(value)) for key, value in first.items() if value != second[key]}

    shown = set().union(*(differing(trial) for trial in trials[0].values()))
    choices = [key for key in OWN if isinstance(FIELDS[key].kind, Choice)]
    others = set(OWN) - set(choices) - NO_CONTROL
    wanted = {(key, value) for key in choices for value in FIELDS[key].kind.values if value != FIELDS[key].default}
    wanted |= {("activation", name) for name in ACTIVATIONS.more} | {("regularization", "both")}
    assert wanted <= shown
    assert others <= {key for key, _ in shown}
    alone = {key for trial in trials[0].values() for key, _ in differing(trial) if len(differing(trial)) == 1}
    assert {"alpha", "beta1", "beta2", "epsilon", "scheduleEpochs", "scheduleFactor"} <= alone


def test_a_full_batch_is_slow_at_a_usual_learning_rate():
    slow, usual = (run_of(f"{link.write(link.parse('seed=0.31415'))}&fullBatch={full}", EPOCHS)[-1].test_loss
                   for full in ("true", "false"))  # fmt: skip
    assert slow > 0.3 > 0.002 > usual
