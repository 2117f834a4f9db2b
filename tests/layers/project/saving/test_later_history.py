"""The history of a large case: copied while the case is worked on, and never missing where it is needed."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.site import Site
from layers.errors import DiskFull, SaveFailed
from layers.project.opening.case_process import CaseProcess
from layers.project.saving import later_history, opened_copy
from layers.project.saving import publish as publishing
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.later_history import HistoryUnderWay, PastRows
from layers.project.saving.publish import publish
from layers.project.saving.session_file import read_session
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.schema import HISTORY_COLUMNS

EDITS = 7
KEY = "https://tiles.example.org/{z}/{x}/{y}.png?api_key=a1b2c3d4e5f60718"

pytestmark = pytest.mark.bounded


@pytest.fixture(autouse=True)
def long_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every history is a long one, of a large case, and is copied in small pieces."""
    monkeypatch.setattr(opened_copy, "SOON_COPIED_BYTES", 0)
    monkeypatch.setattr(publishing, "MANY_BYTES", 0)
    monkeypatch.setattr(later_history, "MANY_ROWS", 2)
    monkeypatch.setattr(later_history, "PIECE_ROWS", 2)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "case.gpkg"
    path.parent.mkdir()
    site = Site(uuid="site", label="0", geometry=Point(9, 50))
    document = Document({"sites": [site]})
    work = WorkingCopy.create(tmp_path / "sessions", document)
    for number in range(1, EDITS):
        rename(work, document, str(number))
    publish(work, path)
    work.close()
    return path


def rename(work: WorkingCopy, document: Document, label: str) -> None:
    site = document.sites["site"]
    edit = Edit("rename", (Change("sites", site, replace(site, label=label, rev=site.rev + 1)),))
    document.apply(edit)
    work.append(edit, "me")


def opened(case: Path, tmp_path: Path) -> tuple[WorkingCopy, Document]:
    """The case, whose history is still in its file."""
    with_work = open_for_work(tmp_path / "sessions", case, asks=CaseProcess())
    return with_work.work, with_work.intake.document


def history(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            f"SELECT seq, {', '.join(HISTORY_COLUMNS)} FROM loupe_history ORDER BY seq"
        ).fetchall()


def test_a_case_is_there_before_its_history_which_follows_whole_and_in_order(case: Path, tmp_path: Path) -> None:
    saved = history(case)
    work, document = opened(case, tmp_path)
    try:
        assert len(saved) == EDITS
        assert history(work.path) == saved[-1:]
        assert work.history_under_way == HistoryUnderWay(EDITS, 0)
        rename(work, document, "new")
        work.await_history()
        rows = history(work.path)
        assert rows[:-1] == saved
        assert rows[-1][0] == EDITS + 1
        assert work.history_under_way is None
        assert read_session(work.folder).later_history == 0
    finally:
        work.close()


def test_a_save_waits_for_the_history(case: Path, tmp_path: Path) -> None:
    saved = history(case)
    work, document = opened(case, tmp_path)
    rename(work, document, "new")
    publish(work, case)
    work.close()
    assert history(case)[:-1] == saved
    again, _document = opened(case, tmp_path)
    assert again.read_document().sites["site"].label == "new"
    again.close()


def test_after_a_crash_it_is_copied_from_the_case(case: Path, tmp_path: Path) -> None:
    saved = history(case)
    work, document = opened(case, tmp_path)
    rename(work, document, "new")
    work.drain()
    crashed = tmp_path / "sessions" / "crashed"
    shutil.copytree(work.folder, crashed)
    work.close()
    resumed = WorkingCopy.resume(crashed)
    publish(resumed, case)
    resumed.close()
    rows = history(case)
    assert rows[:-1] == saved
    assert [row[0] for row in rows] == list(range(1, EDITS + 2))


