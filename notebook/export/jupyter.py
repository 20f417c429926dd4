"""A report as a Jupyter notebook: each pin is a cell that trains its run again and shows what it came to.

The cells have the pinned pictures and numbers as their outputs, so that the notebook is complete before it is run.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from nbformat import v4

from notebook.derived import OF_MANY
from notebook.export import pixels
from notebook.export.jupyter_code import HELPERS
from notebook.export.report import Progress, Report, nobody, printable
from notebook.export.text import end, head, link, plain, table
from notebook.pins import Pin
from notebook.reading import AnyBlock, Figure, Heading, Picture, Sentence, Table, Text

_SHOWN = 660  # pixels that a picture is wide
_HIDDEN = {"jupyter": {"source_hidden": True}}  # long; a reader opens it if they want to
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
# What draws a view again from its run's program. Of the other views the cell has the run's numbers.
_DRAWN = {"playground.map": "boundary", "playground.loss": "curves", "lenet.curves": "curves"}

# What no program of one run comes to: many runs, and what somebody drew. These have their picture alone.
_NOT_OF_A_RUN = {*OF_MANY, "lenet.digit"}


def write(report: Report, progress: Progress = nobody) -> bytes:
    """The notebook. Runs have the programs of `report.code`, once each."""
    made = _Writing(report)
    blocks = report.document.blocks
    for at, block in enumerate(blocks):
        made.add(block, at)
        progress(at + 1, len(blocks))
    made.text("end", end(report))
    return f"{v4.writes(v4.new_notebook(cells=made.cells, metadata={'kernelspec': _KERNEL}))}\n".encode()


class _Writing:
    """State: the cells so far, and the names of the programs that they have written."""

    def __init__(self, report: Report):
        self._report = report
        self._programs: dict[str, str] = {}  # the name of each by its text
        self.cells: list[Any] = []
        has_code = any(
            isinstance(block, Figure | Table) and block.place in report.code for block in report.document.blocks
        )
        self.text("title", head(report))
        if has_code:
            self.text("about-programs", report.words.programs)
            self._code("helpers", HELPERS, _HIDDEN)

    def add(self, block: AnyBlock, at: int) -> None:
        name = f"block-{at}"
        match block:
            case Heading():
                self.text(name, f"{'#' * (block.level + 1)} {plain(block.text)}")
            case Text():
                self.text(name, block.text.strip())
            case Sentence():
                self.text(name, plain(block.text))
            case Figure():
                self._figure(block, name)
            case Picture():
                self._picture(block, name)
            case Table():
                parts = [f"**{plain(self._report.numbered(block))}**", table(block), *link(self._report, block.place)]
                self.text(name, *parts, block.note)

    def text(self, name: str, *parts: str) -> Any:
        """A cell of Markdown, which is None where there is nothing in it."""
        text = "\n\n".join(printable(part) for part in parts if part)
        if not text:
            return None
        self.cells.append(v4.new_markdown_cell(text, id=name))
        return self.cells[-1]

    def _code(self, name: str, source: str, metadata: Any = None, outputs: Any = ()) -> None:
        self.cells.append(v4.new_code_cell(source, id=name, metadata=metadata or {}, outputs=list(outputs)))

    def _figure(self, block: Figure, name: str) -> None:
        pin = self._report.pins[block.pin]
        code = None if pin.view in _NOT_OF_A_RUN else self._report.code.get(block.place)
        shows = _DRAWN.get(pin.view) if code else None
        caption = self._captioned(block, name, is_attached=not shows)
        if code is None:
            return
        is_new = code not in self._programs
        run = self._programs.setdefault(code, f"run_{len(self._programs) + 1}")
        file = f"{run}.py"
        if is_new:
            self._code(f"{name}-program", f"%%writefile {file}\n{printable(code).rstrip()}", _HIDDEN)
        lines = [f"# {' '.join(caption.split())}", *([f'{run} = program("{file}")'] if is_new else [])]
        lines += [f"{shows}({run})"] if shows else []
        self._code(
            f"{name}-run", "\n".join([*lines, f"numbers({run})"]), outputs=self._outputs(block, pin, bool(shows))
        )

    def _outputs(self, block: Figure, pin: Pin, is_drawn: bool) -> list[Any]:
        """What was pinned, in place of what the cell will show."""
        outputs, content = [], self._report.picture(block)
        if is_drawn and content:
            kind = pixels.mime(content)
            outputs.append(v4.new_output("display_data", {kind: _text(content)}, metadata={kind: {"width": _SHOWN}}))
        facts = [f"{fact.label}: {fact.text}\n" for fact in pin.facts if fact.role == "result"]
        if facts:
            outputs.append(v4.new_output("stream", name="stdout", text=printable("".join(facts))))
        return outputs

    def _picture(self, block: Picture, name: str) -> None:
        self._captioned(block, name, is_attached=True)

    def _captioned(self, block: Figure | Picture, name: str, is_attached: bool) -> str:
        """Caption, link and note, with the picture where no cell of code has it."""
        caption, content = self._report.numbered(block), self._report.picture(block)
        parts, attachments = [f"**{plain(caption)}**"], {}
        if is_attached and content:
            file = f"figure-{block.number}.{pixels.ending(content)}"
            attachments[file] = {pixels.mime(content): _text(content)}
            parts.insert(0, f"![{plain(caption)}](attachment:{file})")
        if isinstance(block, Figure):
            parts += [*link(self._report, block.place), block.note]
        cell = self.text(name, *parts)
        if attachments:
            cell["attachments"] = attachments
        return caption


def _text(content: bytes) -> str:
    return b64encode(content).decode()
