"""Tells the kind of a file by its own first bytes, before any library sees it."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from enum import StrEnum

from layers.errors import FileMissing, NotAFile, NotAllowed, UnsupportedFormat
from layers.phrase import Phrase, joined
from layers.readers import signatures
from layers.readers.other_kinds import kind_of_head
from layers.text.text_encoding import wide_encoding

HEAD_BYTES = 4096


class Content(StrEnum):
    """Kinds of files that Geoloupe opens. The values of rasters are the names of GDAL's drivers."""

    TIFF = "GTiff"
    PNG = "PNG"
    JPEG = "JPEG"
    JPEG2000 = "JP2OpenJPEG"
    WEBP = "WEBP"
    NITF = "NITF"
    ENVI = "ENVI"
    IMAGINE = "HFA"
    HDF5 = "HDF5"
    NETCDF = "netCDF"
    SRTM = "SRTMHGT"
    DTED = "DTED"
    GRID = "AAIGrid"
    VRT = "VRT"
    MBTILES = "MBTiles"
    PMTILES = "PMTiles"
    TILES = "GPKG"
    """The tiles of a GeoPackage; like MBTILES never sniffed, but found by a look into an SQLITE file."""
    SQLITE = "SQLite"
    JSON = "JSON"
    JSON_LINES = "GeoJSONSeq"
    SHAPEFILE = "ESRI Shapefile"
    FLATGEOBUF = "FlatGeobuf"
    KML = "KML"
    KMZ = "KMZ"
    GPX = "GPX"
    GML = "GML"
    GEODATABASE = "OpenFileGDB"
    """A folder; found by its ending, never sniffed."""
    TABLE = "CSV"
    WORKBOOK = "XLSX"


PICTURES = frozenset({Content.TIFF, Content.PNG, Content.JPEG, Content.JPEG2000, Content.WEBP, Content.NITF})
"""Rasters that lead to no other file."""
ELEVATION = frozenset({Content.SRTM, Content.DTED, Content.GRID})
"""Heights, in files that say little else."""
COMPANIONED = frozenset({Content.ENVI, Content.IMAGINE})
"""Rasters of several files: the files that they name are checked before GDAL looks for them."""
CONTAINERS = frozenset({Content.HDF5, Content.NETCDF})
"""Files of many things, some of which are pictures."""
TILED = frozenset({Content.MBTILES, Content.PMTILES, Content.TILES})
"""Files of map tiles."""
RASTERS = PICTURES | ELEVATION | COMPANIONED | CONTAINERS | TILED | {Content.VRT}

OPENED = (
    "GeoTIFF",
    "JPEG 2000",
    "NITF",
    "ENVI",
    "ERDAS Imagine",
    "netCDF",
    "HDF5",
    "VRT",
    "PNG",
    "JPEG",
    "WebP",
    "SRTM",
    "DTED",
    Phrase("Arc/Info ASCII grids"),
    "MBTiles",
    "PMTiles",
    "GeoPackage",
    "GeoJSON",
    "Shapefile",
    Phrase("file geodatabases"),
    "FlatGeobuf",
    "KML",
    "KMZ",
    "GPX",
    "GML",
    "CSV",
    "Excel",
)
"""Names of the formats that are opened, for sentences."""

