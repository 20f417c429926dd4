"""What was exported is run, and has to say the same."""

import ast
import json
import math
import subprocess
import sys

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from playground.config import Config
from playground.export import code, measured
from playground.point_set import Axis, packed
from playground.recording import moment
from playground.recording.moment import Moment
from playground.recording.player import Player
from playground.recording.recording import Recording
from support import exported, strategies
from support.long import examples, parametrize

PLAIN = Moment(Recording(Config(seed="0.1")), 1)
EDITED = "seed=0.1&networkShape=3&epoch=60&edits=10:rate:0.1,20:weight:0:1:0:-0.5,30:bias:1:0:2,40:data:0.7"


def run(text):
    """Its exit status, the rows that it prints and its line of JSON."""
    status, (_, *rows, last) = exported.run(text)
    return status, rows, json.loads(last, parse_constant=pytest.fail)


def final(there):
    player = Player(there.recording)
    for _ in range(there.epoch):
        player.train()
    return player.engine.scores()


@settings(max_examples=examples(3, of=6), phases=[Phase.explicit, Phase.generate, Phase.shrink])
@given(st.data())
def test_any_run_with_any_edits_comes_out_the_same(data):
    epoch = data.draw(st.integers(0, 12))
    there = Moment(data.draw(strategies.recordings(epoch, most=6)), epoch)
    text = code.script(there)
    status, rows, last = run(text)
    assert status == 0
    assert last["epoch"] == epoch
    assert len(rows) == len({*range(0, epoch, measured.EVERY), epoch})
    if "COMPARED" not in text:
        scores = final(there)
        assert last["train"] == pytest.approx(scores.train_loss, rel=measured.TOLERANCE, abs=measured.TOLERANCE)
        assert last["test"] == pytest.approx(scores.test_loss, rel=measured.TOLERANCE, abs=measured.TOLERANCE)


@parametrize(
    "dataset, regularization, batch_size",
    [("circle", "L1", 9), ("xor", "none", 9), ("gauss", "L2", 10), ("spiral", "L1", 10)],
    short=1,
)
def test_up_to_epoch_100_the_difference_is_below_1e_9(dataset, regularization, batch_size):
    config = Config(
        seed="0.3", dataset=dataset, regularization=regularization, regularization_rate=0.003, batch_size=batch_size
    )
    text = code.script(Moment(Recording(config), 100))
    status, rows, last = run(text)
    assert (status, len(rows), "COMPARED" in text) == (0, 11, False)
    assert last["largest_difference"] < 1e-12


BEYOND = [
    "optimizer=adam&dropout=0.2,0.1&shuffle=true&loss=crossEntropy&batchSize=30&edits=5:rate:0.01,7:data:0.7",
    "optimizer=adamw&regularization=both&regularizationRate=0.001&schedule=cosine&scheduleEpochs=20&fullBatch=true"
    "&layerActivations=gelu,sin&edits=3:rate:0.1,4:weight:0:0:0:1",
    "optimizer=rmsprop&regularization=L2&regularizationRate=0.01&schedule=step&scheduleEpochs=3&learningRate=0.001"
    "&networkShape=3,3,3,3&layerActivations=silu,softplus,elu,leakyRelu",
    "optimizer=nesterov&regularization=L1&regularizationRate=0.01&schedule=exponential&initialWeights=he",
    "optimizer=momentum&schedule=warmup&shuffle=true&networkShape=16,16&batchSize=100",
]


@pytest.mark.parametrize("link", BEYOND, ids=lambda link: link.split("&")[0])
def test_what_the_original_has_not_comes_out_the_same(link):
    status, _, last = run(code.script(moment.parse(f"seed=0.1&epoch=12&{link}")))
    assert status == 0
    assert last["largest_difference"] < 1e-12


def test_of_a_large_loss_the_difference_is_relative():
    there = moment.parse(
        "seed=0.1&problem=regression&networkShape=&learningRate=0.0001&epoch=3&edits=0:bias:0:0:123456.7"
    )
    status, _, last = run(code.script(there))
    assert (status, last["train"] > 1e9) == (0, True)


