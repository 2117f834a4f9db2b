"""Scenes over the map in a window: the desk that finds them, the time strip that lists them, their outlines."""

from __future__ import annotations

from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import shapely
from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer.app.imagery.folder_scenes import FolderScenes
from viewer.app.opening.opener import FileOpener
from viewer.canvas.widget import MapCanvas
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs
from viewer.support.language.text import one_line
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from layers.observing.archive_question import AskedQuestion
    from viewer.panels.imagery.known_archives import KnownArchives
    from viewer.panels.news.news_dialog import NewsDialog
    from viewer.panels.time_strip.archive_questions import ArchiveQuestions
    from viewer.panels.time_strip.outline_layer import OutlineLayer
    from viewer.panels.time_strip.scene_desk import SceneDesk
    from viewer.panels.time_strip.scene_folders import SceneFolders


class _Parts(Struct, frozen=True, eq=False):
    desk: SceneDesk
    outlines: OutlineLayer


class SceneFinding(QObject):
    """The scene finding of one window. Its parts are made at first use, by the time strip or the Image menu."""

    changed = Signal()
    """The outlines were switched on or off."""
    date_chosen = Signal(str)
    """Emitted with the date of the scene that was chosen in the strip; empty for none."""

    def __init__(
        self,
        panels: PanelContext,
        canvas: MapCanvas,
        comparisons: ComparisonDesk,
        sources: FolderScenes,
        opener: FileOpener,
        jobs: Jobs,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panels, self._canvas, self._comparisons = panels, canvas, comparisons
        self._sources, self._opener, self._jobs, self._messages = sources, opener, jobs, messages

    @cached_property
    def _parts(self) -> _Parts:
        # For start-up time: the strip is hidden at first.
        from viewer.panels.time_strip.outline_layer import OutlineLayer
        from viewer.panels.time_strip.scene_desk import SceneDesk, SceneSources

        say, open_paths = partial(self._messages.show, "scenes"), self._opener.open_scenes
        sources = SceneSources(self.folders, self._sources.archives, self._sources.clouds)
        desk = SceneDesk(self._panels, self._canvas, sources, self._jobs, open_paths, say, self._comparisons, self)
        desk.outlines_switched.connect(self.changed)
        desk.date_chosen.connect(self.date_chosen)
        return _Parts(desk, OutlineLayer(desk, self._canvas))

    @property
    def is_begun(self) -> bool:
        """True once the parts were made, at the first use."""
        return "_parts" in vars(self)

    @property
    def folders(self) -> SceneFolders:
        return self._sources.folders

    @property
    def desk(self) -> SceneDesk:
        return self._parts.desk

    @property
    def outlines(self) -> OutlineLayer:
        return self._parts.outlines

    @property
    def is_idle(self) -> bool:
        """True when the strip shows all scenes and nothing is being read."""
        return not self.is_begun or (self.desk.is_idle and self.folders.is_idle)

    @property
    def has_map(self) -> bool:
        """True while a case is open and its map is shown."""
        return self._canvas.isVisibleTo(self._canvas.window())

    @property
    def shows_outlines(self) -> bool:
        return self.is_begun and self.desk.shows_outlines

    def show_outlines(self, shown: bool) -> None:
        """Show or hide the outlines of the strip's scenes on the map."""
        self.desk.show_outlines(shown)

    def scenes_at(self, lon: float, lat: float) -> list[tuple[str, str]]:
        """The ticks whose outlines on the map hold a place, the newest first: their keys, and them in words; empty
        while no outlines are shown.
        """
        if not self.shows_outlines:
            return []
        from viewer.panels.hits.hit import day_words  # for start-up time

        held = [tick for tick in self.desk.ticks if any(_holds(scene.ring, lon, lat) for scene in tick.scenes)]
        return [(tick.key, f"{day_words(tick.scenes[0])} · {one_line(tick.title, 50)}") for tick in reversed(held)]

    def use(self, key: str) -> None:
        """Add the scenes of a tick as layers, or show the layers that they are."""
        self.desk.use(key)

    def make_panel(self) -> QWidget:
        """Make the time strip for its dock."""
        from viewer.panels.time_strip.time_strip_panel import TimeStripPanel  # for start-up time: hidden at first

        return TimeStripPanel(self.desk, self._sources.pictures, self.ask_folder, self.search_archives)

    def search_archives(self, address: str = "") -> None:
        """Show the question to archives of imagery, to the one at `address` where that was chosen; nothing is asked
        before it is answered.
        """
        self._questions.show(address)

    def show_listed(self, key: str, query: AskedQuestion) -> None:
        """Show a scene that a kept search has listed as a layer. Where its archive has not answered in this session its
        question is shown: addresses of scenes are not kept.
        """
        desk = self.desk
        layer = next((scene.layer_uuid for scene in desk.case.known_scenes() if scene.key == key), "")
        came = [scene for scene in desk.archives.known_scenes() if scene.key == key and scene.path]
        if layer:
            self._panels.show_layer(layer)
            self._panels.view.show_layer(layer)
        elif came:
            desk.add(came[:1])
        else:
            self._messages.show("scenes", self.tr("Ask the archive again first: it tells where its pictures are."))
            self.ask_archive_again(query)

    def ask_archive_again(self, query: AskedQuestion) -> None:
        """Show the question of a kept search to its archive; nothing is asked before Search is pressed."""
        self._questions.show_again(query)

    @cached_property
    def _questions(self) -> ArchiveQuestions:
        from viewer.panels.time_strip.archive_questions import ArchiveQuestions  # for start-up time

        questions = ArchiveQuestions(
            self.desk,
            self._sources.pictures,
            self._known_archives,
            self._sources.permits,
            self.ask_folder,
            self._canvas.window(),
        )
        questions.dialog.news_wanted.connect(self.show_news)
        return questions

    def show_news(self) -> None:
        """Show the question what is new over sites; nothing is asked before it is answered."""
        self._news.begin()

    @cached_property
    def _news(self) -> NewsDialog:
        from viewer.panels.news.news_desk import NewsDesk  # for start-up time
        from viewer.panels.news.news_dialog import NewsDialog

        desk = NewsDesk(self.desk, self._jobs, self)
        return NewsDialog(desk, self._known_archives, self._sources.pictures, self._canvas.window())

    @cached_property
    def _known_archives(self) -> KnownArchives:
        from viewer.panels.imagery.known_archives import KnownArchives  # for start-up time

        archives = self.desk.archives
        return KnownArchives(
            self._panels,
            lambda: [(search.address, search.title) for search in archives.searches if not search.failure],
            lambda: self._sources.last_archive,
            self,
        )

    def ask_folder(self) -> Path | None:
        """Ask the analyst for a folder of scenes."""
        return self._sources.ask_folder()


def _holds(ring: tuple[tuple[float, float], ...], lon: float, lat: float) -> bool:
    """True for an outline round a place, in any turn of the Earth."""
    if len(ring) < 3:
        return False
    outline = shapely.Polygon(ring)
    return any(outline.contains(shapely.Point(lon + turn, lat)) for turn in (-360.0, 0.0, 360.0))
