"""Odd KML, KMZ and GPX: parts, schemas, roots, folders, namespaces and encodings."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.corpus.odd import Odd

KML_22 = "http://www.opengis.net/kml/2.2"


def kml_gpx() -> list[Odd]:
    """All of them."""
    return [*_shapes(), *_documents(), *_archives(), *_gpx()]


def point(lon: float, lat: float, name: str = "a", more: str = "") -> str:
    return f"<Placemark><name>{name}</name>{more}<Point><coordinates>{lon},{lat}</coordinates></Point></Placemark>"


def document(inside: str, space: str = KML_22, encoding: str = "UTF-8") -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n<kml xmlns="{space}"><Document>{inside}</Document></kml>'


def _points(kind: str) -> str:
    parts = "".join(f"<Point><coordinates>{lon},50,7</coordinates></Point>" for lon in (1, 2))
    return f"<{kind}>{parts}</{kind}>"


def _lines(kind: str) -> str:
    parts = "".join(f"<LineString><coordinates>{lon},2 3,4</coordinates></LineString>" for lon in (1, 2))
    return f"<{kind}>{parts}</{kind}>"


def _areas(kind: str) -> str:
    parts = "".join(
        f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{lon},2 {lon + 2},4 {lon + 2},1 {lon},2</coordinates>"
        "</LinearRing></outerBoundaryIs></Polygon>"
        for lon in (1, 11)
    )
    return f"<{kind}>{parts}</{kind}>"


def _shapes() -> list[Odd]:
    ring = "<coordinates>10,50 11,50 11,51 10,51 10,50</coordinates>"
    holed = (
        f"<Polygon><outerBoundaryIs><LinearRing>{ring}</LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>"
        "<coordinates>10.2,50.2 10.4,50.2 10.4,50.4 10.2,50.2</coordinates></LinearRing></innerBoundaryIs></Polygon>"
    )
    shapes = {
        "multipoint": _points("MultiPoint"),
        "multilinestring": _lines("MultiLineString"),
        "multipolygon": _areas("MultiPolygon"),
        "multigeometry of points": _points("MultiGeometry"),
        "multigeometry of areas": _areas("MultiGeometry"),
        "multigeometry of all": f"<MultiGeometry>{_points('MultiPoint')}{_lines('MultiGeometry')}</MultiGeometry>",
        "hole": holed,
        "ring": f"<LinearRing>{ring}</LinearRing>",
        "line over the antimeridian": "<LineString><coordinates>179,52 181,53</coordinates></LineString>",
        "line along a meridian": "<LineString><coordinates>2.2945,48.85825 2.2945,48.9</coordinates></LineString>",
        "heights": "<Point><altitudeMode>absolute</altitudeMode><coordinates>10,50,8848.86</coordinates></Point>",
        "numbers with an exponent": "<Point><coordinates>\n 1.0E+01 , 5e1 \n</coordinates></Point>".replace(" , ", ","),
        "much white space": "<LineString><coordinates>\n\t10,50,0\n\n  11,51,0   \n</coordinates></LineString>",
    }
    return [
        Odd(f"kml {name}", partial(_kml, document(f"<Placemark><name>a</name>{shape}</Placemark>")))
        for name, shape in shapes.items()
    ]


def _kml(text: str, folder: Path, rng: np.random.Generator, encoding: str = "utf-8", name: str = "a.kml") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def _documents() -> list[Odd]:
    nowhere = "<Placemark><name>nowhere</name><description>text</description></Placemark>"
    nested = (
        "<Folder><name>Полигон</name><Folder><name>区域</name>"
        + point(1, 50)
        + "<Folder><name>deep</name>"
        + point(2, 51, "b")
        + "</Folder></Folder></Folder>"
        + point(3, 52, "c")
    )
    schema = (
        '<Schema parent="Placemark" name="Site"><SimpleField type="string" name="TYPE"/>'
        '<SimpleField type="int" name="N"/>'
        "</Schema><Folder><name>F</name>"
        + "".join(
            f"<Site><name>{name}</name><TYPE>pad</TYPE><N>{n}</N><Point><coordinates>{n},50</coordinates></Point></Site>"
            for n, name in enumerate("abc", 1)
        )
        + "</Folder>"
    )
    data = (
        '<Schema id="s" name="s"><SimpleField type="int" name="n"/><SimpleField type="string" name="Имя"/></Schema>'
        + point(
            10,
            50,
            "x",
            '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="n">7</SimpleData>'
            '<SimpleData name="Имя">Пуск</SimpleData></SchemaData></ExtendedData>',
        )
        + point(11, 50, "y", '<ExtendedData><Data name="n"><value>9</value></Data></ExtendedData>')
    )
    track = (
        '<Placemark><name>t</name><gx:Track xmlns:gx="http://www.google.com/kml/ext/2.2"><when>2024-04-12T07:08:09Z</when>'
        "<when>2024-04-12T07:09:09Z</when><gx:coord>10 50 1</gx:coord><gx:coord>11 51 2</gx:coord>"
        "</gx:Track></Placemark>"
    )
    rooted = document(point(10, 50) + point(11, 51, "b"))
    plain = {"peer": {"beside": "plain/doc.kml"}, "why": "LIBKML wants the root and namespace that are lacking here"}
    return [
        Odd("kml of nested folders", partial(_kml, document(nested))),
        Odd("kml with some places", partial(_kml, document(point(10, 50) + nowhere))),
        Odd("kml without any place", partial(_kml, document(nowhere * 2)), says="none of which has a place"),
        Odd("kml without any placemark", partial(_kml, document("<name>empty</name>")), refused="holds no features"),
        Odd("kml of a schema's elements", partial(_kml, document(schema))),
        Odd("kml with extended data", partial(_kml, document(data))),
        Odd("kml of a track", partial(_kml, document(track))),
        Odd("kml without a root", partial(
            _with_plain, '<?xml version="1.0"?><Document>' + point(10, 50) + point(11, 51, "b") + "</Document>",
                rooted), **plain),
        Odd("kml of one folder alone", partial(_with_plain, "<Folder>" + point(10, 50) + point(11, 51,
            "b") + "</Folder>", rooted), **plain),
        Odd("kml with a prefix", partial(_with_plain, _prefixed(rooted), rooted), **plain),
        Odd("kml without a namespace", partial(_with_plain, rooted.replace(f' xmlns="{KML_22}"', ""), rooted), **plain),
        *(Odd(f"kml of namespace {space}", partial(_kml, document(point(10, 50), space)))
          for space in ("http://earth.google.com/kml/2.0", "http://earth.google.com/kml/2.1", "http://earth.google.com/kml/2.2")),
        Odd("kml in windows-1251", partial(_with_plain, document(point(10, 50, "Пуск"), encoding="windows-1251"),
                                           document(point(10, 50, "Пуск")), encoding="cp1251"),
            peer={"beside": "plain/doc.kml"}, why="LIBKML knows no Cyrillic encoding"),
        Odd("kml in utf-16", partial(_with_plain, document(point(10, 50, "Пуск"), encoding="UTF-16"),
                                     document(point(10, 50, "Пуск")), encoding="utf-16"),
            peer={"beside": "plain/doc.kml"}, why="LIBKML does not recognise UTF-16"),
        Odd("kml with a mark before it", partial(_kml, "\ufeff" + document(point(10, 50)))),
        Odd("kml called xml", partial(_kml, document(point(10, 50)), name="a.xml"), peer={"drivers": ["LIBKML"]},
            why="only LIBKML is meant"),
        Odd("kml with CDATA and entities", partial(_kml, document(point(10, 50, "A &amp; B",
            "<description><![CDATA[<b>x</b>]]></description>"))),
            peer={"cells": ["Name"]}, why="of a description we show the words"),
    ]  # fmt: skip


def _prefixed(text: str) -> str:
    found = text
    for name in ("kml", "Document", "Placemark", "name", "Point", "coordinates"):
        found = found.replace(f"<{name}>", f"<ns0:{name}>").replace(f"</{name}>", f"</ns0:{name}>")
    return found.replace("<kml xmlns=", "<ns0:kml xmlns:ns0=")


def _with_plain(text: str, plain: str, folder: Path, rng: np.random.Generator, encoding: str = "utf-8") -> Path:
    """Beside the file the same as the peer can read it."""
    (folder / "plain").mkdir()
    (folder / "plain" / "doc.kml").write_text(plain, "utf-8")
    return _kml(text, folder, rng, encoding)


def _archives() -> list[Odd]:
    two = document(point(10, 50) + point(11, 51, "b"))
    other = document(point(20, -30, "c"))
    loose: dict[str, Any] = {
        "peer": {"besides": ["loose/0.kml", "loose/1.kml"]},
        "why": "LIBKML opens one document of several",
    }
    first: dict[str, Any] = {"peer": {"besides": ["loose/0.kml"]}, "why": "LIBKML opens no document that lies deeper"}
    return [
        Odd("kmz", partial(_kmz, {"doc.kml": two})),
        Odd("kmz of another name", partial(_kmz, {"карта.kml": two}), **first),
        Odd("kmz with pictures", partial(_kmz, {"files/a.png": "x", "doc.kml": two})),
        Odd("kmz with the document deeper", partial(_kmz, {"a/b/doc.kml": two}), **first),
        Odd("kmz of two documents", partial(_kmz, {"doc.kml": two, "more/other.kml": other}), **loose),
        Odd("kmz stored", partial(_kmz, {"doc.kml": two}, compression=zipfile.ZIP_STORED)),
        Odd("kmz without a document", partial(_kmz, {"readme.txt": "x"}), refused="a.kmz"),
        Odd("kmz called zip", partial(_kmz, {"doc.kml": two}, name="a.zip"), **first),
    ]


def _kmz(
    files: dict[str, str],
    folder: Path,
    rng: np.random.Generator,
    name: str = "a.kmz",
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    (folder / "loose").mkdir()
    with zipfile.ZipFile(folder / name, "w", compression) as archive:
        for inside, text in files.items():
            archive.writestr(inside, text)
    for number, text in enumerate(text for inside, text in files.items() if inside.endswith(".kml")):
        (folder / "loose" / f"{number}.kml").write_text(text, "utf-8")
    return folder / name


def _gpx() -> list[Odd]:
    waypoints = (
        '<wpt lat="51.875" lon="128.25"><time>2024-04-12T07:08:09Z</time><name>Пуск</name></wpt>'
        '<wpt lat="19.625" lon="110.5"/>'
    )
    route = '<rte><name>r</name><rtept lat="1" lon="2"/><rtept lat="3" lon="4"/></rte>'
    track = "<trk><name>t</name>{}</trk>"
    one = '<trkseg><trkpt lat="50" lon="10"><ele>5</ele></trkpt><trkpt lat="51" lon="11"/></trkseg>'
    two = one + '<trkseg><trkpt lat="52" lon="12"/><trkpt lat="53" lon="13"/></trkseg>'
    peer: dict[str, Any] = {
        "peer": {"layers": ["waypoints", "routes", "tracks"]},
        "why": "GDAL lists the points of lines again",
    }
    return [
        Odd("gpx of waypoints", partial(_gpx_of, waypoints), **peer),
        Odd("gpx of a route", partial(_gpx_of, route), **peer),
        Odd("gpx of a track", partial(_gpx_of, track.format(one)), **peer),
        Odd("gpx of a track of two segments", partial(_gpx_of, track.format(two)), **peer),
        Odd("gpx of all", partial(_gpx_of, waypoints + route + track.format(two)), **peer),
        Odd("gpx of 1.0", partial(_gpx_of, waypoints, version="1.0"), **peer),
    ]


def _gpx_of(inside: str, folder: Path, rng: np.random.Generator, version: str = "1.1") -> Path:
    space = f"http://www.topografix.com/GPX/{version.replace('.', '/')}"
    return _kml(
        f'<?xml version="1.0"?><gpx version="{version}" creator="t" xmlns="{space}">{inside}</gpx>',
        folder,
        rng,
        name="a.gpx",
    )
