"""Labels on the picture: whole, apart, on no mark, at any scale; those of sites and of layers together."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath
from shapely import LineString, Polygon, box, contains_xy
from shapely.affinity import rotate

import sample_data
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.project.intake import read_case
from layers.vector.automatic import categorised
from layers.vector.columns import column_of
from layers.vector.label_style import LabelStyle
from layers.vector.look import Look
from layers.vector.placement import PlacedLabel, mark_boxes
from layers.vector.style import StyleClass, VectorStyle
from tests.support.pictures import image_of, pixels
from viewer.canvas.fonts import letters_path
from viewer.canvas.label_painter import PAD_PX, LabelPainter, face_of
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, complete
from viewer.rendering.look_painter import marker_radius_px

FACILITIES = [
    ("Vostochny", "launch site", 128.33, 51.88), ("文昌航天发射场", "launch site", 110.95, 19.61),
    ("Усть-Кут, нефтеперекачивающая станция", "pump station", 105.77, 56.79), ("Harbin", "airport", 126.25, 45.62),
    ("大连港", "port", 121.65, 38.93), ("Владивосток", "port", 131.9, 43.1), ("Хабаровск", "factory", 135.07, 48.5),
    ("Miyun", "ground station", 116.86, 40.45), ("Beijing control", "control centre", 116.4, 39.9),
    ("Kashi", "gnss", 75.93, 39.5), ("满洲里口岸", "crossing", 117.43, 49.6), ("Jagdaqi", "depot", 124.1, 50.4),
    ("Благовещенск", "crossing", 127.5, 50.27), ("Blagoveshchensk port", "port", 127.52, 50.25),
    ("No kind", "", 100, 45),
]  # fmt: skip
ROUTES = [
    ("Транссиб", "rail", [(82.9, 55), (104.3, 52.3), (113.5, 52), (135, 48.5), (131.9, 43.1)]),
    ("ESPO", "oil pipeline", [(98, 56), (105.8, 56.8), (117, 58), (124, 54), (133, 47)]),
    ("海运航线", "sea", [(131.9, 43.1), (140, 45), (150, 48), (160, 53)]),
]
VIEWS = [Bounds(20, 5, 175, 72), Bounds(95, 30, 145, 60), Bounds(112, 36, 132, 52)]


MOSTLY = 0.7
"""A letter lies between pixels, so that some of what it fills is mixed."""
LARGE_PX = 1000
"""At this size letters stand where they ought to; at twelve pixels Qt rounds."""


def outline(label: PlacedLabel, painter: LabelPainter) -> Polygon:
    """What a label covers, turned as it is."""
    width, height = painter.size(label.text, face_of(label), 1.0)
    (x, y), (w, h) = label.centre, (width / 2, height / 2)
    return rotate(box(x - w, y - h, x + w, y + h), label.angle_deg, origin=(x, y))


def painted_by_labels(scene: MapScene, view: View) -> np.ndarray:
    """(h, w), True where the labels changed the picture."""
    with_labels = pixels(image_of(scene, view)).astype(int)
    paint = scene._labels.paint
    scene._labels.paint = lambda *args, **options: True
    without = pixels(image_of(scene, view)).astype(int)
    scene._labels.paint = paint
    return (with_labels != without).any(axis=2)


def missing_letters(label: PlacedLabel, painter: LabelPainter, found: np.ndarray) -> str:
    """The letters of a label that the picture `found` does not show whole, each drawn alone to know where it is.

    Of the pixels that a letter fills, nearly all have to be nearer to the letters' colour than to their halo's.
    """
    face, lines = face_of(label), label.text.split("\n")
    font, metrics = face.font(1.0), face.metrics(1.0)
    large = QFont(font)
    large.setPixelSize(LARGE_PX)
    exactly = QFontMetricsF(large)
    width, height = painter.size(label.text, face, 1.0)
    reach = math.ceil(math.hypot(width, height) / 2) + 2
    corner = max(int(label.centre[0]) - reach, 0), max(int(label.centre[1]) - reach, 0)
    found = found[corner[1] : corner[1] + 2 * reach, corner[0] : corner[0] + 2 * reach].astype(int)
    widths = [metrics.horizontalAdvance(line) for line in lines]
    pad, missing = max(PAD_PX, face.halo_px + 1.0), ""
    ink, halo = (np.array(QColor(name).getRgb()[2::-1], int) for name in (face.color, face.halo_color))
    for number, line in enumerate(lines):
        left = pad + (max(widths) - widths[number]) * {1: 0.0, 0: 0.5, -1: 1.0}[label.side]
        baseline = pad / 2 + metrics.ascent() + number * metrics.height()
        for at, letter in enumerate(line):
            if letter.isspace():
                continue
            # with the letter, as it may be moved closer to the one before it
            before = exactly.horizontalAdvance(line[: at + 1]) - exactly.horizontalAdvance(letter)
            place = QPointF(left + before * font.pixelSize() / LARGE_PX, baseline)
            path = letters_path(place, font, letter)
            # a turned label is a picture that is put on whole pixels
            nudges = list(product((-0.5, 0.0, 0.5), repeat=2)) if label.angle_deg else [(0.0, 0.0)]
            cores = [_core(path.translated(*nudge), label, (width, height), corner, found.shape) for nudge in nudges]
            if max(_share(found[core], ink, halo) for core in cores) < MOSTLY:
                missing += letter
    return missing


def _share(colors: np.ndarray, ink: np.ndarray, halo: np.ndarray) -> float:
    """How many of them are the letters' colour; all of none are, as of a dot that fills no pixel."""
    are_ink = np.abs(colors - ink).sum(axis=1) < np.abs(colors - halo).sum(axis=1)
    return float(are_ink.mean()) if len(colors) else 1.0


