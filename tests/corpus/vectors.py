"""Odd vectors: one point, no place, every kind of shape, at the world's edges, off the Earth, in odd encodings."""

from __future__ import annotations

import json
import shutil
import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import rasterio
import rasterio.shutil
import shapely
from shapely.geometry.base import BaseGeometry

from tests.corpus.odd import Odd
from tests.corpus.pictures import EUROPA, GRID, MARS, MOON, PLACES, ROTATED_POLE, at, rgb, write
from tests.support.readers.tiny_workbooks import workbook

type Shapes = Sequence[BaseGeometry | None]
DRIVERS = {
    ".geojson": "GeoJSON",
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".fgb": "FlatGeobuf",
    ".geojsonl": "GeoJSONSeq",
    ".gdb": "OpenFileGDB",
    ".gml": "GML",
}


def vectors() -> list[Odd]:
    """All of them."""
    return [*_single(), *_at_the_edges(), *_of_kinds(), *_without_places(), *_of_crs(), *_of_files(), *_of_texts()]


def write_rows(path: Path, shapes: Shapes, crs: str | None = "EPSG:4326", kind: str = "", **options: Any) -> Path:
    """Rows with a number and a name each."""
    names = [("Восточный", "文昌", "Vandenberg", "")[number % 4] for number in range(len(shapes))]
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    kind = kind or (kinds.pop() if len(kinds) == 1 else "Unknown")
    columns = [np.arange(len(shapes)) * 7 - 3, np.array(names, object)]
    encoding = options.pop("encoding", None)
    if path.suffix == ".fgb" and None in shapes:
        options["SPATIAL_INDEX"] = "NO"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array(list(shapes), object), flavor="iso"),
            columns,
            ["n", "name"],
            driver=DRIVERS[path.suffix],
            geometry_type=kind,
            crs=crs,
            encoding=encoding,
            layer_options=options or None,
            layer=path.stem[:60],
        )
    return path


def _random_place(rng: np.random.Generator) -> tuple[float, float]:
    return float(rng.uniform(-178, 178)), float(np.degrees(np.arcsin(rng.uniform(-0.98, 0.98))))


def _one(kind: str, rng: np.random.Generator) -> Shapes:
    lon, lat = _random_place(rng)
    reach = float(10 ** rng.uniform(-4, 0.2))
    shapes: dict[str, Shapes] = {
        "point": [shapely.Point(lon, lat)],
        "meridian": [shapely.LineString([(lon, lat), (lon, lat + min(reach, 1.5))])],
        "parallel": [shapely.LineString([(lon, lat), (lon + reach, lat)])],
        "box": [shapely.box(lon, lat, lon + reach, lat + min(reach, 1.5))],
        "rows of one longitude": [shapely.Point(lon, lat + step / 10) for step in range(5)],
    }
    return shapes[kind]


def _single() -> list[Odd]:
    kinds = ("point", "meridian", "parallel", "box", "rows of one longitude")
    return [
        Odd(f"one {kind} {suffix}", partial(_write_one, kind, suffix)) for kind in kinds for suffix in list(DRIVERS)[:4]
    ]


def _write_one(kind: str, suffix: str, folder: Path, rng: np.random.Generator) -> Path:
    return write_rows(folder / f"one{suffix}", _one(kind, rng))


def _at_the_edges() -> list[Odd]:
    edges: dict[str, Shapes] = {
        "0, 0": [shapely.Point(0, 0)],
        "180": [shapely.Point(180, 10)],
        "minus 180": [shapely.Point(-180, 10)],
        "both sides of the antimeridian": [shapely.Point(179.5, 52), shapely.Point(-179.5, 52)],
        "beyond 180": [shapely.box(179, -18, 182, -16)],
        "a box up to 180": [shapely.box(178, -18, 180, -16)],
        "cut at the antimeridian": [
            shapely.MultiPolygon([shapely.box(178, 60, 180, 62), shapely.box(-180, 60, -178, 62)])
        ],
        "north pole": [shapely.Point(30, 90)],
        "south pole": [shapely.Point(-30, -90)],
        "near the north pole": [shapely.box(10, 87, 40, 88)],
        "near the south pole": [shapely.box(-100, -89, -40, -86)],
        "whole earth": [shapely.box(-180, -90, 180, 90)],
        "from 0 to 360": [shapely.Point(lon, 10) for lon in (1, 100, 200, 359)],
        "a line round the earth": [shapely.LineString([(-180, 5), (0, 5), (180, 5)])],
        "of a millimetre": [shapely.box(128.3, 51.9, 128.30000001, 51.90000001)],
    }
    return [Odd(f"edge {name}", partial(_write, shapes, ".geojson")) for name, shapes in edges.items()]


