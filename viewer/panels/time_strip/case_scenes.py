"""The images of the case as scenes, shown on the time strip together with those in folders."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.vocabulary import DATE_BASES
from layers.geo.bounds import Bounds
from layers.geo.picture_outline import box_outline
from layers.raster.acquisition import Acquisition
from layers.scenes.found_scene import FoundScene, judged
from layers.scenes.name_dates import date_in_name
from layers.services.stac.scenes import key_of_scene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layer_date import acquisition_of, tiles_acquisition
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing

DrawingOf = Callable[[str], LayerDrawing | None]


class CaseScenes:
    """A `SceneCatalogue` of the layers that are images: files with a place, and services of a known day."""

    def __init__(self, document: Callable[[], Document], drawing_of: DrawingOf) -> None:
        self._document, self._drawing_of = document, drawing_of
        self._made: dict[str, tuple[object, FoundScene | None]] = {}
        """The scene of each layer, with the values that it was made from."""
        self._known: tuple[FoundScene, ...] = ()

    @property
    def name(self) -> str:
        return "The case"

    def known_scenes(self) -> tuple[FoundScene, ...]:
        """A scene for each drawn layer, as far as its place is known."""
        layers = self._document().layers
        self._made = {uuid: made for uuid, made in self._made.items() if uuid in layers}
        scenes = tuple(scene for layer in layers.values() if (scene := self._scene_of(layer)) is not None)
        if scenes != self._known:
            self._known = scenes
        return self._known

    def layer_of(self, key: str) -> str:
        """The layer that shows the scene with a key; empty for none."""
        return next((scene.layer_uuid for scene in self.known_scenes() if scene.key == key), "")

    def _scene_of(self, layer: Layer) -> FoundScene | None:
        drawing = self._drawing_of(layer.uuid)
        if isinstance(drawing, RasterDrawing):
            acquisition, bounds, path = drawing.acquisition, drawing.shown_bounds(), str(drawing.path)
        elif isinstance(drawing, TilesDrawing):
            acquisition, bounds, path = tiles_acquisition(layer), Bounds(-180.0, -85.05, 180.0, 85.05), ""
            if not acquisition.at:
                return None  # a map of no day in particular
        elif _key_in_catalogue(layer.source.get("catalogue")):
            # A scene of an archive whose host is not allowed yet, or does not answer: the archive knows its place.
            acquisition, bounds, path = acquisition_of(layer, None, None), None, ""
        else:
            return None
        made_of = (layer, acquisition, bounds)
        known = self._made.get(layer.uuid)
        if known is None or known[0] != made_of:
            self._made[layer.uuid] = known = made_of, _scene(layer, acquisition, bounds, path)
        return known[1]


def _key_in_catalogue(catalogue: Any) -> str:
    """The key of the scene that an archive gave; empty for an image that is from no archive."""
    stated = catalogue if isinstance(catalogue, dict) else {}
    words = (stated.get(name) for name in ("address", "collection", "id"))
    return key_of_scene(*(text if isinstance(text, str) else "" for text in words))


def _scene(layer: Layer, known: Acquisition, bounds: Bounds | None, path: str) -> FoundScene | None:
    source = layer.source
    if bounds is None and not _key_in_catalogue(source.get("catalogue")):
        return None
    # A scene of a catalogue stays that, also where it is drawn from its pack.
    of_more = source.get("part") or source.get("combined") or source.get("address")
    is_file = os.path.isabs(path) and not of_more
    key = os.path.normpath(path) if is_file else _key_in_catalogue(source.get("catalogue")) or f"layer {layer.uuid}"
    basis = layer.date_basis if layer.acquired_at and layer.date_basis in DATE_BASES else ""
    if known.at and not layer.acquired_at:
        basis = "catalogue" if layer.kind == "tiles" else "metadata"
    sensor = " ".join(dict.fromkeys(text for text in (known.platform, known.sensor) if text))
    scene = FoundScene(
        key=key,
        title=layer.name,
        path=key if is_file else "",
        sensor=sensor,
        acquired=known.at,
        until="" if known.until == known.at else known.until,
        date_kind=known.date_kind,
        date_basis=basis,
        credit=layer.credit or known.credit,
        gsd_m=known.product_gsd_m,
        ring=() if bounds is None else tuple(box_outline(bounds)),
        layer_uuid=layer.uuid,
    )
    name = os.path.basename(path) or layer.name
    return judged(replace(scene, date_in_name=date_in_name(name)))
