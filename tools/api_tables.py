"""Writes the tables of docs/api.md from the API's OpenAPI description: `make format`. `--check` only says whether they
are as they should be: `make lint`.

A table stands between two comments, the first of which names what it holds:

    <!-- openapi: requests runs -->                    the requests of one part of the API
    <!-- openapi: statuses -->                         what each status means
    <!-- openapi: fields Summary -->                   the fields of a schema
    <!-- openapi: fields Details without Summary -->   those that another has not
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from app import describe_api

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api.md"
_TABLE = re.compile(r"(?<=<!-- openapi: )(?P<what>.+?)(?P<close> -->\n)(?P<rows>.*?)(?=<!-- end -->)", re.DOTALL)


def written(page: str, api: dict[str, Any]) -> str:
    """`page` with its tables as `api` has them."""

    def table(found: re.Match[str]) -> str:
        kind, *arguments = found["what"].split()
        head, rows = _TABLES[kind](api, *arguments)
        lines = [head, ["---"] * len(head), *rows]
        return f"{found['what']}{found['close']}\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"

    return _TABLE.sub(table, page)


def _requests(api: dict[str, Any], part: str) -> tuple[list[str], list[list[str]]]:
    rows = []
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == [part.replace("-", " ")]:
                rows.append([_request(api, method, path, operation), operation["description"]])
    return ["request", "answer"], rows


def _request(api: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    address = re.sub(r"{(\w+)}", lambda name: name[1].upper(), path)
    query = [f"{one['name']}={one['x-shown']}" for one in operation["parameters"] if one["in"] == "query"]
    request = f"`{method.upper()} {address}{'?' if query else ''}{'&'.join(query)}`"
    if "requestBody" not in operation:
        return request
    body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = ", ".join(f'"{name}"' for name in api["components"]["schemas"][body]["properties"])
    return f"{request} `{{{fields}}}`"


def _statuses(api: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    return ["status", "when"], [[code, one["description"]] for code, one in api["components"]["responses"].items()]


def _fields(api: dict[str, Any], name: str, _: str = "", other: str = "") -> tuple[list[str], list[list[str]]]:
    schemas = api["components"]["schemas"]
    without = schemas[other]["properties"] if other else {}
    fields = {field: about for field, about in schemas[name]["properties"].items() if field not in without}
    head = "field" if not other else "field of one run"
    return [head, "what"], [[f"`{field}`", _meaning(about)] for field, about in fields.items()]


def _meaning(about: dict[str, Any]) -> str:
    is_nullable = {"type": "null"} in about.get("anyOf", []) or None in about.get("enum", [])
    text: str = about["description"]
    return f"{text}; or null" if is_nullable and "null" not in text else text


_TABLES = {"requests": _requests, "statuses": _statuses, "fields": _fields}


def main(arguments: list[str]) -> int:
    before = PAGE.read_text(encoding="utf-8")
    after = written(before, describe_api())
    if "--check" not in arguments:
        PAGE.write_text(after, encoding="utf-8")
    elif before != after:
        print("docs/api.md: its tables are not those of the OpenAPI description; `make format` writes them")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
