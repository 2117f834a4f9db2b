"""Stretches from the view, colours while a handle moves, sharpening over the edges of tiles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.grid.tile_grid import TileGrid, View
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch, adjust
from tests.viewer.rendering.conftest import CountingPool, layer_of, picture_of, write_raster
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing

GRID = TileGrid("EPSG:3857", 10.0, 1e6, 6e6)
LEFT, RIGHT = View(GRID, 0, 0, 300, 500), View(GRID, 350, 10, 300, 400)
BANDS = np.random.default_rng(4).integers(0, 900, (3, 500, 700)).astype(np.uint16)
BANDS[:, :, 320:] += 3000
BANDS[1] += 50
DRA = StretchRule("percentile", 5, 90, origin="view")
PLAIN = RasterStyle((1, 2, 3), (Stretch(0, 4000),) * 3, resampling="nearest")


@pytest.fixture
def drawing(context: RenderContext, tmp_path: Path, qtbot) -> Iterator[RasterDrawing]:
    path = write_raster(tmp_path / "words.tif", BANDS, "EPSG:3857", 1e6, 6e6, 10.0)
    drawing = RasterDrawing(layer_of(path), path, context)
    qtbot.waitUntil(lambda: drawing.info is not None)
    yield drawing
    drawing.close()


type Show = Callable[..., np.ndarray]


@pytest.fixture
def show(drawing: RasterDrawing, qtbot) -> Show:
    def show(view: View, style: RasterStyle | None = None) -> np.ndarray:
        if style is not None:
            drawing.set_layer(replace(drawing.layer, style_json=json.dumps(style.to_json())))
        drawing.set_view(view)
        qtbot.waitUntil(lambda: drawing.is_complete(view))
        return picture_of(drawing, view)[..., 2::-1].astype(int)

    return show


def expected_of(view: View, limits: list[np.ndarray]) -> np.ndarray:
    shown = BANDS[:, view.top : view.top + view.height, view.left : view.left + view.width].astype(float)
    parts = [np.clip((band - low) / (high - low), 0, 1) for band, (low, high) in zip(shown, limits, strict=True)]
    return np.stack(parts, axis=-1) * 255


def in_view(view: View) -> np.ndarray:
    return BANDS[:, view.top : view.top + view.height, view.left : view.left + view.width].reshape(3, -1)


def test_from_the_view_the_stretch_is_that_of_what_is_seen_and_nothing_is_read(
    drawing: RasterDrawing, show: Show, pool: CountingPool
) -> None:
    show(LEFT, PLAIN)
    show(RIGHT)
    asked = pool.asked.copy()
    for view in (LEFT, RIGHT, LEFT):
        got = show(view, replace(PLAIN, rule=DRA))
        limits = [np.percentile(band, (5, 90)) for band in in_view(view)]
        assert np.abs(got - expected_of(view, limits)).max() <= 1
    assert pool.asked == asked
    assert drawing.intent is not None
    assert drawing.intent.stretches == PLAIN.stretches


def test_jointly_and_by_extremes(show: Show) -> None:
    got = show(RIGHT, replace(PLAIN, rule=StretchRule("minmax", joint=True, origin="view")))
    values = in_view(RIGHT)
    assert np.abs(got - expected_of(RIGHT, [np.array([values.min(), values.max()])] * 3)).max() <= 1


def test_while_a_gesture_runs_the_stretch_stays(drawing: RasterDrawing, show: Show, qtbot) -> None:
    show(LEFT, replace(PLAIN, rule=DRA))
    before = drawing.style
    drawing.set_view(RIGHT, resting=False)
    qtbot.waitUntil(lambda: drawing.tiles.is_complete(RIGHT) and drawing.context.is_idle())
    assert drawing.style == before
    drawing.set_view(RIGHT, resting=True)
    assert not drawing.is_complete(RIGHT)
    qtbot.waitUntil(lambda: drawing.is_complete(RIGHT))
    assert drawing.style != before


@pytest.mark.parametrize("sharpen", [0.0, 0.4])
def test_exactly_what_is_inside_the_view_counts(drawing: RasterDrawing, show: Show, qtbot, sharpen: float) -> None:
    view = View(GRID, 100, 50, 313, 307)
    drawing.watch(True)
    show(view, replace(PLAIN, sharpen=sharpen))
    qtbot.waitUntil(lambda: drawing.sample is not None)
    assert drawing.sample is not None
    for values, band in zip(drawing.sample.values, in_view(view), strict=True):
        assert (values.sorted == np.sort(band)).all()


def test_over_nothing_the_last_stretch_stays(drawing: RasterDrawing, show: Show) -> None:
    show(LEFT, replace(PLAIN, rule=DRA))
    before = drawing.style
    assert not show(View(GRID, 40_000, 0, 300, 300)).any()
    assert drawing.style == before


def test_a_watched_view_is_sampled_without_another_stretch(drawing: RasterDrawing, show: Show, qtbot) -> None:
    drawing.watch(True)
    with qtbot.waitSignal(drawing.sampled):
        show(LEFT, PLAIN)
    assert drawing.sample is not None
    assert [values.most for values in drawing.sample.values] == in_view(LEFT).max(axis=1).tolist()
    assert drawing.style == PLAIN
    drawing.set_layer(replace(drawing.layer, style_json=json.dumps(replace(PLAIN, bands=(2, 2, 1)).to_json())))
    assert drawing.sample is None


def test_while_a_handle_moves_late_colours_are_shown(drawing: RasterDrawing, show: Show, qtbot) -> None:
    show(LEFT, PLAIN)
    seen: list[np.ndarray] = []
    drawing.updated.connect(lambda: seen.append(picture_of(drawing, LEFT)[..., 2::-1].astype(int)))
    for high in (500, 800):
        style = replace(PLAIN, stretches=(Stretch(0, high),) * 3)
        drawing.set_layer(replace(drawing.layer, style_json=json.dumps(style.to_json())))
    qtbot.waitUntil(lambda: drawing.is_complete(LEFT))
    late = expected_of(LEFT, [np.array([0, 500])] * 3)
    assert any(np.abs(picture - late).max() <= 1 for picture in seen)
    assert np.abs(show(LEFT) - expected_of(LEFT, [np.array([0, 800])] * 3)).max() <= 1


def test_sharpening_shows_no_edges_of_tiles(drawing: RasterDrawing, show: Show, pool: CountingPool) -> None:
    view = View(GRID, 100, 100, 500, 300)
    plain = show(View(GRID, 99, 99, 502, 302), PLAIN).astype(np.uint32)
    got = show(view, replace(PLAIN, sharpen=0.5))
    asked = pool.asked["tile"]
    packed = 0xFF000000 | plain[..., 0] << 16 | plain[..., 1] << 8 | plain[..., 2]
    expected = adjust(packed, None, 0.0, 0.5)
    assert (got == np.stack([(expected >> shift) & 255 for shift in (16, 8, 0)], axis=-1)).all()
    show(view, replace(PLAIN, sharpen=0.9))
    assert pool.asked["tile"] == asked


def test_a_sum_of_bands_is_made_of_raw_tiles(show: Show, pool: CountingPool) -> None:
    ratio = RasterStyle((1, 2), (Stretch(-1, 1),), resampling="nearest", expression="(b1 - b2) / (b1 + b2)")
    got = show(LEFT, ratio)
    asked = pool.asked["tile"]
    one, two = BANDS[:2, :500, :300].astype(float)
    assert np.abs(got[..., 0] - ((one - two) / (one + two) + 1) / 2 * 255).max() <= 1
    got = show(LEFT, replace(ratio, rule=replace(DRA, method="minmax")))
    assert (got.min(), got.max()) == (0, 255)
    assert pool.asked["tile"] == asked


def test_the_whole_image_is_measured_by_a_reader(drawing: RasterDrawing, qtbot) -> None:
    heard: list[list[tuple[float, float]]] = []
    drawing.source.ask_limits(
        replace(PLAIN, rule=StretchRule(low_percent=20, high_percent=80)), heard.append, pytest.fail
    )
    qtbot.waitUntil(lambda: bool(heard))
    for found, band in zip(heard[0], BANDS, strict=True):
        assert found == pytest.approx(np.percentile(band, (20, 80)), abs=80)  # of a coarser picture
