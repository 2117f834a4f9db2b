"""Forms, list and map tell of sites: their kinds, dates, names and places, in the real window."""

from __future__ import annotations

import itertools
import json

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from shapely import LineString, Point, box

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.marks.mark_shape import Arrow, Numbered, RangeRing, TextMark, as_json
from layers.document.site import Site
from layers.document.vocabulary import MEASURED
from layers.geo.crs import WGS84, transform_points
from tests.support.choices import popup
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.canvas.sites.ring_signs import radii_in
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel

PAD = (128.355, 51.876)


def begin(window: MainWindow, qtbot: QtBot, *sites: Site, images: tuple[Image, ...] = ()) -> SiteFormPanel:
    """A case of these sites, the first of which is selected."""
    window.session.new_case(Document({"sites": sites, "images": images}))
    window.selection.set({sites[0].uuid})
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form


def enter(form_field: object, text: str) -> None:
    form_field.setFocus()  # type: ignore[attr-defined]
    form_field.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(form_field, text)  # type: ignore[call-overload]
    QTest.keyClick(form_field, Qt.Key.Key_Return)  # type: ignore[call-overload]


def asked(form: SiteFormPanel) -> set[str]:
    return {column for column, field in form.fields.fields.items() if not field.isHidden()}


@pytest.mark.bounded
def test_what_is_no_site_is_not_asked_for_what_only_sites_have(window: MainWindow, qtbot: QtBot) -> None:
    ring = RangeRing(PAD, (50_000.0, 100_000.0))
    arrow = LineString([PAD, (129.0, 52.0)])
    marks = [
        Site(uuid="ring", geometry=ring.geometry(), mark_kind="annotation", shape_json=as_json(ring)),
        Site(uuid="arrow", geometry=arrow, mark_kind="annotation", shape_json=as_json(Arrow())),
        Site(uuid="text", geometry=Point(PAD), mark_kind="annotation", shape_json=as_json(TextMark("Words"))),
        Site(uuid="said", geometry=Point(PAD), mark_kind="annotation", role="setting"),
        Site(uuid="pad", geometry=Point(PAD)),
    ]
    form = begin(window, qtbot, *marks)
    only_sites = {"class_code", "role", "status", "location_country", "operator_country"}
    assert form.place.note.text() == "The centre of the rings."
    for uuid, shown in (
        ("ring", set()),
        ("arrow", set()),
        ("text", set()),
        ("said", {"role"}),
        ("pad", only_sites),
    ):
        window.selection.set({uuid})
        assert asked(form) & only_sites == shown, uuid
        assert form.claims_part.isHidden() == (uuid != "pad"), uuid
        assert {"label", "notes"} <= asked(form)


@pytest.mark.bounded
def test_values_that_another_class_asked_for_are_told(window: MainWindow, qtbot: QtBot) -> None:
    form = begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD), class_code="radome"))
    assert form.details_part.fields.fields
    assert form.details_part.kept.isHidden()
    enter(form.details_part.fields.fields["diameter"], "18")
    for class_code in ("other", "railway"):
        window.session.push(_changed(window.session.document, "pad", class_code=class_code))
        assert form.details_part.kept.text() == "Kept, though its class does not ask for it: Diameter 18 m."
        assert not form.details_part.isHidden()
        assert not form.details_part.kept.isHidden()
    window.session.push(_changed(window.session.document, "pad", class_code="radome"))
    assert form.details_part.kept.isHidden()
    for odd in (
        "[]",
        '{"details": 3}',
        '{"details": {"diameter": [1]}}',
        "{",
        json.dumps({"details": {"x": "y" * 999}}),
    ):
        window.session.push(_changed(window.session.document, "pad", class_code="other", props_json=odd))
        assert form.details_part.isHidden(), odd


def _changed(document: Document, uuid: str, **fields: object) -> Edit:
    site = document.sites[uuid]
    return Edit("Change", (Change("sites", site, replace(site, **fields)),))  # type: ignore[arg-type]


