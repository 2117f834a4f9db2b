"""The verbs about the window itself: colours, dialogs of help, the coordinate of the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from viewer.app.actions.go_to import GoToDialog
from viewer.app.actions.menus import color_overflow, shortcut_groups
from viewer.app.actions.search_link import SearchLink
from viewer.app.crash import log_folder
from viewer.app.theme import apply_theme
from viewer.panels.shell.shortcut_sheet import ShortcutSheet
from viewer.support.settings import data_folder

if TYPE_CHECKING:
    from viewer.app.diagnostics import Diagnostics
    from viewer.app.window import MainWindow


class FaceVerbs(QObject):
    """Small verbs of one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.search = SearchLink(window)
        self._diagnostics: Diagnostics | None = None

    def copy_coordinate(self) -> None:
        text = self._window.status.copy_coordinate()
        said = self.tr("Copied: {0}").format(text) if text else self.tr("Point at the map to copy a coordinate.")
        self._window.messages.show("copied", said)

    def next_notation(self) -> None:
        self._window.status.next_notation()

    def go_to(self) -> None:
        dialog = GoToDialog(self._window.status.notation, "", self._window)
        dialog.place_chosen.connect(self._window.views.show_place)
        dialog.extent_chosen.connect(self._window.views.show_bounds)
        dialog.open()

    def set_dark(self, dark: bool) -> None:
        window, application = self._window, QApplication.instance()
        assert isinstance(application, QApplication)
        window.settings.set("theme", "dark" if dark else "light")
        apply_theme(application, window.settings.get("theme"))
        window.action_table.color(application.palette())
        window.start_page.recolor()
        window.docks.recolor()
        color_overflow(window.toolbar, application.palette())
        window.messages.changed.emit()

    def set_full_screen(self, full: bool) -> None:
        if full:
            self._window.showFullScreen()
        else:
            self._window.showNormal()

    def set_offline(self, offline: bool) -> None:
        self._window.settings.set("offline", offline)
        if self._window.context.fetcher is not None:
            self._window.context.fetcher.set_offline(offline)
            self._window.docks.look_again()

    def show_palette(self) -> None:
        self.search.show_palette()

    def show_shortcuts(self) -> None:
        ShortcutSheet(shortcut_groups(self._window.action_table), self._window).open()

    def show_about(self) -> None:
        from viewer.app.about import AboutDialog  # for start-up time: it reads the package's metadata

        AboutDialog(self._window).open()

    def copy_diagnostics(self) -> None:
        if self._diagnostics is None:
            from viewer.app.diagnostics import Diagnostics  # for start-up time: it reads the packages' metadata

            window = self._window
            logs = log_folder(data_folder())
            self._diagnostics = Diagnostics(window.context.pool, window.context.jobs, window.messages, logs, self)
        self._diagnostics.copy()

    def show_log(self) -> None:
        folder = log_folder(data_folder())
        folder.mkdir(parents=True, exist_ok=True)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._window.messages.show("log", self.tr("The log is in {0}").format(folder), about="program")
