"""Facts about a layer's file or service as (name, text) pairs, for reading only."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo

type Facts = list[tuple[str, str]]


def _tr(text: str) -> str:
    return QCoreApplication.translate("LayerFacts", text)


def source_facts(layer: Layer) -> Facts:
    """What the document itself says of where the data are."""
    source = layer.source
    images = source.get("combined")
    facts = [
        *((_tr("Image"), _image_text(image)) for image in (images if isinstance(images, list) else ())),
        (_tr("File"), str(source.get("path") or source.get("shipped") or "")),
        (_tr("Table"), str(source.get("table", ""))),
        (_tr("Address"), str(source.get("template", ""))),
        (_tr("Levels"), f"{source['min_level']}–{source['max_level']}" if "max_level" in source else ""),
        (_tr("Licence"), str(source.get("licence", ""))),
        (_tr("Credit link"), str(source.get("link", ""))),
    ]
    return [(name, text) for name, text in facts if text]


def _image_text(image: object) -> str:
    """One of those that a combined layer is made of."""
    if not isinstance(image, dict):
        return ""
    return f"{image.get('name', '')}: {image.get('path') or image.get('shipped') or ''}"


def info_facts(info: RasterInfo | VectorInfo) -> Facts:
    """What a reader found in the file."""
    facts = _raster_facts(info) if isinstance(info, RasterInfo) else _vector_facts(info)
    shared = [(_tr("CRS"), info.crs or _tr("none")), (_tr("Extent"), _extent(info.bounds_lonlat))]
    noted = [(_tr("Note"), problem) for problem in info.problems]
    return [(name, text) for name, text in (*facts, *shared, *noted) if text]


def _raster_facts(info: RasterInfo) -> Facts:
    pixel_x, pixel_y = abs(info.transform[0]), abs(info.transform[4])
    size = f"{pixel_x:.6g}" if pixel_x == pixel_y else f"{pixel_x:.6g} × {pixel_y:.6g}"
    nodata = {f"{band.nodata:g}" for band in info.bands if band.nodata is not None}
    return [
        (_tr("Format"), info.driver),
        (_tr("Size"), f"{info.width} × {info.height} px"),
        (_tr("Pixel"), size),
        (_tr("Bands"), f"{len(info.bands)} × {info.dtype}"),
        (_tr("Nodata"), ", ".join(sorted(nodata))),
        (_tr("Overviews"), ", ".join(map(str, info.overviews)) or _tr("none")),
    ]


def _vector_facts(info: VectorInfo) -> Facts:
    fields = ", ".join(name for name, _ in info.fields)
    return [
        (_tr("Format"), info.driver),
        (_tr("Table"), info.name),
        (_tr("Geometry"), info.geometry),
        (_tr("Features"), f"{info.features:,}"),
        (_tr("Fields"), fields),
    ]


def _extent(bounds: Bounds | None) -> str:
    if bounds is None:
        return ""
    return f"{bounds.bottom:.4f} to {bounds.top:.4f} N, {bounds.left:.4f} to {bounds.right:.4f} E"