def test_f05_what_a_full_disk_did_not_take_is_copied_later(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, write, pieces, copied = history(case), PastRows.write, list[int](), list[int]()

    def refuse_second(past: PastRows, connection: sqlite3.Connection) -> None:
        pieces.append(len(past.rows))
        copied.append(0 if work.history_under_way is None else work.history_under_way.copied)
        if len(pieces) == 1:
            write(past, connection)
        else:
            past.error = DiskFull("The disk is full.")
            past.done.set()

    work, document = opened(case, tmp_path)
    try:
        monkeypatch.setattr(PastRows, "write", refuse_second)
        with pytest.raises(DiskFull):
            work.await_history()
        assert len(history(work.path)) == 1 + pieces[0]
        assert work.history_under_way == HistoryUnderWay(EDITS, pieces[0])
        assert copied[:2] == [0, pieces[0]], "how far it is shows piece by piece"
        with pytest.raises(SaveFailed):
            publish(work, case)
        assert history(case) == saved, "a file with half a history replaces nothing"
        monkeypatch.setattr(PastRows, "write", write)
        rename(work, document, "new")
        publish(work, case)
        assert history(case)[:-1] == saved
    finally:
        work.close()


def test_a_case_is_closed_while_its_history_is_copied(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, _document = opened(case, tmp_path)
    begun, write = threading.Event(), PastRows.write

    def tell(past: PastRows, connection: sqlite3.Connection) -> None:
        begun.set()
        write(past, connection)

    monkeypatch.setattr(PastRows, "write", tell)

    def wait() -> None:
        with pytest.raises(SaveFailed):
            work.await_history()

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert begun.wait(60)
    work.close()
    waiting.join(60)
    assert not work.folder.exists()


@pytest.mark.parametrize(
    "change",
    [f"UPDATE loupe_history SET seq = 1000 WHERE seq = {EDITS}", "DELETE FROM loupe_meta WHERE key = 'history'"],
    ids=["gap", "not whole"],
)
def test_a_history_that_is_not_numbered_or_not_whole_is_there_at_once(case: Path, tmp_path: Path, change: str) -> None:
    work, _document = opened(case, tmp_path)
    work.await_history()
    with closing(sqlite3.connect(work.path)) as connection:
        connection.execute(change)
        connection.commit()
    publish(work, case)
    work.close()
    again, _document = opened(case, tmp_path)
    assert len(history(again.path)) >= EDITS
    assert read_session(again.folder).later_history == 0
    again.close()


def test_the_history_of_a_case_edited_elsewhere_is_there_at_once(case: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("UPDATE sources SET title = 'elsewhere'")
        connection.execute("UPDATE loupe_meta SET value = 'elsewhere' WHERE key = 'title'")
        connection.execute("INSERT INTO loupe_meta (key, value) VALUES ('note', 'elsewhere')")
        connection.commit()
    work, _document = opened(case, tmp_path)
    assert len(history(work.path)) > EDITS
    work.close()


def test_keys_in_addresses_are_left_out_of_what_is_copied_later(case: Path, tmp_path: Path) -> None:
    work, document = opened(case, tmp_path)
    layer = Layer(uuid="layer", kind="tiles", name="Map", source_json='{"url": "https://tiles.example.org"}')
    for change in (Change("layers", None, layer), Change("layers", layer, None)):
        edit = Edit("layer", (change,))
        document.apply(edit)
        work.append(edit, "me")
    work.drain()
    with closing(sqlite3.connect(work.path)) as connection:
        connection.execute(
            "UPDATE loupe_history SET delta_json = replace(delta_json, 'https://tiles.example.org', ?)", (KEY,)
        )
        connection.commit()
    rename(work, document, "last")
    publish(work, case)
    work.close()
    assert any("a1b2c3d4" in str(row) for row in history(case))
    again, _document = opened(case, tmp_path)
    again.await_history()
    rows = history(again.path)
    again.close()
    assert len(rows) == EDITS + 3
    assert any("tiles.example.org" in str(row) for row in rows)
    assert not any("a1b2c3d4" in str(row) for row in rows)
