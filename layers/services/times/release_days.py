"""Days of release in the names of imagery, such as "World Imagery (Wayback 2014-02-20)": no dates of images."""

from __future__ import annotations

import re
from datetime import date

_NAMED = re.compile(
    r"\b(?:wayback|released?|publication|published)(?:\s+(?:of|on))?[\s:(_-]{0,3}(\d{4})[-_](\d\d)[-_](\d\d)(?!\d)",
    re.IGNORECASE | re.ASCII,
)


def release_day(name: str) -> str:
    """The day of release that a name tells, as an ISO date; empty without one."""
    match = _NAMED.search(name[:500])
    try:
        return "" if match is None else date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""
