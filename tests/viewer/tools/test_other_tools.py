"""Navigate, box zoom, measure, and what all tools promise."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from layers.document.edit import Edit
from layers.errors import InvalidValue
from layers.geo.measure import area_m2, length_m
from layers.text.measures import area_text, length_text
from viewer.tools.box_zoom import BoxZoomTool
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


def test_measure_is_geodesic_and_stays_until_cleared(desk):
    tool = desk.take(MeasureTool(desk.context))
    plain = desk.canvas.grab_picture()
    for place in [(9.6, 50.0), (10.0, 50.2), (10.3, 49.9)]:
        desk.click(*place)
    desk.key(Qt.Key.Key_Return)
    lons, lats = zip(*tool._places, strict=True)
    assert tool.readout.startswith(length_text(length_m(lons, lats)))
    assert "°" in tool.readout
    measured = desk.canvas.grab_picture()
    desk.hover(9.5, 49.7)
    assert desk.canvas.grab_picture() == measured, "finished: the mouse changes nothing"
    desk.take(NavigateTool(desk.context))
    desk.canvas.set_tool(tool)
    assert desk.canvas.grab_picture() == measured, "kept while another tool was at work"
    desk.key(Qt.Key.Key_Escape)
    assert desk.canvas.grab_picture() == plain
    assert desk.edits == []


def test_closing_the_ring_measures_the_area(desk):
    tool = desk.take(MeasureTool(desk.context))
    for place in [(9.6, 50.0), (10.0, 50.0), (10.0, 50.2), (9.6, 50.0)]:
        desk.click(*place)
    lons, lats = zip(*tool._places, strict=True)
    assert len(lons) == 3
    assert tool.readout.startswith(area_text(area_m2(lons, lats)))
    desk.click(9.8, 49.8)
    assert len(tool._places) == 1, "a click starts anew"
