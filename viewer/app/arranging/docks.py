"""The panels around the map: layers and lists at the left, the inspector of the selected record at the right."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QApplication, QDockWidget, QMainWindow, QStackedWidget, QWidget

from viewer.app.arranging.arrangement import Arrangement
from viewer.app.arranging.inspector_trail import InspectorTrail
from viewer.app.arranging.panel_layouts import BELOW_PX, WindowRoom
from viewer.canvas.feature_query import FeatureHit
from viewer.canvas.image_below import PlaceHits
from viewer.panels.bookmarks.bookmark_desk import BookmarkDesk
from viewer.panels.comparisons.comparison_desk import ComparisonDesk
from viewer.panels.context import PanelContext
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.products.product_desk import ProductDesk
from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.widgets.form_page import FormPage
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.support.icons import line_icon
from viewer.support.jobs import Jobs
from viewer.support.language.text import one_line
from viewer.support.paced_look import PacedLook

WARM_MS = 120
"""Pause between two panels that are made ahead of their first use."""

LONGEST_NAME = 40
"""Most letters of a layer's name in the title of a panel below the map."""
LEAST_TREE_PX = 40
"""Least height of the layer tree: the lists below it then fit on a small screen with large letters."""

ALIASES = {
    "layer_tree": "panel_layers",
    "site_list": "panel_sites",
    "claim_list": "panel_claims",
    "source_register": "panel_sources",
    "response_list": "panel_responses",
    "bookmark_list": "panel_bookmarks",
    "comparison_list": "panel_comparisons",
    "product_list": "panel_products",
    "search_list": "panel_searches",
    "measurement_list": "panel_measurements",
    "time_strip": "panel_time_strip",
    "observation_sheet": "panel_observations",
    "history": "panel_history",
    "find": "panel_find",
    "timeline": "panel_timeline",
    "acquisition": "panel_acquisition",
}
"""Ids of docks by the names that panels use for each other."""


class PanelMakers(Struct, frozen=True):
    """Functions that make panels which need more than the context, at their first use."""

    time_strip: Callable[[], QWidget]
    observations: Callable[[], QWidget]
    searches: Callable[[], QWidget]
    timeline: Callable[[], QWidget]


