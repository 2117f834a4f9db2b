"""Questions to archives from the time strip: the dialog, the search that it begins, and what is made of its hits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QMenu, QWidget

from layers.document.changes import Changes
from layers.geo.bounds import Bounds
from layers.observing.archive_question import AskedQuestion
from layers.scenes.footprint import EMPTY
from layers.scenes.passes import Pass
from layers.scenes.view_area import area_of_view
from layers.services.stac.question import StacQuestion
from viewer.commands.imagery.catalogue_layers import record_catalogue_search, scene_as_layer
from viewer.commands.imagery.service_times import today
from viewer.network.consent import host_of
from viewer.network.typed_keys import without_key
from viewer.panels.hits.hit import ArchiveHit
from viewer.panels.hits.hit_menu import HitVerbs, open_hit_menu
from viewer.panels.hits.hit_panel import HitPanel
from viewer.panels.hits.hit_rows import HitRows
from viewer.panels.imagery.host_question import when_allowed
from viewer.panels.imagery.known_archives import KnownArchives
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.archive_search import ArchiveSearch
from viewer.panels.time_strip.archive_words import evidence_words, kept_words
from viewer.panels.time_strip.scene_desk import MOST_OPENED, SceneDesk, SearchedGround
from viewer.panels.time_strip.scene_pictures import ScenePictures
from viewer.rendering.access import hosts_of_file
from viewer.support.language.translation import in_language


class ArchiveQuestions(QObject):
    """Joins the dialog to the desk. The host of an archive is allowed by pressing Search, after the dialog named it."""

    def __init__(
        self,
        desk: SceneDesk,
        pictures: ScenePictures,
        known: KnownArchives,
        permits: Callable[[str], bool],
        ask_folder: Callable[[], Path | None],
        parent: QWidget,
    ) -> None:
        """`known` are the archives to choose from. `permits` tells whether a host may be contacted; `ask_folder` asks
        for a folder of scenes.
        """
        super().__init__(parent)
        self._desk, self._pictures, self._known, self._ask_folder = desk, pictures, known, ask_folder
        self._added: dict[str, str] = {}
        """The layer of each scene of the case, by the key of the scene."""
        self.rows = HitRows(pictures.of, pictures.is_awaited, lambda key: key in self._added, self)
        self.hits = HitPanel(self.rows, permits)
        self.dialog = ArchiveDialog(known.of_catalogue, desk.search_area, today(), self.hits, parent)
        self._search: ArchiveSearch | None = None
        self._sites: tuple[str, ...] = ()
        """The sites that were searched, by their uuids; empty for the view."""
        self._unshown = ""
        """The key of the current hit where its tick is not on the strip yet."""
        self._is_placed = False
        """True once the dialog has come up: it stays where the analyst leaves it."""
        self._had_outlines = True
        """True where the outlines stay when the dialog is left."""
        known.changed.connect(self._offer_archives)
        self.dialog.key_typed.connect(self._show_key)
        self.dialog.wanted.connect(self._begin)
        self.dialog.keep_wanted.connect(self._keep)
        self.dialog.folder_wanted.connect(self._choose_folder)
        self.dialog.left.connect(self._leave)
        self.hits.add_wanted.connect(self._add)
        self.hits.compare_wanted.connect(self._compare)
        self.hits.allow_wanted.connect(self._allow)
        self.hits.list.pointed.connect(lambda hit: desk.pointed.point_at(None if hit is None else hit.scene))
        self.hits.list.current_changed.connect(self._choose)
        self.hits.list.menu_wanted.connect(self.open_menu)
        pictures.arrived.connect(self.rows.tell_pictures)
        desk.archives.searches_changed.connect(self._show)
        desk.archives.hits_came.connect(self._take)
        desk.ticks_changed.connect(self._choose_again)
        desk.context.changed.connect(self._heard)
        desk.context.document_replaced.connect(self._show_added)
        desk.context.selection.changed.connect(self._name_ground)

    def show(self, address: str = "") -> None:
        """Show the dialog, about the selected sites where there are any, with the archive at an address where one was
        chosen.
        """
        self._come_up(address)
        self.dialog.begin_asking(of_site=bool(self._desk.selected_sites))
        if self.dialog.is_answered:
            self._show_outlines()  # they went when the dialog gave way to a comparison

    def show_again(self, query: AskedQuestion) -> None:
        """Show the dialog with the question of a kept search, and the map of its ground, whose scenes the strip shows;
        Enter asks it.
        """
        self._come_up(query.archive)
        self.dialog.take_question(query)
        ground, canvas = query.question.area, self._desk.canvas
        self._desk.set_place(SearchedGround.VIEW)
        if not (ground.is_empty or area_of_view(canvas.viewport.view()).intersects(ground)):
            self._desk.context.view.show_bounds(Bounds(*ground.bounds))

    def _come_up(self, address: str) -> None:
        self._known.read_own()
        self._offer_archives()
        lost = self.dialog.entry if self._is_placed else None
        if wanted := address or self._default():
            self.dialog.choose(wanted)
        if lost is not None and not address and wanted not in ("", lost.address):
            self.dialog.say_replaced(lost)
        self._name_ground()
        self._show_added()
        canvas, window = self._desk.canvas, self._desk.canvas.window()
        is_first, self._is_placed = not self._is_placed and canvas.isVisible(), True
        self.dialog.show()
        if is_first:
            room = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
            self.dialog.step_aside(room, QRect(canvas.mapToGlobal(QPoint(0, 0)), canvas.size()))
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _default(self) -> str:
        """The archive to begin with, at first or where the chosen one has not answered: the last one that has, else the
        first of the list; empty where the chosen one stays.
        """
        newest = {search.address: search for search in reversed(self._desk.archives.searches)}
        lost = {address for address, search in newest.items() if search.failure}
        if self._is_placed and (self.dialog.entry is None or self.dialog.entry.address not in lost):
            return ""
        answered = (known.address for known in self._known.asked if known.address not in lost)
        listed = (known.address for known in self._known.entries if lost and known.address not in lost)
        return next(chain(answered, listed), "")

    # -- the question ---------------------------------------------------------------------------------------------

    def _offer_archives(self) -> None:
        self.dialog.offer(self._known.entries)

    def _show_key(self, typed: str) -> None:
        without_key(typed, self._desk.context.case.show_key)

    def _begin(self, address: str, question: StacQuestion) -> None:
        of_site, again = self.dialog.is_of_site, self.dialog.asked_again
        ground = self._desk.search_ground(of_site) if again is None else question.area
        self._sites = tuple(site.uuid for site in self._desk.selected_sites) if of_site else ()
        if again is not None:
            sites = self._desk.context.document.sites
            self._sites = tuple(uuid for uuid in again.about or again.sites if uuid in sites)
        if host := host_of(address):
            self._desk.context.case.consent(host)
        in_view = area_of_view(self._desk.canvas.viewport.view()).intersects(ground)
        if self._desk.site_uuid and of_site and not in_view:
            self._desk.set_place(SearchedGround.SITE)  # or the strip would show none of the hits
        self._search = None  # the hits of the next one come to an empty list
        self._show()
        self._search = self._desk.archives.search(address, question, ground)
        self._show()
        self._show_outlines()

    def _choose_folder(self) -> None:
        folder = self._ask_folder()
        if folder is not None:
            self.dialog.choose(str(folder))

    def _name_ground(self) -> None:
        self.dialog.name_ground([site.label for site in self._desk.selected_sites])

    # -- the answer -----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.dialog.show_search(self._search)

    def _take(self, search: ArchiveSearch, hits: list[ArchiveHit]) -> None:
        if search is self._search and search is not None:
            self.dialog.take_hits(hits)

    def _keep(self, search: ArchiveSearch) -> None:
        is_kept = self._desk.context.do(
            record_catalogue_search,
            search.address,
            search.title,
            search.question,
            search.count,
            search.matched,
            is_complete=search.is_complete,
            words=evidence_words(search),
            sites=self._sites,
            scenes=self._desk.archives.scenes_of(search),
        )
        if is_kept:
            names = [site.label for uuid in self._sites if (site := self._desk.context.document.sites.get(uuid))]
            self.dialog.show_kept(kept_words(names))

    def _choose(self, hit: ArchiveHit | None) -> None:
        """Make the tick of the current hit the current one: it stands out on the strip, and on the map."""
        key = "" if hit is None else hit.scene.key
        tick = None if hit is None else self._tick_of(hit)
        self._unshown = key if tick is None else ""
        if tick is not None:
            self._desk.choose(tick.key)

    def _choose_again(self) -> None:
        """Choose the tick of the current hit now that it is on the strip."""
        current = self.hits.list.current
        is_waiting = current is not None and current.scene.key == self._unshown
        if self.dialog.isVisible() and (self._desk.current is None or is_waiting):
            self._choose(current)

    def open_menu(self, place: QPoint) -> QMenu | None:
        """Open the menu of the chosen hits at a place in the list; None without any."""
        verbs = HitVerbs(
            layer_of=lambda hit: self._added.get(hit.scene.key, ""),
            is_compared=lambda: self._desk.frames > 0,
            swap_in=self._swap_in,
            show=self._show_ground,
            can_keep=self.dialog.keep_button.isEnabled,
            keep=self.dialog.keep_button.click,
        )
        return open_hit_menu(self.hits, verbs, place)

    def _swap_in(self, hit: ArchiveHit) -> None:
        """Show a hit in the chosen picture of the comparison, with the rest of its pass."""
        tick = self._tick_of(hit)
        if tick is not None:
            self._desk.use(tick.key)

    def _show_ground(self, hit: ArchiveHit) -> None:
        ring = hit.scene.ring
        left, right = min(lon for lon, _ in ring), max(lon for lon, _ in ring)
        bottom, top = min(lat for _, lat in ring), max(lat for _, lat in ring)
        self._desk.canvas.motion.zoom_to_bounds(Bounds(left, bottom, right, top))

    def _tick_of(self, hit: ArchiveHit) -> Pass | None:
        """The tick of the strip that has a hit; None where the strip shows it not, or not yet."""
        key = hit.scene.key
        return next((tick for tick in self._desk.ticks if any(scene.key == key for scene in tick.scenes)), None)

    # -- the hits in the case -------------------------------------------------------------------------------------

    def _add(self, hits: list[ArchiveHit]) -> None:
        """Add hits as layers; one that is a layer already is shown."""
        new = [hit.scene for hit in hits if hit.scene.path and hit.scene.key not in self._added]
        self._desk.add(new[:MOST_OPENED])
        if not new and hits and hits[0].scene.key in self._added:
            self._desk.context.show_layer(self._added[hits[0].scene.key])
        without = next((hit for hit in hits if not hit.scene.path), None)
        if without is not None and (sentence := without.item.picture.sentence) is not None:
            self.dialog.said.setText(in_language(sentence))

    def _compare(self, hits: list[ArchiveHit]) -> None:
        """Set hits against each other on the map, which the dialog gives way to. The hosts of their pictures are asked
        about first.
        """
        hosts = [host for hit in hits for host in hosts_of_file(scene_as_layer(hit.item, hit.scene.path)[1])]
        compare, verb = partial(self._compare_allowed, hits), self.tr("&Allow and Compare")
        when_allowed(self._desk.context, hosts, compare, verb, self.dialog)

    def _compare_allowed(self, hits: list[ArchiveHit]) -> None:
        canvas, search = self._desk.canvas, self._search
        self.dialog.hide()
        canvas.window().activateWindow()
        canvas.setFocus()
        ground = EMPTY if search is None else search.ground
        if not (ground.is_empty or area_of_view(canvas.viewport.view()).intersects(ground)):
            canvas.motion.zoom_to_bounds(Bounds(*ground.bounds), 0.0)
        self._desk.comparing.compare([hit.scene for hit in hits])

    def _allow(self, hosts: list[str]) -> None:
        for host in hosts:
            self._desk.context.case.consent(host)
        self._pictures.forget()
        self.hits.show_hosts()
        self.hits.list.viewport().update()
        self.hits.list.setFocus()

    def _heard(self, changes: Changes) -> None:
        if changes.touches("layers"):
            self._show_added()

    def _show_added(self) -> None:
        if self.rows.hits or self.dialog.isVisible():
            self._added = {scene.key: scene.layer_uuid for scene in self._desk.case.known_scenes()}
            self.rows.tell_state()

    # -- the outlines -----------------------------------------------------------------------------------------------

    def _show_outlines(self) -> None:
        """Draw the footprints on the map while the dialog lists what came."""
        if not self._desk.shows_outlines:
            self._had_outlines = False
            self._desk.show_outlines(True)

    def _leave(self) -> None:
        self._desk.pointed.point_at(None)
        if not self._had_outlines:
            self._had_outlines = True
            self._desk.show_outlines(False)
