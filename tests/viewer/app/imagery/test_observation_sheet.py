"""The sheet of observations in the real window, filled by keys: three sites on scenes of eight years."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from layers.geo.crs import WGS84, transform_points
from layers.product.gathering import content_of
from tests.support.counted_steps import Counter
from tests.support.observation_sheets import BENDS, YEARS, rows_of, sheet_of, typed, with_scenes
from tests.support.windows import opened, press, settle
from viewer.app.window import MainWindow
from viewer.canvas.sites.shown_only import BareMarks
from viewer.commands.claims import report_claim
from viewer.commands.imagery.sheet_rows import stated_view
from viewer.commands.sites import add_site
from viewer.panels.claims.evidence_drop import take_evidence, words_of
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.observations.sheet_desk import SheetPlace
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel
from viewer.support.elided import fitted

Key = Qt.Key
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)  # lists offscreen


@pytest.fixture
def sheet(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> ObservationSheet:
    with_scenes(window, tmp_path, qtbot)
    return sheet_of(window, qtbot)


@pytest.mark.bounded
def test_a_row_is_three_keys_and_each_edit_one_step_back(
    window: MainWindow, sheet: ObservationSheet, counter: Counter
) -> None:
    document = window.session.document
    assert sheet.view.place == SheetPlace(0, 0), "the first gap of the first site"
    assert not document.images
    counter.told.clear()
    typed("+3")
    press(Key.Key_Right)
    assert len(counter.told) == 3, counter.told
    row = rows_of(document)["north", "1985"]
    assert (row.presence, row.count_low, row.count_high, row.change) == ("present", 3, 3, "first look")
    assert sheet.view.place == SheetPlace(0, 1)
    assert sheet.view.hasFocus()
    window.action_table["undo"].trigger()
    assert rows_of(document)["north", "1985"].count_low is None
    window.action_table["undo"].trigger()
    assert not document.observations
    assert not document.images


@pytest.mark.bounded
def test_absent_asks_at_once_how_clear_the_image_is_and_the_image_keeps_it(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    document, question = window.session.document, sheet.view.question
    typed("-")
    assert question.is_asking
    assert question.isVisible()
    assert not document.observations
    typed("c")
    assert not question.isVisible(), question.words.text()
    row = rows_of(document)["north", "1985"]
    assert (row.presence, row.view_quality) == ("absent", "clear")
    press(Key.Key_Down)
    typed("-")
    assert rows_of(document)["middle", "1985"].presence == "absent", "it is said once an image"
    press(Key.Key_Right)
    typed("o-")
    assert "needs a clear one" in question.words.text()
    assert ("middle", "1990") not in rows_of(document)
    typed("?")
    assert question.is_asking
    typed("c")
    row = rows_of(document)["middle", "1990"]
    assert (row.presence, row.why, row.view_quality) == ("cannot tell", "cloud", "obscured")
    typed("C")
    assert rows_of(document)["middle", "1990"].view_quality == "clear", "the cell overrides its image"
    assert sheet.desk.view_of(sheet.desk.sheet.images[1]) == "obscured"


@pytest.mark.bounded
def test_keys_that_go_by_the_question_how_clear_an_image_is_are_done_after_it(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    """They were swallowed: of a row that was typed at once, only the first cell was kept."""
    document, view = window.session.document, sheet.view
    view.go_to(SheetPlace(0, 2))
    typed("-")
    press(Key.Key_Left)
    typed("-")
    press(Key.Key_Left)
    assert view.place == SheetPlace(0, 2)
    assert not document.observations
    typed("c")
    assert list(rows_of(document)) == [("north", "1995")]
    assert view.question.is_asking, "each image is asked about once"
    assert view.place == SheetPlace(0, 1)
    typed("c")
    assert sorted(rows_of(document)) == [("north", "1990"), ("north", "1995")]
    assert view.place == SheetPlace(0, 0)
    press(Key.Key_Down)
    typed("-")
    press(Key.Key_Up)
    typed("+o")
    assert "needs a clear one" in view.question.words.text()
    assert view.place == SheetPlace(1, 0), "what follows a refused answer is not done"
    assert len(document.observations) == 2


@pytest.mark.bounded
def test_keys_wait_for_the_reason_too_that_one_of_them_asks_for(window: MainWindow, sheet: ObservationSheet) -> None:
    document, view = window.session.document, sheet.view
    typed("-")
    press(Key.Key_Right)
    typed("?")
    press(Key.Key_Right)
    typed("+")
    typed("c")
    assert view.question.asks_why
    assert view.place == SheetPlace(0, 1)
    typed("c")
    found = {key: row.presence for key, row in rows_of(document).items()}
    assert found == {("north", "1985"): "absent", ("north", "1990"): "cannot tell", ("north", "1995"): "present"}


@pytest.mark.bounded
def test_one_answer_says_that_all_images_of_the_sheet_are_clear(window: MainWindow, sheet: ObservationSheet) -> None:
    document, view = window.session.document, sheet.view
    press(Key.Key_Right)
    typed("o")
    press(Key.Key_Left)
    typed("-")
    press(Key.Key_Down)
    typed("-a")
    assert sorted(rows_of(document)) == [("middle", "1985"), ("north", "1985")]
    assert {row.view_quality for row in document.observations.values()} == {"clear"}
    assert view.place == SheetPlace(1, 0)
    assert [sheet.desk.view_of(image) for image in sheet.desk.sheet.images] == ["clear", "obscured", "clear"]
    for _ in range(3):
        window.action_table["undo"].trigger()
    assert [sheet.desk.view_of(image) for image in sheet.desk.sheet.images] == ["", "obscured", ""], "one step"


@pytest.mark.bounded
def test_no_symbol_covers_what_is_looked_at(window: MainWindow, sheet: ObservationSheet, qtbot: QtBot) -> None:
    """The symbol of the site stood over the very thing that was to be judged."""

    def seen_at(uuid: str) -> int:
        """The colour of the map where a site lies, without its brackets."""
        view, place = window.canvas.viewport.view(), window.session.document.sites[uuid].place
        x, y = transform_points(WGS84, view.grid.crs, place.x, place.y)
        px, py = view.to_pixel(float(x), float(y))
        return window.canvas.grab_picture().pixel(round(px), round(py))

    marks = window.canvas.scene.marks
    qtbot.waitUntil(lambda: marks.bare.uuids == {"north"})
    settle(window, qtbot)
    looked_at = seen_at("north")
    window.canvas.scene.show_bare(BareMarks())
    settle(window, qtbot)
    assert seen_at("north") != looked_at, "its symbol"
    press(Key.Key_Down)
    qtbot.waitUntil(lambda: marks.bare.uuids == {"middle"})
    window.docks.set_panel_visible("panel_observations", visible=False)
    settle(window, qtbot)
    assert marks.bare.are_none


@pytest.mark.bounded
def test_a_reason_that_no_list_has_is_said_in_words(window: MainWindow, sheet: ObservationSheet) -> None:
    document, view = window.session.document, sheet.view
    typed("?")
    assert [key for key, _value, words in view.question.answers if words.endswith("…")] == ["b", "o"]
    typed("b")
    assert view.question.line is not None
    assert view.question.line.text() == "ambiguous: "
    typed("two channels")
    press(Key.Key_Return)
    row = rows_of(document)["north", "1985"]
    assert (row.presence, row.why, row.words) == ("cannot tell", "", "ambiguous: two channels")
    press(Key.Key_Return)
    assert view.editor is not None
    view.editor.clear()
    press(Key.Key_Return)
    assert "or say it in words" in view.question.words.text()
    assert rows_of(document)["north", "1985"].words == "ambiguous: two channels"
    press(Key.Key_Right)
    typed("?o")
    press(Key.Key_Return)
    assert "or say it in words" in view.question.words.text(), "no reason was typed"
    assert ("north", "1990") not in rows_of(document)
    typed("?щ")  # the same key of a Russian layout
    typed("half cut off")
    press(Key.Key_Down)
    assert rows_of(document)["north", "1990"].words == "half cut off"
    assert view.place == SheetPlace(1, 1)


@pytest.mark.bounded
def test_how_clear_a_view_was_is_kept_before_there_is_a_row_and_undone(
    window: MainWindow, sheet: ObservationSheet, tmp_path: Path, qtbot: QtBot
) -> None:
    typed("o")
    image = sheet.desk.sheet.images[0]
    assert sheet.desk.view_of(image) == "obscured"
    assert "obscured" in sheet.view.sheet_model.headerData(0, Qt.Orientation.Horizontal)
    assert not window.session.document.observations
    assert not window.session.document.images
    window.action_table["undo"].trigger()
    assert "how clear?" in sheet.view.sheet_model.headerData(0, Qt.Orientation.Horizontal)
    window.action_table["redo"].trigger()
    work = window.session.working_copy
    assert work is not None
    work.drain()
    assert stated_view(work.read_document(), image.key, sheet.desk.observer) == "obscured", "durable at once"
    window.session.save_as(tmp_path / "case.gpkg")
    settle(window, qtbot)
    window.session.new_case()
    settle(window, qtbot)
    opened(window, tmp_path / "case.gpkg", qtbot)
    qtbot.waitUntil(lambda: len(sheet.desk.sheet.images) == 3)
    assert sheet.desk.view_of(sheet.desk.sheet.images[0]) == "obscured"
    sheet.view.setFocus()
    sheet.view.begin()
    typed("+")
    assert rows_of(window.session.document)["north", "1985"].view_quality == "obscured"


@pytest.mark.bounded
def test_the_link_of_a_site_leads_into_its_cell_and_enter_in_the_head_to_the_cells(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    """The link marked a cell, and kept the keyboard: a + went nowhere, and the map stayed as it was."""
    with_scenes(window, tmp_path, qtbot)
    window.selection.set(("middle",))
    settle(window, qtbot)
    form = window.docks.details.currentWidget().findChild(SiteFormPanel)
    assert isinstance(form, SiteFormPanel)
    QTest.mouseClick(form.observation_line, Qt.MouseButton.LeftButton)
    sheet = window.docks.observations.panel
    assert isinstance(sheet, ObservationSheet)
    qtbot.waitUntil(lambda: sheet.view.hasFocus() and not sheet.cell_image.is_due)
    assert sheet.cell_image.layer_uuid == sheet.desk.sheet.images[0].layer_uuid
    typed("+")
    assert rows_of(window.session.document)["middle", "1985"].presence == "present"
    sheet.target.setFocus()
    typed("the channel")
    press(Key.Key_Return)
    assert sheet.view.hasFocus()
    sheet.observer.setFocus()
    press(Key.Key_Return)
    assert sheet.view.hasFocus()


@pytest.mark.bounded
def test_another_thing_that_is_looked_for_has_rows_and_ticks_of_its_own(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    """The count of the lake went into the row of the channel, as the sheet said at its head."""
    document = window.session.document

    def look_for(target: str) -> None:
        sheet.target.setFocus()
        sheet.target.lineEdit().selectAll()
        typed(target)
        press(Key.Key_Return)
        assert sheet.view.hasFocus()
        assert sheet.view.place == SheetPlace(0, 0)

    def counts() -> dict[str, int | None]:
        return {row.target: row.count_high for row in document.observations.values()}

    look_for("Main channel")
    typed("+5")
    press(Key.Key_Return)
    look_for("Oxbow lake")
    assert sheet.desk.cell(SheetPlace(0, 0)).own is None
    assert "another row, Main channel: Present, count 5" in sheet.words.text()
    assert "another row" in sheet.view.sheet_model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    typed("+2")
    press(Key.Key_Return)
    assert counts() == {"Main channel": 5, "Oxbow lake": 2}
    typed("#")
    settle(window, qtbot)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
    assert counts() == {"Main channel": 5, "Oxbow lake": 1}
    look_for("main  channel")
    assert "0 counted" in window.canvas.hint
    own = sheet.desk.cell(SheetPlace(0, 0)).own
    assert own is not None
    assert own.count_high == 5, "the same words, however they are written"
    assert (
        content_of(document, ["north"]).sites[0].seen
        == "Main channel: seen 1 August 1985; Oxbow lake: seen 1 August 1985"
    )


@pytest.mark.bounded
def test_the_observer_that_the_field_shows_is_stored_and_a_login_never(
    window: MainWindow, sheet: ObservationSheet, tmp_path: Path, qtbot: QtBot
) -> None:
    """A case with an author: the field showed that name, and the rows said the login's."""
    document = window.session.document
    assert window.session.actor == "", "nobody has stated a name"
    assert sheet.observer.text() == ""
    typed("+")
    assert rows_of(document)["north", "1985"].observer == "", "nobody has stated a name"
    sheet.observer.setFocus()
    typed("A. Stranger")
    press(Key.Key_Return)
    press(Key.Key_Right)
    typed("+")
    assert rows_of(document)["north", "1990"].observer == "A. Stranger"
    target = tmp_path / "kept.gpkg"
    window.session.save_as(target)
    settle(window, qtbot)
    opened(window, target, qtbot)
    qtbot.waitUntil(lambda: len(sheet.desk.sheet.images) == 3)
    sheet.view.setFocus()
    assert sheet.observer.text() == "A. Stranger"
    sheet.view.setCurrentIndex(sheet.view.sheet_model.index(0, 2))
    typed("+")
    rows = rows_of(window.session.document)
    assert rows["north", "1995"].observer == "A. Stranger"


