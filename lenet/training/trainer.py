"""Trains one network and writes all that happens into its run's folder; `python -m lenet train` is this.

A script first: no web, no queue, nobody else's process. Everything random is drawn from (seed, epoch), so a run that
was cut off goes on from its last saved step and ends with the weights it would have had anyway, on a CPU bit for bit.
What was lost meanwhile (`lenet.training.restore`) is made again where it can be, and named where it cannot.
"""

from __future__ import annotations

import contextlib
import math
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core import imports, signals

# Read when torch's libraries load: with it cuBLAS is deterministic.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

with imports.uncollected():
    import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from core.cleaned import plain
from core.files import acquire, naming, open_file
from lenet.config import TRAIN_SCORE_IMAGES, TrainConfig
from lenet.data import datasets
from lenet.data.augment import Augmentation
from lenet.devices import threads_of
from lenet.lines import BatchesLine, EpochLine, JsonObject, StartLine, Tested
from lenet.network.model import build, layer_table
from lenet.reasons import Reason, because, end_record
from lenet.records import FORMAT, read_whole
from lenet.states import ENDINGS
from lenet.training import last_words
from lenet.training.evaluate import all_logits, confusion, scores, worst_mistakes
from lenet.training.folder import RunFolder
from lenet.training.pace import Pace
from lenet.training.restore import Place, State, restore
from lenet.training.saved import save, save_weights
from lenet.training.tensorboard import EventFile

REPORT_INTERVAL_S = 0.2
LOCK_WAIT_S = 5  # the server looks for a moment whether the lock is held
TESTED_SHARE = 1 / 3  # an image tested goes forward alone, one trained backward too, which takes twice as long
MOST_SAID = 300  # characters of a reason that the folder does not take


class TrainingError(RuntimeError):
    """The run cannot go on, and `reason` says why."""

    def __init__(self, reason: Reason):
        self.reason = reason
        super().__init__(str(reason))


def sgd(parameters: list[dict[str, object]], config: TrainConfig) -> torch.optim.Optimizer:
    momentum = config.momentum
    return torch.optim.SGD(parameters, lr=config.learning_rate, momentum=momentum, nesterov=momentum > 0, fused=True)


def adamw(parameters: list[dict[str, object]], config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, lr=config.learning_rate, betas=(config.momentum, 0.99), fused=True)


OPTIMIZERS = {"sgd": sgd, "adamw": adamw}
SCHEDULES = {  # share of the learning rate at `t`, the share of the way after warming up
    "constant": lambda _t: 1.0,
    "cosine": lambda t: 0.5 * (1 + math.cos(math.pi * t)),
    "linear": lambda t: 1 - t,
}


def learning_rate(config: TrainConfig, done: float) -> float:
    """The rate when the share `done` of all steps is done."""
    if done < config.warmup:
        return config.learning_rate * done / config.warmup
    return config.learning_rate * SCHEDULES[config.schedule]((done - config.warmup) / (1 - config.warmup))


