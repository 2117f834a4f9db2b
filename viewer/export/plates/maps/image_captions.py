"""The words below a map on each image in it: date with its kind and basis, sensor, credit, licence, angles, stretch."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

from msgspec.structs import asdict, replace

from layers.document.layer import LONGEST_STATED
from layers.document.layer_terms import is_served, terms_of
from layers.document.placing.page_origin import page_origin_of
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.phrase import Phrase, joined
from layers.product.boundaries import draws_boundaries
from layers.product.facts import ImageFact
from layers.product.own_paths import without_paths
from layers.product.spec import MATCHED, ProductSpec, maps_of
from layers.raster.acquisition import Acquisition
from layers.text.counted import metres
from layers.time.dates import is_date_or_interval
from layers.time.solar_time import solar_time_words
from layers.time.spans import Span
from layers.time.written_dates import written_date
from viewer.canvas.comparison.side_words import acquisition_shown, side_name, sides_for, span_of_all
from viewer.canvas.comparison.stretches import stretch_notes, top_image, units_of, with_matches_alone
from viewer.canvas.scene import MapScene
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_scenes import compared_maps
from viewer.export.plates.setting.lettering import MM
from viewer.export.processing import colour_words, stretch_words
from viewer.rendering.drawing import FailedDrawing, LayerDrawing, may_be_shown_in_files
from viewer.rendering.layer_date import UNDATED, dated
from viewer.rendering.layers.image_facts import raster_pixel_m
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.rendering.world_copies import world_copies
from viewer.support.language.text import LONGEST_CREDIT, one_line
from viewer.support.language.translation import in_language, translate

_COARSE_MM = 0.5
"""Size on the page of a pixel above which an image is too coarse for the scale: its squares are seen."""
_NAME_CHARS = 80
_WIDEST_OF_ONE_HOUR_DEG = 5.0
"""Width of a view within which solar time is that of its middle, within ten minutes."""
_NON_COMMERCIAL = re.compile(r"\bNC\b|non.?commercial", re.IGNORECASE)


class CaptionExtent(Enum):
    """The processing of an image that its caption tells; notes tell the rest."""

    ALL = "all"
    STRETCH = "stretch"
    NOTHING = "nothing"


def images_in(on_page: MapOnPage) -> list[LayerDrawing]:
    """The drawings of the images of which something is seen in a frame, the topmost first."""
    return [drawing for _, drawing in _images_seen(on_page)]


def _images_seen(on_page: MapOnPage) -> list[tuple[MapScene, LayerDrawing]]:
    """The images in a frame that others do not hide in all of it, each with its scene."""
    images = [(scene, drawing) for scene, drawing in _drawings_shown(on_page) if drawing.layer.kind != "vector"]
    unseen = on_page.unseen() if images else frozenset()
    return [(scene, drawing) for scene, drawing in images if drawing.layer_uuid not in unseen]


def _drawings_shown(on_page: MapOnPage) -> list[tuple[MapScene, LayerDrawing]]:
    """The drawings that show something in a frame, each once, with its scene."""
    drawings: dict[str, tuple[MapScene, LayerDrawing]] = {}
    for scene in on_page.shown.frames:
        for uuid in scene.stack.in_view(on_page.view):
            drawings.setdefault(uuid, (scene, scene.drawings[uuid]))
    return list(drawings.values())


def not_drawn(on_page: MapOnPage) -> list[str]:
    """Lines on the images that are shown in the case and that the map lacks, as they cannot be read."""
    view = on_page.view
    names = dict.fromkeys(
        one_line(drawing.layer.name, _NAME_CHARS)
        for _, drawing in _drawings_shown(on_page)
        if drawing.layer.kind in ("raster", "tiles") and _cannot_be_drawn(drawing, drawing.seen(view))
    )
    return [translate("Export", "Not on this map, as it cannot be read: {0}.").format(name) for name in names]


def _cannot_be_drawn(drawing: LayerDrawing, view: View) -> bool:
    """True where the picture of a view is without an image by a fault, and not for lack of a permission."""
    if isinstance(drawing, RasterDrawing):
        return drawing.is_unavailable or (drawing.info is None and bool(drawing.problem))
    return not drawing.is_paused and (isinstance(drawing, FailedDrawing) or drawing.has_failed_in(view))


def data_credits(on_page: MapOnPage) -> list[str]:
    """Credits of the vector layers in a frame, each once."""
    return list(dict.fromkeys(fact.credit for fact in data_facts(on_page) if fact.credit))


def data_facts(on_page: MapOnPage) -> list[ImageFact]:
    """The vector layers in a frame, with the credit for each."""
    facts = []
    for _, drawing in _drawings_shown(on_page):
        row = drawing.layer
        if row.kind == "vector" and _may_show(drawing, on_page.view):
            credit = one_line(drawing.attribution, LONGEST_CREDIT)
            name = one_line(row.name, _NAME_CHARS)
            file = drawing.path.stem if isinstance(drawing, VectorDrawing) else ""
            fact = ImageFact(row.uuid, name, row.kind, credit=credit, credit_of_row=credit)
            facts.append(replace(fact, draws_boundaries=draws_boundaries(row.name, file)))
    return facts


def _may_show(drawing: LayerDrawing, view: View) -> bool:
    """False once it is known that a vector layer has nothing in a view, whatever its bounds hold."""
    if not isinstance(drawing, VectorDrawing) or not drawing.content.tables:
        return True
    seen = drawing.seen(view)
    return drawing.shows_in(seen, world_copies(seen))


def image_facts(
    on_page: MapOnPage, note: str = "", publish: bool = False, *, with_solar_time: bool = False
) -> list[ImageFact]:
    """All that is known of each image of a map.

    `note`: words on the stretch of the topmost one, relative to another map's. With `publish`, words have no paths.
    """
    images = _images_seen(on_page)
    facts = [_fact(scene, drawing, on_page.view, note) for scene, drawing in images]
    lon = middle_longitude(on_page.view) if with_solar_time else None
    if lon is not None:
        facts = [replace(fact, solar_time=solar_time_words(fact.acquired_at, fact.date_kind, lon)) for fact in facts]
    if publish:
        facts = [_without_paths(fact) for fact in facts]
    if not facts or not note:
        return facts
    if note not in facts[0].stretch:
        facts[0] = replace(facts[0], processing=note)
    return [replace(fact, tells_match=note in fact.processing or note in fact.stretch) for fact in facts]


def middle_longitude(view: View) -> float | None:
    """The longitude of the middle of a view; None where the view is so wide that solar time differs within it."""
    if is_off_earth(view.grid.crs):
        return None
    try:
        places = [view.to_world(view.width * at, view.height / 2) for at in (0.0, 0.5, 1.0)]
        lons, _ = transform_points(view.grid.crs, WGS84, *zip(*places, strict=True))
    except GeoloupeError:
        return None
    left, middle, right = (float(lon) for lon in lons)
    width = (right - left + 180.0) % 360.0 - 180.0
    return middle if math.isfinite(middle) and abs(width) <= _WIDEST_OF_ONE_HOUR_DEG else None


def _without_paths(fact: ImageFact) -> ImageFact:
    """The fact without paths for a published product: a layer's name may be that of a file with its folder."""
    words: dict[str, Any] = {name: without_paths(text) for name, text in asdict(fact).items() if isinstance(text, str)}
    return replace(fact, **words)