@pytest.mark.bounded
def test_a_question_is_answered_by_a_click_and_ends_with_esc(window: MainWindow, sheet: ObservationSheet) -> None:
    typed("?")
    press(Key.Key_Escape)
    assert not sheet.view.question.isVisible()
    assert sheet.view.hasFocus()
    press(Key.Key_Escape)
    assert window.canvas.hasFocus(), "without a question Esc leads back to the map"
    sheet.view.setFocus()
    typed("?")
    (haze,) = [
        one
        for one in sheet.view.question.findChildren(QPushButton)
        if one.accessibleName() == "haze" and one.isVisible()
    ]
    QTest.mouseClick(haze, Qt.MouseButton.LeftButton)
    assert rows_of(window.session.document)["north", "1985"].why == "haze"


@pytest.mark.bounded
def test_the_sheet_says_what_letters_mean_while_a_question_waits(window: MainWindow, sheet: ObservationSheet) -> None:
    """`c` meant "cloud" at the question, and "clear" in the keys that stood below."""
    assert "how clear the image is: c p o" in sheet.keys.text()
    typed("?")
    assert sheet.keys.text().startswith("Now: c cloud · h haze")
    assert "how clear" not in sheet.keys.text()
    typed("c")
    assert "how clear the image is: c p o" in sheet.keys.text()
    press(Key.Key_Right)
    typed("-")
    assert sheet.keys.text().startswith("Now: c clear")
    press(Key.Key_Escape)
    assert "how clear the image is: c p o" in sheet.keys.text()


