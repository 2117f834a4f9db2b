"""Facts about a layer's file or service as (name, text) pairs, for reading only."""

from __future__ import annotations

import math

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP

from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.document.placing.nudge import read_nudge
from layers.document.placing.page_origin import stated_page
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, is_geographic, metres_per_unit
from layers.project.opening.layer_paths import packs_in
from layers.raster.band_files import band_files_of
from layers.raster.info import RasterInfo
from layers.text.counted import grouped
from layers.vector.table import VectorInfo
from viewer.panels.said_names import said_name
from viewer.support.language.translation import in_language, translate

MOST_FIELD_CHARS = 1500
"""Most characters of the names of fields in one row."""
MOST_TRES, MOST_TRE_CHARS = 40, 400
SECURITY_FIELDS: dict[str, object] = {
    "CLAS": QT_TRANSLATE_NOOP("LayerFacts", "classification"),
    "CLSY": QT_TRANSLATE_NOOP("LayerFacts", "classification system"),
    "CODE": QT_TRANSLATE_NOOP("LayerFacts", "codewords"),
    "CTLH": QT_TRANSLATE_NOOP("LayerFacts", "control and handling"),
    "REL": QT_TRANSLATE_NOOP("LayerFacts", "releasing instructions"),
    "DCTP": QT_TRANSLATE_NOOP("LayerFacts", "declassification type"),
    "DCDT": QT_TRANSLATE_NOOP("LayerFacts", "declassification date"),
    "DCXM": QT_TRANSLATE_NOOP("LayerFacts", "declassification exemption"),
    "DG": QT_TRANSLATE_NOOP("LayerFacts", "downgrade"),
    "DGDT": QT_TRANSLATE_NOOP("LayerFacts", "downgrade date"),
    "CLTX": QT_TRANSLATE_NOOP("LayerFacts", "classification text"),
    "CATP": QT_TRANSLATE_NOOP("LayerFacts", "classification authority type"),
    "CAUT": QT_TRANSLATE_NOOP("LayerFacts", "classification authority"),
    "CRSN": QT_TRANSLATE_NOOP("LayerFacts", "classification reason"),
    "SRDT": QT_TRANSLATE_NOOP("LayerFacts", "security source date"),
    "CTLN": QT_TRANSLATE_NOOP("LayerFacts", "security control number"),
}
"""The security fields of MIL-STD-2500C by the end of their names: FSCLAS of the file, ISCLAS of an image."""
LEVELS: dict[str, object] = {
    "U": QT_TRANSLATE_NOOP("LayerFacts", "unclassified"),
    "R": QT_TRANSLATE_NOOP("LayerFacts", "restricted"),
    "C": QT_TRANSLATE_NOOP("LayerFacts", "confidential"),
    "S": QT_TRANSLATE_NOOP("LayerFacts", "secret"),
    "T": QT_TRANSLATE_NOOP("LayerFacts", "top secret"),
}

_ASKS_CRS = "choose its CRS in the layer's properties."
"""The end of readers' words on a file without a CRS, which is left out once one is chosen."""

type Facts = list[tuple[str, str]]


def source_facts(layer: Layer) -> Facts:
    """Facts in the document itself about the source of a layer."""
    source = layer.source
    images = source.get("combined")
    page = stated_page(layer)
    facts = [
        *(
            (translate("LayerFacts", "Image"), _image_text(image))
            for image in (images if isinstance(images, list) else ())
        ),
        *((translate("LayerFacts", "Band"), f"{file.title}: {file.place}") for file in band_files_of(source)),
        (translate("LayerFacts", "File"), str(source.get("path") or source.get("shipped") or "")),
        (translate("LayerFacts", "Table"), str(source.get("table", ""))),
        (translate("LayerFacts", "Address"), str(source.get("template", ""))),
        (
            translate("LayerFacts", "Levels"),
            f"{source.get('min_level', 0)}–{source['max_level']}" if "max_level" in source else "",
        ),
        *((translate("LayerFacts", "Offline pack"), path) for path in packs_in(source)),
        (translate("LayerFacts", "Copied from"), "" if page is None else page.address),
        (translate("LayerFacts", "Operator"), str(source.get("operator", ""))),
        (translate("LayerFacts", "Licence"), str(source.get("licence", ""))),
        (translate("LayerFacts", "Credit link"), str(source.get("link", ""))),
        (translate("LayerFacts", "Position"), nudge_fact(layer)),
        (translate("LayerFacts", "Control points"), _points_text(layer)),
    ]
    return [(name, text) for name, text in facts if text]


