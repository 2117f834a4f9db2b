"""The words of a preview: at any size those of the file."""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.product.issuing.edition import Outgoing
from layers.product.spec import ProductSpec
from layers.vector.style.layer_style import VectorStyle
from tests.support.many_scenes import write_scene
from tests.viewer.app.products.conftest import SEEN, SLOW_MS, Table
from viewer.app.products.product_file import ProductFile
from viewer.app.products.product_pages import OpenScenes, ProductPages
from viewer.export.headless import Studio
from viewer.export.plates.maps.map_scenes import product_scenes
from viewer.export.plates.printed_plate import PrintedPlate

MANY = 4_000
"""Vertices: more than are painted one by one."""
SPEC = ProductSpec(title="A shore", author="Li", bounds=SEEN, page="A3 landscape", dpi=96)


def shore(path: Path, name: str, radius: float, **style: float) -> Layer:
    """A round coast about the frame's middle, in one long line."""
    turns = [2 * math.pi * at / MANY for at in range(MANY + 1)]
    line = [[10.5 + 2 * radius * math.cos(turn), 50.5 + radius * math.sin(turn)] for turn in turns]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": line}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    source, look = json.dumps({"path": str(path)}), json.dumps(VectorStyle(**style).to_json())
    return Layer(uuid=name, kind="vector", name=name, source_json=source, style_json=look, credit=f"By {name}")


def written(made: Table, studio: Studio, scenes: OpenScenes, spec: ProductSpec, path: Path) -> PrintedPlate:
    """The pages of a product as they were written to a file."""
    pages = ProductPages(made.document, studio.context.jobs, scenes)
    file = ProductFile(pages, Outgoing(spec), path, studio.context, "", made.parent)
    with made.qtbot.waitSignal(file.ended, timeout=SLOW_MS):
        pass
    assert file.error is None
    assert isinstance(file.laid, PrintedPlate)
    return file.laid


def test_a_preview_names_the_layers_that_the_file_finds_in_the_map(
    table: Table, studio: Studio, tmp_path: Path
) -> None:
    """Of a coast with thousands of vertices it was told by tiles, which a preview has at another size than it asks."""
    layers = [shore(tmp_path / "a.geojson", "Island", 0.3), shore(tmp_path / "b.geojson", "Far coast", 20.0)]
    made = Table(Document({"layers": layers}), table.qtbot)
    made.windows = table.windows
    studio.allow(layer.source for layer in layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    made.pages = ProductPages(made.document, studio.context.jobs, scenes)  # type: ignore[assignment]
    window = made.open(SPEC)
    assert isinstance(window.laid, PrintedPlate)
    shown = window.laid.plate
    printed = written(made, studio, scenes, SPEC, tmp_path / "page.png").plate
    assert [row.text for row in printed.legend] == ["Island"]
    assert [row.text for row in shown.legend] == ["Island"]
    assert shown.foot[0] == printed.foot[0]
    assert "By Far coast" not in shown.foot[0]


@pytest.mark.bounded
def test_a_file_for_print_tells_only_of_the_images_that_are_seen(table: Table, studio: Studio, tmp_path: Path) -> None:
    """They are read at its resolution, for which a small picture of the whole image does not stand in."""
    layers = []
    for name in ("1985", "1995"):  # from the back
        path = write_scene(tmp_path / f"{name}.tif", SEEN, f"{name}-08-01T10:00:00Z", platform="Landsat", side=1800)
        layers.append(Layer(uuid=name, kind="raster", name=name, source_json=json.dumps({"path": str(path)})))
    made = Table(Document({"layers": layers}), table.qtbot)
    made.windows = table.windows
    studio.allow(layer.source for layer in layers)
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    spec = replace(SPEC, page="A4 landscape", dpi=300, bounds=Bounds(10.4, 50.4, 10.6, 50.6))
    pages = written(made, studio, scenes, spec, tmp_path / "page.png")
    (fact,) = pages.facts().maps
    assert [image.name for image in fact.images] == ["1995"]
