"""Lays a product out in a job: its scenes are kept while it is changed, its plate while things are moved on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from layers.document.document import Document
from layers.errors import GeoloupeError
from layers.product.spec import ProductSpec
from viewer.app.products.laid_out import Edition
from viewer.canvas.scene import MapScene
from viewer.export.plates.map_scenes import maps_of
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.support.jobs import Job, Jobs

MOST_TRIES = 3
"""A page during whose layout the case or its maps changed is begun anew, but not for ever."""


class PlatePages:
    """`open_scenes` gives the scenes of a product, one a map; they are closed here."""

    def __init__(self, document: Document, jobs: Jobs, open_scenes: Callable[[ProductSpec], list[MapScene]]) -> None:
        self._document, self._jobs, self._scenes_for = document, jobs, open_scenes
        self._scenes: list[MapScene] = []
        self._scenes_of: object = None
        self._plate: Plate | None = None
        self._plate_of: tuple[ProductSpec, Edition] | None = None
        self._error: GeoloupeError | None = None
        self._is_stale = True
        self._job: Job | None = None
        self._tries = 0
        self._changed: Callable[[], None] = _nothing

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> PrintedPlate | None:
        self._open_scenes(spec)
        if self._job is not None or not all(scene.is_open() for scene in self._scenes):
            return None
        if self._is_stale or not self._is_of(spec, edition):
            self._begin(spec, edition)
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
        if self._job is not None:
            self._job.cancel()
        for scene in self._scenes:
            scene.close()
            scene.deleteLater()
        self._scenes, self._scenes_of = [], None
        self._plate = self._plate_of = self._error = self._job = None

    # -- laid out -------------------------------------------------------------------------------------------------

    def _is_of(self, spec: ProductSpec, edition: Edition) -> bool:
        """True where the plate that is there differs in the places of its things at most."""
        if self._plate_of is None or self._plate_of[1] != edition:
            return False
        return _without_places(self._plate_of[0]) == _without_places(spec)

    def _begin(self, spec: ProductSpec, edition: Edition) -> None:
        """Off the window's thread: a page of many names takes a second."""
        document, scenes = self._document, list(self._scenes)
        self._is_stale, self._plate_of = False, (spec, edition)

        def work(_: object) -> Plate:
            return Plate(spec, document, scenes, product=edition.product, made_on=edition.made_on)

        self._job = self._jobs.run(work, self._done, self._failed, of_case=True, given_up=lambda _: None)

    def _done(self, plate: Plate) -> None:
        self._plate, self._error = plate, None
        self._end()

    def _failed(self, error: GeoloupeError) -> None:
        if self._is_stale and self._tries < MOST_TRIES:
            self._tries += 1  # what it was laid out from has changed under it
            self._job = self._plate_of = None
            self._changed()
            return
        self._plate, self._error = None, error
        self._end()

    def _end(self) -> None:
        self._job, self._tries = None, 0
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
