"""The present time as cases write it."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """The present time in UTC: ISO 8601 with a Z, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
