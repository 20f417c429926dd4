"""Types of files: the application's own, whatever the system's registry or mime.types says of a suffix."""

import mimetypes

TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def use_own_types() -> None:
    """From now on files of this process have these types."""
    for suffix, type_ in TYPES.items():
        mimetypes.add_type(type_, suffix)
