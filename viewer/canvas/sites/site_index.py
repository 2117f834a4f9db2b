"""An index of the sites in columns: finds, projects and counts them without touching a site that is out of view."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from copy import copy
from typing import Any

import numpy as np
import shapely
from msgspec import Struct, field
from msgspec.structs import asdict, replace
from numpy.typing import NDArray

from layers.document.marks.mark_shape import Callout, MarkShape, shape_of_site
from layers.document.site import Site
from layers.document.sites_off_earth import first_named
from layers.document.vocabulary import AREA_NOT_PIN_M
from layers.geo.antimeridian import boxes_of
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, WGS84, is_unrolled, transform_points
from layers.geo.lon_extent import narrowest
from layers.geo.longitudes import shift_near
from layers.geo.measure import HALF_ROUND_M
from layers.geo.on_earth import off_earth, why_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.sites.footprints import SYMBOL_REACH_PX, Footprint
from viewer.canvas.sites.line_marks import LineMark
from viewer.canvas.sites.mark_judge import AllBut, Solid
from viewer.canvas.sites.mark_signs import MarkSign, sign_of, tick_mask
from viewer.canvas.sites.place_of import place_of
from viewer.canvas.sites.shape_boxes import ShapeBoxes
from viewer.canvas.sites.site_shapes import SiteShape, world_bounds_of
from viewer.canvas.sites.site_symbology import SiteSymbol, line_symbol, symbol_key, symbol_of

Floats = NDArray[np.float64]
_KEPT_CRS = 3
_POINT, _POINTS = 0, 4
"""Types of geometries, as shapely numbers them."""
_SPARE = 8
"""Rows of a column for each of which one more is kept as room for new marks."""
_STROKE_PX = 14.0
"""Width in logical pixels that an arrow's head, or the glow of a line, may add beside a line."""
_EDITS_KEPT, _MOST_TOUCHED = 16, 40
"""Number of the last edits whose touched sites are kept, and most sites of one of them."""
_STEP_DEG = 1e-3
"""Step in degrees towards the equator by which the length of a world unit is measured."""
_METRES_A_DEGREE = 111_195.0
"""Metres in a degree on a sphere, good to half a per cent: enough to choose between a symbol and a circle."""


class ProjectedPoints(Struct):
    """World positions of all points in one CRS, nan where there is none, and the metres in a world unit there."""

    x: Floats
    y: Floats
    unit_m: Floats
    reach: Floats
    """Error of each point in world units; 0 where none is given, or the point has no place."""