def _fact(scene: MapScene, drawing: LayerDrawing, view: View, match: str) -> ImageFact:
    layer, known, terms = drawing.layer, acquisition_shown(drawing), terms_of(drawing.layer)
    nudge, angle = drawing.nudge, known.off_nadir_deg
    raster = drawing if isinstance(drawing, RasterDrawing) else None
    is_placed = raster is not None and raster.info is not None and bool(raster.info.georeferencing_note)
    page = page_origin_of(layer)
    if angle is None:
        angle = known.incidence_deg
        kind = translate("Export", "incidence at the ground") if angle is not None else ""
    else:
        kind = translate("Export", "off nadir at the satellite")
    credit = _credit(drawing, known)
    return ImageFact(
        layer.uuid,
        one_line(layer.name, _NAME_CHARS),
        layer.kind,
        dated(known) if known.at or known.date_kind == "composite" else UNDATED,
        f"{known.at}/{known.until}" if known.at and known.until not in ("", known.at) else known.at,
        known.date_kind,
        one_line(layer.date_basis, 60) or ("metadata" if known.at and not layer.acquired_at else ""),
        one_line(" ".join(dict.fromkeys(filter(None, (known.platform, known.sensor)))), 2 * LONGEST_STATED),
        one_line(terms.provider, LONGEST_STATED),
        credit,
        credit,
        one_line(_licence(drawing, known), 160),
        may_be_shown_in_files(drawing),
        known.sun_elevation_deg,
        known.sun_azimuth_deg,
        angle,
        kind,
        _pixel_m(drawing, view) or known.product_gsd_m,
        colours=colour_words(raster) if raster is not None else "",
        units=units_of(raster) if raster is not None else "",
        stretch=stretch_words(scene, raster, match) if raster is not None else "",
        nudge="" if nudge is None else nudge.unsigned_words,
        is_placed_by_hand=is_placed and bool(layer.control_points_json),
        date_note=drawing.dates.caption_note if isinstance(drawing, TilesDrawing) else "",
        placement="" if page is None else Phrase("placed by {words}", words=page.words),
        pixel_mm=_pixel_mm(drawing, view),
        lacks_terms=is_served(layer) and not (terms.are_stated or _is_not_for_sale(drawing)),
        is_reference=layer.kind == "tiles" and not known.at and known.date_kind == "unknown",
    )


