"""A vector file on the canvas: features in columns, painted directly while few, on other threads while many."""

from __future__ import annotations

import zlib
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage, QPaintEngine, QPainter

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.pool.features import table_from_answer
from layers.pool.protocol import Answer, Request
from layers.vector.detail import thinned
from layers.vector.style import VectorStyle
from layers.vector.table import FeatureTable, VectorInfo
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import NOTHING
from viewer.rendering.tile_sheet import TileSheet
from viewer.rendering.vector_painter import features_in, margin_px, paint_table, vertices_of
from viewer.support.jobs import JobContext

FEATURES_A_CHUNK = 20_000
FEW_VERTICES = 6_000
"""Up to here a view is painted directly, in a few milliseconds."""
TILES_A_JOB = 6
DETAIL_PX = 0.5
"""Vertices nearer to the one before than this are left out where many are painted."""


class VectorDrawing(LayerDrawing):
    """Holds all features of one layer of a file, in the CRS of the canvas."""

    def __init__(self, layer: Layer, path: Path, context: RenderContext, parent: QObject | None = None) -> None:
        super().__init__(layer, context, parent)
        self.path = path
        self.info: VectorInfo | None = None
        self.style = VectorStyle()
        self.tables: list[FeatureTable] = []
        self._crs = ""
        self._generation = 0
        self._is_loaded = False
        self._sheet = TileSheet(context.tiles.styled, layer.uuid, coarse=False)
        self._view: View | None = None
        self._cursor: tuple[float, float] | None = None
        self._is_painting = False
        self._thin: tuple[tuple[int, int, float], list[FeatureTable]] = ((0, 0, 0.0), [])
        self._few: tuple[tuple[View, int, VectorStyle], bool] | None = None
        self._probe()

    # -- the interface of a drawing -----------------------------------------------------------------------------

    def set_layer(self, layer: Layer) -> None:
        moved = layer.crs != self.layer.crs
        super().set_layer(layer)
        if self.info is not None:
            self._take_style()
            if moved:
                self._set_problem("")
            if moved and self._view is not None and self._is_readable():
                self._load(self._view.grid.crs)
            self._work()

    def set_view(self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True) -> None:
        self._view, self._cursor = view, cursor
        if self._is_readable() and view.grid.crs != self._crs:
            self._load(view.grid.crs)
        self._work()

    def paint(self, painter: QPainter, view: View) -> None:
        if view.grid.crs != self._crs:
            return
        if _keeps_vectors(painter) or self._are_few(view):
            before = painter.opacity()
            painter.setOpacity(before * self.layer.opacity)
            _paint_all(painter, self.tables, view, self.style)
            painter.setOpacity(before)
        else:
            self._sheet.paint(painter, view, self.layer.opacity)

    def is_complete(self, view: View) -> bool:
        if self.info is None or self.problem:
            return bool(self.problem)
        if not self._is_loaded or view.grid.crs != self._crs:
            return False
        return self._are_few(view) or self._sheet.is_complete(view)

    def bounds_lonlat(self) -> Bounds | None:
        if self.info is None or not self.layer.crs or self.info.bounds is None:
            return self.info.bounds_lonlat if self.info else None
        try:
            return transform_bounds(self.layer.crs, WGS84, self.info.bounds)
        except GeoloupeError:
            return None  # `problem` says so already

    # -- reading ------------------------------------------------------------------------------------------------

    def _probe(self) -> None:
        params = {"path": str(self.path), "options": self._options()}
        self.context.pool.submit(Request("probe", params, self._probe_ended, strike_key=str(self.path)))

    def _probe_ended(self, result: Answer | GeoloupeError) -> None:
        """On a reader's thread."""
        self.context.mailbox.post(self._probed, result)

    def _probed(self, result: Answer | GeoloupeError) -> None:
        if self._is_closed:
            return
        if isinstance(result, GeoloupeError):
            self._set_problem(result.sentence)
        elif result.header.get("kind") != "vector":
            self._set_problem(f"{self.path.name} holds no vector layer: remove the layer and add the file again.")
        else:
            self._take_info([VectorInfo.from_json(data) for data in result.header["layers"]])
        self._announce()

    def _take_info(self, infos: list[VectorInfo]) -> None:
        table = str(self.layer.source.get("table", ""))
        self.info = next((info for info in infos if not table or info.name == table), None)
        if self.info is None:
            name = f"no layer named {table}" if table else "no layer"
            self._set_problem(f"{self.path.name} has {name}: it may have been saved anew; add it again.")
            return
        self._take_style()
        if not self.info.features:
            self._set_problem(f"{self.path.name} holds no features: there is nothing to draw.")
        elif not (self.layer.crs or self.info.crs):
            self._set_problem(f"{self.path.name} does not say in which CRS it is: choose one for the layer.")
        elif self._view is not None:
            self._load(self._view.grid.crs)

    def _load(self, crs: str) -> None:
        """Read all features into this CRS; chunks show as they come."""
        self._crs = crs
        self._generation += 1
        self.tables, self._is_loaded = [], False
        self._sheet.clear()
        self._sheet.set_revision((self._generation, 0, self.style))
        self._ask(self._generation, crs, 0)

    def _options(self) -> dict[str, Any]:
        """How the file is to be read, where somebody said so."""
        options = self.layer.source.get("options")
        return options if isinstance(options, dict) else {}

    def _is_readable(self) -> bool:
        return self.info is not None and bool(self.info.features) and bool(self.layer.crs or self.info.crs)

    def _ask(self, generation: int, crs: str, start_fid: int) -> None:
        """Submit the next chunk; on any thread."""
        assert self.info is not None
        params = {
            "path": str(self.path), "layer": self.info.name, "crs": crs, "source_crs": self.layer.crs,
            "start_fid": start_fid, "limit": FEATURES_A_CHUNK, "columns": [],
            "options": self._options(),
        }  # fmt: skip
        done = partial(self._chunk_read, generation, crs)
        self.context.pool.submit(Request("features", params, done, strike_key=str(self.path)))

    def _chunk_read(self, generation: int, crs: str, result: Answer | GeoloupeError) -> None:
        """On a reader's thread: ask for the next chunk from there, so that the reader never waits for the window."""
        following = None if isinstance(result, GeoloupeError) else result.header.get("next_fid")
        if following is not None and generation == self._generation and not self._is_closed:
            self._ask(generation, crs, int(following))
        self.context.mailbox.post(self._chunk_arrived, generation, result, following is None)

    def _chunk_arrived(self, generation: int, result: Answer | GeoloupeError, is_last: bool) -> None:
        if self._is_closed or generation != self._generation:
            return
        if isinstance(result, GeoloupeError):
            self._set_problem(result.sentence)
            self._is_loaded = True
        else:
            table = table_from_answer(result)
            if len(table):
                self.tables = [*self.tables, table]
            self._is_loaded = is_last
        if is_last:
            self._sheet.set_revision((self._generation, len(self.tables), self.style))
            self._place()
        self._work()
        self._announce()

    def _place(self) -> None:
        bounds = [table.world_bounds() for table in self.tables]
        known = [found for found in bounds if found is not None]
        if known and self._view is not None:
            whole = known[0]
            for other in known[1:]:
                whole = whole.union(other)
            # A symbol reaches a little beyond its point at any scale: the sheet is cut a tile further out.
            self._sheet.set_bounds(self._crs, whole.expanded(TILE_PX * self._view.grid.resolution))

    # -- painting -----------------------------------------------------------------------------------------------

    def _take_style(self) -> None:
        assert self.info is not None
        try:
            values = self.layer.style
            seed = zlib.crc32(self.layer_uuid.encode())
            self.style = VectorStyle.from_json(values) if values else VectorStyle.default(self.info, seed)
        except GeoloupeError as error:
            self.style = VectorStyle()
            self._set_problem(error.sentence, "style")
        else:
            self._set_problem("", "style")
        self._sheet.set_revision((self._generation, len(self.tables), self.style))

    def _are_few(self, view: View) -> bool:
        """True where painting the view directly takes a few milliseconds only."""
        asked = (view, len(self.tables), self.style)
        if self._few is None or self._few[0] != asked:
            total, margin = 0, margin_px(self.style)
            for table in self.tables:
                total += vertices_of(table, features_in(table, view, margin))
                if total > FEW_VERTICES:
                    break
            self._few = (asked, total <= FEW_VERTICES)
        return self._few[1]

    def _work(self) -> None:
        """Paint missing tiles on other threads, unless the view is painted directly."""
        view = self._view
        if view is None or self._is_painting or view.grid.crs != self._crs or not self.tables or self._are_few(view):
            return
        self._place()
        keys = self._sheet.plan(view, self._cursor).want[:TILES_A_JOB]
        if not keys:
            return
        self._is_painting = True
        style, grid, revision = self.style, view.grid, self._sheet.revision
        asked = (self._generation, len(self.tables), grid.resolution)
        all_tables, thin = self.tables, self._thin[1] if self._thin[0] == asked else None

        def work(_: JobContext) -> tuple[list[FeatureTable], list[tuple[TileKey, QImage]]]:
            cell = DETAIL_PX * grid.resolution
            tables = [thinned(table, cell) for table in all_tables] if thin is None else thin
            return tables, [(key, _painted_tile(tables, style, grid, key)) for key in keys]

        def done(result: tuple[list[FeatureTable], list[tuple[TileKey, QImage]]]) -> None:
            self._is_painting = False
            if self._is_closed:
                return
            self._thin = (asked, result[0])
            for key, image in result[1]:
                self._sheet.put(grid, revision, key, image)
            self._announce()
            self._work()

        self.context.jobs.run(work, done, self._painting_failed)

    def _painting_failed(self, error: GeoloupeError) -> None:
        self._is_painting = False
        self._set_problem(error.sentence)


def _painted_tile(tables: list[FeatureTable], style: VectorStyle, grid: TileGrid, key: TileKey) -> QImage:
    view = View(grid, key.col * TILE_PX, key.row * TILE_PX, TILE_PX, TILE_PX)
    if not any(features_in(table, view, margin_px(style)).size for table in tables):
        return NOTHING
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _paint_all(painter, tables, view, style)
    painter.end()
    return image


def _paint_all(painter: QPainter, tables: list[FeatureTable], view: View, style: VectorStyle) -> None:
    margin = margin_px(style)
    for table in tables:
        paint_table(painter, table, features_in(table, view, margin), view, style)


def _keeps_vectors(painter: QPainter) -> bool:
    """True for PDF, SVG and the like, which are given vectors however many there are."""
    return painter.paintEngine().type() != QPaintEngine.Type.Raster
