"""Tables and the sentence that make themselves from pins."""

import pytest

from notebook import derived
from notebook.cells import Derived
from notebook.derived import Made, made, wanted
from notebook.pins import Said
from support.pins import FILES, LAYERS, SETTINGS, lenet_pin, pin


def of(cell, pins, figures=None, language="en"):
    by_name = {one.id: one for one in pins}
    shown = dict.fromkeys(by_name) if figures is None else figures
    return made(cell, by_name, shown, language)


def rows(cell, pins, **more):
    found = of(cell, pins, **more)
    assert isinstance(found, Made)
    return found.keys, found.table.rows


RUNS = Derived(of="runs")


def test_the_table_of_runs_has_the_columns_in_which_they_differ():
    pins = [
        pin("a", run="/#1", data="circle", learningRate=0.03, activation="tanh", testLoss=0.01),
        pin("b", run="/#2", data="xor", learningRate=0.03, activation="tanh", testLoss=0.02),
    ]
    keys, found = rows(RUNS, pins, figures={"a": 1, "b": 2})
    assert keys == ["", "data", "testLoss", ""]
    assert found == [["1", "circle", "0.01", "1"], ["2", "xor", "0.02", "2"]]


def test_a_run_has_a_row_for_each_epoch_with_the_facts_of_all_its_pins_there():
    pins = [
        pin("a", run="/#1", epoch=0, testLoss=0.5),
        pin("b", run="/#1", epoch=143, testLoss=0.01),
        pin("c", "playground.loss", run="/#1", epoch=143, testLoss=0.01, accuracy=0.99),
    ]
    keys, found = rows(RUNS, pins, figures={"a": 3, "c": 1, "b": 2})
    assert keys == ["", "epoch", "testLoss", "accuracy", ""]
    assert found == [["1", "0", "0.5", None, "3"], ["2", "143", "0.01", "0.99", "1, 2"]]


def test_of_two_pins_of_a_run_at_one_epoch_the_newer_one_counts():
    pins = [pin("a", epoch=1, testLoss=0.5), pin("b", epoch=1, testLoss=0.4), pin("c", epoch=2, testLoss=0.3)]
    _, found = rows(RUNS, pins, figures={"b": None, "c": None, "a": None})
    assert [row[2] for row in found] == ["0.4", "0.3"]


def test_a_single_run_shows_its_results():
    keys, found = rows(RUNS, [pin(data="circle", epoch=9, testLoss=0.1)])
    assert keys == ["", "epoch", "testLoss", ""]
    assert found == [["1", "9", "0.1", ""]]


def test_views_of_many_runs_are_no_run():
    pins = [pin("a", run="/#1", epoch=1), pin("b", "playground.seeds", run="/#2", epoch=2)]
    assert len(rows(RUNS, pins)[1]) == 1


def test_runs_are_those_of_the_tab_that_is_asked_for_or_has_more_pins():
    pins = [pin("a", epoch=1), lenet_pin("b", run="1"), lenet_pin("c", run="2", epoch=12)]
    assert rows(RUNS, pins)[0] == ["", "epoch", ""]
    assert len(rows(RUNS, pins)[1]) == 2
    assert len(rows(Derived(of="runs", tab="playground"), pins)[1]) == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [("", "abcd"), ("rate", "cbad"), ("-rate", "abcd"), ("word", "bcda"), ("-word", "dcba"), ("?", "abcd")],
)
def test_numbers_are_sorted_as_numbers_and_texts_as_texts_and_what_is_missing_is_last(sort, order):
    pins = [
        pin("a", run="/#1", label="a", rate=10.0),
        pin("b", run="/#2", label="b", rate=9.0, word="10"),
        pin("c", run="/#3", label="c", rate=1.0, word="9"),
        pin("d", run="/#4", label="d", word="x"),
    ]
    _, found = rows(Derived(of="runs", sort=sort), pins)
    assert "".join(row[1] for row in found) == order


def test_a_setting_of_which_a_run_has_none_differs_from_one_it_has_and_is_sorted_last():
    pins = [pin("a", run="/#1", dropout=None), pin("b", run="/#2", dropout="0.2"), pin("c", run="/#3", dropout="0.1")]
    keys, found = rows(Derived(of="runs", sort="dropout"), pins)
    assert keys == ["", "dropout", ""]
    assert [row[1] for row in found] == ["0.1", "0.2", "None"]
    assert rows(RUNS, [pin("a", run="/#1", noise=1), pin("b", run="/#2", noise=1, dropout=None)])[0] == [
        "",
        "dropout",
        "",
    ]


def test_heads_are_in_the_language_of_the_report_where_a_pin_has_them():
    pins = [pin("a", run="/#1", epoch=1), pin("b", run="/#2", epoch=2, language="zh")]
    pins[1].facts[0].label = "轮次"
    found = of(RUNS, pins, language="zh")
    assert found.table.columns == ["序号", "轮次", "图"]
    assert of(RUNS, pins).table.columns == ["No.", "EPOCH", "Figure"]


