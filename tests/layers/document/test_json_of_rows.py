"""JSON that rows of a case hold: whatever stands in it, a value comes of it that works, or one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from layers.decoding import encoded
from layers.document.json_fields import finite_numbers, json_object
from layers.document.kept_view import KeptView
from layers.document.layer import HIGHEST_M, LOWEST_M, Layer, height_of
from layers.errors import GeoloupeError, InvalidValue
from layers.geo.bounds import Bounds
from layers.raster.band_names import given_names
from layers.raster.combined import Member, members_of
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, colorize
from layers.services.tile_service import TileService
from layers.vector.style.classes import StyleClass
from layers.vector.style.layer_style import VectorStyle
from tests.support.cases.spoiled_json import STYLE, VECTOR, spoiled

INFO = RasterInfo(
    path="a.tif",
    driver="GTiff",
    width=4,
    height=4,
    crs="EPSG:4326",
    transform=(1, 0, 0, 0, -1, 4),
    bounds=Bounds(0, 0, 4, 4),
    bounds_lonlat=Bounds(0, 0, 4, 4),
    bands=(BandInfo(1, "uint8"), BandInfo(2, "float32"), BandInfo(3, "uint16")),
)
PIXELS = [np.arange(16, dtype=kind).reshape(1, 4, 4) for kind in ("uint8", "uint16", "float32", "float64")]


def use_raster_style(data: Any) -> None:
    style = RasterStyle.from_json(data, INFO)
    assert RasterStyle.from_json(style.to_json(), INFO) == style
    margin = 2 * style.margin_px
    for one in PIXELS:
        bands = np.repeat(np.pad(one, ((0, 0), (margin // 2,) * 2, (margin // 2,) * 2)), len(style.bands), axis=0)
        assert colorize(bands, None, style, INFO).shape == (4, 4)


def use_vector_style(data: Any) -> None:
    style = VectorStyle.from_json(data)
    assert VectorStyle.from_json(style.to_json()) == style
    for scale in (1.0, 1e6, 1e12):
        assert 0 < style.size_factor(scale) <= 1
        style.is_shown_at(scale)
    assert style.symbols
    assert style.columns is not None


def use_service(data: Any) -> None:
    service = TileService.from_json(data)
    assert 1 <= len(service.hosts) <= 64
    assert service.is_dated or service.url(3, 1, 2)


def use_height(data: Any) -> None:
    height = height_of(data)
    assert height is None or LOWEST_M <= height <= HIGHEST_M


def use_view(data: Any) -> None:
    view = KeptView.from_json(json.dumps(data))
    assert np.isfinite([view.x, view.y, view.resolution, view.rotation_deg]).all()


CONSUMERS: dict[str, tuple[Callable[[Any], object], Any]] = {
    "raster style": (use_raster_style, STYLE.to_json()),
    "raster style of an index": (use_raster_style, {"bands": [1, 2], "expression": "(b1 - b2) / (b1 + b2)"}),
    "vector style": (use_vector_style, VECTOR.to_json()),
    "rules": (use_vector_style, VectorStyle(mode="rules", classes=(StyleClass(rule="a = 1"),)).to_json()),
    "stretch": (StretchRule.from_json, encoded(StretchRule())),
    "service": (
        use_service,
        encoded(TileService("t", "https://{s}.x.example/{z}/{x}/{y}.png", subdomains="abc", time="2024-04-12")),
    ),
    "images in one": (
        members_of,
        {"combined": [Member("a", {"path": "a.tif", "band_names": {"1": "red"}}, 3).to_json()]},
    ),
    "band names": (given_names, {"band_names": {"1": "red"}}),
    "height": (use_height, {"height_m": 12.5}),
    "view": (use_view, {"crs": "EPSG:3857", "x": 1.0, "y": 2.0, "resolution": 3.0, "rotation_deg": 4.0}),
    "extent": (use_view, {"crs": "EPSG:4326", "bounds_lonlat": [0.0, 1.0, 2.0, 3.0]}),
}


@pytest.mark.bounded
@pytest.mark.parametrize("name", CONSUMERS)
def test_a_spoiled_value_is_refused_in_a_sentence_or_works(name: str) -> None:
    use, sound = CONSUMERS[name]
    use(sound)
    refused = []
    for data in spoiled(sound):
        if not isinstance(data, dict) and name != "view":
            continue  # a row's JSON is an object, see below
        try:
            use(data)
        except GeoloupeError as error:
            refused.append(error.sentence)
    assert refused or name in ("band names", "height")
    assert all(sentence.endswith(".") and len(sentence) < 1000 for sentence in refused)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[]", "is no JSON object"),
        ("{", "is no JSON"),
        ("nonsense", "is no JSON"),
        ('{"a": NaN}', "no finite number"),
        ('{"a": -Infinity}', "no finite number"),
        ('{"a": 1e999}', "no finite number"),
        ('{"a": 1' + "0" * 5000 + "}", "is no JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"a": "\\ud800"}', "half a character"),
        ('{"\\uDBFF": 1}', "half a character"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
        ('{"a": "' + "x" * 9_000_000 + '"}', "too long"),
    ],
)
def test_text_that_is_no_object_of_sound_numbers(text: str, why: str) -> None:
    with pytest.raises(InvalidValue, match=why) as refused:
        json_object(text, "The style")
    assert str(refused.value).startswith("The style ")
    layer = Layer(uuid="l", kind="raster", name="x", source_json=text, style_json=text)
    assert layer.source == layer.style == {}
    for read in (layer.read_source, layer.read_style, lambda: KeptView.from_json(text)):
        with pytest.raises(InvalidValue):
            read()


def test_sound_text_is_what_it_says() -> None:
    assert json_object(' {"a": [1, 2.5, "x", null, true]} ', "It") == {"a": [1, 2.5, "x", None, True]}
    assert json_object(r'{"\ud83d\ude00": "\\ud800"}', "It") == {"😀": r"\ud800"}
    assert json_object(r'{"path": "/a/\udce9.tif"}', "It") == {"path": "/a/\udce9.tif"}, "a name that is no UTF-8"
    assert json_object("", "It") == {}
    assert finite_numbers({"a": 1, "b": 2.5}, ("a", "b"), "It") == [1.0, 2.5]
    for bad in ({"a": 1}, {"a": 1, "b": True}, {"a": 1, "b": "2"}, {"a": 1, "b": 10**400}):
        with pytest.raises(InvalidValue):
            finite_numbers(bad, ("a", "b"), "It")


@pytest.mark.parametrize(
    "changes",
    [
        {"x": 1e308},
        {"y": -1e12},
        {"resolution": 0},
        {"resolution": 1e300},
        {"resolution": -1},
        {"crs": "EPSG:999999"},
        {"crs": "EPSG:5703"},
        {"crs": 3857},
        {"rotation_deg": None},
        {"bounds_lonlat": [0, 0, 0, 0]},
        {"bounds_lonlat": [10, 0, 5, 5]},
        {"bounds_lonlat": [0, 80, 5, 128]},
        {"bounds_lonlat": {"0": 1}},
        {"bounds_lonlat": [-1e9, 0, 1e9, 1]},
    ],
)
def test_a_view_that_is_none_of_the_earth(changes: dict[str, Any]) -> None:
    sound = {"crs": "EPSG:3857", "x": 1.0, "y": 2.0, "resolution": 3.0, "rotation_deg": 725.0}
    assert KeptView.from_json(json.dumps(sound)) == KeptView("EPSG:3857", 1.0, 2.0, 3.0, 5.0)
    with pytest.raises(InvalidValue):
        KeptView.from_json(json.dumps(sound | changes))
