"""Content of other programs outlives our saves, and their edits become history."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from layers.document.edit import Change, Edit
from layers.errors import SaveFailed
from layers.project.opening.intake import Intake
from layers.project.opening.outside_edits import ELSEWHERE
from layers.project.opening.validation_report import validate
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.schema import STYLES_KEY
from tests.support.cases.case_contents import rows
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import BLOBS, open_for_work, read_case, relabel, rich_document, state
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path, blobs=BLOBS)
    return path


def opened(case: Path) -> tuple[Intake, WorkingCopy]:
    return open_for_work(case.parent / "sessions", case)


def edit_and_save(case: Path, label: str = "ours", to: Path | None = None) -> Intake:
    """Open the case, rename a site, save it."""
    intake, work = opened(case)
    work.append(relabel(intake.document, label), "me")
    publish(work, to or case)
    work.close()
    return intake


# -- columns ------------------------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_a_column_of_theirs_keeps_its_values(case: Path) -> None:
    change(
        case,
        'ALTER TABLE site_point ADD COLUMN "roof; colour" TEXT(20)',
        "ALTER TABLE claims ADD COLUMN weight DOUBLE",
        "UPDATE site_point SET \"roof; colour\" = 'blue'",
        "UPDATE claims SET weight = 0.1 WHERE uuid = 'claim-1'",
    )
    for number in range(2):
        edit_and_save(case, str(number))
    assert rows(case, 'SELECT label, "roof; colour" FROM site_point') == [("1", "blue")]
    assert rows(case, "SELECT uuid, weight FROM claims ORDER BY id") == [("claim-1", 0.1), ("claim-2", None)]
    kinds = {name: kind for _, name, kind, *_ in rows(case, "PRAGMA table_info(site_point)")}
    assert kinds["roof; colour"] == "TEXT(20)"
    assert read_case(case).problems == ()


@pytest.mark.bounded
def test_a_row_that_is_deleted_and_undone_has_their_values_again(case: Path) -> None:
    change(case, "ALTER TABLE site_point ADD COLUMN roof TEXT", "UPDATE site_point SET roof = 'blue'")
    intake, work = opened(case)
    gone = Edit("delete", (Change("sites", intake.document.sites["site-point"], None),))
    work.append(gone, "me")
    publish(work, case)
    assert rows(case, "SELECT count(*) FROM site_point") == [(0,)]
    work.append(gone.inverse(), "me")
    publish(work, case)
    work.close()
    assert rows(case, "SELECT uuid, roof FROM site_point") == [("site-point", "blue")]


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("delta", ["-1", "{", '{"roof": 5}', '{"roof": [{"base64": "é"}, 1]}', '{"roof": {}}', None, 7])
def test_a_history_that_is_none_stops_no_undo(case: Path, delta: object) -> None:
    change(case, "ALTER TABLE site_point ADD COLUMN roof TEXT", "UPDATE site_point SET roof = 'blue'")
    intake, work = opened(case)
    gone = Edit("delete", (Change("sites", intake.document.sites["site-point"], None),))
    work.append(gone, "me")
    with closing(sqlite3.connect(work.path)) as connection, connection:
        connection.execute("UPDATE loupe_history SET delta_json = ? WHERE op = 'delete'", (delta,))
    work.append(gone.inverse(), "me")
    publish(work, case)
    work.close()
    assert rows(case, "SELECT uuid FROM site_point") == [("site-point",)]


def test_row_numbers_stay(case: Path) -> None:
    """Other programs may count on them."""
    change(case, "UPDATE site_point SET fid = 77", "UPDATE rtree_site_point_geom SET id = 77")
    edit_and_save(case)
    assert rows(case, "SELECT fid, uuid FROM site_point") == [(77, "site-point")]


def test_a_row_number_at_the_end_of_all_numbers_stops_nothing(case: Path) -> None:
    change(case, f"UPDATE site_point SET fid = {2**63 - 1}", "DELETE FROM rtree_site_point_geom")
    intake, work = opened(case)
    site = replace(intake.document.sites["site-point"], uuid="new")
    work.append(Edit("add", (Change("sites", None, site),)), "me")
    publish(work, case)
    work.close()
    assert len(read_case(case).document.sites) == 5


@pytest.mark.bounded
@pytest.mark.parametrize("names", [("rowid",), ("oid", "RowID"), ("rowid", "_rowid_", "oid")])
def test_columns_called_as_row_numbers_are_hide_no_row(case: Path, names: tuple[str, ...]) -> None:
    change(case, *TRACKS)
    looks = [
        "SELECT uuid, data FROM chips",
        "SELECT uuid, data FROM source_files",
        "SELECT uuid, source_json FROM loupe_layers",
        "SELECT * FROM tracks",
        "SELECT uuid, statement FROM claims",
    ]
    before = [rows(case, look) for look in looks]
    for table in ("chips", "source_files", "loupe_layers", "claims", "tracks"):
        change(case, *(f"ALTER TABLE {table} ADD COLUMN {name} TEXT DEFAULT 'x'" for name in names))
    theirs = [(*row, *("x" for _ in names)) for row in before[3]]
    for number in range(2):
        edit_and_save(case, str(number))
    found = [rows(case, look) for look in looks]
    assert found == [*before[:3], theirs, before[4]]
    assert before[0] == [("chip", BLOBS["chips", "chip"])]


# -- tables ---------------------------------------------------------------------------------------------------------

TRACKS = (
    "CREATE TABLE tracks (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom LINESTRING, name TEXT(30) NOT NULL, "
    "weird BLOB, UNIQUE (name))",
    "INSERT INTO tracks SELECT 5, geom, 'Дорога', x'00ff' FROM site_line",
    "INSERT INTO tracks VALUES (9, NULL, 'no place', 1.5)",
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('tracks', 'features', 'T', 4326)",
    "INSERT INTO gpkg_geometry_columns VALUES ('tracks', 'geom', 'MULTILINESTRING', 4326, 0, 0)",
    "INSERT INTO gpkg_extensions VALUES ('tracks', 'geom', 'gpkg_rtree_index', 'http://x', 'write-only')",
    "CREATE TABLE notes (who TEXT, what, PRIMARY KEY (who))",
    "INSERT INTO notes VALUES ('a', 1), ('b', x'cafe'), ('c', NULL)",
    "CREATE INDEX notes_what ON notes (what)",
    "INSERT INTO layer_styles (f_table_name, styleName, styleQML) VALUES ('tracks', 'mine', '<qgis/>')",
    "INSERT INTO qgis_projects VALUES ('my project', '{}', 'abc')",
    "INSERT INTO gpkg_spatial_ref_sys VALUES ('s', 3857, 'EPSG', 3857, 'x', '')",
    "INSERT INTO gpkg_metadata VALUES (7, 'dataset', 'http://x', 'text/plain', 'by them')",
    "INSERT INTO gpkg_metadata_reference (reference_scope, table_name, md_file_id) VALUES ('table', 'tracks', 7)",
)


def theirs(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    queries = {
        "tracks": "SELECT * FROM tracks ORDER BY fid",
        "notes": "SELECT * FROM notes ORDER BY who",
        "contents": "SELECT data_type, srs_id FROM gpkg_contents WHERE table_name = 'tracks'",
        "geometry": "SELECT * FROM gpkg_geometry_columns WHERE table_name = 'tracks'",
        "extension": "SELECT extension_name, scope FROM gpkg_extensions WHERE table_name = 'tracks'",
        "style": "SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = 'tracks'",
        "project": "SELECT name, metadata, content FROM qgis_projects WHERE name = 'my project'",
        "srs": "SELECT * FROM gpkg_spatial_ref_sys WHERE srs_id = 3857",
        "metadata": "SELECT metadata, table_name FROM gpkg_metadata m JOIN gpkg_metadata_reference r "
        "ON r.md_file_id = m.id WHERE r.reference_scope = 'table'",
    }
    return {name: rows(path, sql) for name, sql in queries.items()}


@pytest.mark.bounded
def test_tables_layers_styles_projects_and_metadata_of_theirs_stand_as_they_stood(case: Path) -> None:
    change(case, *TRACKS)
    before = theirs(case)
    for number in range(2):
        edit_and_save(case, str(number))
        assert theirs(case) == before
    assert rows(case, "SELECT id FROM rtree_tracks_geom") == [(5,)]
    assert rows(case, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'tracks'") == [(2,)]
    assert rows(case, "SELECT name FROM sqlite_master WHERE name = 'notes_what'") == [("notes_what",)]
    triggers = rows(
        case, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'rtree_tracks_geom_%'"
    )
    assert triggers == [(7,)]
    assert read_case(case).problems == ()


@pytest.mark.bounded
def test_what_is_theirs_comes_along_to_another_file(case: Path, tmp_path: Path) -> None:
    change(case, *TRACKS)
    before = theirs(case)
    edit_and_save(case, to=tmp_path / "copy.gpkg")
    assert theirs(tmp_path / "copy.gpkg") == before


@pytest.mark.bounded
def test_large_and_odd_values_cross_in_pieces(case: Path) -> None:
    change(
        case,
        "CREATE TABLE big (id INTEGER PRIMARY KEY, data)",
        "INSERT INTO big VALUES (1, zeroblob(40000000)), (2, CAST(x'ff61' AS TEXT)), (3, hex(zeroblob(15000000)))",
    )
    edit_and_save(case)
    sql = "SELECT id, typeof(data), length(CAST(data AS BLOB)) FROM big ORDER BY id"
    assert rows(case, sql) == [(1, "blob", 40_000_000), (2, "text", 2), (3, "text", 30_000_000)]
    assert rows(case, "SELECT hex(CAST(data AS BLOB)) FROM big WHERE id = 2") == [("FF61",)]


def test_views_triggers_and_computed_columns_are_said_before_anything_is_saved(case: Path) -> None:
    change(
        case,
        "CREATE VIEW all_claims AS SELECT * FROM claims",
        "CREATE TRIGGER evil AFTER INSERT ON claims BEGIN DELETE FROM sources; END",
        "ALTER TABLE sources ADD COLUMN twice TEXT AS (title || title) VIRTUAL",
        "CREATE VIRTUAL TABLE search USING fts5(body)",
    )
    before = case.read_bytes()
    said = " ".join(edit_and_save(case).problems)
    for name in (
        "view",
        "all_claims",
        "trigger",
        "evil",
        "computed column",
        "sources.twice",
        "virtual table",
        "search",
    ):
        assert name in said
    assert said.count("will not be in the next save") == 4
    assert rows(case, "SELECT name FROM sqlite_master WHERE name IN ('all_claims', 'evil', 'search')") == []
    assert case.with_name("case.gpkg.bak1").read_bytes() == before


RULES_OF_THEIRS = (
    "CREATE TABLE visits (id INTEGER PRIMARY KEY, place TEXT DEFAULT 'CHECK here' COLLATE NOCASE, days INTEGER "
    "CHECK (days > 0), code TEXT UNIQUE, claim INTEGER REFERENCES claims(id))",
    "INSERT INTO visits VALUES (1, 'here', 2, 'a', 1)",
    "CREATE UNIQUE INDEX visits_some ON visits(days)WHERE(days>5)",
    "CREATE INDEX visits_low ON visits(lower(place))",
    "CREATE INDEX visits_days ON visits(days)",
    "CREATE INDEX claims_by_length ON claims(length(statement))",
    "CREATE INDEX sources_title ON sources(title)",
    "ALTER TABLE sources ADD COLUMN shelf TEXT DEFAULT 'north' CHECK (shelf <> '')",
)


def test_rules_and_indexes_that_are_not_carried_are_said_before_anything_is_saved(case: Path) -> None:
    change(case, *RULES_OF_THEIRS)
    before = case.read_bytes()
    said = edit_and_save(case).problems
    for noun, names in (
        ("3 indexes over a part of the rows or an expression", "claims_by_length, visits_low, visits_some"),
        ("1 index on a table of Geoloupe", "sources_title"),
        ("2 default values", "sources.shelf, visits.place"),
        ("2 CHECK rules", "sources, visits"),
        ("1 UNIQUE rule", "visits"),
        ("1 foreign key", "visits"),
        ("1 collation", "visits"),
    ):
        is_are = "is" if noun.startswith("1 ") else "are"
        assert f"{noun} of another program {is_are} ignored and will not be in the next save: {names}." in said
    assert rows(case, "SELECT name FROM sqlite_master WHERE tbl_name = 'visits' AND type = 'index'") == [
        ("visits_days",)
    ]
    assert rows(case, "SELECT * FROM visits") == [(1, "here", 2, "a", 1)]
    assert case.with_name("case.gpkg.bak1").read_bytes() == before
    assert not [one for one in read_case(case).problems if "next save" in one]


def test_a_validation_names_rules_and_indexes_that_are_not_carried(case: Path) -> None:
    change(case, *RULES_OF_THEIRS)
    said = " ".join(finding.sentence for finding in validate(case))
    for name in ("visits_some", "visits_low", "claims_by_length", "visits.place", "sources.shelf", "CHECK", "UNIQUE"):
        assert name in said


def test_words_of_rules_in_texts_and_names_are_no_rules(case: Path) -> None:
    change(
        case,
        'CREATE TABLE words ("CHECK" TEXT, [UNIQUE] TEXT, `REFERENCES` TEXT /* COLLATE */, plain TEXT -- CHECK\n)',
        "CREATE INDEX words_plain ON words(plain)",
    )
    assert not [one for one in read_case(case).problems if "next save" in one]


@pytest.mark.bounded
def test_a_default_style_that_they_changed_stays_theirs(case: Path) -> None:
    change(case, "UPDATE layer_styles SET styleQML = '<qgis>red</qgis>' WHERE f_table_name = 'site_point'")
    for number in range(2):
        edit_and_save(case, str(number))
    style = "SELECT styleQML FROM layer_styles WHERE f_table_name = 'site_point'"
    assert rows(case, style) == [("<qgis>red</qgis>",)]
    (ours,) = rows(case, "SELECT count(*) FROM layer_styles WHERE f_table_name = 'site_line' AND styleQML != ''")
    assert ours == (1,)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("told", ["-1", "[]", "{", "[" * 100_000, '{"site_point/default": 5}'])
def test_a_list_of_our_styles_that_is_none_stops_no_save(case: Path, told: str) -> None:
    with closing(sqlite3.connect(case)) as connection, connection:
        connection.execute("UPDATE loupe_meta SET value = ? WHERE key = ?", (told, STYLES_KEY))
    edit_and_save(case)
    assert rows(case, "SELECT count(*) > 0 FROM layer_styles") == [(1,)]


@pytest.mark.bounded
def test_our_project_changed_in_qgis_stays_theirs_with_a_new_one_beside_it(case: Path) -> None:
    change(case, "UPDATE qgis_projects SET metadata = '{\"last_modified_user\": \"ann\"}', content = 'theirs'")
    for number in range(2):
        edit_and_save(case, str(number))
    names = "SELECT name, content = 'theirs' FROM qgis_projects ORDER BY name"
    assert rows(case, names) == [("Geoloupe", 1), ("Geoloupe, as saved", 0)]


def test_a_base_that_cannot_be_read_again_stops_a_save_but_not_save_as(case: Path, tmp_path: Path) -> None:
    change(case, *TRACKS)
    intake, work = opened(case)
    work.append(relabel(intake.document, "ours"), "me")
    assert work.base is not None
    work.base.write_bytes(b"SQLite format 3\x00" + b"x" * 5000)
    before = case.read_bytes()
    with pytest.raises(SaveFailed, match="could not be read again"):
        publish(work, case)
    assert case.read_bytes() == before
    told: list[str] = []
    publish(work, tmp_path / "elsewhere.gpkg", notice=told.append)
    work.close()
    assert "saved without what other programs" in told[0]
    assert read_case(tmp_path / "elsewhere.gpkg").document.sites["site-point"].label == "ours"


# -- bytes ----------------------------------------------------------------------------------------------------------


def blob_rows(path: Path) -> list[bytes]:
    return [data for (data,) in rows(path, "SELECT data FROM chips UNION ALL SELECT data FROM source_files")]


def test_bytes_of_chips_and_files_are_in_no_document_and_in_every_save(case: Path, tmp_path: Path) -> None:
    assert blob_rows(case) == [b"\x89PNG", b"\x00\xff"]
    edit_and_save(case)
    edit_and_save(case, to=tmp_path / "copy.gpkg")
    assert blob_rows(case) == blob_rows(tmp_path / "copy.gpkg") == [b"\x89PNG", b"\x00\xff"]


def test_a_chip_deleted_saved_and_undone_has_its_bytes_again(case: Path) -> None:
    intake, work = opened(case)
    gone = Edit("delete", (Change("chips", intake.document.chips["chip"], None),))
    work.append(gone, "me")
    publish(work, case)
    assert blob_rows(case) == [b"\x00\xff"]
    work.append(gone.inverse(), "me")
    publish(work, case)
    work.close()
    assert blob_rows(case) == [b"\x89PNG", b"\x00\xff"]


def test_a_chip_pasted_elsewhere_brings_its_bytes(case: Path) -> None:
    change(
        case,
        "INSERT INTO chips (data, content_type, uuid, site_uuid) VALUES (x'AABB', 'image/png', 'chip', 'site-point'), "
        "(x'CCDD', 'image/png', NULL, 'site-point')",
    )
    edit_and_save(case)
    assert blob_rows(case) == [b"\x89PNG", b"\xaa\xbb", b"\xcc\xdd", b"\x00\xff"]


def test_a_new_chip_brings_its_bytes(case: Path) -> None:
    intake, work = opened(case)
    work.blobs.put("chips", "new", b"fresh")
    work.append(Edit("chip", (Change("chips", None, replace(intake.document.chips["chip"], uuid="new")),)), "me")
    publish(work, case)
    work.close()
    assert blob_rows(case) == [b"\x89PNG", b"fresh", b"\x00\xff"]


def thumbnails(path: Path) -> list[bytes | None]:
    return [
        data for (data,) in rows(path, "SELECT thumbnail FROM chips UNION ALL SELECT thumbnail FROM loupe_bookmarks")
    ]


@pytest.mark.bounded
def test_small_pictures_are_in_every_save_and_come_back_with_an_undo(case: Path) -> None:
    assert thumbnails(case) == [b"small", b"smaller"]
    edit_and_save(case)
    assert thumbnails(case) == [b"small", b"smaller"]
    intake, work = opened(case)
    chip = intake.document.chips["chip"]
    gone = Edit("delete", (Change("chips", chip, None),))
    work.append(gone, "me")
    publish(work, case)
    assert thumbnails(case) == [b"smaller"]
    work.append(gone.inverse(), "me")
    work.append(Edit("chip", (Change("chips", None, replace(chip, uuid="plain")),)), "me")
    work.blobs.put("chips", "plain", b"no small picture")
    publish(work, case)
    work.close()
    assert thumbnails(case) == [b"small", None, b"smaller"]
    edit_and_save(case)
    assert thumbnails(case) == [b"small", None, b"smaller"]
    assert rows(case, "SELECT data FROM chips ORDER BY id") == [(b"\x89PNG",), (b"no small picture",)]


def test_a_chip_pasted_elsewhere_brings_its_small_picture(case: Path) -> None:
    change(
        case,
        "INSERT INTO chips (data, content_type, uuid, thumbnail) VALUES (x'AA', 'image/png', 'chip', x'BB'), "
        "(x'CC', 'image/png', NULL, NULL)",
    )
    edit_and_save(case)
    assert thumbnails(case) == [b"small", b"\xbb", None, b"smaller"]


@pytest.mark.bounded
def test_a_column_of_theirs_with_the_name_of_our_bytes_is_kept(case: Path) -> None:
    change(case, "ALTER TABLE sources ADD COLUMN data TEXT", "UPDATE sources SET data = 'theirs'")
    for number in range(2):
        edit_and_save(case, str(number))
        assert rows(case, "SELECT data FROM sources") == [("theirs",)]


# -- history --------------------------------------------------------------------------------------------------------


def outside(case: Path) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(table, uuid, op, delta) of what the history says of other programs."""
    found = rows(case, "SELECT table_name, row_uuid, op, delta_json, actor FROM loupe_history ORDER BY seq")
    return [(table, uuid, op, json.loads(delta)) for table, uuid, op, delta, actor in found if actor == ELSEWHERE]


