"""Place names in three scripts, ranked, from the shipped file alone."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_data
from layers.errors import NotReadable
from layers.geo.measure import distance_m
from layers.places.index import PlaceIndex
from layers.places.names import holds_in_order, indexed_text, name_key
from layers.places.spelling import nearness
from layers.places.unpack import unpacked

PACKED = sample_data.path("places.sqlite.xz")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PlaceIndex:
    index = PlaceIndex(unpacked(PACKED, tmp_path_factory.mktemp("places")))
    yield index
    index.close()


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Murmansk, Russia", "Murmansk", "Russia"),
        ("Мурманск, Россия", "Murmansk", "Russia"),
        ("Россия, Мурманск", "Murmansk", "Russia"),
        ("murmansk russia", "Murmansk", "Russia"),
        ("Moscow, US", "Moscow", "United States"),
        ("Moscow, United States", "Moscow", "United States"),
        ("sanya hainan", "Sanya", "China"),
        ("中国，海南，三亚", "Sanya", "China"),
        ("Blagoveshchensk, Amur Oblast", "Blagoveshchensk", "Russia"),
        ("Циолковский, Амурская область, Россия", "Tsiolkovskiy", "Russia"),
    ],
)
def test_a_place_is_found_with_its_country_or_region(index: PlaceIndex, text: str, name: str, country: str) -> None:
    first, *others = index.search(text)
    assert (first.name, first.country) == (name, country)
    assert all(place.country == country for place in others), "none from elsewhere"


@pytest.mark.parametrize("text", ["Murmansk, China", "Blagoveshchensk, Hainan", "Moscow, Nowhere", ", Russia,", "a, b"])
def test_a_place_is_not_found_where_it_is_not(index: PlaceIndex, text: str) -> None:
    assert not [place for place in index.search(text) if place.name in ("Murmansk", "Blagoveshchensk", "Moscow")]


def test_names_have_no_spaces_about_them(index: PlaceIndex) -> None:
    (place,) = index.search("Bonaire, Saint Eustatius and Saba")
    assert (place.name, place.country) == ("Bonaire, Saint Eustatius and Saba",) * 2


@pytest.mark.parametrize(
    ("text", "lon", "lat", "within_km"),
    [
        ("文昌", 110.80, 19.55, 30),
        ("Wenchang", 110.80, 19.55, 30),
        ("Вэньчан", 110.80, 19.55, 30),
        ("Восточный", 128.334, 51.884, 5),
        ("Vostochny", 128.334, 51.884, 5),
        ("东方航天发射场", 128.334, 51.884, 5),
        ("Циолковский", 128.12, 51.77, 5),
        ("Svobodny-18", 128.12, 51.77, 5),
        ("Байконур", 63.30, 45.97, 60),
        ("酒泉", 100.298, 40.961, 5),
        ("北京", 116.40, 39.91, 20),
        ("Пекин", 116.40, 39.91, 20),
        ("xian", 108.93, 34.26, 20),
        ("Xi’an", 108.93, 34.26, 20),
        ("XI'AN", 108.93, 34.26, 20),
        ("wen chang", 110.80, 19.55, 30),
        ("Blagoveshchensk", 127.53, 50.27, 20),
        ("Благовещенск", 127.53, 50.27, 20),
        ("黑河", 127.49, 50.24, 20),
        ("Москва", 37.62, 55.75, 20),
        ("sao paulo", -46.64, -23.55, 30),
        ("Alma-Ata", 76.93, 43.25, 20),
    ],
)
def test_a_name_in_any_of_three_scripts_finds_its_place(
    index: PlaceIndex, text: str, lon: float, lat: float, within_km: float
) -> None:
    began = time.perf_counter()
    first = index.search(text)[0]
    assert time.perf_counter() - began < 5  # alive; what it takes is a millisecond
    assert distance_m(first.lon, first.lat, lon, lat) < within_km * 1000
    assert name_key(first.matched).replace(" ", "").startswith(name_key(text).replace(" ", ""))


def test_the_city_too_comes_with_its_launch_site(index: PlaceIndex) -> None:
    site, city, *rest = index.search("文昌")
    assert (site.kind, city.kind) == ("launch_site", "")
    assert city.population > 500_000
    assert city.country == "China"
    assert rest
    assert site.error_m == 1000
    assert "Xinhua" in site.source


def test_exact_names_come_before_beginnings_before_words(index: PlaceIndex) -> None:
    names = [name_key(place.matched) for place in index.search("Vostochny", 60)]
    tiers = [0 if name == "vostochny" else 1 if name.startswith("vostochny") else 2 for name in names]
    assert tiers == sorted(tiers)
    assert set(tiers) >= {0, 1}
    assert any(place.name == "Nizhny Novgorod" or "Novgorod" in place.matched for place in index.search("novgorod"))
    usual = [place for place in index.search("krasno", 8) if name_key(place.matched) != "krasno"]
    assert [place.name for place in usual[:2]] == ["Krasnoyarsk", "Krasnodar"]
    assert all(name_key(place.name).startswith("krasno") for place in usual)


@pytest.mark.parametrize(
    ("text", "name", "kind", "lon", "lat", "km"),
    [
        ("Amur", "Amur Oblast", "region", 128, 53, 500),
        ("Приморье", "Primorsky Krai", "region", 134, 45, 500),
        ("滨海边疆区", "Primorsky Krai", "region", 134, 45, 500),
        ("黑龙江省", "Heilongjiang", "region", 127, 48, 700),
        ("Хэйлунцзян", "Heilongjiang", "region", 127, 48, 700),
        ("hainan", "Hainan", "region", 110, 19, 300),
        ("Kyzylorda Region", "Kyzylorda Region", "region", 64, 45, 400),
        ("Chukotka", "Chukotka", "region", 178, 67, 900),
        ("Россия", "Russia", "country", 93, 65, 4500),
        ("中国", "China", "country", 104, 38, 2800),
        ("DPRK", "North Korea", "country", 127, 40, 400),
        ("USA", "United States", "country", -108, 51, 4200),
        ("Kazakhstan", "Kazakhstan", "country", 66, 49, 1700),
    ],
)
def test_regions_and_countries_are_found_with_how_far_they_reach(
    index: PlaceIndex, text: str, name: str, kind: str, lon: float, lat: float, km: float
) -> None:
    first = index.search(text)[0]
    assert (first.name, first.kind, first.population) == (name, kind, 0)
    assert distance_m(first.lon, first.lat, lon, lat) < 0.4 * km * 1000
    assert 0.5 * km * 1000 < first.error_m < km * 1000


def test_a_city_comes_before_the_region_of_its_name_and_is_not_told_twice(index: PlaceIndex) -> None:
    assert [place.kind for place in index.search("吉林", 2)] == ["", "region"]
    for city in ("Moscow", "Beijing", "Saint Petersburg"):
        assert not any(
            place.kind == "region" and name_key(place.name) == name_key(city) for place in index.search(city)
        )


def test_each_tier_is_by_population(index: PlaceIndex) -> None:
    people = [place.population for place in index.search("Moscow") if name_key(place.name) == "moscow"]
    assert people == sorted(people, reverse=True)
    assert people[0] > 10_000_000


def test_a_spelling_made_by_a_machine_is_no_better_than_a_beginning(index: PlaceIndex) -> None:
    rome = [(place.name, place.matched) for place in index.search("Rome", 4)]
    assert rome == [("Rome", "Rome")] * 3 + [("Lomé", "rome")]
    assert index.search("Ban")[0].name == "Bangkok"
    assert "Van" in [place.name for place in index.search("Ban", 9)]


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Vostochniy", "Vostochny Cosmodrome"),
        ("vostochni", "Vostochny Cosmodrome"),
        ("Wenchnag", "Wenchang Space Launch Site"),
        ("Plesezk", "Plesetsk Cosmodrome"),
        ("Восточній", "Vostochny Cosmodrome"),
        ("Habarowsk", "Khabarovsk"),
        ("Moscwo", "Moscow"),
        ("Rmoe", "Rome"),
        ("Shanghia", "Shanghai"),
        ("Saint Petersbrug", "Saint Petersburg"),
    ],
)
def test_a_name_spelled_nearly_so_finds_its_place(index: PlaceIndex, text: str, name: str) -> None:
    assert name_key(index.search_nearly(text)[0].name) == name_key(name)
    assert nearness(name_key(text), name_key(index.search_nearly(text)[0].matched)) is not None


def test_nearly_is_not_anything(index: PlaceIndex) -> None:
    for text in ("", "ban", "文昌", "asdfghjk", "\0" * 9, "\ud800" * 9, "x" * 500, "%_%_%_%"):
        assert index.search_nearly(text) == [], text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ньюйорк", "New York City"),
        ("newyork", "New York City"),
        ("нижнийновгород", "Nizhniy Novgorod"),
        ("ростовнадону", "Rostov-on-Don"),
        ("文昌发射场", "Wenchang Space Launch Site"),
        ("酒泉发射中心", "Jiuquan Satellite Launch Center"),
    ],
)
def test_spaces_and_the_middle_of_a_chinese_name_may_be_left_out(index: PlaceIndex, text: str, name: str) -> None:
    assert index.search(text)[0].name == name


@pytest.mark.parametrize(
    "text", ["", " ", "a", "!!!", '"', "NEAR(", "x" * 500, "zzqqxx", "*", "文" * 300, "\0", "\ud800"]
)
def test_nothing_breaks_a_search(index: PlaceIndex, text: str) -> None:
    assert isinstance(index.search(text), list)


@given(st.text(max_size=40))
def test_any_text_may_be_searched(index: PlaceIndex, text: str) -> None:
    assert len(index.search(text, 3)) <= 3


def test_one_chinese_character_finds(index: PlaceIndex) -> None:
    assert any("昌" in place.matched for place in index.search("昌"))


@given(st.text(st.characters(codec="ascii")))
def test_a_plain_name_has_the_key_it_has_among_others(name: str) -> None:
    assert name_key(f"é {name}") == f"e {name_key(name)}".strip()


def test_it_may_be_asked_from_several_threads(index: PlaceIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: index.search("Kazan")[0].name, range(40)))
    assert set(found) == {"Kazan’"} or set(found) == {"Kazan"}


def test_names_are_compared_without_marks() -> None:
    assert name_key("São  Paulo") == name_key("SAO-PAULO") == "sao paulo"
    assert name_key("Йошкар-Ола") == name_key("йошкар ола")
    assert indexed_text("文昌市") == "文 昌 市"
    assert holds_in_order("文昌场", "文昌航天发射场")
    assert not holds_in_order("昌文", "文昌市")
    assert not holds_in_order("wcg", "wenchang")


@pytest.mark.bounded
def test_unpacking_happens_once_and_damage_is_mended(tmp_path: Path) -> None:
    first = unpacked(PACKED, tmp_path)
    stamp = first.stat().st_mtime_ns
    assert unpacked(PACKED, tmp_path).stat().st_mtime_ns == stamp
    with first.open("r+b") as stream:
        stream.seek(5000)
        stream.write(b"damage")
    PlaceIndex(unpacked(PACKED, tmp_path)).close()
    assert b"damage" not in first.read_bytes()[:6000]
    assert not list(tmp_path.glob("*.tmp"))


@pytest.mark.bounded
def test_what_an_earlier_version_left_goes_and_what_another_program_writes_stays(tmp_path: Path) -> None:
    old, draft = tmp_path / "places-0123.sqlite", tmp_path / "places-0123.77.tmp"
    old.write_bytes(b"old")
    draft.write_bytes(b"half")
    unpacked(PACKED, tmp_path)
    assert not old.exists()
    assert draft.exists()


def test_a_damaged_package_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "places.sqlite.xz"
    broken.write_bytes(PACKED.read_bytes()[:100_000])
    with pytest.raises(NotReadable, match="install Geoloupe again"):
        unpacked(broken, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*"))


def test_another_database_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as db:
        db.execute("CREATE TABLE country (code TEXT, name TEXT)")
    db.close()
    with pytest.raises(NotReadable, match="another version"):
        PlaceIndex(foreign)
    with pytest.raises(NotReadable, match="cannot be read"):
        PlaceIndex(tmp_path / "nothing.sqlite")
