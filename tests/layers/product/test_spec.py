"""Specs of products: what is written is read again, and hostile JSON makes a sound spec or none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.comparison import Frame
from layers.geo.bounds import Bounds
from layers.product.spec import (
    GRATICULES,
    LAYOUTS,
    PAGES,
    PARTS,
    Override,
    ProductMap,
    ProductSpec,
    overrides_json,
    page_of_pixels,
    read_overrides,
    read_spec,
)

_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_a_spec_is_read_as_it_was_written() -> None:
    frames = (Frame(("a", "b"), "1985", {"a": "1985-01-01"}, {"b": {"gamma": 2}}), Frame(("c",)))
    spec = ProductSpec(
        layout="before-after",
        page="1600x1000",
        dpi=96,
        dark=True,
        title="长光卫星 — Чита",
        marking="TLP:GREEN",
        bounds=Bounds(10, 20, 30, 40),
        maps=(ProductMap(frames[0], None, "Before"), ProductMap(frames[1], Bounds(1, 2, 3, 4), "", ("u1",))),
        comparison="c1",
        graticule="MGRS",
        left_out=frozenset({"legend", "labels"}),
        moved={"label:u1": (1.5, -2.0), "legend": (0.0, 3.0)},
    )
    assert read_spec(spec.to_json()) == spec
    assert read_spec(ProductSpec().to_json()) == ProductSpec()


def test_a_thing_moved_back_is_not_moved() -> None:
    spec = ProductSpec().with_moved("legend", 4, 5)
    assert spec.moved == {"legend": (4, 5)}
    assert spec.with_moved("legend", 0, 0) == ProductSpec()


@pytest.mark.bounded
@given(
    st.dictionaries(
        st.sampled_from(
            ["kind", "layout", "page", "dpi", "bounds", "maps", "left_out", "moved", "graticule", "title", "grey"]
        ),
        _ANY_JSON
        | st.sampled_from([*LAYOUTS, *PAGES])
        | st.lists(st.fixed_dictionaries({"frame": _ANY_JSON, "marks": _ANY_JSON}), max_size=8),
    )
)
def test_any_json_makes_a_sound_spec_or_none(data: dict[str, object]) -> None:
    for also in ({}, {"kind": "map"}, {"kind": "map", "layout": "panels"}):
        spec = read_spec(json.dumps({**data, **also}))
        if spec is not None:
            assert read_spec(spec.to_json()) == spec
            assert min(spec.page_mm) > 0
            assert spec.left_out <= set(PARTS)
            assert spec.graticule in GRATICULES
            assert 1 <= len(spec.maps) <= 6


def test_overrides_need_a_rule_and_a_reason() -> None:
    one = Override("credit", "map 1", "the author made the drawing", "A. N.", "2026-11-27T20:00:00Z")
    assert read_overrides(overrides_json([one])) == (one,)
    assert overrides_json([]) == ""
    assert read_overrides("") == ()
    assert read_overrides(overrides_json([one._replace(reason=" ")])) == ()
    assert read_overrides('{"overrides": [1, {"rule": [], "reason": "x"}]}') == ()


def test_pages_of_pixels() -> None:
    page = page_of_pixels("1600x1000")
    assert page is not None
    assert round(page.width_mm * 96 / 25.4) == 1600
    assert page_of_pixels("0x10") is None
    assert page_of_pixels("A4") is None
    assert page_of_pixels("٣x٣") is None
