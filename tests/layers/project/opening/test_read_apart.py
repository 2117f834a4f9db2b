"""A case is read by a process of its own: what it costs is that process, and the window gets values."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from layers.errors import CaseDamaged, CaseTooNew, GeoloupeError, ReaderTimeout, TooLarge
from layers.pool.protocol import Answer
from layers.pool.reader_process import ReaderDied, ReaderProcess
from layers.project.opening import intake
from layers.project.opening.case_process import CaseInline, CaseProcess, load_case_ops
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.validation_report import validate
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import write_case
from layers.readers.environment import Profile
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import BLOBS, read_case, rich_document, state


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("apart") / "saved.gpkg"
    write_case(rich_document(), path, blobs=BLOBS)
    return path


@pytest.fixture
def case(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(saved, tmp_path / "case.gpkg"))


@pytest.mark.bounded
def test_the_process_gives_what_the_same_code_gives_here(case: Path) -> None:
    apart, here = intake.read_case(case), read_case(case)
    assert state(apart.document) == state(here.document)
    assert apart.fingerprint == here.fingerprint
    assert (apart.problems, apart.foreign, apart.integrity) == (here.problems, here.foreign, here.integrity)


PROBE = """
import sys
from pathlib import Path
import sqlite3
opened = []
connect = sqlite3.connect
def watched(path, *arguments, **options):
    opened.append(str(path))
    return connect(path, *arguments, **options)
sqlite3.connect = watched
from layers.project.opening.intake import read_case
from layers.project.storage.sqlite_file import is_case
from layers.project.opening.validation_report import validate
if __name__ == "__main__":
    path = Path(sys.argv[1])
    assert is_case(path)
    read_case(path), validate(path)
    print(opened)
"""


@pytest.mark.bounded
def test_the_window_never_opens_a_case_with_sqlite(case: Path, tmp_path: Path) -> None:
    script = tmp_path / "probe.py"
    script.write_text(PROBE)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    command = [sys.executable, str(script), str(case)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "[]", done.stderr


def test_a_process_that_is_killed_costs_one_sentence(case: Path) -> None:
    process = CaseProcess()
    with CaseReader.open(case, asks=process) as reader:
        process.interrupt()
        with pytest.raises(CaseDamaged, match=r"case\.gpkg.*ended the process") as caught:
            intake.take_rows(case, reader)
    assert "\n" not in caught.value.sentence


class Handed:
    """A process that was started ahead, and is asked for nothing."""

    def __init__(self) -> None:
        self.closed = 0

    def ask(self, *_: Any) -> Answer:
        raise AssertionError("asked")

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("name", ["no.gpkg", "folder", "text.gpkg"])
@pytest.mark.parametrize("way", ["read", "work", "validate"])
def test_a_process_that_was_handed_over_ends_where_the_file_is_refused_before(
    tmp_path: Path, name: str, way: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.gpkg").write_text("no case")
    process, path = Handed(), tmp_path / name
    ways: dict[str, Callable[[], object]] = {
        "read": lambda: intake.read_case(path, asks=process),
        "work": lambda: open_for_work(tmp_path / "sessions", path, asks=process),
        "validate": lambda: validate(path, process),
    }
    with pytest.raises(GeoloupeError, match=name):
        ways[way]()
    assert process.closed


def test_a_process_that_did_not_start_leaves_the_case_as_it_was(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: ReaderProcess) -> None:
        raise ReaderDied("no memory")

    monkeypatch.setattr(ReaderProcess, "start", refuse)
    with pytest.raises(ReaderTimeout, match=r"case\.gpkg.*as it was: the process that reads cases did not start"):
        intake.read_case(case)


@pytest.mark.timeout(20)
def test_f85_without_memory_for_its_process_a_case_is_not_waited_for(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: ReaderProcess) -> None:
        raise MemoryError

    monkeypatch.setattr(ReaderProcess, "start", refuse)
    with pytest.raises(ReaderTimeout, match=r"case\.gpkg.*as it was: the process that reads cases did not start"):
        intake.read_case(case)


def test_a_process_that_hangs_is_given_up(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(self: ReaderProcess, *_arguments: Any) -> Answer:
        self.kill()
        raise TimeoutError

    monkeypatch.setattr(ReaderProcess, "ask", hang)
    with pytest.raises(ReaderTimeout, match=r"case\.gpkg.*given up"):
        intake.read_case(case)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"numbers": [1], "columns": {"uuid": ["a", "b"]}, "is_last": True},
        {"numbers": ["1"], "columns": {"uuid": ["a"]}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": {"texts": ["a"], "of": [7]}}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": [["nested"]]}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": [{"bytes": "no base64!"}]}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": 5}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": [{"size": float("inf")}]}, "is_last": True},
        {"numbers": [1], "columns": {"uuid": [{"size": 10**5000}]}, "is_last": True},
    ],
)
def test_answers_that_do_not_fit_together_are_refused(case: Path, header: dict[str, Any]) -> None:
    class Babbling(CaseInline):
        def ask(self, op: str, *more: Any) -> Answer:
            return Answer(header) if op == "rows" else super().ask(op, *more)

    with CaseReader.open(case, asks=Babbling()) as reader, pytest.raises(CaseDamaged, match="nothing that fits"):
        reader.each_chunk("claims", {"uuid": 1}, lambda _: None)


def test_the_process_knows_no_gdal(case: Path) -> None:
    code = (
        "import sys; from layers.project.opening.case_process import load_case_ops\n"
        "from layers.readers.environment import Profile\n"
        "load_case_ops(Profile.CASE)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('rasterio', 'pyogrio', 'geopandas', 'cv2', 'PySide6')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert load_case_ops(Profile.CASE) is not None


# -- nothing of the file's own is evaluated ---------------------------------------------------------------------------

NESTED = "hex(zeroblob(2000000))"


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    "statements",
    [
        ("ALTER TABLE claims ADD COLUMN slow TEXT AS (hex(zeroblob(100000000))) VIRTUAL",),
        (
            "CREATE TABLE replacement (id INTEGER PRIMARY KEY, uuid TEXT, statement TEXT CHECK (length("
            + NESTED
            + ") > 0), big TEXT AS ("
            + NESTED
            + ") STORED, rev INTEGER)",
            "DROP TABLE claims",
            "ALTER TABLE replacement RENAME TO claims",
        ),
        ("CREATE INDEX slow ON claims (length(hex(zeroblob(10000000))))",),
        (f"CREATE TABLE other (a TEXT DEFAULT ({NESTED}), b TEXT GENERATED ALWAYS AS ({NESTED}))",),
    ],
    ids=["generated", "check", "index", "elsewhere"],
)
def test_f76_no_expression_of_the_file_is_evaluated(case: Path, statements: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(case)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    start = time.monotonic()
    intake.read_case(case)
    assert time.monotonic() - start < 10


@pytest.mark.bounded
def test_f76_a_small_file_of_costly_checks_holds_nothing_up(case: Path) -> None:
    """594 KB that held SQLite's quick check for two minutes: a generated column over many rows."""
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT 'c' || i FROM n"
    change(
        case,
        "DROP TABLE comments",
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, uuid TEXT, target_uuid TEXT)",
        f"INSERT INTO comments (uuid) {many}",
    )
    computed = "hex(zeroblob(20000000))"
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = 'CREATE TABLE comments (id INTEGER PRIMARY KEY, uuid TEXT, target_uuid "
            f"TEXT, body TEXT AS ({computed}) VIRTUAL NOT NULL CHECK (length(body) > 0))' WHERE name = 'comments'"
        )
        connection.commit()
    start = time.monotonic()
    intake.read_case(case)
    assert time.monotonic() - start < 10


