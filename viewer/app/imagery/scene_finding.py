"""Puts together what finds scenes in a window: the folders, the desk, their pictures, and the outlines on the map."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer.app.opening.opener import FileOpener
from viewer.app.opening.questions import Questions
from viewer.canvas.widget import MapCanvas
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.time_strip.outline_layer import OutlineLayer
from viewer.panels.time_strip.scene_desk import SceneDesk
from viewer.panels.time_strip.scene_folders import SceneFolders
from viewer.panels.time_strip.scene_pictures import ScenePictures
from viewer.rendering.context import RenderContext
from viewer.support.messages import Messages
from viewer.support.settings import Settings, scenes_file


class SceneFinding(QObject):
    """One a window. Nothing is looked for before somebody looks at the time strip."""

    changed = Signal()
    """The outlines were switched."""

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
        """Nothing is left in the user's folders where nobody is there to answer."""
        super().__init__(parent)
        self._questions, self._canvas = questions, canvas
        store = scenes_file() if opener.asks else None
        self.folders = SceneFolders(context.pool, context.jobs, messages, settings, store, self)
        self.pictures = ScenePictures(context.jobs, store, self)
        say = partial(messages.show, "scenes")
        open_paths = partial(opener.open, stays=True)
        self.desk = SceneDesk(panels, canvas, self.folders, context.jobs, open_paths, say, comparisons, self)
        self.outlines = OutlineLayer(self.desk, canvas)
        self.desk.outlines_switched.connect(self.changed)

    @property
    def is_idle(self) -> bool:
        """True when the strip shows what there is."""
        return self.desk.is_idle and self.folders.is_idle

    @property
    def has_map(self) -> bool:
        """True while a case is open, and its map with it."""
        return self._canvas.isVisibleTo(self._canvas.window())

    def make_panel(self) -> QWidget:
        """The time strip, for its dock."""
        from viewer.panels.time_strip.time_strip_panel import TimeStripPanel  # for start-up time: hidden at first

        return TimeStripPanel(self.desk, self.pictures, self.ask_folder)

    def ask_folder(self) -> Path | None:
        """Ask the analyst for a folder of scenes."""
        return self._questions().folder_of_scenes()
