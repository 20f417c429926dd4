"""No path of the server in what leaves it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.cleaned import without_paths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "[Errno 28] No space left on device: '/srv/a b/x/resume.pt'",
            "[Errno 28] No space left on device: 'resume.pt'",
        ),
        ("could not get it into /srv/data/MNIST/raw:\n  5 files", "could not get it into raw:\n  5 files"),
        (r"cannot open C:\Users\teacher\x.pt", "cannot open x.pt"),
        (r"cannot open 'C:\Users\the teacher\x.pt'", "cannot open 'x.pt'"),
        (r"cannot open C:\ufaces\x.pt", "cannot open x.pt"),
        ('no run "\\u0000"', 'no run "\\u0000"'),  # as JSON writes what was asked for
        ('no run "\\nfoo"', 'no run "\\nfoo"'),
        ('no run "a\\u0000b"', 'no run "a\\u0000b"'),
        ("in ~/runs/x", "in x"),
        ("connecting to unix socket /run/redis.sock.", "connecting to unix socket redis.sock."),
        ("see https://example.org/a/b.html", "see https://example.org/a/b.html"),
        ("loss 3/4 of 1/2, 60 images/s", "loss 3/4 of 1/2, 60 images/s"),
        ("a / b", "a / b"),
        ("cannot open //srv/x/resume.pt", "cannot open resume.pt"),
        ("No such file: '//srv/a b/resume.pt'", "No such file: 'resume.pt'"),
        (r"cannot open \\host\share\x.pt", "cannot open x.pt"),
        (r"cannot open \\host", "cannot open host"),
        (r'"\\\\host\\share\\x.pt"', '"x.pt"'),  # as JSON writes it
        ("see //srv/x or http://srv/x", "see x or http://srv/x"),
    ],
)
def test_paths_are_cut_to_their_last_name_and_nothing_else_is(text: str, shown: str):
    assert without_paths(text) == shown


@given(
    st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=6), min_size=2, max_size=5
    )
)
@example(["srv", "x"])
def test_no_folder_of_a_path_is_left(parts: list[str]):
    folders = "/" + "/".join(parts)
    for text in (
        f"cannot open {folders}/file.pt",
        f"[Errno 2]: '{folders}/file.pt'",
        f"({folders}/file.pt)",
        f"x={folders}/file.pt",
        f"cannot open /{folders}/file.pt",
        "cannot open \\" + folders.replace("/", "\\") + "\\file.pt",
    ):
        assert folders not in without_paths(text)
        assert folders.replace("/", "\\") not in without_paths(text)
        assert "file.pt" in without_paths(text)
