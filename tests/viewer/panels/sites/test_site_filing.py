"""Lifecycle, kind of mark, marking, folder and parent in the site form, for one mark and for many."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shapely import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.document.source import Source
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.filing.site_links import chain_above, set_parent
from viewer.commands.sites import add_sites, update_site, update_sites
from viewer.panels.sites.site_form import SiteFormPanel

pytestmark = pytest.mark.qt_log_ignore(
    "does not support grabbing the keyboard", extend=True
)  # as every popup offscreen


@pytest.fixture
def form(qtbot, desk: Desk) -> SiteFormPanel:
    panel = shown(qtbot, SiteFormPanel(desk.context), 330, 900)
    desk.select("pad")
    return panel


def _choose(qtbot, field, text: str) -> None:
    """By the keyboard, as one does with the list open."""
    field.setFocus()
    field.showPopup()
    row = field.findText(text)
    assert row >= 0
    field.view().setCurrentIndex(field.model().index(row, 0))
    qtbot.keyClick(field.view(), Qt.Key.Key_Return)


def _type(qtbot, field, text: str) -> None:
    field.setFocus()
    (field.lineEdit() if hasattr(field, "lineEdit") else field).selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_lifecycle_its_date_and_its_source_are_a_step_each(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    form.dates_part.set_folded(False)
    _choose(qtbot, form.fields.fields["lifecycle"], "Planned")
    _type(qtbot, form.fields.fields["lifecycle_as_of"], "2015-09")
    picker = form.lifecycle.source.picker
    assert picker.isVisible()
    picker.setFocus()
    qtbot.keyClicks(picker, "US int")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    site = desk.document.sites["pad"]
    assert (site.lifecycle, site.lifecycle_as_of, site.lifecycle_source_uuid) == ("planned", "2015-09", "s1")
    assert site.doubt == "planned, as of 2015"
    assert form.lifecycle.source.label.text() == "US intel"
    assert not picker.isVisible()
    qtbot.mouseClick(form.lifecycle.source.cut_button, Qt.MouseButton.LeftButton)
    assert desk.document.sites["pad"].lifecycle_source_uuid == ""
    assert picker.isVisible()
    for _ in range(4):
        desk.history.undo()
    assert not desk.history.stack.canUndo()
    assert desk.document.sites["pad"].lifecycle == ""


def test_a_source_that_is_not_there_is_made_with_the_lifecycle(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    form.dates_part.set_folded(False)
    before = set(desk.document.sources)
    picker = form.lifecycle.source.picker
    picker.setFocus()
    qtbot.keyClicks(picker, "Roscosmos plan")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    (made,) = set(desk.document.sources) - before
    assert desk.document.sources[made].title == "Roscosmos plan"
    assert desk.document.sites["pad"].lifecycle_source_uuid == made
    desk.history.undo()
    assert set(desk.document.sources) == before
    assert desk.document.sites["pad"].lifecycle_source_uuid == ""


def test_dates_say_what_they_are_from(form: SiteFormPanel, desk: Desk) -> None:
    image = Image(uuid="i", image_key="k", acquired_at="2024-04-12", date_basis="file name")
    source = Source(uuid="s9", title="Plan", published_at="2015-09", date_basis="caption")
    desk.document.apply(Edit("dates", (Change("images", None, image), Change("sources", None, source))))
    desk.context.do(update_site, "pad", lifecycle="planned", lifecycle_source_uuid="s9", image_uuid="i")
    said = form.lifecycle.note.text()
    assert "2015-09, is from: caption" in said
    assert "2024-04-12, is from: file name" in said
    assert Observation(uuid="o", site_uuid="pad", image_uuid="i").image_uuid == "i"


def test_a_parent_is_found_and_not_made_and_never_makes_a_circle(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.context.do(add_sites, [(Point(128.3, 51.9), {"label": "Pad 1S"})])
    part = next(reversed(desk.document.sites))
    desk.select(part)
    form.filing_part.set_folded(False)
    picker = form.filing.parent_site.picker
    picker.setFocus()
    qtbot.keyClicks(picker, "no such place")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert desk.document.sites[part].parent_uuid == ""
    assert len(desk.document.sites) == 4
    picker.clear()
    qtbot.keyClicks(picker, "vostoch")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    assert desk.document.sites[part].parent_uuid == "pad"
    assert "Vostochny" in desk.history.undo_text()
    desk.context.do(set_parent, ("pad",), part)
    assert desk.document.sites["pad"].parent_uuid == ""
    assert "part of itself" in desk.said[-1]
    qtbot.mouseClick(form.filing.parent_site.open_button, Qt.MouseButton.LeftButton)
    assert desk.context.selection.uuids == {"pad"}
    form.filing.parent_site.picker.refresh()
    model = form.filing.parent_site.picker.completer().model()
    offered = [model.index(row, 0).data() for row in range(2)]
    assert offered == ["Hikvision", "Railway"], "neither itself nor its part"


def test_a_circle_in_a_file_does_no_harm() -> None:
    circle = [Site(uuid=uuid, geometry=Point(1, 2), parent_uuid=above) for uuid, above in (("x", "y"), ("y", "x"))]
    assert chain_above(Document({"sites": circle}), "x") == {"x", "y"}


def test_kind_marking_and_folder(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.context.do(update_site, "firm", folder="Wuhan firms")
    form.filing_part.set_folded(False)
    _choose(qtbot, form.fields.fields["mark_kind"], "Search area")
    _choose(qtbot, form.fields.fields["marking"], "TLP:AMBER")
    folder = form.fields.fields["folder"]
    folder.setFocus()
    assert folder.findText("Wuhan firms") >= 0, "folders that there are"
    _type(qtbot, folder, "Cosmodromes")
    site = desk.document.sites["pad"]
    assert (site.mark_kind, site.marking, site.folder) == ("search area", "TLP:AMBER", "Cosmodromes")


BULK = {
    "lifecycle": ("Planned", "planned"),
    "mark_kind": ("Annotation", "annotation"),
    "status": ("Reviewed", "reviewed"),
    "marking": ("TLP:RED", "TLP:RED"),
}
TYPED = {"lifecycle_as_of": "2015", "observed_at": "2024-04-12", "valid_from": "2030", "folder": "Pads"}


def test_every_field_of_many_is_one_step(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    before = dict(desk.document.sites)
    desk.select("pad", "firm", "rail")
    assert form.bulk.isVisible()
    assert form.bulk.count.text() == "3 sites selected"
    for column, (text, value) in BULK.items():
        _choose(qtbot, form.bulk.fields.fields[column], text)
        assert {getattr(site, column) for site in desk.document.sites.values()} == {value}
    for column, text in TYPED.items():
        _type(qtbot, form.bulk.fields.fields[column], text)
        assert {getattr(site, column) for site in desk.document.sites.values()} == {text}
    for _ in (*BULK, *TYPED):
        desk.history.undo()
    assert not desk.history.stack.canUndo()
    assert desk.document.sites == before


def test_what_differs_is_said_and_a_dash_takes_it_away(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.context.do(update_sites, ("pad", "firm"), folder="Old")
    desk.context.do(update_site, "pad", valid_from="2030")
    desk.select("pad", "firm", "rail")
    folder, date = (form.bulk.fields.fields[column] for column in ("folder", "valid_from"))
    assert folder.lineEdit().placeholderText() == date.placeholderText() == "several"
    assert folder.currentText() == date.text() == ""
    _type(qtbot, folder, "-")
    _type(qtbot, date, "-")
    assert {site.folder for site in desk.document.sites.values()} == {""}
    assert {site.valid_from for site in desk.document.sites.values()} == {""}


def test_a_date_of_many_that_is_none_is_refused(qtbot, form: SiteFormPanel, desk: Desk) -> None:
    desk.select("pad", "firm")
    _type(qtbot, form.bulk.fields.fields["valid_from"], "next year")
    assert "next year" in form.bulk.fields.refusal.text()
    assert not desk.history.stack.canUndo()


def test_every_control_of_the_forms_has_a_name(form: SiteFormPanel) -> None:
    for rows in (form.lifecycle.source, form.filing.parent_site):
        for widget in (rows.picker, rows.open_button, rows.cut_button):
            assert widget.accessibleName()
    for part in (form.page, form.bulk):
        fields = [*form.fields.fields.values(), *form.bulk.fields.fields.values()]
        assert all(isinstance(field, QWidget) and field.accessibleName() for field in fields), part
