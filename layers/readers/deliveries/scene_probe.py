"""The probe of a delivery: one scene, and the raster that it looks like."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from layers.decoding import encoded
from layers.errors import NotAFile, TooLarge, UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.scene import SceneInfo
from layers.readers.deliveries.airbus import describe_dimap
from layers.readers.deliveries.landsat import describe_landsat
from layers.readers.deliveries.maxar import describe_maxar
from layers.readers.deliveries.planet import describe_planet
from layers.readers.deliveries.scene_files import Delivery, DeliveryKind, deliveries_at
from layers.readers.deliveries.scene_raster import raster_of
from layers.readers.deliveries.sentinel1 import describe_sentinel1
from layers.readers.deliveries.sentinel2 import describe_sentinel2
from layers.readers.raster.datasets import MAX_BANDS
from layers.requests.probe import Probe
from layers.text.counted import counted

MAX_PARTS = 8
MAX_PROBLEMS = 50
_TOGETHER_S = 120.0
"""Most seconds between the panchromatic and multispectral images of one pass that are delivered side by side."""
_BUNDLES = (DeliveryKind.MAXAR, DeliveryKind.DIMAP)

_DESCRIBE: dict[DeliveryKind, Callable[[Delivery, str], SceneInfo]] = {
    DeliveryKind.SENTINEL2: describe_sentinel2,
    DeliveryKind.SENTINEL1: describe_sentinel1,
    DeliveryKind.LANDSAT: describe_landsat,
    DeliveryKind.MAXAR: describe_maxar,
    DeliveryKind.DIMAP: describe_dimap,
    DeliveryKind.PLANET: describe_planet,
}


def probe_scene(question: Probe) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Header {"kind": "scene", "scene": SceneInfo, "raster": RasterInfo or None}. In the raster, band n is the scene's
    band n; `ReadTile` takes `SceneBand.place` for it. `canvas_crs` as for rasters.

    Raises NotAFile for a folder without a delivery, UnsupportedFormat for one with several, and what describing raises.
    """
    scene = describe(question.path)
    raster = raster_of(scene, question.canvas_crs or "", question.height_m)
    header = {"kind": "scene", "scene": encoded(scene), "raster": encoded(raster)}
    return header, ()


def describe(path: str) -> SceneInfo:
    """The one scene of a delivery; see `probe_scene`."""
    path = os.path.abspath(path)
    deliveries = deliveries_at(path)
    name = os.path.basename(path.rstrip(os.sep)) or path
    if not deliveries:
        raise NotAFile(
            "{name} is a folder without a delivery of imagery that is known: choose a file inside it.", name=name
        )
    if len(deliveries) == 1:
        return _described(deliveries[0], path)
    names = ", ".join(os.path.basename(delivery.metadata) for delivery in deliveries[:MAX_PARTS])
    several = UnsupportedFormat(
        "{name} holds {scenes}: open one of them: {names}.",
        name=name,
        scenes=counted(len(deliveries), "scene"),
        names=names,
    )
    if len(deliveries) > MAX_PARTS or len({d.kind for d in deliveries}) > 1 or deliveries[0].kind not in _BUNDLES:
        raise several
    scenes = [_described(delivery, path) for delivery in deliveries]
    if not _are_one(scenes):
        raise several
    return _joined(scenes, path)


def _described(delivery: Delivery, path: str) -> SceneInfo:
    """Describe the scene. Raises TooLarge for more bands than any sensor has."""
    scene = _DESCRIBE[delivery.kind](delivery, path)
    if len(scene.bands) > MAX_BANDS:
        name = os.path.basename(delivery.metadata)
        raise TooLarge(
            "{name} names {bands}: at most {max_bands} can be opened.",
            name=name,
            bands=counted(len(scene.bands), "band"),
            max_bands=MAX_BANDS,
        )
    if len(scene.problems) > MAX_PROBLEMS:
        left_out = len(scene.problems) - MAX_PROBLEMS
        files = counted(left_out, "more file or value of the delivery is", "more files or values of the delivery are")
        more = Phrase("{files} amiss.", files=files)
        return replace(scene, problems=(*scene.problems[:MAX_PROBLEMS], more))
    return scene


def _are_one(scenes: list[SceneInfo]) -> bool:
    """True for images of the same satellite within two minutes, with no band twice."""
    names = [band.name for scene in scenes for band in scene.bands]
    known = [scene.acquisition for scene in scenes]
    if len(set(names)) != len(names) or len({a.platform for a in known}) != 1 or not all("T" in a.at for a in known):
        return False
    times = [datetime.fromisoformat(acquisition.at) for acquisition in known]
    return (max(times) - min(times)).total_seconds() <= _TOGETHER_S


def _joined(scenes: list[SceneInfo], path: str) -> SceneInfo:
    """One scene of all bands; the facts are those of the one with most bands."""
    first = max(scenes, key=lambda scene: len(scene.bands))
    ordered = [first, *(scene for scene in scenes if scene is not first)]
    notes = tuple(
        Phrase("Also of this scene: {title}, {when}.", title=scene.title, when=scene.acquisition.when)
        for scene in ordered[1:]
    )
    finest = [s.acquisition.product_gsd_m for s in ordered if s.acquisition.product_gsd_m is not None]
    acquisition = replace(
        first.acquisition,
        notes=first.acquisition.notes + notes,
        product_gsd_m=min(finest) if finest else None,
    )
    return replace(
        first,
        path=path,
        folder=os.path.commonpath([scene.folder for scene in scenes]),
        bands=tuple(band for scene in ordered for band in scene.bands),
        acquisition=acquisition,
        problems=tuple(problem for scene in ordered for problem in scene.problems),
    )