@pytest.mark.bounded
def test_an_edit_elsewhere_becomes_history(case: Path) -> None:
    change(
        case,
        "UPDATE site_point SET label = 'Theirs', geom = (SELECT geom FROM site_point LIMIT 1)",
        "DELETE FROM sources",
        "INSERT INTO claims (uuid, statement) VALUES (NULL, 'theirs')",
    )
    intake = edit_and_save(case)
    assert "Edited by another program: 1 row added, 1 row changed, 1 row deleted" in " ".join(intake.problems)
    told = {(table, op): (uuid, delta) for table, uuid, op, delta in outside(case)}
    assert told["site_point", "update"] == ("site-point", {"label": ["Jiuquan", "Theirs"]})
    assert told["sources", "delete"][0] == "source"
    assert told["sources", "delete"][1]["title"] == ["A report", None]
    assert told["claims", "insert"][1]["statement"] == [None, "theirs"]
    # told once: what was saved since then is ours
    assert len(outside(case)) == 3
    edit_and_save(case, "again")
    assert len(outside(case)) == 3


def test_a_site_moved_elsewhere_is_told_with_both_places(case: Path) -> None:
    change(case, "UPDATE site_point SET geom = x'47500001E6100000010100000000000000000014400000000000001840'")
    edit_and_save(case)
    ((old, new),) = rows(case, f"SELECT hex(old_geom), hex(new_geom) FROM loupe_history WHERE actor = '{ELSEWHERE}'")
    assert old != new
    assert new.endswith("00000000000014400000000000001840")
    assert read_case(case).document.sites["site-point"].geometry.x == 5


