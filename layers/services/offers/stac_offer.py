"""Documents of STAC as offers: items as they are, and collections as what a server has to be searched."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec.structs import replace

from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.stac.addresses import is_web
from layers.services.stac.documents import StacDocument, read_stac
from layers.services.stac.item import StacItem
from layers.services.terms import states_terms


def read_stac_offer(document: bytes, address: str) -> ServiceOffer:
    """The offer of a STAC item, page of items, collection, catalogue or landing page. Raises as `read_stac`."""
    stac = read_stac(document, address)
    return ServiceOffer(
        service=stac.service,
        title=stac.title or stac.id or urlsplit(address).netloc,
        version=stac.version,
        layers=tuple(_collection(collection) for collection in stac.collections),
        items=stac.items,
        attribution=stac.credit,
        licence=stac.licence,
        link=stac.licence_link,
        problems=stac.problems,
    )


def _collection(collection: StacDocument) -> OfferedLayer:
    return OfferedLayer(
        name=collection.id,
        title=collection.title or collection.id,
        abstract=collection.description,
        bounds_lonlat=collection.bounds_lonlat,
        address=collection.address,
        attribution=collection.credit,
        licence=collection.licence,
        problems=collection.problems,
    )


def collection_address(item: StacItem) -> str:
    """The web address of the collection of an item that states no credit or no terms itself; empty for none."""
    if item.credit and states_terms(item.licence):
        return ""
    return next((link.href for link in item.links if link.rel == "collection" and is_web(link.href)), "")


def with_collection(offer: ServiceOffer, collection: ServiceOffer) -> ServiceOffer:
    """The offer of an item with the credit and the terms of its collection where it states none itself."""
    items = tuple(
        replace(
            item,
            credit=item.credit or collection.attribution,
            licence=item.licence if states_terms(item.licence) else collection.licence or item.licence,
            licence_link=item.licence_link or collection.link,
        )
        for item in offer.items
    )
    return replace(offer, items=items)
