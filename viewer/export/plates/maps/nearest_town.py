"""The nearest town to the middle of a map, from the shipped place names, for its locator."""

from __future__ import annotations

from contextlib import closing
from functools import cache, lru_cache
from typing import NamedTuple

from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.measure import distance_m
from layers.places.index import NamedPlace, PlaceIndex
from layers.places.unpack import unpacked
from sample_data import credits as sample_credits
from sample_data import path as sample_path
from viewer.support.language.translation import translate
from viewer.support.settings import cache_folder

_FARTHEST_M = 500_000.0
"""Distance beyond which a town says nothing about a place."""
_WIDEST_DEG = 4.0
"""Width of a frame from which it shows towns itself."""
_LEAST_PEOPLE = 10_000
"""Inhabitants of a town; a reader has heard of few smaller ones."""
_SUBURB_M, _TIMES_LARGER = 10_000.0, 3
"""Distance of a town up to which one that has so many times its inhabitants is named in its place: nobody looks for a
suburb under its own name.
"""
_PLACES = "places.sqlite.xz"


class Town(NamedTuple):
    """A town, its distance in metres from the middle of a map, and its country where that is known."""

    place: NamedPlace
    far_m: float
    country: NamedPlace | None = None

    @property
    def words(self) -> str:
        """The town, its country and its distance."""
        km = self.far_m / 1000
        far = f"{km:.0f}" if km >= 10 else f"{km:.1f}"
        return translate("Export", "Nearest town: {0}, {1}, {2} km from the middle of the map").format(
            self.place.name, self.place.country, far
        )


@lru_cache(maxsize=64)
def nearest_town(frame: Bounds) -> Town | None:
    """The town nearest to the middle of a frame (lon, lat); None where none is near, or the frame is wide."""
    if frame.width > _WIDEST_DEG:
        return None
    lon, lat = frame.centre
    try:
        with closing(PlaceIndex(unpacked(sample_path(_PLACES), cache_folder()))) as index:
            place = index.nearest(lon, lat, _FARTHEST_M, _LEAST_PEOPLE)
            if place is not None:
                people = max(_LEAST_PEOPLE, _TIMES_LARGER * place.population)
                place = index.nearest(place.lon, place.lat, _SUBURB_M, people) or place
            country = index.country_of(place) if place is not None else None
    except (GeoloupeError, OSError):
        return None  # the cache has no room for the place names: a page without the nearest town is a page
    return None if place is None else Town(place, distance_m(lon, lat, place.lon, place.lat), country)


@cache
def towns_credit() -> str:
    """The credit for the place names."""
    return sample_credits()[_PLACES].credit
