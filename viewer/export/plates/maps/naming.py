"""Names the marks of a map: each has a label beside it, else a number with a line in the key, else it is counted."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

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
from viewer.export.plates.maps.spread_marks import SpreadRoom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import LEAST_PT, PT, Type
from viewer.support.language.translation import in_language

MOST_KEYED = 400
LABEL_PAD = 2.0
_NARROW, _NARROW_CHARS = 0.88, 15
_FEW_ANCHORS = 4
_SHARES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)
"""Places along a line where its name may stand, as parts of its length, the best first."""
_LONELY_PX, _BESIDE_LINE_PX = 30.0, 7.0
"""Distance from other lines that is enough for the name of a line, and from its own, in logical pixels."""
_EDGE = 3.0
LEADING = 1.16
_SIZES = {Rank.SELECTED: 12.5, Rank.CLAIM: 11.0, Rank.SETTING: 11.0, Rank.LINE: 10.5}
"""Sizes of letters. Those named in a claim come first, and are no larger than others: a name is no verdict."""
_ROW_PX = 40.0


class Named(NamedTuple):
    """Rules for the names on a map.

    `own`: the site that the page is of. `parties`: uuids of those named in a claim, all with a label or all with a
    number. `unnamed`: uuids of marks that get neither.
    """

    own: str = ""
    parties: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()
    dotted: frozenset[str] = frozenset()
    """Uuids of marks that have only dots and no names on this map, as another of the page shows them larger."""
    is_narrow: bool = False
    """True where parties have smaller letters on every map of the page, as one of the maps has no room for others."""
    labelled: frozenset[str] = frozenset()
    """Uuids of marks that an earlier map of the page has with their labels."""
    most_numbers: int = MOST_KEYED
    """Most marks with a number, as the page has no room for a longer key. Marks that are named in a claim, or are drawn
    as a number alone, have theirs anyhow.
    """


_DOT_ROOM = 4.0
"""Room round a true place from which a line to its symbol can begin, in logical pixels."""
_TRIES = 6
"""Most orders in which the labels of parties look for places."""
_FARTHEST_PX = 100.0
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
    stacks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The marks of each sign for several, by the first of them, whose box has the numbers of all."""

    @property
    def named(self) -> frozenset[str]:
        return frozenset({label.uuid for label in self.labels} | self.by_sign)

    @property
    def waiting(self) -> list[str]:
        """The marks that need a number, from the top of the map to its bottom."""
        placed = sorted(self.numbers, key=lambda label: (round(label.py / _ROW_PX), label.px))
        return [uuid for label in placed for uuid in self.stacks.get(label.uuid, (label.uuid,))]

    @property
    def keyed(self) -> dict[str, int]:
        """Numbers by uuid, of all marks that have a line in the key."""
        return {**self.signed, **self.numbered}

    def give_numbers(self, numbers: Mapping[str, int]) -> None:
        """Set the number of each waiting mark."""
        self.numbered = {uuid: numbers[uuid] for uuid in self.waiting}
        self.numbers = [
            replace(label, text=_in_ranges([numbers[uuid] for uuid in self.stacks.get(label.uuid, (label.uuid,))]))
            for label in self.numbers
        ]


def _in_ranges(numbers: Sequence[int]) -> str:
    """Numbers as text, those that follow each other as a range."""
    runs = list[list[int]]()
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _box_of_number(type_: Type, digits: str) -> tuple[float, float]:
    height = math.ceil(type_.size * 1.3)
    return max(math.ceil(type_.width(digits) + 0.5 * type_.size), height), height


def _number_type(style: HouseStyle, sign_scale: float) -> Type:
    return Type(max(9.5 * sign_scale, LEAST_PT * PT), bold=True, families=style.fonts)


