"""Texts, callouts, numbers, arrows, range rings on the map: painted, found under the pointer, labelled once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgGenerator

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import Arrow, Callout, Numbered, TextMark, as_json, shape_of
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from tests.support.cases.marks import mark, marks_of_every_kind
from tests.support.painted_scenes import painted, view_of
from tests.support.pictures import pixels
from viewer.canvas.mark_query import marks_at, marks_in_box
from viewer.canvas.sites.mark_signs import sign_box, sign_of
from viewer.canvas.sites.site_index import SiteIndex
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.support.painting import painting

ABOUT = Bounds(9.88, 49.92, 10.12, 50.08)


def pixel_of(view: View, lon: float, lat: float) -> tuple[float, float]:
    x, y = transform_points(WGS84, view.grid.crs, lon, lat)
    return view.to_pixel(float(x), float(y))


@pytest.fixture
def scene(make_scene):
    return make_scene(Document({"sites": list(marks_of_every_kind())}))


@pytest.fixture
def view() -> View:
    return view_of(ABOUT)


def place_of(site: Site) -> tuple[float, float]:
    return site.geometry.x, site.geometry.y


def box_of_what_differs(one: QImage, other: QImage) -> QRectF:
    ys, xs = np.nonzero((pixels(one) != pixels(other)).any(axis=-1))
    return QRectF(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def test_an_arrow_has_its_head_where_its_line_ends(scene, view):
    arrow = scene.document.sites["arrow"]
    plain = replace(arrow, shape_json="", rev=2)
    with_head = painted(scene, view)
    scene.document.apply(Edit("As a line", (Change("sites", arrow, plain),)))
    as_line = painted(scene, view)
    tip = np.array(pixel_of(view, *arrow.geometry.coords[-1]))
    tail = np.array(pixel_of(view, *arrow.geometry.coords[0]))
    way = (tip - tail) / np.hypot(*(tip - tail))
    beside = np.round(tip - way * 14 + np.array([-way[1], way[0]]) * 4).astype(int).tolist()
    assert with_head.pixelColor(*beside).lightness() > 200
    assert as_line.pixelColor(*beside).lightness() < 100
    around_the_tail = [(round(tail[0]) + dx, round(tail[1]) + dy) for dx in range(-9, 10) for dy in range(-9, 10)]
    assert all(with_head.pixel(*at) == as_line.pixel(*at) for at in around_the_tail), "no head at the other end"


@pytest.mark.parametrize(("uuid", "least", "most"), [("two", 18, 40), ("text", 60, 160)])
def test_a_number_is_a_disc_and_a_text_stands_where_it_was_put(make_scene, view, uuid, least, most):
    site = next(site for site in marks_of_every_kind() if site.uuid == uuid)
    alone = painted(make_scene(Document({"sites": [site]})), view)
    box = box_of_what_differs(alone, painted(make_scene(Document()), view))
    assert (box.center().x(), box.center().y()) == pytest.approx(pixel_of(view, *place_of(site)), abs=3)
    assert least < box.width() < most


def test_each_ring_says_its_radius(scene, view):
    ring = scene.document.sites["ring"]
    signs, places = SiteIndex.of({"ring": ring}).shapes["ring"].mark.radii(view.grid.crs)
    assert [sign.text for sign in signs] == ["1.05 km", "2.45 km"]
    x, y = view.to_pixel(*places[0, 0])
    plain = painted(scene, view)
    scene.document.apply(Edit("Rings alone", (Change("sites", ring, replace(ring, shape_json="", rev=2)),)))
    without = painted(scene, view)
    assert plain.pixel(round(x) - 12, round(y) + 4) != without.pixel(round(x) - 12, round(y) + 4)


def test_a_text_is_its_label_and_is_never_written_twice(scene, view):
    named = {label.uuid for label in scene.label_layout(view).placed}
    assert not named & {"text", "callout"}
    assert {"rectangle", "circle", "arrow", "one"} <= named
    frame = scene.marks.frames(view)[0]
    signs = {uuid: one.sign.text for uuid, one in frame.signs}
    assert signs == {
        "text": "Launch mount,\nmoved 2023",
        "callout": "Tower not seen\non 3 May 2021",
        "one": "1",
        "two": "12",
    }
    boxes = [one.box(1.0) for _, one in frame.signs]
    assert not any(label.box.overlaps(box) for label in scene.label_layout(view).placed for box in boxes)


def test_a_label_changed_elsewhere_is_what_stands_on_the_map(scene, view):
    text = scene.document.sites["text"]
    scene.document.apply(Edit("Rename", (Change("sites", text, replace(text, label="Pad 2", rev=2)),)))
    assert {uuid: one.sign.text for uuid, one in scene.marks.frames(view)[0].signs}["text"] == "Pad 2"


@pytest.mark.parametrize("uuid", ["text", "callout", "one", "two"])
def test_marks_are_found_where_they_are_painted(scene, view, uuid):
    site = scene.document.sites[uuid]
    shape = shape_of(site.shape_json)
    at = shape.leader if isinstance(shape, Callout) else place_of(site)
    x, y = pixel_of(view, *at)
    assert marks_at(scene, view, x, y, 2.0)[0] == uuid
    one = dict(scene.marks.frames(view)[0].signs)[uuid]
    box = one.box(1.0)
    assert marks_at(scene, view, box.left + 2, box.bottom - 2, 1.0) == [uuid]
    assert marks_at(scene, view, box.left - 6, box.bottom + 6, 1.0) == []
    assert uuid in marks_in_box(scene, view, box.left - 1, box.top - 1, box.left + 3, box.top + 3)


def test_a_leader_is_its_callout_s(scene, view):
    site = scene.document.sites["callout"]
    foot, box = pixel_of(view, *place_of(site)), pixel_of(view, *shape_of(site.shape_json).leader)
    third = foot[0] + (box[0] - foot[0]) / 3, foot[1] + (box[1] - foot[1]) / 3
    assert marks_at(scene, view, *third, 3.0) == ["callout"]
    assert painted(scene, view).pixelColor(round(third[0]), round(third[1])).lightness() > 150


def test_a_callout_is_seen_while_only_its_box_is_in_view(make_scene):
    here = mark("c", Callout("Here", (10.05, 50.0)), shapely.Point(8.0, 50.0), label="Here")
    scene = make_scene(Document({"sites": [here]}))
    assert [uuid for uuid, _ in scene.marks.frames(view_of(ABOUT))[0].signs] == ["c"]
    west = replace(here, shape_json=as_json(Callout("Here", (7.0, 50.0))), rev=2)
    scene.document.apply(Edit("Move", (Change("sites", here, west),)))
    assert scene.marks.frames(view_of(ABOUT))[0].signs == []


@pytest.mark.bounded
def test_what_is_selected_shows_it(scene, view):
    for uuid in ("text", "callout", "one", "arrow", "ring"):
        plain, chosen = painted(scene, view), painted(scene, view, selection=frozenset({uuid}))
        is_yellow = [(pixels(image) == (0x4D, 0xE1, 0xFF)).all(axis=-1) for image in (plain, chosen)]
        assert np.count_nonzero(is_yellow[1] & ~is_yellow[0]) > 20, uuid


def test_a_geometry_changed_elsewhere_is_drawn_as_it_is(scene, view):
    arrow = scene.document.sites["arrow"]
    ring = scene.document.sites["ring"]
    moved = shapely.transform(ring.geometry, lambda at: at * 1.0001)
    scene.document.apply(Edit("Elsewhere", (Change("sites", ring, replace(ring, geometry=moved, rev=2)),)))
    index = SiteIndex.of(scene.document.sites)
    assert index.shapes["ring"].mark is None
    assert index.shapes["arrow"].mark is not None
    assert arrow.uuid in {shape.uuid for shape in scene.marks.frames(view)[0].shapes}


@pytest.mark.bounded
def test_in_haste_texts_come_in_several_frames(scene, view, monkeypatch):
    monkeypatch.setattr("viewer.canvas.sites.site_painter.SIGNS_A_FRAME_S", 0.0)
    first = painted(scene, view, in_haste=True)
    assert scene.awaits_labels
    frames = [painted(scene, view, in_haste=True) for _ in range(40)]
    assert first != frames[-1]
    assert not scene.awaits_labels
    assert frames[-1] == painted(scene, view)


def test_a_scene_that_is_closed_asks_for_no_more_frames(scene, view, monkeypatch):
    monkeypatch.setattr("viewer.canvas.sites.site_painter.SIGNS_A_FRAME_S", 0.0)
    told: list[str] = []
    scene.updated.connect(lambda: told.append("updated"))
    scene.unfinished.connect(lambda: told.append("unfinished"))
    painted(scene, view, in_haste=True)
    scene.context.mailbox.deliver_all()
    assert told
    told.clear()
    painted(scene, view, in_haste=True)
    scene.close()
    scene.context.mailbox.deliver_all()
    assert told == []


def test_onto_svg_text_stays_text(scene, view):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(view.width, view.height))
    generator.setViewBox(QRectF(0, 0, view.width, view.height))
    with painting(generator) as painter:
        scene.paint_map(painter, view)
    svg = bytes(buffer.data()).decode()
    for words in ("moved 2023", "Tower not seen", "2.45 km", ">12<"):
        assert words in svg


@pytest.mark.bounded
def test_signs_take_long_and_hostile_texts(make_scene):
    hostile = "Пуск\u202e\x07 " + "x" * 900 + "\n" * 80 + "<b>bold</b>"
    sites = [
        mark("t", TextMark(hostile, size_px=96.0), shapely.Point(10, 50), label=" ".join(hostile.split())),
        mark("e", TextMark(""), shapely.Point(10.02, 50)),
        mark("n", Numbered(99_999), shapely.Point(10.04, 50), number=10**18),
        mark("a", Arrow(), shapely.LineString([(10, 50.01), (10, 50.01), (10, 50.01)])),
    ]
    scene = make_scene(Document({"sites": sites}))
    painted(scene, view_of(ABOUT))
    signs = dict(scene.marks.frames(view_of(ABOUT))[0].signs)
    assert "\u202e" not in signs["t"].sign.text
    assert signs["t"].sign.text.count("\n") < 24
    assert max(map(abs, sign_box(signs["t"].sign, 1.0))) <= signs["t"].sign.reach_px
    assert signs["e"].sign.is_empty, "what is empty can still be seen, and taken"
    assert signs["n"].sign.text == "10000000"


@pytest.mark.parametrize("anchor", ["north", "east", "south-west"])
def test_a_text_stands_on_the_side_that_it_names(anchor):
    sign = sign_of(Site(uuid="t", geometry=shapely.Point(0, 0), label="Pad"), TextMark("Pad", anchor))
    left, top, right, bottom = sign_box(sign, 1.0)
    assert (bottom < 0) == ("north" in anchor)
    assert (top > 0) == ("south" in anchor)
    assert (left > 0) == ("east" in anchor)
    assert (right < 0) == ("west" in anchor)


def test_each_kind_has_a_sample_of_its_own_for_lists_and_legends():
    pictures = {}
    for site in marks_of_every_kind():
        image = QImage(52, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("#203040"))
        with painting(image) as painter:
            paint_site_symbol(painter, site, 26, 20, 2.0)
        pictures[site.uuid] = bytes(image.constBits())
    alike = {"turned": "rectangle", "both": "arrow", "two": "one"}
    for uuid, other in alike.items():
        assert pictures.pop(uuid) == pictures[other]
    assert len(set(pictures.values())) == len(pictures)


def test_nothing_is_parsed_while_one_pans(scene, view, monkeypatch):
    painted(scene, view)
    shape_of.cache_clear()
    monkeypatch.setattr("viewer.canvas.sites.site_index.shape_of_site", lambda site: pytest.fail("parsed anew"))
    painted(scene, replace(view, left=view.left + 5))
    assert shape_of.cache_info().misses == 0


@pytest.mark.parametrize("uuid", ["two", "callout", "circle", "rectangle", "arrow"])
def test_marks_of_what_is_not_known_to_exist_are_dashed(make_scene, view, uuid):
    """A numbered pad that is planned looks no more built than one with the sign of its class."""
    site = next(site for site in marks_of_every_kind() if site.uuid == uuid)
    known, planned = (
        painted(make_scene(Document({"sites": [replace(site, lifecycle=word)]})), view)
        for word in ("in use", "planned")
    )
    assert known != planned
    # Labels apart: without one nothing but the dashes differs.
    bare = replace(site, label="")
    in_use = dict(make_scene(Document({"sites": [bare]})).marks.frames(view)[0].signs)
    doubtful = dict(make_scene(Document({"sites": [replace(bare, lifecycle="closed")]})).marks.frames(view)[0].signs)
    if uuid in in_use:
        assert not in_use[uuid].sign.is_doubtful
        assert doubtful[uuid].sign.is_doubtful
