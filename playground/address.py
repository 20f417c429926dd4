"""The keys and values of a link as people pass it on: in mails, chats, notebooks and web pages, which change it.

What is undone here: an address that a mail gateway wrote around it (`rewritten`); HTML that escaped the separators
(`&amp;`) or other signs (`&#46;`), or took `&reg` for a sign; percent-encoding, a mail's quoted-printable (`=3D`) and
its `> ` before quoted lines, Markdown's backslashes, line breaks, and the prose around a link: brackets, quotes and a
full stop; and what people type: full-width signs, a comma, a semicolon, a plus, a dot or blanks of any kind between two
settings, keys in other letters. A seed that is no plain number is left as it stands, since any other text is another
run. What was cut, and what stands behind another sign, is told by `remnants`. Knows the kinds of values, but decides
about none. No IO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.entities import html5
from typing import Any, ClassVar
from urllib.parse import unquote

from core.settings import Choice, Flag, Kind, Number
from playground import rewritten, values
from playground.config import FIELDS, HIDABLE, Layers, PerLayer, Points, Text

_ROUNDS = 4  # how often something may have been encoded again

# A link is anybody's text, of some thousand characters, and holds up the whole server while it is read. So no pattern
# may find the same text in two ways: `++` and `*+` never give back what they took.
_NO_WIDTH = r"\\\u00ad\u200b-\u200f\u2060\ufeff"  # what is not seen, Markdown's backslashes
_UNSEEN = rf"\s{_NO_WIDTH}"  # and blanks
# Between two parts of a value, or where somebody wrote something else between them.
_BETWEEN = rf"[{_UNSEEN}.,:;/|'~+>-]"
_DIGITS_FOLLOW = rf"{_BETWEEN}++\d\w*+"
_WORD_FOLLOWS = rf"(?=[{_UNSEEN}.,;/|'~+>-]*+:){_BETWEEN}++\w++"
# What may stand behind a link.
_PROSE = r"(?=$|[\s\\.,:;/|'~+!?)\]}>\"<*`\u00ab\u00bb\u2018-\u201d\u2026\u3000-\uffef]|[^\x00-\x7f])"


@dataclass(frozen=True)
class _Edits:
    """What `playground.recording.moment` reads."""

    code: ClassVar = "edits"
    limits: ClassVar[dict[str, Any]] = {}
    _form: ClassVar = re.compile(r"\d++(:[\w.+-]++)++(,\d++(:[\w.+-]++)++)*+", re.ASCII)

    def check(self, value: object) -> object:
        if not isinstance(value, str) or not self._form.fullmatch(value):
            raise ValueError("EPOCH:WORD:VALUE")
        return value

    def schema(self) -> dict[str, Any]:
        return {}


# How a value begins that prose may follow.
_BEGINS: dict[type, re.Pattern[str]] = {
    Choice: re.compile(r"[\w-]*\w", re.ASCII),
    Flag: re.compile(r"\w+", re.ASCII),
    PerLayer: re.compile(r"[\w.,-]*+", re.ASCII),
    # All that could belong to it, since a part of it would be another value.
    **dict.fromkeys((Number, Layers), re.compile(rf"[+.-]*+\w++(?:{_DIGITS_FOLLOW})*+{_PROSE}", re.ASCII)),
    _Edits: re.compile(rf"\w++(?:{_WORD_FOLLOWS}|{_DIGITS_FOLLOW})*+{_PROSE}", re.ASCII),
    Points: re.compile(r"[\w-]*+", re.ASCII),
    Text: re.compile(r"[^\s\[\](){}<>\"'`*|\u2018-\u201d\u3000-\u3011\uff01-\uff1f]+"),
}
_KINDS: dict[str, Kind] = {key: field.kind for key, field in FIELDS.items()}
_KINDS |= {"epoch": Number(0, 2**53, whole=True), "edits": _Edits()}
_SEED = r"(?:\d*+\.)?\d++"
_PLAIN_SEED = re.compile(_SEED, re.ASCII)
_BROKEN_SEED = re.compile(rf"3D({_SEED})|({_SEED})(?:\u2026|\.\.\.)", re.ASCII)
_PLAIN_SEED_BEGINS = re.compile(rf"{_SEED}(?![\w.])|{_SEED}(?=\.+(?!\w))", re.ASCII)

_BLANK = re.compile(f"[{_UNSEEN}]+")
_UNSEEN_SIGN = re.compile(f"[{_NO_WIDTH}]+")
_OF_EDITS = re.compile(r"(?=[^:,\d]*+[:,\d])[\w.:,+-]++", re.ASCII)  # a line of prose has other signs, or none of these
_IN_A_KEY = re.compile(f"[{_UNSEEN}>|]+")  # with the signs that stand before a quoted line
_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u3001\uff0c", ",")
    | {chr(0xFEE0 + ord(sign)): sign for sign in "0123456789.:+-"}  # full width
)

_EQUALS_SIGN = r"(?:=|%(?:25)*3d|\\u003d|\\x3d|&#0*61;|&#x0*3d;)"
_KEY_COMES = rf"(?=(?:amp;)*\w*{_EQUALS_SIGN})"
_WHICH_COMES = rf"(?=(?:amp;)*(?P<key>\w*){_EQUALS_SIGN})"
_FLAGS = re.ASCII | re.IGNORECASE
_AMPERSAND = re.compile(rf"&(?:amp;|#0*38;|#x0*26;)+|(?:\\u00|%u00|\\x)26{_KEY_COMES}", _FLAGS)
_EQUALS = re.compile(rf"(^|[&#])(\w+){_EQUALS_SIGN}", _FLAGS)
# What is typed between a key and its value, and between two settings, by who has no link to copy; what a chat or a mail
# makes of the sign between them.
_KEYS = {key.lower(): key for key in [*_KINDS, *(f"{name}_hide" for name in HIDABLE)]}
_SEPARATED = {*_KEYS, "study", "against", "kept", "strip"}  # the page reads the last four: besides.js
_ANY_KEY = f"(?:{'|'.join(sorted(_SEPARATED))})"
# `%da` of `%dataset=` is no sign but a separator.
_ENCODED = re.compile(rf"(?:%(?!{_ANY_KEY}=)(?:25)*[0-9a-f]{{2}})++(?:{_WHICH_COMES})?", _FLAGS)
_LONG_KEYS = tuple(key for key in _KEYS.values() if len(key) > 3 and key != "hide")
_PIECES = {piece for key in _KEYS.values() for at in range(len(key)) for piece in (key[at:], key[: at + 1])}
_ELLIPSIS = re.compile(r"\u2026|\.\.\.")
_DIGITS_COME = re.compile(r"(?:#x?)?\d", re.ASCII)  # of a number that was cut, also by the `&` of `&#46`
_MOST_WORDS = 4  # into which a line break and the like may have cut a name
_TYPED_EQUALS = re.compile(rf"\b({_ANY_KEY})\uff1d", _FLAGS)
_SEPARATORS = "+,\u00b7\u2022\u3001\uff06\uff0c\uff1b\uff5c"
_BLANKS = r"\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # also where \s is ASCII's
_TYPED_AMPERSAND = re.compile(rf"(?<![{_SEPARATORS}])[{_SEPARATORS}]++(?={_ANY_KEY}=)", _FLAGS)
_TYPED_BLANK = re.compile(rf"\b({_ANY_KEY}=[^{_BLANKS}&#=|]*+)[{_BLANKS}|;{_SEPARATORS}]++(?={_ANY_KEY}=)", _FLAGS)
_TYPED_SEMICOLON = re.compile(rf";(?={_ANY_KEY}=)", _FLAGS)  # when those that HTML needs are gone
# In quoted-printable every `=` is `=3D`. Any other stood at the end of a line, which may be gone, and says nothing.
_SET = re.compile(rf"\b{_ANY_KEY}=", _FLAGS)
_SET_IN_QUOTED_PRINTABLE = re.compile(rf"\b{_ANY_KEY}(?:=(?:\s|%20|%0[AD])*+)?=3D", _FLAGS)
_QUOTED_PRINTABLE = re.compile(r"=(3D|20(?=\s|$)|[89A-F][0-9A-F]|(?:\s|%20|%0[AD])*+)")
_QUOTED_LINE = re.compile(r"(?:(?<!\s)[^\S\r\n]*+[\r\n]|%0[AD])\s*+(?:>|%3E|&gt;)(?:\s|>|%20|%3E|&gt;)*+", _FLAGS)
# HTML reads `&regDataset` as a sign and "Dataset", as it knows some names without their semicolon. Here is the way
# back, from the sign, its escaped form, and what plain text makes of it.
_NAMES = {
    sign: name
    for name, sign in sorted(html5.items())
    if name.islower() and not name.endswith(";") and name not in ("amp", "nbsp", "shy")
}
_SIGN = re.compile(rf"\u00c2?([{re.escape(''.join(_NAMES))}]){_WHICH_COMES}", _FLAGS)
_ESCAPED_SIGN = re.compile(rf"&(#?\w+;){_WHICH_COMES}", _FLAGS)
_REFERENCE = re.compile(rf"&(?:#\d{{1,8}}|#x[0-9a-f]{{1,7}}|[a-z]\w{{1,30}});(?:{_WHICH_COMES})?", _FLAGS)
_WRITTEN_SIGN = re.compile(rf"\(r\){_KEY_COMES}", _FLAGS)

_HEAD = re.compile(r"[A-Za-z][\w+.-]{0,20}://[^#]*#|^[^#=&/]*+/[^#]*+#")  # of an address, up to its #


def pairs(address: str) -> dict[str, str]:
    """Key to text, for the keys that have one; of a repeated key the last, as in the original."""
    found = {}
    for name, rest, first, last in _parts(address):
        key = _key(name, first=first)
        if key and rest is not None:
            found[key] = _value(rest.split("=")[0], _KINDS.get(key), last)
    return found


def remnants(address: str) -> list[str]:
    """What is left of keys that were cut or changed, and keys behind a sign that separates none. Other keys that nobody
    here knows are left out."""
    found: dict[str, None] = {}
    for name, rest, first, _ in _parts(address):
        if rest is not None:
            found |= dict.fromkeys(_behind_other_signs(rest, first=first))
            said = _whole_name(name, first=first)
            words = re.findall(r"\w++", said, re.ASCII)
            if words and words[-1].lower() in _KEYS:
                words.pop()
            words = [word for word in words if len(word) > 1]  # a letter may be anybody's key
        elif not first:  # where it is, it is prose
            said = "".join(_unquoted(name).split()[:1])  # prose may follow
            words = re.findall(r"\w++", said, re.ASCII)
            if _DIGITS_COME.match(name):
                found[said] = None
        else:
            continue
        if any(word in _PIECES or word.startswith(_LONG_KEYS) for word in words) or _ELLIPSIS.search(said):
            found[said] = None
    return list(found)


def _behind_other_signs(rest: str, *, first: bool) -> Iterator[str]:
    """The keys in what is behind the `=` of another one. Behind a link of several settings prose may name one."""
    for text in rest.split("=")[:-1]:
        words = _unquoted(text).split()
        name = re.search(r"(?<!\w)\w++$", words[-1], re.ASCII) if words else None
        is_prose = not first and any(re.search(r"\w", word) for word in words[1:-1])
        if name and not is_prose and (name[0].lower() in _SEPARATED or name[0].endswith(_LONG_KEYS)):
            yield name[0]


def _parts(address: str) -> Iterator[tuple[str, str | None, bool, bool]]:
    """Of each part between two `&`: what is before its `=`, what behind it if it has one, is it the first, the last."""
    for segment in re.split(r"(?<!&)#", _HEAD.sub("#", _decoded(address))):
        parts = segment.split("&")
        for index, part in enumerate(parts):
            name, equals, rest = part.partition("=")
            yield name, rest if equals else None, index == 0, index == len(parts) - 1


def unwrapped(address: str) -> str:
    """`address` without what is around all of it: another address, a mail's way of writing, percent-encoding."""
    address = _QUOTED_LINE.sub("\n", rewritten.original(address))
    if 0 < len(_SET.findall(address)) == len(_SET_IN_QUOTED_PRINTABLE.findall(address)):
        address = _QUOTED_PRINTABLE.sub(_unquoted_printable, address)
    for _ in range(_ROUNDS):
        if "=" in address or "%" not in address:
            break
        address = _unquoted(address)
    return address


