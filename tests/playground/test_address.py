"""Links as they are found in public: what mail, chat, HTML and Markdown made of them is undone."""

import contextlib
import dataclasses
import quopri
import re
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import address, link
from playground.config import Config, ConfigError
from playground.engine import Engine
from playground.recording import moment
from support import golden
from support.long import parametrize
from support.strategies import configs

LINK = golden.WILD[1]["link"]  # L1, a feature of each kind: every setting differs from its default
HIDING = LINK + "&dataset_hide=true"
# Written like `LINK`, or with these changes.
CHANGES = {
    "&amp; for &": lambda text: text.replace("&", "&amp;"),
    "&amp;amp; for &": lambda text: text.replace("&", "&amp;amp;"),
    "&#38; for &": lambda text: text.replace("&", "&#38;"),
    "u0026 for &": lambda text: text.replace("&", r"\u0026").replace("=", r"\u003d"),
    "the sign for &reg": lambda text: text.replace("&reg", "\u00ae"),
    "(R) for &reg": lambda text: text.replace("&reg", "(R)"),
    "(r) for &reg, &amp; for the others": lambda text: text.replace("&reg", "(r)").replace("&", "&amp;"),
    "%C2%AE for &reg": lambda text: text.replace("&reg", "%C2%AE"),
    "%25c2%25ae for &reg": lambda text: text.replace("&reg", "%25c2%25ae"),
    "Latin-1's %AE for &reg": lambda text: text.replace("&reg", "%AE"),
    "UTF-8 read as Latin-1 for &reg": lambda text: text.replace("&reg", "\u00c2\u00ae"),
    "&reg; for &reg": lambda text: text.replace("&reg", "&reg;"),
    "&#174; for &reg": lambda text: text.replace("&reg", "&#174;"),
    "all percent-encoded": lambda text: quote(text, safe=""),
    "all percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "separators percent-encoded": lambda text: text.replace("&", "%26").replace("=", "%3D"),
    "& alone percent-encoded": lambda text: text.replace("&", "%26"),
    "signs as HTML's numbers": lambda text: text.translate({ord(sign): f"&#{ord(sign)};" for sign in "&_.-#=,:/"}),
    "all as HTML's numbers": lambda text: "".join(f"&#x{ord(sign):x};" for sign in text),
    "signs as HTML's names": lambda text: (
        text.replace(",", "&comma;").replace(".", "&period;").replace("_", "&lowbar;").replace("-", "&hyphen;")
    ),
    "HTML's numbers escaped again": lambda text: text.replace(".", "&amp;#46;").replace(",", "&amp;#44;"),
    "commas percent-encoded": lambda text: text.replace(",", "%2C"),
    "Markdown's backslashes": lambda text: text.translate({ord(sign): rf"\{sign}" for sign in "&_.-#=()"}),
    "a dash that is none": lambda text: text.replace("reg-plane", "reg\u2013plane"),
    "two #": lambda text: text.replace("#", "##"),
    "a path between two #": lambda text: text.replace("#", "#/#"),
    "# percent-encoded": lambda text: text.replace("#", "%23"),
    "pasted behind another address": lambda text: "http://localhost:5000/#" + text,
    "without its scheme": lambda text: text.partition("://")[2],
    "without its address": lambda text: text.partition("#")[2],
    "lines broken before &": lambda text: text.replace("&", "\r\n&"),
    "lines broken after &": lambda text: text.replace("&", "&\n  "),
    "lines broken within": lambda text: (
        text.replace("network", "net\nwork").replace("0.75", "0.\n75").replace("4,5", "4,\n5")
    ),
    "quoted-printable": lambda text: text.replace("=", "=3D"),
    "quoted-printable in lines": lambda text: _quoted_printable(text, "=\r\n"),
    "quoted-printable whose lines were joined": lambda text: _quoted_printable(text, "="),
    "quoted-printable in an address bar": lambda text: _quoted_printable(text, "=%20"),
    "quoted-printable and HTML": lambda text: _quoted_printable(text.replace("&", "&amp;"), "=\n"),
    "quoted-printable after the sign for &reg": lambda text: text.replace("=", "=3D").replace("&reg", "=C2=AE"),
    "lines quoted in a mail": lambda text: text.replace("network", "net\n> work").replace("0.75", "0.\n> > 75"),
    "quoted lines escaped": lambda text: text.replace("network", "net\r\n&gt; work").replace("&batch", "&%0A%3Ebatch"),
    "a quoted line in an address bar": lambda text: text.replace("network", "net%20%3E%20work"),
    "the first key broken": lambda text: text.replace("#activation", "#activ\nation"),
    "full-width separators": lambda text: text.replace("&", "\uff06").replace("=", "\uff1d").replace(",", "\uff0c"),
    "semicolons between settings": lambda text: text.replace("&", ";"),
    "commas between settings": lambda text: text.replace("&", ","),
    "full-width commas between settings": lambda text: text.replace("&", "\uff0c"),
    "commas and blanks between settings": lambda text: text.replace("&", ", "),
    "no-break spaces between settings": lambda text: text.replace("&", "\u00a0"),
    "ideographic spaces between settings": lambda text: text.replace("&", "\u3000"),
    "spaces percent-encoded between settings": lambda text: text.replace("&", "%C2%A0"),
    "line separators between settings": lambda text: text.replace("&", "\u2028"),
    "dots between settings": lambda text: text.replace("&", "\u00b7"),
    "dots and blanks between settings": lambda text: text.replace("&", " \u00b7 "),
    "dots escaped between settings": lambda text: text.replace("&", "&middot;"),
    "dots percent-encoded between settings": lambda text: text.replace("&", "%C2%B7"),
    "bullets between settings": lambda text: text.replace("&", "\u2022"),
    "full-width bars between settings": lambda text: text.replace("&", "\uff5c"),
    "pluses between settings": lambda text: text.replace("&", "+"),
    "escape's %u0026 for &": lambda text: text.replace("&", "%u0026"),
    "x26 for &": lambda text: text.replace("&", r"\x26").replace("=", r"\x3d"),
    "capital keys": lambda text: re.sub(r"\b(\w+)=", lambda key: key[0].upper(), text),
    "unseen characters": lambda text: text.replace("=", "=\u200b").replace("Rate", "\u00adRate"),
}


