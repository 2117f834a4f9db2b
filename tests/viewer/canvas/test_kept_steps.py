"""The corners of a map from pictures that are kept: the same bytes as painted anew."""

from __future__ import annotations

import random

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.furniture import kept_steps
from viewer.canvas.furniture.corners import paint_corners
from viewer.canvas.furniture.kept_steps import PaintSteps, fill, paint_kept
from viewer.canvas.furniture.overlays import paint_haloed_text, paint_north_arrow, paint_scale_bar
from viewer.canvas.labels.fonts import letters_path, map_font
from viewer.canvas.sites.unplaced import Unplaced
from viewer.support.painting import painting

pytestmark = pytest.mark.usefixtures("qapp")
WIDTH, HEIGHT = 640, 400


def ground(seed: int, image_format: QImage.Format) -> QImage:
    noise = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)
    return QImage(noise.tobytes(), WIDTH, HEIGHT, QImage.Format.Format_RGB32).convertToFormat(image_format).copy()


def both(monkeypatch: pytest.MonkeyPatch, before: QImage, paint) -> tuple[bytes, bytes, bytes]:
    """From pictures that are made, from those that were kept, and painted anew."""
    found = []
    for is_kept in (True, True, False):
        with monkeypatch.context() as patch:
            if not is_kept:
                patch.setattr(kept_steps, "keeps_pixels", lambda painter: False)
            picture = before.copy()
            with painting(picture) as painter:
                paint(painter)
            found.append(bytes(picture.constBits()))
    return found[0], found[1], found[2]


@pytest.mark.bounded_after(8)
@pytest.mark.sampled(4)
@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("seed", range(5))
def test_corners_are_the_same_bytes_as_painted_anew(seed: int, ratio: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(f"{seed} {ratio}")
    crs = rng.choice(["EPSG:3857", "EPSG:32633", "EPSG:4326"])
    resolution = 10 ** rng.uniform(-5, 0) if crs == "EPSG:4326" else 10 ** rng.uniform(0, 4)
    grid = TileGrid(crs, resolution, 10.0, 50.0, rng.choice([0.0, 0.0, rng.uniform(-180, 180)]))
    view = View(grid, rng.randrange(40), rng.randrange(40), WIDTH, HEIGHT, ratio)
    before = ground(seed, rng.choice([QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied]))
    place = QRectF(rng.uniform(0, 99), rng.uniform(0, 99), rng.uniform(80, 300), rng.uniform(30, 60))

    def paint(painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, bool(seed % 2))
        painter.translate(rng.choice([0, 0, 13]), 0)
        paint_corners(painter, view, ["Credit, 2004", "Another"], Unplaced(layers_beyond=2))
        paint_scale_bar(painter, place, view)
        paint_north_arrow(painter, place.translated(120, 60), view)
        paint_haloed_text(painter, place.center(), "Größe 41° 北", rng.choice([11, 17.5]))

    state = rng.getstate()

    def again(painter: QPainter) -> None:
        rng.setstate(state)
        paint(painter)

    made, kept, anew = both(monkeypatch, before, again)
    assert made == anew
    assert kept == anew
    assert made != bytes(before.constBits())


def test_pictures_are_kept_only_where_they_lie_on_whole_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def steps(x: float) -> PaintSteps:
        asked.append(x)
        path = letters_path(QPointF(x, 50), map_font(20), "kept")
        return PaintSteps(path.boundingRect(), (fill(path, "#ffffff"),))

    def painted(x: float, prepare) -> int:
        before = len(asked)
        with painting(ground(0, QImage.Format.Format_RGB32)) as painter:
            prepare(painter)
            paint_kept(painter, steps, x)
            paint_kept(painter, steps, x)
        return len(asked) - before

    assert painted(1.0, lambda painter: None) == 1
    assert painted(1.0, lambda painter: painter.translate(7, 9)) == 0
    for prepare in (
        lambda painter: painter.translate(0.5, 0),
        lambda painter: painter.scale(2, 2),
        lambda painter: painter.rotate(90),
        lambda painter: painter.setOpacity(0.5),
        lambda painter: painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus),
    ):
        assert painted(1.0, prepare) == 2


def test_a_view_that_moves_has_a_bar_of_its_own() -> None:
    view = View(TileGrid("EPSG:3857", 20_000.0, 0.0, 6e6), 0, 0, WIDTH, HEIGHT)
    pictures = []
    for top in (0, 150, 0):
        picture = ground(1, QImage.Format.Format_RGB32)
        with painting(picture) as painter:
            paint_scale_bar(painter, QRectF(10, 300, 300, 40), replace(view, top=top))
        pictures.append(bytes(picture.constBits()))
    assert pictures[0] == pictures[2] != pictures[1]
