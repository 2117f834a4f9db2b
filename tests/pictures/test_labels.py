"""Labels on the picture: whole, apart, on no mark, at any scale; those of sites and of layers together."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QTransform
from shapely import LineString, Polygon, box, contains_xy, unary_union
from shapely.affinity import rotate

import sample_data
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.vector.columns import column_of
from layers.vector.labels.label_layout import PlacedLabel, mark_boxes
from layers.vector.labels.letters import clusters_of
from layers.vector.style.automatic import categorised
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import StyleClass, VectorStyle
from layers.vector.style.symbol import Symbol, marker_radius_px
from tests.support.cases.rich import read_case
from tests.support.pictures import image_of, pixels
from viewer.canvas.labelling.map_labels import MapLabels
from viewer.canvas.labels.fonts import letters_path
from viewer.canvas.labels.label_painter import PAD_PX, Face, LabelPainter, face_of
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, complete
from viewer.support.painting import painting

FACILITIES = [
    ("Vostochny", "launch site", 128.33, 51.88),
    ("文昌航天发射场", "launch site", 110.95, 19.61),
    ("Усть-Кут, нефтеперекачивающая станция", "pump station", 105.77, 56.79),
    ("Harbin", "airport", 126.25, 45.62),
    ("大连港", "port", 121.65, 38.93),
    ("Владивосток", "port", 131.9, 43.1),
    ("Хабаровск", "factory", 135.07, 48.5),
    ("Miyun", "ground station", 116.86, 40.45),
    ("Beijing control", "control centre", 116.4, 39.9),
    ("Kashi", "gnss", 75.93, 39.5),
    ("满洲里口岸", "crossing", 117.43, 49.6),
    ("Jagdaqi", "depot", 124.1, 50.4),
    ("Благовещенск", "crossing", 127.5, 50.27),
    ("Blagoveshchensk port", "port", 127.52, 50.25),
    ("No kind", "", 100, 45),
]
ROUTES = [
    ("Транссиб", "rail", [(82.9, 55), (104.3, 52.3), (113.5, 52), (135, 48.5), (131.9, 43.1)]),
    ("ESPO", "oil pipeline", [(98, 56), (105.8, 56.8), (117, 58), (124, 54), (133, 47)]),
    ("海运航线", "sea", [(131.9, 43.1), (140, 45), (150, 48), (160, 53)]),
]
VIEWS = [Bounds(20, 5, 175, 72), Bounds(95, 30, 145, 60), Bounds(112, 36, 132, 52)]

MOSTLY = 0.7
"""A letter lies between pixels, so that some of what it fills is mixed."""
SMALL_PX = 10
"""Of a hyphen, or a stem between two columns of pixels, half will do."""
LARGE_PX = 1000
"""At this size letters stand where they ought to; at twelve pixels Qt rounds."""


def outline(label: PlacedLabel, painter: LabelPainter) -> Polygon:
    """What a label covers, turned as it is, or bent."""
    width, height = painter.size(label.text, face_of(label), 1.0)
    if label.letters:
        return unary_union([letter_outline(one) for one in set_letters(label)])
    (x, y), (w, h) = label.centre, (width / 2, height / 2)
    return rotate(box(x - w, y - h, x + w, y + h), label.angle_deg, origin=(x, y))


class SetLetter(NamedTuple):
    """A letter along a bend: its text, the middle of its line, how it is turned, how wide and high it is."""

    text: str
    x: float
    y: float
    angle_deg: float
    width: float
    height: float


def set_letters(label: PlacedLabel) -> list[SetLetter]:
    metrics, clusters = face_of(label).metrics(1.0), clusters_of(label.text)
    assert len(clusters) == len(label.letters)
    found = []
    for i, (cluster, letter) in enumerate(zip(clusters, label.letters, strict=True)):
        before, after = (metrics.horizontalAdvance("".join(clusters[: i + j])) for j in (0, 1))
        found.append(
            SetLetter(
                cluster, label.px + letter.dx, label.py + letter.dy, letter.angle_deg, after - before, metrics.height()
            )
        )
    return found


def letter_outline(one: SetLetter) -> Polygon:
    """With the room for a halo."""
    half_w, half_h = one.width / 2 + PAD_PX, (one.height + PAD_PX) / 2
    flat = box(one.x - half_w, one.y - half_h, one.x + half_w, one.y + half_h)
    return rotate(flat, one.angle_deg, origin=(one.x, one.y))


def painted_by_labels(scene: MapScene, view: View) -> np.ndarray:
    """(h, w), True where the labels changed the picture."""
    with_labels = pixels(image_of(scene, view)).astype(int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MapLabels, "paint", lambda *_args, **_options: True)
        without = pixels(image_of(scene, view)).astype(int)
    return (with_labels != without).any(axis=2)


def missing_letters(label: PlacedLabel, painter: LabelPainter, found: np.ndarray) -> str:
    """The letters of a label that the picture `found` does not show whole, each drawn alone to know where it is.

    Of the pixels that a letter fills, nearly all have to be nearer to the letters' colour than to their halo's.
    """
    if label.letters:
        return "".join(one.text for one in set_letters(label) if not is_shown(one, label, found))
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
    ink, halo = _colors(face)
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
            if not any(_is_ink(found[core], ink, halo) for core in cores):
                missing += letter
    return missing


def is_shown(one: SetLetter, label: PlacedLabel, found: np.ndarray) -> bool:
    """Whether a letter along a bend is there whole."""
    face, reach = face_of(label), math.ceil(one.height) + 2
    metrics, corner = face.metrics(1.0), (max(int(one.x) - reach, 0), max(int(one.y) - reach, 0))
    part = found[corner[1] : corner[1] + 2 * reach, corner[0] : corner[0] + 2 * reach].astype(int)
    way = QTransform.fromTranslate(one.x - corner[0], one.y - corner[1]).rotate(one.angle_deg)
    at = QPointF(-one.width / 2, (metrics.ascent() - metrics.descent()) / 2)
    core = _filled(way.map(letters_path(at, face.font(1.0), one.text)), part.shape)
    return one.text.isspace() or _is_ink(part[core], *_colors(face))


def _colors(face: Face) -> list[np.ndarray]:
    """Those of the letters and of their halo: blue, green, red."""
    return [np.array(QColor(name).getRgb()[2::-1], int) for name in (face.color, face.halo_color)]


def _is_ink(colors: np.ndarray, ink: np.ndarray, halo: np.ndarray) -> bool:
    """Whether nearly all of them are the letters' colour; of none, as of a dot that fills no pixel, all are."""
    are_ink = np.abs(colors - ink).sum(axis=1) < np.abs(colors - halo).sum(axis=1)
    return len(colors) == 0 or float(are_ink.mean()) >= (MOSTLY if len(colors) > SMALL_PX else 0.5)


