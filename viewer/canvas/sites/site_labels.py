"""Makes the labels of the sites in a frame."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.document.site import Site
from layers.grid.tile_grid import View
from layers.vector.labels.curved import Name, anchors_along
from layers.vector.labels.label_layout import Anchor, Box, LabelRequest, Rank, mark_boxes
from viewer.canvas.labels.label_lines import shortened, wrapped
from viewer.canvas.labels.label_painter import Face, LabelPainter
from viewer.canvas.sites.outlines import Floats
from viewer.canvas.sites.ring_signs import radii_in
from viewer.canvas.sites.seen_signs import CURRENT_PX
from viewer.canvas.sites.site_frame import ShapeInView, SiteFrame
from viewer.canvas.sites.site_shapes import runs_in_view, to_pixels
from viewer.canvas.sites.site_symbology import MEASURE_COLOR, SELECTED_COLOR
from viewer.support.language.translation import in_language

MOST_REQUESTS = 240
"""Most labels that are measured: no picture has room for more."""
LONGEST_LABEL = 300
"""Most characters of a label: no map has room for more."""
_LINE_GAP_PX = 3.0
_FACES = {
    Rank.SELECTED: Face(13.0, SELECTED_COLOR, bold=True),
    Rank.CLAIM: Face(13.0, "#ffd9c7", bold=True),
    Rank.SETTING: Face(12.0, "#ffffff"),
    Rank.LINE: Face(11.5, "#e3edf3", italic=True),
}


_MEASURED_FACE = Face(12.5, MEASURE_COLOR, bold=True)


class SiteLabels:
    """The labels that a frame of sites asks for, and the boxes that they keep clear of."""

    def __init__(self, painter: LabelPainter) -> None:
        self._painter = painter

    def marks(self, frame: SiteFrame) -> list[Box]:
        """The boxes of texts, and of the symbols of points; empty for very many dots, which labels may cover."""
        signs = [sign for _, sign in frame.signs] + [sign for radii in radii_in(frame) for sign in radii]
        boxes = [sign.box(frame.scale) for sign in signs]
        if frame.compact:
            return boxes
        shown = np.flatnonzero(frame.is_symbol)
        places = zip(frame.px[shown].tolist(), frame.py[shown].tolist(), strict=True)
        boxes += [box for px, py in places for box in mark_boxes(px, py, frame.symbol_radius_px)]
        reach = CURRENT_PX * frame.scale
        return boxes + [Box(px - reach, py - reach, px + reach, py + reach) for px, py in frame.bare_places]

    def requests(self, frame: SiteFrame, selection: frozenset[str], language: str) -> list[LabelRequest]:
        """Requests for labels, the most important first; they depend on frame, selection and language alone."""
        candidates: list[tuple[Rank, Site, tuple[Anchor, ...]]] = []
        for position in _label_order(frame, selection)[: MOST_REQUESTS * 2]:
            row = frame.rows[position]
            if is_said_by_sign(frame, row):
                continue
            site = frame.index.shown(frame.index.uuids[row])
            clearance = _sign_clearance(frame) if frame.is_area[position] else frame.radius_px(position)
            if frame.bare is not None and frame.bare[position]:
                clearance = CURRENT_PX * frame.scale
            candidates.append(
                (
                    _rank(site, selection),
                    site,
                    (Anchor(float(frame.px[position]), float(frame.py[position]), clearance),),
                )
            )
        for shown in frame.first_shapes(MOST_REQUESTS):
            anchors = tuple(_shape_anchors(shown, frame))
            if anchors:
                candidates.append((_rank(shown.site, selection), shown.site, anchors))
        candidates.sort(key=lambda candidate: candidate[0])
        shapes = frame.first_shapes(MOST_REQUESTS)
        lines = {shape.uuid: shape for shape in shapes if shape.site.kind == "line"}
        words = {shape.uuid: shape.mark.words for shape in shapes if shape.mark is not None and shape.mark.words}
        requests: list[LabelRequest] = []
        named: set[str] = set()
        for rank, site, anchors in candidates:
            plain = shortened(words.get(site.uuid) or label_text(site, language))
            if plain and site.uuid not in named and len(requests) < MOST_REQUESTS:
                named.add(site.uuid)
                face, shape = _FACES[rank], lines.get(site.uuid)
                if rank is not Rank.SELECTED and site.uuid in words:
                    face = _MEASURED_FACE
                along: tuple[Anchor, ...] = ()
                advances: tuple[float, ...] = ()
                if shape is not None:  # letter by letter only where there is a line for them: measuring takes long
                    name = self._painter.name(plain, face, frame.scale, _LINE_GAP_PX * frame.scale)
                    along, advances = _along(shape, frame, name), name.advances
                text = plain if along else wrapped(plain)
                size = self._painter.size(text, face, frame.scale)
                leader = rank in (Rank.SELECTED, Rank.CLAIM) and site.kind == "point"
                requests.append(LabelRequest(site.uuid, text, rank, *size, (*along, *anchors), face, leader, advances))
        return requests


def is_said_by_sign(frame: SiteFrame, row: int) -> bool:
    """True for a text or a callout, which is its own label."""
    sign = frame.index.sign[row]
    return bool(sign >= 0 and frame.index.signs[sign].kind != "numbered_marker")


def label_text(site: Site, language: str = "") -> str:
    """The site's name in `language` where it has one, else its label, in one line, with the reason why it may not
    exist.
    """
    names = dict(site.aliases)
    name = " ".join((names.get(language) or site.label)[: 4 * LONGEST_LABEL].split())[:LONGEST_LABEL]
    return in_language(site.with_doubt(name))


def _label_order(frame: SiteFrame, selection: frozenset[str]) -> list[int]:
    """Positions in the frame, the most important first: the selected, then claims (painted last), then the setting."""
    if len(frame.rows) > 20_000:
        return []
    order = np.lexsort((np.arange(len(frame.rows)), ~frame.is_claim, ~frame.chosen(selection)))
    return [int(at) for at in order]


def _rank(site: Site, selection: frozenset[str]) -> Rank:
    if site.uuid in selection:
        return Rank.SELECTED
    if site.role == "named in a claim":
        return Rank.CLAIM
    return Rank.LINE if site.kind == "line" else Rank.SETTING


def _sign_clearance(frame: SiteFrame) -> float:
    return 11.0 * frame.scale


def _shape_anchors(shape: ShapeInView, frame: SiteFrame) -> Iterator[Anchor]:
    """Anchors along the longest stretch of a line in view, or in the middle of a polygon, else along its outline.

    Of several polygons the largest is named.
    """
    view = frame.view
    bounds = shape.outline.largest if shape.site.kind == "polygon" else None
    if bounds is not None:
        px, py = view.to_pixel(*bounds.centre)
        yield Anchor(px, py, way="over")
        yield Anchor(px, py)
    runs = _runs(shape, view)
    if not runs:
        return
    longest = max(runs, key=_length_px)
    if _length_px(longest) < 40.0 * frame.scale:
        return
    for share in (0.5, 0.35, 0.65, 0.2, 0.8):
        x, y = _point_along(longest, share)
        yield Anchor(x, y, 6.0 * frame.scale)


def _along(shape: ShapeInView, frame: SiteFrame, name: Name) -> tuple[Anchor, ...]:
    """Anchors along the longest piece of a line, where that is straight or bends gently enough for its name."""
    view = frame.view
    runs = _runs(shape, view)
    if not runs:
        return ()
    room = Box(0.0, 0.0, view.width, view.height)
    return anchors_along(max(runs, key=_length_px), room, name)


def _runs(shape: ShapeInView, view: View) -> list[Floats]:
    """The stretches of a shape's lines in the picture, in pixels; of a measurement, those that its words belong to."""
    line = shape.mark.said_along(view.grid.crs) if shape.mark is not None else None
    parts = shape.outline.shown(view.grid.resolution).parts
    world = [ring for part in parts for ring in part.rings] if line is None else [line]
    rings = [to_pixels(view, ring) for ring in world]
    return [run.points for ring in rings for run in runs_in_view(ring, view, 0.0)]


def _length_px(points: Floats) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _point_along(points: Floats, share: float) -> tuple[float, float]:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = along[-1] * share
    return float(np.interp(at, along, points[:, 0])), float(np.interp(at, along, points[:, 1]))
