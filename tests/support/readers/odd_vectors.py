"""Forty small vector files, each odd in its own way, with what is in them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from msgspec import Struct, field

POINTS = [shapely.Point(128.25, 51.875), shapely.Point(110.5, 19.625), shapely.Point(-3.5, 40.25)]
LINE = shapely.LineString([(131.875, 43.125), (177.5, 64.75), (-150.0, 61.25)])
HOLED = shapely.box(10, 20, 12, 22) - shapely.box(10.5, 20.5, 11, 21)


class Odd(Struct, frozen=True):
    """`columns` are the values that have to come back; `kinds` their types."""

    name: str
    path: Path
    columns: dict[str, list[Any]]
    kinds: dict[str, str] = field(default_factory=dict)
    shapes: list[Any] = field(default_factory=lambda: list(POINTS))
    layer: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def odd_vectors(folder: Path) -> list[Odd]:
    """Write all of them under `folder`."""
    made = [*_geojsons(folder), *_geopackages(folder), *_texts(folder), *_other(folder)]
    assert len(made) == len({odd.name for odd in made}) == 40
    return made


# -- GeoJSON ------------------------------------------------------------------------------------------------------

COLUMNS: dict[str, tuple[str, list[Any]]] = {
    "int64": ("integer", [9007199254740993, None, -900719925474099511]),
    "small integers with a gap": ("integer", [1, None, 3]),
    "booleans with a gap": ("boolean", [True, None, False]),
    "reals": ("real", [0.1, None, 1e300]),
    "NULL apart from empty": ("text", ["", None, "x"]),
    "dates": ("date", ["1957-10-04", None, "2024-02-29"]),
    "times with zones": ("datetime", ["2024-04-12T07:08:09.125Z", None, "2024-04-12T15:08:09+08:00"]),
    "times without a zone": ("datetime", ["2024-04-12T07:08:09", None, "1999-12-31T23:59:59"]),
    "lists of text": ("list", [["восток", "запад"], None, ["东"]]),
    "lists of integers": ("list", [[1, 2], None, [3]]),
    "Cyrillic": ("text", ["Космодром Восточный", "Ёлка", "Ѣ"]),
    "Chinese": ("text", ["文昌航天发射场", "𠮷野家", "酒泉"]),
    "right to left and marks": ("text", ["قاعدة", "e\u0301", "\u202eabc"]),
    "formulas": ("text", ["=1+1", "@x", "plain"]),
    "line breaks and quotes": ("text", ['a\nb"c"', "d;e,f\tg", " spaced "]),
    "leading zeros": ("text", ["007", "0012", "1"]),
    "a long text": ("text", ["я" * 30_000, "", None]),
    "objects": ("json", [{"a": [1, {"b": None}]}, None, {"c": "ж"}]),
}


def _geojsons(folder: Path) -> list[Odd]:
    found = []
    for name, (kind, values) in COLUMNS.items():
        path = _geojson(folder / f"{name.replace(' ', '_')}.geojson", POINTS, {"value": values})
        found.append(Odd(name, path, {"value": values}, {"value": kind}))
    names = {"fid": [1, 2, 3], "geom": ["a", "b", "c"], "Имя поля": ["x", None, ""], "select": [True, False, True]}
    kinds = {"fid": "integer", "geom": "text", "Имя поля": "text", "select": "boolean"}
    path = _geojson(folder / "names.geojson", POINTS, names)
    found.append(Odd("names that mean something to a database", path, names, kinds))
    for name, shapes in SHAPES.items():
        values = {"n": list(range(len(shapes)))}
        path = _geojson(folder / f"{name.replace(' ', '_')}.geojson", shapes, values)
        found.append(Odd(name, path, values, {"n": "integer"}, shapes))
    return found


SHAPES: dict[str, list[Any]] = {
    "mixed kinds": [POINTS[0], LINE, HOLED, shapely.MultiPoint(POINTS)],
    "rows without geometry": [POINTS[0], None, POINTS[1]],
    "heights": [shapely.Point(1, 2, 3.5), shapely.Point(4, 5, -6.25)],
    "a bow tie": [shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)])],
    "collections": [shapely.GeometryCollection([POINTS[0], LINE])],
}


def _geojson(path: Path, shapes: list[Any], columns: dict[str, list[Any]]) -> Path:
    rows = [
        {
            "type": "Feature",
            "properties": {name: values[i] for name, values in columns.items()},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for i, shape in enumerate(shapes)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


# -- written by OGR -----------------------------------------------------------------------------------------------


def _geopackages(folder: Path) -> list[Odd]:
    numbers = [9007199254740993, 9007199254740995, 1]
    return [
        Odd("a GeoPackage", _ogr(folder / "a.gpkg", "GPKG"), {"value": numbers, "имя": ["", None, "文昌"]},
            {"value": "integer", "имя": "text"}),
        Odd("a layer with a Chinese name", _ogr(folder / "b.gpkg", "GPKG", layer="发射场"),
            {"value": numbers, "имя": ["", None, "文昌"]}, layer="发射场"),
        Odd("a FlatGeobuf", _ogr(folder / "a.fgb", "FlatGeobuf", SPATIAL_INDEX="NO"),
            {"value": numbers, "имя": ["", None, "文昌"]}),
        Odd("a shapefile in UTF-8", _ogr(folder / "a.shp", "ESRI Shapefile", ENCODING="UTF-8"),
            {"имя": [None, None, "文昌"]}),
        _shapefile(folder),
        Odd("GeoJSON by lines", _lines(folder / "a.geojsonl"), {"value": numbers, "имя": ["", None, "文昌"]}),
    ]  # fmt: skip


def _ogr(path: Path, driver: str, layer: str = "a", **options: str) -> Path:
    columns = [np.array([9007199254740993, 9007199254740995, 1]), np.array(["", None, "文昌"], object)]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(POINTS, object)),
        columns,
        ["value", "имя"],
        layer=layer,
        driver=driver,
        geometry_type="Point",
        crs="EPSG:4326",
        layer_options=options or None,
    )
    return path


def _shapefile(folder: Path) -> Odd:
    """In cp1251, with no .cpg and no word about it in the .dbf."""
    path = folder / "cp1251.shp"
    names = ["Восточный", "Плесецк", "Капустин Яр"]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(POINTS, object)),
        [np.array(names, object)],
        ["имя"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="cp1251",
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0
    path.with_suffix(".dbf").write_bytes(table)
    return Odd("a shapefile in cp1251 that does not say so", path, {"имя": names}, {"имя": "text"})


def _lines(path: Path) -> Path:
    rows = [
        {"type": "Feature", "properties": {"value": value, "имя": name}, "geometry": json.loads(shapely.to_geojson(p))}
        for value, name, p in zip([9007199254740993, 9007199254740995, 1], ["", None, "文昌"], POINTS, strict=True)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


# -- tables -------------------------------------------------------------------------------------------------------


def _texts(folder: Path) -> list[Odd]:
    places = [shapely.Point(128.334, 51.884), shapely.Point(110.951, 19.614)]

    def table(name: str, file: str, text: str, encoding: str = "utf-8", **more: Any) -> Odd:
        path = folder / file
        path.write_bytes(text.encode(encoding))
        columns = more.pop("columns", {"имя": ["Восточный", "Вэньчан"]})
        return Odd(name, path, columns, more.pop("kinds", {}), more.pop("shapes", places), **more)

    rows = "Восточный;51.884;128.334\nВэньчан;19.614;110.951\n"
    return [
        table("a table in cp1251", "t1.csv", "имя;широта;долгота\n" + rows, "cp1251"),
        table("a table in UTF-16", "t2.csv", "\ufeffимя\tlat\tlon\n" + rows.replace(";", "\t"), "utf-16-le"),
        table("a table in GB 18030", "t3.csv",
              "名称,纬度,经度\n东方航天港,51.884,128.334\n文昌航天发射场,19.614,110.951\n", "gb18030",
              columns={"名称": ["东方航天港", "文昌航天发射场"]}),
        table("decimal commas", "t4.csv", "имя;lat;lon\n" + rows.replace(".", ",")),
        table("degrees, minutes and seconds", "t5.csv",
              "имя|lat|lon\nВосточный|51°53'02.4\"N|128°20'02.4\"E\nВэньчан|19°36'50.4\"N|110°57'03.6\"E\n"),
        table("WKT in a column", "t6.csv", "id,wkt\n007,LINESTRING (1 2; 3 4)\n".replace(";", ",").replace(
              "LINESTRING (1 2, 3 4)", '"LINESTRING (1 2, 3 4)"'), columns={"id": ["007"]},
              shapes=[shapely.LineString([(1, 2), (3, 4)])]),
        table("types in a table", "t7.tsv",
              'lat\tlon\tday\tbig\tyes\ttext\n51.884\t128.334\t2024-04-12\t9007199254740993\ttrue\t""\n'
              "19.614\t110.951\t\t\t\t\n",
              columns={"day": ["2024-04-12", None], "big": [9007199254740993, None], "yes": [True, None],
                       "text": ["", None]},
              kinds={"day": "date", "big": "integer", "yes": "boolean", "text": "text"}),
    ]  # fmt: skip


# -- KML, GPX -----------------------------------------------------------------------------------------------------

KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>Площадки</name><Placemark><name>1С</name><description><![CDATA[<b>Пуск</b><br>2016]]></description>
<Point><coordinates>128.25,51.875,0</coordinates></Point></Placemark>
<Placemark><name/><Point><coordinates>110.5,19.625</coordinates></Point></Placemark></Folder>
<Placemark><name>文昌</name><Point><coordinates>-3.5,40.25</coordinates></Point></Placemark></Document></kml>"""
_PLACED = {
    "name": ["1С", "", "文昌"],
    "description": ["Пуск\n2016", None, None],
    "folder": ["Площадки", "Площадки", ""],
}
GPX = """<gpx version="1.1" creator="t">
<wpt lat="51.875" lon="128.25"><time>2024-04-12T07:08:09Z</time><name>Пуск</name></wpt>
<wpt lat="19.625" lon="110.5"><time>yesterday</time><name/></wpt><wpt lat="40.25" lon="-3.5"/></gpx>"""


def _other(folder: Path) -> list[Odd]:
    (folder / "a.kml").write_text(KML, encoding="utf-8")
    with zipfile.ZipFile(folder / "a.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", KML)
    (folder / "a.gpx").write_text(GPX, encoding="utf-8")
    points = {"name": ["Пуск", "", None], "time": ["2024-04-12T07:08:09Z", None, None]}
    return [
        Odd("KML with folders", folder / "a.kml", _PLACED, dict.fromkeys(_PLACED, "text")),
        Odd("KMZ", folder / "a.kmz", _PLACED),
        Odd("GPX with a broken time", folder / "a.gpx", points, {"name": "text", "time": "datetime"}),
    ]


Make = Callable[[Path], list[Odd]]
