"""The sites in one view: selected once, then used to paint, to label and to find what the pointer hits."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from math import isfinite
from typing import Literal, NamedTuple

import numpy as np
import shapely
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.document.site import Site
from layers.document.vocabulary import AREA_NOT_PIN_M
from layers.geo.bounds import Bounds
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.vector.labels.label_layout import Box
from viewer.canvas.sites.line_marks import LineMark
from viewer.canvas.sites.mark_painter import SignAt, leader_line
from viewer.canvas.sites.outlines import Floats, Outline
from viewer.canvas.sites.shown_only import BareMarks, ShownOnly
from viewer.canvas.sites.site_index import SiteIndex
from viewer.canvas.sites.site_shapes import circles_of, geodesic_step_m, to_pixels
from viewer.canvas.sites.site_symbol_painter import COMPACT_RADIUS_PX, SYMBOL_RADIUS_PX

COMPACT_FROM = 700
"""Number of symbols in view above which they are dots, as badges would only cover each other."""
THIN_FROM = 4000
"""Number of dots in view above which only the topmost in each cell of half a dot is painted: it covers the others."""
_OUTER_CELLS = 5
"""Number of cells beyond each edge of the picture that are told apart: what lies further out does not reach into it."""

type HitPart = Literal["mark", "label", "edge", "rim", "disc", "inside"]


class SiteHit(NamedTuple):
    """The part of a site under a place: its symbol or text, its label, its line or outline, or the inside of that.

    Of a loosely known point it may also be the rim of its error circle, or the disc inside.
    """

    uuid: str
    part: HitPart

    @property
    def is_direct(self) -> bool:
        """True for a part that is drawn at the place itself, and does not merely enclose it."""
        return self.part not in ("disc", "inside")

    @property
    def is_handle(self) -> bool:
        """True for a part by which the site can be dragged: not its label, nor the circle of its error."""
        return self.part in ("mark", "edge", "inside")


class ShapeInView(NamedTuple):
    """A line or an area in view: the part of its outline near the view, and the shape of its mark, if it has one."""

    uuid: str
    site: Site
    outline: Outline
    mark: LineMark | None = None


class SiteFrame(Struct):
    """The sites in one view. Arrays run over the point rows in view, in painting order (claims above the setting)."""

    view: View
    index: SiteIndex
    rows: NDArray[np.intp]
    px: Floats
    py: Floats
    error_px: Floats
    is_area: NDArray[np.bool_]
    is_claim: NDArray[np.bool_]
    is_symbol: NDArray[np.bool_]
    """True for rows with the symbol of a class; False for areas, texts, callouts and numbers."""
    compact: bool
    _near: list[str]
    """Lines and areas that may be in view."""
    symbol_scale: float = 1.0
    """Size of the symbols, relative to those of the screen."""
    claim_scale: float = 1.0
    """Size of the symbols of those named in a claim, relative to the others."""
    only: ShownOnly | None = None
    """The marks that a filter leaves; None for all."""
    bare: NDArray[np.bool_] | None = None
    """True for rows whose symbols are left out, as what lies below them is looked at; None for none."""
    _shapes: dict[str, ShapeInView | None] = field(default_factory=dict)
    _step_m: float = 0.0
    _signs: list[tuple[str, SignAt]] | None = None

    @classmethod
    def of(cls, index: SiteIndex, view: View, only: ShownOnly | None = None) -> SiteFrame:
        """Select the sites of an index that may be in a view, of all or of those that a filter leaves, and place their
        points in its pixels.
        """
        rows, px, py, error_px = index.visible_points(view, _margin_px(view))
        near = index.shapes_near(view)
        if only is not None:
            near, seen = only.shapes(near), only.points(index)[rows]
            rows, px, py, error_px = rows[seen], px[seen], py[seen], error_px[seen]
        if not len(rows):
            none = np.zeros(0, np.bool_)
            return cls(view, index, rows, px, py, error_px, none, none, none, False, near, only=only)
        claims = np.array([symbol.role == "named in a claim" for symbol in index.symbols], np.bool_)
        is_claim = claims[index.symbol[rows]]
        order = np.concatenate([np.flatnonzero(~is_claim), np.flatnonzero(is_claim)])
        rows, px, py, error_px, is_claim = rows[order], px[order], py[order], error_px[order], is_claim[order]
        with np.errstate(invalid="ignore"):
            is_area = (index.error_m[rows] > AREA_NOT_PIN_M) & (error_px > SYMBOL_RADIUS_PX * view.ratio)
        is_symbol = ~is_area & (index.sign[rows] < 0)
        compact = int(is_symbol.sum()) > COMPACT_FROM
        return cls(view, index, rows, px, py, error_px, is_area, is_claim, is_symbol, compact, near, only=only)

    def part(self, piece: View) -> SiteFrame:
        """The sites in a piece of this view, taken from those in the view."""
        index, px, py = self.index, self.px - (piece.left - self.view.left), self.py - (piece.top - self.view.top)
        reach = np.maximum(self.error_px, _margin_px(piece))
        if index.signs:
            index.widen_for_signs(reach, self.rows, piece.ratio)
        seen = (px > -reach) & (px < piece.width + reach) & (py > -reach) & (py < piece.height + reach)
        if index.has_leads:
            seen |= np.isin(self.rows, index.callouts())
        over = index.areas_over_the_edge(piece.grid.crs)
        if len(over):
            seen |= np.isin(self.rows, over)
        return SiteFrame(
            piece,
            index,
            self.rows[seen],
            px[seen],
            py[seen],
            self.error_px[seen],
            self.is_area[seen],
            self.is_claim[seen],
            self.is_symbol[seen],
            self.compact,
            self._left(index.shapes_near(piece)),
            self.symbol_scale,
            self.claim_scale,
            only=self.only,
            bare=None if self.bare is None else self.bare[seen],
        )

    def _left(self, uuids: list[str]) -> list[str]:
        """Lines and areas among `uuids` that the filter leaves."""
        return uuids if self.only is None else self.only.shapes(uuids)

    def rearranged(
        self, px: Floats, py: Floats, is_symbol: NDArray[np.bool_], symbol_scale: float, claim_scale: float
    ) -> SiteFrame:
        """The same frame with its symbols elsewhere, of other sizes, and only those of `is_symbol`."""
        return replace(self, px=px, py=py, is_symbol=is_symbol, symbol_scale=symbol_scale, claim_scale=claim_scale)

    def bared(self, bare: BareMarks) -> SiteFrame:
        """The same frame without the symbols of some marks."""
        is_bare = self.is_symbol if bare.are_all else self.is_symbol & self.chosen(bare.uuids)
        return replace(self, is_symbol=self.is_symbol & ~is_bare, bare=is_bare)

    @property
    def bare_places(self) -> list[tuple[float, float]]:
        """Pixels of the marks whose symbols are left out."""
        if self.bare is None:
            return []
        return list(zip(self.px[self.bare].tolist(), self.py[self.bare].tolist(), strict=True))

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to paint."""
        return not len(self.rows) and not self._near

    @property
    def shapes(self) -> list[ShapeInView]:
        """Lines and areas, areas first."""
        return self.shapes_of(self.near)

    def first_shapes(self, most: int) -> list[ShapeInView]:
        """The first `most` of the lines and areas, without computing the others."""
        return list(islice((shape for uuid in self.near for shape in self.shapes_of([uuid])), most))

    @property
    def near(self) -> list[str]:
        """The lines and areas that may be in view, areas first, as lines are painted above them."""
        return self._areas_first(self._near)

    def _areas_first(self, uuids: list[str]) -> list[str]:
        shapes = self.index.shapes
        return sorted(uuids, key=lambda uuid: shapes[uuid].site.kind != "polygon")

    def shapes_of(self, uuids: Iterable[str]) -> list[ShapeInView]:
        """Lines and areas among `uuids` that are in view, each computed when it is first needed.

        A map that pans keeps a picture of most of them.
        """
        shapes = (self._shape(uuid) for uuid in uuids)
        return [shape for shape in shapes if shape is not None]

    def _shape(self, uuid: str) -> ShapeInView | None:
        if uuid not in self._shapes:
            if not self._step_m:
                view = self.view
                middle = view.to_world(view.width / 2, view.height / 2)
                self._step_m = geodesic_step_m(ground_resolution_m(view.grid.crs, *middle, view.grid.resolution))
            shape = self.index.shapes[uuid]
            outline = shape.outline(self.view, self._step_m)
            site = self.index.shown(uuid)
            self._shapes[uuid] = None if outline is None else ShapeInView(uuid, site, outline, shape.mark)
        return self._shapes[uuid]

    @property
    def signs(self) -> list[tuple[str, SignAt]]:
        """Texts, callouts and numbers with their sites, in painting order; computed when first needed, as `shapes`."""
        if self._signs is None:
            self._signs = _signs(self.index, self.view, self.rows, self.px, self.py)
        return self._signs

    @property
    def signs_near(self) -> int:
        """Upper bound of the number of signs in view."""
        return int((self.index.sign[self.rows] >= 0).sum())

    @property
    def rings(self) -> list[LineMark]:
        """Range rings that may be in view."""
        rings, shapes = self.index.rings, self.index.shapes
        marks = (shapes[uuid].mark for uuid in self._near if uuid in rings) if rings else ()
        return [mark for mark in marks if mark is not None]

    @property
    def shapes_in_boxes(self) -> int:
        """Upper bound of the number of lines and areas in view, with the areas of loosely known points."""
        return len(self._near) + int(self.is_area.sum())

    @property
    def scale(self) -> float:
        """Picture pixels in a logical pixel."""
        return self.view.ratio

    @property
    def symbol_radius_px(self) -> float:
        return (COMPACT_RADIUS_PX if self.compact else SYMBOL_RADIUS_PX) * self.scale * self.symbol_scale

    def radius_px(self, position: int) -> float:
        """The radius of one symbol."""
        return self.symbol_radius_px * (self.claim_scale if self.is_claim[position] else 1.0)

    def circles(self, of: Sequence[int]) -> list[Outline]:
        """The areas that the points at these positions stand for."""
        rows, index = self.rows[list(of)], self.index
        places = zip(index.lon[rows].tolist(), index.lat[rows].tolist(), index.error_m[rows].tolist(), strict=True)
        return circles_of(list(places), self.view.grid.crs)

    def thinned(self, of: NDArray[np.bool_] | None = None) -> NDArray[np.intp]:
        """Positions of the symbols to paint, of all or those `of`, in painting order."""
        shown = np.flatnonzero(self.is_symbol if of is None else of)
        if len(shown) <= THIN_FROM:
            return shown
        cell = COMPACT_RADIUS_PX * self.scale
        wide, high = math.ceil(self.view.width / cell), math.ceil(self.view.height / cell)
        col, row = _cells(self.px[shown], cell, wide), _cells(self.py[shown], cell, high)
        at, numbers = row * (wide + 2 * _OUTER_CELLS) + col, np.arange(len(shown))
        last = np.zeros((wide + 2 * _OUTER_CELLS) * (high + 2 * _OUTER_CELLS), np.intp)
        last[at] = numbers  # of several in a cell the last one stays
        kept: NDArray[np.intp] = shown[last[at] == numbers]
        return kept

    def chosen(self, uuids: frozenset[str]) -> NDArray[np.bool_]:
        """(n,) Mask of the points of these sites."""
        if not uuids:
            return np.zeros(len(self.rows), np.bool_)  # and np.isin would import numpy.ma, while the window starts
        if len(uuids) <= len(self.rows):
            return np.isin(self.rows, [row for uuid in uuids for row in self.index.rows_of(uuid)])
        names = self.index.uuids
        return np.array([names[row] in uuids for row in self.rows.tolist()], np.bool_)

    def shows(self, uuids: Collection[str]) -> bool:
        """True where any of these sites is in view."""
        if self.shapes_of(uuid for uuid in self._near if uuid in uuids):
            return True
        rows = [row for uuid in uuids for row in self.index.rows_of(uuid)]
        return bool(np.isin(self.rows, rows).any())

    # -- hits -----------------------------------------------------------------------------------------------------

    def hits(self, px: float, py: float, radius_px: float) -> list[SiteHit]:
        """The marks under a place, topmost first: texts and numbers, symbols, then lines and outlines, then areas.

        The inside of an area is hit only while some of its outline is in the picture.
        """
        points = self._signs_at(px, py, radius_px) + self._symbols_at(px, py, radius_px)
        hits = [SiteHit(uuid, "mark") for uuid in points]
        discs, inside = list[SiteHit](), list[SiteHit]()
        for shape in reversed(self.shapes):
            near, within = _touch(shape.outline, self.view, px, py, radius_px)
            if near:
                hits.append(SiteHit(shape.uuid, "edge"))
            elif within:
                inside.append(SiteHit(shape.uuid, "inside"))
        over = set(self.index.areas_over_the_edge(self.view.grid.crs).tolist())
        for position in np.flatnonzero(self.is_area)[::-1].tolist():
            is_near = np.hypot(self.px[position] - px, self.py[position] - py) <= 2.0 * self.error_px[position]
            if not is_near and int(self.rows[position]) not in over:
                continue
            near, within = _touch(self.circles([position])[0], self.view, px, py, radius_px)
            uuid = self.index.uuids[self.rows[position]]
            if near:
                hits.append(SiteHit(uuid, "rim"))
            elif within:
                discs.append(SiteHit(uuid, "disc"))
        return hits + discs + inside

    def within(self, left: float, top: float, right: float, bottom: float) -> list[str]:
        """Uuids of the points inside a box of pixels, and of the lines and polygons that touch it."""
        inside = (self.px >= left) & (self.px <= right) & (self.py >= top) & (self.py <= bottom)
        uuids = [self.index.uuids[row] for row in self.rows[inside]]
        drawn = Box(left, top, right, bottom)
        uuids += [uuid for uuid, sign in self.signs if sign.box(self.scale).overlaps(drawn)]
        return list(dict.fromkeys(uuids + self._shapes_touching(shapely.box(left, top, right, bottom))))

    def in_ring(self, ring: Sequence[tuple[float, float]]) -> list[str]:
        """Uuids of the points inside a ring of pixels, drawn by hand, and of the lines and polygons that touch it."""
        area = shapely.make_valid(shapely.Polygon(ring))
        inside = shapely.contains_xy(area, self.px, self.py)
        uuids = [self.index.uuids[row] for row in self.rows[inside]]
        return list(dict.fromkeys(uuids + self._shapes_touching(area)))

    def _shapes_touching(self, area: shapely.Geometry) -> list[str]:
        around, uuids = _world_box(self.view, *shapely.bounds(area).tolist()), list[str]()
        is_all_of_it = not self.view.grid.rotation_deg and shapely.box(*shapely.bounds(area).tolist()).equals(area)
        for shape in self.shapes_of(self._areas_first(self._left(self.index.shapes_at(self.view.grid.crs, around)))):
            whole = shape.outline.bounds
            if is_all_of_it and whole is not None and around.contains(whole):  # of thousands on a page most
                uuids.append(shape.uuid)
                continue
            parts = shape.outline.near(around).parts
            if any(_part_geometry(part.rings, part.is_polygon, self.view).intersects(area) for part in parts):
                uuids.append(shape.uuid)
        return uuids

    def _symbols_at(self, px: float, py: float, radius_px: float) -> list[str]:
        """The sites whose symbols are within reach; areas too have a symbol in their middle."""
        reach = max(radius_px, self.symbol_radius_px)
        distance = np.hypot(self.px - px, self.py - py)
        hit = np.flatnonzero((distance <= reach) & (self.is_symbol | self.is_area))
        return [self.index.uuids[self.rows[position]] for position in hit[::-1]]

    def _signs_at(self, px: float, py: float, radius_px: float) -> list[str]:
        place = Box(px - radius_px, py - radius_px, px + radius_px, py + radius_px)
        uuids = [uuid for uuid, sign in self.signs if sign.box(self.scale).overlaps(place)]
        leaders = [(uuid, line) for uuid, sign in self.signs if (line := leader_line(sign, self.scale)) is not None]
        ends = [((line.x1(), line.y1()), (line.x2(), line.y2())) for _, line in leaders]
        if ends:
            near = shapely.distance(shapely.linestrings(ends), shapely.Point(px, py)) <= radius_px
            uuids = [leaders[index][0] for index in np.flatnonzero(near)] + uuids
        return uuids[::-1]


