"""Lays a product out step by step. Its scenes are kept while it changes, its plate while things are moved on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QTimer

from layers.document.changes import Changes
from layers.document.document import Document
from layers.errors import ExportFailed, GeoloupeError
from layers.grid.tile_grid import View
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec, maps_of
from layers.product.spec_words import as_published
from viewer.canvas.comparison.stretches import Styles
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.export.plates.map_scenes import in_styles, match_of, match_view, show_maps
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate

STEP_S = 0.008
MOST_TRIES = 3
"""Most times that a layout starts anew because the case or its maps changed meanwhile."""


class PlatePages:
    """The PageMaker of plates. `open_scenes` opens a product's scenes, one for each map; they are closed here.

    `cropped` as of `Plate`.
    """

    def __init__(
        self, document: Document, open_scenes: Callable[[ProductSpec], Sequence[ShownScene]], *, cropped: bool = True
    ) -> None:
        self._document, self._scenes_for, self._is_cropped = document, open_scenes, cropped
        self._scenes: Sequence[ShownScene] = ()
        self._scenes_of: object = None
        self._plate: Plate | None = None
        self._plate_of: tuple[ProductSpec, Edition] | None = None
        self._error: GeoloupeError | None = None
        self._is_stale = True
        self._coming: tuple[Plate, Iterator[None]] | None = None
        self._tries = 0
        self._match_of: object = None
        self._is_matching = False
        self._styles: Styles | None = None
        """Styles in which the maps match; None while they are not known."""
        self._changed: Callable[[], None] = _nothing
        self._leave = document.subscribe(self._hear_edit)
        self._steps = QTimer(interval=0)
        self._steps.timeout.connect(self._go_on)

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> PrintedPlate | None:
        self._open_scenes(spec)
        if not all(scene.is_open() for scene in self._scenes) or not self._is_matched(spec):
            return None
        spec = in_styles(spec, self._styles or {})
        is_other = not self._is_of(spec, edition)
        if is_other or (self._is_stale and (self._coming is None or self._tries < MOST_TRIES)):
            self._begin(spec, edition, again=not is_other and self._coming is not None)
        if self._coming is not None:
            return None
        if self._error is not None:
            raise self._error
        plate = self._plate
        assert plate is not None
        if plate.spec != as_published(spec):
            plate = self._plate = plate.moved(spec)
        return PrintedPlate(plate, dpi)

    def listen(self, changed: Callable[[], None]) -> None:
        self._changed = changed

    def close(self) -> None:
        self._leave()
        self._leave = _nothing
        self._close_scenes()

    def _close_scenes(self) -> None:
        self._steps.stop()
        for scene in self._scenes:
            scene.close()
            scene.deleteLater()
        self._scenes, self._scenes_of = (), None
        self._plate = self._plate_of = self._error = self._coming = self._match_of = self._styles = None

    # -- laid out -------------------------------------------------------------------------------------------------

    def _is_of(self, spec: ProductSpec, edition: Edition) -> bool:
        """True where the present or coming plate differs at most in the places of its things and in colours."""
        if self._plate_of is None or self._plate_of[1] != edition:
            return False
        return _without_places(self._plate_of[0]) == _without_places(spec)

    def _begin(self, spec: ProductSpec, edition: Edition, *, again: bool) -> None:
        """Begin to lay out a plate in steps of a few milliseconds: many names take a second. Cancels the one before."""
        self._tries = self._tries + 1 if again else 0
        self._is_stale, self._plate_of, self._error = False, (spec, edition), None
        scenes, product = list(self._scenes), edition.product
        plate = Plate(
            spec,
            self._document,
            scenes,
            product=product,
            made_on=edition.made_on,
            state=edition.state,
            at_once=False,
            cropped=self._is_cropped,
        )
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

    # -- stretches ------------------------------------------------------------------------------------------------

    def _is_matched(self, spec: ProductSpec) -> bool:
        """True once the stretches of before and after are matched to each other; begins that where needed."""
        view = match_view(spec, self._maps)
        wanted = view, self._looks(spec)
        if self._match_of != wanted:
            if self._styles:
                show_maps(self._maps, spec)
            self._match_of, self._is_matching, self._styles = wanted, False, {} if view is None else None
        if view is not None and self._styles is None and not self._is_matching:
            self._begin_match(spec, view)
        return self._styles is not None

    def _looks(self, spec: ProductSpec) -> tuple[tuple[str, str], ...]:
        """Style and offset of each compared layer, on which a match depends."""
        rows = self._document.layers
        named = dict.fromkeys(uuid for one in maps_of(spec) if one.frame is not None for uuid in one.frame.layers)
        return tuple((rows[uuid].style_json, rows[uuid].nudge_json) for uuid in named if uuid in rows)

    def _begin_match(self, spec: ProductSpec, view: View) -> None:
        """Match the stretches in a job, once both maps are read in this view."""
        for scene in self._scenes:
            scene.set_view(view)
        if not all(scene.is_complete(view) for scene in self._scenes):
            return
        match = match_of(spec, self._maps)
        if match is None:
            self._styles = {}
            return
        self._is_matching = True
        known = partial(self._show_matched, spec, self._match_of)
        self._scenes[0].context.jobs.run(lambda _: match.styles(), known, lambda _error: known({}))

    def _show_matched(self, spec: ProductSpec, wanted: object, styles: Styles) -> None:
        if self._match_of is wanted:
            self._is_matching, self._styles = False, styles
            show_maps(self._maps, in_styles(spec, styles))
            self._hear()

    @property
    def _maps(self) -> list[MapScene]:
        return [scene.frames[0] for scene in self._scenes]

    # -- scenes ---------------------------------------------------------------------------------------------------

    def _open_scenes(self, spec: ProductSpec) -> None:
        """Open the scenes of a product; scenes that show the same layers stay, with all data they have read."""
        wanted = (spec.layout, spec.stretches, *(one.frame for one in maps_of(spec)))
        if wanted == self._scenes_of:
            return
        self._close_scenes()
        self._scenes_of, self._is_stale = wanted, True
        self._scenes = self._scenes_for(spec)
        for scene in self._scenes:
            scene.updated.connect(self._hear)
            scene.edited.connect(self._hear)

    def _hear_edit(self, changes: Changes) -> None:
        if changes.touches(*_OF_WORDS) and self._scenes:
            self._hear()

    def _hear(self) -> None:
        self._is_stale = True
        self._changed()


_OF_WORDS = (
    *("claims", "claim_sites", "claim_sources", "claim_evidence", "responses", "response_claims", "sources"),
    *("images", "observations", "searches"),
)
"""Tables that a page prints and no scene shows; scenes themselves report changes of the others."""


def _without_places(spec: ProductSpec) -> ProductSpec:
    return replace(spec, moved={})


def _nothing() -> None:
    """Do nothing: takes the place of a missing listener, and of a subscription that has ended."""