def _write(shapes: Shapes, suffix: str, folder: Path, rng: np.random.Generator, **options: Any) -> Path:
    return write_rows(folder / f"shapes{suffix}", shapes, **options)


LINE = shapely.LineString([(10, 50), (11, 51), (12, 50.5)])
HOLED = shapely.Polygon([(9, 49), (13, 49), (13, 52), (9, 52)], [[(10, 50), (11, 50), (11, 51), (10, 51)]])
NESTED = shapely.GeometryCollection(
    [shapely.GeometryCollection([shapely.Point(9.5, 49.5), LINE]), shapely.box(12, 51, 12.5, 51.5)]
)


def _of_kinds() -> list[Odd]:
    kinds: dict[str, tuple[Shapes, str, str]] = {
        "mixed": ([shapely.Point(10, 50), LINE, HOLED, shapely.MultiPoint([(9, 49), (9.5, 49)])], ".geojson", ""),
        "mixed in a geopackage": ([shapely.Point(10, 50), LINE, HOLED], ".gpkg", "Unknown"),
        "mixed in a flatgeobuf": ([shapely.Point(10, 50), LINE, HOLED], ".fgb", "Unknown"),
        "a collection": ([shapely.GeometryCollection([shapely.Point(10, 50), LINE])], ".geojson", ""),
        "nested collections": ([NESTED], ".geojson", ""),
        "nested collections in a geopackage": ([NESTED], ".gpkg", "GeometryCollection"),
        "heights": ([shapely.Point(10, 50, 120.5), shapely.Point(11, 51, -7)], ".gpkg", "Point Z"),
        "heights in a shapefile": ([shapely.LineString([(10, 50, 1), (11, 51, 2)])], ".shp", "LineString Z"),
        "holes": ([HOLED], ".shp", "Polygon"),
        "one of several parts": (
            [HOLED, shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)])],
            ".shp",
            "Polygon",
        ),
        "multipoints": ([shapely.MultiPoint([(1, 2), (3, 4)]), shapely.MultiPoint([(5, 6)])], ".shp", "MultiPoint"),
        "a bow tie": ([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])], ".geojson", ""),
        "a ring that is flat": ([shapely.Polygon([(5, 50), (6, 50), (7, 50), (5, 50)])], ".geojson", ""),
        "a line of one place": ([shapely.LineString([(5, 50), (5, 50)])], ".geojson", ""),
        "in lines": ([shapely.Point(10, 50), LINE, HOLED], ".geojsonl", ""),
    }
    return [
        *(
            Odd(f"kind {name}", partial(_write, shapes, suffix, kind=kind))
            for name, (shapes, suffix, kind) in kinds.items()
        ),
        Odd("kind measures", partial(_of_wkt, ["POINT M (10 50 7)", "POINT M (11 51 9)"])),
        Odd("kind heights and measures", partial(_of_wkt, ["POINT ZM (10 50 7 1)"])),
        Odd("kind a bare geometry", partial(_text, "a.geojson", shapely.to_geojson(HOLED))),
        Odd(
            "kind a bare feature",
            partial(
                _text, "a.json", f'{{"type":"Feature","properties":{{"n":1}},"geometry":{shapely.to_geojson(LINE)}}}'
            ),
        ),
    ]


def _of_wkt(rows: list[str], folder: Path, rng: np.random.Generator) -> Path:
    return write_rows(folder / "measured.gpkg", [shapely.from_wkt(row) for row in rows], kind="Unknown")


def _text(name: str, text: str, folder: Path, rng: np.random.Generator) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def _without_places() -> list[Odd]:
    points: Shapes = [shapely.Point(10, 50), None, shapely.Point(11, 51), None]
    nothing: Shapes = [None, None, None]
    table = "none of which has a place"
    return [
        *(Odd(f"some rows without a place {suffix}", partial(_write, points, suffix, kind="Point"))
          for suffix in list(DRIVERS)[:4]),
        *(Odd(f"no row with a place {suffix}", partial(_write, nothing, suffix, kind="Point"), says=table)
          for suffix in list(DRIVERS)[:4]),
        *(Odd(f"no row at all {suffix}", partial(_write, [], suffix, kind="Point"), refused="holds no features")
          for suffix in (".geojson", ".shp", ".fgb")),
        Odd("no row at all .gpkg", partial(_write, [], ".gpkg", kind="Point"), not_drawn="holds no features"),
        Odd("empty shapes", partial(_write, [shapely.Point(10, 50), shapely.Point(), shapely.Polygon()], ".geojson")),
        Odd("empty shapes in a geopackage", partial(_write, [shapely.Polygon(), HOLED], ".gpkg", kind="Polygon")),
        Odd("a collection of nothing", partial(_text, "a.geojson", '{"type":"FeatureCollection","features":[]}'),
            refused="holds no features"),
        Odd("null for features", partial(_text, "a.geojson",
            '{"type":"FeatureCollection","features":[{"type":"Feature",'
            '"properties":null,"geometry":null},{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point",'
            '"coordinates":[10,50]}}]}')),
    ]  # fmt: skip


