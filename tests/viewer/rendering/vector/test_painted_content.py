"""Features painted with checkpoints between them: as at once, and never many between two."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPdfWriter

from layers.grid.tile_grid import TileGrid, View
from layers.vector.drawing.content import FeatureClasses, VectorContent
from layers.vector.style.symbol import Symbol
from tests.support.tiny_tables import shapes, table_of
from viewer.rendering.vector import vector_painter
from viewer.rendering.vector.vector_painter import paint_content
from viewer.support.painting import painting

VIEW = View(TileGrid("EPSG:3857", 1.0, -20.0, 320.0), 0, 0, 340, 340)
CLEAR = Symbol("#80003366", 5.0, "#66cc3300", size_px=12.0)
DASHED = Symbol("#80cc3366", 4.0, "#6633cc00", dash=(3.0, 2.0), casing_color="#ffffff", casing_width_px=1.0)


def painted(content: VectorContent) -> tuple[QImage, int]:
    """The picture, and the number of checkpoints."""
    checkpoints: list[None] = []
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        paint_content(painter, content, VIEW, 1.0, checkpoint=lambda: checkpoints.append(None))
    return image, len(checkpoints)


@pytest.mark.bounded
def test_with_many_checkpoints_the_picture_is_that_with_few(qapp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Areas, lines and points lie on each other, in two symbols through which one sees."""
    tables = tuple(table_of(shapes(np.random.default_rng(seed), 400, 300.0), 1 + 1000 * seed) for seed in (0, 1))
    fids = np.concatenate([np.arange(1, 401), np.arange(1001, 1401)])
    classes = FeatureClasses(fids, (fids % 3 == 0).astype(np.uint16))
    content = VectorContent(tables, (CLEAR, DASHED), classes)
    whole, few = painted(content)
    monkeypatch.setattr(vector_painter, "CORNERS_AT_ONCE", 20)
    monkeypatch.setattr(vector_painter, "POINTS_AT_ONCE", 3)
    parts, many = painted(content)
    assert few < 12
    assert many > 100
    assert parts == whole


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("kind", ["areas", "lines", "points"])
def test_a_layer_as_large_as_a_pdf_has_is_painted_with_many_checkpoints(qapp, kind: str) -> None:
    """Fifty thousand corners, or ten thousand signs, took a tenth of a second and more in one go."""
    random = np.random.default_rng(7)
    if kind == "points":
        shown = [shapely.Point(*at) for at in random.uniform(0, 300, (10_000, 2)).round(2)]
    else:
        rings = (np.cumsum(random.uniform(-2, 2, (50, 2)), axis=0).round(2) + 150 for _ in range(1_000))
        shown = [shapely.LineString(ring) if kind == "lines" else shapely.Polygon(ring) for ring in rings]
    content = VectorContent((table_of(shown),), (Symbol("#003366", 1.0, "#66cc3300"),))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    checkpoints: list[None] = []
    with painting(writer) as painter:
        paint_content(painter, content, VIEW, 1.0, checkpoint=lambda: checkpoints.append(None))
    assert len(checkpoints) >= (40 if kind == "points" else 12)
