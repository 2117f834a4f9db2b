"""A case of an older version: brought to ours in memory, its file as it was until it is saved, and a backup then."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from layers.document import vocabulary
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import CaseDamaged
from layers.project.opening import migrations
from layers.project.saving.publish import publish, write_case
from layers.project.saving.session_file import NAME
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.integrity import Integrity
from layers.project.storage.tables import BY_NAME, spec_of
from layers.project.storage.versions import ADDED_COLUMNS, ADDED_TABLES, later_columns
from tests.support.cases.case_contents import rows, validate
from tests.support.cases.changed_cases import change
from tests.support.cases.older_schemas import case_of_schema_1, case_of_schema_2
from tests.support.cases.rich import open_for_work, read_case, relabel, rich_document, state

DERIVED = {
    "gpkg_contents",
    "gpkg_extensions",
    "gpkg_data_columns",
    "gpkg_data_column_constraints",
    "gpkg_metadata",
    "gpkg_metadata_reference",
    "gpkg_ogr_contents",
    "gpkgext_relations",
    "layer_styles",
    "qgis_projects",
    "loupe_meta",
    "sqlite_sequence",
}
"""Tables that a save writes anew; the facts of the case in loupe_meta are in its document."""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return case_of_schema_1(tmp_path / "case.gpkg")


def mark_role(document: Document) -> Edit:
    """A step: every site has a role."""
    changes = [Change("sites", site, replace(site, role="setting")) for site in document.sites.values()]
    return Edit("Bring the case to this version", tuple(changes))


def fail(document: Document) -> Edit:
    raise KeyError("a column that is not there")


def saved(case: Path) -> Path:
    """Open for work, and save without an edit of ours."""
    _intake, work = open_for_work(case.parent / "sessions", case)
    publish(work, case)
    work.close()
    return case


def columns(path: Path, table: str) -> set[str]:
    return {name for _, name, *_ in rows(path, f'PRAGMA table_info("{table}")')}


def plain_tables(path: Path) -> set[str]:
    found = rows(path, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    return {name for (name,) in found if not name.startswith("rtree_")}


def content(path: Path, like: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of all tables that are not derived, by the columns that they have in the case `like`."""
    found = {}
    for table in plain_tables(like) - DERIVED:
        names = ", ".join(f'"{name}"' for name in sorted(columns(like, table)))
        found[table] = rows(path, f'SELECT {names} FROM "{table}" ORDER BY 1, 2')
    return found


def test_f75_a_step_changes_the_document_and_not_the_file(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {1: mark_role})
    before = case.read_bytes()
    intake, work = open_for_work(case.parent / "sessions", case)
    assert {site.role for site in intake.document.sites.values()} == {"setting"}
    assert {site.role for site in work.read_document().sites.values()} == {"setting"}
    assert case.read_bytes() == before
    work.append(relabel(intake.document, "mine"), "me")
    publish(work, case)
    work.close()
    assert case.with_name("case.gpkg.bak1").read_bytes() == before
    assert read_case(case).schema_version == 3
    assert not rows(case, "SELECT 1 FROM loupe_history WHERE actor = 'another program' AND delta_json LIKE '%role%'")
    told = rows(case, "SELECT count(*) FROM loupe_history WHERE delta_json LIKE '%\"setting\"]%' AND op = 'update'")
    assert told[0][0] >= 3


def test_f75_a_step_that_fails_leaves_the_original(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {1: fail})
    before = case.read_bytes()
    with pytest.raises(CaseDamaged, match="older version and could not be brought to this one") as caught:
        open_for_work(case.parent / "sessions", case)
    assert "\n" not in caught.value.sentence
    assert case.read_bytes() == before
    assert list((case.parent / "sessions").iterdir()) == []


def test_a_case_of_this_version_takes_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", {1: fail})
    write_case(rich_document(), tmp_path / "new.gpkg")
    assert len(read_case(tmp_path / "new.gpkg").document.sites) == 4