def spread_and_name(
    on_page: MapOnPage,
    obstacles: Sequence[Box],
    style: HouseStyle,
    sign_scale: float,
    who: Named = NO_PARTIES,
    checkpoint: Checkpoint = unchecked,
) -> Naming:
    """Spread the symbols of a map and name its marks, all clear of `obstacles`.

    Those named in a claim come first: their symbols, then their labels. All other symbols stand beside these; they have
    labels where there is room, the most important first, and numbers where there is none. While one that is named in a
    claim has a label on no map of the page, no other mark has one. No line to a label crosses another line or a symbol.
    A mark that is only a dot on the page has neither.
    """
    number, most = _number_type(style, sign_scale), len(on_page.in_frame())
    digits = _digits(most)
    # Numbers of marks that an earlier map shows too need not follow each other.
    several = f"{digits}, {digits}–{digits}" if on_page.number else f"{digits}–{digits}"
    beside, joined = _box_of_number(number, digits), _box_of_number(number, several)
    inks = style.label, style.halo
    first, is_narrow = _first_names(on_page, obstacles, style, sign_scale, who, beside, inks, checkpoint)
    name_boxes = [box for label in first for box in _boxes_of(label)]
    setting = SpreadRoom(beside, joined, (*obstacles, *name_boxes), dotted=who.dotted, first=who.own)
    on_page.spread_setting(setting, checkpoint)
    requests, by_sign, signed = _requests(on_page, style, sign_scale, who.own)
    moved, dots, claims = on_page.spread.of_marks(), on_page.spread.dot_marks(), _claims_of(on_page, who)
    stacks = on_page.spread.stacked()
    stacked = {uuid for stack in stacks.values() for uuid in stack}
    unnamed = who.unnamed | dots | (who.dotted - claims)
    requests = [request for request in requests if request.uuid not in unnamed]
    checkpoint()
    places = _places_on(on_page, obstacles, sign_scale)
    places.stand(first)
    named = {label.uuid for label in first}
    is_fair = named | who.labelled >= {request.uuid for request in requests if request.uuid in claims}
    labelled = [
        request
        for request in requests
        if request.uuid not in stacked | named | claims
        and not (request.uuid in moved and moved[request.uuid].is_number)
    ]
    for variant in (list, _all_narrower) if is_fair else ():
        for request in variant(labelled):
            if request.uuid not in named and places.place(request, checkpoint) is not None:
                named.add(request.uuid)
    naming = Naming(list(places.placed), narrow_parties=is_narrow, by_sign=by_sign)
    naming.signed = {uuid: number for uuid, number in signed.items() if uuid not in naming.named}
    waiting = [request for request in requests if request.uuid not in naming.named and request.uuid not in signed]
    naming.stacks = {first: tuple(u for u in stack if u not in unnamed) for first, stack in stacks.items()}
    alone = {uuid for uuid, sign in moved.items() if sign.is_number}
    waiting = _first_of(waiting, naming.stacks, claims | alone, who.most_numbers)
    most_number = max(len(waiting), *signed.values(), 1)
    naming.numbers = _place_numbers(places, waiting, naming.stacks, most_number, style, sign_scale, checkpoint)
    _count_left_out(on_page, naming, who)
    return naming


def _first_of(
    waiting: Sequence[LabelRequest], stacks: Mapping[str, tuple[str, ...]], needed: Set[str], most: int
) -> list[LabelRequest]:
    """The first marks that have a number where there are at most so many, and all that are `needed`. Marks that share a
    sign have numbers together.
    """
    with_first = {uuid: stack for stack in stacks.values() for uuid in stack}
    uuids, chosen = {request.uuid for request in waiting}, set[str]()
    for request in waiting:
        group = {uuid for uuid in with_first.get(request.uuid, (request.uuid,)) if uuid in uuids}
        if len(chosen | group) <= most or group & needed:
            chosen |= group
    return [request for request in waiting if request.uuid in chosen]


def _digits(count: int) -> str:
    return "0" * len(str(max(count, 1)))


def _claims_of(on_page: MapOnPage, who: Named) -> frozenset[str]:
    """Uuids of the marks in view that are named in a claim."""
    return who.parties | {
        frame.index.uuids[frame.rows[at]] for frame in on_page.frames for at in np.flatnonzero(frame.is_claim).tolist()
    }


