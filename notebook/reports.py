"""Reports of notebooks: all that an export is made of, put together for the process that makes it. No IO of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notebook import programs, reading
from notebook.contents import Whole
from notebook.export.report import Kept, Report
from notebook.programs import Code
from notebook.shapes import NewExport


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Reports:
    """versions: of what, and which. code: what writes the programs of runs, by the path of the tab's page."""

    versions: Sequence[tuple[str, str]] = ()
    code: Mapping[str, Code] = field(default_factory=dict)
    clock: Callable[[], datetime] = _now

    def report(self, whole: Whole, origin: str, asked: NewExport) -> Report:
        """origin: the address of this server. Of a Jupyter notebook writing the programs takes seconds."""
        document = reading.document(whole.title, asked.language, whole.cells, whole.pins)
        pictures = {name: image.packed for name, image in (whole.drawn | whole.brought).items()}
        places = [pin.place for pin in whole.pins.values()] if asked.format == "ipynb" else []
        return Report(
            document=document, pins=whole.pins, pictures=pictures, origin=origin, name=asked.name, number=asked.number,
            date=self._today(), versions=[*self.versions], code=programs.of(places, self.code),
            kept=Kept(title=whole.title, language=whole.language, cells=[cell for _, cell in whole.cells]),
        )  # fmt: skip

    def _today(self) -> str:
        return self.clock().date().isoformat()
