"""Comparisons as a case keeps them, and what a hostile one may hold in their place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.comparison import (
    MODES,
    ComparisonSpec,
    Frame,
    frame_rows,
    read_spec,
    spec_of,
)
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from tests.support.cases.spoiled_json import spoiled

UUIDS = st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    layers = draw(UUIDS)
    some = st.dictionaries(st.sampled_from(layers), st.sampled_from(["2024-04-12", "x"]))
    styles = st.dictionaries(st.sampled_from(layers), st.just({"bands": [3, 2, 1]}))
    return Frame(layers, draw(st.text(max_size=5)), draw(some), draw(styles))


BOUNDS = st.sampled_from([None, Bounds(-1.0, -2.0, 3.0, 4.5), Bounds(170.0, 50.0, 190.0, 60.0)])
SPECS = st.builds(
    ComparisonSpec,
    st.lists(frames(), min_size=2, max_size=4).map(tuple),
    st.sampled_from(MODES),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.5, 5.0),
    st.booleans(),
    BOUNDS,
)


@pytest.mark.bounded
@given(SPECS)
def test_what_is_kept_comes_back(spec: ComparisonSpec) -> None:
    assert read_spec(spec.to_json()) == spec
    assert spec.swapped().swapped() == spec
    assert set(spec.swapped().layers) == set(spec.layers)


ODD_TEXTS = ["", "[]", "null", "7", "x", "[" * 100_000, '{"frames": ' * 100_000, '{"frames": NaN}', '{"frames": []}']


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_a_text_that_is_no_comparison_counts_as_none(text: str) -> None:
    assert read_spec(text) is None


def test_whatever_a_case_holds_is_a_sound_comparison_or_none() -> None:
    styles = {"a": {"bands": [1]}}
    frame = Frame(("a", "b"), "before", {"a": "2024-04-12"}, styles)
    sound = json.loads(replace(spec_of("a", "b"), frames=(frame, frame), bounds=Bounds(0, 0, 1, 1)).to_json())
    seen = 0
    for data in spoiled(sound):
        text = json.dumps(data, ensure_ascii=True)
        spec = read_spec(text)
        if spec is None:
            continue
        seen += 1
        assert 2 <= len(spec.frames) <= 4
        assert spec.mode in MODES
        assert 0 <= spec.position <= 1
        assert 0 <= spec.position_y <= 1
        assert 0.5 <= spec.rate_hz <= 5
        assert read_spec(spec.to_json()) == spec
    assert seen > 200
    odd = {"frames": sound["frames"], "mode": "melt", "position": 7, "rate_hz": 1e9, "match": "yes", "bounds": [3, 2]}
    assert read_spec(json.dumps(odd)) == ComparisonSpec((frame, frame), position=1.0, rate_hz=5.0)


def rows() -> list[Layer]:
    tiles: dict[str, Any] = {"template": "https://x/{time}/{z}/{x}/{y}", "time": "2024-04-12"}
    return [
        Layer(uuid="base", kind="raster", name="Base", order_key=0.0),
        Layer(uuid="old", kind="raster", name="Old", order_key=1.0, visible=False),
        Layer(uuid="new", kind="raster", name="New", order_key=2.0, style_json='{"bands": [1]}'),
        Layer(uuid="day", kind="tiles", name="Day", order_key=3.0, source_json=json.dumps(tiles)),
        Layer(uuid="roads", kind="vector", name="Roads", order_key=4.0),
        Layer(uuid="coast", kind="vector", name="Coast", order_key=5.0, visible=False),
    ]


def test_a_frame_shows_its_own_images_and_all_else_but_images_as_on_the_map() -> None:
    spec = spec_of(("old",), ("new",))
    assert [row.uuid for row in frame_rows(spec, 0, rows()) if row.visible] == ["old", "roads"]
    assert [row.uuid for row in frame_rows(spec, 1, rows()) if row.visible] == ["new", "roads"]
    assert [row.uuid for row in frame_rows(spec, 1, rows())] == [row.uuid for row in rows()]


def test_a_frame_has_days_and_styles_of_its_own() -> None:
    day = Frame(("day",), dates={"day": "2023-01-01", "old": "2022-01-01"})
    new = Frame(("new",), styles={"new": {"bands": [3, 2, 1]}}, dates={"new": "2023-01-01"})
    spec = ComparisonSpec((day, new))
    (shown,) = (row for row in frame_rows(spec, 0, rows()) if row.visible and row.kind != "vector")
    assert shown.source["time"] == "2023-01-01"
    assert shown.source["template"] == "https://x/{time}/{z}/{x}/{y}"
    (styled,) = (row for row in frame_rows(spec, 1, rows()) if row.visible and row.kind != "vector")
    assert styled.style == {"bands": [3, 2, 1]}
    assert "time" not in styled.source, "a file has one date: it is told by its metadata"
