"""The links of the page's article: each fits its data set, or cannot, and docs/playground.md shows the same ones."""

import json
import re
import subprocess

import pytest

from playground import link
from playground.data import datasets
from playground.engine import Engine
from playground.original import generators
from playground.studies.plan import SOLVED
from support.processes import ROOT

EPOCHS = 500


@pytest.fixture(scope="module")
def links(node):
    """The links that fit and those that cannot, by data set."""
    article = json.dumps((ROOT / "static/js/playground/article.js").as_uri())
    script = (
        f"const {{ RECIPES, FAILURES }} = await import({article}); console.log(JSON.stringify([RECIPES, FAILURES]))"
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, timeout=30, check=True
    )
    return json.loads(done.stdout)


def losses(address):
    """The test losses after every epoch, and below which one a run counts as solved."""
    engine = Engine(link.parse(address))
    found = []
    for _ in range(EPOCHS):
        engine.train()
        found.append(engine.scores().test_loss)
    return engine.config.data_name, found, SOLVED[engine.config.problem]


@pytest.mark.parametrize("name", datasets.DATASETS)
def test_each_data_set_is_fitted_by_its_recipe(name, links):
    there, found, solved = losses(links[0][name])
    assert there == name
    assert max(found[-50:]) < solved


@pytest.mark.parametrize("name", [name for name in datasets.DATASETS if name not in generators.DATASETS])
def test_each_that_the_original_has_not_is_spoilt_by_its_other_link(name, links):
    there, found, solved = losses(links[1][name])
    assert there == name
    assert min(found) > 2 * solved
    assert found[-1] == pytest.approx(found[EPOCHS // 2], rel=0.05)  # it has settled


def test_the_docs_have_the_same_links(links):
    page = (ROOT / "docs/playground.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| [\w ]+ \| `(\w+=.*?)` \|", page, re.MULTILINE)
    assert shown == [*links[0].values(), *links[1].values()]
