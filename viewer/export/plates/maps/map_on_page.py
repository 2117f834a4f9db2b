"""One map of a product: its marks, what must stay uncovered on it, and its painting at any resolution."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.site import Site
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from layers.observing.search_hatches import SearchHatch, hatches_in
from layers.product.own_paths import without_paths
from layers.vector.drawing.strokes import Legs, clipped
from layers.vector.labels.label_layout import Box, LabelLayout, Letter, PlacedLabel, mark_boxes
from viewer.canvas.labelling.map_labels import LabelTask
from viewer.canvas.labels.label_painter import LabelPainter
from viewer.canvas.labels.layer_labels import LayerLabels
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.canvas.search_painter import paint_hatches
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.sites.mark_painter import SignAt
from viewer.canvas.sites.outlines import Floats, Outline
from viewer.canvas.sites.ring_signs import radii_in
from viewer.canvas.sites.seen_signs import ON_SCREEN, SeenAt, ink_of_page, paint_seen
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex
from viewer.canvas.sites.site_painter import SitePainter
from viewer.canvas.sites.site_shapes import runs_in_view, to_pixels
from viewer.canvas.sites.site_symbology import Precision
from viewer.commands.meta import sites_visible
from viewer.export.plates.maps.framing import Framing
from viewer.export.plates.maps.picture_layers import has_features, picture_layers
from viewer.export.plates.maps.spread_marks import (
    CLAIM_SCALE,
    SpreadMarks,
    SpreadRoom,
    paint_leaders,
    paint_spread,
    part_of,
    spread_claims,
    spread_setting,
    symbol_scale,
)
from viewer.export.plates.maps.unseen_images import unseen_images
from viewer.export.printed import GroupPart, PartPlace, is_held
from viewer.rendering.world_copies import wrapped_views
from viewer.support.painting import part_of_picture

_STEP_PX, HALF_PX = 5.0, 3.0
MOST_BOXES = 6000
"""Most boxes of outlines: a map full of coasts has no place that touches none."""
_FEW_VERTICES, _FEW_STEPS = 2000, 20_000
"""Vertices and steps of an outline above which its boxes stand one in each cell."""
_STRIKE = 1.35
"""Reach of the strokes over what an image does not show, relative to that for a symbol of their size on the screen."""
_SYMBOL = 3
"""Rank in the order of painting from which marks are symbols."""
_MOST_STEPS = 200_000
"""Most steps along an outline that covers all of its map many times over."""


class MapOnPage:
    """One map on its page.

    `number` is that of the map in its product; boxes are logical pixels from the frame's corner.
    """

    def __init__(
        self,
        number: int,
        shown: ShownScene,
        framing: Framing,
        page: int,
        index: SiteIndex,
        hatches: tuple[SearchHatch, ...] = (),
        presences: Mapping[str, str] | None = None,
        own: str = "",
    ) -> None:
        """`own`: uuid of the site that the page is of, which is marked out."""
        self.number, self.shown, self.framing, self.page = number, shown, framing, page
        self.scene = shown.frames[0]
        self._index, self.hatches, self._own = index, hatches, frozenset({own} - {""})
        self.presences = dict(presences or {})
        """Presences of marks on the image at their place, by uuid, as far as they are not "present"."""
        self._painted = _without_callouts(index)
        self._painter = SitePainter()
        self._kept: tuple[View, tuple[SiteFrame, ...]] | None = None
        """The marks at the size that was painted last, kept as strips of a page follow each other."""
        self.signs_before: list[str] = []
        """The signs of crowded marks on the map that was framed before: those of this one, until it is filled."""
        self.edges: list[Box] = []
        """Boxes along the edges of insets, which symbols and names keep off where they can."""
        self.paint_below_marks: Callable[[QPainter], None] | None = None
        """Paints the lines of a graticule, in logical pixels of the frame."""
        self._layer_labels: list[PlacedLabel] | None = None
        self._in_frame: list[str] | None = None
        self._unseen: frozenset[str] | None = None
        self._letters = LabelPainter()
        self._places = _frames_of(index, framing.view)
        """The marks at their true places."""
        self._claims_for: SpreadRoom | None = None
        self._spread_for: SpreadRoom | None = None
        self._inks = ("", "")
        scale = symbol_scale(framing.view)
        self.spread = SpreadMarks() if self.is_composed else SpreadMarks(scale, CLAIM_SCALE)
        self._claims = self._all = self.spread
        """The symbols of those named in a claim where they stand, before all others are spread."""
        self.frames = self._spread_frames(self._places)

    @property
    def rect(self) -> QRectF:
        return self.framing.rect

    @property
    def view(self) -> View:
        """The view at one pixel for a logical pixel."""
        return self.framing.view

    @property
    def index(self) -> SiteIndex:
        return self._index

    def unseen(self) -> frozenset[str]:
        """Uuids of the images in the frame of which nothing is seen: nobody credits or judges these."""
        if self._unseen is None:
            self._unseen = unseen_images(self.shown.frames, self.view)
        return self._unseen

    def in_frame(self) -> list[str]:
        """Uuids of the marks in the frame."""
        if self._in_frame is None:
            view = self.view
            uuids_by_frame = (frame.within(0.0, 0.0, view.width, view.height) for frame in self._places)
            self._in_frame = list(dict.fromkeys(uuid for uuids in uuids_by_frame for uuid in uuids))
        return list(self._in_frame)

    def hatches_in_frame(self) -> list[SearchHatch]:
        """The hatches of the searched areas that are in the frame."""
        inside = set(self.in_frame()) if self.hatches else set()
        return [hatch for hatch in self.hatches if hatch.area in inside]

    def callouts(self) -> list[tuple[str, SignAt]]:
        """The callouts in the frame, in logical pixels from its corner, each with its mark."""
        return [
            (uuid, sign_at) for frame in self.frames for uuid, sign_at in frame.signs if sign_at.sign.kind == "callout"
        ]

    def pinned(self) -> frozenset[str]:
        """Uuids of the marks that are painted as an exact pin."""
        uuids = set[str]()
        for frame in self.frames:
            for i in np.flatnonzero(frame.is_symbol).tolist():
                row = frame.rows[i]
                if frame.index.symbols[frame.index.symbol[row]].precision is Precision.PRECISE:
                    uuids.add(frame.index.uuids[row])
        return frozenset(uuids)

    def signs(self) -> list[str]:
        """The kinds of signs of crowded marks that a legend has to explain."""
        return self.signs_before if self._claims_for is None else self.spread.signs()

    def spread_claims(self, room: SpreadRoom, inks: tuple[str, str], checkpoint: Checkpoint = unchecked) -> None:
        """Spread the symbols of those named in a claim, with the first choice of places; all others are dots yet.

        `inks`: colours of the lines to their true places, and of the halos of these.
        """
        self._inks = inks
        if self.is_composed:
            return
        if self._claims_for != room:
            self._claims = spread_claims(self._places, self.view, self._with_lines(room), checkpoint)
            self._claims_for, self._spread_for = room, None
        self._stand(self._claims)

    def spread_setting(self, room: SpreadRoom, checkpoint: Checkpoint = unchecked) -> None:
        """Spread all other symbols beside those, each with room for its number, clear of names that stand."""
        if self.is_composed:
            return
        if self._spread_for != room:
            self._all = spread_setting(self._places, self.view, self._with_lines(room), self._claims, checkpoint)
            self._spread_for = room
        self._stand(self._all)

    def _with_lines(self, room: SpreadRoom) -> SpreadRoom:
        return replace(room, lines=(*(box for _, box in self.outline_boxes()), *self.edges))

    def _stand(self, spread: SpreadMarks) -> None:
        if spread is not self.spread:
            self.spread = spread
            self.frames = self._spread_frames(self._places)

    def lead_to_numbers(self, numbered: Collection[str]) -> None:
        """Leave out lines to numbers that these marks alone have: others are only dots."""
        self.spread = self.spread.leading_to(numbered)

    def _spread_frames(self, frames: Sequence[SiteFrame]) -> tuple[SiteFrame, ...]:
        return tuple(self.spread.frame(copy, frame, self.view) for copy, frame in enumerate(frames))

    def boxes_at_places(self) -> list[Box]:
        """The boxes that symbols, texts, numbers and callouts would cover at their true places."""
        return [box for _, box in _symbol_boxes(self._places, self.spread.symbol_scale)]

    def symbol_boxes(self) -> list[tuple[str, Box]]:
        """The boxes of the symbols, texts, numbers and callouts in the frame, each with its mark."""
        return _symbol_boxes(self.frames, 1.0) + self.spread.stack_boxes()

    def dot_boxes(self) -> list[tuple[str, Box]]:
        """The boxes of dots at the true places of symbols that stand elsewhere, each with its mark."""
        radius = self.spread.dot_radius
        places = self.spread.places_of_dots(self._places)
        return [(part.uuid, Box(x - radius, y - radius, x + radius, y + radius)) for part, (x, y), _ in places]

    def outline_boxes(self) -> list[tuple[str, Box]]:
        """Small boxes along all lines, outlines and circles in the frame, each with its mark."""
        marked_boxes: list[tuple[str, Box]] = []
        for frame in self.frames:
            areas = np.flatnonzero(frame.is_area).tolist()
            uuids = [frame.index.uuids[frame.rows[i]] for i in areas]
            shapes = [(shape.uuid, shape.outline) for shape in frame.first_shapes(400)]
            for uuid, outline in [*shapes, *zip(uuids, frame.circles(areas), strict=True)]:
                if len(marked_boxes) > MOST_BOXES:
                    break
                marked_boxes += [(uuid, box) for box in boxes_along(outline, frame.view)]
            for radius_signs in radii_in(frame):
                marked_boxes += [("", sign_at.box(frame.scale)) for sign_at in radius_signs]
        return marked_boxes

    def place_layer_labels(self, obstacles: Sequence[Box]) -> None:
        """Place the labels of layers, clear of `obstacles`: boxes in logical pixels from the frame's corner."""
        drawings = [(uuid, self.scene.drawings[uuid]) for uuid in reversed(self.scene.stack.visible())]
        labellings = ((uuid, drawing.nudge, drawing.labelling(drawing.seen(self.view))) for uuid, drawing in drawings)
        labelled = tuple(
            (uuid, replace(labelling, nudge=nudge)) for uuid, nudge, labelling in labellings if labelling is not None
        )
        task = LabelTask(self.view, list(obstacles), [], labelled)
        layout: LabelLayout = task.layout(LayerLabels(self._letters))
        self._layer_labels = layout.placed

    # -- painting -------------------------------------------------------------------------------------------------

    def view_at(self, ratio: float, clip: QRect | None = None) -> tuple[QRect, View] | None:
        """The frame in pixels of the page and its view, or the part of both in a clip; None where that is empty."""
        rect, view = self.framing.at(ratio)
        if clip is None:
            return rect, view
        part = rect.intersected(clip)
        if part.isEmpty():
            return None
        left, top = part.left() - rect.left(), part.top() - rect.top()
        return part, replace(view, left=left, top=top, width=part.width(), height=part.height())

    @property
    def is_composed(self) -> bool:
        """True where the scene joins several maps in one picture, as a comparison on the screen.

        Such a picture is painted whole, with the marks, as on the screen.
        """
        return len(self.shown.frames) > 1

    def _paint_composed(self, painter: QPainter, ratio: float) -> None:
        rect, view = self.framing.at(ratio)
        with part_of_picture(painter):
            painter.translate(rect.topLeft())
            self.shown.paint_map(painter, view)

    def paint_imagery(self, painter: QPainter, ratio: float, clip: QRect | None = None) -> None:
        """Paint the background of the map and its lowest layers, which are pictures, in pixels of the page."""
        if self.is_composed:
            self._paint_composed(painter, ratio)
            return
        rect, whole = self.framing.at(ratio)
        pictures = picture_layers(self.scene, whole)
        if is_held(rect.width(), rect.height()) and has_features(self.scene, whole, pictures):
            clip = None  # of a part with few features they would be shapes, and in the next tiles
        shown_part = self.view_at(ratio, clip)
        if shown_part is None:
            return
        rect, view = shown_part
        with _within(painter, rect, view):
            painter.fillRect(0, 0, view.width, view.height, QColor(BACKGROUND_COLOR))
            self.scene.stack.paint(painter, view, part=slice(pictures))

    def marks_apart(self, most: int) -> tuple[list[str], list[str]]:
        """Uuids of the painted marks in the order in which they are painted one by one: areas, lines and circles; and
        symbols, which lie above the lines to their places.

        Empty where they are not told apart: in a comparison, and where there are more than that or they are dots.
        """
        if self.is_composed or any(frame.compact for frame in self.frames):
            return [], []
        shown = [uuid for uuid in self.in_frame() if uuid in self._painted.sites]
        if len(shown) > most:
            return [], []
        claims = {
            frame.index.uuids[frame.rows[at]] for frame in self.frames for at in np.flatnonzero(frame.is_claim).tolist()
        }
        ranks = {uuid: _painting_rank(self._painted.sites[uuid], is_claim=uuid in claims) for uuid in shown}
        shown.sort(key=ranks.__getitem__)
        return [uuid for uuid in shown if ranks[uuid] < _SYMBOL], [uuid for uuid in shown if ranks[uuid] >= _SYMBOL]

    def paint_marks(
        self,
        painter: QPainter,
        ratio: float,
        clip: QRect | None = None,
        checkpoint: Checkpoint = unchecked,
        part: GroupPart | None = None,
    ) -> None:
        """Paint the other layers, a graticule, and the marks; or a part of that."""
        if self.is_composed:
            return
        shown_part = self.view_at(ratio, clip)
        if shown_part is None:
            return
        rect, view = shown_part
        place = None if part is None else part.place
        with _within(painter, rect, view):
            if place in (None, PartPlace.BELOW):
                pictures = picture_layers(self.scene, self.framing.at(ratio)[1])
                self.scene.stack.paint(painter, view, part=slice(pictures, None), checkpoint=checkpoint)
                if self.paint_below_marks is not None:
                    self._paint_grid(painter, ratio, view, self.paint_below_marks)
                    checkpoint()
            # Marks of the whole frame, for strips too: dashes and circles begin where they do on the whole page.
            whole = self.framing.at(ratio)[1]
            painter.translate(-view.left, -view.top)
            with part_of_picture(painter):
                if place in (None, PartPlace.BELOW):
                    paint_hatches(painter, whole, self.hatches)
                if part is not None and place is PartPlace.MARK:
                    own = SiteIndex.of({part.key: self._painted.sites[part.key]})
                    frames = self._spread_frames(_frames_of(own, whole))
                    self._paint_shapes(painter, frames, checkpoint)
                    self._paint_symbols(painter, frames, checkpoint)
                elif part is None:
                    # Of all copies of the world: a line that leaves one lies below the symbols of the next.
                    frames = self._spread_frames(self._site_frames(whole))
                    self._paint_shapes(painter, frames, checkpoint)
                if place in (None, PartPlace.LEADERS):
                    paint_leaders(painter, self.spread, self._site_frames(whole), self.view, self._inks)
                if part is None:
                    self._paint_symbols(painter, frames, checkpoint)
                if place in (None, PartPlace.ABOVE):
                    paint_spread(painter, self.spread, self._site_frames(whole), self.view, self._inks)
                    ink = ink_of_page(*self._inks) if self._inks[0] else ON_SCREEN
                    paint_seen(painter, whole, self._seen_in(whole), ink, _STRIKE * self.spread.symbol_scale)
            if place in (None, PartPlace.ABOVE):
                self._paint_layer_labels(painter, ratio, whole)

    def _paint_shapes(self, painter: QPainter, frames: Sequence[SiteFrame], checkpoint: Checkpoint) -> None:
        for frame in frames:
            self._painter.paint_shapes(painter, frame, self._own)
            checkpoint()

    def _paint_symbols(self, painter: QPainter, frames: Sequence[SiteFrame], checkpoint: Checkpoint) -> None:
        for frame in frames:
            self._painter.paint_symbols(painter, frame, self._own)
            checkpoint()

    def _seen_in(self, view: View) -> list[SeenAt]:
        """The marks whose sign says how they were seen, where they are painted in a view."""
        if not self.presences:
            return []
        hidden = self.spread.hidden
        return [
            SeenAt(float(frame.px[at]), float(frame.py[at]), presence, is_current=False)
            for copy, frame in enumerate(self._spread_frames(self._site_frames(view)))
            for at, row in enumerate(frame.rows.tolist())
            if (presence := self.presences.get(frame.index.uuids[row])) and part_of(copy, frame, at) not in hidden
        ]

    def _paint_grid(self, painter: QPainter, ratio: float, view: View, paint: Callable[[QPainter], None]) -> None:
        rect, (pixels, _) = self.rect, self.framing.at(ratio)
        with part_of_picture(painter):
            painter.translate(rect.topLeft() * ratio - QPointF(pixels.topLeft()) - QPointF(view.left, view.top))
            painter.scale(ratio, ratio)
            paint(painter)

    def _site_frames(self, view: View) -> tuple[SiteFrame, ...]:
        if self._kept is None or self._kept[0] != view:
            self._kept = view, _frames_of(self._painted, view)
        return self._kept[1]

    def _paint_layer_labels(self, painter: QPainter, ratio: float, view: View) -> None:
        if not self._layer_labels:
            return
        with part_of_picture(painter):
            labels = [_scale_label(label, ratio) for label in self._layer_labels]
            self._letters.paint(painter, labels, view.ratio)


