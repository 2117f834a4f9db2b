"""Marks moved, nudged, copied and deleted in the real window: each gesture is one step, no single key destroys."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from layers.document.edit import TABLES
from layers.document.marks.mark_shape import (
    Arrow,
    Callout,
    Circle,
    Freehand,
    MarkShape,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    as_json,
    shape_of_site,
)
from layers.geo.measure import destination, distance_m
from tests.support.windows import press, shown_where
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.sites.site_form import SiteFormPanel

Key, Nothing, Left = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLACE = (9.5, 50.2)
LINE = shapely.LineString([(9.4, 50.1), (9.5, 50.2), (9.6, 50.15)])
AREA = shapely.Polygon([(9.4, 50.1), (9.6, 50.1), (9.6, 50.25), (9.45, 50.3)])
POINT = shapely.Point(PLACE)
_BOX, _CIRCLE = Rectangle(PLACE, 12_000.0, 8000.0, 20.0), Circle(PLACE, 5000.0)
_RINGS = RangeRing(PLACE, (3000.0, 6000.0))
MARKS: dict[str, tuple[shapely.Geometry, MarkShape | None]] = {
    "point": (POINT, None),
    "line": (LINE, None),
    "polygon": (AREA, None),
    "rectangle": (_BOX.geometry(), _BOX),
    "circle": (_CIRCLE.geometry(), _CIRCLE),
    "range ring": (_RINGS.geometry(), _RINGS),
    "freehand": (LINE, Freehand(2.0)),
    "arrow": (LINE, Arrow("both")),
    "text": (POINT, TextMark("Test stand")),
    "callout": (POINT, Callout("Test stand", (9.6, 50.3))),
    "numbered marker": (POINT, Numbered(3, locked=True)),
}

type Mark = Callable[..., str]


@pytest.fixture
def mark(window: MainWindow, desk: Desk) -> Mark:
    """Adds a mark of a kind to the case, and selects it."""

    def add(kind: str, uuid: str = "mark") -> str:
        geometry, shape = MARKS[kind]
        fields: dict[str, str | int] = {} if shape is None else {"shape_json": as_json(shape)}
        if isinstance(shape, Numbered):
            fields["number"] = shape.number
        window.session.push(add_site(window.session.document, geometry, actor="Li", uuid=uuid, **fields))
        window.selection.set({uuid})
        return uuid

    return add


def rows(window: MainWindow) -> dict[str, object]:
    """All sites as they stand, but for who touched them when."""
    sites = window.session.document.sites.values()
    return {site.uuid: (site.geometry.wkt, site.shape_json, site.label) for site in sites}


@pytest.mark.bounded
@pytest.mark.sampled(4)
@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_is_dragged_nudged_and_copied_as_what_it_is(
    window: MainWindow, desk: Desk, mark: Mark, kind: str
) -> None:
    uuid = mark(kind)
    before = rows(window)
    shape = shape_of_site(window.session.document.sites[uuid])
    at = MARKS[kind][0].boundary.coords[0] if kind == "polygon" else shapely.get_coordinates(MARKS[kind][0])[0]
    desk.drag(tuple(at), (at[0] + 0.1, at[1] - 0.1))
    dragged = rows(window)
    assert dragged != before
    for _ in range(3):
        press(Key.Key_Right)
    press(Key.Key_Up, Shift)
    nudged = rows(window)
    assert nudged != dragged
    moved = shape_of_site(window.session.document.sites[uuid])
    assert type(moved) is type(shape)
    press(Key.Key_D, Control)
    assert len(rows(window)) == 2
    (copied,) = window.selection.uuids - {uuid}
    copy = window.session.document.sites[copied]
    assert type(shape_of_site(copy)) is type(shape)
    if kind == "numbered marker":
        assert shape_of_site(copy) == Numbered(4)
    assert QApplication.focusWidget().accessibleName() == "Label"
    for wanted in (nudged, dragged, before):
        window.action_table["undo"].trigger()
        assert rows(window) == wanted
    for wanted in (dragged, nudged):
        window.action_table["redo"].trigger()
        assert rows(window) == wanted


@pytest.mark.bounded
@pytest.mark.parametrize("tool", ["tool_select", "tool_edit_vertices", "tool_pan"])
def test_no_single_key_destroys_anything(window: MainWindow, desk: Desk, mark: Mark, tool: str) -> None:
    """Every printable key and Backspace, on the map with a mark selected and nothing being drawn."""
    mark("polygon")
    mark("circle", "other")
    document = window.session.document
    before, there = rows(window), {table: set(document.table(table)) for table in TABLES}
    keys = [*string.ascii_lowercase, *string.ascii_uppercase, *string.digits, *string.punctuation, " ", "\b"]
    for letter in keys:
        window.toolbox.take(tool)
        window.selection.set({"mark"})
        window.canvas.setFocus()
        if tool == "tool_edit_vertices":
            desk.click(*AREA.exterior.coords[0])
        if letter == "\b":
            QTest.keyClick(window.canvas, Key.Key_Backspace)
        else:
            QTest.keyClick(window.canvas, letter)
        popup = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if popup is not None:
            popup.close()
        assert rows(window) == before, f"{letter!r} changed the marks"
        assert all(there[table] <= set(document.table(table)) for table in TABLES), f"{letter!r} deleted something"


@pytest.mark.bounded
def test_delete_deletes_what_is_selected_and_says_so(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("polygon")
    mark("circle", "other")
    window.selection.set({"mark", "other"})
    press(Key.Key_Delete)
    assert not rows(window)
    assert "2 sites deleted. Ctrl+Z brings back" in " ".join(line.text for line in window.messages.lines())
    press(Key.Key_Z, Control)
    assert set(rows(window)) == {"mark", "other"}


@pytest.mark.bounded
def test_ten_nudges_are_one_step_that_is_kept_whole(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("point")
    for _ in range(10):
        press(Key.Key_Left)
    moved = window.session.document.sites["mark"].geometry
    step_m = distance_m(*PLACE, moved.x, moved.y)
    assert step_m == pytest.approx(10 * desk.degrees(1.0) * distance_m(9, 50.2, 10, 50.2), rel=1e-3)
    assert window.session.history.stack.count() == 2
    press(Key.Key_Z, Control)
    assert window.session.document.sites["mark"].geometry.equals_exact(POINT)


@pytest.mark.bounded
def test_a_handle_is_dragged_in_the_window_and_undone(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("circle")
    east = shapely.get_coordinates(MARKS["circle"][0])
    lon, lat = east[east[:, 0].argmax()]
    start = desk.at(lon, lat)
    QTest.mousePress(window.canvas, Left, Nothing, start)
    QTest.mouseMove(window.canvas, start + QPoint(20, 0))
    QTest.mouseMove(window.canvas, start + QPoint(40, 0))
    assert "Esc" in window.canvas.hint
    QTest.mouseRelease(window.canvas, Left, Nothing, start + QPoint(40, 0))
    shape = shape_of_site(window.session.document.sites["mark"])
    assert isinstance(shape, Circle)
    assert shape.radius_m > 5500
    press(Key.Key_Z, Control)
    assert shape_of_site(window.session.document.sites["mark"]) == _CIRCLE


def form_of(window: MainWindow) -> SiteFormPanel:
    panel = window.findChild(SiteFormPanel)
    assert panel is not None
    return panel


@pytest.mark.bounded
def test_delete_in_the_list_of_vertices_is_about_a_vertex(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("polygon")
    table = form_of(window).shape_part.vertices
    table.setFocus()
    press(Key.Key_Delete)
    assert len(window.session.document.sites["mark"].geometry.exterior.coords) == 4
    press(Key.Key_Delete)
    assert "mark" in window.session.document.sites
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    press(Key.Key_Z, Control)
    assert len(window.session.document.sites["mark"].geometry.exterior.coords) == 5


@pytest.mark.bounded
def test_a_number_typed_in_the_part_on_the_shape_reaches_nothing_else(
    window: MainWindow, desk: Desk, mark: Mark
) -> None:
    mark("line")
    before = rows(window)
    for sign in [*string.digits, "-", ".", ","]:
        table = form_of(window).shape_part.vertices
        table.setFocus()
        press_text(sign)
        assert window.toolbox.in_hand == "tool_select", sign
        press(Key.Key_Escape)
        assert rows(window) == before, sign


@pytest.mark.bounded
def test_letters_in_the_part_on_the_shape_are_the_tools_and_begin_no_entry(
    window: MainWindow, desk: Desk, mark: Mark
) -> None:
    """As in every other list: a stranger's M after a click on a vertex did nothing."""
    mark("line")
    before = rows(window)
    for letter, tool in {"m": "tool_measure", "p": "tool_point", "l": "tool_line", "v": "tool_select"}.items():
        form_of(window).shape_part.vertices.setFocus()
        press_text(letter)
        assert window.toolbox.in_hand == tool, letter
        assert rows(window) == before, letter


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize(("key", "begun"), [("m", ""), ("P", ""), ("5", "5"), ("-", "-")])
def test_after_a_click_on_a_vertex_only_a_number_begins_an_entry(
    window: MainWindow, desk: Desk, mark: Mark, key: str, begun: str
) -> None:
    mark("line")
    table = form_of(window).shape_part.vertices
    QTest.mouseClick(table.viewport(), Left, Nothing, table.visualRect(table.vertices.index(0, 0)).center())
    assert QApplication.focusWidget() is table
    press_text(key)
    editor = QApplication.focusWidget()
    assert (editor.text() if isinstance(editor, QLineEdit) else "") == begun


