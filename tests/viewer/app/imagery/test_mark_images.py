"""Marks drawn on images record them, in the real window."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from layers.document.image import Image
from layers.document.mark_position import shown_error_m
from layers.document.site import Site
from layers.document.vocabulary import BY_HAND
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import press, settle
from tests.viewer.app.imagery.conftest import AT, IN_HOLE, MIDDLE, AddImage, write_scene
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.panels.sites.image_part import ImagePart
from viewer.panels.sites.site_form import SiteFormPanel

Key = Qt.Key


def mark(window: MainWindow, desk: Desk, place: tuple[float, float], qtbot: QtBot) -> Site:
    """P, and a click."""
    before = set(window.session.document.sites)
    window.canvas.setFocus()
    press(Key.Key_P)
    desk.click(*place)
    settle(window, qtbot)
    (uuid,) = set(window.session.document.sites) - before
    return window.session.document.sites[uuid]


def image_of(window: MainWindow, site: Site) -> Image:
    return window.session.document.images[site.image_uuid]


def part_of(window: MainWindow) -> ImagePart:
    part = window.findChild(ImagePart)
    assert part is not None
    return part


def said(window: MainWindow) -> str:
    return " ".join(line.text for line in window.messages.lines())


@pytest.mark.bounded
def test_a_mark_records_its_image_in_the_same_step(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    steps = window.session.history.stack.count()
    site = mark(window, desk, MIDDLE, qtbot)
    image = image_of(window, site)
    (layer,) = window.session.document.layers.values()
    assert (image.layer_uuid, image.layer_title) == (layer.uuid, layer.name)
    assert (image.acquired_at, image.date_kind, image.date_basis) == (AT, "instant", "metadata")
    assert image.image_key.startswith("content:")
    assert site.pixel_m == pytest.approx(6.4, abs=0.1)  # 10 m of Web Mercator at 50 N
    assert site.position_error_m is None
    (source,) = window.session.document.sources.values()
    assert site.position_source_uuid == source.uuid
    assert (source.kind, source.acquired_at, source.date_basis) == ("imagery", AT, "metadata")
    assert window.session.history.stack.count() == steps + 1
    before = window.session.document.table("sites"), dict(window.session.document.table("images"))
    window.session.undo()
    assert not window.session.document.sites
    assert not window.session.document.images
    assert not window.session.document.sources
    window.session.redo()
    assert (window.session.document.table("sites"), dict(window.session.document.table("images"))) == before


@pytest.mark.bounded
def test_a_mark_on_a_map_without_an_image_was_put_by_hand(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    """Nothing was measured there, and the place has no more digits than the screen's pixel is worth."""
    (layer,) = window.session.document.layers
    window.session.push(update_layer(window.session.document, layer, visible=False, actor="Li"))
    steps = window.session.history.stack.count()
    pixel_m = window.canvas.viewport.resolution * math.cos(math.radians(MIDDLE[1]))
    site = mark(window, desk, MIDDLE, qtbot)
    assert site.position_basis == BY_HAND
    assert site.position_error_m is None
    assert not site.image_uuid
    assert shown_error_m(site) == pytest.approx(pixel_m, rel=0.005), "a pixel of the screen"
    assert window.session.history.stack.count() == steps + 1, "in the same step"
    window.session.undo()
    assert not window.session.document.sites


