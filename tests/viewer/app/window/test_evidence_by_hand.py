"""Claims and sources are written by mouse and keyboard, and the inspector shows them whole, in the real window."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from layers.document.claim import Claim
from tests.support.choices import choose_by_keys
from tests.viewer.app.conftest import Answers, MakeWindow, settle
from viewer.app.desktop.theme import THEMES
from viewer.app.window import MainWindow
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.claim_sources import Citation
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sources.source_form import SourceForm
from viewer.panels.widgets.row_list import RowList

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

LINK = "https://apnews.com/article/satellite-images-of-a-pad-42"


@pytest.fixture
def demo(make_window: MakeWindow, qtbot: QtBot) -> MainWindow:
    window = make_window()
    window.resize(1366, 768)
    window.file_menu.open_demo()
    settle(window, qtbot)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def rows_of(window: MainWindow, name: str) -> RowList:
    """The list of a panel, which is brought to the front."""
    window.docks.show_panel(f"panel_{name}")
    rows = getattr(window.docks, name).panel.list
    assert isinstance(rows, RowList)
    return rows


def click_row(qtbot: QtBot, rows: RowList, row: int, *, double: bool = False) -> str:
    index = rows.model.index(row, 0)
    rows.view.scrollTo(index)
    place = rows.view.visualRect(index).center()
    qtbot.mouseClick(rows.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if double:
        qtbot.mouseDClick(rows.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return rows.model.uuid_at(row)


def claim_form(window: MainWindow) -> ClaimFormPanel:
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    return form


def begun(window: MainWindow, key: Qt.Key, qtbot: QtBot) -> tuple[ClaimFormPanel, Claim]:
    """Press a key on the map, or where nothing is selected choose its menu entry: the form, and the claim in it."""
    window.canvas.setFocus()
    if len(window.selection):
        qtbot.keyClick(window.canvas, key)
    else:
        window.action_table["report" if key == Qt.Key.Key_R else "judge"].trigger()
    form = claim_form(window)
    qtbot.waitUntil(form.isVisible)
    return form, window.session.document.claims[form.uuid]


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def drop(widget: QWidget, *words: str) -> None:
    """Let files or links fall on a widget, as the window system does."""
    data = QMimeData()
    data.setUrls([QUrl(word) if "://" in word else QUrl.fromLocalFile(word) for word in words])
    place, action = QPointF(widget.rect().center()), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    target: QWidget | None = widget
    while target is not None:
        enter = QDragEnterEvent(place, action, data, left, none)
        enter.ignore()
        QApplication.sendEvent(target, enter)
        if enter.isAccepted():
            QApplication.sendEvent(target, QDropEvent(place, action, data, left, none))
            return
        target = target.parentWidget()


# -- a dead end --------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_title_that_no_source_has_becomes_a_source_at_enter(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    uuid = click_row(qtbot, rows_of(demo, "claims"), 0)
    picker = claim_form(demo).sources.picker
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(picker, "Gantry watch 12")
    listed = picker.completer().completionModel()
    assert listed.index(listed.rowCount() - 1, 0).data() == "New source “Gantry watch 12”"
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    cited = [document.sources[link.source_uuid].title for link in document.links.claim_to_sources(uuid)]
    assert cited[-1] == "Gantry watch 12"
    assert picker.text() == ""
    assert demo.session.history.undo_text() == "Cite new source"
    demo.action_table["undo"].trigger()
    assert "Gantry watch 12" not in {source.title for source in document.sources.values()}


@pytest.mark.bounded
def test_the_new_row_is_the_last_of_those_that_match_and_enter_takes_the_first(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    (first, *_), count = document.sources, len(document.sources)
    uuid = rows_of(demo, "claims").model.uuid_at(0)
    for _ in document.links.claim_to_sources(uuid):
        cited = claim_form_of(demo, uuid, qtbot).sources.findChildren(Citation)
        cited[0].remove_button.click()
        settle(demo, qtbot)
    assert not document.links.claim_to_sources(uuid)
    picker = claim_form_of(demo, uuid, qtbot).sources.picker
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(picker, document.sources[first].title[:12])
    listed = picker.completer().completionModel()
    assert listed.rowCount() >= 2
    assert str(listed.index(listed.rowCount() - 1, 0).data()).startswith("New source")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert [link.source_uuid for link in document.links.claim_to_sources(uuid)] == [first]
    assert len(document.sources) == count


def claim_form_of(window: MainWindow, uuid: str, qtbot: QtBot) -> ClaimFormPanel:
    window.panel_context.show_claim(uuid, raise_form=True)
    form = claim_form(window)
    qtbot.waitUntil(form.isVisible)
    return form


@pytest.mark.bounded
def test_a_claim_that_is_not_there_is_made_where_it_is_linked(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    site = next(iter(document.sites))
    demo.selection.set([site])
    picker = demo.findChild(SiteFormPanel).claim_picker
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(picker, "Nobody lives here")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert "Nobody lives here" in {claim.statement for claim in document.links.claims_of_site(site)}
    assert claim_form(demo).isVisible(), "and goes on with it"
    response = click_row(qtbot, rows_of(demo, "responses"), 0)
    picker = demo.findChild(ResponseForm).picker
    qtbot.mouseClick(picker, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(picker, "Somebody lives there")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    answered = {document.claims[link.claim_uuid].statement for link in document.links.response_to_claims(response)}
    assert "Somebody lives there" in answered


@pytest.mark.bounded
def test_a_pasted_link_is_a_source_at_once_and_the_same_link_is_no_second_one(demo: MainWindow, qtbot: QtBot) -> None:
    document, count = demo.session.document, len(demo.session.document.sources)
    for text in (LINK, LINK.replace("https://", "http://www.") + "/"):
        form, claim = begun(demo, Qt.Key.Key_R, qtbot)
        assert focus() is form.sources.picker
        QGuiApplication.clipboard().setText(text)
        qtbot.keyClick(focus(), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        (link,) = document.links.claim_to_sources(claim.uuid)
        source = document.sources[link.source_uuid]
        assert (source.url, source.kind) == (LINK, "web page")
        assert source.title == "apnews.com: satellite images of a pad 42"
        assert source.accessed_at == "", "nobody has said that it was read"
        assert focus() is form.fields.fields["source_wording"], "the words come next"
    assert len(document.sources) == count + 1


@pytest.mark.bounded
def test_a_file_dropped_on_a_claim_is_kept_in_the_case_as_its_source(
    demo: MainWindow, qtbot: QtBot, tmp_path: Path, answers: Answers
) -> None:
    document, content = demo.session.document, b"%PDF-1.4 not much of one" * 1000
    report, odd = tmp_path / "Weekly note 12.pdf", tmp_path / "tool.exe"
    report.write_bytes(content)
    odd.write_bytes(b"MZ")
    rows = rows_of(demo, "claims")
    uuid = click_row(qtbot, rows, 0)
    before = len(document.links.claim_to_sources(uuid))
    form = claim_form(demo)
    for target in (form.fields.fields["statement"].viewport(), form.more_part.header):
        drop(target, str(report))
        settle(demo, qtbot)
        qtbot.waitUntil(lambda: demo.context.jobs.is_idle(), timeout=5000)
    links = document.links.claim_to_sources(uuid)[before:]
    assert [document.sources[link.source_uuid].title for link in links] == ["Weekly note 12"] * 2
    drop(form, str(odd))
    qtbot.waitUntil(lambda: any("is not kept" in line.text for line in demo.messages.lines()))
    drop(rows.view.viewport(), LINK)
    answers.path = tmp_path / "case.gpkg"
    demo.action_table["save_as"].trigger()
    settle(demo, qtbot)
    with sqlite3.connect(answers.path) as case:
        kept = case.execute("SELECT source_uuid, name, content_type, sha256, data FROM source_files").fetchall()
    case.close()
    hashed = hashlib.sha256(content).hexdigest()
    kinds = ("Weekly note 12.pdf", "application/pdf", hashed, content)
    assert kept == [(link.source_uuid, *kinds) for link in links]


# -- claims do not open ------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_click_opens_a_claim_a_source_a_response_and_a_site(demo: MainWindow, qtbot: QtBot) -> None:
    for name, form in (("claims", ClaimFormPanel), ("sources", SourceForm), ("responses", ResponseForm)):
        rows = rows_of(demo, name)
        for row in (1, 0):
            uuid = click_row(qtbot, rows, row)
            opened = demo.findChild(form)
            qtbot.waitUntil(opened.isVisible)
            assert opened.uuid == uuid
        demo.selection.clear()
        demo.selection.set([next(iter(demo.session.document.sites))])
        assert not opened.isVisible()
        click_row(qtbot, rows, 0)
        assert opened.isVisible(), f"a click on the row that is selected already opens it again: {name}"
    demo.docks.show_panel("panel_sites")
    site = demo.findChild(SiteFormPanel)
    assert not site.isVisible()
    (sites,) = demo.docks["panel_sites"].findChildren(RowList)
    click_row(qtbot, sites, sites.model.row_of(next(iter(demo.session.document.sites))))
    assert site.isVisible()


@pytest.mark.bounded
def test_a_double_click_on_a_claim_of_the_case_opens_it_without_a_warning(demo: MainWindow, qtbot: QtBot) -> None:
    rows, document = rows_of(demo, "claims"), demo.session.document
    row = next(r for r in range(rows.model.rowCount()) if not document.links.claim_to_sites(rows.model.uuid_at(r)))
    said = [line.text for line in demo.messages.lines()]
    uuid = click_row(qtbot, rows, row, double=True)
    assert claim_form(demo).isVisible()
    assert claim_form(demo).uuid == uuid
    assert [line.text for line in demo.messages.lines()] == said


# -- report and judge --------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_report_is_a_link_words_and_a_speaker_by_the_keyboard_alone(demo: MainWindow, qtbot: QtBot) -> None:
    document, site = demo.session.document, next(iter(demo.session.document.sites))
    demo.selection.set([site])
    form, claim = begun(demo, Qt.Key.Key_R, qtbot)
    for text in (LINK, "We have seen the trucks.", "A. Spokesman"):
        qtbot.keyClicks(focus(), text)
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    claim = document.claims[claim.uuid]
    assert (claim.source_wording, claim.made_by) == ("We have seen the trucks.", "A. Spokesman")
    assert (claim.voice, claim.state, claim.statement) == ("speaker", "reported", "")
    assert [document.sources[link.source_uuid].url for link in document.links.claim_to_sources(claim.uuid)] == [LINK]
    assert [one.uuid for one in document.links.sites_of_claim(claim.uuid)] == [site]
    assert form.judgement_part.is_folded, "likelihood is the analyst's"
    assert not form.fields.fields["likelihood_term"].isEnabled()


@pytest.mark.bounded
def test_a_judgement_is_a_statement_likelihood_confidence_and_reason(demo: MainWindow, qtbot: QtBot) -> None:
    document, site = demo.session.document, next(iter(demo.session.document.sites))
    demo.selection.set([site])
    form, claim = begun(demo, Qt.Key.Key_J, qtbot)
    fields = form.fields.fields
    assert focus() is fields["statement"]
    qtbot.keyClicks(focus(), "A second pad is being built.")
    chain = [fields[name] for name in ("likelihood_term", "likelihood_low", "likelihood_high", "confidence")]
    for field in chain:
        qtbot.keyClick(focus(), Qt.Key.Key_Tab)
        assert focus() is field
        if field is fields["likelihood_term"]:
            choose_by_keys(field, "likely")
        elif field is fields["confidence"]:
            choose_by_keys(field, "mod")
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    qtbot.keyClicks(focus(), "Two scenes show it.")
    qtbot.keyClick(focus(), Qt.Key.Key_Tab)
    claim = document.claims[claim.uuid]
    assert (claim.voice, claim.state, claim.statement) == ("analyst", "assessed", "A second pad is being built.")
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("likely", 55, 80)
    assert (claim.confidence, claim.confidence_reason) == ("moderate", "Two scenes show it.")
    assert [one.uuid for one in document.links.sites_of_claim(claim.uuid)] == [site]


@pytest.mark.bounded
@pytest.mark.parametrize("way", ["menu", "list", "site"])
def test_whichever_way_it_begins_a_claim_is_about_the_selected_site(demo: MainWindow, qtbot: QtBot, way: str) -> None:
    document, site = demo.session.document, next(iter(demo.session.document.sites))
    demo.selection.set([site])
    before = set(document.claims)
    rows_of(demo, "claims")
    if way == "menu":
        demo.action_table["report"].trigger()
    else:
        panel = demo.docks.claims.panel if way == "list" else demo.findChild(SiteFormPanel)
        qtbot.mouseClick(panel.report_button, Qt.MouseButton.LeftButton)
    (uuid,) = set(document.claims) - before
    assert [one.uuid for one in document.links.sites_of_claim(uuid)] == [site]


# -- the right side is cramped -----------------------------------------------------------------------------------


def test_the_inspector_has_the_height_and_the_list_area_may_be_three_rows(demo: MainWindow, qtbot: QtBot) -> None:
    docks = demo.docks
    details = docks["panel_details"]
    assert details.height() > 0.9 * demo.canvas.height()
    for name in ("claims", "sources", "responses"):
        rows = rows_of(demo, name)
        demo.resizeDocks([docks["panel_layers"], docks[f"panel_{name}"]], [2000, 1], Qt.Orientation.Vertical)
        settle(demo, qtbot)
        row_px = rows.view.verticalHeader().defaultSectionSize()
        qtbot.waitUntil(lambda rows=rows, px=row_px: px <= rows.view.viewport().height() < 4 * px)
        assert demo.width() == 1366


@pytest.mark.bounded
def test_a_claim_is_read_and_written_with_at_most_one_scroll_down(demo: MainWindow, qtbot: QtBot) -> None:
    for row in range(rows_of(demo, "claims").model.rowCount()):
        click_row(qtbot, rows_of(demo, "claims"), row)
        form = claim_form(demo)
        settle(demo, qtbot)
        (scroll,) = form.page.findChildren(QScrollArea)
        inside = scroll.widget()
        qtbot.waitUntil(lambda scroll=scroll, inside=inside: inside.width() <= scroll.viewport().width())
        assert scroll.horizontalScrollBar().maximum() == 0
        needed = form.responses_part.y() + form.responses_part.height()
        assert needed <= 2 * scroll.viewport().height(), form.fields.fields["statement"].toPlainText()[:60]
    form, _ = begun(demo, Qt.Key.Key_R, qtbot)
    settle(demo, qtbot)
    places, page = form.places_part, form.page
    # What the claim before had in its parts goes by a turn of the event loop later.
    qtbot.waitUntil(lambda: places.y() + places.height() <= page.height())  # a new report needs none


@pytest.mark.bounded
def test_on_a_small_screen_with_large_letters_no_panel_leaves_the_window(demo: MainWindow, qtbot: QtBot) -> None:
    for name in ("sites", "claims", "sources", "responses"):
        demo.docks.show_panel(f"panel_{name}")
        demo.resize(911, 512)  # 1366 x 768 at one and a half
        settle(demo, qtbot)
        assert demo.minimumSizeHint().height() <= 512, name
        assert demo.docks[f"panel_{name}"].geometry().bottom() <= demo.statusBar().geometry().top()


@pytest.mark.bounded
def test_the_inspector_follows_what_is_selected(demo: MainWindow, qtbot: QtBot) -> None:
    details, tree = demo.docks["panel_details"], demo.docks.layer_tree
    demo.selection.set([next(iter(demo.session.document.sites))])
    assert details.windowTitle().partition(":")[0] == "Site"
    index = tree.model.index(2)
    place = tree.view.visualRect(index).center()
    for title, act in (
        ("Layer", lambda: qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=place)),
        ("Claim", lambda: click_row(qtbot, rows_of(demo, "claims"), 0)),
        ("Source", lambda: click_row(qtbot, rows_of(demo, "sources"), 0)),
        ("Response", lambda: click_row(qtbot, rows_of(demo, "responses"), 0)),
        ("Layer", lambda: qtbot.mouseClick(tree.view.viewport(), Qt.MouseButton.LeftButton, pos=place)),
    ):
        act()
        assert details.windowTitle().partition(":")[0] == title
        assert not details.visibleRegion().isEmpty()
    demo.selection.set(demo.selection.uuids)
    assert details.windowTitle().partition(":")[0] == "Site", "selected once more"


@pytest.mark.bounded
def test_the_lines_of_a_long_text_end_before_its_scroll_bar(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    demo.panel_context.show_row("sources", max(document.sources.values(), key=lambda one: len(one.descriptor)).uuid)
    demo.docks.show_panel("source_form")
    text = demo.findChild(SourceForm).fields.fields["descriptor"]
    qtbot.waitUntil(lambda: text.verticalScrollBar().isVisible())

    def widest() -> float:
        layouts = (text.document().findBlockByNumber(at).layout() for at in range(text.document().blockCount()))
        return max(one.lineAt(line).naturalTextWidth() for one in layouts for line in range(one.lineCount()))

    qtbot.waitUntil(lambda: 0 < widest() <= text.viewport().width())


@pytest.mark.bounded
def test_a_site_has_its_claims_before_its_place_and_parts_fold(demo: MainWindow, qtbot: QtBot) -> None:
    document = demo.session.document
    demo.selection.set([next(uuid for uuid in document.sites if document.links.site_to_claims(uuid))])
    form = demo.findChild(SiteFormPanel)
    settle(demo, qtbot)
    parts = [form.claims_part, form.position_part, form.dates_part, form.names_part, form.style_part]
    tops = [part.y() for part in parts]
    assert tops == sorted(tops)
    assert form.fields.fields["label"].mapTo(form, form.rect().topLeft()).y() < form.claims_part.y()
    assert form.position_part.body.isVisible()
    form.position_part.header.setFocus()
    qtbot.keyClick(form.position_part.header, Qt.Key.Key_Space)
    assert not form.position_part.body.isVisible()


# -- selection and icons -----------------------------------------------------------------------------------------


@pytest.mark.bounded
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_selection_is_a_tint_with_a_bar_at_the_left(demo: MainWindow, qtbot: QtBot, theme: str) -> None:
    demo.view_menu.set_dark(theme == "dark")
    rows = rows_of(demo, "claims")
    click_row(qtbot, rows, 1)
    tree = demo.docks.layer_tree
    tree.view.setCurrentIndex(tree.model.index(2))
    settle(demo, qtbot)
    tint, accent = QColor(THEMES[theme].tint), QColor(THEMES[theme].accent)
    assert demo.palette().color(QPalette.ColorRole.Highlight) == tint
    for view, index in ((rows.view, rows.model.index(1, 0)), (tree.view, tree.model.index(2))):
        rect, picture = view.visualRect(index), view.viewport().grab().toImage()
        assert picture.pixelColor(rect.left() + 1, rect.center().y()) == accent
        assert near(picture.pixelColor(rect.right() - 1, rect.top() + 2), tint)
    demo.view_menu.set_dark(True)


def near(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(a - b) <= 12 for a, b in pairs)


@pytest.mark.bounded
def test_buttons_of_dialogs_have_no_coloured_icons(demo: MainWindow, qapp: QApplication) -> None:
    """On many desktops they would: a red cross, a diskette."""

    def icons() -> list[bool]:
        dialog = QDialog(demo)
        kinds = QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        buttons = QDialogButtonBox(kinds, dialog)
        dialog.show()
        found = [not button.icon().isNull() for button in buttons.buttons()]
        dialog.close()
        return found

    ours = qapp.styleSheet()
    assert not any(icons())
    qapp.setStyleSheet(ours.replace("buttons-have-icons: 0", "buttons-have-icons: 1"))
    would_have = icons()
    qapp.setStyleSheet(ours)
    assert all(would_have), "it is our sheet that takes them away"


# -- rows that begin alike ---------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_claim_row_has_two_lines_and_its_state_as_a_chip(demo: MainWindow, qtbot: QtBot) -> None:
    rows = rows_of(demo, "claims")
    settle(demo, qtbot)
    metrics = rows.view.fontMetrics()
    assert rows.view.rowHeight(0) >= 2 * metrics.lineSpacing()
    assert rows.view.isColumnHidden(1), "the chip says the state"
    index = rows.model.index(0, 0)
    drawn = ink_lines(rows, index)
    assert drawn[0], "the first line"
    assert drawn[1], "the second line"
    uuid = rows.model.uuid_at(0)
    claim_form_of(demo, uuid, qtbot)
    before = chip_picture(rows, index)
    demo.panel_context.do(change_state, uuid)
    settle(demo, qtbot)
    assert chip_picture(rows, index) != before


def change_state(document, uuid, *, actor):  # type: ignore[no-untyped-def]
    from viewer.commands.claims import update_claim

    return update_claim(document, uuid, actor=actor, state="withdrawn")


def ink_lines(rows: RowList, index: QModelIndex) -> tuple[bool, bool]:
    """Whether there is text in the upper and in the lower half of a row, left of its chip."""
    rect, picture = rows.view.visualRect(index), rows.view.viewport().grab().toImage()
    middle = rect.center().y()

    def has_ink(top: int, bottom: int) -> bool:
        area = [(x, y) for x in range(rect.left() + 8, rect.left() + 90) for y in range(top, bottom)]
        lights = [picture.pixelColor(*place).lightness() for place in area]
        return max(lights) - min(lights) > 80

    return has_ink(rect.top() + 2, middle - 2), has_ink(middle + 2, rect.bottom() - 2)


def chip_picture(rows: RowList, index: QModelIndex) -> bytes:
    rect = rows.view.visualRect(index)
    corner = rect.adjusted(rect.width() - 100, rect.height() // 2, 0, 0)
    picture = rows.view.viewport().grab(corner).toImage()
    return bytes(picture.constBits())