def nudge_fact(layer: Layer) -> str:
    """A sentence on the shift of a layer; empty for none."""
    nudge = read_nudge(layer.nudge_json)
    if nudge is None:
        return ""
    sentence = translate(
        "LayerFacts",
        "{0}. Its file is as it was; QGIS, which knows no such shift, shows the layer where its file lies.",
    )
    words = in_language(replace(nudge, by=said_name(nudge.by)).words)
    return sentence.format(words[:1].upper() + words[1:])


def _points_text(layer: Layer) -> str:
    """The number of control points that place a layer, and who set them when; empty without any."""
    points = read_control_points(layer.control_points_json)
    if points is None:
        return ""
    used = translate("LayerFacts", "{0} of {1} count").format(len(points.on), len(points.points))
    by = said_name(points.by)
    who = translate("LayerFacts", "set by {0}").format(by) if by else ""
    return ", ".join(part for part in (used, " ".join((who, points.at[:10])).strip()) if part)


def _image_text(image: object) -> str:
    """An image of a combined layer, in words."""
    if not isinstance(image, dict):
        return ""
    return f"{image.get('name', '')}: {image.get('path') or image.get('shipped') or ''}"


def info_facts(info: RasterInfo | VectorInfo, given_crs: str = "") -> Facts:
    """Facts that a reader found in the file. `given_crs` is that of the layer's row, which overrides the file's."""
    facts = _raster_facts(info, given_crs or info.crs) if isinstance(info, RasterInfo) else _vector_facts(info)
    named = info.crs or translate("LayerFacts", "none")
    crs = (
        (translate("LayerFacts", "CRS in the file"), named)
        if given_crs not in ("", info.crs)
        else (translate("LayerFacts", "CRS"), named)
    )
    shared = [crs, (translate("LayerFacts", "Extent"), _extent(info.bounds_lonlat))]
    stated = _told(info) | (
        {problem for problem in info.problems if problem.endswith(_ASKS_CRS)} if given_crs else set()
    )
    noted = [(translate("LayerFacts", "Note"), problem) for problem in info.problems if problem not in stated]
    return [(name, text) for name, text in (*facts, *shared, *noted, *_own_words(info)) if text]


def _told(info: RasterInfo | VectorInfo) -> set[str]:
    """Problems that the fact on georeferencing states already."""
    if not isinstance(info, RasterInfo) or not info.georeferencing_note:
        return set()
    return {problem for problem in info.problems if info.georeferencing_note in problem}


def _placed_by(info: RasterInfo) -> str:
    if info.georeferencing_note:
        note = in_language(info.georeferencing_note)
        return note[:1].upper() + note[1:]
    words = {
        "transform": translate("LayerFacts", "the transform in the file"),
        "world file": translate("LayerFacts", "the world file beside it"),
    }
    return words.get(info.placed_by, translate("LayerFacts", "nothing"))


def _own_words(info: RasterInfo | VectorInfo) -> Facts:
    """A NITF's security fields under their full names, then its extensions (TREs)."""
    if not isinstance(info, RasterInfo) or info.driver != "NITF":
        return []
    security = [
        (_security_name(key), _security_text(key, text)) for key, text in info.tags.items() if _is_security(key)
    ]
    extensions = [(key, text[:MOST_TRE_CHARS]) for key, text in info.tags.items() if key.startswith("TRE ")]
    return [(name, text.strip()) for name, text in (*security, *extensions[:MOST_TRES])]