def _first_names(
    on_page: MapOnPage,
    obstacles: Sequence[Box],
    style: HouseStyle,
    sign_scale: float,
    who: Named,
    number: tuple[float, float],
    inks: tuple[str, str],
    checkpoint: Checkpoint,
) -> tuple[list[PlacedLabel], bool | None]:
    """Labels of those named in a claim and of the page's own site, and whether the former have smaller letters.

    The symbols of claims are spread with room for their labels, else with room for numbers.
    """
    claims = _claims_of(on_page, who)
    room = SpreadRoom(number, obstacles=tuple(obstacles), first=who.own)
    on_page.spread_claims(room, inks, checkpoint)
    wanted = claims | {who.own}
    requests = [
        request for request in _requests(on_page, style, sign_scale, who.own)[0] if request.uuid in wanted - who.unnamed
    ]
    if not requests:
        return [], None
    labels, is_narrow = _labels_first(on_page, obstacles, sign_scale, requests, claims, who, checkpoint)
    if {label.uuid for label in labels} < {request.uuid for request in requests} and on_page.spread.moved:
        narrow = _all_narrower(requests)
        beside = max(request.width for request in narrow), max(request.height for request in narrow)
        on_page.spread_claims(replace(room, beside=beside), inks, checkpoint)
        requests = [
            request
            for request in _requests(on_page, style, sign_scale, who.own)[0]
            if request.uuid in wanted - who.unnamed
        ]
        others, is_other_narrow = _labels_first(on_page, obstacles, sign_scale, requests, claims, who, checkpoint)
        if len(others) > len(labels):
            return others, is_other_narrow
        on_page.spread_claims(room, inks, checkpoint)
    return labels, is_narrow


def _labels_first(
    on_page: MapOnPage,
    obstacles: Sequence[Box],
    sign_scale: float,
    requests: Sequence[LabelRequest],
    claims: frozenset[str],
    who: Named,
    checkpoint: Checkpoint,
) -> tuple[list[PlacedLabel], bool | None]:
    """Place the labels of claims, all or none of the parties', then that of the page's own site."""
    moved, dots = on_page.spread.of_marks(), on_page.spread.dot_marks()
    places = _places_on(on_page, obstacles, sign_scale, _DOT_ROOM * sign_scale)
    able = [request for request in requests if request.uuid in claims and request.uuid not in dots]
    able = [request for request in able if not (request.uuid in moved and moved[request.uuid].is_number)]
    is_narrow = None
    if {request.uuid for request in able} == claims & {request.uuid for request in requests}:
        ordered = sorted(able, key=lambda request: request.uuid != who.own)
        for narrow in (True,) if who.is_narrow else (False, True):
            if _are_all_placed(places, _all_narrower(ordered) if narrow else ordered, checkpoint):
                is_narrow = narrow if ordered else None
                break
    own = next((request for request in requests if request.uuid == who.own and request.uuid not in dots), None)
    if own is not None and who.own not in claims:
        _place_own(places, own, checkpoint)
    return places.placed, is_narrow


def _place_own(places: MarkPlaces, own: LabelRequest, checkpoint: Checkpoint) -> None:
    """Place the label of the page's own site, on lines of the map and far off where need be."""
    for on_outlines in (False, True):
        for variant in (own, _narrower(own)):
            farthest = _OWN_FARTHEST_PX
            if places.place(variant, checkpoint, on_outlines=on_outlines, farthest=farthest, leads_on=True) is not None:
                return


def _count_left_out(on_page: MapOnPage, naming: Naming, who: Named) -> None:
    """Fill in which marks have neither a label nor a number; where a party has none, no party has a number."""
    inside = {uuid for uuid in on_page.in_frame() if on_page.index.sites[uuid].is_site}
    numbered = set(naming.waiting)
    if (who.parties & inside) - who.unnamed - naming.named - numbered:
        naming.numbers = [label for label in naming.numbers if label.uuid not in who.parties]
    named_or_numbered = naming.named | naming.signed.keys() | set(naming.waiting)
    naming.nameless = {uuid for uuid in inside - named_or_numbered if not label_text(on_page.index.sites[uuid])}
    naming.left_out = inside - named_or_numbered


def _places_on(on_page: MapOnPage, obstacles: Sequence[Box], sign_scale: float, dot_room: float = 0.0) -> MarkPlaces:
    """Places for names on a map. `dot_room`: room round dots that lines keep free."""
    view = on_page.view
    room = Box(_EDGE, _EDGE, view.width - _EDGE, view.height - _EDGE)
    boxes = MarkBoxes(
        on_page.symbol_boxes(),
        on_page.spread.lines(),
        on_page.dot_boxes(),
        obstacles,
        [*(box for _, box in on_page.outline_boxes()), *on_page.edges],
        on_page.spread.of_marks(),
        dot_room,
    )
    return MarkPlaces(room, boxes, sign_scale)


def _are_all_placed(places: MarkPlaces, requests: Sequence[LabelRequest], checkpoint: Checkpoint) -> bool:
    """Place labels for all marks in their lettering, on lines of the map and far from moved symbols where need be.

    One without room comes first in the next try. If one has none in the end, none has a label.
    """
    waiting = list(requests)
    for _turn in range(_TRIES):
        attempt = places.copy()
        failed = next((request for request in waiting if not _is_placed(attempt, request, checkpoint)), None)
        if failed is None:
            places.take(attempt)
            return True
        if waiting[0] is failed:
            return False
        waiting = [failed, *(request for request in waiting if request is not failed)]
    return False