def _pixel_m(drawing: LayerDrawing, view: View) -> float | None:
    """Ground metres of a pixel of the image itself in the middle of a view; None where that is not known."""
    if not isinstance(drawing, RasterDrawing) or drawing.info is None:
        return None
    try:
        x, y = view.to_world(view.width / 2, view.height / 2)
        lon, lat = (float(value) for value in transform_points(view.grid.crs, WGS84, x, y))
        metres_a_pixel = raster_pixel_m(drawing, lon, lat)
    except GeoloupeError:
        return None
    return metres_a_pixel if math.isfinite(metres_a_pixel) and metres_a_pixel > 0 else None


def _pixel_mm(drawing: LayerDrawing, view: View) -> float:
    """The size on the page of a pixel of the image itself in the middle of a view; 0 where it is not known."""
    pixel_m = _pixel_m(drawing, view)
    if pixel_m is None:
        return 0.0
    middle = view.to_world(view.width / 2, view.height / 2)
    return pixel_m / ground_resolution_m(view.grid.crs, *middle, view.grid.resolution) / MM


def pixel_words(fact: ImageFact, *, tells_all: bool) -> str:
    """The size of an image's pixel; where the page has no notes, also on the page of an image that is too coarse."""
    if not fact.gsd_m:
        return ""
    words = translate("Export", "{0} a pixel").format(metres(fact.gsd_m))
    return f"{words} ({_on_page(fact)})" if tells_all and fact.pixel_mm > _COARSE_MM else words


def _on_page(fact: ImageFact) -> str:
    wide = f"{fact.pixel_mm:.1f}" if fact.pixel_mm < 10 else f"{fact.pixel_mm:.0f}"
    return translate("Export", "{0} mm on this page: too coarse to show a site").format(wide)


def _credit(drawing: LayerDrawing, known: Acquisition) -> str:
    if isinstance(drawing, TilesDrawing):
        credit = drawing.layer.credit or drawing.service.attribution
    else:
        credit = drawing.layer.credit or known.credit
    return one_line(credit, LONGEST_CREDIT)


def _licence(drawing: LayerDrawing, known: Acquisition) -> str:
    """The licence, which says at least whether an image is for non-commercial use only."""
    licence = one_line(known.licence, 120)
    if not _is_not_for_sale(drawing) or _NON_COMMERCIAL.search(licence):
        return licence
    return ", ".join(filter(None, (licence, translate("Export", "for non-commercial use only"))))


def _is_not_for_sale(drawing: LayerDrawing) -> bool:
    return isinstance(drawing, TilesDrawing) and drawing.service.non_commercial


def _undated_name(fact: ImageFact) -> str:
    """The name of an image without the days at its end, which are printed beside it; its time of day stays."""
    name, _, tail = fact.name.rpartition(", ")
    if not name or not is_date_or_interval(tail):
        return fact.name
    printed = f"{fact.date} {fact.date_note}"
    words = written_date(tail if "/" in tail else tail.partition("T")[0])
    if words not in printed:
        return fact.name
    clock = "" if "/" in tail else tail.partition("T")[2][:5]
    is_new = bool(clock) and clock not in printed
    return translate("Export", "{0}, {1} UTC").format(name, clock) if is_new else name


def image_line(fact: ImageFact, *, extent: CaptionExtent = CaptionExtent.ALL) -> str:
    """One line on an image, with its processing as far as `extent` says; `processing_notes` has the rest.

    Unknown facts are left out, except date and credit. A date in the name is not repeated.
    """
    is_named_by_date = bool(fact.name) and fact.name in (fact.date, fact.acquired_at)
    date = in_language(joined(" ", [fact.date, f"({fact.date_details})"]) if fact.date_details else fact.date)
    parts = [
        translate("Export", "Image: {0}").format(date if is_named_by_date else _undated_name(fact)),
        "" if is_named_by_date else date,
        in_language(fact.solar_time),
        in_language(fact.date_note),
        fact.sensor,
        translate("Export", "provided by {0}").format(fact.provider) if fact.provider else "",
        pixel_words(fact, tells_all=extent is CaptionExtent.ALL),
        _angles(fact),
        fact.colours if extent is CaptionExtent.NOTHING else "",
        *(_stretch(fact) if extent is not CaptionExtent.NOTHING else ()),
        *(_placing(fact) if extent is CaptionExtent.ALL else ()),
    ]
    description = ", ".join(part for part in parts if part)
    credit = (
        translate("Export", "Credit: {0}").format(fact.credit)
        if fact.credit
        else translate("Export", "Credit: not stated")
    )
    licence = translate("Export", "Licence: {0}").format(fact.licence) if fact.licence else ""
    return ". ".join(part.rstrip(".") for part in (description, credit, licence) if part) + "."


