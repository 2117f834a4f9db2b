"""Builds the parts that find scenes in a window: the folders, the desk, their pictures, and the outlines on the map."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer.app.desktop.questions import Questions
from viewer.app.opening.opener import FileOpener
from viewer.canvas.widget import MapCanvas
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.rendering.context import RenderContext
from viewer.support.messages import Messages
from viewer.support.settings import Settings, scenes_file

if TYPE_CHECKING:
    from viewer.panels.time_strip.outline_layer import OutlineLayer
    from viewer.panels.time_strip.scene_desk import SceneDesk
    from viewer.panels.time_strip.scene_folders import SceneFolders
    from viewer.panels.time_strip.scene_pictures import ScenePictures


class _Parts(Struct, frozen=True, eq=False):
    folders: SceneFolders
    pictures: ScenePictures
    desk: SceneDesk
    outlines: OutlineLayer


class SceneFinding(QObject):
    """The scene finding of one window. Its parts are made at first use, by the time strip or the Image menu."""

    changed = Signal()
    """The outlines were switched on or off."""

    def __init__(
        self,
        panels: PanelContext,
        canvas: MapCanvas,
        context: RenderContext,
        opener: FileOpener,
        messages: Messages,
        settings: Settings,
        questions: Callable[[], Questions],
        comparisons: ComparisonDesk,
        parent: QObject,
    ) -> None:
        """`opener`: where it may not ask questions, no file of scenes is kept in the user's folders."""
        super().__init__(parent)
        self._panels, self._canvas, self._context = panels, canvas, context
        self._opener, self._messages, self._settings = opener, messages, settings
        self._questions, self._comparisons = questions, comparisons
        self._store = scenes_file() if opener.asks else None

    @cached_property
    def _parts(self) -> _Parts:
        # For start-up time: the strip is hidden at first.
        from viewer.panels.time_strip.outline_layer import OutlineLayer
        from viewer.panels.time_strip.scene_desk import SceneDesk
        from viewer.panels.time_strip.scene_folders import SceneFolders
        from viewer.panels.time_strip.scene_pictures import ScenePictures

        jobs, messages = self._context.jobs, self._messages
        folders = SceneFolders(self._context.pool, jobs, messages, self._settings, self._store, self)
        say, open_paths = partial(messages.show, "scenes"), partial(self._opener.open, stays=True)
        desk = SceneDesk(self._panels, self._canvas, folders, jobs, open_paths, say, self._comparisons, self)
        desk.outlines_switched.connect(self.changed)
        return _Parts(folders, ScenePictures(jobs, self._store, self), desk, OutlineLayer(desk, self._canvas))

    @property
    def is_begun(self) -> bool:
        """True once the parts were made, at the first use."""
        return "_parts" in vars(self)

    @property
    def folders(self) -> SceneFolders:
        return self._parts.folders

    @property
    def pictures(self) -> ScenePictures:
        return self._parts.pictures

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

    def make_panel(self) -> QWidget:
        """Make the time strip for its dock."""
        from viewer.panels.time_strip.time_strip_panel import TimeStripPanel  # for start-up time: hidden at first

        return TimeStripPanel(self.desk, self.pictures, self.ask_folder)

    def ask_folder(self) -> Path | None:
        """Ask the analyst for a folder of scenes."""
        return self._questions().folder_of_scenes()