# -- schema 1 to 2 ----------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_what_each_schema_added_is_what_the_two_files_differ_in(tmp_path: Path) -> None:
    one, two, three = tmp_path / "one.gpkg", tmp_path / "two.gpkg", tmp_path / "three.gpkg"
    case_of_schema_1(one)
    case_of_schema_2(two)
    write_case(Document(), three)
    for old, new, version in ((one, two, 2), (two, three, 3)):
        assert plain_tables(new) - plain_tables(old) == ADDED_TABLES[version]
        assert plain_tables(old) <= plain_tables(new)
        added = {table: columns(new, table) - columns(old, table) for table in plain_tables(old)}
        assert {table: names for table, names in added.items() if names} == ADDED_COLUMNS[version]
        assert all(columns(old, table) <= columns(new, table) for table in plain_tables(old))


def test_a_case_of_schema_1_opens_without_a_word_and_its_file_stays(case: Path) -> None:
    before = case.read_bytes()
    intake = read_case(case)
    assert (intake.schema_version, intake.problems, intake.integrity) == (1, (), Integrity.INTACT)
    assert not intake.read_only
    document = intake.document
    kinds = {site.label or uuid: site.mark_kind for uuid, site in document.sites.items()}
    assert kinds.pop("ring") == "annotation"
    assert set(kinds.values()) == {"site"}
    assert {claim.status for claim in document.claims.values()} == {"draft"}
    assert {answer.kind for answer in document.responses.values()} == {"answer"}
    ring = document.sites["ring"]
    assert (ring.status, ring.reviewed_by, ring.rev) == ("reviewed", "me", 1), "a migration is no edit of an analyst"
    assert case.read_bytes() == before


@pytest.mark.bounded
def test_a_case_of_schema_1_migrates_and_saves_and_loses_nothing(case: Path, tmp_path: Path) -> None:
    old = Path(shutil.copy(case, tmp_path / "old.gpkg"))
    before = content(old, old)
    saved(case)
    after = content(case, old)
    for table, was in before.items():
        if table == "loupe_history":
            assert after[table][: len(was)] == was or set(was) <= set(after[table])
        else:
            assert after[table] == was, table
    told = dict(rows(case, "SELECT key, value FROM loupe_meta"))
    assert (told["schema_version"], told["min_reader_version"], told["min_writer_version"]) == ("3", "1", "3")
    assert told["project_uuid"] == dict(rows(old, "SELECT key, value FROM loupe_meta"))["project_uuid"]
    again = read_case(case)
    assert (again.schema_version, again.problems, again.integrity) == (3, (), Integrity.INTACT)
    assert state(again.document) == state(read_case(old).document)
    assert case.with_name("case.gpkg.bak1").read_bytes() == old.read_bytes()
    assert [finding for finding in validate(case) if finding.severity == "error"] == []


def test_the_history_tells_the_migration_with_its_reason(case: Path) -> None:
    saved(case)
    told = rows(case, "SELECT table_name, delta_json FROM loupe_history WHERE reason = 'the case was of schema 1'")
    changed = {(table, name, pair[1]) for table, delta in told for name, pair in json.loads(delta).items()}
    assert changed == {("site_point", "mark_kind", "annotation")}, "what is as in a new row is no change"
    assert set(rows(case, "SELECT mark_kind FROM site_line")) == {("site",)}
    assert set(rows(case, "SELECT status FROM claims")) == {("draft",)}
    assert rows(case, "SELECT kind FROM responses") == [("answer",)]
    assert rows(case, "SELECT count(*) FROM loupe_history WHERE actor = 'another program'") == [(0,)]


def test_a_tombstone_of_schema_1_stays(case: Path) -> None:
    saved(case)
    assert rows(case, "SELECT uuid, table_name, deleted_by, what FROM loupe_tombstones") == [
        ("lost-chip", "chips", "me", None)
    ]


# -- schema 2 to 3 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return case_of_schema_2(tmp_path / "second.gpkg")


