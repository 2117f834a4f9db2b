"""The window: puts the rooms together and connects them. It knows everybody, so it does little itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.project.saving.recovery import RecoverableSession
from viewer.app.actions.action_link import ActionLink
from viewer.app.actions.case_verbs import CaseVerbs
from viewer.app.actions.export_verbs import ExportVerbs
from viewer.app.actions.face_verbs import FaceVerbs
from viewer.app.actions.feature_verbs import FeatureVerbs
from viewer.app.actions.file_verbs import FileVerbs
from viewer.app.actions.layer_export import LayerExport
from viewer.app.actions.menus import RecentMenu, color_overflow, fill_menu_bar, make_toolbar
from viewer.app.actions.raster_verbs import RasterVerbs
from viewer.app.actions.view_verbs import ViewVerbs
from viewer.app.case.access_link import AccessLink
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.docks import Docks
from viewer.app.event_lines import EventLines
from viewer.app.opening.choosing import Choosing
from viewer.app.opening.opener import FileOpener
from viewer.app.opening.placing import Placing
from viewer.app.opening.questions import Questions
from viewer.app.opening.reading_watch import ReadingWatch
from viewer.app.opening.style_files import StyleFiles
from viewer.app.opening.upkeep import Upkeep
from viewer.app.status_link import StatusLink
from viewer.app.toolbox import FIRST_TOOL, Toolbox
from viewer.app.type_ahead import TypeAhead
from viewer.canvas.overlays import ARROW_ROOM_PX
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.panels.context import PanelContext
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.shell.start_page import RecoverableCase, StartPage
from viewer.panels.shell.status_bar import StatusBar
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import FailedDrawing, LayerDrawing
from viewer.rendering.drawings import drawing_for
from viewer.support.messages import MessageAction, Messages
from viewer.support.settings import Settings
from viewer.support.text import one_line
from viewer.tools.tool import ToolContext

SMALLEST = (640, 420)
FIRST_SIZE = (1440, 900)
LONGEST_TITLE = 120


class MainWindow(QMainWindow):
    """One case in one window. `ask` is what is asked in dialogs; tests put their own answers there.

    `asks` False: nobody is there to answer, as where the window's picture is all that is wanted.
    """

    closed = Signal()

    def __init__(
        self,
        session: Session,
        context: RenderContext,
        permissions: Permissions,
        messages: Messages,
        settings: Settings,
        *,
        asks: bool = True,
    ) -> None:
        super().__init__()
        self.session, self.context, self.messages, self.settings = session, context, messages, settings
        self.permissions = permissions
        self.ask = Questions(self)
        self._may_close = self._is_asking = self._is_safe = False
        self._held_bounds: Bounds | None = None
        self.setObjectName("window")
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        self._build_map(asks)
        self._build_verbs(asks)
        self._build_face()
        self._connect()
        self._show_state()
        self._follow_document()

    # -- building ----------------------------------------------------------------------------------------------

    def _build_map(self, asks: bool) -> None:
        self.scene = MapScene(
            self.session.document, self.context, self.session.base_folder, make_drawing=self._drawing_for, parent=self
        )
        self.canvas = MapCanvas(self.scene)
        self.selection = self.canvas.selection
        self.views = ViewVerbs(self.canvas, self.messages, self, asks=asks)
        self.panel_context = PanelContext(
            self.session.document,
            push=self.session.push,
            selection=self.selection,
            zoom_to=self.views.show_rows,
            actor=self.session.actor,
            jobs=self.context.jobs,
            consent=self.permissions.allow,
            report=partial(self.messages.show, "panel", level="warning"),
            zoom_to_layer=self.views.show_layer,
            info_of=self.views.layer_info,
            drawing_of=lambda uuid: self.scene.drawings.get(uuid),
            parent=self,
        )
        self.features = FeatureVerbs(self.canvas, self.context, self.panel_context, self.views, self)
        say, current = partial(self.messages.show, "tool"), lambda: self.panel_context.layer_uuid
        tools = ToolContext(self.canvas, self.session.push_or_say, say, self.session.actor, current)
        self.toolbox = Toolbox(tools, self)
        self.toolbox.identified = self.features.identified

    def _build_verbs(self, asks: bool) -> None:
        jobs = self.context.jobs
        allow = self.permissions.allow_sources
        self.opener = FileOpener(self.session, self.context.pool, jobs, self.messages, allow, self, asks=asks)
        self.files = FileVerbs(self.session, self.opener, self.messages, self.settings, self._questions, self)
        self.placing = Placing(self.session, self.views, jobs, self.settings, self._show_added, self)
        self.choosing = Choosing(self.session, self.opener, self.context, self)
        self.layer_export = LayerExport(
            self.session,
            self.context,
            self.messages,
            self._questions,
            self.views.layer_info,
            self.features.access,
            self,
        )
        self.style_files = StyleFiles(self.panel_context, jobs, self.messages, self._questions, self)
        self.opener.layer_added.connect(self.style_files.offer_beside)
        EventLines(self.session, self.opener, jobs, self.messages, self)
        self.exports = ExportVerbs(self.session, self.canvas, jobs, self.messages, self._questions, self)

    def _build_face(self) -> None:
        self.start_page = StartPage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self.canvas)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        MessageBar(self.messages, middle).lie_over(middle, round(ARROW_ROOM_PX))
        self.setCentralWidget(middle)
        self.docks = Docks(self, self.panel_context)
        self.cases = CaseVerbs(self.panel_context, self.docks, self)
        self.rasters = RasterVerbs(self.panel_context, self.messages, self)
        ReadingWatch(self.canvas, self.context.jobs, self)
        self.upkeep = Upkeep(self.scene, self.panel_context, self.messages, self)
        self.access = AccessLink(self)
        self.face = FaceVerbs(self)
        TypeAhead(self)
        self.face.search.attribute_sources = self.features.searches
        self.action_link = ActionLink(self)
        self.action_table = self.action_link.table
        self.action_table.color(self.palette())
        menus = fill_menu_bar(self, self.action_table)
        recent = RecentMenu(self.settings.recent, menus["file"])
        recent.chosen.connect(self.files.open_recent)
        menus["file"].insertMenu(self.action_table["open_demo"], recent)
        self.toolbar = make_toolbar(self, self.action_table)
        self.addToolBar(self.toolbar)
        color_overflow(self.toolbar, self.palette())
        self.docks.connect_actions(self.action_table)
        self.status = StatusBar(self.settings.get("notation"))
        self.setStatusBar(self.status)
        StatusLink(self.status, self.canvas, self.views, self.context.jobs, self.panel_context, self.settings)
        self.action_table["dark"].setChecked(self.settings.get("theme") == "dark")
        self.action_table["offline"].setChecked(self.settings.get("offline"))
        self.face.set_offline(self.settings.get("offline"))
        self.action_table[FIRST_TOOL].setChecked(True)
        self.toolbox.take(FIRST_TOOL)

    def _connect(self) -> None:
        session = self.session
        session.document_replaced.connect(self._follow_document)
        session.state_changed.connect(self._show_state)
        session.viewport_json = self.views.viewport_json
        session.before_save = self.panel_context.flush
        self.selection.changed.connect(self.action_link.offer)
        self.scene.problem_changed.connect(self.docks.layer_tree.set_problem)
        self.scene.sites_problem_changed.connect(self._say_of_sites)
        self.scene.updated.connect(self.docks.looks.ask)
        self.panel_context.layer_previewed.connect(self.scene.preview_layer)
        self.panel_context.layer_shown.connect(self.action_link.offer)
        self.scene.updated.connect(self.rasters.look_again)
        self.rasters.changed.connect(self.action_link.offer)
        self.features.changed.connect(self.action_link.offer)
        self.features.hits_found.connect(self.docks.show_hits)
        self.upkeep.changed.connect(self.action_link.offer)
        self.opener.added.connect(self._show_added)
        self.opener.layer_added.connect(self.panel_context.show_layer)
        self.opener.unplaced.connect(self.placing.ask)
        self.panel_context.place_wanted.connect(self.placing.ask_again)
        self.panel_context.reading_wanted.connect(self.choosing.choose_reading)
        self.panel_context.saving_wanted.connect(self.layer_export.save_layer)
        self.canvas.files_dropped.connect(self.files.open_words)
        self.context.jobs.unheard.connect(self._say_unheard)
        page = self.start_page
        page.new_chosen.connect(self.files.new_case)
        page.open_chosen.connect(self.files.open)
        page.demo_chosen.connect(self.action_table["open_demo"].trigger)
        page.recent_chosen.connect(self.files.open_recent)
        page.recent_forgotten.connect(self.files.forget_recent)
        page.recover_chosen.connect(self.files.recover)
        self.files.recent_changed.connect(self._show_recent)

    # -- what stands -------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """True when everything asked for is read, drawn and painted."""
        has_map = self.pages.currentWidget() is self.canvas
        return (
            self.session.is_idle
            and self.opener.is_idle
            and self.exports.is_idle
            and self.context.is_idle()
            and not (self.docks.looks.is_due or self.upkeep.is_due)
            and (not has_map or self.canvas.is_idle())
        )

    def show_case_page(self) -> None:
        """The map while there is a case, else the start page."""
        is_begun = self.session.is_begun
        page: QWidget = self.canvas if is_begun else self.start_page
        if self.pages.currentWidget() is not page:
            self.pages.setCurrentWidget(page)
            page.setFocus()
        self.docks.arrangement.set_shown(is_begun)
        self.toolbar.setVisible(is_begun)
        self.status.set_map_visible(is_begun)

    def hold_bounds(self, lonlat: Bounds) -> None:
        """What is opened is shown at these bounds, whatever it says itself (command line)."""
        self._held_bounds = lonlat

    def set_safe_mode(self, safe: bool) -> None:
        """In safe mode no layer is read or fetched; the sites are all there."""
        if safe == self._is_safe:
            return
        self._is_safe = safe
        self._draw_layers_anew()
        if safe:
            text = self.tr("Safe mode: the layers are paused, so that none of them can do harm.")
            go_on = MessageAction(self.tr("Show the layers"), partial(self.set_safe_mode, False))
            self.messages.show("safe mode", text, "warning", go_on, about="program")

    def _drawing_for(self, layer: Layer, base_folder: Path | None, context: RenderContext) -> LayerDrawing:
        if self._is_safe:
            return FailedDrawing(layer, context, self.tr("Paused by safe mode."))
        return drawing_for(layer, base_folder, context)

    def offer_recovery(self, cases: list[RecoverableSession]) -> None:
        """Sessions that a crash left, on the start page and in a message line."""
        rows = [
            RecoverableCase(str(case.folder), case.title, case.last_edit_at, case.edits, case.sites) for case in cases
        ]
        self.start_page.set_recoverable(rows)

    def _follow_document(self) -> None:
        self.access.begin()
        self.scene.set_document(self.session.document, self.session.base_folder)
        self.panel_context.set_document(self.session.document)
        self.session.document.subscribe(lambda _changes: self.action_link.offer())
        self.show_case_page()
        self._show_recent()
        if self.session.is_begun and self._held_bounds is not None:
            self.views.show_bounds(self._held_bounds, 0.0)
        elif self.session.is_begun:
            self.views.show_case(self.session.document.meta("viewport"))
        self.access.drawn_anew()

    def _show_state(self) -> None:
        """The title and the actions say how the case stands."""
        marks = self.tr(" (read-only)") if self.session.is_read_only else ""
        self.setWindowTitle(f"{one_line(self.session.title, LONGEST_TITLE)}{marks}[*] – Geoloupe")
        self.setWindowModified(self.session.is_dirty)
        self.show_case_page()
        self.action_link.offer()

    def _show_recent(self) -> None:
        self.start_page.set_recent(self.settings.recent())

    def _show_added(self, bounds: Bounds | None) -> None:
        self.show_case_page()
        if self._held_bounds is not None:
            self.views.show_bounds(self._held_bounds, 0.0)
        elif bounds is not None:
            self.views.show_bounds(bounds)
        elif any(layer.kind != "tiles" for layer in self.session.document.layers.values()):
            self.views.show_plane()

    def _say_of_sites(self, sentence: str) -> None:
        if sentence:
            self.messages.show("sites off earth", sentence, "warning")
        else:
            self.messages.clear("sites off earth")

    def _say_unheard(self, error: GeoloupeError) -> None:
        self.messages.show("job", error.sentence, "error")

    def _draw_layers_anew(self) -> None:
        self.scene.set_document(Document())
        self.scene.set_document(self.session.document, self.session.base_folder)
        self.access.drawn_anew()

    def _questions(self) -> Questions:
        return self.ask

    # -- drops, arrangement, end -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            self.context.pool.expect()
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open_words([url.toLocalFile() or url.toString() for url in event.mimeData().urls()])
        event.acceptProposedAction()

    def restore_arrangement(self) -> None:
        """Window and panels as they were left; Qt moves what would be off the screen, and leaves what is broken."""
        geometry = self.settings.get("window_geometry").encode("ascii", "ignore")
        self.restoreGeometry(QByteArray.fromBase64(geometry))
        self.docks.arrangement.restore(self.settings.get("window_state"))

    def _keep_arrangement(self) -> None:
        self.settings.set("window_geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        self.settings.set("window_state", self.docks.arrangement.state())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes; whatever fails here is said, and the window stays (E29)."""
        event.ignore()
        self._is_asking = True
        try:
            if not self._may_close:
                self.files.guarded(self._let_close)
        except GeoloupeError as error:
            self.messages.show("close", error.sentence, "error")
        finally:
            self._is_asking = False
        if self._may_close:
            self._keep_arrangement()
            event.accept()
            self.closed.emit()

    def _let_close(self) -> None:
        """Nothing would be lost by closing: at once, or when the save that was asked for has ended."""
        self._may_close = True
        if not self._is_asking:
            self.close()
