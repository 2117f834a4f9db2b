"""The place of the bar of a search above the map; the bar is loaded and made with the first walk."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from viewer.panels.one_dialog import show_once
from viewer.panels.searches.search_desk import SearchDesk

if TYPE_CHECKING:
    from viewer.panels.searches.search_bar import SearchBar


class WalkPlace(QWidget):
    """Holds the bar, and takes no room without one. Shows the form of a new search where the desk asks for it."""

    def __init__(self, desk: SearchDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        desk.shown_changed.connect(self._follow)
        desk.dialog_wanted.connect(self._show_form)
        desk.scenes_wanted.connect(self._show_scenes)

    @cached_property
    def bar(self) -> SearchBar:
        from viewer.panels.searches.search_bar import SearchBar  # for start-up time: nothing is searched yet

        made = SearchBar(self._desk, self)
        self._room.addWidget(made)
        return made

    def _follow(self) -> None:
        if self._desk.walk is not None:
            _made = self.bar

    def _show_form(self, area_uuid: str) -> None:
        from viewer.panels.searches.search_dialog import SearchDialog  # for start-up time: nothing is searched yet

        show_once(self.window(), SearchDialog, lambda: SearchDialog(self._desk, area_uuid, self.window()))

    def _show_scenes(self, uuid: str) -> None:
        from viewer.panels.searches.scene_walk import SceneWalkDialog  # for start-up time: nothing is gone through yet

        show_once(
            self.window(),
            SceneWalkDialog,
            lambda: SceneWalkDialog(self._desk, uuid, self.window()),
            lambda dialog: dialog.uuid == uuid,
        )
