"""Words for the columns of all tables and for the facts of a case, as forms and histories name them."""

from __future__ import annotations

from collections.abc import Mapping

from layers.document.edit import Table
from layers.phrase import Phrase
from viewer.commands import claims, layers, sites

_DATED = {"acquired_at": Phrase("date of the image"), "date_kind": Phrase("kind of date")}
_SENSED = {**_DATED, "sensor": Phrase("sensor"), "credit": Phrase("credit")}
_REVIEW = {"status": Phrase("status"), "reviewed_by": Phrase("reviewer"), "reviewed_at": Phrase("date of the review")}
_MACHINE = {"machine_json": Phrase("machine work")}
_BASIS = {"date_basis": Phrase("basis of the date")}
_HASH = {"sha256": Phrase("hash (SHA-256)")}
_NAMED = {"name": Phrase("name"), "order_key": Phrase("place in the list")}
_OF_CLAIM = {"claim_uuid": Phrase("claim"), "bearing": Phrase("relation")}  # a bearing is an angle on screen
_OBSERVED = {"observer": Phrase("observer"), "words": Phrase("words"), "target": Phrase("what was looked for")}

COLUMN_WORDS: Mapping[Table, Mapping[str, Phrase]] = {
    "sites": {
        **sites.FIELD_WORDS,
        **_REVIEW,
        "layer_uuid": Phrase("layer"),
        "style_json": Phrase("style"),
        "props_json": Phrase("values from its file"),
        "identity_note": Phrase("what of the name is ours"),
    },
    "claims": {
        **claims.FIELD_WORDS,
        **_REVIEW,
        "alternatives": Phrase("alternatives"),
        "assumptions": Phrase("key assumptions"),
        "indicators": Phrase("what would change it"),
        "steps_json": Phrase("how we know"),
    },
    "claim_sites": {**_OF_CLAIM, "site_uuid": Phrase("site")},
    "sources": {
        **_DATED,
        **_BASIS,
        **_MACHINE,
        "kind": Phrase("kind"),
        "title": Phrase("title"),
        "publisher": Phrase("publisher"),
        "author": Phrase("author"),
        "published_at": Phrase("date of publication"),
        "accessed_at": Phrase("date of access"),
        "url": Phrase("address"),
        "archive_url": Phrase("archived address"),
        "sensor": Phrase("sensor"),
        "reliability": Phrase("reliability"),
        "descriptor": Phrase("descriptor"),
        "excerpt": Phrase("excerpt"),
        "rights": Phrase("rights"),
        "marking": Phrase("marking"),
        "origin_uuid": Phrase("origin"),
        "context": Phrase("what it says to the other side"),
        "evaluated": Phrase("evaluated"),
    },
    "source_files": {
        **_HASH,
        "source_uuid": Phrase("source"),
        "name": Phrase("name"),
        "content_type": Phrase("kind of file"),
        "phash": Phrase("likeness hash"),
        "copy_kind": Phrase("kind of copy"),
        "collected_at": Phrase("date of collection"),
        "collected_by": Phrase("collector"),
        "method": Phrase("method"),
        "tool": Phrase("tool"),
        "proof_json": Phrase("proofs of time"),
    },
    "claim_sources": {
        **_OF_CLAIM,
        "source_uuid": Phrase("source"),
        "credibility": Phrase("credibility"),
        "page": Phrase("page"),
        "quote": Phrase("quote"),
    },
    "responses": {
        "speaker": Phrase("speaker"),
        "words": Phrase("words"),
        "made_at": Phrase("date"),
        "source_uuid": Phrase("source"),
        "notes": Phrase("notes"),
        "kind": Phrase("kind of answer"),
        "words_kind": Phrase("kind of words"),
    },
    "response_claims": {"response_uuid": Phrase("response"), "claim_uuid": Phrase("claim")},
    "chips": {
        **_SENSED,
        **_HASH,
        **_MACHINE,
        "site_uuid": Phrase("site"),
        "source_uuid": Phrase("source"),
        "layer_uuid": Phrase("layer"),
        "image_uuid": Phrase("image"),
        "pair_uuid": Phrase("other chip of the capture"),
        "layer_title": Phrase("name of the layer"),
        "content_type": Phrase("kind of file"),
        "kind": Phrase("kind of chip"),
        "width": Phrase("width in pixels"),
        "height": Phrase("height in pixels"),
        "srs_id": Phrase("EPSG code"),
        "crs_wkt": Phrase("CRS"),
        "bounds_json": Phrase("place"),
        "transform_json": Phrase("georeferencing"),
        "stretch_json": Phrase("stretch"),
        "niirs_scale": Phrase("NIIRS scale"),
        "niirs_rating": Phrase("NIIRS rating"),
        "niirs_by": Phrase("NIIRS rater"),
        "caption": Phrase("caption"),
        "marking": Phrase("marking"),
        "phash": Phrase("likeness hash"),
    },
    "comments": {
        "target_uuid": Phrase("on"),
        "parent_uuid": Phrase("answer to"),
        "body": Phrase("words"),
        "resolved": Phrase("resolved"),
    },
    "products": {
        **_HASH,
        "name": Phrase("name"),
        "number": Phrase("number"),
        "version": Phrase("version"),
        "layout_json": Phrase("layout"),
        "overrides_json": Phrase("findings let pass"),
        "issued_at": Phrase("date of issue"),
        "issued_by": Phrase("issued by"),
        "previous_uuid": Phrase("version before"),
        "numbers_json": Phrase("numbers of claims and sources"),
        "state": Phrase("state"),
        "correction": Phrase("correction"),
    },
    "images": {
        **_SENSED,
        **_BASIS,
        **_HASH,
        "image_key": Phrase("name on all desks"),
        "layer_uuid": Phrase("layer"),
        "layer_title": Phrase("name of the layer"),
        "product_id": Phrase("product id"),
        "service": Phrase("service"),
        "gsd_m": Phrase("ground size of a pixel (m)"),
        "placement_note": Phrase("how well it is placed"),
        "licence": Phrase("licence"),
        "datum": Phrase("datum"),
    },
    "observations": {
        **_OBSERVED,
        "site_uuid": Phrase("site"),
        "image_uuid": Phrase("image"),
        "chip_uuid": Phrase("chip"),
        "presence": Phrase("presence"),
        "change": Phrase("change"),
        "change_kind": Phrase("kind of change"),
        "compared_to_uuid": Phrase("compared with"),
        "count_low": Phrase("least number"),
        "count_high": Phrase("greatest number"),
        "view_quality": Phrase("view"),
        "why": Phrase("why it cannot be told"),
    },
    "searches": {
        **_OBSERVED,
        "kind": Phrase("kind of search"),
        "area_uuid": Phrase("area"),
        "cells_json": Phrase("cells"),
        "target_size_m": Phrase("size of what was looked for (m)"),
        "gsd_m": Phrase("ground size of a pixel (m)"),
        "method": Phrase("method"),
        "image_uuid": Phrase("image"),
        "query_json": Phrase("question to the catalogue"),
        "result": Phrase("result"),
        "assessed_pct": Phrase("assessed (%)"),
        "obscured_pct": Phrase("obscured (%)"),
        "not_searched_pct": Phrase("not searched (%)"),
        "at": Phrase("date of the search"),
        "why": Phrase("why it cannot be told"),
    },
    "claim_evidence": {
        **_OF_CLAIM,
        "evidence_table": Phrase("kind of evidence"),
        "evidence_uuid": Phrase("evidence"),
        "note": Phrase("note"),
    },
    "comparisons": {**_NAMED, "spec_json": Phrase("frames")},
    "custody": {
        **_HASH,
        "table_name": Phrase("kind of row"),
        "row_uuid": Phrase("copy or chip"),
        "at": Phrase("date"),
        "event": Phrase("event"),
        "actor": Phrase("by whom"),
        "tool": Phrase("tool"),
        "note": Phrase("note"),
    },
    "product_rows": {
        "product_uuid": Phrase("product"),
        "table_name": Phrase("kind of row"),
        "row_uuid": Phrase("printed row"),
        "row_rev": Phrase("its revision"),
    },
    "layers": {
        **layers.FIELD_WORDS,
        **_BASIS,
        "kind": Phrase("kind"),
        "visible": Phrase("shown on the map"),
        "order_key": Phrase("place in the list"),
        "source_json": Phrase("where its data are"),
        "nudge_json": Phrase("shift by hand"),
        "datum": Phrase("datum"),
    },
    "bookmarks": {**_NAMED, "viewport_json": Phrase("view"), "state_json": Phrase("layers shown")},
    "templates": {
        **_NAMED,
        "class_code": Phrase("class"),
        "hot_key": Phrase("key"),
        "style_json": Phrase("symbol"),
        "fields_json": Phrase("fields of its form"),
    },
    "filters": {**_NAMED, "target": Phrase("list"), "filter_json": Phrase("conditions")},
    "watch": {
        "site_uuid": Phrase("site"),
        "place_key": Phrase("catalogue or folder"),
        "looked_at": Phrase("date of the look"),
        "looked_by": Phrase("by whom"),
        "result_json": Phrase("what was found"),
    },
    "seen": {
        "table_name": Phrase("kind of row"),
        "row_uuid": Phrase("row"),
        "row_rev": Phrase("its revision"),
        "actor": Phrase("by whom"),
        "at": Phrase("date"),
    },
    "meta": {"key": Phrase("fact"), "value": Phrase("value")},
}
"""The word for each column, by the document's table; sites of all geometries share one."""

