"""The schema stands whole from the start; its names are the design's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.project.saving.publish import write_case

STAMPS = "created_at created_by modified_at modified_by rev"
SITE = (
    "fid geom uuid layer_uuid class_code label aliases_json notes role location_country operator_country "
    "position_error_m "
    "position_basis position_source_uuid status reviewed_by reviewed_at observed_at valid_from valid_to shape_json "
    "stroke_color fill_color stroke_width style_json props_json mark_kind marking folder number image_uuid pixel_m "
    f"base_or_top parent_uuid lifecycle lifecycle_as_of lifecycle_source_uuid identity_note {STAMPS}"
)
TABLES = {
    "site_point": SITE,
    "site_line": SITE,
    "site_polygon": SITE,
    "claims": "id uuid statement source_wording made_by made_at voice state likelihood_term likelihood_low "
    "likelihood_high "
    "confidence confidence_reason place_note marking status reviewed_by reviewed_at place_precision_m steps_json "
    f"words_kind alternatives assumptions indicators change_note {STAMPS}",
    "claim_sites": "id uuid claim_uuid site_uuid rev",
    "sources": "id uuid kind title publisher author published_at accessed_at url archive_url sensor acquired_at "
    "reliability "
    f"descriptor excerpt rights marking origin_uuid date_basis context evaluated machine_json {STAMPS}",
    "source_files": "id uuid source_uuid name content_type data sha256 phash copy_kind collected_at "
    "collected_by method tool proof_json",
    "claim_sources": "id uuid claim_uuid source_uuid credibility page quote bearing rev",
    "claim_evidence": "id uuid claim_uuid evidence_table evidence_uuid bearing note rev",
    "responses": f"uuid speaker words made_at source_uuid notes kind words_kind {STAMPS}",
    "response_claims": f"uuid response_uuid claim_uuid {STAMPS}",
    "chips": "id data content_type uuid site_uuid source_uuid layer_uuid layer_title width height srs_id crs_wkt "
    "bounds_json "
    "transform_json stretch_json acquired_at date_kind credit niirs_scale niirs_rating niirs_by sha256 caption marking "
    "kind pair_uuid image_uuid thumbnail phash machine_json created_at created_by",
    "images": "id uuid image_key layer_uuid layer_title product_id sha256 service sensor acquired_at date_kind "
    f"date_basis gsd_m placement_note credit licence datum {STAMPS}",
    "observations": "id uuid site_uuid image_uuid chip_uuid presence change change_kind compared_to_uuid count_low "
    f"count_high view_quality why words observer target {STAMPS}",
    "searches": "id uuid kind area_uuid cells_json target target_size_m gsd_m method image_uuid query_json result "
    f"assessed_pct obscured_pct observer words at not_searched_pct {STAMPS}",
    "comparisons": "id uuid name spec_json order_key created_at created_by rev",
    "comments": "id uuid target_uuid parent_uuid body resolved created_at created_by rev",
    "products": "id uuid name number version layout_json overrides_json issued_at issued_by previous_uuid "
    "numbers_json sha256 state correction created_at created_by rev",
    "custody": "id uuid table_name row_uuid at event actor tool sha256 note rev",
    "product_rows": "id uuid product_uuid table_name row_uuid row_rev rev",
    "layer_styles": "id f_table_catalog f_table_schema f_table_name f_geometry_column styleName styleQML styleSLD "
    "useAsDefault description owner ui update_time",
    "loupe_meta": "key value",
    "loupe_layers": "uuid order_key kind name source_json visible opacity blend style_json crs nudge_json "
    "control_points_json datum date_basis",
    "loupe_bookmarks": "uuid order_key name state_json thumbnail",
    "loupe_templates": "uuid class_code name hot_key style_json fields_json order_key",
    "loupe_filters": "uuid name target filter_json order_key",
    "loupe_watch": "uuid site_uuid place_key looked_at looked_by result_json",
    "loupe_seen": "uuid table_name row_uuid row_rev actor at",
    "loupe_history": "seq change_uuid txn_uuid at actor table_name row_uuid op parent_rev new_rev delta_json "
    "old_geom new_geom reason",
    "loupe_tombstones": "uuid table_name deleted_at deleted_by sha256 what",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "empty.gpkg"
    write_case(Document(), path)
    return path


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_the_columns_of_the_design(case: Path, table: str) -> None:
    with closing(sqlite3.connect(case)) as connection:
        there = {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}
    assert set(TABLES[table].split()) <= there


def test_uuids_are_indexed_nullable_and_not_unique(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        for table in TABLES:
            columns = {
                name: (kind, required)
                for _, name, kind, required, *_ in connection.execute(f"PRAGMA table_info({table})")
            }
            if "uuid" not in columns:
                continue
            assert columns["uuid"] == ("TEXT(36)", 0), table
            indexes = connection.execute(f"PRAGMA index_list({table})").fetchall()
            keyed = {
                connection.execute(f"PRAGMA index_info({name})").fetchone()[2]: unique
                for _, name, unique, *_ in indexes
            }
            assert keyed["uuid"] == 0, table


def test_an_older_version_may_read_the_file_but_not_write_it(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        told = dict(connection.execute("SELECT key, value FROM loupe_meta").fetchall())
    assert (told["schema_version"], told["min_reader_version"], told["min_writer_version"]) == ("3", "1", "3")


def test_the_header_says_geopackage_1_4_and_no_wal(case: Path) -> None:
    header = case.read_bytes()[:100]
    assert header[68:72] == b"GPKG"
    assert int.from_bytes(header[60:64], "big") == 10400
    assert header[18:20] == b"\x01\x01"


def test_private_tables_are_declared_write_only(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        declared = dict(connection.execute("SELECT table_name, scope FROM gpkg_extensions").fetchall())
    private = [table for table in TABLES if table.startswith("loupe_")]
    assert {declared[table] for table in private} == {"write-only"}


def test_relations_are_of_the_kinds_that_clients_accept(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection:
        found = connection.execute(
            "SELECT base_table_name, related_table_name, relation_name FROM gpkgext_relations"
        ).fetchall()
    assert ("site_point", "claims", "attributes") in found
    assert ("claims", "sources", "attributes") in found
    assert ("site_polygon", "chips", "media") in found
    assert {name for _, _, name in found} == {"attributes", "media"}
