"""Navigate, box zoom, measure, and what all tools promise."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from layers.document.edit import Edit
from layers.document.marks.mark_shape import measurement_of
from layers.document.marks.measurement import QUANTITIES
from layers.errors import InvalidValue
from layers.geo.measure import area_m2, length_m
from viewer.tools.dragged_box import BoxZoomTool
from viewer.tools.draw import DrawTool
from viewer.tools.edit_vertices import EditVerticesTool
from viewer.tools.measure import MeasureTool
from viewer.tools.navigate import NavigateTool
from viewer.tools.select import SelectTool
from viewer.tools.tool import Tool


def test_every_tool_has_a_name_and_a_hint(desk):
    tools: list[Tool] = [
        kind(desk.context) for kind in (NavigateTool, SelectTool, BoxZoomTool, EditVerticesTool, MeasureTool)
    ]
    tools += [DrawTool(desk.context, kind) for kind in ("point", "line", "polygon")]
    assert len({tool.name for tool in tools}) == len(tools)
    for tool in tools:
        desk.take(tool)
        assert tool.name
        assert desk.canvas.hint
    with pytest.raises(NotImplementedError):
        _ = Tool(desk.context).hint


def test_what_forbids_an_edit_is_said_once(desk):
    tool = desk.take(NavigateTool(desk.context))

    def refuse() -> Edit:
        raise InvalidValue("This cannot be.")

    assert not tool.push(refuse)
    assert desk.said == ["This cannot be."]
    assert not tool.push(lambda: Edit("Nothing", ()))
    assert desk.edits == []


def test_a_double_click_zooms_in_about_the_place(desk):
    desk.take(NavigateTool(desk.context))
    resolution, under = desk.canvas.viewport.resolution, desk.at(9.8, 50.2)
    desk.double_click(9.8, 50.2)
    assert desk.canvas.viewport.resolution == pytest.approx(resolution / 2)
    assert (desk.at(9.8, 50.2) - under).manhattanLength() <= 2


def test_box_zoom(desk):
    desk.take(BoxZoomTool(desk.context))
    before = desk.canvas.viewport.view()
    desk.drag((9.7, 50.2), (10.0, 50.0))
    assert desk.canvas.viewport.resolution < before.grid.resolution / 2
    assert desk.canvas.viewport.centre_lonlat() == pytest.approx((9.85, 50.1), abs=0.01)


def test_a_measured_length_is_geodesic_and_is_kept_as_a_mark(desk):
    tool = desk.take(MeasureTool(desk.context))
    for place in [(9.6, 50.0), (10.0, 50.2), (10.3, 49.9)]:
        desk.click(*place)
    lons, lats = zip(*tool.places, strict=True)
    readout = tool.readout
    assert "°" in readout
    desk.key(Qt.Key.Key_Return)
    (edit,) = desk.edits
    (uuid,) = desk.canvas.selection.uuids
    assert edit.label == "Add measurement"
    assert measurement_of(desk.sites[uuid]).result == pytest.approx(length_m(lons, lats), abs=1e-6)
    assert readout.startswith(f"{measurement_of(desk.sites[uuid]).text} (last leg ")
    desk.click(9.5, 49.7)
    assert len(tool.places) == 1, "a click begins the next one"
    desk.key(Qt.Key.Key_Escape)
    assert not tool.places
    assert len(desk.edits) == 1


@pytest.mark.bounded_after(5)
@pytest.mark.parametrize("quantity", list(QUANTITIES))
@pytest.mark.parametrize("resolution", [100.0, 20_000.0])
def test_what_is_read_while_measuring_is_no_finer_than_the_result(desk, quantity, resolution):
    tool = desk.take(MeasureTool(desk.context, quantity))
    viewport = desk.canvas.viewport
    viewport.zoom_about(200, 150, viewport.resolution / resolution)
    places = [(px, py) for px, py in ((200, 150), (260, 170), (230, 210))][: tool.places_wanted or 3]
    lonlats = [viewport.lonlat(*place) for place in places]
    for place in lonlats[:-1]:
        desk.click(*place)
    place, none = QPointF(desk.at(*lonlats[-1])), Qt.MouseButton.NoButton
    to_last = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(desk.canvas, to_last)
    readout = tool.readout
    desk.click(*lonlats[-1])
    if not tool.places_wanted:
        desk.key(Qt.Key.Key_Return)
    (uuid,) = desk.canvas.selection.uuids
    result = measurement_of(desk.sites[uuid])
    assert "±" in result.text
    digits = result.text.split(" ±")[0]
    assert digits in readout if quantity == "perimeter" else readout.startswith(result.text)


def test_what_is_measured_is_kept_when_another_tool_is_taken(desk):
    tool = desk.take(MeasureTool(desk.context))
    desk.click(9.6, 50.0)
    desk.take(NavigateTool(desk.context))
    assert desk.edits == [], "one place measures nothing"
    desk.canvas.set_tool(tool)
    desk.click(9.6, 50.0)
    desk.click(10.0, 50.2)
    desk.hover(10.3, 50.3)
    desk.take(NavigateTool(desk.context))
    (edit,) = desk.edits
    assert len(edit.changes[0].after.geometry.coords) == 2, "not to where the pointer happened to be"


def test_closing_the_ring_measures_the_area(desk):
    tool = desk.take(MeasureTool(desk.context))
    for place in [(9.6, 50.0), (10.0, 50.0), (10.0, 50.2)]:
        desk.click(*place)
    lons, lats = zip(*tool.places, strict=True)
    desk.click(9.6, 50.0)
    (uuid,) = desk.canvas.selection.uuids
    found = measurement_of(desk.sites[uuid])
    assert (found.quantity, found.result) == ("area", pytest.approx(area_m2(lons, lats), abs=1e-6))
    desk.click(9.8, 49.8)
    assert len(tool.places) == 1, "a click starts anew"


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_places_that_measure_nothing_are_refused_in_a_sentence(desk, quantity):
    desk.take(MeasureTool(desk.context, quantity))
    places = [(9.6, 50.0), (9.6, 50.0), (9.6, 50.0)]
    if QUANTITIES[quantity].geometry == "polygon":
        places = [(9.6, 50.0), (10.0, 50.2), (10.0, 50.0), (9.6, 50.2)]
    for place in places[: QUANTITIES[quantity].places]:
        desk.click(*place)
    desk.key(Qt.Key.Key_Return)
    assert desk.edits == []
    assert desk.said
    assert all(said.endswith(".") for said in desk.said)