@pytest.mark.bounded
def test_a_collation_of_others_is_not_asked_for(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        connection.create_collation("theirs", lambda a, b: (a > b) - (a < b))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'statement TEXT', 'statement TEXT COLLATE theirs'), "
            "type = type WHERE name = 'claims'"
        )
        connection.commit()
    assert intake.read_case(case).document.claims["claim-1"].statement == "Something is so"


def test_a_column_that_calls_itself_rowid_does_not_turn_the_reading_in_circles(case: Path) -> None:
    change(case, "ALTER TABLE claims ADD COLUMN rowid INTEGER", "UPDATE claims SET rowid = 5")
    assert len(read_case(case).document.claims) == 2
    change(
        case,
        "ALTER TABLE sources ADD COLUMN rowid TEXT",
        "ALTER TABLE sources ADD COLUMN oid TEXT",
        "ALTER TABLE sources ADD COLUMN _rowid_ TEXT",
    )
    assert len(read_case(case).document.sources) == 1


def test_a_case_of_many_thousand_tables_is_refused(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("CREATE TABLE t0 (a)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5100) INSERT INTO sqlite_master "
            "SELECT 'table', 't' || i, 't' || i, rootpage, 'CREATE TABLE t' || i || ' (a)' FROM n, sqlite_master "
            "WHERE name = 't0'"
        )
        connection.commit()
    with pytest.raises(TooLarge, match="tables"):
        read_case(case)


# -- memory -------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_chips_are_not_read_when_a_case_is_opened(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        for number in range(12):
            connection.execute(
                "INSERT INTO chips (data, content_type, uuid) VALUES (zeroblob(20000000), 'image/png', ?)",
                (f"c{number}",),
            )
        connection.commit()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(read_case(case).document.chips) == 13
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 100


def test_a_case_with_a_version_number_of_any_length_is_too_new(case: Path) -> None:
    change(case, f"UPDATE loupe_meta SET value = '{'9' * 5000}' WHERE key = 'min_reader_version'")
    with pytest.raises(CaseTooNew):
        read_case(case)


@pytest.mark.bounded
def test_f80_a_note_of_many_megabytes_costs_itself(case: Path) -> None:
    change(case, "UPDATE claims SET statement = hex(zeroblob(50000000)) WHERE uuid = 'claim-2'")
    found = read_case(case)
    assert found.document.claims["claim-1"].statement == "Something is so"
    assert len(found.document.claims["claim-2"].statement) == 0
    assert any("statement is too large" in problem for problem in found.problems)