class SiteIndex(Struct):
    """The sites in columns: a row for every point of a point site, in drawing order; lines and polygons are shapes."""

    sites: dict[str, Site] = field(default_factory=dict)
    shapes: dict[str, SiteShape] = field(default_factory=dict)
    uuids: list[str] = field(default_factory=list)
    symbols: list[SiteSymbol] = field(default_factory=list)
    """Distinct symbols; `symbol` holds indexes into it."""
    lon: Floats = field(default_factory=lambda: np.zeros(0))
    lat: Floats = field(default_factory=lambda: np.zeros(0))
    error_m: Floats = field(default_factory=lambda: np.zeros(0))
    symbol: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    sign: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Index into `signs` of each row; -1 for the symbol of a class."""
    signs: list[MarkSign] = field(default_factory=list)
    off_earth: dict[str, str] = field(default_factory=dict)
    """Uuids of sites that cannot be drawn, as their coordinates are no place on the Earth, with the reason."""
    alive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    revision: int = 0
    """Number of edits followed; it tells a picture of one state from that of the next."""
    placed_at: int = 0
    """The revision at which a row or a shape last changed; later ones touched only labels and notes."""
    rings: set[str] = field(default_factory=set)
    """Uuids of the range rings."""
    solid: Solid | None = None
    """The sites that are drawn solid, as the shown image tells of them; all others are dashed.

    None where all are solid.
    """
    _places: dict[str, tuple[Site, Site]] = field(default_factory=dict)
    """Rows of dashed sites that were needed, with the rows that are painted in their place."""
    _shown_symbol: tuple[int, NDArray[np.int32]] | None = None
    _last_edits: deque[tuple[int, dict[str, Footprint] | None]] = field(
        default_factory=lambda: deque(maxlen=_EDITS_KEPT)
    )
    """The last edits: revision, and the footprints before it of the sites that it touched; None for many."""
    _widest_px: float = 4.0
    """Width of the widest line that the index has ever held, in logical pixels."""
    _boxes: ShapeBoxes = field(default_factory=ShapeBoxes)
    _beyond: set[str] | None = None
    """The sites beyond the edge of Web Mercator; None until they are first needed."""
    _rows: dict[str, list[int]] = field(default_factory=dict)
    _symbol_ids: dict[SiteSymbol, int] = field(default_factory=dict)
    _projected: dict[str, ProjectedPoints] = field(default_factory=dict)
    _sign_ids: dict[MarkSign, int] = field(default_factory=dict)
    _sign_reach_px: list[float] = field(default_factory=list)
    _widest_sign_px: float = 0.0
    _leads: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Place of a callout's box, by the callout's row."""
    _over: tuple[int, NDArray[np.intp]] | None = None
    """Rows of the areas on both sides of the edge of the map, with their `placed_at`; each frame needs them several
    times.
    """
    _projected_leads: dict[str, tuple[NDArray[np.intp], Floats, Floats]] = field(default_factory=dict)

    @classmethod
    def of(cls, sites: Mapping[str, Site]) -> SiteIndex:
        index = cls()
        index._add(sites.values())
        return index

    def copied(self) -> SiteIndex:
        """Another index of the same sites, which follows edits by itself; building it anew would take many times as
        long.
        """
        index = copy(self)
        for name, column in asdict(self).items():
            setattr(index, name, _own_copy(column))
        index._boxes = ShapeBoxes()
        return index

    def update(self, uuids: Iterable[str], sites: Mapping[str, Site]) -> None:
        """Follow an edit that touched `uuids`."""
        self.revision += 1
        self._projected_leads.clear()
        uuids = list(uuids)
        is_listed = len(uuids) <= _MOST_TOUCHED
        self._last_edits.append((self.revision, {uuid: self.footprint(uuid) for uuid in uuids} if is_listed else None))
        self._boxes.outdate(uuids)
        new = []
        for uuid in uuids:
            site = sites.get(uuid)
            if uuid not in self.sites:  # thousands may come at once: what each of them is, is seen for all together
                new += [site] if site is not None else []
                continue
            if site is not None and self._rename(site):
                continue
            self.placed_at = self.revision
            if site is None or (not self._stays(site) and why_off_earth(site.geometry)) or not self._patch(site):
                self._remove(uuid)
                if site is not None:
                    new.append(site)
        if new:
            self.placed_at = self.revision
            self._add(new)
        if self._beyond is not None:
            self._beyond.difference_update(uuids)
            self._beyond |= self._sites_beyond([uuid for uuid in uuids if uuid in self.sites])

    def show_solid(self, solid: Solid | None) -> bool:
        """Set the solid sites, after which all is painted anew; False where they are the same as before."""
        if solid == self.solid:
            return False
        self.solid = solid
        self.revision += 1
        self._places.clear()
        return True

    def is_place(self, uuid: str) -> bool:
        """True for a site that is dashed because the shown image does not tell of it."""
        return self.solid is not None and uuid not in self.solid

    def shown(self, uuid: str) -> Site:
        """The row of a site as it is painted and named here."""
        site = self.sites[uuid]
        if not self.is_place(uuid):
            return site
        if uuid not in self._places or self._places[uuid][0] is not site:
            self._places[uuid] = site, place_of(site)
        return self._places[uuid][1]

    @property
    def shown_symbol(self) -> NDArray[np.int32]:
        """(rows,) Index into `symbols` of the symbol that is painted, dashed ones included."""
        if self.solid is None:
            return self.symbol
        if self._shown_symbol is None or self._shown_symbol[0] != self.revision:
            dashed = [self._symbol_id(replace(symbol, is_doubtful=True)) for symbol in list(self.symbols)]
            is_place = self._is_place()
            ids = np.where(is_place, np.array(dashed, np.int32)[self.symbol], self.symbol) if dashed else self.symbol
            self._shown_symbol = self.revision, ids
        return self._shown_symbol[1]

    def _is_place(self) -> NDArray[np.bool_]:
        """(rows,) Mask of the points that are dashed."""
        if isinstance(self.solid, AllBut):
            is_place = np.zeros(len(self.uuids), np.bool_)
            is_place[[row for uuid in self.solid.dashed for row in self._rows.get(uuid, ())]] = True
            return is_place
        solid = self.solid or ()
        return np.array([uuid not in solid for uuid in self.uuids], np.bool_)

    def footprint(self, uuid: str) -> Footprint:
        """Footprint of a site as it is now; empty for a site that is not in the index."""
        rows = self._rows.get(uuid, [])
        leads = [self._leads[row] for row in rows if row in self._leads]
        reach = [self._sign_reach_px[sign] if sign >= 0 else SYMBOL_REACH_PX for sign in self.sign[rows].tolist()]
        places = np.column_stack([self.lon[rows], self.lat[rows]])
        return Footprint(
            np.concatenate([places, np.array(leads, np.float64).reshape(-1, 2)]),
            np.array(reach + [max(reach, default=0.0)] * len(leads)),
            np.append(self.error_m[rows], [np.nan] * len(leads)),
            self.shapes.get(uuid),
            _STROKE_PX + self._widest_px / 2,
        )

    def touched_since(self, revision: int) -> list[Footprint] | None:
        """Footprints, before and after, of all that has changed since a revision; None for too many."""
        if revision == self.revision:
            return []
        changes = [touched for at, touched in self._last_edits if at > revision]
        if len(changes) < self.revision - revision:
            return None
        before: list[Footprint] = []
        uuids: dict[str, None] = {}
        for touched in changes:
            if touched is None:
                return None
            before += touched.values()
            uuids |= dict.fromkeys(touched)
        return [*before, *(self.footprint(uuid) for uuid in uuids)] if len(uuids) <= _MOST_TOUCHED else None

    def callouts(self) -> NDArray[np.intp]:
        """The rows of all callouts, whose boxes lie away from their places."""
        return np.array(list(self._leads), np.intp)

    def widen_for_signs(self, reach: Floats, rows: NDArray[np.intp], ratio: float) -> None:
        """Widen `reach`, in pixels of these rows, to that of texts, which reach further than symbols."""
        signed = np.flatnonzero(self.sign[rows] >= 0)
        of_signs = np.array(self._sign_reach_px) * ratio
        reach[signed] = np.maximum(reach[signed], of_signs[self.sign[rows[signed]]])

    def project_shapes(self, crs: str) -> None:
        """Compute the outlines of all lines and areas in a CRS, so that its first picture need not wait for them."""
        self._boxes.prepare(self.shapes, crs)

    def shapes_near(self, view: View) -> list[str]:
        """The lines and areas that a view may show, in drawing order."""
        reach = (_STROKE_PX + self._widest_px / 2) * view.ratio * view.grid.resolution
        return self.shapes_at(view.grid.crs, world_bounds_of(view).expanded(reach))

    def shapes_at(self, crs: str, around: Bounds) -> list[str]:
        """The lines and areas that may touch these world bounds, in drawing order."""
        return self._boxes.touching(self.shapes, crs, around)

    def rows_of(self, uuid: str) -> list[int]:
        """The rows of a site's points; empty for a line, a polygon, or a site that is not drawn."""
        return self._rows.get(uuid, [])

    def projected(self, crs: str) -> ProjectedPoints:
        """All points in a CRS: computed once, then patched by edits."""
        if crs not in self._projected:
            while len(self._projected) >= _KEPT_CRS:
                del self._projected[next(iter(self._projected))]
            self._projected[crs] = _project(crs, self.lon, self.lat, self.error_m)
        return self._projected[crs]

    def visible_points(self, view: View, margin_px: float) -> tuple[NDArray[np.intp], Floats, Floats, Floats]:
        """(rows, px, py, error_px) of the points whose symbol or error circle may touch the view, in drawing order.

        `error_px` is 0 where no error is given. Areas over the antimeridian come always: a part of each is far from
        its point.
        """
        if not self.uuids:  # as in a case that only begins: with four panes each fraction of a millisecond counts
            return np.zeros(0, np.intp), np.zeros(0), np.zeros(0), np.zeros(0)
        points = self.projected(view.grid.crs)
        near = self._near(points, view, margin_px)
        if not len(near):
            return near, np.zeros(0), np.zeros(0), np.zeros(0)
        inverse, x, y = view.affine.inverse(), points.x[near], points.y[near]
        px, py = inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f
        with np.errstate(invalid="ignore", divide="ignore"):
            unit_m = points.unit_m[near] * view.grid.resolution
            error_px = np.nan_to_num(self.error_m[near] / unit_m, nan=0.0, posinf=0.0)
            reach = np.maximum(error_px, margin_px)
            if self.signs:
                self.widen_for_signs(reach, near, view.ratio)
            seen = _in_picture(px, py, reach, view)
            if self._leads:
                leads, lead_px, lead_py = self.lead_pixels(view)
                at = np.searchsorted(near, leads)
                seen[at] |= _in_picture(lead_px, lead_py, reach[at], view)
        over = self.areas_over_the_edge(view.grid.crs)
        if len(over):
            seen |= np.isin(near, over) & np.isfinite(px)
        seen &= self.alive[near]
        if self.solid is not None and (is_tick := tick_mask(self.signs)).any():
            seen &= ~(is_tick[self.sign[near]] & self._is_place()[near])  # ticks on an image that is not shown
        return near[seen], px[seen], py[seen], error_px[seen]

    def _near(self, points: ProjectedPoints, view: View, margin_px: float) -> NDArray[np.intp]:
        """The rows that may be in view, in order, with those of all callouts and of areas over the edge.

        A closer look at all others, which are most, would take ten times as long.
        """
        turn = math.radians(view.grid.rotation_deg)
        slant = abs(math.cos(turn)) + abs(math.sin(turn))
        margin = (max(margin_px, self._widest_sign_px * view.ratio) + 1.0) * view.grid.resolution * slant
        box = view.world_bounds().expanded(margin)
        x, y = points.x, points.y
        seen = (x > box.left) & (x < box.right) & (y > box.bottom) & (y < box.top)
        wide = np.flatnonzero(points.reach * slant > margin)
        if len(wide):
            x, y, more = x[wide], y[wide], points.reach[wide] * slant
            seen[wide] |= (
                (x > box.left - more) & (x < box.right + more) & (y > box.bottom - more) & (y < box.top + more)
            )
        seen[self.callouts()] = True
        seen[self.areas_over_the_edge(view.grid.crs)] = True
        return np.flatnonzero(seen)

    @property
    def has_leads(self) -> bool:
        """True where there are callouts."""
        return bool(self._leads)

    def lead_pixels(self, view: View) -> tuple[NDArray[np.intp], Floats, Floats]:
        """(rows, px, py) of the boxes of all callouts."""
        crs = view.grid.crs
        if crs not in self._projected_leads:
            places = np.array(list(self._leads.values()), np.float64).reshape(-1, 2)
            x, y = transform_points(WGS84, crs, places[:, 0], places[:, 1])
            self._projected_leads[crs] = np.array(list(self._leads), np.intp), x, y
        rows, x, y = self._projected_leads[crs]
        inverse = view.affine.inverse()
        return rows, inverse.a * x + inverse.b * y + inverse.c, inverse.d * x + inverse.e * y + inverse.f

    def areas_over_the_edge(self, crs: str) -> NDArray[np.intp]:
        """The rows of points that stand for an area on both sides of the edge of a map in this CRS."""
        if not is_unrolled(crs):
            return np.zeros(0, np.intp)
        if self._over is None or self._over[0] != self.placed_at:
            self._over = self.placed_at, self._rows_over_the_edge()
        return self._over[1]

    def _rows_over_the_edge(self) -> NDArray[np.intp]:
        areas = np.flatnonzero(self.error_m > AREA_NOT_PIN_M)
        reach, lat = np.radians(self.error_m[areas] / _METRES_A_DEGREE), np.radians(np.abs(self.lat[areas]))
        share = np.sin(np.minimum(reach, np.pi / 2)) / np.maximum(np.cos(lat), 1e-9)
        wide = np.where(lat + reach < np.pi / 2, np.degrees(np.arcsin(np.minimum(share, 1.0))), 180.0)
        return areas[np.abs(self.lon[areas]) + wide > 180.0]

    def bounds_lonlat(self) -> Bounds | None:
        """Bounds of all sites, with the areas that stand for loosely known places; None without any."""
        boxes = self.boxes_lonlat()
        return narrowest(boxes) if len(boxes) else None

    def boxes_within(self, part: Bounds) -> Floats:
        """(n, 4) boxes of the sites that touch a part of the Earth, in its turn of longitudes."""
        boxes = self.boxes_lonlat()
        middle = (part.left + part.right) / 2
        turned = 360.0 * np.round((middle - (boxes[:, 0] + boxes[:, 2]) / 2) / 360.0)
        left, bottom, right, top = boxes[:, 0] + turned, boxes[:, 1], boxes[:, 2] + turned, boxes[:, 3]
        inside = (left <= part.right) & (right >= part.left) & (bottom <= part.top) & (top >= part.bottom)
        return np.column_stack([left, bottom, right, top])[inside]

    def boxes_lonlat(self) -> Floats:
        """(n, 4) Boxes of the sites that can be drawn, with the areas that stand for loosely known places."""
        boxes = boxes_of([shape.site.geometry for shape in self.shapes.values()])
        if self.alive.any():
            lon, lat = self.lon[self.alive], self.lat[self.alive]
            reach = np.nan_to_num(self.error_m[self.alive]) / _METRES_A_DEGREE
            wide = np.minimum(reach / np.maximum(np.cos(np.radians(lat)), 0.01), 180.0)
            ends = lon - wide, np.maximum(lat - reach, -90.0), lon + wide, np.minimum(lat + reach, 90.0)
            boxes = np.concatenate([boxes, np.column_stack(ends)])
        return boxes

    @property
    def not_drawn(self) -> str:
        """One sentence on sites that cannot be drawn and why; empty where all can."""
        return first_named(self.sites, self.off_earth)

    @property
    def beyond_mercator(self) -> int:
        """Number of sites of the Earth that lie beyond the edge of Web Mercator with all their points."""
        if self._beyond is None:
            rows = np.flatnonzero(self.alive & (np.abs(self.lat) > MERCATOR_MAX_LAT)).tolist()
            self._beyond = self._sites_beyond([*self.shapes, *{self.uuids[row] for row in rows}])
        return len(self._beyond)

    def _sites_beyond(self, uuids: list[str]) -> set[str]:
        """The sites among `uuids` that lie beyond the edge of Web Mercator."""
        placed = [uuid for uuid in uuids if uuid not in self.off_earth]
        boxes = shapely.bounds([self.sites[uuid].geometry for uuid in placed]).reshape(-1, 4)
        beyond = (boxes[:, 1] > MERCATOR_MAX_LAT) | (boxes[:, 3] < -MERCATOR_MAX_LAT)
        return {placed[at] for at in np.flatnonzero(beyond).tolist()}

    # -- rows -----------------------------------------------------------------------------------------------------

    def _add(self, sites: Iterable[Site]) -> None:
        sites = list(sites)
        if not sites:
            return
        self.sites.update({site.uuid: site for site in sites})
        shapes = [site.geometry for site in sites]
        geometries = np.array(shapes, dtype=object)
        types = shapely.get_type_id(geometries)
        is_point = (types == _POINT) | (types == _POINTS)
        nowhere = off_earth(shapes)
        is_point[list(nowhere)] = False
        self.off_earth.update({sites[at].uuid: why for at, why in nowhere.items()})
        for at in np.flatnonzero(~is_point).tolist():
            if at not in nowhere:
                self._set_shape(sites[at], _shape_of(sites[at]))
        if is_point.any():
            points = [sites[at] for at in np.flatnonzero(is_point).tolist()]
            self._add_points(points, *shapely.get_coordinates(geometries[is_point], return_index=True))

    def _add_points(self, sites: list[Site], places: Floats, owner: NDArray[np.intp]) -> None:
        """Add rows of points; `places` are those of all sites in order, and `owner` is the index of each point's site.

        What many sites share is computed once, and columns are made whole: a case may have 100,000 of them.
        """
        row, signs = len(self.uuids), []
        symbols: list[int] = []
        errors: list[float] = []
        symbol_ids: dict[Hashable, int] = {}
        counts = np.bincount(owner, minlength=len(sites))
        for site, count in zip(sites, counts.tolist(), strict=True):
            rows = self._rows[site.uuid] = list(range(row, row + count))
            row += count
            self.uuids += [site.uuid] * count
            sign = self._sign_id(site, _shape_of(site), rows) if site.shape_json else -1
            signs.append(sign)
            errors.append(_error_of(site) if sign < 0 else np.nan)
            key = symbol_key(site)
            symbol = symbol_ids.get(key)
            if symbol is None:
                symbol = symbol_ids[key] = self._symbol_id(symbol_of(site))
            symbols.append(symbol)
        error_m = np.array(errors)[owner]
        self.lon, self.lat = _longer(self.lon, places[:, 0]), _longer(self.lat, places[:, 1])
        self.error_m = _longer(self.error_m, error_m)
        self.symbol = _longer(self.symbol, np.array(symbols, np.int32)[owner])
        self.sign = _longer(self.sign, np.array(signs, np.int32)[owner])
        self.alive = _longer(self.alive, np.ones(len(places), np.bool_))
        self._projected_leads.clear()
        for crs, known in self._projected.items():
            new = _project(crs, places[:, 0], places[:, 1], error_m)
            for name, column in asdict(known).items():
                setattr(known, name, _longer(column, getattr(new, name)))

    def _rename(self, site: Site) -> bool:
        """Take over a changed point whose rows stay as they are; False where one of them does not."""
        rows = self._rows.get(site.uuid)
        if not rows or site.shape_json or site.kind != "point" or not self._stays(site):
            return False
        error_m, before_m = _error_of(site), float(self.error_m[rows[0]])
        is_as_good = error_m == before_m or (math.isnan(error_m) and math.isnan(before_m))
        is_same_symbol = self.sign[rows[0]] < 0 and self.symbol[rows[0]] == self._symbol_ids.get(symbol_of(site))
        if not (is_as_good and is_same_symbol):
            return False
        self.sites[site.uuid] = site
        return True

    def _patch(self, site: Site) -> bool:
        """Write a changed site into its rows; False where it does not fit them."""
        if site.uuid in self.off_earth:
            return False
        if site.kind != "point":
            if site.uuid not in self.shapes:
                return False
            self.sites[site.uuid] = site
            self._set_shape(site, _shape_of(site))
            return True
        rows, places = self._rows.get(site.uuid, []), shapely.get_coordinates(site.geometry)
        if not rows or len(rows) != len(places):
            return False
        stays = self._stays(site)
        self.sites[site.uuid] = site
        self.lon[rows], self.lat[rows] = places[:, 0], places[:, 1]
        sign = self._sign_id(site, _shape_of(site), rows)
        self.sign[rows] = sign
        self.error_m[rows] = _error_of(site) if sign < 0 else np.nan
        self.symbol[rows] = self._symbol_id(symbol_of(site))
        for crs, known in self._projected.items():
            if not stays:
                new = _project(crs, places[:, 0], places[:, 1], self.error_m[rows])
                known.x[rows], known.y[rows], known.unit_m[rows] = new.x, new.y, new.unit_m
            known.reach[rows] = _reach(self.error_m[rows], known.unit_m[rows])
        return True

    def _stays(self, site: Site) -> bool:
        """True where a changed site is drawn and has not moved: an edit of thousands then needs no projection."""
        known = self.sites.get(site.uuid)
        return known is not None and known.geometry is site.geometry and site.uuid not in self.off_earth

    def _remove(self, uuid: str) -> None:
        self.sites.pop(uuid, None)
        self.shapes.pop(uuid, None)
        self.rings.discard(uuid)
        self.off_earth.pop(uuid, None)
        rows = self._rows.pop(uuid, [])
        self.alive[rows] = False
        for row in rows:
            self._leads.pop(row, None)

    def _set_shape(self, site: Site, shape: MarkShape | None) -> None:
        mark = LineMark.of(site, shape)
        self._widest_px = max(self._widest_px, line_symbol(site).width)
        self.shapes[site.uuid] = SiteShape(site, mark)
        if mark is not None and mark.is_ring:
            self.rings.add(site.uuid)
        else:
            self.rings.discard(site.uuid)

    def _sign_id(self, site: Site, shape: MarkShape | None, rows: list[int]) -> int:
        """The index of a site's sign, -1 for none; the place of a callout's box is kept by its row."""
        for row in rows:
            self._leads.pop(row, None)
            if isinstance(shape, Callout):
                lon, lat = shape.leader
                self._leads[row] = shift_near(lon, site.geometry.x), lat
        sign = sign_of(site, shape)
        if sign is None:
            return -1
        if sign not in self._sign_ids:
            self._sign_ids[sign] = len(self.signs)
            self.signs.append(sign)
            self._sign_reach_px.append(sign.reach_px)
            self._widest_sign_px = max(self._widest_sign_px, sign.reach_px)
        return self._sign_ids[sign]

    def _symbol_id(self, symbol: SiteSymbol) -> int:
        if symbol not in self._symbol_ids:
            self._symbol_ids[symbol] = len(self.symbols)
            self.symbols.append(symbol)
        return self._symbol_ids[symbol]


