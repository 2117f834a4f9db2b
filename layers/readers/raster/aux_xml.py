"""Reads where a raster lies from name.aux.xml, which GDAL and ArcGIS write beside it.

GDAL itself is kept from these files (GDAL_PAM_ENABLED=NO): they may name other files and hosts.
"""

from __future__ import annotations

import math
import os
from xml.etree.ElementTree import Element

import numpy as np
from msgspec import Struct

from layers.errors import BadCRS
from layers.geo.crs import crs_text
from layers.phrase import Phrase
from layers.readers.raster.warp import ControlPoints
from layers.readers.raster.worldfile import Transform
from layers.text.guarded_xml import BadXml, read_xml

_MAX_POINTS = 10_000
_MAX_TERMS = 20
_POINTERS = ("OVERVIEW_FILE", "GRIDDED_COVERAGE_FILE", "MASK_FILE")


class AuxFile(Struct, frozen=True, eq=False):
    """`crs` "" and the others None where the file says nothing of them; `problems` for people."""

    crs: str = ""
    transform: Transform | None = None
    points: ControlPoints | None = None
    problems: tuple[str, ...] = ()


def read_aux_xml(path: str, resolution: tuple[float, float] | None = None) -> AuxFile:
    """The .aux.xml beside the raster `path`; never raises. `resolution` is the TIFF's own, in pixels an inch."""
    sidecar = path + ".aux.xml"
    name = os.path.basename(sidecar)
    if not os.path.lexists(sidecar):
        return AuxFile()
    try:
        root = read_xml(sidecar)
    except (BadXml, OSError) as error:
        return AuxFile(problems=(Phrase("{name} beside it is ignored: {error}.", name=name, error=error),))
    if root.tag not in ("PAMDataset", "GeodataXform"):  # the latter is ArcGIS 9's
        return AuxFile(
            problems=(Phrase("{name} beside it is ignored: it is not what GDAL or ArcGIS write.", name=name),)
        )
    problems = _too_curved(root, name)
    if any(item.get("key") in _POINTERS for item in root.iter("MDI")):
        problems.append(Phrase("{name} beside it names another file: that is not followed.", name=name))
    try:
        crs = _crs(root)
    except BadCRS:
        crs = ""
        problems.append(Phrase("{name} beside it names no CRS that is known.", name=name))
    return AuxFile(crs, _transform(root), _points(root, resolution), tuple(problems))


def _crs(root: Element) -> str:
    places = (
        "SRS",
        "SpatialReference/WKT",
        "Metadata/GeodataXform/SpatialReference/WKT",
        "GeodataXform/SpatialReference/WKT",
    )
    texts = [text for place in places if (text := (root.findtext(place) or "").strip())]
    points = root.find("GCPList")
    if points is not None:
        texts += [text for key in ("SRS", "Projection") if (text := (points.get(key) or points.findtext(key) or ""))]
    return crs_text(texts[0]) if texts else ""


def _transform(root: Element) -> Transform | None:
    numbers = _numbers((root.findtext("GeoTransform") or "").split(","))
    if len(numbers) != 6:
        return _esri_plane(root)
    c, a, b, f, d, e = numbers
    return (a, b, c, d, e, f)


def _coefficients(root: Element) -> tuple[list[float], list[float]]:
    """Coefficients of ArcGIS's polynomials for x and for y; empty where there are none."""
    xform = next(root.iter("GeodataXform"), None)
    if xform is None:
        return [], []
    of_x, of_y = ([d.text or "" for d in xform.iterfind(f"Coeff{axis}/Double")][:_MAX_TERMS] for axis in "XY")
    return _numbers(of_x), _numbers(of_y)


def _esri_plane(root: Element) -> Transform | None:
    """A polynomial of the first order, as ArcGIS writes it: from the middles of pixels, lines as negative numbers."""
    of_x, of_y = _coefficients(root)
    if len(of_x) != 3 or len(of_y) != 3:
        return None
    (c, a, b), (f, d, e) = of_x, of_y
    return (a, -b, c - a / 2 + b / 2, d, -e, f - d / 2 + e / 2)


def _too_curved(root: Element, name: str) -> list[str]:
    if len(_coefficients(root)[0]) <= 3 or next(root.iter("SourceGCPs"), None) is not None:
        return []
    return [
        Phrase(
            "{name} beside it places it by a curve of ArcGIS, which is not read: save it anew as a GeoTIFF.", name=name
        )
    ]


def _points(root: Element, resolution: tuple[float, float] | None) -> ControlPoints | None:
    rows = [
        _numbers([point.get(key, "") for key in ("Pixel", "Line", "X", "Y")]) for point in root.iterfind("GCPList/GCP")
    ]
    rows = [row for row in rows if len(row) == 4][:_MAX_POINTS]
    if rows:
        return ControlPoints(*np.array(rows).T)
    return _esri_points(root, resolution)


def _esri_points(root: Element, resolution: tuple[float, float] | None) -> ControlPoints | None:
    """ArcGIS counts lines downwards as negative numbers, or, in inches, upwards from the lower edge.

    The latter is turned into negative lines too; the caller adds the height (`ControlPoints.rows` below 0 say so).
    """
    xform = next(root.iter("GeodataXform"), None)
    if xform is None:
        return None
    source, target = ([d.text or "" for d in xform.iterfind(f"{side}GCPs/Double")] for side in ("Source", "Target"))
    from_, to = np.array(_numbers(source)), np.array(_numbers(target))
    if len(from_) != len(to) or len(from_) < 6 or len(from_) % 2:
        return None
    cols, rows = from_[::2][:_MAX_POINTS], from_[1::2][:_MAX_POINTS]
    x, y = to[::2][:_MAX_POINTS], to[1::2][:_MAX_POINTS]
    if (rows <= 0).all():
        rows = -rows
    elif resolution is not None:
        cols, rows = cols * resolution[0], -rows * resolution[1]
    return ControlPoints(cols, rows, x, y)


def _numbers(texts: list[str]) -> list[float]:
    """The numbers, or nothing when one of them is none."""
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return []
    return numbers if all(math.isfinite(v) for v in numbers) else []