def test_what_nobody_touched_is_not_told(case: Path) -> None:
    change(case, "ALTER TABLE claims ADD COLUMN weight DOUBLE")
    edit_and_save(case)
    assert outside(case) == []


@pytest.mark.bounded
@pytest.mark.parametrize("status", ["reviewed", "published"])
def test_a_reviewed_site_edited_elsewhere_returns_to_draft(case: Path, status: str) -> None:
    intake, work = opened(case)
    site = intake.document.sites["site-point"]
    reviewed = replace(site, status=status, reviewed_by="ann", reviewed_at="2026-01-01T00:00:00Z", rev=site.rev + 1)
    work.append(Edit("review", (Change("sites", site, reviewed),)), "ann")
    publish(work, case)
    work.close()
    change(case, "UPDATE site_point SET label = 'changed after the review'")
    intake = edit_and_save(case)
    assert any("edited elsewhere: a draft again" in problem for problem in intake.problems)
    site = read_case(case).document.sites["site-point"]
    assert (site.status, site.reviewed_by) == ("draft", "")


def test_values_that_were_not_taken_are_in_the_history_as_they_stood(case: Path) -> None:
    change(
        case, "UPDATE claims SET rev = 'y', likelihood_low = 1e9 WHERE id = 1", "UPDATE site_line SET geom = x'4750'"
    )
    edit_and_save(case)
    told = rows(case, "SELECT row_uuid, delta_json FROM loupe_history WHERE actor LIKE 'Geoloupe,%' ORDER BY seq")
    assert json.loads(told[0][1]) == {"rev": ["y", 1], "likelihood_low": [1e9, None]}
    assert told[1][0] == "site-line"
    assert rows(case, "SELECT hex(old_geom) FROM loupe_history WHERE row_uuid = 'site-line' AND op = 'update'")[-1] == (
        "4750",
    )


