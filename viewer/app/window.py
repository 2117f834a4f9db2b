"""The main window: builds the parts of the program and connects them. It knows all of them and does little itself."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QStatusTipEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.project.opening.opening_watch import Glimpse
from layers.project.saving.recovery import RecoverableSession
from viewer.app.actions.action_table import ActionTable
from viewer.app.actions.bookmark_menu import BookmarkMenu
from viewer.app.actions.clipboard import Clipboard, PasteDoors
from viewer.app.actions.compare_menu import CompareMenu
from viewer.app.actions.edit_menu import EditMenu
from viewer.app.actions.feature_menu import FeatureMenu
from viewer.app.actions.file_menu import FileMenu
from viewer.app.actions.help_menu import HelpMenu
from viewer.app.actions.image_menu import ImageMenu
from viewer.app.actions.layer_export import LayerExport
from viewer.app.actions.layer_menu import LayerMenu
from viewer.app.actions.map_export import MapExport
from viewer.app.actions.menu_bar import RecentMenu, color_overflow, fill_menu_bar, make_toolbar, words_of_panel
from viewer.app.actions.panels_menu import PanelsMenu
from viewer.app.actions.site_menu import SiteMenu
from viewer.app.actions.template_desk import TemplateDesk
from viewer.app.actions.tool_buttons import ToolButtons
from viewer.app.actions.tools_menu import ToolsMenu
from viewer.app.actions.view_menu import ViewMenu
from viewer.app.arranging.docks import Docks, PanelMakers
from viewer.app.arranging.edge_strip import FramedMap
from viewer.app.arranging.map_bars import MapBars
from viewer.app.arranging.panel_focus import PanelFocus
from viewer.app.arranging.window_place import WindowPlace
from viewer.app.case.case_opening import CaseOpening
from viewer.app.case.layer_access import LayerAccess
from viewer.app.case.permission import Permissions
from viewer.app.case.relinking import Relinking
from viewer.app.case.saving import CaseSaving
from viewer.app.case.session import OpenDocument, Session
from viewer.app.case_log import CaseLog
from viewer.app.crash import log_folder
from viewer.app.desktop.dialog_fit import DialogFit
from viewer.app.desktop.questions import Questions
from viewer.app.georeferencing.georeferencing_desk import GeoreferencingDesk
from viewer.app.imagery.folder_scenes import FolderScenes
from viewer.app.imagery.image_evidence import ImageEvidence
from viewer.app.imagery.scene_finding import SceneFinding
from viewer.app.keys.letter_keys import LetterKeys, about_now
from viewer.app.keys.window_keys import follow_keys
from viewer.app.match_plate.plate_desk import MatchPlateDesk
from viewer.app.navigation.case_map import CaseMap
from viewer.app.navigation.feature_search import LayerSearches
from viewer.app.navigation.hidden_sites import HiddenSites
from viewer.app.navigation.hit_navigator import HitNavigator
from viewer.app.navigation.map_menu import MapMenu
from viewer.app.navigation.map_search import MapSearch
from viewer.app.network_desk import NetworkDesk
from viewer.app.opening.case_glimpse import CaseGlimpse
from viewer.app.opening.layer_adder import LayerAdder
from viewer.app.opening.layer_questions import LayerQuestions
from viewer.app.opening.opener import FileOpener
from viewer.app.opening.picture_placer import PicturePlacer
from viewer.app.opening.place_questions import PlaceQuestions
from viewer.app.opening.reading_watch import ReadingWatch
from viewer.app.opening.style_files import StyleFiles
from viewer.app.opening.upkeep import Upkeep
from viewer.app.products.windows.product_windows import ProductWindows
from viewer.app.status_updates import StatusUpdates
from viewer.canvas.comparison.linked_panes import LinkedPanes
from viewer.panels.access import CaseAccess, MessageAccess
from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk
from viewer.panels.bookmarks.thumbnails import BookmarkThumbnails
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.products.product_desk import ProductDesk
from viewer.panels.shell.message_bar import MessageBar
from viewer.panels.shell.start_page import RecoverableCase, StartPage
from viewer.panels.shell.status_bar import StatusBar
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import FailedDrawing, LayerDrawing
from viewer.rendering.layers.drawings import drawing_for
from viewer.support.language.text import one_line
from viewer.support.messages import Level, MessageAction, Messages
from viewer.support.settings import Settings, data_folder
from viewer.tools.tool import ToolContext
from viewer.tools.toolbox import FIRST_TOOL, Toolbox

SMALLEST = (640, 420)
FIRST_SIZE = (1440, 900)
LONGEST_TITLE = 80


class MainWindow(QMainWindow):
    """The main window, for one case. `ask` holds the questions in dialogs; tests put their own answers there.

    `asks` is False where nobody is there to answer, such as for a picture of the window.
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
        self._build_case_work(asks)
        self._build_widgets()
        self._build_menus()
        self._connect()
        self._show_state()
        self._show_recent()

    # -- building ----------------------------------------------------------------------------------------------

    def _build_map(self, asks: bool) -> None:
        session, context, messages, jobs = self.session, self.context, self.messages, self.context.jobs
        self.map = CaseMap(session, context, messages, self._drawing_for, self, asks=asks)
        self.scene, self.compared = self.map.scene, self.map.compared
        self.canvas, self.views = self.map.canvas, self.map.views
        self.selection = self.canvas.selection
        self.images = ImageEvidence(session, self.canvas, jobs, messages, self)
        report = partial(messages.show, "panel", level="warning")
        allow, kept = self.permissions.allow, session.kept_bytes
        self.panel_context = PanelContext(
            session.document,
            CaseAccess(
                *(session.push, lambda: session.actor, jobs, allow, kept, context.fetcher, context.ways),
                *(
                    session.recorded_history,
                    session.blob_reader,
                    session.history.touches,
                    session.history.give_reason,
                    context.pool,
                ),
            ),
            self.selection,
            view=self.map.for_view(),
            layers=self.map.for_layers(self.images.for_panels),
            messages=MessageAccess(
                *(report, self._offer, partial(messages.withdraw, "panel"), partial(messages.show, "done")),
                session.undo_offer.say,
            ),
            parent=self,
        )
        self.images.marks.asked.connect(self.panel_context.image_asked)
        say, current = partial(messages.show, "tool"), lambda: self.panel_context.layer_uuid
        tools = ToolContext(self.canvas, self.images.marks.push, say, lambda: session.actor, current)
        self.toolbox = Toolbox(tools, self)

    def _offer(self, sentence: str, level: Level, action: MessageAction | None) -> None:
        self.messages.show("panel", sentence, level=level, action=action)

    def _build_case_work(self, asks: bool) -> None:
        session, jobs, messages, panels = self.session, self.context.jobs, self.messages, self.panel_context
        self.saving = CaseSaving(
            session, panels, self.views.viewport_json, self.settings, messages, self._questions, self
        )
        allow, pool = self.permissions.allow_sources, self.context.pool
        self.cases = CaseOpening(session, self.saving, self.settings, messages, self._questions, self)
        self.layer_adder = LayerAdder(session, allow, messages, self, asks=asks)
        self.opener = FileOpener(session, pool, jobs, self.cases, self.layer_adder, messages, panels.case, self)
        pictures = PicturePlacer(session, self.views, jobs, pool, allow, messages, self)
        self._web_maps = pictures.web_maps
        parts = session, self.views, panels, pictures, self._show_added, jobs, self.settings
        self.place_questions = PlaceQuestions(*parts, self)
        self.georeferencing = GeoreferencingDesk(
            session, self.scene, self.views, panels, self._drawing_for, messages, self
        )
        doors = session, self.opener, self.layer_adder, self.context, panels, self.place_questions
        self.layer_questions = LayerQuestions(*doors, self)
        self.layer_export = LayerExport(
            session, self.context, messages, self._questions, self.views.layer_info, self.map.features, self
        )
        self.map_export = MapExport(session, self.canvas, panels, jobs, messages, self._questions, self)
        self.style_files = StyleFiles(panels, jobs, messages, self._questions, self)
        self.layer_adder.layer_added.connect(self.style_files.offer_beside)
        self.relinking = Relinking(session, self.scene, self.permissions, jobs, messages, self._questions, self)
        self.access = LayerAccess(
            session, self.compared, self.permissions, self.relinking, panels, lambda: self.layer_adder.asks, self
        )
        self.upkeep = Upkeep(self.compared, panels, messages, self)
        ReadingWatch(self.canvas, jobs, self)
        CaseLog(session, self.layer_adder, jobs, messages, self)

    def _build_widgets(self) -> None:
        self.start_page = StartPage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self.canvas)
        self.glimpse = CaseGlimpse(self.pages, self.context, self.messages, self._useless_meanwhile, self)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        self.comparisons = self._make_comparisons()
        self.bars = MapBars(column, self.comparisons, self.panel_context, self.canvas, self)
        self.comparison_bar = self.bars.comparison_bar
        message_bar = self.bars.lay_messages(MessageBar(self.messages, middle), self.pages, self._linked_panes)
        self._framed = FramedMap(middle)
        self.setCentralWidget(self._framed)
        self.bookmarks = self._make_bookmarks()
        panels, views = self.panel_context, self.views
        self.scenes = self._make_scenes()
        self.products = ProductDesk(panels, self)
        desks = self.bookmarks, self.comparisons, self.products
        self.marks_then = self.map.follow_dates(panels, message_bar)
        sheet = partial(self.map.make_sheet, panels, self.toolbox, self.marks_then)
        timeline = partial(self.map.make_timeline, panels, self.marks_then)
        makers = PanelMakers(self.scenes.make_panel, sheet, self.bars.make_search_list, timeline)
        self.docks = Docks(self, self.panel_context, *desks, makers, views.hold_still)
        self.place = WindowPlace(self, self.docks.arrangement, self.settings)
        self.product_windows = self._make_product_windows()
        self.status = StatusBar(self.settings.get("notation"), lambda: views.crs_choices(panels.layer_uuid))
        self.setStatusBar(self.status)
        StatusUpdates(self.status, self.canvas, views, self.context.jobs, panels, self.settings)
        DialogFit(self)
        follow_keys(self, self.canvas, self.docks.form_left, self.docks.arrangement.tab_clicked, self.comparisons)

    def _make_bookmarks(self) -> BookmarkDesk:
        panels, views, say = self.panel_context, self.views, partial(self.messages.show, "bookmark")
        thumbnails = BookmarkThumbnails(panels, lambda: self.session.working_copy, self)
        return BookmarkDesk(panels, self.canvas, thumbnails, views.viewport_json, views.show_kept, say, self)

    def _make_comparisons(self) -> ComparisonDesk:
        say = partial(self.messages.show, "comparison")
        chosen = lambda: self.docks.layer_tree.selected()  # noqa: E731 (the docks are made later)
        self._linked_panes: LinkedPanes = LinkedPanes(self.canvas, self.compared, self)
        unsay = partial(self.messages.clear, "comparison")
        return ComparisonDesk(self.panel_context, self.canvas, self.compared, chosen, say, unsay, self)

    def _make_scenes(self) -> SceneFinding:
        context, messages, keeps = self.context, self.messages, self.layer_adder.asks
        folders = FolderScenes(context, messages, self.settings, self._questions, self, keeps=keeps)
        desks = self.comparisons, folders
        return SceneFinding(self.panel_context, self.canvas, *desks, self.opener, context.jobs, messages, self)

    def _make_product_windows(self) -> ProductWindows:
        session, canvas, panels, chosen = self.session, self.canvas, self.panel_context, self.docks.layer_tree.selected
        desk, say = self.products, self.messages
        product_windows = ProductWindows(session, canvas, panels, self.comparisons, chosen, say, self._questions, self)
        desk.opened.connect(product_windows.open)
        desk.new_wanted.connect(product_windows.begin)
        desk.deleted.connect(product_windows.say_deleted)
        self.closed.connect(product_windows.close_all)
        self.opener.sheet_wanted.connect(product_windows.take_home)
        return product_windows

    def _make_plates(self) -> MatchPlateDesk:
        plates = MatchPlateDesk(self.session, self.canvas, self.panel_context, self._questions, self)
        plates.marked.connect(self.images.marks.note)
        self.closed.connect(plates.close_all)
        return plates

    def _build_menus(self) -> None:
        session, panels, canvas, views = self.session, self.panel_context, self.canvas, self.views
        messages, settings, jobs, pool = self.messages, self.settings, self.context.jobs, self.context.pool
        files = (self.cases, self.opener, self.saving, self.map_export, self.product_windows, self.access)
        self.file_menu = FileMenu(session, *files, self)
        self.view_menu = ViewMenu(
            session, canvas, views, self.status, self._web_maps, settings, self.docks.arrangement, self
        )
        look = self.docks.looks.ask
        self.offline = NetworkDesk(self.context, settings, canvas, panels, views, self.status, look, self).offline
        layer_files = self.file_menu, self.upkeep, self.georeferencing
        self.layer_menu = LayerMenu(session, panels, self.docks, *layer_files, self.offline, self)
        ask_server = self._web_maps.page_or(self.layer_menu.ask_server)
        self.opener.address_wanted.connect(ask_server)
        self.opener.item_wanted.connect(self.layer_menu.open_item)
        self.closed.connect(self.layer_menu.packs.close)
        self.closed.connect(self.layer_menu.features.stop)
        self.feature_menu = FeatureMenu(
            session, canvas, panels, self.map.features, self.map.zoom, self.toolbox, jobs, self
        )
        self.image_menu = ImageMenu(panels, messages, self._make_plates(), self.scenes, self)
        self.hits = HitNavigator(session, canvas, views, self.map.zoom, panels, messages, self)
        self.hits.feature_found.connect(self.feature_menu.show_feature)
        self.searches = LayerSearches(self.scene, panels)
        self.search = MapSearch(session, panels, self.hits, self.searches, jobs, self)
        HiddenSites(self.toolbox, self.hits, panels, messages, self)
        MapMenu(canvas, self.toolbox, panels, views, messages, self.scenes, self)
        templates = TemplateDesk(panels, self.toolbox, messages, self._questions, self)
        self.site_menu = SiteMenu(session, self.toolbox, self.docks, panels, templates, self._questions, self)
        self.action_table = ActionTable(self)
        self._panel_focus = PanelFocus(self.docks, canvas)
        pasted = PasteDoors(self.opener.open, ask_server, self.hits.go)
        clipboard = Clipboard(session, panels, views, jobs, pasted, messages, self)
        canvas.picture_dropped.connect(clipboard.take_picture)
        for menu in (
            self.file_menu,
            EditMenu(session, self.toolbox, panels, clipboard, self.map_export, self.status, messages, self),
            self.view_menu,
            BookmarkMenu(session, self.bookmarks, self.docks, self),
            self.layer_menu,
            self.layer_menu.services,
            self.feature_menu,
            self.image_menu,
            CompareMenu(session, self.comparisons, self.comparison_bar.begin, self),
            self.site_menu,
            ToolsMenu(session, self.toolbox, self),
            PanelsMenu(session, self.docks, self._panel_focus, panels, self),
            HelpMenu(self.action_table, self.search, pool, jobs, messages, log_folder(data_folder()), self),
        ):
            self.action_table.add(menu)
        self.action_table.color(self.palette())
        menus = fill_menu_bar(self, self.action_table)
        recent = RecentMenu(settings.recent, menus["file"])
        recent.chosen.connect(self.file_menu.open_recent)
        menus["file"].insertMenu(self.action_table["open_demo"], recent)
        self._build_toolbar()
        self.toolbox.take(FIRST_TOOL)

    def _build_toolbar(self) -> None:
        self.toolbar = make_toolbar(self, self.action_table)
        self.addToolBar(self.toolbar)
        color_overflow(self.toolbar, self.palette())
        ToolButtons(self.toolbar, self.action_table, self.toolbox)

    def _connect(self) -> None:
        words = partial(words_of_panel, self.action_table)
        self._framed.follow(self.docks.arrangement.folds, self._panel_focus.switch, words)
        of_rows = {id_: self.action_table[id_] for id_ in ("report", "take_chip", "judge")}
        choices = {of_rows["judge"]: self.site_menu.choose_report}
        self._letters = LetterKeys(about_now(of_rows, self.panel_context), self.status.show_done, self, choices)
        session = self.session
        session.glimpsed.connect(self._show_glimpse)
        session.document_opened.connect(self._take_up)
        for follow in (self._go_to_case, self._show_recent, self.toolbox.begin_anew, self._look_for_recoverable):
            session.document_shown.connect(follow)
        session.state_changed.connect(self._show_state)
        self.panel_context.changed.connect(self.action_table.refresh_soon)
        self.offline.changed.connect(self.action_table.refresh_soon)
        self.toolbox.steps_changed.connect(self.action_table.refresh_soon)
        self.selection.changed.connect(self.action_table.refresh_soon)
        self.toolbox.drawn.connect(self.images.marks.note)
        self.toolbox.measured.connect(self.images.marks.note)
        self.toolbox.drawn.connect(lambda _uuid: self.docks.begin_drawn())
        self.docks.layer_tree.compare_wanted.connect(self.comparisons.compare_with)
        for end in (self.comparisons.end, self.marks_then.leave):
            self.toolbox.nothing_given_up.connect(end)
        self.scenes.date_chosen.connect(self.marks_then.show_date)
        for begun in (self.compared.compared, self.bars.searches.begun):
            begun.connect(self.marks_then.leave)
        self.panel_context.look.changed.connect(lambda: self.compared.hide_from(self.panel_context.look.blind))
        mark_filter = self.panel_context.mark_filter
        mark_filter.changed.connect(lambda: self.compared.show_only(mark_filter.shown))
        for shown in (self.comparisons.shown_changed, self.marks_then.changed, self.panel_context.look.changed):
            shown.connect(self._show_mode)
        self.selection.changed.connect(self._show_mode)
        self.docks.arrangement.changed.connect(self._show_mode)
        self.scene.problem_changed.connect(self.docks.layer_tree.set_problem)
        self.canvas.pane.picture.covered_changed.connect(self.docks.layer_tree.show_covered)
        self.scene.sites_problem_changed.connect(self._say_of_sites)
        self.compared.updated.connect(self.docks.looks.ask)
        self.panel_context.layer_previewed.connect(self.compared.preview_layer)
        self.panel_context.layer_shown.connect(self.toolbox.layer_changed)
        self.panel_context.shown_above.connect(self.canvas.show_above)
        self.compared.updated.connect(self.image_menu.look_again)
        self.feature_menu.hits_found.connect(self.docks.show_hits)
        self.layer_adder.added.connect(self._show_added)
        self.layer_adder.layer_added.connect(self.panel_context.show_layer)
        self.layer_adder.unplaced.connect(self.place_questions.ask)
        self.panel_context.layer_verbs.ask_place.connect(self.place_questions.ask_again)
        self.panel_context.layer_verbs.ask_reading.connect(self.layer_questions.choose_reading)
        self.panel_context.layer_verbs.save.connect(self.layer_export.save_layer)
        self.canvas.files_dropped.connect(self.opener.open)
        self.context.jobs.unheard.connect(self._say_unheard)
        self.file_menu.serve(self.start_page)
        self.start_page.demo_chosen.connect(self.action_table["open_demo"].trigger)
        self.cases.recent_changed.connect(self._show_recent)
        self.file_menu.quit_wanted.connect(self.close)
        self.view_menu.theme_changed.connect(self._recolor)
        self.view_menu.full_screen_wanted.connect(self._fill_screen)

    # -- what stands -------------------------------------------------------------------------------------------

    def is_idle(self) -> bool:
        """True when everything asked for is read, drawn and painted."""
        has_map = self.pages.currentWidget() is self.canvas
        return (
            self.session.is_idle
            and self.opener.is_idle
            and self.images.is_idle
            and self.map_export.is_idle
            and self.product_windows.is_idle
            and self.comparisons.is_idle
            and self.bars.searches.is_idle
            and self.scenes.is_idle
            and self.layer_menu.features.is_idle
            and self.context.is_idle()
            and not any(late.is_due for late in (self.docks.looks, self.docks.arrangement, self.upkeep))
            and (not has_map or self.canvas.is_idle())
        )

    def show_case_page(self) -> None:
        """Show the map while there is a case, else the start page."""
        is_begun = self.session.is_begun
        page: QWidget = self.glimpse.canvas or (self.canvas if is_begun else self.start_page)
        if self.pages.currentWidget() is not page:
            self.pages.setCurrentWidget(page)
            page.setFocus()
        self.docks.arrangement.set_shown(is_begun or self.glimpse.is_shown)
        self._show_mode()
        self.status.set_map_visible(is_begun and not self.glimpse.is_shown)

    def _show_mode(self) -> None:
        """Show a mode of the whole map, such as the map alone, in the status bar, with the way out of it."""
        is_alone = self.docks.arrangement.is_alone
        alone = self.tr("Map alone: F12 brings the panels back.") if is_alone else ""
        is_blind = self.panel_context.look.blind is not None
        blind = self.tr("Other observers’ rows are hidden (Shift+F9 shows them again).") if is_blind else ""
        self.status.show_mode(" ".join(filter(None, (alone, blind, self.comparisons.hint, self.marks_then.mode_hint))))
        self.toolbar.setVisible((self.session.is_begun or self.glimpse.is_shown) and not is_alone)

    def _show_glimpse(self, glimpse: Glimpse | None) -> None:
        """Show the first sites of a case that is being opened; None removes them, as the case was not opened."""
        if glimpse is None:
            self.glimpse.end()
        else:
            self.glimpse.show(glimpse, self._held_bounds)
        self.show_case_page()

    def _useless_meanwhile(self) -> list[QWidget]:
        return [self.toolbar, *self.docks.all()]

    def hold_bounds(self, lonlat: Bounds) -> None:
        """Keep the map at these bounds, whatever is opened (command line)."""
        self._held_bounds = lonlat

    def set_safe_mode(self, safe: bool) -> None:
        """Turn safe mode on or off: in it no layer is read or fetched, but all sites are shown."""
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
        """Offer on the start page the sessions that a crash left."""
        rows = [
            RecoverableCase(
                str(session.folder),
                session.title,
                session.last_edit_at,
                session.edits,
                session.marks,
                session.perhaps_open_on,
            )
            for session in cases
        ]
        self.start_page.set_recoverable(rows)

    def _look_for_recoverable(self) -> None:
        """Look for recoverable sessions anew at the start page: they may have been recovered, saved or discarded."""
        if not self.session.is_begun:
            self.session.find_recoverable(self.offer_recovery)

    def _take_up(self, opened: OpenDocument) -> None:
        """Show a document on the map, then in the panels, which show also what the map knows of its layers."""
        document, ahead = opened.document, opened.ahead
        self.compared.set_document(document, opened.base_folder, None if ahead is None else ahead.index)
        self.panel_context.set_document(document, None if ahead is None else ahead.marks)

    def _go_to_case(self) -> None:
        """Show the map in the view kept in the case, or where the analyst has moved the preview."""
        document = self.session.document
        preview_view = self.glimpse.end(document)
        self.show_case_page()
        if self.session.is_begun and self._held_bounds is not None:
            self.views.show_bounds(self._held_bounds, 0.0)
        elif self.session.is_begun:
            self.views.show_case(document.meta("viewport"), preview_view)

    def _show_state(self) -> None:
        """Show the state of the case in the window's title and the actions."""
        marks = self.tr(" (read-only)") if self.session.is_read_only else ""
        self.setWindowTitle(f"{self._case_name()}{marks}[*] – Geoloupe")
        self.setWindowModified(self.session.is_dirty)
        self.show_case_page()
        self.action_table.refresh_soon()

    def _case_name(self) -> str:
        """Title of the case, and the name of its file where that differs."""
        title, target = self.session.title, self.session.target
        names = [title] if target is None else [target.name] if title == target.stem else [title, target.name]
        return " – ".join(one_line(name, LONGEST_TITLE) for name in names).replace("[*]", "")

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
        self.compared.draw_anew(list(self.scene.drawings))
        self.access.drawn_anew()

    def _recolor(self) -> None:
        """Draw all icons in the present colours."""
        self.action_table.color(self.palette())
        self.start_page.recolor()
        self.docks.recolor()
        color_overflow(self.toolbar, self.palette())
        self.messages.changed.emit()

    def _fill_screen(self, full: bool) -> None:
        (self.showFullScreen if full else self.showNormal)()

    def _questions(self) -> Questions:
        return self.ask

    def event(self, event: QEvent) -> bool:
        """Refresh the actions before a key. Show status tips here: Qt would put an action's over the tool's hint."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self.action_table.refresh_if_due()
            return self._letters.takes(event) or super().event(event)
        if isinstance(event, QStatusTipEvent):
            self.status.show_tip(event.tip())
            return True
        return super().event(event)

    # -- drops, arrangement, end -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.opener.can_open(event.mimeData()):
            self.context.pool.expect()
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.opener.open_dropped(event.mimeData())
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes. A failure here is reported, and the window stays open."""
        event.ignore()
        self._is_asking = True
        try:
            if not self._may_close:
                self.saving.guarded(self._let_close)
        except GeoloupeError as error:
            self.messages.show("close", error.sentence, "error")
        finally:
            self._is_asking = False
        if self._may_close:
            self.place.keep()
            event.accept()
            self.closed.emit()

    def _let_close(self) -> None:
        """Close the window, as nothing would be lost: at once, or after the save that was asked for."""
        self._may_close = True
        if not self._is_asking:
            self.close()