def test_by_itself_it_needs_torch_alone(tmp_path):
    path = tmp_path / "run.py"
    path.write_text(code.script(moment.parse(EDITED)), encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", path], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["epoch"] == 60
    imports = {line.split()[1] for line in path.read_text().splitlines() if line.startswith(("import ", "from "))}
    assert imports == {"json", "math", "sys", "torch"}


@parametrize(
    "before, after",
    [
        ("LEARNING_RATE = 0.03", "LEARNING_RATE = 0.031"),
        ("torch.tanh(self.hidden1(values))", "torch.relu(self.hidden1(values))"),
        ("weight[1, 0] = -0.5", "weight[1, 0] = -0.51"),
        ("epoch == 40", "epoch == 41"),
    ],
    short=2,
)
def test_a_run_that_is_another_ends_with_status_1(before, after):
    text = code.script(moment.parse(EDITED))
    assert text.count(before) == 1
    status, _, last = run(text.replace(before, after))
    assert status == 1
    assert last["largest_difference"] > 1e-6


def test_a_chaotic_run_says_from_where_on_and_is_compared_up_to_there():
    there = moment.parse("seed=0.3&dataset=spiral&networkShape=8,8&batchSize=1&learningRate=1&activation=relu&epoch=20")
    text = code.script(there)
    status, rows, _ = run(text)
    assert status == 0
    compared = int(text.partition("\nCOMPARED = ")[2].split()[0])
    assert compared < 20
    assert f"After epoch {compared} this run is chaotic" in text
    marked = {int(row.split()[0]): row.endswith("chaotic: not compared") for row in rows if row.split()[0].isdigit()}
    assert marked == {epoch: epoch > compared for epoch in (0, 10, 20)}


def test_a_run_that_ends_in_no_numbers_says_so_in_json():
    there = moment.parse("seed=0.3&problem=regression&activation=relu&learningRate=10&networkShape=8,8&epoch=30")
    assert not math.isfinite(final(there).test_loss)
    _, _, last = run(code.script(there))
    assert last["test"] is None


def test_numbers_that_are_none_are_a_difference():
    text = code.script(moment.parse(EDITED))
    wild = text.replace("LEARNING_RATE = 0.03", "LEARNING_RATE = 1e300")
    wild = wild.replace("torch.tanh(self", "torch.relu(self").replace("return torch.tanh", "return ")
    status, _, last = run(wild)
    assert (status, last["test"], last["largest_difference"]) == (1, None, None)


def test_it_has_the_settings_that_are_there_and_nothing_else():
    plain = code.script(moment.parse("seed=0.1&epoch=10"))
    for word in (
        "REGULARIZATION",
        "alive",
        "waiting",
        "edit(",
        "weight_decay",
        "torch.sin",
        "relu",
        "global",
        "COMPARED",
    ):
        assert word not in plain, word
    assert "weight_decay" in code.script(moment.parse("seed=0.1&epoch=10&regularization=L2&regularizationRate=0.1"))
    assert "alive" in code.script(moment.parse("seed=0.1&epoch=10&regularization=L1&regularizationRate=0.1"))


@settings(max_examples=30)
@given(st.text(alphabet=st.sampled_from("\"'\\`${}%;()+\u00e9\u4e2d\x01\x7f\ufffea1."), min_size=1, max_size=32))
@example('"""+exit()+"""')
@example("\\N{")
def test_a_seed_cannot_end_the_text_that_it_stands_in(seed):
    there = Moment(Recording(Config(seed=seed)), 1)
    tree = ast.parse(code.script(there))
    assert "".join(ast.get_docstring(tree, clean=False).splitlines()).endswith(moment.write(there))
    assert [type(node) for node in tree.body] == [type(node) for node in ast.parse(code.script(PLAIN)).body]


def test_it_carries_the_link_of_the_run():
    text = code.script(moment.parse(EDITED))
    assert moment.parse(text.split('"""')[1].split(":\n\n")[1]) == moment.parse(EDITED)


def test_the_file_says_what_the_columns_of_measured_points_are():
    there = moment.parse("seed=0.1&dataset=penguins&epoch=1")
    text = code.script(there)
    assert '# x is "bill length (mm)": (value - 45.85) / 2.75.\n' in text
    assert '# label is "species": 0 "Adelie", 1 "Gentoo", 2 "Chinstrap".\n' in text
    assert run(text)[0] == 0
    cars = code.script(moment.parse("seed=0.1&problem=regression&regDataset=cars&epoch=1"))
    assert '# label is "consumption (L/100 km)": (value - 15.55) / 10.55.\n' in cars
    assert "(value - " not in code.script(PLAIN)


def test_a_programs_text_is_the_same_whatever_characters_python_knows():
    """What is hidden is escaped; what is newer than this Python's table of Unicode stands there as on a newer one."""
    text = code.script(moment.parse("seed=\U0001fae8\U0003fffd\u202e&epoch=1"))
    assert "seed=\U0001fae8\U0003fffd\\u202e" in text
    compile(text, "run.py", "exec")


def test_no_name_of_own_data_ends_the_comment():
    name = '"""\\n#\u4e2d\u6587 ' * 3
    own = packed(
        [range(-5, 5), range(10), [0, 1] * 5], 2, (Axis(name, 0, 2), Axis("", 5), Axis()), ("'''", "import os")
    )
    own = moment.parse(f"seed=0.1&dataset=own&classes=2&ownData={own.text}&epoch=1")
    text = code.script(own)
    assert run(text)[0] == 0
    assert '0 "\'\'\'", 1 "import os"' in text
