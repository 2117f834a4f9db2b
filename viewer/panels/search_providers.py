"""Who finds: coordinates, the case's sites, the shipped place names, attributes of layers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from shapely import bounds as bounds_of

from layers.counted import grouped
from layers.document.site import Site
from layers.document.vocabulary import SITE_CLASSES
from layers.errors import BadCoordinate, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.coordinates import (
    Datum,
    Notation,
    ParsedCoordinate,
    format_coordinate,
    parse_candidates,
    parse_coordinate,
)
from layers.places.index import Place, PlaceIndex
from layers.places.names import name_key
from layers.places.unpack import unpacked
from viewer.panels.search import MOST_IN_GROUP, AttributeSource, Group, Hit, name_score
from viewer.support.text import one_line

_tr = QCoreApplication.translate
MOST_READINGS = 4
SHORTEST_ATTRIBUTE = 2


def metres(value: float) -> str:
    """A length in words of two digits: 5 m, 1.2 km."""
    if value >= 1000:
        return f"{float(f'{value / 1000:.2g}'):,g} km".replace(",", "\u202f")
    return f"{float(f'{value:.2g}'):g} m"


class CoordinateProvider:
    """Every reading of a coordinate; raises BadCoordinate for a wrong one. Between searches the datum may change."""

    def __init__(self) -> None:
        self.datum = Datum.WGS84
        self.notation = Notation.DD

    def search(self, text: str) -> list[Hit]:
        try:
            parse_coordinate(text, self.datum)
        except BadCoordinate as error:
            if "is no coordinate" in error.sentence:
                return []
            raise
        readings = parse_candidates(text, self.datum)[:MOST_READINGS]
        return [self._hit(read, number) for number, read in enumerate(readings)]

    def _hit(self, read: ParsedCoordinate, number: int) -> Hit:
        shown = format_coordinate(read.lon, read.lat, self.notation, read.error_m)
        datum = str(read.datum) if read.datum is Datum.WGS84 else f"{read.datum} → {Datum.WGS84}"
        note = _tr("Search", "{0} · {1} · good to {2}").format(read.notation, datum, metres(read.radius_m))
        fields = {"position_error_m": round(read.radius_m, 1), "position_basis": _basis(read)}
        return Hit(
            group=Group.COORDINATES, text=shown, note=note, lon=read.lon, lat=read.lat, error_m=read.radius_m,
            icon="go_to", fields=fields, score=number,
        )  # fmt: skip


def _basis(read: ParsedCoordinate) -> str:
    return f"{read.basis}; as given: {one_line(read.text, 120)}"


class SiteProvider:
    """The case's sites by label and by any alias, and by what they are."""

    def __init__(self, sites: Callable[[], Mapping[str, Site]]) -> None:
        self._sites = sites
        self._keys: dict[str, tuple[Site, tuple[str, ...]]] = {}

    def search(self, text: str) -> list[Hit]:
        wanted = name_key(text)
        if not wanted:
            return []
        found: list[tuple[float, Site, str]] = []
        kept: dict[str, tuple[Site, tuple[str, ...]]] = {}
        for site in list(self._sites().values()):  # one step of the interpreter: edits come from another thread
            known = self._keys.get(site.uuid)
            if known is None or known[0] is not site:
                names = (site.label, *(name for _, name in site.aliases))
                known = (site, tuple(name_key(name) for name in names))
            kept[site.uuid] = known
            for place, key in enumerate(known[1]):
                if wanted in key or wanted.replace(" ", "") == key.replace(" ", ""):
                    score = name_score(wanted, key)
                    name = site.label if place == 0 else site.aliases[place - 1][1]
                    found.append((9.0 if score is None else score, site, name))
                    break
        self._keys = kept
        found.sort(key=lambda row: (row[0], row[1].label))
        return [_site_hit(*row) for row in found[:MOST_IN_GROUP]]


