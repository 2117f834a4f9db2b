"""The window of a product: typed, chosen, dragged, checked, kept."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QListWidget, QPlainTextEdit, QWidget
from shapely.geometry import Point

from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.rows import MetaEntry
from layers.geo.bounds import Bounds
from layers.product.lint.finding import Finding, Jump
from layers.product.publishing import DRAFT, ISSUED
from layers.product.spec import Override, ProductSpec, read_overrides, read_spec
from tests.support.product_windows import answer_state, export_as, question_in_hand
from tests.support.windows import press
from tests.viewer.app.products.conftest import SEEN, BoxPage, Table
from viewer.app.products.first_spec import WindowState, first_spec
from viewer.app.products.product_window import ProductWindow
from viewer.commands.meta import set_meta
from viewer.commands.products import issue_product, product_rows, products_in_order, save_product
from viewer.commands.sites import add_site
from viewer.support.painting import painting

Key, Left, Control = Qt.Key, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
NO_CREDIT = Finding("credit", "blocking", "map 1", "The map has no credit.", "State who is to be credited.")
WIDE = Finding("width", "warning", "map 1", "The map is wide.", "Narrow it.")


def write(text: str) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def on_preview(window: ProductWindow, x_mm: float, y_mm: float) -> QPoint:
    laid, page = window.laid, window.preview.page_rect()
    assert laid is not None
    px = laid.dpi / 25.4 / window.preview.devicePixelRatioF()
    return QPointF(page.left() + x_mm * px, page.top() + y_mm * px).toPoint()


def drag(window: ProductWindow, begin: QPoint, end: QPoint) -> None:
    QTest.mousePress(window.preview, Left, pos=begin)
    QTest.mouseMove(window.preview, (begin + end) / 2)
    QTest.mouseMove(window.preview, end)
    QTest.mouseRelease(window.preview, Left, pos=end)


def test_the_title_is_typed_at_once_and_enter_exports(table: Table) -> None:
    window = table.open(ProductSpec(title="From the case", bounds=SEEN))
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    write("Pucallpa")
    assert window.spec.title == "Pucallpa"
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Return)
    answer_state(window, DRAFT)
    table.settle(window)
    assert [one.title for one in table.exported] == ["Pucallpa"]


def test_the_preview_is_the_page_itself_at_its_size(table: Table) -> None:
    window = table.open()
    page, laid = window.preview.picture(), window.laid
    assert page is not None
    assert laid is not None
    whole = QImage(*laid.size_px(0), QImage.Format.Format_RGB32)
    with painting(whole) as painter:
        laid.paint(painter, 0)
    whole.setDevicePixelRatio(page.devicePixelRatio())
    assert page == whole
    assert window.preview.room_px()[0] in (page.width(), page.width() + 1) or page.height() >= 200


def test_every_choice_reaches_the_product(table: Table) -> None:
    window = table.open()
    fields = window.fields
    fields.page_box.setCurrentText("1600x1000")
    fields.marking_box.setCurrentText("TLP:GREEN")
    fields.graticule_box.setCurrentIndex(fields.graticule_box.findData("MGRS"))
    fields.parts["legend"].setChecked(False)
    for box in fields.checks.values():
        box.setChecked(True)
    fields.texts["alt_text"].setPlainText("A river")
    spec = window.spec
    assert (spec.page, spec.marking, spec.graticule) == ("1600x1000", "TLP:GREEN", "MGRS")
    assert spec.left_out == {"legend"}
    assert (spec.dark, spec.grey, spec.match, spec.publish, spec.outlines) == (True,) * 5
    assert spec.alt_text == "A river"
    fields.page_box.setCurrentText("no page")
    assert window.spec.page == "1600x1000"
    table.settle(window)
    assert window.laid is not None
    assert window.laid.size_px(0)[0] / window.laid.size_px(0)[1] == pytest.approx(1.6, rel=0.01)


def test_a_drag_moves_a_thing_and_undo_in_the_window_takes_it_back(table: Table) -> None:
    window = table.open()
    drag(window, on_preview(window, 20, 20), on_preview(window, 50, 80))
    x, y = window.spec.moved["legend"]
    assert (x, y) == (pytest.approx(30, abs=1), pytest.approx(60, abs=1))
    table.settle(window)
    page = window.preview.picture()
    assert page is not None
    assert window.laid is not None
    middle = window.laid.box_of("legend").center().toPoint()  # type: ignore[union-attr]
    assert page.pixelColor(middle) == QColor(Qt.GlobalColor.blue)
    QTest.keyClick(window.preview, Key.Key_Z, Control)
    assert not window.spec.moved
    QTest.keyClick(window.preview, Key.Key_Y, Control)
    assert window.spec.moved["legend"] == (x, y)


def test_a_click_chooses_and_moves_nothing(table: Table) -> None:
    window = table.open()
    QTest.mouseClick(window.preview, Left, pos=on_preview(window, 20, 20))
    assert window.preview.chosen == "legend"
    assert not window.spec.moved
    QTest.mouseClick(window.preview, Left, pos=on_preview(window, 150, 180))
    assert window.preview.chosen == ""


def test_keys_choose_move_and_put_back(table: Table) -> None:
    window = table.open()
    window.preview.setFocus()
    QTest.keyClick(window.preview, Key.Key_Space)
    QTest.keyClick(window.preview, Key.Key_Space)
    assert window.preview.chosen == "title"
    for _ in range(3):
        QTest.keyClick(window.preview, Key.Key_Right)
    QTest.keyClick(window.preview, Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert window.spec.moved["title"] == (3.0, -0.2)
    QTest.keyClick(window.preview, Key.Key_Z, Control)
    assert not window.spec.moved, "a walk by keys is one step"
    QTest.keyClick(window.preview, Key.Key_Y, Control)
    QTest.keyClick(window.preview, Key.Key_Delete)
    assert not window.spec.moved
    QTest.keyClick(window.preview, Key.Key_Escape)
    assert window.preview.chosen == ""
    assert window.isVisible()


def test_enter_in_a_text_takes_it_and_exports_from_the_title_alone(table: Table) -> None:
    window = table.open()
    for name, line in window.fields.lines.items():
        if name != "title" and line.isVisible():
            line.setFocus()
            write("x")
            QTest.keyClick(line, Key.Key_Return)
    for widget in (window.fields.page_box, window.fields.marking_box, window.fields.checks["dark"], window.preview):
        widget.setFocus()
        QTest.keyClick(widget, Key.Key_Return)
    assert not table.exported
    assert window.spec.subtitle == "x"
    assert window.spec.dark, "Enter presses what has the keyboard"
    window.fields.lines["title"].setFocus()
    QTest.keyClick(window.fields.lines["title"], Key.Key_Return)
    assert not table.exported, "in which state it leaves is asked"
    question_in_hand(table.qtbot)
    press(Key.Key_Return)
    table.settle(window)
    assert len(table.exported) == 1
    window.close_button.setFocus()
    QTest.keyClick(window.close_button, Key.Key_Return)
    assert not window.isVisible()
    assert len(table.exported) == 1


def test_what_is_no_page_is_refused_at_its_field_and_holds_the_export(table: Table) -> None:
    window = table.open()
    box = window.fields.page_box
    was = window.spec.page
    box.setFocus()
    box.lineEdit().selectAll()  # type: ignore[union-attr]
    write("100 x 50 mm")
    assert not window.fields.refusal.is_said, "while one types"
    assert window.spec.page == was, "nor is 100x5 a page on the way"
    QTest.keyClick(box, Key.Key_Return)
    assert window.fields.refusal.isVisible()
    assert "1600x1000" in window.fields.refusal.text()
    assert window.spec.page == was
    window.fields.checks["dark"].setChecked(True)
    assert box.currentText() == "100 x 50 mm", "to be mended"
    table.settle(window)
    QTest.mouseClick(window.export_button, Left)
    assert not table.exported
    assert box.hasFocus()
    assert "No page" in window.said.text()
    for typed, page in (("a3 PORTRAIT ", "A3 portrait"), (" 1600 × 1000 px", "1600x1000")):
        box.lineEdit().selectAll()  # type: ignore[union-attr]
        write(typed)
        QTest.keyClick(box, Key.Key_Return)
        assert (window.spec.page, box.currentText()) == (page, page)
    assert not window.fields.refusal.is_said
    table.settle(window)
    QTest.mouseClick(window.export_button, Left)
    answer_state(window, DRAFT)
    table.settle(window)
    assert [one.page for one in table.exported] == ["1600x1000"]


def test_typing_has_its_own_undo(table: Table) -> None:
    window = table.open()
    window.fields.checks["dark"].setChecked(True)
    write("ab")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Z, Control)
    assert window.spec.title == ""
    assert window.spec.dark
    window.undo()
    window.undo()
    assert not window.spec.dark


def test_a_blocking_finding_keeps_it_from_being_issued_until_a_second_person_lets_it_pass(table: Table) -> None:
    table.findings = [WIDE, NO_CREDIT]
    window = table.open(ProductSpec(title="Pier", author="Anna A.", bounds=SEEN))
    export_as(window, ISSUED)
    table.settle(window)
    assert not table.exported
    assert window.said.text()
    found = window.findings
    assert found.list.hasFocus()
    assert found.list.currentItem().text() == "Map 1: The map has no credit.", "what blocks stands first"
    assert found.cure.text() == NO_CREDIT.cure
    QTest.mouseClick(found.pass_button, Left)
    write("  ")
    QTest.keyClick(found.reason, Key.Key_Return)
    assert not window.overrides
    write("nobody holds rights")
    QTest.keyClick(found.reason, Key.Key_Return)
    assert found.second.hasFocus(), "who lets it pass is asked for"
    write("Anna A.")
    QTest.keyClick(found.second, Key.Key_Return)
    assert not window.overrides
    assert "second person" in window.said.text()
    QTest.mouseClick(found.pass_button, Left)
    write("nobody holds rights")
    QTest.keyClick(found.second, Key.Key_A, Control)
    QTest.keyClicks(found.second, "Boris B.")
    QTest.keyClick(found.second, Key.Key_Return)
    (one,) = window.overrides
    assert (one.rule, one.where, one.reason, one.by) == ("credit", "map 1", "nobody holds rights", "Boris B.")
    assert not found.blocking
    window.export()
    assert len(table.exported) == 1, "it is not asked for the state again"
    window.save()
    (row,) = products_in_order(table.document)
    assert read_overrides(row.overrides_json) == window.overrides
    found.list.setCurrentRow(found.list.count() - 1)
    QTest.mouseClick(found.back_button, Left)
    assert found.blocking


def test_advice_on_wording_is_let_pass_by_one_click(table: Table) -> None:
    table.findings = [WIDE._replace(rule="proof")]
    window = table.open(ProductSpec(title="Pier", author="Anna A.", bounds=SEEN))
    table.settle(window)
    window.findings.choose_first()
    QTest.mouseClick(window.findings.pass_button, Left)
    assert not window.findings.reason.isVisible(), "only what blocks asks for a reason"
    assert [passed.rule for passed in window.overrides] == ["proof"]


def test_what_the_case_explains_alike_stands_once(table: Table) -> None:
    table.findings = [WIDE._replace(where=str(at), explained="as it should be") for at in range(12)]
    window = table.open()
    found = window.findings
    assert found.list.count() == 1
    assert found.list.item(0).text().endswith("(12 times)")
    assert not found.blocking
    window.close()
    gone = (Override("gone", "", "so it is"),)
    table.history.push(save_product(table.document, ProductSpec(title="Pier"), actor="Li", uuid="one", overrides=gone))
    window = table.open(ProductSpec(title="Pier"), "one")
    found = window.findings
    found.list.setCurrentRow(1)
    QTest.mouseClick(found.back_button, Left)
    assert not window.overrides


def test_a_finding_leads_to_its_field(table: Table) -> None:
    table.findings = [NO_CREDIT._replace(jump=Jump("product", "", "alt_text"))]
    window = table.open()
    window.findings.choose_first()
    QTest.keyClick(window.findings.list, Key.Key_Return)
    assert window.fields.texts["alt_text"].hasFocus()
    assert not table.exported, "Enter in the list is not Enter in the window"


def test_closing_keeps_what_was_changed_as_a_draft_and_nothing_else(table: Table) -> None:
    table.open().close()
    assert not product_rows(table.document)
    window = table.open()
    write("Pier")
    QTest.keyClick(QApplication.focusWidget(), Key.Key_Escape)
    assert not window.isVisible()
    (row,) = products_in_order(table.document)
    assert (row.name, row.number, row.issued_at) == ("Pier", "1", "")
    (said,) = table.told
    assert "kept as a draft" in said
    assert not table.said, "nothing is amiss"
    table.history.undo()
    assert not product_rows(table.document)


def test_a_draft_is_changed_and_an_issued_one_is_followed(table: Table) -> None:
    table.history.push(save_product(table.document, ProductSpec(title="Pier"), actor="Li", uuid="one"))
    window = table.open(ProductSpec(title="Pier"), "one")
    window.fields.checks["dark"].setChecked(True)
    window.save()
    assert len(product_rows(table.document)) == 1
    assert not window.is_changed
    table.history.push(issue_product(table.document, "one", sha256="", numbers={"mark": 3}, actor="Li"))
    window.note_issued()
    row = product_rows(table.document)["one"]
    assert window.edition.product == replace(row, layout_json="", overrides_json=""), (
        "another file of it is of the same version"
    )
    assert window.keep()
    assert window.uuid == "one"
    window.fields.checks["grey"].setChecked(True)
    following = window.edition.product
    assert following is not None
    assert (following.version, following.previous_uuid) == (2, "one")
    window.save()
    row = product_rows(table.document)[window.uuid]
    assert (row.version, row.previous_uuid) == (2, "one")
    kept = read_spec(row.layout_json)
    assert kept is not None
    assert kept.grey


def test_the_next_version_has_the_name_of_its_title_and_is_one_step(table: Table) -> None:
    table.history.push(save_product(table.document, ProductSpec(title="Pier"), actor="Li", uuid="one"))
    table.history.push(issue_product(table.document, "one", sha256="", numbers={}, actor="Li"))
    window = table.open(ProductSpec(title="Pier"), "one")
    write("Quay")
    window.close()
    second, first = products_in_order(table.document)
    assert (first.name, second.name, second.version) == ("Pier", "Quay", 2)
    assert table.history.undo_text() == "Begin next version of product “Quay”"
    table.history.undo()
    assert products_in_order(table.document) == [first]
    table.history.redo()
    again = table.open(read_spec(second.layout_json), second.uuid)
    write("Mole")
    again.close()
    assert product_rows(table.document)[second.uuid].name == "Mole"


def test_a_case_that_is_left_takes_its_windows_with_it(table: Table) -> None:
    window = table.open()
    write("Pier")
    table.context.document_replaced.emit()
    assert not window.isVisible()
    assert not product_rows(table.document)
    assert table.pages.is_closed


def test_what_a_layout_lacks_is_said_and_images_of_the_list_fill_it(table: Table) -> None:
    window = table.open()
    window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData("before-after"))
    table.settle(window)
    assert "two images" in window.preview.note.text()
    window.export()
    assert not table.exported
    table.seen = replace(table.seen, images=("old", "new"))
    window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData("single"))
    window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData("before-after"))
    table.settle(window)
    assert [one.frame.layers for one in window.spec.maps if one.frame] == [("old",), ("new",)]
    assert not window.preview.note.isVisible()


@pytest.mark.bounded
def test_the_subtitle_follows_from_the_case_to_its_site_and_back_unless_it_was_typed(table: Table) -> None:
    table.history.push(set_meta(table.document, "subtitle", "Of the case", actor="Li"))
    site = add_site(table.document, Point(10.5, 50.5), actor="Li", uuid="s", class_code="port", label="Pier 4")
    table.history.push(site)
    table.seen = replace(table.seen, site="s")
    window = table.open(ProductSpec(bounds=SEEN, subtitle="Of the case"))

    def choose(layout: str) -> str:
        window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData(layout))
        table.settle(window)
        return window.fields.lines["subtitle"].text()

    assert choose("site").startswith("Port · 50.5")
    assert choose("single") == "Of the case"
    line = window.fields.lines["subtitle"]
    line.setText("Typed")
    line.textEdited.emit("Typed")
    assert choose("site") == "Typed"


def test_pages_are_turned_by_keys_and_buttons(table: Table) -> None:
    window = table.open(ProductSpec(layout="site", site="s"))
    assert "site" in window.preview.note.text()
    table.history.push(add_site(table.document, Point(10.5, 50.5), actor="Li", uuid="s"))
    table.settle(window)
    assert window.turner.label.text() == "Page 1 of 2"
    window.preview.setFocus()
    QTest.keyClick(window.preview, Key.Key_PageDown)
    assert window.turner.label.text() == "Page 2 of 2"
    assert not window.turner.forward_button.isEnabled()
    QTest.mouseClick(window.turner.back_button, Left)
    assert window.preview.page == 0


def test_a_page_without_room_says_so(table: Table) -> None:
    table.pages.refusal = "A page of 3 x 3 pixels has no room for the map."
    window = table.open()
    assert window.preview.note.text() == table.pages.refusal
    window.export()
    assert window.said.text() == table.pages.refusal


def test_the_view_of_the_map_is_taken_and_added(table: Table) -> None:
    window = table.open()
    other = Bounds(1.0, 2.0, 3.0, 4.0)
    table.seen = replace(table.seen, bounds=other)
    assert not window.map_button.isVisible()
    window.take_view()
    assert window.spec.bounds == other
    window.fields.layout_box.setCurrentIndex(window.fields.layout_box.findData("insets"))
    assert window.map_button.isVisible()
    for _ in range(9):
        window.add_view()
    assert [one.bounds for one in window.spec.maps] == [None, *[other] * 4]


def test_every_control_has_a_name(table: Table) -> None:
    window = table.open()
    kinds = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QListWidget)
    shown = [widget for kind in kinds for widget in window.findChildren(kind)]
    own = [
        widget
        for widget in shown
        if not isinstance(widget.parentWidget(), QComboBox) and "qt_" not in widget.objectName()
    ]
    assert len(own) > 40
    assert not [widget for widget in own if not (widget.accessibleName() or getattr(widget, "text", str)())]


def test_what_is_offered_first() -> None:
    document = Document({"meta": [MetaEntry(uuid="title", value="Case"), MetaEntry(uuid="author", value="Anna")]})
    plain = first_spec(WindowState(document, SEEN))
    assert (plain.layout, plain.title, plain.author, plain.bounds) == ("single", "Case", "Anna", SEEN)
    document.apply(add_site(document, Point(10.5, 50.5), actor="Li", uuid="s", label="Pier 4"))
    page = first_spec(WindowState(document, SEEN, site="s"))
    assert (page.layout, page.site, page.title) == ("site", "s", "Pier 4")
    pair = first_spec(WindowState(document, SEEN, images=("old", "new"), site="s"))
    assert (pair.layout, pair.match) == ("before-after", True)
    compared = spec_of(("a",), ("b",), ("c",))
    three = first_spec(WindowState(document, SEEN, comparison=compared, comparison_uuid="k"))
    assert (three.layout, three.comparison, len(three.maps)) == ("panels", "k", 3)
    last = replace(ProductSpec(), page="A3 portrait", dark=True, organisation="Desk")
    document.apply(save_product(document, last, actor="Li"))
    after = first_spec(WindowState(document, SEEN))
    assert (after.page, after.dark, after.organisation, after.title) == ("A3 portrait", True, "Desk", "Case")


def test_pages_are_made_at_the_size_of_the_preview(table: Table) -> None:
    window = table.open()
    made = table.pages.made[-1]
    assert isinstance(made, BoxPage)
    width, height = made.size_px(0)
    room = window.preview.room_px()
    assert width <= room[0] + 1
    assert height <= room[1] + 1
    assert width >= room[0] - 1 or height >= room[1] - 1


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_drag_lays_out_and_paints_no_page_before_it_is_dropped(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    window = table.open()
    preview, painted, paint = window.preview, list[int](), BoxPage.paint

    def counted(page: BoxPage, painter: QPainter, *given: object) -> None:
        painted.append(1)
        paint(page, painter, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(BoxPage, "paint", counted)
    made, place, paints = len(table.pages.made), on_preview(window, 20, 15), Paints(preview)
    QTest.mousePress(preview, Left, pos=place)
    for step in range(1, 31):
        before = paints.count
        QTest.mouseMove(preview, place + QPoint(4 * step, 2 * step))
        table.qtbot.waitUntil(lambda before=before: paints.count > before)
    assert not painted, "the page is not painted anew"
    assert len(table.pages.made) == made, "nor laid out"
    QTest.mouseRelease(preview, Left, pos=place + QPoint(120, 60))
    table.settle(window)
    assert painted
    assert "legend" in window.spec.moved


# -- the page looked at closely -----------------------------------------------------------------------------------


def wheel(window: ProductWindow, place: QPoint, notches: int) -> None:
    preview = window.preview
    globally, turn = QPointF(preview.mapToGlobal(place)), QPoint(0, 120 * notches)
    keys, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(QPointF(place), globally, QPoint(), turn, Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(preview, event)


def under(window: ProductWindow, place: QPoint) -> tuple[float, float]:
    """The place on the page that is under a place of the preview, as shares of its sides."""
    page = window.preview.page_rect()
    return (place.x() - page.left()) / page.width(), (place.y() - page.top()) / page.height()


def test_the_wheel_zooms_into_the_page_about_the_pointer_and_a_drag_pans(table: Table) -> None:
    window = table.open()
    table.settle(window)
    preview, whole = window.preview, window.preview.page_rect()
    place = whole.center().toPoint() + QPoint(round(whole.width() / 5), round(whole.height() / 6))
    before, sharp = under(window, place), window.laid
    wheel(window, place, 4)
    assert preview.page_rect().width() == pytest.approx(whole.width() * 1.25**4, rel=0.01)
    assert under(window, place) == pytest.approx(before, abs=0.01)
    table.settle(window)
    assert sharp is not None
    assert window.laid is not None
    assert window.laid.dpi == pytest.approx(sharp.dpi * 1.25**4, rel=0.02), "it is laid out anew, to be sharp"
    assert under(window, place) == pytest.approx(before, abs=0.01)
    picture = preview.picture()
    assert picture is not None
    assert picture.width() == window.laid.size_px(0)[0]
    spec = window.spec
    preview.choose("")
    seen, way = preview.page_rect(), QPoint(-40, 30)
    QTest.mousePress(preview, Qt.MouseButton.MiddleButton, pos=place)
    QTest.mouseMove(preview, place + way)
    QTest.mouseRelease(preview, Qt.MouseButton.MiddleButton, pos=place + way)
    assert (preview.page_rect().topLeft() - seen.topLeft()).toPoint() == way
    assert window.spec == spec, "nothing of the product was moved"
    for _ in range(30):
        wheel(window, place, 1)
    assert preview.page_rect().width() == pytest.approx(whole.width() * 8, rel=0.01)
    preview.setFocus()
    QTest.keyClick(preview, Key.Key_0)
    table.settle(window)
    assert preview.page_rect() == whole
    assert window.laid.dpi == sharp.dpi
    QTest.keyClick(preview, Key.Key_Plus)
    assert preview.page_rect().width() > whole.width()
    QTest.keyClick(preview, Key.Key_Minus)
    wheel(window, place, -3)
    table.settle(window)
    assert preview.page_rect() == whole, "never smaller than fits"


def test_a_drag_beside_the_things_pans_and_one_on_a_thing_moves_it_as_far_on_the_page(table: Table) -> None:
    window = table.open()
    table.settle(window)
    laid = window.laid
    assert laid is not None
    box = laid.box_of("title:0") if "title:0" in laid.things(0) else laid.box_of(laid.things(0)[0])
    key = "title:0" if "title:0" in laid.things(0) else laid.things(0)[0]
    assert box is not None
    share = box.center().x() / laid.size_px(0)[0], box.center().y() / laid.size_px(0)[1]
    for _ in range(3):
        page = window.preview.page_rect()
        wheel(
            window, QPointF(page.left() + share[0] * page.width(), page.top() + share[1] * page.height()).toPoint(), 1
        )
    table.settle(window)
    page = window.preview.page_rect()
    grip = QPointF(page.left() + share[0] * page.width(), page.top() + share[1] * page.height()).toPoint()
    begin = window.spec.moved.get(key, (0.0, 0.0))
    drag(window, grip, grip + QPoint(30, 20))
    table.settle(window)
    mm = window.spec.page_mm[0] / page.width()
    moved = window.spec.moved[key]
    assert (moved[0] - begin[0], moved[1] - begin[1]) == pytest.approx((30 * mm, 20 * mm), abs=0.5)
