"""The script that makes the index of place names, on a handful of rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.places.index import PlaceIndex
from sample_data.build.facts import load_facilities
from sample_data.build.places import distinct, known_facilities, script, settlements, shortened, write_index


def _city(number: int, name: str, country: str, population: int, *others: str) -> dict[str, object]:
    return {
        "geonameid": number, "name": name, "countrycode": country, "population": population, "latitude": 1.23456,
        "longitude": 2.0, "alternatenames": list(others),
    }  # fmt: skip


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
