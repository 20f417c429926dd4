"""How long a browser keeps an answer. No Flask: what Flask answers with is a response of werkzeug."""

from __future__ import annotations

from werkzeug.wrappers import Response

_YEAR_S = 365 * 24 * 3600


def keep(response: Response) -> None:
    """For what never changes at its address. In the browser alone, no proxy: it may be for one's eyes only, and a
    newcomer's brings a cookie."""
    response.cache_control.private = response.cache_control.immutable = True
    response.cache_control.max_age = _YEAR_S