def _painting_rank(site: Site, *, is_claim: bool) -> int:
    """The order in which a mark is painted among others."""
    kinds = {"Polygon": 0, "MultiPolygon": 0, "LineString": 1, "MultiLineString": 1}
    if site.geometry.geom_type in kinds:
        return kinds[site.geometry.geom_type]
    return 2 if site.is_area else _SYMBOL + 1 if is_claim else _SYMBOL


@contextmanager
def _within(painter: QPainter, rect: QRect, view: View) -> Iterator[None]:
    """Paint inside a part of a page, in pixels of its view, and never over its edge."""
    with part_of_picture(painter):
        painter.translate(rect.topLeft())
        painter.setClipRect(0, 0, view.width, view.height, Qt.ClipOperation.IntersectClip)
        yield


def _frames_of(index: SiteIndex, view: View) -> tuple[SiteFrame, ...]:
    index = SiteIndex.of({}) if is_off_earth(view.grid.crs) else index
    return tuple(SiteFrame.of(index, wrapped_view) for wrapped_view in wrapped_views(view))


def _symbol_boxes(frames: Sequence[SiteFrame], factor: float) -> list[tuple[str, Box]]:
    marked_boxes: list[tuple[str, Box]] = []
    for frame in frames:
        marked_boxes += [(uuid, sign_at.box(frame.scale)) for uuid, sign_at in frame.signs]
        shown = np.flatnonzero(frame.is_symbol | frame.is_area)
        for i in shown.tolist():
            radius = frame.radius_px(i) * factor
            uuid = frame.index.uuids[frame.rows[i]]
            boxes = mark_boxes(float(frame.px[i]), float(frame.py[i]), radius)
            marked_boxes += [(uuid, box) for box in boxes]
    return marked_boxes


