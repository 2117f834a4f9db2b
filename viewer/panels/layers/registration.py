"""Finds the shift between two layers, and the shifts that remain in parts of them, off the window's thread."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from layers.document.placing.nudge import Nudge
from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.geo.ground_offset import moved
from layers.grid.tile_grid import View
from layers.pool.protocol import Answer, Profile, Request
from layers.raster.common_grid import CommonGrid, PlacedRaster, common_grid
from layers.raster.phase_correlation import GreyPicture, Registered, register
from layers.requests.imagery import ReadTile
from layers.requests.registering import Register
from viewer.panels.layers.residual_map import ShownResidual
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import argb_of_image, unpainted
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.world_copies import world_copies
from viewer.support.language.text import one_line
from viewer.support.painting import painting

DEADLINE_S = 120.0
_WHOLE = 0.98
"""Fraction of the greatest alpha in a view from which a pixel counts as fully covered by the layer."""
type _Done = Callable[["FoundShift | str"], None]


class FoundShift(NamedTuple):
    """A shift, and its size on the ground. `nudge` is what the layer would get; None where no shift was found."""

    registered: Registered
    nudge: Nudge | None
    pixel_m: float
    """Ground metres of a pixel of the common grid."""
    residuals: tuple[ShownResidual, ...]
    change_m: float = math.inf
    """Metres by which the layer would be moved from where it is shown now."""

    @property
    def spread_m(self) -> float:
        """Ground metres by which the parts differ from the shift."""
        return (self.registered.residual_px or 0.0) * self.pixel_m

    @property
    def is_significant(self) -> bool:
        """True where the layer would be moved by more than its parts differ; else the shift is due to chance."""
        return self.change_m > self.spread_m


def can_register(drawing: LayerDrawing | None) -> bool:
    """True for an image on a map: a file, or a service."""
    return isinstance(drawing, RasterDrawing | TilesDrawing) and not drawing.plane and not drawing.is_nowhere


class Registration(QObject):
    """Reads two files on a common grid, in the pixels of the coarser one; a service as the view shows it."""

    def __init__(self, moving: LayerDrawing, fixed: LayerDrawing, parent: QObject) -> None:
        super().__init__(parent)
        self._moving, self._fixed = moving, fixed

    def find(self, view: View, done: _Done) -> None:
        """Find the shift; `done` is called with the result, or a sentence on the failure, in the window's thread."""
        try:
            if isinstance(self._moving, RasterDrawing) and isinstance(self._fixed, RasterDrawing):
                self._read(self._moving, self._fixed, done)
            else:
                self._look(view, done)
        except GeoloupeError as error:
            done(error.sentence)

    # -- two files ----------------------------------------------------------------------------------------------

    def _read(self, moving: RasterDrawing, fixed: RasterDrawing, done: _Done) -> None:
        """Read both images from their files. Raises CannotBePlaced."""
        grid = common_grid(_placed(moving), _placed(fixed))
        question = Register.on(grid, _tile(moving), _tile(fixed))
        ways = {moving.source.profile, fixed.source.profile}
        way = next((profile for profile in ways if profile is not Profile.LOCAL), Profile.LOCAL)
        beyond = fixed.nudge  # files are compared where they lie; the fixed one is shown aside

        def answered(result: Answer | GeoloupeError) -> None:
            if isinstance(result, GeoloupeError):
                done(result.sentence)
            else:
                done(self._found(grid, result.facts, beyond, moving.nudge))

        post = partial(moving.context.mailbox.post, answered)
        moving.context.pool.submit(Request(question, post, deadline_s=DEADLINE_S, profile=way))

    # -- a view -------------------------------------------------------------------------------------------------

    def _look(self, view: View, done: _Done) -> None:
        """Take both images as the view shows them. Raises CannotBePlaced."""
        if is_off_earth(view.grid.crs):
            raise CannotBePlaced(self.tr("Show the two on a map of the Earth: what is seen of them is compared."))
        shown = [_shown(drawing, view) for drawing in (self._moving, self._fixed)]
        grid = CommonGrid(view.grid.crs, view.affine, view.width, view.height, 1.0)
        known = self._moving.nudge
        context = self._moving.context

        def work(_: object) -> Registered:
            return register(*(_picture(image) for image in shown))

        context.jobs.run(
            work,
            lambda registered: done(self._found(grid, registered, known, None)),
            lambda error: done(error.sentence),
            self.tr("Comparing two layers"),
        )

    # -- what it means ------------------------------------------------------------------------------------------

    def _found(self, grid: CommonGrid, registered: Registered, beside: Nudge | None, shown: Nudge | None) -> FoundShift:
        """Convert a result in pixels of the grid to ground metres.

        `beside` is a shift that is added to the one that was found; `shown` moves the places of the parts on the map.
        """
        x, y = grid.affine.apply(grid.width / 2, grid.height / 2)
        lon, lat = (float(v) for v in transform_points(grid.crs, WGS84, x, y))
        pixel_m = max(map(math.hypot, *zip(grid.ground_m(1.0, 0.0), grid.ground_m(0.0, 1.0), strict=True)))
        nudge, change_m = None, math.inf
        if registered.dx is not None and registered.dy is not None:
            east, north = grid.ground_m(registered.dx, registered.dy)
            more = (0.0, 0.0) if beside is None else (beside.dx_m, beside.dy_m)
            spread = None if registered.residual_px is None else round(registered.residual_px * pixel_m, 3)
            nudge = Nudge(
                round(east + more[0], 4),
                round(north + more[1], 4),
                lon,
                lat,
                how="phase correlation",
                against=one_line(self._fixed.layer.name, 100),
                residual_m=spread,
            )
            now = self._moving.nudge
            at = (0.0, 0.0) if now is None else (now.dx_m, now.dy_m)
            change_m = math.hypot(nudge.dx_m - at[0], nudge.dy_m - at[1])
        return FoundShift(registered, nudge, pixel_m, _residuals(grid, registered, shown), change_m)


