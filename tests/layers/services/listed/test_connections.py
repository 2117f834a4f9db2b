"""Connections exported by QGIS and xyzservices become entries; bad and hostile files cost only themselves."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.services.listed.connections import read_connections

QGIS_XYZ = """<!DOCTYPE connections>
<qgsXYZTilesConnections version="1.0">
  <xyztiles url="https://tile.openstreetmap.org/{z}/{x}/{y}.png" zmin="0" zmax="19" tilePixelRatio="0" password=""
   name="OpenStreetMap" username="" authcfg="" referer=""/>
  <xyztiles url="https://e.org/{z}/{x}/{-y}.png" zmin="8" zmax="15" tilePixelRatio="2" password="secret"
   name="Old map" username="me" authcfg="" http-header:referer=""/>
  <xyztiles url="file:///tiles/{z}/{x}/{y}.png" zmin="0" zmax="19" name="A folder"/>
</qgsXYZTilesConnections>"""
QGIS_WMS = """<!DOCTYPE connections>
<qgsWMSConnections version="1.0">
  <wms ignoreGetMapURI="false" url="https://e.org/wms?map=a&amp;b=c" name="Town" dpiMode="7" referer="" username=""/>
</qgsWMSConnections>"""
QGIS_WFS = """<qgsWFSConnections version="1.1"><wfs url="https://e.org/wfs" name="Roads" version="auto"/>
<wcs url="https://e.org/wcs" name="Heights"/></qgsWFSConnections>"""
XYZSERVICES = {
    "OpenStreetMap": {
        "Mapnik": {
            "url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
            "max_zoom": 19,
            "html_attribution": '&copy; <a href="https://www.openstreetmap.org/copyright">OSM</a>',
            "attribution": "(C) OpenStreetMap contributors",
            "name": "OpenStreetMap.Mapnik",
        }
    },
    "CartoDB": {
        "url": "https://{s}.basemaps.example.com/{variant}/{z}/{x}/{y}{r}.png",
        "subdomains": "abcd",
        "variant": "light_all",
        "max_zoom": 20,
        "attribution": 'by <a href="x">CARTO</a>',
        "name": "CartoDB",
    },
    "Keyed": {"url": "https://e.org/{z}/{x}/{y}?k={apikey}", "apikey": "<insert your key here>", "name": "Keyed"},
    "Broken": {"url": "https://e.org/{z}/{x}/{y}", "status": "broken", "name": "Broken"},
    "Polar": {"url": "https://e.org/{z}/{x}/{y}", "crs": "EPSG:3413", "name": "Polar"},
    "Dated": {"url": "https://e.org/{time}/{z}/{x}/{y}", "time": "", "name": "Dated"},
    "Odd": {"url": "https://e.org/{z}/{x}/{y}", "max_zoom": "many", "min_zoom": None, "attribution": 7},
}


def test_tiles_of_qgis() -> None:
    read = read_connections(QGIS_XYZ.encode())
    osm, old = read.entries
    assert osm.service is not None
    assert old.service is not None
    assert (osm.title, osm.role, osm.service.max_level) == ("OpenStreetMap", "basemap", 19)
    assert osm.attribution == "© OpenStreetMap contributors", "its tiles are in the catalogue"
    assert not old.service.may_export, "nobody is credited"
    assert (old.service.min_level, old.service.max_level, old.service.tile_px) == (8, 15, 512)
    assert "password" in old.note
    assert "secret" not in repr(read)
    (problem,) = read.problems
    assert problem.startswith("A folder is left out")


def test_servers_of_qgis() -> None:
    (town,) = read_connections(QGIS_WMS.encode()).entries
    assert (town.title, town.role, town.kind, town.address) == ("Town", "server", "wms", "https://e.org/wms?map=a&b=c")
    read = read_connections(b"\xef\xbb\xbf" + QGIS_WFS.encode())
    assert [(entry.title, entry.role) for entry in read.entries] == [("Roads", "vectors")]
    assert "WCS" in read.problems[0]


def test_servers_of_arcgis_and_archives_of_qgis() -> None:
    home = "https://e.org/arcgis/rest/services"
    maps = (
        f'<qgsARCGISMAPSERVERConnections version="1.0"><arcgismapserver url="{home}/Sky/MapServer" name="Sky"/>'
        f'<arcgisfeatureserver url="{home}" name="All"/>'
        f'<arcgisfeatureserver url="{home}/Roads/FeatureServer" name="Roads"/></qgsARCGISMAPSERVERConnections>'
    )
    read = read_connections(maps.encode())
    assert [(entry.title, entry.role, entry.kind) for entry in read.entries] == [
        ("Sky", "server", "arcgis"),
        ("All", "server", "arcgis"),
    ]
    assert "FeatureServer" in read.problems[0]
    archives = '<qgsSTACConnections><stac url="https://e.org/stac/v1" name="Scenes"/></qgsSTACConnections>'
    (scenes,) = read_connections(archives.encode()).entries
    assert (scenes.role, scenes.kind, scenes.address) == ("archive", "stac-api", "https://e.org/stac/v1")


@pytest.mark.parametrize(
    ("corners", "bounds"),
    [
        ([[14.5, -61.3], [14.9, -60.8]], Bounds(-61.3, 14.5, -60.8, 14.9)),
        ([[14.5, -61.3]], None),
        ([[14.5, "x"], [14.9, -60.8]], None),
        ([[114.5, -61.3], [114.9, -60.8]], None),
        (None, None),
    ],
)
def test_providers_have_bounds(corners: object, bounds: Bounds | None) -> None:
    provider = {"url": "https://e.org/{z}/{x}/{y}", "name": "Isle", "bounds": corners}
    (isle,) = read_connections(json.dumps({"Isle": provider}).encode()).entries
    assert isle.service is not None
    assert isle.service.bounds == bounds


def test_providers_of_xyzservices() -> None:
    read = read_connections(json.dumps(XYZSERVICES).encode())
    by_title = {entry.title: entry for entry in read.entries}
    assert list(by_title) == ["OpenStreetMap, Mapnik", "CartoDB", "Dated", "Odd"]
    assert by_title["OpenStreetMap, Mapnik"].attribution == "© OpenStreetMap contributors"
    assert by_title["Dated"].role == "dated"
    carto = by_title["CartoDB"].service
    assert carto is not None
    assert carto.template == "https://{s}.basemaps.example.com/light_all/{z}/{x}/{y}.png"
    assert (carto.hosts[-1], carto.attribution, carto.may_export) == ("d.basemaps.example.com", "by CARTO", True)
    odd = by_title["Odd"].service
    assert odd is not None
    assert not odd.may_export, "nobody is credited"
    assert [problem.partition(" ")[0] for problem in read.problems] == ["Keyed", "Broken", "Polar"]


BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
DEEP = {"url": 5}
for _ in range(400):
    DEEP = {"a": DEEP}  # type: ignore[dict-item]


def test_keys_in_addresses_are_not_taken_over() -> None:
    address = "https://e.org/wms?apikey=0123456789abcdef"
    (town,) = read_connections(
        f'<qgsWMSConnections><wms name="A" url="{address}"/></qgsWMSConnections>'.encode()
    ).entries
    assert town.address == "https://e.org/wms"
    assert "key" in town.note
    keyed = {"url": "https://e.org/{z}/{x}/{y}?apikey={apikey}", "apikey": "0123456789abcdef", "name": "Keyed"}
    read = read_connections(json.dumps(keyed).encode())
    assert read.entries == ()
    assert "0123456789" not in repr(read)


HOSTILE = {
    "empty": b"",
    "words": b"https://e.org/{z}/{x}/{y}.png",
    "entities": f'<!DOCTYPE connections [<!ENTITY a0 "x">{BILLION}]><qgsWMSConnections/>'.encode(),
    "an outer entity": b'<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><qgsWMSConnections><wms name="&x;"/>',
    "another document": b"<html><body>Sign in</body></html>",
    "no connection": b"<qgsWMSConnections/>",
    "cut off": QGIS_XYZ.encode()[:200],
    "deep XML": b"<qgsWMSConnections>" + b"<wms>" * 1000,
    "a list": b"[1, 2]",
    "half JSON": b'{"a": {"url"',
    "deep JSON": b'{"a":' * 100_000,
    "deep providers": json.dumps(DEEP).encode(),
    "large": b"{" + b" " * (5 * 2**20) + b"}",
    "GeoJSON": b'{"type": "FeatureCollection", "features": []}',
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=list(HOSTILE))
def test_other_and_hostile_files_are_refused_in_words(document: bytes) -> None:
    with pytest.raises(NotReadable) as refusal:
        read_connections(document)
    assert "root:" not in str(refusal.value)


def test_a_template_that_is_filled_without_end_is_refused() -> None:
    bomb = {"url": "https://e.org/{z}/{x}/{y}/" + "{a}" * 500, "a": "b" * 100_000, "name": "Bomb"}
    document = json.dumps({"Bomb": bomb}).encode()
    tracemalloc.start()
    read = read_connections(document)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 2**20
    assert read.entries == ()
    assert len(read.problems) == 1


@given(st.binary())
def test_no_file_crashes_it(document: bytes) -> None:
    for beginning in (b"", b"{", b"<qgsWMSConnections><wms name='"):
        with suppress(GeoloupeError):
            read_connections(beginning + document)
