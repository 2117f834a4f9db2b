from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from layers.errors import InvalidValue
from layers.vector.style.classes import MODES, StyleClass
from layers.vector.style.label_style import LABEL_LAYOUTS, LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.markers import MARKERS
from layers.vector.style.symbol import ARROWS, Symbol
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
    style = VectorStyle(dash=(2.0, 1.5), marker="star", labels=LabelStyle("name"))
    assert VectorStyle.from_json(style.to_json() | {"from_the_future": 1}) == style


@pytest.mark.parametrize(
    "values",
    [
        {"stroke_color": "red; drop"},
        {"stroke_color": 5},
        {"fill_color": "#12"},
        {"stroke_width_px": -1},
        {"stroke_width_px": "2"},
        {"size_px": 0},
        {"dash": [1]},
        {"dash": ["a", "b"]},
        {"symbol": "skull"},
        {"size_px": True},
    ],
)
def test_what_is_no_style_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        VectorStyle.from_json(values)


colors = st.from_regex(r"#[0-9a-f]{6}([0-9a-f]{2})?", fullmatch=True)
symbols = st.builds(
    Symbol,
    stroke_color=colors,
    stroke_width_px=st.floats(0, 100),
    fill_color=st.one_of(st.just(""), colors),
    dash=st.sampled_from([(), (2.0, 1.5), (1.0, 2.0, 3.0, 4.0)]),
    marker=st.sampled_from(MARKERS),
    size_px=st.floats(0.5, 200),
    casing_color=st.one_of(st.just(""), colors),
    arrow=st.sampled_from(ARROWS),
    ground_color=st.one_of(st.just(""), colors),
    casing_width_px=st.floats(0, 50),
)
classes = st.builds(
    StyleClass,
    symbol=symbols,
    label=st.text(max_size=9),
    value=st.text(max_size=9),
    rule=st.text(max_size=9),
    lower=st.floats(allow_nan=False, allow_infinity=False),
    upper=st.floats(-1e6, 1e6),
    shown=st.booleans(),
)
labels = st.builds(
    LabelStyle,
    text=st.sampled_from(["", "name", "{a} ({b:.1f})"]),
    size_px=st.floats(4, 100),
    color=colors,
    layout=st.sampled_from(LABEL_LAYOUTS),
    priority=st.text(max_size=5),
    leader=st.booleans(),
    bold=st.booleans(),
)
styles = st.builds(
    lambda own, **more: VectorStyle(**asdict(own), **more),
    symbols,
    mode=st.sampled_from(MODES),
    column=st.text(max_size=9),
    classes=st.lists(classes, max_size=4).map(tuple),
    labels=labels,
    visible_from=st.floats(0, 1e9),
    cluster_px=st.floats(0, 500),
    show_other=st.booleans(),
    class_count=st.integers(1, 1000),
)


@pytest.mark.bounded
@given(styles)
def test_every_style_survives_json(style: VectorStyle) -> None:
    assert VectorStyle.from_json(json.loads(json.dumps(style.to_json()))) == style


def test_files_keep_the_keys_they_have_always_had() -> None:
    """Other versions of the program read them."""
    style = VectorStyle(
        marker="star", classes=(StyleClass(Symbol(marker="port")),), other=Symbol(), labels=LabelStyle("n")
    )
    data = style.to_json()
    assert data["symbol"] == "star"
    assert data["classes"][0]["look"]["symbol"] == "port"
    assert data["labels"]["placement"] == "automatic"
    assert not {"marker", "layout", "symbols"} & (data.keys() | data["labels"].keys() | data["other"].keys())


def test_a_style_of_the_first_version_is_understood() -> None:
    old = {
        "stroke_color": "#ffffff",
        "stroke_width_px": 1.0,
        "fill_color": "#3182bd",
        "dash": [2, 1],
        "symbol": "star",
        "size_px": 9,
        "label_field": "name",
    }
    style = VectorStyle.from_json(old)
    assert (style.mode, style.marker, style.dash, style.labels.text) == ("single", "star", (2.0, 1.0), "name")
    assert VectorStyle.from_json(style.to_json()) == style


@pytest.mark.parametrize(
    "values",
    [
        {"mode": "magic"},
        {"classes": 5},
        {"classes": [5]},
        {"classes": [{"look": {"size_px": -1}}]},
        {"labels": {"text": "{"}},
        {"labels": []},
        {"labels": {"placement": "nowhere"}},
        {"cluster_px": 1e9},
        {"classes": [{"lower": float("nan")}]},
        {"visible_from": float("inf")},
        {"class_count": 2.5},
        {"show_other": "yes"},
    ],
)
def test_what_is_no_style_of_classes_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        VectorStyle.from_json(values)


def test_scales() -> None:
    style = VectorStyle(visible_from=1_000_000, visible_to=5_000, full_size_at=100_000)
    assert [style.is_shown_at(scale) for scale in (2_000_000, 500_000, 1_000)] == [False, True, False]
    factors = [style.size_factor(scale) for scale in (50_000, 100_000, 200_000, 400_000, 1e9)]
    assert factors[0] == factors[1] == 1.0
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] == 1 / 3
