"""A raster file on the canvas: probed once, read in tiles, coloured by its style."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import override

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.band_names import given_names
from layers.raster.info import RasterInfo
from layers.raster.overviews import Lack, SourceState, overview_bytes
from layers.raster.style import RasterStyle
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing, is_on_plane
from viewer.rendering.layer_date import acquisition_of
from viewer.rendering.raster.raster_place import bounds_lonlat_of, bounds_on, credit_of, no_crs, plane_of
from viewer.rendering.raster.raster_requests import RawReading
from viewer.rendering.raster.raster_source import RasterSource
from viewer.rendering.raster.shown_style import ShownStyle, ViewSample
from viewer.rendering.world_copies import Views

LEAST_SEEN_PX = 4
"""Pixels of the map that an image's shorter side needs to be drawn: reduced copies of smaller ones may lack values."""


class RasterDrawing(LayerDrawing):
    """Draws a raster from its file, its style as shown, and its tiles."""

    sampled = Signal()
    """Emitted when `sample` is of another view."""

    def __init__(
        self,
        layer: Layer,
        path: Path,
        context: RenderContext,
        canvas_crs: str = WEB_MERCATOR,
        parent: QObject | None = None,
        make_source: Callable[[], RasterSource] | None = None,
    ) -> None:
        """Make the drawing of a file. `make_source` is for a layer of several files, whose name is `path`."""
        from viewer.rendering.raster.raster_tiles import RasterTiles  # for start-up time: no layer is drawn yet

        super().__init__(layer, context, parent)
        self.path = path
        points = read_control_points(layer.control_points_json)
        self._make_source = make_source or partial(RasterSource, context, path, layer.source, points)
        self.source = self._make_source()
        self.tiles = RasterTiles(layer.uuid, self.source, context, self._tiles_changed, self._tiles_failed)
        self._shown_style = ShownStyle(context.jobs)
        self._acquisition: tuple[tuple[Layer, RasterInfo | None, Acquisition | None], Acquisition, str] | None = None
        """The acquisition and the credit, with what they were made of; lists of layers and every frame need them."""
        self._generation = 0
        self._drawn: RasterInfo | None = None
        """The facts with which the layer was last drawn."""
        if context.overviews is not None:
            context.overviews.ended.connect(self._overviews_ended)
        self.source.probe(canvas_crs, partial(self._probed, self.source))

    # -- the interface of a drawing -----------------------------------------------------------------------------

    @property
    def info(self) -> RasterInfo | None:
        """The facts that a reader found; None until then."""
        return self.source.info

    @property
    @override
    def missing(self) -> frozenset[str]:
        return self.source.missing

    @property
    @override
    def attribution(self) -> str:
        return self.layer.credit if self.info is None else self._known()[1]

    @property
    @override
    def acquisition(self) -> Acquisition:
        return self._known()[0]

    def _known(self) -> tuple[Acquisition, str]:
        """Acquisition of the image, and its credit with the date."""
        known_of = self.layer, self.info, self._source_acquisition
        if self._acquisition is None or any(
            before is not now for before, now in zip(self._acquisition[0], known_of, strict=True)
        ):
            acquisition = acquisition_of(*known_of)
            self._acquisition = known_of, acquisition, credit_of(self.layer, acquisition)
        return self._acquisition[1:]

    @property
    def _source_acquisition(self) -> Acquisition | None:
        return self.source.acquisition if self.style is None else self.source.acquisition_of(self.style.bands)

    @override
    def set_layer(self, layer: Layer) -> None:
        moved = layer.crs != self.layer.crs
        self.source.name_bands(given_names(layer.source))
        super().set_layer(layer)
        if self.info is None:
            return
        if moved:
            self._forget_all()
        self._take_style()
        self._request_tiles()

    @override
    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        self.tiles.look_at((view, *copies), cursor, resting)
        if self.info is not None:
            self._request_tiles()

    @override
    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        for seen in (view, *copies):
            self.tiles.tile_layer.paint(painter, seen, self.layer.drawn_opacity)
        checkpoint()

    @override
    def shows_in(self, view: View, copies: Views = ()) -> bool:
        return any(self.tiles.tile_layer.shows_in(seen) for seen in (view, *copies))

    @override
    def is_complete(self, view: View, copies: Views = ()) -> bool:
        if self.info is None:
            return bool(self.problem)
        if self._is_unplaced() or self.is_nowhere:
            return True
        return (
            self.is_stale
            or self.is_unavailable
            or (
                all(self.tiles.is_complete(seen) for seen in (view, *copies))
                and self._shown_style.is_final(view, self._reading)
            )
        )

    @property
    @override
    def is_open(self) -> bool:
        return bool(self.problem) or self.info is not None

    @override
    def bounds_lonlat(self) -> Bounds | None:
        return None if self.info is None else bounds_lonlat_of(self.layer, self.info)

    @property
    @override
    def plane(self) -> str:
        return plane_of(self.layer, self.info)

    @property
    @override
    def remark(self) -> str:
        shown = self._whole_and_blank()
        if shown is None:
            return super().remark
        if self._is_tiny(shown):
            return Phrase(
                "Nothing of {name} is drawn: it is too small to see here, at this scale.", name=self.path.name
            )
        return Phrase("Nothing of {name} is drawn: at this size no pixel of it has a value.", name=self.path.name)

    @property
    def is_too_small(self) -> bool:
        """True where nothing of the image is drawn because it covers only a few pixels of the map."""
        shown = self._whole_and_blank()
        return shown is not None and self._is_tiny(shown)

    def _is_tiny(self, shown: Bounds) -> bool:
        view = self.tiles.view
        side = min(shown.width, shown.height)
        return view is not None and side < LEAST_SEEN_PX * view.grid.resolution

    def _whole_and_blank(self) -> Bounds | None:
        """Bounds of the image on the map while all of it is in view and no pixel has a value; else None."""
        view, lonlat = self.tiles.view, self.bounds_lonlat()
        if view is None or self._is_unplaced() or self.is_nowhere or not self.tiles.is_blank():
            return None
        crs = view.grid.crs
        bounds = transform_bounds(WGS84, crs, lonlat) if lonlat is not None else self.plane_bounds(crs)
        return bounds if bounds is not None and view.world_bounds().contains(bounds) else None

    @override
    def plane_bounds(self, crs: str) -> Bounds | None:
        if self.info is None or not is_on_plane(self.plane, crs):
            return None
        return bounds_on(self.layer, self.info, crs, self.path.name)

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return self.source.folders

    @override
    def _stop_reading(self) -> None:
        self.tiles.hold()

    @override
    def _read_on(self) -> None:
        self.tiles.go_on()
        if self.info is None:
            self.reload()
        else:
            self.check_file()

    @override
    def close(self) -> None:
        self.tiles.close()
        super().close()

    def reload(self) -> None:
        """Read everything again, as the file has changed, or to end its quarantine."""
        for place in self.source.places:
            self.context.pool.forgive(place)
        self._drawn = None
        self._forget_read()
        for about in self._problems.keys() - {"crs"}:
            self._set_problem("", about)
        self.source = self._make_source()
        self.source.name_bands(given_names(self.layer.source))
        self.tiles.source = self.source
        crs = self.tiles.view.grid.crs if self.tiles.view else WEB_MERCATOR
        self.source.probe(crs, partial(self._probed, self.source))

    # -- the probe ----------------------------------------------------------------------------------------------

    def _probed(self, source: RasterSource, sentence: str) -> None:
        if self._is_closed or source is not self.source:  # it was reloaded meanwhile
            return
        if sentence:
            self._set_problem(sentence)
        else:
            assert self.info is not None
            if self._drawn is not None and self._drawn != self.info:
                self._forget_read()  # what was known of the file at first was out of date: it lies elsewhere now
            self._drawn = self.info
            self._set_problem(self.source.lacks, "members")
            self._take_style()
            if not (self.layer.crs or self.info.crs):
                self._set_problem(no_crs(self.path.name), "place")
            if self.tiles.view is not None:
                self._request_tiles()
        self._announce()

    def ask_acquisition(self) -> None:
        """Read `source.acquisition`, once; `updated` is emitted when it is known."""
        self.source.ask_acquisition(self._announce)

    # -- tiles --------------------------------------------------------------------------------------------------

    @property
    def _reading(self) -> RawReading:
        assert self.style is not None
        style = self.style
        return RawReading(
            self.source.place,
            style.bands,
            style.resampling,
            self.layer.crs,
            self._generation,
            style.margin_px,
            self.source.overview_path,
            self.layer.control_points_json,
        )

    def _request_tiles(self) -> None:
        """Request the tiles that the view lacks, where the layer is shown and has a place."""
        view = self.tiles.view
        if not self.layer.visible or self.is_nowhere:
            self.tiles.rest()
        elif view is not None and (view.grid.crs == self.tiles.placed_crs or self._place(view.grid.crs)):
            self.tiles.request_tiles()
            self._measure()

    def _tiles_changed(self) -> None:
        self._measure()
        self._announce()

    def _tiles_failed(self, about: str, sentence: str, says_more: bool) -> None:
        if says_more or about not in self._problems:
            self._set_problem(sentence, about)

    def _forget_read(self) -> None:
        """Drop all that was read before, and what readers are reading now."""
        self._generation += 1
        self._forget_all()

    def _forget_all(self) -> None:
        self.tiles.forget_all()
        self._shown_style.forget()

    # -- the file and its overviews -------------------------------------------------------------------------------

    @property
    def lack(self) -> Lack:
        """Degree to which overviews are missing: without them only a sample of the pixels is shown when zoomed out."""
        return self.source.lack

    @property
    def is_stale(self) -> bool:
        """True where the file has changed since it was opened: what was read before is shown."""
        return self.tiles.is_frozen

    @property
    def can_build(self) -> bool:
        """True where missing overviews can be built, and are not being built."""
        state, store = self.source.state, self.context.overviews
        if state is None or store is None or self.is_stale:
            return False
        return self.lack in (Lack.MODERATE, Lack.LARGE) and not store.is_building(state)

    def build_overviews(self) -> None:
        """Build the missing overviews in our cache folder."""
        state, info, store = self.source.state, self.info, self.context.overviews
        if self.can_build and state is not None and info is not None and store is not None:
            store.build(state, overview_bytes(info))
            self._request_tiles()

    def _overviews_ended(self, state: SourceState, sentence: str) -> None:
        if self.context.puts_off(self._overviews_ended, state, sentence):
            return
        if not self._is_closed and state == self.source.state:
            self.source.look_for_overviews()
            self._show_style()
            self._request_tiles()
            self._announce()

    def check_file(self) -> None:
        """Check in another thread than the window's whether the file has changed since it was opened."""
        state = self.source.state
        if state is not None:
            self.context.jobs.run(lambda _: _state_now(state), partial(self._checked, state), apart=True)

    def _checked(self, state: SourceState, state_now: SourceState | None) -> None:
        if self._is_closed or state != self.source.state:
            return
        if state_now != state:
            self.tiles.freeze(is_gone=state_now is None)
        elif self.tiles.is_frozen:
            self._set_problem("", "file")
            self.tiles.thaw()

    # -- style and measuring --------------------------------------------------------------------------------------

    @property
    def intent(self) -> RasterStyle | None:
        """The style of the layer's row."""
        return self._shown_style.intent

    @property
    def style(self) -> RasterStyle | None:
        """The style that is shown: with a stretch from the view (DRA) it differs from `intent`."""
        return self._shown_style.style

    @property
    def sample(self) -> ViewSample | None:
        """The values in view, of the style that is shown; None until they are measured."""
        return self._shown_style.sample

    def watch(self, watched: bool) -> None:
        """Measure each view that rests while `watched`, as `sample` is shown somewhere."""
        self._shown_style.is_watched = watched
        self._measure()

    def _take_style(self) -> None:
        assert self.info is not None
        fits = self._shown_style.take(self.layer, self.info)
        sentence = Phrase(
            "The style of {name} does not fit {name_2}: the default is shown.",
            name=self.layer.name,
            name_2=self.path.name,
        )
        self._set_problem("" if fits else sentence, "style")
        self._show_style()
        assert self.style is not None
        crs = self.tiles.view.grid.crs if self.tiles.view else WEB_MERCATOR
        self.source.open_bands(self.style.bands, crs, partial(self._bands_opened, self.source))

    def _bands_opened(self, source: RasterSource) -> None:
        """Take the facts of files of bands that are shown only now; their tiles need not be read again."""
        if self._is_closed or source is not self.source or self.info is None:
            return
        self._drawn = self.info
        self._set_problem(self.source.lacks, "members")
        self._take_style()
        self._announce()

    def _show_style(self) -> None:
        from viewer.rendering.raster.raster_tiles import ShownTile  # for start-up time

        assert self.style is not None
        assert self.info is not None
        self.tiles.show(ShownTile(self._reading, self.style, self.info))

    def _measure(self) -> None:
        """Measure the view once it rests and all its tiles are there."""
        view, tiles = self.tiles.view, self.tiles
        if view is None or tiles.shown is None or not tiles.resting or self._is_unplaced():
            return
        if self._shown_style.needs(view, self._reading) and tiles.has_come():
            self._shown_style.measure(tiles.raw_in_view(), view, self._reading, self._measured)

    def _measured(self) -> None:
        if self._is_closed:
            return
        self._shown_style.settle()
        self._show_style()
        self._request_tiles()
        self._announce()
        self.sampled.emit()

    # -- where it is --------------------------------------------------------------------------------------------

    def _place(self, crs: str) -> bool:
        """Compute the place of the layer on a canvas of this CRS; False, and a problem, where it has none."""
        assert self.info is not None
        try:
            bounds = bounds_on(self.layer, self.info, crs, self.path.name)
        except GeoloupeError as error:
            self._set_problem(error.sentence, "place")
            self.tiles.unplace()
            return False
        self._set_problem("", "place")
        self.tiles.place(crs, bounds)
        return True

    def _is_unplaced(self) -> bool:
        view = self.tiles.view
        return view is not None and view.grid.crs != self.tiles.placed_crs


def _state_now(state: SourceState) -> SourceState | None:
    """The state that the file has now; None where it is gone."""
    try:
        file_stat = os.stat(state.path)
    except OSError:
        return None
    return state._replace(modified_ns=file_stat.st_mtime_ns, size=file_stat.st_size)
