"""The style of a raster, through the real widgets: on a drawing of a small file and without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPalette
from PySide6.QtWidgets import QWidget

from layers.grid.tile_grid import TileGrid, View
from layers.pool.pool import ReaderPool
from layers.raster.band_maths import parse_expression
from layers.raster.histogram import histogram
from layers.raster.presets import INDICES
from layers.raster.stretch import StretchRule, Values
from layers.raster.style import RasterStyle, Stretch
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, unnamed
from tests.viewer.rendering.conftest import write_raster
from viewer.commands.layers import update_layer
from viewer.panels.access import KnownLayers
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.raster_style.histogram_view import HIGH, LOW, MIDDLE, HistogramView
from viewer.panels.raster_style.raster_styler import STRETCH_MIME, RasterStyler
from viewer.panels.widgets.fields import ChoiceField
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.jobs import Jobs

BANDS = np.random.default_rng(8).integers(100, 3000, (4, 300, 400)).astype(np.uint16)
BANDS[:, :, 200:] += 2000
VIEW = View(TileGrid("EPSG:3857", 10.0, 1e6, 6e6), 0, 0, 200, 300)


@pytest.fixture
def drawing(qtbot, desk: Desk, tmp_path: Path) -> Iterator[RasterDrawing]:
    """The layer "base" on a canvas of its left half; edits and previews reach it as they do in the window."""
    path = write_raster(tmp_path / "words.tif", BANDS, "EPSG:3857", 1e6, 6e6, 10.0)
    pool, jobs = ReaderPool(inline=True), Jobs()
    pool.start()
    drawing = RasterDrawing(desk.document.layers["base"], path, RenderContext(pool, None, jobs))
    desk.context.layers = KnownLayers(lambda uuid: drawing.info if uuid == "base" else None, {"base": drawing}.get)
    desk.context.changed.connect(lambda _changes: drawing.set_layer(desk.document.layers["base"]))
    desk.context.layer_previewed.connect(drawing.set_layer)
    drawing.set_view(VIEW)
    qtbot.waitUntil(lambda: drawing.is_complete(VIEW))
    desk.context.show_layer("base")
    yield drawing
    drawing.close()
    assert jobs.shutdown()
    pool.close()


@pytest.fixture
def panel(qtbot, desk: Desk, drawing: RasterDrawing) -> LayerPropertiesPanel:
    return shown(qtbot, LayerPropertiesPanel(desk.context), 330, 1300)


@pytest.fixture
def styler(desk: Desk, drawing: RasterDrawing) -> RasterStyler:
    return RasterStyler(desk.context)


def style_of(desk: Desk) -> dict:
    return desk.document.layers["base"].style


def choose(field: ChoiceField, text: str) -> None:
    place = field.findText(text, Qt.MatchFlag.MatchStartsWith)
    assert place >= 0, text
    field.setCurrentIndex(place)
    field.activated.emit(place)


def type_into(qtbot, field: QWidget, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def drag(qtbot, view: HistogramView, handle: int, to_px: float) -> None:
    start = QPoint(round(view.handle_px(handle)), 55)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(view, QPoint(round(start.x() + (to_px - start.x()) * step / 5), 55))


def release(qtbot, view: HistogramView) -> None:
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton)


# -- the histogram ------------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot) -> HistogramView:
    view = HistogramView()
    qtbot.addWidget(view)
    view.resize(312, 64)
    values = Values.of([np.linspace(0, 1000, 5000, dtype=np.float32)])
    assert values is not None
    view.show_histogram(histogram(values))
    view.show_stretch(Stretch(200, 800))
    view.show()
    qtbot.waitExposed(view)
    return view


def test_a_handle_is_dragged_seen_all_the_way_and_told_once(qtbot, view: HistogramView) -> None:
    seen: list[Stretch] = []
    told: list[Stretch] = []
    view.previewed.connect(seen.append)
    view.committed.connect(told.append)
    drag(qtbot, view, LOW, view.handle_px(LOW) + 60)
    assert len(seen) == 5
    assert told == []
    assert [s.low for s in seen] == sorted(s.low for s in seen)
    release(qtbot, view)
    assert told == [seen[-1]]
    assert told[0].low == pytest.approx(200 + 60 / 300 * 1060, abs=4)
    assert (told[0].high, told[0].gamma) == (800, 1.0)


def test_the_middle_handle_is_gamma(qtbot, view: HistogramView) -> None:
    assert view.handle_px(MIDDLE) == pytest.approx((view.handle_px(LOW) + view.handle_px(HIGH)) / 2)
    drag(qtbot, view, MIDDLE, view.handle_px(LOW) + 0.25 * (view.handle_px(HIGH) - view.handle_px(LOW)))
    release(qtbot, view)
    assert view.stretch.gamma == pytest.approx(2.0, abs=0.05)
    drag(qtbot, view, MIDDLE, 0)
    release(qtbot, view)
    assert view.stretch.gamma == 4.0


def test_low_never_passes_high_and_a_click_beside_does_nothing(qtbot, view: HistogramView) -> None:
    drag(qtbot, view, HIGH, 0)
    release(qtbot, view)
    assert view.stretch.low < view.stretch.high < 210
    view.show_stretch(Stretch(200, 800))
    told: list[Stretch] = []
    view.committed.connect(told.append)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(310, 20))
    assert told == []


@pytest.mark.bounded
def test_handles_are_moved_by_keys_and_escape_takes_it_back(qtbot, view: HistogramView) -> None:
    told: list[Stretch] = []
    view.committed.connect(told.append)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)  # from low backwards to high
    for _ in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bool(told))
    assert len(told) == 1
    assert told[0].high < 700
    assert told[0].low == 200
    view.show_stretch(told[0])
    seen: list[Stretch] = []
    view.previewed.connect(seen.append)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert seen[-1] == told[0]
    view.flush()
    assert len(told) == 1


def test_rare_values_are_seen_by_their_logarithm(view: HistogramView) -> None:
    counts = np.full(100, 50.0)
    counts[50] = 100_000
    values = Values.of([np.repeat(np.arange(100, dtype=np.float32), counts.astype(int))])
    assert values is not None
    view.show_histogram(histogram(values))
    view.show_stretch(Stretch(-1e9, 1e9))

    def ink() -> int:
        image = QImage(view.size(), QImage.Format.Format_RGB32)
        view.render(image)
        ground = view.palette().color(QPalette.ColorRole.Base)
        return sum(image.pixelColor(x, 38) != ground for x in range(10, 300))

    assert ink() < 30
    view.set_log(True)
    assert ink() > 250


# -- the stretch --------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_handle_is_live_on_the_map_reads_nothing_and_is_one_step(
    qtbot, panel: LayerPropertiesPanel, desk: Desk, drawing: RasterDrawing
) -> None:
    shown = panel.raster.stretch.histograms
    before = drawing.style
    drag(qtbot, shown[1], HIGH, shown[1].handle_px(HIGH) - 40)
    assert drawing.style != before
    assert style_of(desk) == {}
    release(qtbot, shown[1])
    style = style_of(desk)
    assert style["stretch"]["from"] == "given"
    assert style["stretches"][1][1] < before.stretches[1].high
    assert style["stretches"][0][:2] == [before.stretches[0].low, before.stretches[0].high]
    assert panel.raster.fields.fields["high1"].text() == f"{style['stretches'][1][1]:.6g}"
    desk.history.undo()
    assert not desk.history.stack.canUndo()
    assert drawing.style == before


@pytest.mark.bounded
def test_jointly_a_handle_moves_all(qtbot, panel: LayerPropertiesPanel, desk: Desk) -> None:
    choose(panel.raster.stretch.fields.fields["joint"], "All")
    qtbot.waitUntil(lambda: bool(style_of(desk)))
    assert len({tuple(stretch) for stretch in style_of(desk)["stretches"]}) == 1
    type_into(qtbot, panel.raster.fields.fields["low1"], "77")
    assert [stretch[0] for stretch in style_of(desk)["stretches"]] == [77, 77, 77]
    view = panel.raster.stretch.histograms[2]
    drag(qtbot, view, LOW, view.handle_px(LOW) + 30)
    release(qtbot, view)
    assert len({tuple(stretch) for stretch in style_of(desk)["stretches"]}) == 1


@pytest.mark.bounded
def test_other_percentiles_are_measured_in_the_whole_image(qtbot, panel: LayerPropertiesPanel, desk: Desk) -> None:
    fields = panel.raster.stretch.fields
    type_into(qtbot, fields.fields["high_percent"], "90")
    qtbot.waitUntil(lambda: bool(style_of(desk)))
    style = style_of(desk)
    assert style["stretch"]["high_percent"] == 90
    for found, band in zip(style["stretches"], BANDS, strict=False):
        assert found[:2] == pytest.approx(np.percentile(band, (2, 90)), abs=60)
    type_into(qtbot, fields.fields["low_percent"], "95")
    assert "percentages" in fields.refusal.text()
    assert style_of(desk) == style
    choose(fields.fields["method"], "Least")
    qtbot.waitUntil(lambda: style_of(desk) != style)
    assert not fields.fields["low_percent"].isVisible()
    choose(fields.fields["method"], "Stand")
    qtbot.waitUntil(lambda: style_of(desk)["stretch"]["method"] == "deviations")
    assert fields.fields["deviations"].isVisible()
    type_into(qtbot, fields.fields["deviations"], "1")
    qtbot.waitUntil(lambda: style_of(desk)["stretch"]["deviations"] == 1)
    mean, std = BANDS[0].mean(), BANDS[0].std()
    assert style_of(desk)["stretches"][0][:2] == pytest.approx([mean - std, mean + std], rel=0.05)


@pytest.mark.bounded
def test_from_the_view_and_frozen_again(qtbot, panel: LayerPropertiesPanel, desk: Desk, drawing: RasterDrawing) -> None:
    choose(panel.raster.stretch.fields.fields["origin"], "The current")
    assert style_of(desk)["stretch"]["from"] == "view"
    steps = desk.history.stack.index()
    qtbot.waitUntil(lambda: drawing.is_complete(VIEW))
    left = [np.percentile(band[:, :200], 98) for band in BANDS[:3]]
    assert [s.high for s in drawing.style.stretches] == pytest.approx(left, abs=1)
    assert float(panel.raster.fields.fields["high0"].text()) == pytest.approx(left[0], abs=1)
    right = View(VIEW.grid, 200, 0, 200, 300)
    drawing.set_view(right)
    qtbot.waitUntil(lambda: drawing.is_complete(right))
    assert desk.history.stack.index() == steps
    seen = [s.high for s in drawing.style.stretches]
    assert seen == pytest.approx([np.percentile(band[:, 200:], 98) for band in BANDS[:3]], abs=1)
    RasterStyler(desk.context).set_dra(False)
    assert desk.history.stack.index() == steps + 1
    assert style_of(desk)["stretch"]["from"] == "given"
    assert [stretch[1] for stretch in style_of(desk)["stretches"]] == seen


@pytest.mark.bounded
def test_the_histogram_is_of_the_view_and_only_while_it_is_seen(
    qtbot, panel: LayerPropertiesPanel, drawing: RasterDrawing
) -> None:
    qtbot.waitUntil(lambda: drawing.sample is not None)
    assert panel.raster.stretch.hint.text().startswith("In view: 1")
    panel.hide()
    heard: list[None] = []
    drawing.sampled.connect(lambda: heard.append(None))
    right = View(VIEW.grid, 200, 0, 200, 300)
    drawing.set_view(right)
    qtbot.waitUntil(lambda: drawing.is_complete(right) and drawing.context.is_idle())
    assert heard == []
    panel.show()
    qtbot.waitUntil(lambda: bool(heard))


# -- bands and sums -----------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_sum_is_judged_while_it_is_typed(qtbot, panel: LayerPropertiesPanel, desk: Desk) -> None:
    form = panel.raster.bands
    choose(form.mode, "Band")
    assert form.maths.isVisible()
    qtbot.keyClicks(form.maths, "b1 -")
    assert "ends too early" in form.verdict.text()
    qtbot.keyClicks(form.maths, " nir")
    assert "no band nir" in form.verdict.text()
    form.maths.selectAll()
    qtbot.keyClicks(form.maths, "(b4 - b1) / (b4 + b1)")
    assert "band 4, 1" in form.verdict.text()
    assert style_of(desk) == {}
    qtbot.keyClick(form.maths, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(style_of(desk)))
    style = style_of(desk)
    assert (style["expression"], style["bands"]) == ("(b4 - b1) / (b4 + b1)", [4, 1])
    four, one = BANDS[3].astype(float), BANDS[0].astype(float)
    assert style["stretches"][0][:2] == pytest.approx(np.percentile((four - one) / (four + one), (2, 98)), abs=0.03)
    assert not panel.raster.fields.fields["band0"].isVisible()
    assert panel.raster.bar.isVisible()
    choose(form.mode, "Three")
    assert style_of(desk)["expression"] == ""
    assert style_of(desk)["bands"] == [1, 2, 3]


def test_an_index_is_shown_between_its_limits(styler: RasterStyler, desk: Desk) -> None:
    ndvi = INDICES[0]
    styler.show_index(ndvi, parse_expression("(b4 - b1) / (b4 + b1)"), (4, 1))
    style = style_of(desk)
    assert style["stretches"] == [[ndvi.low, ndvi.high, 1.0]]
    assert style["colormap"] == ndvi.colormap


def test_other_bands_keep_the_rule(styler: RasterStyler, desk: Desk, drawing: RasterDrawing) -> None:
    styler.set_dra(True)
    styler.show_bands((4, 3, 2))
    assert style_of(desk)["stretch"]["from"] == "view"
    styler.set_dra(False)
    styler.show_bands((2,))
    assert style_of(desk)["stretch"]["from"] == "image"
    info = drawing.info
    assert style_of(desk)["stretches"][0][:2] == [info.bands[1].low, info.bands[1].high]


# -- copy and paste -----------------------------------------------------------------------------------------------


def test_a_stretch_is_pasted_with_a_word_of_caution(styler: RasterStyler, desk: Desk) -> None:
    styler.commit(RasterStyle((1, 2, 3), (Stretch(1, 2, 1.5), Stretch(3, 4), Stretch(5, 6))))
    styler.copy_stretch()
    styler.commit(RasterStyle((4, 2, 3), (Stretch(0, 9),) * 3, contrast=0.3))
    styler.paste_stretch()
    style = style_of(desk)
    assert style["stretches"] == [[1, 2, 1.5], [3, 4, 1], [5, 6, 1]]
    assert (style["bands"], style["contrast"], style["stretch"]["from"]) == ([4, 2, 3], 0.3, "given")
    assert desk.said == ["Same stretch is honest only for the same sensor and units."]
    desk.history.undo()
    assert style_of(desk)["stretches"][0] == [0, 9, 1]


def test_between_equal_sensors_nothing_is_said(qtbot, styler: RasterStyler, desk: Desk, drawing: RasterDrawing) -> None:
    drawing.ask_acquisition()
    qtbot.waitUntil(lambda: drawing.source.acquisition is not None)
    drawing.source.acquisition = replace(drawing.source.acquisition, platform="Landsat 8", sensor="OLI")
    styler.copy_stretch()
    styler.paste_stretch()
    assert desk.said == []
    drawing.source.acquisition = replace(drawing.source.acquisition, platform="Landsat 7")
    styler.paste_stretch()
    assert len(desk.said) == 1


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[1]", b'{"stretches": [[0, "x"]]}', b'{"stretches": [[0, 1e999]]}'])
def test_what_is_no_stretch_is_not_pasted(styler: RasterStyler, desk: Desk, rubbish: bytes) -> None:
    data = QMimeData()
    data.setData(STRETCH_MIME, rubbish)
    QGuiApplication.clipboard().setMimeData(data)
    said: list[str] = []
    styler.refused.connect(said.append)
    styler.paste_stretch()
    assert "copy the stretch" in said[0]
    assert style_of(desk) == {}


def test_one_band_takes_the_first_stretch(styler: RasterStyler, desk: Desk) -> None:
    styler.commit(RasterStyle((1, 2, 3), (Stretch(1, 2), Stretch(3, 4), Stretch(5, 6))))
    styler.copy_stretch()
    styler.show_bands((2,))
    styler.paste_stretch()
    assert style_of(desk)["stretches"] == [[1, 2, 1]]


# -- the form as a whole ------------------------------------------------------------------------------------------


def test_every_control_has_a_name(panel: LayerPropertiesPanel, desk: Desk, styler: RasterStyler) -> None:
    assert unnamed(panel) == []
    for view in panel.raster.stretch.histograms[:3]:
        assert "histogram" in view.accessibleName()
    styler.show_bands((1,))
    assert unnamed(panel) == []
    assert panel.raster.bar.accessibleName()


@pytest.mark.bounded
def test_looks_and_pixels_are_saved(qtbot, panel: LayerPropertiesPanel, desk: Desk) -> None:
    choose(panel.raster.looks.fields["resampling"], "Cub")
    slider = panel.raster.looks.fields["saturation"].slider
    slider.setSliderDown(True)
    slider.setSliderPosition(150)
    slider.setSliderDown(False)
    assert (style_of(desk)["resampling"], style_of(desk)["saturation"]) == ("cubic", 0.5)
    slider = panel.raster.looks.fields["sharpen"].slider
    slider.setSliderDown(True)
    slider.setSliderPosition(100)
    slider.setSliderDown(False)
    assert style_of(desk)["sharpen"] == 0.5


def test_the_colour_bar_is_painted_as_the_map_is(panel: LayerPropertiesPanel, styler: RasterStyler) -> None:
    style = RasterStyle((1,), (Stretch(0, 100),), "viridis", rule=StretchRule(origin="given"))
    styler.commit(style)
    bar = panel.raster.bar
    image = QImage(bar.size(), QImage.Format.Format_RGB32)
    bar.render(image)
    assert image.pixelColor(3, 6).name() != image.pixelColor(bar.width() - 4, 6).name()
    styler.commit(replace(style, invert=True))
    other = QImage(bar.size(), QImage.Format.Format_RGB32)
    bar.render(other)
    assert other.pixelColor(3, 6).name() == pytest.approx(image.pixelColor(bar.width() - 4, 6).name())


def test_an_old_style_still_shows(panel: LayerPropertiesPanel, desk: Desk) -> None:
    old = {"bands": [3, 2, 1], "stretches": [[0, 500, 1.0]] * 3, "gamma": 2}
    desk.context.push(update_layer(desk.document, "base", actor="Li", style_json=json.dumps(old)))
    assert panel.raster.stretch.fields.fields["origin"].currentData() == "given"
    assert panel.raster.fields.fields["high0"].text() == "500"
