"""Searches of an area: on an image or in a catalogue, with how much of it could be assessed."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.json_fields import json_object
from layers.document.rows import Row
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.phrase import Phrase


class Search(Row, frozen=True, kw_only=True):
    """`area_uuid` is a site that is a search area; `cells_json` the cells of a grid and what each showed.

    "None seen" holds for `target_size_m` and for the `assessed_pct` of the area, and does not show absence. Of the
    rest, `obscured_pct` was looked at and cannot be told, and at `not_searched_pct` nobody looked.
    """

    kind: str = "image"
    area_uuid: str = ""
    cells_json: str = ""
    target: str = ""
    target_size_m: float | None = None
    gsd_m: float | None = None
    method: str = ""
    image_uuid: str = ""
    query_json: str = ""
    result: str = ""
    assessed_pct: float | None = None
    obscured_pct: float | None = None
    observer: str = ""
    words: str = ""
    at: str = ""
    not_searched_pct: float | None = None


def asked_sites(search: Search) -> tuple[str, ...]:
    """Uuids of the marks that a question to an archive was about; none for other ground, or a query that cannot be
    read.
    """
    try:
        query = json_object(search.query_json, Phrase("question to the catalogue"))
    except InvalidValue:
        return ()
    named = query.get("about") or query.get("sites")
    return tuple(uuid for uuid in named if isinstance(uuid, str)) if isinstance(named, list) else ()


def is_searched(site: Site, searches: Iterable[Search]) -> bool:
    """True for a search area of which one of these searches tells: its shares and cells hold for the place where it
    lies.
    """
    return site.mark_kind == "search area" and any(row.area_uuid == site.uuid for row in searches)