def _quoted_printable(text, soft_break):
    """With soft breaks within keys, within a number and before a `=`."""
    for cut in ("net|work", "xSq|uared", "0.|75", "seed|="):
        text = text.replace(cut.replace("|", ""), cut)
    return text.replace("=", "=3D").replace("|", soft_break)


ENDS = [
    "discretize=true", "networkShape=8,7", "hideText=false", "noise=5", "activation=relu", "seed=0.25", "x_hide=true",
]  # fmt: skip
BEFORE = ["see ", "(", "<", '<a href="', "[text](", "\u300c", "\u94fe\u63a5\uff1a"]
BEHIND = [
    ".", ",", "...", "\u2026", ")", "]", "),", ")](x)", '">click</a>', "'", "**", "`", "|", ">", "&quot;", "&gt;",
    "\u201d", "\u300d", "\uff09\u3002\u7136\u540e",
    " and noise=3", "%20and%20then", "\nThe next line", "#", "#section", "#:~:text=abc", "%22", "%29", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("original", [LINK, HIDING], ids=["plain", "hiding"])
def test_a_link_that_was_changed_on_its_way_is_read_as_it_was(change, original):
    assert change(original) != original
    assert link.parse_leniently(change(original)) == (link.parse(original), [])


@pytest.mark.parametrize("behind", BEHIND)
def test_prose_around_a_link_is_no_part_of_it(behind):
    for before in BEFORE:
        for end in ENDS:
            said = "https://playground.tensorflow.org/#activation=tanh&seed=0.5&" + end
            assert link.parse_leniently(before + said + behind) == (link.parse(said), []), before + end


EDITED = "seed=1&epoch=50&edits=10:rate:0.5,20:weight:0:1:0:-0.25,30:data:0.7"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.translate({ord(sign): rf"\{sign}" for sign in ".,:-"}),
        lambda text: text.replace(",", ", "),
        lambda text: text.replace(",", ",\n"),
        lambda text: text.replace("0.", "0.\r\n"),
        lambda text: text.replace(":", ": "),
        lambda text: text.replace(",", "\uff0c").replace(":", "\uff1a").replace(".", "\uff0e").replace("5", "\uff15"),
    ],
    ids=["backslashes", "blanks", "lines broken", "numbers broken", "blanks in edits", "full width"],
)
@pytest.mark.parametrize("behind", ["", ".", ") and then", "\n", "\u3002\u7136\u540e"])
def test_the_last_value_is_read_whole(change, behind):
    assert moment.parse(change(EDITED) + behind) == moment.parse(EDITED)
    assert link.parse(change("seed=1&learningRate=0.05") + behind).learning_rate == 0.05
    assert link.parse(change("seed=1&networkShape=5,4,5") + behind).network_shape == (5, 4, 5)


