"""World boxes of lines and areas, by CRS: they tell quickly which shapes a view may show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from msgspec import Struct, field

from layers.geo.bounds import Bounds
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.site_shapes import SiteShape, project_together

_KEPT_CRS = 3
_NOWHERE = (np.nan,) * 4


class _Columns(Struct):
    """Boxes as left, bottom, right, top, with room for more; `stale` are the shapes that changed since."""

    stale: set[str]
    rows: dict[str, int] = field(default_factory=dict)
    uuids: list[str] = field(default_factory=list)
    boxes: Floats = field(default_factory=lambda: np.full((16, 4), np.nan))


class ShapeBoxes:
    """Computes the boxes of each CRS when they are first needed, and patches them after edits."""

    def __init__(self) -> None:
        self._columns: dict[str, _Columns] = {}

    def outdate(self, uuids: Iterable[str]) -> None:
        """Note that these shapes have changed or are gone."""
        changed = set(uuids)
        for columns in self._columns.values():
            columns.stale |= changed

    def prepare(self, shapes: Mapping[str, SiteShape], crs: str) -> None:
        """Find the boxes of all shapes in a CRS, with their outlines: of 30,000 areas that takes two seconds."""
        if crs in self._columns or not shapes:
            return
        while len(self._columns) >= _KEPT_CRS:
            del self._columns[next(iter(self._columns))]
        columns = self._columns[crs] = _Columns(set())
        project_together(list(shapes.values()), crs)
        self._renew(columns, shapes, crs, shapes)

    def touching(self, shapes: Mapping[str, SiteShape], crs: str, around: Bounds) -> list[str]:
        """The shapes whose boxes touch these world bounds, in drawing order."""
        self.prepare(shapes, crs)
        columns = self._columns.get(crs)
        if columns is None:
            return []
        if columns.stale:
            in_order = (
                list(columns.stale) if len(columns.stale) == 1 else [uuid for uuid in shapes if uuid in columns.stale]
            )
            self._renew(columns, shapes, crs, [*(columns.stale - shapes.keys()), *in_order])
            columns.stale = set()
        left, bottom, right, top = columns.boxes[: len(columns.uuids)].T
        seen = (right >= around.left) & (left <= around.right) & (top >= around.bottom) & (bottom <= around.top)
        return [columns.uuids[row] for row in np.flatnonzero(seen).tolist()]

    @staticmethod
    def _renew(columns: _Columns, shapes: Mapping[str, SiteShape], crs: str, uuids: Iterable[str]) -> None:
        for uuid in uuids:
            shape = shapes.get(uuid)
            if shape is None:
                row = columns.rows.pop(uuid, None)
                if row is not None:
                    columns.boxes[row] = _NOWHERE
                continue
            row = columns.rows.get(uuid)
            if row is None:
                row = columns.rows[uuid] = len(columns.uuids)
                columns.uuids.append(uuid)
                if row >= len(columns.boxes):
                    columns.boxes = np.concatenate([columns.boxes, np.full_like(columns.boxes, np.nan)])
            box = shape.box(crs)
            columns.boxes[row] = _NOWHERE if box is None else box
