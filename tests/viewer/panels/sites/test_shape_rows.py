"""The part of the site's form on what a mark exactly is: every size, word and vertex can be typed."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from layers.document.marks.mark_shape import (
    Arrow,
    Callout,
    Circle,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    as_json,
    shape_of_site,
)
from layers.geo.coordinates.notation import Notation
from layers.geo.measure import azimuth_deg, distance_m
from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from viewer.commands.sites import add_site
from viewer.panels.sites.site_form import SiteFormPanel

PLACE = (128.33, 51.88)
LINE = shapely.LineString([PLACE, (128.34, 51.88), (128.34, 51.89)])
AREA = shapely.Polygon([(128.33, 51.88), (128.34, 51.88), (128.34, 51.89), (128.33, 51.89)])
Key = Qt.Key
VERTICES = {"leg_m", "leg_deg", "turn_by", "scale_by"}


@pytest.fixture
def form(desk, qtbot) -> SiteFormPanel:
    panel = shown(qtbot, SiteFormPanel(desk.context), 340, 900)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def show(desk, form):
    """Adds a mark, selects it, and gives what says what it is now."""

    def add(geometry, shape=None, **fields):
        if shape is not None:
            fields["shape_json"] = as_json(shape)
        desk.context.push(add_site(desk.document, geometry, actor="Li", uuid="mark", **fields))
        desk.select("mark")
        return lambda: desk.document.sites["mark"]

    return add


def write(form, column: str, text: str) -> None:
    """Type into a field and enter it."""
    field = form.shape_part.fields.fields[column]
    assert field.isVisible(), column
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    control = Qt.KeyboardModifier.ControlModifier if isinstance(field, QPlainTextEdit) else Qt.KeyboardModifier(0)
    QTest.keyClick(field, Key.Key_Return, control)


def seen(form) -> set[str]:
    """Columns whose fields are there."""
    return {column for column, field in form.shape_part.fields.fields.items() if field.isVisible()}


def enter_vertex(form, row: int, text: str) -> None:
    """By keys alone: to the row, Enter, type, Enter."""
    table = form.shape_part.vertices
    table.setFocus()
    QTest.keyClick(table, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for _ in range(row):
        QTest.keyClick(table, Key.Key_Down)
    QTest.keyClick(table, Key.Key_Return)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Key.Key_Return)
    QApplication.processEvents()  # an editor in a table hands its text over later


def test_a_rectangle_is_given_its_sizes_and_its_place(desk, form, show):
    box = Rectangle(PLACE, 100.0, 50.0, 10.0)
    now = show(box.geometry(), box)
    assert seen(form) == {"width_m", "height_m", "rotation_deg", "centre"}
    assert form.shape_part.measures.text() == "Area 5000 m², perimeter 300 m"
    for column, text, wanted in (
        ("width_m", "0.2 km", 200.0),
        ("height_m", "80", 80.0),
        ("rotation_deg", "45.5", 45.5),
    ):
        write(form, column, text)
        assert getattr(shape_of_site(now()), column) == wanted
    write(form, "centre", "51.9 N, 128.4 E")
    assert shape_of_site(now()) == Rectangle((128.4, 51.9), 200.0, 80.0, 45.5)
    assert "1.6 ha" in form.shape_part.measures.text()
    for _ in range(4):
        desk.history.undo()
    assert shape_of_site(now()) == box


def test_a_circle_and_rings_are_given_their_radii(form, show):
    circle = Circle(PLACE, 100.0)
    now = show(circle.geometry(), circle)
    assert form.shape_part.measures.text() == "Area 3.142 ha, perimeter 628.3 m"
    write(form, "radius_m", "1 km")
    assert shape_of_site(now()) == Circle(PLACE, 1000.0)


def test_rings_are_written_as_a_list(form, show):
    rings = RangeRing(PLACE, (1000.0, 2000.0))
    now = show(rings.geometry(), rings)
    assert form.shape_part.fields.fields["radii_m"].text() == "1000 m; 2000 m"
    write(form, "radii_m", "5 km, 10 km, 1200")
    assert "smallest to the largest" in form.shape_part.fields.refusal.text()
    assert shape_of_site(now()) == rings
    write(form, "radii_m", "1,5 km; 3 mi")
    assert shape_of_site(now()).radii_m == pytest.approx((1500.0, 4828.032))


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("column", "text"),
    [("width_m", "wide"), ("width_m", ""), ("height_m", "-5"), ("rotation_deg", "north"), ("centre", "nowhere")],
)
def test_what_is_no_value_is_refused_with_a_reason(form, show, column, text):
    box = Rectangle(PLACE, 100.0, 50.0)
    now = show(box.geometry(), box)
    field = form.shape_part.fields.fields[column]
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Key.Key_Delete)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Key.Key_Return)
    assert len(form.shape_part.fields.refusal.text()) > 20
    assert shape_of_site(now()) == box


def test_a_text_is_written_and_its_label_follows(form, show):
    now = show(shapely.Point(PLACE), TextMark("old"), label="old")
    assert seen(form) == {"text", "anchor", "size_px"}
    write(form, "text", "Test stand")
    write(form, "size_px", "24")
    assert shape_of_site(now()) == TextMark("Test stand", "centre", 24.0)
    assert now().label == "Test stand"
    write(form, "size_px", "1000")
    assert form.shape_part.fields.refusal.text()


def test_a_callout_has_a_box_elsewhere(form, show):
    now = show(shapely.Point(PLACE), Callout("a", (128.4, 51.9)), label="a")
    write(form, "leader", "51.95, 128.5")
    assert shape_of_site(now()).leader == (128.5, 51.95)
    assert now().geometry.coords[0] == PLACE


@popup
def test_an_arrow_is_a_line_with_heads(form, show):
    now = show(LINE, Arrow("end"))
    assert seen(form) == {"head"} | VERTICES
    head = form.shape_part.fields.fields["head"]
    choose_by_keys(head, head.itemText(2))
    assert shape_of_site(now()).head != "end"


def test_a_number_says_whether_it_is_locked(form, show):
    show(shapely.Point(PLACE), Numbered(3, True), number=3)
    assert "Number 3, locked" in form.shape_part.measures.text()


def test_a_point_has_no_such_part(form, show):
    show(shapely.Point(PLACE))
    assert not form.shape_part.isVisible()


def test_vertices_are_typed_in_any_notation(desk, form, show):
    now = show(LINE)
    enter_vertex(form, 1, "52U DC 55300 47900")
    lon, lat = now().geometry.coords[1]
    assert (lon, lat) == pytest.approx((128.35, 51.88), abs=0.01)
    assert now().geometry.coords[0] == PLACE
    enter_vertex(form, 2, """51°54'00" N 128°21'00" E""")
    assert now().geometry.coords[2] == pytest.approx((128.35, 51.9), abs=1e-5)
    before = now().geometry
    enter_vertex(form, 0, "nonsense")
    assert "nonsense" in form.shape_part.fields.refusal.text()
    assert now().geometry.equals_exact(before)
    desk.history.undo()
    desk.history.undo()
    assert now().geometry.equals_exact(LINE)


