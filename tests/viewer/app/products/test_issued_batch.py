"""A batch that is issued: judged whole before anything is written, each product numbered and kept once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.errors import ProductStopped
from layers.product.batch import BatchItem, batch_digest
from layers.product.publishing import ISSUED, State
from layers.product.spec import ProductSpec
from tests.viewer.app.products.conftest import SEEN, BoxPages, HigherPages, Table
from viewer.app.products.batches.batch_issue import BatchIssue
from viewer.app.products.batches.batch_run import BatchOrder, BatchRun
from viewer.commands.products import products_in_order
from viewer.commands.sites import add_site
from viewer.export.headless import Studio

ITEMS = [
    BatchItem(f"{at}-pier", ProductSpec(title=f"Pier {at}", author="Anna A.", page="100x100", dpi=96, bounds=SEEN))
    for at in (1, 2, 3)
]


def run_of(table: Table, studio: Studio, folder: Path, pages: BoxPages, state: State = ISSUED) -> BatchRun:
    """A batch as the window begins it."""
    document = table.document
    issue = BatchIssue(document, state, "login", table.history.push)
    digest = partial(batch_digest, document, ITEMS, ".png", state)
    return BatchRun(BatchOrder(ITEMS, folder, ".png", digest, issue), pages, studio.context, table.parent)


def ended(run: BatchRun, qtbot: QtBot) -> BatchRun:
    qtbot.waitUntil(lambda: run.is_over, timeout=20_000)
    return run


def test_one_blocking_finding_stops_all_of_it_and_nothing_is_on_the_disk(
    table: Table, studio: Studio, tmp_path: Path, qtbot: QtBot
) -> None:
    run = ended(run_of(table, studio, tmp_path / "sheets", HigherPages()), qtbot)
    assert isinstance(run.error, ProductStopped)
    assert [line.partition(":")[0] for line in run.error.lines] == ["1-pier", "2-pier", "3-pier"]
    assert list(tmp_path.iterdir()) == []
    assert not products_in_order(table.document)


def test_each_is_numbered_and_kept(table: Table, studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    table.history.push(add_site(table.document, Point(10.5, 50.5), actor="Li", uuid="s"))
    run = ended(run_of(table, studio, tmp_path, BoxPages()), qtbot)
    assert run.error is None
    rows = products_in_order(table.document)
    assert [(row.name, row.number, row.state, row.issued_by) for row in rows] == [
        (f"Pier {at}", str(at), "issued", "Anna A.") for at in (1, 2, 3)
    ]
    assert all(len(row.sha256) == 64 for row in rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-pier.png", "2-pier.png", "3-pier.png"]


@pytest.mark.parametrize("is_kept", [True, False])
def test_one_that_was_stopped_goes_on_with_its_numbers_and_issues_none_twice(
    table: Table, studio: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    """Also where it died between the file and the case, so that the file is there and not kept."""
    run = run_of(table, studio, tmp_path, BoxPages())
    if not is_kept:
        monkeypatch.setattr(BatchIssue, "issue", lambda *_: run.cancel())
    run.progressed.connect(lambda _done: run.cancel())
    ended(run, qtbot)
    monkeypatch.undo()
    drafts = {row.name: (row.number, row.issued_at) for row in products_in_order(table.document)}
    assert [number for number, _ in drafts.values()] == ["1", "2", "3"]
    assert bool(drafts["Pier 1"][1]) == is_kept
    first = (tmp_path / "1-pier.png").stat().st_mtime_ns
    again = ended(run_of(table, studio, tmp_path, BoxPages()), qtbot)
    assert (again.error, again.skipped) == (None, 1)
    assert (tmp_path / "1-pier.png").stat().st_mtime_ns == first
    rows = products_in_order(table.document)
    assert [(row.number, bool(row.issued_at), row.version) for row in rows] == [
        ("1", True, 1),
        ("2", True, 1),
        ("3", True, 1),
    ]


def test_drafts_that_were_stopped_are_not_gone_on_with_as_issued(table: Table) -> None:
    digests = {state: batch_digest(table.document, ITEMS, ".png", state) for state in ("draft", "issued", "published")}
    assert len(set(digests.values())) == 3
