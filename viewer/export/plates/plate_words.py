"""The lines of a product about itself, such as credits, projection, scale and number; and its maps in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from layers.geo.bounds import Bounds
from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.crs import WGS84, crs_name, is_off_earth, transform_points
from layers.geo.map_projections import projection_words
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.product.content import ProductContent
from layers.product.issuing.edition import Edition
from layers.product.marking import lacking, product_marking
from layers.product.own_paths import without_paths
from layers.product.publishing import DRAFT, ISSUED, PUBLISHED
from layers.product.spec import ProductSpec
from layers.time.written_dates import written_date
from viewer.canvas.furniture.overlays import scale_bar_of
from viewer.export.plates.maps.image_captions import data_credits
from viewer.export.plates.maps.locator import coast_credit
from viewer.export.plates.maps.locator_borders import borders_credit, draws_borders
from viewer.export.plates.maps.locator_on_page import town_of
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.nearest_town import towns_credit
from viewer.export.plates.setting.lettering import MM
from viewer.export.plates.setting.page_sizes import is_paper
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

MGRS_UP_TO_M = 200_000
"""Width of a frame above which its centre is in degrees only: a square of the grid would be too exact."""
_MOST_NAMES = 12


def annotation_credit(spec: ProductSpec) -> str:
    """The analyst's own credit, apart from those of the images.

    A published product names only those who asked for it.
    """
    names = (spec.organisation,) if spec.publish else (spec.author, spec.organisation)
    return one_line(spec.annotation_credit) or ", ".join(one_line(name) for name in names if name.strip())


def has_annotation(maps: Sequence[MapOnPage]) -> bool:
    """True where any mark is painted: only then is there an annotation to credit."""
    return any(on_page.in_frame() for on_page in maps)


def page_data_credits(spec: ProductSpec, maps: Sequence[MapOnPage], *, locator: bool) -> list[str]:
    """Credits of all lines and areas that a page draws, its locator included, without repetition."""
    credit_lines = [text for on_page in maps for text in data_credits(on_page)] + ([coast_credit()] if locator else [])
    credit_lines += [borders_credit()] if locator and draws_borders(maps) else []
    credit_lines += [towns_credit()] if locator and town_of(spec, maps) is not None else []
    return list(dict.fromkeys(without_paths(text) if spec.publish else text for text in credit_lines))


def imprint_lines(
    spec: ProductSpec,
    maps: Sequence[MapOnPage],
    data: Sequence[str],
    edition: Edition,
    program: str,
) -> list[str]:
    """Lines on annotation and data credits, projection and scale, product, and processing."""
    annotation = annotation_credit(spec) or translate("Export", "the analyst")
    first = [translate("Export", "Annotation: {0}.").format(annotation.rstrip("."))] if has_annotation(maps) else []
    first += [translate("Export", "Data: {0}.").format("; ".join(data).rstrip("."))] if data else []
    second = [crs_words(maps[0].view.grid.crs), *_centre_and_scale(spec, maps)]
    third = [numbered] if (numbered := edition_words(edition)) else []
    who = "" if spec.publish else ", ".join(filter(None, (one_line(spec.author), one_line(spec.organisation))))
    who = who or one_line(spec.organisation)
    third += [translate("Export", "By {0}.").format(who)] if who else []
    third += [translate("Export", "Made with {0}.").format(program)]
    fourth = [one_line(spec.processing_note, 1000)] if spec.processing_note.strip() else []
    return [line for line in (" ".join(first), " ".join(second), " ".join(third), *fourth) if line]


def edition_words(edition: Edition) -> str:
    """Number, version, state and day of a product."""
    product = edition.product
    number = one_line(product.number) if product is not None else ""
    made_on = in_language(written_date(edition.made_on))
    state = {
        DRAFT: translate("Export", "draft, not issued"),
        ISSUED: translate("Export", "issued"),
        PUBLISHED: translate("Export", "published"),
    }[edition.state]
    parts = [
        translate("Export", "Product {0}").format(number) if number else "",
        translate("Export", "version {0}").format(product.version) if product is not None else "",
        f"{state} {made_on}" if edition.state != DRAFT else f"{state}, {made_on}".rstrip(", "),
    ]
    words = ", ".join(part for part in parts if part).rstrip()
    return f"{words[:1].upper()}{words[1:]}."


def correction_words(spec: ProductSpec, edition: Edition) -> str:
    """The line on the error in its issued version; empty for a first version."""
    correction = edition.product.correction if edition.product is not None else ""
    return without_paths(correction) if spec.publish else correction


def marking_words(spec: ProductSpec, content: ProductContent) -> str:
    """The marking as it is printed: the product's own, raised to the highest of what is on the page."""
    own, inputs = spec.marking, content.input_markings
    return product_marking(own, inputs) if lacking(own, inputs) else own


