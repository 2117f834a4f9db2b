"""The facts of a layer's image as a row of `images` in a case keeps them, and the size of the image's pixels."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

from layers.decoding import decoded_or_none
from layers.disk.content_mark import KEY as CONTENT
from layers.disk.content_mark import ContentMark
from layers.document.image import image_key_of
from layers.document.layer import Layer
from layers.document.mark_position import Pick
from layers.document.placing.nudge import read_nudge
from layers.document.placing.page_origin import page_origin_of
from layers.document.vocabulary import DATE_BASES, DATUMS
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.crs import WGS84, transform_points
from layers.geo.measure import distance_m, ground_resolution_m
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.combined import members_of
from layers.services.matrix import level_for, level_resolution, unit_m
from viewer.commands.fields import check_date
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line

LONGEST = 200
"""Most characters of a fact from somebody else's file."""


def image_facts(drawing: LayerDrawing) -> dict[str, Any] | None:
    """The fields of a row of `images`; None for a layer that is no image, or is not known yet."""
    if isinstance(drawing, TilesDrawing):
        return _of_service(drawing)
    if isinstance(drawing, RasterDrawing) and drawing.info is not None:
        return _of_raster(drawing)
    return None


def pick_at(drawing: LayerDrawing, view: View, lon: float, lat: float) -> Pick | None:
    """Ground metres of a pixel of the image and of the screen at a place in lon, lat; None where one is not known."""
    screen_m = screen_m_at(view, lon, lat)
    if screen_m is None:
        return None
    try:
        pixel_m = _pixel_m(drawing, screen_m, lon, lat)
    except GeoloupeError:
        return None
    return Pick(pixel_m, screen_m) if math.isfinite(pixel_m) and pixel_m > 0 else None


def screen_m_at(view: View, lon: float, lat: float) -> float | None:
    """Ground metres of a pixel of the screen at a place; None off the map."""
    try:
        x, y = (float(coordinate) for coordinate in transform_points(WGS84, view.grid.crs, lon, lat))
        screen_m = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
    except GeoloupeError:
        return None
    return screen_m if math.isfinite(screen_m) and screen_m > 0 else None


def _pixel_m(drawing: LayerDrawing, screen_m: float, lon: float, lat: float) -> float:
    """Ground metres of one pixel of the image there, along its longer side; nan where that is not known."""
    if isinstance(drawing, TilesDrawing):
        service = drawing.drawn_service
        metres = unit_m(service, lon, lat)
        return level_resolution(level_for(screen_m / metres, service), service) * metres
    return raster_pixel_m(drawing, lon, lat) if isinstance(drawing, RasterDrawing) else math.nan


def raster_pixel_m(drawing: RasterDrawing, lon: float, lat: float) -> float:
    """Ground metres of one pixel of an image at a place, along its longer side; nan where that is not known."""
    if drawing.info is None:
        return math.nan
    info = drawing.info
    crs = drawing.layer.crs or info.crs
    a, b, _, d, e, _ = info.transform
    x, y = (float(coordinate) for coordinate in transform_points(WGS84, crs, lon, lat))
    lons, lats = transform_points(crs, WGS84, [x, x + a, x + b], [y, y + d, y + e])
    return max(distance_m(lons[0], lats[0], lons[neighbour], lats[neighbour]) for neighbour in (1, 2))


def _of_service(drawing: TilesDrawing) -> dict[str, Any]:
    layer, service = drawing.layer, drawing.service
    known = drawing.dates.acquisition(layer)
    facts = _common(layer, known)
    provider = layer.provider or service.group or service.operator
    name = ", ".join(text for text in (provider, service.title or layer.name) if text)
    whose = f"{name} ({service.hosts[0]})" if service.hosts else name
    facts["service"] = one_line(", ".join(text for text in (whose, drawing.dates.words) if text), LONGEST)
    facts["credit"] = one_line(layer.credit or service.attribution, LONGEST)
    facts["licence"] = one_line(layer.licence or service.licence, LONGEST)
    if facts["acquired_at"] and service.time:
        facts["date_basis"] = "catalogue"
    if not facts["acquired_at"] and facts["date_kind"] == "unknown":
        facts["date_kind"] = "composite"  # a map of many pictures has no instant
    return facts


def _of_raster(drawing: RasterDrawing) -> dict[str, Any]:
    layer, info = drawing.layer, drawing.info
    assert info is not None
    known = drawing.acquisition
    facts = _common(layer, known)
    if not layer.acquired_at and facts["acquired_at"]:
        facts["date_basis"] = "metadata"
    facts["product_id"] = one_line(known.product_id, LONGEST)
    page = page_origin_of(layer)
    stated = info.georeferencing_note if page is None else Phrase("placed by {words}", words=page.words)
    facts["placement_note"] = facts["placement_note"] or one_line(stated, LONGEST)
    facts["credit"] = one_line(layer.credit or known.credit or info.credit, LONGEST)
    facts["licence"] = one_line(known.licence, LONGEST)
    facts["image_key"] = image_key_of(facts["product_id"]) or _content_key(layer.source, drawing.path.name)
    return facts


def _common(layer: Layer, known: Acquisition) -> dict[str, Any]:
    sensor = " ".join(dict.fromkeys(text for text in (known.platform, known.sensor) if text))
    gsd_m = known.product_gsd_m
    nudge = read_nudge(layer.nudge_json)
    return {
        # What the file states of its accuracy holds no longer where somebody has moved it.
        "placement_note": "" if nudge is None else one_line(nudge.unsigned_words, LONGEST),
        "layer_uuid": layer.uuid,
        "layer_title": one_line(layer.name, LONGEST),
        "sensor": one_line(sensor, LONGEST),
        "acquired_at": _date(known.at, known.until),
        "date_kind": known.date_kind,
        "date_basis": layer.date_basis if layer.acquired_at and layer.date_basis in DATE_BASES else "",
        "gsd_m": gsd_m if gsd_m is not None and 0 < gsd_m <= 1e6 else None,
        "datum": layer.datum if layer.datum in DATUMS else "",
    }


def _date(at: str, until: str) -> str:
    """The date as the case keeps dates; empty for a text that is no date."""
    text = f"{at}/{until}" if until and until != at else at
    try:
        check_date(text, Phrase("date"))
    except InvalidValue:
        return ""
    return text


def _content_key(source: dict[str, Any], name: str) -> str:
    """Key of an image without a product id, made from its files' content: the same wherever they lie."""
    if shipped := source.get("shipped"):
        return f"shipped:{one_line(str(shipped), LONGEST)}"
    members = members_of(source)
    marks = [_mark(member.source) for member in members] if members else [_mark(source)]
    if all(marks):
        text = json.dumps([*marks, str(source.get("part", ""))])
        return f"content:{marks[0]}" if not members and not source.get("part") else f"content:{_digest(text)}"
    return f"file:{one_line(name, LONGEST)}"


def _mark(source: Mapping[str, Any]) -> str:
    mark = decoded_or_none(source.get(CONTENT), ContentMark)
    return "" if mark is None else f"{mark.size}-{mark.ends}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
