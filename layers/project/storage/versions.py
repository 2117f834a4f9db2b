"""Versions of the schema: the columns and tables that each added, to tell a case of an older one from a broken one."""

from __future__ import annotations

from collections.abc import Mapping

_SITE_2 = frozenset(
    {
        "mark_kind",
        "marking",
        "folder",
        "number",
        "image_uuid",
        "pixel_m",
        "base_or_top",
        "parent_uuid",
        "lifecycle",
        "lifecycle_as_of",
        "lifecycle_source_uuid",
    }
)

ADDED_COLUMNS: Mapping[int, Mapping[str, frozenset[str]]] = {
    2: {
        "site_point": _SITE_2,
        "site_line": _SITE_2,
        "site_polygon": _SITE_2,
        "claims": frozenset({"status", "reviewed_by", "reviewed_at", "place_precision_m", "steps_json"}),
        "claim_sources": frozenset({"bearing"}),
        "sources": frozenset({"origin_uuid", "date_basis"}),
        "source_files": frozenset({"phash"}),
        "responses": frozenset({"kind"}),
        "chips": frozenset({"kind", "pair_uuid", "image_uuid", "thumbnail", "phash"}),
        "products": frozenset({"issued_at", "issued_by", "previous_uuid", "numbers_json", "sha256"}),
        "loupe_layers": frozenset({"nudge_json", "control_points_json", "datum", "date_basis"}),
        "loupe_bookmarks": frozenset({"state_json", "thumbnail"}),
        "loupe_history": frozenset({"reason"}),
        "loupe_tombstones": frozenset({"sha256", "what"}),
    },
    3: {
        **dict.fromkeys(("site_point", "site_line", "site_polygon"), frozenset({"identity_note"})),
        "claims": frozenset({"words_kind", "alternatives", "assumptions", "indicators", "change_note"}),
        "responses": frozenset({"words_kind"}),
        "sources": frozenset({"context", "evaluated", "machine_json"}),
        "chips": frozenset({"machine_json"}),
        "source_files": frozenset({"copy_kind", "collected_at", "collected_by", "method", "tool", "proof_json"}),
        "observations": frozenset({"target"}),
        "searches": frozenset({"not_searched_pct"}),
        "products": frozenset({"state", "correction"}),
    },
}
"""Columns that a version added, by version and table."""

ADDED_TABLES: Mapping[int, frozenset[str]] = {
    2: frozenset(
        {
            "images",
            "observations",
            "searches",
            "claim_evidence",
            "comparisons",
            "loupe_templates",
            "loupe_filters",
        }
    ),
    3: frozenset({"custody", "product_rows", "loupe_watch", "loupe_seen"}),
}
"""Tables that a version added, by version."""

_LONGEST = 9
"""Digits of a version number."""


def version_in(meta: Mapping[str, str], key: str) -> int:
    """A version number among the facts of a case; 1 for a text that is none, and a large number for one that is too
    long.
    """
    text = meta.get(key, "")
    if not (text.isascii() and text.isdigit()):
        return 1
    return int(text) if len(text) <= _LONGEST else 10**_LONGEST


def schema_version_in(meta: Mapping[str, str]) -> int:
    """The version of a case; ours where it states none, so that nothing of it is taken for another program's."""
    text = meta.get("schema_version", "")
    return version_in(meta, "schema_version") if text.isascii() and text.isdigit() else max(ADDED_TABLES)


def later_columns(version: int, table: str) -> frozenset[str]:
    """The columns of a table that no case of this version has from us."""
    names = [columns.get(table, frozenset()) for number, columns in ADDED_COLUMNS.items() if number > version]
    return frozenset().union(*names)


def later_tables(version: int) -> frozenset[str]:
    """The tables that no case of this version has from us."""
    return frozenset().union(*(tables for number, tables in ADDED_TABLES.items() if number > version))
