"""A case of others comes in as values, or is refused in one sentence; nothing of it is executed, nothing hangs."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.errors import (
    CaseDamaged,
    CaseInUse,
    CaseTooNew,
    FileMissing,
    GeoloupeError,
    NotAFile,
    NotAllowed,
    UnsupportedFormat,
)
from layers.project.opening.case_process import CaseInline
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.intake import take_rows
from layers.project.saving.publish import write_case
from layers.project.storage.integrity import Integrity
from layers.project.storage.sqlite_file import is_case
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import holding, open_for_work, read_case, rich_document, state


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intake") / "saved.gpkg"
    write_case(rich_document(), path)
    return path


@pytest.fixture
def case(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(saved, tmp_path / "case.gpkg"))


# -- refused ------------------------------------------------------------------------------------------------------


def _foreign(path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE gpkg_contents (table_name TEXT)")


def _plain_sqlite(path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE x (y)")


REFUSED: dict[str, tuple[Callable[[Path], object], type[GeoloupeError], str]] = {
    "missing": (lambda path: path.unlink(), FileMissing, "does not exist"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), NotAFile, "is a folder"),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path)), NotAFile, "no file"),
    "text": (lambda path: path.write_text("hello " * 100), UnsupportedFormat, "no GeoPackage"),
    "empty": (lambda path: path.write_bytes(b""), CaseDamaged, "is empty"),
    "a stub": (lambda path: path.write_bytes(path.read_bytes()[:50]), CaseDamaged, "cut short"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:200_000]), CaseDamaged, "is damaged"),
    "a foreign GeoPackage": (_foreign, UnsupportedFormat, "Add it to a case as a layer"),
    "another database": (_plain_sqlite, UnsupportedFormat, "no Geoloupe case"),
    "of a later version": (
        lambda path: change(path, "UPDATE loupe_meta SET value = '4' WHERE key = 'min_reader_version'"),
        CaseTooNew,
        "later Geoloupe",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_readable_case_is_refused_in_one_sentence(case: Path, what: str) -> None:
    spoil, noun, says = REFUSED[what]
    spoil(case)
    before = case.read_bytes() if case.is_file() else None
    with pytest.raises(noun, match=says) as caught:
        read_case(case)
    assert type(caught.value) is noun
    assert "\n" not in caught.value.sentence
    assert "case.gpkg" in caught.value.sentence
    assert before is None or case.read_bytes() == before
    assert {path.name for path in case.parent.iterdir()} <= {"case.gpkg"}
    if what not in ("of a later version", "truncated"):
        assert not is_case(case)


def test_f17_a_path_through_a_file_and_one_of_nulls_are_missing(case: Path) -> None:
    for path in (case / "x.gpkg", Path("a\0b.gpkg"), case.with_name("x" * 5000)):
        with pytest.raises(FileMissing):
            read_case(path)


def test_a_file_that_may_not_be_read(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(NotAllowed, match="may not be read"):
        read_case(case)


@pytest.mark.bounded
def test_f09_a_case_that_is_being_written_is_in_use(case: Path) -> None:
    with holding(case, "BEGIN EXCLUSIVE"):
        start = time.monotonic()
        with pytest.raises(CaseInUse, match="Try again"):
            read_case(case)
        assert time.monotonic() - start < 10


def test_f74_a_later_writer_version_is_read_only(case: Path) -> None:
    assert not read_case(case).read_only
    change(case, "UPDATE loupe_meta SET value = '4' WHERE key = 'min_writer_version'")
    assert read_case(case).read_only


def test_f73_a_damaged_case_names_its_backup(case: Path) -> None:
    shutil.copy(case, case.with_name("case.gpkg.bak2"))
    case.write_bytes(case.read_bytes()[:100_000])
    with pytest.raises(CaseDamaged, match=r"case\.gpkg\.bak2"):
        read_case(case)


# -- damage -------------------------------------------------------------------------------------------------------


def _flip(path: Path, offset: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ (1 << bit)]))


def _flips_found(case: Path, saved: Path, count: int, seed: int) -> int:
    rng = random.Random(seed)
    found = 0
    for _ in range(count):
        shutil.copy(saved, case)
        offset = rng.randrange(saved.stat().st_size)
        while 24 <= offset < 28:
            offset = rng.randrange(saved.stat().st_size)
        _flip(case, offset, rng.randrange(8))
        try:
            # a bit in the hash's own text damages no value: the case then says that its hash does not fit
            found += read_case(case).integrity is not Integrity.INTACT
        except GeoloupeError:
            found += 1
    return found


@pytest.mark.bounded
def test_single_flipped_bits_are_found(case: Path, saved: Path) -> None:
    assert _flips_found(case, saved, 40, seed=1) == 40


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_many_flipped_bits_are_found(case: Path, saved: Path) -> None:
    assert _flips_found(case, saved, 250, seed=2) == 250


def test_f73_a_damaged_case_can_be_read_as_far_as_it_goes(case: Path) -> None:
    at = case.read_bytes().index(b"Something is so")
    _flip(case, at, 7)  # no UTF-8 any more
    with pytest.raises(CaseDamaged):
        read_case(case)
    intake = read_case(case, accept_damage=True)
    assert intake.integrity is Integrity.DAMAGED
    assert intake.document.sites["site-point"].label == "Jiuquan"
    assert "damaged" in intake.problems[0]


# -- repaired -----------------------------------------------------------------------------------------------------


def test_an_edit_by_another_program_is_noticed_and_read(case: Path) -> None:
    change(case, "UPDATE site_point SET label = 'edited'")
    intake = read_case(case)
    assert intake.integrity is Integrity.EDITED
    assert intake.document.sites["site-point"].label == "edited"
    assert any("Another program" in problem for problem in intake.problems)


def test_missing_and_doubled_uuids_get_new_ones(case: Path) -> None:
    columns = "geom, uuid, label"
    change(
        case,
        f"INSERT INTO site_point ({columns}) SELECT geom, uuid, 'pasted' FROM site_point",
        f"INSERT INTO site_point ({columns}) SELECT geom, NULL, 'drawn' FROM site_point LIMIT 1",
        "INSERT INTO claims (uuid, statement) VALUES ('site-line', 'the uuid of a site')",
    )
    intake = read_case(case)
    labels = sorted(site.label for site in intake.document.sites.values() if site.kind == "point")
    assert labels == ["Jiuquan", "drawn", "pasted"]
    assert intake.document.sites["site-point"].label == "Jiuquan"
    assert len(intake.document.claims) == 3
    assert len(intake.document.links.claims_of_site("site-point")) == 1
    assert sum("uuid" in problem for problem in intake.problems) == 3


def test_wrong_types_become_empty_and_unknown_words_stay(case: Path) -> None:
    change(
        case,
        "UPDATE claims SET likelihood_low = 'x', state = 'rumoured', statement = x'00ff', rev = 'y' WHERE id = 1",
        'UPDATE site_point SET aliases_json = \'{"zh": "酒泉"}\', position_error_m = 500, label = 42',
        "UPDATE site_line SET aliases_json = '[[[[', position_error_m = 9e999",
        "UPDATE loupe_layers SET opacity = 'half'",
    )
    intake = read_case(case)
    claim, site = intake.document.claims["claim-1"], intake.document.sites["site-point"]
    assert (claim.likelihood_low, claim.state, claim.statement, claim.rev) == (None, "rumoured", "", 1)
    assert (site.aliases, site.position_error_m) == ((("zh", "酒泉"),), 500.0)
    assert site.label == "42"  # SQLite's own conversion of a text column
    assert intake.document.sites["site-line"].aliases == ()
    assert intake.document.sites["site-line"].position_error_m is None
    assert intake.document.layers["layer"].opacity == 1.0
    text = " ".join(intake.problems)
    assert all(name in text for name in ("likelihood_low", "statement", "rev", "aliases_json", "opacity"))


def test_what_schema_3_added_is_judged_as_the_rest(case: Path) -> None:
    change(
        case,
        "UPDATE claims SET words_kind = 'whispered', alternatives = x'00ff' WHERE id = 1",
        "UPDATE sources SET evaluated = 'perhaps', machine_json = '{'",
        "UPDATE searches SET not_searched_pct = 400",
        "UPDATE products SET state = 'burnt'",
        "UPDATE observations SET why = 'layover', target = 7",
        "UPDATE source_files SET copy_kind = 'third', proof_json = '[[['",
        'UPDATE site_polygon SET aliases_json = \'[["en", "x", {"ours": 7}]]\'',
        "UPDATE site_point SET mark_kind = 'photo'",
        "UPDATE custody SET event = 'lost', at = 5.5, row_uuid = NULL",
        "UPDATE product_rows SET row_rev = 'many', table_name = 'sqlite_master'",
        "UPDATE loupe_watch SET result_json = 'nothing'",
        "UPDATE loupe_seen SET row_rev = -1",
        "INSERT INTO custody (uuid) VALUES ('kept'), (NULL)",
    )
    intake = read_case(case)
    document = intake.document
    claim, source = document.claims["claim-1"], document.sources["source"]
    assert (claim.words_kind, claim.alternatives) == ("whispered", "")
    assert (source.evaluated, source.machine_json, source.context) == (None, "", "the other side of it")
    assert document.searches["search"].not_searched_pct is None
    assert document.products["product"].state == "burnt", "a word that we do not know stays, as those of its sisters do"
    assert (document.observations["seen"].why, document.observations["seen"].target) == ("layover", "7")
    assert document.sites["site-area"].aliases == ()
    assert document.sites["site-point"].mark_kind == "photo"
    assert not document.sites["site-point"].is_site
    assert len(document.table("custody")) == 3
    (printed,) = document.links.rows_of_product("product")
    assert (printed.row_rev, printed.table_name) == (0, "sqlite_master")
    text = " ".join(intake.problems)
    names = ("alternatives", "evaluated", "machine_json", "not_searched_pct", "proof_json", "aliases_json", "row_rev")
    assert [name for name in (*names, "result_json", "uuid") if name not in text] == []


def test_sites_without_usable_geometry_are_left_out_and_counted(case: Path) -> None:
    change(case, "INSERT INTO site_point (uuid, geom) VALUES ('a', NULL), ('b', x'4750'), ('c', 'POINT(1 2)')")
    intake = read_case(case)
    assert {site.uuid for site in intake.document.sites.values() if site.kind == "point"} == {"site-point"}
    assert any("3 sites have no usable geometry" in problem for problem in intake.problems)


def test_missing_tables_and_columns_are_taken_as_empty(case: Path) -> None:
    change(
        case,
        "DROP TABLE comments",
        "ALTER TABLE claims DROP COLUMN place_note",
        "ALTER TABLE claims ADD COLUMN new TEXT",
    )
    intake = read_case(case)
    assert dict(intake.document.table("comments")) == {}
    assert intake.document.claims["claim-1"].place_note == ""
    assert any("comments" in problem for problem in intake.problems)
    assert any("place_note" in problem for problem in intake.problems)


def test_a_case_of_empty_rows_is_read(case: Path) -> None:
    change(case, "DELETE FROM claims", "INSERT INTO claims (id) VALUES (1), (2)")
    assert len(read_case(case).document.claims) == 2


# -- side files ---------------------------------------------------------------------------------------------------

LEAVE_WAL = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("UPDATE claims SET statement = 'in the wal'")
connection.commit()
os._exit(9)
"""


