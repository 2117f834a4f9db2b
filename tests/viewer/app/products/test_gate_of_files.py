"""The gate on the way to a file: it holds whatever the window has checked."""

from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.errors import ProductStopped
from layers.geo.bounds import Bounds
from layers.product.content import ProductContent
from layers.product.gathering import content_of
from layers.product.issuing.edition import Edition, Outgoing
from layers.product.lint.finding import Finding
from layers.product.publishing import DRAFT, ISSUED, PUBLISHED, State
from layers.product.spec import ProductSpec
from tests.support.product_windows import answer_state, export_as
from tests.viewer.app.products.conftest import SEEN, BoxPage, BoxPages, HigherPages, Table
from viewer.app.products.laid_out import LaidOut
from viewer.app.products.product_file import ProductFile
from viewer.export.headless import Studio

FAR_AND_NEAR = Document(
    {
        "sites": [
            Site(uuid="far", geometry=Point(70.0, 60.0), label="Far"),
            Site(uuid="near", geometry=Point(10.0, 50.0), label="Near", status="reviewed"),
        ]
    }
)


class PublishedPage(BoxPage):
    """A page of two marks, of which publishing leaves one."""

    case = FAR_AND_NEAR

    @property
    def content(self) -> ProductContent:  # type: ignore[override]
        return content_of(self.case, self.case.sites, self.spec.publish)


class PublishedPages(BoxPages):
    """Makes them."""

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        self.made.append(PublishedPage(spec, dpi, edition))
        return self.made[-1]


SPEC = ProductSpec(title="Pier", author="Anna A.", page="100x100", dpi=96, bounds=SEEN)
PIN = Finding("no-false-pin", "blocking", "map 1", "It is shown as an exact pin.", "Show an area.")


@pytest.mark.parametrize("state", [DRAFT, ISSUED, PUBLISHED])
def test_a_blocking_finding_stamps_a_draft_and_stops_what_is_issued(
    studio: Studio, table: Table, tmp_path: Path, qtbot: QtBot, state: State
) -> None:
    path, product = tmp_path / "page.png", Outgoing(SPEC, Edition(state=state))
    file = ProductFile(HigherPages(), product, path, studio.context, "", table.parent)
    with qtbot.waitSignal(file.ended, timeout=20_000):
        pass
    if state == DRAFT:
        assert isinstance(file.laid, BoxPage)
        assert file.laid.is_stamped
        assert path.is_file()
    else:
        assert isinstance(file.error, ProductStopped)
        assert "[marking-high-enough]" in file.error.lines[0]
        assert list(tmp_path.iterdir()) == [], "nothing is on the disk"


def test_the_preview_is_stamped_while_a_blocking_finding_stands(table: Table) -> None:
    table.findings = [PIN]
    window = table.open(SPEC)
    shown = window.preview.laid
    assert isinstance(shown, BoxPage)
    assert shown.is_stamped
    table.findings = []
    window.fields.checks["dark"].setChecked(True)
    table.settle(window)
    shown = window.preview.laid
    assert isinstance(shown, BoxPage)
    assert not shown.is_stamped


def test_a_draft_is_exported_in_spite_of_what_blocks_and_is_not_asked_again(table: Table) -> None:
    table.findings = [PIN]
    window = table.open(SPEC)
    for _ in range(2):
        export_as(window, DRAFT)
        table.settle(window)
    assert len(table.exported) == 2
    assert window.state_box.currentData() == DRAFT
    window.choose_state(ISSUED)
    window.export()
    table.settle(window)
    assert len(table.exported) == 2
    assert window.findings.list.hasFocus()


def test_a_refused_issue_leaves_the_state_and_prints_no_issue(table: Table) -> None:
    table.findings = [PIN]
    window = table.open(SPEC)
    export_as(window, ISSUED)
    table.settle(window)
    assert not table.exported
    assert window.said.objectName() != "muted", "a refusal is read"
    assert window.state_box.currentIndex() == -1
    assert table.pages.made[-1].edition.state == DRAFT
    window.choose_state(DRAFT)
    table.settle(window)
    window.choose_state(ISSUED)
    table.settle(window)
    assert table.pages.made[-1].edition.state == DRAFT, "what may leave only as a draft is shown as one"
    window.export()
    table.settle(window)
    assert window.state_box.currentData() == DRAFT
    table.findings = []
    window.fields.checks["dark"].setChecked(True)
    table.settle(window)
    assert window.state_box.currentData() == ISSUED, "nothing stands against what was wanted any more"
    assert table.pages.made[-1].edition.state == ISSUED
    window.export()
    assert len(table.exported) == 1


