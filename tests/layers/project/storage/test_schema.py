"""The whole schema stands with the first version; its names are the design's."""

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
    f"stroke_color fill_color stroke_width style_json props_json {STAMPS}"
)
TABLES = {
    "site_point": SITE,
    "site_line": SITE,
    "site_polygon": SITE,
    "claims": "id uuid statement source_wording made_by made_at voice state likelihood_term likelihood_low "
    "likelihood_high "
    f"confidence confidence_reason place_note marking {STAMPS}",
    "claim_sites": "id uuid claim_uuid site_uuid rev",
    "sources": "id uuid kind title publisher author published_at accessed_at url archive_url sensor acquired_at "
    "reliability "
    f"descriptor excerpt rights marking {STAMPS}",
    "source_files": "id uuid source_uuid name content_type data sha256",
    "claim_sources": "id uuid claim_uuid source_uuid credibility page quote rev",
    "responses": f"uuid speaker words made_at source_uuid notes {STAMPS}",
    "response_claims": f"uuid response_uuid claim_uuid {STAMPS}",
    "chips": "id data content_type uuid site_uuid source_uuid layer_uuid layer_title width height srs_id crs_wkt "
    "bounds_json "
    "transform_json stretch_json acquired_at date_kind credit niirs_scale niirs_rating niirs_by sha256 caption marking "
    "created_at created_by",
    "comments": "id uuid target_uuid parent_uuid body resolved created_at created_by rev",
    "products": "id uuid name number version layout_json overrides_json created_at created_by rev",
    "layer_styles": "id f_table_catalog f_table_schema f_table_name f_geometry_column styleName styleQML styleSLD "
    "useAsDefault description owner ui update_time",
    "loupe_meta": "key value",
    "loupe_layers": "uuid order_key kind name source_json visible opacity blend style_json crs",
    "loupe_bookmarks": "uuid order_key name",
    "loupe_history": "seq change_uuid txn_uuid at actor table_name row_uuid op parent_rev new_rev delta_json "
    "old_geom new_geom",
    "loupe_tombstones": "uuid table_name deleted_at deleted_by",
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