def test_edits_in_a_left_over_wal_are_read_and_the_files_stay_as_they_are(case: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVE_WAL, str(case)], check=False)
    before = {path.name: path.read_bytes() for path in case.parent.iterdir() if not path.name.endswith("-shm")}
    assert "case.gpkg-wal" in before
    assert read_case(case).document.claims["claim-1"].statement == "in the wal"
    assert {path.name: path.read_bytes() for path in case.parent.iterdir() if not path.name.endswith("-shm")} == before


def test_reading_leaves_no_file_beside_a_case(case: Path) -> None:
    read_case(case)
    change(case, "PRAGMA journal_mode = WAL")
    read_case(case)
    assert [path.name for path in case.parent.iterdir()] == ["case.gpkg"]


# -- hostile ------------------------------------------------------------------------------------------------------

BOMB = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def test_f76_a_view_instead_of_a_table_is_never_run(case: Path) -> None:
    columns = "NULL AS uuid, NULL AS statement"
    change(case, "DROP TABLE claims", f"CREATE VIEW claims AS SELECT {columns}, ({BOMB}) AS rev")
    start = time.monotonic()
    intake = read_case(case)
    assert time.monotonic() - start < 2
    assert dict(intake.document.claims) == {}
    assert any("view" in problem for problem in intake.problems)


