"""Finds what a case has already of a file of Google Earth, so that the same file can come home twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from layers.document.document import Document
from layers.document.kept_view import KeptView
from layers.document.layer import Layer
from layers.document.marks.earth_opacity import EARTH
from layers.errors import InvalidValue
from layers.requests.earth_file import EarthFile
from viewer.commands.filing.earth_changes import EarthChange, earth_sites
from viewer.commands.filing.earth_overlays import kept_facts
from viewer.commands.filing.earth_views import viewport_json


class KnownParts(Struct, frozen=True):
    """Numbers of the places, overlays and views of a file that the case has already, and what changed of places."""

    places: frozenset[int] = frozenset()
    overlays: frozenset[int] = frozenset()
    views: frozenset[int] = frozenset()
    changed: tuple[EarthChange, ...] = ()
    """Places that are sites of the case, and state something else of these now: none of them is in `places`."""
    reworded: tuple[str, ...] = ()
    """Names of marks of ours in whose descriptions words of ours are lacking or changed."""

    def __bool__(self) -> bool:
        return bool(self.places or self.overlays or self.views or self.changed)


def known_parts(document: Document, file: EarthFile, shapes: Sequence[bytes]) -> KnownParts:
    """The parts of a file that a case has: places as `earth_sites` tells them, overlays by their name in the file and
    all that it states, views by their name and extent. `shapes`: the WKB of the file's geometries.
    """
    sites = earth_sites(document, file, shapes)
    overlays, views = _overlays(document, file), _views(document, file)
    return KnownParts(sites.same, overlays, views, sites.changed, sites.reworded)


def _overlays(document: Document, file: EarthFile) -> frozenset[int]:
    here = Counter(_overlay_key(layer) for layer in document.layers.values() if EARTH in layer.source)
    overlays = set[int]()
    for number, overlay in enumerate(file.overlays):
        key = _written(kept_facts(file, overlay)), overlay.part.rpartition("/")[2]
        if here[key] > 0:
            here[key] -= 1
            overlays.add(number)
    return frozenset(overlays)


def _overlay_key(layer: Layer) -> tuple[str, str]:
    """The statements that a layer keeps, and the name of its picture: its path may be another one after a save."""
    path = str(layer.source.get("part") or layer.source.get("path") or "").replace("\\", "/")
    return _written(layer.source[EARTH]), path.rpartition("/")[2]


def _written(kept: object) -> str:
    return json.dumps(kept, sort_keys=True)


def _views(document: Document, file: EarthFile) -> frozenset[int]:
    here = {(bookmark.name, _rounded(bookmark.viewport_json)) for bookmark in document.bookmarks.values()}
    views = enumerate(file.views) if here else ()
    return frozenset(number for number, view in views if (view.name[:200], _rounded(viewport_json(view))) in here)


def _rounded(text: str) -> str:
    """The view of a bookmark, to a tenth of a metre: one that went out and came back is the same again."""
    try:
        view = KeptView.from_json(text)
    except InvalidValue:
        return text
    if view.bounds_lonlat is not None:
        return text
    turn = round(view.rotation_deg, 3) % 360.0
    return f"{view.crs} {view.x:.1f} {view.y:.1f} {view.resolution:.5g} {turn:.3f}"
