"""Turns the offer of a server into entries of a list of imagery."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from layers.services.imagery_entry import ROLE_OF_KIND, ImageryEntry, host_of_address
from layers.services.offers.documents import with_parameters
from layers.services.offers.offer import OfferedDimension, OfferedLayer, ServiceOffer
from layers.services.offers.wms_maps import dimension_key
from layers.services.stac.addresses import is_web
from layers.services.stac.item import StacItem
from layers.services.tile_service import TileService

_STYLE = re.compile(r"([?&]styles?=)[^&]*", re.IGNORECASE)


class OfferedEntry(Struct, frozen=True):
    """An entry with the layer, or the item of a catalogue, that it comes from; a catalogue or a picture is offered as a
    whole.
    """

    entry: ImageryEntry
    layer: OfferedLayer | None = None
    item: StacItem | None = None


def entries_of_offer(offer: ServiceOffer, address: str) -> tuple[OfferedEntry, ...]:
    """All that a server offers, in its order; `address` is the one that was asked."""
    role = ROLE_OF_KIND.get(offer.service, "")
    if offer.layers:
        return tuple(_offered(layer, offer, role, address) for layer in offer.layers)
    whole = ImageryEntry(
        title=offer.title or host_of_address(address),
        role=role or "basemap",
        kind=offer.service,
        address=address,
        attribution=offer.attribution,
        link=offer.link,
        licence=offer.licence,
        group=host_of_address(address),
    )
    item = offer.items[0] if offer.service == "stac-item" and offer.items else None
    return (OfferedEntry(whole) if item is None else OfferedEntry(_of_item(whole, item), item=item),)


def _of_item(whole: ImageryEntry, item: StacItem) -> ImageryEntry:
    """The entry of one scene of a catalogue: an image of its date."""
    return replace(
        whole,
        title=item.title or item.id,
        address=whole.address if is_web(whole.address) else item.address if is_web(item.address) else "",
        attribution=item.credit,
        licence=str(item.terms),
        link=item.licence_link,
        group=item.collection or whole.group,
    )


def _offered(layer: OfferedLayer, offer: ServiceOffer, role: str, address: str) -> OfferedEntry:
    """The entry of a layer; of one with a document of its own, that of a server which is to be asked for it."""
    entry = _entry_of(layer, offer, role, address)
    return (
        OfferedEntry(replace(entry, role="server", address=layer.document))
        if layer.document
        else OfferedEntry(entry, layer)
    )


def _entry_of(layer: OfferedLayer, offer: ServiceOffer, role: str, address: str) -> ImageryEntry:
    is_dated = layer.times is not None or (layer.service is not None and layer.service.is_dated)
    title = layer.title or layer.name
    own_credit = layer.attribution or (layer.service.attribution if layer.service is not None else "")
    return ImageryEntry(
        title=title,
        role=role or ("dated" if is_dated else "basemap"),
        kind=offer.service,
        service=layer.service,
        address=layer.address or address,
        attribution=own_credit or offer.attribution,
        link=layer.link or offer.link,
        licence=layer.licence or offer.licence,
        note=layer.abstract,
        group=" › ".join(layer.group) or (offer.title if offer.title != title else host_of_address(address)),
    )


def in_style(layer: OfferedLayer, service: TileService, style: str) -> TileService | None:
    """A service that draws the layer in its first style, in another one; None where its address names no style."""
    if service.kind == "arcgis":
        if service.is_tiled:
            return None if style else service
        rule = {"renderingRule": quote(json.dumps({"rasterFunction": style}), safe="")} if style else {}
        return replace(service, template=with_parameters(service.template, rule))
    first = layer.styles[0].name if layer.styles else ""
    if style == first:
        return service
    template, fallback = (_styled(address, first, style) for address in (service.template, service.fallback))
    return replace(service, template=template, fallback=fallback) if template else None


def choosable_dimensions(layer: OfferedLayer) -> tuple[OfferedDimension, ...]:
    """The dimensions other than time of which another value can be asked for, with their defaults among their values.

    Of an interval its beginning is a value.
    """
    choosable = []
    for dimension in layer.dimensions:
        single = [value.partition("/")[0] for value in dimension.values]
        own = [dimension.default] if dimension.default and dimension.default not in single else []
        values = tuple(dict.fromkeys([*own, *single]))
        if layer.service is None or len(values) < 2:
            continue
        if in_dimension(layer, layer.service, dimension.name, values[-1]) is not None:
            choosable.append(replace(dimension, values=values))
    return tuple(choosable)


def in_dimension(layer: OfferedLayer, service: TileService, name: str, value: str) -> TileService | None:
    """A service at another value of a dimension; None where its address has no place for one. What the server takes by
    itself is not sent.
    """
    dimension = next((dimension for dimension in layer.dimensions if dimension.name == name), None)
    if dimension is None:
        return None
    if service.kind == "wms":
        key = dimension_key(name)
        is_sent = value != dimension.default or f"&{key}=" in service.template
        sent = {key: quote(value, safe="")} if is_sent else {}
        addresses = service.template, service.fallback
        template, fallback = (with_parameters(text, sent) if text and sent else text for text in addresses)
        return replace(service, template=template, fallback=fallback)
    template, fallback = (_at_value(address, dimension, value) for address in (service.template, service.fallback))
    return replace(service, template=template, fallback=fallback) if template else None


def _at_value(template: str, dimension: OfferedDimension, value: str) -> str:
    """A template of tiles with another value in the place of the first one; empty where it has no place for one."""
    first, spelled = (quote(text, safe="") for text in (dimension.default, value))
    pattern = re.compile(rf"([?&]{re.escape(quote(dimension.name, safe=''))}=)[^&]*", re.IGNORECASE)
    changed, count = pattern.subn(lambda match: match[1] + spelled, template)
    if count:
        return changed
    parts = template.split("/")
    return "/".join(spelled if part == first else part for part in parts) if parts.count(first) == 1 else ""


def _styled(template: str, first: str, style: str) -> str:
    """A template with another style in the place of the first one; empty where it has no place for one, or several."""
    spelled = quote(style, safe="")
    template, count = _STYLE.subn(lambda match: match[1] + spelled, template)
    if not count and first:
        parts = template.split("/")
        count = parts.count(quote(first, safe=""))
        template = "/".join(spelled if part == quote(first, safe="") else part for part in parts)
    return template if count == 1 else ""
