"""A moment of a run: a recording and an epoch. The link of one has two keys more, which the original ignores:

    ...&epoch=250&edits=100:rate:0.1,200:weight:0:1:2:-0.5

No IO.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.settings import Number
from playground import address, link, values
from playground.config import Config, ConfigError
from playground.point_set import PointSetError
from playground.recording import edits
from playground.recording.edits import Edit
from playground.recording.recording import MOST_EDITS, MOST_POINTS, Recording, Stamped

EPOCH = Number(0, 200_000, whole=True)  # most of an hour at 60 a second; what a link may cost


@dataclass(frozen=True)
class Moment:
    recording: Recording
    epoch: int = 0

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.recording.settings(self.epoch)


def untrained(config: Config) -> Moment:
    """The beginning of a run that nobody has edited."""
    return Moment(Recording(config))


def parse(text: str, find: link.Find = link.nowhere) -> Moment:
    """The moment of a link: a whole URL, or its part after #. find: as for `link.parse`, which also says what is
    raised."""
    moment, warnings = parse_leniently(text, find)
    for warning in warnings:
        if not warning.as_original:
            raise warning.error
    return moment


def parse_leniently(text: str, find: link.Find = link.nowhere) -> tuple[Moment, list[link.Warning]]:
    """As `parse`, but what cannot be taken as it stands is replaced and listed, as by `link.parse_leniently`: an epoch
    by the nearest, edits by none."""
    config, warnings = link.parse_leniently(text, find)
    text, long = link.shortened(text)
    pairs = address.pairs(text) | long if link.is_readable(text) else {}
    epoch, recording = 0, Recording(config)
    if pairs.get("epoch"):
        value = values.parse_number(pairs["epoch"])
        try:
            epoch = int(EPOCH.check(value))
        except ValueError as error:
            try:
                epoch = int(values.nearest(EPOCH, value))  # type: ignore[call-overload]
            except (ValueError, OverflowError):
                epoch = 0
            wrong = ConfigError("epoch", pairs["epoch"], str(error), EPOCH.code, EPOCH.limits)
            warnings.append(link.Warning(wrong, str(epoch)))
    if given := pairs.get("edits", "").strip(","):  # as a comma stands between two, one may stand after the last
        try:
            recording = _with_edits(recording, given, epoch)
        except ConfigError as error:
            warnings.append(link.Warning(error, ""))
    return Moment(recording, epoch), warnings


def _with_edits(recording: Recording, text: str, last: int) -> Recording:
    """Raises ConfigError, which names the one that is wrong."""
    parts = text.split(",")
    if len(parts) > MOST_EDITS:
        raise ConfigError("edits", len(parts), f"at most {MOST_EDITS}", "edits-of-link", {"most": MOST_EDITS})
    before = 0
    stamped = []
    strokes: list[tuple[str, Edit]] = []  # as they stand there; all are tried together, each after those before it
    for part in parts:
        number, _, rest = part.partition(":")
        try:
            epoch = EPOCH.check(values.parse_number(number))
            if epoch < before:
                raise ValueError("the edits in the order of their epochs")
            if epoch > last:
                raise ValueError(f"no edit after the link's epoch, {last}")
            edit = edits.read(rest)
            if isinstance(edit, edits.Add | edits.Drop):
                edits.own_data(recording.config)
                strokes.append((part, edit))
            else:
                edits.check(edit, recording.config)
        except ValueError as error:
            want = f"{error.field}: {error.want}" if isinstance(error, ConfigError) else str(error)
            raise ConfigError("edits", part, want, "edit") from None
        before = int(epoch)
        stamped.append(Stamped(before, edit))
    points = sum(edits.count_points(edit) for _, edit in strokes)
    if points > MOST_POINTS:
        raise ConfigError("edits", points, f"at most {MOST_POINTS} points", "points-of-link", {"most": MOST_POINTS})
    try:
        if strokes:
            edits.edited(edits.own_data(recording.config), [edit for _, edit in strokes])
    except PointSetError as error:
        raise ConfigError("edits", strokes[error.stroke][0], str(error), "edit") from None
    return recording.with_edits(stamped)


def write(moment: Moment) -> str:
    """The link of `moment`."""
    parts = [link.write(moment.recording.config)]
    if moment.epoch:
        parts.append(f"epoch={moment.epoch}")
    if stamped := moment.recording.until(moment.epoch).edits:
        parts.append("edits=" + ",".join(f"{epoch}:{edits.written(edit)}" for epoch, edit in stamped))
    return "&".join(parts)
