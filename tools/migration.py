"""Writes the next migration: what the tables are declared as now, and what the migrations so far make.

    python -m tools.migration "Notebooks and their pages"

Read what it has written, and mend it: a column that was renamed looks like one that is gone and another that is new.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from alembic import command

import app  # noqa: F401  every module that stores, and so every table
from core.arguments import Parser
from db import address, migrate, sqlite


def write(message: str) -> Path:
    """Returns the new module."""
    number = f"{int(migrate.known()[-1]) + 1:04}"
    words = re.sub(r"\W+", "_", message.lower()).strip("_")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / address.NAME
        with sqlite.migrating(path, 0).begin() as connection:
            migrate.upgrade(connection, str(path))
            config = migrate.config(connection)
            config.set_main_option("file_template", f"m%%(rev)s_{words[:40]}")
            command.revision(config, f"{message}.", autogenerate=True, rev_id=number)
    return next((migrate.FOLDER / "versions").glob(f"m{number}_*.py"))


def main(arguments: list[str] | None = None) -> None:
    parser = Parser(prog="python -m tools.migration", description=__doc__.splitlines()[0])
    parser.add_argument("what", help="what it changes, in words: its docstring, and its name")
    print(write(parser.parse_args(arguments).what))


if __name__ == "__main__":
    main()