def _site_hit(score: float, site: Site, name: str) -> Hit:
    left, bottom, right, top = bounds_of(site.geometry)
    label = one_line(site.label, 80) or _tr("Search", "Site without a name")
    other = "" if name == site.label else one_line(name, 60)
    words = (other, SITE_CLASSES.get(site.class_code, ""), site.location_country)
    return Hit(
        group=Group.SITES, text=label, note=" · ".join(word for word in words if word), icon="sites",
        lon=float(left + right) / 2, lat=float(bottom + top) / 2, error_m=site.position_error_m or 0.0,
        bounds=Bounds(left, bottom, right, top) if right > left or top > bottom else None, site_uuid=site.uuid,
        score=score,
    )  # fmt: skip


class PlaceProvider:
    """The shipped names; unpacked and opened when first asked, once."""

    def __init__(self, packed: Callable[[], Path], cache: Callable[[], Path]) -> None:
        self._packed, self._cache = packed, cache
        self._index: PlaceIndex | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Unpack and open now; raises as `search` does."""
        self._opened()

    def search(self, text: str) -> list[Hit]:
        """Raises NotReadable."""
        index = self._opened()
        places = index.search(text, 3 * MOST_IN_GROUP)
        return [_place_hit(place, number) for number, place in enumerate(places)]

    def close(self) -> None:
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _opened(self) -> PlaceIndex:
        with self._lock:
            if self._index is None:
                try:
                    self._index = PlaceIndex(unpacked(self._packed(), self._cache()))
                except OSError as error:
                    raise NotReadable(
                        f"The place names cannot be unpacked into {self._cache()} ({error.strerror}): make room there."
                    ) from error
            return self._index


def _place_hit(place: Place, number: int) -> Hit:
    is_facility = bool(place.kind)
    text = place.name if place.matched in ("", place.name) else f"{place.name} ({place.matched})"
    what = SITE_CLASSES.get(place.kind, "") if is_facility else _people(place.population)
    where = format_coordinate(place.lon, place.lat, Notation.DD, max(place.error_m, 1000.0))
    fields = {
        "label": place.name,
        "aliases": _aliases(place),
        "class_code": place.kind or "other",
        "position_error_m": place.error_m,
        "position_basis": place.source if is_facility else f"Middle of {place.name} in {place.source}, radius assumed",
    }
    return Hit(
        group=Group.FACILITIES if is_facility else Group.PLACES, text=text, lon=place.lon, lat=place.lat,
        note=" · ".join(word for word in (what, place.country, where) if word), error_m=place.error_m,
        icon="sites" if is_facility else "point", fields=fields, score=number,
    )  # fmt: skip


def _people(population: int) -> str:
    if not population:
        return ""
    return _tr("Search", "{0} people").format(grouped(population))


def _aliases(place: Place) -> tuple[tuple[str, str], ...]:
    """The first Chinese and the first Cyrillic name; which of several languages a Cyrillic one is, nobody said."""
    chinese = next((name for name in place.names if any("\u3400" <= c <= "\u9fff" for c in name)), "")
    cyrillic = next((name for name in place.names if any("\u0400" <= c <= "\u04ff" for c in name)), "")
    pairs = (("zh", chinese), ("ru", cyrillic if place.kind or place.country == "Russia" else ""))
    return tuple(pair for pair in pairs if pair[1])


class AttributeProvider:
    """The attributes of whatever layers there are now."""

    def __init__(self, sources: Callable[[], Iterable[AttributeSource]]) -> None:
        self._sources = sources

    def search(self, text: str) -> list[Hit]:
        wanted = text.strip()
        if len(wanted) < SHORTEST_ATTRIBUTE and wanted.isascii():
            return []
        return [
            _attribute_hit(source, match.fid, match.column, match.value, match.bounds, number)
            for source in list(self._sources())
            for number, match in enumerate(source.find(wanted, MOST_IN_GROUP))
        ]


def _attribute_hit(source: AttributeSource, fid: int, column: str, value: str, bounds: Bounds, number: int) -> Hit:
    lon, lat = bounds.centre
    is_area = bounds.width > 0 or bounds.height > 0
    return Hit(
        group=Group.ATTRIBUTES, text=one_line(value, 80), icon="vector", lon=lon, lat=lat, layer_uuid=source.layer_uuid,
        note=_tr("Search", "{0} in {1}").format(one_line(column, 30), one_line(source.title, 40)), fid=fid,
        bounds=bounds if is_area and all(map(math.isfinite, (bounds.left, bounds.right))) else None, score=number,
    )  # fmt: skip