def _own_copy(column: Any) -> Any:
    """A copy of a column or table, with the same rows and shapes."""
    if isinstance(column, dict) and any(isinstance(points, ProjectedPoints) for points in column.values()):
        return {
            crs: ProjectedPoints(points.x.copy(), points.y.copy(), points.unit_m.copy(), points.reach.copy())
            for crs, points in column.items()
        }
    return copy(column) if isinstance(column, dict | list | set | deque | np.ndarray) else column


def bounds_of_sites(sites: Iterable[Site]) -> Bounds | None:
    """Lon, lat bounds of sites, with the areas that stand for loosely known ones; None where none can be drawn."""
    return SiteIndex.of({site.uuid: site for site in sites}).bounds_lonlat()


def _in_picture(px: Floats, py: Floats, reach: Floats, view: View) -> NDArray[np.bool_]:
    return (px > -reach) & (px < view.width + reach) & (py > -reach) & (py < view.height + reach)


def _shape_of(site: Site) -> MarkShape | None:
    return shape_of_site(site) if site.shape_json else None


def _error_of(site: Site) -> float:
    """Error of a site in metres, nan where none is given; at most half round the Earth, whatever a case holds."""
    error = site.least_error_m
    return min(error, HALF_ROUND_M) if error is not None and error >= 0 else np.nan