def _stretch(fact: ImageFact) -> tuple[str, ...]:
    return fact.stretch, fact.processing


def _placing(fact: ImageFact) -> tuple[str, ...]:
    by_hand = translate("Export", "placed by hand with control points") if fact.is_placed_by_hand else ""
    return in_language(fact.nudge), in_language(fact.placement), by_hand


def told_in_captions(spec: ProductSpec) -> CaptionExtent:
    """The processing that captions tell: all of it where a page has no notes; a stretch where images are compared."""
    if not spec.shows("caveats"):
        return CaptionExtent.ALL
    return CaptionExtent.STRETCH if spec.layout in MATCHED else CaptionExtent.NOTHING


def processing_notes(images: Sequence[Sequence[ImageFact]], extent: CaptionExtent) -> list[str]:
    """Sentences on what captions do not tell: images too coarse for the scale, and for images that are alike their
    stretch and placing.
    """
    names: dict[str, dict[str, None]] = {}
    coarse: dict[str, ImageFact] = {}
    for fact in (fact for facts in images for fact in facts):
        before = coarse.get(fact.layer)
        is_coarsest = before is None or fact.pixel_mm > before.pixel_mm
        if extent is not CaptionExtent.ALL and fact.pixel_mm > _COARSE_MM and is_coarsest:
            coarse[fact.layer] = fact
        left = [
            *(_stretch(fact) if extent is CaptionExtent.NOTHING else ()),
            *(_placing(fact) if extent is not CaptionExtent.ALL else ()),
        ]
        if words := ", ".join(filter(None, left)):
            names.setdefault(words, {})[_undated_name(fact)] = None
    notes = [
        translate("Export", "A pixel of {0} is {1}.").format(_undated_name(fact), _on_page(fact))
        for fact in coarse.values()
    ]
    return notes + [
        translate("Export", "{0} as shown: {1}.").format(", ".join(alike), words) for words, alike in names.items()
    ]


def _angles(fact: ImageFact) -> str:
    angles = []
    if fact.sun_elevation_deg is not None:
        azimuth = (
            ""
            if fact.sun_azimuth_deg is None
            else translate("Export", ", azimuth {0}°").format(f"{fact.sun_azimuth_deg:.0f}")
        )
        angles.append(translate("Export", "sun {0}° high{1}").format(f"{fact.sun_elevation_deg:.0f}", azimuth))
    if fact.view_angle_deg is not None:
        angles.append(translate("Export", "seen {0}° {1}").format(f"{fact.view_angle_deg:.0f}", fact.view_angle_kind))
    return ", ".join(angles)


def sides_of_maps(maps: Sequence[MapOnPage], layout: str) -> list[str]:
    """The side of each map: before and after where that is known, else A to F; empty for a single map."""
    if len(maps) < 2:
        return [""]
    if layout == "insets":
        return ["", *(chr(ord("A") + at) for at in range(len(maps) - 1))]
    spans = [_span(on_page) for on_page in maps]
    if layout != "before-after":
        return [chr(ord("A") + at) for at in range(len(maps))]
    return sides_for(spans)


def notes_on_stretches(spec: ProductSpec, maps: Sequence[MapOnPage]) -> list[str]:
    """Words on the stretch of each map relative to the first one's, where maps are compared."""
    framed = [at for at, product_map in enumerate(maps_of(spec)) if product_map.frame is not None]
    map_notes = [""] * len(maps)
    if not spec.match or spec.layout not in MATCHED or len(framed) < 2:
        return map_notes
    compared, scenes = with_matches_alone(compared_maps(spec)), [maps[at].scene for at in framed]
    notes = stretch_notes(compared, scenes, side_name(sides_of_maps(maps, spec.layout)[framed[0]]))
    for number, (at, note) in enumerate(zip(framed, notes, strict=True)):
        is_unmatched = number > 0 and top_image(scenes[number], compared, number) is not None
        map_notes[at] = note or (
            translate("Export", "stretch not matched: too little ground in common") if is_unmatched else ""
        )
    return map_notes


def dates_of(on_page: MapOnPage) -> str:
    """The dates of the images of a map, limited to two."""
    known = dict.fromkeys(fact.date for fact in image_facts(on_page) if not fact.is_reference)
    dates = [in_language(date) for date in known] or [in_language(UNDATED)]
    more = len(dates) - 2
    return "; ".join(dates[:2]) + (f" +{more}" if more > 0 else "")


def _span(on_page: MapOnPage) -> Span | None:
    """The time from the first to the last image in the frame; None where one of them has no date."""
    known = [acquisition_shown(drawing) for drawing in images_in(on_page)]
    return span_of_all(known) if known else None