def test_what_brings_a_site_back_is_said_until_it_is_back(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, *(Site(uuid=uuid, geometry=Point(PAD), label=uuid) for uuid in ("pad", "gate", "tank")))
    window.selection.set({"gate"})
    window.action_table["delete"].trigger()
    assert "deleted. Ctrl+Z brings back" in " ".join(line.text for line in window.messages.lines())
    window.action_table["undo"].trigger()
    assert "deleted. Ctrl+Z brings back" not in " ".join(line.text for line in window.messages.lines())
    panel = window.findChild(SiteListPanel)
    assert panel is not None
    table = panel.model
    assert [table.uuid_at(row) for row in range(table.rowCount())] == ["pad", "gate", "tank"]


@pytest.mark.bounded
def test_it_is_said_that_numbers_closed_up(window: MainWindow, qtbot: QtBot) -> None:
    numbered = [
        Site(uuid=f"n{n}", geometry=Point(PAD[0] + n / 10, PAD[1]), shape_json=as_json(Numbered(n)), number=n)
        for n in (1, 2, 3, 4)
    ]
    begin(window, qtbot, *numbered, Site(uuid="pad", geometry=Point(PAD)))
    window.selection.set({"n2"})
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    said = " ".join(line.text for line in window.messages.lines())
    assert "1 site deleted. Ctrl+Z brings back what was there. The numbers closed up: 2 markers have another" in said
    assert [window.session.document.sites[uuid].number for uuid in ("n1", "n3", "n4")] == [1, 2, 3]
    window.selection.set({"n1"})
    window.action_table["delete"].trigger()
    settle(window, qtbot)
    assert "2 markers have another one now" in " ".join(line.text for line in window.messages.lines())
    window.selection.set({"pad"})
    window.action_table["delete"].trigger()
    settle(window, qtbot)
    line = window.messages.line("deleted")
    assert line is not None
    assert "numbers" not in line.text


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("lifecycles", "column"), [(("planned", "agreed"), "valid_from"), (("closed", "closed"), "valid_to")]
)
def test_a_date_to_come_for_many_is_the_one_from_which_they_are_planned(
    window: MainWindow, qtbot: QtBot, lifecycles: tuple[str, str], column: str
) -> None:
    sites = [Site(uuid=f"s{n}", geometry=Point(PAD), lifecycle=word) for n, word in enumerate(lifecycles)]
    form = begin(window, qtbot, *sites)
    window.selection.set({"s0", "s1"})
    as_of = form.bulk.fields.fields["lifecycle_as_of"]
    enter(as_of, "2090")
    settle(window, qtbot)
    document = window.session.document
    assert {getattr(site, column) for site in document.sites.values()} == {"2090"}
    assert {site.lifecycle_as_of for site in document.sites.values()} == {""}
    assert "2090 is to come: entered as Valid" in " ".join(line.text for line in window.messages.lines())
    window.session.undo()
    assert {getattr(site, column) for site in document.sites.values()} == {""}


@pytest.mark.bounded
def test_for_marks_of_which_some_exist_it_is_refused(window: MainWindow, qtbot: QtBot) -> None:
    form = begin(
        window, qtbot, Site(uuid="a", geometry=Point(PAD), lifecycle="planned"), Site(uuid="b", geometry=Point(PAD))
    )
    window.selection.set({"a", "b"})
    enter(form.bulk.fields.fields["lifecycle_as_of"], "2090-05")
    settle(window, qtbot)
    assert "2090-05 is to come" in form.bulk.fields.refusal.text()
    assert all(not (site.lifecycle_as_of or site.valid_from) for site in window.session.document.sites.values())


@pytest.mark.bounded
def test_the_list_tells_what_the_form_tells(window: MainWindow, qtbot: QtBot) -> None:
    pick = {"position_basis": MEASURED, "image_uuid": "i", "pixel_m": 7400.0}
    sites = [
        Site(uuid="a", geometry=Point(PAD), label="A", folder="North", lifecycle="planned", valid_from="2030", **pick),
        Site(uuid="b", geometry=Point(PAD), label="B", position_error_m=7000.0),
        Site(uuid="c", geometry=Point(PAD), label="C"),
    ]
    form = begin(window, qtbot, *sites, images=(Image(uuid="i", image_key="i"),))
    panel = window.findChild(SiteListPanel)
    assert panel is not None
    model = panel.model
    errors = [model.index(row, 2).data() for row in range(3)]
    assert errors == ["≥ 7.4 km", "7 km", "–"]
    field = form.fields.fields["position_error_m"]
    assert field.placeholderText() == "not judged, 7.4 km at best"  # type: ignore[attr-defined]
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Folder: North" in tip
    assert "Lifecycle: planned 2030" in tip
    assert "Claims" not in tip
    window.selection.set({"b"})
    assert "wherever that is larger than a pin" in form.place.note.text()