def _of_crs() -> list[Odd]:
    alone = {"says": "no place on the Earth", "written": {"off": True}, "why": "GDAL has no other body to say"}
    metres: Shapes = [shapely.box(1000, 2000, 1500, 2300), shapely.box(1700, 2000, 1900, 2100)]
    degrees: Shapes = [shapely.box(1, 2, 3, 4), shapely.box(5, 5, 6, 6)]
    in_metres = [
        "utm north",
        "utm south",
        "north pole",
        "beside the south pole",
        "old russian datum",
        "own datum",
        "american feet",
        "paris meridian",
        "beijing gauss",
        "equidistant",
        "sinusoidal",
    ]
    return [
        *(Odd(f"vector in {name} .gpkg", partial(_in_place, name, ".gpkg")) for name in in_metres),
        *(
            Odd(f"vector in {name} .shp", partial(_in_place, name, ".shp"))
            for name in ("utm south", "north pole", "american feet", "old russian datum")
        ),
        *(
            Odd(f"vector in {name} {suffix}", partial(_in_place, name, suffix))
            for name in ("utm south", "north pole", "beijing gauss")
            for suffix in (".gdb", ".gml")
        ),
        Odd("vector about a rotated pole", partial(_write, degrees, ".gpkg", crs=ROTATED_POLE)),
        Odd("vector in grads", partial(_write, degrees, ".gpkg", crs="EPSG:4807")),
        Odd("vector on a site's grid", partial(_write, metres, ".gpkg", crs=GRID), **alone),
        Odd("vector on the Moon", partial(_write, metres, ".gpkg", crs=MOON), **alone),
        Odd("vector on Mars", partial(_write, degrees, ".shp", crs=MARS), **alone),
        Odd("vector on Europa", partial(_write, degrees, ".fgb", crs=EUROPA), **alone),
        Odd("vector without a CRS", partial(_write, metres, ".gpkg", crs=None), says="it is shown in pixel space"),
        Odd("shapefile without a CRS", partial(_write, metres, ".shp", crs=None), says="it is shown in pixel space"),
        Odd(
            "metres in a geojson",
            partial(_write, metres, ".geojson"),
            says="its numbers do not fit that",
            written={"off": True},
            why="GDAL takes metres for degrees",
        ),
        Odd("geojson of mercator that says so", partial(_mercator_json, "urn:ogc:def:crs:EPSG::3857")),
        Odd("geojson of mercator that says so shortly", partial(_mercator_json, "EPSG:3857")),
        Odd("geojson of another datum", partial(_mercator_json, "urn:ogc:def:crs:EPSG::28411")),
    ]


def _in_place(name: str, suffix: str, folder: Path, rng: np.random.Generator) -> Path:
    place = PLACES[name]
    x, y, step = place.x, place.y, place.pixel
    shapes = [
        shapely.box(x + 3 * step, y - 9 * step, x + 11 * step, y - step),
        shapely.box(x, y - 20 * step, x + step, y - 12 * step),
    ]
    return write_rows(folder / f"placed{suffix}", shapes, crs=place.crs)


def _mercator_json(name: str, folder: Path, rng: np.random.Generator) -> Path:
    x, y = (14_000_000, 6_500_000) if "3857" in name else (11_400_000, 5_750_000)
    rows = [
        {
            "type": "Feature",
            "properties": {"n": n},
            "geometry": {"type": "Point", "coordinates": [x + 700 * n, y + 300 * n]},
        }
        for n in range(4)
    ]
    crs = {"type": "name", "properties": {"name": name}}
    return _text("a.geojson", json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows}), folder, rng)


