"""A report as a Jupyter notebook: each pin is a cell that trains its run again and shows what it came to.

The cells have the pinned pictures and numbers as their outputs, so that the notebook is complete before it is run.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, TypeGuard

from nbformat import v4

from notebook.derived import OF_MANY
from notebook.export import pixels
from notebook.export.jupyter_code import HELPERS
from notebook.export.report import Progress, Report, nobody, printable
from notebook.export.text import end, head, of_block
from notebook.pins import Pin
from notebook.reading import AnyBlock, Figure, Table

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
        self.text("title", head(report))
        if any(map(self._program, report.document.blocks)):
            self.text("about-programs", report.words.programs)
            self._code("helpers", HELPERS, _HIDDEN)

    def add(self, block: AnyBlock, at: int) -> None:
        name, code = f"block-{at}", self._program(block)
        pin = self._report.pins.get(block.pin) if isinstance(block, Figure | Table) else None
        shows = _DRAWN.get(pin.view) if pin and code else None
        text, pictures = of_block(self._report, block, lambda file: f"attachment:{_flat(file)}", not shows)
        cell = self.text(name, text, self._excuse(block))
        if pictures:
            kinds = {_flat(file): {pixels.mime(content): _text(content)} for file, content in pictures.items()}
            cell["attachments"] = kinds
        if pin and code and isinstance(block, Figure | Table):
            self._run(block, name, pin, code, shows)

    def _program(self, block: AnyBlock) -> str | None:
        """What trains the run again that the block shows."""
        return self._report.code.get(block.place) if self._is_of_a_run(block) else None

    def _excuse(self, block: AnyBlock) -> str:
        """Why there is no program where there could be one."""
        return self._report.words.late if self._is_of_a_run(block) and block.place in self._report.late else ""

    def _is_of_a_run(self, block: AnyBlock) -> TypeGuard[Figure | Table]:
        if not isinstance(block, Figure | Table) or block.pin not in self._report.pins:
            return False
        return self._report.pins[block.pin].view not in _NOT_OF_A_RUN

    def text(self, name: str, *parts: str) -> Any:
        """A cell of Markdown, which is None where there is nothing in it."""
        text = "\n\n".join(printable(part) for part in parts if part)
        if not text:
            return None
        self.cells.append(v4.new_markdown_cell(text, id=name))
        return self.cells[-1]

    def _code(self, name: str, source: str, metadata: Any = None, outputs: Any = ()) -> None:
        self.cells.append(v4.new_code_cell(source, id=name, metadata=metadata or {}, outputs=list(outputs)))

    def _run(self, block: Figure | Table, name: str, pin: Pin, code: str, shows: str | None) -> None:
        """The program where it is a new one, and the cell that trains the run by it, or has trained it, and shows it
        again."""
        is_new = code not in self._programs
        run = self._programs.setdefault(code, f"run_{len(self._programs) + 1}")
        file = f"{run}.py"
        if is_new:
            self._code(f"{name}-program", f"%%writefile {file}\n{printable(code).rstrip()}", _HIDDEN)
        caption = " ".join(self._report.numbered(block).split())
        lines = [f"# {caption}", *([f'{run} = program("{file}")'] if is_new else [])]
        lines += [f"{shows}({run})"] if shows else []
        content = self._report.picture(block) if shows and isinstance(block, Figure) else None
        outputs = self._outputs(pin, content)
        self._code(f"{name}-run", "\n".join([*lines, f"numbers({run})"]), outputs=outputs)

    def _outputs(self, pin: Pin, content: bytes | None) -> list[Any]:
        """What was pinned, in place of what the cell will show."""
        outputs = []
        if content:
            kind = pixels.mime(content)
            outputs.append(v4.new_output("display_data", {kind: _text(content)}, metadata={kind: {"width": _SHOWN}}))
        said = [fact.words(self._report.document.language) for fact in pin.facts if fact.role == "result"]
        if said:
            text = "".join(f"{one.label}: {one.text}\n" for one in said)
            outputs.append(v4.new_output("stream", name="stdout", text=printable(text)))
        return outputs


def _flat(file: str) -> str:
    return file.replace("/", "-")


def _text(content: bytes) -> str:
    return b64encode(content).decode()
