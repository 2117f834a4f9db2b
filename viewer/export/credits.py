"""The lines below a product's map: who is to be credited, who marked it, and where its claims are from."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetricsF

from layers.document.document import Document
from layers.document.source import Source
from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.crs import WGS84, crs_name, transform_points
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from viewer.export.layout import Layout
from viewer.support.fonts import font
from viewer.support.text import LONGEST_CREDIT, one_line, plain

CREDIT_PX = 10.5
MOST_SOURCES = 4
MGRS_UP_TO_M = 200_000
"""A wider frame has its centre in degrees only: one square of the grid would say more than is meant."""


def credit_lines(
    document: Document, layout: Layout, view: View, attributions: list[str], in_frame: Collection[str]
) -> list[str]:
    """The lines that are printed: imagery and data first, then the annotation, then what the claims rest on."""
    tr = QCoreApplication.translate
    author = one_line(layout.author) or tr("Export", "the analyst")
    made = ", ".join(part for part in (author, layout.made_on) if part)
    lines = ["  ·  ".join(one_line(text, LONGEST_CREDIT) for text in attributions)] if attributions else []
    lines.append(
        tr("Export", "Annotation: {0}; made with Geoloupe. Map CRS: {1}. Coordinates: WGS 84. Centre: {2}.").format(
            made, crs_name(layout.crs), _centre(view)
        )
    )
    sources = cited_sources(document, in_frame)
    lines += [_citation(source) for source in sources[:MOST_SOURCES]]
    if len(sources) > MOST_SOURCES:
        lines.append(tr("Export", "and {0} more sources, in the case").format(len(sources) - MOST_SOURCES))
    notes = []
    if sources:
        notes.append("Claims are repeated as their sources report them; a symbol does not say that a claim is true.")
    if in_frame:
        notes.append("What is not marked is not thereby absent.")
    if notes:
        lines.append(" ".join(tr("Export", note) for note in notes))
    return lines


def cited_sources(document: Document, in_frame: Collection[str]) -> list[Source]:
    """The sources of the claims a map carries: those about a site in the frame, and beside them those of no place.

    Without a site that a claim is about the map carries none.
    """
    inside = frozenset(in_frame)
    found: dict[str, Source] = {}
    places_of = {
        claim.uuid: {link.site_uuid for link in document.site_links_of_claim(claim.uuid)}
        for claim in document.claims.values()
    }
    if not any(places & inside for places in places_of.values()):
        return []
    for claim in document.claims.values():
        places = places_of[claim.uuid]
        if places and not places & inside:
            continue
        for link in document.source_links_of_claim(claim.uuid):
            if link.source_uuid in document.sources:
                found[link.source_uuid] = document.sources[link.source_uuid]
    return list(found.values())


def wrapped_lines(texts: list[str], width: float, ratio: float) -> list[str]:
    """Break lines at spaces so that each fits `width` pixels; a word that fits no line is cut."""
    metrics = QFontMetricsF(font(CREDIT_PX * ratio))
    out: list[str] = []
    for text in texts:
        line = ""
        for word in plain(text).split():
            longer = f"{line} {word}" if line else word
            if line and metrics.horizontalAdvance(longer) > width:
                out.append(line)
                longer = word
            line = longer
        out.append(line)
    return [line for line in out if line]


def _citation(source: Source) -> str:
    tr = QCoreApplication.translate
    title = f"“{one_line(source.title)}”" if source.title else tr("Export", "without a title")
    date = source.published_at or tr("Export", "no date")
    parts = (source.publisher or source.author, title, date, source.url)
    return tr("Export", "Source: {0}").format(", ".join(one_line(part, LONGEST_CREDIT) for part in parts if part))


def _centre(view: View) -> str:
    """As many digits as a hundredth of the frame is worth."""
    px, py = view.width / 2, view.height / 2
    x, y = view.to_world(px, py)
    lon, lat = (float(v) for v in transform_points(view.grid.crs, WGS84, x, y))
    width_m = ground_resolution_m(view.grid.crs, x, y, view.grid.resolution) * view.width
    degrees = format_coordinate(lon, lat, Notation.DD, error_m=width_m / 100)
    if not width_m <= MGRS_UP_TO_M:
        return degrees
    return f"{degrees} (MGRS {format_coordinate(lon, lat, Notation.MGRS, error_m=width_m / 100)})"