class Docks(QObject):
    """Owns the dock widgets; their ids are those of the panel actions."""

    panel_switched = Signal()
    """A panel was shown, hidden or asked for."""
    form_left = Signal()
    """A form that has the focus is about to be replaced: Qt would move the focus into the new form."""

    def __init__(
        self,
        window: QMainWindow,
        context: PanelContext,
        bookmarks: BookmarkDesk,
        comparisons: ComparisonDesk,
        products: ProductDesk,
        makers: PanelMakers,
        hold_map: Callable[[], Callable[[], None]],
    ) -> None:
        """`hold_map` returns a call that puts the content of the map back to its present place on the screen."""
        super().__init__(window)
        self._window, self._context = window, context
        self._bookmark_desk, self._comparison_desk, self._product_desk = bookmarks, comparisons, products
        self._sized: set[str] = set()
        """Panels below the map that have had their first height; from then on the analyst sets it."""
        self.looks = PacedLook(self.look_again, self)
        self.layer_tree = LayerTreePanel(context)
        self.layer_tree.view.setMinimumHeight(LEAST_TREE_PX)
        self.claims, self.sources = LazyPanel(self._make_claims), LazyPanel(self._make_sources)
        self.responses, self.acquisition = LazyPanel(self._make_responses), LazyPanel(self._make_acquisition)
        self.measurements, self.comparisons = LazyPanel(self._make_measurements), LazyPanel(self._make_comparisons)
        self.attributes, self.bookmarks = LazyPanel(self._make_attributes), LazyPanel(self._make_bookmarks)
        self.time_strip, self.products = LazyPanel(makers.time_strip), LazyPanel(self._make_products)
        self.observations, self.searches = LazyPanel(makers.observations), LazyPanel(makers.searches)
        self.history, self.find, self.timeline = map(LazyPanel, (self._make_history, self._make_find, makers.timeline))
        self.details = QStackedWidget()
        self.details.addWidget(FormPage(self.tr("Select a site on the map or in the list, or draw one.")))
        self._pages = self._make_pages()
        for page, _title in self._pages.values():
            self.details.addWidget(page)
        self._docks = {
            "panel_layers": self._dock("panel_layers", self.tr("Layers"), self.layer_tree),
            "panel_sites": self._dock("panel_sites", self.tr("Sites"), SiteListPanel(context)),
            "panel_claims": self._dock("panel_claims", self.tr("Claims"), self.claims),
            "panel_sources": self._dock("panel_sources", self.tr("Sources"), self.sources),
            "panel_responses": self._dock("panel_responses", self.tr("Responses"), self.responses),
            "panel_bookmarks": self._dock("panel_bookmarks", self.tr("Bookmarks"), self.bookmarks),
            "panel_comparisons": self._dock("panel_comparisons", self.tr("Comparisons"), self.comparisons),
            "panel_products": self._dock("panel_products", self.tr("Products"), self.products),
            "panel_searches": self._dock("panel_searches", self.tr("Searches"), self.searches),
            "panel_find": self._dock("panel_find", self.tr("Find"), self.find),
            "panel_measurements": self._dock("panel_measurements", self.tr("Measurements"), self.measurements),
            "panel_acquisition": self._dock("panel_acquisition", self.tr("Acquisition"), self.acquisition),
            "panel_details": self._dock("panel_details", self.tr("Details"), self.details),
            "panel_attributes": self._dock("panel_attributes", self.tr("Attributes"), self.attributes),
            "panel_time_strip": self._dock("panel_time_strip", self.tr("Time Strip"), self.time_strip),
            "panel_timeline": self._dock("panel_timeline", self.tr("Timeline"), self.timeline),
            "panel_observations": self._dock("panel_observations", self.tr("Observations"), self.observations),
            "panel_history": self._dock("panel_history", self.tr("History"), self.history),
        }
        titles = {name: title for name, (_page, title) in self._pages.items()}
        self.arrangement = self._arrange(hold_map)
        self.trail = InspectorTrail(self._docks["panel_details"], titles, context, self.arrangement.tabs)
        self._warm = QTimer(self, interval=WARM_MS)
        self._warm.timeout.connect(self._make_next)
        self._show_what_is_wanted()
        for chosen in (context.selection.changed, context.selection.chosen_again):
            chosen.connect(self._selected)
        self.layer_tree.view.clicked.connect(self._layer_clicked)

    def _make_pages(self) -> dict[str, tuple[LazyPanel, str]]:
        """The forms of the inspector with their titles."""
        return {
            "site_form": (LazyPanel(self._make_site_form), self.tr("Site")),
            "claim_form": (LazyPanel(self._make_claim_form), self.tr("Claim")),
            "source_form": (LazyPanel(self._make_source_form), self.tr("Source")),
            "response_form": (LazyPanel(self._make_response_form), self.tr("Response")),
            "layer_properties": (LazyPanel(self._make_layer_properties), self.tr("Layer")),
            "identify": (LazyPanel(self._make_identify), self.tr("Identify")),
        }

    def __getitem__(self, id_: str) -> QDockWidget:
        return self._docks[id_]

    def all(self) -> list[QDockWidget]:
        return list(self._docks.values())

    def is_panel_shown(self, id_: str) -> bool:
        """True where a panel stands in the window, even behind another tab or folded into the edge."""
        return self._docks[id_].toggleViewAction().isChecked() or bool(self.arrangement.folds.side_of(id_))

    def warm_up(self, jobs: Jobs) -> None:
        """Make the remaining panels one by one, so that the first use of each is as quick as the second.

        A job imports their modules first.
        """
        jobs.run(lambda _: load_panels(), lambda _: self._warm.start(), lambda _: self._warm.start())

    def _show_what_is_wanted(self) -> None:
        self._context.panel_wanted.connect(self.show_panel)
        self._context.typing_wanted.connect(self.begin_typing)
        self._context.field_wanted.connect(self.begin_field)
        self._context.history_wanted.connect(self.show_history)
        context = self._context
        context.layer_shown.connect(self._layer_shown)
        for emptied in (context.layer_shown, context.claim_shown, context.row_shown, context.document_replaced):
            emptied.connect(self.arrangement.folds.look_soon)

    # -- showing -----------------------------------------------------------------------------------------------

    def set_panel_visible(self, id_: str, visible: bool) -> None:
        """Show a panel in front, or hide it. Hiding one that is behind another tab brings it to the front instead."""
        dock, folds = self._docks[id_], self.arrangement.folds
        if visible:
            self.arrangement.set_alone(False)
            if side := folds.side_of(id_):
                self._make_front(dock)
                folds.unfold(side, id_)
        is_behind = dock.isVisible() and dock.visibleRegion().isEmpty()
        if visible and dock.isVisible() and not is_behind:
            return
        was_hidden = dock.isHidden()
        if visible and was_hidden:
            self.arrangement.gather_below(id_)
        dock.setVisible(visible or is_behind)
        if visible or is_behind:
            dock.raise_()
        is_first = visible and was_hidden and id_ in BELOW_PX and id_ not in self._sized
        below_px = WindowRoom(self._window.width(), self._window.height()).below_px(id_) if id_ in BELOW_PX else 0
        if is_first or (visible and was_hidden and dock.height() < below_px):
            self._sized.add(id_)
            self._window.resizeDocks([dock], [below_px], Qt.Orientation.Vertical)
        self.panel_switched.emit()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, named by a form, by one of `ALIASES` or by the id of its dock."""
        if name in self._pages:
            self._turn_to(name)
            self.set_panel_visible("panel_details", True)
            return
        id_ = ALIASES.get(name, name)
        if id_ in self._docks:
            self.set_panel_visible(id_, True)

    def _turn_to(self, name: str) -> None:
        """Turn the inspector to a form, even where the inspector is hidden."""
        page, _title = self._pages[name]
        _made = page.panel
        shown, focus = self.details.currentWidget(), QApplication.focusWidget()
        if shown is not None and page is not shown and focus is not None and shown.isAncestorOf(focus):
            self.form_left.emit()
        self.details.setCurrentWidget(page)
        self.trail.show_page(name)

    def begin_drawn(self) -> None:
        """Begin the form of a mark that was just drawn; while the map stands alone, the panels stay hidden."""
        if self.arrangement.is_alone:
            self._turn_to("site_form")
        else:
            self.begin_typing("site_form")

    def begin_typing(self, name: str) -> None:
        """Bring a form or a panel to the front, with the keyboard in its first field, or in its cells."""
        self.show_panel(name)
        late = self._pages[name][0] if name in self._pages else self._docks[ALIASES.get(name, name)].widget()
        assert isinstance(late, LazyPanel)
        begin = getattr(late.panel, "begin", None)
        assert callable(begin)
        begin()

    def begin_field(self, name: str, column: str) -> None:
        """Bring a form to the front, with the keyboard in a column's field, or in the first one where there is none."""
        from viewer.panels.widgets.field_set import lead_to_column  # for start-up time

        self.show_panel(name)

        lead_to_column(self._pages[name][0].panel, column)

    def recolor(self) -> None:
        """Give the title bars' buttons our own icons: Qt's are drawn for a light background."""
        for dock in self._docks.values():
            self._color_buttons(dock)

    def _color_buttons(self, dock: QDockWidget) -> None:
        """Set our icons on the title bar of a panel: Qt restores its own whenever a panel is taken out or put back."""
        title, palette = dock.accessibleName(), self._window.palette()
        back = self.tr("Put the panel {0} back into the window")
        out = self.tr("Take the panel {0} out of the window")
        for name, icon, text in (
            ("qt_dockwidget_closebutton", "close", self.tr("Close the panel {0}")),
            ("qt_dockwidget_floatbutton", "float", back if dock.isFloating() else out),
        ):
            button = dock.findChild(QAbstractButton, name)
            if button is not None:
                button.setIcon(line_icon(icon, palette))
                button.setAccessibleName(text.format(title))
                button.setToolTip(text.format(title))

    def look_again(self) -> None:
        """Refresh the panels that show facts of layers: the file of one may have been read meanwhile."""
        self.layer_tree.look_again()
        for late in (self._pages["layer_properties"][0], self.acquisition, self.timeline):
            if late.is_made and late.isVisible():
                look = getattr(late.panel, "look_again", None)
                assert callable(look)
                look()

    def _is_empty(self, id_: str) -> bool:
        """True for a panel that shows no more than a hint on how to fill it."""
        from viewer.panels.named_lists.named_list import NamedListPanel  # for start-up time: none is shown yet

        panel: QWidget | None = self._docks[id_].widget()
        if isinstance(panel, QStackedWidget) and not isinstance(panel, FormPage):
            panel = panel.currentWidget()
        if isinstance(panel, LazyPanel):
            panel = panel.panel if panel.is_made else None
        if isinstance(panel, NamedListPanel):
            return panel.is_empty
        page = getattr(panel, "page", panel)
        return isinstance(page, FormPage) and page.is_empty

    def _make_front(self, dock: QDockWidget) -> None:
        late = dock.widget()
        if isinstance(late, LazyPanel):
            _made = late.panel

    def _selected(self) -> None:
        if not len(self._context.selection):
            self.arrangement.folds.look_soon()
        elif self.arrangement.is_alone:
            self._turn_to("site_form")
        else:
            self.show_panel("site_form")

    def _layer_shown(self, uuid: str) -> None:
        """Show the layer's properties where the inspector is in sight and the layer tree has the keyboard."""
        if uuid and self._docks["panel_details"].isVisible() and self.layer_tree.view.hasFocus():
            self.show_panel("layer_properties")

    def _layer_clicked(self) -> None:
        self._layer_shown(self._context.layer_uuid)

    def _arrange(self, hold_map: Callable[[], Callable[[], None]]) -> Arrangement:
        arrangement = Arrangement(self._window, self._docks, self._is_empty, hold_map)
        arrangement.front_chosen.connect(self._make_front)
        arrangement.taken_up.connect(self.recolor)
        self.recolor()
        return arrangement

    def _dock(self, id_: str, title: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(id_)
        dock.setAccessibleName(title)
        dock.setWidget(panel)
        dock.toggleViewAction().toggled.connect(self.panel_switched)
        dock.topLevelChanged.connect(lambda _floats: self._color_buttons(dock))
        return dock

    def waiting(self) -> list[LazyPanel]:
        """Panels, and parts of panels, that are still to be made."""
        pages = [page for page, _title in self._pages.values()]
        lists = [self.claims, self.sources, self.responses, self.bookmarks, self.measurements, self.comparisons]
        first = [*pages, *lists, self.products, self.searches, self.acquisition, self.attributes, self.time_strip]
        first += [self.observations, self.history, self.find, self.timeline]
        late = dict.fromkeys([*first, *self._window.findChildren(LazyPanel)])
        return [panel for panel in late if not panel.is_made]

    # -- made late ---------------------------------------------------------------------------------------------

    def _make_next(self) -> None:
        waiting = self.waiting()
        if waiting:
            _made = waiting[0].panel
        else:
            self._warm.stop()

    def show_printing(self) -> None:
        """Open the issued product that prints the inspector's row, or say that there is none."""
        row = self.trail.row
        if row is None:
            self._context.report(self.tr("Choose a site, claim, source or answer first: its products are opened then."))
        else:
            self._product_desk.show_printing(*row, self.details)

    def show_history(self, table: str, uuid: str) -> None:
        """List the changes of a row in the panel of the history; for an empty uuid the deletions of rows of a table,
        and for an empty table all changes.
        """
        self.show_panel("panel_history")
        show = getattr(self.history.panel, "show_row", None)
        assert callable(show)
        show(table, uuid)

    def show_history_of_shown(self) -> None:
        """List the changes of the inspector's row, or say that there is none."""
        row = self.trail.row
        if row is None:
            self._context.report(self.tr("Choose a site, claim, source or answer first: its history is listed then."))
        else:
            self.show_history(*row)

    def _make_claims(self) -> QWidget:
        from viewer.panels.claims.claim_list import ClaimListPanel  # for start-up time: another is in front

        return ClaimListPanel(self._context)

    def _make_sources(self) -> QWidget:
        from viewer.panels.sources.source_register import SourceRegisterPanel  # for start-up time: another is in front

        return SourceRegisterPanel(self._context)

    def _make_responses(self) -> QWidget:
        from viewer.panels.claims.response_list import ResponseListPanel  # for start-up time: another is in front

        return ResponseListPanel(self._context)

    def _make_bookmarks(self) -> QWidget:
        from viewer.panels.bookmarks.bookmark_list import BookmarkListPanel  # for start-up time: another is in front

        return BookmarkListPanel(self._bookmark_desk)

    def _make_comparisons(self) -> QWidget:
        from viewer.panels.comparisons.comparison_list import ComparisonListPanel  # start-up time: another is in front

        return ComparisonListPanel(self._comparison_desk)

    def _make_products(self) -> QWidget:
        from viewer.panels.products.product_list import ProductListPanel  # for start-up time: another is in front

        return ProductListPanel(self._product_desk)

    def _make_history(self) -> QWidget:
        from viewer.panels.history import history_panel  # for start-up time: hidden at first

        return history_panel.HistoryPanel(self._context)

    def _make_find(self) -> QWidget:
        from viewer.panels.finding import find_panel  # for start-up time: hidden at first

        return find_panel.FindPanel(self._context)

    def _make_measurements(self) -> QWidget:
        # for start-up time: another is in front
        from viewer.panels.measurements.measurement_list import MeasurementListPanel

        return MeasurementListPanel(self._context)

    def _make_acquisition(self) -> QWidget:
        from viewer.panels.layers.acquisition_panel import AcquisitionPanel  # for start-up time: another is in front

        panel = AcquisitionPanel(self._context)
        panel.date_wanted.connect(self._type_date)
        return panel

    def _type_date(self) -> None:
        """Move the keyboard to the date field of the current layer."""
        begin = getattr(self._pages["layer_properties"][0].panel, "begin_date", None)
        assert callable(begin)
        begin()

    def _make_attributes(self) -> QWidget:
        from viewer.panels.attributes import attribute_table  # for start-up time: hidden at first

        assert self._context.layers.features is not None
        panel = attribute_table.AttributeTablePanel(self._context, self._context.layers.features)
        panel.layer_named.connect(self._name_attributes)
        return panel

    def _name_attributes(self, layer: str) -> None:
        """Put the name of the layer whose attributes are listed into the panel's title.

        They may not be the current layer's: choosing a layer without any, such as an image, leaves the list as it is.
        """
        dock, name = self._docks["panel_attributes"], one_line(layer, LONGEST_NAME)
        dock.setWindowTitle(f"{dock.accessibleName()}: {name}" if name else dock.accessibleName())

    def _make_identify(self) -> QWidget:
        from viewer.panels.attributes import identify_panel  # start-up time: nothing identified yet

        assert self._context.layers.features is not None
        return identify_panel.IdentifyPanel(self._context, self._context.layers.features)

    def show_hits(self, hits: list[FeatureHit], place: PlaceHits | None = None) -> None:
        """List the features at a click in the Identify panel."""
        show = getattr(self._pages["identify"][0].panel, "show_hits", None)
        assert callable(show)
        show(hits, place)

    def _make_site_form(self) -> QWidget:
        from viewer.panels.sites.site_form import SiteFormPanel  # start-up time: nothing selected yet

        return SiteFormPanel(self._context, self._pages["site_form"][0])

    def _make_claim_form(self) -> QWidget:
        from viewer.panels.claims.claim_form import ClaimFormPanel  # start-up time: nothing selected yet

        return ClaimFormPanel(self._context)

    def _make_source_form(self) -> QWidget:
        from viewer.panels.sources.source_form import SourceForm  # start-up time: nothing selected yet

        return SourceForm(self._context)

    def attach_to_source(self) -> None:
        """Ask for files to be kept with the source that its form shows."""
        choose = getattr(getattr(self._pages["source_form"][0].panel, "copies", None), "choose", None)
        assert callable(choose)
        choose()

    def _make_response_form(self) -> QWidget:
        from viewer.panels.claims.response_form import ResponseForm  # start-up time: nothing selected yet

        return ResponseForm(self._context)

    def _make_layer_properties(self) -> QWidget:
        from viewer.panels.layers.layer_properties import LayerPropertiesPanel  # start-up time: nothing selected yet

        return LayerPropertiesPanel(self._context)


def load_panels() -> None:
    """Import the modules of the panels that are made later. For any thread."""
    # Whoever makes a panel finds it loaded. Here for start-up time.
    from layers.product.lint import check  # noqa: F401
    from viewer.app.products import product_pages, product_window  # noqa: F401
    from viewer.panels.attributes import attribute_table, identify_panel  # noqa: F401
    from viewer.panels.bookmarks import bookmark_list  # noqa: F401
    from viewer.panels.claims import claim_form, claim_list, response_form, response_list  # noqa: F401
    from viewer.panels.comparisons import comparison_list  # noqa: F401
    from viewer.panels.finding import find_panel  # noqa: F401
    from viewer.panels.history import history_panel  # noqa: F401
    from viewer.panels.layers import acquisition_panel, layer_properties  # noqa: F401
    from viewer.panels.measurements import measurement_list  # noqa: F401
    from viewer.panels.observations import observation_sheet  # noqa: F401
    from viewer.panels.products import product_list  # noqa: F401
    from viewer.panels.searches import search_bar, search_dialog, search_list  # noqa: F401
    from viewer.panels.sites import site_form  # noqa: F401
    from viewer.panels.sources import source_form, source_register  # noqa: F401
    from viewer.panels.time_strip import time_strip_panel  # noqa: F401
    from viewer.panels.timeline import timeline_panel  # noqa: F401
