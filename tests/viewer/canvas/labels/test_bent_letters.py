"""Letters along a bend: one picture a name, that goes with the map; halos under all letters; text in products."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtSvg import QSvgGenerator

from layers.document.document import Document
from layers.vector.labels.curved import anchors_along
from layers.vector.labels.label_layout import Box, LabelLayout, LabelRequest, PlacedLabel, Rank
from tests.support.painted_scenes import painted, view_of
from tests.support.pictures import map_of, pixels
from tests.viewer.canvas.conftest import site
from viewer.canvas.labels import label_painter
from viewer.canvas.labels.label_painter import Face, LabelPainter
from viewer.support.painting import painting

ROOM = Box(0, 0, 400, 300)
NAMES = ["Подкаменная Тунгуска", "Yangtze (长江), upper course", "黄河中下游防洪工程河段", "Hồ Chí Minh e\u0301"]


def around_a_bend(painter: LabelPainter, name: str, face: Face, radius: float = 90.0) -> PlacedLabel:
    at = np.radians(np.linspace(185, 355, 300))
    line = np.column_stack([200 + radius * np.cos(at), 200 + radius * np.sin(at)])
    asked = painter.name(name, face, 1.0, 2.0)
    anchors = tuple(one for one in anchors_along(line, ROOM, asked) if one.way == "bent")
    wish = LabelRequest("a", name, Rank.LAYER, asked.width, asked.height, anchors, face, advances=asked.advances)
    (placed,) = LabelLayout.of(ROOM, [wish]).placed
    assert placed.letters
    return placed


def picture_of(painter: LabelPainter, label: PlacedLabel, ground: str = "#000000") -> np.ndarray:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    with painting(image) as on_image:
        painter.paint(on_image, [label], 1.0)
    return pixels(image).astype(int)


@pytest.mark.parametrize("name", NAMES)
def test_letters_and_halos_stay_within_the_box(qapp: object, name: str) -> None:
    painter = LabelPainter()
    label = around_a_bend(painter, name, Face(16.0, "#ffffff", "#ff0000", 2.0))
    rows, columns = np.nonzero((picture_of(painter, label) > 8).any(axis=2))
    assert label.box.left - 1 <= columns.min() < columns.max() <= label.box.right
    assert label.box.top - 1 <= rows.min() < rows.max() <= label.box.bottom
    assert columns.max() - columns.min() > 60
    assert rows.max() - rows.min() > 26, "a straight line of letters is 20 high"


def test_halos_lie_under_the_letters_of_all_neighbours(qapp: object) -> None:
    painter = LabelPainter()
    label = around_a_bend(painter, NAMES[0], Face(14.0, "#ffffff", "#ff000000", 5.0), radius=70.0)
    with_halo = picture_of(painter, label)
    bare = picture_of(painter, around_a_bend(painter, NAMES[0], Face(14.0, "#ffffff", "", 5.0), radius=70.0))
    assert with_halo.max() > 200
    assert np.array_equal(with_halo, bare), "a black halo on black takes nothing from any letter"


def test_a_name_that_moves_with_the_map_keeps_its_picture(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    painter, made = LabelPainter(), []
    draw = label_painter.bent_sprite
    monkeypatch.setattr(label_painter, "bent_sprite", lambda *args: made.append(1) or draw(*args))
    label = around_a_bend(painter, NAMES[0], Face())
    here, there = picture_of(painter, label), picture_of(painter, label.moved(31.0, -17.0))
    assert np.array_equal(np.roll(here, (-17, 31), (0, 1)), there)
    picture_of(painter, label.moved(0.3, 0.4))
    assert made == [1]


def test_the_same_name_at_another_bend_has_another_picture(qapp: object) -> None:
    painter = LabelPainter()
    one, other = (around_a_bend(painter, NAMES[2], Face(), radius) for radius in (90.0, 110.0))
    pictures = [picture_of(painter, one), picture_of(painter, other)]
    assert np.array_equal(pictures[1], picture_of(LabelPainter(), other))
    assert not np.array_equal(*pictures)


def test_its_halo_is_as_thick_and_as_clear_as_that_of_a_straight_name(qapp: object) -> None:
    painter = LabelPainter()
    label = around_a_bend(painter, NAMES[0], Face(14.0, "#000000", "#80ff0000", 2.0))
    red = picture_of(painter, label)[..., 2]
    assert red.max() in range(120, 136), "halos that overlap are one"


def test_in_a_drawing_it_is_text_in_one_piece_that_is_not_seen_and_letters_that_are(qapp: object) -> None:
    painter = LabelPainter()
    label = around_a_bend(painter, NAMES[0], Face(14.0, "#0b3d6b", "#ffffff", 2.0))
    buffer, generator = QBuffer(), QSvgGenerator(QSvgGenerator.SvgVersion.SvgTiny12)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(400, 300))
    with painting(generator) as on_drawing:
        painter.paint(on_drawing, [label], 1.0)
    root = ElementTree.fromstring(bytes(buffer.data()))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))
    assert ["".join(one.itertext()).strip() for one in texts] == [NAMES[0]]
    assert {one.get("fill-opacity") for one in texts} == {"0"}
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) == 2, "halos, then letters"


def test_a_route_of_a_case_has_its_name_along_its_bend_and_drags_without_a_layout(
    make_scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = np.radians(np.linspace(200, 340, 60))
    bend = shapely.LineString(np.column_stack([10 + 0.35 * np.cos(at), 50 + 0.25 * np.sin(-at)]))
    scene, view = make_scene(Document({"sites": [site("r", bend, label="Northern corridor")]})), view_of()
    (label,) = scene.label_layout(view).placed
    assert len(label.letters) == len("Northern corridor")
    map_of(scene, view)
    monkeypatch.setattr("viewer.canvas.sites.site_labels.anchors_along", None)
    monkeypatch.setattr("viewer.canvas.labels.label_painter.bent_sprite", None)
    painted(scene, replace(view, left=view.left + 40, top=view.top - 25), settled=False, in_haste=True)
