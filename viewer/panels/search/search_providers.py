"""Providers of hits: coordinates, the case's sites, the shipped place names, attributes of layers."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from pathlib import Path

from shapely import bounds as bounds_of

from layers.document.marks.measurement import MEASUREMENT
from layers.document.site import Site
from layers.document.vocabulary import SITE_CLASSES, class_words
from layers.errors import BadCoordinate, NotReadable
from layers.geo.bounds import Bounds
from layers.geo.coordinates import Datum, Notation, ParsedCoordinate, format_coordinate
from layers.geo.coordinates.in_text import coordinates_among_words
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate
from layers.geo.coordinates.wkt import Extent, read_extent
from layers.geo.longitudes import normalise_lon
from layers.geo.measure import distance_m
from layers.geo.on_earth import why_off_earth
from layers.places.index import COUNTRY, REGION, NamedPlace, PlaceIndex
from layers.places.names import name_key, tight
from layers.places.spelling import Spelled, most_wrong
from layers.places.unpack import unpacked
from layers.text.counted import grouped, metres
from viewer.panels.search.hits import (
    EXACT,
    INSIDE,
    MOST_IN_GROUP,
    NEARLY,
    SAME_PLACE_M,
    WEAK_COORDINATE,
    WORDS,
    AttributeMatch,
    Hit,
    HitGroup,
    SearchedLayer,
    WantedKey,
    key_score,
)
from viewer.panels.search.site_names import LONGEST_NAME, NamesOfSites, SiteNames, SitesPart
from viewer.panels.words import kind_title
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

MOST_READINGS = 4
SHORTEST_ATTRIBUTE = 2
MOST_COMPARED = 500
"""Names that are compared for each kind of match."""
EXTENT_ERROR_M = 50.0
"""Error in metres of the written corners of an extent, too small to be seen."""


class CoordinateProvider:
    """Finds all readings of a coordinate, and the extent of a shape in WKT or of a web map's address.

    `search` raises BadCoordinate for an invalid coordinate. The datum may change between searches.
    """

    def __init__(self) -> None:
        self.datum = Datum.WGS84
        self.notation = Notation.DD

    def search(self, text: str) -> list[Hit]:
        framed = read_extent(text, self.datum)
        if framed is not None:
            return [self._extent_hit(framed)]
        try:
            parse_coordinate(text, self.datum)
            readings = parse_candidates(text, self.datum)
        except BadCoordinate as error:
            readings = coordinates_among_words(text, self.datum)
            if not readings and "is no coordinate" not in error.sentence:
                raise
        return [self._hit(read, number) for number, read in enumerate(readings[:MOST_READINGS])]

    def _hit(self, read: ParsedCoordinate, number: int) -> Hit:
        shown = format_coordinate(read.lon, read.lat, self.notation, read.error_m)
        datum = str(read.datum) if read.datum is Datum.WGS84 else f"{read.datum} → {Datum.WGS84}"
        note = translate("Search", "{0} · {1} · good to {2}").format(read.notation, datum, metres(read.radius_m))
        fields = {"position_error_m": read.position_error_m, "position_basis": _basis(read)}
        is_word = not any(letter.isdigit() for letter in read.text)  # as BAM is: a polar square of MGRS, and a name
        return Hit(
            group=HitGroup.COORDINATES,
            text=shown,
            note=note,
            lon=read.lon,
            lat=read.lat,
            error_m=read.radius_m,
            icon="go_to",
            fields=fields,
            score=number + WEAK_COORDINATE * is_word,
        )

    def _extent_hit(self, framed: Extent) -> Hit:
        bounds, (lon, lat) = framed.bounds, framed.bounds.centre
        low = format_coordinate(bounds.left, bounds.bottom, self.notation, EXTENT_ERROR_M)
        high = format_coordinate(bounds.right, bounds.top, self.notation, EXTENT_ERROR_M)
        note = (
            translate("Search", "{0} in WKT").format(framed.kind)
            if framed.kind
            else translate("Search", "what the address shows")
        )
        return Hit(
            group=HitGroup.COORDINATES,
            text=translate("Search", "{0} to {1}").format(low, high),
            note=note,
            icon="go_to",
            lon=normalise_lon(lon),
            lat=lat,
            bounds=bounds,
        )


def _basis(read: ParsedCoordinate) -> str:
    return translate("Search", "{0}; as given: {1}").format(in_language(read.basis), one_line(read.text, 120))


class SiteProvider:
    """Finds the case's sites, and its other marks, by their labels and aliases."""

    def __init__(self, sites: Callable[[], Mapping[str, Site]]) -> None:
        self._sites, self._names = sites, SiteNames()

    def prepare(self) -> None:
        """Make what a search needs now; for a job."""
        self._now()

    def search(self, text: str) -> list[Hit]:
        key = name_key(text[:LONGEST_NAME])
        if not key:
            return []
        wanted, parts = WantedKey(key), self._now()
        others = _matching(wanted, [part.others for part in parts])
        return _best(others) + _best(_matching(wanted, [part.measured for part in parts]))

    def search_nearly(self, text: str) -> list[Hit]:
        """The sites with a name, or as many words of one, of a similar spelling."""
        wanted = name_key(text[:LONGEST_NAME])
        if not most_wrong(tight(wanted)):
            return []
        spelled, parts, hits = Spelled(wanted), self._now(), list[Hit]()
        for all_names in ([part.others for part in parts], [part.measured for part in parts]):
            matches = []
            for keyed in (keyed for names in all_names for keyed in names.alike(wanted)):
                scores = [
                    (off, at) for at, key in enumerate(keyed.keys) if (off := spelled.words_nearness(key)) is not None
                ]
                if scores:
                    off, at = min(scores)
                    matches.append((NEARLY + off / 10, keyed.site, keyed.name(at)))
            hits += _best(matches)
        return hits

    def same_as(self, hit: Hit) -> Hit | None:
        """The site near the hit that has one of the hit's names, whatever text was searched for."""
        wanted = dict.fromkeys(tight(name_key(name)) for name in (hit.text, *hit.names))
        for part in self._now():
            for names in part.all_names:
                for keyed in (keyed for name in wanted if name for keyed in names.called(name)):
                    if _is_near(keyed.site, hit.lon, hit.lat):
                        return site_hit(hit.score, keyed.site, keyed.site.label)
        return None

    def _now(self) -> Sequence[SitesPart]:
        """The present sites with their names."""
        return self._names.present(list(self._sites().values()))  # in one step: edits come from another thread


