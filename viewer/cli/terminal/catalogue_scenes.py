"""Scenes of catalogues that the command line names by their items: at addresses, or in files of this computer."""

from __future__ import annotations

from pathlib import Path

from layers.errors import UnsupportedFormat
from layers.services.offers.offer import ServiceOffer
from layers.services.offers.recognise import recognised, service_document
from viewer.commands.found_layers import FoundLayer
from viewer.commands.imagery.catalogue_layers import scene_as_layer


def layers_of_item(offer: ServiceOffer) -> list[FoundLayer]:
    """The layer of an offer that is one item of a catalogue; empty for any other. Raises UnsupportedFormat for an item
    without a picture that is within reach.
    """
    if not offer.service.startswith("stac-") or len(offer.items) != 1:
        return []
    (item,) = offer.items
    asset = item.picture.asset
    if asset is None:
        raise UnsupportedFormat("“{title}”: {why}", title=item.title or item.id, why=item.picture.sentence or "")
    name, source, facts = scene_as_layer(item, asset.path or asset.web)
    return [FoundLayer("raster", name, source, facts, item.bounds_lonlat)]


def layers_of_item_file(path: Path) -> list[FoundLayer]:
    """The layer of an item in a file, whose pictures lie beside it; empty for any other file. Raises as
    `layers_of_item`.
    """
    if path.suffix.lower() not in (".json", ".geojson") or not (document := service_document(path)):
        return []
    return layers_of_item(recognised(document, str(path)))
