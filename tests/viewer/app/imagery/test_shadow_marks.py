"""Heights from shadows in the real window: drawn by mouse and by keys, judged, refused, checked, undone and redone."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.marks.mark_shape import shape_of_site
from layers.document.marks.shadow_mark import ShadowMark
from layers.document.site import Site
from layers.geo.measure import destination
from layers.time.shadows import instant_of
from tests.support.choices import choose_by_keys, popup
from tests.support.content_hash import content_hash
from tests.support.dialogs import SCREENS, out_of_reach
from tests.support.sun import sun_position
from tests.support.windows import press, settle
from tests.viewer.app.imagery.conftest import AT, MIDDLE, AddImage, write_scene
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.canvas.sites.line_marks import LineMark
from viewer.commands.layers import update_layer
from viewer.panels.shadows.shadow_check import ShadowCheck
from viewer.panels.shadows.shadow_part import ShadowPart
from viewer.panels.sites.shape_rows import ShapePart

pytestmark = popup

Key, Shift = Qt.Key, Qt.KeyboardModifier.ShiftModifier
HEIGHT_M = 900.0
"""The pixels of the scene are 6 m wide."""
SUN = sun_position(instant_of(AT).at, *MIDDLE)


def tip_of(height_m: float = HEIGHT_M, turn_deg: float = 0.0) -> tuple[float, float]:
    """Where the shadow of a vertical object in the middle ends."""
    length_m = height_m / math.tan(math.radians(SUN.apparent_elevation_deg))
    return destination(*MIDDLE, SUN.azimuth_deg - 180.0 + turn_deg, length_m)


def draw(window: MainWindow, desk: Desk, qtbot: QtBot, tip: tuple[float, float] | None = None) -> Site:
    """Shift+H, a click at the foot, a click at the tip."""
    window.canvas.setFocus()
    press(Key.Key_H, Shift)
    assert window.toolbox.in_hand == "tool_shadow_height"
    desk.click(*MIDDLE)
    desk.hover(*(tip or tip_of()))
    desk.click(*(tip or tip_of()))
    settle(window, qtbot)
    return the_site(window)


def the_site(window: MainWindow) -> Site:
    (site,) = window.session.document.sites.values()
    return site


def shape_in(window: MainWindow) -> ShadowMark:
    shape = shape_of_site(the_site(window))
    assert isinstance(shape, ShadowMark)
    return shape


def part_of(window: MainWindow) -> ShadowPart:
    part = window.findChild(ShadowPart)
    assert part is not None
    return part


def enter(window: MainWindow, field: str, text: str) -> None:
    line = part_of(window).fields.fields[field]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Key.Key_Return)


def said_of(window: MainWindow) -> str:
    part = part_of(window)
    facts = "\n".join(f"{name}: {text}" for name, text in part.facts.facts())
    return f"{part.result.text()}\n{part.reasons.text()}\n{facts}\n{part.assumes.text()}"


@pytest.mark.bounded
def test_a_height_is_drawn_by_mouse_follows_its_fields_and_is_undone_to_nothing(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    empty, steps = content_hash(window.session.document), window.session.history.stack.count()
    site, shape = draw(window, desk, qtbot), shape_in(window)
    assert window.session.history.stack.count() == steps + 1, "with its image in the same step"
    assert site.mark_kind == "measurement"
    assert shape.image.acquired_at == AT
    assert shape.result is not None
    assert shape.error is not None
    assert abs(shape.result - HEIGHT_M) < 2 * shape.error < 100
    assert shape.sun_basis == "computed"
    assert site.label == shape.label == f"Height {shape.text}"
    line = LineMark.of(site, shape)
    assert line is not None
    assert line.words == site.label, "on the map"
    assert len(line.ticks("EPSG:3857")[0]) == 2
    kept = json.loads(site.shape_json)
    assert kept["kind"] == "shadow_height"
    assert kept["says"] == shape.text
    assert any("vertical" in one for one in kept["assumes"])
    said = said_of(window)
    assert said.startswith(shape.text)
    assert "computed for 2024-04-12 08:30:00 UTC ± 0.5 s" in said
    for cause in ("pick of the foot", "pick of the tip", "pixels of the image", "elevation of the sun", "slope of the"):
        assert cause in said
    assert "Assumed: the object is vertical; the ground is level within 1°" in said

    enter(window, "slope_deg", "5")
    rising = shape_in(window)
    assert rising.result is not None
    length_m = rising.shadow(site.geometry).length_m
    assert rising.result == pytest.approx(shape.result + length_m * math.tan(math.radians(5.0)), abs=0.01)
    assert the_site(window).label == rising.label, "the label follows"
    assert "the ground rises by 5° ± 1°" in said_of(window)
    enter(window, "slope_deg", "89")
    assert "too steep" in said_of(window)
    assert the_site(window).label == "Shadow, no height"
    enter(window, "slope_deg", "0")
    enter(window, "pick_m", "40 m")
    assert shape_in(window).error > shape.error
    choose_by_keys(part_of(window).fields.fields["is_base_hidden"], "Hidden")
    assert "No height\nThe foot of the object is hidden" in said_of(window)

    whole = content_hash(window.session.document)
    while window.session.history.stack.canUndo() and window.session.document.sites:
        window.action_table["undo"].trigger()
    assert content_hash(window.session.document) == empty
    while window.session.history.stack.canRedo():
        window.action_table["redo"].trigger()
    assert content_hash(window.session.document) == whole


def test_the_tool_says_where_shadows_point_once_the_foot_is_set(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    press(Key.Key_H, Shift)
    assert "the foot of the object" in window.canvas.tool.hint
    desk.click(*MIDDLE)
    desk.hover(*tip_of(turn_deg=20.0))
    assert f"the sun cast shadows to {SUN.azimuth_deg + 180.0:.1f}°" in window.canvas.tool.hint
    bare = window.canvas.grab().toImage()
    press(Key.Key_Escape)
    press(Key.Key_Escape)
    assert window.toolbox.in_hand == "tool_select"
    assert not window.session.document.sites
    assert window.canvas.grab().toImage() != bare


@pytest.mark.bounded
def test_a_height_is_drawn_by_keys_alone_and_follows_a_moved_tip(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.canvas.setFocus()
    press(Key.Key_H, Shift)
    press(Key.Key_Return)
    assert "the tip of its shadow" in window.canvas.tool.hint
    for _ in range(2):
        press(Key.Key_Left)
    press(Key.Key_Return)
    settle(window, qtbot)
    shadow = shape_in(window).shadow(the_site(window).geometry)
    assert shadow.length_m > 500
    assert shadow.azimuth_deg == pytest.approx(270.0, abs=1.0)
    assert "it is no shadow of a vertical object at that time" in said_of(window), "the sun was in the south-east"
    # The leg to the tip is typed: where the sun casts it.
    table = window.findChild(ShapePart)
    assert table is not None
    table.vertices.setCurrentIndex(table.vertices.vertices.index(1, 0))
    for column, text in (("leg_deg", f"{SUN.azimuth_deg + 180.0:.3f}"), ("leg_m", "800 m")):
        line = table.fields.fields[column]
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Key.Key_Return)
    settle(window, qtbot)
    found = shape_in(window)
    assert found.result == pytest.approx(800.0 * math.tan(math.radians(SUN.apparent_elevation_deg)), abs=1.0)
    assert the_site(window).label == found.label
    window.action_table["undo"].trigger()
    window.action_table["undo"].trigger()
    assert shape_in(window).result is None


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"acquired_at": "2024-04-12", "date_kind": "instant"}, "Only the day of this image is known"),
        ({"acquired_at": "2024-04-12", "date_kind": "composite"}, "composite of several images"),
    ],
)
def test_what_the_image_cannot_tell_is_refused_until_its_date_is_stated(
    window: MainWindow, desk: Desk, qtbot: QtBot, fields: dict[str, str], why: str
) -> None:
    document, actor = window.session.document, window.session.actor
    (layer,) = [one.uuid for one in document.layers.values() if one.kind == "raster" and "scene" in one.name]
    window.session.push(update_layer(document, layer, actor=actor, **fields))
    site = draw(window, desk, qtbot)
    assert site.label == "Shadow, no height"
    assert why in said_of(window)
    window.session.push(update_layer(document, layer, actor=actor, acquired_at=AT, date_kind="instant"))
    button = part_of(window).again_button
    button.setFocus()
    QTest.keyClick(button, Key.Key_Space)
    assert the_site(window).label.startswith("Height ")


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"SATELLITE": "WV03", "SUN": (0.5, 0.4)}, "as the image's metadata state it"),
        ({"SATELLITE": "WV03", "SUN": (0.5, -9.0)}, "one of the two is wrong"),
        ({"SATELLITE": "ICEYE-X7"}, "This is a radar image: its shadows are cast by the radar"),
        ({"SENSOR": "TIRS"}, "This is a thermal image"),
    ],
    ids=["stated sun", "wrong sun", "radar", "thermal"],
)
def test_the_sensor_and_the_sun_are_those_of_the_metadata(
    window: MainWindow, desk: Desk, qtbot: QtBot, tmp_path: Path, add_image: AddImage, tags: dict[str, Any], said: str
) -> None:
    turn, lift = tags.pop("SUN", (None, None))
    if turn is not None:
        tags |= {"SUN_AZIMUTH": f"{SUN.azimuth_deg + turn:.3f}", "SUN_ELEVATION": f"{SUN.elevation_deg + lift:.3f}"}
    add_image(write_scene(tmp_path / "other.tif", hole=False, ACQUISITION_DATETIME=AT, **tags))
    desk.canvas.setFocus()
    draw(window, desk, qtbot)
    assert said in said_of(window)
    shape = shape_in(window)
    is_told = "state it" in said
    assert (shape.result is not None) == is_told
    if is_told:
        assert shape.sun_elevation_deg == pytest.approx(SUN.elevation_deg + lift, abs=0.01)
        assert not part_of(window).fields.fields["said_kind"].isEnabled(), "its satellite tells the kind"


@pytest.mark.bounded
def test_a_stated_time_is_checked_and_the_outcome_is_noted(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    action = window.action_table["check_shadow"]
    assert not action.isEnabled()
    site = draw(window, desk, qtbot)
    assert action.isEnabled()
    action.trigger()
    dialog = window.findChild(ShadowCheck)
    assert dialog is not None
    assert out_of_reach(dialog, SCREENS["1366x768 at 1.5"]) == []
    assert dialog.stated.text() == AT, "begins with the time of the image"
    assert "does not contradict this time, which confirms nothing" in dialog.verdict.text()
    assert "On 2024-04-12 these times fit, in UTC: 0" in dialog.fits.text()
    assert dialog.fits.text() == dialog.strip.accessibleDescription()
    assert "By the sun it is 2024-04-12 09:07 there." in dialog.why.text()
    for text, verdict in (
        ("2024-04-12 12:30", "The shadow contradicts this time."),
        ("2024-04-12 11:30+03:00", "does not contradict"),
        ("2024-04-12 22:30", "The shadow contradicts this time."),
        ("2024-04-12", "is no time of a day"),
        ("", "State a time"),
    ):
        dialog.stated.setFocus()
        dialog.stated.selectAll()
        QTest.keyClick(dialog.stated, Key.Key_Delete)
        QTest.keyClicks(dialog.stated, text)
        QTest.keyClick(dialog.stated, Key.Key_Return)
        assert verdict in dialog.verdict.text(), text
        assert "confirms it" not in dialog.verdict.text()
    assert not dialog.note_button.isEnabled()
    QTest.keyClicks(dialog.stated, "2024-04-12 12:30")
    QTest.keyClick(dialog.stated, Key.Key_Return)
    QTest.keyClicks(dialog.minutes, "300")
    QTest.keyClick(dialog.minutes, Key.Key_Return)
    assert "does not contradict" in dialog.verdict.text(), "five hours either way"
    QTest.keyClick(dialog.note_button, Key.Key_Space)
    notes = the_site(window).notes
    assert notes.startswith("Shadow check of 2024-04-12 12:30: The shadow does not contradict")
    assert "vertical" in notes
    window.action_table["undo"].trigger()
    assert the_site(window).notes == site.notes
    window.action_table["undo"].trigger()
    qtbot.waitUntil(lambda: not window.session.document.sites)
    qtbot.waitUntil(lambda: window.findChild(ShadowCheck) is None or not dialog.isVisible())
    assert QApplication.activeModalWidget() is None
