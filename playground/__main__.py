"""`python -m playground replay LINK`: trains a link without a server or a browser. `warm`: compiles the kernel."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from core import output
from core.numbers import whole
from playground import compiled, engine, link
from playground.config import ConfigError
from playground.serving import wire


def replay(address: str, epochs: int) -> dict[str, Any]:
    """The run of a link: its points, initial weights, losses after every epoch, final weights and output map."""
    run = engine.Engine(link.parse(address))
    scores = run.scores()
    result: dict[str, Any] = {
        "features": list(run.config.features),
        "train": run.train_points.tolist(),
        "test": run.test_points.tolist(),
        "initial_weights": run.mlp.as_json(),
        "losses": {"0": [scores.train_loss, scores.test_loss]},
    }
    for epoch in range(1, epochs + 1):
        run.train()
        scores = run.scores()
        result["losses"][str(epoch)] = [scores.train_loss, scores.test_loss]
    result["weights"] = run.mlp.as_json()
    result["heatmap"] = run.maps()[-1].tolist()
    return result


def _without_infinities(value: Any) -> Any:
    """JSON has no number that is not finite: null instead."""
    if isinstance(value, dict):
        return {key: _without_infinities(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_infinities(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def main(argv: list[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("warm", help="compile the kernel, so that the first start is quick")
    arguments = commands.add_parser("replay", help="train a link and write its run as JSON")
    arguments.add_argument("link", metavar="LINK", help="a URL, or its part after #")
    arguments.add_argument("--epochs", type=whole, required=True, metavar="N")
    arguments.add_argument("--out", metavar="FILE", type=_path, help="instead of standard output")
    options = parser.parse_args(argv)
    if options.command == "warm":
        wire.warm_up()
        if said := compiled.complaint() or compiled.elsewhere():
            print(said, file=sys.stderr)
        return 2 if compiled.complaint() else 0
    if options.epochs < 0:
        parser.error(f"invalid --epochs: {options.epochs} (want 0 or more)")
    try:
        result = replay(options.link, options.epochs)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    compiled.keep()
    text = json.dumps(_without_infinities(result), allow_nan=False) + "\n"
    try:
        _write(text, options.out)
    except OSError as error:
        print(f"{options.out or 'standard output'}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _path(text: str) -> Path:
    """`~` is the home folder, also after `--out=`, where no shell replaces it."""
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # of a user that there is not
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None


def _write(text: str, out: Path | None) -> None:
    """To a file or to standard output. Raises OSError."""
    if out:
        out.write_text(text, encoding="utf-8")
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        output.abandon()
        raise


if __name__ == "__main__":
    output.run(main)
