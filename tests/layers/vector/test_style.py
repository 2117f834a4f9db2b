from __future__ import annotations

import json

import pytest

from layers.errors import InvalidValue
from layers.vector.style import VectorStyle
from layers.vector.table import VectorInfo


def info(geometry: str) -> VectorInfo:
    return VectorInfo("a.geojson", "GeoJSON", "a", geometry, 1, "EPSG:4326", (), None, None)


@pytest.mark.parametrize("geometry", ["Point", "MultiLineString", "Polygon", "Unknown"])
def test_defaults_differ_by_geometry_and_survive_json(geometry: str) -> None:
    style = VectorStyle.default(info(geometry), seed=3)
    assert VectorStyle.from_json(json.loads(json.dumps(style.to_json()))) == style
    assert bool(style.fill_color) == ("Line" not in geometry)
    assert style != VectorStyle.default(info(geometry), seed=4)


def test_dashes_come_back_as_they_went() -> None:
    style = VectorStyle(dash=(2.0, 1.5), symbol="star", label_field="name")
    assert VectorStyle.from_json(style.to_json() | {"from_the_future": 1}) == style


@pytest.mark.parametrize(
    "values",
    [
        {"stroke_color": "red; drop"}, {"stroke_color": 5}, {"fill_color": "#12"}, {"stroke_width_px": -1},
        {"stroke_width_px": "2"}, {"size_px": 0}, {"dash": [1]}, {"dash": ["a", "b"]}, {"symbol": "skull"},
        {"size_px": True},
    ],
)  # fmt: skip
def test_what_is_no_style_is_refused(values: dict) -> None:
    with pytest.raises(InvalidValue):
        VectorStyle.from_json(values)