def test_f76_views_and_triggers_of_others_are_named_and_ignored(case: Path) -> None:
    change(
        case,
        f"CREATE VIEW bomb AS {BOMB}",
        "CREATE TRIGGER evil AFTER INSERT ON claims BEGIN DELETE FROM sources; END",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('bomb', 'attributes', 'bomb')",
    )
    assert is_case(case)
    intake = read_case(case)
    said = " ".join(intake.problems)
    assert "1 view of another program is ignored and will not be in the next save: bomb" in said
    assert "1 trigger of another program is ignored and will not be in the next save: evil" in said


def test_f76_generated_columns_are_not_computed(case: Path) -> None:
    change(
        case,
        "ALTER TABLE claims DROP COLUMN marking",
        "ALTER TABLE claims ADD COLUMN marking TEXT AS (hex(zeroblob(100000000))) VIRTUAL",
    )
    start = time.monotonic()
    assert read_case(case).document.claims["claim-1"].marking == ""
    assert time.monotonic() - start < 2


def test_f76_a_virtual_table_in_the_place_of_ours_is_not_read(case: Path) -> None:
    change(case, "DROP TABLE comments", "CREATE VIRTUAL TABLE comments USING rtree(id, a, b)")
    assert dict(read_case(case).document.table("comments")) == {}


