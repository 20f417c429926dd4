"""The run of a checkpoint as one readable PyTorch file, which trains it again. No torch here.

The file has what the run's settings ask for and nothing else. It draws its random numbers and adds its sums as the
trainer does (`lenet.training.trainer`), so on a processor of the same kind with the same PyTorch it has the same bits.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lenet.config import TRAIN_SCORE_IMAGES, TrainConfig
from lenet.data.datasets import DATASETS
from lenet.export import head_code, network_code, training_code
from lenet.export.augment_code import distorted
from lenet.export.origin import Origin

_SETTINGS = (  # those that are numbers, and for which of their values nothing is done
    ("seed", None), ("train_images", 60_000), ("holdout", 0), ("epochs", None), ("batch_size", None),
    ("learning_rate", None), ("warmup", 0), ("momentum", 0), ("weight_decay", 0), ("label_smoothing", 0),
    ("stop_change", 0), ("stop_accuracy", 1), ("shift", 0), ("rotate", 0), ("scale", 0), ("shear", 0), ("elastic", 0),
)  # fmt: skip
_COMMENTS = {
    "train_images": "the first ones",
    "holdout": "of them the last ones, which are not trained on",
    "learning_rate": "the highest one",
    "warmup": "share of the steps in which the rate rises from 0",
    "momentum": "AdamW's first beta",
    "weight_decay": "of weights, not of biases",
    "label_smoothing": "probability given to the other classes",
    "stop_change": "training ends when the test accuracy moves by less",
    "stop_accuracy": "training ends when the test accuracy reaches this",
    "shift": "pixels, at most, to each side",
    "rotate": "degrees, at most, to each side",
    "scale": "share of the size, at most, per axis",
    "shear": "degrees, at most, to each side",
    "elastic": "pixels: standard deviation of a smooth distortion",
}


def script(origin: Origin) -> str:
    """The file. It trains up to the checkpoint's epoch."""
    origin, config = _harmless(origin), origin.config
    parts = [
        head_code.head(origin),
        _settings(origin),
        _shown(origin),
        _data(config),
        network_code.written(config, is_plain=not origin.is_on_cpu),
        distorted(config),
        training_code.rate(config),
        training_code.optimizer(config),
        training_code.epoch(origin),
        training_code.TEST,
        _main(origin),
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _harmless(origin: Origin) -> Origin:
    """What stood in files and is written into comments, without what could end one."""

    def harmless(text: str | None) -> str | None:
        return text and re.sub(r"[^\w .,:+()@-]", "_", text)

    checkpoint = harmless(origin.checkpoint) or ""
    return replace(origin, checkpoint=checkpoint, device=harmless(origin.device), torch=harmless(origin.torch))


# --- its parts, in their order ----------------------------------------------------------------------------------------


def _settings(origin: Origin) -> str:
    config, lines = origin.config, ['DATA = sys.argv[1] if len(sys.argv) > 1 else "data"']
    if not origin.is_on_cpu:
        lines.append('DEVICE = "cuda" if torch.cuda.is_available() else "cpu"')
    elif origin.threads > 1:
        lines.append(f"PARTS = {origin.threads}  # of a batch; their gradients are added, as Playlab's threads do")
    for name, nothing in _SETTINGS:
        value = getattr(config, name)
        if value == nothing and not (name == "momentum" and config.optimizer == "adamw"):
            continue
        is_obvious = {
            "learning_rate": not training_code.has_rates(config),
            "momentum": config.optimizer == "sgd",
        }
        comment = "" if is_obvious.get(name) else _COMMENTS.get(name, "")
        lines.append(f"{name.upper()} = {value!r}" + (f"  # {comment}" if comment else ""))
        if name == "epochs" and (until := origin.until):
            lines.append(f"UNTIL = {until}  # the epoch of {origin.checkpoint}")
    return "\n".join(lines)


def _shown(origin: Origin) -> str:
    if not origin.epochs:
        return ""
    parts = [(one["epoch"], one["train"], one["test"]) for one in origin.epochs]
    rows = [f"    {n}: ({a['loss']!r}, {a['accuracy']!r}, {b['loss']!r}, {b['accuracy']!r})," for n, a, b in parts]
    return "\n".join(
        ["# Playlab's train loss and accuracy, test loss and accuracy after each epoch.", "SHOWN = {", *rows, "}"]
    )


def _data(config: TrainConfig) -> str:
    return f'''def load(train):
    """The images (n, 1, 28, 28), 0 for paper and 1 for ink, and the labels (n,)."""
    found = datasets.{DATASETS[config.dataset].folder}(DATA, train=train, download=True)
    return found.data[:, None].float() / 255, found.targets'''


def _main(origin: Origin) -> str:
    config, is_known = origin.config, bool(origin.epochs)
    is_on_cpu, until = origin.is_on_cpu, origin.until
    cls = network_code.name_of(config)
    lines = []
    if is_on_cpu:
        lines.append("    torch.set_num_threads(1)  # so that sums are added in the same order everywhere")
    else:
        lines += [
            "    torch.use_deterministic_algorithms(True, warn_only=True)",
            "    torch.backends.cudnn.deterministic = True",
        ]
    moved = "" if is_on_cpu else ".to(DEVICE)"
    each = "load(train={})" if is_on_cpu else "(values.to(DEVICE) for values in load(train={}))"
    lines += [f"    images, labels = {each.format(True)}", f"    test_images, test_labels = {each.format(False)}"]
    if config.train_images < 60_000:
        lines.append("    images, labels = images[:TRAIN_IMAGES], labels[:TRAIN_IMAGES]")
    if config.holdout:
        lines += [
            "    held_images, held_labels = images[-HOLDOUT:], labels[-HOLDOUT:]",
            "    images, labels = images[:-HOLDOUT], labels[:-HOLDOUT]",
        ]
    lines += ["", "    torch.manual_seed(SEED)", f"    model = {cls}(){moved}", "    optimizer = optimizer_of(model)"]
    stops = config.stop_change > 0 or config.stop_accuracy < 1
    if config.stop_change:
        lines.append("    before = 0.0")
    if is_known:
        lines.append("    largest = 0.0  # difference of a loss or an accuracy to Playlab's")
    held_head = "  held-out loss  accuracy" if config.holdout else ""
    held = "  {held[0]:13.6f}  {100 * held[1]:6.2f} %" if config.holdout else ""
    tail_head = "  in Playlab" if is_known else ""
    lines.append(f'    print("epoch  train loss  accuracy{held_head}  test loss  accuracy{tail_head}")')
    lines.append(f"    for epoch in range({'UNTIL' if until else 'EPOCHS'}):")
    lines.append("        train(model, optimizer, images, labels, epoch)")
    some = config.train_images - config.holdout > TRAIN_SCORE_IMAGES
    seen = f"images[:{TRAIN_SCORE_IMAGES}], labels[:{TRAIN_SCORE_IMAGES}]" if some else "images, labels"
    lines.append(f"        seen = test(model, {seen})")
    if config.holdout:
        lines.append("        held = test(model, held_images, held_labels)")
    lines.append("        unseen = test(model, test_images, test_labels)")
    row = "{epoch + 1:5}  {seen[0]:10.6f}  {100 * seen[1]:6.2f} %"
    row += f"{held}  {{unseen[0]:9.6f}}  {{100 * unseen[1]:6.2f}} %"
    if is_known:
        lines += [
            f'        line = f"{row}"',
            "        if theirs := SHOWN.get(epoch + 1):",
            "            differences = [abs(a - b) for a, b in zip((*seen, *unseen), theirs)]",
            "            largest = max(largest, *differences)",
            '            line += f"  {100 * theirs[3]:8.2f} %"',
            "        print(line, flush=True)",
        ]
    else:
        lines += [f'        line = f"{row}"', "        print(line, flush=True)"]
    if stops:
        rules = []
        if config.stop_change:
            rules.append("abs(unseen[1] - before) < STOP_CHANGE")
        if config.stop_accuracy < 1:
            rules.append("unseen[1] >= STOP_ACCURACY")
        lines += [f"        if {' or '.join(rules)}:", "            break"]
        if config.stop_change:
            lines.append("        before = unseen[1]")
    result = '"epoch": epoch + 1, "train_loss": seen[0], "test_loss": unseen[0], "test_accuracy": unseen[1]'
    lines.append(f"    result = {{{result}}}")
    if is_known:
        lines.append('    result["largest_difference"] = largest')
    lines.append("    print(json.dumps(result, allow_nan=False))")
    body = "\n".join(lines)
    return f"""def main():
{body}


if __name__ == "__main__":
    main()"""
