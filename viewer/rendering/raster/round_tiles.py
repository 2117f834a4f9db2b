"""The tiles of one raster where the map may be seen over its edge: there the world goes on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QPainter

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TileKey, View
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_source import RasterSource
from viewer.rendering.raster.raster_tiles import RasterTiles, Shown
from viewer.rendering.tiles.tile_cache import BEYOND, RawTile
from viewer.rendering.vector.round_sheet import view_beyond


class RoundTiles:
    """What `RasterTiles` does, twice while somebody looks over the edge: for the map, and for what lies beyond it.

    A tile on the edge is in both, each time with the part that is on its side. `changed` and `failed` as there.
    """

    def __init__(
        self,
        layer_uuid: str,
        source: RasterSource,
        context: RenderContext,
        changed: Callable[[], None],
        failed: Callable[[str, str, bool], None],
    ) -> None:
        self._near = RasterTiles(layer_uuid, source, context, changed, failed)
        self._make_far = partial(
            RasterTiles, layer_uuid + BEYOND, context=context, changed=changed, failed=failed, lender=self._near
        )
        self._far: RasterTiles | None = None
        """While somebody looks there. What was read stays in the caches."""
        self._place: tuple[str, Bounds] | None = None

    # -- what is looked at, and as what -------------------------------------------------------------------------

    @property
    def source(self) -> RasterSource:
        return self._near.source

    @source.setter
    def source(self, source: RasterSource) -> None:
        for each in self._each():
            each.source = source

    @property
    def shown(self) -> Shown | None:
        return self._near.shown

    @property
    def view(self) -> View | None:
        return self._near.view

    @property
    def resting(self) -> bool:
        return self._near.resting

    @property
    def placed_crs(self) -> str:
        """The CRS of the canvas in which it is known where the layer is; empty where it has no place."""
        return self._near.placed_crs

    def look_at(self, view: View, cursor: tuple[float, float] | None, resting: bool) -> None:
        """Note the view; `wish` asks for what it lacks."""
        self._near.look_at(view, cursor, resting)
        beyond = view_beyond(view)
        if beyond is not None:
            self._over().look_at(beyond, cursor, resting)
        elif self._far is not None:
            self._far.close()
            self._far = None

    def show(self, shown: Shown) -> None:
        """As `RasterTiles.show`."""
        for each in self._each():
            each.show(shown)

    def place(self, crs: str, bounds: Bounds) -> None:
        """Where the layer is on a canvas of this CRS."""
        self._place = (crs, bounds)
        for each in self._each():
            each.place(crs, bounds)

    def unplace(self) -> None:
        """The layer has no place on the canvas."""
        self._place = None
        for each in self._each():
            each.wish_nothing()
            each.placed_crs = ""

    # -- painting and measuring ---------------------------------------------------------------------------------

    def paint(self, painter: QPainter, view: View, opacity: float) -> None:
        self._near.sheet.paint(painter, view, opacity)
        beyond = view_beyond(view)
        if beyond is not None:
            self._over().sheet.paint(painter, beyond, opacity)

    def is_complete(self, view: View) -> bool:
        beyond = view_beyond(view)
        return self._near.is_complete(view) and (beyond is None or self._over().is_complete(beyond))

    def share(self, view: View) -> float:
        """How much of the view is there, 0 to 1."""
        beyond = view_beyond(view)
        near = self._near.sheet.share(view)
        return near if beyond is None else (near + self._over().sheet.share(beyond)) / 2

    def raw_in_view(self) -> list[tuple[TileKey, RawTile]]:
        """The exact tiles of the view that are kept raw; keys count from the corner that both parts share."""
        return [found for each in self._each() for found in each.raw_in_view()]

    def is_blank(self) -> bool:
        """As `RasterTiles.is_blank`."""
        return all(each.is_blank() for each in self._each())

    # -- wishes -------------------------------------------------------------------------------------------------

    def wish(self) -> None:
        """As `RasterTiles.wish`."""
        for each in self._each():
            each.wish()

    def wish_nothing(self) -> None:
        for each in self._each():
            each.wish_nothing()

    def rest(self) -> None:
        """As `RasterTiles.rest`."""
        for each in self._each():
            each.rest()

    def waits_for_overviews(self, view: View) -> bool:
        """True where this view will be read from overviews that are being built."""
        return self._near.waits_for_overviews(view)

    def pause(self) -> None:
        """Read no more of this view; another one is read again."""
        for each in self._each():
            each.pause()

    # -- the file -----------------------------------------------------------------------------------------------

    @property
    def is_frozen(self) -> bool:
        """The file is not the one that was probed: what was read of it stays, nothing more is read."""
        return any(each.is_frozen for each in self._each())

    def freeze(self, *, is_gone: bool) -> None:
        """As `RasterTiles.freeze`."""
        for each in self._each():
            each.freeze(is_gone=is_gone)

    def hold(self) -> None:
        """As `RasterTiles.hold`."""
        for each in self._each():
            each.hold()

    def go_on(self) -> None:
        """As `RasterTiles.go_on`."""
        for each in self._each():
            each.go_on()

    def thaw(self) -> None:
        """The file is again the one that was probed."""
        for each in self._each():
            each.thaw()

    def forget_all(self) -> None:
        """The data are other data now, or lie elsewhere."""
        for each in self._each():
            each.forget_all()

    def close(self) -> None:
        for each in self._each():
            each.close()

    # -- the two ------------------------------------------------------------------------------------------------

    def _each(self) -> list[RasterTiles]:
        return [self._near] if self._far is None else [self._near, self._far]

    def _over(self) -> RasterTiles:
        """The tiles of what lies beyond, which know what the others know."""
        if self._far is None:
            far, near = self._make_far(source=self._near.source), self._near
            if near.shown is not None:
                far.show(near.shown)
            if self._place is not None:
                far.place(*self._place)
            far.is_frozen = near.is_frozen
            self._far = far
        return self._far
