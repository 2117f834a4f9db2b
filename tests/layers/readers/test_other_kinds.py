"""Files of kinds that stay out are called by their names with a way round, and never damaged."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.other_kinds import BEGINS, OtherKind, kind_of_json_file
from layers.readers.other_kinds import OF_ROOT as ROOTS
from layers.requests.probe import Probe
from viewer.__main__ import main
from viewer.cli.info import describe
from viewer.cli.terminal.command import BAD_INPUT

POOL = ReaderPool(inline=True)
POINT = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [31.5, 50.25]}}


def archive(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr(name, b"x")
    return packed.getvalue()


def tar(mode: Any = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as file:
        file.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return packed.getvalue()


BINARY = {
    "a.ecw": (b"e\x02" + bytes(range(40)), "ECW, packed imagery"),
    "a.sid": (b"msid\x01\0\0", "MrSID, packed imagery"),
    "a.jxl": (b"\xff\x0a" + bytes(30), "JPEG XL"),
    "b.jxl": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(30), "JPEG XL"),
    "a.heic": (b"\0\0\0\x18ftypheic" + bytes(30), "HEIF"),
    "b.heif": (b"\0\0\0\x18ftypmif1" + bytes(30), "HEIF"),
    "a.avif": (b"\0\0\0\x18ftypavif" + bytes(30), "AVIF"),
    "a.mp4": (b"\0\0\0\x18ftypisom" + bytes(30), "a video"),
    "a.las": (b"LASF" + bytes(100), "LAS or LAZ, a cloud of points"),
    "a.laz": (b"LASF" + bytes(100), "LAS or LAZ, a cloud of points"),
    "a.bmp": (b"BM" + struct.pack("<I", 70) + bytes(64), "BMP"),
    "a.gif": (b"GIF89a" + bytes(20), "GIF"),
    "a.dwg": (b"AC1032" + bytes(50), "DWG, a drawing of AutoCAD"),
    "a.dxf": (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "DXF, a drawing"),
    "b.dxf": (b"999\nmade by hand\n0\nSECTION\n2\nENTITIES\n", "DXF, a drawing"),
    "c.dxf": (b"AutoCAD Binary DXF\r\n\x1a\0", "DXF, a drawing"),
    "a.dgn": (b"\x08\x09\xfe\x02" + bytes(60), "DGN, a drawing of MicroStation"),
    "b.dgn": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "DGN, a drawing of MicroStation V8"),
    "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "an old workbook or document of Office"),
    "a.000": (b"019093LE1 0900073 ! 6604" + bytes(60) + b"DSID", "S-57, a chart"),
    "a.kap": (b"! a chart\r\nVER/3.0\r\nBSB/NA=A HARBOUR\r\n" + bytes(40), "KAP, a chart"),
    "a.zip": (archive("a.txt"), "a ZIP archive (unpack it"),
    "a.tar.gz": (tar("w:gz"), "a gzip archive (unpack it"),
    "a.tar": (tar(), "a TAR archive (unpack it"),
    "a.tar.bz2": (tar("w:bz2"), "a bzip2 archive (unpack it"),
    "a.tar.xz": (tar("w:xz"), "an xz archive (unpack it"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7-Zip archive (unpack it"),
    "a.parquet": (b"PAR1" + bytes(20), "Parquet"),
    "a.e00": (b"EXP  0 /A.E00\r\nARC  2\r\n", "an Arc/Info export"),
}
XML = {
    "a.xml": (b"<foo><bar/></foo>", "XML about 'foo'"),
    "b.xml": (b"<?xml version='1.0'?>\n<!-- a\nremark --><ns:foo xmlns:ns='x'/>", "XML about 'foo'"),
    "wms.xml": (b"<?xml version='1.0'?><WMS_Capabilities version='1.3.0'/>", "the capabilities of a WMS"),
    "wms1.xml": (
        b"<?xml version='1.0'?><!DOCTYPE WMT_MS_Capabilities SYSTEM 'http://127.0.0.1/a.dtd' [<!ELEMENT a EMPTY>]>"
        b"<WMT_MS_Capabilities/>",
        "the capabilities of a WMS",
    ),
    "wfs.xml": (b"<wfs:WFS_Capabilities xmlns:wfs='x'/>", "the capabilities of a WFS"),
    "wmts.xml": (b"\xef\xbb\xbf<Capabilities xmlns='x'/>", "the capabilities of a service"),
    "wrong.xml": (b"<ServiceExceptionReport/>", "a service's message that something went wrong"),
    "page.tif": (b"\n<!doctype html><title>Sign in</title>", "a web page"),
    "wide.xml": ("<WMS_Capabilities/>".encode("utf-16"), "the capabilities of a WMS"),
}
JSON = {
    "topo": ({"type": "Topology", "objects": {}, "arcs": []}, "TopoJSON"),
    "late topo": ({"objects": {}, "arcs": [[[1, 2], [3, 4]]], "type": "Topology"}, "TopoJSON"),
    "catalogue": ({"type": "Catalog", "stac_version": "1.0.0", "id": "a", "links": []}, "a STAC catalogue"),
    "collection": ({"type": "Collection", "stac_version": "1.0.0", "extent": {}, "links": []}, "a STAC catalogue"),
    "tiles": ({"tilejson": "3.0.0", "tiles": ["https://127.0.0.1/{z}/{x}/{y}.png"]}, "TileJSON"),
    "arcgis": (
        {
            "geometryType": "esriGeometryPoint",
            "spatialReference": {"wkid": 4326},
            "fields": [{"name": "a", "type": "esriFieldTypeString"}],
            "features": [{"attributes": {"a": "x"}, "geometry": {"x": 1, "y": 2}}],
        },
        "ArcGIS JSON",
    ),
    "service": ({"currentVersion": 10.81, "layers": [], "mapName": "Layers"}, "the description of an ArcGIS service"),
    "other": ({"a": 1}, "JSON but no GeoJSON"),
    "list": ([1, 2], "JSON but no GeoJSON"),
}


def refusal(path: Path) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        POOL.ask(Probe(str(path)))
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "kind"), [(name, *what) for name, what in {**BINARY, **XML}.items()], ids=[*BINARY, *XML]
)
def test_an_intact_file_of_another_kind_is_named_with_a_cure(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert isinstance(error, UnsupportedFormat)
    assert f"its content is {kind}" in error.sentence
    assert "damaged" not in error.sentence
    assert ("(" in error.sentence) or "Geoloupe opens GeoTIFF" in error.sentence
    assert error.sentence.count(". ") == 0, "one sentence"


HEADS = {
    **{kind.name: (mark + bytes(600), kind) for mark, kind in BEGINS if kind.name != "a ZIP archive"},
    **{f"<{root}>": (f"<{root}/>".encode(), kind) for root, kind in ROOTS.items()},
}
"""The least of a file of each kind in the tables of those that stay out."""


@pytest.mark.parametrize(("content", "kind"), HEADS.values(), ids=HEADS)
def test_each_kind_is_refused_by_its_name_with_its_cure(tmp_path: Path, content: bytes, kind: OtherKind) -> None:
    path = tmp_path / "a.strange"
    path.write_bytes(content)
    assert refusal(path).sentence == f"a.strange cannot be opened, its content is {kind.words}."
    assert kind.cure, "a way round"


@pytest.mark.parametrize(("content", "kind"), [*HEADS.values()][::15])
def test_info_refuses_each_kind_by_its_name_with_its_cure(
    tmp_path: Path,
    content: bytes,
    kind: OtherKind,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def one_reader() -> Iterator[ReaderPool]:
        yield POOL

    monkeypatch.setattr("viewer.cli.terminal.reading.one_reader", one_reader)
    path = tmp_path / "a.strange"
    path.write_bytes(content)
    assert main(["info", str(path)]) == BAD_INPUT
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"geoloupe: a.strange cannot be opened, its content is {kind.words}.\n")


@pytest.mark.parametrize(("content", "kind"), JSON.values(), ids=JSON)
def test_json_of_another_kind_is_named_with_a_cure(tmp_path: Path, content: Any, kind: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    error = refusal(path)
    assert isinstance(error, UnsupportedFormat)
    assert error.sentence.startswith(f"a.json cannot be opened, its content is {kind}")
    assert "damaged" not in error.sentence
    assert error.sentence.endswith(").")


def test_large_json_is_told_by_its_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.readers.other_kinds.MOST_JSON_BYTES", 100)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"objects": {}, "arcs": [[[1, 2]] * 4000], "type": "Topology"}))
    kind = kind_of_json_file(str(path))
    assert kind is not None
    assert kind.name == "TopoJSON"


def test_broken_json_may_still_be_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"type": "FeatureCollection", "features": [{"type": ')
    assert "damaged" in refusal(path).sentence


@pytest.mark.parametrize("first", ["features", "metadata"])
def test_geojson_whose_type_comes_late_is_opened(tmp_path: Path, first: str) -> None:
    path = tmp_path / "late.geojson"
    many = [POINT] * 200
    before = {"features": many} if first == "features" else {"metadata": ["y" * 100] * 100, "features": many}
    path.write_text(json.dumps({**before, "type": "FeatureCollection"}))
    (layer,) = POOL.ask(Probe(str(path))).header["layers"]
    assert (layer["features"], layer["geometry"]) == (200, "Point")
    assert layer["bounds_lonlat"] == [31.5, 50.25, 31.5, 50.25]
    assert layer["problems"] == []


def test_a_list_of_features_is_opened_as_a_collection(tmp_path: Path) -> None:
    path = tmp_path / "list.geojson"
    path.write_text(json.dumps([POINT, POINT]))
    (layer,) = POOL.ask(Probe(str(path))).header["layers"]
    assert (layer["features"], layer["geometry"]) == (2, "Point")


@pytest.mark.parametrize(
    ("bits", "sample", "words"),
    [(40, 1, "numbers of 40 bits"), (128, 3, "floating-point numbers of 128 bits"), (24, 5, "numbers of 24 bits")],
)
def test_an_unsupported_bit_depth_is_no_damage(tmp_path: Path, bits: int, sample: int, words: str) -> None:
    path = tmp_path / "a.tif"
    pixels = bytes(16 * bits // 8)
    entries = [
        (256, 4),
        (257, 4),
        (258, bits),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 4),
        (279, len(pixels)),
        (339, sample),
    ]
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = b"II*\0" + struct.pack("<I", 8 + len(pixels))
    path.write_bytes(head + pixels + struct.pack("<H", len(entries)) + directory + bytes(4))
    error = refusal(path)
    assert isinstance(error, UnsupportedFormat)
    assert error.sentence == (
        f"a.tif holds {words}, which this installation of GDAL does not read: save it anew with 8, 16 or 32 bits."
    )


@pytest.mark.bounded
def test_info_says_it_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.sid"
    path.write_bytes(BINARY["a.sid"][0])
    with pytest.raises(UnsupportedFormat) as caught:
        describe(str(path))
    assert "\n" not in caught.value.sentence
    assert caught.value.sentence.endswith("decoder).")


def test_the_folder_of_a_catalogue_can_be_searched_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "catalog.json"
    path.write_text(json.dumps({"type": "Catalog", "stac_version": "1.0.0", "id": "a", "links": []}))
    kind = kind_of_json_file(str(path))
    assert kind is not None
    assert "Search Archives" in str(kind.cure)