def _signs(index: SiteIndex, view: View, rows: NDArray[np.intp], px: Floats, py: Floats) -> list[tuple[str, SignAt]]:
    if not index.signs:
        return []
    leads: dict[int, tuple[float, float]] = {}
    if index.has_leads:
        lead_rows, lead_px, lead_py = index.lead_pixels(view)
        places = zip(lead_px.tolist(), lead_py.tolist(), strict=True)
        leads = dict(zip(lead_rows.tolist(), places, strict=True))
    signs = []
    for position in np.flatnonzero(index.sign[rows] >= 0).tolist():
        row = int(rows[position])
        sign, at = index.signs[index.sign[row]], (float(px[position]), float(py[position]))
        if index.is_place(index.uuids[row]):
            sign = replace(sign, is_doubtful=True)
        lead = leads.get(row)
        sign_at = SignAt(sign, *at) if lead is None or not isfinite(sum(lead)) else SignAt(sign, *lead, foot=at)
        if sign_at.touches(view):
            signs.append((index.uuids[row], sign_at))
    return signs


def _touch(outline: Outline, view: View, px: float, py: float, radius_px: float) -> tuple[bool, bool]:
    """(outline within reach, place inside a polygon that does not fill the whole picture)."""
    place, picture, near, within = shapely.Point(px, py), shapely.box(0, 0, view.width, view.height), False, False
    around = _world_box(view, px - radius_px, py - radius_px, px + radius_px, py + radius_px)
    for part in outline.near(around).parts:
        geometry = _part_geometry(part.rings, part.is_polygon, view)
        edge = geometry.boundary if part.is_polygon else geometry
        near = near or edge.distance(place) <= radius_px
        within = within or (part.is_polygon and geometry.contains(place) and not geometry.contains(picture))
    return near, within


def _world_box(view: View, left: float, top: float, right: float, bottom: float) -> Bounds:
    """World bounds of a box of pixels, also of a turned map."""
    corners = [view.to_world(x, y) for x in (left, right) for y in (top, bottom)]
    return Bounds.of_points(*np.array(corners).T)


def _part_geometry(rings: tuple[Floats, ...], is_polygon: bool, view: View) -> shapely.Geometry:
    pixels = [to_pixels(view, ring) for ring in rings]
    return shapely.Polygon(pixels[0], pixels[1:]) if is_polygon else shapely.LineString(pixels[0])


def _cells(places: Floats, cell: float, count: int) -> NDArray[np.intp]:
    """Numbers of the cells of places in one direction; those far outside fall into the first or the last."""
    return np.clip((places / cell).astype(np.intp), -_OUTER_CELLS, count + _OUTER_CELLS - 1) + _OUTER_CELLS


def _margin_px(view: View) -> float:
    """Margin in pixels around the picture within which a symbol may reach into it."""
    return SYMBOL_RADIUS_PX * view.ratio * 1.6
