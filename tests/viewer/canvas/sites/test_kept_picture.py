"""The kept picture of very many marks: while one pans it shows what a map painted anew would show."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from shapely.affinity import translate
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from tests.support.cases.marks import marks_of_every_kind
from tests.support.painted_scenes import painted, view_of
from viewer.canvas.sites import kept_picture, site_painter
from viewer.canvas.sites.kept_picture import KeptPicture, PartStep, PictureSteps
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.widget import MapCanvas

ABOUT = Bounds(9.8, 49.87, 10.2, 50.13)


def many_marks() -> Iterator[Site]:
    for row in range(5):
        for column in range(5):
            yield from marks_of_every_kind(9.8 + 0.1 * column, 49.87 + 0.065 * row, 0.05, f"{row}{column}-")


class NotedPicture(KeptPicture):
    """Notes the sizes of what is painted of it, and whether it is kept."""

    def __init__(self, steps: PictureSteps) -> None:
        self.sizes: list[tuple[int, int]] = []
        self.is_kept = False

        def noted(frame: SiteFrame, selection: frozenset[str]) -> Iterator[PartStep]:
            self.sizes.append((frame.view.width, frame.view.height))
            return steps(frame, selection)

        super().__init__(noted)

    def paint(self, painter: QPainter, frame: SiteFrame, selection: frozenset[str], **options: bool) -> bool:
        self.is_kept = True
        return super().paint(painter, frame, selection, **options)

    def forget(self) -> None:
        self.is_kept = False
        super().forget()


@pytest.fixture
def pictures(monkeypatch) -> list[NotedPicture]:
    """Of lines and areas, of symbols, and of both together: those of the first world copy that is painted."""
    made: list[NotedPicture] = []

    def make(steps: PictureSteps) -> NotedPicture:
        made.append(NotedPicture(steps))
        return made[-1]

    monkeypatch.setattr(site_painter, "KeptPicture", make)
    return made


@pytest.fixture
def scene(make_scene):
    return make_scene(Document({"sites": [replace(site, label="") for site in many_marks()]}))


@pytest.fixture
def view() -> View:
    return view_of(ABOUT)


def pixels(image: QImage) -> np.ndarray:
    """(height, width, 4)"""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()


def a_frame(scene, view: View, **options: object) -> tuple[QImage, bool]:
    """A picture as the screen shows it, and True where the next one would have more marks."""
    unfinished = QSignalSpy(scene.unfinished)
    image = painted(scene, view, in_haste=True, **options)
    QApplication.processEvents()
    return image, unfinished.count() > 0


def in_haste(scene, view: View, *, settled: bool = False, **options: object) -> QImage:
    """As the screen shows it once all letters are there; while the map is moved, or `settled`."""
    for _ in range(500):
        image, _ = a_frame(scene, view, settled=settled, **options)
        if not scene.awaits_labels:
            break
    return image


def assert_same(one: QImage, other: QImage) -> None:
    """To a few levels, as what is mixed in two steps is rounded twice; but for the outermost pixels, where Qt cuts what
    it paints.
    """
    difference = np.abs(pixels(one).astype(int) - pixels(other).astype(int))[2:-2, 2:-2]
    assert difference.max() <= 8, (difference.max(), np.argwhere(difference > 8)[:5].tolist())
    assert (difference > 3).mean() < 1e-4


@pytest.mark.bounded
@pytest.mark.parametrize("step", [(3, 0), (0, -4), (-17, 9), (260, -140), (2000, 0)])
def test_a_panned_picture_is_as_if_painted_anew(scene, view, step):
    in_haste(scene, view)
    for times in range(1, 5):
        moved = replace(view, left=view.left + times * step[0], top=view.top + times * step[1])
        found = in_haste(scene, moved)
    assert_same(found, painted(scene, moved))


def test_while_one_pans_only_what_comes_into_view_is_painted(scene, view, pictures):
    in_haste(scene, view)
    pictures[0].sizes.clear()
    in_haste(scene, replace(view, left=view.left + 7))
    assert pictures[0].sizes == [(7 + 8, view.height)], "and what was at the edge before"


@pytest.mark.bounded
def test_an_edit_and_a_selection_show_at_once(scene, view):
    in_haste(scene, view)
    site = scene.document.sites["22-circle"]
    scene.document.apply(Edit("Take away", (Change("sites", site, None),)))
    assert_same(in_haste(scene, view), painted(scene, view))
    chosen = frozenset({"22-ring", "12-text", "02-polygon"})
    assert_same(in_haste(scene, view, selection=chosen), painted(scene, view, selection=chosen))
    scene.document.apply(Edit("Put back", (Change("sites", None, site),)))
    moved = replace(view, top=view.top + 5)
    assert_same(in_haste(scene, moved), painted(scene, moved))


@pytest.mark.bounded
def test_of_an_edit_and_a_selection_only_their_surroundings_are_painted(scene, view, pictures):
    in_haste(scene, view)
    sizes = pictures[0].sizes
    sizes.clear()
    site = scene.document.sites["22-circle"]
    east = translate(site.geometry, 0.01)
    for after in (replace(site, fill_color="#ff0000"), replace(site, geometry=east), None):
        before = scene.document.sites[site.uuid]
        scene.document.apply(Edit("Edit", (Change("sites", before, after),)))
        assert_same(in_haste(scene, view), painted(scene, view))
        scene.document.apply(Edit("Undo", (Change("sites", after, before),)))
        assert_same(in_haste(scene, view), painted(scene, view))
    chosen = frozenset({"22-circle"})
    assert_same(in_haste(scene, view, selection=chosen), painted(scene, view, selection=chosen))
    assert_same(in_haste(scene, view), painted(scene, view))
    assert len(sizes) >= 8
    assert max(width * height for width, height in sizes) < view.width * view.height / 4


@pytest.mark.bounded
def test_edits_of_many_sites_and_many_edits_show_whole(scene, view):
    in_haste(scene, view)
    for uuids in (list(scene.document.sites)[::3], *[[uuid] for uuid in list(scene.document.sites)[1::3]]):
        gone = tuple(Change("sites", scene.document.sites[uuid], None) for uuid in uuids)
        scene.document.apply(Edit("Take away", gone))
    assert_same(in_haste(scene, view), painted(scene, view))


@pytest.fixture
def slow(monkeypatch) -> None:
    """A step is all that a frame has time for."""
    monkeypatch.setattr(kept_picture, "WITHIN_S", 0.0)
    monkeypatch.setattr(kept_picture, "MOVING_S", 0.0)


@pytest.mark.bounded
@pytest.mark.usefixtures("slow")
def test_what_takes_long_comes_in_several_frames(scene, view):
    frames, lacks_some = 0, True
    while lacks_some:
        image, lacks_some = a_frame(scene, view, settled=False)
        frames += 1
    assert frames > 25
    assert_same(image, painted(scene, view))


@pytest.mark.bounded
@pytest.mark.usefixtures("slow")
def test_the_map_may_move_and_be_edited_before_all_is_painted(scene, view):
    for times in range(1, 30):
        moved = replace(view, left=view.left + 9 * (times % 7), top=view.top - 5 * (times % 4))
        _, lacks_some = a_frame(scene, moved, settled=False)
    assert lacks_some
    assert_same(in_haste(scene, moved), painted(scene, moved))
    painted(scene, view, in_haste=True, settled=False)
    scene.document.apply(Edit("Take away", (Change("sites", scene.document.sites["22-circle"], None),)))
    assert_same(in_haste(scene, view), painted(scene, view))


@pytest.mark.bounded
def test_the_picture_before_stands_in_until_all_is_painted(scene, make_scene, view, monkeypatch):
    in_haste(scene, view)
    closer = view_of(Bounds(9.9, 49.93, 10.1, 50.07))
    monkeypatch.setattr(kept_picture, "MOVING_S", 0.0)
    at_first, lacks_some = a_frame(scene, closer, settled=False)
    assert lacks_some
    whole, bare = pixels(painted(scene, closer)), pixels(painted(make_scene(Document()), closer))
    marked = np.abs(whole.astype(int) - bare).max(axis=2) > 40
    stands_in = np.abs(pixels(at_first).astype(int) - bare).max(axis=2) > 40
    assert (marked & stands_in).sum() > marked.sum() / 2
    assert_same(in_haste(scene, closer), painted(scene, closer))


@pytest.mark.bounded
def test_the_window_goes_on_while_very_many_large_shapes_are_painted(make_scene, qtbot, view):
    """At a scale at which nothing of them is there yet."""
    rings = [Point(9.8 + 0.4 * (n % 40) / 40, 49.87 + 0.26 * (n // 40) / 30) for n in range(1200)]
    sites = [Site(uuid=f"{n}", geometry=at, position_error_m=2000.0 + n) for n, at in enumerate(rings)]
    canvas = MapCanvas(make_scene(Document({"sites": sites})))
    qtbot.addWidget(canvas)
    canvas.resize(900, 600)
    canvas.show()
    canvas.motion.show_bounds("EPSG:3857", view.world_bounds())
    gaps, before = list[float](), time.thread_time()
    while not canvas.is_idle() or len(gaps) < 3:
        QApplication.processEvents()
        gaps.append(time.thread_time() - before)
        before = time.thread_time()
    assert len(gaps) > 10
    assert max(gaps) < 0.2


@pytest.mark.bounded
def test_other_scales_and_turns_are_painted_anew(scene, view):
    in_haste(scene, view)
    closer = view_of(Bounds(9.9, 49.93, 10.1, 50.07))
    turned = replace(view, grid=replace(view.grid, rotation_deg=20.0))
    for other in (closer, turned, view):
        assert_same(in_haste(scene, other), painted(scene, other))


def test_few_marks_are_painted_straight_while_the_map_rests(make_scene, view, pictures):
    scene = make_scene(Document({"sites": list(marks_of_every_kind())}))
    at_rest = in_haste(scene, view, settled=True)
    assert [one.is_kept for one in pictures] == [False, False, False]
    assert pixels(at_rest).tobytes() == pixels(painted(scene, view)).tobytes()


@pytest.mark.parametrize("step", [(3, 0), (0, -4), (-17, 9), (260, -140)])
def test_few_marks_that_go_with_the_map_are_as_if_painted_anew(make_scene, view, step, pictures):
    scene = make_scene(Document({"sites": [replace(site, label="") for site in marks_of_every_kind()]}))
    for _ in range(2):
        in_haste(scene, view)
    sizes = pictures[2].sizes
    sizes.clear()
    chosen = frozenset[str]()
    for times in range(1, 5):
        moved = replace(view, left=view.left + times * step[0], top=view.top + times * step[1])
        chosen = frozenset({"polygon", "text"}) if times > 2 else chosen
        found = in_haste(scene, moved, selection=chosen)
        at_rest = in_haste(scene, moved, settled=True, selection=chosen)
    assert_same(found, painted(scene, moved, selection=chosen))
    assert pixels(at_rest).tobytes() == pixels(painted(scene, moved, selection=chosen)).tobytes()
    assert sizes, "the picture went along"
    assert (view.width, view.height) not in sizes, "and was not painted anew as a whole"


def test_one_line_on_a_large_map_is_painted_anew(make_scene, view, pictures):
    """To lay a picture of the whole map upon it would take longer."""
    line = next(site for site in marks_of_every_kind() if site.kind == "line")
    scene = make_scene(Document({"sites": [line]}))
    in_haste(scene, view)
    assert [one.is_kept for one in pictures] == [False, False, False]


@pytest.mark.bounded
def test_all_marks_are_kept_that_are_many_and_then_few(make_scene, view, pictures):
    """As one zooms in among very many: what is kept is of the marks that are in view."""
    scene = make_scene(Document({"sites": [replace(site, label="") for site in many_marks()]}))
    in_haste(scene, view)
    closer = view_of(Bounds(9.98, 49.99, 10.02, 50.01))
    assert scene.marks.frames(closer)[0].shapes_in_boxes < site_painter.MANY_SHAPES
    assert_same(in_haste(scene, closer), painted(scene, closer))
    shapes, _, both = pictures
    assert [one.is_kept for one in pictures] == [False, False, False], "a picture would serve one frame only"
    assert_same(in_haste(scene, closer), painted(scene, closer))
    assert (shapes.is_kept, both.is_kept) == (False, True)
    assert_same(in_haste(scene, view), painted(scene, view))
    assert (shapes.is_kept, both.is_kept) == (True, False)


def test_boxes_follow_edits(scene, view):
    view = view_of(Bounds(9.5, 49.6, 10.6, 50.4))
    index = scene.marks.frames(view)[0].index
    before = index.shapes_near(view)
    assert set(before) == set(index.shapes)
    gone = [scene.document.sites[uuid] for uuid in ("00-line", "44-polygon")]
    scene.document.apply(Edit("Take away", tuple(Change("sites", site, None) for site in gone)))
    assert index.shapes_near(view) == [uuid for uuid in before if uuid not in ("00-line", "44-polygon")]
    scene.document.apply(Edit("Put back", tuple(Change("sites", None, site) for site in gone)))
    assert set(index.shapes_near(view)) == set(before)
    far = view_of(Bounds(20, 20, 21, 21))
    assert index.shapes_near(far) == []


def test_world_copies_have_pictures_of_their_own(make_scene):
    """Over the antimeridian, where the same marks are in view once from either side."""
    marks = [site for row in range(5) for site in marks_of_every_kind(179.5, -60.0 + 25 * row, 3.0, f"{row}-")]
    more = [site for row in range(5) for site in marks_of_every_kind(176.0, -60.0 + 25 * row, 3.0, f"w{row}-")]
    scene = make_scene(Document({"sites": [replace(site, label="") for site in (*marks, *more)]}))
    view = view_of(Bounds(60, -70, 250, 70), 800, 600)
    assert len(scene.marks.frames(view)) > 1
    in_haste(scene, view)
    moved = replace(view, left=view.left + 13)
    assert_same(in_haste(scene, moved), painted(scene, moved))


@pytest.mark.bounded
def test_strips_that_wait_become_one_and_nothing_is_missing_at_rest(scene, view, pictures, monkeypatch):
    in_haste(scene, view)
    sizes = pictures[0].sizes
    sizes.clear()
    with monkeypatch.context() as slow:
        slow.setattr(kept_picture, "MOVING_S", 0.0)
        for times in range(1, 9):
            painted(scene, replace(view, left=view.left + 110 * times), in_haste=True, settled=False)
    assert {width for width, height in sizes} >= {118, 228}
    moved = replace(view, left=view.left + 110 * 8)
    assert_same(in_haste(scene, moved), painted(scene, moved))
