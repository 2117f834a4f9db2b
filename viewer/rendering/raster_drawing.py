"""A raster file on the canvas: probed once, read by tiles, coloured in the window."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from pathlib import Path
from typing import NamedTuple, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage, QPainter

from layers.document.layer import Layer
from layers.errors import CannotBePlaced, GeoloupeError, Quarantined
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, world_bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.pool.protocol import Answer, Request
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle, colorize
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, credit_with_date
from viewer.rendering.images import NOTHING, image_of_argb
from viewer.rendering.scheduler import Wish
from viewer.rendering.tile_cache import RawTile, TileName
from viewer.rendering.tile_sheet import TileSheet
from viewer.support.jobs import JobContext

OVERVIEW_PX = 512
"""Longer edge of the small picture of the whole layer."""
COARSE_RANK, EXACT_RANK, OVERVIEW_RANK = 0.0, 1e3, 1e6

log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """What the raw pixels of a tile depend on, besides its place."""

    path: str
    bands: tuple[int, ...]
    resampling: str
    source_crs: str
    generation: int


class TileAsk(NamedTuple):
    """One read: a tile of the grid or, with `is_overview`, the small picture of the whole layer."""

    reading: Reading
    grid: TileGrid
    key: TileKey
    width: int = TILE_PX
    height: int = TILE_PX
    is_overview: bool = False


class RasterDrawing(LayerDrawing):
    """Raw tiles are cached apart from coloured ones: a new stretch reads nothing."""

    def __init__(
        self,
        layer: Layer,
        path: Path,
        context: RenderContext,
        canvas_crs: str = WEB_MERCATOR,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(layer, context, parent)
        self.path = path
        self.info: RasterInfo | None = None
        self.style: RasterStyle | None = None
        self._generation = 0
        self._sheet = TileSheet(context.tiles.styled, layer.uuid)
        self._view: View | None = None
        self._cursor: tuple[float, float] | None = None
        self._resting = True
        self._resting_grid: TileGrid | None = None
        self._placed_crs = ""
        self._failed: set[TileAsk] = set()
        self._overview_raw: tuple[TileAsk, RawTile] | None = None
        self._is_recolouring = False
        self._probe(canvas_crs)

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def attribution(self) -> str:
        if self.info is None:
            return self.layer.credit
        layer, info = self.layer, self.info
        kind = info.date_kind if layer.date_kind == "unknown" else layer.date_kind
        credit = layer.credit or info.credit or f"{layer.name}, credit not given"
        return credit_with_date(credit, layer.acquired_at or info.acquired_at, kind)

    def set_layer(self, layer: Layer) -> None:
        moved = layer.crs != self.layer.crs
        super().set_layer(layer)
        if self.info is None:
            return
        if moved:
            self._forget_all()
        self._take_style()
        self._wish()

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        self._view, self._cursor, self._resting = view, cursor, resting
        if self.info is not None:
            self._wish()

    def paint(self, painter: QPainter, view: View) -> None:
        self._sheet.paint(painter, view, self.layer.opacity)

    def is_complete(self, view: View) -> bool:
        if self.info is None:
            return bool(self.problem)
        return self._is_unplaced() or self._sheet.is_complete(view)

    def bounds_lonlat(self) -> Bounds | None:
        if self.info is None:
            return None
        if not self.layer.crs:
            return self.info.bounds_lonlat
        try:
            return transform_bounds(self.layer.crs, WGS84, self.info.bounds)
        except GeoloupeError:
            return None  # `problem` says so already

    def reload(self) -> None:
        """Read everything again: the file has changed, or its quarantine is to end."""
        self.context.pool.forgive(str(self.path))
        self._generation += 1
        self._forget_all()
        for about in list(self._problems):
            self._set_problem("", about)
        self._probe(self._view.grid.crs if self._view else WEB_MERCATOR)

    # -- the probe ----------------------------------------------------------------------------------------------

    def _probe(self, canvas_crs: str) -> None:
        params = {"path": str(self.path), "canvas_crs": canvas_crs}
        self.context.pool.submit(Request("probe", params, self._probe_ended, strike_key=str(self.path)))

    def _probe_ended(self, result: Answer | GeoloupeError) -> None:
        """On a reader's thread."""
        self.context.mailbox.post(self._probed, result)

    def _probed(self, result: Answer | GeoloupeError) -> None:
        if self._is_closed:
            return
        if isinstance(result, GeoloupeError):
            self._set_problem(result.sentence)
        elif result.header.get("kind") != "raster":
            self._set_problem(f"{self.path.name} is no raster: remove the layer and add the file again.")
        else:
            self.info = RasterInfo.from_json(result.header["raster"])
            self._take_style()
            if not (self.layer.crs or self.info.crs):
                self._set_problem(self._no_crs(), "place")
            if self._view is not None:
                self._wish()
        self._announce()

    # -- wishes -------------------------------------------------------------------------------------------------

    @property
    def _reading(self) -> Reading:
        assert self.style is not None
        return Reading(str(self.path), self.style.bands, self.style.resampling, self.layer.crs, self._generation)

    def _wish(self) -> None:
        """Replace the wish list by what the view lacks, and colour what only lacks its colours."""
        view, crs = self._view, self._view.grid.crs if self._view else ""
        if not self.layer.visible:
            self.context.scheduler.want(id(self), (), self._request_for)
            return
        if view is None or (crs != self._placed_crs and not self._place(crs)):
            return
        # While a gesture runs, the grids it passes through are not read; the one it started from is.
        is_asked = self._resting or view.grid == self._resting_grid
        self._resting_grid = view.grid if self._resting else self._resting_grid
        plan = self._sheet.plan(view, self._cursor)
        reading, wishes, recolour = self._reading, [], False
        for rank, key in enumerate(plan.want):
            ask = TileAsk(reading, view.grid, key)
            if TileName(self.layer_uuid, reading, view.grid, key) in self.context.tiles.raw:
                recolour = True
            elif ask not in self._failed and (is_asked or key.level):
                wishes.append(Wish(rank + (COARSE_RANK if key.level else EXACT_RANK), ask))
            elif ask in self._failed:
                self._sheet.put(view.grid, self._sheet.revision, key, NOTHING, lasting=False)
        overview = self._overview_ask(crs)
        if overview is not None:
            wishes.append(Wish(OVERVIEW_RANK, overview))
        self.context.scheduler.want(id(self), wishes, self._request_for)
        if recolour:
            self._recolour()

    def _request_for(self, ident: Hashable) -> Request:
        """On a reader's thread."""
        ask = cast("TileAsk", ident)
        params = {
            "path": ask.reading.path, "crs": ask.grid.crs, "affine": list(ask.grid.tile_affine(ask.key)),
            "width": ask.width, "height": ask.height, "bands": list(ask.reading.bands),
            "resampling": ask.reading.resampling, "source_crs": ask.reading.source_crs,
        }  # fmt: skip

        def done(result: Answer | GeoloupeError) -> None:
            self._read(ask, result)

        return Request("tile", params, done, strike_key=ask.reading.path)

    def _read(self, ask: TileAsk, result: Answer | GeoloupeError) -> None:
        """On a reader's thread: colour the answer there, so that the window only has to show it."""
        if isinstance(result, GeoloupeError):
            self.context.mailbox.post(self._read_failed, ask, result)
            return
        style, info = self.style, self.info
        assert style is not None
        assert info is not None
        try:
            raw = RawTile(None) if result.header.get("empty") else _raw_tile(result)
            image = _coloured(raw, style, info) if style.bands == ask.reading.bands else None
        except Exception as error:  # a door: on this thread nobody else would hear of it
            log.error("colouring a tile of %s failed", self.path, exc_info=error)
            sentence = f"{self.path.name}: a tile could not be coloured ({error!r}): choose another style."
            self.context.mailbox.post(self._read_failed, ask, GeoloupeError(sentence))
            return
        self.context.mailbox.post(self._arrived, ask, raw, style, image)
        if result.header.get("damaged"):
            self.context.mailbox.post(self._say_damaged)

    def _say_damaged(self) -> None:
        if "tiles" not in self._problems:
            name = self.path.name
            self._set_problem(f"{name} is damaged: what cannot be read of it is left out of the picture.", "tiles")

    def _arrived(self, ask: TileAsk, raw: RawTile, style: RasterStyle, image: QImage | None) -> None:
        self.context.scheduler.settle(id(self), ask)
        if self._is_closed or ask.reading != self._reading:
            return
        if ask.is_overview:
            self._overview_raw = (ask, raw)
        else:
            name = TileName(self.layer_uuid, ask.reading, ask.grid, ask.key)
            self.context.tiles.raw.put(name, raw, raw.nbytes)
        if image is None or style != self.style:
            self._recolour()
        else:
            self._show(ask, image)
        self._announce()

    def _read_failed(self, ask: TileAsk, error: GeoloupeError) -> None:
        self.context.scheduler.settle(id(self), ask)
        if self._is_closed or ask.reading != self._reading:
            return
        self._failed.add(ask)
        if not ask.is_overview:
            self._sheet.put(ask.grid, self._sheet.revision, ask.key, NOTHING, lasting=False)
        if "tiles" not in self._problems or isinstance(error, Quarantined):
            self._set_problem(error.sentence, "tiles")
        self._announce()

    def _show(self, ask: TileAsk, image: QImage) -> None:
        if ask.is_overview:
            self._sheet.set_overview(ask.grid.crs, ask.grid.tile_affine(ask.key), image)
        else:
            self._sheet.put(ask.grid, self._sheet.revision, ask.key, image)

    # -- style --------------------------------------------------------------------------------------------------

    def _take_style(self) -> None:
        assert self.info is not None
        values = self.layer.style
        try:
            self.style = RasterStyle.from_json(values, self.info) if values else RasterStyle.default(self.info)
        except (KeyError, TypeError, ValueError, GeoloupeError):
            self.style = RasterStyle.default(self.info)
            sentence = f"The style of {self.layer.name} does not fit {self.path.name}: the default is shown."
            self._set_problem(sentence, "style")
        else:
            self._set_problem("", "style")
        self._sheet.set_revision((self._reading, self.style))

    def _recolour(self) -> None:
        """Colour what is kept raw for this view, off the window's thread, all of it shown at once."""
        view, style, info = self._view, self.style, self.info
        if self._is_recolouring or view is None or style is None or info is None:
            return
        reading = self._reading
        found: list[tuple[TileAsk, RawTile]] = []
        for key in self._sheet.plan(view, self._cursor).want:
            raw = self.context.tiles.raw.get(TileName(self.layer_uuid, reading, view.grid, key))
            if raw is not None:
                found.append((TileAsk(reading, view.grid, key), raw))
        if self._overview_raw is not None and self._overview_raw[0].reading == reading:
            found.append(self._overview_raw)
        if not found:
            return
        self._is_recolouring = True

        def work(_: JobContext) -> list[tuple[TileAsk, QImage]]:
            return [(ask, _coloured(raw, style, info)) for ask, raw in found]

        def done(pictures: list[tuple[TileAsk, QImage]]) -> None:
            self._recoloured(style, pictures)

        self.context.jobs.run(work, done, self._recolour_failed)

    def _recoloured(self, style: RasterStyle, pictures: list[tuple[TileAsk, QImage]]) -> None:
        self._is_recolouring = False
        if self._is_closed:
            return
        if style == self.style:
            for ask, image in pictures:
                if ask.reading == self._reading:
                    self._show(ask, image)
            self._announce()
        if self._view is not None:
            self._wish()

    def _recolour_failed(self, error: GeoloupeError) -> None:
        self._is_recolouring = False
        self._set_problem(error.sentence, "style")

    # -- where it is --------------------------------------------------------------------------------------------

    def _place(self, crs: str) -> bool:
        """Work out where the layer is on a canvas of this CRS; False (and a problem) where it has no place."""
        assert self.info is not None
        source = self.layer.crs or self.info.crs
        try:
            if not source:
                raise CannotBePlaced(self._no_crs())
            bounds = transform_bounds(source, crs, self.info.bounds)
        except GeoloupeError as error:
            self._set_problem(error.sentence, "place")
            self.context.scheduler.want(id(self), (), self._request_for)
            self._placed_crs = ""
            return False
        self._set_problem("", "place")
        self._sheet.set_bounds(crs, bounds)
        self._placed_crs = crs
        self._overview_raw = None
        return True

    def _no_crs(self) -> str:
        return f"{self.path.name} does not say in which CRS it is: choose one for the layer."

    def _is_unplaced(self) -> bool:
        return self._view is not None and self._view.grid.crs != self._placed_crs

    def _overview_ask(self, crs: str) -> TileAsk | None:
        """The read of the small picture of the whole layer, unless it is there or has failed."""
        bounds = self._sheet.bounds_in(crs)
        bounds = bounds.intersection(world_bounds(crs)) if bounds is not None else None
        if bounds is None or not (bounds.width > 0 and bounds.height > 0) or self._overview_raw is not None:
            return None
        resolution = max(bounds.width, bounds.height) / OVERVIEW_PX
        grid = TileGrid(crs, resolution, bounds.left, bounds.top)
        width, height = (max(1, round(length / resolution)) for length in (bounds.width, bounds.height))
        ask = TileAsk(self._reading, grid, TileKey(0, 0, 0), width, height, is_overview=True)
        return None if ask in self._failed else ask

    def _forget_all(self) -> None:
        self.context.tiles.drop_layer(self.layer_uuid)
        self._sheet.clear()
        self._failed.clear()
        self._placed_crs, self._overview_raw = "", None


def _raw_tile(answer: Answer) -> RawTile:
    bands, mask = answer.arrays
    mask = mask.astype(bool, copy=False)
    return RawTile(bands, None if bool(mask.all()) else mask)


def _coloured(raw: RawTile, style: RasterStyle, info: RasterInfo) -> QImage:
    return NOTHING if raw.bands is None else image_of_argb(colorize(raw.bands, raw.mask, style, info))
