"""The tree and the times of a file of Google Earth go out as they came in; readers outside are not told of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.pool.pool import ReaderPool
from layers.product.gathering import content_of
from layers.requests.earth_file import EarthFile, ReadEarthFile
from tests.support.qgis.peers import clean, need
from tests.support.readers.earth_files import earth_kmz
from viewer.commands.filing.earth_places import EarthChoice, bring_home
from viewer.export.data.kml_folders import MOST_DEEP, folders_of_marks, time_of_mark
from viewer.export.data.kmz import kmz_bytes

POOL = ReaderPool(inline=True)


def read(path: Path) -> tuple[EarthFile, list[bytes]]:
    answer = POOL.ask(ReadEarthFile(str(path)))
    blobs, starts = answer.arrays
    return answer.facts, [blobs[first:last].tobytes() for first, last in pairwise(starts)]


@pytest.fixture
def brought(tmp_path: Path) -> Document:
    document, path = Document(), earth_kmz(tmp_path)
    document.apply(bring_home(document, *read(path), path, EarthChoice(), actor="Li").edit)
    return document


def places_of(file: EarthFile) -> list[tuple[str, ...]]:
    return [(*file.path_of(place.folder), place.name, place.time_kind, place.begin, place.end) for place in file.places]


def test_a_file_comes_out_with_its_tree_and_times_and_in_again(brought: Document, tmp_path: Path) -> None:
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(brought, content_of(brought, brought.sites)))
    home = "My Places"
    assert places_of(read(out)[0]) == [
        (home, "Sites A/B", "Pad", "stamp", "2019-05-01T05:30:00Z", ""),
        *[(home, "Sites A/B", "Fences", "Fence", "span", "2014", "2016-03")] * 3,
        (home, "Walk", "span", "2019-05-01T08:30:00Z", "2019-05-01T08:50:00Z"),
        *[(home, name, "", "", "") for name in ("Hidden hut", "House", "From the hill")],
        (home, "Second file", "Gate", "", "", ""),
    ]


def test_readers_outside_see_neither_folders_nor_times(brought: Document, tmp_path: Path) -> None:
    content = replace(content_of(brought, brought.sites), is_published=True)
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(brought, content))
    file = read(out)[0]
    assert "My Places" not in [folder.name for folder in file.folders]
    assert not [place for place in file.places if place.time_kind]


@pytest.mark.bounded
def test_gdal_reads_the_tree_and_the_times(brought: Document, tmp_path: Path) -> None:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    out = tmp_path / "out.kmz"
    out.write_bytes(kmz_bytes(brought, content_of(brought, brought.sites)))
    run = subprocess.run(["ogrinfo", "-json", "-features", out], capture_output=True, text=True, env=clean())
    facts = json.loads(run.stdout)
    assert facts["driverShortName"] == "LIBKML"
    layers = {layer["name"]: layer["features"] for layer in facts["layers"]}
    assert {"My Places", "Sites A/B", "Fences", "Second file"} <= layers.keys()
    assert [feature["properties"]["Name"] for feature in layers["Fences"]] == ["Fence"] * 3
    assert str(layers["Fences"][0]["properties"]["end"]).startswith("2016/03")  # it leaves out bare years


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"valid_from": "2014", "observed_at": "2020"}, "<TimeSpan><begin>2014</begin></TimeSpan>"),
        ({"observed_at": "2024-04-12T08:30Z"}, "<TimeStamp><when>2024-04-12T08:30:00Z</when></TimeStamp>"),
        ({"observed_at": "2019/2020-05"}, "<TimeSpan><begin>2019</begin><end>2020-05</end></TimeSpan>"),
        ({"observed_at": "<b>"}, ""),
        ({}, ""),
    ],
)
def test_times_as_exactly_as_they_are_known(fields: dict[str, str], expected: str) -> None:
    site = Site(uuid="a", geometry=Point(1, 2), props_json='{"earth": {"order": 1}}', **fields)
    assert time_of_mark(site) == expected
    assert time_of_mark(replace(site, props_json="")) == ""


def test_a_path_without_end_is_no_tree_without_end() -> None:
    site = Site(uuid="a", geometry=Point(1, 2), folder=" / ".join(["a"] * 5000), props_json="[]")
    text = folders_of_marks([(site, "x")], lambda name, inside: f"({inside})")
    assert text.count("(") == MOST_DEEP + 1
    bare = replace(site, folder=" / ")
    assert folders_of_marks([(bare, "x")], lambda name, inside: f"({inside})") == "x"
