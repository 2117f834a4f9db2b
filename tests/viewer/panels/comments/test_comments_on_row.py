"""Comments in the form of their row, and in a window of their own: written, answered, resolved, opened again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.rows import Comment
from layers.document.site import Site
from layers.document.source import Source
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.comments.comments_dialog import show_comments
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.row_form import RowForm
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sources.source_form import SourceForm


def remark(target: str, body: str, day: str = "2026-05-02") -> Comment:
    return Comment(
        uuid=f"r {body}", target_uuid=target, body=body, created_by="B. Second", created_at=f"{day}T10:00:00Z"
    )


@pytest.fixture
def remarked(desk: Desk) -> Desk:
    """A claim, a source and a site that was looked at, each with a comment."""
    rows = [
        Change("images", None, Image(uuid="i-1", image_key="k")),
        Change("claims", None, Claim(uuid="c-1", statement="12 pumps came.")),
        Change("sources", None, Source(uuid="q-1", title="Report")),
        Change("sites", None, Site(uuid="s-1", geometry=Point(10, 50), label="Yard")),
        Change("observations", None, Observation(uuid="o-1", site_uuid="s-1", image_uuid="i-1")),
    ]
    rows += [Change("comments", None, remark(row, f"“12 pumps”: of {row}")) for row in ("c-1", "q-1", "s-1", "o-1")]
    desk.document.apply(Edit("Rows", tuple(rows)))
    return desk


def test_a_form_says_how_many_comments_there_are_and_unfolds_them(qtbot: QtBot, remarked: Desk) -> None:
    remarked.context.show_claim("c-1")
    form = shown(qtbot, ClaimFormPanel(remarked.context), 330, 900)
    part, threads = form.comments.part, form.comments.threads
    assert (part.header.text(), part.is_folded) == ("1 comment, 1 open", True)
    qtbot.mouseClick(part.header, Qt.MouseButton.LeftButton)
    assert threads.sentences == ["B. Second, 2 May 2026: “12 pumps”: of c-1"]
    answer, resolve = threads.links
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)
    threads.entry.setPlainText("Counted again: 12.")
    QTest.keyClick(threads.entry, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert part.header.text() == "2 comments, 1 open"
    assert threads.sentences[1].startswith("Olga, ")
    qtbot.mouseClick(threads.links[1], Qt.MouseButton.LeftButton)
    assert part.header.text() == "2 comments, resolved"
    (again,) = threads.links
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert part.header.text() == "2 comments, 1 open"
    for _step in range(3):
        remarked.history.undo()
    assert part.header.text() == "1 comment, 1 open"
    assert resolve is not threads.links[1]


def test_sites_show_the_comments_on_what_was_seen_there_and_sources_their_own(qtbot: QtBot, remarked: Desk) -> None:
    remarked.context.selection.set({"s-1"})
    site = shown(qtbot, SiteFormPanel(remarked.context), 330, 900)
    assert [thread.first.target_uuid for thread in site.comments.threads.threads] == ["o-1", "s-1"]
    remarked.context.show_row("sources", "q-1")
    source: RowForm = shown(qtbot, SourceForm(remarked.context), 330, 900)
    (comments,) = source.findChildren(CommentsOnRow)
    assert [thread.first.target_uuid for thread in comments.threads.threads] == ["q-1"]


def test_a_row_of_any_table_is_commented_on_in_a_window_of_its_own(qtbot: QtBot, remarked: Desk) -> None:
    window = shown(qtbot, QWidget(), 300, 200)
    dialog = show_comments(remarked.context, "images", "i-1", window)
    assert not dialog.threads.send_button.isEnabled(), "there are no words yet"
    dialog.threads.entry.setPlainText("  Is this the June image? ")
    dialog.threads.send_button.click()
    (comment,) = remarked.document.links.comments_on("i-1")
    assert (comment.body, comment.created_by, comment.resolved) == ("Is this the June image?", "Olga", False)
    assert dialog.threads.entry.toPlainText() == ""
    assert show_comments(remarked.context, "images", "i-1", window) is dialog
    dialog.threads.entry.setPlainText("half a thought")
    dialog.threads.show_row("claims", "c-1")
    assert dialog.threads.entry.toPlainText() == ""
    dialog.threads.show_row("images", "i-1")
    assert dialog.threads.entry.toPlainText() == "half a thought", "words not sent wait with their row"
