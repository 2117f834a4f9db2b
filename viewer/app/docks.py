"""The panels around the map: layers at the left, what is known about the sites at the right."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QTabWidget, QWidget

from viewer.app.actions import ActionTable
from viewer.panels.claim_form import ClaimFormPanel
from viewer.panels.claim_list import ClaimListPanel
from viewer.panels.context import PanelContext
from viewer.panels.layer_properties import LayerPropertiesPanel
from viewer.panels.layer_tree import LayerTreePanel
from viewer.panels.response_list import ResponseListPanel
from viewer.panels.site_form import SiteFormPanel
from viewer.panels.site_list import SiteListPanel
from viewer.panels.source_register import SourceRegisterPanel

LEFT_PX, RIGHT_PX = 250, 350
STATE_VERSION = 1


class Docks(QObject):
    """Owns the dock widgets; their ids are those of the panel actions."""

    def __init__(self, window: QMainWindow, context: PanelContext) -> None:
        super().__init__(window)
        self._window, self._context = window, context
        self.layer_tree = LayerTreePanel(context)
        self.claims, self.sources = ClaimListPanel(context), SourceRegisterPanel(context)
        self.responses = ResponseListPanel(context)
        self.details = QStackedWidget()
        self._pages: dict[str, tuple[QWidget, str]] = {
            "site_form": (SiteFormPanel(context), self.tr("Site")),
            "claim_form": (ClaimFormPanel(context), self.tr("Claim")),
            "layer_properties": (LayerPropertiesPanel(context), self.tr("Layer properties")),
        }
        for page, _title in self._pages.values():
            self.details.addWidget(page)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._docks = {
            "panel_layers": self._dock("panel_layers", self.tr("Layers"), self.layer_tree, left),
            "panel_sites": self._dock("panel_sites", self.tr("Sites"), SiteListPanel(context), right),
            "panel_claims": self._dock("panel_claims", self.tr("Claims"), self.claims, right),
            "panel_sources": self._dock("panel_sources", self.tr("Sources"), self.sources, right),
            "panel_responses": self._dock("panel_responses", self.tr("Responses"), self.responses, right),
            "panel_details": self._dock("panel_details", self.tr("Site"), self.details, right),
        }
        window.setTabPosition(right, QTabWidget.TabPosition.North)
        window.setDockNestingEnabled(True)
        self._wanted: dict[str, bool] = {}
        self.reset()
        context.panel_wanted.connect(self.show_panel)
        context.selection.changed.connect(self._selected)

    def __getitem__(self, id_: str) -> QDockWidget:
        return self._docks[id_]

    def connect_actions(self, actions: ActionTable) -> None:
        """Keep the checks of the panel actions true."""
        for id_, dock in self._docks.items():
            toggle = dock.toggleViewAction()
            toggle.toggled.connect(actions[id_].setChecked)
            actions[id_].setChecked(toggle.isChecked())

    def set_panel_visible(self, id_: str, visible: bool) -> None:
        self._docks[id_].setVisible(visible)
        if visible:
            self._docks[id_].raise_()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, by the panels' own names or an action's id."""
        if name in self._pages:
            page, title = self._pages[name]
            self.details.setCurrentWidget(page)
            self._docks["panel_details"].setWindowTitle(title)
            self.set_panel_visible("panel_details", True)
            return
        aliases = {
            "layer_tree": "panel_layers", "site_list": "panel_sites", "claim_list": "panel_claims",
            "source_register": "panel_sources", "response_list": "panel_responses",
        }  # fmt: skip
        id_ = aliases.get(name, name)
        if id_ in self._docks:
            self.set_panel_visible(id_, True)

    def reset(self) -> None:
        """Every panel at its place."""
        window, docks = self._window, self._docks
        for id_, dock in docks.items():
            dock.setFloating(False)
            left = id_ == "panel_layers"
            area = Qt.DockWidgetArea.LeftDockWidgetArea if left else Qt.DockWidgetArea.RightDockWidgetArea
            window.addDockWidget(area, dock)
            dock.show()
        window.splitDockWidget(docks["panel_sites"], docks["panel_details"], Qt.Orientation.Vertical)
        for id_ in ("panel_claims", "panel_sources", "panel_responses"):
            window.tabifyDockWidget(docks["panel_sites"], docks[id_])
        docks["panel_sites"].raise_()
        horizontal = [docks["panel_layers"], docks["panel_sites"]]
        window.resizeDocks(horizontal, [LEFT_PX, RIGHT_PX], Qt.Orientation.Horizontal)
        vertical = [docks["panel_sites"], docks["panel_details"]]
        window.resizeDocks(vertical, [340, 480], Qt.Orientation.Vertical)

    def set_shown(self, shown: bool) -> None:
        """Take all panels away while there is no case, and bring back those that stood."""
        if not shown and not self._wanted:
            self._wanted = {id_: not dock.isHidden() for id_, dock in self._docks.items()}
            for dock in self._docks.values():
                dock.hide()
        elif shown and self._wanted:
            for id_, visible in self._wanted.items():
                self._docks[id_].setVisible(visible)
            self._wanted = {}
            self._docks["panel_sites"].raise_()

    def state(self) -> str:
        """The arrangement, for the settings; empty while the panels are away."""
        if self._wanted:
            return ""
        return bytes(self._window.saveState(STATE_VERSION).toBase64().data()).decode("ascii")

    def restore(self, state: str) -> None:
        """An arrangement of another version is left out."""
        if state:
            self._window.restoreState(QByteArray.fromBase64(state.encode("ascii")), STATE_VERSION)

    def _selected(self) -> None:
        if len(self._context.selection):
            self.show_panel("site_form")

    def _dock(self, id_: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(id_)
        dock.setAccessibleName(title)
        dock.setWidget(panel)
        self._window.addDockWidget(area, dock)
        return dock
