"""How many files this process may have open, and how many of them are for its connections."""

from __future__ import annotations

import contextlib

MOST = 2144  # wanted; a connection takes one, and one more for a file that is sent to it
_RESERVED = 96  # for everything that is no connection: pipes to workers, files of runs, modules


def for_connections() -> int:
    """Raises the limit of open files as far as allowed and wanted. Returns how many of them connections may take."""
    try:
        import resource
    except ImportError:  # Windows
        return MOST - _RESERVED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < MOST:
        soft = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MOST if soft == resource.RLIM_INFINITY else min(MOST, soft)
    return max(32, files - _RESERVED)
