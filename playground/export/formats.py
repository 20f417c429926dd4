"""The formats in which a run is taken home. What writes them is in `files`. No IO."""

from __future__ import annotations

from core.settings import Choice

FORMAT = Choice(("py", "ipynb", "onnx", "csv", "png", "svg"))
OF_A_WORKER = Choice(("py", "ipynb", "onnx"))  # the others the page draws and lists by itself
BINARY = ("onnx", "png")
TABLE = Choice(("losses", "points"))  # what a CSV has
