"""Reports of notebooks: all that an export is made of, put together for the process that makes it. No IO of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notebook import own_data, programs, reading
from notebook.contents import Whole
from notebook.export.report import Kept, Progress, Report, nobody
from notebook.own_data import Nowhere, OwnData
from notebook.programs import Code
from notebook.shapes import NewExport

PARTS = 20  # of the progress, that writing the programs is


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True)
class Reports:
    """versions: of what, and which. code: what writes the programs of runs, by the path of the tab's page. own_data:
    what pins' links name."""

    versions: Sequence[tuple[str, str]] = ()
    code: Mapping[str, Code] = field(default_factory=dict)
    clock: Callable[[], datetime] = _now
    own_data: OwnData = field(default_factory=Nowhere)

    def report(self, whole: Whole, origin: str, asked: NewExport, progress: Progress = nobody) -> Report:
        """origin: the address of this server. Of a Jupyter notebook writing the programs takes seconds: progress is
        told of them, as parts of the whole export."""
        document = reading.document(whole.title, asked.language, whole.cells, whole.pins)
        pictures = {name: image.packed for name, image in (whole.drawn | whole.brought).items()}
        places = [pin.place for pin in whole.pins.values()] if asked.format == "ipynb" else []
        of = PARTS + len(document.blocks)
        code, late = programs.of(places, self.code, lambda share: progress(round(share * PARTS), of))
        if places:
            progress(PARTS, of)
        return Report(
            document=document, pins=whole.pins, pictures=pictures, origin=origin, name=asked.name, number=asked.number,
            date=self._today(), versions=[*self.versions], code=code, late=late,
            kept=Kept(title=whole.title, language=whole.language, cells=[cell for _, cell in whole.cells]),
            points=self._points(whole) if asked.format == "zip" else {}, lost=own_data.lost(whole.pins, self.own_data),
        )  # fmt: skip

    def _points(self, whole: Whole) -> dict[str, bytes]:
        addresses = sorted(own_data.named(whole.pins.values(), self.own_data))
        found = {address: self.own_data.get(address) for address in addresses}
        return {address: points for address, points in found.items() if points is not None}

    def _today(self) -> str:
        return self.clock().date().isoformat()
