"""An offer as the JSON that `info --json` prints of a service."""

from __future__ import annotations

from typing import Any

from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.stac.scenes import item_facts
from layers.services.times.offered_times import OfferedTimes

MOST_PROBLEMS = 200
"""Most sentences about a document: thousands of layers may have the same fault."""


def offer_facts(offer: ServiceOffer) -> dict[str, Any]:
    """Plain JSON values of an offer; problems of its layers stand beside its own."""
    problems = dict.fromkeys(offer.problems)
    for layer in offer.layers:
        problems |= dict.fromkeys(() if layer.document else layer.problems)
        problems |= dict.fromkeys(layer.times.problems if layer.times is not None else ())
    facts = {
        "kind": "service",
        "service": offer.service,
        "title": offer.title,
        "problems": [*problems][:MOST_PROBLEMS],
        "layers": [_layer(layer) for layer in offer.layers],
    }
    return facts | ({"items": list(map(item_facts, offer.items))} if offer.service.startswith("stac-") else {})


def _layer(layer: OfferedLayer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "crs": list(layer.crs),
        "bounds_lonlat": None if layer.bounds_lonlat is None else list(layer.bounds_lonlat),
        "formats": list(layer.formats),
        "styles": [style.name for style in layer.styles if style.name],
        "times": _times(layer.times),
        "levels": None if layer.levels is None else list(layer.levels),
        "address": layer.address,
    }


def _times(times: OfferedTimes | None) -> dict[str, Any] | None:
    if times is None:
        return None
    return {"count": times.count, "first": times.first, "last": times.last, "default": times.default or None}
