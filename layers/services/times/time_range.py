"""The days between which the steps through the times of a dated layer stay, kept in the layer's source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.services.times.time_spelling import instant_of

RANGE_KEY = "time_range"
"""Key of a layer's source for the range."""


class TimeRange(Struct, frozen=True):
    """The first and the last day as ISO dates; an empty text is no limit on that side."""

    first: str = ""
    last: str = ""

    @property
    def begins(self) -> date:
        """The first day."""
        return _day(self.first) or date.min

    @property
    def ends(self) -> date:
        """The last day."""
        return _day(self.last) or date.max

    def holds(self, day: date) -> bool:
        """True for a day within the range."""
        return self.begins <= day <= self.ends

    @classmethod
    def of_source(cls, source: Mapping[str, Any]) -> Self | None:
        """The range in a layer's source; None without one that makes sense."""
        known = decoded_or_none(source.get(RANGE_KEY), cls)
        return known if known is not None and (known.first or known.last) and known.begins <= known.ends else None


def _day(text: str) -> date | None:
    moment = instant_of(text)
    return None if moment is None else moment.date()
