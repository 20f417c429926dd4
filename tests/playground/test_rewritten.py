"""Links within the addresses that mail gateways and sites write around them."""

import base64
import re
from urllib.parse import quote

import pytest

from playground import link, rewritten
from playground.recording import moment
from support import golden

LINK = golden.WILD[1]["link"]  # every setting differs from its default
EDITED = f"{LINK}&dataset_hide=true&epoch=9&edits=3:rate:0.5,4:weight:0:1:0:-0.25"


def _safe(text):
    return (
        f"https://nam02.safelinks.protection.outlook.com/?url={quote(text, safe='')}"
        "&data=05%7C01%7Cname%40school.edu%7Cabc&sdata=XyZ%3D&reserved=0"
    )


def _google(text):
    return f"https://www.google.com/url?q={quote(text, safe=':/')}&sa=D&source=editors&ust=1&usg=A"


def _facebook(text):
    return f"https://l.facebook.com/l.php?u={quote(text, safe='')}&h=AT0&s=1"


def _defended_2(text):
    signs = re.sub(r"[^\w/:.,]|[_:]", lambda sign: f"-{ord(sign[0]):02X}", text).replace("/", "_")
    return f"https://urldefense.proofpoint.com/v2/url?u={signs.replace(',', '-2C')}&d=DwMFAg&c=abc&r=def&e="


def _defended_3(text):
    """With each `#` and `,` a star, and two of the signs in a row that are."""
    signs = "".join(re.findall(r"[#,]", text)) + "!!"
    written = re.sub(r"[#,]", "*", text)
    encoded = base64.urlsafe_b64encode(signs.encode()).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{written}__;{encoded}!!NvAx-1!abc_D$"


WRITERS = [_safe, _google, _facebook, _defended_2, _defended_3]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("around", ["{}", "see {}.", "<{}>", "{}\nThe next line & more = prose"])
def test_a_link_is_read_whatever_gateway_wrote_an_address_around_it(write, around):
    assert moment.parse_leniently(around.format(write(EDITED))) == (moment.parse(EDITED), [])


@pytest.mark.parametrize("first", WRITERS)
@pytest.mark.parametrize("second", [_safe, _google, _facebook])
def test_two_of_them_are_undone_too(first, second):
    assert link.parse_leniently(second(first(LINK))) == (link.parse(LINK), [])


def test_signs_in_a_row_are_read_by_their_number():
    said = f"https://urldefense.com/v3/__https://a/b***A1**Bc__;{base64.urlsafe_b64encode(b'#xyuvw').decode()}!!x$"
    assert rewritten.original(said) == "https://a/b#xy1uvwc"


@pytest.mark.parametrize(
    "said",
    [
        LINK,
        "https://playground.tensorflow.org/?ref=https%3A%2F%2Fa.org%2F%23part%3D1#dataset=xor&seed=0.1",
        "#dataset=xor&seed=0.1&ref=https%3A%2F%2Fa.org%2F%23part&noise=5",
        "https://a.org/?url=https://playground.tensorflow.org/%23dataset=xor&noise=5&seed=0.1",
        "https://urldefense.com/v3/__https://a.org/*dataset=xor__;%%!!x$",
    ],
)
def test_any_other_address_stays(said):
    assert rewritten.original(said) == said


def test_where_the_signs_cannot_be_read_what_stands_there_is_told():
    _, warnings = link.parse_leniently("https://urldefense.com/v3/__https://a.org/*seed=1&edi*ts=3__;_w!!x$")
    assert [warning.error.code for warning in warnings] == ["remnants"]
