"""All labels of a map: lays out those of sites and layers together, and paints them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtGui import QPainter

from layers.geo.crs import world_bounds
from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import Box, LabelLayout, LabelRequest, PlacedLabel
from viewer.canvas.furniture.overlays import ARROW_ROOM_PX, crosshair_arms
from viewer.canvas.labels.label_painter import LabelPainter, face_of
from viewer.canvas.labels.layer_labels import LayerLabels
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_labels import SiteLabels
from viewer.rendering.layer_labelling import LayerLabelling
from viewer.rendering.world_copies import wrapped_views

type Labellings = Sequence[tuple[str, LayerLabelling]]
"""Layer uuids with their labelling, the topmost first."""
_EDGE_PX = 2.0
LETTERS_A_FRAME_S = 0.008
"""Most seconds for letters in one frame. A label takes up to some milliseconds the first time."""


class LabelTask(Struct, frozen=True):
    """All inputs of a layout, taken from the document in the window's thread."""

    view: View
    marks: list[Box]
    requests: list[LabelRequest]
    """Requests of the labels of sites."""
    labellings: Labellings

    def layout(self, layers: LayerLabels) -> LabelLayout:
        """Make the layout. Runs in any thread that has `layers` to itself; may take some tenths of a second."""
        view, requests, layer_marks = self.view, list(self.requests), list[Box]()
        views = wrapped_views(view)
        for uuid, labelling in self.labellings:
            for seen in wrapped_views(labelling.seen(view)):
                labels = layers.asked(uuid, labelling, seen)
                layer_marks += labels.marks
                requests += labels.requests
        edge = _EDGE_PX * view.ratio
        room = Box(edge, edge, view.width - edge, view.height - edge)
        if len(views) > 1:
            requests = _named_once(requests, in_first=view.world_bounds().width > world_bounds(view.grid.crs).width)
        return LabelLayout.of(room, requests, self.marks, layer_marks)


class MapLabels:
    """Makes and paints the labels of a map. Keeps measures and pictures of letters, and nothing else."""

    def __init__(self) -> None:
        self._painter = LabelPainter()
        self._sites = SiteLabels(self._painter)

    def task(
        self,
        view: View,
        frames: Sequence[SiteFrame],
        labellings: Labellings,
        selection: frozenset[str] = frozenset(),
        language: str = "",
        *,
        has_crosshair: bool = False,
    ) -> LabelTask:
        """Collect the labels of a view: of the sites of `frames`, then of the layers, the topmost first."""
        marks, requests = _furniture(view), list[LabelRequest]()
        for arm in crosshair_arms(view) if has_crosshair else ():
            marks.append(Box(arm.left(), arm.top(), arm.right(), arm.bottom()))
        for frame in frames:
            marks += self._sites.marks(frame)
            requests += self._sites.requests(frame, selection, language)
        return LabelTask(view, marks, requests, labellings)

    def at(self, labels: Sequence[PlacedLabel], px: float, py: float, scale: float) -> list[str]:
        """Uuids of the labels under a place, topmost first."""
        return [label.uuid for label in labels if self._is_on(label, px, py, scale)]

    def _is_on(self, label: PlacedLabel, px: float, py: float, scale: float) -> bool:
        if not label.box.overlaps(Box(px - _EDGE_PX, py - _EDGE_PX, px + _EDGE_PX, py + _EDGE_PX)):
            return False
        width, height = self._painter.size(label.text, face_of(label), scale)
        if label.letters:
            near = ((label.px + letter.dx - px, label.py + letter.dy - py) for letter in label.letters)
            return any(math.hypot(dx, dy) <= height / 2 for dx, dy in near)
        x, y = px - label.centre[0], py - label.centre[1]
        turn = math.radians(label.angle_deg)
        along, across = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
        return abs(along) <= width / 2 and abs(across) <= height / 2

    def paint(self, painter: QPainter, labels: Sequence[PlacedLabel], scale: float, *, in_haste: bool = False) -> bool:
        """Paint labels.

        `in_haste`, some may be left out until the next painting as their letters take time: then False.
        """
        return self._painter.paint(painter, labels, scale, LETTERS_A_FRAME_S if in_haste else math.inf)


def carried_along(layout: LabelLayout, before: View, now: View) -> list[PlacedLabel]:
    """Labels moved from one view to another with the places that they name."""
    if before.grid == now.grid:
        return [label.moved(before.left - now.left, before.top - now.top) for label in layout.placed]
    moved = []
    for label in layout.placed:
        px, py = now.to_pixel(*before.to_world(label.px, label.py))
        moved.append(label.moved(px - label.px, py - label.py))
    return moved


def _named_once(requests: Sequence[LabelRequest], *, in_first: bool) -> list[LabelRequest]:
    """Join the requests of one feature on both sides of the edge of the map into one, with all anchors.

    `in_first`: what is seen again on a copy of the world has its name in the middle, beside the others.
    """
    joined: dict[tuple[str, str], LabelRequest] = {}
    for request in requests:
        first = joined.setdefault((request.uuid, request.text), request)
        if first is not request and not in_first:
            joined[request.uuid, request.text] = replace(first, anchors=(*first.anchors, *request.anchors))
    return list(joined.values())


def _furniture(view: View) -> list[Box]:
    """Boxes of scale bar, credits and north arrow, which labels keep out of, on the screen and in products alike."""
    r, width, height = view.ratio, view.width, view.height
    return [
        Box(0, height - 56 * r, 240 * r, height),
        Box(width * 0.5, height - 22 * r, width, height),
        Box(width - ARROW_ROOM_PX * r, 0, width, ARROW_ROOM_PX * r),
    ]
