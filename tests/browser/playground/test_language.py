"""Chinese and English: chosen by the browser, switched by the user, remembered, and complete."""

import re

import pytest
from playwright.sync_api import expect

# What is the same in both languages: names, signs, keys, and the other language's own name.
UNTRANSLATED = """
    Playlab PyTorch LeNet TensorFlow Playground Neural Network Google Daniel Smilkov Shan Carter Apache License
    tensorflow org playground tanh relu sigmoid L1 L2 X sin epoch English Show this page in English Enter Esc P S R W D
    k NaN CSV PNG SVG ONNX Jupyter Ctrl Shift ELU GELU SiLU Softplus SGD Nesterov Adam AdamW RMSprop He Xavier Dropout
    Swish softmax Delete Home End PgUp PgDn
""".split()  # noqa: SIM905

# Words, and units of one letter: "3.2 s".
WORD = re.compile(r"[A-Za-z]{2,}|(?<=\d )[smh]\b|(?<=\d)[smh]\b")

ALL_TEXT = """() => {
  const texts = [];
  for (const element of document.querySelectorAll("body *")) {
    if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data.trim());
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"])
      if (element.hasAttribute(name)) texts.push(element.getAttribute(name));
  }
  return [document.title, ...texts].filter(Boolean);
}"""


@pytest.fixture
def chinese(visit):
    return visit(locale="zh-CN")


def english_words(playground):
    """Latin words on the page that the list above does not excuse."""
    allowed = {word.lower() for word in UNTRANSLATED}
    words = {word for text in playground.page.evaluate(ALL_TEXT) for word in WORD.findall(text)}
    return {word for word in words if word.lower() not in allowed}


@pytest.mark.parametrize(("locale", "language"), [("zh-TW", "zh-CN"), ("fr-FR", "en")])
def test_the_browser_chooses_the_language(visit, locale, language):
    playground = visit(locale=locale)
    expect(playground.page.locator("html")).to_have_attribute("lang", language)
    heading = {"zh-CN": "数据", "en": "Data"}[language]
    expect(playground.page.locator("#data-title")).to_have_text(heading)


def test_the_user_switches_it_and_it_is_remembered(visit):
    playground = visit()
    expect(playground.page).to_have_title("Playground · Playlab")
    playground.click("lang-switch")
    expect(playground.page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(playground.page).to_have_title("游乐场 · Playlab")
    playground.page.reload()
    playground.wait_until_ready()
    expect(playground.page.locator("html")).to_have_attribute("lang", "zh-CN")
    playground.click("lang-switch")
    expect(playground.page.locator("#data-title")).to_have_text("Data")


def test_a_switch_disturbs_no_training(playground):
    playground.play()
    playground.wait(lambda: playground.epoch > 2, "some epochs")
    generation = playground.frame.generation
    playground.click("lang-switch")
    expect(playground.get("status")).to_have_text("训练中")
    playground.click("lang-switch")
    expect(playground.get("status")).to_have_text("Training")
    assert playground.frame.generation == generation


def test_nothing_english_is_left_on_the_chinese_page(chinese):
    chinese.play()
    chinese.wait(lambda: chinese.epoch > 2, "some epochs")
    chinese.pause()
    chinese.wait_for_chart(chinese.epoch)
    chinese.click("node-1-0")
    assert not english_words(chinese)


def test_nothing_english_is_left_after_a_switch(visit):
    playground = visit("problem=regression&seed=0.31415")
    playground.step()
    playground.wait_for_chart(0, 1)
    playground.point_at("node-0-1")
    expect(playground.get("map-title")).to_have_text("Layer 1, neuron 2")
    assert english_words(playground)  # so the search finds some where there are some
    playground.click("lang-switch")
    playground.wait(lambda: not english_words(playground), "the last of it")


def test_what_a_screen_reader_was_told_is_told_in_the_other_language(playground):
    playground.step()
    expect(playground.get("announcer")).to_contain_text("Paused at epoch 1, ")
    playground.click("lang-switch")
    expect(playground.get("announcer")).to_contain_text("已暂停在第 1 轮")
    playground.click("lang-switch")
    expect(playground.get("announcer")).to_contain_text("Paused at epoch 1, ")


def test_notices_are_chinese_too(visit):
    playground = visit("batchSize=4501&activation=swish&networkShape=17&x=true&noise=many&seed=0.31415", locale="zh-CN")
    text = playground.get("notice-link").inner_text()
    left = set(WORD.findall(text))
    # The values of the link and the names that it takes are as they are.
    names = "ReLU Tanh Sigmoid ELU GELU SiLU Softplus"
    keys = "relu tanh sigmoid linear leakyRelu elu gelu silu softplus sin"
    assert left == {"swish", "many", *names.split(), *keys.split()}


def test_a_diverged_training_is_explained_in_chinese(visit):
    playground = visit(
        "problem=regression&activation=relu&learningRate=10&networkShape=8,8&seed=0.31415", locale="zh-CN"
    )
    playground.click("play")
    expect(playground.get("notice-diverged")).to_contain_text("学习率")
    assert english_words(playground) == set()


def test_that_a_link_was_copied_is_said_in_the_language_of_the_page(playground):
    said = playground.get("link-copied")
    playground.click("copy-link")
    expect(said).to_have_text("Copied.")
    playground.click("lang-switch")
    expect(said).to_have_text("已复制。", timeout=1000)  # it goes by itself soon
    playground.click("lang-switch")
