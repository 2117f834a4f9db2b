"""The layers that a bookmark remembers, and what a hostile case may hold in their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.document.bookmark_state import BookmarkState, LayerState, state_of
from layers.document.layer import Layer

STYLE = json.dumps({"bands": [1, 2, 3]})
ODD_TEXTS = ["", "[]", "null", "7", "x", "[" * 100_000, '{"layers": ' * 100_000, '{"layers": NaN}', '{"layers": 1e999}']
ODD_LAYERS: list[Any] = [
    None,
    7,
    "l",
    [],
    {},
    {"uuid": None},
    {"uuid": ""},
    {"uuid": ["l"]},
    {"uuid": 10**400},
]
ODD_FIELDS: list[dict[str, Any]] = [
    {"opacity": 10**400},
    {"opacity": "1"},
    {"opacity": True},
    {"opacity": None},
    {"visible": 1},
    {"visible": "no"},
    {"style_json": 7},
    {"style_json": "["},
    {"style_json": '{"a":' * 50_000},
    {"time": 3},
    {"name": {}},
    {"extra": []},
]


def test_what_is_remembered_comes_back() -> None:
    tiles = Layer(uuid="t", kind="tiles", name="Day", source_json='{"template": "x", "time": "2024-04-12"}')
    image = Layer(uuid="i", kind="raster", name="Scene", visible=False, opacity=0.4, style_json=STYLE)
    state = BookmarkState.of([tiles, image], sites_visible=False)
    assert state_of(state.as_json()) == state
    assert state.layers == (
        LayerState("t", "Day", True, 1.0, "", "2024-04-12"),
        LayerState("i", "Scene", False, 0.4, STYLE, ""),
    )


@pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def test_a_text_that_is_no_state_is_as_none(text: str) -> None:
    assert state_of(text) == BookmarkState()


@pytest.mark.parametrize("row", ODD_LAYERS, ids=range(len(ODD_LAYERS)))
def test_a_layer_without_a_name_of_its_own_is_left_out(row: Any) -> None:
    assert [layer.uuid for layer in state_of(json.dumps({"layers": [row, {"uuid": "ok"}]})).layers] == ["ok"]


@pytest.mark.parametrize("fields", ODD_FIELDS, ids=range(len(ODD_FIELDS)))
def test_odd_values_are_as_if_they_were_not_there(fields: dict[str, Any]) -> None:
    assert state_of(json.dumps({"layers": [{"uuid": "l", **fields}]})).layers == (LayerState("l"),)


def test_the_first_of_two_counts() -> None:
    twice = [{"uuid": "l", "visible": False}, {"uuid": "l", "visible": True}]
    assert state_of(json.dumps({"layers": twice})).layers == (LayerState("l", visible=False),)