def _without_callouts(index: SiteIndex) -> SiteIndex:
    """The marks that a map paints itself: callouts are things of the page, which can be moved on it."""
    callouts = {index.uuids[row] for row in index.callouts().tolist()}
    if not callouts:
        return index
    painted = SiteIndex.of({uuid: site for uuid, site in index.sites.items() if uuid not in callouts})
    painted.show_solid(index.solid)
    return painted


def index_of(
    document: Document, hidden: frozenset[str] | None, own: frozenset[str] | None, *, publish: bool = False
) -> SiteIndex:
    """The marks of a map.

    `hidden`: uuids that are not drawn, None for all marks; `own`: the map's own marks, None for all. `publish`: names
    are without paths.
    """
    if hidden is None or not sites_visible(document):
        return SiteIndex.of({})
    sites = {uuid: _without_paths(site) for uuid, site in document.sites.items()} if publish else document.sites
    if not hidden and own is None:
        return SiteIndex.of(sites)
    return SiteIndex.of({u: s for u, s in sites.items() if u not in hidden and (own is None or u in own)})


def hatches_of(document: Document, index: SiteIndex) -> tuple[SearchHatch, ...]:
    """The hatches of a map: of searches of its marks in which nothing was seen."""
    return hatches_in(document, index.sites)


