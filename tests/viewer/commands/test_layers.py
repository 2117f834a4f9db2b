"""The layer stack: where new layers land, moves, and the arithmetic of order keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.colour.palettes import LAYER_COLORS, layer_seed
from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import InvalidValue
from viewer.commands.layers import add_layer, move_layers, remove_layers, update_layer
from viewer.commands.meta import set_meta, set_sites_visible, sites_visible


def _names(document: Document) -> list[str]:
    return [layer.name for layer in document.layers_in_order()]


def _stack(*names: str, kind: str = "raster") -> Document:
    return Document(
        {"layers": [Layer(uuid=name, kind=kind, name=name, order_key=float(i + 1)) for i, name in enumerate(names)]}
    )


def test_imagery_lands_under_the_vectors_that_lie_on_top() -> None:
    document = Document()
    for kind, name in [("raster", "blue"), ("vector", "coast"), ("tiles", "gibs"), ("vector", "roads")]:
        document.apply(add_layer(document, kind, name, {"path": name}, actor="Li"))
    assert _names(document) == ["blue", "gibs", "coast", "roads"]
    document.apply(move_layers(document, [u for u, x in document.layers.items() if x.name == "blue"], 3, actor="Li"))
    document.apply(add_layer(document, "raster", "scene", {"path": "x"}, actor="Li"))
    assert _names(document) == ["gibs", "coast", "roads", "blue", "scene"]


def test_each_of_the_first_vector_layers_begins_in_a_colour_of_its_own() -> None:
    document = Document()
    for number in range(2 * len(LAYER_COLORS)):
        document.apply(add_layer(document, "vector", str(number), {"path": "x"}, actor="Li"))
    seeds = [layer_seed(layer.uuid) for layer in document.layers_in_order()]
    every = list(range(len(LAYER_COLORS)))
    assert sorted(seeds[: len(LAYER_COLORS)]) == sorted(seeds[len(LAYER_COLORS) :]) == every


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=80))
def test_a_move_puts_the_layer_exactly_there(moves: list[tuple[int, int]]) -> None:
    document, expected = _stack("a", "b", "c", "d", "e"), ["a", "b", "c", "d", "e"]
    for which, position in moves:
        name = "abcde"[which]
        before = dict(document.layers)
        edit = move_layers(document, [name], position, actor="Li")
        document.apply(edit)
        document.apply(edit.inverse())
        assert dict(document.layers) == before
        document.apply(edit)
        expected.remove(name)
        expected.insert(position, name)
        assert _names(document) == expected


def test_moves_between_the_same_two_renumber_when_no_number_is_left() -> None:
    document = _stack("a", "b", "c")
    widest = 0
    for index in range(120):
        edit = move_layers(document, ["cb"[index % 2]], 1, actor="Li")
        widest = max(widest, len(edit.changes))
        document.apply(edit)
        assert len({layer.order_key for layer in document.layers.values()}) == 3
    assert widest > 1


def test_several_layers_move_together_in_their_order() -> None:
    document = _stack("a", "b", "c", "d", "e")
    edit = move_layers(document, ["d", "a"], 1, actor="Li")
    document.apply(edit)
    assert _names(document) == ["b", "a", "d", "c", "e"]
    assert edit.label == "Move 2 layers"
    assert move_layers(document, ["d", "a"], 1, actor="Li").changes == ()


def test_equal_order_keys_are_mended_by_a_move() -> None:
    layers = [Layer(uuid=name, kind="raster", name=name) for name in "abcd"]
    document = Document({"layers": layers})
    document.apply(move_layers(document, ["d"], 1, actor="Li"))
    assert _names(document) == ["a", "d", "b", "c"]


def test_labels_say_what_happens() -> None:
    document = _stack("coast")
    hide = update_layer(document, "coast", actor="Li", visible=False)
    assert hide.label == "Hide layer “coast”"
    assert update_layer(document, "coast", actor="Li", opacity=0.5).label == "Change opacity of layer “coast”"
    assert update_layer(document, "coast", actor="Li", name="shore").label == "Rename layer “coast”"
    assert remove_layers(document, ["coast"], actor="Li").label == "Remove layer “coast”"


@pytest.mark.parametrize(
    "fields",
    [
        {"opacity": 1.5},
        {"opacity": -0.1},
        {"name": "  "},
        {"style_json": "[1]"},
        {"style_json": "{"},
        {"date_kind": "often"},
        {"acquired_at": "soon"},
        {"acquired_at": "1985-12-31/1985-01-01"},
        {"acquired_at": "2020", "date_kind": "instant"},
        {"acquired_at": "2020-01/2020-03", "date_kind": "instant"},
    ],
)
def test_values_outside_their_column_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        update_layer(_stack("a"), "a", actor="Li", **fields)


@pytest.mark.parametrize(
    ("kind", "stood", "date", "told"),
    [
        ("raster", ("", "unknown", ""), "2020-08-31", ("2020-08-31", "instant", "analyst")),
        ("raster", ("", "unknown", ""), "2020-08-31T10:00Z", ("2020-08-31T10:00Z", "instant", "analyst")),
        ("raster", ("", "unknown", ""), "2020-08", ("2020-08", "interval", "analyst")),
        ("tiles", ("", "unknown", ""), "2020-08-31", ("2020-08-31", "interval", "analyst")),
        ("raster", ("2019-01-01", "instant", "metadata"), "2020-08", ("2020-08", "interval", "analyst")),
        ("raster", ("2019-01-01", "interval", "analyst"), "2020-08-31", ("2020-08-31", "interval", "analyst")),
        ("raster", ("2019", "composite", "metadata"), "2020-08-31", ("2020-08-31", "composite", "analyst")),
        ("raster", ("2020-08-31", "instant", "analyst"), "", ("", "unknown", "")),
        ("raster", ("2019", "composite", "analyst"), "", ("", "composite", "")),
        ("raster", ("2019-01-01", "instant", "metadata"), "2019-01-01", ("2019-01-01", "instant", "metadata")),
    ],
)
def test_a_date_tells_its_kind_and_who_says_it(
    kind: str, stood: tuple[str, str, str], date: str, told: tuple[str, str, str]
) -> None:
    row = Layer(uuid="a", kind=kind, name="a", acquired_at=stood[0], date_kind=stood[1], date_basis=stood[2])
    document = Document({"layers": [row]})
    document.apply(update_layer(document, "a", actor="Li", acquired_at=date))
    layer = document.layers["a"]
    assert (layer.acquired_at, layer.date_kind, layer.date_basis) == told


def test_layers_of_an_unknown_kind_are_refused() -> None:
    with pytest.raises(InvalidValue):
        add_layer(Document(), "hologram", "x", {}, actor="Li")


def test_sites_can_be_hidden_and_shown_and_undone() -> None:
    document = Document()
    assert sites_visible(document)
    hide = set_sites_visible(document, False, actor="Li")
    document.apply(hide)
    assert not sites_visible(document)
    document.apply(hide.inverse())
    assert sites_visible(document)


def test_facts_about_the_case_are_set_changed_and_left_alone() -> None:
    document = Document()
    document.apply(set_meta(document, "title", "Case", actor="Li"))
    document.apply(set_meta(document, "title", "Case 2", actor="Li"))
    assert document.meta("title") == "Case 2"
    assert set_meta(document, "title", "Case 2", actor="Li").changes == ()
    assert set_meta(document, "summary", "", actor="Li").changes == ()
