"""Cloud over the ground of the time strip: that of a tick is read when it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from shapely.geometry.base import BaseGeometry

from layers.grid.tile_grid import View
from layers.scenes.passes import Pass
from layers.scenes.scene_cloud import MaskGround, SceneCloud, mask_ground
from layers.scenes.view_area import area_of_view
from viewer.panels.time_strip.cloud_reading import CloudWish
from viewer.panels.time_strip.scene_desk import SceneDesk

MOST_TILES = 6
"""Most tiles of one pass whose masks are read for its tick."""


class StripClouds(QObject):
    """Cloud of ticks over the view, or over the site, whichever the strip is of."""

    changed = Signal()
    """Emitted when more is known of a tick."""

    def __init__(self, desk: SceneDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._reading = desk, desk.clouds
        self._made: tuple[View | BaseGeometry | None, MaskGround | None] = None, None
        self._reading.changed.connect(self.changed)

    def of(self, tick: Pass) -> SceneCloud:
        """Cloud of a tick as far as it is known."""
        return self._reading.cloud_of(tick.scenes, self._ground())

    def look_at(self, tick: Pass) -> None:
        """Read the masks of a tick, where their hosts are allowed."""
        ground = self._ground()
        if ground is not None:
            wishes = [CloudWish(scene, ground) for scene in tick.scenes[:MOST_TILES]]
            self._reading.read(wishes)

    def _ground(self) -> MaskGround | None:
        ground = self._desk.ground()
        was, made = self._made
        if was is not ground and (was is None or isinstance(was, BaseGeometry) or was != ground):
            is_view = isinstance(ground, View)
            made = mask_ground(area_of_view(ground) if is_view else ground, "view" if is_view else "site")
            self._made = ground, made
        return made
