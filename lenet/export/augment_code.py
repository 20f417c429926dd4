"""The distortions of `lenet.data.augment` as code: those that a run's settings ask for."""

from __future__ import annotations

from lenet.config import TrainConfig


def is_distorted(config: TrainConfig) -> bool:
    """Whether any image is."""
    return any((config.shift, config.rotate, config.scale, config.shear, config.elastic))


def distorted(config: TrainConfig) -> str:
    """The function; nothing where no image is distorted."""
    if not is_distorted(config):
        return ""
    lines = []
    if config.rotate:
        lines += [
            "    angle = draws[:, 0] * math.radians(ROTATE)",
            "    cos, sin = torch.cos(angle), torch.sin(angle)",
        ]
    if config.scale:
        lines.append("    scale_x, scale_y = torch.exp(draws[:, 1] * SCALE), torch.exp(draws[:, 2] * SCALE)")
    if config.shear:
        lines.append("    shear = torch.tan(draws[:, 3] * math.radians(SHEAR))")
    if config.shift:
        lines.append("    shift_x, shift_y = draws[:, 4] * SHIFT * 2 / 28, draws[:, 5] * SHIFT * 2 / 28")
    rows = _rows(config)
    for name in ("zero", "one"):
        if any(name in row for row in rows):
            lines.append(f"    {name} = torch.{name}s(len(images), device=images.device)")
    lines += [
        "    # From a pixel of the result to the place that it is taken from, in units of half the side.",
        f"    row_x = torch.stack([{', '.join(rows[0])}], dim=1)",
        f"    row_y = torch.stack([{', '.join(rows[1])}], dim=1)",
        "    places = torch.stack([row_x, row_y], dim=1)",
        "    grid = functional.affine_grid(places, list(images.shape), align_corners=False)",
    ]
    if config.elastic:
        lines += [
            "    bend = draws[:, 6:].view(-1, 2, 6, 6) * (ELASTIC * 2 / 28)",
            '    bend = functional.interpolate(bend, (28, 28), mode="bicubic", align_corners=True)',
            "    grid = grid + bend.permute(0, 2, 3, 1)",
        ]
    lines.append('    return functional.grid_sample(images, grid, padding_mode="zeros", align_corners=False)')
    return "\n".join(
        [
            "def distorted(images, draws):",
            '    """Each image a little different. Outside of an image is 0, paper."""',
            *lines,
        ]
    )


def _rows(config: TrainConfig) -> tuple[list[str], list[str]]:
    """The two rows of an image's matrix, as expressions."""
    turned, sheared = config.rotate > 0, config.shear > 0
    across = "(shear * cos - sin)" if turned and sheared else "shear" if sheared else "-sin" if turned else None
    down = "(shear * sin + cos)" if turned and sheared else "cos" if turned else "one"
    scale_x, scale_y = ("scale_x", "scale_y") if config.scale else ("one", "one")
    shift_x, shift_y = ("shift_x", "shift_y") if config.shift else ("zero", "zero")
    row_x = [_product("cos" if turned else "one", scale_x), _product(across, scale_x), shift_x]
    row_y = [_product("sin" if turned else None, scale_y), _product(down, scale_y), shift_y]
    return row_x, row_y


def _product(one: str | None, other: str) -> str:
    if one is None:
        return "zero"
    return " * ".join(factor for factor in (one, other) if factor != "one") or "one"
