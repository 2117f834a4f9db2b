"""Bookmarks are added, moved and updated by edits; going to one shows its layers by one edit."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import Bookmark
from layers.errors import InvalidValue
from viewer.commands.bookmarks import (
    add_bookmark,
    bookmarks_in_order,
    delete_bookmarks,
    lost_layers,
    move_bookmark,
    rename_bookmark,
    show_layers_of,
    update_bookmark,
)
from viewer.commands.layers import add_layer, remove_layers, update_layer
from viewer.commands.meta import set_sites_visible, sites_visible

VIEW = json.dumps({"crs": "EPSG:3857", "x": 1.0, "y": 2.0, "resolution": 3.0, "rotation_deg": 0.0})
OTHER = json.dumps({"crs": "EPSG:32652", "x": 5e5, "y": 6e6, "resolution": 1.0, "rotation_deg": 30.0})
STYLE = json.dumps({"bands": [3, 2, 1]})


@pytest.fixture
def document() -> Document:
    tiles = json.dumps({"template": "https://x/{time}/{z}/{x}/{y}", "time": "2024-04-12"})
    return Document(
        {
            "layers": [
                Layer(uuid="tiles", kind="tiles", name="Day", order_key=1.0, source_json=tiles),
                Layer(uuid="scene", kind="raster", name="Scene", order_key=2.0, opacity=0.5, style_json=STYLE),
            ]
        }
    )


def names(document: Document) -> list[str]:
    return [bookmark.name for bookmark in bookmarks_in_order(document)]


def test_bookmarks_are_a_tour_in_order(document: Document) -> None:
    for name in ("a", "b", ""):
        document.apply(add_bookmark(document, VIEW, name=name, actor="Li"))
    first = bookmarks_in_order(document)[0]
    document.apply(add_bookmark(document, VIEW, name="after a", after=first.uuid, actor="Li"))
    assert names(document) == ["a", "after a", "b", "View 3"]
    rename = rename_bookmark(document, first.uuid, "  pad  1 ", actor="Li")
    document.apply(rename)
    assert names(document)[0] == "pad 1"
    gone = delete_bookmarks(document, [first.uuid], actor="Li")
    document.apply(gone)
    assert names(document) == ["after a", "b", "View 3"]
    document.apply(gone.inverse())
    assert names(document)[0] == "pad 1"
    for name in ("", " ", "x" * 201):
        with pytest.raises(InvalidValue):
            rename_bookmark(document, first.uuid, name, actor="Li")
    with pytest.raises(InvalidValue):
        add_bookmark(document, '{"crs": "EPSG:3857"}', actor="Li")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=80))
def test_a_move_puts_the_bookmark_exactly_there(moves: list[tuple[int, int]]) -> None:
    rows = [Bookmark(uuid=name, name=name, order_key=0.0) for name in "abcd"]  # as of a case that never ordered them
    document, expected = Document({"bookmarks": rows}), list("abcd")
    for taken, place in moves:
        name = expected.pop(taken)
        expected.insert(place, name)
        edit = move_bookmark(document, name, place, actor="Li")
        document.apply(edit)
        assert names(document) == expected


def test_going_to_a_bookmark_shows_its_layers_by_one_edit(document: Document) -> None:
    document.apply(add_bookmark(document, VIEW, uuid="mark", actor="Li"))
    assert not show_layers_of(document, "mark", actor="Li").changes
    later = json.dumps({**document.layers["tiles"].source, "time": "2025-01-01"})
    before = dict(document.layers)
    document.apply(update_layer(document, "scene", actor="Li", visible=False, opacity=1.0, style_json=""))
    document.apply(update_layer(document, "tiles", actor="Li", source_json=later))
    document.apply(add_layer(document, "vector", "Roads", {"path": "r"}, uuid="roads", actor="Li"))
    document.apply(set_sites_visible(document, False, actor="Li"))
    edit = show_layers_of(document, "mark", actor="Li")
    document.apply(edit)
    for uuid, was in before.items():
        now = document.layers[uuid]
        assert replace(now, rev=was.rev, modified_at=was.modified_at, modified_by=was.modified_by) == was
    assert not document.layers["roads"].visible
    assert sites_visible(document)
    document.apply(edit.inverse())
    assert not document.layers["scene"].visible
    assert document.layers["tiles"].source["time"] == "2025-01-01"
    assert document.layers["roads"].visible
    document.apply(update_bookmark(document, "mark", OTHER, actor="Li"))
    assert document.bookmarks["mark"].viewport_json == OTHER
    assert not show_layers_of(document, "mark", actor="Li").changes


def test_a_layer_that_is_gone_is_named_where_it_was_shown(document: Document) -> None:
    document.apply(add_bookmark(document, VIEW, uuid="mark", actor="Li"))
    assert lost_layers(document, "mark") == []
    document.apply(remove_layers(document, ["scene"], actor="Li"))
    assert lost_layers(document, "mark") == ["Scene"]


@pytest.mark.parametrize("state", ["", "{}", "nonsense", '{"layers": 7}'])
def test_a_bookmark_without_layers_leaves_them(document: Document, state: str) -> None:
    document.apply(add_bookmark(document, VIEW, uuid="mark", actor="Li"))
    bare = Document(
        {"layers": document.layers.values(), "bookmarks": [replace(document.bookmarks["mark"], state_json=state)]}
    )
    bare.apply(update_layer(bare, "scene", actor="Li", visible=False))
    assert not show_layers_of(bare, "mark", actor="Li").changes
