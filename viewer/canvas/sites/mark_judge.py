"""Decides which marks of a map are drawn solid, and which dashed (see `place_of`).

In a comparison a mark is solid where an image of the frame tells of it. On the map alone all are solid, except those
that were drawn on a hidden image, at places where another image is shown that does not tell of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
import shapely
from msgspec import Struct

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.observing.blind_look import BlindLook
from viewer.canvas.sites.place_of import solid_marks
from viewer.rendering.drawing import LayerDrawing


class AllBut(Struct, frozen=True):
    """All marks of a case except these; it costs memory for the exceptions only."""

    dashed: frozenset[str]

    def __contains__(self, uuid: str) -> bool:
        return uuid not in self.dashed


type Solid = frozenset[str] | AllBut
"""The marks that are solid; all others are dashed."""


class _Shown(NamedTuple):
    """An image that the map shows, with its bounds and, where known, its day of acquisition."""

    row: Layer
    bounds: Bounds
    day: str


class MarkJudge:
    """Decides which marks are solid, and knows when the images have changed by which it decided."""

    def __init__(self) -> None:
        self.deciding_layers: frozenset[str] | None = None
        """The layers whose images tell which marks are solid; None on the map alone."""
        self.blind: BlindLook | None = None
        """The observer to whom only own observations tell of marks; None: those of all do."""
        self._shown: tuple[_Shown, ...] = ()
        self.has_news = False
        """True where layers have changed since the last look: they are looked at together when sites are shown next."""

    def note_news(self) -> None:
        """Note that a layer shows something else now."""
        self.has_news = True

    def is_outdated(self, document: Document, rows: Sequence[Layer], drawings: Mapping[str, LayerDrawing]) -> bool:
        """True where more is known now of the images that the map shows."""
        self.has_news = False
        is_alone = self.deciding_layers is None and bool(document.images)
        return is_alone and _shown(rows, drawings) != self._shown

    def judge(
        self,
        document: Document,
        rows: Sequence[Layer],
        drawings: Mapping[str, LayerDrawing],
        before: Solid | None,
        changes: Changes | None = None,
    ) -> Solid | None:
        """The marks that are solid; None for all.

        After an edit of sites alone only those that it touched are judged anew.
        """
        is_whole = changes is None or before is None or changes.touches("images", "observations", "layers")
        touched = frozenset() if changes is None or is_whole else changes.uuids("sites")
        among = None if is_whole else touched
        if self.deciding_layers is not None:
            own = [row for row in rows if row.uuid in self.deciding_layers]
            solid = solid_marks(document, own, among, self.blind)
            return solid if is_whole else (cast("frozenset[str]", before) - touched) | solid
        self._shown = _shown(rows, drawings) if document.images else ()
        left = before.dashed - touched if isinstance(before, AllBut) and not is_whole else frozenset()
        dashed = left | _elsewhere(document, rows, self._shown, among, self.blind)
        return AllBut(dashed) if dashed else None


def _shown(rows: Sequence[Layer], drawings: Mapping[str, LayerDrawing]) -> tuple[_Shown, ...]:
    shown = []
    for row in rows:
        drawing = drawings.get(row.uuid)
        if drawing is not None and row.visible and row.drawn_opacity and _is_image(row):
            bounds = drawing.shown_bounds()
            if bounds is not None:
                shown.append(_Shown(row, bounds, drawing.acquisition.at[:10]))
    return tuple(shown)


def _is_image(row: Layer) -> bool:
    """True for a layer that shows the ground at some time: not the world map of the program, nor a service without
    days.
    """
    if row.kind == "raster":
        return "shipped" not in row.source
    return row.kind == "tiles" and bool(row.source.get("time"))


def _elsewhere(
    document: Document,
    rows: Sequence[Layer],
    shown: Sequence[_Shown],
    among: Iterable[str] | None,
    blind: BlindLook | None,
) -> frozenset[str]:
    """Uuids of the marks whose image is hidden, at places where another image is shown that does not tell of them."""
    if not shown:
        return frozenset()
    sites, images = document.sites, document.images
    uuids = sites if among is None else [uuid for uuid in among if uuid in sites]
    drawn = [uuid for uuid in uuids if sites[uuid].image_uuid in images]
    if not drawn:
        return frozenset()
    solid = solid_marks(document, [row for row in rows if row.visible and row.drawn_opacity], drawn, blind)
    undecided = [uuid for uuid in drawn if uuid not in solid]
    if not undecided:
        return frozenset()
    left, bottom, right, top = shapely.bounds(np.array([sites[uuid].geometry for uuid in undecided], object)).T
    lon, lat = (left + right) / 2, (bottom + top) / 2
    days = np.array([images[sites[uuid].image_uuid].acquired_at[:10] for uuid in undecided])
    is_there = np.zeros(len(undecided), np.bool_)
    for layer in shown:
        around = (layer.bounds.bottom <= lat) & (lat <= layer.bounds.top)
        turns = [
            (layer.bounds.left <= lon + turn) & (lon + turn <= layer.bounds.right) for turn in (0.0, 360.0, -360.0)
        ]
        is_other = (days != layer.day) if layer.day else np.ones(len(undecided), np.bool_)
        is_there |= around & np.logical_or.reduce(turns) & is_other
    return frozenset(undecided[at] for at in np.flatnonzero(is_there).tolist())
