"""How a run's network is trained and tested, as code: the schedule, the optimizer, an epoch, a test."""

from __future__ import annotations

from lenet.config import TrainConfig
from lenet.export.augment_code import is_distorted
from lenet.export.origin import Origin

TEST = '''@torch.inference_mode()
def test(model, images, labels):
    """Mean loss, and the share of right answers."""
    model.eval()
    logits = torch.cat([model(part) for part in images.split(500)])
    right = (logits.argmax(dim=1) == labels).sum().item()
    return functional.cross_entropy(logits, labels).item(), right / len(labels)'''


def has_rates(config: TrainConfig) -> bool:
    """Whether the learning rate changes."""
    return config.schedule != "constant" or config.warmup > 0


def rate(config: TrainConfig) -> str:
    """The learning rate at a step; nothing where it is always the same."""
    if not has_rates(config):
        return ""
    lines = []
    if config.warmup:
        lines += ["    if done < WARMUP:", "        return LEARNING_RATE * done / WARMUP"]
        if config.schedule != "constant":
            lines.append("    done = (done - WARMUP) / (1 - WARMUP)")
    lines.append(
        {
            "constant": "    return LEARNING_RATE",
            "cosine": "    return LEARNING_RATE * (0.5 * (1 + math.cos(math.pi * done)))",
            "linear": "    return LEARNING_RATE * (1 - done)",
        }[config.schedule]
    )
    return "\n".join(
        ["def learning_rate(done):", '    """The rate when the share `done` of all steps is done."""', *lines]
    )


def optimizer(config: TrainConfig) -> str:
    if config.optimizer == "sgd":
        momentum = ", momentum=MOMENTUM, nesterov=True" if config.momentum else ""
        made = f"torch.optim.SGD({{}}, lr=LEARNING_RATE{momentum}, fused=True)"
    else:
        made = "torch.optim.AdamW({}, lr=LEARNING_RATE, betas=(MOMENTUM, 0.99), weight_decay={}, fused=True)"
    if not config.weight_decay:
        made = made.format("model.parameters()", 0)
        return f"def optimizer_of(model):\n    return {made}"
    made = made.format("[weights, biases]", 0)
    return f"""def optimizer_of(model):
    weights = {{"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": WEIGHT_DECAY}}
    biases = {{"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0}}
    return {made}"""


def epoch(origin: Origin) -> str:
    config = origin.config
    order = "torch.randperm(len(labels), generator=generator)" if config.shuffle else "torch.arange(len(labels))"
    smoothing = ", label_smoothing=LABEL_SMOOTHING" if config.label_smoothing else ""
    moves, is_split = is_distorted(config), origin.is_on_cpu and origin.threads > 1
    moved = "" if origin.is_on_cpu else ".to(DEVICE)"
    lines = []
    if config.shuffle or moves:
        lines.append("    generator = torch.Generator().manual_seed(SEED * 2**20 + epoch)")
    lines.append(f"    order = {order}{moved}" + ("" if config.shuffle else "  # the file's"))
    batches = "order.split(BATCH_SIZE)"
    names = "batch"
    if moves:
        lines.append("    # All that distorts an image: six numbers from -1 to 1" + _elastic(config))
        lines.append("    draws = torch.rand(len(labels), 6, generator=generator) * 2 - 1")
        if config.elastic:
            lines.append("    smooth = torch.randn(len(labels), 2 * 6 * 6, generator=generator)")
            lines.append("    draws = torch.cat([draws, smooth], dim=1)")
        if moved:
            lines.append(f"    draws = draws{moved}")
        batches, names = f"zip({batches}, draws.split(BATCH_SIZE))", "batch, drawn"
    lines.append("    model.train()")
    if has_rates(config):
        lines.append("    steps = math.ceil(len(labels) / BATCH_SIZE)")
        lines.append(f"    for step, {f'({names})' if moves else names} in enumerate({batches}):")
        lines += [
            "        for group in optimizer.param_groups:",
            '            group["lr"] = learning_rate((epoch * steps + step) / (EPOCHS * steps))',
        ]
    else:
        lines.append(f"    for {names} in {batches}:")
    lines.append("        optimizer.zero_grad()")
    inner, part, drawn = ("    ", "part", "its") if is_split else ("", "batch", "drawn")
    if is_split:
        parts = "zip(batch.chunk(PARTS), drawn.chunk(PARTS))" if moves else "batch.chunk(PARTS)"
        lines.append(f"        for part{', its' if moves else ''} in {parts}:")
    x = f"distorted(images[{part}], {drawn})" if moves else f"images[{part}]"
    lines += [
        f"        {inner}answers = model({x})",
        f"        {inner}loss = functional.cross_entropy(answers, labels[{part}]{smoothing})",
        f"        {inner}{'(loss * (len(part) / len(batch)))' if is_split else 'loss'}.backward()",
    ]
    lines.append("        optimizer.step()")
    body = "\n".join(lines)
    return f'''def train(model, optimizer, images, labels, epoch):
    """One pass over the images. epoch: counted from 0."""
{body}'''


def _elastic(config: TrainConfig) -> str:
    return ", and a bend at 6 x 6 points." if config.elastic else "."
