"""Features in columns: what a reader sends of a vector layer, ready to paint."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.geo.bounds import Bounds

POINT, LINE, POLYGON = 1, 2, 3


@dataclass(frozen=True, slots=True)
class VectorInfo:
    """One vector layer of a source file."""

    path: str
    driver: str
    name: str
    geometry: str
    """OGC name: Point, LineString, Polygon, Unknown, ... as the file says."""
    features: int
    crs: str
    fields: tuple[tuple[str, str], ...]
    """(name, type) pairs; types are integer, real, text, date, datetime, time, boolean, list, json, other."""
    bounds: Bounds | None
    """In `crs`; None for an empty layer."""
    bounds_lonlat: Bounds | None
    problems: tuple[str, ...] = ()
    style: dict[str, Any] = field(default_factory=dict)
    """A `VectorStyle` in JSON that the file itself gives; empty: none."""
    reading: dict[str, Any] = field(default_factory=dict)
    """How the file was understood: encoding and encoding_evidence; for tables also delimiter, header, columns (what
    says where the rows are), names (all columns), preview (the first rows as text), rows, placed."""

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return {
            "path": self.path, "driver": self.driver, "name": self.name, "geometry": self.geometry,
            "features": self.features, "crs": self.crs, "fields": [list(f) for f in self.fields],
            "bounds": None if self.bounds is None else list(self.bounds),
            "bounds_lonlat": None if self.bounds_lonlat is None else list(self.bounds_lonlat),
            "problems": list(self.problems), "style": self.style, "reading": self.reading,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> VectorInfo:
        """Raises KeyError, TypeError or ValueError where the header is not ours."""
        bounds, lonlat = data["bounds"], data["bounds_lonlat"]
        return cls(
            str(data["path"]), str(data["driver"]), str(data["name"]), str(data["geometry"]), int(data["features"]),
            str(data["crs"]), tuple((str(n), str(t)) for n, t in data["fields"]),
            None if bounds is None else Bounds(*bounds), None if lonlat is None else Bounds(*lonlat),
            tuple(str(p) for p in data["problems"]), dict(data.get("style") or {}), dict(data.get("reading") or {}),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """A chunk of features, projected to one canvas CRS.

    Features own parts (a point, a line's piece, a ring), parts own coordinates:
    feature i's parts are ``part_of[i]:part_of[i + 1]``, part j's coordinates ``xy[start_of[j]:start_of[j + 1]]``.
    `xy` are int32 steps from (`origin_x`, `origin_y`): world = origin + xy * step (Web Mercator: 9 mm a step).
    Polygons fill by the odd-even rule over all parts of a feature.
    """

    crs: str
    origin_x: float
    origin_y: float
    step: float
    kind: NDArray[np.uint8]
    """(n,) POINT, LINE or POLYGON."""
    fid: NDArray[np.int64]
    """(n,)"""
    part_of: NDArray[np.int32]
    """(n + 1,)"""
    start_of: NDArray[np.int32]
    """(m + 1,)"""
    xy: NDArray[np.int32]
    """(k, 2)"""
    bounds: NDArray[np.int32]
    """(n, 4) left, bottom, right, top in steps."""
    attributes: dict[str, list[Any]] = field(default_factory=dict)
    """Column name to n values (None = NULL), where attributes were asked for."""

    def __len__(self) -> int:
        return int(self.kind.shape[0])

    @property
    def nbytes(self) -> int:
        columns = (self.kind, self.fid, self.part_of, self.start_of, self.xy, self.bounds)
        return sum(int(column.nbytes) for column in columns)

    def world_bounds(self) -> Bounds | None:
        """Bounds of all features in canvas CRS units."""
        if not len(self):
            return None
        low, high = self.bounds[:, :2].min(axis=0), self.bounds[:, 2:].max(axis=0)
        return Bounds(
            self.origin_x + float(low[0]) * self.step, self.origin_y + float(low[1]) * self.step,
            self.origin_x + float(high[0]) * self.step, self.origin_y + float(high[1]) * self.step,
        )  # fmt: skip