@pytest.mark.bounded
def test_words_that_stay_when_the_answer_changes_are_said_and_are_replaced_by_typing(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    document, question = window.session.document, sheet.view.question
    typed("+")
    assert not question.isVisible()
    press(Key.Key_Return)
    typed("two boats")
    press(Key.Key_Return)
    typed("c-")
    assert rows_of(document)["north", "1985"].words == "two boats"
    assert question.words.text() == "The words stay as they were: “two boats”. Enter changes them."
    assert not question.property("refused")
    typed("?b")
    assert question.line is not None
    assert (question.line.text(), question.line.selectedText()) == ("ambiguous: two boats", "two boats")
    typed("sand bar")
    press(Key.Key_Return)
    row = rows_of(document)["north", "1985"]
    assert (row.presence, row.words) == ("cannot tell", "ambiguous: sand bar")
    assert not question.isVisible(), "nothing stays"


@pytest.mark.bounded
def test_no_change_is_told_where_one_of_two_looks_cannot_tell(window: MainWindow, sheet: ObservationSheet) -> None:
    """`!` was taken against a row that says "cannot tell"."""
    document, question = window.session.document, sheet.view.question
    typed("+")
    press(Key.Key_Right)
    typed("?c!")
    assert "no change can" in question.words.text()
    assert rows_of(document)["north", "1990"].change == ""
    typed("*")
    assert rows_of(document)["north", "1990"].change == "cannot tell"
    press(Key.Key_Right)
    typed("+!")
    row, rows = rows_of(document)["north", "1995"], rows_of(document)
    assert (row.change, row.compared_to_uuid) == ("changed", rows["north", "1985"].image_uuid), "the last that tells"
    typed("?c")
    row = rows_of(document)["north", "1995"]
    assert (row.change, row.compared_to_uuid) == ("", ""), "a change does not outlive what was seen"
    press(Key.Key_Down)
    press(Key.Key_Home)
    typed("?c")
    press(Key.Key_Right)
    typed("+=")
    assert "The earlier rows say that it cannot be told" in question.words.text()


@pytest.mark.bounded
def test_a_key_that_moves_leaves_a_question_where_it_is(window: MainWindow, sheet: ObservationSheet) -> None:
    """An arrow at the question took the answer away unsaid."""
    typed("?")
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Home):
        press(key)
        assert sheet.view.question.is_asking
        assert sheet.view.place == SheetPlace(0, 0)
    typed("c")
    assert rows_of(window.session.document)["north", "1985"].why == "cloud"


