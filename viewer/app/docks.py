"""The panels around the map: layers at the left, what is known about the sites at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDockWidget,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from viewer.app.actions import ActionTable
from viewer.canvas.feature_query import FeatureHit
from viewer.panels.context import PanelContext
from viewer.panels.form_page import FormPage
from viewer.panels.layer_tree import LayerTreePanel
from viewer.panels.site_list import SiteListPanel
from viewer.support.icons import line_icon

LEFT_PX, RIGHT_PX, BELOW_PX = 250, 350, 300
STATE_VERSION = 1
WARM_MS = 120
"""Between two panels that are made ahead of their first use."""

ALIASES = {
    "layer_tree": "panel_layers", "site_list": "panel_sites", "claim_list": "panel_claims",
    "source_register": "panel_sources", "response_list": "panel_responses", "acquisition": "panel_acquisition",
}  # fmt: skip
"""What the panels call each other."""


AREAS = {
    "panel_layers": Qt.DockWidgetArea.LeftDockWidgetArea, "panel_attributes": Qt.DockWidgetArea.BottomDockWidgetArea,
}  # fmt: skip
"""Where a panel stands that does not stand at the right."""
HIDDEN = frozenset({"panel_attributes"})
"""Panels that are there when they are asked for."""


class LatePanel(QWidget):
    """Stands for a panel until it is first shown or asked for: the program starts with what is seen."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self._make = make
        self._panel: QWidget | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._make_if_seen)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def panel(self) -> QWidget:
        if self._panel is None:
            self._panel = self._make()
            self._layout.addWidget(self._panel)
            self._panel.show()
        return self._panel

    @property
    def is_made(self) -> bool:
        return self._panel is not None

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is painted is seen, also while the window is arranged, when every tab is shown for a moment."""
        if not self.is_made:
            self._soon.start()
        super().paintEvent(event)

    def _make_if_seen(self) -> None:
        if self.isVisible():
            _made = self.panel


class Docks(QObject):
    """Owns the dock widgets; their ids are those of the panel actions."""

    def __init__(self, window: QMainWindow, context: PanelContext) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self._is_arranging = True
        self._actions: ActionTable | None = None
        self.layer_tree = LayerTreePanel(context)
        self.claims, self.sources = LatePanel(self._make_claims), LatePanel(self._make_sources)
        self.responses, self.acquisition = LatePanel(self._make_responses), LatePanel(self._make_acquisition)
        self.attributes = LatePanel(self._make_attributes)
        self.details = QStackedWidget()
        self.details.addWidget(FormPage(self.tr("Select a site on the map or in the list, or draw one.")))
        self._pages: dict[str, tuple[LatePanel, str]] = {
            "site_form": (LatePanel(self._make_site_form), self.tr("Site")),
            "claim_form": (LatePanel(self._make_claim_form), self.tr("Claim")),
            "layer_properties": (LatePanel(self._make_layer_properties), self.tr("Layer")),
            "identify": (LatePanel(self._make_identify), self.tr("Identify")),
        }
        for page, _title in self._pages.values():
            self.details.addWidget(page)
        self._docks = {
            "panel_layers": self._dock("panel_layers", self.tr("Layers"), self.layer_tree),
            "panel_sites": self._dock("panel_sites", self.tr("Sites"), SiteListPanel(context)),
            "panel_claims": self._dock("panel_claims", self.tr("Claims"), self.claims),
            "panel_sources": self._dock("panel_sources", self.tr("Sources"), self.sources),
            "panel_responses": self._dock("panel_responses", self.tr("Responses"), self.responses),
            "panel_acquisition": self._dock("panel_acquisition", self.tr("Acquisition"), self.acquisition),
            "panel_details": self._dock("panel_details", self.tr("Site"), self.details),
            "panel_attributes": self._dock("panel_attributes", self.tr("Attributes"), self.attributes),
        }
        window.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, QTabWidget.TabPosition.North)
        window.setDockNestingEnabled(True)
        # Forms need the height at the right, tables the width below.
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._wanted: dict[str, bool] = {}
        self._away = ""
        # Hidden panels take no sizes: shares are dealt when they first show, unless an arrangement is known.
        self._first_shares = QTimer(self, singleShot=True, interval=0)
        self._first_shares.timeout.connect(self._share_out)
        self._has_shares = False
        self._warm = QTimer(self, interval=WARM_MS)
        self._warm.timeout.connect(self._make_next)
        self.reset()
        self.recolor()
        context.panel_wanted.connect(self.show_panel)
        context.selection.changed.connect(self._selected)

    def __getitem__(self, id_: str) -> QDockWidget:
        return self._docks[id_]

    def all(self) -> list[QDockWidget]:
        return list(self._docks.values())

    def connect_actions(self, actions: ActionTable) -> None:
        """Keep the checks of the panel actions true."""
        self._actions = actions
        for id_, dock in self._docks.items():
            toggle = dock.toggleViewAction()
            toggle.toggled.connect(actions[id_].setChecked)
            actions[id_].setChecked(toggle.isChecked())

    def warm_up(self) -> None:
        """Make the other panels one by one, so that the first use of each is as quick as the second."""
        self._warm.start()

    # -- showing -----------------------------------------------------------------------------------------------

    def set_panel_visible(self, id_: str, visible: bool) -> None:
        """Show a panel in front, or put it away; one that is open behind another tab comes to the front instead."""
        dock = self._docks[id_]
        is_behind = dock.isVisible() and dock.visibleRegion().isEmpty()
        was_hidden = dock.isHidden()
        dock.setVisible(visible or is_behind)
        if visible or is_behind:
            dock.raise_()
        if visible and was_hidden and dock.height() < BELOW_PX and id_ in HIDDEN:
            self._window.resizeDocks([dock], [BELOW_PX], Qt.Orientation.Vertical)
        if self._actions is not None:
            self._actions[id_].setChecked(visible or is_behind)
        self._name_tabs()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, by the panels' own names or an action's id."""
        if name in self._pages:
            page, title = self._pages[name]
            _made = page.panel
            self.details.setCurrentWidget(page)
            self._docks["panel_details"].setWindowTitle(title)
            self.set_panel_visible("panel_details", True)
            return
        id_ = ALIASES.get(name, name)
        if id_ in self._docks:
            self.set_panel_visible(id_, True)

    def recolor(self) -> None:
        """The title bars' buttons in our own icons; Qt's are drawn for a light ground."""
        for dock in self._docks.values():
            title, palette = dock.accessibleName(), self._window.palette()
            for name, icon, text in (
                ("qt_dockwidget_closebutton", "close", self.tr("Close the panel {0}")),
                ("qt_dockwidget_floatbutton", "float", self.tr("Take the panel {0} out of the window")),
            ):
                button = dock.findChild(QAbstractButton, name)
                if button is not None:
                    button.setIcon(line_icon(icon, palette))
                    button.setAccessibleName(text.format(title))
                    button.setToolTip(text.format(title))

    def look_again(self) -> None:
        """A layer's file may have become known: the panels say more then."""
        self.layer_tree.look_again()
        for late in (self._pages["layer_properties"][0], self.acquisition):
            if late.is_made and late.isVisible():
                look = getattr(late.panel, "look_again", None)
                assert callable(look)
                look()

    def reset(self) -> None:
        """Every panel at its place."""
        window, docks = self._window, self._docks
        self._is_arranging = True
        for id_, dock in docks.items():
            dock.setFloating(False)
            window.addDockWidget(AREAS.get(id_, Qt.DockWidgetArea.RightDockWidgetArea), dock)
            dock.setVisible(id_ not in HIDDEN)
        window.splitDockWidget(docks["panel_sites"], docks["panel_details"], Qt.Orientation.Vertical)
        for id_ in ("panel_claims", "panel_sources", "panel_responses"):
            window.tabifyDockWidget(docks["panel_sites"], docks[id_])
        window.tabifyDockWidget(docks["panel_details"], docks["panel_acquisition"])
        docks["panel_details"].raise_()
        docks["panel_sites"].raise_()
        self._share_out()
        self._is_arranging = False
        self._name_tabs()

    def _share_out(self) -> None:
        """Forms get more height than lists."""
        window, docks = self._window, self._docks
        horizontal = [docks["panel_layers"], docks["panel_sites"]]
        window.resizeDocks(horizontal, [LEFT_PX, RIGHT_PX], Qt.Orientation.Horizontal)
        vertical = [docks["panel_sites"], docks["panel_details"], docks["panel_attributes"]]
        window.resizeDocks(vertical, [340, 480, BELOW_PX], Qt.Orientation.Vertical)
        QTimer.singleShot(0, self._drop_ghosts)  # once the docks are where they will be

    def _drop_ghosts(self) -> None:
        """Hide tab bars that Qt has left standing where their docks no longer are, when all came back at once."""
        bars = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        shown = [bar for bar in bars if bar.isVisible()]
        heads = {(dock.x(), dock.y()) for dock in self._docks.values() if dock.isVisible()}
        titles = [[bar.tabText(at) for at in range(bar.count())] for bar in shown]
        for bar, mine in zip(shown, titles, strict=True):
            if titles.count(mine) > 1 and (bar.x(), bar.y() + bar.height()) not in heads:
                bar.hide()

    def set_shown(self, shown: bool) -> None:
        """Take all panels away while there is no case, and bring back those that stood."""
        if not shown and not self._wanted:
            self._away = self.state() if self._has_shares else ""
            self._wanted = {id_: not dock.isHidden() for id_, dock in self._docks.items()}
            for dock in self._docks.values():
                dock.hide()
        elif shown and self._wanted:
            self._is_arranging = True
            for id_, visible in self._wanted.items():
                self._docks[id_].setVisible(visible)
            self._wanted = {}
            for front in ("panel_details", "panel_sites"):
                self._docks[front].raise_()
            self._is_arranging = False
            self._name_tabs()
            self.restore(self._away)
            if not self._has_shares:
                self._has_shares = True
                self._first_shares.start()
            else:
                QTimer.singleShot(0, self._drop_ghosts)

    def _name_tabs(self) -> None:
        """The window makes tab bars as docks are put on each other; a screen reader wants to know what they are."""
        for tabs in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not tabs.accessibleName():
                tabs.setAccessibleName(self.tr("Panels"))
                tabs.currentChanged.connect(self._tab_chosen)

    def _tab_chosen(self, at: int) -> None:
        tabs = self.sender()
        if self._is_arranging or not isinstance(tabs, QTabBar):
            return
        for dock in self._docks.values():
            late = dock.widget()
            if dock.windowTitle() == tabs.tabText(at) and isinstance(late, LatePanel):
                _made = late.panel

    def state(self) -> str:
        """The arrangement, for the settings; while the panels are away, how they will come back."""
        if self._wanted:
            return self._away
        return bytes(self._window.saveState(STATE_VERSION).toBase64().data()).decode("ascii")

    def restore(self, state: str) -> None:
        """Take up an arrangement, at the latest when the panels are shown; a broken or another version's is left."""
        if self._wanted:
            self._away = state
            return
        if not state:
            return
        self._is_arranging = True
        known = QByteArray.fromBase64(state.encode("ascii", "ignore"))
        self._has_shares = self._window.restoreState(known, STATE_VERSION) or self._has_shares
        self._is_arranging = False
        self._name_tabs()

    def _selected(self) -> None:
        if len(self._context.selection):
            self.show_panel("site_form")

    def _dock(self, id_: str, title: str, panel: QWidget) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(id_)
        dock.setAccessibleName(title)
        dock.setWidget(panel)
        return dock

    def make_all(self) -> None:
        """Make every panel that is not there yet."""
        for late in self._late():
            _made = late.panel

    # -- made late ---------------------------------------------------------------------------------------------

    def _make_next(self) -> None:
        waiting = [late for late in self._late() if not late.is_made]
        if waiting:
            _made = waiting[0].panel
        else:
            self._warm.stop()

    def _late(self) -> list[LatePanel]:
        pages = [page for page, _title in self._pages.values()]
        return [*pages, self.claims, self.sources, self.responses, self.acquisition, self.attributes]

    def _make_claims(self) -> QWidget:
        from viewer.panels.claim_list import ClaimListPanel  # for start-up time: another tab is in front

        return ClaimListPanel(self._context)

    def _make_sources(self) -> QWidget:
        from viewer.panels.source_register import SourceRegisterPanel  # for start-up time: another tab is in front

        return SourceRegisterPanel(self._context)

    def _make_responses(self) -> QWidget:
        from viewer.panels.response_list import ResponseListPanel  # for start-up time: another tab is in front

        return ResponseListPanel(self._context)

    def _make_acquisition(self) -> QWidget:
        from viewer.panels.acquisition_panel import AcquisitionPanel  # for start-up time: another tab is in front

        return AcquisitionPanel(self._context)

    def _make_attributes(self) -> QWidget:
        from viewer.panels.attribute_table import AttributeTablePanel  # for start-up time: hidden at first

        assert self._context.features is not None
        return AttributeTablePanel(self._context, self._context.features)

    def _make_identify(self) -> QWidget:
        from viewer.panels.identify_panel import IdentifyPanel  # for start-up time: nothing is identified yet

        assert self._context.features is not None
        return IdentifyPanel(self._context, self._context.features)

    def show_hits(self, hits: list[FeatureHit]) -> None:
        """List what a click found."""
        show = getattr(self._pages["identify"][0].panel, "show_hits", None)
        assert callable(show)
        show(hits)

    def _make_site_form(self) -> QWidget:
        from viewer.panels.site_form import SiteFormPanel  # for start-up time: nothing is selected yet

        return SiteFormPanel(self._context)

    def _make_claim_form(self) -> QWidget:
        from viewer.panels.claim_form import ClaimFormPanel  # for start-up time: nothing is selected yet

        return ClaimFormPanel(self._context)

    def _make_layer_properties(self) -> QWidget:
        from viewer.panels.layer_properties import LayerPropertiesPanel  # for start-up time: nothing is selected yet

        return LayerPropertiesPanel(self._context)
