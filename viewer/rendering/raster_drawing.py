"""A raster file on the canvas: probed once, read by tiles, coloured in the window."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPainter

from layers.document.layer import Layer
from layers.errors import GeoloupeError, Quarantined
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, world_bounds
from layers.grid.plan import tiles_in
from layers.grid.tile_grid import TileGrid, TileKey, View
from layers.pool.protocol import Answer, Request
from layers.raster.acquisition import Acquisition
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import NOTHING
from viewer.rendering.layer_date import acquisition_of
from viewer.rendering.raster_colours import Colouring, Pictures, coloured
from viewer.rendering.raster_meter import ViewMeter, ViewSample
from viewer.rendering.raster_place import bounds_lonlat_of, bounds_on, credit_of, no_crs
from viewer.rendering.raster_reading import Reading, TileAsk, overview_ask, raw_tile
from viewer.rendering.raster_source import RasterSource
from viewer.rendering.scheduler import Wish
from viewer.rendering.tile_cache import RawTile, TileName
from viewer.rendering.tile_sheet import TileSheet

COARSE_RANK, EXACT_RANK, OVERVIEW_RANK = 0.0, 1e3, 1e6

log = logging.getLogger(__name__)


class RasterDrawing(LayerDrawing):
    """Raw tiles are cached apart from coloured ones: a new stretch reads nothing.

    `intent` is the style of the layer's row, `style` what is shown: with a stretch from the view (DRA) they differ.
    """

    sampled = Signal()
    """`sample` is of another view now."""

    def __init__(
        self, layer: Layer, path: Path, context: RenderContext, canvas_crs: str = WEB_MERCATOR,
        parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(layer, context, parent)
        self.path = path
        self.source = RasterSource(context, path, str(layer.source.get("part", "")))
        self.intent: RasterStyle | None = None
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
        self._colouring = Colouring(context.jobs)
        self._meter = ViewMeter(context.jobs)
        self._is_watched = False
        self.source.probe(canvas_crs, self._probed)

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def info(self) -> RasterInfo | None:
        """What a reader found; None until then."""
        return self.source.info

    @property
    def attribution(self) -> str:
        return self.layer.credit if self.info is None else credit_of(self.layer, self.info, self.source.acquisition)

    @property
    def acquisition(self) -> Acquisition:
        return acquisition_of(self.layer, self.info, self.source.acquisition)

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
        return self._is_unplaced() or (self._sheet.is_complete(view) and not self._must_measure(view))

    def bounds_lonlat(self) -> Bounds | None:
        return None if self.info is None else bounds_lonlat_of(self.layer, self.info)

    def reload(self) -> None:
        """Read everything again: the file has changed, or its quarantine is to end."""
        self.context.pool.forgive(str(self.path))
        self._generation += 1
        self._forget_all()
        for about in list(self._problems):
            self._set_problem("", about)
        self.source = RasterSource(self.context, self.path, str(self.layer.source.get("part", "")))
        self.source.probe(self._view.grid.crs if self._view else WEB_MERCATOR, self._probed)

    # -- the probe ----------------------------------------------------------------------------------------------

    def _probed(self, sentence: str) -> None:
        if self._is_closed:
            return
        if sentence:
            self._set_problem(sentence)
        else:
            assert self.info is not None
            self._take_style()
            if not (self.layer.crs or self.info.crs):
                self._set_problem(no_crs(self.path.name), "place")
            if self._view is not None:
                self._wish()
        self._announce()

    def ask_acquisition(self) -> None:
        """Have `source.acquisition` found out, once; `updated` tells of it."""
        self.source.ask_acquisition(self._announce)

    # -- wishes -------------------------------------------------------------------------------------------------

    @property
    def _reading(self) -> Reading:
        assert self.style is not None
        style = self.style
        return Reading(str(self.path), style.bands, style.resampling, self.layer.crs, self._generation, style.margin_px)

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
                place = None if key.level else (key.col, key.row)
                wishes.append(Wish(rank + (EXACT_RANK if place else COARSE_RANK), ask, place))
            elif ask in self._failed:
                self._sheet.put(view.grid, self._sheet.revision, key, NOTHING, lasting=False)
        overview = self._overview_ask(crs)
        if overview is not None:
            wishes.append(Wish(OVERVIEW_RANK, overview))
        self.context.scheduler.want(id(self), wishes, self._request_for)
        if recolour:
            self._recolour()
        self._measure()

    def _request_for(self, ident: Hashable) -> Request:
        """On a reader's thread."""
        ask = cast("TileAsk", ident)

        def done(result: Answer | GeoloupeError) -> None:
            self._read(ask, result)

        return self.source.tile_request(ask, done)

    def _read(self, ask: TileAsk, result: Answer | GeoloupeError) -> None:
        """On a reader's thread: colour the answer there, so that the window only has to show it."""
        if isinstance(result, GeoloupeError):
            self.context.mailbox.post(self._read_failed, ask, result)
            return
        style, info = self.style, self.info
        assert style is not None
        assert info is not None
        try:
            raw = raw_tile(result)
            fits = (style.bands, style.margin_px) == (ask.reading.bands, ask.reading.margin_px)
            image = coloured(raw, style, info) if fits else None
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
        self._measure()
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
            self.intent = RasterStyle.from_json(values, self.info) if values else RasterStyle.default(self.info)
        except (KeyError, TypeError, ValueError, GeoloupeError):
            self.intent = RasterStyle.default(self.info)
            sentence = f"The style of {self.layer.name} does not fit {self.path.name}: the default is shown."
            self._set_problem(sentence, "style")
        else:
            self._set_problem("", "style")
        self._show_intent()

    def _show_intent(self) -> None:
        """With a stretch from the view the one measured last, until this view is measured."""
        style, sample = self.intent, self._meter.sample
        assert style is not None
        if self._is_dra and sample is not None and sample.fits(style):
            style = style.with_limits(sample.limits(style.rule))
        self.style = style
        self._sheet.set_revision((self._reading, self.style))

    def _recolour(self) -> None:
        """Colour what is kept raw for this view, off the window's thread, all of it shown at once."""
        view, style, info = self._view, self.style, self.info
        if self._colouring.is_busy or view is None or style is None or info is None:
            return
        reading = self._reading
        found: list[tuple[TileAsk, RawTile]] = [
            (TileAsk(reading, view.grid, key), raw) for key, raw in self._raw(self._sheet.plan(view, self._cursor).want)
        ]
        if self._overview_raw is not None and self._overview_raw[0].reading == reading:
            found.append(self._overview_raw)
        if found:
            done = partial(self._recoloured, style)
            self._colouring.run(found, style, info, done, self._recolour_failed)

    def _raw(self, keys: Iterable[TileKey]) -> list[tuple[TileKey, RawTile]]:
        """Those of the view's tiles that are kept raw."""
        assert self._view is not None
        names = ((key, TileName(self.layer_uuid, self._reading, self._view.grid, key)) for key in keys)
        found = ((key, self.context.tiles.raw.get(name)) for key, name in names)
        return [(key, raw) for key, raw in found if raw is not None]

    def _recoloured(self, style: RasterStyle, pictures: Pictures) -> None:
        if self._is_closed:
            return
        for ask, image in pictures:
            if ask.reading != self._reading:
                continue
            if style == self.style:
                self._show(ask, image)
            elif not ask.is_overview:
                # While a handle moves each style is late: shown all the same, or nothing would be until it stops.
                self._sheet.put_stale(ask.grid, ask.key, image)
        self._announce()
        if self._view is not None:
            self._wish()

    def _recolour_failed(self, error: GeoloupeError) -> None:
        self._set_problem(error.sentence, "style")

    # -- measuring ------------------------------------------------------------------------------------------------

    @property
    def sample(self) -> ViewSample | None:
        """The values in view, of the style that is shown; None until they are measured."""
        sample = self._meter.sample
        return sample if sample is not None and self.style is not None and sample.fits(self.style) else None

    def watch(self, watched: bool) -> None:
        """Somebody shows `sample`: measure each view that rests."""
        self._is_watched = watched
        self._measure()

    def _must_measure(self, view: View) -> bool:
        """True while the stretch of this view is not the one it will have."""
        if self.style is None or not self._is_dra:
            return False
        return not self._meter.has_measured(view, self._reading, self.style)

    @property
    def _is_dra(self) -> bool:
        return self.intent is not None and self.intent.rule.origin == "view"

    def _measure(self) -> None:
        """Measure the view once it rests and all its tiles are there."""
        view, style = self._view, self.style
        if view is None or style is None or self._is_unplaced() or not (self._is_watched or self._is_dra):
            return
        reading, sheet = self._reading, self._sheet
        if self._resting and sheet.is_complete(view) and not self._meter.has_measured(view, reading, style):
            tiles = self._raw(tiles_in(view, sheet.within(view.grid)))
            self._meter.measure(tiles, view, reading, style, self._measured)

    def _measured(self) -> None:
        if self._is_closed:
            return
        self._show_intent()
        self._wish()
        self._announce()
        self.sampled.emit()

    # -- where it is --------------------------------------------------------------------------------------------

    def _place(self, crs: str) -> bool:
        """Work out where the layer is on a canvas of this CRS; False (and a problem) where it has no place."""
        assert self.info is not None
        try:
            bounds = bounds_on(self.layer, self.info, crs, self.path.name)
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

    def _is_unplaced(self) -> bool:
        return self._view is not None and self._view.grid.crs != self._placed_crs

    def _overview_ask(self, crs: str) -> TileAsk | None:
        """The read of the small picture of the whole layer, unless it is there or has failed."""
        bounds = self._sheet.bounds_in(crs)
        bounds = bounds.intersection(world_bounds(crs)) if bounds is not None else None
        raw = self._overview_raw
        if bounds is None or (raw is not None and raw[0].reading == self._reading):
            return None
        ask = overview_ask(self._reading, crs, bounds)
        return None if ask in self._failed else ask

    def _forget_all(self) -> None:
        self.context.tiles.drop_layer(self.layer_uuid)
        self._sheet.clear()
        self._failed.clear()
        self._meter.forget()
        self._placed_crs, self._overview_raw = "", None