def _core(
    path: QPainterPath, label: PlacedLabel, size: tuple[float, float], corner: tuple[int, int], shape: tuple[int, ...]
) -> np.ndarray:
    """(h, w) The pixels that a letter fills by more than half, alone, where its label puts it, from `corner` on."""
    width, height = size
    way = QTransform.fromTranslate(-corner[0], -corner[1])
    if label.angle_deg:
        way.translate(*label.centre).rotate(label.angle_deg).translate(-width / 2, -height / 2)
    else:
        way.translate(round(label.centre[0] - width / 2), round(label.centre[1] - height / 2))
    return _filled(way.map(path), shape)


def _filled(path: QPainterPath, shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) The pixels that a path fills by more than half."""
    alone = QImage(shape[1], shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    alone.fill(Qt.GlobalColor.transparent)
    with painting(alone) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path, QColor("white"))
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
        {
            "type": "Feature",
            "properties": {"name": name, "type": kind, "rank": len(FACILITIES) - i},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for i, (name, kind, lon, lat) in enumerate(FACILITIES)
    ]
    routes = [
        {
            "type": "Feature",
            "properties": {"name": name, "kind": kind},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for name, kind, line in ROUTES
    ]
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
        found.append(layer_of(name, path, style, order_key=float(order)))
    return found


def layer_of(name: str, path: Path, style: VectorStyle, order_key: float = 0.0) -> Layer:
    """A row that shows a file in this style."""
    return Layer(
        uuid=name,
        kind="vector",
        name=name,
        order_key=order_key,
        source_json=json.dumps({"path": str(path)}),
        style_json=json.dumps(style.to_json()),
    )


def view_of(bounds: Bounds) -> View:
    return View.of_bounds(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, bounds), 1000, 700)


@pytest.mark.bounded
@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_the_labels_of_the_demo(studio: Studio, demo: Document, pictures: Path, number: int) -> None:
    sites = Document({"sites": list(demo.sites.values())})
    scene, view = studio.scene(sites, None), view_of(VIEWS[number])
    complete(scene, view)
    marks = {uuid: 12.0 for uuid, one in demo.sites.items() if one.kind == "point" and not one.is_area}
    check(scene, view, marks, least=8)
    assert image_of(scene, view).save(str(pictures / f"labels_demo_{number}.png"))


@pytest.mark.bounded
@pytest.mark.parametrize("number", range(len(VIEWS)))
def test_the_labels_of_layers_and_sites(
    studio: Studio, demo: Document, layers: list[Layer], pictures: Path, number: int
) -> None:
    some = [one for one in demo.sites.values() if one.role == "named in a claim"]
    scene, view = studio.scene(Document({"sites": some, "layers": layers}), None), view_of(VIEWS[number])
    complete(scene, view)
    assert scene.stack.problems() == {}
    style = VectorStyle.from_json(layers[1].style)
    reach = min(marker_radius_px(one.symbol) for one in style.classes)
    check(scene, view, {"places/": reach}, least=5)
    texts = {label.text.replace("\n", " ") for label in scene.label_layout(view).placed}
    assert {"Vostochny", "Владивосток"} <= texts or number == 0
    assert image_of(scene, view).save(str(pictures / f"labels_layers_{number}.png"))


RIVERS = [
    ("Енисей", (92, 50.5), (84, 70), 1.6, 5),
    ("Нижняя Тунгуска", (107, 58.5), (88, 65.7), 0.9, 8),
    ("黄河", (96, 35), (118.5, 37.6), 2.0, 4),
    ("长江", (97, 30), (121, 31.5), 1.3, 7),
    ("Amur", (120, 53), (140, 52), 2.2, 4),
    ("Лена", (107, 54), (127, 71), 1.8, 6),
    ("Brahmaputra", (82, 30), (95, 28), 0.7, 5),
    ("嫩江", (125, 51), (124, 45.5), 0.8, 5),
    ("Silk route, northern branch to Kashgar", (110, 34.3), (76, 39.5), 1.5, 4),
    ("Syr Darya", (72, 41), (61, 46), 0.8, 6),
    ("Сунгари", (127, 42.5), (132, 47.5), 0.8, 3),
    ("黑龙江上游额尔古纳河", (115, 48), (126, 53), 1.1, 3),
]
"""Name, from, to, how far it winds in degrees, how often."""
RIVER_VIEWS = [Bounds(55, 18, 145, 72), Bounds(92, 30, 142, 60), Bounds(110, 38, 132, 53)]


def river(number: int) -> list[list[float]]:
    _, first, last, reach, waves = RIVERS[number]
    rng, t = np.random.default_rng(number), np.linspace(0, 1, 700)
    off = sum(rng.normal() * reach / k**0.9 * np.sin(2 * np.pi * k * t + rng.uniform(0, 6.28)) for k in range(1, waves))
    fine = range(waves * 4, waves * 6)
    off += sum(rng.normal() * 0.15 * reach / waves * np.sin(2 * np.pi * k * t + rng.uniform(0, 6.28)) for k in fine)
    off -= np.linspace(off[0], off[-1], len(t))
    way = np.subtract(last, first)
    across = np.array([-way[1], way[0]]) / np.hypot(*way)
    return (first + t[:, None] * way + off[:, None] * across).tolist()


@pytest.mark.bounded
@pytest.mark.parametrize("number", range(len(RIVER_VIEWS)))
def test_the_labels_of_winding_rivers_and_routes(
    studio: Studio, demo: Document, layers: list[Layer], tmp_path: Path, pictures: Path, number: int
) -> None:
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "LineString", "coordinates": river(i)}}
        for i, (name, *_) in enumerate(RIVERS)
    ]
    path = tmp_path / "rivers.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    style = VectorStyle("#4aa3df", 1.6, labels=LabelStyle("name", 13, "#cfe8ff", italic=True))
    rivers = layer_of("rivers", path, style)
    lines = [one for one in demo.sites.values() if one.kind == "line"]
    scene = studio.scene(Document({"sites": lines, "layers": [rivers, *layers]}), None)
    view = view_of(RIVER_VIEWS[number])
    complete(scene, view)
    assert image_of(scene, view).save(str(pictures / f"labels_rivers_{number}.png"))
    check(scene, view, {}, least=8)
    assert sum(bool(label.letters) for label in scene.label_layout(view).placed) >= (4, 3, 2)[number]


def test_a_lake_has_its_name_along_its_shore_in_one_line(studio: Studio, tmp_path: Path, pictures: Path) -> None:
    at, path = np.radians(np.linspace(0, 360, 120)), tmp_path / "lake.geojson"
    shore = np.column_stack([122 + 9 * np.cos(at), 45 + 5 * np.sin(at)]).tolist()
    path.write_text(
        json.dumps(
            {
                "type": "Feature",
                "properties": {"name": "The lake with a name of many words"},
                "geometry": {"type": "Polygon", "coordinates": [shore]},
            }
        )
    )
    style = VectorStyle("#4aa3df", 1.6, "#204aa3df", labels=LabelStyle("name", layout="along"))
    layer = layer_of("l", path, style)
    scene, view = studio.scene(Document({"layers": [layer]}), None), view_of(VIEWS[2])
    check(scene, view, {}, least=1)
    (label,) = scene.label_layout(view).placed
    assert label.letters
    assert "\n" not in label.text
    assert image_of(scene, view).save(str(pictures / "labels_lake.png"))


def test_a_small_sign_has_its_label_beside_large_ones_of_its_layer(studio: Studio, tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"P{i}", "type": "large" if i % 2 else "small"},
            "geometry": {"type": "Point", "coordinates": [100.0 + 6 * i, 45.0]},
        }
        for i in range(6)
    ]
    path = tmp_path / "sizes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    look = Symbol("#000000", 1.0, "#e69f00", size_px=7.0)
    style = VectorStyle(
        "#000000",
        1.0,
        "#e69f00",
        mode="categorised",
        column="type",
        labels=LabelStyle("name"),
        classes=(StyleClass(replace(look, size_px=40.0), value="large"), StyleClass(look, value="small")),
    )
    layer = layer_of("l", path, style)
    scene, view = studio.scene(Document({"layers": [layer]}), None), view_of(VIEWS[1])
    complete(scene, view)
    assert sorted(label.text for label in scene.label_layout(view).placed) == [f"P{i}" for i in range(6)]


@pytest.mark.bounded
def test_a_hundred_thousand_named_points_ask_for_few_labels(studio: Studio, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"Place {i}", "rank": i},
            "geometry": {"type": "Point", "coordinates": [float(x), float(y)]},
        }
        for i, (x, y) in enumerate(zip(rng.uniform(20, 170, 20_000), rng.uniform(5, 70, 20_000), strict=True))
    ]
    path = tmp_path / "many.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    style = VectorStyle("#ffffff", 0.5, "#e69f00", labels=LabelStyle("name", priority="rank"))
    layer = layer_of("l", path, style)
    scene, view = studio.scene(Document({"layers": [layer]}), None), view_of(VIEWS[0])
    complete(scene, view)
    layout = scene.label_layout(view)
    assert 20 < len(layout.placed) <= 180
    assert layout.looked_at < 7000
    numbers = [int(label.text.split()[1]) for label in layout.placed]
    assert min(numbers) > 20_000 - 400, "the greatest come first"
