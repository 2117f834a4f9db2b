"""Each edit is one durable transaction with its history; nothing acknowledged is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace
from shapely.geometry import LineString, Point, box

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.rows import Comment, Custody, MetaEntry
from layers.document.site import Site
from layers.errors import DiskFull, SaveFailed
from layers.project.saving.case_writer import open_work
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.row_writer import RowStamp, RowWriter
from tests.support.cases.rich import AREA, LINE, POINT, open_for_work, read_case, relabel, rich_document, state

EDITS = "WHERE op != 'baseline'"
"""Without the rows that tell how the history began."""


@pytest.fixture
def document() -> Document:
    return rich_document()


class WriterConnection:
    """A working copy's connection. Statements that begin with one of `refusing` fail with `error`."""

    def __init__(self, path: Path) -> None:
        self.real = open_work(path)
        self.refusing: tuple[str, ...] = ()
        self.error: Exception = MemoryError()
        self.refused = 0

    def execute(self, sql: str, *values: Any) -> Any:
        if self.refusing and sql.startswith(self.refusing):
            self.refused += sql.startswith(self.refusing[0])
            raise self.error
        return self.real.execute(sql, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[WriterConnection]:
    """The connections of working copies, as they are opened; the last one is the writer's."""
    opened: list[WriterConnection] = []

    def open_one(path: Path) -> WriterConnection:
        opened.append(WriterConnection(path))
        return opened[-1]

    monkeypatch.setattr("layers.project.saving.case_writer.open_work", open_one)
    return opened


@pytest.fixture
def work(connections: list[WriterConnection], tmp_path: Path, document: Document) -> Any:
    copy = WorkingCopy.create(tmp_path / "sessions", document, target=None)
    yield copy
    copy.close()


@pytest.fixture
def connection(work: WorkingCopy, connections: list[WriterConnection]) -> WriterConnection:
    """The writer's."""
    return connections[-1]


def _rows(work: WorkingCopy, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(work.path)) as connection:
        return connection.execute(sql).fetchall()


def _apply(document: Document, work: WorkingCopy, *changes: Change) -> Edit:
    edit = Edit("edit", changes)
    document.apply(edit)
    work.append(edit, "me")
    return edit


def test_a_new_working_copy_holds_the_document(work: WorkingCopy, document: Document) -> None:
    assert state(work.read_document()) == state(document)


def test_an_edit_is_durable_after_drain_with_one_history_row_a_row(work: WorkingCopy, document: Document) -> None:
    work.append(relabel(document, "first"), "me")
    site = document.sites["site-point"]
    _apply(
        document,
        work,
        Change("sites", site, replace(site, geometry=Point(1, 2), rev=site.rev + 1)),
        Change("sites", LINE, None),
        Change("layers", None, Layer(uuid="new", kind="vector", name="n")),
    )
    work.drain()
    assert state(work.read_document()) == state(document)
    history = _rows(
        work, f"SELECT txn_uuid, actor, table_name, row_uuid, op, parent_rev, new_rev FROM loupe_history {EDITS}"
    )
    assert [row[1:] for row in history] == [
        ("me", "site_point", "site-point", "update", 3, 4),
        ("me", "site_point", "site-point", "update", 4, 5),
        ("me", "site_line", "site-line", "delete", 1, None),
        ("me", "loupe_layers", "new", "insert", None, 1),
    ]
    assert len({row[0] for row in history}) == 2
    deltas = [json.loads(text) for (text,) in _rows(work, f"SELECT delta_json FROM loupe_history {EDITS}")]
    assert deltas[0] == {"label": ["Jiuquan", "first"], "rev": [3, 4]}
    assert deltas[2]["label"] == ["Rail", None]
    geometry = _rows(work, f"SELECT old_geom IS NULL, new_geom IS NULL FROM loupe_history {EDITS}")
    assert geometry == [(1, 1), (0, 0), (0, 1), (1, 1)]


def test_a_delete_leaves_a_tombstone_that_its_undo_takes_away(work: WorkingCopy, document: Document) -> None:
    edit = _apply(document, work, Change("sites", POINT, None), Change("claims", document.claims["claim-1"], None))
    work.drain()
    assert _rows(work, "SELECT uuid, table_name, deleted_by FROM loupe_tombstones ORDER BY uuid") == [
        ("claim-1", "claims", "me"),
        ("site-point", "site_point", "me"),
    ]
    document.apply(edit.inverse())
    work.append(edit.inverse(), "me")
    work.drain()
    assert _rows(work, "SELECT * FROM loupe_tombstones") == []
    assert state(work.read_document()) == state(document)


def test_a_deleted_chip_or_kept_file_is_listed_with_what_it_was(work: WorkingCopy, document: Document) -> None:
    chip, file = document.chips["chip"], document.table("source_files")["file"]
    edit = _apply(document, work, Change("chips", chip, None), Change("source_files", file, None))
    work.drain()
    assert _rows(work, "SELECT uuid, sha256, what FROM loupe_tombstones ORDER BY uuid") == [
        ("chip", "c0", "image chip: 3 x 0 pixels"),
        ("file", "0", "kept file: a.html"),
    ]
    document.apply(edit.inverse())
    work.append(edit.inverse(), "me")
    work.drain()
    assert _rows(work, "SELECT * FROM loupe_tombstones") == []


def test_custody_is_added_once_however_often_an_edit_is_undone_and_done_again(
    work: WorkingCopy, document: Document
) -> None:
    taken = Custody(uuid="taken", table_name="chips", row_uuid="chip", event="taken")
    note = Comment(uuid="note", target_uuid="chip")
    edit = _apply(document, work, Change("custody", None, taken), Change("comments", None, note))
    for again in (edit.inverse(), edit, edit.inverse(), edit):
        document.apply(again)
        work.append(again, "me")
    work.drain()
    assert _rows(work, "SELECT uuid, event FROM custody ORDER BY id") == [("kept", "kept"), ("taken", "taken")]
    assert _rows(work, "SELECT op FROM loupe_history WHERE row_uuid = 'taken'") == [("insert",)]
    assert state(work.read_document()) == state(document)


def test_the_reason_of_an_edit_is_told_and_its_undo_has_none(work: WorkingCopy, document: Document) -> None:
    edit = replace(relabel(document, "mended"), reason="the caption was wrong")
    work.append(edit, "me")
    work.append(edit.inverse(), "me")
    work.drain()
    assert _rows(work, f"SELECT reason FROM loupe_history {EDITS}") == [("the caption was wrong",), (None,)]


def test_the_spatial_index_follows_every_kind_of_edit(work: WorkingCopy, document: Document) -> None:
    moved = replace(POINT, geometry=Point(5, 6))
    _apply(document, work, Change("sites", POINT, moved), Change("sites", AREA, None))
    _apply(document, work, Change("sites", None, Site(uuid="n", geometry=Point(-1, -2))))
    work.drain()
    boxes = _rows(work, "SELECT minx, maxx, miny, maxy FROM rtree_site_point_geom ORDER BY minx")
    assert boxes == [(-1, -1, -2, -2), (5, 5, 6, 6)]
    # a point that becomes a line leaves one table for another
    line = replace(moved, geometry=LineString([(0, 0), (3, 4)]))
    _apply(document, work, Change("sites", moved, line))
    work.drain()
    assert state(work.read_document()) == state(document)
    assert _rows(work, "SELECT minx, maxx, miny, maxy FROM rtree_site_point_geom") == [(-1, -1, -2, -2)]
    assert _rows(work, "SELECT max(maxx), count(*) FROM rtree_site_line_geom WHERE maxx < 10") == [(3, 1)]
    assert _rows(work, "SELECT count(*) FROM rtree_site_polygon_geom") == [(1,)]
    ops = _rows(work, f"SELECT table_name, op FROM loupe_history {EDITS} AND row_uuid = 'site-point' ORDER BY seq")
    assert ops == [("site_point", "update"), ("site_point", "delete"), ("site_line", "insert")]


def test_meta_is_edited_by_key_and_the_files_own_facts_stay(work: WorkingCopy, document: Document) -> None:
    old = document.table("meta")["title"]
    _apply(
        document,
        work,
        Change("meta", old, replace(old, value="B")),
        Change("meta", None, MetaEntry(uuid="x", value="")),
    )
    _apply(document, work, Change("meta", None, MetaEntry(uuid="project_uuid", value="stolen")))
    work.set_meta("viewport", "{}")
    work.drain()
    meta = dict(_rows(work, "SELECT key, value FROM loupe_meta"))
    assert (meta["title"], meta["x"], meta["viewport"]) == ("B", "", "{}")
    assert meta["project_uuid"] == work.project_uuid != "stolen"
    with pytest.raises(ValueError, match="own"):
        work.set_meta("integrity", "")


def test_the_database_is_in_wal_mode_with_full_syncs_and_no_triggers(work: WorkingCopy) -> None:
    assert _rows(work, "PRAGMA journal_mode") == [("wal",)]
    assert _rows(work, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == [(0,)]
    with closing(open_work(work.path)) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)


def test_a_connection_that_cannot_be_set_up_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk; an open one would hold the file, and be warned of."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *where, **how: opened.append(connect(*where, **how)) or opened[-1])
    (tmp_path / "work.gpkg").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        open_work(tmp_path / "work.gpkg")
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


def test_a_writer_that_fails_is_reported_once_and_catches_up(
    work: WorkingCopy, connection: WriterConnection, document: Document
) -> None:
    told: list[str] = []
    work.on_failure(told.append)
    with closing(sqlite3.connect(work.path, isolation_level=None)) as blocker:
        connection.execute("PRAGMA busy_timeout = 20")
        blocker.execute("BEGIN IMMEDIATE")
        work.append(relabel(document, "one"), "me")
        with pytest.raises(SaveFailed, match="locked"):
            work.drain()
        work.append(relabel(document, "two"), "me")
        with pytest.raises(SaveFailed, match="locked"):
            work.drain()
        assert work.failed
        assert len(told) == 1
    work.drain()
    assert work.failed == ""
    assert state(work.read_document()) == state(document)
    assert len(_rows(work, f"SELECT seq FROM loupe_history {EDITS}")) == 2


def test_f05_a_full_disk_is_said_and_the_edit_waits(
    work: WorkingCopy, connection: WriterConnection, document: Document
) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    site = document.sites["site-point"]
    _apply(document, work, Change("sites", site, replace(site, notes="x" * 1_000_000)))
    with pytest.raises(DiskFull, match="is full"):
        work.drain()
    connection.execute("PRAGMA max_page_count = 1000000")
    work.drain()
    assert state(work.read_document()) == state(document)


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quiet moment in which the writer tidies up comes at once."""
    monkeypatch.setattr("layers.project.saving.case_writer.IDLE_CHECKPOINT_S", 0.01)


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), MemoryError()], ids=["disk", "memory"])
def test_f05_a_checkpoint_that_fails_costs_nothing(
    soon: None, work: WorkingCopy, connection: WriterConnection, document: Document, tmp_path: Path, error: Exception
) -> None:
    told: list[str] = []
    work.on_failure(told.append)
    connection.refusing, connection.error = ("PRAGMA wal_checkpoint",), error
    work.append(relabel(document, "before"), "me")
    _wait_until(lambda: connection.refused > 2)
    work.append(relabel(document, "after"), "me")
    work.drain()
    assert state(work.read_document()) == state(document)
    publish(work, tmp_path / "case.gpkg")
    connection.refusing = ()
    assert told == [], "all is durable in the -wal"


@pytest.mark.parametrize("beginning", ["BEGIN", "COMMIT", "ROLLBACK"])
@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), MemoryError()], ids=["disk", "memory"])
def test_f05_f85_an_edit_that_was_refused_is_written_in_a_quiet_moment_and_the_word_is_taken_back(
    soon: None, work: WorkingCopy, connection: WriterConnection, document: Document, beginning: str, error: Exception
) -> None:
    told: list[str] = []
    work.on_failure(told.append, lambda: told.append("well"))
    connection.error = error  # a rollback is only asked for after another failure
    connection.refusing = ("ROLLBACK", "COMMIT") if beginning == "ROLLBACK" else (beginning,)
    work.append(relabel(document, "new"), "me")
    _wait_until(lambda: connection.refused > 2)
    assert work.failed == told[0]
    assert ("memory" if isinstance(error, MemoryError) else "disk I/O error") in told[0]
    assert [edit.label for edit, _ in work.unwritten] == ["rename"]
    connection.refusing = ()
    _wait_until(lambda: told[-1] == "well")
    assert (len(told), work.failed, work.unwritten) == (2, "", ())
    assert state(work.read_document()) == state(document)


def test_f85_a_save_without_memory_for_the_working_copy_writes_all_edits(
    work: WorkingCopy, connection: WriterConnection, document: Document, tmp_path: Path
) -> None:
    connection.refusing = ("BEGIN",)
    work.append(relabel(document, "new"), "me")
    with pytest.raises(SaveFailed, match="memory"):
        work.drain()
    publish(work, tmp_path / "case.gpkg")
    assert read_case(tmp_path / "case.gpkg").document.sites["site-point"].label == "new"


def test_text_that_is_no_text_fails_with_words_and_kills_nothing(work: WorkingCopy, document: Document) -> None:
    work.append(relabel(document, "\ud800"), "me")
    with pytest.raises(SaveFailed, match="not on the disk"):
        work.drain()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_of_ours_ends_the_writer_but_never_hangs(work: WorkingCopy) -> None:
    work.append(Edit("broken", (Change("sites", None, "no row"),)), "me")  # type: ignore[arg-type]
    for _ in range(2):
        with pytest.raises(SaveFailed, match="broke off"):
            work.drain()
    assert "Save As" in work.failed


def test_bulk_edits_keep_their_order(work: WorkingCopy, document: Document) -> None:
    sites = [Site(uuid=f"n{n}", geometry=Point(n, n)) for n in range(30)]
    _apply(document, work, *(Change("sites", None, site) for site in sites))
    changes: list[Change] = []
    for site in sites:
        area = replace(site, geometry=box(0, 0, 1, 1), label="area")
        changes += [Change("sites", site, None), Change("sites", None, area)]
    _apply(document, work, *changes)
    work.drain()
    assert state(work.read_document())["sites"] == state(document)["sites"]
    assert _rows(work, "SELECT count(*) FROM rtree_site_polygon_geom") == [(32,)]


def test_opening_copies_history_and_the_base_and_closing_leaves_nothing(tmp_path: Path, document: Document) -> None:
    target = tmp_path / "case.gpkg"
    write_case(document, target)
    intake, first = open_for_work(tmp_path / "s", target)
    first.append(relabel(intake.document, "renamed"), "me")
    publish(first, target)
    assert (first.folder / "base.gpkg").read_bytes() == target.read_bytes()
    first.close()
    assert list((tmp_path / "s").iterdir()) == []
    _, second = open_for_work(tmp_path / "s", target)
    assert _rows(second, f"SELECT op, row_uuid FROM loupe_history {EDITS}") == [("update", "site-point")]
    second.close()
    with pytest.raises(SaveFailed, match="closed"):
        second.append(Edit("late", ()), "me")


CHILD = """
import sys
from pathlib import Path
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import relabel, rich_document
document = rich_document()
work = WorkingCopy.create(Path(sys.argv[1]), document, target=None)
for number in range(100000):
    work.append(relabel(document, f"label {number}"), "child")
    work.drain()
    print(number, flush=True)
"""


def _killed_after(sessions: Path, count: int, extra_s: float = 0.0) -> int:
    """Kill a child after it acknowledged `count` edits; returns the last one that it acknowledged."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(sessions)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        last = -1
        while last < count - 1:
            last = int(child.stdout.readline())
        time.sleep(extra_s)
        child.kill()
        rest = child.stdout.read().split("\n")[:-1]
    return int(rest[-1]) if rest else last


def _recovered_label(sessions: Path) -> int:
    (folder,) = sessions.iterdir()
    work = WorkingCopy.resume(folder)
    document = work.read_document()
    work.close(keep=True)
    with closing(sqlite3.connect(work.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return int(document.sites["site-point"].label.split()[1])


@pytest.mark.bounded
def test_f02_kill_after_the_tenth_edit_recovers_all_ten(tmp_path: Path) -> None:
    last = _killed_after(tmp_path, 10)
    assert _recovered_label(tmp_path) >= last >= 9


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_f02_kill_at_any_moment_loses_no_acknowledged_edit(tmp_path: Path) -> None:
    for turn in range(0, 25, 3):
        sessions = tmp_path / str(turn)
        last = _killed_after(sessions, 1, extra_s=0.003 * turn)
        assert _recovered_label(sessions) in (last, last + 1)


LOOK_S = 4.0
"""Seconds that pass between two looks whether all is written; the third without news gives up."""


class SlowWriter:
    """A writer that writes one edit between two looks of who waits for it, `steps` of them in all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
        self.steps, self._now = steps, 0.0
        self._may_write, self._has_written = threading.Semaphore(0), threading.Semaphore(0)
        write = RowWriter.write_edit

        def slowly(writer: RowWriter, edit: Edit, stamp: RowStamp) -> None:
            assert self._may_write.acquire(timeout=60)
            write(writer, edit, stamp)
            self._has_written.release()

        monkeypatch.setattr(RowWriter, "write_edit", slowly)
        monkeypatch.setattr("layers.project.saving.case_writer.time", SimpleNamespace(monotonic=self._look))

    def _look(self) -> float:
        self._now += LOOK_S
        if self.steps:
            self.steps -= 1
            self._may_write.release()
            assert self._has_written.acquire(timeout=60)
        return self._now

    def go_on(self) -> None:
        """Write all that waits."""
        for _edit in range(10):
            self._may_write.release()


def test_many_edits_are_waited_for_as_long_as_the_writer_gets_on(
    work: WorkingCopy, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    SlowWriter(monkeypatch, 8)
    for number in range(8):
        work.append(relabel(document, f"label {number}"), "me")
    work.drain()
    assert len(_rows(work, f"SELECT seq FROM loupe_history {EDITS}")) == 8


def test_a_disk_that_does_not_answer_is_given_up(
    work: WorkingCopy, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SlowWriter(monkeypatch, 2)
    for number in range(4):
        work.append(relabel(document, f"label {number}"), "me")
    with pytest.raises(SaveFailed, match="the disk does not answer"):
        work.drain()
    writer.go_on()
    work.drain()
    assert len(_rows(work, f"SELECT seq FROM loupe_history {EDITS}")) == 4
