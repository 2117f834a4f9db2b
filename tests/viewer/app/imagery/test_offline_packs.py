"""Offline packs in the real window: made by its dialog, paused, gone on with after a kill, shown without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.decoding import encoded
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.project.opening.layer_paths import packs_in
from layers.services.packs.mbtiles_pack import MbtilesPack, pack_state
from layers.services.packs.pack_plan import pack_levels, plan_pack
from layers.services.tile_service import TileService
from tests.support.counted_steps import Counter
from tests.support.service_layers import badge
from tests.support.tile_server import TileServer
from tests.support.windows import begin_on_map
from tests.support.windows import press as press_key
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.window import MainWindow
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.commands.layers import add_layer
from viewer.commands.sites import add_site
from viewer.network.consent import Consent
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.pack_download import PackDownload, PackPhase
from viewer.panels.layers.layer_rows import KEPT, SIGN_ROLE
from viewer.panels.packs.pack_dialog import PackDialog
from viewer.panels.search.palette import CommandPalette
from viewer.rendering.access import packs_of
from viewer.rendering.images import argb_of_image

MOST_STEPS = 5


@pytest.fixture
def make_fetcher() -> Iterator[Callable[[Consent], Fetcher]]:
    made: list[Fetcher] = []

    def make(consent: Consent) -> Fetcher:
        # Without a cache: what is not asked for comes from the pack.
        made.append(Fetcher(None, consent, Limits(first_backoff_s=0.02)))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def service(server: TileServer) -> TileService:
    return TileService("Sky", server.template(), max_level=11, attribution="Sky company")


def begin_case(window: MainWindow, service: TileService, qtbot: QtBot, target: Path | None) -> str:
    window.session.new_case()
    for host in service.hosts:
        window.context.consent.allow_private(host)
    edit = add_layer(window.session.document, "tiles", "Sky", encoded(service), actor="a")
    window.session.push(edit)
    if target is not None:
        target.parent.mkdir(exist_ok=True)
        window.session.save_as(target)
        qtbot.waitUntil(lambda: window.session.target == target and window.session.is_idle, timeout=20_000)
    look_at(window, qtbot)
    return edit.changes[-1].after.uuid


def look_at(window: MainWindow, qtbot: QtBot, resolution: float = 300.0) -> None:
    x, y = (float(v) for v in transform_points(WGS84, WEB_MERCATOR, 128.3, 51.9))
    window.canvas.viewport.centre_on(x, y, resolution)
    window.canvas.motion.come_to_rest()
    qtbot.waitUntil(window.canvas.is_idle, timeout=20_000)


def open_dialog(window: MainWindow, uuid: str, qtbot: QtBot) -> PackDialog:
    window.panel_context.show_layer(uuid)
    window.action_table.refresh()
    window.action_table["make_pack"].trigger()
    (dialog,) = window.findChildren(PackDialog)
    qtbot.waitUntil(window.context.jobs.is_idle, timeout=20_000)
    return dialog


def press(qtbot: QtBot, button) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def work_of(window: MainWindow) -> PackDownload:
    """The work on the newest pack."""
    return window.layer_menu.packs.findChildren(PackDownload)[-1]


def dark_share(window: MainWindow) -> float:
    ground = 0xFF000000 | int(BACKGROUND_COLOR[1:], 16)
    return float((argb_of_image(window.canvas.grab_picture()) == ground).mean())


@pytest.mark.bounded
def test_a_pack_is_made_in_the_window_and_travels_with_its_case(
    make_window: MakeWindow, server: TileServer, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, tmp_path / "desk" / "case.gpkg")
    dialog = open_dialog(window, uuid, qtbot)
    assert "not known here" in dialog.terms.text()
    assert not dialog.go_button.isEnabled()
    press(qtbot, dialog.agreed)
    assert "tiles, about" in dialog.estimate.text()
    planned = dialog.plan().count()
    press(qtbot, dialog.go_button)
    qtbot.waitUntil(lambda: work_of(window).phase is PackPhase.DONE, timeout=60_000)
    assert "whole" in dialog.progress_words.text()
    settle(window, qtbot)
    assert [line.level for line in window.messages.lines() if "without a network" in line.text] == ["info"]
    layer = window.session.document.layers[uuid]
    assert packs_in(layer.source) == [str(tmp_path / "desk" / "Sky.mbtiles")]
    assert badge(window) == "pack"
    rows = window.docks.layer_tree.model
    assert rows.index(1).data(SIGN_ROLE) == KEPT, "and no alarm where the list is narrow"
    with MbtilesPack(tmp_path / "desk" / "Sky.mbtiles", dialog.plan()) as pack:
        assert pack.count_there() == planned
    dialog.close()
    window.action_table["undo"].trigger()
    assert packs_in(window.session.document.layers[uuid].source) == []
    assert badge(window) == ""
    window.action_table["redo"].trigger()
    window.session.save()
    qtbot.waitUntil(lambda: window.session.is_idle and not window.session.is_dirty, timeout=20_000)
    assert (tmp_path / "desk" / "case.gpkg").stat().st_size < 2_000_000, "no tile is in the case"
    window.session.close()

    shutil.copytree(tmp_path / "desk", tmp_path / "other desk")
    shutil.rmtree(tmp_path / "desk")
    server.log.clear()
    away = make_window()
    away.context.fetcher.set_offline(True)
    away.opener.open([str(tmp_path / "other desk" / "case.gpkg")])
    qtbot.waitUntil(lambda: uuid in away.session.document.layers, timeout=20_000)
    settle(away, qtbot)
    assert packs_in(away.session.document.layers[uuid].source) == [str(tmp_path / "other desk" / "Sky.mbtiles")]
    look_at(away, qtbot)
    assert dark_share(away) < 0.01
    assert server.log == [], "and its host was never allowed there"


@pytest.mark.bounded
def test_a_pause_and_a_new_window_go_on_where_it_was_left(
    make_window: MakeWindow, server: TileServer, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, tmp_path / "desk" / "case.gpkg")
    dialog = open_dialog(window, uuid, qtbot)
    press(qtbot, dialog.agreed)
    dialog.last.setCurrentIndex(dialog.last.count() - 1)
    server.log.clear()
    press(qtbot, dialog.go_button)
    qtbot.waitUntil(lambda: len(server.log) > 30, timeout=20_000)
    assert any("Sky.mbtiles" in job.title for job in window.context.jobs.running()), "the status bar shows it"
    press(qtbot, dialog.pause_button)
    qtbot.waitUntil(lambda: dialog.go_button.isVisible() and dialog.go_button.isEnabled(), timeout=20_000)
    assert "Paused" in dialog.progress_words.text()
    assert dialog.go_button.text() == "&Go On"
    qtbot.waitUntil(lambda: not window.context.jobs.running(), timeout=20_000)
    total = work_of(window).total
    there = work_of(window).there
    assert 0 < there < total
    dialog.close()
    QApplication.processEvents()
    window.layer_menu.packs.close()

    server.log.clear()
    dialog = open_dialog(window, uuid, qtbot)
    qtbot.waitUntil(lambda: "is not whole" in dialog.remark.text(), timeout=20_000)
    assert dialog.plan().count() == total, "area and levels are those of the pack"
    press(qtbot, dialog.agreed)
    press(qtbot, dialog.go_button)
    qtbot.waitUntil(lambda: work_of(window).phase is PackPhase.DONE, timeout=60_000)
    asked = [path for path in server.log if path.startswith("/ok/")]
    assert len(set(asked)) <= total - there + 4


@pytest.mark.bounded
def test_a_pack_made_again_is_the_same_file_which_is_used_or_fetched_anew(
    make_window: MakeWindow, server: TileServer, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, tmp_path / "case.gpkg")

    def make(layer: str, name: str = "") -> PackDialog:
        dialog = open_dialog(window, layer, qtbot)
        dialog.agreed.setChecked(True)
        if name:
            dialog.file.clear()
            qtbot.keyClicks(dialog.file, name)
            dialog.file.editingFinished.emit()
            qtbot.waitUntil(window.context.jobs.is_idle, timeout=20_000)
        return dialog

    def run(dialog: PackDialog) -> None:
        before = window.layer_menu.packs.findChildren(PackDownload)
        press(qtbot, dialog.go_button)
        qtbot.waitUntil(lambda: window.layer_menu.packs.findChildren(PackDownload) != before, timeout=20_000)
        qtbot.waitUntil(lambda: work_of(window).phase is PackPhase.DONE, timeout=60_000)
        settle(window, qtbot)
        dialog.close()
        QApplication.processEvents()

    run(make(uuid))
    pack = tmp_path / "Sky.mbtiles"
    planned = work_of(window).total
    server.log.clear()

    dialog = make(uuid, "Another name")
    assert "Sky.mbtiles is of the same service, area and levels" in dialog.remark.text()
    assert dialog.go_button.text() == "Fetch &Anew"
    run(dialog)
    assert len({path for path in server.log if path.startswith("/ok/")}) >= planned, "each tile was asked for again"
    assert [path.name for path in tmp_path.glob("*.mbtiles")] == ["Sky.mbtiles"]
    assert packs_in(window.session.document.layers[uuid].source) == [str(pack)]

    edit = add_layer(window.session.document, "tiles", "The same sky", encoded(service), actor="a")
    window.session.push(edit)
    settle(window, qtbot)
    other = edit.changes[-1].after.uuid
    server.log.clear()
    dialog = make(other)
    assert dialog.file_name == "Sky.mbtiles", "its service has a pack here"
    assert "the layer will show from it" in dialog.remark.text()
    assert not dialog.estimate.isVisible(), "nothing is to be fetched"
    assert dialog.go_button.text() == "&Use Pack"
    run(dialog)
    assert len(server.log) < 10, "but for what the map shows around it"
    assert packs_in(window.session.document.layers[other].source) == [str(pack)]
    assert [path.name for path in tmp_path.glob("*.mbtiles")] == ["Sky.mbtiles"]

    dialog = make(other)
    dialog.area.edges[0].setValue(dialog.area.edges[0].value() - 0.5)
    assert "grows" in dialog.remark.text()
    assert dialog.go_button.text() == "&Make Pack"


def made_before(path: Path, service: TileService) -> None:
    """A whole pack of an earlier session, of a place and levels that nobody asks for now."""
    path.parent.mkdir(exist_ok=True)
    with MbtilesPack(path, plan_pack(service, (Bounds(20.0, 10.0, 21.0, 11.0),), (0, 3))) as pack:
        pack.put([], list(pack.missing()))
        pack.finish()


@pytest.mark.bounded
def test_a_pack_of_an_earlier_session_beside_the_case_is_offered_as_it_is(
    window: MainWindow, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    uuid = begin_case(window, service, qtbot, tmp_path / "case.gpkg")
    made_before(tmp_path / "earlier.mbtiles", service)
    dialog = open_dialog(window, uuid, qtbot)
    qtbot.waitUntil(dialog.found.isVisible, timeout=20_000)
    words = dialog.found.text()
    assert words.startswith("earlier.mbtiles was made before and lies beside the case: whole, ")
    assert "of another place than this view, levels 0 to 3" in words
    press(qtbot, dialog.found)
    settle(window, qtbot)
    assert packs_in(window.session.document.layers[uuid].source) == [str(tmp_path / "earlier.mbtiles")]
    assert len(list(tmp_path.glob("*.mbtiles"))) == 1
    assert not window.layer_menu.packs.findChildren(PackDownload), "nothing is downloaded a second time"
    QApplication.processEvents()
    dialog = open_dialog(window, uuid, qtbot)
    assert not dialog.found.isVisible(), "the layer shows from it"


@pytest.mark.bounded
def test_a_pack_that_lies_elsewhere_is_chosen_by_hand(
    window: MainWindow, service: TileService, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = begin_case(window, service, qtbot, tmp_path / "desk" / "case.gpkg")
    elsewhere, other = tmp_path / "store" / "sky.mbtiles", tmp_path / "store" / "other.mbtiles"
    made_before(elsewhere, service)
    made_before(other, replace(service, template=service.template.replace("{z}", "x/{z}")))
    dialog = open_dialog(window, uuid, qtbot)
    chosen = iter([other, elsewhere])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(next(chosen)), ""))
    press(qtbot, dialog.choose_button)
    qtbot.waitUntil(lambda: "other.mbtiles" in dialog.remark.text(), timeout=20_000)
    assert not packs_in(window.session.document.layers[uuid].source)
    press(qtbot, dialog.choose_button)
    qtbot.waitUntil(lambda: bool(packs_in(window.session.document.layers[uuid].source)), timeout=20_000)
    settle(window, qtbot)
    layer = window.session.document.layers[uuid]
    assert packs_in(layer.source) == [str(elsewhere)]
    assert packs_of(layer, tmp_path / "desk", window.context.folders) == [elsewhere], "choosing it allows to read it"
    assert not list((tmp_path / "desk").glob("*.mbtiles"))


@pytest.mark.bounded
def test_the_area_is_around_the_selected_sites(
    make_window: MakeWindow, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, tmp_path / "case.gpkg")
    for name, lon in (("a", 128.3), ("b", -77.0)):
        window.session.push(add_site(window.session.document, Point(lon, 51.9), actor="a", label=name, uuid=name))
    window.selection.set(["a", "b"])
    dialog = open_dialog(window, uuid, qtbot)
    areas = dialog.area.areas()
    assert len(areas) == 2
    for area, lon in zip(areas, (128.3, -77.0), strict=True):
        assert area.left < lon < area.right
        assert area.height * 111.32 == pytest.approx(10.0, rel=0.01)
    dialog.area.edges[0].setValue(100.0)
    assert dialog.area.choice.currentText() == "These bounds"
    assert len(dialog.area.areas()) == 1


def test_terms_that_forbid_it_are_told_and_nothing_can_be_pressed(
    make_window: MakeWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    street_map = TileService("OpenStreetMap", "https://tile.openstreetmap.org/{z}/{x}/{y}.png", may_prefetch=True)
    window.context.fetcher.set_offline(True)
    window.session.new_case()
    edit = add_layer(window.session.document, "tiles", "Streets", encoded(street_map), actor="a")
    window.session.push(edit)
    dialog = open_dialog(window, edit.changes[-1].after.uuid, qtbot)
    assert "do not allow tiles to be fetched ahead" in dialog.terms.text()
    assert not dialog.go_button.isVisible()
    assert not dialog.area.isVisible()
    dialog.begin_wanted.connect(lambda *_: pytest.fail("nothing begins"))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)


@pytest.mark.bounded
def test_the_terms_are_read_in_the_browser_by_a_click(
    make_window: MakeWindow, service: TileService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: not opened.append(url.toString()))
    window, terms = make_window(), "https://maps.example.org/terms"
    uuid = begin_case(window, replace(service, own_link=terms, licence="words " * 90), qtbot, tmp_path / "case.gpkg")
    dialog = open_dialog(window, uuid, qtbot)
    assert dialog.link_button.text() == f"Its terms: {terms}"
    assert "words…" in dialog.terms.text(), "what is left out is shown"
    press(qtbot, dialog.link_button)
    assert opened == [terms]


@pytest.mark.bounded
def test_the_button_for_a_case_without_a_place_saves_it_and_begins(
    make_window: MakeWindow, answers: Answers, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, None)
    dialog = open_dialog(window, uuid, qtbot)
    assert "The case is saved first" in dialog.remark.text()
    assert dialog.agreed.hasFocus() or dialog.focusWidget() is dialog.agreed
    assert "tiles, about" in dialog.estimate.text(), "the estimate is there before the case has a place"
    press(qtbot, dialog.agreed)
    assert dialog.focusWidget() is dialog.go_button
    assert "Save Case" in dialog.go_button.text()
    press(qtbot, dialog.go_button)
    assert len(answers.asked) == 1
    assert window.layer_menu.packs.findChildren(PackDownload) == [], "nothing begins without a place"
    answers.path = tmp_path / "case.gpkg"
    press(qtbot, dialog.go_button)
    qtbot.waitUntil(lambda: bool(window.layer_menu.packs.findChildren(PackDownload)), timeout=20_000)
    assert work_of(window).path == tmp_path / "Sky.mbtiles"
    work_of(window).pause()
    qtbot.waitUntil(lambda: not window.context.jobs.running(), timeout=20_000)


@pytest.mark.bounded
def test_the_levels_end_no_coarser_than_what_the_map_shows(
    make_window: MakeWindow, service: TileService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.panels.packs.pack_dialog.USUAL_TILES", 1)
    window = make_window()
    dialog = open_dialog(window, begin_case(window, service, qtbot, None), qtbot)
    ground = window.canvas.viewport.ground_resolution_m()
    level = next(each for each in pack_levels(service) if each.zoom == dialog.last.currentData())
    finest = level.metres_per_px(51.9, 256)
    assert finest <= ground * 1.02 < finest * 2.05
    assert dialog.first.currentIndex() == 0, "a desk without a network zooms out, too"


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "nul\\x"])
def test_a_name_that_leads_elsewhere_is_refused(
    make_window: MakeWindow, service: TileService, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    window = make_window()
    dialog = open_dialog(window, begin_case(window, service, qtbot, tmp_path / "case.gpkg"), qtbot)
    dialog.agreed.setChecked(True)
    dialog.file.setText(name)
    dialog.file.textEdited.emit(name)
    assert dialog.path is None
    assert not dialog.go_button.isEnabled()


@pytest.mark.bounded
def test_a_pack_that_a_kill_left_is_gone_on_with_by_its_own_plan(
    make_window: MakeWindow, service: TileService, tmp_path: Path, qtbot: QtBot
) -> None:
    window = make_window()
    uuid = begin_case(window, service, qtbot, tmp_path / "case.gpkg")
    plan = plan_pack(service, [Bounds(10.0, 50.0, 12.0, 52.0)], (3, 9))
    MbtilesPack(tmp_path / "Sky.mbtiles", plan).close()
    dialog = open_dialog(window, uuid, qtbot)
    qtbot.waitUntil(lambda: "is not whole" in dialog.remark.text(), timeout=20_000)
    assert dialog.area.areas() == plan.areas
    assert (dialog.first.currentData(), dialog.last.currentData()) == (3, 9)
    assert pack_state(tmp_path / "Sky.mbtiles", service).is_whole is False


def click_in_menus(window: MainWindow, menu_id: str, action: str) -> None:
    """Open a menu of the bar and press one of its entries, by the mouse."""
    bar, wanted = window.menuBar(), window.action_table[action]
    title = next(each for each in bar.actions() if each.menu() is not None and wanted in each.menu().actions())
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(title).center())
    menu = title.menu()
    assert menu.isVisible()
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(wanted).center())


@pytest.mark.bounded
@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # as an open menu does, offscreen
@pytest.mark.parametrize("by", ["menu", "palette"])
def test_a_pack_takes_five_interactions_and_the_case_shows_it_without_a_network(
    make_window: MakeWindow,
    answers: Answers,
    server: TileServer,
    service: TileService,
    tmp_path: Path,
    qtbot: QtBot,
    qapp: QApplication,
    by: str,
) -> None:
    window = make_window()
    window.resize(1366, 768)
    uuid = begin_case(window, service, qtbot, None)
    begin_on_map(window, qtbot)
    answers.path = tmp_path / "case.gpkg"
    counter = Counter(qapp)
    try:
        if by == "menu":
            click_in_menus(window, "layer", "make_pack")
        else:
            keys(window, qtbot, "offline pack")
        qtbot.waitUntil(lambda: bool(window.findChildren(PackDialog)), timeout=20_000)
        (dialog,) = window.findChildren(PackDialog)
        qtbot.waitUntil(window.context.jobs.is_idle, timeout=20_000)
        qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.agreed, timeout=20_000)
        press_focused(dialog, Qt.Key.Key_Space)
        press_focused(dialog, Qt.Key.Key_Return)
        # The dialog for a file is the desktop's own: its Enter is one more.
        steps = len(counter.told) + len(answers.asked)
        qtbot.waitUntil(lambda: bool(window.layer_menu.packs.findChildren(PackDownload)), timeout=20_000)
        qtbot.waitUntil(lambda: work_of(window).phase is PackPhase.DONE, timeout=60_000)
        settle(window, qtbot)
    finally:
        qapp.removeEventFilter(counter)
    assert 0 < steps <= MOST_STEPS, counter.told
    assert not window.session.is_dirty, "the case on disk knows its pack"
    dialog.close()
    window.session.close()
    server.log.clear()
    away = make_window()
    away.context.fetcher.set_offline(True)
    away.opener.open([str(tmp_path / "case.gpkg")])
    qtbot.waitUntil(lambda: uuid in away.session.document.layers, timeout=20_000)
    settle(away, qtbot)
    look_at(away, qtbot)
    assert dark_share(away) < 0.01
    assert server.log == []


def keys(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Open the palette by its keys, type, and take what it puts first."""
    press_key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChildren(CommandPalette)[-1]
    line = palette.findChild(QLineEdit)
    qtbot.waitUntil(line.hasFocus, timeout=20_000)
    QTest.keyClicks(line, text)
    qtbot.waitUntil(lambda: not palette.is_searching, timeout=20_000)
    QTest.keyClick(line, Qt.Key.Key_Return)


def press_focused(dialog: PackDialog, key: Qt.Key) -> None:
    widget = dialog.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)
