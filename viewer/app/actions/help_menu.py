"""The Help menu: the palette, the guide, the shortcuts, the log, and diagnostics for a bug report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from layers.pool.pool import ReaderPool
from viewer.app.actions.action_table import Action, ActionMenu, ActionTable, bare, translated
from viewer.app.actions.menu_bar import keys_of, palette_entries, shortcut_groups, way_to
from viewer.app.navigation.map_search import MapSearch
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from viewer.app.desktop.diagnostics import Diagnostics


class HelpMenu(ActionMenu):
    """Handlers of the Help menu. Palette and shortcut sheet are made anew from the table of actions each time."""

    def __init__(
        self,
        table: ActionTable,
        search: MapSearch,
        pool: ReaderPool,
        jobs: Jobs,
        messages: Messages,
        logs: Path,
        window: QWidget,
    ) -> None:
        """`logs` is the folder of the log; `window` the parent of dialogs."""
        super().__init__(window)
        self._table, self._search, self._pool, self._jobs = table, search, pool, jobs
        self._messages, self._logs, self._window = messages, logs, window
        self._diagnostics: Diagnostics | None = None

    def show_palette(self) -> None:
        self._search.show_palette(palette_entries(self._table, self._window.palette()))

    def show_guide(self) -> None:
        from viewer.panels.shell.guide import GuideWindow, guide_text  # for start-up time: it is long

        GuideWindow(guide_text(self.words_of), self._window).show()

    def words_of(self, id_: str) -> str:
        """Place of an action in the menus, and its key: "Mark, Mark a Point (P)"."""
        for menu in self._table.menus:
            for spec in menu.actions:
                if spec.id == id_:
                    place = f"{way_to(menu, spec)}, {bare(translated(spec.text))}"
                    keys = keys_of(self._table, id_)
                    return f"{place} ({keys})" if keys else place
        raise KeyError(id_)

    def show_shortcuts(self) -> None:
        from viewer.panels.shell.shortcut_sheet import ShortcutSheet  # for start-up time: nobody has asked for it

        ShortcutSheet(shortcut_groups(self._table), self._window).open()

    def copy_diagnostics(self) -> None:
        if self._diagnostics is None:
            from viewer.app.desktop.diagnostics import Diagnostics  # for start-up time: it reads the packages' metadata

            self._diagnostics = Diagnostics(self._pool, self._jobs, self._messages, self._logs, self)
        self._diagnostics.copy()

    def show_log(self) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs))):
            self._messages.show("log", self.tr("The log is in {0}.").format(self._logs), about="program")

    def show_about(self) -> None:
        from viewer.app.desktop.about import AboutDialog  # for start-up time: it reads the package's metadata

        AboutDialog(self._window).open()

    id = "help"
    actions = (
        Action(
            "palette",
            QT_TRANSLATE_NOOP("Actions", "&Find a Command or a Place…"),
            show_palette,
            "Ctrl+K",
            "search",
            toolbar=True,
            breaks=True,
        ),
        Action("guide", QT_TRANSLATE_NOOP("Actions", "&Guide"), show_guide, "Shift+F1"),
        Action("shortcuts", QT_TRANSLATE_NOOP("Actions", "&Keyboard Shortcuts"), show_shortcuts, "F1", "keyboard"),
        Action(
            "copy_diagnostics",
            QT_TRANSLATE_NOOP("Actions", "&Copy Diagnostics"),
            copy_diagnostics,
            "",
            "copy",
            breaks=True,
        ),
        Action("show_log", QT_TRANSLATE_NOOP("Actions", "Show the &Log Folder"), show_log, "", "log"),
        Action("about", QT_TRANSLATE_NOOP("Actions", "&About Geoloupe"), show_about, "", "about"),
    )
