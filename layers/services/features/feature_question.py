"""Questions for features: of which layer of a service, and where."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from layers.geo.bounds import Bounds

MOST_FEATURES = 20_000
PAGE = 1000


def is_of_features(kind: str, address: str) -> bool:
    """True for an address of the features of one layer, False for one of a server that lists its layers."""
    parts = urlsplit(address)
    if kind == "wfs":
        return "request=getfeature" in parts.query.lower()
    return kind == "ogcapi" and parts.path.rstrip("/").endswith("/items")


class FeatureQuestion(Struct, frozen=True, kw_only=True):
    """The features of one layer within bounds in lon, lat; without bounds all of them.

    `kind` is "ogcapi" or "wfs", `address` the one of the layer's features without a place or a number.
    """

    kind: str
    address: str
    title: str
    bounds: Bounds | None = None
    attribution: str = ""
    licence: str = ""

    @property
    def is_in_pages(self) -> bool:
        """True where the answer comes in pages of GeoJSON: GML has no pages, and WFS before 2.0 no order for them."""
        if self.kind != "wfs":
            return True
        asked_for = {name.upper(): value for name, value in parse_qsl(urlsplit(self.address).query)}
        return asked_for.get("VERSION", "") >= "2" and bool(asked_for.get("OUTPUTFORMAT"))

    @property
    def page(self) -> int:
        """Number of features to ask for at once."""
        return PAGE if self.is_in_pages else MOST_FEATURES

    @property
    def first_address(self) -> str:
        """The address of the first page. Raises BadCRS and CannotBePlaced where the bounds have no place in it."""
        # For start-up time: each layer's row is looked at for a question, and these read whole documents.
        from layers.services.offers import ogcapi, wfs
        from layers.services.offers.offer import OfferedLayer

        asks = ogcapi.features_request if self.kind == "ogcapi" else wfs.features_request
        return asks(OfferedLayer(name="", address=self.address), self.bounds, self.page)
