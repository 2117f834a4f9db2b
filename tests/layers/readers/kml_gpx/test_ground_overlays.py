"""GroundOverlays inside a KMZ are drawn: each is a picture of it, where its box or its corners lay it."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from layers.pool.pool import ReaderPool
from layers.requests.imagery import ReadTile
from layers.requests.probe import Probe
from tests.support.readers.tiny_kmz import BOX, COLOURS, kmz, overlay

POOL = ReaderPool(inline=True)


def seen(path: Path, lon: float, lat: float, part: str = "files/a.png") -> tuple[int, ...] | None:
    question = ReadTile(
        str(path),
        part=part,
        bands=(1, 2, 3),
        crs="EPSG:4326",
        affine=(1e-4, 0, lon, 0, -1e-4, lat),
        width=1,
        height=1,
        resampling="nearest",
    )
    values, mask = POOL.ask(question).arrays
    return tuple(values[:, 0, 0].tolist()) if mask.all() else None


def test_an_overlay_is_a_picture_of_the_file(tmp_path: Path) -> None:
    path = kmz(tmp_path, overlay(BOX.format("")))
    header = POOL.ask(Probe(str(path))).header
    assert header["kind"] == "vector"
    assert header["parts"] == ["files/a.png"]
    assert header["layers"][0]["problems"] == [], "it is followed: nothing is left out"
    raster = POOL.ask(Probe(str(path), "files/a.png")).header["raster"]
    assert (raster["driver"], raster["crs"], raster["placed_by"]) == ("KMZ", "EPSG:4326", "transform")
    assert raster["bounds_lonlat"] == pytest.approx([43, 36, 44, 37])
    assert [seen(path, lon, lat) for lat in (36.75, 36.25) for lon in (43.25, 43.75)] == list(COLOURS)
    assert seen(path, 42.9, 36.5) is None


def test_an_overlay_is_turned_about_its_middle_on_the_ground(tmp_path: Path) -> None:
    path = kmz(tmp_path, overlay(BOX.format("<rotation>90</rotation>")))
    narrow = math.cos(math.radians(36.5))
    # Counter-clockwise: the upper right quarter comes to the upper left.
    assert seen(path, 43.5 - 0.2 / narrow, 36.5 + 0.2 * narrow) == COLOURS[1]
    assert seen(path, 43.5 + 0.2 / narrow, 36.5 + 0.2 * narrow) == COLOURS[3]


def test_four_corners_lay_it_too(tmp_path: Path) -> None:
    quad = "<LatLonQuad><coordinates>43,36 44,36.2 44.2,37.2 43.2,37</coordinates></LatLonQuad>"
    path = kmz(tmp_path, overlay(quad))
    assert seen(path, 43.35, 36.8) == COLOURS[0]
    assert seen(path, 43.85, 36.45) == COLOURS[3]
    crooked = "<gx:LatLonQuad><coordinates>43,36 44,36.2 44.5,37.4 43.2,37</coordinates></gx:LatLonQuad>"
    path = kmz(tmp_path, overlay(crooked), name="b.kmz")
    raster = POOL.ask(Probe(str(path), "files/a.png")).header["raster"]
    assert raster["placed_by"] == "control points"
    assert any("the four corners of its overlay" in problem for problem in raster["problems"])


@pytest.mark.parametrize(
    "href", ["http://127.0.0.1:9/a.png", "../a.png", "/etc/passwd", "files/missing.png", "file:///tmp/a.png"]
)
def test_pictures_elsewhere_are_never_followed(tmp_path: Path, href: str) -> None:
    path = kmz(tmp_path, overlay(BOX.format(""), href))
    assert POOL.ask(Probe(str(path))).header["parts"] == []


def test_a_picture_beside_a_kml_deeper_in_the_archive(tmp_path: Path) -> None:
    path = kmz(tmp_path, overlay(BOX.format(""), "a.png"), inner="files/doc.kml")
    assert POOL.ask(Probe(str(path))).header["parts"] == ["files/a.png"]


def test_a_senseless_box_places_nothing(tmp_path: Path) -> None:
    flat = "<LatLonBox><north>37</north><south>37</south><east>44</east><west>43</west></LatLonBox>"
    assert POOL.ask(Probe(str(kmz(tmp_path, overlay(flat))))).header["parts"] == []
