"""Maps that a product can be given by name: bookmarks of the case, frames of its comparisons, its images, its sites."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from layers.document.comparison import Frame, read_spec
from layers.document.document import Document
from layers.document.rows import Comparison
from layers.geo.crs import PIXEL_SPACE
from layers.product.batch import bookmark_spec, bookmarks_in_tour, bounds_around, sites_of_products
from layers.product.spec import MATCHED, MOST_MAPS, ProductMap, ProductSpec


class MapChoice(NamedTuple):
    """One map; `comparison` is the uuid of the comparison that it is a frame of, whose images are to match or not.

    `acquired_at`: the date of its only image, where that is known.
    """

    kind: str
    """*bookmark*, *comparison*, *image* or *site*."""
    name: str
    map: ProductMap
    comparison: str = ""
    match: bool = False
    acquired_at: str = ""


def map_choices(document: Document, spec: ProductSpec) -> list[MapChoice]:
    """Return all maps to choose from: bookmarks in the order of their tour, frames in that of their comparisons, the
    topmost image first, sites by name.
    """
    return [*_bookmarks(document, spec), *_frames(document), *_images(document), *_sites(document, spec)]


def replaced_maps(spec: ProductSpec) -> bool:
    """True where chosen maps take the place of those that are there: of a single one, and of one that nobody chose
    where maps are set against each other.
    """
    is_unset = spec.layout in ("before-after", "panels") and spec.maps in ((), (ProductMap(),))
    return is_unset or MOST_MAPS[spec.layout] == 1


def room_for_maps(spec: ProductSpec) -> int:
    """The most maps that can be chosen for a product now."""
    return MOST_MAPS[spec.layout] - (0 if replaced_maps(spec) else len(spec.maps))


def with_chosen(spec: ProductSpec, chosen: Sequence[MapChoice]) -> ProductSpec:
    """The product with these maps, behind those that it has.

    Images that are set against each other stand in the order of their dates, where all have one.
    """
    if not chosen:
        return spec
    if spec.layout in MATCHED and all(choice.acquired_at for choice in chosen):
        chosen = sorted(chosen, key=lambda choice: choice.acquired_at)
    is_new, maps = replaced_maps(spec), [choice.map for choice in chosen]
    product = spec.with_maps((*(() if is_new else spec.maps), *maps)[: MOST_MAPS[spec.layout]])
    if is_new:
        of = {choice.comparison for choice in chosen}
        is_whole = len(of) == 1 and "" not in of
        product = replace(product, comparison=chosen[0].comparison if is_whole else "")
        product = replace(product, match=chosen[0].match) if is_whole else product
    bounds = next((product_map.bounds for product_map in product.maps if product_map.bounds is not None), None)
    if bounds is not None and spec.layout not in ("panels", "insets"):  # there all maps show the product's own
        product = replace(product, bounds=bounds)
    return product


def _bookmarks(document: Document, spec: ProductSpec) -> list[MapChoice]:
    choices = []
    for row in bookmarks_in_tour(document):
        shown = bookmark_spec(document, row, spec)
        if shown is not None:
            name, kept = shown
            choices.append(MapChoice("bookmark", name, replace(kept.maps[0], bounds=kept.bounds, title=name)))
    return choices


def _frames(document: Document) -> list[MapChoice]:
    """Frames of which a layer at least is left."""
    rows = [row for row in document.table("comparisons").values() if isinstance(row, Comparison)]
    choices = []
    for row in sorted(rows, key=lambda row: (row.order_key if math.isfinite(row.order_key) else 0.0, row.uuid)):
        kept = read_spec(row.spec_json)
        for frame in kept.frames if kept is not None else ():
            names = [document.layers[uuid].name for uuid in frame.layers if uuid in document.layers]
            if kept is not None and names:
                name = f"{row.name}: {frame.title or ', '.join(names)}"
                choices.append(MapChoice("comparison", name, ProductMap(frame, kept.bounds), row.uuid, kept.match))
    return choices


def _images(document: Document) -> list[MapChoice]:
    """Images on the Earth, each alone, whether the tree shows it or not, in the extent of the product."""
    return [
        MapChoice("image", layer.name, ProductMap(Frame((layer.uuid,))), acquired_at=layer.acquired_at)
        for layer in reversed(document.layers_in_order())
        if layer.kind != "vector" and layer.crs != PIXEL_SPACE
    ]


def _sites(document: Document, spec: ProductSpec) -> list[MapChoice]:
    """Sites that may stand in the product, each with its surroundings."""
    return [
        MapChoice("site", site.label, ProductMap(bounds=bounds_around(site), title=site.label))
        for site in sites_of_products(document, spec)
        if site.label
    ]
