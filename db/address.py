"""The address of a database, as a person gives it: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.

What is shown of one has no password in it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

NAME = "playlab.db"  # of SQLite's file, by default, in the folder of experiments
WANT = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def parse(text: str) -> URL:
    """Raises ValueError, which does not quote it."""
    try:
        url = make_url(text)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(f"want {WANT}") from None
    if "@" in (url.host or "") or (kind != "sqlite" and text.count("@") > 1):
        # Of a password, where it should be %40: what follows it would be taken for the host or the name, and be shown.
        raise ValueError(f"want {WANT}, with %40 for an @ of the password")
    if "\0" in (url.database or ""):
        raise ValueError(f"want {WANT}")
    if kind == "sqlite" and url.database and not (url.query or url.host or url.database.startswith(":")):
        try:
            return of_file(Path(url.database).expanduser())
        except RuntimeError:  # ~ of somebody who is not there
            raise ValueError(f"want {WANT}") from None
    if kind in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
        try:
            url.get_dialect()().create_connect_args(url)
        except ArgumentError:  # host and port may be options too
            raise ValueError(f"want {WANT}, with a number for each port") from None
        return url
    raise ValueError(f"want {WANT}")


def of_file(path: Path) -> URL:
    return URL.create("sqlite", database=str(path.absolute()))


def of_folder(experiments: Path) -> URL:
    """The database of a server that was not given another."""
    return of_file(experiments / NAME)


def shown(url: URL) -> str:
    """For the log and the terminal."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    place = url.host or url.normalized_query.get("host", ("localhost",))[0]
    return f"postgresql://{place}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def without_secrets(text: str, url: URL) -> str:
    """What a driver said, should it quote a password."""
    for name, values in url.normalized_query.items():
        if "password" in name:
            for value in values:
                text = text.replace(value, "***")
    return text.replace(str(url.password), "***") if url.password else text
