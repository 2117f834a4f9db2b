"""The picture of a vector content where the map may be seen over its edge: there the world goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from PySide6.QtGui import QPainter

from layers.geo.crs import is_unrolled, world_bounds
from layers.grid.tile_grid import View
from layers.vector.content import VectorContent
from layers.vector.drawing.simplification import Details
from viewer.rendering.context import RenderContext
from viewer.rendering.tiles.tile_cache import BEYOND
from viewer.rendering.vector.vector_sheet import VectorSheet


@lru_cache(maxsize=16)
def view_beyond(view: View) -> View | None:
    """The same picture, one turn of the Earth on, where it reaches over the antimeridian; None where it does not.

    None as well where the whole world is in it: nothing is to be seen twice.
    """
    crs = view.grid.crs
    if not is_unrolled(crs):
        return None
    seen, world = view.world_bounds(), world_bounds(crs)
    if seen.width >= world.width or world.left <= seen.left <= seen.right <= world.right:
        return None
    turn = -world.width if seen.right > world.right else world.width
    return replace(view, grid=replace(view.grid, origin_x=view.grid.origin_x + turn))


def views_around(view: View) -> list[View]:
    """The view, and what is seen in it over the edge of the map."""
    beyond = view_beyond(view)
    return [view] if beyond is None else [view, beyond]


class RoundSheet:
    """Two sheets of one content, the second for what lies over the edge while somebody looks there."""

    def __init__(
        self,
        context: RenderContext,
        name: str,
        updated: Callable[[], None],
        failed: Callable[[str], None],
        details: Details,
    ) -> None:
        self._near = VectorSheet(context, name, updated, failed, details)
        self._far = VectorSheet(context, name + BEYOND, updated, failed, details)
        self._looks_over = False

    @property
    def content(self) -> VectorContent:
        return self._near.content

    def set_content(self, content: VectorContent, *, keep: bool = True) -> None:
        """As `VectorSheet.set_content`."""
        self._near.set_content(content, keep=keep)
        if self._looks_over:
            self._far.set_content(content, keep=keep)

    def set_view(self, view: View, scale: float, cursor: tuple[float, float] | None = None) -> None:
        """As `VectorSheet.set_view`."""
        self._near.set_view(view, scale, cursor)
        beyond = view_beyond(view)
        if beyond is not None:
            self._far.set_view(beyond, scale, cursor)
        if self._looks_over != (beyond is not None):
            self._looks_over = beyond is not None
            self._far.set_content(self.content if self._looks_over else VectorContent(), keep=False)

    def paint(self, painter: QPainter, view: View, scale: float, opacity: float) -> None:
        self._near.paint(painter, view, scale, opacity)
        beyond = view_beyond(view)
        if beyond is not None:
            self._far.paint(painter, beyond, scale, opacity)

    def is_complete(self, view: View) -> bool:
        beyond = view_beyond(view)
        return self._near.is_complete(view) and (beyond is None or self._far.is_complete(beyond))

    def close(self) -> None:
        self._near.close()
        self._far.close()
