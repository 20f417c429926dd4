"""What the edge turned away: answered, counted, and told to the log."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from core.refused import RefusedError

log = logging.getLogger("web")

# The code of what HTTP itself refuses, by its status. The page has a text for each.
CODES = {400: "bad-request", 404: "no-address", 405: "no-method", 413: "body-too-large", 415: "media-type"}


def of_http(status: int, sentence: str) -> RefusedError:
    """What a library refuses, which says no more of it than a status and an English sentence."""
    return RefusedError(status, sentence, CODES.get(status, "http"))


class Refusals:
    """Counts by reason. Each is told to the log, which leaves most of a flood out (`web.logs.Thinned`)."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def note(self, reason: str, **fields: Any) -> None:
        """One more. `fields` go into its log line."""
        with self._lock:
            self.counts[reason] += 1
        log.warning("refused", extra={"reason": reason, **fields})

    def note_request(self, text: str, address: str) -> None:
        """One more that was no HTTP request."""
        self.note("malformed", text=text, address=address)

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, reason: str, status: str, text: str
    ) -> Iterable[bytes]:
        """One more, told to the client over HTTP: as a line of text or, below /api/, as its errors are told."""
        path = environ.get("PATH_INFO", "")
        self.note(reason, path=path[:100], address=environ.get("REMOTE_ADDR"), text=text)
        body, kind = f"{text}\n", "text/plain; charset=utf-8"
        if path.startswith("/api/"):
            refusal = RefusedError(int(status[:3]), text, reason)
            body, kind = json.dumps(refusal.to_json()) + "\n", "application/json"
        headers = [("Content-Type", kind), ("Content-Length", str(len(body.encode())))]
        if status.startswith("503"):
            headers.append(("Retry-After", "5"))
        start_response(status, headers)
        return [body.encode()]