@pytest.mark.bounded
def test_a_long_name_of_an_image_is_cut_in_its_middle_at_the_head_of_its_column(sheet: ObservationSheet) -> None:
    model, (first, *others) = sheet.view.sheet_model, sheet.desk.sheet.images
    long = replace(first, sensor="4709963_se_14_2020_08_31_a_name_as_deliveries_have")
    sheet.desk.sheet = replace(sheet.desk.sheet, images=(long, *others))
    lines = model.headerData(0, Qt.Orientation.Horizontal).splitlines()
    assert any(line.startswith("470") and "…" in line and line.endswith("ve") for line in lines)
    font = sheet.view.font()
    font.setBold(True)
    assert all(QFontMetrics(font).horizontalAdvance(line) <= sheet.view.columnWidth(0) for line in lines)


@pytest.mark.bounded
def test_a_change_is_against_the_earlier_image_that_has_a_row(window: MainWindow, sheet: ObservationSheet) -> None:
    document = window.session.document
    typed("+")
    typed("=")
    assert "No earlier dated image" in sheet.view.question.words.text()
    press(Key.Key_Right)
    press(Key.Key_Right)
    typed("+!")
    rows = rows_of(document)
    assert (rows["north", "1995"].change, rows["north", "1995"].compared_to_uuid) == (
        "changed",
        rows["north", "1985"].image_uuid,
    )
    assert "changed against 1 August 1985" in sheet.words.text()