@pytest.mark.bounded
def test_the_name_of_an_area_stands_in_its_middle(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, Site(uuid="area", geometry=box(128.0, 51.5, 129.0, 52.2), label="A name"))
    window.selection.clear()
    window.views.show_everything()
    settle(window, qtbot)
    view = window.canvas.viewport.view()
    (label,) = window.scene.label_layout(view).placed
    middle = view.to_pixel(*[sum(pair) / 2 for pair in zip(*_world_corners(window), strict=True)])
    assert label.box.left < middle[0] < label.box.right
    assert abs((label.box.left + label.box.right) / 2 - middle[0]) < 3
    assert abs((label.box.top + label.box.bottom) / 2 - middle[1]) < 3


def _world_corners(window: MainWindow) -> list[tuple[float, float]]:
    crs = window.canvas.viewport.crs
    return [tuple(float(v) for v in transform_points(WGS84, crs, *at)) for at in ((128.0, 51.5), (129.0, 52.2))]  # type: ignore[misc]


@pytest.mark.bounded
def test_no_name_lies_on_the_radius_of_a_ring(window: MainWindow, qtbot: QtBot) -> None:
    ring = RangeRing(PAD, (3_000.0,))
    north = Point(PAD[0] - 0.02, PAD[1] + 3_000 / 111_250)
    marks = [
        Site(uuid="ring", geometry=ring.geometry(), mark_kind="annotation", shape_json=as_json(ring)),
        Site(uuid="near", geometry=north, label="A long name beside the north of the ring"),
    ]
    begin(window, qtbot, *marks)
    window.selection.clear()
    window.views.show_everything()
    settle(window, qtbot)
    view = window.canvas.viewport.view()
    (radius,), _others = radii_in(window.scene.marks.frames(view)[0])
    (label,) = window.scene.label_layout(view).placed
    box = radius.box(view.ratio)
    apart = label.box.right <= box.left or label.box.left >= box.right
    assert apart or label.box.bottom <= box.top or label.box.top >= box.bottom


@pytest.mark.bounded
def test_a_place_gone_to_lies_at_the_crosshair(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD)))
    size = window.size()
    for place, error_m in itertools.product((PAD, (24.0, 78.2)), (100.0, 200_000.0)):
        window.resize(size)
        window.views.show_place(*place, error_m)
        settle(window, qtbot)
        view = window.canvas.viewport.view()
        x, y = transform_points(WGS84, window.canvas.viewport.crs, *place)
        px, py = view.to_pixel(float(x), float(y))
        assert abs(px - view.width / 2) <= 1
        assert abs(py - view.height / 2) <= 1
        window.resize(900, 640)
        settle(window, qtbot)
        view = window.canvas.viewport.view()
        px, py = view.to_pixel(float(x), float(y))
        assert abs(py - view.height / 2) <= 1


@pytest.mark.bounded
@popup
def test_classes_are_in_the_order_of_their_names_and_found_by_typing(window: MainWindow, qtbot: QtBot) -> None:
    form = begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD)))
    field = form.fields.fields["class_code"]
    assert isinstance(field, QComboBox)
    titles = [field.itemText(row) for row in range(field.count())]
    assert titles[:2] == ["New class…", "Other"], "a new mark has it, and the entry above is in sight"
    assert titles[2:] == sorted(titles[2:], key=str.casefold)
    assert "Radome" in titles
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClicks(field.view(), "radom")
    QTest.keyClick(field.view(), Qt.Key.Key_Return)
    assert window.session.document.sites["pad"].class_code == "radome"


@pytest.mark.bounded
def test_a_wide_list_shows_the_lifecycle(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD), lifecycle="planned", valid_from="2030"))
    panel = window.findChild(SiteListPanel)
    assert panel is not None
    titles = [column.title for column in panel.model.columns]
    lifecycle = titles.index("Lifecycle")
    assert panel.list.view.isColumnHidden(lifecycle), "no room"
    window.resize(1366, 768)
    window.resizeDocks([window.docks["panel_sites"]], [620], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: not panel.list.view.isColumnHidden(lifecycle))
    assert panel.model.index(0, lifecycle).data() == "planned 2030"