def crs_words(crs: str) -> str:
    """Projection and datum."""
    if is_off_earth(crs):
        return translate("Export", "Projection: {0}.").format(crs_name(crs))
    return translate("Export", "Projection: {0}. Coordinates: WGS 84.").format(in_language(projection_words(crs)))


def _centre_and_scale(spec: ProductSpec, maps: Sequence[MapOnPage]) -> list[str]:
    view = maps[0].view
    if is_off_earth(view.grid.crs):
        return []
    sentences = [translate("Export", "Centre: {0}.").format(centre_words(view))]
    scale = scale_number(view)
    bar = scale_bar_of(view, 100.0)
    is_one = bar is not None and bar.latitude is None
    if scale and is_one and is_paper(spec.page) and all(same_scale(maps[0], on_page) for on_page in maps):
        sentences.append(translate("Export", "Scale about 1:{0} at {1}.").format(f"{scale:,}", word(spec.page)))
    return sentences


def same_scale(on_page: MapOnPage, other: MapOnPage) -> bool:
    """True where two maps have one scale."""
    return math.isclose(on_page.view.grid.resolution, other.view.grid.resolution, rel_tol=1e-6)


def scale_number(view: View) -> int:
    """Denominator of the scale, rounded to two digits; 0 where there is no scale."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    metres = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
    if not (math.isfinite(metres) and metres > 0):
        return 0
    scale = metres * MM * 1000
    digits = max(0, math.floor(math.log10(scale)) - 1)
    return int(round(scale / 10**digits) * 10**digits)


def width_m(view: View) -> float:
    """Ground width of a frame at its middle; nan where that has no place."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    return ground_resolution_m(view.grid.crs, x, y, view.grid.resolution) * view.width


def centre_words(view: View) -> str:
    """Coordinates of the middle, with the digits that a hundredth of the frame is worth."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    lon, lat = (float(value) for value in transform_points(view.grid.crs, WGS84, x, y))
    wide = width_m(view)
    degrees = format_coordinate(lon, lat, Notation.DD, error_m=wide / 100)
    if not wide <= MGRS_UP_TO_M:
        return degrees
    return f"{degrees} (MGRS {format_coordinate(lon, lat, Notation.MGRS, error_m=wide / 100)})"


def alt_text(
    spec: ProductSpec,
    title: str,
    dates: str,
    names: Sequence[str],
    lonlat: Bounds | None,
    parties: int = 0,
) -> str:
    """A map in words, for readers who cannot see it.

    `dates` are those of its images in words; `parties` is the number of marks that are named in a claim.
    """
    if spec.alt_text.strip() and len(spec.maps) < 2:
        return one_line(spec.alt_text, 1000)
    where = ""
    if lonlat is not None:
        where = translate("Export", " from {0} to {1} degrees east and from {2} to {3} degrees north").format(
            *(f"{value:.4g}" for value in (lonlat.left, lonlat.right, lonlat.bottom, lonlat.top))
        )
    words = translate("Export", "Map{0}{1}. Images: {2}.").format(f": {title}" if title else "", where, dates)
    listed_names = "; ".join(names[:_MOST_NAMES])
    more = translate("Export", " and {0} more").format(len(names) - _MOST_NAMES) if len(names) > _MOST_NAMES else ""
    if names:
        words += " " + translate("Export", "Marked: {0}{1}.").format(listed_names, more)
    if not parties:
        return words
    return f"{words} {_parties_sentence(parties)}"


def _parties_sentence(parties: int) -> str:
    return translate(
        "Export",
        "{count} marks named in a claim: the text beside the map says what is claimed and answered.",
        "{count} mark named in a claim: the text beside the map says what is claimed and answered.",
        parties,
    )


def notes_on_maps(maps: Sequence[MapOnPage]) -> list[str]:
    """Sentences on how the maps are to be read."""
    if any(
        on_page.index.solid is not None and any(map(on_page.index.is_place, on_page.in_frame())) for on_page in maps
    ):
        return [
            translate("Export", "Dashed, “place of”: marked on another image, and not said to be present on this one.")
        ]
    return []