def _is_security(key: str) -> bool:
    return key.startswith(("NITF_FS", "NITF_IS")) and key[7:] in SECURITY_FIELDS


def _security_text(key: str, text: str) -> str:
    level = text.strip()
    if not key.endswith("CLAS") or level not in LEVELS:
        return text
    words = translate("LayerFacts", LEVELS[level])
    return f"{level} ({words})"


def _security_name(key: str) -> str:
    whose = translate("LayerFacts", "File") if key.startswith("NITF_F") else translate("LayerFacts", "Image")
    field = translate("LayerFacts", SECURITY_FIELDS[key[7:]])
    return f"{whose}: {field}"


def _raster_facts(info: RasterInfo, crs: str) -> Facts:
    a, b, _, d, e, _ = info.transform
    pixel_x, pixel_y = f"{math.hypot(a, d):.6g}", f"{math.hypot(b, e):.6g}"  # also where it is rotated
    size = pixel_x if pixel_x == pixel_y else f"{pixel_x} × {pixel_y}"
    nodata = {f"{band.nodata:g}" for band in info.bands if band.nodata is not None}
    return [
        (translate("LayerFacts", "Format"), info.driver),
        (translate("LayerFacts", "Size"), f"{info.width} × {info.height} px"),
        (translate("LayerFacts", "Pixel"), f"{size} {_unit(crs)}".strip() if info.placed_by else ""),
        (translate("LayerFacts", "Bands"), f"{len(info.bands)} × {info.dtype}"),
        (translate("LayerFacts", "Nodata"), ", ".join(sorted(nodata))),
        (translate("LayerFacts", "Georeferencing"), _placed_by(info)),
        (translate("LayerFacts", "Overviews"), ", ".join(map(str, info.overviews)) or translate("LayerFacts", "none")),
    ]


def _vector_facts(info: VectorInfo) -> Facts:
    return [
        (translate("LayerFacts", "Format"), info.driver),
        (translate("LayerFacts", "Table"), info.name),
        (translate("LayerFacts", "Geometry"), info.geometry),
        (translate("LayerFacts", "Features"), grouped(info.features)),
        *_field_facts([name for name, _ in info.fields]),
    ]


def _field_facts(names: list[str]) -> Facts:
    """The names of fields in as many rows as they need, as a row shows a limited text."""
    texts = [""]
    for name in names:
        if texts[-1] and len(texts[-1]) + len(name) + 2 > MOST_FIELD_CHARS:
            texts.append("")
        texts[-1] = f"{texts[-1]}, {name}" if texts[-1] else name
    return [
        (translate("LayerFacts", "Fields") if at == 0 else translate("LayerFacts", "More fields"), text)
        for at, text in enumerate(texts)
    ]


def _extent(bounds: Bounds | None) -> str:
    if bounds is None:
        return ""
    return (
        f"{_half(bounds.bottom, 'NS')} to {_half(bounds.top, 'NS')}, "
        f"{_half(bounds.left, 'EW')} to {_half(bounds.right, 'EW')}"
    )


def _half(degrees: float, letters: str) -> str:
    """Degrees with the letter of their half of the world; east of 180 is west."""
    if letters == "EW" and not -180 <= degrees <= 180:
        degrees = (degrees + 180) % 360 - 180
    return f"{abs(degrees):.4f} {letters[degrees < 0]}"


def _unit(crs: str) -> str:
    """The unit of a CRS; empty for an unknown one."""
    if crs in ("", PIXEL_SPACE):
        return ""
    try:
        return "°" if is_geographic(crs) else "m" if metres_per_unit(crs) == 1.0 else "ft"
    except GeoloupeError:
        return ""
