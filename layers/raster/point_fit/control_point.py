"""Control points: pixels of a picture with their places on the Earth, and the method by which they place it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import InvalidValue
from layers.geo.crs import WEB_MERCATOR
from layers.phrase import Phrase

MOST_POINTS = 100
"""Most points of a set: nobody sets more by hand, and a spline through these is still checked at once."""
FARTHEST_PX = 1e7
"""Greatest distance of a pixel from the picture's corner: no picture that can be opened is larger."""
_SENTENCE = Phrase("The control points cannot be understood: georeference the picture anew.")


class Method(StrEnum):
    """A way of fitting a picture to its control points."""

    AFFINE = "affine"
    PROJECTIVE = "projective"
    THIN_PLATE = "thin plate spline"

    @property
    def least_points(self) -> int:
        """Fewest points that determine the fit."""
        return 4 if self is Method.PROJECTIVE else 3

    def degrees_of_freedom(self, points: int) -> int:
        """Numbers that are left to check the fit; a spline goes through all of its points, and leaves none."""
        if self is Method.THIN_PLATE:
            return 0
        return max(0, 2 * points - (8 if self is Method.PROJECTIVE else 6))


class ControlPoint(Struct, frozen=True):
    """A pixel position (edges at whole numbers, rows downwards) and its place in WGS 84; one that is off only checks
    the fit.
    """

    col: float
    row: float
    lon: float
    lat: float
    is_on: bool = True


class PointSet(Struct, frozen=True):
    """The control points of one picture of `size`, fitted in the CRS `crs`: lines that are straight there stay so."""

    points: tuple[ControlPoint, ...]
    method: Method = Method.AFFINE
    crs: str = WEB_MERCATOR
    size: tuple[int, int] = (0, 0)
    """Width and height of the picture that they were set on; 0: not stated."""
    crs_before: str = ""
    """CRS that the layer's row had before these points; it returns when they are removed."""
    by: str = ""
    at: str = ""

    @property
    def on(self) -> list[ControlPoint]:
        """The points that count."""
        return [point for point in self.points if point.is_on]

    @property
    def for_readers(self) -> PointSet:
        """The set without its author and date, which place nothing."""
        return replace(self, crs_before="", by="", at="")

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        points = [
            {"px": [p.col, p.row], "lonlat": [p.lon, p.lat], **({} if p.is_on else {"on": False})} for p in self.points
        ]
        texts = {"crs_before": self.crs_before, "by": self.by, "at": self.at}
        return {
            "method": str(self.method),
            "crs": self.crs,
            "size": list(self.size),
            "points": points,
            **{key: text for key, text in texts.items() if text},
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Decode a set from JSON values. Raises InvalidValue for anything else."""
        try:
            points = tuple(_point(each) for each in _listed(data["points"], MOST_POINTS))
            width, height = (_whole(value) for value in _listed(data.get("size") or [0, 0], 2))
            texts = (_text(data.get(key, "")) for key in ("crs_before", "by", "at"))
            return cls(points, Method(data["method"]), _text(data["crs"]), (width, height), *texts)
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError) as error:
            raise InvalidValue(_SENTENCE) from error


def points_of(params: Mapping[str, Any]) -> PointSet | None:
    """The control points in the parameters of a question to a reader. Raises InvalidValue."""
    points = params.get("control_points")
    return None if points is None else PointSet.from_json(points)


def _point(data: Any) -> ControlPoint:
    if not isinstance(data, Mapping):
        raise TypeError
    col, row = (_within(value, FARTHEST_PX) for value in _listed(data["px"], 2))
    lon, lat = _listed(data["lonlat"], 2)
    on = data.get("on", True)
    if not isinstance(on, bool):
        raise TypeError
    return ControlPoint(col, row, _within(lon, 540.0), _within(lat, 90.0), on)


def _within(value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise ValueError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= FARTHEST_PX:
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 20_000:
        raise TypeError
    return value


def _listed(value: Any, most: int) -> Iterable[Any]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise TypeError
    return value