def long_value(key: str, text: str) -> str:
    """What stands behind the `=` of a key whose value may be long, to the end of the link or to the next `&`."""
    return _value(text, _KINDS.get(key), last=True) if key in _KINDS else unquote(text)


def _decoded(address: str) -> str:
    """`address` with its separators as they were."""
    address = unwrapped(address)
    for _ in range(_ROUNDS):
        before = address
        address = _TYPED_AMPERSAND.sub("&", _TYPED_EQUALS.sub(r"\1=", address))
        address = _AMPERSAND.sub("&", address)
        address = _ENCODED.sub(lambda run: run[0] if run["key"] is None else _unquoted(run[0]), address)
        address = _EQUALS.sub(r"\1\2=", address)
        address = _ESCAPED_SIGN.sub(lambda sign: _named(_sign(sign[1]), sign), address)
        address = _SIGN.sub(lambda sign: _named(sign[1], sign), address)
        address = _WRITTEN_SIGN.sub("&reg", address)
        address = _REFERENCE.sub(_dereferenced, address)
        if address == before:
            break
    address = _TYPED_SEMICOLON.sub("&", address)
    return _TYPED_BLANK.sub(lambda one: one[1].rstrip(f"{_SEPARATORS};") + "&", address)


def _unquoted_printable(found: re.Match[str]) -> str:
    if found[1] in ("3D", "20"):
        return "=" if found[1] == "3D" else " "
    return f"%{found[1]}" if found[1] and found[1][0] in "89ABCDEF" else ""


