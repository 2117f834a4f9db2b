"""The script that makes the index of place names, on a handful of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.places.index import PlaceIndex
from sample_data.build.facts import load_facilities
from sample_data.build.name_forms import distinct, script
from sample_data.build.places import known_facilities, ranked, settlements, shortened, write_index
from sample_data.build.regions import areas, enclosing_circle, without_strays


def _city(
    number: int,
    name: str,
    country: str,
    population: int,
    *others: str,
    region: str = "",
    lon: float = 2.0,
    lat: float = 1.23456,
) -> dict[str, object]:
    return {
        "geonameid": number,
        "name": name,
        "countrycode": country,
        "population": population,
        "latitude": lat,
        "longitude": lon,
        "alternatenames": list(others),
        "admin1code": region,
    }


CITIES = {
    "1": _city(1, "Ville", "FR", 9_000, "Город"),
    "2": _city(2, "Wenchang", "CN", 600, "wen chang", "文昌", "Вэньчан", "ヴン", "WEC", "وینچانگ"),
    "3": _city(3, "Lyon", "FR", 20_000, "Lugdunum", "Лион", "里昂"),
    "4": _city(4, "Paris", "FR", 2_000_000, "Lutetia", "Париж"),
}


def test_what_is_kept_and_in_which_order() -> None:
    rows = {row[0]: row for row in settlements(CITIES)}
    assert list(rows) == ["Paris", "Lyon", "Wenchang"]
    assert rows["Wenchang"][1] == ["文昌", "Вэньчан"]
    assert rows["Lyon"][1] == ["里昂", "Лион"]
    assert rows["Paris"][1] == ["Париж", "Lutetia"]
    assert [row[7] for row in rows.values()] == [15_000, 4_000, 2_000]


def test_facilities_are_there_without_the_firms_and_with_short_names() -> None:
    rows = {row[0]: row for row in known_facilities(load_facilities())}
    assert not any("Hikvision" in name for name in rows)
    assert {"Vostochny", "Восточный"} <= set(rows["Vostochny Cosmodrome"][1])
    assert "酒泉" in rows["Jiuquan Satellite Launch Center"][1]
    assert rows["Vostochny Cosmodrome"][7] == 3000
    assert shortened("Baikonur Cosmodrome") == ["Baikonur"]
    assert shortened("Mohe") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Xi’an", "latin"),
        ("Văn Xương", "latin"),
        ("文昌", "chinese"),
        ("Вэньчан", "cyrillic"),
        ("원창", ""),
        ("A文", ""),
    ],
)
def test_scripts(name: str, expected: str) -> None:
    assert script(name) == expected


def test_spellings_that_differ_in_marks_only_are_one() -> None:
    assert distinct(["wen chang", "Wénchāng", "Bun"], ["Wenchang"]) == ["Bun"]


def test_a_built_index_is_searched(tmp_path: Path) -> None:
    write_index(tmp_path / "places.sqlite", list(settlements(CITIES)), {"CN": "China", "FR": "France"})
    index = PlaceIndex(tmp_path / "places.sqlite")
    assert [place.name for place in index.search("昌")] == ["Wenchang"]
    assert index.search("лион")[0].country == "France"
    index.close()


def _land(
    first: int, region: str, lon: float, lat: float, count: int, people: int = 1000
) -> dict[str, dict[str, object]]:
    """Settlements in a square of `count` x `count`, half a degree apart."""
    places = [(lon + 0.5 * x, lat + 0.5 * y) for x in range(count) for y in range(count)]
    return {
        str(n): _city(n, f"T{n}", "RU", people, region=region, lon=x, lat=y) for n, (x, y) in enumerate(places, first)
    }


def test_a_region_lies_where_its_settlements_do_and_not_where_a_wrong_one_is() -> None:
    land = _land(100, "05", 128, 50, 6) | _land(200, "59", 138, 50, 6) | _land(300, "48", 37, 55, 2)
    land["1"] = _city(1, "Wrong", "RU", 500, region="05", lon=139, lat=51)
    land["300"] |= {"name": "Moscow", "population": 9_000_000}
    names = {"05": ["Amur Oblast", "Амурская область"], "59": ["Primorsky Krai"], "48": ["Москва", "Moscow"]}
    found = {
        row[0]: (people, row)
        for people, row in areas(land, {"RU": ["Russia", "Россия"], "XX": ["Nowhere"]}, {"RU": names})
    }
    assert set(found) == {"Russia", "Amur Oblast", "Primorsky Krai"}
    people, (_, others, kind, country, lat, lon, population, radius_m, source) = found["Amur Oblast"]
    assert (kind, country, others, population, source) == ("region", "RU", ["Амурская область"], 0, "GeoNames")
    assert (lat, lon) == pytest.approx((51.25, 129.25), abs=0.1)
    assert 150_000 < radius_m < 180_000
    assert people == pytest.approx(3600, abs=60)


def test_a_region_without_a_settlement_stops_the_script() -> None:
    with pytest.raises(SystemExit, match=r"no settlement in Amur Oblast \(RU.05\)"):
        list(areas(_land(1, "59", 138, 50, 2), {}, {"RU": {"05": ["Amur Oblast"]}}))


def test_a_circle_over_the_antimeridian_holds_all() -> None:
    lon, lat, radius_m = enclosing_circle([(170.0, 65.0), (-170.0, 65.0), (180.0, 70.0)])
    assert abs(lon) == pytest.approx(180, abs=0.5)
    assert 65 <= lat <= 70
    assert 460_000 < radius_m <= 480_000
    assert enclosing_circle([(10.0, 20.0)]) == (pytest.approx(10), pytest.approx(20), 2000)


def test_islands_far_off_are_left_out_where_they_are_little() -> None:
    land = [(x, y) for x in range(6) for y in range(50, 56)]
    assert without_strays([*land, (33.0, 34.5)], 600) == land
    islands = [(-28.0 - x, 38.0) for x in range(3)]
    assert without_strays([*land, *islands], 600) == [*land, *islands]


def test_what_is_wider_ranks_among_settlements_by_a_part_of_its_people() -> None:
    wide = [(15_000, ("Region", [], "region", "FR", 1.0, 2.0, 0, 9e4, "GeoNames"))]
    assert [row[0] for row in ranked(CITIES, wide)] == ["Paris", "Lyon", "Region", "Wenchang"]