def pick_device(name: str) -> torch.device:
    """`auto`, `cpu` or `cuda` as a device. Raises TrainingError."""
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError(because("no-gpu"))
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def describe(device: torch.device, threads: int) -> str:
    """The device's name for people."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {threads} thread{'s' if threads > 1 else ''}"


class Trainer:
    """One run, from its settings to its last epoch. State: the network, the optimizer, and the number of steps done."""

    def __init__(self, config: TrainConfig, folder: RunFolder, data_root: Path):
        self.config, self.folder = config, folder
        self.device = pick_device(config.device)
        # On a CPU a batch is shared among the cores whole, not operation by operation: a core waits once a step, and
        # without spinning. The parts' gradients are added in their order, so the sum is the same every time.
        self.threads = threads_of(config)
        self.shares = 1 if self.device.type == "cuda" else self.threads
        torch.set_num_threads(1)
        self.pool = ThreadPoolExecutor(self.shares, "share", initializer=torch.set_num_threads, initargs=(1,))
        self.each: Callable[..., Any] = self.pool.map if self.shares > 1 else map
        if self.device.type == "cuda":  # on a CPU they are, and the checks cost a twentieth
            torch.use_deterministic_algorithms(True, warn_only=True)
        torch.backends.cudnn.deterministic = True

        whole = datasets.load(config.dataset, data_root, "train", str(self.device))[: config.train_images]
        self.train = whole[: len(whole) - config.holdout]
        self.holdout = whole[len(whole) - config.holdout :] if config.holdout else None
        self.scored = self.train[:TRAIN_SCORE_IMAGES]
        self.test = datasets.load(config.dataset, data_root, "test", str(self.device))
        self.augmentation = Augmentation(config)

        torch.manual_seed(config.seed)
        self.model = build(config).to(self.device)
        self.parameters = list(self.model.parameters())
        self.optimizer = self.new_optimizer()

        self.steps_per_epoch = math.ceil(len(self.train) / config.batch_size)
        self.steps = self.steps_per_epoch * config.epochs
        self.step = 0
        self.train_s = self.epoch_s = 0.0  # seconds of training and testing so far: of the run, of this epoch
        self.epochs: list[EpochLine] = []
        self.pace = Pace(self.steps_per_epoch)
        self.request: str | None = None
        self.events: EventFile | None = None
        self.place = Place()

    def new_optimizer(self) -> torch.optim.Optimizer:
        weights = {"params": [p for p in self.parameters if p.ndim > 1], "weight_decay": self.config.weight_decay}
        biases = {"params": [p for p in self.parameters if p.ndim == 1], "weight_decay": 0.0}
        return OPTIMIZERS[self.config.optimizer]([weights, biases], self.config)

    @property
    def optimizer_remembers(self) -> bool:
        """Whether it carries anything from step to step."""
        return self.config.optimizer != "sgd" or self.config.momentum > 0

    # --- the loop -----------------------------------------------------------------------------------------------------

    def run(self) -> str:
        """Trains until the end or a request; returns `finished`, `paused` or `stopped`. Raises TrainingError."""
        self._begin()
        while self.step < self.steps and not self._is_enough():
            if not self._train_epoch():
                self._save()
                return ENDINGS[self.request or "stop"]
            self._finish_epoch()
        return "finished"

    def _train_epoch(self) -> bool:
        """Trains to the end of the epoch begun; False if a request came first."""
        c = self.config
        epoch, first = divmod(self.step, self.steps_per_epoch)
        generator = torch.Generator().manual_seed(c.seed * 2**20 + epoch)
        order = torch.randperm(len(self.train), generator=generator).to(self.device) if c.shuffle else None
        draws = self.augmentation.draw(len(self.train), generator).to(self.device)
        losses = torch.zeros(self.steps_per_epoch, device=self.device)
        self.epoch_started = reported_at = time.perf_counter()
        reported = first
        self.model.train()
        bar = tqdm(
            total=self.steps_per_epoch, initial=first, desc=f"epoch {epoch + 1}/{c.epochs}", leave=False, disable=None
        )
        with bar:
            for index in range(first, self.steps_per_epoch):
                rows = slice(index * c.batch_size, (index + 1) * c.batch_size)
                batch = rows if order is None else order[rows]
                losses[index] = self._train_step(self.train.images[batch], self.train.labels[batch], draws[rows])

                # Reading a loss waits for the device: not every batch, but the first at once, for the eyes.
                now = time.perf_counter()
                if now - reported_at > REPORT_INTERVAL_S or index == first or index + 1 == self.steps_per_epoch:
                    values = losses[reported : index + 1].tolist()
                    now = time.perf_counter()
                    self._report_batches(epoch, values, now - reported_at)
                    bar.update(index + 1 - reported)
                    reported, reported_at = index + 1, now
                    self.request = self.request or self.folder.requested()
                    if self.request and index + 1 < self.steps_per_epoch:
                        self._count_time()
                        return False
        return True

    def _train_step(self, *batch: Tensor) -> Tensor:
        """A step on images, labels and draws; returns the loss."""
        rate = learning_rate(self.config, self.step / self.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        size = len(batch[0])
        shares = self.each(lambda *share: self._gradients(size, *share), *(part.chunk(self.shares) for part in batch))
        (loss, gradients), *others = shares
        for more_loss, more in others:
            loss = loss + more_loss
            gradients = torch._foreach_add(gradients, more)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = gradient
        self.optimizer.step()
        self.step += 1
        return loss

    def _gradients(self, size: int, x: Tensor, y: Tensor, draws: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """What these images add to the loss of a batch of `size`, and to its gradients."""
        if not self.augmentation.is_none:
            x = self.augmentation.apply(x, draws)
        loss = functional.cross_entropy(self.model(x), y, label_smoothing=self.config.label_smoothing)
        if len(x) < size:
            loss = loss * (len(x) / size)
        return loss.detach(), torch.autograd.grad(loss, self.parameters)

    def _finish_epoch(self) -> None:
        """Tests, saves and reports the epoch just trained."""
        epoch = self.step // self.steps_per_epoch
        began = time.perf_counter()
        tested, predicted = self.tested(epoch)
        self.pace.note_test(time.perf_counter() - began)
        self._count_time()
        record: EpochLine = {**tested, "seconds": self.epoch_s, "train_s": self.train_s, "time": round(time.time(), 3)}
        self.epoch_s = 0.0
        save_weights(self.model.state_dict(), self.folder.path / record["checkpoint"])
        self.folder.write_predictions(epoch, predicted)
        self.epochs.append(record)
        self._tell(record)
        # Last: killed before this line, the epoch is trained once more and comes out the same.
        self._save()

    def tested(self, epoch: int) -> tuple[Tested, bytes]:
        """What the network, as it is now, comes to after `epoch`: a record, and its answer to each test image."""
        logits = all_logits(self.model, self.test.images, self.each)
        test, predicted = scores(logits, self.test.labels), logits.argmax(1)
        part = self.scored
        train = scores(all_logits(self.model, part.images, self.each), part.labels)
        holdout = (
            scores(all_logits(self.model, self.holdout.images, self.each), self.holdout.labels)
            if self.holdout
            else None
        )
        if not all(math.isfinite(s["loss"]) for s in (train, test)):
            raise TrainingError(because("not-a-number", when="after", epoch=epoch))
        record: Tested = {
            "kind": "epoch",
            "epoch": epoch,
            "step": epoch * self.steps_per_epoch,
            "train": train,
            "holdout": holdout,
            "test": test,
            "checkpoint": self._checkpoint_name(epoch, test["accuracy"]),
            "confusion": confusion(predicted, self.test.labels),
            "worst": worst_mistakes(logits, self.test.labels),
        }
        return record, predicted.to(torch.uint8).cpu().numpy().tobytes()

    def _is_enough(self) -> bool:
        """The stop rules, at the end of an epoch."""
        if not self.epochs or self.step % self.steps_per_epoch:
            return False
        accuracies = [0.0] + [epoch["test"]["accuracy"] for epoch in self.epochs]
        moved_little = abs(accuracies[-1] - accuracies[-2]) < self.config.stop_change
        return moved_little or (self.config.stop_accuracy < 1 and accuracies[-1] >= self.config.stop_accuracy)

    def _count_time(self) -> None:
        seconds = time.perf_counter() - self.epoch_started
        self.epoch_s += seconds
        self.train_s += seconds
        self.epoch_started += seconds

    def close(self) -> None:
        """Ends its threads and closes its files."""
        self.pool.shutdown()
        if self.events:
            self.events.close()

    # --- what stays ---------------------------------------------------------------------------------------------------

    def _checkpoint_name(self, epoch: int, accuracy: float) -> str:
        """The file name that the exercise asks for. If an earlier epoch has it, the epoch's number is added."""
        name = f"lenet_{self.config.dataset}_{accuracy:.3f}"
        taken = {earlier["checkpoint"] for earlier in self.epochs}
        return f"{name}.pt" if f"{name}.pt" not in taken else f"{name}_epoch{epoch}.pt"

    def _save(self) -> None:
        state: State = {
            "format": FORMAT,
            "step": self.step,
            "train_s": self.train_s,
            "epoch_s": self.epoch_s,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        save(state, self.folder.resume_state)

    def restore(self, was_damaged: bool = False) -> None:
        """Goes to where the folder's newest whole state left off; to the beginning if there is none.

        was_damaged: whether metrics.jsonl has lost lines. Raises OSError and TrainingError.
        """
        try:
            place = self.place = restore(self, was_damaged)
        except ValueError as error:
            raise TrainingError(because("records", error=f"metrics.jsonl: {error}")) from None
        self.step, self.train_s, self.epoch_s, self.epochs = place.step, place.train_s, place.epoch_s, place.epochs

    # --- what is told -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Says where it goes on from, and what of the epochs before had to be made again."""
        if not self.folder.resume_state.exists():  # so that one that is missing later is known to be lost
            self._save()
        note, again = self.place.note, self.place.again
        if note:
            print(f"note: {note}", file=sys.stderr, flush=True)
        told = self.step // self.steps_per_epoch - len(again)  # of the epochs so many are told already
        record: StartLine = {
            "kind": "start",
            "format": FORMAT,
            "epoch": told,
            "step": self.step,
            "steps": self.steps,
            "steps_per_epoch": self.steps_per_epoch,
            "epochs": self.config.epochs,
            "device": self.describe(),
            "images": len(self.train),
            "layers": layer_table(self.model),
        }
        self.folder.append(record | (note.to_json("note") if note else {}))
        for epoch in again:
            self.folder.append(epoch)
        self.events = EventFile(self.folder.path, read_whole(self.folder.lines()))

    def _tell(self, record: BatchesLine | EpochLine) -> None:
        self.folder.append(record)
        if self.events:
            self.events.add(record)

    def _report_batches(self, epoch: int, losses: list[float], seconds: float) -> None:
        if not all(map(math.isfinite, losses)):
            raise TrainingError(because("not-a-number", when="in", epoch=epoch + 1))
        trained_s = self.train_s + time.perf_counter() - self.epoch_started
        self.pace.note(self.step, trained_s)
        step_s, test_s = self.pace.seconds_a_step(), self.pace.seconds_a_test()
        record: BatchesLine = {
            "kind": "batches",
            "epoch": epoch + 1,
            "step": self.step - len(losses),
            "loss": losses,
            "time": round(time.time(), 3),
            "seconds": round(seconds, 3),
            "train_s": round(trained_s, 2),
            "images_per_s": step_s and test_s and round(len(self.train) / (self.steps_per_epoch * step_s + test_s)),
            "left_s": step_s and round(self._left_s(epoch, step_s, test_s), 1),
        }
        self._tell(record)

    def _left_s(self, epoch: int, step_s: float, test_s: float | None) -> float:
        """Seconds left when `epoch` epochs are done, by those of a step and a test; of the latter as long as there was
        none by how many images it has."""
        if test_s is None:
            images = len(self.test) + len(self.scored) + (len(self.holdout) if self.holdout else 0)
            test_s = TESTED_SHARE * images / len(self.train) * self.steps_per_epoch * step_s
        return (self.steps - self.step) * step_s + (self.config.epochs - epoch) * test_s

    def describe(self) -> str:
        """The device's name for people."""
        return describe(self.device, self.threads)

    def result(self, status: str, reason: Reason | None = None) -> JsonObject:
        """The run's outcome: the last line of the output, and of metrics.jsonl."""
        last = self.epochs[-1] if self.epochs else None
        return {
            "run": self.folder.id,
            "status": status,
            "epochs": last["epoch"] if last else 0,
            "accuracy": last["test"]["accuracy"] if last else None,
            "train_s": round(self.train_s, 3),
            "checkpoint": str(self.folder.path / last["checkpoint"]) if last else None,
        } | (reason.to_json() if reason else {})


def train(config: TrainConfig, folder: RunFolder, data_root: Path, preset: str) -> JsonObject:
    """Trains in `folder`, new or begun, and returns the result. Failure is a status with a reason, not an exception.

    Raises filelock.Timeout if another process is training there, and OSError where there can be no such folder.
    """
    folder.make()
    lock = folder.lock()
    acquire(lock, LOCK_WAIT_S)
    try:
        return _train(config, folder, data_root, preset)
    finally:
        lock.release()


def _train(config: TrainConfig, folder: RunFolder, data_root: Path, preset: str) -> JsonObject:
    """As `train`, for a caller who holds the folder's lock."""
    trainer = None
    status, reason = "failed", None
    try:
        with naming(folder.path / "pid"), open_file(folder.path / "pid", "wb") as file:
            file.write(str(os.getpid()).encode())
        was_damaged = folder.mend()
        if folder.read_json("config.json") is None:
            folder.write_json("config.json", _about(config, folder, preset))
        datasets.ensure(config.dataset, data_root, _tell_download(folder))
        trainer = Trainer(config, folder, data_root)
        trainer.restore(was_damaged)
        with _signals(trainer):
            status = trainer.run()
    except datasets.CancelledError:
        status = ENDINGS[folder.requested() or "pause"]
    except (TrainingError, datasets.DataMissingError) as error:
        reason = error.reason
    except torch.OutOfMemoryError as error:
        reason = because("gpu-memory", error=str(error).splitlines()[0])
    except OSError as error:
        reason = because("disk", error=plain(error))
        where = error.filename or folder.path
        print(f"error: {error.strerror or error}: {where}", file=sys.stderr)
    except Exception as error:
        traceback.print_exc()  # a bug: the status is for the page, the trace for whoever mends it
        reason = because("mistake", error=f"{type(error).__name__}: {error}")
    nothing = {"run": folder.id, "status": status, "epochs": 0, "accuracy": None, "train_s": 0, "checkpoint": None}
    if trainer:
        with contextlib.suppress(OSError):  # told already, or of no weight: its curves in TensorBoard
            trainer.close()
    result = trainer.result(status, reason) if trainer else nothing | (reason.to_json() if reason else {"reason": None})
    try:
        # The name alone: the file is beside it, and whoever reads the record need not know where that is.
        checkpoint = Path(str(result["checkpoint"])).name if result["checkpoint"] else None
        told = {"kind": "end"} | result | {"checkpoint": checkpoint}
        folder.append(told | (reason.cleaned().to_json() if reason else {}))
    except OSError as error:  # the disk is full: the exit code and the output still tell, and who forked this process
        disk = because("disk", error=plain(error))
        if str(reason) != str(disk):  # else it is said already
            print(f"could not note the end of the run: {error}", file=sys.stderr)
        reason = reason or disk  # with no end in its records it is not finished
        result |= {"status": "failed"} | reason.to_json()
        last_words.say(end_record(folder.id, "failed", reason.cleaned(MOST_SAID)))
    return result


@contextlib.contextmanager
def _signals(trainer: Trainer) -> Iterator[None]:
    """Ctrl-C stops the run, every other such signal pauses it: at the next report, with everything saved."""

    def ask(number: signal.Signals) -> None:
        trainer.request = "stop" if number == signal.SIGINT else "pause"

    with signals.calling(signals.heeded(), ask):
        yield


def _about(config: TrainConfig, folder: RunFolder, preset: str) -> JsonObject:
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    about = {"format": FORMAT, "run": folder.id, "created": time.time(), "preset": preset, "config": config.to_json()}
    threads = threads_of(config)
    return about | {"versions": versions, "device": describe(pick_device(config.device), threads), "threads": threads}


def _tell_download(folder: RunFolder) -> datasets.Progress:
    bar: tqdm | None = None

    def tell(source: str | None, done: int, total: int) -> None:
        nonlocal bar
        bar = bar or tqdm(total=total, unit="B", unit_scale=True, disable=None)
        bar.set_description(source or datasets.ELSEWHERE, refresh=False)
        bar.update(done - bar.n)
        folder.append({"kind": "data", "source": source, "done": done, "total": total})
        if folder.requested():
            raise datasets.CancelledError("asked to end")

    return tell