type _Match = tuple[float, Site, str]
"""A score, and a mark with the name that has it."""


def _matching(wanted: WantedKey, all_names: Sequence[NamesOfSites]) -> list[_Match]:
    """The marks that match best: names equal to the key first, and weaker ones while there are too few.

    Of a kind of match that thousands of names have only the first are compared, as a key may not take longer.
    """
    matches: dict[str, _Match] = {}
    for needles in wanted.needles():
        for needle in needles:
            left = MOST_COMPARED
            for names in all_names:
                holding = names.holding(needle, left)
                left -= len(holding)
                for keyed in holding:
                    scores = [
                        (score, at)
                        for at, closed in enumerate(keyed.closed)
                        if (score := wanted.score(keyed.keys[at], closed)) is not None
                    ]
                    if scores:
                        score, at = min(scores)
                        matches[keyed.site.uuid] = score, keyed.site, keyed.name(at)
                if left <= 0:
                    break
        if len(matches) >= MOST_IN_GROUP:
            break
    return list(matches.values())


def _best(matches: list[_Match]) -> list[Hit]:
    """The best MOST_IN_GROUP hits of marks with their scores."""
    return [
        site_hit(*match) for match in nsmallest(MOST_IN_GROUP, matches, key=lambda match: (match[0], match[1].label))
    ]


def _nearly(score: float) -> str:
    return translate("Search", "spelled nearly so") if score >= NEARLY else ""


def _is_near(site: Site, lon: float, lat: float) -> bool:
    if why_off_earth(site.geometry):
        return False
    left, bottom, right, top = bounds_of(site.geometry)
    return distance_m(float(left + right) / 2, float(bottom + top) / 2, lon, lat) < SAME_PLACE_M


def site_hit(score: float, site: Site, name: str) -> Hit:
    """A hit for a site, or another mark, that was found by one of its names; empty: by other words."""
    left, bottom, right, top = bounds_of(site.geometry)
    label = one_line(site.label, 80) or translate("Search", "Site without a name")
    other = "" if name == site.label else one_line(name, 60)
    nowhere = in_language(why_off_earth(site.geometry))
    if nowhere:
        left = bottom = right = top = math.nan
    is_measured = site.mark_kind == MEASUREMENT
    kind = "" if is_measured else kind_title(site)
    words = (_nearly(score), nowhere, other, kind, site.location_country)
    return Hit(
        group=HitGroup.MEASUREMENTS if is_measured else HitGroup.SITES,
        text=label,
        note=" · ".join(word for word in words if word),
        icon="measure" if is_measured else "sites",
        lon=float(left + right) / 2,
        lat=float(bottom + top) / 2,
        error_m=site.position_error_m or 0.0,
        bounds=Bounds(left, bottom, right, top) if right > left or top > bottom else None,
        site_uuid=site.uuid,
        score=score,
    )