def _residuals(grid: CommonGrid, registered: Registered, shown: Nudge | None) -> tuple[ShownResidual, ...]:
    if registered.dx is None or registered.dy is None:
        return ()
    residuals = []
    for part in registered.local:
        x, y = grid.affine.apply(part.x, part.y)
        lon, lat = (float(v) for v in transform_points(grid.crs, WGS84, x, y))
        if shown is not None:
            lon, lat = moved(lon, lat, shown.dx_m, shown.dy_m)
        off = grid.ground_m(part.dx - registered.dx, part.dy - registered.dy)
        if all(map(math.isfinite, (lon, lat, *off))):
            residuals.append(ShownResidual(lon, lat, *off, part.agrees))
    return tuple(residuals)


def _placed(drawing: RasterDrawing) -> PlacedRaster:
    name = one_line(drawing.layer.name, 60)
    if drawing.info is None:
        raise CannotBePlaced("“{name}” has not been read yet: wait a moment.", name=name)
    return PlacedRaster.of(f"“{name}”", drawing.info, drawing.layer.crs)


def _tile(drawing: RasterDrawing) -> ReadTile:
    assert drawing.info is not None
    bands = drawing.style.bands if drawing.style is not None else (1,)
    return replace(drawing.source.tile_of(bands), source_crs=drawing.layer.crs)


def _shown(drawing: LayerDrawing, view: View) -> QImage:
    """The layer alone, as the view shows it. Raises CannotBePlaced where it is not complete."""
    seen = drawing.seen(view)
    copies, name = world_copies(seen), one_line(drawing.layer.name, 60)
    if not drawing.layer.visible or not drawing.is_complete(seen, copies) or drawing.has_failed_in(seen):
        raise CannotBePlaced(
            "“{name}” is not all there in this view: show it, and wait until it is complete.", name=name
        )
    image = unpainted(view.width, view.height, opaque=False)
    image.fill(0)
    with painting(image) as painter:
        drawing.paint(painter, seen, copies)
    return image


def _picture(image: QImage) -> GreyPicture:
    argb = argb_of_image(image)
    channels = np.stack([(argb >> np.uint32(shift)) & np.uint32(255) for shift in (16, 8, 0)])
    alpha = argb >> np.uint32(24)  # that of a faint layer is the same all over it
    return GreyPicture.of_bands(channels.astype(np.float32), alpha >= max(1, int(alpha.max() * _WHOLE)))
