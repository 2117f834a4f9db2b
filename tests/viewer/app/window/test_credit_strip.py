"""The credits on the map of the real window: whole, beside the scale bar, and only of what was drawn (row 8)."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pytest
from msgspec import Struct, field
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from pytestqt.qtbot import QtBot

import sample_data
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.canvas.furniture import corners
from viewer.commands.layers import update_layer

pytestmark = pytest.mark.qt_log_ignore("does not support", extend=True)  # as every menu offscreen


class Seen(Struct):
    """The places of strip and bar as they were painted last, and the credits."""

    strip: QRectF = field(default_factory=QRectF)
    bar: QRectF = field(default_factory=QRectF)
    texts: list[str] = field(default_factory=list)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen, strip, bar = Seen(), corners.paint_attribution, corners.paint_scale_bar

    def paint_strip(painter: QPainter, rect: QRectF, view: View, texts: list[str], links: Collection[str]) -> QRectF:
        seen.strip, seen.texts = strip(painter, rect, view, texts, links), list(texts)
        return seen.strip

    def paint_bar(painter: QPainter, rect: QRectF, view: View) -> None:
        seen.bar = QRectF(rect)
        bar(painter, rect, view)

    monkeypatch.setattr(corners, "paint_attribution", paint_strip)
    monkeypatch.setattr(corners, "paint_scale_bar", paint_bar)
    return seen


def add(window: MainWindow, folder: Path, lines: dict[str, float], qtbot: QtBot) -> None:
    """A layer with one line for each credit, whose longitude is given."""
    paths = {credit: folder / f"line_{number}.geojson" for number, credit in enumerate(lines)}
    for credit, path in paths.items():
        shape = {"type": "LineString", "coordinates": [[lines[credit], 50.0], [lines[credit] + 0.8, 50.4]]}
        feature = {"type": "Feature", "properties": {}, "geometry": shape}
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    window.opener.open([str(path) for path in paths.values()])
    settle(window, qtbot)
    rows = {row.name: row.uuid for row in window.session.document.layers.values()}
    for credit, path in paths.items():
        window.session.push(update_layer(window.session.document, rows[path.stem], actor="a", credit=credit))


def test_seven_long_credits_are_whole_and_leave_the_scale_bar_free(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, seen: Seen
) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    credits_ = [
        f"© 202{number} A Provider of Imagery and Data No. {number}, all rights reserved" for number in range(7)
    ]
    add(window, tmp_path, dict.fromkeys(credits_, 9.0), qtbot)
    window.views.show_bounds(Bounds(8.9, 49.9, 10.0, 50.5), 0.0)
    for size in ((1366, 768), (1000, 640), (1900, 1000)):
        window.resize(*size)
        settle(window, qtbot)
        picture = window.canvas.grab_picture()
        whole = QRectF(0, 0, picture.width(), picture.height())
        assert whole.contains(seen.strip)
        assert whole.contains(seen.bar)
        assert not seen.strip.intersects(seen.bar), size
        assert [text.split(" (")[0] for text in seen.texts] == credits_[::-1]
        assert seen.strip.height() < 0.45 * whole.height()


@pytest.mark.bounded
def test_only_what_is_drawn_is_credited(window: MainWindow, qtbot: QtBot, tmp_path: Path, seen: Seen) -> None:
    window.opener.open([str(sample_data.path("blue_marble.tif")), str(sample_data.path("coast.geojson"))])
    settle(window, qtbot)
    rows = {row.kind: row.uuid for row in window.session.document.layers.values()}
    window.session.push(update_layer(window.session.document, rows["vector"], actor="a", credit="Natural Earth"))
    add(window, tmp_path, {"Line company": 20.0}, qtbot)
    window.views.show_bounds(Bounds(8.9, 49.9, 10.0, 50.5), 0.0)
    settle(window, qtbot)
    window.canvas.grab_picture()
    marble, coast = "Blue Marble", "Natural Earth"
    assert marble in str(seen.texts)
    assert coast not in str(seen.texts), "no coast is near"
    assert "Line company" not in str(seen.texts)
    window.views.show_bounds(Bounds(8.0, 50.0, 21.0, 56.0), 0.0)
    settle(window, qtbot)
    window.canvas.grab_picture()
    assert coast in str(seen.texts)
    assert "Line company" in str(seen.texts)
    window.session.push(update_layer(window.session.document, rows["raster"], actor="a", opacity=0.0))
    settle(window, qtbot)
    window.canvas.grab_picture()
    assert marble not in str(seen.texts), "what cannot be seen is not drawn"