def _of_files() -> list[Odd]:
    names = {
        "spaces": "a  scene of two words .geojson",
        "cyrillic": "Космодром Восточный.gpkg",
        "chinese": "文昌航天发射场.geojson",
        "emoji": "🚀 pads.geojson",
        "a leading dot": ".hidden.geojson",
        "brackets and a percent": "[a] (50%) #1 & 'b'.fgb",
        "combining marks": "cafe\u0301.shp",
        "200 characters": "n" * 190 + ".geojson",
        "two suffixes": "a.tif.geojson",
        "capitals": "A.GEOJSON",
    }
    return [
        *(Odd(f"called with {name}", partial(_called, text)) for name, text in names.items()),
        Odd("picture called in three scripts", partial(_picture_called, "Восточный 东方 🛰.tif")),
        Odd("picture with a leading dot", partial(_picture_called, ".hidden.tif")),
        Odd("picture called of 200 characters", partial(_picture_called, "x" * 200 + ".tif")),
        Odd("geopackage of many layers", _layers),
        Odd(
            "geopackage of features and tiles",
            _features_and_tiles,
            peer={"with_tiles": True},
            why="the peer is asked for both",
        ),
        Odd("geopackage with gaps in its ids", _gaps),
        Odd("flatgeobuf without an index", partial(_write, [HOLED, HOLED], ".fgb", SPATIAL_INDEX="NO")),
        Odd(
            "shapefile without an index",
            _without_shx,
            peer={"beside": "whole/lost.shp"},
            why="GDAL refuses it unless told",
        ),
    ]


def _called(name: str, folder: Path, rng: np.random.Generator) -> Path:
    plain = write_rows(folder / f"plain{Path(name).suffix.lower()}", _one("box", rng))
    for path in sorted(folder.iterdir()):
        path.rename(
            path.with_name(
                name.removesuffix(Path(name).suffix)
                + (path.suffix if Path(name).suffix.islower() else path.suffix.upper())
            )
        )
    assert not plain.exists()
    return folder / name


def _picture_called(name: str, folder: Path, rng: np.random.Generator) -> Path:
    return write(folder / name, rgb(rng), "EPSG:32652", at(PLACES["utm north"]))


def _layers(folder: Path, rng: np.random.Generator) -> Path:
    path = folder / "many.gpkg"
    for number, (layer, kind) in enumerate({"pads": "point", "линии": "meridian", "区域": "box"}.items()):
        shapes = np.array(_one(kind, rng), object)
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            [np.arange(len(shapes))],
            ["n"],
            driver="GPKG",
            layer=layer,
            append=number > 0,
            geometry_type=shapes[0].geom_type,
            crs="EPSG:4326",
        )
    return path


