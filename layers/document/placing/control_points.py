"""The control points of a layer's row, judged: `control_points_json` holds a set of points, or counts as absent."""

from __future__ import annotations

import json
from functools import lru_cache

from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.raster.point_fit.control_point import PointSet

MOST_CHARS = 200_000


@lru_cache(maxsize=64)
def read_control_points(text: str) -> PointSet | None:
    """The points in a row's `control_points_json`; None for empty text, and for anything that is no set of points."""
    if not text or len(text) > MOST_CHARS:
        return None
    try:
        data = json_object(text, Phrase("A layer's control points"))
        return PointSet.from_json(data) if data else None
    except InvalidValue:
        return None


def written_control_points(points: PointSet) -> str:
    """The text that `read_control_points` reads."""
    return json.dumps(points.to_json())
