"""Which Playlab this is, and what the same results depend on besides. CHANGELOG.md says what is new in it.

No system knows it otherwise: Playlab is not installed as a package, and an image or an archive has no history.
"""

from __future__ import annotations

import platform
from importlib import metadata

VERSION = "1.0.0.dev0"  # of what will be the next release


def versions() -> list[tuple[str, str]]:
    """What a run depends on, for whoever wants to come to the same."""
    packages = (("PyTorch", "torch"), ("NumPy", "numpy"))
    found = [(name, metadata.version(package)) for name, package in packages]
    return [("Playlab", VERSION), ("Python", platform.python_version()), *found]