def _project(crs: str, lon: Floats, lat: Floats, error_m: Floats) -> ProjectedPoints:
    """Project points; the metres of a world unit are measured by a short step towards the equator."""
    x, y = transform_points(WGS84, crs, lon, lat)
    step_x, step_y = transform_points(WGS84, crs, lon, lat - np.copysign(_STEP_DEG, lat))
    with np.errstate(invalid="ignore", divide="ignore"):
        unit_m = _STEP_DEG * _METRES_A_DEGREE / np.hypot(step_x - x, step_y - y)
    # Arrays of their own: those of a transformation may be parts of one.
    return ProjectedPoints(x.copy(), y.copy(), unit_m, _reach(error_m, unit_m))


def _reach(error_m: Floats, unit_m: Floats) -> Floats:
    """Errors in world units, 0 where none is given."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(error_m / unit_m, nan=0.0, posinf=0.0)


def _longer(column: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
    """A column with more rows, copied only when its spare room is used up. It belongs to one index and is copied with
    it, so that no other index uses the room behind its rows.
    """
    length, size = len(column), len(column) + len(more)
    room = column.base
    if not isinstance(room, np.ndarray) or len(room) < size:
        room = np.empty(size + size // _SPARE + 64, column.dtype)
        room[:length] = column
    room[length:size] = more
    return room[:size]
