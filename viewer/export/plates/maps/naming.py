"""Names the marks of a map: each has a label beside it, else a number with a line in the key, else it is counted."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.vocabulary import class_words
from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import (
    Anchor,
    Box,
    LabelRequest,
    PlacedLabel,
    Rank,
)
from layers.vector.labels.mark_places import MarkBoxes, MarkPlaces
from viewer.canvas.labels.label_lines import wrapped
from viewer.canvas.labels.label_painter import LabelPainter
from viewer.canvas.sites.site_frame import ShapeInView, SiteFrame
from viewer.canvas.sites.site_labels import SiteLabels, is_said_by_sign, label_text
from viewer.canvas.sites.site_shapes import runs_in_view, to_pixels
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import LEAST_PT, PT, TextLine, Type
from viewer.export.plates.setting.piece import Piece, fine_pen, sharp_rect
from viewer.export.printed import GroupKind
from viewer.rendering.vector.qt_shapes import rect_of
from viewer.support.language.translation import in_language

MOST_KEYED = 400
_PAD = 2.0
_NARROW, _NARROW_CHARS = 0.88, 15
_FEW_ANCHORS = 4
_EDGE = 3.0
_LEADING = 1.16
_SIZES = {Rank.SELECTED: 12.0, Rank.CLAIM: 12.0, Rank.SETTING: 12.0, Rank.LINE: 11.5}
_ROW_PX = 40.0
_NEAR_PX = 14.0
"""Distance in logical pixels from which a moved label has a line to its mark."""


class Named(NamedTuple):
    """Rules for the names on a map.

    `own`: the site that the page is of. `parties`: uuids of those named in a claim, all with a label or all with a
    number. `unnamed`: uuids of marks that get neither.
    """

    own: str = ""
    parties: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    is_narrow: bool = False
    """True where parties have smaller letters on every map of the page, as one of the maps has no room for others."""


_FARTHEST_PX = 90.0
"""Greatest distance from a party to its label: in another country it would accuse whoever is there.