_MAGIC = (
    (b"II*\0", Content.TIFF),
    (b"MM\0*", Content.TIFF),
    (b"II+\0", Content.TIFF),
    (b"MM\0+", Content.TIFF),
    (b"\x89PNG\r\n\x1a\n", Content.PNG),
    (b"\xff\xd8\xff", Content.JPEG),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Content.JPEG2000),
    (b"\xff\x4f\xff\x51", Content.JPEG2000),
    (b"NITF0", Content.NITF),
    (b"NSIF0", Content.NITF),
    (signatures.IMAGINE, Content.IMAGINE),
    (signatures.HDF5, Content.HDF5),
    (b"CDF\x01", Content.NETCDF),
    (b"CDF\x02", Content.NETCDF),
    (b"CDF\x05", Content.NETCDF),
    (b"SQLite format 3\0", Content.SQLITE),
    (b"PMTiles", Content.PMTILES),
    (b"\0\0\x27\x0a\0\0\0\0", Content.SHAPEFILE),
    (b"fgb\x03fgb", Content.FLATGEOBUF),
)
_ROOTS = (
    (re.compile(rb"<(?:[\w.-]+:)?kml[\s>/]"), Content.KML),
    (re.compile(rb"<(?:[\w.-]+:)?gpx[\s>/]"), Content.GPX),
)
"""Root elements of XML formats, with any prefix: some programs write <ns0:kml>."""
_GML = re.compile(rb"[\"']http://www\.opengis\.net/gml(?:/\d[.\d]*)?[\"']")
_KML_PARTS = re.compile(rb"<(?:[\w.-]+:)?(?:Document|Folder|Placemark)[\s>/]")
LINE_SUFFIXES = (".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl")
NAMED_KINDS = {
    ".tif": "TIFF", ".tiff": "TIFF", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON", ".json": "GeoJSON", ".jp2": "JPEG 2000", ".j2k": "JPEG 2000", ".ntf": "NITF",
    ".nitf": "NITF", ".nsf": "NITF", ".vrt": "VRT", ".mbtiles": "MBTiles", ".shp": "Shapefile", ".fgb": "FlatGeobuf",
    ".pmtiles": "PMTiles", ".webp": "WebP", ".hgt": "SRTM", ".dt0": "DTED", ".dt1": "DTED", ".dt2": "DTED",
    ".asc": Phrase("Arc/Info ASCII grid"),
    ".kml": "KML", ".kmz": "KMZ", ".gpx": "GPX", ".gml": "GML", ".xlsx": Phrase("Excel workbook"),
}  # fmt: skip
_RAW = (".dat", ".img", ".bsq", ".bil", ".bip", ".raw", ".bin", "")
"""Pixels without a mark of their own may begin with anything."""
_PLAINLY_RAW = (".bsq", ".bil", ".bip")
_TEXTS = frozenset({Content.JSON, Content.JSON_LINES, Content.KML, Content.GPX, Content.GML})
_NETCDF4 = (".nc", ".nc4", ".nc3", ".nc2", ".cdf")
"""Suffixes of HDF5 that is netCDF: GDAL goes by the name, too."""
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
_SHAPEFILE_PARTS = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix")


def regular_file(path: str) -> str:
    """The absolute path of an existing regular file that may be read.

    Raises NotAFile for URLs, inline XML, GDAL's virtual paths, folders, pipes and devices; FileMissing; NotAllowed.
    """
    if path.lstrip().startswith(("<", "{")) or path.startswith("/vsi") or "://" in path or "\0" in path:
        raise NotAFile("{path} is not a file on this machine: choose a file.", path=repr(path[:80]))
    absolute = os.path.abspath(path)
    name = os.path.basename(absolute)
    try:
        mode = os.stat(absolute).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(
            "{name} is not there: check the path {absolute}, or connect its drive.", name=name, absolute=absolute
        ) from error
    except OSError as error:
        raise NotAllowed(
            "{name} cannot be looked at: {strerror}.", name=name, strerror=error.strerror or error
        ) from error
    if stat.S_ISDIR(mode):
        raise NotAFile("{name} is a folder: choose a file inside it.", name=name)
    if not stat.S_ISREG(mode):
        raise NotAFile("{name} is a pipe, socket or device: choose a regular file.", name=name)
    if not os.access(absolute, os.R_OK):
        raise NotAllowed("{name} may not be read: ask for permission to read {absolute}.", name=name, absolute=absolute)
    return absolute


