"""Cloud over a piece of ground: what a mask shows there, pixel by pixel, and the figure with what it is of."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.geo.antimeridian import split_geometry
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.scenes.footprint import in_equal_areas

OUTSIDE, NO_DATA, CLEAR, SHADOW, CLOUD = range(5)
"""Codes for a pixel of a mask, in uint8."""
type SeenGround = NDArray[np.uint8]
"""(h, w) of these numbers, on the pixels of a `MaskGround`."""

AROUND_M = 500.0
"""Ground around a site that is a place, a line, or smaller than that: a mask has pixels of 10 to 60 m."""
_DEG_M = 111_320.0
"""Metres in a degree of latitude."""
_MOST_LAT = 89.0
_SIDE_PX = 128
"""Pixels of the longer side of the ground: percents need no more, and an overview of few bytes gives them."""
_LEAST_PX = 4


class MaskGround(Struct, frozen=True, eq=False):
    """A piece of ground in pixels of longitude and latitude, in which masks are read."""

    kind: str
    """"site" or "view": what its cloud is said to be of."""
    affine: Affine
    inside: NDArray[np.bool_]
    """(h, w) True for pixels whose centre is on the ground; their rows are the northern ones first."""
    key: str
    """The same for the same ground."""

    @property
    def width(self) -> int:
        return int(self.inside.shape[1])

    @property
    def height(self) -> int:
        return int(self.inside.shape[0])


class SceneCloud(Struct, frozen=True):
    """Cloud of a scene in percent, None where unknown, and what that is of: "site", "view", "scene", or "" for unknown.

    `mask` is the name of the mask by which it is known, `shadow` and `no_data` are percents by it. `problem` says why a
    mask could not be read; then the figure is of the scene.
    """

    cloud: float | None = None
    cloud_of: str = ""
    mask: str = ""
    shadow: float = 0.0
    no_data: float = 0.0
    problem: str = ""

    @property
    def words(self) -> Phrase:
        """Cloud in a few words, always with the area that the figure is of."""
        over = _OVER.get(self.cloud_of)
        if over is None:
            percent = None if self.cloud is None else f"{self.cloud:.3g}"
            return (
                Phrase("cloud unknown")
                if percent is None
                else Phrase("cloud {percent} % of the scene", percent=percent)
            )
        if self.cloud is None:
            return Phrase("no data {over}, from {mask}", over=over, mask=self.mask)
        parts = {"percent": _whole(self.cloud), "over": over, "mask": self.mask}
        if round(self.no_data) >= 1:
            return Phrase(
                "cloud {percent} % {over}, no data of {lacking} %, from {mask}", **parts, lacking=_whole(self.no_data)
            )
        if round(self.shadow) >= 1:
            return Phrase(
                "cloud {percent} %, shadow {shadow} % {over}, from {mask}", **parts, shadow=_whole(self.shadow)
            )
        return Phrase("cloud {percent} % {over}, from {mask}", **parts)


_OVER = {"site": Phrase("over the site"), "view": Phrase("over the view")}


def cloud_of_scene(percent: float | None, problem: str = "") -> SceneCloud:
    """The cloud of a whole scene as its catalogue states it."""
    return SceneCloud(percent, "" if percent is None else "scene", problem=problem)


def mask_ground(shape: BaseGeometry, kind: str) -> MaskGround | None:
    """The ground of a site or a view in longitude and latitude; None of one without a place, or at a pole.

    Around a place, a line and a small area it reaches `AROUND_M` further.
    """
    area = _in_one_turn(split_geometry(shapely.force_2d(shape)))
    if area.is_empty:
        return None
    _, south, _, north = area.bounds
    per_lon = _DEG_M * math.cos(math.radians(min(abs(south + north) / 2, _MOST_LAT)))
    left, bottom, right, top = area.bounds
    if max((right - left) * per_lon, (top - bottom) * _DEG_M) < AROUND_M or shapely.get_dimensions(area) < 2:
        metres = shapely.transform(area, lambda places: places * (per_lon, _DEG_M)).buffer(AROUND_M)
        area = shapely.transform(metres, lambda places: places / (per_lon, _DEG_M))
        left, bottom, right, top = area.bounds
    bottom, top = max(bottom, -_MOST_LAT), min(top, _MOST_LAT)
    wide, high = (right - left) * per_lon, (top - bottom) * _DEG_M
    if wide <= 0 or high <= 0:
        return None
    width, height = (max(_LEAST_PX, round(_SIDE_PX * side / max(wide, high))) for side in (wide, high))
    affine = Affine((right - left) / width, 0.0, left, 0.0, -(top - bottom) / height, top)
    lon = affine.c + affine.a * (np.arange(width) + 0.5)
    lat = affine.f + affine.e * (np.arange(height) + 0.5)
    shapely.prepare(area)
    inside = shapely.contains_xy(area, *np.meshgrid(lon, lat))
    if not inside.any():
        return None
    return MaskGround(kind, affine, inside, f"{kind} {shapely.to_wkb(in_equal_areas(area)).hex()}")


def _in_one_turn(area: BaseGeometry) -> BaseGeometry:
    """An area that is cut at the antimeridian, in one piece that runs on over it."""
    if area.is_empty or area.bounds[2] - area.bounds[0] <= 180.0:
        return area
    return shapely.transform(area, lambda places: np.column_stack([places[:, 0] % 360.0, places[:, 1]]))


def together(seen: Sequence[SeenGround]) -> SeenGround:
    """The ground as several scenes show it together: of each pixel the code of the first that has data there."""
    first = seen[0].copy()
    for other in seen[1:]:
        lacks = first == NO_DATA
        first[lacks] = other[lacks]
    return first


def cloud_by_mask(seen: SeenGround, kind: str, mask: str) -> SceneCloud:
    """The percents of what a mask shows: of cloud and shadow among the pixels with data, of no data among all."""
    counts = np.bincount(seen.reshape(-1), minlength=CLOUD + 1)
    with_data = int(counts[CLEAR] + counts[SHADOW] + counts[CLOUD])
    whole = with_data + int(counts[NO_DATA])
    no_data = 100.0 * int(counts[NO_DATA]) / whole if whole else 100.0
    if not with_data:
        return SceneCloud(None, kind, mask, no_data=no_data)
    cloud, shadow = (100.0 * int(counts[what]) / with_data for what in (CLOUD, SHADOW))
    return SceneCloud(cloud, kind, mask, shadow, no_data)


def _whole(percent: float) -> str:
    """A percent without digits that a mask does not give; what there is a little of is not nothing."""
    if 0 < percent < 1:
        return "<1"
    return ">99" if 99 < percent < 100 else f"{percent:.0f}"
