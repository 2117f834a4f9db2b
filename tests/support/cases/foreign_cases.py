"""Cases that somebody else made, and scenes for them to name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from layers.decoding import encoded
from layers.disk.content_mark import KEY, mark_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.readers.tiny_rasters import write_raster
from viewer.app.window import MainWindow
from viewer.panels.layers.layer_rows import BADGE_ROLE


def scene_file(path: Path, value: int = 90) -> Path:
    """A small picture over 10..11 E, 50..51 N."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_raster(path, np.full((1, 64, 64), value, np.uint8), "EPSG:4326", Bounds(10, 50, 11, 51))


def points_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [10.5, 50.5]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    return path


def known(path: Path) -> dict[str, Any]:
    """The source of a layer that was added here: its path, and what is known of its content."""
    mark = mark_of(path)
    assert mark is not None
    return {"path": str(path), KEY: encoded(mark)}


def foreign_case(path: Path, **sources: dict[str, Any] | str) -> Path:
    """A case whose layers, named by keyword, have these sources; a text is a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    layers = []
    for number, (name, source) in enumerate(sources.items()):
        said = {"path": source} if isinstance(source, str) else source
        kind = "tiles" if "template" in said else "vector" if str(said.get("path", "")).endswith("json") else "raster"
        layers.append(Layer(uuid=name, kind=kind, name=name, order_key=number, source_json=json.dumps(said)))
    write_case(Document({"layers": layers}), path)
    return path


def paused(window: MainWindow) -> set[str]:
    return {uuid for uuid, drawing in window.scene.drawings.items() if drawing.is_paused}


def missing(window: MainWindow) -> set[str]:
    return {uuid for uuid, drawing in window.scene.drawings.items() if drawing.is_missing}


def shown(window: MainWindow) -> set[str]:
    """Layers of which it is known where they are."""
    return {uuid for uuid, drawing in window.scene.drawings.items() if drawing.bounds_lonlat() is not None}


def badges(window: MainWindow) -> dict[str, str]:
    """What the layer tree says of each layer."""
    model = window.docks.layer_tree.model
    rows = range(1, model.rowCount())
    return {model.uuid_at(row): model.index(row).data(BADGE_ROLE) for row in rows}