def is_readable(path: str) -> bool:
    """True for a regular file that may be read: a link beside a picture may lead to one that a reader may not open."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb"):
            return True
    except OSError:
        return False


def content_of(path: str) -> Content:
    """The kind of a file by its content; raises UnsupportedFormat, naming what it is instead, and NotAllowed."""
    name = os.path.basename(path)
    suffix = os.path.splitext(name)[1].lower()
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise NotAllowed("{name} may not be read: {strerror}.", name=name, strerror=error.strerror or error) from error
    content = Content.SRTM if signatures.is_hgt(path, suffix) else None
    content = content or _sniff(head, suffix) or (_archive(path) if head.startswith(b"PK") else None)
    if content is None or (content in _TEXTS and suffix in _RAW):
        content = _raw(path, head, suffix) or content
    wanted = NAMED_KINDS.get(suffix)
    if content in (Content.JSON, Content.JSON_LINES) and wanted in ("TIFF", "PNG", "JPEG", "JPEG 2000", "NITF", "VRT"):
        raise UnsupportedFormat("{name} is not a {wanted} file: its content is JSON text.", name=name, wanted=wanted)
    if content is not None:
        return content
    raise UnsupportedFormat(_refusal(name, suffix, head))


def _refusal(name: str, suffix: str, head: bytes) -> str:
    """A sentence about a file that is not opened: what it is instead, and what to do."""
    other = kind_of_head(head, suffix)
    actual: str = Phrase("plain text") if _is_text(head) else Phrase("of no kind that Geoloupe opens")
    if not head:
        actual = Phrase("empty")
    elif other is not None:
        actual = other.words
    if wanted := NAMED_KINDS.get(suffix):
        values = {"name": name, "wanted": wanted, "actual": actual}
        if wanted[0] in "AEIOU":
            return Phrase("{name} is not an {wanted} file: its content is {actual}.", **values)
        return Phrase("{name} is not a {wanted} file: its content is {actual}.", **values)
    if suffix in _SHAPEFILE_PARTS:
        return Phrase("{name} is a part of a shapefile: open the file that ends in .shp.", name=name)
    if suffix in signatures.IMAGINE_PARTS:
        return Phrase("{name} is a part of an Imagine file: open the file that ends in .img.", name=name)
    if other is not None and other.cure:
        return Phrase("{name} cannot be opened, its content is {actual}.", name=name, actual=actual)
    return Phrase(
        "{name} cannot be opened, its content is {actual}: Geoloupe opens {opened} and {opened_2}.",
        name=name,
        actual=actual,
        opened=joined(", ", OPENED[:-1]),
        opened_2=OPENED[-1],
    )


def _raw(path: str, head: bytes, suffix: str) -> Content | None:
    """Raw pixels by the header beside them. Raises UnsupportedFormat for a header, and for one that is not ENVI's."""
    if suffix == ".hdr" and head.startswith(signatures.ENVI):
        raise _refused_header(path)
    if not head or suffix in (*NAMED_KINDS, *TABLE_SUFFIXES) or (suffix not in _RAW and _is_text(head)):
        return None
    if signatures.has_envi_header(path):
        return Content.ENVI
    name = os.path.basename(path)
    if suffix in _PLAINLY_RAW and signatures.envi_header_beside(path):
        raise UnsupportedFormat(
            "{name} is raw pixels with a header that is not ENVI's, which is not read: save it anew as a GeoTIFF.",
            name=name,
        )
    if suffix in _PLAINLY_RAW:
        raise UnsupportedFormat(
            "{name} is raw pixels, which say nothing without a header of ENVI ({splitext}.hdr): put "
            "that beside it, or save it anew as a GeoTIFF.",
            name=name,
            splitext=os.path.splitext(name)[0],
        )
    return None


def content_of_head(head: bytes, suffix: str) -> Content | None:
    """The kind of a file by its first bytes and the ending of its name alone, where that is enough."""
    return _sniff(head, suffix)


