"""The place of a site, typed and pasted in the form of the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

import sample_data
from layers.document.site import Site
from layers.geo.coordinates import Datum
from layers.geo.measure import distance_m
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import opened, search_for
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.sites.make_sites import MakeSitesDialog
from viewer.panels.sites.place_rows import PlaceRows
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.refusal import Refusal

VOSTOCHNY = (128.334, 51.884)


@pytest.fixture
def rows(window: MainWindow, qtbot: QtBot) -> PlaceRows:
    """Of a point in Moscow that is selected."""
    window.file_menu.new_case()
    document, push = window.session.document, window.session.push
    push(add_site(document, Point(37.6, 55.7), actor="me", uuid="pad", label="Pad"))
    push(add_site(document, LineString([(30, 50), (40, 50)]), actor="me", uuid="road", label="Road"))
    window.selection.set({"pad"})
    window.docks.show_panel("panel_site")
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form.place


def _pad(window: MainWindow) -> Site:
    return window.session.document.sites["pad"]


def _type(rows: PlaceRows, text: str) -> None:
    rows.line.setFocus()
    rows.line.selectAll()
    QTest.keyClicks(rows.line, text)
    QTest.keyClick(rows.line, Qt.Key.Key_Return)


TYPED = (
    ("51.884, 128.334", 1.0, "DD coordinate, written to ± 56 m, WGS 84; as given: 51.884, 128.334", 79.0),
    ("51 53.04 N 128 20.04 E", 50.0, "DDM coordinate, written to ± 9.3 m, WGS 84", 14.0),
    ("51 53 02 N 128 20 02 E", 50.0, "DMS coordinate, written to ± 16 m, WGS 84", 22.0),
    ("52U 454161 5748346", 60.0, "UTM coordinate, written to ± 0.5 m, WGS 84", 0.71),
    ("52U DC 5416 4834", 60.0, "MGRS coordinate, middle of a cell of 10 m, WGS 84", 7.1),
    ("Launch site: 51.884, 128.334 (Vostochny)", 1.0, "DD coordinate, written to ± 56 m, WGS 84", 79.0),
    ("https://www.openstreetmap.org/#map=12/51.884/128.334", 1.0, "DD coordinate", 79.0),
    ("POINT (128.334 51.884)", 1.0, "DD coordinate", 79.0),
)


@pytest.mark.bounded
def test_a_place_is_typed_in_any_notation(window: MainWindow, rows: PlaceRows) -> None:
    for text, within_m, basis, error_m in TYPED:
        _type(rows, text)
        site = _pad(window)
        assert distance_m(*site.geometry.coords[0], *VOSTOCHNY) < within_m, text
        assert site.position_basis.startswith(basis)
        assert site.position_error_m == pytest.approx(error_m)
        assert "Read as" in rows.note.text()
        window.action_table["undo"].trigger()
        assert _pad(window).geometry == Point(37.6, 55.7), "one step"
        assert _pad(window).position_error_m is None


@pytest.mark.bounded
def test_a_place_is_pasted(window: MainWindow, rows: PlaceRows) -> None:
    QGuiApplication.clipboard().setText("51°53'02\" N, 128°20'02\" E")
    rows.line.setFocus()
    rows.line.selectAll()
    QTest.keyClick(rows.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    rows.datum.setFocus()  # leaving the field enters it
    assert distance_m(*_pad(window).geometry.coords[0], *VOSTOCHNY) < 50


@pytest.mark.bounded
@popup
def test_the_datum_is_chosen_before_or_after(window: MainWindow, rows: PlaceRows) -> None:
    _type(rows, "39.91, 116.40")
    before = _pad(window).geometry
    choose_by_keys(rows.datum, "GCJ-02")
    assert rows.datum.currentData() == Datum.GCJ02
    moved = _pad(window)
    assert 300 < distance_m(*before.coords[0], *moved.geometry.coords[0]) < 800
    assert "converted from GCJ-02 to WGS 84 (± 5 m)" in moved.position_basis
    assert "GCJ-02" in rows.note.text()
    _type(rows, "39.92, 116.40")
    assert rows.datum.currentData() == Datum.WGS84, "what is shown is in WGS 84"
    assert "GCJ-02" not in _pad(window).position_basis
    choose_by_keys(rows.datum, "GCJ-02")
    window.selection.set({"road"})
    window.selection.set({"pad"})
    assert rows.datum.currentData() == Datum.WGS84, "and for no other"


def test_the_digits_shown_follow_the_error(window: MainWindow, rows: PlaceRows, qtbot: QtBot) -> None:
    _type(rows, "51.884, 128.334")
    assert rows.line.text() == "51.884° N, 128.334° E"
    _type(rows, "51.9, 128.3")
    assert rows.line.text() == "51.9° N, 128.3° E"
    assert _pad(window).position_basis.startswith("DD coordinate, written to ± 5.6 km")
    assert "e+" not in _pad(window).position_basis


@pytest.mark.bounded
def test_a_mark_from_the_palette_has_its_error_in_two_figures(
    window: MainWindow, rows: PlaceRows, qtbot: QtBot
) -> None:
    palette, line = search_for(window, "51.88, 128.33", qtbot)
    window.hits.mark(palette.shown_hits()[0])
    sites = window.session.document.sites.values()
    (site,) = (site for site in sites if site.uuid not in ("pad", "road"))
    assert site.position_error_m == 790.0
    assert site.position_basis.startswith("DD coordinate, written to ± 560 m, WGS 84")
    line.window().close()


@pytest.mark.bounded
def test_what_is_no_place_is_said_and_can_be_mended(window: MainWindow, rows: PlaceRows) -> None:
    before = _pad(window)
    _type(rows, "91.5, 128.334 N")
    assert _pad(window) == before
    assert rows.refusal
    assert [one.text() for one in window.findChildren(Refusal) if one.isVisible()] == [rows.refusal]
    assert rows.line.text() == "91.5, 128.334 N", "to be mended, not typed again"
    QTest.keyClick(rows.line, Qt.Key.Key_Escape)
    assert rows.line.text() == "55.70000° N, 37.60000° E", "Escape gives back what stood there"
    assert not rows.refusal
    assert _pad(window) == before
    _type(rows, "51.884, 128.334")
    assert not rows.refusal


@pytest.mark.bounded
def test_another_reading_is_named(window: MainWindow, rows: PlaceRows) -> None:
    _type(rows, "45.5, 12.5")
    assert "It could also be 12.5" in rows.note.text()
    window.action_table["undo"].trigger()
    assert "Read as" not in rows.note.text()


@pytest.mark.bounded
def test_of_a_line_a_place_is_shown_and_not_changed(window: MainWindow, rows: PlaceRows) -> None:
    window.selection.set({"road"})
    assert rows.line.isReadOnly()
    assert not rows.datum.isEnabled()
    assert "on the line" in rows.note.text()


@pytest.mark.bounded
def test_typing_that_is_not_entered_goes_to_its_own_site(window: MainWindow, rows: PlaceRows) -> None:
    rows.line.setFocus()
    rows.line.selectAll()
    QTest.keyClicks(rows.line, "51.884, 128.334")
    window.selection.set({"road"})
    assert distance_m(*_pad(window).geometry.coords[0], *VOSTOCHNY) < 1
    QApplication.processEvents()


@pytest.mark.bounded
def test_facilities_csv_brings_its_sources(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, sample_data.path("facts/facilities.csv"), qtbot)
    (layer,) = window.session.document.layers
    window.panel_context.show_layer(layer)
    drawing = window.scene.drawings[layer]
    window.canvas.features.set(layer, list(range(1, drawing.info.features + 1)))  # type: ignore[attr-defined]
    window.action_table["make_sites"].trigger()
    dialog = window.findChild(MakeSitesDialog)
    assert dialog is not None
    assert dialog.columns["source"].currentData() == "source", "taken unasked"
    assert dialog.columns["source"].accessibleName() == "Column for: Source"
    dialog.make_button.click()
    qtbot.waitUntil(lambda: len(window.session.document.sites) > 40, timeout=20_000)
    document = window.session.document
    by_label = {site.label: site for site in document.sites.values()}
    taiyuan = document.sources[by_label["Taiyuan Satellite Launch Center"].position_source_uuid]
    assert taiyuan.title == "Backgrounder: China's four space launch centers"
    assert (taiyuan.publisher, taiyuan.published_at) == ("Xinhua/People's Daily", "2011-10-26")
    assert by_label["Taiyuan Satellite Launch Center"].position_basis == "published coordinate of the site"
    assert len({site.position_source_uuid for site in by_label.values()}) > 10
    assert not [site.label for site in by_label.values() if "source: " in site.notes and "memory" not in site.notes]