@pytest.mark.bounded
def test_the_form_says_which_image_and_how_it_is_placed(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    mark(window, desk, MIDDLE, qtbot)
    facts = dict(part_of(window).facts.facts())
    assert facts["Acquired"] == "2024-04-12 08:30:00 UTC (from metadata)"
    assert facts["Pixel here"] == "6.4 m"
    wanted = " at best: one pixel of the screen. How well the image itself is placed is not stated."
    assert facts["Position"].endswith(wanted)


@pytest.mark.bounded
def test_a_hole_shows_the_image_below(
    window: MainWindow, desk: Desk, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    below = add_image(write_scene(tmp_path / "below.tif", value=40, hole=False))
    top = next(uuid for uuid in window.session.document.layers if uuid != below)
    order = {row.uuid: row.order_key for row in window.session.document.layers.values()}
    actor = window.session.actor
    window.session.push(update_layer(window.session.document, below, actor=actor, order_key=order[top] - 1))
    settle(window, qtbot)
    assert image_of(window, mark(window, desk, IN_HOLE, qtbot)).layer_uuid == below
    assert image_of(window, mark(window, desk, MIDDLE, qtbot)).layer_uuid == top
    document = window.session.document
    window.session.push(update_layer(document, top, actor=actor, visible=False))
    settle(window, qtbot)
    assert image_of(window, mark(window, desk, (9.4950, 50.1560), qtbot)).layer_uuid == below


@pytest.mark.bounded
def test_a_mark_that_is_dragged_onto_another_image_records_that(
    window: MainWindow, desk: Desk, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    below = add_image(write_scene(tmp_path / "below.tif", value=40, hole=False))
    (top,) = set(window.session.document.layers) - {below}
    order = window.session.document.layers[top].order_key
    window.session.push(update_layer(window.session.document, below, actor="me", order_key=order - 1))
    settle(window, qtbot)
    site = mark(window, desk, MIDDLE, qtbot)
    press(Key.Key_Escape)
    assert image_of(window, site).layer_uuid == top
    steps = window.session.history.stack.count()
    desk.drag(MIDDLE, IN_HOLE)
    settle(window, qtbot)
    moved = window.session.document.sites[site.uuid]
    assert moved.geometry != site.geometry
    assert image_of(window, moved).layer_uuid == below
    assert moved.position_source_uuid != site.position_source_uuid
    assert window.session.history.stack.count() == steps + 1
    window.session.undo()
    assert window.session.document.sites[site.uuid] == site
    assert len(window.session.document.images) == 1
    window.session.redo()
    assert window.session.document.sites[site.uuid] == moved


@pytest.mark.bounded
def test_where_there_is_no_image_none_is_recorded(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    site = mark(window, desk, IN_HOLE, qtbot)
    assert (site.image_uuid, site.pixel_m) == ("", None)
    assert "not recorded" in part_of(window).note.text()


@pytest.mark.bounded
@popup
def test_blended_images_are_asked_for(
    window: MainWindow, desk: Desk, add_image: AddImage, tmp_path: Path, qtbot: QtBot
) -> None:
    (first,) = window.session.document.layers
    second = add_image(write_scene(tmp_path / "second.tif", value=40, hole=False))
    window.session.push(update_layer(window.session.document, second, actor="", opacity=0.5))
    settle(window, qtbot)
    site = mark(window, desk, MIDDLE, qtbot)
    assert site.image_uuid == ""
    assert "2 images are blended" in said(window)
    part = part_of(window)
    assert part.note.text().startswith("2 images are blended here")
    assert [part.layer.itemData(row) for row in range(part.layer.count())] == ["", second, first]
    choose_by_keys(part.layer, part.layer.itemText(2))
    settle(window, qtbot)
    site = window.session.document.sites[site.uuid]
    assert image_of(window, site).layer_uuid in (first, second)
    assert not part.note.text()
    assert "blended" not in said(window)


@pytest.mark.bounded
def test_a_mark_finer_than_its_image_is_said_at_once(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.set("new_on_world", True)
    window.session.begin_case()
    settle(window, qtbot)
    desk = Desk(window.canvas)
    window.canvas.viewport.centre_on(4e6, 7e6, 5.0)
    window.canvas.motion.come_to_rest()
    settle(window, qtbot)
    window.activateWindow()
    site = mark(window, desk, window.canvas.viewport.centre_lonlat(), qtbot)
    image = image_of(window, site)
    assert image.image_key == "shipped:blue_marble.tif"
    assert image.date_kind == "composite"
    assert site.pixel_m is not None
    assert site.pixel_m > 5_000
    assert site.position_error_m is None
    assert "the mark is no better than that" in said(window)
    assert "the mark is no better than that" in part_of(window).note.text()
    assert site.is_area, "no pin"
    error = window.findChild(SiteFormPanel).fields.fields["position_error_m"]
    assert error.placeholderText() == "not judged, 7.4 km at best"
    press(Key.Key_Escape)
    assert error.text() == ""
    facts = dict(part_of(window).facts.facts())
    assert facts["Acquired"].startswith("composite")
    window.messages.clear("mark finer than image")
    lon, lat = window.canvas.viewport.centre_lonlat()
    mark(window, desk, (lon + 0.0005, lat), qtbot)
    assert len(window.session.document.sites) == 2
    assert "the mark is no better than that" not in said(window), "once an image, not for every mark"


@pytest.mark.bounded
def test_a_stated_placement_gives_the_error_of_the_marks(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    site = mark(window, desk, MIDDLE, qtbot)
    part = part_of(window)
    part.placement.setFocus()
    QTest.keyClicks(part.placement, "CE90 6.5 m, maker")
    press(Key.Key_Return)
    placed = window.session.document.sites[site.uuid]
    assert placed.position_error_m is not None
    assert placed.position_error_m > 6.5
    assert dict(part.facts.facts())["Position"].endswith("and 6.5 m from the placement of the image.")
    window.session.undo()
    assert window.session.document.sites[site.uuid].position_error_m is None


@pytest.mark.bounded
def test_what_comes_late_becomes_a_part_of_the_last_step(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    """The image of a mark is not there yet: the label is typed meanwhile, and the hand is not held."""
    window.compared.draw_anew(list(window.session.document.layers))  # nothing of it is known
    steps = window.session.history.stack.count()
    before = set(window.session.document.sites)
    press(Key.Key_P)
    desk.click(*MIDDLE)
    (site_uuid,) = set(window.session.document.sites) - before
    assert not window.session.document.sites[site_uuid].image_uuid
    label = QApplication.focusWidget()
    assert label is not None
    QTest.keyClicks(label, "Pad 1S")
    press(Key.Key_Return)
    assert window.session.history.stack.count() == steps + 2
    settle(window, qtbot)
    assert window.session.document.sites[site_uuid].image_uuid
    assert window.session.history.stack.count() == steps + 2
    window.session.undo()
    assert window.session.document.sites[site_uuid].label == ""
    window.session.undo()
    assert not window.session.document.sites
    assert not window.session.document.images


def test_what_is_kept_of_the_screen_is_read_carefully(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    site = mark(window, desk, MIDDLE, qtbot)
    assert json.loads(site.props_json)["screen_m"] > 0
