from pathlib import Path

import pytest
from sqlalchemy import make_url

from db import address


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:////srv/playlab.db", "sqlite"),
        ("sqlite:///a folder/ä?#.db".replace("?", "%3F"), "sqlite"),
        ("postgresql://me:secret@host/db", "postgresql+psycopg"),
        ("postgres://me@host:5433/db", "postgresql+psycopg"),
        ("postgresql+psycopg://host/db?sslmode=require", "postgresql+psycopg"),
    ],
)
def test_both_kinds_are_understood(text, driver):
    assert address.parse(text).drivername == driver


@pytest.mark.parametrize(
    "text",
    ["", "playlab.db", "/srv/playlab.db", "mysql://me:secret@host/db", "sqlite://", "sqlite:///:memory:",
     "sqlite:///file.db?mode=ro", "sqlite://host/file.db", "postgresql://me:secret@host:port/db", "sqlite:///~nobody-at-all/a",
     "sqlite:////tmp/a%00b"],
)  # fmt: skip
def test_anything_else_is_refused_without_being_quoted(text):
    with pytest.raises(ValueError, match=r"^want sqlite:///FILE or postgresql://") as refused:
        address.parse(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("password", ["sE@cR/eT", "p@ss?cret", "p@s@cret", "p@ss#cret/x"])
def test_a_password_that_is_not_written_as_an_address_wants_it_is_refused_and_no_part_of_it_shown(password):
    with pytest.raises(ValueError, match="with %40 for an @ of the password") as refused:
        address.parse(f"postgresql://u:{password}@127.0.0.1:1/x")
    assert not any(part in str(refused.value) for part in ("cR", "eT", "ss?", "cret"))


def test_a_file_is_where_it_was_named_whatever_becomes_of_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert address.parse("sqlite:///a.db").database == str(tmp_path / "a.db")
    assert address.parse("sqlite:///~/a.db").database == str(tmp_path / "home" / "a.db")
    assert address.of_folder(Path("runs")).database == str(tmp_path / "runs" / "playlab.db")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sqlite:////srv/playlab.db", "/srv/playlab.db"),
        ("postgresql://me:secret@host:5433/db?password=secret", "postgresql://host:5433/db"),
        ("postgresql://me@/db?host=/run/postgresql", "postgresql:///run/postgresql/db"),
    ],
)
def test_what_is_shown_of_it_has_no_password(text, shown):
    assert address.shown(address.parse(text)) == shown


def test_what_a_driver_quotes_of_it_is_not_told():
    url = make_url("postgresql://me:se%20cret@host/db?sslpassword=other")
    assert address.without_secrets('"se cret" and "other" at host', url) == '"***" and "***" at host'