def test_pins_in_two_languages_make_a_table_in_the_language_of_the_report():
    pins = [pin("a", run="/#1", data="circle"), pin("b", run="/#2", data="xor", language="zh")]
    (english,), (chinese,) = pins[0].facts, pins[1].facts
    english.said = {"zh": Said("数据集", "圆形")}
    chinese.label, chinese.text, chinese.said = "数据集", "异或", {"en": Said("DATA", "xor")}
    in_both = {language: of(RUNS, pins, language=language).table for language in ("en", "zh")}
    assert (in_both["en"].columns[1], [row[1] for row in in_both["en"].rows]) == ("DATA", ["circle", "xor"])
    assert (in_both["zh"].columns[1], [row[1] for row in in_both["zh"].rows]) == ("数据集", ["圆形", "异或"])
    chinese.said = {}  # pinned before facts were said in both
    assert [row[1] for row in of(RUNS, pins).table.rows] == ["circle", "异或"]


def test_settings_are_in_the_language_of_the_report_where_the_pin_says_them_in_that():
    one = lenet_pin("a", run="1", optimizer="adam")
    settings = Derived(of="settings")
    assert of(settings, [one], language="zh").table == SETTINGS
    one.facts[-1].said = {"zh": Said("优化器", "Adam")}
    found = of(settings, [one], language="zh").table
    assert (found.columns, found.rows[-1]) == (["设置", "取值"], ["优化器", "Adam"])
    assert of(settings, [one]).table == SETTINGS


def test_a_pin_that_no_cell_shows_is_in_no_table():
    assert of(RUNS, [pin("a")], figures={}) is None


@pytest.mark.parametrize(("name", "table"), [("layers", LAYERS), ("settings", SETTINGS), ("files", FILES)])
def test_the_tables_of_a_run_are_those_of_the_newest_pin(name, table):
    old = lenet_pin("old", run="1")
    old.tables.clear()
    assert of(Derived(of=name), [old, lenet_pin("new", run="2"), pin("map")]).table == table


def test_a_report_is_of_the_run_that_fills_its_slots_whatever_is_pinned_besides():
    pins = {
        "a": lenet_pin("a", run="1", test_accuracy=0.992),
        "b": lenet_pin("b", run="2", test_accuracy=0.5),
    }
    cell = Derived(of="accuracy")
    assert "0.992" in derived.made(cell, pins, {"a": 1, "b": 2}, "en", {"a"})
    assert "0.500" in derived.made(cell, pins, {"a": 1, "b": 2}, "en")


def test_a_cell_may_name_its_run():
    other = lenet_pin("b", run="2", test_accuracy=0.5)
    said = of(Derived(of="accuracy", run="/lenet#run=1"), [lenet_pin("a", run="1"), other])
    assert "0.982" in said


def test_settings_are_made_of_the_facts_where_no_table_came_with_the_pin():
    found = of(Derived(of="settings", run="/#1"), [pin(run="/#1", learningRate=0.03, testLoss=0.1)])
    assert found.table.rows == [["LEARNINGRATE", "0.03"]]


@pytest.mark.parametrize(
    ("values", "language", "sentence"),
    [
        (
            {},
            "zh",
            "我们可以看到，在 MNIST 数据集上经过 10 轮训练后，LeNet-5 网络可以达到 0.982 的准确度，"
            "说明该模型在手写数字识别这一任务上能取得出色的效果。",
        ),
        (
            {},
            "en",
            "After 10 epochs of training on MNIST, LeNet-5 reaches an accuracy of 0.982 on the test images. "
            "The network does very well at recognising handwritten digits.",
        ),
        (
            {"dataset": "fashion", "epoch": 1, "test_accuracy": 0.71, "model": "lecun1998"},
            "en",
            "After one epoch of training on Fashion-MNIST, LeCun's network of 1998 reaches an accuracy of 0.710 on the "
            "test images. With these settings the network is not yet good at recognising pieces of clothing.",
        ),
    ],
)
def test_the_sentence_says_what_the_run_came_to(values, language, sentence):
    assert of(Derived(of="accuracy"), [lenet_pin(**values)], language=language) == sentence


def test_the_sentence_is_of_the_latest_epoch_that_is_pinned():
    pins = [lenet_pin("a"), lenet_pin("b", "lenet.mistakes", epoch=3, test_accuracy=0.9)]
    assert "0.982" in of(Derived(of="accuracy"), pins)


@pytest.mark.parametrize("name", ["runs", "layers", "settings", "files", "accuracy"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_run_a_cell_says_what_to_pin(name, language):
    assert of(Derived(of=name), [], language=language) is None
    assert wanted(Derived(of=name), language)
