"""Tasks with archives of imagery in the real window, by hand: what each takes in keys and clicks is counted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.scenes.view_area import area_of_view
from layers.services.imagery_entry import ImageryEntry
from tests.support.counted_steps import Counter
from tests.support.loopback import LoopbackHandler, LoopbackServer
from tests.support.stac_items import stac_item
from tests.support.stac_server import StacServer, serving_stac
from tests.support.windows import begin_on_map, keyboard, settle, take_up
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.panels.hits.hit_rows import PICTURE_PX, HitColumn
from viewer.panels.time_strip.archive_dialog import ArchiveDialog
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.rendering.access import Need, PermissionKind

PAD = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.23456, 50.34567))
FIELD = Site(uuid="s2", label="Field", geometry=shapely.box(10.9, 50.3, 11.1, 50.4))
VIEW = Bounds(10.0, 50.0, 11.0, 50.7)
TODAY = date(2026, 12, 1)


class Hand:
    """What an analyst does, counted by the events that are delivered to widgets."""

    def __init__(self, application: QApplication) -> None:
        self._counter = Counter(application)

    @property
    def count(self) -> int:
        return len(self._counter.told)

    @property
    def told(self) -> list[str]:
        return self._counter.told

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(keyboard(), key, modifiers)

    def type(self, value: str) -> None:
        QTest.keyClicks(keyboard(), value)

    def click(self, widget: QWidget) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


class PictureHost(LoopbackServer):
    """A host of pictures, of which it has none. It answers as soon as it may."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.may_answer.set()
        super().__init__(_NoFile)


class _NoFile(LoopbackHandler):
    server: Any

    def do_GET(self) -> None:
        self.server.log.append(self.path)
        self.server.may_answer.wait(30)
        self.answer(404, b"")


@pytest.fixture
def files() -> Iterator[PictureHost]:
    server = PictureHost()
    yield server
    server.may_answer.set()
    server.stop()


def item(host: str, name: str, at: str, west: float = 10.0, **properties: Any) -> dict[str, Any]:
    small = {"href": f"http://{host}/{name}.png", "type": "image/png", "roles": ["thumbnail"]}
    return stac_item(name, at, west, host=host, assets={"thumbnail": small}, **properties)


@pytest.fixture
def server(files: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[StacServer]:
    """The first archive of the list, on the first of December."""
    radar = {"platform": "sentinel-1a", "sar:instrument_mode": "IW", "eo:cloud_cover": None}
    items = [
        item(files.host, "before", "2026-02-20T10:00:00Z"),
        item(files.host, "first", "2026-03-04T10:00:00Z", **{"eo:cloud_cover": 12.0}),
        item(files.host, "cloudy", "2026-03-06T10:00:00Z", **{"eo:cloud_cover": 90.0}),
        item(files.host, "radar", "2026-05-01T05:00:00Z", **radar),
        item(files.host, "later", "2026-10-10T10:00:00Z"),
        item(files.host, "beside", "2026-11-11T10:00:00Z", west=10.25),
        item(files.host, "elsewhere", "2026-11-12T10:00:00Z", west=60.0),
    ]
    with serving_stac(items, page=2) as server:
        entry = ImageryEntry(title="Loopback", role="archive", kind="stac-api", address=server.address)
        group = type("Group", (), {"entries": (entry,)})
        monkeypatch.setattr("viewer.panels.imagery.known_archives.catalog", lambda: (group,))
        monkeypatch.setattr("viewer.panels.time_strip.archive_questions.today", lambda: TODAY)
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def hand(qapp: QApplication) -> Hand:
    return Hand(qapp)


@pytest.fixture
def site(window: MainWindow, server: StacServer, qtbot: QtBot) -> MainWindow:
    """The window with a selected site, and the keyboard on its map."""
    take_up(window, qtbot, sites=[PAD, FIELD])
    window.resize(1366, 768)
    window.views.show_bounds(VIEW, 0.0)
    window.selection.set({"s1"})
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    return window


def click_on_map(window: MainWindow, mark: Site) -> None:
    view = window.canvas.viewport.view()
    x, y = transform_points(WGS84, view.grid.crs, mark.geometry.x, mark.geometry.y)
    a, b, c, d, e, f = view.affine.inverse()
    place = QPoint(round(a * float(x) + b * float(y) + c), round(d * float(x) + e * float(y) + f))
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place)


