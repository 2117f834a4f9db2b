"""The sentences of a search: what it does not show, what is too small for it, what hid the rest."""

from __future__ import annotations

import math

from layers.document.document import Document
from layers.document.image import Image
from layers.document.search import Search
from layers.document.site import Site
from layers.geo.coordinates import Notation, format_coordinate
from layers.geo.coordinates.notation import METRES_PER_DEGREE
from layers.observing.search_cells import FOUND, NOTHING, SearchCell, sheet_of
from layers.phrase import Phrase, joined
from layers.text.counted import counted, metres
from layers.time.written_dates import written_date

LEAST_PIXELS = 3
"""Pixels that a target needs across to be seen, about: a smaller one cannot be said to be absent."""


def too_coarse(target_m: float | None, pixel_m: float | None) -> Phrase | None:
    """The reason why a target of this size cannot be absent on an image; None where the image shows it, or where one of
    the two is not stated.
    """
    if not (target_m and pixel_m) or target_m >= LEAST_PIXELS * pixel_m * (1 - 1e-9):
        return None
    return Phrase(
        "Too coarse: a target of {target} needs pixels of {finest} or less, and this image has pixels of {pixel}, so "
        "that it cannot be said to be absent.",
        target=metres(target_m),
        finest=metres(target_m / LEAST_PIXELS),
        pixel=metres(pixel_m),
    )


def search_sentence(search: Search, image: Image | None) -> Phrase:
    """The sentence on a search that found nothing; it says of what size, in which share, and on which date."""
    size = Phrase(" of {metres} or more", metres=metres(search.target_size_m)) if search.target_size_m else ""
    share = (
        Phrase(" in the {assessed_pct} % assessable", assessed_pct=f"{search.assessed_pct:g}")
        if search.assessed_pct is not None
        else ""
    )
    at = Phrase(" on {at}", at=written_date(image.acquired_at)) if image is not None and image.acquired_at else ""
    target = search.target.strip()
    return Phrase(
        "{value}{size} seen{share}{at}; this does not show absence.",
        value=Phrase("{target}: none", target=target) if target else Phrase("None"),
        size=size,
        share=share,
        at=at,
    )


def area_name(document: Document, site: Site) -> Phrase:
    """The name of a search area without a label, by the last search of it: what was looked for, when and where."""
    place = format_coordinate(site.place.x, site.place.y, Notation.DD, _across_m(site))
    searches = [row for row in document.links.searches_of_area(site.uuid) if row.kind == "image"]
    if not searches:
        return Phrase("Search area at {place}", place=place)
    last = max(searches, key=lambda row: (row.at, row.created_at))
    image = document.images.get(last.image_uuid)
    dated = image.acquired_at if image is not None else ""
    return Phrase(
        "Search for {target}, {when}, at {place}",
        target=last.target.strip() or Phrase("anything"),
        when=Phrase("image of {date}", date=written_date(dated))
        if dated
        else Phrase("searched on {date}", date=written_date(last.at[:10])),
        place=place,
    )


def _across_m(site: Site) -> float:
    """The size of an area, in metres about: its place has no more digits than that."""
    left, bottom, right, top = site.geometry.bounds
    return METRES_PER_DEGREE * max(top - bottom, (right - left) * math.cos(math.radians((bottom + top) / 2)))


def found_sentence(search: Search) -> Phrase:
    """The sentence on a search that found something, in how many cells."""
    sheet = sheet_of(search)
    count = 0 if sheet is None else sum(cell.answer == FOUND for cell in sheet.cells)
    target = search.target.strip()
    cells = counted(count, "cell")
    return (
        Phrase("{target}: found in {cells}.", target=target, cells=cells)
        if target
        else Phrase("Found in {cells}.", cells=cells)
    )


def image_search_sentences(search: Search, image: Image | None) -> list[str]:
    """All sentences on a search of an image: what it found or did not, and the rest of its area."""
    sentences: list[str] = [search_sentence(search, image)] if search.result == "none seen" else []
    sentences += [found_sentence(search)] if search.result == "found" else []
    sentences += [rest] if (rest := rest_sentence(search)) else []
    return sentences


def rest_sentence(search: Search) -> str:
    """The sentences on the rest of the area: what was hidden, where nobody looked, and where little could be told
    though somebody did; empty where there is none of that.
    """
    reasons = _reasons(search)
    obscured, missed = search.obscured_pct or 0.0, search.not_searched_pct or 0.0
    parts = []
    if obscured:
        why = Phrase(" ({reasons})", reasons=joined(", ", [Phrase(reason) for reason in reasons])) if reasons else ""
        parts.append(Phrase("{pct} % obscured{why}", pct=f"{obscured:g}", why=why))
    if missed:
        parts.append(Phrase("{pct} % not searched", pct=f"{missed:g}"))
    rest = [Phrase("{parts}.", parts=joined(", ", parts))] if parts else []
    return joined(" ", sentences) if (sentences := [*rest, *_doubt(search)]) else ""


def _doubt(search: Search) -> list[Phrase]:
    """The sentence on cells in which nothing was seen, and which may lie in radar shadow by their pixels."""
    sheet = sheet_of(search)
    cells = () if sheet is None else sheet.cells
    dark = sum(cell.is_searched and cell.answer == NOTHING and cell.suggested == "radar shadow" for cell in cells)
    if not dark:
        return []
    seen = sum(cell.is_searched for cell in cells)
    return [
        Phrase(
            "Of {seen} looked at, {dark} at the noise floor of the radar image: little can be told there.",
            seen=counted(seen, "cell"),
            dark=Phrase("{count} is largely", count=dark) if dark == 1 else Phrase("{count} are largely", count=dark),
        )
    ]


def _reasons(search: Search) -> list[str]:
    sheet = sheet_of(search)
    cells = () if sheet is None else sheet.cells
    reasons = [cell.why or "other" for cell in cells if cell.answer == "cannot tell" and (cell.why or cell.words)]
    reasons += ["cloud" for cell in cells if cell.is_searched and cell.cloud]
    reasons += ["not covered" for cell in cells if cell.is_searched and cell.no_data]
    return list(dict.fromkeys(reasons))


def suggestion(cell: SearchCell) -> Phrase | None:
    """The sentence on why a cell may not be told, by its pixels; None where nothing speaks for it."""
    reason = cell.suggested
    if reason == "not covered":
        return Phrase("{pct} % of this cell is without data.", pct=_percent(cell.no_data))
    if reason == "cloud":
        percent = _percent(cell.cloud)
        return Phrase("{pct} % of this cell is under cloud or in its shadow, by the image's mask.", pct=percent)
    if reason:
        return Phrase(
            "Radar shadow? {pct} % is at the noise floor, as smooth ground or water may be.",
            pct=_percent(cell.dark),
        )
    return None


def _percent(part: float) -> str:
    return str(math.floor(100 * part + 0.5))
