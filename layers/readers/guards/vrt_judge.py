"""Checks a VRT: plain mosaics of plain pictures inside its own folder are understood, and written anew for GDAL.

GDAL takes an attribute for an element, in upper or lower case, and follows names of files in a dozen places. It never
sees the VRT itself: our own parser reads it, each element and attribute that is understood is written anew from its
value, with the sources' real paths, and the rest is refused by its name.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from msgspec import Struct

from layers.errors import BadCRS, FileMissing, GeoloupeError, NotAllowed, NotReadable, TooLarge
from layers.geo.crs import plain_crs
from layers.geo.crs_judge import fault_of_crs
from layers.phrase import Phrase, joined
from layers.readers.files import PICTURES, Content, content_of, regular_file
from layers.readers.guards.tiff_metadata import names_overviews
from layers.text.counted import counted
from layers.text.guarded_xml import DESCRIPTION, BadXml, read_xml

MAX_BYTES = 8 * 2**20
MAX_SOURCES = 2000
_MAX_CHARS = 2000
_MAX_SIZE = 2**31 - 1
_NAMED_SOURCES = 5

_Check = Callable[[str], str]
"""Checks a text, and returns it as it is written anew; raises ValueError where it is not of the expected form."""


def _whole(low: int, high: int) -> _Check:
    def check(text: str) -> str:
        number = float(text)
        if not (number.is_integer() and low <= number <= high):
            raise ValueError(text)
        return str(int(number))

    return check


def _number(text: str) -> str:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return repr(number)


def _any_number(text: str) -> str:
    """A value without data may be no number, or infinite; whole ones are kept with all their digits."""
    text = text.strip()
    return text if re.fullmatch(r"-?\d{1,20}", text) else repr(float(text))


def _numbers(least: int, most: int, separator: str) -> _Check:
    def check(text: str) -> str:
        parts = [part for part in re.split(separator, text) if part.strip()]
        if not least <= len(parts) <= most:
            raise ValueError(text)
        return ",".join(_number(part) for part in parts)

    return check


def _pairs(text: str) -> str:
    """A look-up table: from:to,from:to."""
    pairs = [pair.split(":") for pair in text.split(",") if pair.strip()]
    if not 0 < len(pairs) <= 2**16 or any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return ",".join(f"{_number(low)}:{_number(high)}" for low, high in pairs)


def _one_of(*words: str) -> _Check:
    known = {word.lower(): word for word in words}

    def check(text: str) -> str:
        if text.strip().lower() not in known:
            raise ValueError(text)
        return known[text.strip().lower()]

    return check


def _truth(text: str) -> str:
    return {"true": "1", "false": "0", "yes": "1", "no": "0", "on": "1", "off": "0"}.get(text.strip().lower(), "") or (
        _whole(0, 1)(text)
    )


def _words(text: str) -> str:
    """Text that is only shown."""
    return "".join(c if c.isprintable() or c in "\n\t" else " " for c in text[:_MAX_CHARS])


class _Foreign(ValueError):
    """Raised for a text that leads elsewhere; `str()` says how, after "that"."""


def _crs(text: str) -> str:
    """Return a code or WKT; "" for a text that names no CRS: GDAL would look for a file or a host of that name."""
    fault = fault_of_crs(text)
    if fault:
        raise _Foreign(fault)
    try:
        return plain_crs(text)
    except BadCRS:
        return ""


def _band_of_source(text: str) -> str:
    mask, comma, band = text.strip().partition(",")
    if mask.lower() == "mask":
        return f"mask,{_whole(1, 65_535)(band)}" if comma else "mask"
    return _whole(1, 65_535)(text)


_TYPES = _one_of(
    "Byte", "UInt8", "Int8", "UInt16", "Int16", "UInt32", "Int32", "UInt64", "Int64", "Float16", "Float32", "Float64",
    "CInt16", "CInt32", "CFloat16", "CFloat32", "CFloat64",
)  # fmt: skip
_RESAMPLINGS = _one_of("nearest", "bilinear", "cubic", "cubicspline", "lanczos", "average", "rms", "mode", "gauss")
_COLOURS = _one_of(
    "Undefined", "Gray", "Palette", "Red", "Green", "Blue", "Alpha", "Hue", "Saturation", "Lightness", "Cyan",
    "Magenta", "Yellow", "Black", "YCbCr_Y", "YCbCr_Cb", "YCbCr_Cr", "Pan", "Coastal", "RedEdge", "NIR", "SWIR", "MWIR",
    "LWIR", "TIR", "OtherIR", "SAR_Ka", "SAR_K", "SAR_Ku", "SAR_X", "SAR_C", "SAR_S", "SAR_L", "SAR_P",
)  # fmt: skip
_SIZE = _whole(1, _MAX_SIZE)


class _Form(Struct, frozen=True):
    """An element that is understood. `text` None: it has no text; a check of None: the value is left out."""

    text: _Check | None = None
    attributes: Mapping[str, _Check | None] = MappingProxyType({})
    once: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    """Attributes that the element must have."""


_RECT = _Form(attributes=dict.fromkeys(("xOff", "yOff", "xSize", "ySize"), _number))
_SIMPLE = ("SourceFilename", "SourceBand", "SourceProperties", "SrcRect", "DstRect", "UseMaskBand")
_SCALED = (
    "NODATA",
    "ScaleOffset",
    "ScaleRatio",
    "LUT",
    "ColorTableComponent",
    "Exponent",
    "SrcMin",
    "SrcMax",
    "DstMin",
    "DstMax",
    "Clamp",
)
_SOURCES = ("SimpleSource", "ComplexSource", "AveragedSource")
_PASSED_OVER = ("CategoryNames", "Histograms")
"""Elements that are left out, because nothing here reads them."""
_AXES = {"dataAxisToSRSAxisMapping": None, "coordinateEpoch": None}
_FORMS = {
    "VRTDataset": _Form(
        attributes={"rasterXSize": _SIZE, "rasterYSize": _SIZE},
        once=("SRS", "GeoTransform", "GCPList", "MaskBand", "OverviewList", "BlockXSize", "BlockYSize"),
        often=("Metadata", "VRTRasterBand"), needed=("rasterXSize", "rasterYSize"),
    ),
    "SRS": _Form(_crs, _AXES), "GeoTransform": _Form(_numbers(6, 6, ",")),
    "GCPList": _Form(None, {"Projection": _crs, **_AXES}, often=("GCP",)),
    "GCP": _Form(None, {
        "Id": _words, "Info": _words, **dict.fromkeys(("Pixel", "Line", "X", "Y", "Z", "GCPZ"), _number)
    }, needed=("Pixel", "Line", "X", "Y")),
    "MaskBand": _Form(once=("VRTRasterBand",)),
    "OverviewList": _Form(_numbers(1, 64, r"[\s,]+"), {"resampling": _RESAMPLINGS}),
    "BlockXSize": _Form(_SIZE), "BlockYSize": _Form(_SIZE), "Metadata": _Form(attributes={"domain": _words},
    often=("MDI",)), "MDI": _Form(_words, {"key": _words}),
    "VRTRasterBand": _Form(
        None, {"dataType": _TYPES, "band": None, "subClass": None, "blockXSize": _SIZE, "blockYSize": _SIZE},
        once=("Description", "UnitType", "Offset", "Scale", "NoDataValue", "HideNoDataValue", "ColorInterp",
              "ColorTable", "MaskBand", *_PASSED_OVER),
        often=("Metadata", *_SOURCES),
    ),
    "Description": _Form(_words), "UnitType": _Form(_words), "Offset": _Form(_number), "Scale": _Form(_number),
    "NoDataValue": _Form(_any_number, {"le_hex_equiv": None}), "HideNoDataValue": _Form(_truth),
    "ColorInterp": _Form(_COLOURS), "ColorTable": _Form(often=("Entry",)),
    "Entry": _Form(attributes=dict.fromkeys(("c1", "c2", "c3", "c4"), _whole(-32_768, 65_535))),
    "SimpleSource": _Form(None, {"resampling": _RESAMPLINGS}, _SIMPLE),
    "AveragedSource": _Form(None, {"resampling": _RESAMPLINGS}, _SIMPLE),
    "ComplexSource": _Form(None, {"resampling": _RESAMPLINGS}, (*_SIMPLE, *_SCALED)),
    "SourceBand": _Form(_band_of_source),
    "SourceProperties": _Form(None, {
        "DataType": _TYPES, **dict.fromkeys(("RasterXSize", "RasterYSize", "BlockXSize", "BlockYSize"), _SIZE)
    }),
    "SrcRect": _RECT, "DstRect": _RECT, "UseMaskBand": _Form(_truth), "Clamp": _Form(_truth),
    "NODATA": _Form(_any_number), "LUT": _Form(_pairs), "ColorTableComponent": _Form(_whole(1, 4)),
    **dict.fromkeys(("ScaleOffset", "ScaleRatio", "Exponent", "SrcMin", "SrcMax", "DstMin", "DstMax"), _Form(_number)),
}  # fmt: skip
_BAND_CLASSES = ("", "VRTRasterBand", "VRTSourcedRasterBand")
_SOURCED_DOMAINS = ("vrt_sources", "new_vrt_sources", "overviews")
_KEPT_DOMAINS = {
    "": None,
    "IMAGERY": None,
    "RPC": None,
    "IMAGE_STRUCTURE": ("INTERLEAVE", "NBITS", "COMPRESSION", "PIXELTYPE"),
}
"""Items of metadata to keep, by domain; None for all of it. Others are text for other programs."""


class Vrt(Struct, frozen=True):
    """A VRT that was understood: the real paths of its sources, and the text for GDAL in its place."""

    sources: tuple[str, ...]
    root: Element

    def written(self, overviews: str = "", mask: str = "") -> bytes:
        """XML of our own, with the paths of files of ours beside it: overviews, and a mask where it has none itself."""
        root = Element("VRTDataset", self.root.attrib)
        root.extend(self.root)
        if overviews:
            SubElement(SubElement(root, "Metadata", domain="OVERVIEWS"), "MDI", key="OVERVIEW_FILE").text = overviews
        if mask and root.find("MaskBand") is None:
            band = SubElement(SubElement(root, "MaskBand"), "VRTRasterBand", dataType="Byte")
            source = SubElement(band, "SimpleSource")
            SubElement(source, "SourceFilename", relativeToVRT="0").text = mask
            SubElement(source, "SourceBand").text = "1"
        return tostring(root, "utf-8")


def judge_vrt(path: str) -> tuple[str, ...]:
    """The absolute paths of the sources of an acceptable VRT. Raises as `understood_vrt`."""
    return understood_vrt(path).sources


def understood_vrt(path: str) -> Vrt:
    """A VRT of plain sources.

    Raises NotAllowed for what is not accepted and says which element or source it is; FileMissing for missing sources;
    NotReadable for what is no VRT; TooLarge for too many sources.
    """
    name = os.path.basename(path)
    try:
        root = read_xml(path, DESCRIPTION._replace(size=MAX_BYTES))
    except (BadXml, OSError) as error:
        raise NotReadable("{name} is no VRT that can be read: {error}.", name=name, error=error) from error
    if root.tag != "VRTDataset":
        raise NotReadable("{name} is no VRT: its first element is {tag}.", name=name, tag=root.tag[:60])
    return _Judge(name, os.path.dirname(os.path.realpath(path))).judged(root)


class _Judge:
    """Reads one VRT. Its folder is the one that GDAL means, which follows a link to the VRT."""

    def __init__(self, name: str, folder: str) -> None:
        self._name, self._folder = name, folder
        self._sources: dict[tuple[str, bool], str] = {}
        self._missing: list[str] = []

    def judged(self, root: Element) -> Vrt:
        if root.get("subClass"):
            raise self._refused(Phrase("a dataset of the class {get}", get=root.get("subClass", "")[:60]))
        count = len({(source.text, source.get("relativeToVRT")) for source in root.iter("SourceFilename")})
        if count > MAX_SOURCES:
            raise TooLarge(
                "{name} has {sources}: at most {max_sources} can be opened.",
                name=self._name,
                sources=counted(count, "source"),
                max_sources=MAX_SOURCES,
            )
        plain = {key: value for key, value in root.attrib.items() if not key.startswith(("xmlns", "xsi:"))}
        plain.pop("subClass", None)
        root.attrib.clear()
        root.attrib.update(plain)
        anew = self._element(root)
        if self._missing:
            names = _first_names(list(dict.fromkeys(self._missing)))
            raise FileMissing(
                "{name} needs files that are not there: {names}. Put them beside it.", name=self._name, names=names
            )
        return Vrt(tuple(dict.fromkeys(self._sources.values())), anew)

    def _element(self, element: Element) -> Element:
        form = _FORMS[element.tag]
        anew = Element(element.tag)
        for key, value in element.attrib.items():
            if key not in form.attributes:
                raise self._refused(Phrase("the attribute {key} of {tag}", key=key[:60], tag=element.tag))
            check = form.attributes[key]
            if check is not None:
                anew.set(key, self._value(check, value, Phrase("{tag} with the {key}", tag=element.tag, key=key)))
        for key in form.needed:
            if key not in anew.attrib:
                raise self._refused(Phrase("{tag} without {key}", tag=element.tag, key=key))
        if form.text is not None:
            anew.text = self._value(form.text, element.text or "", element.tag)
        once: set[str] = set()
        for child in element:
            tag = child.tag
            if tag in once:
                raise self._refused(Phrase("more than one {tag} inside {tag_2}", tag=tag, tag_2=element.tag))
            if tag in form.once:
                once.add(tag)
            elif tag not in form.often:
                raise self._refused(Phrase("{tag} inside {tag_2}", tag=tag[:60], tag_2=element.tag))
            part = self._child(child)
            if part is not None:
                anew.append(part)
        if element.tag in _SOURCES and "SourceFilename" not in once:
            raise self._refused(Phrase("{tag} without SourceFilename", tag=element.tag))
        return anew

    def _child(self, child: Element) -> Element | None:
        """Write the element anew; None for one that is left out."""
        match child.tag:
            case "SourceFilename":
                return self._source_name(child)
            case "Metadata":
                return self._metadata(child)
            case "VRTRasterBand" if child.get("subClass", "") not in _BAND_CLASSES:
                raise self._refused(Phrase("a band of the class {get}", get=child.get("subClass", "")[:60]))
            case "SRS":
                anew = self._element(child)
                return anew if anew.text else None
            case "OverviewList":
                anew = self._element(child)
                anew.text = " ".join(str(round(float(factor))) for factor in (anew.text or "").split(","))
                return anew
        return None if child.tag in _PASSED_OVER else self._element(child)

    def _metadata(self, element: Element) -> Element | None:
        domain = element.get("domain", "")
        if domain.lower() in _SOURCED_DOMAINS:
            raise self._refused(Phrase("sources hidden in its metadata"))
        if domain not in _KEPT_DOMAINS or element.get("format"):
            return None
        anew, keys = self._element(element), _KEPT_DOMAINS[domain]
        for item in list(anew):
            if keys is not None and item.get("key") not in keys:
                anew.remove(item)
        return anew

    def _source_name(self, element: Element) -> Element | None:
        """One source, resolved; None where it is not there. Raises GeoloupeError."""
        for key in element.attrib:
            if key not in ("relativeToVRT", "shared"):
                raise self._refused(Phrase("the attribute {key} of SourceFilename", key=key[:60]))
        if len(element):
            raise self._refused(Phrase("{tag} inside SourceFilename", tag=element[0].tag[:60]))
        relative = (
            self._value(_truth, element.get("relativeToVRT", "0"), "SourceFilename with the relativeToVRT") == "1"
        )
        reference = element.text or "", relative
        if reference not in self._sources:
            try:
                self._sources[reference] = self._source(*reference)
            except FileMissing:
                self._missing.append(reference[0][:200])
                return None
        anew = Element("SourceFilename", relativeToVRT="0")
        anew.text = self._sources[reference]
        return anew

    def _source(self, text: str, relative: bool) -> str:
        text = text.strip()
        if not relative and not os.path.isabs(text) and text:
            raise self._refused(Phrase("the source {text}, which is no plain path", text=repr(text[:80])))
        try:
            path = regular_file(os.path.join(self._folder, text) if relative else text)
        except FileMissing:
            raise
        except GeoloupeError as error:
            raise self._refused(Phrase("the source {text}, which is no regular file", text=repr(text[:80]))) from error
        real = os.path.realpath(path)
        if os.path.commonpath([real, self._folder]) != self._folder or real.startswith("/vsi"):
            raise NotAllowed(
                "{name} is not opened because it asks for the source {text}, which is outside its "
                "folder: copy that file into the folder and make the mosaic anew there (gdalbuildvrt), or ask for a "
                "TIFF.",
                name=self._name,
                text=repr(text[:80]),
            )
        try:
            content = content_of(real)
        except GeoloupeError as error:
            raise self._refused(Phrase("the source {text}: {why}", text=repr(text[:80]), why=error.sentence)) from error
        if content not in PICTURES:
            raise self._refused(
                Phrase("the source {text}, whose content is {content}", text=repr(text[:80]), content=content)
            )
        if content is Content.TIFF and names_overviews(real):
            raise self._refused(
                Phrase("the source {text}, which keeps its overviews in another file", text=repr(text[:80]))
            )
        return real

    def _value(self, check: _Check, text: str, what: str) -> str:
        try:
            return check(text)
        except _Foreign as error:
            raise self._refused(Phrase("{what} that {error}", what=what, error=error)) from error
        except (ValueError, OverflowError) as error:
            raise self._refused(
                Phrase("{what} {split}, which means nothing", what=what, split=repr(" ".join(text.split())[:60]))
            ) from error

    def _refused(self, what: str) -> NotAllowed:
        return NotAllowed(
            "{name} is not opened because it asks for {what}: ask its maker for a plain mosaic or a TIFF.",
            name=self._name,
            what=what,
        )


def _first_names(names: list[str]) -> str:
    more = Phrase(" and {count} more", count=len(names) - _NAMED_SOURCES) if len(names) > _NAMED_SOURCES else ""
    return joined("", [", ".join(names[:_NAMED_SOURCES]), more])