def _is_placed(places: MarkPlaces, request: LabelRequest, checkpoint: Checkpoint) -> bool:
    ways = [(on_outlines, False, _FARTHEST_PX) for on_outlines in (False, True)]
    ways += [(on_outlines, True, share * _FARTHEST_PX) for share in (0.4, 1.0) for on_outlines in (False, True)]
    labels = (
        places.place(request, checkpoint, on_outlines=on_outlines, farthest=farthest, leads_on=leads_on)
        for on_outlines, leads_on, farthest in ways
    )
    return next((label for label in labels if label is not None), None) is not None


def _place_numbers(
    places: MarkPlaces,
    waiting: Sequence[LabelRequest],
    stacks: Mapping[str, tuple[str, ...]],
    most: int,
    style: HouseStyle,
    sign_scale: float,
    checkpoint: Checkpoint,
) -> list[PlacedLabel]:
    """Place numbers for marks without a label: first where room is kept for them, then the others.

    Marks that share a sign share a box of numbers.
    """
    begin, digits, small = len(places.placed), _digits(most), _number_type(style, sign_scale)
    stacked = {uuid for stack in stacks.values() for uuid in stack}
    waiting = [request for request in waiting if request.uuid in stacks or request.uuid not in stacked]
    requests = [_number_request(request, digits, small) for request in waiting]
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
    on_page: MapOnPage, style: HouseStyle, sign_scale: float, own: str
) -> tuple[list[LabelRequest], set[str], dict[str, int]]:
    """Requests for labels, measured in the product's letters; uuids of marks whose sign is their name; numbers of
    numbered markers by uuid.
    """
    labels, by_uuid = SiteLabels(LabelPainter()), dict[str, LabelRequest]()
    by_sign, signed = set[str](), dict[str, int]()
    outlines = on_page.outline_boxes() if any(frame.near for frame in on_page.frames) else []
    for frame in on_page.frames:
        by_sign |= {frame.index.uuids[row] for row in frame.rows.tolist() if is_said_by_sign(frame, row)}
        signs = ((uuid, sign_at.sign) for uuid, sign_at in frame.signs if sign_at.sign.kind == "numbered_marker")
        signed |= {uuid: int(sign.text) for uuid, sign in signs if sign.text.isdecimal()}
        shapes = {shape.uuid: shape for shape in frame.first_shapes(400)}
        frame_requests = labels.requests(frame, frozenset(), "") + _class_requests(frame)
        for request in frame_requests:
            if request.uuid not in by_uuid:
                shape = shapes.get(request.uuid)
                if request.uuid == own and request.rank is not Rank.CLAIM:
                    request = replace(request, rank=Rank.SELECTED)
                others = [] if shape is None else [box for uuid, box in outlines if uuid != request.uuid]
                measured_request = _measure_request(request, shape, others, frame, style, sign_scale)
                by_uuid |= {request.uuid: measured_request} if measured_request.anchors else {}
    return sorted(by_uuid.values(), key=lambda request: request.rank), by_sign, signed


def _class_requests(frame: SiteFrame) -> list[LabelRequest]:
    """Requests for points without a label that are named in a claim: the words of their class stand for them."""
    requests = []
    for i in range(len(frame.rows)) if len(frame.rows) < 2000 else ():
        uuid = frame.index.uuids[frame.rows[i]]
        site = frame.index.shown(uuid)
        if site.role == "named in a claim" and not label_text(site) and not is_said_by_sign(frame, int(frame.rows[i])):
            anchor = Anchor(float(frame.px[i]), float(frame.py[i]), frame.radius_px(i))
            words = class_words(site.class_code)
            requests.append(LabelRequest(uuid, in_language(site.with_doubt(words)), Rank.CLAIM, 1.0, 1.0, (anchor,)))
    return requests


