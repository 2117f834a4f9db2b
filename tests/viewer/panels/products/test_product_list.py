"""The list of products: opened, renamed, reissued and deleted by mouse, keys and menu."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from layers.product.spec import ProductSpec
from tests.support.choices import popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.products import change_product, issue_product, reissue_product, save_product
from viewer.panels.products.product_desk import ProductDesk
from viewer.panels.products.product_list import ProductListPanel


@pytest.fixture
def product_desk(desk: Desk) -> ProductDesk:
    return ProductDesk(desk.context, desk.context)


@pytest.fixture
def panel(desk: Desk, product_desk: ProductDesk, qtbot: QtBot) -> ProductListPanel:
    panel = shown(qtbot, ProductListPanel(product_desk), 360, 400)
    assert panel.pages.currentIndex() == 0
    assert "Add the first" in panel.pages.currentWidget().text()
    for uuid, title in (("one", "Pier"), ("two", "Depot")):
        desk.context.do(save_product, ProductSpec(title=title), uuid=uuid)
    return panel


def press(panel: ProductListPanel, key: Qt.Key) -> None:
    QTest.keyClick(panel.view, key)


def test_rows_say_name_and_facts_and_the_newest_is_current(panel: ProductListPanel) -> None:
    assert panel.pages.currentIndex() == 1
    texts = [panel.model.index(row).data() for row in range(panel.model.rowCount())]
    assert [text.splitlines()[0] for text in texts] == ["Depot", "Pier"], "the newest stands first"
    assert all("version 1" in text for text in texts)
    assert panel.chosen == "one", "the first stays current when others come"


def test_each_button_and_key_does_its_part(
    panel: ProductListPanel, product_desk: ProductDesk, desk: Desk, qtbot: QtBot
) -> None:
    opened: list[str] = []
    product_desk.opened.connect(opened.append)
    panel.choose("two")
    QTest.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    press(panel, Qt.Key.Key_Return)
    assert opened == ["two", "two"]
    press(panel, Qt.Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    assert editor is not None
    assert editor.accessibleName() == "Name of the product"
    editor.selectAll()
    QTest.keyClicks(editor, "The  depot")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.document.table("products")["two"].name == "The depot")
    press(panel, Qt.Key.Key_Delete)
    assert list(desk.document.table("products")) == ["one"]
    desk.history.undo()
    assert set(desk.document.table("products")) == {"one", "two"}


@popup
def test_only_what_was_issued_is_reissued(panel: ProductListPanel, desk: Desk) -> None:
    panel.choose("one")
    assert not panel.reissue_button.isEnabled()
    desk.context.do(issue_product, "one", sha256="0" * 64, numbers={})
    assert panel.reissue_button.isEnabled()
    place = panel.view.visualRect(panel.model.index(panel.model.row_of("one"))).center()
    panel.view.customContextMenuRequested.emit(place)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = {action.text(): action for action in menu.actions()}
    assert list(entries) == ["&Open", "Re&issue…", "&Rename", "Co&mment…", "&History", "D&elete"]
    assert entries["Re&issue…"].isEnabled()
    entries["Re&issue…"].trigger()
    menu.close()
    versions = sorted(row.version for row in desk.document.table("products").values())
    assert versions == [1, 1, 2]
    assert desk.document.table("products")[panel.chosen].version == 2, "the one that is worked on now"
    panel.view.customContextMenuRequested.emit(QPoint(5, 390))
    assert QApplication.activePopupWidget() is None, "below the rows"


def test_the_newest_version_stands_on_top_and_is_chosen(
    panel: ProductListPanel, product_desk: ProductDesk, desk: Desk
) -> None:
    desk.context.do(issue_product, "one", sha256="0" * 64, numbers={})
    desk.context.do(reissue_product, "one")
    (newer,) = (row for row in desk.document.table("products").values() if row.version == 2)
    assert panel.chosen == newer.uuid
    assert [panel.model.uuid_at(row) for row in range(3)] == [newer.uuid, "two", "one"]
    again = ProductListPanel(product_desk)  # of a case that has its products already
    assert again.chosen == newer.uuid


def test_each_row_says_its_state_first(panel: ProductListPanel, desk: Desk) -> None:
    for uuid, state, day in (("one", "issued", "2026-11-28"), ("two", "published", "2026-11-29")):
        spec = ProductSpec(title=uuid, author="Anna A.")
        desk.context.do(change_product, uuid, spec)
        desk.context.do(issue_product, uuid, sha256="", numbers={}, state=state, now=f"{day}T08:00:00Z")
    facts = [panel.model.index(row).data().splitlines()[1] for row in range(2)]
    assert facts[0].startswith("published 2026-11-29 by Anna A. · No. 2 · version 1"), "the newest stands first"
    assert facts[1].startswith("issued 2026-11-28 by Anna A. · No. 1 · version 1")
    desk.context.do(reissue_product, "one", now="2026-11-30T00:00:00Z")
    assert [panel.model.index(row).data().splitlines()[1][:5] for row in range(3)] == ["draft", "publi", "issue"]
