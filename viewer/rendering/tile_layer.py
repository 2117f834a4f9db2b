"""The display tiles of one layer: the tiles at hand, the tiles shown, and stand-ins for those that are missing."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from msgspec import Struct, field
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter, QRegion, QTransform

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, Affine, TileGrid, TileKey, View
from layers.grid.tile_plan import PixelBounds, Plan, pixel_bounds, plan_tiles, tiles_in
from viewer.rendering.images import to_view_pixels
from viewer.rendering.tiles.tile_cache import TileName, TilesByLayer
from viewer.support.painting import painting
from viewer.support.timing import span

RECENT_GRIDS = 3
"""Number of former grids whose tiles stand in, for each grid in view."""
AS_FINE = 1.5
"""Factor by which pixels of a stand-in may be coarser than those of another one without being worse to look at."""
_KNOWN_GRIDS = 8
"""Most grids for which the layer's bounds are kept."""
_PART = "part"
_TILE = QRect(0, 0, TILE_PX, TILE_PX)
_HAIR_PX = 1e-6
"""Length in pixels by which an edge may lie beyond another that it is meant to be."""
_SAME_SCALE = 1e-3
"""Share by which a scale may differ from another that it is meant to be: less than a pixel in a view."""
_EDGE_PX = 2
"""Margin in pixels that stays around the data when a tile is cropped."""


class _Held(Struct, eq=False):
    """The tiles of a grid in view."""

    tiles: dict[TileKey, QImage] = field(default_factory=dict)
    stale: dict[TileKey, QImage] = field(default_factory=dict)
    """Tiles of the last revision."""
    provisional: dict[TileKey, QImage] = field(default_factory=dict)
    true_scale: set[TileKey] = field(default_factory=set)
    """Provisional tiles that were drawn at the scale of their grid."""
    parts: dict[TileKey, QImage] = field(default_factory=dict)
    """Parts of tiles that are final, placed by their `offset`."""
    given_up: set[TileKey] = field(default_factory=set)
    """Tiles that will not come for now: what stands in for them is all that there is."""

    def keep(self, keys: frozenset[TileKey]) -> None:
        self.given_up &= keys
        self.true_scale &= keys
        for tiles in (self.tiles, self.stale, self.provisional, self.parts):
            for key in [key for key in tiles if key not in keys]:
                del tiles[key]


class _Recent(Struct, frozen=True, eq=False):
    """A grid that was in view: its tiles, which the cache may still have, and those that were there in part."""

    revision: Hashable
    grid: TileGrid
    keys: frozenset[TileKey]
    parts: Mapping[TileKey, QImage]

    def covers(self, view: View, key: TileKey) -> bool:
        """True where its tiles cover what a view shows of a tile."""
        seen = QRectF(_seen(view, key))
        affine = view.grid.tile_affine(key)
        corners = [
            self.grid.to_pixel(*affine.apply(px, py))
            for px in (seen.left(), seen.right())
            for py in (seen.top(), seen.bottom())
        ]
        (left, *_, right), (top, *_, bottom) = (sorted(line) for line in zip(*corners, strict=True))
        right, bottom = right - _HAIR_PX, bottom - _HAIR_PX
        columns, rows = ([math.floor(edge / TILE_PX) for edge in edges] for edges in ((left, right), (top, bottom)))
        if (columns[1] - columns[0] + 1) * (rows[1] - rows[0] + 1) > len(self.keys) + len(self.parts):
            return False
        box = QRect(QPoint(math.floor(left), math.floor(top)), QPoint(math.floor(right), math.floor(bottom)))
        return all(
            self._has(TileKey(0, column, row), box.translated(-column * TILE_PX, -row * TILE_PX))
            for column in range(columns[0], columns[1] + 1)
            for row in range(rows[0], rows[1] + 1)
        )

    def _has(self, key: TileKey, box: QRect) -> bool:
        part = self.parts.get(key)
        return key in self.keys or (part is not None and _shown_by(part).contains(box.intersected(_TILE)))


