"""Remarks of checkers in the form of their row: shown in their names, settled by a click, and back by an undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
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
from viewer.panels.remarks_on_row import RemarksOnRow
from viewer.panels.row_form import RowForm
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sources.source_form import SourceForm


def remark(target: str, body: str, day: str = "2026-05-02") -> Comment:
    return Comment(
        uuid=f"r {body}", target_uuid=target, body=body, created_by="B. Second", created_at=f"{day}T10:00:00Z"
    )


@pytest.fixture
def remarked(desk: Desk) -> Desk:
    """A claim, a source and a site that was looked at, each with a remark."""
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


def test_a_remark_stands_on_its_row_until_it_is_settled(qtbot: QtBot, remarked: Desk) -> None:
    remarked.context.show_claim("c-1")
    form = shown(qtbot, ClaimFormPanel(remarked.context), 330, 900)
    assert form.remarks.isVisible()
    assert form.remarks.sentences == ["B. Second, 2 May 2026: “12 pumps”: of c-1"]
    qtbot.mouseClick(form.remarks.links[0], Qt.MouseButton.LeftButton)
    assert not form.remarks.isVisible()
    remarked.history.undo()
    assert form.remarks.isVisible()


def test_sites_show_the_remarks_on_what_was_seen_there_and_sources_their_own(qtbot: QtBot, remarked: Desk) -> None:
    remarked.context.selection.set({"s-1"})
    site = shown(qtbot, SiteFormPanel(remarked.context), 330, 900)
    assert [row.target_uuid for row in site.remarks.shown] == ["o-1", "s-1"]
    remarked.context.show_row("sources", "q-1")
    source: RowForm = shown(qtbot, SourceForm(remarked.context), 330, 900)
    (remarks,) = source.findChildren(RemarksOnRow)
    assert [row.target_uuid for row in remarks.shown] == ["q-1"]
