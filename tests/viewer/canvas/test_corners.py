"""The note in the map's corner: whole where there is room, never over the edge or the credits, whole as a tooltip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR
from layers.grid.tile_grid import View
from tests.support.crs_off_earth import MOON
from tests.support.pictures import pixels
from tests.viewer.canvas.conftest import site
from tests.viewer.conftest import shown
from viewer.canvas.extent import unplaced_in
from viewer.canvas.furniture.corners import CornerNote, corner_note, paint_corners
from viewer.canvas.furniture.overlays import paint_attribution
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.unplaced import Unplaced
from viewer.canvas.widget import MapCanvas
from viewer.support.painting import painting

type MakeScene = Callable[..., MapScene]

MANY = Unplaced(layers_on_earth=2, sites_on_earth=3, layers_off_earth=1, sites_nowhere=1)
CREDITS = ["NASA, Blue Marble Next Generation, 2004", "Natural Earth"]


def painted(view: View, unplaced: Unplaced) -> tuple[QImage, CornerNote | None]:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(QColor("#336633"))
    with painting(image) as painter:
        note, _ = paint_corners(painter, view, CREDITS, unplaced)
    return image, note


@pytest.mark.bounded_after(8)
@pytest.mark.sampled(8)
@pytest.mark.parametrize("crs", [PIXEL_SPACE, MOON, WEB_MERCATOR])
@pytest.mark.parametrize(("width", "height"), [(120, 90), (200, 150), (320, 240), (480, 300), (800, 600), (1400, 900)])
@pytest.mark.parametrize("ratio", [1, 2])
def test_it_stays_on_the_map_and_beside_the_credits(
    qtbot: QtBot, crs: str, width: int, height: int, ratio: int
) -> None:
    view = replace(View.of_bounds(crs, Bounds(0, -100, 100, 0), width * ratio, height * ratio), ratio=float(ratio))
    alone, _ = painted(view, Unplaced())
    image, note = painted(view, MANY)
    if (width, height) == (120, 90) and note is None:
        return
    assert note is not None
    assert QRectF(0, 0, view.width, view.height).contains(note.rect)
    with painting(QImage(alone.size(), alone.format())) as painter:
        band = paint_attribution(painter, QRectF(view.width * 0.3, 0, view.width * 0.7, view.height), view, CREDITS)
    assert not band.intersects(note.rect), "the credits stand there"
    ink = (pixels(image) != pixels(alone)).any(axis=-1)
    assert not ink[:, view.width - 3 :].any(), "nothing is cut off at the edge"
    assert ink.sum() > 50 or (width, height) == (120, 90)
    assert note.text.count("\n") == len(MANY.sentences()) - (crs == WEB_MERCATOR)
    whole = " ".join(line for line, _ in note.lines)
    if width >= 480:
        assert whole == note.text.replace("\n", " ")
    assert note.rect.height() <= max(0.4 * view.height, 1)


def test_there_is_none_where_there_is_nothing_to_say(qtbot: QtBot) -> None:
    view = View.of_bounds(WEB_MERCATOR, Bounds(0, 0, 100, 100), 400, 300)
    assert corner_note(view, Unplaced(), QPointF(10, 290), 300) is None


def test_all_of_it_is_in_the_tooltip(make_scene: MakeScene, qtbot: QtBot) -> None:
    sites = [site(f"s{at}", shapely.Point(10, 88)) for at in range(3)]
    others = site("town", shapely.Point(10, 50)), site("bad", shapely.Point(1, 500))
    canvas = shown(qtbot, MapCanvas(make_scene(Document({"sites": [*sites, *others]}))), 200, 150)
    canvas.grab_picture()
    said = [
        "Not drawn here, beyond 85 degrees, where this map ends: 3 sites",
        "Not drawn here, as it is no place on the Earth: 1 site",
    ]
    assert canvas.panes.in_use.note_at(QPointF(30, 95)) == "\n".join(said)
    assert canvas.panes.in_use.note_at(QPointF(190, 10)) == ""
    at = QPoint(30, 95)
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, at, canvas.mapToGlobal(at)))
    assert "3 sites" in QToolTip.text()
    QToolTip.hideText()


def test_each_reason_counts_its_own(make_scene: MakeScene) -> None:
    """Sites that no canvas shows do not lie on the Earth, and those beyond the edge are on others."""
    sites = [
        site("town", shapely.Point(10, 50)),
        site("pole", shapely.Point(10, 88)),
        site("ice", shapely.box(10, -89, 20, -86)),
        site("over", shapely.LineString([(0, 80), (0, 89)])),
        site("bad", shapely.Point(10, 500)),
    ]
    scene = make_scene(Document({"sites": sites}))
    box = Bounds(-1e6, -1e6, 1e6, 1e6)
    counts = {crs: unplaced_in(scene, View.of_bounds(crs, box, 400, 300)) for crs in (WEB_MERCATOR, "EPSG:3995", MOON)}
    assert counts[WEB_MERCATOR] == Unplaced(sites_beyond=2, sites_nowhere=1)
    assert counts["EPSG:3995"] == Unplaced(sites_nowhere=1)
    assert counts[MOON] == Unplaced(sites_on_earth=4, sites_nowhere=1)
    assert counts[MOON].sentences() == [
        "Not drawn here, as they lie on the Earth: 4 sites",
        "Not drawn here, as it is no place on the Earth: 1 site",
    ]
    assert Unplaced(layers_on_earth=1).sentences() == ["Not drawn here, as it lies on the Earth: 1 layer"]
