"""The selected features of a vector layer, above the others: their own shapes in the colour of the selection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from layers.vector.content import VectorContent
from layers.vector.drawing.simplification import Details
from layers.vector.style.symbol import Symbol
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.round_sheet import RoundSheet
from viewer.support.newest_job import NewestJob

SELECTED_COLOR = "#ffd400"


class SelectedFeatures:
    """Picked out of the content of a layer off the window's thread, and painted on a sheet of their own."""

    def __init__(
        self, context: RenderContext, layer_uuid: str, changed: Callable[[], None], failed: Callable[[str], None]
    ) -> None:
        """`changed`: another picture would be painted now; `failed` gets a sentence, empty when all is well again."""
        self._changed, self._tell_failure = changed, failed
        self._sheet = RoundSheet(context, f"{layer_uuid} selected", changed, failed, Details())
        self._picking = NewestJob(context.jobs)
        self._content = VectorContent()
        self._fids: NDArray[np.int64] = np.zeros(0, np.int64)

    def select(self, fids: NDArray[np.int64]) -> None:
        """These (ascending fids), and no others."""
        if len(fids) or len(self._fids):
            self._fids = fids
            self._pick(keep=True)

    def set_content(self, content: VectorContent, *, keep: bool = True) -> None:
        """The features are among these now; without `keep` what is shown does not stand in for them."""
        self._content = content
        self._pick(keep)

    def set_view(self, view: View, scale: float, cursor: tuple[float, float] | None = None) -> None:
        """As `VectorSheet.set_view`."""
        self._sheet.set_view(view, scale, cursor)

    def paint(self, painter: QPainter, view: View, scale: float) -> None:
        """Opaque, however faint the layer is."""
        self._sheet.paint(painter, view, scale, 1.0)

    def is_complete(self, view: View) -> bool:
        return not self._picking.is_under_way and self._sheet.is_complete(view)

    def close(self) -> None:
        self._picking.drop()
        self._sheet.close()

    def _pick(self, keep: bool) -> None:
        content, selected = self._content, self._fids
        if not len(selected):
            self._picking.drop()
            self._sheet.set_content(VectorContent(), keep=False)
            self._changed()
            return

        def pick() -> VectorContent:
            shown = content.shown
            fids = selected if shown is None else np.intersect1d(selected, shown, assume_unique=True)
            parts = [table.taken(rows) for table in content.tables if (rows := table.rows_of(fids)).size]
            looks = tuple(None if look is None else selected_look(look) for look in content.symbols)
            return VectorContent(tuple(parts), looks, content.classes).prepared()

        def picked(found: VectorContent) -> None:
            self._sheet.set_content(found, keep=keep)
            self._changed()

        def failed(error: GeoloupeError) -> None:
            self._tell_failure(error.sentence)

        self._picking.run(pick, picked, failed)


def selected_look(look: Symbol) -> Symbol:
    """A look that stands out wherever it is: the same shape in the colour of the selection, with a dark edge."""
    return replace(
        look,
        stroke_color=SELECTED_COLOR,
        stroke_width_px=max(look.stroke_width_px, 1.2) + 1.2,
        fill_color="#99ffd400",
        casing_color="#1a1a1a",
        casing_width_px=1.0,
        ground_color="",
        dash=(),
        size_px=look.size_px + 2.0,
    )
