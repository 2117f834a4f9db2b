"""Reads what the pixels of an image, and of a mask of cloud, tell of the cells of a search that has begun."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from layers.errors import GeoloupeError
from layers.pool.protocol import Answer
from viewer.commands.imagery.cell_searches import note_cells
from viewer.panels.context import PanelContext
from viewer.panels.searches.cells_read import CellsRead, read_search_cells
from viewer.panels.searches.search_walk import SearchWalk
from viewer.rendering.layers.image_values import AreaPixels, ask_area_pixels, ask_pixels_beside
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.translation import in_language

if TYPE_CHECKING:
    from layers.observing.search_mask import SearchMask


class CellPixels(QObject):
    """Readings of cells under way, one a search; what they tell is a part of the step that began the search."""

    read = Signal()
    """Emitted when a reading has ended."""

    def __init__(self, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._under_way: set[str] = set()

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def ask(self, walk: SearchWalk, layer_uuid: str, *, is_radar: bool, mask: SearchMask | None) -> None:
        """Ask for the pixels under the cells of a walk; `mask` is a mask of cloud apart from the image."""
        drawing, uuid = self._context.layers.drawing_of(layer_uuid), walk.uuid
        if not isinstance(drawing, RasterDrawing):
            return
        self._under_way.add(uuid)
        names = _band_names(drawing)
        read = partial(read_search_cells, grid=walk.sheet.grid, area=walk.area, is_radar=is_radar, names=names)

        def pixels_read(answer: AreaPixels | GeoloupeError) -> None:
            if isinstance(answer, GeoloupeError):
                self._under_way.discard(uuid)
            elif mask is None:
                self._read_cells(uuid, partial(read, answer))
            else:
                fetcher = self._context.case.fetcher
                if fetcher is not None and mask.collection:
                    fetcher.signing.note(mask.place, mask.collection)
                mask_read = partial(self._mask_read, uuid, mask, partial(read, answer))
                ask_pixels_beside(drawing, answer, mask.place, mask.rule.bands, mask_read)

        ask_area_pixels(drawing, walk.area, pixels_read)

    def _mask_read(
        self, uuid: str, mask: SearchMask, read: Callable[..., CellsRead], answer: Answer | GeoloupeError
    ) -> None:
        if isinstance(answer, GeoloupeError):
            self._say_unread(answer)
            self._read_cells(uuid, read)
        else:
            self._read_cells(uuid, partial(read, mask=mask, mask_values=answer.arrays))

    def _say_unread(self, error: GeoloupeError) -> None:
        sentence = self.tr("The mask of cloud was not read, so that no cloud is counted by it: {0}")
        self._context.report(sentence.format(in_language(error.sentence)))

    def _read_cells(self, uuid: str, read: Callable[..., CellsRead]) -> None:
        jobs = self._context.case.jobs
        if jobs is None:
            self._note(uuid, read())
            return
        failed: Callable[[GeoloupeError], None] = lambda _error: self._note(uuid, CellsRead(()))  # noqa: E731
        jobs.run(lambda _: read(), partial(self._note, uuid), failed, of_case=True)

    def _note(self, uuid: str, read: CellsRead) -> None:
        self._under_way.discard(uuid)
        if read.problem is not None:
            self._say_unread(read.problem)
        if read.cells and uuid in self._context.document.searches:
            self._context.attempt_typed(series_of_search(uuid), note_cells, uuid, read.cells, mask=read.mask)
        self.read.emit()


def series_of_search(uuid: str) -> str:
    """The series of the edits that begin a search: what its pixels tell is part of the same step."""
    return f"begin search {uuid}"


def _band_names(drawing: RasterDrawing) -> tuple[str, ...]:
    """The names of an image's bands, those of a delivery as it calls them."""
    scene, info = drawing.source.scene, drawing.info
    if scene is not None:
        return tuple(band.name for band in scene.bands)
    return () if info is None else tuple(band.description for band in info.bands)
