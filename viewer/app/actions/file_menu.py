"""The File menu: open, save, close and export cases, and set their permissions."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.actions.map_export import MapExport
from viewer.app.case.case_opening import CaseOpening
from viewer.app.case.layer_access import LayerAccess
from viewer.app.case.saving import CaseSaving, Then
from viewer.app.case.session import Session
from viewer.app.opening.opener import FileOpener
from viewer.app.products.windows.product_windows import ProductWindows
from viewer.panels.shell.start_page import StartPage


class FileMenu(CaseMenu):
    """Handlers of the File menu. `quit_wanted`: the window should be closed."""

    quit_wanted = Signal()

    def __init__(
        self,
        session: Session,
        cases: CaseOpening,
        opener: FileOpener,
        saving: CaseSaving,
        exports: MapExport,
        products: ProductWindows,
        access: LayerAccess,
        parent: QObject,
    ) -> None:
        super().__init__(session, parent)
        self._cases, self.opener, self._saving = cases, opener, saving
        self._exports, self._products, self._access = exports, products, access

    def serve(self, page: StartPage) -> None:
        """Connect the choices of the start page to their actions."""
        page.new_chosen.connect(self.new_case)
        page.open_chosen.connect(self.open_files)
        page.recent_chosen.connect(self.open_recent)
        page.recent_forgotten.connect(self._cases.forget_recent)
        page.recover_chosen.connect(self._cases.recover)

    # -- open and close -----------------------------------------------------------------------------------------

    def new_case(self) -> None:
        self._cases.begin()

    def begin_on_world(self, is_wanted: bool) -> None:
        self._cases.begin_on_world(is_wanted)

    def begins_on_world(self) -> bool:
        return self._cases.begins_on_world()

    def open_files(self) -> None:
        """Ask for files, and open them."""
        self.opener.expect()
        self.opener.open(self._cases.ask_files())

    def add_files(self) -> None:
        """Ask for files, and add them to the open case; of a case the parts are offered."""
        self.opener.expect()
        self.opener.add_words(self._cases.ask_files())

    def bring_home(self) -> None:
        """Ask for a file of Google Earth, and what of it comes in."""
        path = self._cases.ask_earth_file()
        if path is not None:
            self.opener.earth_wanted.emit(path)

    def add_table(self) -> None:
        """Ask for a table or a vector file, and what its columns say."""
        self.opener.expect()
        path = self._cases.ask_site_file()
        if path is not None:
            self.opener.table_wanted.emit(path)

    def open_recent(self, path: str) -> None:
        self.opener.open([path])

    def open_demo(self) -> None:
        self._cases.open_demo()

    def close_case(self) -> None:
        self._cases.close()

    def quit_program(self) -> None:
        self.quit_wanted.emit()

    # -- save and export ----------------------------------------------------------------------------------------

    def save(self) -> None:
        self._saving.save()

    def save_then(self, then: Then) -> None:
        """Save, and then call `then`; it is not called where no file was chosen."""
        self._saving.save(then)

    def save_as(self) -> None:
        self._saving.save_as()

    def export_product(self) -> None:
        self._products.begin()

    def export_batch(self) -> None:
        self._products.begin_batch()

    def write_fact_check(self) -> None:
        self._products.write_sheet()

    def write_changed_facts(self) -> None:
        self._products.write_sheet(asks_since=True)

    def bring_ticks_home(self) -> None:
        self._products.bring_ticks_home()

    def export_story(self) -> None:
        self._exports.export_data(".html")

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
            "bring_home",
            QT_TRANSLATE_NOOP("Actions", "Bring Home from &Google Earth…"),
            bring_home,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Make sites, layers and bookmarks of a KML or KMZ such as myplaces.kml, with its folders"
            ),
        ),
        Action(
            "add_table",
            QT_TRANSLATE_NOOP("Actions", "Add Sites from a Tab&le…"),
            add_table,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Make sites, claims and sources of the rows of a CSV, XLSX, GeoJSON, GPX or GeoPackage"
            ),
        ),
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
            "fact_check",
            QT_TRANSLATE_NOOP("Actions", "&Fact-Check Sheet…"),
            write_fact_check,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Write the internal sheet beside a product: each fact with its source, and a box to tick"
            ),
        ),
        Action(
            "changed_facts",
            QT_TRANSLATE_NOOP("Actions", "Fact-Check Sheet of C&hanges…"),
            write_changed_facts,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP("Actions", "Write a sheet of only the facts that changed since an earlier sheet"),
        ),
        Action(
            "bring_ticks_home",
            QT_TRANSLATE_NOOP("Actions", "Bring a T&icked Sheet Home…"),
            bring_ticks_home,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Review the rows that a checker has ticked on a fact-check sheet, and keep the remarks"
            ),
        ),
        Action(
            "export_story",
            QT_TRANSLATE_NOOP("Actions", "Web Stor&y…"),
            export_story,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "Write one HTML page for a browser: map that zooms, claims with their answers, sources"
            ),
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
