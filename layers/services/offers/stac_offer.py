"""Documents of STAC as offers: items as they are, and collections as what a server has to be searched."""

from __future__ import annotations

from urllib.parse import urlsplit

from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.stac.documents import StacDocument, read_stac


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