def _without_paths(site: Site) -> Site:
    label = without_paths(site.label)
    names = tuple((language, without_paths(name)) for language, name in site.aliases)
    is_same = label == site.label and names == site.aliases
    return site if is_same else replace(site, label=label, aliases=names)


def _scale_label(label: PlacedLabel, factor: float) -> PlacedLabel:
    box = Box(*(side * factor for side in label.box))
    leader = None if label.leader is None else (label.leader[0] * factor, label.leader[1] * factor)
    letters = tuple(Letter(letter.dx * factor, letter.dy * factor, letter.angle_deg) for letter in label.letters)
    return replace(
        label,
        box=box,
        px=label.px * factor,
        py=label.py * factor,
        leader=leader,
        clearance=label.clearance * factor,
        letters=letters,
    )


def boxes_along(outline: Outline, view: View) -> list[Box]:
    """Small boxes along an outline; on a long one, which may return to a place again and again, one in each cell."""
    rings = [ring for part in outline.shown(view.grid.resolution).parts for ring in part.rings]
    place_arrays: list[Floats] = []
    is_plain = sum(map(len, rings)) <= _FEW_VERTICES
    for ring in rings:
        points = to_pixels(view, ring)
        runs = runs_in_view(points, view, 0.0) if is_plain else []
        length_px = sum(float(np.hypot(*np.diff(run.points, axis=0).T).sum()) for run in runs)
        is_plain = is_plain and length_px <= _FEW_STEPS * _STEP_PX
        place_arrays += [_places_along(run.points) for run in runs] if is_plain else [places_on_legs(points, view)]
    places = np.concatenate(place_arrays) if place_arrays else np.zeros((0, 2))
    if not is_plain:
        places = one_a_cell(places)
    return [Box(x - HALF_PX, y - HALF_PX, x + HALF_PX, y + HALF_PX) for x, y in places.tolist()]