ADDRESS = "http://localhost:5000/#"
OF_LONG_ONES = {
    "full stop": lambda text: text + ".",
    "prose around": lambda text: f"see {text} and then",
    "brackets and prose": lambda text: f"({text}) and then",
    "quotes": lambda text: f'"{text}"',
    "&amp; for &": CHANGES["&amp; for &"],
    "lines broken": lambda text: "\n".join(text[at : at + 76] for at in range(0, len(text), 76)),
    "lines broken, prose below": lambda text: OF_LONG_ONES["lines broken"](text) + "\nThanks, Anna",
    "lines broken, percent-encoded": lambda text: OF_LONG_ONES["lines broken"](text).replace("\n", "%0A"),
    "lines broken and quoted": lambda text: OF_LONG_ONES["lines broken"](text).replace("\n", "\r\n> "),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "all percent-encoded": CHANGES["all percent-encoded"],
    "Markdown's backslashes in edits": lambda text: text.replace(".", r"\."),
    "blanks in edits": lambda text: text.replace(",", ", "),
    "full-width commas in edits": lambda text: text.replace(",", "\uff0c"),
    "a character that is not seen": lambda text: text[:2500] + "\u200b" + text[2500:],
    "capitals": lambda text: text.replace("edits", "Edits"),
    "edits first": lambda text: ADDRESS + "&".join(text.removeprefix(ADDRESS).split("&")[::-1]),
    "a mail gateway's address": lambda text: (
        f"https://nam02.safelinks.protection.outlook.com/?url={quote(text, safe='')}&data=05%7C01&reserved=0"
    ),
}


@pytest.mark.parametrize("count", [100, 250, 900])
@pytest.mark.parametrize("change", OF_LONG_ONES.values(), ids=OF_LONG_ONES)
def test_edits_are_read_as_they_were_however_many_there_are(change, count):
    """Of 100 the link is short enough to be read as any other; of 250 no more."""
    edits = ",".join(f"{epoch}:weight:0:{epoch % 4}:{epoch % 2}:{epoch / 1000 - 0.1:g}" for epoch in range(count))
    said = f"{ADDRESS}dataset=xor&seed=0.5&networkShape=4,2&epoch=1500&edits={edits}"
    assert moment.parse_leniently(change(said)) == (moment.parse(said), [])


@given(
    st.sampled_from(["networkShape=4", "learningRate=0", "noise=1", "epoch=1", "epoch=50&edits=10:rate:0.1"]),
    st.sampled_from([*" ;/|'~@$^\\", "--", " - ", ";;", "; ", " / "]),
    st.integers(0, 99),
)
def test_a_part_of_a_value_is_never_taken_for_it_without_a_word(value, between, number):
    """Whatever somebody wrote between its parts: all of it is read, or named as it stands."""
    text = f"seed=0.1&{value}{between}{number}"
    there, warnings = moment.parse_leniently(text)
    part, _ = moment.parse_leniently(f"seed=0.1&{value}")
    assert warnings or there != part or number == 0  # "0.1 0" is 0.10


@pytest.mark.parametrize("said", ["seed=0.1&noise=0&#465", "noise=1&5&seed=0.1", "networkShape=4&5&seed=0.1"])
def test_what_follows_a_number_behind_an_ampersand_is_told(said):
    assert [warning.error.code for warning in link.parse_leniently(said)[1]] == ["remnants"]


@pytest.mark.parametrize("between", [" ", "\n", " | ", "|"])
def test_settings_with_blanks_between_them_are_all_read(between):
    said = ["dataset=xor", "networkShape=3", "seed=0.1", "noise=5"]
    assert link.parse(between.join(said)) == link.parse("&".join(said))


@pytest.mark.parametrize("said", ["dataset:spiral", "#justtext", "http://localhost:5000/#some words", "nonsense=1"])
def test_a_link_without_a_setting_is_named(said):
    assert [warning.error.code for warning in link.parse_leniently(said)[1]] == ["no-settings"]


