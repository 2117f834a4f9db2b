"""Ways in which servers were found to answer, where they did not in the one that their documents state."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from layers.services.offers.axis_order import AxisOrder, in_order, order_of, server_key
from layers.services.tile_service import TileService

type OfServers = dict[str, AxisOrder]


class ServerWays(QObject):
    """Remembers for all layers and maps of a window which order of axes each server wants, by `server_key`, as far as
    that was found or chosen, and what was tried already.

    `order_found` carries a `TileService` in the order in which its server was found to draw, and not as it was asked;
    `mended` a service as it was asked and as its server was found to answer.
    """

    order_found = Signal(object)
    mended = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: OfServers = {}
        self._settled: set[tuple[str, AxisOrder]] = set()
        """Servers and orders about which nothing is to be found out any more in this session."""
        self._tried: set[tuple[str, str]] = set()
        """Templates, each with the name of what was tried in its place in this session."""

    def learn(self, orders: Mapping[str, AxisOrder]) -> None:
        """Take over what was found or chosen before, or is chosen now."""
        self._known.update(orders)

    def preferred(self, service: TileService) -> TileService:
        """The service in the order of axes that its server is known to want."""
        order = self._known.get(server_key(service)) if order_of(service) is not None else None
        return service if order is None else in_order(service, order)

    def is_open(self, service: TileService) -> bool:
        """True where the order of a service may be the wrong one, and the other one was not tried yet."""
        order = order_of(service)
        if order is None or service.bounds is None:
            return False
        key = server_key(service)
        return self._known.get(key) is not order and (key, order) not in self._settled

    def settle(self, service: TileService) -> None:
        """Note that the order of a service is right, or that the other one was tried."""
        order = order_of(service)
        if order is not None:
            self._settled.add((server_key(service), order))

    def try_once(self, service: TileService, what: str) -> bool:
        """True at the first time that something is to be tried for the template of a service."""
        is_first = not self.was_tried(service, what)
        self._tried.add((service.template, what))
        return is_first

    def was_tried(self, service: TileService, what: str) -> bool:
        """True where something was tried for the template of a service."""
        return (service.template, what) in self._tried

    def find(self, before: TileService, after: TileService) -> None:
        """Note that a server answers when it is asked in another way."""
        order = order_of(after)
        if order is not None and order is not order_of(before):
            self._known[server_key(after)] = order
            self.order_found.emit(after)
        else:
            self.mended.emit(before, after)
