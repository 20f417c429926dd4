"""A moment of a run as a file of any of the `formats`, step by step. Each loads what it needs when it is asked for."""

from __future__ import annotations

from collections.abc import Generator

from playground.recording.moment import Moment


def writing(there: Moment, form: str, table: str = "losses") -> Generator[None, None, bytes]:
    """form, table: one of `formats.FORMAT` and of `formats.TABLE`."""
    match form:
        case "py":
            from playground.export import code

            return (yield from code.writing(there)).encode()
        case "ipynb":
            from playground.export import notebook

            return (yield from notebook.writing(there)).encode()
        case "onnx":
            from playground.export import graph

            return (yield from graph.writing(there))
        case "csv":
            from playground.export import tables

            return (yield from (tables.points if table == "points" else tables.losses)(there)).encode()
        case _:
            from playground.export import sheet

            return (yield from sheet.writing(there, form))