def test_an_outline_that_would_cross_itself_is_refused(form, show):
    now = show(AREA)
    enter_vertex(form, 0, "51.895, 128.335")
    assert "cross itself" in form.shape_part.fields.refusal.text()
    assert now().geometry.equals_exact(AREA)


def test_a_leg_is_given_by_length_and_bearing(form, show):
    now = show(LINE)
    table = form.shape_part.vertices
    table.setFocus()
    QTest.keyClick(table, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert not form.shape_part.fields.fields["leg_m"].isEnabled()
    QTest.keyClick(table, Key.Key_Down)
    write(form, "leg_m", "500 m")
    write(form, "leg_deg", "135")
    first, second = now().geometry.coords[:2]
    assert distance_m(*first, *second) == pytest.approx(500.0, abs=1e-6)
    assert azimuth_deg(*first, *second) == pytest.approx(135.0, abs=1e-6)
    assert "Length" in form.shape_part.measures.text()


def test_delete_in_the_list_takes_a_vertex_out_and_never_the_mark(desk, form, show):
    now = show(LINE)
    table = form.shape_part.vertices
    table.setFocus()
    QTest.keyClick(table, Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(table, Key.Key_Delete)
    assert len(now().geometry.coords) == 2
    QTest.keyClick(table, Key.Key_Delete)
    assert len(now().geometry.coords) == 2
    assert "Nothing would be left" in form.shape_part.fields.refusal.text()
    desk.history.undo()
    assert now().geometry.equals_exact(LINE)


def test_a_whole_line_is_turned_and_scaled_by_numbers(desk, form, show):
    now = show(LINE)
    length_m, bearing = distance_m(*LINE.coords[0], *LINE.coords[2]), azimuth_deg(*LINE.coords[0], *LINE.coords[2])
    write(form, "turn_by", "30")
    first, last = now().geometry.coords[0], now().geometry.coords[2]
    assert azimuth_deg(*first, *last) == pytest.approx(bearing + 30.0, abs=0.05)
    assert form.shape_part.fields.fields["turn_by"].text() == ""
    write(form, "scale_by", "150 %")
    first, last = now().geometry.coords[0], now().geometry.coords[2]
    assert distance_m(*first, *last) == pytest.approx(1.5 * length_m, rel=1e-6)
    write(form, "scale_by", "0")
    assert "no factor" in form.shape_part.fields.refusal.text()
    desk.history.undo()
    desk.history.undo()
    assert now().geometry.equals_exact(LINE)


def test_another_notation_shows_the_vertices_anew(desk, form, show):
    show(LINE)
    table = form.shape_part.vertices
    index = table.vertices.index(0, 0)
    assert "51.88" in table.vertices.data(index)
    desk.context.set_notation(Notation.MGRS)
    assert table.vertices.data(index).startswith("52U")


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"kind": "circle"}', '{"kind": "circle", "centre": [1, 2], "radius_m": 1e999}', '{"kind": ["a"]}'],
)
def test_a_hostile_shape_shows_as_if_absent(form, show, text):
    now = show(LINE, shape_json=text)
    assert seen(form) == VERTICES
    enter_vertex(form, 1, "51.9, 128.4")
    assert now().geometry.coords[1] == (128.4, 51.9)
    assert now().shape_json == text, "kept as it stands"
