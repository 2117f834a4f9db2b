"""Issued products that would print something otherwise: found after an edit, told once, and led to from the row."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.product.gathering import content_of
from layers.product.issuing.printed_rows import printed_rows
from layers.product.spec import ProductSpec
from tests.support.choices import popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.claims import report_claim, update_claim
from viewer.commands.products import issue_product, save_product
from viewer.commands.responses import add_response
from viewer.commands.sites import add_site, update_site
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.claims.response_list import ResponseListPanel
from viewer.panels.products.printed_in import PrintedIn
from viewer.panels.products.product_desk import ProductDesk


@pytest.fixture
def products(desk: Desk, qtbot: QtBot) -> ProductDesk:
    """A desk of products, and one that was issued of a claim on a firm."""
    context, made = desk.context, ProductDesk(desk.context, desk.context)
    context.do(add_site, Point(114, 30), uuid="firm", label="The firm", role="named in a claim")
    context.do(report_claim, uuid="c", source_wording="provides optics", made_by="an official", site_uuids=["firm"])
    context.do(save_product, ProductSpec(title="A firm", author="Anna A."), uuid="one")
    rows = printed_rows(desk.document, content_of(desk.document, ["firm"]))
    context.do(issue_product, "one", sha256="", numbers={}, printed=rows)
    rested(made, qtbot)
    return made


def rested(products: ProductDesk, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: products.due.is_idle)


@pytest.mark.bounded
def test_an_edit_of_a_printed_row_is_told_once_and_undone_with_it(
    products: ProductDesk, desk: Desk, qtbot: QtBot
) -> None:
    desk.said.clear()
    desk.context.do(update_site, "firm", notes="seen on a map")
    rested(products, qtbot)
    assert not products.due.uuids, "no product prints notes"
    for words in ("provides lenses", "provides lenses and mirrors"):
        desk.context.do(update_claim, "c", source_wording=words)
        rested(products, qtbot)
    assert products.due.uuids == {"one"}
    assert [one for one in desk.said if "correction" in one] == [
        "Needs correction: Product 1, version 1. The list of products reissues what was printed otherwise."
    ]
    for _ in range(2):
        desk.history.undo()
    rested(products, qtbot)
    assert not products.due.uuids


def test_a_late_answer_leads_to_the_products_of_its_claim(products: ProductDesk, desk: Desk, qtbot: QtBot) -> None:
    wanted: list[str] = []
    desk.context.product_wanted.connect(wanted.append)
    part = shown(qtbot, PrintedIn(desk.context), 300, 100)
    part.show_row("sites", "nobody")
    assert not part.isVisible()
    desk.context.do(add_response, "The firm", "No.", claim_uuids=["c"], uuid="r")
    rested(products, qtbot)
    assert products.due.uuids == {"one"}
    for table, uuid in (("responses", "r"), ("claims", "c"), ("sites", "firm")):
        part.show_row(table, uuid)  # type: ignore[arg-type]
        (link,) = part.links
        assert link.text().startswith("Product 1, version 1 (issued ")
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert wanted == ["one"] * 3


@popup
def test_menus_of_lists_lead_to_the_products_that_print_a_row(products: ProductDesk, desk: Desk, qtbot: QtBot) -> None:
    wanted: list[str] = []
    desk.context.product_wanted.connect(wanted.append)
    desk.context.do(add_response, "The firm", "No.", claim_uuids=["c"], uuid="r")
    claims = shown(qtbot, ClaimListPanel(desk.context), 400, 300)
    answers = shown(qtbot, ResponseListPanel(desk.context), 400, 300)
    for panel, uuid in ((claims, "c"), (answers, "r")):
        assert panel.open_menu(QPoint(5, 5)) is None, "nothing is chosen"
        panel.list.select({uuid})
        menu = panel.open_menu(QPoint(5, 5))
        assert menu is not None
        (part,) = [action.menu() for action in menu.actions() if action.menu() is not None]
        (entry,) = part.actions()
        assert entry.text().startswith("Product 1, version 1")
        entry.trigger()
        menu.close()
    assert wanted == ["one", "one"]
