"""Kinds of files that Geoloupe names but does not open: how each is recognised, and what to do instead.

A kind is told by the first bytes of a file, by the root element of its XML or by the members of its JSON.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from layers.phrase import Phrase

UNPACK = Phrase("unpack it and open what is inside")
_TO_TIFF = Phrase("save it as GeoTIFF")
_TO_VECTORS = Phrase("save it as GeoPackage or GeoJSON, as with QGIS or ogr2ogr")
_OF_A_SERVICE = Phrase("it describes a service and holds no picture: save what you need of it as GeoTIFF or GeoPackage")


class OtherKind(NamedTuple):
    """A kind of file by its usual name, with advice on what to do, "" where there is none."""

    name: str
    cure: str

    @property
    def words(self) -> str:
        """The end of a sentence: "ECW, packed imagery (save it as GeoTIFF ...)"."""
        return Phrase("{name} ({cure})", name=self.name, cure=self.cure) if self.cure else self.name


_VIDEO = OtherKind(Phrase("a video"), Phrase("save the frame that you need as PNG or JPEG"))
_ISO_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIF",
    b"heix": "HEIF",
    b"hevc": "HEIF",
    b"heim": "HEIF",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
}
_ZIP = OtherKind(Phrase("a ZIP archive"), UNPACK)
_TAR = OtherKind(Phrase("a TAR archive"), Phrase("{unpack}; only Landsat's are opened as they are", unpack=UNPACK))
BEGINS = (
    (b"%PDF", OtherKind("PDF", Phrase("save its page as GeoTIFF, PNG or JPEG"))),
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", OtherKind(Phrase("an empty ZIP archive"), Phrase("fetch it again"))),
    (b"\x1f\x8b", OtherKind(Phrase("a gzip archive"), UNPACK)),
    (b"BZh", OtherKind(Phrase("a bzip2 archive"), UNPACK)),
    (b"\xfd7zXZ\0", OtherKind(Phrase("an xz archive"), UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", OtherKind(Phrase("a 7-Zip archive"), UNPACK)),
    (b"Rar!\x1a\x07", OtherKind(Phrase("a RAR archive"), UNPACK)),
    (
        b"\x0e\x03\x13\x01",
        OtherKind(Phrase("HDF4, which this GDAL does not read"), Phrase("save it as HDF5, netCDF or GeoTIFF")),
    ),
    (
        b"GRIB",
        OtherKind(Phrase("GRIB, fields of weather"), Phrase("save the field that you need as GeoTIFF or netCDF")),
    ),
    (
        b"msid",
        OtherKind(
            Phrase("MrSID, packed imagery"),
            Phrase("{to_tiff} with a program that has LizardTech's decoder", to_tiff=_TO_TIFF),
        ),
    ),
    (b"\xff\x0a", OtherKind("JPEG XL", Phrase("save it as GeoTIFF, PNG or JPEG"))),
    (b"\0\0\0\x0cJXL \r\n\x87\n", OtherKind("JPEG XL", Phrase("save it as GeoTIFF, PNG or JPEG"))),
    (
        b"LASF",
        OtherKind(Phrase("LAS or LAZ, a cloud of points"), Phrase("make an elevation GeoTIFF of it, as with PDAL")),
    ),
    (b"BM", OtherKind("BMP", Phrase("save it as PNG or GeoTIFF; a world file beside it goes on working"))),
    (b"GIF8", OtherKind("GIF", Phrase("save it as PNG or GeoTIFF; a world file beside it goes on working"))),
    (b"AC10", OtherKind(Phrase("DWG, a drawing of AutoCAD"), Phrase("save it as DXF, and that as GeoPackage"))),
    (b"AC1.", OtherKind(Phrase("DWG, a drawing of AutoCAD"), Phrase("save it as DXF, and that as GeoPackage"))),
    (b"AutoCAD Binary DXF", OtherKind("DXF, a drawing", _TO_VECTORS)),
    (b"\x08\x09\xfe\x02", OtherKind(Phrase("DGN, a drawing of MicroStation"), _TO_VECTORS)),
    (b"\xc8\x09\xfe\x02", OtherKind(Phrase("DGN, a drawing of MicroStation"), _TO_VECTORS)),
    (b"\x08\x05\x17\0", OtherKind(Phrase("a DGN cell library of MicroStation"), _TO_VECTORS)),
    (b"PAR1", OtherKind("Parquet", Phrase("save it as GeoPackage or FlatGeobuf, as with ogr2ogr"))),
    (b"ARROW1", OtherKind("Arrow", Phrase("save it as GeoPackage or FlatGeobuf, as with ogr2ogr"))),
    (b"PCIDSK", OtherKind("PCIDSK", _TO_TIFF)),
    (b"SIMPLE  =", OtherKind("FITS", _TO_TIFF)),
    (b"EXP  0 ", OtherKind(Phrase("an Arc/Info export (E00)"), _TO_VECTORS)),
    (b"!table", OtherKind(Phrase("a table of MapInfo"), _TO_VECTORS)),
)
"""First bytes, and the kinds that have them."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DXF = re.compile(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n")
_KAP = re.compile(rb"(?:\A|\n)(?:BSB|NOS)/")
_ISO_8211 = re.compile(rb"\d{5}[123]L.[1 ].{15}", re.DOTALL)
"""The leader of a file of ISO 8211, in which S-57 and SDTS are written."""
_ROOT = re.compile(
    rb"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\])?\s*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL
)
OF_ROOT = {
    "vrtdataset": OtherKind("VRT", Phrase("give it a name that ends in .vrt")),
    "ogrvrtdatasource": OtherKind("OGR VRT", Phrase("open the files that it names")),
    "gdal_wms": OtherKind(Phrase("a GDAL web map description"), Phrase("add its tiles with Layer, Add Imagery")),
    "html": OtherKind(Phrase("a web page"), Phrase("download the file itself, perhaps after signing in")),
    "osm": OtherKind(Phrase("OpenStreetMap data"), _TO_VECTORS),
    "landxml": OtherKind("LandXML", _TO_VECTORS),
    "svg": OtherKind("SVG, a drawing", Phrase("save it as PNG, then place it by control points")),
    "collada": OtherKind("COLLADA, a model", Phrase("open the KML that places it")),
    "rss": OtherKind(Phrase("a feed of news"), _TO_VECTORS),
    "feed": OtherKind(Phrase("a feed of news"), _TO_VECTORS),
    "qgis": OtherKind(Phrase("a QGIS project or style"), Phrase("open the layers that it names")),
    "esriprojection": OtherKind(Phrase("a CRS of ArcGIS"), Phrase("open the file that it belongs to")),
    **dict.fromkeys(
        ("wms_capabilities", "wmt_ms_capabilities"), OtherKind(Phrase("the capabilities of a WMS"), _OF_A_SERVICE)
    ),
    **dict.fromkeys(
        ("wfs_capabilities", "wcs_capabilities"), OtherKind(Phrase("the capabilities of a WFS or WCS"), _OF_A_SERVICE)
    ),
    "capabilities": OtherKind(Phrase("the capabilities of a service"), _OF_A_SERVICE),
    "tilemap": OtherKind(Phrase("the description of a TMS"), _OF_A_SERVICE),
    **dict.fromkeys(
        ("serviceexceptionreport", "exceptionreport"),
        OtherKind(Phrase("a service's message that something went wrong"), Phrase("ask the service again")),
    ),
    "error": OtherKind(Phrase("a server's message that something went wrong"), Phrase("download the file again")),
}
_WEB_PAGE = re.compile(rb"<!DOCTYPE\s+html|<html", re.IGNORECASE)
_GEOJSON_TYPES = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
        "Feature",
        "FeatureCollection",
    }
)
MOST_JSON_BYTES = 30 * 2**20
_END_BYTES = 4096
_MEMBER = re.compile(rb'"(\w{1,40})"\s*:\s*(?:"(\w{0,40})")?')
_TOPOJSON = OtherKind("TopoJSON", Phrase("save it as GeoJSON, as with mapshaper, QGIS or ogr2ogr"))
_STAC = OtherKind(
    Phrase("a STAC catalogue, which leads to images"),
    Phrase("search its folder by Search Archives on the time strip, or open the images"),
)
_TILEJSON = OtherKind(
    Phrase("TileJSON, the description of tiles"), Phrase("add its address of tiles with Layer, Add Imagery")
)
_ARCGIS = OtherKind("ArcGIS JSON", Phrase("save it as GeoJSON or GeoPackage, or ask the service for f=geojson"))
_ARCGIS_SERVICE = OtherKind(Phrase("the description of an ArcGIS service"), _OF_A_SERVICE)
_STYLE = OtherKind(Phrase("a style of a web map"), Phrase("it holds no places: open the data that it draws"))
_GLTF = OtherKind("glTF, a model", Phrase("it has no place on a map"))