class PlaceProvider:
    """Finds shipped place names; they are unpacked and opened once, when first needed."""

    def __init__(self, packed: Callable[[], Path], cache: Callable[[], Path]) -> None:
        self._packed, self._cache = packed, cache
        self._index: PlaceIndex | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Unpack and open the names now; raises as `search` does."""
        self._opened()

    def search(self, text: str) -> list[Hit]:
        """Places by name. Raises NotReadable."""
        index = self._opened()
        wanted, hits, score = name_key(text[:LONGEST_NAME]), [], EXACT
        for number, place in enumerate(index.search(text, 3 * MOST_IN_GROUP)):
            own = key_score(wanted, name_key(place.matched))
            score = max(score, WORDS if own is None else own)  # the index's order is kept
            hits.append(_place_hit(place, score + number / 1000))
        return hits

    def search_nearly(self, text: str) -> list[Hit]:
        """Places with names of a similar spelling. Raises NotReadable."""
        places = self._opened().search_nearly(text[:LONGEST_NAME], MOST_IN_GROUP)
        return [_place_hit(place, NEARLY + number / 1000) for number, place in enumerate(places)]

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
                        "The place names cannot be unpacked into {cache} ({strerror}): make room there.",
                        cache=self._cache(),
                        strerror=error.strerror,
                    ) from error
            return self._index


def _place_hit(place: NamedPlace, score: float) -> Hit:
    is_facility, is_area = place.kind in SITE_CLASSES, place.kind in (REGION, COUNTRY)
    text = place.name if place.matched in ("", place.name) else f"{place.name} ({place.matched})"
    kind = in_language(class_words(place.kind)) if is_facility else _people(place.population)
    country = "" if place.kind == COUNTRY else place.country
    where = format_coordinate(place.lon, place.lat, Notation.DD, max(place.error_m, 1000.0))
    fields = {
        "label": place.name,
        "aliases": _aliases(place),
        "class_code": place.kind if is_facility else "other",
        "position_error_m": place.error_m,
        "position_basis": place.source if is_facility else _place_basis(place, is_area),
    }
    return Hit(
        group=HitGroup.FACILITIES if is_facility else HitGroup.PLACES,
        text=text,
        lon=place.lon,
        lat=place.lat,
        note=" · ".join(word for word in (_nearly(score), _area(place) if is_area else kind, country, where) if word),
        error_m=place.error_m,
        icon="sites" if is_facility else "point",
        fields=fields,
        score=score,
        names=(place.name, *place.names),
    )


def _area(place: NamedPlace) -> str:
    return translate("Search", "country or territory") if place.kind == COUNTRY else translate("Search", "region")


def _place_basis(place: NamedPlace, is_area: bool) -> str:
    if is_area:
        words = translate("Search", "Middle of nearly all settlements of {0} in {1}, radius to the farthest")
    else:
        words = translate("Search", "Middle of {0} in {1}, radius assumed")
    return words.format(place.name, place.source)


def _people(population: int) -> str:
    if not population:
        return ""
    return translate("Search", "{0} people").format(grouped(population))


def _aliases(place: NamedPlace) -> tuple[tuple[str, str], ...]:
    """The first Chinese name, and the first Cyrillic one where that can be taken for Russian, as (language, name)."""
    chinese = next((name for name in place.names if any("\u3400" <= c <= "\u9fff" for c in name)), "")
    cyrillic = next((name for name in place.names if any("\u0400" <= c <= "\u04ff" for c in name)), "")
    pairs = (("zh", chinese), ("ru", cyrillic if place.kind in SITE_CLASSES or place.country == "Russia" else ""))
    return tuple(pair for pair in pairs if pair[1])


class AttributeProvider:
    """Finds attributes of the present layers."""

    def __init__(self, sources: Callable[[], Iterable[SearchedLayer]]) -> None:
        self._sources = sources

    def search(self, text: str) -> list[Hit]:
        wanted = text[:LONGEST_NAME].strip()
        if len(wanted) < SHORTEST_ATTRIBUTE and wanted.isascii():
            return []
        key = name_key(wanted)
        return [
            _attribute_hit(source, match, key, number)
            for source in list(self._sources())
            for number, match in enumerate(source.find(wanted, MOST_IN_GROUP))
        ]


def _attribute_hit(source: SearchedLayer, match: AttributeMatch, wanted: str, number: int) -> Hit:
    bounds = match.bounds
    lon, lat = bounds.centre if bounds is not None else (math.nan, math.nan)
    note = translate("Search", "{0} in {1}").format(one_line(match.column, 30), one_line(source.title, 40))
    score = key_score(wanted, name_key(match.value)) if wanted else None
    is_area = bounds is not None and (bounds.width > 0 or bounds.height > 0) and math.isfinite(bounds.width)
    return Hit(
        group=HitGroup.ATTRIBUTES,
        text=one_line(match.value, 80),
        icon="vector",
        lon=lon,
        lat=lat,
        layer_uuid=source.layer_uuid,
        note=note,
        fid=match.fid,
        bounds=bounds if is_area else None,
        score=(INSIDE if score is None else score) + number / 1000,
    )
