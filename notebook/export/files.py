"""A report as a file of any of the formats. Each loads what it needs when it is asked for."""

from __future__ import annotations

from notebook.export.report import Progress, Report, nobody
from notebook.reading import Figure

FORMATS = ("docx", "html", "zip", "ipynb")


def write(form: str, report: Report, progress: Progress = nobody) -> bytes:
    """form: one of FORMATS. Draws what has no picture yet, which counts as progress too."""
    missing = [one for one in report.document.blocks if isinstance(one, Figure) and one.pin not in report.pictures]
    blocks = len(report.document.blocks)

    def writes(done: int, of: int) -> None:
        progress(len(missing) + done, len(missing) + of)

    for at, block in enumerate(missing):
        _draw(report, block)
        progress(at + 1, len(missing) + blocks)
    match form:
        case "docx":
            from notebook.export import docx

            return docx.write(report, writes)
        case "html":
            from notebook.export import page

            return page.write(report, writes)
        case "zip":
            from notebook.export import bundle

            return bundle.write(report, writes)
        case "ipynb":
            from notebook.export import jupyter

            return jupyter.write(report, writes)
    raise ValueError(f"no format of a report: {form}")


def _draw(report: Report, block: Figure) -> None:
    """One that cannot be drawn has no picture: the others are no worse for it."""
    from notebook import drawing

    if pin := report.pins.get(block.pin):
        try:
            report.pictures[block.pin] = drawing.draw(pin.figure)
        except drawing.BrokenError:
            return