def kind_of_head(head: bytes, suffix: str) -> OtherKind | None:
    """The kind of a file by its first bytes and, where those say nothing, the ending of its name; None: not known."""
    for mark, kind in BEGINS:
        if head.startswith(mark):
            return kind
    if head[4:8] == b"ftyp":
        brand = _ISO_BRANDS.get(head[8:12])
        return OtherKind(brand, Phrase("save it as PNG or JPEG")) if brand else _VIDEO
    if head.startswith(_OLE):
        if suffix == ".dgn":
            return OtherKind(
                Phrase("DGN, a drawing of MicroStation V8"), Phrase("save it as DXF, and that as GeoPackage")
            )
        return OtherKind(Phrase("an old workbook or document of Office"), Phrase("save the table as XLSX or CSV"))
    if head[257:262] == b"ustar":
        return _TAR
    if _ISO_8211.match(head):
        is_chart = suffix == ".000" or b"DSID" in head
        return OtherKind("S-57, a chart" if is_chart else "ISO 8211", _TO_VECTORS)
    if _KAP.search(head[:1000]):
        return OtherKind("KAP, a chart", Phrase("{to_tiff}, as with gdal_translate", to_tiff=_TO_TIFF))
    if suffix == ".ecw" and b"\0" in head:
        return OtherKind(
            Phrase("ECW, packed imagery"),
            Phrase("{to_tiff} with a program that has Hexagon's decoder", to_tiff=_TO_TIFF),
        )
    if head.startswith((b"RIFF", b"\x1aE\xdf\xa3")) and head[8:12] != b"WEBP":
        return _VIDEO
    if _DXF.match(head.removeprefix(b"\xef\xbb\xbf")):
        return OtherKind("DXF, a drawing", _TO_VECTORS)
    return _kind_of_xml(head)