def _named(sign: str, found: re.Match[str]) -> str:
    """`&` and the beginning of a key, for which HTML took `sign`; what was found, where the key behind it is whole."""
    if not sign:
        return found[0]
    key, name = found["key"].lower(), _NAMES[sign]
    is_whole = key in _KEYS and f"{name}{key}" not in _KEYS
    return found[0] if is_whole else f"&{name}"


def _sign(name: str) -> str:
    """The sign of `name;` if HTML may have eaten a key for it, else nothing."""
    if name[0] != "#":
        sign = html5.get(name, "")
    else:
        digits, base = (name[2:-1], 16) if name[1] in "xX" else (name[1:-1], 10)
        try:
            sign = chr(int(digits, base))
        except (ValueError, OverflowError):
            sign = ""
    return sign if sign in _NAMES else ""


def _dereferenced(found: re.Match[str]) -> str:
    """The sign that HTML means. Before a key it separates, unless it belongs to that."""
    sign = unescape(found[0])
    is_of_key = sign.isascii() and (sign.isalnum() or sign == "_")
    return sign if found["key"] is None or is_of_key else found[0]


def _unquoted(text: str) -> str:
    """Percent-decoded, as UTF-8 or, where that cannot be, as Latin-1."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return unquote(text, "latin-1")


def _key(text: str, *, first: bool) -> str:
    """The name at the end of `text`, as it is spelled here if it is known."""
    name = re.search(r"(?<!\w)\w++$", _whole_name(text, first=first), re.ASCII)
    return _KEYS.get(name[0].lower(), name[0]) if name else ""


def _whole_name(text: str, *, first: bool) -> str:
    """`text` without blanks. Before a first name prose may stand: of that, what makes the longest known name."""
    if not first:
        return _IN_A_KEY.sub("", text)
    words = _IN_A_KEY.split(text)
    joined = ("".join(words[-count:]) for count in range(min(len(words), _MOST_WORDS), 0, -1))
    return next((name for name in joined if name.lower() in _KEYS), words[-1])


def _value(text: str, kind: Kind | None, last: bool) -> str:
    """The value that `text` means; after a last one prose may follow."""
    plain = _unquoted(text) if "%" in text else text
    plain = plain if isinstance(kind, Text) else plain.translate(_SIGNS)
    plain = _unfolded(plain) if isinstance(kind, _Edits) else plain
    joined = _BLANK.sub("", plain)
    begins = _BEGINS.get(type(kind), _BEGINS[Flag])
    if isinstance(kind, Text):
        number = _PLAIN_SEED.fullmatch(joined)
        if number is None and last:
            number = _PLAIN_SEED_BEGINS.match(plain.lstrip())
        if number:
            return number[0]
        seed = begins.match(text.strip()) if last else None
        return (seed[0].rstrip(".,;:!?") or seed[0]) if seed else text.strip()
    if not last:
        return joined.rstrip(")]}>\"'*`")
    if isinstance(kind, Number | Layers | _Edits):
        whole = begins.match(plain.lstrip())
        return _BLANK.sub("", whole[0]) if whole else joined
    # A line break may have cut the value itself: then only all of it makes sense.
    candidates = [found[0] for found in (begins.match(plain.lstrip()), begins.match(joined)) if found]
    return next((one for one in candidates if kind is None or _means_something(kind, one)), (*candidates, joined)[0])


def _unfolded(edits: str) -> str:
    """Edits whose lines were broken where one was full, and not between two words: the first lines that are nothing but
    edits, and what comes behind them."""
    first, *lines = (line.strip(" \t") for line in re.split(r"[\r\n]++", _UNSEEN_SIGN.sub("", edits)))
    count = next((at for at, line in enumerate(lines) if not _OF_EDITS.fullmatch(line)), len(lines))
    return "\n".join(["".join([first, *lines[:count]]), *lines[count:]])


def says_nothing(address: str, found: dict[str, str]) -> bool:
    """Whether it was meant as a link but has no key in it that is known. found: its `pairs`."""
    _, sign, fragment = address.rpartition("#")
    words = fragment if sign else "" if "://" in address else address
    return bool(re.search(r"\w", words)) and found.keys().isdisjoint(_KEYS.values())


def number_in_seed(text: str) -> str | None:
    """The number that a seed may have been before a mail wrote `=3D` for its `=`, or a chat cut it."""
    found = _BROKEN_SEED.fullmatch(text)
    return (found[1] or found[2]) if found else None


def _means_something(kind: Kind, text: str) -> bool:
    if isinstance(kind, Flag):
        return text in ("true", "false")
    try:
        kind.check(values.parse(kind, text))
    except (ValueError, OverflowError):
        return False
    return True
