"""The nudge of a layer, checked: `nudge_json` of its row holds a shift on the ground with its author, or counts as
absent.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.document.json_fields import finite_numbers, json_object
from layers.errors import InvalidValue
from layers.phrase import Phrase, joined

MOST_M = 30_000.0
"""Farthest that a layer may be moved: one that is further off is placed wrongly, not nudged."""
HOWS = ("hand", "phase correlation")
_MOST_CHARS = 20_000
_LONGEST = 200
_POLE_DEG = 89.0
_SIGNED = re.compile(
    r"(moved by [^\n]{1,300}? m (?:east|west), [\d.,]{1,20} m (?:north|south)(?:, parts differ by [\d.,]{1,20} m)?)"
    r", (?!\d{4}-\d\d-\d\d|parts differ by )[^\n;]{1,200}?(, \d{4}-\d\d-\d\d)"
)


class Nudge(Struct, frozen=True):
    """Metres true east and true north at a place of the layer, by which it is shifted on a map of any CRS."""

    dx_m: float
    dy_m: float
    lon: float
    lat: float
    by: str = ""
    at: str = ""
    """The day and time as the history stamps them."""
    how: str = "hand"
    against: str = ""
    """Name of the layer that it was registered to."""
    residual_m: float | None = None

    @property
    def is_none(self) -> bool:
        return self.dx_m == 0.0 and self.dy_m == 0.0

    @property
    def offset_words(self) -> str:
        """The shift in words, such as "12.4 m east, 3 m north"."""
        x, y = _metres(self.dx_m), _metres(self.dy_m)
        east = Phrase("{metres} m east", metres=x) if self.dx_m >= 0 else Phrase("{metres} m west", metres=x)
        north = Phrase("{metres} m north", metres=y) if self.dy_m >= 0 else Phrase("{metres} m south", metres=y)
        return joined(", ", [east, north])

    @property
    def words(self) -> str:
        """The nudge in words, such as "moved by hand 12.4 m east, 3 m north, A. Analyst, 2026-11-27"."""
        how = Phrase("by hand") if self.how == "hand" else Phrase("by {how}", how=Phrase(self.how))
        if self.against:
            how = Phrase("{how} onto “{against}”", how=how, against=self.against)
        spread = (
            Phrase(", parts differ by {metres} m", metres=_metres(self.residual_m))
            if self.residual_m is not None
            else ""
        )
        moved = Phrase("moved {how} {offset_words}{spread}", how=how, offset_words=self.offset_words, spread=spread)
        return joined(", ", [part for part in (moved, self.by, self.at[:10]) if part])

    @property
    def unsigned_words(self) -> str:
        """The same without the name of its author, for products."""
        return replace(self, by="").words

    def to_json(self) -> str:
        """The text that `read_nudge` reads; empty for none."""
        if self.is_none:
            return ""
        data: dict[str, Any] = {"dx_m": self.dx_m, "dy_m": self.dy_m, "lon": self.lon, "lat": self.lat}
        more = {"by": self.by, "at": self.at, "how": self.how, "against": self.against, "residual_m": self.residual_m}
        return json.dumps(data | {key: value for key, value in more.items() if value not in ("", None)})


def without_mover(text: str) -> str:
    """A text without the names of those who moved layers, where it has the words of a nudge."""
    return _SIGNED.sub(r"\1\2", text) if "moved by " in text else text


@lru_cache(maxsize=256)
def read_nudge(text: str) -> Nudge | None:
    """The nudge in a row's `nudge_json`; None for empty text, for no shift, and for anything that is no nudge."""
    if not text or len(text) > _MOST_CHARS:
        return None
    try:
        data = json_object(text, Phrase("A layer's nudge"))
        dx, dy, lon, lat = finite_numbers(data, ("dx_m", "dy_m", "lon", "lat"), Phrase("A layer's nudge"))
    except InvalidValue:
        return None
    if math.hypot(dx, dy) > MOST_M or abs(lon) > 360.0 or abs(lat) > _POLE_DEG:
        return None
    how = data.get("how")
    how = how if isinstance(how, str) and how in HOWS else "hand"
    by, at, against = (_text(data.get(key)) for key in ("by", "at", "against"))
    nudge = Nudge(dx, dy, lon, lat, by, at, how, against, _length(data.get("residual_m")))
    return None if nudge.is_none else nudge


def _text(value: Any) -> str:
    """One line, or nothing."""
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _length(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= MOST_M else None


def _metres(value: float) -> str:
    """Centimetres below ten metres, decimetres above."""
    size = abs(value)
    return f"{size:.2f}".rstrip("0").rstrip(".") if size < 10 else f"{size:.1f}".rstrip("0").rstrip(".")
