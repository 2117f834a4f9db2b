"""Orders of axes in which servers of maps were found to draw, for all layers and maps of a window."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from layers.services.offers.axis_order import AxisOrder, in_order, order_of, server_key
from layers.services.tile_service import TileService

type OfServers = dict[str, AxisOrder]


class AxisOrders(QObject):
    """Knows which order of axes each server wants, by `server_key`, as far as that was found or chosen.

    `discovered` carries a `TileService` in the order in which its server was found to draw, and not as it was asked.
    """

    discovered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: OfServers = {}
        self._settled: set[tuple[str, AxisOrder]] = set()
        """Servers and orders about which nothing is to be found out any more in this session."""

    @property
    def known(self) -> Mapping[str, AxisOrder]:
        """The orders, by the keys of servers."""
        return self._known

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

    def find(self, service: TileService) -> None:
        """Note that the server draws in this order, and not in the one in which it was asked."""
        order = order_of(service)
        if order is not None:
            self._known[server_key(service)] = order
            self.discovered.emit(service)