def _kind_of_xml(head: bytes) -> OtherKind | None:
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if not text.lstrip().startswith(b"<"):
        return None
    if _WEB_PAGE.search(text[:256]):
        return OF_ROOT["html"]
    root = _ROOT.match(text)
    if root is None:
        return OtherKind("XML", "")
    name = root[1].decode("utf-8", "replace")
    return OF_ROOT.get(name.lower()) or OtherKind(Phrase("XML about {name}", name=repr(name[:40])), "")


def kind_of_json_file(path: str) -> OtherKind | None:
    """The kind of a file of JSON that is no GeoJSON, at least that it is JSON; None where it is damaged, or GeoJSON.

    Of a large one the members are looked for in its first and last bytes. Raises OSError.
    """
    if os.path.getsize(path) > MOST_JSON_BYTES:
        with open(path, "rb") as file:
            ends = file.read(_END_BYTES)
            file.seek(-_END_BYTES, os.SEEK_END)
            ends += file.read()
        members = {match[1].decode("utf-8", "replace"): (match[2] or b"").decode() for match in _MEMBER.finditer(ends)}
        return kind_of_json(members)
    with open(path, "rb") as file:
        data = file.read()
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if is_geojson(content):
        return None
    return kind_of_json(content) or OtherKind(
        Phrase("JSON but no GeoJSON"), Phrase("save it as GeoJSON, or the places in it as CSV")
    )


def kind_of_json(content: Any) -> OtherKind | None:
    """The kind of a JSON text that is no GeoJSON, by its members; None: not known."""
    if not isinstance(content, Mapping):
        return None
    kind = content.get("type")
    if kind == "Topology":
        return _TOPOJSON
    if "stac_version" in content or (kind in ("Catalog", "Collection") and "links" in content):
        return _STAC
    if "tilejson" in content or ("tiles" in content and "minzoom" in content):
        return _TILEJSON
    if "asset" in content and "meshes" in content:
        return _GLTF
    if "version" in content and "sources" in content and "layers" in content:
        return _STYLE
    if "currentVersion" in content or "serviceDescription" in content or "singleFusedMapCache" in content:
        return _ARCGIS_SERVICE
    is_arcgis = "geometryType" in content or "fieldAliases" in content or {"rings", "paths"} & content.keys()
    return _ARCGIS if is_arcgis or "spatialReference" in content else None


def is_geojson(content: Any) -> bool:
    """True for JSON whose own type is one of GeoJSON."""
    return isinstance(content, Mapping) and content.get("type") in _GEOJSON_TYPES


def is_list_of_features(content: Any) -> bool:
    """True for a JSON list of features that nobody put into a collection."""
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(feature, Mapping) and feature.get("type") == "Feature" for feature in content)
    )
