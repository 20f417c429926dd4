"""Where a checkpoint comes from: its run's settings, and what the run has told of its epochs. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lenet.config import TrainConfig
from lenet.lines import EpochLine
from lenet.records import End, Epoch, Start, read_whole
from lenet.training.begun import settings_in
from lenet.training.folder import RUN_ID, RunFolder
from lenet.training.progress import epochs_that_hold

FORGETS = "restored-weights"  # the code of a start that had lost what the optimizer remembered
INPUT = "n x 1 x 28 x 28, float32: pixels divided by 255, 0 for paper and 1 for ink"
OUTPUT = "n x 10: logits of the ten classes; softmax gives the probabilities"


@dataclass(frozen=True)
class Origin:
    """State: none. epochs: the records of the run's epochs up to the checkpoint's, the first first; none where the run
    is not known."""

    checkpoint: str  # the file's name
    config: TrainConfig
    run: str | None = None
    epochs: tuple[EpochLine, ...] = ()
    is_end: bool = False  # whether the run had come to its own end there: to its last epoch, or to a stop rule
    device: str | None = None  # for people
    torch: str | None = None  # PyTorch's version
    threads: int = 1
    began_anew: int | None = None  # the epoch after which the optimizer had lost its memory

    @property
    def epoch(self) -> int | None:
        return self.epochs[-1]["epoch"] if self.epochs else None

    @property
    def until(self) -> int | None:
        """The epoch of the checkpoint, where the run trained on after it."""
        return None if self.is_end or self.epoch == self.config.epochs else self.epoch

    @property
    def is_on_cpu(self) -> bool:
        return self.device.startswith("CPU") if self.device else self.config.device != "cuda"

    @property
    def stem(self) -> str:
        """The checkpoint's name without its ending."""
        return self.checkpoint.removesuffix(".pt")

    @property
    def accuracy(self) -> float | None:
        """On the test images."""
        return self.epochs[-1]["test"]["accuracy"] if self.epochs else None

    def metadata(self) -> dict[str, str]:
        """What a file of weights says about itself."""
        said: dict[str, str | int | float | None]
        said = {"run": self.run, "checkpoint": self.checkpoint, "epoch": self.epoch, "dataset": self.config.dataset}
        said |= {"model": self.config.model, "test_accuracy": self.accuracy, "input": INPUT, "output": OUTPUT}
        return {name: str(value) for name, value in said.items() if value is not None}


def of_run(folder: RunFolder, config: TrainConfig, checkpoint: str) -> Origin:
    """What the folder of a run says of one of its checkpoints. Raises OSError and ValueError."""
    # The lines of batches, which are most of the file, are not made objects.
    records = read_whole(folder.lines(), Start, Epoch, End)
    epochs = epochs_that_hold(records)
    number = next((one["epoch"] for one in epochs if one["checkpoint"] == checkpoint), None)
    if number is None:
        raise ValueError(f"{folder.metrics} tells of no epoch that saved {checkpoint}")
    about = folder.read_json("config.json") or {}
    versions, threads, device = about.get("versions"), about.get("threads"), about.get("device")
    starts = [one for one in records if one["kind"] == "start" and one["epoch"] <= number]
    anew = [one["epoch"] for one in starts if (why := one.get("why")) and why["code"] == FORGETS]
    return Origin(
        checkpoint=checkpoint,
        config=config,
        run=folder.id,
        epochs=tuple(one for one in epochs if one["epoch"] <= number),
        is_end=number == epochs[-1]["epoch"] and records[-1].get("status") == "finished",
        device=starts[-1]["device"] if starts else device if isinstance(device, str) else None,
        torch=versions.get("torch") if isinstance(versions, dict) else None,
        threads=threads if isinstance(threads, int) and threads > 0 else folder.threads() or max(1, config.threads),
        began_anew=anew[-1] if anew else None,
    )


def of_file(checkpoint: Path, config: TrainConfig | None = None) -> Origin:
    """What the files beside a checkpoint say of it; of one that stands alone only its settings are known, `config`.

    Raises OSError and ValueError.
    """
    beside = checkpoint.resolve().parent
    if config is None:
        config = settings_in(beside / "config.json")
    if RUN_ID.fullmatch(beside.name) and (folder := RunFolder(beside.parent, beside.name)).metrics.exists():
        return of_run(folder, config, checkpoint.name)
    return Origin(checkpoint.name, config, threads=max(1, config.threads))
