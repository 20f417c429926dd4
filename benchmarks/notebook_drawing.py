"""How long pictures take, how many bytes they have, and what the process that draws them holds.

    python -m benchmarks.notebook_drawing [--times 20]

Times are CPU time of the process, so that others beside it do not count.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import msgspec
import psutil

from notebook.messages import Export
from notebook.press import Press
from support import reports
from support.notebook_figures import FIGURES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    press = Press()
    began = time.perf_counter()
    press.draw(FIGURES["two"](False))
    child = psutil.Process(press.pid)
    one, five, _ = psutil.getloadavg()
    print(f"{times} of each figure, {len(FIGURES)} figures; load {one:.1f}, {five:.1f}; {psutil.cpu_count()} cores")
    print(f"first picture {time.perf_counter() - began:.2f} s, then {_megabytes(child)} MB")
    print("| figure | ms, median | ms, worst | kB |\n| --- | --- | --- | --- |")
    for name, made in FIGURES.items():
        figure, spent, content = made(True), [], b""
        for _ in range(times):
            before = _cpu(child)
            content = press.draw(figure)
            spent.append(1000 * (_cpu(child) - before))
        print(f"| {name} | {statistics.median(spent):.0f} | {max(spent):.0f} | {len(content) / 1000:.0f} |")
    print(f"then {_megabytes(child)} MB")
    figures = [made(True) for made in FIGURES.values()] * 2
    pins = [reports.pin(number, figure=figure) for number, figure in enumerate(figures[:30])]
    for pictures in ({}, {pin.id: press.draw(pin.figure) for pin in pins}):
        packed = msgspec.msgpack.encode(reports.report(pins, pictures=pictures))
        for form in ("docx", "html", "zip", "ipynb"):
            before, began = _cpu(child), time.perf_counter()
            content = press.export(Export(form, packed))
            cpu, wall = _cpu(child) - before, time.perf_counter() - began
            drawn = "drawn before" if pictures else "drawn with it"
            print(f"30 figures, {drawn}, {form}: {cpu:.2f} s CPU, {wall:.2f} s, {len(content) / 1e6:.2f} MB")
    print(f"then {_megabytes(child)} MB")
    time.sleep(3)
    print(f"3 s later {_megabytes(child)} MB")
    press.close()


def _cpu(child: psutil.Process) -> float:
    spent = child.cpu_times()
    return float(spent.user + spent.system)


def _megabytes(child: psutil.Process) -> int:
    return round(child.memory_info().rss / 1e6)


if __name__ == "__main__":
    main()
