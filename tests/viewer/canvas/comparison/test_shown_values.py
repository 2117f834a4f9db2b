"""Row S18 of the rule book in a comparison: what an archive states of a layer's values goes with it into the case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from layers.services.stac.item import read_item
from tests.layers.services.stac.made import HOST, item
from tests.support.painted_scenes import painted
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.difference_picture import why_no_difference
from viewer.canvas.comparison.stretches import StretchMatch, stretch_notes, with_styles
from viewer.canvas.scene import MapScene
from viewer.commands.imagery.catalogue_layers import add_scene
from viewer.rendering.context import RenderContext

SIDE = 384
PLACE = Bounds(1_200_000.0, 6_400_000.0, 1_203_840.0, 6_403_840.0)
VIEW = View.of_bounds(WEB_MERCATOR, PLACE, SIDE, SIDE)
SPEC = spec_of(("first",), ("second",), mode="difference")
GROUND = np.random.default_rng(7).uniform(0.05, 0.35, (1, SIDE, SIDE))

BEFORE: dict[str, Any] = {"baseline": "03.01", "year": 2021, "shift": 0}
SHIFTED: dict[str, Any] = {"baseline": "05.09", "year": 2022, "shift": 1000, "offset": -0.1}
TAKEN_OFF: dict[str, Any] = {"baseline": "05.09", "year": 2023, "shift": 0, "applied": True}
UNKNOWN: dict[str, Any] = {"baseline": "05.09", "year": 2024, "shift": 1000}
WRONG: dict[str, Any] = {"baseline": "05.09", "year": 2024, "shift": 0, "offset": -0.1}


def listed(facts: dict[str, Any]) -> dict[str, Any]:
    """An item of an archive, with one band."""
    properties = {"s2:processing_baseline": facts["baseline"], "datetime": f"{facts['year']}-08-01T10:00:00Z"}
    if "applied" in facts:
        properties["earthsearch:boa_offset_applied"] = facts["applied"]
    raster = {"scale": 1e-4} | ({"offset": facts["offset"]} if "offset" in facts else {})
    red = {
        "href": f"https://files.example.org/{facts['year']}.tif",
        "type": "image/tiff",
        "eo:bands": [{"name": "red", "common_name": "red"}],
        "raster:bands": [raster],
    }
    more = {"instruments": ["msi"], "platform": "sentinel-2a"}
    return item(str(facts["year"]), collection="sentinel-2-l2a", properties=properties | more, assets={"red": red})


def layer_of(folder: Path, uuid: str, order: float, facts: dict[str, Any], reflectance: Any) -> Layer:
    """The layer that is added of an item, with its file on this computer in place of the address."""
    document = Document()
    document.apply(add_scene(document, read_item(listed(facts), HOST), "https://files.example.org/a.tif", actor="me"))
    (layer,) = document.layers.values()
    values = np.round(reflectance * 10_000 + facts["shift"]).astype(np.uint16)
    path = write_raster(folder / f"{uuid}.tif", values, WEB_MERCATOR, PLACE, nodata=0)
    source = {name: value for name, value in layer.source.items() if name != "address"} | {"path": str(path)}
    return replace(layer, uuid=uuid, order_key=order, source_json=json.dumps(source))


@pytest.fixture
def show(context: RenderContext, tmp_path: Path, qtbot) -> Iterator[Callable[..., ComparedScene]]:
    made: list[ComparedScene] = []

    def show(first: dict[str, Any], second: dict[str, Any], more: float = 0.0, spec=SPEC) -> ComparedScene:
        layers = [
            layer_of(tmp_path, "first", 1.0, first, GROUND),
            layer_of(tmp_path, "second", 2.0, second, GROUND + more),
        ]
        scene = ComparedScene(MapScene(Document({"layers": layers}), context))
        made.append(scene)
        scene.compare(spec)
        scene.set_view(VIEW)
        qtbot.waitUntil(lambda: scene.is_complete(VIEW), timeout=10_000)
        return scene

    yield show
    for scene in made:
        scene.close()


@pytest.mark.parametrize(
    ("first", "second"),
    [(BEFORE, SHIFTED), (BEFORE, TAKEN_OFF), (SHIFTED, TAKEN_OFF), (TAKEN_OFF, SHIFTED)],
    ids=["before, shifted", "before, taken off", "shifted, taken off", "taken off, shifted"],
)
def test_s18_the_difference_of_two_known_images_is_one_of_reflectance(show, first, second) -> None:
    scene = show(first, second)
    assert why_no_difference(SPEC, scene.frames) == ""
    picture = painted(scene, VIEW)
    assert {picture.pixelColor(x, y).red() for x in range(10, 370, 9) for y in range(5, 95, 7)} <= {127, 128, 129}
    lighter = painted(show(first, second, more=0.03), VIEW)
    span = np.diff(np.percentile(GROUND, (2, 98)))[0]
    assert lighter.pixelColor(30, 30).red() == pytest.approx(128 + 0.03 * 127.5 / span, abs=2)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (UNKNOWN, "Nothing says whether the shift by 1000 was taken off."),
        (WRONG, "Values that are shifted by 1000 are hardly below it"),
        (SHIFTED | {"applied": True}, "taken off, and an offset of -0.1 all the same"),
    ],
    ids=["unknown", "against its pixels", "contradicted"],
)
def test_s18_an_unknown_image_is_not_subtracted_and_why_is_said(show, second, why: str) -> None:
    scene = show(BEFORE, second)
    assert why in why_no_difference(SPEC, scene.frames)
    assert "only where both can be brought to reflectance" in why_no_difference(SPEC, scene.frames)


@pytest.mark.parametrize(
    ("second", "note"),
    [
        (SHIFTED, "same stretch as Before, both in reflectance"),
        (TAKEN_OFF, "same stretch as Before, both in reflectance"),
        (UNKNOWN, "stretch matched to Before, band by band: no reflectance is established"),
    ],
    ids=["shifted", "taken off", "unknown"],
)
def test_s18_a_stretch_is_that_of_one_reflectance_or_is_matched(show, second, note: str) -> None:
    spec = replace(SPEC, mode="swipe", match=True)
    scene = show(BEFORE, second, spec=spec)
    match = StretchMatch.of(spec, scene.frames)
    assert match is not None
    matched = with_styles(spec, match.styles())
    scene.compare(matched)
    assert stretch_notes(matched, scene.frames) == ["", note]
    if "both in reflectance" in note:
        own, other = (matched.frames[at].styles[uuid]["stretches"][0] for at, uuid in enumerate(("first", "second")))
        assert other[0] - own[0] == pytest.approx(second["shift"])
        assert other[1] - own[1] == pytest.approx(second["shift"])


def test_s18_what_is_stated_is_kept_with_the_layer(tmp_path: Path) -> None:
    layer = layer_of(tmp_path, "x", 1.0, SHIFTED, GROUND)
    assert layer.source["catalogue"]["values"] == {
        "level": "L2A",
        "baseline": "05.09",
        "scale": 1e-4,
        "offset": -0.1,
    }