def _sniff(head: bytes, suffix: str) -> Content | None:
    if head.startswith(signatures.HDF5) and suffix in _NETCDF4:
        return Content.NETCDF
    if signatures.is_webp(head):
        return Content.WEBP
    if signatures.is_dted(head) or signatures.is_grid(head):
        return Content.DTED if signatures.is_dted(head) else Content.GRID
    for magic, content in _MAGIC:
        if head.startswith(magic) and not (content is Content.SHAPEFILE and suffix == ".shx"):
            return content
    text = _in_utf8(head).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if text.startswith((b"{", b"[")):
        is_lines = suffix in LINE_SUFFIXES or head.startswith(b"\x1e") or _has_feature_a_line(text)
        return Content.JSON_LINES if is_lines else Content.JSON
    if text.startswith(b"<") or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        marked = head.replace(b"\0", b"")
        for root, content in _ROOTS:
            if root.search(marked):
                return content
        if suffix == ".kml" and _may_be_kml(marked):
            return Content.KML
        if _GML.search(marked) and (other := kind_of_head(head, suffix)) is not None and not other.cure:
            return Content.GML
    if suffix == ".vrt" and b"<VRTDataset" in head:  # under any other name a VRT is a disguise
        return Content.VRT
    is_table = suffix in TABLE_SUFFIXES and (_is_text(head) or _has_few_nuls(head) or wide_encoding(head))
    return Content.TABLE if is_table else None


def _may_be_kml(head: bytes) -> bool:
    """True where the text may be KML, and is no other kind of XML: its root may stand behind a long comment, or be
    missing.
    """
    other = kind_of_head(head, ".kml")
    is_foreign = other is not None and other.cure != ""
    return not is_foreign and (_KML_PARTS.search(head) is not None or b"<!--" in head)


def _in_utf8(head: bytes) -> bytes:
    """A head that is JSON in UTF-16 made readable; any other is left."""
    for mark, order in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"", "utf-16-le"), (b"", "utf-16-be")):
        text = head.removeprefix(mark).decode(order, "ignore") if head.startswith(mark) else ""
        if text.startswith(("{", "[")):
            return text.encode("utf-8", "ignore")
    return head


def _has_feature_a_line(text: bytes) -> bool:
    first, newline, second = text.partition(b"\n")
    is_whole = b'"Feature"' in first and first.rstrip().endswith(b"}")
    return bool(newline) and is_whole and second.lstrip(b" \t\r\n\x1e").startswith(b"{")


def _archive(path: str) -> Content | None:
    """The kind of a ZIP archive, by the names in its directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        names = []
    if "xl/workbook.xml" in names:
        return Content.WORKBOOK
    if path.lower().endswith(".kmz"):
        return Content.KMZ
    is_map = any(name.lower().endswith(".kml") for name in names)
    return Content.KMZ if is_map and not any(map(_OF_PRODUCT.search, names)) else None


_OF_PRODUCT = re.compile(
    r"\.(?:safe|tiff?|jp2|j2k|ntf|nitf|img|h5|he5|nc|n1|shp|gpkg|xsd)$|(?:^|/)(?:IMG|LED|VOL|TRL)-[^/]+$", re.IGNORECASE
)
"""Members of a product of imagery, which may have a KML for a map of where it lies."""


def _is_text(head: bytes) -> bool:
    return bool(head) and (b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")))


def _has_few_nuls(head: bytes) -> bool:
    """Text with a stray NUL, as loggers leave: it is marked in its cell. Binary data has other control bytes too."""
    text = head.translate(None, b"\t\r\n\x0c")
    controls = sum(text.count(bytes((code,))) for code in range(32))
    return controls == text.count(0) and controls * 50 <= len(head)


def _refused_header(path: str) -> UnsupportedFormat:
    """The error for a header that was chosen instead of its data."""
    stem, name = os.path.splitext(path)[0], os.path.basename(path)
    try:
        beside = sorted(os.listdir(os.path.dirname(path) or "."))
    except OSError:
        beside = []
    wanted = os.path.basename(stem).lower()
    data = [file for file in beside if file != name and os.path.splitext(file)[0].lower() == wanted]
    data = [os.path.basename(stem)] * os.path.isfile(stem) + data
    which = f" ({data[0]})" if data else ""
    return UnsupportedFormat(
        "{name} is only the header of an ENVI picture: open the file of its pixels{which}.", name=name, which=which
    )
