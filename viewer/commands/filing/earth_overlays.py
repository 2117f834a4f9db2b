"""Overlays of Google Earth as layers, which keep what they state besides for the way back; and that read again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from layers.document.layer import Layer
from layers.document.marks.earth_opacity import EARTH
from layers.document.placing.control_points import read_control_points, written_control_points
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84
from layers.phrase import Phrase
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from layers.requests.earth_file import EarthFile, EarthOverlay
from layers.time.dates import is_partial
from viewer.commands.found_layers import FoundLayer

FOLDERS_APART = " / "
"""Text between the names of a path of folders."""
LONGEST_TEXT = 4000
_BOX_NUMBERS, _CORNER_NUMBERS = 5, 8


class KeptOverlay(Struct, frozen=True):
    """The statements about an overlay that a layer keeps: where it stood in the tree, its place and its time."""

    folder: str = ""
    order: float = 0.0
    box: tuple[float, ...] = ()
    """North, south, east, west and the turn in degrees; empty for an overlay laid by its corners."""
    corners: tuple[float, ...] = ()
    """Longitude and latitude of the lower left, lower right, upper right and upper left corner."""
    begin: str = ""
    end: str = ""
    is_stamp: bool = False
    notes: str = ""


def folder_words(file: EarthFile, folder: int) -> str:
    """The path of a folder as a site has it; a name with the text between names in it has a slash instead."""
    return FOLDERS_APART.join(name.replace(FOLDERS_APART, "/") for name in file.path_of(folder) if name)


def layers_of_overlays(
    file: EarthFile,
    overlays: Iterable[EarthOverlay],
    path: Path,
    sizes: Mapping[str, tuple[int, int]],
    left_out: list[str],
) -> tuple[FoundLayer, ...]:
    """The layers of some of a file's overlays; `left_out` gets a sentence for each that lies beside it without a known
    size.
    """
    layers: list[FoundLayer] = []
    for overlay in overlays:
        kept = kept_facts(file, overlay)
        if not overlay.is_beside:
            layers.append(_layer(overlay, path, {"path": str(path), "part": overlay.part, EARTH: kept}, {}))
        elif overlay.part in sizes:
            points = {"control_points_json": written_control_points(_points(overlay, sizes[overlay.part]))}
            source = {"path": str(path.parent.joinpath(*overlay.part.split("/"))), EARTH: kept}
            layers.append(_layer(overlay, path, source, points))
        else:
            name = overlay.name or overlay.part
            left_out.append(Phrase("“{name}” is left out: its picture cannot be read.", name=name))
    return tuple(layers)


def _layer(overlay: EarthOverlay, path: Path, source: dict[str, Any], facts: dict[str, Any]) -> FoundLayer:
    """The picture as a layer. A time that Google Earth shows it for is no date of the picture: it has none."""
    facts = {"visible": overlay.is_visible, "opacity": overlay.opacity, "date_kind": "unknown", **facts}
    return FoundLayer("raster", overlay.name or f"{path.stem}: {overlay.part}", source, facts, Bounds(*overlay.bounds))


def _points(overlay: EarthOverlay, size: tuple[int, int]) -> PointSet:
    """The corners of a picture as control points: a box, turned or not, keeps straight lines straight and parallel."""
    width, height = size
    pixels = ((0, height), (width, height), (width, 0), (0, 0))
    points = tuple(
        ControlPoint(float(col), float(row), lon, lat)
        for (col, row), (lon, lat) in zip(pixels, overlay.corners, strict=True)
    )
    return PointSet(points, Method.AFFINE if overlay.box else Method.PROJECTIVE, WGS84, size)


def kept_facts(file: EarthFile, overlay: EarthOverlay) -> dict[str, Any]:
    """The statements about an overlay that its layer keeps, as `KeptOverlay` reads them."""
    kept: dict[str, Any] = {"folder": folder_words(file, overlay.folder), "order": overlay.order}
    kept["box"] = list(overlay.box)
    kept["corners"] = [] if overlay.box else [number for corner in overlay.corners for number in corner]
    kept |= {"begin": overlay.begin, "end": overlay.end, "is_stamp": overlay.time_kind == "stamp"}
    kept["notes"] = overlay.notes[:LONGEST_TEXT]
    return {name: value for name, value in kept.items() if value not in ("", [], False)}


def kept_overlay(layer: Layer) -> KeptOverlay | None:
    """The overlay that a layer came from, with its statements judged; None for any other layer, or one that the
    analyst has placed anew.
    """
    kept = layer.source.get(EARTH)
    if layer.kind != "raster" or not isinstance(kept, dict) or _is_moved(layer):
        return None
    box, corners = _numbers(kept.get("box"), _BOX_NUMBERS), _numbers(kept.get("corners"), _CORNER_NUMBERS)
    if not box and not corners:
        return None
    order = _numbers([kept.get("order", 0)], 1)
    texts = {name: text[:LONGEST_TEXT] for name, text in kept.items() if isinstance(text, str)}
    begin, end = (date if is_partial(date := texts.get(side, "")) else "" for side in ("begin", "end"))
    folder, notes, is_stamp = texts.get("folder", ""), texts.get("notes", ""), kept.get("is_stamp") is True
    return KeptOverlay(folder, order[0] if order else 0.0, box, corners, begin, end, is_stamp, notes)


def is_placed_anew(layer: Layer) -> bool:
    """True for an overlay of Google Earth that lies elsewhere now than its file says."""
    return layer.kind == "raster" and isinstance(layer.source.get(EARTH), dict) and _is_moved(layer)


def _is_moved(layer: Layer) -> bool:
    """True where the analyst has placed the picture: one beside its file has the points that it came with."""
    points = read_control_points(layer.control_points_json)
    has_lost = (points is None) != ("part" in layer.source)
    return bool(layer.nudge_json) or has_lost or (points is not None and bool(points.by))


def _numbers(value: object, count: int) -> tuple[float, ...]:
    """That many finite numbers; empty for anything else."""
    if not isinstance(value, list) or len(value) != count:
        return ()
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in value):
        return ()
    return tuple(map(float, value)) if all(map(math.isfinite, value)) else ()