def _features_and_tiles(folder: Path, rng: np.random.Generator) -> Path:
    path = write_rows(folder / "both.gpkg", [shapely.box(125.77, 50.29, 125.78, 50.3)])
    tiff = write(folder / "a.tif", rgb(rng), "EPSG:3857", at(PLACES["web mercator"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rasterio.shutil.copy(tiff, path, driver="GPKG", APPEND_SUBDATASET="YES", RASTER_TABLE="TILES")
    tiff.unlink()
    return path


def _gaps(folder: Path, rng: np.random.Generator) -> Path:
    path = write_rows(folder / "gaps.gpkg", [shapely.Point(n, 50 - n) for n in range(9)])
    with closing(sqlite3.connect(path)) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("DELETE FROM gaps WHERE fid IN (1, 4, 5)")
        database.execute("UPDATE gpkg_ogr_contents SET feature_count = 6")
        database.execute("DELETE FROM rtree_gaps_geom WHERE id IN (1, 4, 5)")
        database.commit()
    return path


def _without_shx(folder: Path, rng: np.random.Generator) -> Path:
    path = write_rows(folder / "lost.shp", _one("box", rng))
    (folder / "whole").mkdir()
    for part in sorted(folder.glob("lost.*")):
        shutil.copy(part, folder / "whole")
    path.with_suffix(".shx").unlink()
    return path


def _of_texts() -> list[Odd]:
    text = "name;lat;lon\nВосточный;51.884;128.334\nПлесецк;62.93;40.57\n"
    comma = text.replace(";", ",")
    xy = {
        "peer": {
            "options": ["X_POSSIBLE_NAMES=lon,longitude,долгота,经度", "Y_POSSIBLE_NAMES=lat,latitude,широта,纬度"],
            "crs": "EPSG:4326",
        },
        "why": "GDAL has to be told which columns are the place",
    }

    def beside(why: str) -> dict[str, Any]:
        return {"peer": {**xy["peer"], "cells": ["name"], "beside": "plain/plain.csv"}, "why": why}

    return [
        Odd("csv", partial(_table, comma, "utf-8"), **xy),
        Odd("csv of semicolons", partial(_table, text, "utf-8"), **xy),
        Odd("csv of tabs", partial(_table, text.replace(";", "\t"), "utf-8"), **xy),
        Odd("csv with a mark", partial(_table, "\ufeff" + comma, "utf-8"), **xy),
        Odd("csv of one row", partial(_table, comma[: comma.index("П")], "utf-8"), **xy),
        Odd("csv over the antimeridian", partial(_table, "name,lat,lon\na,52,179.9\nb,52,-179.9\n", "utf-8"), **xy),
        Odd("csv with rows without a place", partial(_table, comma + "x,,\n", "utf-8"), **xy),
        Odd("csv in cp1251", partial(_table, comma, "cp1251"), **beside("GDAL takes all for UTF-8")),
        Odd("csv in utf-16", partial(_table, "\ufeff" + comma, "utf-16-le"), **beside("GDAL reads no UTF-16")),
        Odd("csv in big utf-16", partial(_table, "\ufeff" + comma, "utf-16-be"), **beside("GDAL reads no UTF-16")),
        Odd("csv with decimal commas", partial(_table, text.replace(".", ","), "utf-8"),
            **beside("GDAL reads no decimal commas here")),
        Odd("csv with russian columns", partial(_table, comma.replace("lat,lon", "широта,долгота"), "utf-8"), **xy),
        Odd("csv in degrees and minutes", partial(
            _table,
                "name,lat,lon\nВосточный,\"51°53'02.4\"\"N\",\"128°20'02.4\"\"E\"\nПлесецк,62°55.8'N,40°34.2'E\n",
                    "utf-8"),
            **beside("GDAL reads plain numbers only")),
        Odd("csv of wkt", partial(_table, 'id,WKT\n1,"LINESTRING (1 2, 3 4)"\n2,POINT (5 6)\n', "utf-8"),
            peer={"crs": "EPSG:4326", "options": ["GEOM_POSSIBLE_NAMES=WKT"]}, why="GDAL takes no CRS for granted"),
        Odd("workbook", _workbook, **beside("GDAL makes no places of a workbook")),
        Odd("geojson in utf-16", _json_in_utf16, peer={"beside": "plain/a.geojson"}, why="GDAL reads no UTF-16"),
        Odd("shapefile in cp1251", partial(_shapefile, "CP1251", "1251")),
        Odd("shapefile in gbk", partial(_shapefile, "CP936", "936")),
        Odd("shapefile in cp1251 without a cpg", partial(_shapefile, "CP1251", ""),
            peer={"options": ["ENCODING=CP1251"]},
            why="GDAL takes Latin 1 where nothing is said"),
    ]  # fmt: skip


PLAIN = "name,lat,lon\nВосточный,51.884,128.334\nПлесецк,62.93,40.57\n"


def _workbook(folder: Path, rng: np.random.Generator) -> Path:
    _table(PLAIN, "utf-8", folder, rng)
    rows = [("name", "lat", "lon"), ("Восточный", 51.884, 128.334), ("Плесецк", 62.93, 40.57)]
    return workbook(folder / "sites.xlsx", rows)


def _json_in_utf16(folder: Path, rng: np.random.Generator) -> Path:
    (folder / "plain").mkdir()
    plain = write_rows(folder / "plain" / "a.geojson", [shapely.Point(128.334, 51.884), HOLED])
    (folder / "a.geojson").write_text(plain.read_text("utf-8"), "utf-16")
    return folder / "a.geojson"


def _table(text: str, encoding: str, folder: Path, rng: np.random.Generator) -> Path:
    (folder / "plain").mkdir()
    (folder / "plain" / "plain.csv").write_text(PLAIN, "utf-8")
    (folder / "table.csv").write_bytes(text.encode(encoding))
    return folder / "table.csv"


def _shapefile(encoding: str, cpg: str, folder: Path, rng: np.random.Generator) -> Path:
    names = ["Восточный", "Плесецк", "Капустин Яр"] if encoding == "CP1251" else ["文昌", "酒泉", "太原"]
    path, shapes = folder / "names.shp", np.array([shapely.Point(n, 50) for n in range(3)], object)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(names, object)],
        ["name"],
        driver="ESRI Shapefile",
        geometry_type="Point",
        crs="EPSG:4326",
        encoding=encoding,
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    else:
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = 0
        path.with_suffix(".dbf").write_bytes(table)
    return path