@pytest.mark.bounded
def test_words_are_typed_in_the_cell_and_carried_forward_alone(window: MainWindow, sheet: ObservationSheet) -> None:
    document = window.session.document
    typed("+5-7")
    press(Key.Key_Return)
    assert (rows_of(document)["north", "1985"].count_low, rows_of(document)["north", "1985"].count_high) == (5, 7)
    press(Key.Key_Return)
    typed("wide bend, p and c and R")
    press(Key.Key_Tab)
    assert sheet.view.place == SheetPlace(0, 1)
    typed('"')
    row = rows_of(document)["north", "1990"]
    assert (row.words, row.presence, row.count_low, row.change) == ("wide bend, p and c and R", "", None, "")
    assert not document.claims, "letters are words here"
    press(Key.Key_Delete)
    assert ("north", "1990") not in rows_of(document)
    press(Key.Key_Return)
    typed("given up")
    press(Key.Key_Escape)
    assert ("north", "1990") not in rows_of(document)
    assert sheet.view.hasFocus()


@pytest.mark.bounded
def test_words_that_no_image_shows_are_pointed_out_while_they_are_typed(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    question = sheet.view.question
    typed("+")
    press(Key.Key_Return)
    typed("the bend is")
    assert not question.isVisible()
    typed(" gone")
    assert question.isVisible()
    assert question.words.text().startswith("“gone” is a judgement")
    press(Key.Key_Backspace)
    assert not question.isVisible()
    typed("e")
    press(Key.Key_Return)
    assert not question.isVisible()
    assert rows_of(window.session.document)["north", "1985"].words == "the bend is gone", "nothing is refused"


@pytest.mark.bounded
def test_the_same_keys_serve_a_chinese_and_a_cyrillic_keyboard(window: MainWindow, sheet: ObservationSheet) -> None:
    document, view = window.session.document, sheet.view
    typed("＋")
    assert rows_of(document)["north", "1985"].presence == "present"
    press(Key.Key_Right)
    typed("－")
    typed("с")  # the Cyrillic letter, at the place of the Latin c
    assert rows_of(document)["north", "1990"].presence == "absent"
    press(Key.Key_Right)
    typed("？")
    typed("ы")  # at the place of s: shadow
    assert rows_of(document)["north", "1995"].why == "shadow"
    press(Key.Key_Down)
    QTest.keyClick(view, Key.Key_Comma, Qt.KeyboardModifier.ShiftModifier)
    committed = QInputMethodEvent()
    committed.setCommitString("＋")
    press(Key.Key_Escape)
    QApplication.sendEvent(view, committed)
    assert rows_of(document)["middle", "1995"].presence == "present"
    typed("４")
    press(Key.Key_Return)
    assert rows_of(document)["middle", "1995"].count_low == 4


@pytest.mark.bounded
def test_a_cyrillic_keyboard_fills_a_row_by_its_own_codes_and_no_letter_is_composed_first(
    window: MainWindow, sheet: ObservationSheet, counter: Counter
) -> None:
    document, view = window.session.document, sheet.view
    assert not view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled), "an input method would take the letters"
    counter.told.clear()
    for code, text in ((Key.Key_Minus, "-"), (0x0421, "с"), (Key.Key_Right, "")):
        QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, text))
        QApplication.sendEvent(view, QKeyEvent(QEvent.Type.KeyRelease, code, Qt.KeyboardModifier.NoModifier, text))
    row = rows_of(document)["north", "1985"]
    assert (row.presence, row.view_quality) == ("absent", "clear")
    assert view.place == SheetPlace(0, 1)
    assert len(counter.told) == 3, counter.told
    assert not document.claims
    press(Key.Key_Return)
    editor = QApplication.focusWidget()
    assert editor is view.editor
    assert editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled), "words are composed as ever"


