"""The pages of a product, laid out in jobs as it changes. Scenes are kept meanwhile, a plate while things are moved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from layers.document.changes import Changes
from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import ExportFailed, GeoloupeError
from layers.grid.tile_grid import View
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec, maps_of
from layers.product.spec_words import as_published
from viewer.canvas.comparison.stretches import StretchMatch, Styles
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.export.held_scenes import are_held, ask_back, close_when_free, run_held
from viewer.export.plates.maps.map_scenes import in_styles, match_of, match_view, show_maps
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.support.jobs import Job, JobContext, Jobs

log = logging.getLogger(__name__)

type OpenScenes = Callable[[ProductSpec, Document], Sequence[ShownScene]]
"""Opens the scenes of a product, one for each map, on a document."""


class ProductPages:
    """The PageMaker of plates. The pages are of a copy of the case, which takes edits between two layouts.

    `open_scenes` opens a product's scenes; they are closed here. `cropped` as of `Plate`.
    """

    def __init__(self, document: Document, jobs: Jobs, open_scenes: OpenScenes, *, cropped: bool = True) -> None:
        self._jobs, self._scenes_for, self._is_cropped = jobs, open_scenes, cropped
        self._case, self._edits = document.copied(), list[Edit]()
        """The copy of the case, and the edits that it has not taken yet."""
        self._scenes: Sequence[ShownScene] = ()
        self._scenes_of: object = None
        self._plate: Plate | None = None
        self._plate_of: tuple[ProductSpec, Edition] | None = None
        """The product and edition of the plate, or of the one that is laid out now."""
        self._error: GeoloupeError | None = None
        self._is_stale, self._is_new = True, False
        """Stale: the case or its maps have changed since the layout. New: `make` has not returned the plate yet."""
        self._job: Job | None = None
        """Lays out the next plate."""
        self._match_of: object = None
        self._is_matching = False
        self._styles: Styles | None = None
        """Styles in which the maps match; None while they are not known."""
        self._changed: Callable[[], None] = _do_nothing
        self._leave = document.subscribe(self._hear_edit)

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> PrintedPlate | None:
        is_same = self._is_of(self._in_styles(spec), edition)
        if self._job is not None:
            if not is_same:
                self._job.cancel()
            return None
        if is_same and (self._is_new or not self._is_stale):
            return self._printed(self._in_styles(spec), dpi)
        if are_held(self._scenes):  # the page as it was is being painted
            ask_back(self._scenes)
            self._scenes[0].context.mailbox.post(self._tell)
            return None
        self._catch_up()
        self._show(spec)
        if not all(scene.is_open() for scene in self._scenes) or not self._is_matched(spec):
            return None
        self._begin(self._in_styles(spec), edition)
        return None

    def _printed(self, spec: ProductSpec, dpi: float) -> PrintedPlate:
        self._is_new = False
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
        self._leave = self._changed = _do_nothing
        self._close_scenes()

    def _close_scenes(self) -> None:
        close_when_free(self._scenes)
        self._scenes, self._scenes_of = (), None
        self._plate = self._plate_of = self._error = self._match_of = self._styles = None

    # -- laid out -------------------------------------------------------------------------------------------------

    def _is_of(self, spec: ProductSpec, edition: Edition) -> bool:
        """True where the present or coming plate is of this product, apart from colours and places of its things."""
        if self._plate_of is None or self._plate_of[1] != edition:
            return False
        return _without_places(self._plate_of[0]) == _without_places(spec)

    def _begin(self, spec: ProductSpec, edition: Edition) -> None:
        """Lay out a plate in a job: many names take a second."""
        self._is_stale, self._plate_of, self._error = False, (spec, edition), None
        work = partial(lay_out, spec, self._case, list(self._scenes), edition, self._is_cropped)
        self._job = run_held(self._jobs, self._scenes, work, self._laid_out, self._failed, self._given_up)

    def _laid_out(self, plate: Plate) -> None:
        self._plate, self._job, self._is_new = plate, None, True
        self._tell()

    def _failed(self, error: GeoloupeError) -> None:
        self._plate, self._error, self._job, self._is_new = None, error, None, True
        self._tell()

    def _given_up(self) -> None:
        self._plate_of, self._job = None, None
        self._tell()

    def _tell(self) -> None:
        self._changed()

    # -- stretches ------------------------------------------------------------------------------------------------

    def _in_styles(self, spec: ProductSpec) -> ProductSpec:
        return in_styles(spec, self._styles or {})

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
        rows = self._case.layers
        named = dict.fromkeys(
            uuid for product_map in maps_of(spec) if product_map.frame is not None for uuid in product_map.frame.layers
        )
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
        show_match = partial(self._show_matched, spec, self._match_of)
        self._jobs.run(partial(_styles_of, match), show_match, lambda _error: show_match({}))

    def _show_matched(self, spec: ProductSpec, wanted: object, styles: Styles) -> None:
        if self._match_of is wanted:
            self._is_matching, self._styles = False, styles
            show_maps(self._maps, in_styles(spec, styles))
            self._hear()

    @property
    def _maps(self) -> list[MapScene]:
        return [scene.frames[0] for scene in self._scenes]

    # -- the case and its scenes ----------------------------------------------------------------------------------

    def _show(self, spec: ProductSpec) -> None:
        """Open the scenes of a product; scenes that show the same layers stay, with all data they have read."""
        wanted = (spec.layout, spec.layers, spec.stretches, *(product_map.frame for product_map in maps_of(spec)))
        if wanted == self._scenes_of:
            return
        self._close_scenes()
        self._scenes_of, self._is_stale = wanted, True
        self._scenes = self._scenes_for(spec, self._case)
        for scene in self._scenes:
            scene.updated.connect(self._hear)
            scene.edited.connect(self._hear)

    def _catch_up(self) -> None:
        """Apply the edits of the case since the last layout to the copy, which its scenes follow."""
        edits, self._edits = self._edits, []
        for edit in edits:
            self._case.apply(edit)

    def _hear_edit(self, changes: Changes) -> None:
        if changes.edit is not None:
            self._edits.append(changes.edit)
        if changes.touches(*_PRINTED) and self._scenes:
            self._hear()

    def _hear(self) -> None:
        self._is_stale = True
        self._changed()


_PRINTED = (
    *("sites", "layers", "meta", "templates", "chips"),
    *("claims", "claim_sites", "claim_sources", "claim_evidence", "responses", "response_claims", "sources"),
    *("images", "observations", "searches"),
)
"""Tables that a page prints or its maps show."""


def lay_out(
    spec: ProductSpec, case: Document, scenes: Sequence[ShownScene], edition: Edition, cropped: bool, job: JobContext
) -> Plate:
    """Lay out a product in a job, on scenes that hold still. Raises ExportFailed where a page has no room."""
    try:
        return Plate(spec, case, scenes, edition, cropped=cropped, checkpoint=job.check)
    except GeoloupeError:
        raise
    except MemoryError:
        raise
    except Exception as error:
        log.exception("a page could not be laid out")
        raise ExportFailed("The page could not be laid out, by an error in the program.") from error


def _styles_of(match: StretchMatch, _job: JobContext) -> Styles:
    return match.styles()


def _without_places(spec: ProductSpec) -> ProductSpec:
    return replace(spec, moved={})


def _do_nothing() -> None:
    """Do nothing, in place of a missing listener or an ended subscription."""