@pytest.mark.parametrize(
    ("said", "remnant"),
    [
        ("seed=1&noise=5&learningRa\u2026", "learningRa\u2026"),
        ("seed=1&noise=5&learningRa%E2%80%A6", "learningRa\u2026"),  # as a browser gives it
        ("seed=1&noise=5&learningRa...", "learningRa..."),
        ("seed=1&noise=5&learningRa", "learningRa"),
        ("seed=1&noise=5&learningRate", "learningRate"),
        ("seed=1&noise=5&l", "l"),
        ("seed=1&noise=5&\u2026", "\u2026"),
        ("seed=1&batchS\u2026Data=false&noise=5", "batchS\u2026Data"),
        ("seed=1&batchS...noise=5", "batchS...noise"),
        ("#learni\u2026ngRate=0.1&seed=1&noise=5", "learni\u2026ngRate"),
        ("seed=1&learni-ngRate=0.1&noise=5", "learni-ngRate"),
        ("seed=1&xTimes-Y=true&noise=5", "xTimes-Y"),  # and not y
        ("seed=1&learni=\nngRate=0.1&noise=5", "learni"),
        ("seed=1&noise=5&batchSizeP", "batchSizeP"),  # `=50` decoded as if it were quoted-printable
        ("seed=1&noise=5&epochs=3", "epochs"),
        ("edit=3:rate:0.1&seed=1&noise=5", "edit"),
    ],
)
def test_what_is_left_of_a_key_is_named(said, remnant):
    config, warnings = link.parse_leniently(said)
    assert (config.seed, config.noise, config.learning_rate, config.y) == ("1", 5, 0.03, True)
    assert [(one.error.code, one.error.value) for one in warnings] == [("remnants", remnant)]
    with pytest.raises(ConfigError):
        link.parse(said)


SEPARATED = [
    "activation=relu", "batchSize=7", "dataset=xor", "learningRate=0.1", "y=false", "networkShape=4,5", "noise=5",
    "seed=0.75319",
]  # fmt: skip
ODD = [
    "/", "//", "%", "%25", "?", "!", "*", ":", "::", "$", "@", "^", "~", "(", ")", "[", "]", "{", "}", "<", ">", "'",
    '"', "`", "=>", "->", ".", "...", "\u2026", "\u2018", "\u201c", "\u2192", "\u3002", "\u00ae", "\u548c",
    "\U0001f600", r"\n", r"\r\n", " and ", " und ", "<br>", "&lt;br&gt;",
]  # fmt: skip


def _is_read_or_told(said):
    config, warnings = link.parse_leniently(said)
    return bool(warnings) or config == link.parse("&".join(SEPARATED))


@pytest.mark.parametrize("sign", ODD)
def test_a_setting_behind_a_sign_that_separates_none_is_told(sign):
    said = sign.join(SEPARATED)
    _, warnings = link.parse_leniently(said)
    assert warnings
    with pytest.raises(ConfigError):
        link.parse(said)


SIGNS = st.text(st.characters(exclude_characters="&=#_", exclude_categories=["L", "N"]), min_size=1, max_size=4)


@given(SIGNS)
def test_whatever_sign_stands_between_settings_none_is_lost_without_a_word(sign):
    assert _is_read_or_told(sign.join(SEPARATED))
    for behind in range(1, len(SEPARATED)):
        assert _is_read_or_told("&".join(SEPARATED[:behind]) + sign + "&".join(SEPARATED[behind:])), behind


def test_each_setting_behind_such_a_sign_is_named():
    _, (warning,) = link.parse_leniently("seed=0.5&activation=relu/batchSize=7/sinX=true")
    assert (warning.error.code, warning.error.value) == ("remnants", "batchSize, sinX")
    config, (warning,) = link.parse_leniently("seed=0.5/noise=5&y=false")
    assert (config.noise, config.y, warning.error.value) == (0, False, "noise")


@pytest.mark.parametrize("sign", [" ", "\u00a0", ";", ", ", "\u00b7", "+"])
def test_what_the_page_alone_reads_is_no_part_of_the_value_before_it(sign):
    assert link.parse(f"noise=5&seed=0.5{sign}study=30,500,both,0.05").seed == "0.5"


def test_keys_of_others_are_no_remnants():
    said = "goalTestLossMinThresholdFirst=0.1&foo=1&t=3&nothing_hide=true&hide=x&bar&seed=1 & and so on"
    assert address.remnants(said) == []


