"""The date of today, as products state it."""

from __future__ import annotations

from datetime import UTC, datetime


def today() -> str:
    """The present day in UTC, for `made_on`."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
