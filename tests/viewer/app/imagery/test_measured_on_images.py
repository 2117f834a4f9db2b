"""Measurements on an image: their error is at least a pixel of it at each end, in the same step, in the real window."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.document.mark_position import pick_of
from layers.document.marks.mark_shape import measurement_of
from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.windows import press, settle
from tests.viewer.app.imagery.conftest import MIDDLE
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow
from viewer.panels.measurements.measurement_part import MeasurementPart
from viewer.panels.sites.image_part import ImagePart


def measure(window: MainWindow, desk: Desk, qtbot: QtBot, half_deg: float) -> Site:
    """A line about the middle of the image, from one side of the picture nearly to the other."""
    lon, lat = MIDDLE
    around = Bounds(lon - half_deg, lat - half_deg, lon + half_deg, lat + half_deg)
    window.views.show_bounds(around, 0.0)
    settle(window, qtbot)
    window.canvas.setFocus()
    press(Qt.Key.Key_M)
    desk.click(lon - 0.8 * half_deg, lat)
    desk.click(lon + 0.8 * half_deg, lat)
    press(Qt.Key.Key_Return)
    settle(window, qtbot)
    return next(reversed(window.session.document.sites.values()))


@pytest.mark.bounded
def test_the_error_is_at_least_a_pixel_of_the_image_or_of_the_screen_at_each_end(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    steps = window.session.history.stack.count()
    far = measure(window, desk, qtbot, 0.02)
    pick = pick_of(far)
    assert pick is not None
    assert far.image_uuid in window.session.document.images
    assert pick.screen_m > far.pixel_m
    assert measurement_of(far).error == pytest.approx(math.sqrt(2) * pick.screen_m, rel=1e-4)
    assert window.session.history.stack.count() == steps + 1, "the image is a part of the step"
    near = measure(window, desk, qtbot, 0.0005)
    assert near.pixel_m == pytest.approx(6.4, abs=0.1)
    assert pick_of(near).screen_m < near.pixel_m
    found = measurement_of(near)
    assert found.error == pytest.approx(math.sqrt(2) * near.pixel_m, rel=1e-4)
    assert near.label == found.text
    assert "± 9.1 m" in near.label
    part = window.findChild(MeasurementPart)
    assert part is not None
    wanted = "At least: each place was pointed at to within 6.4 m, a pixel of the image or of the screen."
    assert part.note.text() == wanted
    rows = {table: dict(window.session.document.table(table)) for table in ("sites", "images", "sources")}
    window.session.undo()
    window.session.undo()
    assert not window.session.document.sites
    assert not window.session.document.images
    window.session.redo()
    window.session.redo()
    assert {table: dict(window.session.document.table(table)) for table in rows} == rows


def test_without_its_image_a_measurement_has_the_error_of_the_screen(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    site = measure(window, desk, qtbot, 0.0005)
    window.images.marks.choose(site.uuid, "")
    bare = window.session.document.sites[site.uuid]
    assert not bare.image_uuid
    assert measurement_of(bare).error < measurement_of(site).error
    assert bare.label == measurement_of(bare).text != site.label
    part, image = window.findChild(MeasurementPart), window.findChild(ImagePart)
    assert part is not None
    assert image is not None
    assert "No image is known" in part.note.text()