@pytest.mark.bounded
def test_an_open_count_is_typed_and_shown_as_it_is_written_elsewhere(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    typed("+3+")
    press(Key.Key_Return)
    row = rows_of(window.session.document)["north", "1985"]
    assert (row.count_low, row.count_high) == (3, None)
    assert sheet.view.sheet_model.index(0, 0).data() == "+ 3+"
    assert "count 3+" in sheet.words.text()
    typed("5x")
    press(Key.Key_Return)
    assert "“5x” is no count" in sheet.view.question.words.text()
    assert rows_of(window.session.document)["north", "1985"].count_low == 3


@pytest.mark.bounded
def test_the_map_shows_the_image_of_the_cell_alone_and_leaves_the_case_as_it_is(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document = window.session.document
    steps = window.session.history.stack.count()
    names = [layer.name for layer in document.layers_in_order()]
    visible = {layer.uuid: layer.visible for layer in document.layers.values()}

    def shown() -> list[str]:
        return [document.layers[uuid].name for uuid in window.scene.stack.visible()]

    qtbot.waitUntil(lambda: shown() == ["1985"])
    view = window.canvas.viewport.view()
    x, y = window.canvas.viewport.lonlat(view.width / 2, view.height / 2)
    assert (x, y) == pytest.approx(BENDS["north"], abs=1e-4)
    pixel_m = 347.0
    assert pixel_m / 6 <= window.canvas.viewport.ground_resolution_m() <= 0.75 * pixel_m, "the image can be read"
    press(Key.Key_Right)
    press(Key.Key_Right)
    qtbot.waitUntil(lambda: shown() == ["1995"])
    assert window.canvas.viewport.view() == view, "the same site stays where it is"
    press(Key.Key_Down)
    qtbot.waitUntil(lambda: window.canvas.viewport.view() != view)
    window.docks.set_panel_visible("panel_observations", visible=False)
    assert shown() == names
    assert {layer.uuid: layer.visible for layer in document.layers.values()} == visible
    assert window.session.history.stack.count() == steps


@pytest.mark.bounded
def test_a_blind_observer_sees_nothing_of_the_first_ones_rows(window: MainWindow, sheet: ObservationSheet) -> None:
    document = window.session.document
    typed("+")
    sheet.observer.setText("Ann")
    sheet.observer.editingFinished.emit()
    assert [row.presence for row in sheet.desk.cell(SheetPlace(0, 0)).others] == ["present"]
    assert "Present" in sheet.words.text()
    sheet.blind.setChecked(True)
    assert sheet.desk.cell(SheetPlace(0, 0)).others == ()
    assert "resent" not in sheet.words.text()
    assert "seen" not in sheet.words.text()
    sheet.view.setFocus()
    typed("-c")
    assert {row.observer: row.presence for row in document.observations.values()}["Ann"] == "absent"
    assert len(document.observations) == 2


def test_an_empty_sheet_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.action_table["panel_observations"].trigger()
    panel = window.docks.observations.panel
    assert isinstance(panel, ObservationSheet)
    qtbot.waitUntil(panel.hint.isVisible)
    assert "press P and click on the map" in panel.hint.text()
    window.session.push(add_site(window.session.document, shapely.Point(10.0, 50.0), actor="me", uuid="a"))
    assert "The columns are images by date" in panel.hint.text()


@pytest.mark.bounded
def test_three_bends_over_eight_years_are_24_rows_by_keys_and_each_stands_between_two_dates(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with_scenes(window, tmp_path, qtbot, YEARS)
    sheet = sheet_of(window, qtbot, len(YEARS))
    press(Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    sheet.target.setFocus()
    sheet.target.lineEdit().selectAll()
    typed("the main channel, not water")
    sheet.view.setFocus()
    document = window.session.document
    for letters in ("+++----- ", "----++++ ", "++++++-- "):
        for letter in letters.strip():
            typed(letter)
            if sheet.view.question.is_asking:
                typed("c")
            press(Key.Key_Right)
        press(Key.Key_Home)
        press(Key.Key_Down)
    rows = rows_of(document)
    assert len(rows) == 24
    assert {row.target for row in rows.values()} == {"the main channel, not water"}
    content = content_of(document, list(BENDS))
    target = "the main channel, not water: "
    last = "the last of 1 August 2020"
    said = (
        f"first seen 1 August 1985; last seen 1 August 1995; not seen 1 August 2000, nor on 4 later images, {last}",
        "not seen 1 August 2000; first seen 1 August 2005; last seen 1 August 2020",
        "first seen 1 August 1985; last seen 1 August 2010; not seen 1 August 2015, nor on 1 later image, "
        "of 1 August 2020",
    )
    assert [site.seen for site in content.sites] == [f"{target}{words}" for words in said]


@pytest.mark.bounded
def test_the_site_form_and_the_strip_say_when_it_was_seen_and_open_the_sheet(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    typed("+")
    press(Key.Key_Right)
    typed("-c")
    window.docks.set_panel_visible("panel_observations", visible=False)
    window.selection.set(("north",))
    form = window.findChild(SiteFormPanel)
    assert form is not None
    line = form.observation_line
    seen = "last seen 1 August 1985; not seen 1 August 1990; no row for 1 of 3 images"
    assert line.text() == f"Observations: 2 rows, {seen}"
    window.docks.show_panel("panel_time_strip")
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    settle(window, qtbot)
    assert seen in strip.summary.text()
    for width, height in ((1366, 768), (1000, 700)):
        window.resize(width, height)
        settle(window, qtbot)
        label = strip.summary
        qtbot.waitUntil(lambda label=label: label.height() <= 3 * label.fontMetrics().height())
        assert fitted(label.text(), label.size(), label.fontMetrics()) == label.text(), "no word of it is cut"
    line.click()
    qtbot.waitUntil(sheet.isVisible)
    window.docks.set_panel_visible("panel_observations", visible=False)
    strip.sheet_button.click()
    qtbot.waitUntil(sheet.isVisible)


@pytest.mark.bounded
def test_a_site_that_is_selected_elsewhere_is_listed_or_gone_to(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    window.selection.set(("south",))
    assert sheet.view.place == SheetPlace(2, 0)
    assert len(sheet.desk.sheet.sites) == 3
    window.docks.set_panel_visible("panel_observations", visible=False)
    window.session.push(add_site(window.session.document, shapely.Point(10.01, 50.01), actor="me", uuid="new"))
    window.selection.set(("new", "north"))
    window.docks.show_panel("observation_sheet")
    assert set(sheet.desk.sheet.sites) == {"north", "new"}, "what is selected is listed"


@pytest.mark.bounded
def test_a_chip_of_the_site_and_image_is_kept_with_the_row_and_shown_in_the_cell(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    document = window.session.document
    qtbot.waitUntil(lambda: bool(sheet.cell_image.layer_uuid))
    settle(window, qtbot)
    press(Key.Key_Space)
    assert window.selection.uuids == {"north"}
    assert sheet.view.hasFocus()
    assert len(sheet.desk.sheet.sites) == 3
    window.action_table["take_chip"].trigger()
    qtbot.waitUntil(lambda: bool(document.chips), timeout=10_000)
    settle(window, qtbot)
    sheet.view.setFocus()
    typed("+")
    row = rows_of(document)["north", "1985"]
    assert row.chip_uuid in document.chips
    qtbot.waitUntil(lambda: sheet.view.chips.picture(SheetPlace(0, 0)) is not None, timeout=10_000)
    assert sheet.view.chips.picture(SheetPlace(0, 1)) is None


@pytest.mark.bounded
def test_a_row_becomes_evidence_of_the_open_claim_by_a_key_by_copying_and_by_a_drag(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    document, view = window.session.document, sheet.view
    typed("e")
    assert "Say first what is seen" in view.question.words.text()
    typed("+e")
    assert "No claim is open" in view.question.words.text()
    window.session.push(report_claim(document, statement="It is there.", actor="me", uuid="claim"))
    window.panel_context.show_claim("claim")
    typed("e")
    row = rows_of(document)["north", "1985"]
    (link,) = document.links.claim_to_evidence("claim")
    assert (link.evidence_table, link.evidence_uuid, link.bearing) == ("observations", row.uuid, "supports")
    typed("e")
    assert "already" in view.question.words.text()
    press(Key.Key_Right)
    typed("+")
    other = rows_of(document)["north", "1990"]
    press(Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().mimeData()
    take_evidence(window.panel_context, "claim", words_of(copied))
    assert {link.evidence_uuid for link in document.links.claim_to_evidence("claim")} == {row.uuid, other.uuid}
    model = view.sheet_model
    assert view.dragEnabled()
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(model.index(1, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert words_of(model.mimeData([model.index(0, 0)])) == [f"row of the case:observations:{row.uuid}"]