def _core(
    path: QPainterPath, label: PlacedLabel, size: tuple[float, float], corner: tuple[int, int], shape: tuple[int, ...]
) -> np.ndarray:
    """(h, w) The pixels that a letter fills by more than half, alone, where its label puts it, from `corner` on."""
    width, height = size
    alone = QImage(shape[1], shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    alone.fill(Qt.GlobalColor.transparent)
    painter = QPainter(alone)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-corner[0], -corner[1])
    if label.angle_deg:
        painter.translate(*label.centre)
        painter.rotate(label.angle_deg)
        painter.translate(-width / 2, -height / 2)
    else:
        painter.translate(round(label.centre[0] - width / 2), round(label.centre[1] - height / 2))
    painter.fillPath(path, QColor("white"))
    painter.end()
    return np.frombuffer(alone.constBits(), np.uint8).reshape(shape[0], shape[1], 4)[..., 3] > 140


def check(scene: MapScene, view: View, own_marks: dict[str, float], least: int) -> None:
    """`own_marks`: how far the mark of a point reaches, by the beginning of its label's uuid."""
    complete(scene, view)
    placed = scene.label_layout(view).placed
    assert len(placed) >= least
    painter = LabelPainter()
    outlines = [outline(label, painter) for label in placed]
    for i, one in enumerate(outlines):
        assert one.within(box(0, 0, view.width, view.height)), f"{placed[i].text} is cut off"
        for other, label in zip(outlines[i + 1 :], placed[i + 1 :], strict=True):
            assert one.intersection(other).area < 1e-6, f"{placed[i].text} and {label.text} overlap"
    changed, found = painted_by_labels(scene, view), pixels(image_of(scene, view))
    rows, columns = np.nonzero(changed)
    allowed = np.zeros_like(changed)
    for one, label in zip(outlines, placed, strict=True):
        shapes = [one.buffer(1.5)]
        if label.leader is not None:
            shapes.append(LineString([(label.px, label.py), label.leader]).buffer(2.5))
        for shape in shapes:
            left, top, right, bottom = (int(v) for v in shape.bounds)
            part = np.s_[max(top, 0) : bottom + 2, max(left, 0) : right + 2]
            grid_y, grid_x = np.mgrid[part]
            allowed[part] |= contains_xy(shape, grid_x + 0.5, grid_y + 0.5)
        missing = missing_letters(label, painter, found)
        assert not missing, f"{label.text} is not there whole: {missing}"
        reach = next((r for start, r in own_marks.items() if label.uuid.startswith(start)), 0.0)
        if reach and label.angle_deg == 0:
            for mark in mark_boxes(label.px, label.py, reach):
                part = np.s_[math.ceil(mark.top) : int(mark.bottom), math.ceil(mark.left) : int(mark.right)]
                assert not changed[part].any(), f"{label.text} is on its own mark"
    assert allowed[rows, columns].all(), "letters outside the rectangles that were kept free for them"


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(sample_data.path("demo.gpkg")).document


