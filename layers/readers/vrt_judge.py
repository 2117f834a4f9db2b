"""What a VRT may ask for: plain mosaics of plain pictures inside its own folder, and nothing else.

The judge reads the VRT with our own parser; GDAL's driver sees it afterwards, in a reader of the profile VRT.
"""

from __future__ import annotations

import os
from xml.etree.ElementTree import Element

from layers.errors import FileMissing, GeoloupeError, NotAllowed, NotReadable, TooLarge
from layers.guarded_xml import DESCRIPTION, BadXml, read_xml
from layers.readers.files import PICTURES, content_of, regular_file

MAX_BYTES = 8 * 2**20
MAX_SOURCES = 2000
_NAMED_SOURCES = 5

_BAND_CLASSES = ("", "VRTRasterBand", "VRTSourcedRasterBand")
_CHILDREN = {
    "VRTDataset": "SRS GeoTransform Metadata VRTRasterBand GCPList MaskBand BlockXSize BlockYSize OverviewList",
    "MaskBand": "VRTRasterBand",
    "VRTRasterBand": "Description UnitType Offset Scale NoDataValue HideNoDataValue CategoryNames ColorInterp "
    "ColorTable Metadata Histograms SimpleSource ComplexSource",
    "SimpleSource": "SourceFilename SourceBand SourceProperties SrcRect DstRect UseMaskBand",
    "ComplexSource": "SourceFilename SourceBand SourceProperties SrcRect DstRect NODATA ScaleOffset ScaleRatio LUT "
    "UseMaskBand ColorTableComponent Exponent SrcMin SrcMax DstMin DstMax Clamp",
    "GCPList": "GCP", "ColorTable": "Entry", "CategoryNames": "Category", "Metadata": "MDI",
    "Histograms": "HistItem", "HistItem": "HistMin HistMax BucketCount IncludeOutOfRange Approximate HistCounts",
}  # fmt: skip
_ALLOWED = {name: frozenset(children.split()) for name, children in _CHILDREN.items()}
_SOURCED_DOMAINS = ("vrt_sources", "new_vrt_sources")


def judge_vrt(path: str) -> tuple[str, ...]:
    """The absolute paths of the sources of an acceptable VRT.

    Raises NotAllowed for what is not accepted and says which element or source it is; FileMissing for missing sources;
    NotReadable for what is no VRT; TooLarge for too many sources.
    """
    name = os.path.basename(path)
    try:
        root = read_xml(path, DESCRIPTION._replace(size=MAX_BYTES))
    except (BadXml, OSError) as error:
        raise NotReadable(f"{name} is no VRT that can be read: {error}.") from error
    if root.tag != "VRTDataset":
        raise NotReadable(f"{name} is no VRT: its first element is {root.tag[:60]}.")
    if root.get("subClass"):
        raise _refused(name, f"a dataset of the class {root.get('subClass', '')[:60]}")
    _check(root, name)
    sources = list(dict.fromkeys((el.text or "", el.get("relativeToVRT") == "1") for el in root.iter("SourceFilename")))
    if len(sources) > MAX_SOURCES:
        raise TooLarge(f"{name} has {len(sources)} sources: at most {MAX_SOURCES} can be opened.")
    folder = os.path.dirname(os.path.realpath(path))  # as GDAL does, which follows a link to the VRT
    found, missing = [], []
    for text, relative in sources:
        try:
            found.append(_source(text, relative, folder, name))
        except FileMissing:
            missing.append(text[:200])
    if missing:
        raise FileMissing(f"{name} needs files that are not there: {_some(missing)}. Put them beside it.")
    return tuple(found)


def _check(element: Element, name: str) -> None:
    allowed = _ALLOWED.get(element.tag, frozenset())
    for child in element:
        if child.tag not in allowed:
            raise _refused(name, f"{child.tag[:60]} inside {element.tag}")
        if child.tag == "VRTRasterBand" and child.get("subClass", "") not in _BAND_CLASSES:
            raise _refused(name, f"a band of the class {child.get('subClass', '')[:60]}")
        if child.tag == "Metadata" and child.get("domain", "").lower() in _SOURCED_DOMAINS:
            raise _refused(name, "sources hidden in its metadata")
        if child.tag == "Metadata" and (child.get("format") or child.get("domain", "").startswith("xml:")):
            continue  # text for other programs, which GDAL keeps and does not follow
        _check(child, name)


def _source(text: str, relative: bool, folder: str, name: str) -> str:
    """One source, resolved. Raises GeoloupeError."""
    text = text.strip()
    if not relative and not os.path.isabs(text) and text:
        raise _refused(name, f"the source {text[:80]!r}, which is no plain path")
    try:
        path = regular_file(os.path.join(folder, text) if relative else text)
    except FileMissing:
        raise
    except GeoloupeError as error:
        raise _refused(name, f"the source {text[:80]!r}, which is no regular file") from error
    real = os.path.realpath(path)
    if os.path.commonpath([real, folder]) != folder:
        raise _refused(name, f"the source {text[:80]!r}, which is outside its folder")
    try:
        content = content_of(real)
    except GeoloupeError as error:
        raise _refused(name, f"the source {text[:80]!r}: {error.sentence}") from error
    if content not in PICTURES:
        raise _refused(name, f"the source {text[:80]!r}, whose content is {content}")
    return real


def _refused(name: str, what: str) -> NotAllowed:
    return NotAllowed(f"{name} is not opened because it asks for {what}: ask its maker for a plain mosaic or a TIFF.")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED_SOURCES} more" if len(names) > _NAMED_SOURCES else ""
    return ", ".join(names[:_NAMED_SOURCES]) + more
