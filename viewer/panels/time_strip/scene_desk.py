"""Operations on scenes: finding those that cover the view or the site, choosing one, and adding it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import shapely
from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal
from shapely.geometry.base import BaseGeometry

from layers.document.changes import Changes
from layers.document.site import Site
from layers.geo.antimeridian import split_geometry
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.observing.sheet import images_showing
from layers.requests.addresses import is_address
from layers.scenes.asked_areas import VIEW_STEP_DEG, boxes_around, rounded_box
from layers.scenes.catalogue import SceneCatalogue, united
from layers.scenes.footprint import EMPTY
from layers.scenes.found_scene import FoundScene
from layers.scenes.passes import Pass, passes_of
from layers.scenes.scene_table import SceneTable
from layers.scenes.view_area import area_of_view
from layers.services.stac.item import StacItem
from layers.services.stac.separate_bands import separate_bands
from viewer.canvas.widget import MapCanvas
from viewer.commands.imagery.catalogue_layers import StatedScene, add_scene, stated_scene
from viewer.commands.layers import lay_bare, update_layer
from viewer.commands.stamps import new_uuid
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.time_strip.archive_scenes import ArchiveScenes
from viewer.panels.time_strip.case_scenes import CaseScenes
from viewer.panels.time_strip.cloud_reading import CloudReading
from viewer.panels.time_strip.pointed_scene import PointedScene
from viewer.panels.time_strip.scene_comparing import SceneComparing
from viewer.panels.time_strip.scene_folders import SceneFolders
from viewer.panels.time_strip.seen_marks import SeenThings, seen_of
from viewer.rendering.layers.layer_images import LayerImages
from viewer.support.jobs import Jobs
from viewer.support.language.translation import translate
from viewer.support.newest_job import NewestJob

LOOK_MS = 120
"""Milliseconds of rest after which scenes are searched, as the map moves in many steps."""
GROWTH = 1.5
"""Share of more scenes after which those of an archive are looked at again while more come: of thousands in many pages
each is looked at a few times only.
"""
WAIT_S = 2.0
"""Seconds after which they are looked at again in any case, as an archive may be slow."""
MOST_OPENED = 40
"""Most tiles of one pass that are added as layers at once."""
STEPS = "steps along the time strip"
"""The series of edits that show one date after the other."""


type _Asked = tuple[View | BaseGeometry, tuple[tuple[FoundScene, ...], ...]]
"""The ground, and the scenes of the catalogues that were searched."""


class SearchedGround(StrEnum):
    """Choices of the ground for which scenes are searched."""

    VIEW = "view"
    SITE = "site"


class SceneSources(Struct, frozen=True, eq=False):
    """Sources of scenes beside the case, and what is read of their clouds."""

    folders: SceneFolders
    archives: ArchiveScenes
    clouds: CloudReading


class SceneDesk(QObject):
    """Operations on scenes, one object a window. It searches only while it is watched."""

    ticks_changed = Signal()
    """Emitted when the strip has other scenes, or another site's observations."""
    current_changed = Signal()
    date_chosen = Signal(str)
    """Emitted with the date of the scene that was chosen, as images state it; empty where there is none."""
    ground_changed = Signal()
    """Emitted when the ticks are those of another ground, also where they are the same."""
    outlines_changed = Signal()
    """Emitted when the outlines are switched on or off, or have changed."""
    outlines_switched = Signal()
    """Emitted when the outlines are switched on or off."""
    place_changed = Signal()
    """Emitted when scenes of the view are searched in place of those of the site, or the other way round."""
    frames_changed = Signal()
    """Emitted when a comparison begins or ends, or another picture of it would get a scene."""

    def __init__(
        self,
        context: PanelContext,
        canvas: MapCanvas,
        sources: SceneSources,
        jobs: Jobs,
        open_paths: Callable[[list[str], Mapping[str, StatedScene]], None],
        say: Callable[[str], None],
        comparisons: ComparisonDesk,
        parent: QObject | None = None,
    ) -> None:
        """`open_paths` adds files as layers, with what is stated of them by path, without moving the map."""
        super().__init__(parent)
        self.context, self.canvas = context, canvas
        self.folders, self.archives, self.clouds = sources.folders, sources.archives, sources.clouds
        self._open_paths, self._say = open_paths, say
        self._comparisons = comparisons
        self._frame: int | None = None
        """The chosen picture of the comparison; None for the last."""
        self._awaited: tuple[str, int] | None = None
        """A tick whose scenes are being added to the case, and the picture that will show them."""
        self.case = CaseScenes(lambda: context.document, context.layers.drawing_of)
        self._images = LayerImages(lambda: context.document, context.layers.drawing_of)
        self.pointed = PointedScene(self)
        self.comparing = SceneComparing(context, self.case, self.add, comparisons, self)
        self._catalogues: tuple[SceneCatalogue, ...] = (self.case, self.folders, self.archives)
        self._job = NewestJob(jobs)
        self._seen_by: set[str] = set()
        self._place = SearchedGround.VIEW
        self._ticks: list[Pass] = []
        self._seen = SeenThings()
        self._current = ""
        self._shows_outlines = False
        self._table: tuple[tuple[tuple[FoundScene, ...], ...], SceneTable] = ((), SceneTable())
        self._asked: _Asked | None = None
        self._looked_at = (0, 0.0)
        """The number of scenes of archives that were looked at last, and the time (monotonic)."""
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._look)
        canvas.view_changed.connect(self.look_soon)
        canvas.scene_updated.connect(self._case_may_differ)
        self.folders.changed.connect(self.look_soon)
        self.archives.changed.connect(self._archives_have_more)  # each page, while more come
        self.archives.searches_changed.connect(self._archives_have_more)
        context.selection.changed.connect(self.look_soon)
        context.changed.connect(self._heard)
        comparisons.shown_changed.connect(self.frames_changed)
        context.document_replaced.connect(self._begin_anew)

    # -- what is seen -------------------------------------------------------------------------------------------

    @property
    def ticks(self) -> list[Pass]:
        """The ticks: dated ones in order of time, then the others."""
        return self._ticks

    @property
    def seen(self) -> SeenThings:
        """The observations of the selected site."""
        return self._seen

    @property
    def place(self) -> SearchedGround:
        return self._place

    @property
    def site_uuid(self) -> str:
        """The selected site, where it is the only one; else empty."""
        chosen = sorted(self.context.selection.uuids)
        return chosen[0] if len(chosen) == 1 else ""

    @property
    def is_idle(self) -> bool:
        """True when the ticks belong to the present ground."""
        return not self._soon.isActive() and not self._job.is_under_way

    @property
    def shows_outlines(self) -> bool:
        return self._shows_outlines

    def set_watched(self, by: str, watched: bool) -> None:
        """Note whether `by` shows the results; searches run only while anything does."""
        before = bool(self._seen_by)
        (self._seen_by.add if watched else self._seen_by.discard)(by)
        if watched and not before:
            self.folders.start()
            self.look_soon()

    def set_place(self, place: SearchedGround) -> None:
        """Search scenes of the view, or of the selected site."""
        if place is not self._place:
            self._place = place
            self.place_changed.emit()
            self._look()

    def show_outlines(self, shown: bool) -> None:
        """Show the outlines of the strip's scenes on the map, or hide them."""
        if shown != self._shows_outlines:
            self._shows_outlines = shown
            self.set_watched("outlines", shown)
            self.outlines_switched.emit()
            self.outlines_changed.emit()

    # -- the current one ----------------------------------------------------------------------------------------

    @property
    def current(self) -> Pass | None:
        return next((tick for tick in self._ticks if tick.key == self._current), None)

    @property
    def current_at(self) -> int:
        """Position of the current tick; -1 without one."""
        return next((at for at, tick in enumerate(self._ticks) if tick.key == self._current), -1)

    def choose(self, key: str) -> None:
        """Make a tick the current one."""
        if key != self._current:
            self._current = key
            self.current_changed.emit()
            self.outlines_changed.emit()
        self.date_chosen.emit("" if self.frames else _date_of(self.current))

    def step(self, by: int) -> None:
        """Go to an earlier or later tick, and show it; without a current one, to the newest dated one that is shown,
        the newest dated one, or the first.
        """
        if not self._ticks:
            return
        at = self.current_at
        if at < 0:
            dated = [tick for tick in self._ticks if tick.is_dated]
            layers = self.context.document.layers
            shown = [tick for tick in dated if any(uuid in layers and layers[uuid].visible for uuid in tick.layers)]
            self._go_to((shown or dated or self._ticks[:1])[-1])
        else:
            self._go_to(self._ticks[min(max(at + by, 0), len(self._ticks) - 1)])

    def step_to_end(self, last: bool) -> None:
        """Go to the first or the last tick, and show it."""
        if self._ticks:
            self._go_to(self._ticks[-1 if last else 0])

    def _go_to(self, tick: Pass) -> None:
        """Make a tick the current one. Where all of it is in the case, show it, without the others of the strip that
        lie above it: all steps after each other are one to undo. A comparison keeps its pictures.
        """
        self.choose(tick.key)
        layers = self.context.document.layers
        if self.frames or not tick.scenes or any(scene.layer_uuid not in layers for scene in tick.scenes):
            return
        others = {uuid for other in self._ticks for uuid in other.layers if uuid in layers and layers[uuid].visible}
        sentence = self.context.attempt_typed(STEPS, lay_bare, tick.layers, others.difference(tick.layers))
        if sentence:
            self.context.report(sentence)

    @property
    def frames(self) -> int:
        """The number of pictures of the comparison that is shown; 0 without one."""
        spec = self._comparisons.spec
        return 0 if spec is None else len(spec.frames)

    @property
    def frame(self) -> int:
        """The picture of the comparison that gets scenes; -1 without a comparison."""
        last = self.frames - 1
        return last if self._frame is None else min(self._frame, last)

    def set_frame(self, at: int) -> None:
        """Choose the picture of the comparison that gets scenes."""
        if at != self.frame:
            self._frame = at
            self.frames_changed.emit()

    def use(self, key: str = "") -> None:
        """Add the scenes of a tick, by default the current one, as layers; show those that are layers already.

        During a comparison, the chosen picture of it shows them.
        """
        tick = next((tick for tick in self._ticks if tick.key == (key or self._current)), None)
        if tick is None:
            return
        self.choose(tick.key)
        missing = [scene for scene in tick.scenes if scene.path and not scene.layer_uuid]
        if missing:
            if len(missing) > MOST_OPENED:
                self._say(
                    self.tr("The pass has {0}: the {1} that cover most are added.").format(
                        translate("SceneDesk", "{count} tiles", "{count} tile", len(missing)), MOST_OPENED
                    )
                )
            self.add(missing[:MOST_OPENED])
        self._awaited = (tick.key, self.frame) if self.frames else None
        if self._awaited is not None:
            if not missing:
                self._swap_in()
            return
        self._show(tick)
        if tick.layers and not missing:
            self.context.show_layer(tick.layers[0])

    def _show(self, tick: Pass) -> None:
        """Show the layers of a tick; where others of the strip cover them, without those."""
        layers = self.context.document.layers
        uuids = [uuid for uuid in tick.layers if uuid in layers]
        others = {uuid for other in self._ticks for uuid in other.layers if uuid in layers and layers[uuid].visible}
        others.difference_update(uuids)
        if others and any(uuid in self.canvas.pane.picture.covered for uuid in uuids):
            self.context.do(lay_bare, uuids, others)
            return
        for uuid in uuids:
            if not layers[uuid].visible:
                self.context.do(update_layer, uuid, visible=True)

    def add(self, scenes: Sequence[FoundScene]) -> None:
        """Add scenes as layers: files by their paths, those of archives with what the archive states of them. Their
        hosts are not allowed by that: the layer waits, and the window asks, as for any other host.
        """
        items = {scene.path: self.archives.item_of(scene.key) for scene in scenes}
        local = [path for path, item in items.items() if not _is_added_as_stated(path, item)]
        if local:
            stated = {path: stated_scene(item, path) for path in local if (item := items[path]) is not None}
            self._open_paths(local, stated)
        for scene in scenes:
            item = items[scene.path]
            if item is not None and scene.path not in local:
                self.archives.note_bands(item)
                uuid = new_uuid()
                if self.context.do(add_scene, item, scene.path, uuid=uuid):
                    self.context.show_layer(uuid)

    def search_ground(self, of_sites: bool) -> BaseGeometry:
        """The ground that is meant by `search_area`, which is told in rounded boxes: the view, or the selected sites,
        in longitude and latitude.
        """
        if not of_sites:
            return area_of_view(self.canvas.viewport.view())
        areas = [_area(site.geometry) for site in self.selected_sites]
        dimension = max(map(shapely.get_dimensions, areas), default=0)  # no share of areas and points together
        return shapely.union_all([area for area in areas if shapely.get_dimensions(area) == dimension])

    @property
    def selected_sites(self) -> list[Site]:
        """The selected sites that have a place."""
        sites = (self.context.document.sites.get(uuid) for uuid in sorted(self.context.selection.uuids))
        return [site for site in sites if site is not None and not site.geometry.is_empty]

    def search_area(self, of_sites: bool) -> tuple[Bounds, ...]:
        """Boxes of the view, or around the selected sites, in longitude and latitude. They are rounded outwards, so
        that a host does not learn the place to the metre.
        """
        if not of_sites:
            areas = [area_of_view(self.canvas.viewport.view())]
            return tuple(rounded_box(part.bounds, VIEW_STEP_DEG) for area in areas for part in shapely.get_parts(area))
        return tuple(dict.fromkeys(box for site in self.selected_sites for box in boxes_around(site.geometry)))

    def _swap_in(self) -> None:
        """Put the awaited scenes into their picture, once all of them are layers."""
        key, frame = self._awaited or ("", -1)
        tick = next((tick for tick in self._ticks if tick.key == key), None)
        if tick is None or not self.frames:
            self._awaited = None
            return
        wanted = [scene for scene in tick.scenes if scene.path or scene.layer_uuid][:MOST_OPENED]
        if all(scene.layer_uuid for scene in wanted):
            self._awaited = None
            self._comparisons.show_in_frame(frame, [scene.layer_uuid for scene in wanted])

    # -- looking ------------------------------------------------------------------------------------------------

    def look_soon(self, *_: object) -> None:
        """Search again soon, as the ground or the scenes may have changed."""
        if self._seen_by:
            self._soon.start(LOOK_MS)

    def _case_may_differ(self) -> None:
        """Search again soon as more may be known of a layer, or of an archive, unless that is due already."""
        if self._seen_by and not self._soon.isActive():
            self._soon.start(LOOK_MS)

    def _archives_have_more(self) -> None:
        """Look at scenes of an archive: at the first ones at once, then at many more, and at all in the end."""
        if not self._seen_by or self._soon.isActive():
            return
        count, when = self._looked_at
        known = self.archives.scene_count
        if known != count and (
            self.archives.is_idle or known < count or known > GROWTH * count or time.monotonic() - when > WAIT_S
        ):
            self._soon.start(0 if known and not count else LOOK_MS)

    def _heard(self, changes: Changes) -> None:
        if changes.touches("layers", "sites", "observations", "images"):
            self.look_soon()

    def _begin_anew(self) -> None:
        self._current, self._awaited, self._frame = "", None, None
        self.look_soon()

    def ground(self) -> View | BaseGeometry:
        """The ground whose scenes are searched: the view, or the geometry of the site."""
        if self._place is SearchedGround.VIEW:
            return self.canvas.viewport.view()
        site = self.context.document.sites.get(self.site_uuid)
        return EMPTY if site is None else site.geometry

    def _seen_now(self) -> SeenThings:
        """The observations of the selected site, with the count of images that nobody has looked at."""
        document, site = self.context.document, self.site_uuid
        is_observed = bool(site and document.links.observations_of_site(site))
        shown_on = images_showing(document, (site,), self._images.scenes()) if is_observed else {}
        return seen_of(document, site, self.context.look.shows, shown_on.get(site, {}))

    def _look(self) -> None:
        self._soon.stop()
        if not self._seen_by:
            return
        if self._job.is_under_way and not self.archives.is_idle:
            self._soon.start(LOOK_MS)  # a newer look at each page would let none of them end
            return
        ground, known = self.ground(), tuple(catalogue.known_scenes() for catalogue in self._catalogues)
        seen = self._seen_now()
        if seen != self._seen:
            self._seen = seen
            self.ticks_changed.emit()
        question = (ground, known)
        self._looked_at = (self.archives.scene_count, time.monotonic())
        if self._asked is not None and _is_same(question, self._asked):
            return
        table = self._table

        def find() -> tuple[list[Pass], tuple[tuple[tuple[FoundScene, ...], ...], SceneTable]]:
            same = len(table[0]) == len(known) and all(a is b for a, b in zip(table[0], known, strict=True))
            made = table if same else (known, SceneTable(united(known)))
            area = _area(ground)
            return passes_of(made[1].covering(area), area), made

        def take(
            result: tuple[list[Pass], tuple[tuple[tuple[FoundScene, ...], ...], SceneTable]],
        ) -> None:
            ticks, self._table = result
            self._asked = question
            self._take(ticks)
            self.ground_changed.emit()

        self._job.run(find, take)

    def _take(self, ticks: list[Pass]) -> None:
        if ticks == self._ticks:
            return
        self._ticks = ticks
        self.ticks_changed.emit()
        if self._awaited is not None:
            self._swap_in()
        if self._current and self.current_at < 0:
            self._current = ""
            self.current_changed.emit()
            self.date_chosen.emit("")
        self.outlines_changed.emit()


def _date_of(tick: Pass | None) -> str:
    """The date of a tick as images state it; empty for one whose date is not known, or is of no one time."""
    if tick is None or not tick.is_dated or tick.date_kind not in ("instant", "interval"):
        return ""
    scene = tick.scenes[0]
    return f"{scene.acquired}/{scene.until}" if scene.until else scene.acquired


def _area(ground: View | BaseGeometry) -> BaseGeometry:
    """The area of a view or of a site, within -180..180."""
    return area_of_view(ground) if isinstance(ground, View) else split_geometry(shapely.force_2d(ground))


def _is_same(first: _Asked, second: _Asked) -> bool:
    """True for the same ground and the same scenes; geometries and scenes are compared as objects, as they never
    change.
    """
    is_view = isinstance(first[0], View)
    same_ground = first[0] == second[0] if is_view else first[0] is second[0]
    return same_ground and all(scenes is other for scenes, other in zip(first[1], second[1], strict=True))


def _is_added_as_stated(path: str, item: StacItem | None) -> bool:
    """True for a scene that its archive tells all of: one on a host, or one with a file for each band."""
    return item is not None and (is_address(path) or bool(separate_bands(item)))
