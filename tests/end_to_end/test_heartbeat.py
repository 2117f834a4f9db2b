"""The window stays free: no gap of its event loop is long enough for a person to notice a halt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely
from PySide6.QtCore import QPoint

from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import VectorStyle
from tests.end_to_end.conftest import Desk
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.windows import make_panels
from viewer.commands.layers import update_layer
from viewer.panels.attributes.attribute_table import AttributeTablePanel
from viewer.panels.sites.make_sites import MakeSitesDialog

LIVELY_MS = 3 * FREE_MS
"""For what is done once and shows much that is new, on a machine that others use too."""


def test_opening_the_demo_leaves_the_window_free(desk: Desk) -> None:
    with Heartbeat() as heart:
        desk.open_demo()
    assert len(heart.gaps_ms) > 20
    assert heart.longest_ms < FREE_MS


@pytest.mark.bounded
def test_panning_and_zooming_leave_the_window_free(demo: Desk) -> None:
    middle = demo.canvas.rect().center()
    demo.keys("H", demo.canvas)
    with Heartbeat() as heart:
        for notches in (3, 2, -4, 5):
            demo.wheel(middle, notches)
            for way in (QPoint(160, 90), QPoint(-220, 60), QPoint(80, -150)):
                demo.drag(middle, middle + way, steps=10)
        demo.settle()
    assert len(heart.gaps_ms) > 20
    assert heart.longest_ms < FREE_MS


@pytest.mark.bounded
def test_names_along_many_rivers_leave_the_window_free(desk: Desk, tmp_path: Path) -> None:
    desk.window.resize(1500, 900)  # for a scale at which names follow the rivers
    rng = np.random.default_rng(7)
    courses = rng.normal(0, 0.25, (200, 400)).cumsum(axis=1) + rng.uniform(0, 6.28, (200, 1))
    steps = np.stack((np.cos(courses), np.sin(courses)), axis=2) * 0.02
    rivers = steps.cumsum(axis=1) + np.stack((rng.uniform(80, 140, 200), rng.uniform(20, 65, 200)), axis=1)[:, None]
    names = np.array([f"River {n} Длинная" for n in range(200)], object)
    path = tmp_path / "rivers.gpkg"
    lines = shapely.to_wkb(shapely.linestrings(list(rivers)))
    pyogrio.raw.write(
        path, lines, [names], ["name"], layer="rivers", driver="GPKG", geometry_type="LineString", crs="EPSG:4326"
    )
    desk.open_file(path)
    (layer,) = desk.document.layers_in_order()
    style = VectorStyle("#4aa3df", 1.6, labels=LabelStyle("name", 12, italic=True))
    middle = desk.canvas.rect().center()
    desk.keys("H", desk.canvas)
    with Heartbeat() as heart:
        desk.window.panel_context.do(update_layer, layer.uuid, style_json=json.dumps(style.to_json()))
        desk.settle()
        for notches in (3, 2, -4):
            desk.wheel(middle, notches)
            desk.drag(middle, middle + QPoint(120, 90), steps=10)
            desk.settle()
    scene, view = desk.canvas.scene, desk.canvas.viewport.view()
    assert not scene.awaits_labels, "the labels have come to rest"
    placed = scene.label_layout(view).placed
    assert len(placed) > 20
    assert any(label.letters for label in placed)
    scene._layouts.forget()
    assert scene.label_layout(view).placed == placed, "a job finds what is found at once"
    assert heart.longest_ms < FREE_MS


@pytest.mark.bounded
def test_a_thousand_features_become_sites_in_one_step_and_the_window_stays_free(desk: Desk, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    points = shapely.to_wkb(shapely.points(rng.uniform(20, 140, 1000), rng.uniform(10, 60, 1000)))
    names = np.array([f"Place {n}" for n in range(1000)], object)
    path = tmp_path / "places.gpkg"
    pyogrio.raw.write(
        path, points, [names], ["name"], layer="places", driver="GPKG", geometry_type="Point", crs="EPSG:4326"
    )
    desk.open_file(path)
    make_panels(desk.window)
    desk.menu("Layer", "Features", "Attribute Table")
    panel = desk.panel(AttributeTablePanel)
    desk.wait(lambda: panel.is_settled and panel.model.rowCount() == 1000)
    desk.keys("Ctrl+A", panel.view)
    desk.wait(lambda: desk.is_offered("make_sites"))
    desk.keys("Ctrl+Shift+M")
    dialog = desk.panel(MakeSitesDialog)
    before = len(desk.document.sites)
    with Heartbeat() as heart:
        desk.press(dialog.make_button)
        desk.wait(lambda: len(desk.document.sites) == before + 1000)
        desk.settle()
    assert len(heart.gaps_ms) > 5
    assert heart.longest_ms < LIVELY_MS
    assert desk.window.selection.uuids == set(desk.document.sites)
    desk.come_back()
    with Heartbeat() as heart:
        desk.keys("Ctrl+Z", desk.canvas)
        desk.wait(lambda: not desk.document.sites)
        desk.settle()
        desk.keys("Ctrl+Shift+Z", desk.canvas)
        desk.wait(lambda: len(desk.document.sites) == 1000)
        desk.settle()
    assert heart.longest_ms < LIVELY_MS