def test_loupe_meta_as_a_view_is_no_case(case: Path) -> None:
    change(case, "DROP TABLE loupe_meta", f"CREATE VIEW loupe_meta AS SELECT ({BOMB}) AS key, '' AS value")
    start = time.monotonic()
    assert not is_case(case)
    with pytest.raises(UnsupportedFormat):
        read_case(case)
    assert time.monotonic() - start < 2


def test_a_deadline_stops_what_takes_too_long(case: Path) -> None:
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT i FROM n"
    change(case, f"INSERT INTO comments (body) {many}")
    with (
        CaseReader.open(case, asks=CaseInline(), timeout_s=0) as reader,
        pytest.raises(CaseDamaged, match="interrupted"),
    ):
        take_rows(case, reader)


def test_numbers_in_meta_that_are_none_count_as_the_first_version(case: Path) -> None:
    change(case, "UPDATE loupe_meta SET value = '²' WHERE key = 'min_reader_version'")
    assert read_case(case).schema_version == 3


def test_a_hostile_case_can_become_a_working_copy(case: Path, tmp_path: Path) -> None:
    change(
        case,
        "DROP TABLE loupe_history",
        f"CREATE VIEW loupe_history AS {BOMB}",
        "CREATE TRIGGER evil AFTER INSERT ON claims BEGIN DELETE FROM sources; END",
    )
    intake, work = open_for_work(tmp_path / "s", case)
    assert state(work.read_document()) == state(intake.document)
    with closing(sqlite3.connect(work.path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'evil'").fetchone() == (0,)
    work.close()


def test_an_empty_case_is_a_case(tmp_path: Path) -> None:
    path = tmp_path / "empty.gpkg"
    write_case(Document(), path)
    assert is_case(path)
    assert state(read_case(path).document) == state(Document())