@pytest.fixture
def layers(tmp_path: Path) -> list[Layer]:
    places = [
        {"type": "Feature", "properties": {"name": name, "type": kind, "rank": len(FACILITIES) - i},
         "geometry": {"type": "Point", "coordinates": [lon, lat]}}
        for i, (name, kind, lon, lat) in enumerate(FACILITIES)
    ]  # fmt: skip
    routes = [
        {"type": "Feature", "properties": {"name": name, "kind": kind},
         "geometry": {"type": "LineString", "coordinates": line}}
        for name, kind, line in ROUTES
    ]  # fmt: skip
    points = replace(
        categorised(VectorStyle("#ffffff", 1.2, "#3182bd"), column_of("type", [f[1] for f in FACILITIES]), "Point"),
        labels=LabelStyle("name", priority="rank"),
    )
    lines = replace(
        categorised(VectorStyle(), column_of("kind", [r[1] for r in ROUTES]), "LineString"),
        labels=LabelStyle("name", italic=True),
    )
    found = []
    for order, (name, features, style) in enumerate([("lines", routes, lines), ("places", places, points)]):
        path = tmp_path / f"{name}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
        found.append(Layer(
            uuid=name, kind="vector", name=name, order_key=float(order), source_json=json.dumps({"path": str(path)}),
            style_json=json.dumps(style.to_json()),
        ))  # fmt: skip
    return found


def view_of(bounds: Bounds) -> View:
    return View.of_bounds(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, bounds), 1000, 700)


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_the_labels_of_the_demo(studio: Studio, demo: Document, pictures: Path, number: int) -> None:
    sites = Document({"sites": list(demo.sites.values())})
    scene, view = studio.scene(sites, None), view_of(VIEWS[number])
    complete(scene, view)
    marks = {uuid: 12.0 for uuid, one in demo.sites.items() if one.kind == "point" and not one.is_area}
    check(scene, view, marks, least=8)
    assert image_of(scene, view).save(str(pictures / f"labels_demo_{number}.png"))


@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_the_labels_of_layers_and_sites(
    studio: Studio, demo: Document, layers: list[Layer], pictures: Path, number: int
) -> None:
    some = [one for one in demo.sites.values() if one.role == "named in a claim"]
    scene, view = studio.scene(Document({"sites": some, "layers": layers}), None), view_of(VIEWS[number])
    complete(scene, view)
    assert scene.problems() == {}
    style = VectorStyle.from_json(layers[1].style)
    reach = min(marker_radius_px(one.look) for one in style.classes)
    check(scene, view, {"places/": reach}, least=5)
    texts = {label.text.replace("\n", " ") for label in scene.label_layout(view).placed}
    assert {"Vostochny", "Владивосток"} <= texts or number == 0
    assert image_of(scene, view).save(str(pictures / f"labels_layers_{number}.png"))


def test_a_small_sign_has_its_label_beside_large_ones_of_its_layer(studio: Studio, tmp_path: Path) -> None:
    features = [
        {"type": "Feature", "properties": {"name": f"P{i}", "type": "large" if i % 2 else "small"},
         "geometry": {"type": "Point", "coordinates": [100.0 + 6 * i, 45.0]}} for i in range(6)
    ]  # fmt: skip
    path = tmp_path / "sizes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    look = Look("#000000", 1.0, "#e69f00", size_px=7.0)
    style = VectorStyle("#000000", 1.0, "#e69f00", mode="categorised", column="type", labels=LabelStyle("name"),
                        classes=(StyleClass(replace(look, size_px=40.0), value="large"),
                                 StyleClass(look, value="small")))  # fmt: skip
    layer = Layer(uuid="l", kind="vector", name="l", source_json=json.dumps({"path": str(path)}),
                  style_json=json.dumps(style.to_json()))  # fmt: skip
    scene, view = studio.scene(Document({"layers": [layer]}), None), view_of(VIEWS[1])
    complete(scene, view)
    assert sorted(label.text for label in scene.label_layout(view).placed) == [f"P{i}" for i in range(6)]


def test_a_hundred_thousand_named_points_ask_for_few_labels(studio: Studio, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    features = [
        {"type": "Feature", "properties": {"name": f"Place {i}", "rank": i}, "geometry":
         {"type": "Point", "coordinates": [float(x), float(y)]}}
        for i, (x, y) in enumerate(zip(rng.uniform(20, 170, 20_000), rng.uniform(5, 70, 20_000), strict=True))
    ]  # fmt: skip
    path = tmp_path / "many.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    style = VectorStyle("#ffffff", 0.5, "#e69f00", labels=LabelStyle("name", priority="rank"))
    layer = Layer(uuid="l", kind="vector", name="l", source_json=json.dumps({"path": str(path)}),
                  style_json=json.dumps(style.to_json()))  # fmt: skip
    scene, view = studio.scene(Document({"layers": [layer]}), None), view_of(VIEWS[0])
    complete(scene, view)
    layout = scene.label_layout(view)
    assert 20 < len(layout.placed) <= 180
    assert layout.looked_at < 7000
    numbers = [int(label.text.split()[1]) for label in layout.placed]
    assert min(numbers) > 20_000 - 400, "the greatest come first"
