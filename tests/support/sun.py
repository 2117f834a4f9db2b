"""The sun at one instant; the program asks for many at once."""

from __future__ import annotations

from datetime import UTC, datetime

from layers.time.sun_position import Suns, suns_at


def sun_position(at: datetime, lon: float, lat: float) -> Suns:
    """The sun at an instant, which without a zone is UTC, as plain numbers."""
    instant = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return Suns(*(float(values) for values in suns_at(instant.timestamp(), lon, lat)))
