"""Stamps, shared by every row of a case, and the link rows between claims, sites, sources and responses.

Rows are frozen values. Field names are the column names of the project file, so that the file room maps them without a
dictionary; the one exception is `Site.geometry` (column geom) and `Site.aliases` (column aliases_json).
Empty text means "not said"; None means "no number".
"""

from __future__ import annotations

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """Fields that every row has. `rev` counts the row's changes from 1; times are UTC, ISO 8601 with a Z."""

    uuid: str
    created_at: str = ""
    created_by: str = ""
    modified_at: str = ""
    modified_by: str = ""
    rev: int = 1


class ClaimSite(Row, frozen=True, kw_only=True):
    """A claim is about a site. A claim without any belongs to the case."""

    claim_uuid: str
    site_uuid: str


class ClaimSource(Row, frozen=True, kw_only=True):
    """A claim is in a source: where, in which words, and how credible the item is (1..6, 6 = cannot be judged).

    `bearing` says whether the source supports the claim, speaks against it or gives its context.
    """

    claim_uuid: str
    source_uuid: str
    credibility: int | None = None
    page: str = ""
    quote: str = ""
    bearing: str = ""


class ClaimEvidence(Row, frozen=True, kw_only=True):
    """A claim rests on evidence of our own (an observation, a chip, a search or a site) or judges reported claims.

    `bearing` is its relation, and `note` says in words of which part. `evidence_table` is one of
    `vocabulary.EVIDENCE_TABLES`, which are names of the file's tables.
    """

    claim_uuid: str
    evidence_table: str
    evidence_uuid: str
    bearing: str = ""
    note: str = ""


class Response(Row, frozen=True, kw_only=True):
    """An answer to a report, or the fact that none was given or asked for. It changes no claim's state."""

    speaker: str
    words: str
    made_at: str = ""
    source_uuid: str = ""
    notes: str = ""
    kind: str = "answer"
    words_kind: str = ""


class ResponseClaim(Row, frozen=True, kw_only=True):
    """A response answers a claim. A response without any link answers the whole."""

    response_uuid: str
    claim_uuid: str


class Comment(Row, frozen=True, kw_only=True):
    """A reviewer's remark on any row."""

    target_uuid: str
    parent_uuid: str = ""
    body: str = ""
    resolved: bool = False


class Product(Row, frozen=True, kw_only=True):
    """A saved product: its layout, reissued as the next version of `previous_uuid`.

    `numbers_json` are the numbers of its marks as they were issued, `sha256` is the issued file's.
    """

    name: str
    number: str = ""
    version: int = 1
    layout_json: str = ""
    overrides_json: str = ""
    issued_at: str = ""
    issued_by: str = ""
    previous_uuid: str = ""
    numbers_json: str = ""
    sha256: str = ""
    state: str = "draft"
    correction: str = ""
    """The line in which a reissue says what was wrong before."""


class ProductRow(Row, frozen=True, kw_only=True):
    """A row that an issued product printed, in the revision in which it stood then.

    `table_name` is a name of the file's tables.
    """

    product_uuid: str
    table_name: str
    row_uuid: str
    row_rev: int = 0
    """Revision of the row; 0: not stated."""


class Custody(Row, frozen=True, kw_only=True):
    """One event in the custody of a kept file or a chip. Such rows are only ever inserted.

    `table_name` is one of `vocabulary.CUSTODY_TABLES`, `sha256` is of the bytes at that time.
    """

    table_name: str
    row_uuid: str
    at: str = ""
    event: str = ""
    actor: str = ""
    tool: str = ""
    sha256: str = ""
    note: str = ""


class Watch(Row, frozen=True, kw_only=True):
    """A place where somebody looked for new images of a site. `place_key` is a catalogue or a folder."""

    site_uuid: str
    place_key: str = ""
    looked_at: str = ""
    looked_by: str = ""
    result_json: str = ""


class Seen(Row, frozen=True, kw_only=True):
    """A row that a reviewer has seen, in the revision in which it stood.

    `table_name` is a name of the file's tables.
    """

    table_name: str
    row_uuid: str
    row_rev: int = 0
    """Revision of the row; 0: not stated."""
    actor: str = ""
    at: str = ""


class Comparison(Row, frozen=True, kw_only=True):
    """Images to be looked at side by side: frames (layers, dates, stretch), mode and bounds in `spec_json`."""

    name: str
    spec_json: str = ""
    order_key: float = 0.0


class Bookmark(Row, frozen=True, kw_only=True):
    """A view to come back to, with its layers, dates and stretch. Its thumbnail is in the file only."""

    name: str
    order_key: float = 0.0
    viewport_json: str = ""
    state_json: str = ""


class Template(Row, frozen=True, kw_only=True):
    """A class of marks as the analyst wants it: symbol and colour in `style_json`, fields of its form."""

    class_code: str
    name: str = ""
    hot_key: str = ""
    style_json: str = ""
    fields_json: str = ""
    order_key: float = 0.0


class SavedFilter(Row, frozen=True, kw_only=True):
    """A filter to be used again. `target` is a table of the document or a layer's uuid."""

    name: str
    target: str = ""
    filter_json: str = ""
    order_key: float = 0.0


class MetaEntry(Row, frozen=True, kw_only=True):
    """One fact about the case itself. `uuid` is the key (`marking`, `title`, `summary`...)."""

    value: str = ""

    @property
    def key(self) -> str:
        return self.uuid