@pytest.mark.parametrize(
    ("said", "number"), [("3D0.3", "0.3"), ("3D7", "7"), ("0.31\u2026", "0.31"), ("0.31...", "0.31"), ("3Dx", None)]
)
def test_a_seed_that_may_have_been_broken_is_kept_and_named(said, number):
    config, warnings = link.parse_leniently(f"seed={said}&noise=5")
    assert config.seed == said
    assert [one.error.limits["number"] for one in warnings] == ([number] if number else [])
    assert link.parse(link.write(config)) == config


@pytest.mark.parametrize("said", ["", "#", "http://localhost:5000/", "http://localhost:5000/#", "&", "%", "="])
def test_an_address_without_a_link_is_no_such_link(said):
    assert link.parse_leniently(said)[1] == []


@pytest.mark.parametrize("case", golden.WILD, ids=lambda case: case["kind"])
def test_links_found_in_public_are_the_originals_runs_to_the_last_bit(case):
    engine = Engine(link.parse(case["link"]))
    for epoch in range(101):
        if str(epoch) in case["losses"]:
            scores = engine.scores()
            assert [scores.train_loss, scores.test_loss] == case["losses"][str(epoch)], epoch
        engine.train()


@pytest.mark.parametrize("sign", address._NAMES)
def test_whatever_name_html_took_for_a_sign_its_key_is_read(sign):
    name = address._NAMES[sign]
    assert address.pairs(f"noise=5{sign}Rest=1&x=1") == {"noise": "5", f"{name}Rest": "1", "x": "1"}


@given(
    configs(), st.text(st.characters(exclude_characters="&=#", exclude_categories=["Z", "C"]), min_size=1, max_size=32)
)
def test_a_seed_is_kept_as_it_stands_whatever_it_is(config, seed):
    config = dataclasses.replace(config, seed=seed)
    try:
        Config().updated({"seed": seed})
    except ValueError:
        return
    assert link.parse(link.write(config)) == config


# What a pattern may find in two ways, over and over.
PARTS = [
    "1", "11,", "1.", "1 ,", ".", "a", "_", "4,", "0.5", "1e", "-", "+", ":", "x:", "1:rate:", ",", ";", "(", "\\", " ",
    "\u200b", "/", "://", "a://", "a/", "#", "&", "=", "a=", "&a", "seed=", "%", "%2", "%20", "%25", "%3d", "25",
    "&amp;", "amp;", "&#", "&#38;", "&#x3d;", "&reg;", "\\u0026", "(r)", "\u00ae", "\u00c2", "\u2018",
    "\u00a0", "\u00b7", "&#46;", "&a;", "?u=https:", "/v3/__", "__;", "noise/", "=noise ", "%da",
]  # fmt: skip
BEGINNINGS = ["", "noise=", "networkShape=", "seed=", "activation=", "epoch=5&edits=", "epoch=5&edits=1:rate:"]
CLOSINGS = ["", "x", "=", "&seed=1"]


@parametrize("part", PARTS, short=range(0, 48, 4))
def test_no_text_takes_long_to_read(part):
    for beginning in BEGINNINGS:
        most = link.MOST_LENGTH if "edits" in beginning else link.MAX_LENGTH
        for end in CLOSINGS:
            text = beginning + (part * most)[: most - len(beginning + end)] + end
            began = time.process_time()
            moment.parse_leniently(text)
            took = time.process_time() - began
            assert took < 0.25, (beginning, end)  # 0.015 s at most when written; what grows as the square takes seconds


encoded = st.text(max_size=3).map(lambda text: quote(text, safe="", errors="surrogatepass"))
signs = st.sampled_from(
    ["%", "%ED%A0%80", "%FF", "&", "=", "#", "%26", "%3D", "3D", "&amp;", "&#55296;", "&#xd800;", " "]
)
keys = st.sampled_from(["seed", "noise", "networkShape", "edits", "initZero", "hide"])
lone = st.characters(categories=["Cs"])


@given(st.lists(encoded | signs | keys | lone | st.text(max_size=3), max_size=12).map("".join))
def test_any_text_is_read_or_refused_lone_surrogates_and_percent_signs_too(text):
    with contextlib.suppress(ConfigError):
        moment.parse_leniently(text)


@pytest.mark.parametrize(
    ("said", "read"), [("\ud800%41", "\ud800A"), ("\u00fc%E4", "\u00fc\u00e4"), ("%C3%BC%E4", "\u00c3\u00bc\u00e4")]
)
def test_what_is_percent_encoded_is_decoded_and_what_stands_beside_it_stays(said, read):
    assert address.pairs(f"noise={said}&seed=0.1")["noise"] == read
