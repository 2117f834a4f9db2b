"""The File menu: open, save, close and export cases, and set their permissions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

import sample_data
from layers.errors import GeoloupeError
from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.actions.map_export import MapExport
from viewer.app.case.layer_access import LayerAccess
from viewer.app.case.saving import CaseSaving, Then
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.app.opening.opener import FileOpener
from viewer.app.products.windows.product_windows import ProductWindows
from viewer.panels.shell.start_page import StartPage
from viewer.support.messages import Messages
from viewer.support.settings import Settings


class FileMenu(CaseMenu):
    """Handlers of the File menu.

    `recent_changed`: the list of recent cases has changed. `quit_wanted`: the window should be closed.
    """

    recent_changed = Signal()
    quit_wanted = Signal()

    def __init__(
        self,
        session: Session,
        saving: CaseSaving,
        opener: FileOpener,
        exports: MapExport,
        products: ProductWindows,
        access: LayerAccess,
        messages: Messages,
        settings: Settings,
        ask: Callable[[], Questions],
        parent: QObject,
    ) -> None:
        super().__init__(session, parent)
        self._saving, self._opener, self._exports, self._access = saving, opener, exports, access
        self._messages, self._settings, self._ask = messages, settings, ask
        self._products = products

    def serve(self, page: StartPage) -> None:
        """Connect the choices of the start page to their actions."""
        page.new_chosen.connect(self.new_case)
        page.open_chosen.connect(self.open_files)
        page.recent_chosen.connect(self.open_recent)
        page.recent_forgotten.connect(self.forget_recent)
        page.recover_chosen.connect(self.recover)

    # -- open and close -----------------------------------------------------------------------------------------

    def new_case(self) -> None:
        """Begin a case on the shipped world map, or an empty one where the analyst has chosen that."""
        self._saving.guarded(self.session.begin_case)

    def begin_on_world(self, is_wanted: bool) -> None:
        """Remember whether new cases begin on the shipped world map."""
        self._settings.set("new_on_world", is_wanted)

    def begins_on_world(self) -> bool:
        return bool(self._settings.get("new_on_world"))

    def open_files(self) -> None:
        """Ask for files, and open them."""
        self._opener.expect()
        self.open_words(self._ask().paths_to_open(self._saving.folder()))

    def open_words(self, words: list[str]) -> None:
        """Open what the words name; a case replaces the open one after the question about unsaved changes."""
        self._opener.open(words)

    def open_recent(self, path: str) -> None:
        self.open_words([path])

    def forget_recent(self, path: str) -> None:
        self._settings.forget_recent(Path(path))
        self.recent_changed.emit()

    def open_demo(
        self, then: Then = lambda: None, failed: Callable[[GeoloupeError], None] = lambda error: None
    ) -> None:
        """Open the demo case as an unsaved copy: the shipped file is never altered."""
        try:
            path = sample_data.path("demo.gpkg")
        except FileNotFoundError as error:
            self._messages.show("open", str(error), "error")
            failed(GeoloupeError(str(error)))
            return
        title = self.tr("Demo case (unsaved copy)")
        self._saving.guarded(lambda: self.session.open_case(path, then, failed, copy_title=title))

    def recover(self, folder: str) -> None:
        """Recover a session that a crash left."""
        self._saving.guarded(lambda: self.session.recover(Path(folder)))

    def close_case(self) -> None:
        self._saving.guarded(self.session.close)

    def quit_program(self) -> None:
        self.quit_wanted.emit()

    # -- save and export ----------------------------------------------------------------------------------------

    def save(self) -> None:
        self._saving.save()

    def save_as(self) -> None:
        self._saving.save_as()

    def export_product(self) -> None:
        self._products.begin()

    def export_batch(self) -> None:
        self._products.begin_batch()

    def export_data(self) -> None:
        self._exports.export_data()

    def export_measurements(self) -> None:
        self._exports.export_measurements()

    def show_permissions(self) -> None:
        self._access.show_permissions()

    id = "file"
    actions = (
        Action("new_case", QT_TRANSLATE_NOOP("Actions", "&New Case"), new_case, "Ctrl+N", "new", toolbar=True),
        Action(
            "new_on_world",
            QT_TRANSLATE_NOOP("Actions", "Begin New Cases on the &World"),
            begin_on_world,
            check="own",
            checked=begins_on_world,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Begin each new case with the shipped picture of the world and its coasts"
            ),
        ),
        Action(
            "open",
            QT_TRANSLATE_NOOP("Actions", "&Open…"),
            open_files,
            "Ctrl+O",
            "open",
            toolbar=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Open a case, or add rasters and vectors"),
        ),
        Action("open_demo", QT_TRANSLATE_NOOP("Actions", "Open the &Demo Case"), open_demo, "", "demo"),
        Action(
            "save",
            QT_TRANSLATE_NOOP("Actions", "&Save"),
            save,
            "Ctrl+S",
            "save",
            toolbar=True,
            breaks=True,
            offered=has_case,
        ),
        Action(
            "save_as", QT_TRANSLATE_NOOP("Actions", "Save &As…"), save_as, "Ctrl+Shift+S", "save_as", offered=has_case
        ),
        Action(
            "export_product",
            QT_TRANSLATE_NOOP("Actions", "&Export a Product…"),
            export_product,
            "Ctrl+E",
            "export",
            toolbar=True,
            offered=has_case,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Make a finished map of what is shown, compared or selected"),
        ),
        Action(
            "export_batch",
            QT_TRANSLATE_NOOP("Actions", "Export a &Batch…"),
            export_batch,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Write one product a site, class or bookmark into a folder"),
        ),
        Action(
            "export_data",
            QT_TRANSLATE_NOOP("Actions", "Export Da&ta…"),
            export_data,
            "",
            "export",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Write sites, claims and pictures for Google Earth, a browser, a table or GIS"
            ),
        ),
        Action(
            "export_measurements",
            QT_TRANSLATE_NOOP("Actions", "Export Meas&urements…"),
            export_measurements,
            "",
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Write values, errors and units with their places as GeoJSON or a table"),
        ),
        Action(
            "permissions",
            QT_TRANSLATE_NOOP("Actions", "&Permissions…"),
            show_permissions,
            offered=has_case,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Hosts and folders outside the case that its layers may use"),
        ),
        Action(
            "close_case",
            QT_TRANSLATE_NOOP("Actions", "&Close Case"),
            close_case,
            "Ctrl+W",
            "close",
            offered=has_case,
            breaks=True,
        ),
        Action("quit", QT_TRANSLATE_NOOP("Actions", "&Quit"), quit_program, "Ctrl+Q", "quit"),
    )
