"""The words above and below the maps of a page: titles, dates, credits, and the imprint at its foot."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from layers.product.facts import ImageFact
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec, maps_of
from viewer.canvas.comparison.side_words import side_name
from viewer.export.plates.maps.image_captions import (
    dates_of,
    image_facts,
    image_line,
    not_drawn,
    notes_on_stretches,
    sides_of_maps,
    told_in_captions,
)
from viewer.export.plates.maps.locator_on_page import window_of
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.page_names import PageNames
from viewer.export.plates.plate_words import edition_words, imprint_lines, page_data_credits
from viewer.support.language.text import one_line


class MapWords(Struct):
    """The words at the maps of a page, map by map, and those at its foot."""

    sides: list[str] = field(default_factory=list)
    """Side of each map: *before*, *after*, its letter, or empty."""
    strips: list[str] = field(default_factory=list)
    """The line above each map."""
    notes: list[str] = field(default_factory=list)
    """Notes on the stretches that were matched between maps."""
    images: list[list[ImageFact]] = field(default_factory=list)
    captions: list[list[str]] = field(default_factory=list)
    """The lines below each map."""
    common: list[str] = field(default_factory=list)
    """Lines on images that all maps show: said once, above the imprint."""
    data_credits: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)


def map_words(
    spec: ProductSpec,
    maps: Sequence[MapOnPage],
    names: PageNames,
    edition: Edition,
    program: str,
    *,
    is_small: bool,
) -> MapWords:
    """The words at these maps. A page that `is_small` prints its edition below its map."""
    sides = sides_of_maps(maps, spec.layout)
    notes = notes_on_stretches(spec, maps)
    images = [
        image_facts(on_page, note, spec.publish, with_solar_time=spec.solar_time)
        for on_page, note in zip(maps, notes, strict=True)
    ]
    captions, common = _captions(spec, images, is_small=is_small)
    for lines, on_page in zip(captions, maps, strict=True):
        lines += not_drawn(on_page)
    if is_small:  # its imprint stands on a further page, which is another file
        captions[0].append(edition_words(edition))
    data = page_data_credits(spec, maps, locator=window_of(spec, maps) is not None)
    foot = imprint_lines(spec, maps, data, edition, program) if spec.shows("imprint") else []
    return MapWords(sides, _strips(spec, maps, sides, names), notes, images, captions, common, data, foot)


def _strips(spec: ProductSpec, maps: Sequence[MapOnPage], sides: Sequence[str], names: PageNames) -> list[str]:
    """The line above each map: its side, its title, and its dates, where they tell panels apart.

    The letter of an inset stands in its picture, as it does in the overview. Dates that all panels share are said in
    each picture, and once below them.
    """
    strips, dates = [], [""] * len(maps)
    if spec.layout != "insets":
        dates = [dates_of(on_page) if side else "" for side, on_page in zip(sides, maps, strict=True)]
    if spec.layout == "panels" and len(set(dates)) == 1 and spec.shows("date and place"):
        dates = [""] * len(maps)
    for side, date, chosen in zip(sides, dates, maps_of(spec), strict=True):
        title = one_line(chosen.title or (chosen.frame.title if chosen.frame is not None else ""), 200)
        title = names.for_publication(title)
        name = side_name(side) if spec.layout != "insets" else ""
        strips.append(" · ".join(part for part in (name, title, date) if part))
    return strips


def _captions(
    spec: ProductSpec, images: Sequence[Sequence[ImageFact]], *, is_small: bool
) -> tuple[list[list[str]], list[str]]:
    """The lines below each map, and those that all have in common, which stand at the foot of a page that has one."""
    extent = told_in_captions(spec)
    captions = [[image_line(fact, extent=extent) for fact in facts] for facts in images]
    if spec.layout == "insets":  # all maps show the same images: said once, below the overview
        seen = set(captions[0])
        captions[1:] = [[line for line in lines if line not in seen] for lines in captions[1:]]
    if len(captions) < 2 or is_small:
        return captions, []
    common = [line for line in captions[0] if all(line in lines for lines in captions[1:])]
    return [[line for line in lines if line not in common] for lines in captions], common
