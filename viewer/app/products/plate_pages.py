"""Lays a product out step by step: its scenes are kept while it is changed, its plate while things are moved on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QTimer

from layers.document.document import Document
from layers.errors import ExportFailed, GeoloupeError
from layers.product.spec import ProductSpec
from viewer.app.products.laid_out import Edition
from viewer.canvas.scene import MapScene
from viewer.export.plates.map_scenes import maps_of
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

STEP_S = 0.012
MOST_TRIES = 3
"""A page during whose layout the case or its maps changed is begun anew, but not for ever."""


class PlatePages:
    """`open_scenes` gives the scenes of a product, one a map; they are closed here."""

    def __init__(self, document: Document, open_scenes: Callable[[ProductSpec], list[MapScene]]) -> None:
        self._document, self._scenes_for = document, open_scenes
        self._scenes: list[MapScene] = []
        self._scenes_of: object = None
        self._plate: Plate | None = None
        self._plate_of: tuple[ProductSpec, Edition] | None = None
        self._error: GeoloupeError | None = None
        self._is_stale = True
        self._coming: tuple[Plate, Iterator[None]] | None = None
        self._tries = 0
        self._changed: Callable[[], None] = _nothing
        self._steps = QTimer(interval=0)
        self._steps.timeout.connect(self._go_on)

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> PrintedPlate | None:
        self._open_scenes(spec)
        if not all(scene.is_open() for scene in self._scenes):
            return None
        is_other = not self._is_of(spec, edition)
        if is_other or (self._is_stale and (self._coming is None or self._tries < MOST_TRIES)):
            self._begin(spec, edition, again=not is_other and self._coming is not None)
        if self._coming is not None:
            return None
        if self._error is not None:
            raise self._error
        plate = self._plate
        assert plate is not None
        if plate.spec != spec:
            plate = self._plate = plate.moved(spec)
        return PrintedPlate(plate, dpi)

    def listen(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def close(self) -> None:
        self._steps.stop()
        for scene in self._scenes:
            scene.close()
            scene.deleteLater()
        self._scenes, self._scenes_of = [], None
        self._plate = self._plate_of = self._error = self._coming = None

    # -- laid out -------------------------------------------------------------------------------------------------

    def _is_of(self, spec: ProductSpec, edition: Edition) -> bool:
        """True where the plate that is there, or coming, differs in the places of its things and in colours at most."""
        if self._plate_of is None or self._plate_of[1] != edition:
            return False
        return _without_places(self._plate_of[0]) == _without_places(spec)

    def _begin(self, spec: ProductSpec, edition: Edition, *, again: bool) -> None:
        """A few milliseconds at a time: a page of many names takes a second. What was coming is given up."""
        self._tries = self._tries + 1 if again else 0
        self._is_stale, self._plate_of, self._error = False, (spec, edition), None
        scenes, product = list(self._scenes), edition.product
        plate = Plate(spec, self._document, scenes, product=product, made_on=edition.made_on, at_once=False)
        self._coming = plate, plate.steps()
        self._steps.start()

    def _go_on(self) -> None:
        if self._coming is None:
            self._steps.stop()
            return
        plate, steps = self._coming
        end = time.perf_counter() + STEP_S
        try:
            while time.perf_counter() < end:
                next(steps)
        except StopIteration:
            self._end(plate, None)
        except GeoloupeError as error:
            self._end(None, error)
        except BaseException:
            self._end(None, ExportFailed("The page could not be laid out, by an error in the program."))
            raise

    def _end(self, plate: Plate | None, error: GeoloupeError | None) -> None:
        self._steps.stop()
        self._plate, self._error, self._coming, self._tries = plate, error, None, 0
        self._changed()

    # -- scenes ---------------------------------------------------------------------------------------------------

    def _open_scenes(self, spec: ProductSpec) -> None:
        """Scenes that show the same layers stay, with all that they have read."""
        wanted = (spec.layout, *(one.frame for one in maps_of(spec)))
        if wanted == self._scenes_of:
            return
        self.close()
        self._scenes_of, self._is_stale = wanted, True
        self._scenes = self._scenes_for(spec)
        for scene in self._scenes:
            scene.updated.connect(self._hear)
            scene.edited.connect(self._hear)

    def _hear(self) -> None:
        self._is_stale = True
        self._changed()


def _without_places(spec: ProductSpec) -> ProductSpec:
    return replace(spec, moved={})


def _nothing() -> None:
    """Nobody listens."""
