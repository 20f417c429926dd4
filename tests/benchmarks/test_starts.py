"""The figures of docs/performance.md for many Starts at once, in short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import report, starts
from support.long import parametrize


@pytest.mark.timeout(300)  # trainers that load torch, on a machine that may be busy
@parametrize("kinds", [["the same"], [*starts.KINDS]], short=1, ids=["one", "all"])
def test_a_class_gets_its_results_whoever_asks_for_what(
    mnist: Path, capsys: pytest.CaptureFixture[str], kinds: list[str]
) -> None:
    few = ["--starts", "2", "--seconds", "0.2", "--images", "1000", "--trainers", "2", "--playgrounds", "2"]
    few += ["--only", *kinds] if len(kinds) == 1 else []
    starts.main([*few, "--data", str(mnist)])
    printed = capsys.readouterr().out
    for kind in kinds:
        (row,) = [line for line in printed.splitlines() if line.startswith(f"| {kind}, now |")]
        _, _, first, median, last, span, frames, *_ = [cell.strip() for cell in row.split("|")]
        times = [float(cell.removesuffix(" s")) for cell in (first, median, last, span)]
        assert 0 < times[0] <= times[1] <= times[2] <= times[3]
        assert float(frames) > 1
    assert "Once each." in printed


@pytest.mark.long("tests/benchmarks/test_lenet.py::test_a_failed_training_is_no_figure")
def test_a_run_that_failed_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="failed"):
        starts.main(
            [
                "--starts",
                "1",
                "--only",
                "the same",
                "--images",
                "1000",
                "--playgrounds",
                "1",
                "--data",
                str(broken(tmp_path)),
            ]
        )


def broken(folder: Path) -> Path:
    """A folder of data that is a file where one of its own should be."""
    (folder / "MNIST").write_text("a file")
    return folder


def test_the_document_has_a_row_for_each_kind_before_and_now() -> None:
    document = report.DOCUMENT.read_text()
    written = document.partition("<!-- lenet starts -->")[2].partition("<!-- end of lenet starts -->")[0]
    for kind in starts.KINDS:
        for version in ("before", "now"):
            assert re.search(rf"^\| {kind}, {version} \|( [0-9.]+ m?s \|){{4}}", written, re.MULTILINE), (kind, version)