@pytest.mark.bounded
def test_every_digit_begins_a_leg_while_one_draws(window: MainWindow, desk: Desk) -> None:
    before = shown_where(window)
    for digit in string.digits:
        window.canvas.setFocus()
        press(Key.Key_L)
        desk.click(9.4, 50.1)
        press_text(digit)
        assert QApplication.focusWidget().accessibleName() == "Length", digit
        press_text("5 km 90")
        press(Key.Key_Return)
        press(Key.Key_Return)
        (site,) = window.session.document.sites.values()
        first, last = site.geometry.coords
        assert distance_m(*first, *last) == pytest.approx(float(digit + "5") * 1000), digit
        assert shown_where(window) == before, "no shortcut of the window has the digit"
        window.session.undo()


@pytest.mark.bounded
def test_a_shape_is_typed_in_the_form_and_undone(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("circle")
    field = form_of(window).shape_part.fields.fields["radius_m"]
    field.setFocus()
    field.selectAll()
    press_text("7.5 km")
    press(Key.Key_Return)
    assert shape_of_site(window.session.document.sites["mark"]) == Circle(PLACE, 7500.0)
    window.canvas.setFocus()
    press(Key.Key_Z, Control)
    assert shape_of_site(window.session.document.sites["mark"]) == _CIRCLE


def press_text(text: str) -> None:
    """Letter by letter, each where the keyboard is by then."""
    for letter in text:
        QTest.keyClick(QApplication.focusWidget(), letter)


# -- the handles that a shape has ---------------------------------------------------------------------------------


def edge(place: tuple[float, float], radius_m: float) -> tuple[float, float]:
    """Where the handle of a radius is: east of the middle."""
    lon, lat = destination(*place, 90.0, radius_m)
    return float(lon), float(lat)


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("key", [Key.Key_E, Key.Key_V])
@pytest.mark.parametrize(("kind", "radii"), [("circle", (5000.0,)), ("range ring", (3000.0, 6000.0))])
def test_a_circle_has_a_handle_in_its_middle_and_one_at_each_radius(
    window: MainWindow, desk: Desk, mark: Mark, kind: str, radii: tuple[float, ...], key: Qt.Key
) -> None:
    mark(kind)
    press(key)
    hint = window.canvas.hint
    assert "no vertices" not in hint
    if key == Key.Key_E:
        assert hint.startswith("Drag its middle to move it, the handle at its edge to change its radius")
    steps = window.session.history.stack.count()
    desk.drag(edge(PLACE, radii[-1]), edge(PLACE, 8000.0))
    shape = shape_of_site(desk.sites["mark"])
    assert isinstance(shape, Circle | RangeRing)
    assert shape.centre == pytest.approx(PLACE)
    grown = shape.radius_m if isinstance(shape, Circle) else shape.radii_m[-1]
    assert grown == pytest.approx(8000.0, abs=3 * desk.degrees() * 111_000)
    desk.drag(PLACE, (9.45, 50.15))
    moved = shape_of_site(desk.sites["mark"])
    assert isinstance(moved, Circle | RangeRing)
    assert moved.centre == pytest.approx((9.45, 50.15), abs=2 * desk.degrees())
    assert (moved.radius_m if isinstance(moved, Circle) else moved.radii_m[-1]) == grown
    assert window.selection.uuids == {"mark"}
    assert window.session.history.stack.count() == steps + 2
    window.session.undo()
    window.session.undo()
    assert shape_of_site(desk.sites["mark"]) == MARKS[kind][1]


@pytest.mark.bounded
def test_e_changes_a_rectangle_by_its_corners_and_esc_gives_a_drag_up(
    window: MainWindow, desk: Desk, mark: Mark
) -> None:
    mark("rectangle")
    press(Key.Key_E)
    assert window.canvas.hint.startswith("Drag a corner to change its size, the handle above it to turn it")
    box = MARKS["rectangle"][1]
    assert isinstance(box, Rectangle)
    corner = tuple(map(float, box.corners[1]))
    desk.drag((corner[0], corner[1]), (9.75, 50.35), release=False)
    assert window.canvas.hint.startswith("Let go to keep it so")
    press(Key.Key_Escape)
    desk.release((9.75, 50.35))
    assert shape_of_site(desk.sites["mark"]) == box
    desk.drag((corner[0], corner[1]), (9.75, 50.35))
    grown = shape_of_site(desk.sites["mark"])
    assert isinstance(grown, Rectangle)
    assert grown.width_m > box.width_m
    desk.click(grown.corners[1][0], grown.corners[1][1])
    assert window.selection.uuids == {"mark"}, "a click on a handle chooses nothing else"


def test_e_says_that_a_circle_is_too_small_to_be_changed_from_afar(window: MainWindow, desk: Desk, mark: Mark) -> None:
    mark("circle")
    press(Key.Key_E)
    window.canvas.viewport.centre_on(1_057_000.0, 6_480_000.0, 20_000.0)
    window.canvas.motion.come_to_rest()
    assert "zoom in to move it by its middle" in window.canvas.hint
