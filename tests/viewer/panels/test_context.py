"""Tests of what panels share, and that every control of theirs has a name."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from tests.viewer.panels.conftest import Desk, small_case, unnamed
from viewer.canvas.selection import Selection
from viewer.commands.sites import delete_sites, update_site, update_sites
from viewer.panels.access import CaseAccess, MessageAccess
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.claims.response_list import ResponseListPanel
from viewer.panels.context import BULK_ROWS, PanelContext
from viewer.panels.imagery.add_imagery import AddImageryDialog
from viewer.panels.layers.layer_properties import LayerPropertiesPanel
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.sources.source_register import SourceRegisterPanel
from viewer.support.jobs import Jobs

PANELS = [
    SiteFormPanel,
    ClaimFormPanel,
    SiteListPanel,
    ClaimListPanel,
    SourceRegisterPanel,
    ResponseListPanel,
    LayerTreePanel,
    LayerPropertiesPanel,
    AddImageryDialog,
]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.__name__)
def test_every_control_has_a_name(qtbot, desk: Desk, panel: type) -> None:
    widget = panel(desk.context)
    qtbot.addWidget(widget)
    desk.select("firm")
    desk.context.show_claim("c1")
    desk.context.show_layer("base")
    assert unnamed(widget) == []


def test_a_refusal_goes_to_the_message_line(desk: Desk) -> None:
    assert not desk.context.do(update_site, "gone", label="x")
    assert desk.said == ["That site is no longer in the case."]
    assert desk.context.do(update_site, "pad", label="x")


def test_an_edit_without_changes_is_no_step(desk: Desk) -> None:
    assert desk.context.do(update_site, "pad", label="Vostochny")
    assert not desk.history.stack.canUndo()


def test_what_is_gone_is_no_longer_shown(desk: Desk) -> None:
    desk.select("pad", "firm")
    desk.context.push(delete_sites(desk.document, ["pad"], actor="Li"))
    assert desk.context.selection.uuids == {"firm"}
    desk.context.show_claim("c1")
    desk.context.set_document(small_case())
    assert desk.context.claim_uuid == ""
    assert not desk.context.selection.uuids


def test_a_replaced_document_is_heard_no_more(desk: Desk) -> None:
    old, heard = desk.document, []
    desk.context.changed.connect(heard.append)
    desk.context.set_document(small_case())
    old.apply(update_site(old, "pad", actor="Li", label="x"))
    assert heard == []


@pytest.mark.bounded
def test_a_bulk_edit_is_built_off_the_window_thread(jobs: Jobs, qtbot) -> None:
    sites = [Site(uuid=f"{n:06}", geometry=Point(0, 0)) for n in range(BULK_ROWS)]
    document = Document({"sites": sites})
    said: list[str] = []
    case = CaseAccess(document.apply, lambda: "Li", jobs)
    context = PanelContext(document, case, Selection(), messages=MessageAccess(said.append))
    context.do_for_many("Changing", update_sites, list(document.sites), class_code="port")
    assert document.sites["000000"].class_code == "other"
    qtbot.waitUntil(lambda: document.sites["000000"].class_code == "port")
    assert {site.class_code for site in document.sites.values()} == {"port"}
    context.do_for_many("Changing", update_sites, list(document.sites), role="suspect")
    qtbot.waitUntil(lambda: bool(said))
    assert "role" in said[0]


def test_a_few_rows_are_changed_at_once(desk: Desk) -> None:
    desk.context.do_for_many("Changing", update_sites, ["pad", "firm"], class_code="port")
    assert desk.document.sites["firm"].class_code == "port"