Numbers are closer.
"""
_OWN_FARTHEST_PX = 220.0
"""Greatest distance from the site that a page is of to its label."""
NO_PARTIES = Named()
"""Rules for a map without parties named in a claim."""


class Naming(Struct):
    """Uuids of the marks of one map by the way in which the page names them, and the placed labels."""

    labels: list[PlacedLabel] = field(default_factory=list)
    numbers: list[PlacedLabel] = field(default_factory=list)
    narrow_parties: bool | None = None
    """True where the labels of parties have smaller letters; None without such labels."""
    by_sign: set[str] = field(default_factory=set)
    """Texts and callouts, which are their own names."""
    nameless: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)

    signed: dict[str, int] = field(default_factory=dict)
    """Numbered markers, whose own number stands for them in the key."""
    numbered: dict[str, int] = field(default_factory=dict)
    """Number beside each mark by uuid, once it is known."""

    @property
    def named(self) -> frozenset[str]:
        return frozenset({label.uuid for label in self.labels} | self.by_sign)

    @property
    def waiting(self) -> list[str]:
        """The marks that need a number, from the top of the map to its bottom."""
        placed = sorted(self.numbers, key=lambda label: (round(label.py / _ROW_PX), label.px))
        return [label.uuid for label in placed]

    @property
    def keyed(self) -> dict[str, int]:
        """Numbers by uuid, of all marks that have a line in the key."""
        return {**self.signed, **self.numbered}

    def give_numbers(self, numbers: Mapping[str, int]) -> None:
        """Set the number of each waiting mark."""
        self.numbered = {label.uuid: numbers[label.uuid] for label in self.numbers}
        self.numbers = [replace(label, text=str(numbers[label.uuid])) for label in self.numbers]


def number_size(style: HouseStyle, sign_scale: float, count: int) -> tuple[float, float]:
    """Width and height of a number beside a mark, where so many marks may have one."""
    return _box_of_number(_number_type(style, sign_scale), "0" * len(str(max(count, 1))))


def _box_of_number(type_: Type, digits: str) -> tuple[float, float]:
    height = math.ceil(type_.size * 1.3)
    return max(math.ceil(type_.width(digits) + 0.5 * type_.size), height), height


def _number_type(style: HouseStyle, sign_scale: float) -> Type:
    return Type(max(9.5 * sign_scale, LEAST_PT * PT), bold=True, families=style.fonts)


def name_marks(
    on_page: MapOnPage,
    obstacles: Sequence[Box],
    style: HouseStyle,
    sign_scale: float,
    who: Named = NO_PARTIES,
    checkpoint: Checkpoint = unchecked,
) -> Naming:
    """Place labels clear of `obstacles`, the most important first, then numbers for marks without room for a label.

    No line to a label crosses another line or a symbol. A mark that is only a dot on the page has neither.
    """
    requests, by_sign, signed = _requests(on_page, style, sign_scale)
    moved = on_page.spread.of_marks()
    dots = on_page.spread.dot_marks()
    requests = [request for request in requests if request.uuid not in who.unnamed and request.uuid not in dots]
    checkpoint()
    places = _places_on(on_page, obstacles, sign_scale)
    labelled = [request for request in requests if not (request.uuid in moved and moved[request.uuid].is_number)]
    is_narrow = _name_parties(places, labelled, requests, who, checkpoint)
    named = {label.uuid for label in places.placed}
    others = [request for request in labelled if request.uuid not in who.parties and request.uuid not in named]
    for variant in (list, _all_narrower):
        for request in variant(others):
            if request.uuid not in named and places.place(request, checkpoint) is not None:
                named.add(request.uuid)
    naming = Naming(list(places.placed), narrow_parties=is_narrow, by_sign=by_sign)
    naming.signed = {uuid: number for uuid, number in signed.items() if uuid not in naming.named}
    waiting = [request for request in requests if request.uuid not in naming.named and request.uuid not in signed]
    naming.numbers = _place_numbers(
        places, waiting, max(len(waiting), *signed.values(), 1), style, sign_scale, checkpoint
    )
    inside = {uuid for uuid in on_page.in_frame() if on_page.index.sites[uuid].is_site}
    if (who.parties & inside) - who.unnamed - naming.named - {label.uuid for label in naming.numbers}:
        naming.numbers = [label for label in naming.numbers if label.uuid not in who.parties]
    named_or_numbered = naming.named | naming.signed.keys() | {label.uuid for label in naming.numbers}
    naming.nameless = {uuid for uuid in inside - named_or_numbered if not label_text(on_page.index.sites[uuid])}
    naming.left_out = inside - named_or_numbered
    return naming


def _places_on(on_page: MapOnPage, obstacles: Sequence[Box], sign_scale: float) -> MarkPlaces:
    view = on_page.view
    room = Box(_EDGE, _EDGE, view.width - _EDGE, view.height - _EDGE)
    boxes = MarkBoxes(
        on_page.symbol_boxes(),
        on_page.spread.lines(),
        on_page.dot_boxes(),
        obstacles,
        [box for _, box in on_page.outline_boxes()],
        on_page.spread.of_marks(),
    )
    return MarkPlaces(room, boxes, sign_scale)


def _name_parties(
    places: MarkPlaces,
    labelled: Sequence[LabelRequest],
    requests: Sequence[LabelRequest],
    who: Named,
    checkpoint: Checkpoint,
) -> bool | None:
    """Place the labels of parties, all or none, then that of the page's own site, before all others.

    Returns true where the parties have smaller letters, None where they have no labels.
    """
    is_narrow = None
    wanted = [request for request in requests if request.uuid in who.parties]
    parties = [request for request in labelled if request.uuid in who.parties]
    ordered = sorted(parties, key=lambda request: request.uuid != who.own)
    if len(parties) == len(wanted):
        for narrow in (True,) if who.is_narrow else (False, True):
            if _are_all_placed(places, _all_narrower(ordered) if narrow else ordered, checkpoint):
                is_narrow = narrow if ordered else None
                break
    own = next((request for request in labelled if request.uuid == who.own), None)
    if own is not None and who.own not in who.parties:
        for on_outlines in (False, True):
            for variant in (own, _narrower(own)):
                label = places.place(
                    variant, checkpoint, on_outlines=on_outlines, farthest=_OWN_FARTHEST_PX, leads_on=True
                )
                if label is not None:
                    return is_narrow
    return is_narrow


def _are_all_placed(places: MarkPlaces, requests: Sequence[LabelRequest], checkpoint: Checkpoint) -> bool:
    """Place labels for all marks in their lettering, on lines of the map where need be; if one has no room, none."""
    attempt = places.copy()
    for request in requests:
        label = attempt.place(request, checkpoint, farthest=_FARTHEST_PX)
        if label is None and attempt.place(request, checkpoint, on_outlines=True, farthest=_FARTHEST_PX) is None:
            return False
    places.take(attempt)
    return True


def _place_numbers(
    places: MarkPlaces,
    waiting: Sequence[LabelRequest],
    most: int,
    style: HouseStyle,
    sign_scale: float,
    checkpoint: Checkpoint,
) -> list[PlacedLabel]:
    """Place numbers for marks without a label: first where room is kept for them, then the others."""
    begin, digits, small = len(places.placed), "0" * len(str(most)), _number_type(style, sign_scale)
    requests = [_number_request(request, digits, small) for request in waiting[:MOST_KEYED]]
    rest = [request for request in requests if places.place_reserved(request) is None]
    for request in rest:
        if places.place(request, checkpoint) is None:
            places.place(request, checkpoint, on_outlines=True)
    return places.placed[begin:]


def _all_narrower(requests: Sequence[LabelRequest]) -> list[LabelRequest]:
    return [_narrower(request) for request in requests]


def _narrower(request: LabelRequest) -> LabelRequest:
    """A label in more and shorter lines of smaller letters, for a mark without room for its own."""
    words = " ".join(request.text.split())
    lines = textwrap.wrap(words, _NARROW_CHARS, break_long_words=False, break_on_hyphens=False)
    assert isinstance(request.face, Type)
    narrow = _size_request(request, "\n".join(lines) or request.text, request.face.scaled(_NARROW))
    return replace(narrow, anchors=request.anchors[:_FEW_ANCHORS])


def _requests(
    on_page: MapOnPage, style: HouseStyle, sign_scale: float
) -> tuple[list[LabelRequest], set[str], dict[str, int]]:
    """Requests for labels, measured in the product's letters; uuids of marks whose sign is their name; numbers of
    numbered markers by uuid.
    """
    labels, by_uuid = SiteLabels(LabelPainter()), dict[str, LabelRequest]()
    by_sign, signed = set[str](), dict[str, int]()
    for frame in on_page.frames:
        by_sign |= {frame.index.uuids[row] for row in frame.rows.tolist() if is_said_by_sign(frame, row)}
        signs = ((uuid, sign_at.sign) for uuid, sign_at in frame.signs if sign_at.sign.kind == "numbered_marker")
        signed |= {uuid: int(sign.text) for uuid, sign in signs if sign.text.isdecimal()}
        shapes = {shape.uuid: shape for shape in frame.first_shapes(400)}
        frame_requests = labels.requests(frame, frozenset(), "") + _class_requests(frame)
        for request in frame_requests:
            if request.uuid not in by_uuid:
                measured_request = _measure_request(request, shapes.get(request.uuid), frame, style, sign_scale)
                by_uuid |= {request.uuid: measured_request} if measured_request.anchors else {}
    return sorted(by_uuid.values(), key=lambda request: request.rank), by_sign, signed


def _class_requests(frame: SiteFrame) -> list[LabelRequest]:
    """Requests for points without a label that are named in a claim: the words of their class stand for them."""
    requests = []
    for i in range(len(frame.rows)) if len(frame.rows) < 2000 else ():
        uuid = frame.index.uuids[frame.rows[i]]
        site = frame.index.shown(uuid)
        if site.role == "named in a claim" and not label_text(site) and not is_said_by_sign(frame, int(frame.rows[i])):
            anchor = Anchor(float(frame.px[i]), float(frame.py[i]), frame.symbol_radius_px)
            words = class_words(site.class_code)
            requests.append(LabelRequest(uuid, in_language(site.with_doubt(words)), Rank.CLAIM, 1.0, 1.0, (anchor,)))
    return requests


def _measure_request(
    request: LabelRequest, shape: ShapeInView | None, frame: SiteFrame, style: HouseStyle, sign_scale: float
) -> LabelRequest:
    type_ = label_type(request.rank, style, sign_scale)
    text = request.text if "\n" in request.text else wrapped(request.text)
    anchors = request.anchors if shape is None else _anchors_beside(shape, frame.view, request.anchors)
    view = frame.view
    inside = tuple(anchor for anchor in anchors if 0 <= anchor.px <= view.width and 0 <= anchor.py <= view.height)
    return replace(_size_request(request, text, type_), anchors=inside, leader=True, advances=())


def _size_request(request: LabelRequest, text: str, type_: Type) -> LabelRequest:
    lines = text.split("\n")
    width = max(type_.width(line) for line in lines) + 2 * _PAD
    height = len(lines) * type_.size * _LEADING + 2 * _PAD
    return replace(request, text=text, width=math.ceil(width), height=math.ceil(height), face=type_)


def label_type(rank: Rank, style: HouseStyle, sign_scale: float) -> Type:
    """The lettering of a label."""
    size = max(_SIZES.get(rank, 12.0) * sign_scale, LEAST_PT * PT)
    return Type(size, italic=rank is Rank.LINE, families=style.fonts)


def _anchors_beside(shape: ShapeInView, view: View, anchors: tuple[Anchor, ...]) -> tuple[Anchor, ...]:
    """Places beside a line or an outline, never inside it."""
    rings = [ring for part in shape.outline.shown(view.grid.resolution).parts for ring in part.rings]
    runs = [run.points for ring in rings for run in runs_in_view(to_pixels(view, ring), view, 0.0)]
    anchors_beside = []
    for points in sorted(runs, key=len, reverse=True)[:2]:
        x, y = points.T
        is_inside = (x >= 0) & (x <= view.width) & (y >= 0) & (y <= view.height)
        inside = points[is_inside] if is_inside.any() else points[len(points) // 2 :][:1]
        places = [inside[int(np.argmax(inside @ np.array(way)))] for way in ((1, 0), (0, -1), (0, 1), (-1, 0))]
        places.append(inside[len(inside) // 2])
        anchors_beside += [Anchor(float(x), float(y), 7.0 * view.ratio) for x, y in places]
    return tuple(anchors_beside) or tuple(anchor for anchor in anchors if anchor.way == "around")


def _number_request(request: LabelRequest, digits: str, type_: Type) -> LabelRequest:
    width, height = _box_of_number(type_, digits)
    few = request.anchors[:_FEW_ANCHORS]
    return replace(request, text=digits, width=width, height=height, face=type_, leader=True, anchors=few)


def _boxes_of(label: PlacedLabel) -> list[Box]:
    """The boxes of a label, and those along its line."""
    boxes = [label.box]
    if label.leader is not None:
        x1, y1, (x2, y2) = label.px, label.py, label.leader
        steps = max(1, int(math.hypot(x2 - x1, y2 - y1) / 6))
        for i in range(steps + 1):
            x, y = x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps
            boxes.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))
    return boxes


def label_boxes(naming: Naming) -> list[Box]:
    """All boxes that the names of a map cover."""
    return [box for label in (*naming.labels, *naming.numbers) for box in _boxes_of(label)]


# -- pieces -----------------------------------------------------------------------------------------------------------


def label_pieces(on_page: MapOnPage, naming: Naming, style: HouseStyle, sign_scale: float) -> list[Piece]:
    """Labels and numbers as pieces at their places on the page."""
    corner = on_page.rect.topLeft()
    pieces = []
    for label in naming.labels:
        type_ = label.face if isinstance(label.face, Type) else label_type(label.rank, style, sign_scale)
        color = style.label
        box = rect_of(label.box).translated(corner)
        lines = _lines(label, type_, box, color, style.halo)
        pieces.append(_piece(on_page, label, box, lines, color, style, f"label:{label.uuid}"))
    for label in naming.numbers:
        type_ = label.face if isinstance(label.face, Type) else label_type(label.rank, style, sign_scale)
        box = rect_of(label.box).translated(corner)
        x = box.center().x() - type_.width(label.text) / 2
        line = TextLine(x, box.center().y() + 0.36 * type_.size, label.text, type_, "#0b141c")
        piece = _piece(on_page, label, box, (line,), style.label, style, f"number:{label.uuid}")
        pieces.append(replace(piece, below=(partial(_paint_disc, box=box),)))
    return pieces


def _piece(
    on_page: MapOnPage,
    label: PlacedLabel,
    box: QRectF,
    lines: tuple[TextLine, ...],
    color: str,
    style: HouseStyle,
    key: str,
) -> Piece:
    foot = on_page.rect.topLeft() + QPointF(label.px, label.py)
    leader = partial(
        _paint_leader,
        foot=foot,
        clearance=label.clearance,
        color=color,
        halo=style.halo,
        is_wanted=label.leader is not None,
        scale=on_page.view.ratio,
    )
    return Piece(
        key,
        on_page.page,
        box,
        lines,
        kind=GroupKind.LABELS,
        frame=on_page.number,
        leader=leader,
        texts=(" ".join(label.text.split()),),
    )


def _lines(label: PlacedLabel, type_: Type, box: QRectF, color: str, halo: str) -> tuple[TextLine, ...]:
    lines = []
    room = box.width() - 2 * _PAD
    for number, text in enumerate(label.text.split("\n")):
        spare = room - type_.width(text)
        x = box.left() + _PAD + spare * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        baseline = box.top() + _PAD + number * type_.size * _LEADING + 0.92 * type_.size
        lines.append(TextLine(x, baseline, text, type_, color, halo))
    return tuple(lines)


def _paint_disc(painter: QPainter, box: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor("#fbfdfe"))
    disc = sharp_rect(painter, box.adjusted(0.5, 0.5, -0.5, -0.5), "#0b141c", 1.0)
    painter.drawRoundedRect(disc, disc.height() / 2, disc.height() / 2)


def _paint_leader(
    painter: QPainter,
    box: QRectF,
    *,
    foot: QPointF,
    clearance: float,
    color: str,
    halo: str,
    is_wanted: bool,
    scale: float,
) -> None:
    """Paint a line from beside the mark to the nearest edge of the label."""
    end = QPointF(
        min(max(foot.x(), box.left()), box.right()),
        min(max(foot.y(), box.top() + 0.3 * box.height()), box.bottom() - 0.3 * box.height()),
    )
    line = QLineF(foot, end)
    length = line.length()
    if length <= (0.0 if is_wanted else clearance + _NEAR_PX * scale) or length <= clearance:
        return
    line.setP1(line.pointAt(min(1.0, (clearance * 1.1 + 1.0) / length)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    round_cap = Qt.PenCapStyle.RoundCap
    for ink, width in ((QColor(halo), 2.8 * scale), (QColor(color), 1.1 * scale)):
        painter.setPen(fine_pen(painter, ink, width, round_cap))
        painter.drawLine(line)
