"""Coordinates among words, as they are pasted from articles and posts."""

import pytest

from layers.geo.coordinates.in_text import coordinates_among_words
from layers.geo.measure import distance_m


@pytest.mark.parametrize(
    "text",
    [
        "51°53′02.4″N 128°20′02.4″E\ufeff / \ufeff51.88400°N 128.33400°E",
        "Координаты: 51.884, 128.334",
        "51°53′02.4″N 128°20′02.4″E / 51.884°N 128.334°E / 51.884; 128.334",
        "坐标：51.884, 128.334",
        "Coordinates: 51°53′02.4″N 128°20′02.4″E",
        "Location: 52U DC 54160 48346",
        "Position 51.884 128.334",
        "Vostochny (51.884, 128.334)",
        "51.884, 128.334 (Vostochny)",
        "Космодром Восточный: 51.884, 128.334",
        "📍51.884, 128.334",
        "lat/lon: 51.884, 128.334",
        "(lat, lon) 51.884, 128.334",
        "Geolocation: 51.884, 128.334 @someone",
        "51.884, 128.334 – seen from the north-west",
        "The pad is at 51.884N 128.334E near the river",
        "Координаты 51° 53′ 02.4″ с.ш. 128° 20′ 02.4″ в.д. (старт)",
        "UTM zone: 52N 454160 5748346 (WGS84)",
    ],
)
def test_a_coordinate_among_words_is_found(text):
    first = coordinates_among_words(text)[0]
    assert distance_m(first.lon, first.lat, 128.334, 51.884) < 30


@pytest.mark.parametrize(
    "text",
    [
        "Object 12 345",
        "Boeing 737 800",
        "12 34",
        "Svobodny-18",
        "Unit 25623",
        "",
        "no 4 digits 1 2 3",
        "at 95.5, 200.5",
    ],
)
def test_other_numbers_are_none(text):
    assert coordinates_among_words(text) == []


def test_a_long_text_takes_no_time():
    assert coordinates_among_words("word " * 60 + "51.884" + " word" * 30) == []
    assert coordinates_among_words("51.884, 128.334 " * 1000) == []