def the_dialog(window: MainWindow) -> ArchiveDialog:
    dialog = window.findChild(ArchiveDialog)
    assert dialog is not None
    return dialog


def ask(site: MainWindow, hand: Hand, qtbot: QtBot) -> ArchiveDialog:
    """What there is of the site since March, with clouds under 20 %."""
    hand.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = the_dialog(site)
    qtbot.waitUntil(dialog.begin.hasFocus)
    hand.type("since March")
    hand.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: site.scenes.desk.archives.is_idle, timeout=20_000)
    settle(site, qtbot)
    return dialog


def listed(dialog: ArchiveDialog) -> list[str]:
    return [hit.scene.title for hit in dialog.hits.rows.hits]


def cells(dialog: ArchiveDialog, column: HitColumn) -> list[str]:
    rows = dialog.hits.rows
    return [rows.index(row, column).data() for row in range(rows.rowCount())]


@pytest.mark.bounded
def test_what_there_is_of_a_site_since_march_under_20_percent_in_four(
    site: MainWindow, server: StacServer, hand: Hand, qtbot: QtBot
) -> None:
    site.selection.clear()
    click_on_map(site, PAD)
    assert site.selection.uuids == {"s1"}
    dialog = ask(site, hand, qtbot)
    assert hand.told == ["click Map", "key Ctrl+Shift+F", "text into From"]
    assert hand.count <= 4
    assert listed(dialog) == ["beside", "later", "radar", "first"]
    question = server.questions[0]
    assert question["bbox"] == [10.2, 50.3, 10.3, 50.4]
    assert question["datetime"].startswith("2026-03-01")
    assert cells(dialog, HitColumn.CLOUD) == ["5 % of the scene", "5 % of the scene", "radar", "12 % of the scene"]
    assert cells(dialog, HitColumn.PART) == ["beside it", "the site", "the site", "the site"]
    assert cells(dialog, HitColumn.DATE)[-1] == "2026-03-04 10:00"
    assert "Credit: not stated" in dialog.hits.rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    strip = site.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    assert [placed.tick.title for placed in strip.view.places.all] == ["first", "radar", "later", "beside"]
    assert site.scenes.outlines.count == 4
    assert dialog.hits.list.hasFocus()


@pytest.mark.bounded
def test_the_newest_beside_the_oldest_by_k_in_two_more(
    site: MainWindow, files: LoopbackServer, hand: Hand, qtbot: QtBot
) -> None:
    dialog = ask(site, hand, qtbot)
    before = hand.count
    assert not site.context.consent.permits(files.host)
    assert not files.log
    hand.click(dialog.hits.allow_button)
    qtbot.waitUntil(lambda: any(path.endswith(".png") for path in files.log), timeout=10_000)
    hand.press(Qt.Key.Key_K)
    assert hand.told[before:] == [f"click Allow {files.host}", "key K"]
    settle(site, qtbot)
    assert site.context.consent.permits(files.host)
    spec = site.comparisons.spec
    assert spec is not None
    layers = site.session.document.layers
    assert [[layers[uuid].name for uuid in frame.layers] for frame in spec.frames] == [["first"], ["later"]]
    assert not dialog.isVisible(), "the map is to be seen"
    assert site.canvas.hasFocus()