def places_on_legs(points: Floats, view: View) -> Floats:
    """Places on the visible part of a long line, as far apart as on a short one; on endless ones farther apart."""
    (x0, y0), (x1, y1) = points[:-1].T, points[1:].T
    legs = clipped(Legs(x0, y0, x1, y1), (0.0, 0.0, view.width, view.height))
    lengths = np.hypot(legs.x1 - legs.x0, legs.y1 - legs.y0)
    counts = (lengths / max(_STEP_PX, float(lengths.sum()) / _MOST_STEPS)).astype(np.int64) + 1
    leg = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5) / counts[leg]
    x = legs.x0[leg] + (legs.x1 - legs.x0)[leg] * share
    return np.column_stack([x, legs.y0[leg] + (legs.y1 - legs.y0)[leg] * share])


def one_a_cell(places: Floats) -> Floats:
    """Places without those that share a cell with one before; cells are large enough to leave few."""
    cell = _STEP_PX / 2
    while True:
        column, row = np.floor(places / cell).astype(np.int64).T
        _, first = np.unique((row << 32) + column, return_index=True)
        places, cell = places[np.sort(first)], cell * 2
        if len(places) <= MOST_BOXES:
            return places


def _places_along(points: Floats) -> Floats:
    """Places along a line, so close that no letter fits between their boxes."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0.0, along[-1], max(2, int(along[-1] / _STEP_PX) + 1))
    return np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])])
