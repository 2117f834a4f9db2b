"""Long lists in forms: the first rows, and a button for more, wherever a row is a widget of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.document.claim import Claim
from layers.document.edit import Change, Edit
from layers.document.rows import ClaimSite, ClaimSource, Response, ResponseClaim, Row
from layers.document.site import Site
from layers.document.source import Source
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.form_page import laid_out
from viewer.panels.widgets.row_column import AT_ONCE, RowColumn

MANY = 2 * AT_ONCE + 7


def put(desk: Desk, *rows: tuple[str, Row]) -> None:
    desk.context.push(Edit("much", tuple(Change(table, None, row) for table, row in rows)))


def claims_of_a_site(qtbot: QtBot, desk: Desk) -> RowColumn:
    for at in range(MANY):
        claim = Claim(uuid=f"much-{at}", statement=str(at))
        put(
            desk,
            ("claims", claim),
            ("claim_sites", ClaimSite(uuid=f"link-{at}", claim_uuid=claim.uuid, site_uuid="pad")),
        )
    desk.select("pad")
    return shown(qtbot, SiteFormPanel(desk.context), 330, 900).cards.rows


def places_of_a_claim(qtbot: QtBot, desk: Desk) -> RowColumn:
    pad = desk.document.sites["pad"]
    for at in range(MANY):
        site = Site(uuid=f"much-{at}", geometry=pad.geometry, label=str(at))
        put(desk, ("sites", site), ("claim_sites", ClaimSite(uuid=f"link-{at}", claim_uuid="c2", site_uuid=site.uuid)))
    form = shown(qtbot, ClaimFormPanel(desk.context), 330, 900)
    desk.context.show_claim("c2")
    return form.places.rows


def citations_of_a_claim(qtbot: QtBot, desk: Desk) -> RowColumn:
    for at in range(MANY):
        source = Source(uuid=f"much-{at}", title=str(at))
        put(
            desk,
            ("sources", source),
            ("claim_sources", ClaimSource(uuid=f"link-{at}", claim_uuid="c2", source_uuid=source.uuid)),
        )
    form = shown(qtbot, ClaimFormPanel(desk.context), 330, 900)
    desk.context.show_claim("c2")
    return form.sources.findChild(RowColumn)


def answers_to_a_claim(qtbot: QtBot, desk: Desk) -> RowColumn:
    for at in range(MANY):
        answer = Response(uuid=f"much-{at}", speaker="Li", words=str(at))
        link = ResponseClaim(uuid=f"link-{at}", response_uuid=answer.uuid, claim_uuid="c2")
        put(desk, ("responses", answer), ("response_claims", link))
    form = shown(qtbot, ClaimFormPanel(desk.context), 330, 900)
    desk.context.show_claim("c2")
    return form.responses


def claims_of_an_answer(qtbot: QtBot, desk: Desk) -> RowColumn:
    for at in range(MANY):
        claim = Claim(uuid=f"much-{at}", statement=str(at))
        link = ResponseClaim(uuid=f"link-{at}", response_uuid="r1", claim_uuid=claim.uuid)
        put(desk, ("claims", claim), ("response_claims", link))
    panel = shown(qtbot, ResponseForm(desk.context), 330, 900)
    desk.context.show_row("responses", "r1")
    return panel.claims


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "fill",
    [claims_of_a_site, places_of_a_claim, citations_of_a_claim, answers_to_a_claim, claims_of_an_answer],
)
def test_of_a_long_list_the_first_rows_are_made_and_more_by_a_button(
    qtbot: QtBot, desk: Desk, fill: Callable[[QtBot, Desk], RowColumn]
) -> None:
    column = fill(qtbot, desk)
    for step in (1, 2):
        assert len(laid_out(column)) == step * AT_ONCE + 1
        assert column.more_button is not None
        assert str(MANY - step * AT_ONCE) in column.more_button.text()
        qtbot.keyClick(column.more_button, Qt.Key.Key_Space)
    assert len(laid_out(column)) == MANY
    assert column.more_button is None


@pytest.mark.bounded
def test_a_citation_that_is_shown_later_is_edited_as_the_first(qtbot: QtBot, desk: Desk) -> None:
    column = citations_of_a_claim(qtbot, desk)
    form = column.parentWidget()
    qtbot.keyClick(column.more_button, Qt.Key.Key_Space)
    citation = form.citations[AT_ONCE + 3]
    page = citation.fields.fields["page"]
    page.setFocus()
    qtbot.keyClicks(page, "4")
    qtbot.keyClick(page, Qt.Key.Key_Return)
    (paged,) = [link for link in desk.document.links.claim_to_sources("c2") if link.page]
    assert (paged.uuid, paged.page) == (citation.link_uuid, "4")
    desk.history.undo()
    assert form.citations[AT_ONCE + 3].fields.fields["page"].text() == ""
