"""The notebook's pictures: a figure's numbers as a PNG for paper, with its axes and its legend inside.

Its pixels are those of print: WIDTH of them are 12 cm, and a text of 8 points is read there. It is the same on every
system: the font is this package's. All words are the figure's. It is loaded in the child alone.
"""

from __future__ import annotations

from notebook.drawing import chart, matrix, network, plane, tiles
from notebook.drawing.paper import BrokenError
from notebook.figures import Chart, Figure, Matrix, Network, Plane, Table, Tiles

__all__ = ["BrokenError", "draw"]


def draw(figure: Figure) -> bytes:
    """The same bytes every time. Raises BrokenError where its numbers do not fit each other, or it is a Table."""
    try:
        return _drawn(figure)
    except (ArithmeticError, ValueError, IndexError) as error:  # BrokenError is one: whatever a page sends as numbers
        raise BrokenError(str(error)) from error


def _drawn(figure: Figure) -> bytes:
    match figure:
        case Chart():
            return chart.draw(figure)
        case Plane():
            return plane.draw(figure)
        case Network():
            return network.draw(figure)
        case Matrix():
            return matrix.draw(figure)
        case Tiles():
            return tiles.draw(figure)
        case Table():
            raise BrokenError("a table is not drawn")