class TileLayer:
    """Holds the tiles of the grids in view, which are never evicted; all others are in the shared cache.

    There is one such grid, and one more for each wrapped world copy in view. `revision` is what the pixels depend on.
    Stand-ins are, from the back: one small picture of the whole layer, provisional tiles, tiles of recent grids and of
    the other grids in view, the coarse tile, tiles of the last revision.
    """

    def __init__(self, cache: TilesByLayer[QImage], layer_uuid: str, coarse: bool = True) -> None:
        self._cache = cache
        self._layer_uuid = layer_uuid
        self._coarse = coarse
        self.revision: Hashable = None
        self._bounds: tuple[str, Bounds] | None = None
        self._held: dict[TileGrid, _Held] = {}
        """Tiles of the grids in view."""
        self._has_parts = False
        self._recent: list[_Recent] = []
        self._overview: tuple[str, Affine, QImage] | None = None
        self._within: dict[TileGrid, PixelBounds] = {}

    # -- filling ------------------------------------------------------------------------------------------------

    def plan(self, views: Sequence[View], cursor: tuple[float, float] | None = None) -> list[tuple[View, Plan]]:
        """Plan a view and the wrapped world copies in it, and drop all other views.

        Their tiles are taken from the cache where they are there; the plans want the others.
        """
        if not (len(views) == len(self._held) and all(view.grid in self._held for view in views)):
            self._turn_to([view.grid for view in views])
        return [(view, self._plan(view, cursor)) for view in views]

    def _plan(self, view: View, cursor: tuple[float, float] | None) -> Plan:
        held = self._held[view.grid]

        def have(key: TileKey) -> bool:
            return key in held.given_up or self._find_seen(held, view, key) is not None

        with span("plan"):
            plan = plan_tiles(view, have, cursor, self.within(view.grid), self._coarse)
        held.keep(plan.keep)
        return plan

    def put(self, grid: TileGrid, revision: Hashable, key: TileKey, image: QImage, lasting: bool = True) -> None:
        """Put a finished tile (null: empty). Not `lasting`: shown now, but not kept in the cache."""
        image = self._cropped(grid, key, image)
        if lasting:
            name = TileName(self._layer_uuid, revision, grid, key)
            self._cache.put(name, image, image.sizeInBytes() + 64)
        held = self._held.get(grid)
        if held is not None and revision == self.revision:
            held.tiles[key] = image
            held.given_up.discard(key)
            for others in (held.stale, held.provisional, held.parts):
                others.pop(key, None)

    def give_up(self, grid: TileGrid, key: TileKey) -> None:
        """Note that a tile will not come for now: what stands in for it stays shown, and it is not wanted."""
        held = self._held.get(grid)
        if held is not None and key not in held.tiles:
            held.given_up.add(key)

    def given_up_in(self, grid: TileGrid) -> frozenset[TileKey]:
        """The tiles of a grid that were given up."""
        held = self._held.get(grid)
        return frozenset() if held is None else frozenset(held.given_up)

    def want_given_up(self, keys: Iterable[TileKey] | None = None) -> None:
        """Want the tiles again that were given up: those of some keys, or all."""
        for held in self._held.values():
            held.given_up.difference_update(list(held.given_up) if keys is None else keys)

    def put_part(
        self, grid: TileGrid, revision: Hashable, key: TileKey, image: QImage, *, lasting: bool = True
    ) -> None:
        """Put a finished part of a tile, placed by its `offset`: it will do for views that show no more of the tile."""
        self._has_parts = True
        if lasting:
            self._cache.put(self._name_of_part(revision, grid, key), image, image.sizeInBytes() + 64)
        held = self._held.get(grid)
        if held is not None and revision == self.revision and key not in held.tiles:
            held.parts[key] = image

    def is_partial(self, grid: TileGrid, key: TileKey) -> bool:
        """True for a tile of which only a part is at hand."""
        held = self._held.get(grid)
        return held is not None and key in held.parts and self._find(held, grid, key) is None

    def put_stale(self, grid: TileGrid, key: TileKey, image: QImage) -> None:
        """Put a tile of a style that is no longer wanted, but newer than what stands in now."""
        held = self._held.get(grid)
        if held is not None and key in held.stale:
            held.stale[key] = image

    def put_provisional(self, grid: TileGrid, key: TileKey, image: QImage, *, is_scaled: bool = True) -> None:
        """Put a tile that is shown where nothing better is there: a blurred one, unless it was drawn at this scale."""
        held = self._held.get(grid)
        if held is not None and key not in held.tiles:
            held.provisional[key] = image
            (held.true_scale.discard if is_scaled else held.true_scale.add)(key)

    def lacks_stand_in(self, view: View, key: TileKey, resolution: float) -> bool:
        """True where no provisional tile has been put yet, and no tiles of a recent grid as fine as that stand in."""
        held = self._held.get(view.grid)
        if held is not None and key in held.provisional:
            return False
        return not any(
            recent.grid.crs == view.grid.crs
            and recent.grid.resolution <= AS_FINE * resolution
            and recent.covers(view, key)
            for recent in self._recent
        )

    def set_overview(self, crs: str, affine: Affine, image: QImage) -> None:
        """Set the small picture of the whole layer; `affine` leads from its pixels to `crs`."""
        self._overview = (crs, affine, image)

    def has_overview(self, crs: str) -> bool:
        return self._overview is not None and self._overview[0] == crs

    def set_revision(self, revision: Hashable) -> None:
        """Set the revision, as the style or the data have changed; tiles shown so far stay as stand-ins until new ones
        come.
        """
        if revision == self.revision:
            return
        self._cache.discard_layer(self._layer_uuid, lambda name: name.revision == self.revision)
        self.revision = revision
        for held in self._held.values():
            held.stale.update(held.parts | held.tiles)
            held.tiles, held.parts, held.given_up = {}, {}, set()
        self._recent = []

    def drop(self, keys: Iterable[TileKey]) -> None:
        """Outdate tiles in view so that they are made anew; meanwhile they are their own stand-ins."""
        for key in keys:
            for grid, held in self._held.items():
                held.given_up.discard(key)
                self._cache.discard(self._name_of_part(self.revision, grid, key))
                part = held.parts.pop(key, None)
                image = held.tiles.pop(key, part)
                if image is not None:
                    held.stale[key] = image
                    self._cache.discard(TileName(self._layer_uuid, self.revision, grid, key))

    def clear(self) -> None:
        """Forget everything, stand-ins too, as the data have changed."""
        self._cache.discard_layer(self._layer_uuid)
        self._held = {grid: _Held() for grid in self._held}
        self._recent, self._overview = [], None

    def rest(self) -> None:
        """Hold nothing outside the shared cache, as the layer is not in view."""
        self._held, self._recent, self._overview = {}, [], None

    @property
    def holds_tiles(self) -> bool:
        """True while tiles are held that a full cache cannot evict."""
        return any(held.tiles for held in self._held.values())

    def _cropped(self, grid: TileGrid, key: TileKey, image: QImage) -> QImage:
        """The part of a tile that the layer fills, placed by its `offset`, where that is small: thousands fit then."""
        within = self.within(grid) if key.level == 0 and image.size() == _TILE.size() else None
        if within is None:
            return image
        left, top = key.col * TILE_PX, key.row * TILE_PX
        box = QRect(
            QPoint(_in_tile(within.left - left - _EDGE_PX), _in_tile(within.top - top - _EDGE_PX)),
            QPoint(_in_tile(within.right - left + _EDGE_PX), _in_tile(within.bottom - top + _EDGE_PX)),
        ).intersected(image.rect())
        if 2 * box.width() * box.height() > image.width() * image.height():
            return image
        if box.isEmpty():
            return QImage()
        part = image.copy(box)
        part.setOffset(box.topLeft())
        return part

    # -- looking ------------------------------------------------------------------------------------------------

    def set_bounds(self, crs: str, bounds: Bounds | None) -> None:
        """Set the area of data, in canvas CRS units (None: everywhere); outside nothing is requested or painted."""
        self._bounds = None if bounds is None else (crs, bounds)
        self._within.clear()

    def bounds_in(self, crs: str) -> Bounds | None:
        """The bounds that were set for this CRS; None: everywhere, or not known."""
        return self._bounds[1] if self._bounds is not None and self._bounds[0] == crs else None

    def within(self, grid: TileGrid) -> PixelBounds | None:
        """Bounds of the layer's data, in the grid's pixels."""
        bounds = self.bounds_in(grid.crs)
        if bounds is None:
            return None
        within = self._within.get(grid)
        if within is None:
            if len(self._within) >= _KNOWN_GRIDS:
                self._within.clear()
            within = self._within[grid] = pixel_bounds(grid, bounds)
        return within

    def is_complete(self, view: View) -> bool:
        """True when every exact tile of the view is there, or was given up."""
        held = self._held.get(view.grid)
        given_up = set() if held is None else held.given_up
        find = partial(self._find_seen, held, view)
        return all(key in given_up or find(key) is not None for key in tiles_in(view, self.within(view.grid)))

    def lacks_given_up(self, view: View) -> bool:
        """True where a tile of the view was given up."""
        held = self._held.get(view.grid)
        return held is not None and any(key in held.given_up for key in tiles_in(view, self.within(view.grid)))

    def shows_scaled(self, view: View) -> bool:
        """True where something of another scale stands in for a tile of the view that was given up."""
        held = self._held.get(view.grid)
        if held is None:
            return False
        lacking = QRegion()
        for key in tiles_in(view, self.within(view.grid)):
            if key in held.given_up:
                lacking += _seen(view, key).translated(key.col * TILE_PX - view.left, key.row * TILE_PX - view.top)
        blurred = {id(image) for key, image in held.provisional.items() if key not in held.true_scale}
        stand_ins = _needed(list(self._stand_ins(view)), lacking)
        return any(abs(place.m11() - 1) > _SAME_SCALE or id(image) in blurred for place, image in stand_ins)

    def share(self, view: View) -> float:
        """Share of the view that is there, 0 to 1."""
        find = partial(self._find_seen, self._held.get(view.grid), view)
        are_there = [find(key) is not None for key in tiles_in(view, self.within(view.grid))]
        return sum(are_there) / len(are_there) if are_there else 1.0

    def shows_in(self, view: View) -> bool:
        """True where `paint` paints something: a tile that is not empty, or a stand-in for one."""
        missing = QRegion()
        find = partial(self._find_seen, self._held.get(view.grid), view)
        for key in tiles_in(view, self.within(view.grid)):
            image = find(key)
            if image is None:
                missing += QRect(key.col * TILE_PX - view.left, key.row * TILE_PX - view.top, TILE_PX, TILE_PX)
            elif not image.isNull():
                return True
        missing = missing.intersected(QRect(0, 0, view.width, view.height))
        return not missing.isEmpty() and self._stands_in(view) and bool(_needed(list(self._stand_ins(view)), missing))

    def paint(self, painter: QPainter, view: View, opacity: float = 1.0) -> None:
        """Paint the view: whole exact tiles unscaled at whole pixels, stand-ins scaled and only where needed."""
        exact: list[tuple[int, int, QImage]] = []
        missing: list[QRect] = []
        find = partial(self._find_seen, self._held.get(view.grid), view)
        for key in tiles_in(view, self.within(view.grid)):
            left, top = key.col * TILE_PX - view.left, key.row * TILE_PX - view.top
            image = find(key)
            if image is None:
                missing.append(QRect(left, top, TILE_PX, TILE_PX))
            elif not image.isNull():
                exact.append((left, top, image))
        plain = opacity == 1.0 and painter.compositionMode() == QPainter.CompositionMode.CompositionMode_SourceOver
        blends = missing and not plain and self._stands_in(view)
        if blends or not _is_unscaled(painter):
            # Stand-ins overlap: blended one by one they would show through each other. And scaled one by one, tiles
            # show their seams.
            picture = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
            picture.fill(Qt.GlobalColor.transparent)
            with painting(picture) as inner:
                self._paint_tiles(inner, view, exact, missing)
            exact, missing = [(0, 0, picture)], []
        before = painter.opacity()
        painter.setOpacity(before * opacity)
        self._paint_tiles(painter, view, exact, missing)
        painter.setOpacity(before)

    def _paint_tiles(
        self, painter: QPainter, view: View, exact: list[tuple[int, int, QImage]], missing: list[QRect]
    ) -> None:
        if missing and self._stands_in(view):
            self._paint_stand_ins(painter, view, missing)
        for left, top, image in exact:
            offset = image.offset()
            painter.drawImage(left + offset.x(), top + offset.y(), image)

    def _stands_in(self, view: View) -> bool:
        crs = view.grid.crs
        if self.has_overview(crs) or any(recent.grid.crs == crs for recent in self._recent):
            return True
        own = self._held.get(view.grid)
        if own is not None and (own.stale or own.provisional):
            return True
        return any(grid.crs == crs and (held.tiles or held.parts) for grid, held in self._held.items())

    def _paint_stand_ins(self, painter: QPainter, view: View, missing: list[QRect]) -> None:
        region = QRegion()
        for rectangle in missing:
            region += rectangle.intersected(QRect(0, 0, view.width, view.height))
        painter.save()
        painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for place, image in _needed(list(self._stand_ins(view)), region):
            painter.save()
            painter.setTransform(place, True)
            painter.drawImage(image.offset(), image)
            painter.restore()
        painter.restore()

    def _stand_ins(self, view: View) -> Iterator[tuple[QTransform, QImage]]:
        """All possible stand-ins, the worst first."""
        if self._overview is not None and self._overview[0] == view.grid.crs:
            yield to_view_pixels(view, self._overview[1]), self._overview[2]
        held = self._held.get(view.grid)
        if held is not None:
            yield from _placed(view, view.grid, held.provisional)
        for recent in self._recent:
            grid = recent.grid
            if grid.crs == view.grid.crs and grid != view.grid:
                names = {key: TileName(self._layer_uuid, recent.revision, grid, key) for key in recent.keys}
                tiles = {key: self._cache.get(name) for key, name in names.items()}
                yield from _placed(view, grid, {**recent.parts, **tiles})
        for grid, other in self._held.items():
            if grid.crs == view.grid.crs and grid != view.grid:
                yield from _placed(view, grid, {**other.parts, **other.tiles})
        if held is not None:
            yield from _placed(view, view.grid, {key: image for key, image in held.tiles.items() if key.level})
            yield from _placed(view, view.grid, held.stale)
            yield from _placed(view, view.grid, held.parts)

    # -- which tiles --------------------------------------------------------------------------------------------

    def _turn_to(self, grids: list[TileGrid]) -> None:
        left = {grid: held for grid, held in self._held.items() if grid not in grids and (held.tiles or held.parts)}
        kept = [recent for recent in self._recent if recent.grid not in left and recent.grid not in grids]
        gone = [_Recent(self.revision, grid, frozenset(held.tiles), held.parts) for grid, held in left.items()]
        self._recent = [*kept, *gone][-RECENT_GRIDS * max(len(left), 1) :]
        self._held = {grid: self._held.get(grid) or _Held() for grid in grids}

    def _find_seen(self, held: _Held | None, view: View, key: TileKey) -> QImage | None:
        """A tile at hand, or a part of it that reaches as far as the view shows it."""
        image = self._find(held, view.grid, key)
        if image is not None or not self._has_parts:
            return image
        part = None if held is None else held.parts.get(key)
        if part is None:
            part = self._cache.get(self._name_of_part(self.revision, view.grid, key))
            if part is not None and held is not None:
                held.parts[key] = part
        return part if part is not None and _shown_by(part).contains(_seen(view, key)) else None

    def _name_of_part(self, revision: Hashable, grid: TileGrid, key: TileKey) -> TileName:
        return TileName(self._layer_uuid, (_PART, revision), grid, key)

    def _find(self, held: _Held | None, grid: TileGrid, key: TileKey) -> QImage | None:
        """A tile at hand. One from the cache, of a grid in view, is held from now on."""
        image = None if held is None else held.tiles.get(key)
        if image is not None:
            return image
        image = self._cache.get(TileName(self._layer_uuid, self.revision, grid, key))
        if image is not None and held is not None:
            held.tiles[key] = image
        return image