@pytest.mark.bounded
def test_what_came_stays_on_strip_and_list_after_a_comparison(
    site: MainWindow,
    files: LoopbackServer,
    server: StacServer,
    hand: Hand,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An archive whose address was typed is offered by its title once it has answered: that asks nothing anew."""
    none_listed = type("Group", (), {"entries": ()})
    monkeypatch.setattr("viewer.panels.imagery.known_archives.catalog", lambda: (none_listed,))
    search_key = Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hand.press(*search_key)
    dialog = the_dialog(site)
    qtbot.waitUntil(dialog.begin.hasFocus)
    dialog.archive.setEditText(server.address)
    hand.type("since March")
    hand.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: site.scenes.desk.archives.is_idle and bool(listed(dialog)), timeout=20_000)
    settle(site, qtbot)
    answer, pages = (listed(dialog), dialog.said.text()), len(server.questions)
    hand.click(dialog.hits.allow_button)
    hand.press(Qt.Key.Key_K)
    qtbot.waitUntil(lambda: site.comparisons.spec is not None, timeout=20_000)
    settle(site, qtbot)
    strip = site.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    assert [placed.tick.title for placed in strip.view.places.all] == ["first", "radar", "later", "beside"]
    assert (dialog.isVisible(), site.scenes.outlines.count) == (False, 0), "the images are to be seen"
    begin_on_map(site, qtbot)
    hand.press(*search_key)
    settle(site, qtbot)
    assert dialog.isVisible()
    assert dialog.archive.currentText() == "Loopback Archive"
    assert (listed(dialog), dialog.said.text()) == answer
    assert dialog.keep_button.isEnabled()
    assert site.scenes.outlines.count == 4
    assert len(server.questions) == pages, "it is asked once"


@pytest.mark.bounded
def test_a_picture_that_is_on_its_way_says_so_until_it_is_there_or_will_not_come(
    site: MainWindow, files: PictureHost, hand: Hand, qtbot: QtBot
) -> None:
    dialog = ask(site, hand, qtbot)
    rows = dialog.hits.rows

    def is_empty() -> bool:
        icon = rows.index(0, HitColumn.DATE).data(Qt.ItemDataRole.DecorationRole)
        image = icon.pixmap(PICTURE_PX).toImage()
        return not any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))

    assert is_empty(), "nothing is on its way before its host is allowed"
    files.may_answer.clear()
    hand.click(dialog.hits.allow_button)
    qtbot.waitUntil(lambda: not is_empty(), timeout=20_000)
    files.may_answer.set()
    qtbot.waitUntil(is_empty, timeout=20_000)


def question_on(window: QWidget, qtbot: QtBot) -> QMessageBox:
    """The question over a window, once it has the keyboard."""
    qtbot.waitUntil(lambda: any(box.isActiveWindow() for box in window.findChildren(QMessageBox)), timeout=10_000)
    (question,) = window.findChildren(QMessageBox)
    qtbot.waitUntil(question.defaultButton().hasFocus)
    return question


@pytest.mark.bounded
def test_k_asks_for_a_host_that_is_not_allowed_and_then_compares(
    site: MainWindow, files: LoopbackServer, hand: Hand, qtbot: QtBot
) -> None:
    dialog = ask(site, hand, qtbot)
    hand.press(Qt.Key.Key_K)
    question = question_on(dialog, qtbot)
    assert files.host in question.text()
    assert site.comparisons.spec is None
    hand.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.findChild(QMessageBox) is None)
    qtbot.waitUntil(dialog.hits.list.hasFocus)
    assert not site.session.document.layers, "nothing is added where the host is not allowed"
    assert not site.context.consent.permits(files.host)
    assert not files.log
    before = hand.count
    hand.press(Qt.Key.Key_K)
    question_on(dialog, qtbot)
    hand.press(Qt.Key.Key_Return)
    assert len(hand.told[before:]) == 2
    settle(site, qtbot)
    assert site.context.consent.permits(files.host)
    spec = site.comparisons.spec
    assert spec is not None
    layers = site.session.document.layers
    assert [[layers[uuid].name for uuid in frame.layers] for frame in spec.frames] == [["first"], ["later"]]
    assert not dialog.isVisible()


@pytest.mark.bounded
def test_a_compared_image_that_waits_for_its_host_says_so(
    site: MainWindow, files: LoopbackServer, hand: Hand, qtbot: QtBot
) -> None:
    dialog = ask(site, hand, qtbot)
    hand.press(Qt.Key.Key_K)
    question_on(dialog, qtbot)
    hand.press(Qt.Key.Key_Return)
    settle(site, qtbot)
    assert not dialog.isVisible()
    site.permissions.set_allowed([Need(PermissionKind.PRIVATE_HOST, files.host, True)], allowed=False)
    settle(site, qtbot)
    notes = [words.note for words in site.compared.words()]
    assert notes == ["not shown: it waits for your permission (File, Permissions)"] * 2
    site.comparisons.end()
    begin_on_map(site, qtbot)
    site.comparisons.compare(list(site.session.document.layers))
    question_on(site, qtbot)  # a comparison of layers asks as well
    hand.press(Qt.Key.Key_Return)
    settle(site, qtbot)
    assert site.context.consent.permits(files.host)
    assert site.comparisons.spec is not None


@pytest.mark.bounded
def test_two_chosen_hits_are_compared_the_older_one_first(site: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    dialog = ask(site, hand, qtbot)
    hand.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.hits.compare_button.text() == "&Compare the Chosen Ones"
    hand.press(Qt.Key.Key_K)
    question_on(dialog, qtbot)
    hand.press(Qt.Key.Key_Return)
    settle(site, qtbot)
    spec = site.comparisons.spec
    assert spec is not None
    layers = site.session.document.layers
    assert [layers[frame.layers[0]].name for frame in spec.frames] == ["later", "beside"]


@pytest.mark.bounded
def test_enter_adds_the_hit_that_the_arrows_lead_to(site: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    dialog = ask(site, hand, qtbot)
    hand.press(Qt.Key.Key_Down)
    current = site.scenes.desk.current
    assert current is not None
    assert current.title == "later"
    hand.press(Qt.Key.Key_Return)
    (layer,) = site.session.document.layers.values()
    assert layer.name == "later"
    assert cells(dialog, HitColumn.STATE) == ["", "yes", "", ""]
    hand.press(Qt.Key.Key_Return)
    assert len(site.session.document.layers) == 1, "it is there already"
    assert dialog.isVisible()


@pytest.mark.bounded
def test_hits_are_sorted_by_a_click_on_a_head(site: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    dialog = ask(site, hand, qtbot)
    hits = dialog.hits.list
    hits.sortByColumn(HitColumn.CLOUD, Qt.SortOrder.AscendingOrder)
    assert listed(dialog) == ["beside", "later", "first", "radar"]
    hits.sortByColumn(HitColumn.CLOUD, Qt.SortOrder.DescendingOrder)
    assert listed(dialog) == ["first", "beside", "later", "radar"], "what is not known comes last"
    hits.sortByColumn(HitColumn.PART, Qt.SortOrder.AscendingOrder)
    assert listed(dialog)[0] == "beside"
    hits.sortByColumn(HitColumn.DATE, Qt.SortOrder.AscendingOrder)
    assert listed(dialog) == ["first", "radar", "later", "beside"]


@pytest.mark.bounded
def test_a_hit_under_the_pointer_stands_out_on_map_and_strip(site: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    dialog = ask(site, hand, qtbot)
    hits, strip = dialog.hits.list, site.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    row = listed(dialog).index("first")
    place, none = QPointF(20, hits.rowViewportPosition(row) + 5), Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(hits.viewport(), move)
    pointed = next(placed.tick for placed in strip.view.places.all if placed.tick.key == strip.view.pointed)
    assert pointed.title == "first"
    dialog.close()
    assert site.scenes.desk.pointed.scene is None
    assert strip.view.pointed == ""
    assert site.scenes.outlines.count == 0, "the outlines go with the dialog that showed them"


@pytest.mark.bounded
def test_rows_that_come_move_nothing_under_the_pointer(
    site: MainWindow, files: LoopbackServer, server: StacServer, hand: Hand, qtbot: QtBot
) -> None:
    """Older scenes first, as some archives send them: each page comes above the last one."""
    server.items = [item(files.host, f"n{n}", f"2026-{4 + n // 28:02}-{1 + n % 28:02}T10:00:00Z") for n in range(60)]
    server.page = 30
    dialog = ask(site, hand, qtbot)
    hits, rows = dialog.hits.list, dialog.hits.rows
    assert rows.rowCount() == 60
    hits.verticalScrollBar().setValue(300)
    first = hits.rowAt(0)
    key, place = rows.hits[first].scene.key, hits.rowViewportPosition(first)
    newer = [item(files.host, f"later{n}", f"2026-11-{1 + n:02}T10:00:00Z") for n in range(9)]
    server.items = newer
    site.scenes.desk.archives.hits_came.connect(lambda _, came: rows.add(came))
    site.scenes.desk.archives.search(server.address, dialog.question(), site.scenes.desk.search_ground(True))
    qtbot.waitUntil(lambda: rows.rowCount() == 69, timeout=20_000)
    assert hits.rowViewportPosition(rows.row_of(key)) == place


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("begin", "end", "why"),
    [
        ("soon", "", "“soon” is no date: write 2026-03-01, March 2026 or March."),
        ("31 April", "", "“31 april” is no date: April has 30 days."),
        ("2026-05", "2026-03", "The search ends (2026-03) before it begins (2026-05)."),
    ],
)
def test_a_text_that_is_no_date_asks_nothing_and_says_why(
    site: MainWindow, server: StacServer, hand: Hand, begin: str, end: str, why: str
) -> None:
    site.action_table["search_archives"].trigger()
    dialog = the_dialog(site)
    dialog.begin.setText(begin)
    dialog.end.setText(end)
    hand.click(dialog.search_button)
    assert dialog.said.text() == why
    assert not server.log


def test_the_ground_is_the_view_where_no_site_is_selected(site: MainWindow) -> None:
    site.selection.clear()
    site.action_table["search_archives"].trigger()
    dialog = the_dialog(site)
    assert not dialog.is_of_site
    site.selection.set({"s1"})
    assert dialog.place.itemText(1) == "The site Pad"
    site.action_table["search_archives"].trigger()
    assert dialog.is_of_site


@pytest.mark.bounded
def test_a_site_out_of_view_has_its_hits_on_the_strip_and_is_gone_to(
    site: MainWindow, hand: Hand, qtbot: QtBot
) -> None:
    site.views.show_bounds(Bounds(40.0, 20.0, 41.0, 20.7), 0.0)
    settle(site, qtbot)
    dialog = ask(site, hand, qtbot)
    strip = site.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    assert strip.place.currentIndex() == 1
    assert [placed.tick.title for placed in strip.view.places.all] == ["first", "radar", "later"]
    hand.press(Qt.Key.Key_K)
    question_on(dialog, qtbot)
    hand.press(Qt.Key.Key_Return)
    settle(site, qtbot)
    assert area_of_view(site.canvas.viewport.view()).covers(PAD.geometry)


@pytest.mark.bounded
def test_what_was_kept_says_where_it_shows(site: MainWindow, hand: Hand, qtbot: QtBot) -> None:
    dialog = ask(site, hand, qtbot)
    hand.click(dialog.keep_button)
    assert dialog.said.text().endswith("a product that shows Pad says so among its caveats.")
    assert isinstance(dialog.keep_button, QPushButton)
    assert not dialog.keep_button.isEnabled()
