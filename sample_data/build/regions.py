"""Countries and their regions as places: from which settlements they have in GeoNames."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.geo.measure import distance_m
from layers.places.index import COUNTRY, REGION, PlaceRow
from layers.places.names import name_key
from sample_data.build.name_forms import distinct

GEONAMES = "GeoNames"
RANKS_AS = 0.1
"""A region or country ranks as a settlement with this part of its people: Jilin is a city first."""
IS_ITS_CITY = 0.5
"""A region in which one settlement of the same name has more than this part of the people is that city: Moscow."""
NEIGHBOURS, USUAL, MANY = 7, 3, 20
"""Neighbours asked; GeoNames is taken to be wrong where fewer than USUAL are of the same region, which has MANY."""
LINK_KM = {COUNTRY: 600.0, REGION: 250.0}
STRAY = 0.05
"""Share of the settled land; islands far off, and towns that GeoNames has in the wrong region, are less."""
EARTH_KM = 6371.0
_STEPS = 1000

City = dict[str, Any]


def areas(
    cities: Mapping[str, City],
    countries: Mapping[str, Sequence[str]],
    regions: Mapping[str, Mapping[str, Sequence[str]]],
) -> Iterator[tuple[int, PlaceRow]]:
    """(people it ranks by, row) of every country and region that has a settlement.

    `countries` are names by GeoNames' code, `regions` names by code of country and of region; the first name counts.
    """
    within: dict[tuple[str, str], list[City]] = defaultdict(list)
    for city in cities.values():
        within[city["countrycode"], ""].append(city)
        within[city["countrycode"], city["admin1code"] or "none"].append(city)
    for code, names in countries.items():
        if (code, "") in within and not is_a_city(names, within[code, ""]):
            yield _ranked(COUNTRY, code, names, within[code, ""])
    for code, found in regions.items():
        about = neighbours(within[code, ""])
        for region, names in found.items():
            settlements = within[code, region]
            if len(settlements) >= MANY:
                settlements = [city for city in settlements if about[city["geonameid"]].count(region) >= USUAL]
            if not settlements:
                raise SystemExit(f"GeoNames has no settlement in {names[0]} ({code}.{region}).")
            if not is_a_city(names, settlements):
                yield _ranked(REGION, code, names, settlements)


def neighbours(settlements: Sequence[City]) -> dict[int, list[str]]:
    """Find the regions of the nearest settlements for each settlement of a country, by its number."""
    points = _on_sphere([(city["longitude"], city["latitude"]) for city in settlements])
    regions = np.array([city["admin1code"] for city in settlements])
    found = {}
    for number, city in enumerate(settlements):
        nearness = points @ points[number]
        nearness[number] = -1.0
        nearest = np.argpartition(nearness, -min(NEIGHBOURS, len(settlements) - 1))[-NEIGHBOURS:]
        found[city["geonameid"]] = regions[nearest].tolist()
    return found


def _ranked(kind: str, code: str, names: Sequence[str], settlements: Sequence[City]) -> tuple[int, PlaceRow]:
    places = [(city["longitude"], city["latitude"]) for city in settlements]
    lon, lat, radius_m = enclosing_circle(without_strays(places, LINK_KM[kind]))
    row = (names[0], distinct(names[1:], names[:1]), kind, code, round(lat, 2), round(lon, 2), 0, radius_m, GEONAMES)
    return int(sum(city["population"] for city in settlements) * RANKS_AS), row


def is_a_city(names: Sequence[str], settlements: Sequence[City]) -> bool:
    """True where a region or country is little more than a city that is called as it is."""
    keys = {name_key(name) for name in names}
    largest = max(settlements, key=lambda city: city["population"])
    people = sum(city["population"] for city in settlements)
    return name_key(largest["name"]) in keys and largest["population"] > IS_ITS_CITY * people


def without_strays(places: Sequence[tuple[float, float]], link_km: float) -> list[tuple[float, float]]:
    """Places (lon, lat) in groups that are of some size; one within `link_km` of a member of a group belongs to it.

    Size is counted in fields of a degree, so that towns do not outweigh wide land. A country's circle would else reach
    for its farthest island, and Heilongjiang's for Tibet.
    """
    fields: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for place in places:
        fields[math.floor(place[0]), math.floor(place[1])].append(place)
    members = list(fields.values())
    points = _on_sphere([found[0] for found in members])
    near = points @ points.T > math.cos(link_km / EARTH_KM)
    group = np.full(len(members), -1)
    for first in range(len(members)):
        if group[first] < 0:
            reached = np.arange(len(members)) == first
            while (wider := near[reached].any(axis=0)).sum() > reached.sum():
                reached = wider
            group[reached] = first
    _, numbers, sizes = np.unique(group, return_inverse=True, return_counts=True)
    return [
        place
        for found, number in zip(members, numbers, strict=True)
        for place in found
        if sizes[number] >= STRAY * len(members)
    ]


def enclosing_circle(places: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """(lon, lat, radius in metres, rounded up to two digits) of nearly the smallest circle with all these (lon, lat).

    After Badoiu and Clarkson (2003): again and again a step towards what is farthest, each time a smaller one.
    """
    points = _on_sphere(places)
    middle = _unit(points.mean(axis=0))
    for step in range(1, _STEPS):
        middle = _unit(middle + (points[np.argmin(points @ middle)] - middle) / (step + 1))
    lon_deg, lat_deg = math.degrees(math.atan2(middle[1], middle[0])), math.degrees(math.asin(middle[2]))
    farthest = max(2_000.0, *(distance_m(lon_deg, lat_deg, *place) for place in places))
    unit = 10.0 ** (math.floor(math.log10(farthest)) - 1)
    return lon_deg, lat_deg, math.ceil(farthest / unit) * unit


def _on_sphere(places: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    lon, lat = np.radians(np.array(places, dtype=np.float64)).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / np.linalg.norm(vector)