def _is_unscaled(painter: QPainter) -> bool:
    """True where a pixel of the view is one of the device's."""
    moves_only = (QTransform.TransformationType.TxNone, QTransform.TransformationType.TxTranslate)
    return painter.paintEngine().type() == QPaintEngine.Type.Raster and painter.deviceTransform().type() in moves_only


def _seen(view: View, key: TileKey) -> QRect:
    """The part of a tile that is in view, in its pixels."""
    seen = QRect(view.left - key.col * TILE_PX, view.top - key.row * TILE_PX, view.width, view.height)
    return seen.intersected(_TILE)


def _shown_by(part: QImage) -> QRect:
    """The rectangle of a tile that a part of it shows, in its pixels."""
    return part.rect().translated(part.offset())


def _placed(view: View, grid: TileGrid, tiles: Mapping[TileKey, QImage | None]) -> Iterator[tuple[QTransform, QImage]]:
    for key, image in sorted(tiles.items(), reverse=True):
        if image is not None and not image.isNull():
            yield to_view_pixels(view, grid.tile_affine(key)), image


def _in_tile(edge: float) -> int:
    """An edge of a layer in pixels of a tile, limited to the tile: layers may be endless."""
    return math.floor(min(max(edge, 0.0), float(TILE_PX)))


def _needed(stand_ins: list[tuple[QTransform, QImage]], region: QRegion) -> list[tuple[QTransform, QImage]]:
    """The stand-ins that will be visible: painting those behind better ones would cost whole frames."""
    needed = []
    for place, image in reversed(stand_ins):
        covered = place.mapRect(QRectF(image.rect().translated(image.offset())))
        if image.isNull() or not region.intersects(covered.toAlignedRect()):
            continue
        needed.append((place, image))
        if not image.hasAlphaChannel() and not place.isRotating():
            region = region.subtracted(QRegion(covered.toAlignedRect()))
    return needed[::-1]
