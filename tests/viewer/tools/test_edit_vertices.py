"""Vertices by mouse and keys: one edit a gesture."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import Qt

from layers.errors import InvalidValue
from viewer.commands.imagery.searches import record_search
from viewer.commands.shapes.exact import scale_mark
from viewer.commands.sites import add_site, reshape_site, update_site
from viewer.tools.edit_vertices import EditVerticesTool


@pytest.fixture
def tool(desk) -> EditVerticesTool:
    tool = desk.take(EditVerticesTool(desk.context))
    desk.canvas.selection.set({"field"})
    return tool


def ring(desk) -> list[tuple[float, float]]:
    return list(desk.sites["field"].geometry.exterior.coords)


def test_a_vertex_is_dragged_and_the_ring_stays_closed(desk, tool):
    desk.drag((9.5, 50.1), (9.45, 50.05), release=False)
    assert desk.edits == []
    desk.drag((9.45, 50.05), (9.45, 50.05))
    assert len(desk.edits) == 1
    coords = ring(desk)
    assert coords[0] == coords[-1] == pytest.approx((9.45, 50.05), abs=desk.degrees())
    assert len(coords) == 5
    assert desk.edits[0].label.startswith("Reshape")


def test_the_dot_between_two_makes_a_vertex_by_click_or_drag(desk, tool):
    desk.click(9.65, 50.1)
    assert len(ring(desk)) == 6
    desk.drag((9.65, 50.3), (9.65, 50.35))
    assert len(ring(desk)) == 7
    assert (9.65, 50.35) in [pytest.approx(place, abs=desk.degrees(2.5)) for place in ring(desk)]
    assert len(desk.edits) == 2


def test_delete_removes_the_marked_vertex_but_never_the_site(desk, tool):
    desk.key(Qt.Key.Key_Delete)
    assert desk.edits == [], "no vertex is marked"
    desk.click(9.8, 50.3)
    desk.key(Qt.Key.Key_Delete)
    assert len(ring(desk)) == 4
    desk.click(9.8, 50.1)
    desk.key(Qt.Key.Key_Delete)
    assert len(ring(desk)) == 4, "three vertices are the least"
    assert desk.said
    assert "field" in desk.sites


def test_a_line_too(desk, tool):
    desk.canvas.selection.set({"line"})
    desk.drag((9.6, 49.8), (9.6, 49.75))
    assert desk.sites["line"].geometry.coords[0] == pytest.approx((9.6, 49.75), abs=desk.degrees())


def test_an_area_that_was_searched_keeps_its_vertices(desk, tool):
    """Its cells and shares hold for the outline that was gone through."""
    document = desk.canvas.scene.document
    document.apply(update_site(document, "field", actor="me", mark_kind="search area"))
    search = {"area_uuid": "field", "result": "none seen", "target": "a kiln", "target_size_m": 30.0}
    document.apply(record_search(document, actor="me", assessed_pct=92.0, **search))
    before = ring(desk)
    desk.edits.clear()
    desk.drag((9.5, 50.1), (9.45, 50.05))
    desk.click(9.65, 50.1)
    desk.key(Qt.Key.Key_Delete)
    assert (desk.edits, ring(desk)) == ([], before)
    assert desk.said == [
        "This area was searched: its outline belongs to the search. Draw another area to search there."
    ]
    assert tool.hint == desk.said[0]
    moved = shapely.affinity.translate(desk.sites["field"].geometry, 0.1)
    for change in (
        lambda: reshape_site(document, "field", moved, actor="me"),
        lambda: scale_mark(document, "field", 2.0, actor="me"),
    ):
        with pytest.raises(InvalidValue, match="belongs to the search"):
            change()


def test_a_crossing_is_refused_in_words(desk, tool):
    before = ring(desk)
    desk.drag((9.5, 50.1), (9.85, 50.2))
    assert ring(desk) == before
    assert "cross itself" in desk.said[0]


@pytest.mark.bounded
def test_a_click_on_another_site_goes_over_to_it(desk, tool):
    desk.click(10.4, 49.7)
    assert desk.canvas.selection.uuids == {"line"}
    assert desk.edits == []


def test_escape_drops_the_drag(desk, tool):
    before = ring(desk)
    desk.drag((9.5, 50.1), (9.45, 50.05), release=False)
    desk.key(Qt.Key.Key_Escape)
    assert ring(desk) == before
    assert desk.edits == []


def test_a_box_of_nearly_the_whole_earth_stays_one(desk, tool):
    """Dragged off its parallel, an edge would lead the short way round."""
    wide = shapely.Polygon([(-160, -60), (160, -60), (160, 70), (-160, 70)])
    document = desk.canvas.scene.document
    document.apply(add_site(document, wide, actor="Li", uuid="wide", label="Net"))
    desk.canvas.motion.full_view()
    desk.canvas.selection.set({"wide"})
    beside = desk.at(170, 0)
    empty = desk.canvas.grab().toImage().pixelColor(beside)
    desk.drag((160, 70), (150, 60), release=False)
    assert desk.canvas.grab().toImage().pixelColor(beside) == empty, "what cannot be is not shown"
    assert "reaches nearly all round the Earth" in tool.hint
    desk.release((150, 60))
    assert desk.edits == []
    assert desk.said == ["The site “Net” reaches nearly all round the Earth: draw it anew to change it."]
    desk.hover(-179, -61)
    assert desk.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor, "half-way is not on the other side"
    assert desk.sites["wide"].geometry == wide
