"""Edits of the order of axes in which servers of maps are asked."""

from __future__ import annotations

import json

from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.services.imagery_entry import host_of_address
from layers.services.offers.axis_order import AxisOrder, in_order, order_of, server_key
from layers.services.tile_service import TileService
from viewer.commands.fields import row_of
from viewer.commands.imagery.service_times import tile_service
from viewer.commands.stamps import stamp_of, update


def service_with_order(layer: Layer | None) -> TileService | None:
    """The service of a layer of maps that may be asked in two orders of axes; None for any other layer."""
    service = tile_service(layer)
    return service if service is not None and order_of(service) is not None else None


def layers_of_server(document: Document, key: str) -> dict[str, TileService]:
    """The services of a server, by the uuids of their layers."""
    services = {layer.uuid: service_with_order(layer) for layer in document.layers.values()}
    return {uuid: service for uuid, service in services.items() if service is not None and server_key(service) == key}


def ask_in_order(document: Document, key: str, order: AxisOrder, *, actor: str, now: str | None = None) -> Edit:
    """Ask all layers of a server in one order of axes.

    document: the case
    key: the name of the server and its CRS, by `server_key`
    order: the order
    actor: who does it
    now: the time of the edit; None for the present

    Raises InvalidValue where no layer of the case is of that server.
    """
    services = layers_of_server(document, key)
    if not services:
        raise InvalidValue("No layer of the case comes from this server any more.")
    changes: list[Change] = []
    for uuid, service in services.items():
        layer = document.layers[uuid]
        turned = in_order(service, order)
        source = json.dumps(layer.source | {"template": turned.template, "fallback": turned.fallback})
        if order_of(service) is not order:
            changes += update("layers", layer, stamp_of(actor, now), source_json=source)
    host = host_of_address(next(iter(services.values())).template)
    words = {
        AxisOrder.NORTH_FIRST: Phrase("Ask {host} north before east", host=host),
        AxisOrder.EAST_FIRST: Phrase("Ask {host} east before north", host=host),
    }
    return Edit(words[order], tuple(changes))


def ask_otherwise(
    document: Document, before: TileService, after: TileService, *, actor: str, now: str | None = None
) -> Edit:
    """Ask for the tiles of a service in another way: that of `after` for all layers that are asked as `before` is.

    Raises BadTemplate for a spoiled service.
    """
    changes: list[Change] = []
    for layer in document.layers.values():
        if layer.kind == "tiles" and layer.source.get("template") == before.template:
            service = TileService.from_json(layer.source)
            if service.grid == before.grid:
                changed = replace(
                    service,
                    template=after.template,
                    fallback=after.fallback,
                    grid=after.grid,
                    largest_px=after.largest_px,
                )
                source = json.dumps(layer.source | encoded(changed))
                changes += update("layers", layer, stamp_of(actor, now), source_json=source)
    host = host_of_address(before.template)
    return Edit(Phrase("Ask {host} in the way in which it answers", host=host), tuple(changes))


def set_order(document: Document, uuid: str, order: AxisOrder, *, actor: str, now: str | None = None) -> Edit:
    """Ask the server of a layer in one order of axes, for all its layers. Raises InvalidValue for any other layer."""
    layer = row_of(document.layers, uuid, Phrase("layer"))
    service = service_with_order(layer)
    if service is None:
        raise InvalidValue("“{name}” is asked in one order of axes only.", name=layer.name)
    return ask_in_order(document, server_key(service), order, actor=actor, now=now)
