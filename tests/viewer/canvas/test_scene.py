"""The scene: follows its document, paints the same everywhere, finds what is under a place."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QPageSize, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.rows import MetaEntry
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, transform_points
from layers.grid.tile_grid import TileGrid, View
from tests.support.crs_off_earth import GRID
from tests.support.painted_scenes import painted, view_of
from tests.viewer.canvas.conftest import site, small_document
from viewer.canvas import layer_stack
from viewer.canvas.labels.map_labels import MapLabels
from viewer.canvas.mark_query import marks_at, marks_in_box
from viewer.canvas.sites.site_symbology import CLAIM_COLOR
from viewer.commands.sites import update_site
from viewer.rendering.drawing import LayerDrawing, LeftOutDrawing
from viewer.rendering.world_copies import world_copies
from viewer.support.painting import painting


def pixel_of(view: View, lon: float, lat: float) -> tuple[float, float]:
    x, y = transform_points(WGS84, view.grid.crs, lon, lat)
    return view.to_pixel(float(x), float(y))


def layer(uuid: str, color: str, order: float, **fields: object) -> Layer:
    return Layer(
        uuid=uuid, kind="raster", name=color, order_key=order, source_json=json.dumps({"path": uuid}), **fields
    )


def edit(table: str, before: object, after: object) -> Edit:
    return Edit("Test", (Change(table, before, after),))


def test_layers_bottom_to_top_with_opacity_and_blend(make_scene):
    document = Document({"layers": [layer("b", "#0000ff", 2, opacity=0.5), layer("a", "#ff0000", 1)]})
    scene, view = make_scene(document), view_of()
    color = painted(scene, view).pixelColor(400, 300)
    assert (color.red(), color.blue()) == pytest.approx((128, 128), abs=2)
    blue = document.layers["b"]
    document.apply(edit("layers", blue, replace(blue, opacity=1.0, blend="multiply", rev=2)))
    assert painted(scene, view).pixelColor(400, 300) == QColor("#000000")
    blue = document.layers["b"]
    document.apply(edit("layers", blue, replace(blue, visible=False, rev=3)))
    assert painted(scene, view).pixelColor(400, 300) == QColor("#ff0000")


def test_drawings_live_as_long_as_they_fit(make_scene, qtbot):
    document = Document({"layers": [layer("a", "#ff0000", 1), layer("b", "#00ff00", 2)]})
    scene = make_scene(document)
    scene.set_view(view_of())
    first, second = scene.drawings["a"], scene.drawings["b"]
    assert first.views == [(view_of(), True)]
    restyled = replace(document.layers["a"], style_json='{"invert": true}', rev=2)
    with qtbot.waitSignal(scene.updated):
        document.apply(edit("layers", document.layers["a"], restyled))
    assert scene.drawings["a"] is first
    assert first.layer == restyled
    moved = replace(document.layers["a"], source_json='{"path": "elsewhere"}', rev=3)
    document.apply(edit("layers", document.layers["a"], moved))
    assert first.closed
    assert scene.drawings["a"].views, "the new drawing is told what is looked at"
    document.apply(edit("layers", document.layers["b"], None))
    assert second.closed
    assert list(scene.drawings) == ["a"]


def test_of_too_many_layers_the_uppermost_are_drawn_and_the_others_say_so(make_scene, monkeypatch):
    monkeypatch.setattr(layer_stack, "MOST_DRAWN", 2)
    many = [layer(f"L{number}", "red", float(number)) for number in range(4)]
    document = Document({"layers": many})
    scene = make_scene(document)
    assert set(scene.stack.problems()) == {"L0", "L1"}
    assert scene.stack.problems()["L0"] == "“red” is not drawn: 2 layers above it are. Hide some of them to see it."
    assert scene.stack.is_complete(view_of())
    document.apply(edit("layers", many[3], replace(many[3], visible=False, rev=2)))
    assert set(scene.stack.problems()) == {"L0"}, "the next one takes its place"
    assert not isinstance(scene.drawings["L1"], LeftOutDrawing)
    document.apply(edit("layers", document.layers["L3"], replace(many[3], rev=3)))
    assert set(scene.stack.problems()) == {"L0", "L1"}


def test_hidden_layers_are_not_waited_for(make_scene):
    document = Document({"layers": [layer("a", "#ff0000", 1)]})
    scene, view = make_scene(document), view_of()
    scene.drawings["a"].complete = False
    assert not scene.is_complete(view)
    document.apply(edit("layers", document.layers["a"], replace(document.layers["a"], visible=False, rev=2)))
    assert scene.is_complete(view)


def test_a_layer_that_turns_out_to_lie_off_the_earth_is_told_of_the_view_alone(make_scene, monkeypatch):
    planes: dict[str, str] = {}
    monkeypatch.setattr(LayerDrawing, "plane", property(lambda drawing: planes.get(drawing.layer_uuid, "")))
    scene = make_scene(Document({"layers": [layer("a", "#ff0000", 1), layer("b", "#00ff00", 2)]}))
    view = View(TileGrid(GRID, 1.0, 0.0, 0.0), 0, 0, 100, 100)
    scene.set_view(view)
    assert [drawing.views for drawing in scene.drawings.values()] == [[], []]
    planes["a"] = GRID
    for drawing in scene.drawings.values():
        drawing.updated.emit()
        drawing.updated.emit()
    assert scene.drawings["a"].views == [(view, True)]
    assert scene.drawings["b"].views == []


def test_problems_are_passed_on_and_end_with_the_layer(make_scene, qtbot):
    document = Document({"layers": [layer("a", "#ff0000", 1)]})
    scene = make_scene(document)
    heard = []
    scene.problem_changed.connect(lambda uuid, sentence: heard.append((uuid, sentence)))
    scene.drawings["a"].fail("It is gone.")
    assert scene.stack.problems() == {"a": "It is gone."}
    document.apply(edit("layers", document.layers["a"], None))
    assert heard == [("a", "It is gone."), ("a", "")]
    assert scene.stack.problems() == {}


def test_credits_of_what_is_in_view(make_scene):
    document = Document({"layers": [layer("a", "#ff0000", 1, credit="A"), layer("b", "#00ff00", 2, credit="B")]})
    scene = make_scene(document)
    assert scene.stack.credits(view_of(Bounds(12, 45, 13, 46))) == ["B", "A"]
    assert scene.stack.credits(view_of(Bounds(60, 45, 63, 46))) == []


def test_edits_of_sites_are_seen(make_scene, qtbot):
    document = small_document()
    scene, view = make_scene(document), view_of()
    before = painted(scene, view)
    with qtbot.waitSignal(scene.edited):
        document.apply(edit("sites", None, site("new", shapely.Point(9.7, 49.9), class_code="factory")))
    after = painted(scene, view)
    assert after != before
    document.apply(edit("sites", document.sites["new"], None))
    assert painted(scene, view) == before
    document.apply(edit("meta", None, MetaEntry(uuid="sites_visible", value="0")))
    assert painted(scene, view).pixelColor(*map(int, pixel_of(view, 10, 50))) == QColor("#0e1a24")
    assert marks_at(scene, view, *pixel_of(view, 10, 50)) == []


def test_another_document_takes_the_place(make_scene):
    old = small_document()
    scene = make_scene(old)
    new = Document({"sites": [site("other", shapely.Point(10, 50))], "layers": [layer("a", "#ff0000", 1)]})
    scene.set_document(new)
    assert list(scene.drawings) == ["a"]
    assert marks_at(scene, view_of(), *pixel_of(view_of(), 10, 50)) == ["other"]
    old.apply(edit("layers", None, layer("late", "#00ff00", 5)))
    assert list(scene.drawings) == ["a"], "the old document is not listened to"


def test_two_scenes_on_one_document_paint_the_same(make_scene):
    document = small_document()
    one, two = make_scene(document), make_scene(document)
    document.apply(edit("sites", None, site("new", shapely.Point(9.7, 49.9))))
    assert painted(one, view_of()) == painted(two, view_of())
    assert painted(one, view_of()) != painted(two, view_of(Bounds(9.4, 49.7, 10.6, 50.5)))


def test_a_loose_place_is_an_area_when_its_circle_shows_else_a_hollow_sign(make_scene):
    scene = make_scene()
    near, far = view_of(), view_of(Bounds(-30, 30, 50, 70))
    for view, is_area in ((near, True), (far, False)):
        frame = scene.marks.frames(view)[0]
        areas = {frame.index.uuids[row] for row in frame.rows[frame.is_area]}
        assert areas == ({"loose"} if is_area else set())
    inside = pixel_of(near, 10.15, 50.35)
    assert marks_at(scene, near, *inside) == ["loose"], "the area answers all over"
    plain = painted(make_scene(Document()), near).pixelColor(*map(int, inside))
    assert painted(scene, near).pixelColor(*map(int, inside)) != plain


def test_hits_topmost_first(make_scene):
    scene, view = make_scene(), view_of()
    assert marks_at(scene, view, *pixel_of(view, 10, 50)) == ["port"]
    assert marks_at(scene, view, *pixel_of(view, 9.65, 50.2)) == ["field"]
    middle = pixel_of(view, 10.0, 49.7506)
    assert marks_at(scene, view, *middle, 6.0) == ["line"]
    assert marks_at(scene, view, 5, 5) == []
    far = view_of(Bounds(-30, 30, 50, 70))
    stack = marks_at(scene, far, *pixel_of(far, 10, 50))
    assert stack[0] == "firm", "claims are painted above the setting"
    assert set(stack) >= {"firm", "port", "loose"}


def test_sites_within_a_box(make_scene):
    scene, view = make_scene(), view_of()
    (left, top), (right, bottom) = pixel_of(view, 9.9, 50.05), pixel_of(view, 10.5, 49.65)
    assert set(marks_in_box(scene, view, left, top, right, bottom)) == {"port", "firm", "line"}


def test_labels_on_the_picture_do_not_overlap(make_scene):
    sites = [
        site(f"{i}", shapely.Point(9.5 + (i * 37 % 100) / 95, 49.65 + (i * 61 % 100) / 140), label=name, role=role)
        for i, (name, role) in enumerate(
            [
                ("Космодром Восточный", "setting"),
                ("酒泉卫星发射中心", "named in a claim"),
                ("Port of Haiyang", "setting"),
            ]
            * 14
        )
    ]
    scene, view = make_scene(Document({"sites": sites})), view_of()
    placed = scene.label_layout(view).placed
    assert len(placed) > 12
    for i, label in enumerate(placed):
        assert label.box.left >= 0
        assert label.box.right <= view.width
        assert not any(label.box.overlaps(other.box) for other in placed[i + 1 :])
    labelled = painted(scene, view)
    bare = painted(make_scene(Document({"sites": [replace(one, label="") for one in sites]})), view)
    for label in placed:
        box = QRectF(label.box.left, label.box.top, label.box.right - label.box.left, label.box.bottom - label.box.top)
        assert labelled.copy(box.toRect()) != bare.copy(box.toRect()), "each placed rectangle has its letters"


def test_while_dragging_labels_go_with_the_map_and_settle_afterwards(make_scene, monkeypatch):
    scene, view = make_scene(), view_of()
    painted(scene, view)
    tasks, task = [], MapLabels.task
    monkeypatch.setattr(MapLabels, "task", lambda *args, **options: tasks.append(1) or task(*args, **options))
    panned = replace(view, left=view.left + 40, top=view.top - 25)
    moving = painted(scene, panned, settled=False, in_haste=True)
    assert not tasks, "no layout while one drags"
    assert painted(scene, panned) == painted(make_scene(), panned), "at rest it is a function of the view"
    assert moving.size() == painted(scene, panned).size()


def test_in_haste_letters_come_in_several_frames_and_are_the_same_then(make_scene, monkeypatch, qtbot):
    """One picture of letters is made a frame at least, more when there is time; `updated` asks for the next frame."""
    scene, view = make_scene(), view_of()
    asked = []
    scene.updated.connect(lambda: asked.append(True))
    monkeypatch.setattr("viewer.canvas.labels.map_labels.LETTERS_A_FRAME_S", 0.0)
    frames = [painted(scene, view, in_haste=True)]
    assert scene.awaits_labels, "nobody takes this for the final picture"
    qtbot.waitUntil(lambda: bool(asked))
    count = len(scene.label_layout(view).placed)
    assert count > 2
    while scene.awaits_labels:
        assert len(frames) < count, "each frame has the letters of one more"
        frames.append(painted(scene, view, in_haste=True))
    assert len(frames) == count
    assert all(before != after for before, after in pairwise(frames))
    assert frames[-1] == painted(make_scene(), view), "as where nobody is in haste"


def test_names_in_the_language_asked_for(make_scene):
    named = site(
        "a", shapely.Point(10, 50), aliases=(("zh", "酒泉卫星发射中心"), ("ru", "Космодром Цзюцюань")), label="Jiuquan"
    )
    scene = make_scene(Document({"sites": [named]}))
    assert [label.text for label in scene.label_layout(view_of()).placed] == ["Jiuquan"]
    scene.label_language = "zh"
    assert [label.text for label in scene.label_layout(view_of()).placed] == ["酒泉卫星发射中心"]
    scene.label_language = "fr"
    assert [label.text for label in scene.label_layout(view_of()).placed] == ["Jiuquan"]


def test_ten_thousand_sites_become_dots_and_stay_honest_about_the_topmost(make_scene):
    sites = [
        site(f"{i}", shapely.Point(9.4 + (i % 100) * 0.012, 49.6 + (i // 100) * 0.008), label="") for i in range(10_000)
    ]
    claim = site("claim", shapely.Point(10.0, 50.0), role="named in a claim", label="")
    scene, view = make_scene(Document({"sites": [*sites, claim]})), view_of()
    frame = scene.marks.frames(view)[0]
    assert frame.compact
    assert len(frame.thinned()) <= len(frame.rows)
    x, y = pixel_of(view, 10.0, 50.0)
    assert painted(scene, view).pixelColor(round(x), round(y)) == QColor(CLAIM_COLOR)


def test_a_label_that_is_edited_leaves_the_marks_in_view_as_they_were_found(make_scene):
    scene, view = make_scene(small_document()), view_of()
    document = scene.document
    before = painted(scene, view)
    frames = scene.marks.frames(view)
    edit = update_site(document, "port", actor="x", label="Renamed")
    document.apply(edit)
    assert scene.marks.frames(view) is frames
    renamed = painted(scene, view)
    assert renamed != before
    assert renamed == painted(make_scene(Document({"sites": list(document.sites.values())})), view)
    document.apply(edit.inverse())
    assert painted(scene, view) == before
    document.apply(update_site(document, "port", actor="x", role="named in a claim"))
    assert scene.marks.frames(view) is not frames
    assert painted(scene, view) == painted(make_scene(Document({"sites": list(document.sites.values())})), view)


@pytest.mark.parametrize("seed", range(4))
def test_of_very_many_dots_the_last_in_each_cell_is_painted(make_scene, seed: int):
    rng = np.random.default_rng(seed)
    places = rng.uniform((9.0, 49.4), (11.0, 50.6), (9000, 2))
    roles = rng.choice(["named in a claim", "setting"], len(places))
    rows = [
        site(f"{at}", shapely.Point(*place), role=str(role), label="", position_error_m=200.0)
        for at, (place, role) in enumerate(zip(places.tolist(), roles, strict=True))
    ]
    scene = make_scene(Document({"sites": rows}))
    view = View.of_bounds(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, Bounds(9.2, 49.5, 10.9, 50.5)), 700, 500)
    frame = scene.marks.frames(view)[0]
    last: dict[tuple[int, int], int] = {}
    for at, (px, py) in enumerate(zip(frame.px.tolist(), frame.py.tolist(), strict=True)):
        last[int(px / 5), int(py / 5)] = at
    assert 4000 < len(last) < len(frame.px)
    assert frame.thinned().tolist() == sorted(last.values())


def _pdf_of(scene, view: View, path) -> None:
    writer = QPdfWriter(str(path))
    writer.setResolution(96)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setPageSize(QPageSize(QSizeF(view.width * 72 / 96, view.height * 72 / 96), QPageSize.Unit.Point))
    with painting(writer) as painter:
        scene.paint_map(painter, view)


@pytest.mark.skipif(
    not shutil.which("pdftotext") and not os.environ.get("CI"), reason="pdftotext (poppler-utils) is not installed"
)
def test_onto_pdf_text_stays_text_and_lines_stay_lines(make_scene, tmp_path):
    document = small_document()
    port = document.sites["port"]
    document.apply(edit("sites", port, replace(port, label="Порт Находка", rev=2)))
    _pdf_of(make_scene(document), view_of(), tmp_path / "map.pdf")
    text = subprocess.run(["pdftotext", tmp_path / "map.pdf", "-"], capture_output=True, check=True).stdout.decode()
    assert "Порт Находка" in text
    assert "Site firm" in text
    images = subprocess.run(
        ["pdfimages", "-list", tmp_path / "map.pdf"], capture_output=True, check=True
    ).stdout.decode()
    assert len(images.strip().splitlines()) <= 2, "nothing was turned into a picture"


def test_onto_svg_text_stays_text(make_scene):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setViewBox(QRectF(0, 0, 800, 600))
    with painting(generator) as painter:
        make_scene().paint_map(painter, view_of())
    svg = bytes(buffer.data()).decode()
    assert ">Site port</text>" in svg
    assert "<polyline" in svg
    assert "<image" not in svg


def test_layers_are_handed_the_copies_of_the_world_that_a_view_sees(make_scene):
    scene = make_scene(Document({"layers": [layer("a", "#ff0000", 1)]}))
    for left, count in ((160.0, 1), (100.0, 0)):
        view = View(TileGrid(WGS84, 0.1, left, 75.0), 0, 0, 400, 300)
        drawing = scene.drawings["a"]
        drawing.copies.clear()
        scene.set_view(view)
        scene.is_complete(view)
        painted(scene, view)
        assert drawing.copies == [world_copies(view)] * 3
        assert len(world_copies(view)) == count


def test_over_the_edge_of_the_map_the_sites_and_their_labels_go_on(make_scene):
    east, west = (
        site("east", shapely.Point(178.0, 60.0), label="East"),
        site("west", shapely.Point(-178.0, 60.0), label="West"),
    )
    scene = make_scene(Document({"sites": [east, west]}))
    whole = transform_bounds(WGS84, WEB_MERCATOR, Bounds(170.0, 55.0, 180.0, 65.0))
    view = View.of_bounds(
        WEB_MERCATOR, Bounds(whole.left, whole.bottom, whole.right + whole.width, whole.top), 800, 600
    )
    picture = painted(scene, view)
    assert sorted(label.text for label in scene.label_layout(view).placed) == ["East", "West"]
    x0, y = pixel_of(view, 178.0, 60.0)
    x1, _ = pixel_of(view, 180.0, 60.0)
    for uuid, x in (("east", x0), ("west", 2 * x1 - x0)):
        assert marks_at(scene, view, x, y) == [uuid]
        assert marks_in_box(scene, view, x - 9, y - 9, x + 9, y + 9) == [uuid]
        assert picture.pixelColor(round(x), round(y)) != picture.pixelColor(400, 580)


def test_a_shape_over_the_antimeridian_is_named_where_it_is(make_scene):
    """Not half-way between its pieces, on the other side of the Earth."""
    island = shapely.Polygon([(170, 0), (185, 0), (185, 10), (170, 10)])
    scene = make_scene(Document({"sites": [site("i", island, label="Isle")]}))
    (label,) = scene.label_layout(view_of(Bounds(-179, -60, 179, 60))).placed
    assert label.px > 700


def test_what_lies_on_both_sides_of_the_edge_is_named_once(make_scene):
    island = shapely.Polygon([(160, 0), (200, 0), (200, 30), (160, 30)])
    band = shapely.Polygon([(-180, -40), (180, -40), (180, -20), (-180, -20)])
    loose = site("loose", shapely.Point(-179.0, 50.0), position_error_m=900_000.0, label="Loose")
    sites = [site("i", island, label="Isle"), site("b", band, label="Band"), loose]
    scene = make_scene(Document({"sites": sites}))
    view = View.of_bounds(WGS84, Bounds(140.0, -50.0, 220.0, 70.0), 800, 600)
    assert sorted(label.text for label in scene.label_layout(view).placed) == ["Band", "Isle", "Loose"]


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84])
@pytest.mark.parametrize("left", [160.0, -200.0, -179.5])
def test_an_area_over_the_antimeridian_is_whole_and_has_no_edge_there(make_scene, crs, left):
    loose = site("loose", shapely.Point(179.0, 60.0), position_error_m=600_000.0)
    scene = make_scene(Document({"sites": [loose]}))
    view = View.of_bounds(crs, transform_bounds(WGS84, crs, Bounds(left, 50.0, left + 40.0, 69.0)), 800, 600)
    turn = 360.0 if left > 0 else 0.0
    seam = [round(pixel_of(view, -180.0 + turn, 60.0)[0]) + step for step in (-6, 0, 6)]
    picture, row = painted(scene, view), round(pixel_of(view, 0.0, 61.0)[1])
    inside, outside = pixel_of(view, -176.0 + turn, 60.0), pixel_of(view, -160.5 + turn, 60.0)
    fill = picture.pixelColor(*map(round, inside))
    assert picture.pixelColor(*map(round, outside)) != fill
    assert {picture.pixelColor(x, row).name() for x in seam if 0 <= x < 800} <= {fill.name()}, "no line along the seam"
    assert marks_at(scene, view, *inside) == ["loose"]
    assert marks_at(scene, view, *outside) == []


@pytest.mark.parametrize("crs", [WEB_MERCATOR, WGS84])
@pytest.mark.parametrize("left", [165.0, -195.0])
@pytest.mark.parametrize("is_line", [False, True])
def test_an_outline_over_the_antimeridian_looks_there_as_everywhere(make_scene, crs, left, is_line):
    """No pen ends there: neither the glow of a selected site nor the casing covers what goes on."""
    corners = [(170.0, 0.0), (190.0, 0.0), (190.0, 10.0), (170.0, 10.0)]
    shape = shapely.LineString(corners[:2]) if is_line else shapely.Polygon(corners)
    scene = make_scene(Document({"sites": [site("wide", shape)]}))
    view = View.of_bounds(crs, transform_bounds(WGS84, crs, Bounds(left, -10.0, left + 30.0, 10.0)), 800, 600)
    turn = 360.0 if left > 0 else 0.0
    seam, row = (round(value) for value in pixel_of(view, -180.0 + turn, 0.0))
    for selection in (frozenset(), frozenset({"wide"})):
        picture = painted(scene, view, selection=selection)
        columns = [
            [picture.pixelColor(seam + step, row + down).name() for down in range(-12, 13)]
            for step in (-80, *range(-12, 13), 80)
        ]
        assert all(column == columns[0] for column in columns), selection


def test_in_an_svg_no_outline_runs_over_the_edge_of_the_map(make_scene):
    """Nothing is clipped there: what runs on over the antimeridian would stick out."""
    scene = make_scene(Document({"sites": [site("wide", shapely.LineString([(150.0, 0.0), (210.0, 20.0)]))]}))
    view = View.of_bounds(WGS84, Bounds(-200.0, -100.0, 200.0, 100.0), 800, 400)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(800, 400))
    with painting(generator) as painter:
        scene.paint_map(painter, view)
    root = ElementTree.fromstring(bytes(buffer.data()))
    lines = [line.get("points").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")]
    lines = [[float(pair.split(",")[0]) for pair in line] for line in lines]
    edges = pixel_of(view, -180.0, 0.0)[0], pixel_of(view, 180.0, 0.0)[0]
    assert lines
    for xs in lines:
        assert not any(min(xs) < edge - 0.5 and max(xs) > edge + 0.5 for edge in edges)


def test_what_lies_beyond_the_view_is_not_asked_for_its_credit(make_scene, monkeypatch):
    asked: list[str] = []
    told = LayerDrawing.attribution.fget
    monkeypatch.setattr(LayerDrawing, "attribution", property(lambda one: (asked.append(one.layer_uuid), told(one))[1]))
    remarks: list[str] = []
    monkeypatch.setattr(LayerDrawing, "remark", property(lambda one: (remarks.append(one.layer_uuid), "")[1]))
    scene = make_scene(Document({"layers": [layer("a", "#ff0000", 1, credit="A"), layer("b", "#00ff00", 2)]}))
    assert scene.stack.credits(view_of(Bounds(60, 45, 63, 46))) == []
    assert asked == remarks == []
    assert scene.stack.credits(view_of(Bounds(12, 45, 13, 46)), drawn=True) == ["A"]
    assert sorted(asked) == sorted(remarks) == ["a", "b"], "each once"
