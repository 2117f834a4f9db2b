"""Keeps the ways in which servers were found to answer: in the case, in the settings, and in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt

from layers.document.changes import Changes
from layers.document.layer import Layer
from layers.services.imagery_entry import host_of_address
from layers.services.offers.axis_order import AxisOrder, order_of, server_key
from layers.services.tile_service import TileService
from viewer.panels.context import PanelContext
from viewer.rendering.server_ways import ServerWays
from viewer.support.language.text import one_line
from viewer.support.messages import MessageAction
from viewer.support.settings import Settings

SETTING = "axis_orders"
MOST_KEPT = 500
"""Most servers whose order of axes the settings keep, the newest ones."""


class ServerWayDesk(QObject):
    """Follows what is found, and the case: an order of axes that is chosen there, or undone, holds from then on."""

    def __init__(self, ways: ServerWays, panels: PanelContext, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._ways, self._panels, self._settings = ways, panels, settings
        self._sentence = ""
        """The sentence on what was found last."""
        ways.learn(_orders_in(settings.get(SETTING)))
        # Later: the scene that has found it is not to be changed before it has gone on.
        ways.order_found.connect(self._take_order, Qt.ConnectionType.QueuedConnection)
        ways.mended.connect(self._take_mended, Qt.ConnectionType.QueuedConnection)
        panels.changed.connect(self._follow_edit)

    def _take_order(self, service: TileService) -> None:
        from viewer.commands.imagery.axis_orders import ask_in_order, layers_of_server  # for start-up time

        order, key = order_of(service), server_key(service)
        if order is None:
            return
        self._keep({key: order})
        layers = layers_of_server(self._panels.document, key)
        if not any(order_of(other) is order.other for other in layers.values()):
            return
        if self._panels.do(ask_in_order, key, order):
            text = (
                self.tr(
                    "{0} drew nothing when it was asked north before east, as {1} wants it: it is asked east first now."
                )
                if order is AxisOrder.EAST_FIRST
                else self.tr(
                    "{0} drew nothing when it was asked east before north: in {1} it is asked north first now."
                )
            )
            self._say(text.format(_host(service), service.crs), partial(self._turn_back, key, order.other))

    def _take_mended(self, before: TileService, after: TileService) -> None:
        from viewer.commands.imagery.axis_orders import ask_otherwise  # for start-up time

        rows = self._panels.document.layers.values()
        if not any(row.kind == "tiles" and row.source.get("template") == before.template for row in rows):
            return
        if self._panels.do(ask_otherwise, before, after):
            matrix = after.matrices.matrices[0]
            text = (
                self.tr("{0} draws no pictures as large as it was asked for: it is asked for {1} × {2} pixels now.")
                if after.template == before.template
                else self.tr(
                    "{0} gave nothing at one of the two addresses of its tiles: it is asked by the other one now."
                )
            )
            words = text.format(_host(after), matrix.tile_width, matrix.tile_height)
            self._say(words, partial(self._take_back, after, before))

    def _say(self, sentence: str, back: Callable[[], None]) -> None:
        self._sentence = sentence
        self._panels.messages.note(sentence, MessageAction(self.tr("Ask as Before"), back))

    def _turn_back(self, key: str, order: AxisOrder) -> None:
        from viewer.commands.imagery.axis_orders import ask_in_order  # for start-up time

        self._panels.do(ask_in_order, key, order)

    def _take_back(self, after: TileService, before: TileService) -> None:
        from viewer.commands.imagery.axis_orders import ask_otherwise  # for start-up time

        self._panels.do(ask_otherwise, after, before)
        self._panels.messages.withdraw(self._sentence)

    def _follow_edit(self, changes: Changes) -> None:
        """Learn an order that the analyst has chosen, undone or done again."""
        from viewer.commands.imagery.axis_orders import service_with_order  # for start-up time

        edit = changes.edit
        if edit is None or changes.everything or not changes.touches("layers"):
            return
        for change in edit.changes:
            if not (isinstance(change.before, Layer) and isinstance(change.after, Layer)):
                continue
            before, after = service_with_order(change.before), service_with_order(change.after)
            order = None if after is None else order_of(after)
            if before is not None and after is not None and order is not None and order is not order_of(before):
                self._panels.messages.withdraw(self._sentence)
                self._keep({server_key(after): order})

    def _keep(self, orders: dict[str, AxisOrder]) -> None:
        self._ways.learn(orders)

        def changed(kept: object) -> dict[str, str]:
            whole = {**_orders_in(kept), **orders}
            return {key: order.name for key, order in list(whole.items())[-MOST_KEPT:]}

        self._settings.change(SETTING, changed)


def _host(service: TileService) -> str:
    return one_line(host_of_address(service.template), 60)


def _orders_in(kept: object) -> dict[str, AxisOrder]:
    """The orders of the settings; what is none is passed over."""
    values = kept.items() if isinstance(kept, dict) else ()
    return {str(key): AxisOrder[name] for key, name in values if name in list(AxisOrder.__members__)}
