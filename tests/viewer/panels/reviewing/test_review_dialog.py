"""Many rows are reviewed from their list: in one step, in a name that the analyst sees."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialogButtonBox, QWidget
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.edit import Change, Edit
from layers.document.site import Site
from tests.support.choices import popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.panels.reviewing.review_dialog import ReviewDialog, review
from viewer.panels.sites.site_list import SiteListPanel


def with_rows(desk: Desk) -> None:
    rows = [
        Change("sites", None, Site(uuid="stand", geometry=Point(1, 2), label="Pad", created_by="Olga")),
        Change("sites", None, Site(uuid="shed", geometry=Point(1, 3), label="Yard", created_by="Li")),
        Change("claims", None, Claim(uuid="report", statement="A pad", created_by="Li")),
    ]
    desk.document.apply(Edit("Rows", tuple(rows)))


def ok(dialog: ReviewDialog) -> None:
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()


@popup
def test_the_selected_marks_are_reviewed_from_the_menu_of_their_list(qtbot: QtBot, desk: Desk) -> None:
    with_rows(desk)
    panel = shown(qtbot, SiteListPanel(desk.context), 400, 300)
    desk.context.selection.set({"stand", "shed"})
    menu = panel.open_menu(QPoint(5, 5))
    assert menu is not None
    entry = next(action for action in menu.actions() if "Re&view" in action.text())
    menu.close()
    entry.trigger()
    (dialog,) = panel.window().findChildren(ReviewDialog)
    assert dialog.counts.text() == "2 marks: 2 draft"
    assert dialog.reviewer.text() == "Olga", "the analyst's own name is offered"
    assert not dialog.caution.isHidden(), "one of them is by the reviewer"
    dialog.reviewer.setText("Chen Yu")
    assert dialog.caution.isHidden()
    ok(dialog)
    assert {desk.document.sites[uuid].reviewed_by for uuid in ("stand", "shed")} == {"Chen Yu"}
    desk.history.undo()
    assert {desk.document.sites[uuid].status for uuid in ("stand", "shed")} == {"draft"}


def test_a_review_without_a_name_is_refused_in_the_dialog(qtbot: QtBot, desk: Desk) -> None:
    with_rows(desk)
    window = shown(qtbot, QWidget(), 300, 200)
    dialog = review(desk.context, ["report", "stand"], window)
    assert dialog is not None
    dialog.reviewer.setText(" ")
    ok(dialog)
    assert dialog.isVisible()
    assert "name of the reviewer" in dialog.refusal.text()
    assert desk.document.claims["report"].status == "draft"
    dialog.reviewer.setText("Chen Yu")
    ok(dialog)
    assert desk.document.claims["report"].reviewed_by == "Chen Yu"
    assert review(desk.context, ["nothing"], window) is None