def test_what_is_published_is_laid_out_for_readers_outside_before_it_is_judged(table: Table) -> None:
    window = table.open(SPEC)
    window.export()
    answer_state(window, PUBLISHED)
    table.settle(window)
    (spec,) = table.exported
    assert spec.publish
    last = table.pages.made[-1]
    assert (last.spec.publish, last.edition.state) == (True, PUBLISHED)
    window.fields.checks["publish"].setChecked(False)
    assert window.kept.state is None, "with what is internal back on the page it is asked again"


def test_what_publishing_takes_away_is_shown_before_it_is_published(table: Table) -> None:
    table.findings = [Finding("withheld", "warning", "draft marks", "55 marks are left out.", "Review them.")]
    window = table.open(SPEC)
    export_as(window, PUBLISHED)
    table.settle(window)
    assert not table.exported
    assert window.said.text().startswith("Nothing is written yet. Publishing leaves out what is listed at the right")
    assert window.export_button.text() == "Publish Without It…", "the next step is named where it is taken"
    assert window.export_button.hasFocus()
    chosen = window.findings.list.currentItem()
    assert chosen is not None
    assert "55 marks are left out." in chosen.text()
    QTest.keyClick(window.export_button, Qt.Key.Key_Return)
    assert len(table.exported) == 1
    window.say("Written: a.pdf")
    assert window.export_button.text() == "Export…"


@pytest.mark.bounded
def test_the_frame_follows_the_marks_that_publishing_leaves(qtbot: QtBot, dressed: None) -> None:
    """It stayed as for all marks: five of sixty in a corner of a continent, and a white strip beside the map."""
    table = Table(FAR_AND_NEAR, qtbot, pages=PublishedPages())
    qtbot.addWidget(table.parent)
    whole = Bounds(0.0, 40.0, 80.0, 70.0)
    window = table.open(replace(SPEC, bounds=whole))
    export_as(window, PUBLISHED)
    table.settle(window)
    (spec,) = table.exported
    assert spec.bounds is not None
    assert spec.bounds.width < 1
    assert spec.bounds.contains_point(10.0, 50.0)
    window.undo()
    table.settle(window)
    assert window.spec.bounds == whole, "one step, which the analyst can take back"
    window.export()
    table.settle(window)
    assert table.exported[-1].bounds == whole, "and it is not fitted again"
    for is_on in (False, True):
        window.fields.checks["publish"].setChecked(is_on)
        table.settle(window)
    assert window.spec.bounds == spec.bounds, "the box in the form means the same"
    assert window.said.text() == "The map now fits the marks that are left: 1 of 2. Ctrl+Z undoes that."
    window.close()
    shiboken6.delete(window)


def test_who_answers_is_asked_for_at_the_first_product(table: Table) -> None:
    window = table.open(ProductSpec(title="Pier", bounds=SEEN))
    window.export()
    question = window.state_question
    assert question.author_line.isVisible()
    question.author_line.setText("Anna A.")
    question.organisation_line.setText("A desk")
    answer_state(window, ISSUED)
    table.settle(window)
    assert (window.spec.author, window.spec.organisation) == ("Anna A.", "A desk")


def test_an_answer_about_the_state_is_forgotten_where_no_file_is_named(table: Table) -> None:
    window = table.open(ProductSpec(title="Pier", bounds=SEEN))
    export_as(window, PUBLISHED)
    table.settle(window)
    assert window.kept.state == PUBLISHED
    window.take_answer_back()
    table.settle(window)
    assert (window.kept.state, window.spec.publish) == (None, False)
    assert window.state_box.currentIndex() == -1
    window.export()
    assert window.state_question.isVisible(), "the next export asks again"
    answer_state(window, DRAFT)
    table.settle(window)
    window.kept.answered = None
    window.take_answer_back()
    assert window.kept.state == DRAFT, "what a file was named for stands"
