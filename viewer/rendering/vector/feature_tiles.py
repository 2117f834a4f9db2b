"""Shows vector features: painted directly while few are in view, else as tiles that other threads paint."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.errors import GeoloupeError
from layers.grid.tile_grid import TILE_PX, TileGrid, TileKey, View
from layers.vector.drawing.content import VectorContent
from layers.vector.drawing.simplification import Details
from viewer.rendering.context import RenderContext
from viewer.rendering.images import NOTHING, argb_of_image, image_of_argb, unpainted
from viewer.rendering.tile_layer import TileLayer
from viewer.rendering.vector.qt_shapes import is_vector_device
from viewer.rendering.vector.vector_bulk import bulk_picture
from viewer.rendering.vector.vector_painter import margin_px, paint_content
from viewer.rendering.world_copies import Views
from viewer.support.jobs import JobContext
from viewer.support.painting import painting

FEW_VERTICES = 2_500
"""Most vertices of a view that is painted directly, in a few milliseconds."""
_VERTICES_A_FEATURE = 4
"""The cost of a line or an area besides its vertices, in vertices."""
MOST_EXACT = 100_000
"""Most vertices in a view of a page whose tiles are painted as in a PDF, which takes longer."""
_FINEST_PX = 1.02
"""Width in pixels below which Qt paints a line otherwise than a wider one."""
_WORTH_A_LOOK = 8
"""Multiple of a limit on vertices up to which the features near a view are looked at one by one."""
TILES_A_JOB = 6
"""Tiles painted as one picture: finding features holds the interpreter, which threads have to share."""
TILES_OF_A_STRIP = 3
"""Tiles of a job where only a strip is missing, as after a pan: so both threads have a part of it."""
MANY_FEATURES = 30_000
"""Number of features in view below which finding them costs more than painting them."""
_KNOWN_VIEWS = 4
"""Number of views for which answers are kept."""
TRIAL_PX = 200
"""Longer side in pixels of the trial picture that shows whether anything is painted at all."""
TRIED_FIRST = 1, 16, 1_000
"""Features of a table that are tried before all of them: nearly always the first few are enough."""
JOBS_AHEAD = 2
"""Jobs under way at a time."""


class FeatureTiles:
    """Tiles of one content. `updated` is emitted when `paint` would paint something else, `failed` when it never will.

    `paint` and `is_complete` are about a view, or about one wrapped world copy in it.
    """

    def __init__(
        self,
        context: RenderContext,
        name: str,
        updated: Callable[[], None],
        failed: Callable[[str], None],
        details: Details,
    ) -> None:
        self.content = VectorContent()
        self._context, self._updated, self._failed, self._details = context, updated, failed, details
        self._tiles = TileLayer(context.tiles.styled, name, coarse=False)
        self._number = 0
        self._scale = 1.0
        self._views: Views = ()
        self._cursor: tuple[float, float] | None = None
        self._requested: set[tuple[TileGrid, int, float, TileKey]] = set()
        self._jobs = 0
        self._few: dict[View, bool] = {}
        self._exact: dict[View, bool] = {}
        self._shown: dict[View, bool] = {}
        self._is_closed = False

    def set_content(self, content: VectorContent, *, keep: bool = True) -> None:
        """Set the content; with `keep` the tiles shown so far stand in until those of the new content are painted."""
        self.content = content
        self._number += 1
        self._forget()
        if not keep:
            self._tiles.clear()
        self._tiles.set_revision((self._number, self._scale))
        self._place()
        self._work()

    def set_views(self, views: Views, scale: float, cursor: tuple[float, float] | None = None) -> None:
        """Set a view and the wrapped world copies in it. `scale`: picture pixels a logical pixel of the symbols."""
        if scale != self._scale:
            self._scale = scale
            self._forget()
            self._tiles.set_revision((self._number, scale))
        moved = not self._views or views[0].grid != self._views[0].grid
        self._views, self._cursor = views, cursor
        if moved:
            self._place()
        self._work()

    def paint(
        self, painter: QPainter, view: View, scale: float, opacity: float, checkpoint: Checkpoint = unchecked
    ) -> None:
        """Paint a view; `scale` is picture pixels a logical pixel, and `opacity` goes from 0 to 1."""
        if not self.content.tables:
            return
        if is_vector_device(painter) or scale != self._scale or self._are_few(view):
            before = painter.opacity()
            painter.setOpacity(before * opacity)
            paint_content(painter, self.content, view, scale, checkpoint=checkpoint)
            painter.setOpacity(before)
        else:
            self._tiles.paint(painter, view, opacity)
            checkpoint()

    def shows_in(self, view: View, scale: float) -> bool:
        """True where something of the content is painted in a view.

        Few features, and those of a page, are tried on a small picture: the bounds of a long line hold much that it
        never comes near. The answer for a page is the same at any size, and whichever of its tiles are there yet.
        """
        if not self.content.tables:
            return False
        if not (self._context.is_of_page or self._are_few(view)):
            return scale != self._scale or self._tiles.shows_in(view)
        return _known(self._shown, view, lambda: _leaves_ink(self.content, view, scale))

    def is_complete(self, view: View) -> bool:
        return not self.content.tables or self._are_few(view) or self._tiles.is_complete(view)

    def close(self) -> None:
        self._is_closed = True
        self._tiles.clear()

    def _place(self) -> None:
        bounds = self.content.world_bounds()
        if bounds is not None and self._views:
            margin = margin_px(self.content.symbols, self._scale) * self._views[0].grid.resolution
            self._tiles.set_bounds(self.content.tables[0].crs, bounds.expanded(margin))

    def _forget(self) -> None:
        """Forget all answers about views, as the content or its scale is another."""
        for answers in (self._few, self._exact, self._shown):
            answers.clear()

    def _are_few(self, view: View) -> bool:
        """True where painting the view directly takes only a few milliseconds."""
        return _known(self._few, view, lambda: self._count_is_small(view, FEW_VERTICES))

    def _count_is_small(self, view: View, most: int) -> bool:
        content = self.content
        bounds = view.world_bounds().expanded(margin_px(content.symbols, self._scale) * view.grid.resolution)
        # Cells are coarse: of what is near, a part is in view. More than this is not worth a closer look.
        if content.count_near(bounds) > _WORTH_A_LOOK * most:
            return False
        total = 0
        for table in content.tables:
            rows = content.rows_in(table, bounds)
            total += int(table.coordinates_of(rows).sum())
            total += 0 if table.is_single else _VERTICES_A_FEATURE * len(rows)
            if total > most:
                return False
        return True

    def _is_exact(self, view: View) -> bool:
        """True where tiles are painted feature by feature.

        Else Qt would begin the dashes of a line elsewhere on each tile, and paint lines finer than a pixel otherwise.
        """
        if not self._context.is_of_page:
            return False
        symbols = [symbol for symbol in self.content.symbols if symbol is not None]
        if any(symbol.dash or 0 < symbol.stroke_width_px * self._scale < _FINEST_PX for symbol in symbols):
            return False
        return _known(self._exact, view, lambda: self._count_is_small(view, MOST_EXACT))

    def _work(self) -> None:
        """Start jobs for missing tiles, unless the view is painted directly."""
        content = self.content
        if not self._views or not content.tables or content.tables[0].crs != self._views[0].grid.crs:
            return
        views = [view for view in self._views if not self._are_few(view)]
        if not views:
            return
        for view, plan in self._tiles.plan(views, self._cursor):
            exactly = self._is_exact(view)
            mark = view.grid, self._number, self._scale
            missing = [key for key in plan.want if (*mark, key) not in self._requested]
            is_strip = len(missing) <= 2 * TILES_A_JOB and content.count_near(view.world_bounds()) >= MANY_FEATURES
            at_once = TILES_OF_A_STRIP if is_strip else TILES_A_JOB
            for keys in _columns(missing, at_once):
                if self._jobs >= JOBS_AHEAD:
                    return
                self._start(view, keys, exactly)

    def _start(self, view: View, keys: list[TileKey], exactly: bool) -> None:
        grid, content, scale, number = view.grid, self.content, self._scale, self._number
        details = self._details if content.is_largely_in(view.world_bounds()) else None
        revision = self._tiles.revision
        marks = {(grid, number, scale, key) for key in keys}
        self._requested |= marks
        self._jobs += 1

        def work(_: JobContext) -> list[tuple[TileKey, QImage]]:
            return list(_painted(content, details, grid, keys, scale, exactly))

        def ended() -> None:
            self._jobs -= 1
            self._requested -= marks

        def done(images: list[tuple[TileKey, QImage]]) -> None:
            ended()
            if not self._is_closed:
                for key, image in images:
                    self._tiles.put(grid, revision, key, image)
                self._updated()
                self._work()

        def failed(error: GeoloupeError) -> None:
            self._jobs -= 1  # its tiles stay requested: they would fail again
            if not self._is_closed:
                self._failed(error.sentence)

        self._context.jobs.run(work, done, failed)


def _known(answers: dict[View, bool], view: View, find: Callable[[], bool]) -> bool:
    """The answer about a view, kept for the next time that it is needed."""
    answer = answers.get(view)
    if answer is None:
        if len(answers) >= _KNOWN_VIEWS:
            answers.clear()
        answer = answers[view] = find()
    return answer


def _leaves_ink(content: VectorContent, view: View, scale: float) -> bool:
    """True where painting the view sets any pixel, as far as a much smaller picture of it shows."""
    part = max(view.width, view.height) / TRIAL_PX
    grid = view.grid
    origin = grid.affine(0, view.left, view.top)
    small_grid = replace(grid, resolution=grid.resolution * part, origin_x=origin.c, origin_y=origin.f)
    width, height = (max(math.ceil(side / part), 1) for side in (view.width, view.height))
    small = View(small_grid, 0, 0, width, height, view.ratio)
    for most in (*TRIED_FIRST, None):  # each frame of a pan asks
        image = unpainted(width, height, opaque=False)
        image.fill(Qt.GlobalColor.transparent)
        with painting(image) as painter:
            paint_content(painter, content, small, max(scale / part, 0.5), most)
        if np.frombuffer(image.constBits(), np.uint8).any():
            return True
    return False


def _columns(keys: Sequence[TileKey], at_once: int) -> Iterator[list[TileKey]]:
    """Groups of tiles one above the other, the most wanted first, to be painted as one picture and then cut."""
    left = dict.fromkeys(keys)
    while left:
        first = next(iter(left))
        run = [first]
        del left[first]
        for step in (1, -1):
            row = first.row + step
            while len(run) < at_once and (key := TileKey(0, first.col, row)) in left:
                run.append(key)
                del left[key]
                row += step
        yield sorted(run, key=lambda key: key.row)


def _painted(
    content: VectorContent,
    details: Details | None,
    grid: TileGrid,
    keys: list[TileKey],
    scale: float,
    exactly: bool,
) -> Iterator[tuple[TileKey, QImage]]:
    first = keys[0]
    view = View(grid, first.col * TILE_PX, first.row * TILE_PX, TILE_PX, TILE_PX * len(keys))
    picture = _exact_picture(content, view, scale) if exactly else bulk_picture(content, details, view, scale)
    for number, key in enumerate(keys):
        tile = None if picture is None else picture[number * TILE_PX : (number + 1) * TILE_PX]
        yield key, NOTHING if tile is None or not tile.any() else image_of_argb(np.ascontiguousarray(tile))


def _exact_picture(content: VectorContent, view: View, scale: float) -> NDArray[np.uint32]:
    image = unpainted(view.width, view.height, opaque=False)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        paint_content(painter, content, view, scale)
    return argb_of_image(image)