@pytest.mark.bounded
def test_a_site_without_a_place_stays_in_the_file(case: Path) -> None:
    change(case, "INSERT INTO site_point (uuid, label, geom) VALUES ('nowhere', 'only a row', NULL)")
    for number in range(2):
        edit_and_save(case, str(number))
    assert rows(case, "SELECT label, geom FROM site_point WHERE uuid = 'nowhere'") == [("only a row", None)]
    assert "nowhere" not in read_case(case).document.sites


@pytest.mark.bounded
def test_a_backup_is_kept_whatever_its_age_where_the_case_was_edited_elsewhere(case: Path) -> None:
    for number in range(3):
        change(case, f"UPDATE site_line SET label = 'theirs {number}'")
        before = case.read_bytes()
        edit_and_save(case, str(number))
        assert case.with_name("case.gpkg.bak1").read_bytes() == before


def test_opening_and_saving_changes_nothing_of_ours(case: Path) -> None:
    edit_and_save(case, "Jiuquan")
    document = rich_document()
    relabel(document, "Jiuquan")
    assert state(read_case(case).document) == state(document)


# -- by the real programs -------------------------------------------------------------------------------------------


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_a_case_edited_in_qgis_keeps_all_of_it(case: Path) -> None:
    need(system_python_has("qgis.core"), "PyQGIS")
    script = str(Path(__file__).parents[4] / "tests" / "support" / "qgis" / "qgis_edit.py")
    done = subprocess.run([SYSTEM_PYTHON, script, str(case)], capture_output=True, text=True, env=clean())
    assert done.stdout.strip().endswith("edited"), done.stderr
    tracks = rows(case, "SELECT * FROM tracks")
    project = rows(case, "SELECT hex(content) FROM qgis_projects WHERE name = 'my project'")
    intake = edit_and_save(case)
    assert intake.document.sites["site-point"].geometry.x == 101.5
    assert rows(case, "SELECT * FROM tracks") == tracks
    assert rows(case, "SELECT hex(content) FROM qgis_projects WHERE name = 'my project'") == project
    assert rows(case, "SELECT styleName FROM layer_styles WHERE f_table_name = 'tracks'") == [("a style of mine",)]
    assert rows(case, "SELECT \"colour of roof\" FROM site_point WHERE uuid = 'site-point'") == [("青い blue",)]
    told = {(table, op): delta for table, _uuid, op, delta in outside(case)}
    assert told["site_point", "update"]["label"] == ["Jiuquan", "Renamed in QGIS"]
    assert told["site_point", "insert"]["label"] == [None, "Drawn in QGIS"]
    check_with_gdal(case)


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_a_layer_added_by_ogr2ogr_is_kept(case: Path, tmp_path: Path) -> None:
    need(shutil.which("ogr2ogr") is not None, "ogr2ogr")
    features = [
        {
            "type": "Feature",
            "properties": {"n": n, "t": "2024-04-12T10:00:00Z"},
            "geometry": {"type": "Polygon", "coordinates": [[[n, 0], [n + 1, 0], [n + 1, 1], [n, 0]]]},
        }
        for n in range(300)
    ]
    (tmp_path / "new.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    command = ["ogr2ogr", "-f", "GPKG", "-update", str(case), str(tmp_path / "new.geojson"), "-nln", "neue Fläche"]
    subprocess.run(command, check=True, env=clean(), capture_output=True)
    before = rows(case, 'SELECT * FROM "neue Fläche" ORDER BY fid')
    for number in range(2):
        edit_and_save(case, str(number))
    assert rows(case, 'SELECT * FROM "neue Fläche" ORDER BY fid') == before
    assert rows(case, 'SELECT count(*) FROM "rtree_neue Fläche_geom"') == [(300,)]
    check_with_gdal(case)
    found = subprocess.run(
        ["ogrinfo", "-ro", "-so", "-spat", "10.2", "0.1", "10.8", "0.2", str(case), "neue Fläche"],
        capture_output=True,
        text=True,
        env=clean(),
    )
    assert "Feature Count: 1" in found.stdout


@pytest.mark.bounded
def test_a_case_edited_in_a_plain_shell_keeps_all_of_it(case: Path) -> None:
    need(shutil.which("sqlite3") is not None, "sqlite3")
    script = (
        "ALTER TABLE claims ADD COLUMN desk TEXT DEFAULT 'one';"
        "CREATE TABLE scratch (a, b); INSERT INTO scratch VALUES (1, 'x');"
        "UPDATE claims SET statement = 'from the shell' WHERE uuid = 'claim-2';"
    )
    subprocess.run(["sqlite3", str(case), script], check=True)
    edit_and_save(case)
    assert rows(case, "SELECT * FROM scratch") == [(1, "x")]
    assert rows(case, "SELECT desk FROM claims") == [("one",), ("one",)]
    assert outside(case) == [("claims", "claim-2", "update", {"statement": ["no place", "from the shell"]})]


def check_with_gdal(case: Path) -> None:
    done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(case)], capture_output=True, text=True, env=clean())
    assert done.returncode == 0
    assert done.stderr == ""