FACT_WORDS: Mapping[str, Phrase] = {
    "title": Phrase("title of the case"),
    "subtitle": Phrase("subtitle of the case"),
    "summary": Phrase("summary of the case"),
    "context": Phrase("context of the case"),
    "author": Phrase("author of the case"),
    "organisation": Phrase("organisation of the case"),
    "marking": Phrase("marking of the case"),
    "project_note": Phrase("note on the case"),
    "project_uuid": Phrase("identity of the case"),
    "viewport": Phrase("view of the map"),
    "sites_visible": Phrase("sites shown on the map"),
    "searches_visible": Phrase("searches shown on the map"),
    "graticule": Phrase("graticule on the map"),
    "retired_numbers": Phrase("numbers that are not given again"),
    "schema_version": Phrase("version of the file"),
    "min_reader_version": Phrase("least version that reads the file"),
    "min_writer_version": Phrase("least version that writes the file"),
}
"""The word for each fact about the case as a whole, by its key."""
_FACT_KINDS: Mapping[str, Phrase] = {
    "view_quality/": Phrase("how clear an image is"),
    "wording_passed:": Phrase("advice let pass"),
    "wording_off:": Phrase("rule of wording switched off"),
}


def fact_words(key: str) -> Phrase | None:
    """The word for a fact of the case; None for a key that this version does not know."""
    kinds = (words for start, words in _FACT_KINDS.items() if key.startswith(start))
    return FACT_WORDS.get(key) or next(kinds, None)
