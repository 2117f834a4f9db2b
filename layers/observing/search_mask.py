"""Masks of cloud apart from the image that is searched: a file given by hand, or one that a catalogue names."""

from __future__ import annotations

import ntpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from layers.phrase import Phrase
from layers.services.stac.addresses import unsigned
from layers.services.stac.assets import StacAsset, StacClass
from layers.services.stac.cloud_masks import CloudMask, mask_in_file, mask_of

if TYPE_CHECKING:
    from layers.services.stac.item import StacItem

_LONGEST = 80
_OWN = "mask"
"""Name of the mask in what a layer's source says of its catalogue."""


class SearchMask(Struct, frozen=True):
    """A mask with the path or the address to read it by. `words` name it in the row of a search, without folders."""

    place: str
    rule: CloudMask
    words: str
    collection: str = ""
    """Collection of the catalogue that names it; empty for a file given by hand."""


class _Kept(Struct, frozen=True):
    """A mask as the source of a layer keeps it."""

    name: str
    key: str
    address: str
    bands: tuple[int, ...] = (1,)
    classes: tuple[StacClass, ...] = ()


def mask_by_hand(path: str) -> SearchMask:
    """The mask in a file: by the rules of a well-known product where its name says so, else plain cloud or none."""
    name = ntpath.basename(path)[:_LONGEST]
    return SearchMask(path, mask_in_file(name), Phrase("the mask file {name}", name=name))


def kept_mask(item: StacItem) -> dict[str, Any]:
    """The mask that an item names by its role, as a layer's source keeps it; empty for an item without one."""
    mask = mask_of(item)
    if mask is None:
        return {}
    kept = _Kept(mask.name, mask.asset.key, unsigned(mask.asset.web), mask.bands, mask.classes)
    return {_OWN: encoded(kept)}


def mask_of_layer(source: Mapping[str, Any]) -> SearchMask | None:
    """The mask that the catalogue of a layer names; None for a layer without one."""
    catalogue = source.get("catalogue")
    kept = decoded_or_none(catalogue.get(_OWN), _Kept) if isinstance(catalogue, Mapping) else None
    if kept is None or not kept.address or not isinstance(catalogue, Mapping):
        return None
    asset = StacAsset(key=kept.key, href=kept.address, web=kept.address)
    rule = CloudMask(kept.name, asset, kept.bands, kept.classes)
    identity, collection = (str(catalogue.get(name) or "")[:_LONGEST] for name in ("id", "collection"))
    words = Phrase("the asset {key} of {item}", key=kept.key[:_LONGEST], item=identity or Phrase("its catalogue"))
    return SearchMask(kept.address, rule, words, collection)
