"""Ctrl+K in the real window: coordinates, places and sites shown on the map, gone to, and marked with their error."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points, world_bounds
from layers.geo.datum import Datum, to_wgs84
from layers.geo.measure import distance_m
from tests.support.windows import press, search_for
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.panels.search import search_providers
from viewer.panels.search.hits import AttributeMatch, Hit, HitGroup
from viewer.panels.search.palette import CommandPalette
from viewer.panels.search.palette_rows import PaletteEntry
from viewer.panels.search.search_providers import AttributeProvider
from viewer.panels.sites.site_form import SiteFormPanel

VOSTOCHNY = (128.334, 51.884)
Shift = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def begun(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(Bounds(100, 20, 140, 60))
    return window


def _only_site(window: MainWindow) -> Site:
    (site,) = window.session.document.sites.values()
    return site


PLACES = (
    ("文昌", (110.80, 19.55), 30_000),
    ("Восточный", VOSTOCHNY, 1000),
    ("Vostochny", VOSTOCHNY, 1000),
    ("51.884, 128.334", VOSTOCHNY, 200),
    ("52U DC 5416 4834", VOSTOCHNY, 200),
    ("51°53'02.4\" с.ш. 128°20'02.4\" в.д.", VOSTOCHNY, 200),
    ("北纬51.884°，东经128.334°", VOSTOCHNY, 200),
    ("https://yandex.ru/maps/?ll=128.334,51.884&z=14", VOSTOCHNY, 200),
)


@pytest.mark.bounded
def test_a_place_is_shown_before_enter_and_gone_to_after(begun: MainWindow, qtbot: QtBot) -> None:
    marker = begun.hits.marker
    for text, place, within_m in PLACES:
        begun.views.show_bounds(Bounds(-10, -10, 10, 10), 0.0)
        settle(begun, qtbot)
        before = begun.canvas.viewport.view()
        _palette, line = search_for(begun, text, qtbot)
        assert marker.place is not None, text
        assert distance_m(*marker.place, *place) < within_m, text
        assert marker.isVisible()
        assert begun.canvas.viewport.view() == before
        qtbot.keyClick(line, Qt.Key.Key_Return)
        lon, lat = begun.canvas.viewport.centre_lonlat()
        assert distance_m(lon, lat, *place) < within_m + 200, text
        assert begun.canvas.viewport.view() != before
        assert not begun.session.document.sites


@pytest.mark.bounded
def test_escape_takes_the_preview_away(begun: MainWindow, qtbot: QtBot) -> None:
    palette, _line = search_for(begun, "51.884, 128.334", qtbot)
    qtbot.keyClick(palette, Qt.Key.Key_Escape)
    assert begun.hits.marker.place is None


@pytest.mark.bounded
def test_a_site_of_the_case_is_found_by_alias_and_selected(begun: MainWindow, qtbot: QtBot) -> None:
    begun.session.push(
        add_site(
            begun.session.document,
            Point(VOSTOCHNY),
            actor="me",
            uuid="v",
            label="Site 1C",
            class_code="launch_site",
            aliases=(("ru", "Стартовый комплекс 1С"), ("zh", "发射台")),
        )
    )
    for text in ("стартовый", "发射台", "site 1c"):
        begun.selection.clear()
        _palette, line = search_for(begun, text, qtbot)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert begun.selection.uuids == {"v"}, text


@pytest.mark.bounded
def test_shift_enter_marks_the_middle_of_the_cell_with_its_error(begun: MainWindow, qtbot: QtBot) -> None:
    _palette, line = search_for(begun, "52U DC 541 483", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return, Shift)
    site = _only_site(begun)
    assert site.position_error_m == 71.0
    assert site.position_basis == "MGRS coordinate, middle of a cell of 100 m, WGS 84; as given: 52U DC 541 483"
    assert begun.selection.uuids == {site.uuid}
    begun.session.undo()
    assert not begun.session.document.sites


@pytest.mark.bounded
def test_the_datum_is_recorded_with_its_error(begun: MainWindow, qtbot: QtBot) -> None:
    palette, line = search_for(begun, "39.99325, 116.47319", qtbot)
    box = palette.findChild(QComboBox)
    assert box is not None
    box.setCurrentText(str(Datum.GCJ02))
    qtbot.waitUntil(lambda: not palette.is_searching)
    qtbot.keyClick(line, Qt.Key.Key_Return, Shift)
    site = _only_site(begun)
    there = to_wgs84(116.47319, 39.99325, Datum.GCJ02)
    assert (site.geometry.x, site.geometry.y) == pytest.approx((there.lon, there.lat), abs=1e-7)
    assert "converted from GCJ-02 to WGS 84 (± 5 m)" in site.position_basis
    assert site.position_error_m == pytest.approx(0.5585 * 2**0.5 + 5, abs=0.1)
    _palette, line = search_for(begun, "39.99325, 116.47319", qtbot)
    hit = begun.findChildren(CommandPalette)[-1].shown_hits()[0]
    assert "WGS 84 ·" in hit.note, "the next search begins with WGS 84 again"


@pytest.mark.bounded
def test_a_place_name_becomes_an_area_with_its_names(begun: MainWindow, qtbot: QtBot) -> None:
    _palette, _line = search_for(begun, "Благовещенск", qtbot)
    place = next(one for one in _palette.shown_hits() if one.fields and one.fields["label"] == "Blagoveshchensk")
    begun.hits.mark(place)
    site = _only_site(begun)
    assert site.label == "Blagoveshchensk"
    assert site.is_area
    assert "GeoNames" in site.position_basis


@pytest.mark.bounded
def test_a_region_is_shown_whole_and_marked_as_what_it_is(begun: MainWindow, qtbot: QtBot) -> None:
    for text, inside, outside in (
        ("Приморский край", [(131.9, 43.1), (136.5, 47.0)], [(120.0, 50.0)]),
        ("Chukotka", [(177.5, 64.7), (-172.0, 65.6)], [(150.0, 60.0)]),
        ("Russia", [(37.6, 55.8), (132.0, 43.2), (158.6, 53.0)], [(-70.0, -20.0)]),
    ):
        palette, line = search_for(begun, text, qtbot)
        first = palette.shown_hits()[0]
        assert first.note.split(" · ")[0] in ("region", "country or territory")
        qtbot.keyClick(line, Qt.Key.Key_Return)
        seen = begun.canvas.viewport.view().world_bounds()
        for places, is_seen in ((inside, True), (outside, False)):
            for lon, lat in places:
                x, y = (float(v[0]) for v in transform_points(WGS84, WEB_MERCATOR, [lon], [lat]))
                turned = [x + turn * world_bounds(WEB_MERCATOR).width for turn in (-1, 0, 1)]
                there = seen.bottom < y < seen.top and any(seen.left < each < seen.right for each in turned)
                assert there == is_seen, (text, lon, lat)
        begun.hits.mark(first)
    sites = {site.label: site for site in begun.session.document.sites.values()}
    russia = sites["Russia"]
    assert (russia.class_code, russia.is_area) == ("other", True)
    assert russia.position_basis == "Middle of nearly all settlements of Russia in GeoNames, radius to the farthest"
    assert ("ru", "Приморский край") in sites["Primorsky Krai"].aliases


@pytest.mark.bounded
def test_attributes_of_layers_plug_in(begun: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Roads:
        layer_uuid, title = "roads", "Roads"

        def find(self, text: str, limit: int) -> Sequence[AttributeMatch]:
            return [AttributeMatch(3, "ref", "A-331", Bounds(110, 50, 112, 52))] if text.startswith("A-3") else []

    provider = AttributeProvider(lambda: (Roads(),))
    monkeypatch.setattr(search_providers, "AttributeProvider", lambda _attributes: provider)
    palette, line = search_for(begun, "A-331", qtbot)
    assert palette.shown_hits()[0].note == "ref in Roads"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    lon, lat = begun.canvas.viewport.centre_lonlat()
    assert (lon, lat) == (pytest.approx(111, abs=0.1), pytest.approx(51, abs=0.1))


@pytest.mark.bounded
def test_from_the_start_page_a_place_begins_a_case(window: MainWindow, qtbot: QtBot) -> None:
    _palette, line = search_for(window, "51.884, 128.334", qtbot)
    assert window.hits.marker.place is None  # there is no map to show it on
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert window.pages.currentWidget() is window.canvas
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert distance_m(lon, lat, *VOSTOCHNY) < 500


@pytest.mark.bounded
def test_searching_contacts_nobody(begun: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: tried.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **named: tried.append(arguments))
    for text in ("Moscow", "https://maps.app.goo.gl/abc", "https://www.amap.com/?q=39.99,116.47", "52U DC 54 48"):
        palette, _line = search_for(begun, text, qtbot)
        palette.close()
    assert not tried


@pytest.mark.bounded
def test_the_view_that_is_kept_is_the_place_gone_to(begun: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not begun.canvas.motion.is_under_way)
    _palette, line = search_for(begun, "Irkutsk", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert json.loads(begun.views.viewport_json())["crs"]
    qtbot.waitUntil(lambda: not begun.canvas.motion.is_under_way)
    begun.canvas.motion.back()
    lon, _lat = begun.canvas.viewport.centre_lonlat()
    assert lon == pytest.approx(120, abs=1)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    "text",
    [
        "POLYGON((128 51,129 51,129 52,128 52,128 51))",
        "SRID=4326;LINESTRING(128 51,129 52)",
        "POLYGON((128 51," + ",".join(f"129 {51 + n / 1000}" for n in range(1001)) + ",128 52,128 51))",
        "https://worldview.earthdata.nasa.gov/?v=128,51,129,52&t=2024-01-01",
    ],
    ids=["polygon", "line", "long", "worldview"],
)
def test_a_shape_is_framed_on_the_map_and_enter_shows_all_of_it(begun: MainWindow, text: str, qtbot: QtBot) -> None:
    marker, before = begun.hits.marker, begun.canvas.viewport.view()
    palette, line = search_for(begun, text, qtbot)
    (hit,) = palette.shown_hits()
    assert hit.bounds == Bounds(128, 51, 129, 52)
    assert marker.frame == hit.bounds
    assert "Shift+Enter" not in palette.sentence()
    assert begun.canvas.viewport.view() == before
    qtbot.keyClick(line, Qt.Key.Key_Return)
    lon, lat = begun.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx((128.5, 51.5), abs=0.01)
    assert marker.frame == hit.bounds
    assert begun.canvas.height() * 0.5 < marker.height() < begun.canvas.height(), "there is room for all of its frame"
    begun.hits.marker.show_at(100, 50)
    assert marker.frame is None


# -- the demo's own sites ---------------------------------------------------------------------------------------


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.file_menu.open_demo()
    qtbot.waitUntil(lambda: len(window.session.document.sites) > 40, timeout=20_000)
    settle(window, qtbot)
    return window


@pytest.mark.bounded
def test_a_site_of_the_case_is_found_as_such_and_never_marked_twice(demo: MainWindow, qtbot: QtBot) -> None:
    labels = {uuid: site.label for uuid, site in demo.session.document.sites.items()}
    for text, label in (
        ("jiu quan", "Jiuquan Satellite Launch Center"),
        ("wen chang", "Wenchang Space Launch Site"),
        ("Wenchang launch", "Wenchang Space Launch Site"),
        ("launch site Hainan", "Hainan Commercial Spacecraft Launch Site"),
        ("Hainan launch", "Hainan Commercial Spacecraft Launch Site"),
        ("Beidou station", "BeiDou monitoring station, Irkutsk (agreed)"),
    ):
        palette, line = search_for(demo, text, qtbot)
        first = palette.shown_hits()[0]
        assert first.group is HitGroup.SITES, text
        assert labels[first.site_uuid] == first.text == label
        assert not any(one.group is HitGroup.FACILITIES for one in palette.shown_hits()), text
        qtbot.keyClick(line, Qt.Key.Key_Return, Shift)
        assert demo.selection.uuids == {first.site_uuid}, text
    assert len(demo.session.document.sites) == len(labels)


@pytest.mark.bounded
def test_enter_goes_to_the_name_and_commands_keep_their_words(demo: MainWindow, qtbot: QtBot) -> None:
    for text, name in (("Dali", "Dali"), ("Ban", "Bangkok"), ("Rome", "Rome"), ("BAM", "Bam"), ("China", "China")):
        palette, _line = search_for(demo, text, qtbot)
        first = palette.current()
        assert isinstance(first, Hit), text
        assert (first.group, first.text, palette.shown_texts()[0]) == (HitGroup.PLACES, name, name)
        palette.close()
    for text, command in (("draw a", "Draw a Line"), ("save", "Save"), ("exp", "Export Data"), ("site", "Sites")):
        palette, _line = search_for(demo, text, qtbot)
        first = palette.current()
        assert isinstance(first, PaletteEntry), text
        assert first.text == palette.shown_texts()[0] == command
        palette.close()
    palette, line = search_for(demo, "undo", qtbot)
    view = demo.canvas.viewport.view()
    assert palette.shown_texts()[0] == "Undo"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert demo.canvas.viewport.view() == view
    assert palette.sentence() == "Undo cannot be done now."
    palette.close()


@pytest.mark.bounded
def test_a_wrong_letter_is_forgiven_and_said(demo: MainWindow, qtbot: QtBot) -> None:
    for text, name in (
        ("Vostochniy", "Vostochny Cosmodrome"),
        ("Wenchnag", "Wenchang Space Launch Site"),
        ("Plesezk", "Plesetsk Cosmodrome"),
        ("Moscwo", "Moscow"),
    ):
        palette, line = search_for(demo, text, qtbot)
        first = palette.current()
        assert isinstance(first, Hit), text
        assert first.text.startswith(name)
        assert first.note.startswith("spelled nearly so")
        view = demo.canvas.viewport.view()
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert demo.canvas.viewport.view() != view


@pytest.mark.bounded
def test_after_a_search_keys_are_the_maps_and_no_field_of_another_site(begun: MainWindow, qtbot: QtBot) -> None:
    document = begun.session.document
    for uuid, label, lon in (("a", "Vostochny", 128.3), ("b", "Baikonur", 63.3)):
        begun.session.push(add_site(document, Point(lon, 51.0), actor="me", uuid=uuid, label=label))
    begun.selection.set({"a"})
    settle(begun, qtbot)
    form = begun.findChild(SiteFormPanel)
    assert form is not None
    begun.activateWindow()
    form.fields.fields["label"].setFocus()
    qtbot.waitUntil(form.fields.fields["label"].hasFocus)
    _palette, line = search_for(begun, "Baikonur", qtbot)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert begun.selection.uuids == {"b"}
    begun.activateWindow()  # offscreen no window manager does that
    qtbot.waitUntil(begun.canvas.hasFocus)
    press(Qt.Key.Key_M)
    assert document.sites["b"].label == "Baikonur"
    assert begun.action_table["tool_measure"].isChecked()