def _measure_request(
    request: LabelRequest,
    shape: ShapeInView | None,
    others: Sequence[Box],
    frame: SiteFrame,
    style: HouseStyle,
    sign_scale: float,
) -> LabelRequest:
    type_ = label_type(request.rank, style, sign_scale)
    text = request.text if "\n" in request.text else wrapped(request.text)
    anchors = request.anchors if shape is None else _anchors_beside(shape, others, frame.view, request.anchors)
    view = frame.view
    inside = tuple(anchor for anchor in anchors if 0 <= anchor.px <= view.width and 0 <= anchor.py <= view.height)
    return replace(_size_request(request, text, type_), anchors=inside, leader=True, advances=())


def _size_request(request: LabelRequest, text: str, type_: Type) -> LabelRequest:
    lines = text.split("\n")
    width = max(type_.width(line) for line in lines) + 2 * LABEL_PAD
    height = len(lines) * type_.size * LEADING + 2 * LABEL_PAD
    return replace(request, text=text, width=math.ceil(width), height=math.ceil(height), face=type_)


def label_type(rank: Rank, style: HouseStyle, sign_scale: float) -> Type:
    """The lettering of a label."""
    size = max(_SIZES.get(rank, 12.0) * sign_scale, LEAST_PT * PT)
    return Type(size, bold=rank is Rank.SELECTED, italic=rank is Rank.LINE, families=style.fonts)


def _anchors_beside(
    shape: ShapeInView, others: Sequence[Box], view: View, anchors: tuple[Anchor, ...]
) -> tuple[Anchor, ...]:
    """Places beside a line or an outline, never inside it. On a line first those where no other line is close by."""
    rings = [ring for part in shape.outline.shown(view.grid.resolution).parts for ring in part.rings]
    runs = [run.points for ring in rings for run in runs_in_view(to_pixels(view, ring), view, 0.0)]
    anchors_beside = []
    if shape.site.kind == "line" and runs:
        places = _lonely_places(max(runs, key=_length_px), others, view)
        anchors_beside += [Anchor(x, y, _BESIDE_LINE_PX * view.ratio) for x, y in places]
    for points in sorted(runs, key=len, reverse=True)[:2]:
        x, y = points.T
        is_inside = (x >= 0) & (x <= view.width) & (y >= 0) & (y <= view.height)
        inside = points[is_inside] if is_inside.any() else points[len(points) // 2 :][:1]
        places = [inside[int(np.argmax(inside @ np.array(way)))] for way in ((1, 0), (0, -1), (0, 1), (-1, 0))]
        places.append(inside[len(inside) // 2])
        anchors_beside += [Anchor(float(x), float(y), _BESIDE_LINE_PX * view.ratio) for x, y in places]
    return tuple(anchors_beside) or tuple(anchor for anchor in anchors if anchor.way == "around")


def _length_px(points: NDArray[np.float64]) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _lonely_places(points: NDArray[np.float64], others: Sequence[Box], view: View) -> list[tuple[float, float]]:
    """Places on a line, the first ones far from other lines, so that nobody takes the name for that of another."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = along[-1] * np.array(_SHARES)
    x, y = np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])
    is_inside = (x >= 0) & (x <= view.width) & (y >= 0) & (y <= view.height)
    apart = np.full(len(x), _LONELY_PX * view.ratio)
    if others:
        middles = np.array(others).reshape(-1, 2, 2).mean(axis=1)
        apart = np.minimum(apart, np.hypot(x[:, None] - middles[:, 0], y[:, None] - middles[:, 1]).min(axis=1))
    order = np.argsort(-np.round(apart / (5.0 * view.ratio)), kind="stable")
    return [(float(x[place]), float(y[place])) for place in order[is_inside[order]][:_FEW_ANCHORS]]


def _number_request(request: LabelRequest, digits: str, type_: Type) -> LabelRequest:
    width, height = _box_of_number(type_, digits)
    few = request.anchors[:_FEW_ANCHORS]
    return replace(request, text=digits, width=width, height=height, face=type_, leader=True, anchors=few)


def _boxes_of(label: PlacedLabel) -> list[Box]:
    """The boxes of a label, and those along its line."""
    boxes = [label.box]
    if label.leader is not None:
        x1, y1, (x2, y2) = label.px, label.py, label.leader
        steps = max(1, int(math.hypot(x2 - x1, y2 - y1) / 3))
        for i in range(steps + 1):
            x, y = x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps
            boxes.append(Box(x - 1.5, y - 1.5, x + 1.5, y + 1.5))
    return boxes


def label_boxes(naming: Naming) -> list[Box]:
    """All boxes that the names of a map cover."""
    return [box for label in (*naming.labels, *naming.numbers) for box in _boxes_of(label)]