@pytest.mark.bounded
def test_a_case_of_schema_2_migrates_and_saves_and_loses_nothing(second: Path, tmp_path: Path) -> None:
    old = Path(shutil.copy(second, tmp_path / "old.gpkg"))
    before, kept = content(old, old), old.read_bytes()
    assert all(was for table, was in before.items() if table in BY_NAME), "each table has rows"
    intake = read_case(second)
    assert (intake.schema_version, intake.problems, intake.integrity) == (2, (), Integrity.INTACT)
    assert not intake.read_only
    assert second.read_bytes() == kept
    saved(second)
    after = content(second, old)
    for table, was in before.items():
        if table == "loupe_history":
            assert set(was) <= set(after[table])
        else:
            assert after[table] == was, table
    told = dict(rows(second, "SELECT key, value FROM loupe_meta"))
    assert (told["schema_version"], told["min_reader_version"], told["min_writer_version"]) == ("3", "1", "3")
    again = read_case(second)
    assert (again.schema_version, again.problems, again.integrity) == (3, (), Integrity.INTACT)
    assert state(again.document) == state(read_case(old).document)
    assert second.with_name("second.gpkg.bak1").read_bytes() == kept
    assert [finding for finding in validate(second) if finding.severity == "error"] == []


def test_nothing_is_invented_of_what_schema_3_added(second: Path) -> None:
    """Each new column is empty, but for the state of products; each new table too."""
    saved(second)
    for table, names in ADDED_COLUMNS[3].items():
        for name in sorted(names - {"state"}):
            assert rows(second, f"SELECT DISTINCT {name} FROM {table}") == [(None,)], (table, name)
    for table in ADDED_TABLES[3]:
        assert rows(second, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_product_of_schema_2_that_was_issued_says_so(second: Path) -> None:
    states = {uuid: product.state for uuid, product in read_case(second).document.products.items()}
    assert states == {"product": "draft", "issued": "issued", "next": "draft"}
    saved(second)
    assert dict(rows(second, "SELECT uuid, state FROM products")) == states
    told = rows(second, "SELECT row_uuid, delta_json FROM loupe_history WHERE reason = 'the case was of schema 2'")
    assert [(uuid, json.loads(delta)) for uuid, delta in told] == [("issued", {"state": ["draft", "issued"]})]
    assert rows(second, "SELECT count(*) FROM loupe_history WHERE actor = 'another program'") == [(0,)]
    assert rows(second, "SELECT rev FROM products WHERE uuid = 'issued'") == [(3,)], "it is no edit of an analyst"


def test_every_mark_and_row_of_schema_2_is_there_again(second: Path) -> None:
    """The kept case has each kind of row twice: plain, and with a value in each column."""
    document = read_case(second).document
    for table in ("sites", "claims", "sources", "source_files", "responses", "chips", "images", "observations"):
        full = next(row for uuid, row in document.table(table).items() if uuid.startswith("full-"))
        spec = spec_of(table, full)
        empty = {column.name for column in spec.plain_columns if getattr(full, column.field) in ("", (), None)}
        assert empty <= later_columns(2, spec.name) | {"number", "shape_json", "why", "product_id"}, table
    kinds = {json.loads(site.shape_json)["kind"] for site in document.sites.values() if site.shape_json}
    assert kinds == {
        *("circle", "rectangle", "arrow", "range_ring", "measurement", "text", "freehand"),
        *("callout", "numbered_marker", "shadow_height"),
    }
    assert {site.mark_kind for site in document.sites.values()} == set(vocabulary.MARK_KINDS) - {"photo"}
    assert {row.why for row in document.observations.values()} > set(vocabulary.WHYS) - {"layover", "radar shadow"}


@pytest.mark.bounded
def test_a_working_copy_that_schema_2_left_behind_is_resumed(second: Path) -> None:
    _intake, work = open_for_work(second.parent / "sessions", second)
    work.close(keep=True)
    for path in work.folder.glob("work.gpkg*"):
        path.unlink()
    left = case_of_schema_2(work.folder / "work.gpkg", "UPDATE claims SET statement = 'not saved' WHERE id = 1")
    with closing(sqlite3.connect(left)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.commit()
    resumed = WorkingCopy.resume(work.folder)
    document = resumed.read_document()
    assert document.claims["claim-1"].statement == "not saved"
    assert [document.products[uuid].state for uuid in ("product", "issued", "next")] == ["draft", "issued", "draft"]
    publish(resumed, second)
    resumed.close()
    assert read_case(second).problems == ()
    assert state(read_case(second).document) == state(document)
    assert [finding for finding in validate(second) if finding.severity == "error"] == []


TAKEN = (
    "CREATE TABLE custody (id INTEGER PRIMARY KEY, who TEXT)",
    "INSERT INTO custody (who) VALUES ('theirs')",
    "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('custody', 'attributes', 'Custody')",
    "ALTER TABLE claims ADD COLUMN alternatives TEXT",
    "UPDATE claims SET alternatives = 'their words' WHERE uuid = 'claim-1'",
    "ALTER TABLE products ADD COLUMN state TEXT",
    "UPDATE products SET state = 'theirs'",
)


@pytest.mark.bounded
def test_names_that_schema_3_takes_from_other_programs_lose_nothing(tmp_path: Path) -> None:
    case = case_of_schema_2(tmp_path / "case.gpkg", *TAKEN)
    intake = read_case(case)
    assert {claim.alternatives for claim in intake.document.claims.values()} == {""}
    assert {product.state for product in intake.document.products.values()} == {"draft", "issued"}
    assert not intake.document.table("custody")
    for _ in range(2):
        saved(case)
        assert rows(case, "SELECT who FROM custody_carried") == [("theirs",)]
        kept = rows(case, "SELECT alternatives, alternatives_carried FROM claims WHERE uuid = 'claim-1'")
        assert kept == [(None, "their words")]
        assert set(rows(case, "SELECT state_carried FROM products")) == {("theirs",)}
        assert [finding for finding in validate(case) if finding.severity == "error"] == []


# -- other programs' names --------------------------------------------------------------------------------------------

# Before version 2 another program was free to use the names that it added.
COLLIDING = (
    "ALTER TABLE chips ADD COLUMN thumbnail BLOB",
    "UPDATE chips SET thumbnail = x'AA'",
    "CREATE TABLE images (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, uuid TEXT, note TEXT)",
    "INSERT INTO images (geom, uuid, note) SELECT geom, 'theirs', 'their picture' FROM site_point LIMIT 1",
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
    "VALUES ('images', 'features', 'Images', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('images', 'geom', 'POINT', 4326, 0, 0)",
    "CREATE VIRTUAL TABLE rtree_images_geom USING rtree(id, minx, maxx, miny, maxy)",
    "INSERT INTO gpkg_extensions VALUES ('images', 'geom', 'gpkg_rtree_index', 'x', 'write-only')",
    "INSERT INTO layer_styles (f_table_name, styleName, styleQML) VALUES ('images', 'theirs', '<qgis/>')",
    "ALTER TABLE site_point ADD COLUMN folder TEXT",
    "ALTER TABLE site_point ADD COLUMN folder_carried TEXT",
    "UPDATE site_point SET folder = 'box 7', folder_carried = 'x' WHERE uuid = 'site-point'",
    "INSERT INTO gpkg_data_columns (table_name, column_name, title) VALUES ('site_point', 'folder', 'Their folder')",
)


@pytest.mark.bounded
def test_names_that_schema_2_takes_from_other_programs_lose_nothing(tmp_path: Path) -> None:
    case = case_of_schema_1(tmp_path / "case.gpkg", *COLLIDING)
    intake = read_case(case)
    assert {site.folder for site in intake.document.sites.values()} == {""}
    assert not intake.document.images
    said = " ".join(intake.problems)
    assert "the column folder of site_point is folder_carried_2 now" in said
    assert "the table images is images_carried now" in said
    for _ in range(2):  # of the first save the base is of schema 1, of the second it is of schema 2
        saved(case)
        assert rows(case, "SELECT uuid, note FROM images_carried") == [("theirs", "their picture")]
        assert rows(case, "SELECT count(*) FROM rtree_images_carried_geom") == [(1,)]
        assert rows(case, "SELECT data_type FROM gpkg_contents WHERE table_name = 'images_carried'") == [("features",)]
        styled = rows(case, "SELECT f_table_name, styleName FROM layer_styles WHERE f_table_name LIKE 'images%'")
        assert set(styled) == {("images", "Geoloupe"), ("images_carried", "theirs")}
        kept = rows(case, "SELECT folder, folder_carried, folder_carried_2 FROM site_point WHERE uuid = 'site-point'")
        assert kept == [(None, "x", "box 7")]
        assert rows(case, "SELECT thumbnail, thumbnail_carried FROM chips") == [(None, b"\xaa")]
        titles = rows(case, "SELECT column_name FROM gpkg_data_columns WHERE title = 'Their folder'")
        assert titles == [("folder_carried_2",)]
        assert [finding for finding in validate(case) if finding.severity == "error"] == []


@pytest.mark.bounded
def test_a_working_copy_that_version_1_left_behind_is_resumed_with_its_edits(tmp_path: Path) -> None:
    case = case_of_schema_1(tmp_path / "case.gpkg")
    _intake, work = open_for_work(tmp_path / "sessions", case)
    work.close(keep=True)
    left = work.folder / "work.gpkg"
    for path in work.folder.glob("work.gpkg*"):
        path.unlink()
    case_of_schema_1(left, *COLLIDING[-4:-1], "UPDATE site_point SET label = 'not saved' WHERE uuid = 'site-point'")
    with closing(sqlite3.connect(left)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DELETE FROM layer_styles")
        connection.commit()
    session = json.loads((work.folder / NAME).read_text("utf-8"))
    (work.folder / NAME).write_text(json.dumps({**session, "carries": True}), "utf-8")
    resumed = WorkingCopy.resume(work.folder)
    document = resumed.read_document()
    assert document.sites["site-point"].label == "not saved"
    assert document.sites["ring"].mark_kind == "annotation"
    assert {document.sites["site-line"].mark_kind, document.claims["claim-1"].status} == {"site", "draft"}
    resumed.append(relabel(document, "saved now"), "me")
    publish(resumed, case)
    resumed.close()
    assert read_case(case).problems == ()
    assert rows(case, "SELECT label, folder, folder_carried_2 FROM site_point WHERE uuid = 'site-point'") == [
        ("saved now", None, "box 7")
    ]
    assert WorkingCopy.resume(work.folder).read_document().sites["site-point"].label == "saved now"
    assert [finding for finding in validate(case) if finding.severity == "error"] == []


def test_a_case_that_says_no_version_keeps_what_schema_2_holds(tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path)
    for statement in (
        "UPDATE loupe_meta SET value = 'x' WHERE key = 'schema_version'",
        "DELETE FROM loupe_meta WHERE key = 'schema_version'",
    ):
        change(path, statement)
        assert read_case(path).document.images.keys() == {"image"}


def test_a_case_of_a_later_version_that_we_may_read_keeps_its_number(case: Path) -> None:
    change(case, "UPDATE loupe_meta SET value = '4' WHERE key IN ('schema_version', 'min_writer_version')")
    intake = read_case(case)
    assert (intake.schema_version, intake.read_only) == (4, True)


def test_what_another_program_changed_in_a_case_of_schema_1_is_told_and_nothing_else(case: Path) -> None:
    change(case, "UPDATE site_point SET label = 'theirs' WHERE uuid = 'site-point'")
    assert read_case(case).integrity is Integrity.EDITED
    saved(case)
    told = rows(case, "SELECT row_uuid, delta_json FROM loupe_history WHERE actor = 'another program'")
    assert [(uuid, set(json.loads(delta))) for uuid, delta in told] == [("site-point", {"label"})]
    assert rows(case, "SELECT count(*) FROM loupe_history WHERE op = 'delete'") == [(1,)]
