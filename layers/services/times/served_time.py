"""The time of which a server has drawn a map, where its answer warns that it is another one than was asked for."""

from __future__ import annotations

import re

from layers.services.times.time_spelling import instant_of

_IS_OF_SERVER = re.compile(r"(?:^|,)\s*99\b")
_NEAREST = re.compile(r"(?<!no )\bnearest\b", re.IGNORECASE)
_TIME = re.compile(r"\btime\s*=\s*\"?([^\s\",;]+)", re.IGNORECASE)
_ANY_DIMENSION = re.compile(r"\b\w+\s*=")


def served_time(warning: str, wanted: str) -> str | None:
    """The time that was served instead of the one `wanted`, by a "Warning: 99 Nearest value used: time=..." header.

    Empty where the server does not name it; None where it served what was asked for, or warns of other things.
    """
    if not _IS_OF_SERVER.search(warning):
        return None
    named = _TIME.search(warning)
    if named is None:
        return "" if _NEAREST.search(warning) and not _ANY_DIMENSION.search(warning) else None
    served = named[1]
    if served == wanted or (instant_of(served) is not None and instant_of(served) == instant_of(wanted)):
        return None
    return served
