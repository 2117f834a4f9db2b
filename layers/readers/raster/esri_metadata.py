"""The CRS in the metadata that ArcGIS keeps beside a picture, in name.xml or name.tif.xml.

Other programs write files of these names too: those are ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from layers.errors import BadCRS
from layers.geo.crs import crs_text, parse_crs
from layers.geo.proj import pyproj
from layers.readers.files import is_readable
from layers.text.guarded_xml import BadXml, parse_xml, read_xml

_MOST_NAME_CHARS = 120


def metadata_files(path: str) -> Iterator[str]:
    """Paths at which ArcGIS would keep the metadata of the picture `path`."""
    for start in (os.path.splitext(path)[0], path):
        yield from (f"{start}.xml", f"{start}.XML")


def read_esri_crs(path: str) -> str:
    """The CRS text in the metadata beside `path`, or ""; raises BadCRS where ArcGIS names one that is not known."""
    for candidate in metadata_files(path):
        if not is_readable(candidate):
            continue
        try:
            root = read_xml(candidate)
        except (BadXml, OSError):
            continue  # it may be of anybody
        if crs := _crs_in(root):
            return crs
    return ""


def _crs_in(root: Element) -> str:
    """Read the CRS from the most trusted source: the definition, a code, a name. Empty where ArcGIS states none."""
    if root.tag != "metadata":
        return ""
    failed: BadCRS | None = None
    for find in (_definition, _code, _name):
        try:
            if crs := find(root):
                return crs
        except BadCRS as error:
            failed = error
    if failed is not None:
        raise failed
    return ""


def _definition(root: Element) -> str:
    """XML within the XML: `peXml` holds WKT."""
    text = (root.findtext("Esri/DataProperties/coordRef/peXml") or "").strip()
    if not text:
        return ""
    try:
        wkt = (parse_xml(text.encode()).findtext("WKT") or "").strip()
    except BadXml as error:
        raise BadCRS("Its definition of the CRS is no XML: choose the CRS yourself.") from error
    return crs_text(wkt) if wkt else ""


def _code(root: Element) -> str:
    for system in root.iterfind("refSysInfo/RefSystem/refSysID"):
        code = system.find("identCode")
        number = (code.get("code") or code.text or "").strip() if code is not None else ""
        space = (system.findtext("idCodeSpace") or "EPSG").strip().upper()
        if number.isdecimal() and int(number) and space in ("EPSG", "ESRI"):
            return crs_text(f"{space}:{int(number)}")
    return ""


def _name(root: Element) -> str:
    """A name as ArcGIS spells it; one that is only like it is not taken."""
    for tag in ("projcsn", "geogcsn"):
        name = (root.findtext(f"Esri/DataProperties/coordRef/{tag}") or "").strip()
        if not name or len(name) > _MOST_NAME_CHARS or any(sign in name for sign in "[]{}=:+"):
            continue
        crs = parse_crs(name)
        try:
            spelled = crs.to_wkt("WKT1_ESRI").partition('"')[2].partition('"')[0]
        except pyproj.exceptions.CRSError:
            continue  # it has no name in ArcGIS
        if name.casefold() == spelled.casefold():
            return crs_text(crs.to_wkt())
    return ""
