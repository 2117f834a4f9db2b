"""Advice on wording in the margin of a product's form, as its texts are typed; nothing asks, nothing is refused."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.edit import Change, Edit
from layers.document.rows import Comment, Product
from layers.document.site import Site
from layers.product.content import ProductContent
from layers.product.spec import ProductSpec
from tests.support.product_windows import ready
from tests.support.windows import take_up
from tests.viewer.conftest import shown
from viewer.app.products.findings.findings_view import FindingsView
from viewer.app.products.product_fields import ProductFields
from viewer.app.window import MainWindow

PROOF = "The image proves that the gate is open."
ADVICE = "“proves” claims more than an image or a report can bear. Say what is seen, or that the two agree."
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def fields(window: MainWindow, qtbot: QtBot) -> ProductFields:
    return shown(qtbot, ProductFields(window.panel_context), 330, 1500)


def advice(fields: ProductFields) -> list[str]:
    return [sentence for margin in fields.wordings for sentence in margin.sentences]


def typed(widget: QWidget, words: str) -> None:
    widget.setFocus()
    QTest.keyClicks(widget, words)


@pytest.mark.parametrize("name", ["title", pytest.param("caption", marks=pytest.mark.bounded)])
def test_one_key_lets_a_sentence_of_a_product_pass(qtbot: QtBot, fields: ProductFields, name: str) -> None:
    assert fields.show_field(name)
    field = fields.field_of(name)
    assert field is not None
    typed(field, PROOF)
    qtbot.waitUntil(lambda: advice(fields) == [ADVICE])
    (line,) = [margin for margin in fields.wordings if margin.isVisible()]
    assert line.mapTo(fields, line.rect().topLeft()).y() > field.mapTo(fields, field.rect().topLeft()).y()
    QTest.keyClick(field, Qt.Key.Key_Return, ALT)
    qtbot.waitUntil(lambda: not advice(fields))
    assert getattr(fields.spec, name) == PROOF
    typed(field, " It proves more.")
    qtbot.waitUntil(lambda: len(advice(fields)) == 1)


def test_a_product_that_is_shown_is_judged_and_a_search_bears_absence(qtbot: QtBot, fields: ProductFields) -> None:
    fields.show_spec(ProductSpec(bottom_line="There are no vehicles on the pad."))
    qtbot.waitUntil(lambda: len(advice(fields)) == 1)
    fields.show_content(ProductContent(tells_absence=True))
    qtbot.waitUntil(lambda: not advice(fields))
    fields.show_spec(replace(fields.spec, bottom_line="No vehicle was seen."))
    fields.show_content(ProductContent())
    qtbot.wait(20)
    assert not advice(fields)


def test_remarks_on_words_of_the_page_stand_in_the_form_of_the_product(
    window: MainWindow, qtbot: QtBot, fields: ProductFields
) -> None:
    rows = [Product(uuid="p-1", name="A"), Product(uuid="p-2", name="A", previous_uuid="p-1", version=2)]
    remark = Comment(uuid="r", target_uuid="p-1", body="“A yard”: whose?", created_by="B. Second")
    changes = (*(Change("products", None, row) for row in rows), Change("comments", None, remark))
    window.session.document.apply(Edit("Rows", changes))
    for uuid, sentences in (("p-2", ["B. Second: “A yard”: whose?"]), ("", [])):
        fields.show_content(ProductContent(), uuid)
        assert fields.comments.threads.sentences == sentences
        assert fields.comments.isVisible() is bool(sentences)


def test_no_advice_is_left_on_a_reason_that_was_not_given(window: MainWindow, qtbot: QtBot) -> None:
    view = shown(qtbot, FindingsView(window.panel_context), 300, 600)
    view.reason.show()
    typed(view.reason, PROOF)
    qtbot.waitUntil(view.wording.isVisible)
    QTest.keyClick(view.reason, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not view.wording.isVisible())


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_the_window_of_a_product_advises_without_a_question(window: MainWindow, qtbot: QtBot) -> None:
    take_up(window, qtbot, sites=[Site(uuid="s-1", geometry=Point(10, 50), label="Yard")])
    window.action_table["export_product"].trigger()
    product = ready(window, qtbot)
    product.fields.lines["title"].clear()
    typed(product.fields.lines["title"], PROOF)
    qtbot.waitUntil(lambda: advice(product.fields) == [ADVICE])
    assert QApplication.activeModalWidget() is None
    QTest.keyClick(product.fields.lines["title"], Qt.Key.Key_Return, ALT)
    qtbot.waitUntil(lambda: not advice(product.fields))
    qtbot.waitUntil(lambda: product.is_idle, timeout=30_000)
    assert product.spec.title == PROOF
    assert product.isVisible()
