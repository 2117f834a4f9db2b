"""Handlers of the Edit, Layer and Site menus that change the case, by the commands and panels that are there anyway."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QWidget

from viewer.app.docks import Docks
from viewer.commands.layers import remove_layers
from viewer.commands.sites import delete_sites
from viewer.panels.context import PanelContext
from viewer.panels.widgets.late_panel import LatePanel


class CaseVerbs(QObject):
    """Refusals go to the message line."""

    def __init__(self, context: PanelContext, docks: Docks, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._docks, self._window = context, docks, window

    def delete_selected(self) -> None:
        if len(self._context.selection):
            title = self.tr("Deleting sites")
            self._context.do_for_many(title, delete_sites, self._context.selection.uuids)

    def select_all(self) -> None:
        self._context.selection.set(self._context.document.sites)

    def remove_layer(self) -> None:
        if self._context.layer_uuid:
            self._context.do(remove_layers, [self._context.layer_uuid])

    def show_layer_properties(self) -> None:
        self._docks.show_panel("layer_properties")

    def add_claim(self) -> None:
        self._press("panel_claims", self._docks.claims)

    def add_source(self) -> None:
        self._press("panel_sources", self._docks.sources)

    def add_response(self) -> None:
        self._press("panel_responses", self._docks.responses)

    def add_imagery(self) -> None:
        from viewer.panels.layers.add_imagery import AddImageryDialog  # for start-up time

        AddImageryDialog(self._context, self._window).open()

    def _press(self, name: str, late: LatePanel) -> None:
        """The panel's own button, so that the new row is shown where it is filled in."""
        self._docks.show_panel(name)
        button = getattr(late.panel, "add_button", None)
        assert isinstance(button, QAbstractButton)
        button.click()
