"""Markdown: what a student types is seen as typed, and nothing in it runs or loads."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebook import markdown
from support.long import examples
from support.markup import MARKUP, is_harmless, is_text_for_others, read_by_others

MORE = (
    "<b>", "</b>", "```\n", "\n\n", "    ", "| a | b |\n| - | - |\n| <i> | `<` | <u> |", "| <a> |", "$a<b$", "$$a<b$$",
    "$5", "<https://a.b>", "<x@y.z>", "<ftp://a.b>", "[x]: <http://y>", "a", "中", "<?php", "\t", "<div>\n", "!", "[",
    "](", "---\n", "===\n", "\r\n", "~~~~",
)  # fmt: skip


@given(st.text(max_size=300) | st.lists(st.sampled_from(MARKUP) | st.text(max_size=5), max_size=30).map("".join))
def test_no_text_becomes_something_that_runs_or_loads(text):
    assert is_harmless(markdown.to_html(text))


@pytest.mark.parametrize("one", MARKUP)
@pytest.mark.parametrize(
    "within", ["{}", "**{}**", "| a |\n|---|\n| {} |", "$\\text{{{}}}$", "[{}](https://a.b)", "> - # {}"]
)
def test_no_markup_in_any_place_runs_or_loads(one, within):
    assert is_harmless(markdown.to_html(within.format(one)))


@settings(max_examples=examples(300, of=5000))
@given(st.lists(st.sampled_from([*MARKUP, *MORE]) | st.text(max_size=5), max_size=14).map("".join))
def test_what_is_text_here_is_text_for_programs_that_know_html_and_the_rest_stays(text):
    portable = markdown.portable(text)
    assert is_text_for_others(portable)
    shown = [
        markdown.to_html(one).replace("\n</code>", "</code>") for one in (portable, text)
    ]  # an end is a line's end
    assert shown[0] == shown[1]
    assert read_by_others(f"{portable}\n\n# The end")[-4].type == "heading_open"


@pytest.mark.parametrize(
    ("text", "portable"),
    [
        ("<b>1</b> & `<b>` & $a<b$", r"\<b>1\</b> & `<b>` & $a<b$"),
        ("<div>\n\n```\n<div>\n```", "\\<div>\n\n```\n<div>\n```"),
        ("> `a\n> <script>`", "> `a <script>`"),
        ("![a](http://b/c.png)", r"\![a](http://b/c.png)"),
        ("[a](b.html) 价格 $5 和 $6", r"\[a](b.html) 价格 \$5 和 \$6"),
        ("| a |\n| - |\n| <i> `<` | <u> |\n| <a> |", "| a |\n| - |\n| \\<i> `<` | <u> |\n| \\<a> |"),
        ("````\n```\n ", "````\n```\n \n````"),
        ("```\na\n```", "```\na\n```"),
        ("<https://a.b> **a** ~~b~~", "<https://a.b> **a** ~~b~~"),
    ],
)
def test_only_what_others_would_take_for_markup_is_marked_as_text(text, portable):
    assert markdown.portable(text) == portable


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**交叉熵(CrossEntropy)**作为损失函数", "<p><strong>交叉熵(CrossEntropy)</strong>作为损失函数</p>"),
        ("学习率为**“0.03”**时", "<p>学习率为<strong>“0.03”</strong>时</p>"),
        ("a * b * c 和 2*3*4", "<p>a * b * c 和 2<em>3</em>4</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("价格 $5 和 $6", "<p>价格 $5 和 $6</p>"),
        ("# 结论", "<h4>结论</h4>"),
        ("~~old~~", "<p><s>old</s></p>"),
    ],
)
def test_what_is_typed_is_what_is_seen(text, html):
    assert markdown.to_html(text).strip() == html


def test_a_table_keeps_its_columns_to_their_sides():
    html = markdown.to_html("| 层 | 参数 |\n| :-- | --: |\n| conv1 | 156 |")
    assert '<td align="left">conv1</td>' in html
    assert '<td align="right">156</td>' in html


def test_a_formula_is_mathml_and_what_is_none_stays_as_typed():
    html = markdown.to_html(r"$$L=-\sum_{c=1}^{M} y_{ic}\log(p_{ic})$$")
    assert '<math display="block">' in html
    assert "<munderover><mo>∑</mo>" in html
    assert markdown.to_html(r"$\frac{$").strip() == r'<p><span class="math inline"><code>\frac{</code></span></p>'


@pytest.mark.parametrize(
    "tex", ["{" * 900, r"\left(" * 150, r"\sqrt" * 200, "x" * (markdown.MOST_TEX + 1), r"\begin{matrix}" * 60]
)
def test_no_formula_ends_the_server(tex):
    assert is_harmless(markdown.to_html(f"${tex}$"))


@pytest.mark.parametrize(
    "one", ["[", "![", "$", "$$", "$a", "$x$", "*a ", "**a", "`", "<", "> ", "- ", "|a", "[a](", "a**b"]
)
def test_the_longest_text_takes_no_longer_than_others_can_wait(one):
    text = (one * 20_000)[:20_000]
    started = time.process_time()
    markdown.to_html(text)
    assert time.process_time() - started < 5


WIDE = "|a" * 300 + "|\n" + "|-" * 300 + "|\n"


@pytest.mark.parametrize(
    "text",
    [
        WIDE + "a\n" * 9000,
        WIDE.replace("a", "\u4e2d") + "|b\n" * 6000,
        "> " + WIDE.replace("\n", "\n> ") + "a\n> " * 4000,
        "|a|b|\n|-|-|\nx\n\n" * 1100,
        "|a|b|\n|-|-|\n" * 1500,
        "$a$" * 6600,
        "$$\na\n$$\n" * 2000,
        ("$" + "&" * 990 + "$ ") * 20,
        r"$\frac{1}{2}$ " * 1400,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_a_short_text_becomes_no_long_page(text):
    text = text[:20_000]
    started = time.process_time()
    html = markdown.to_html(text)
    assert time.process_time() - started < 1
    assert len(html) < 10 * len(text)
    assert len(markdown.tokens(text)) < 3 * len(text)


def test_a_table_that_is_not_too_large_stays_one_and_so_do_some_formulas():
    rows = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 900
    assert markdown.to_html(rows).count("<td>") == 1800
    assert "<table>" not in markdown.to_html(rows + "| 1 | 2 |\n" * 200)
    html = markdown.to_html("$a$ " * (markdown.MOST_FORMULAS + 1))
    assert (html.count("<math"), html.count("<code>a</code>")) == (markdown.MOST_FORMULAS, 1)


def test_tokens_say_what_another_form_needs():
    kinds = [child.type for token in markdown.tokens("a\nb $x$ $$y$$") for child in token.children or ()]
    assert kinds == ["text", "hardbreak", "text", "math_inline", "text", "math_inline_double"]
    assert [token.type for token in markdown.tokens("$$\nx\n$$")] == ["math_block"]
