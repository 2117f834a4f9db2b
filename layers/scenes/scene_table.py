"""Many scenes as one table, searched by area: which of them cover some of it, and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.scenes.footprint import ALL, in_equal_areas, rounded_part
from layers.scenes.found_scene import FoundScene, fill_grounds


class Covering(NamedTuple):
    """A scene that covers some of an area."""

    scene: FoundScene
    part: float
    """Share of the area that it covers, 0 to 1; of a place 1."""
    covered: BaseGeometry
    """Covered part of the area, in equal areas."""


_AS_COVERING: Callable[[tuple[FoundScene, float, BaseGeometry]], Covering] = partial(tuple.__new__, Covering)
"""Builds a `Covering` in a fifth of the time of a call: each move of the map makes thousands."""


class SceneTable:
    """Scenes with their boxes in columns; never changed once it is made, so any thread may ask."""

    def __init__(self, scenes: Iterable[FoundScene] = ()) -> None:
        self.scenes = tuple(scenes)
        fill_grounds(self.scenes)
        shapes = [(at, part) for at, scene in enumerate(self.scenes) if scene.ring for part in scene.ground]
        self._scene_of = np.array([at for at, _ in shapes], dtype=np.intp)
        self._parts = np.array([part for _, part in shapes], dtype=object)
        self._boxes: NDArray[np.float64] = shapely.bounds(self._parts).reshape(-1, 4)
        shapely.prepare(self._parts)

    def __len__(self) -> int:
        return len(self.scenes)

    def covering(self, area: BaseGeometry) -> list[Covering]:
        """The scenes that cover some of an area (or line, or place) in longitude and latitude within -180..180, in the
        order in which they were given.
        """
        if area.is_empty or not len(self._parts):
            return []
        target = in_equal_areas(area)
        whole = _size(target)
        hit, covered = self._common(target)
        if not len(hit):
            return []
        sizes = _sizes(covered, target)
        # The parts of a scene follow one another; most have one.
        scenes, first, counts = np.unique(self._scene_of[hit], return_index=True, return_counts=True)
        sums = np.add.reduceat(sizes, first)
        share = np.ones(len(scenes)) if whole <= 0 else np.where(sums >= whole * ALL, 1.0, sums / (whole or 1.0))
        shapes = covered[first]
        for at in np.flatnonzero(counts > 1):
            shapes[at] = shapely.union_all(covered[first[at] : first[at] + counts[at]])
        has_share = share > 0
        covered_scenes = map(self.scenes.__getitem__, scenes[has_share].tolist())
        rows = zip(covered_scenes, share[has_share].tolist(), shapes[has_share].tolist(), strict=True)
        return list(map(_AS_COVERING, rows))

    def _common(self, target: BaseGeometry) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
        """Find the parts that may share ground with the target, and that ground.

        A box, as most views are, is cut out of all parts: to test first whether they meet takes as long as the cut.
        """
        near = self._near(target)
        left, bottom, right, top = target.bounds
        if target.area <= 0 or not target.equals(shapely.box(left, bottom, right, top)):
            hit = near[shapely.intersects(self._parts[near], target)]
            return hit, np.asarray(shapely.intersection(self._parts[hit], target))
        boxes, common = self._boxes[near], self._parts[near]
        beyond = (boxes[:, :2] < (left, bottom)).any(axis=1) | (boxes[:, 2:] > (right, top)).any(axis=1)
        common[beyond] = shapely.clip_by_rect(common[beyond], left, bottom, right, top)  # five times as fast
        return near, common

    def _near(self, target: BaseGeometry) -> NDArray[np.intp]:
        boxes = shapely.bounds(shapely.get_parts(target)).reshape(-1, 4)
        near = np.zeros(len(self._boxes), bool)
        for left, bottom, right, top in boxes:
            near |= (
                (self._boxes[:, 0] <= right)
                & (self._boxes[:, 2] >= left)
                & (self._boxes[:, 1] <= top)
                & (self._boxes[:, 3] >= bottom)
            )
        return np.flatnonzero(near)


def _size(target: BaseGeometry) -> float:
    """Return the area of an area, the length of a line, 0 for a place."""
    return float(_sizes(np.array([target], dtype=object), target)[0])


def _sizes(shapes: NDArray[np.object_], target: BaseGeometry) -> NDArray[np.float64]:
    dimension = shapely.get_dimensions(target)
    if dimension == 2:
        return np.asarray(shapely.area(shapes))
    return np.asarray(shapely.length(shapes)) if dimension == 1 else np.zeros(len(shapes))


def part_covered(shapes: Sequence[BaseGeometry], area: BaseGeometry) -> float:
    """Share of an area that several shapes in equal areas cover together; of a place 1."""
    whole = _size(in_equal_areas(area))
    if whole <= 0:
        return 1.0
    together = shapes[0] if len(shapes) == 1 else shapely.union_all(list(shapes))
    dimension = shapely.get_dimensions(area)
    return rounded_part((together.area if dimension == 2 else together.length) / whole)
