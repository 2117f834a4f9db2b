"""A case as tables for notebooks and scripts: sites as a GeoDataFrame; claims, sources and their links as DataFrames.

    from layers import frames

    case = frames.read("survey.gpkg")
    sites, claims = frames.sites(case), frames.claims(case)
    sites.merge(frames.claim_sites(case), on="site_uuid").merge(claims, on="claim_uuid")

The file is only read, by a disposable process that judges it as foreign input: nothing is written to it or beside it,
and no network is used. Whoever names a path instead of a `Case` has it read anew in each call.

In all tables:

* the index is the row's uuid under its own name (`site_uuid`, `claim_uuid`, ...), so that tables merge on it;
* text has pandas' dtype `str`, and is missing (NaN) where the case says nothing;
* dates are text as they were given (a year, a month, a day, or a time in UTC: ISO 8601), since a month is no instant:
  `pandas.to_datetime(claims.made_at, format="ISO8601", utc=True)` makes instants of those that are;
* numbers are `float64` (NaN: not said), `Int64` (<NA>: not said) or `int64` (always said), and what is true or false
  is `boolean` (<NA>: not said) or `bool` (always said);
* columns and dtypes are the same for every case, also for an empty one; rows stand in the order of the file;
* `created_at`, `created_by`, `modified_at`, `modified_by` (text) and `rev` (int64, from 1) tell who changed a row when;
* `attrs["problems"]` holds a sentence for each kind of value that could not be taken as it stands.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import pandas
from msgspec import Struct

from layers.document.alias import origin_of
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import Row
from layers.document.sites_off_earth import not_drawn
from layers.geo.on_earth import off_earth
from layers.project.opening.case_process import CaseProcess
from layers.project.opening.intake import read_case
from layers.project.storage.tables import BY_NAME, STAMPS, StoredColumn
from layers.text.counted import counted

CRS = "EPSG:4326"
"""CRS of all geometries. Coordinates are always longitude, latitude."""

type CaseOrPath = Case | str | os.PathLike[str]


class CaseWarning(UserWarning):
    """Something in a case could not be taken as it stands, or another program has changed the case."""


class Case(Struct, frozen=True):
    """A case as it stood in its file when it was read. `problems` are sentences about what was not taken as it is."""

    document: Document
    problems: tuple[str, ...] = ()

    def __repr__(self) -> str:
        tables: tuple[Table, ...] = ("sites", "claims", "sources")
        counts = ", ".join(counted(len(self.document.table(name)), name.removesuffix("s")) for name in tables)
        return f"<Case: {counts}, {counted(len(self.problems), 'problem')}>"


def read(path: str | os.PathLike[str], *, accept_damage: bool = False) -> Case:
    """Read a case once, for all tables. Its problems are warned of (`CaseWarning`) too.

    `accept_damage` reads what is left of a file whose bytes are not what was saved. Raises GeoloupeError, whose text
    says in one sentence what is wrong: FileMissing, NotAFile, NotAllowed, UnsupportedFormat (no case), CaseInUse,
    CaseTooNew, CaseDamaged, TooLarge or ReaderTimeout.
    """
    with closing(CaseProcess(imports_main=False)) as process:
        intake = read_case(Path(path), accept_damage=accept_damage, asks=process)
    nowhere = not_drawn(intake.document.sites.values())
    case = Case(intake.document, (*intake.problems, *([nowhere] if nowhere else [])))
    for problem in case.problems:
        warnings.warn(problem, CaseWarning, skip_file_prefixes=(__file__,), stacklevel=2)
    return case


# -- what is marked, claimed and cited --------------------------------------------------------------------------------


def sites(case: CaseOrPath) -> geopandas.GeoDataFrame:
    """Sites by `site_uuid`, in EPSG:4326: points, lines and areas, of one part or several, in one table.

    Annotations, measurements, search areas and photos are no sites: `marks` has them too, in the same columns.

    * `label`, `aliases` (all other names, joined by "; "; `site_names` has them by language), `identity_note` (what of
      the name is ours)
    * `class_code` ("launch_site"; titles in `layers.document.vocabulary.SITE_CLASSES`), `role` ("named in a claim",
      "setting", "other"), `status` ("draft", "reviewed", "published"), `reviewed_by`, `reviewed_at`
    * `location_country`, `operator_country` (ISO 3166 codes)
    * `position_error_m` (float64: radius in metres that holds the true place with 90 %; NaN: not judged),
      `position_basis` (what the place rests on), `position_source_uuid`
    * `mark_kind` ("site", "annotation", "measurement", "search area", "photo"), `folder`, `number` (Int64), `marking`,
      `parent_uuid` (the site that it belongs to)
    * `lifecycle` ("planned", "agreed", "under construction", "in use", "closed", "unknown"), `lifecycle_as_of` (date),
      `lifecycle_source_uuid`: what is planned, agreed or closed is not known to exist
    * `image_uuid` (of the image that it was drawn on), `pixel_m` (float64: ground size of that image's pixel),
      `base_or_top`
    * `observed_at`, `valid_from`, `valid_to` (dates; from observations where there are any), `notes`
    * `shape_json` (the circle, range ring, ... that was drawn), `props_json` (attributes of the feature it was made of)
    * `claim_count`, `chip_count`, `observation_count` (int64), `is_on_earth` (bool: False where a coordinate is no
      longitude or latitude)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    * `geometry`
    """
    all_marks = marks(case)
    site_marks = all_marks[all_marks.mark_kind.fillna("site") == "site"]
    site_marks.attrs = all_marks.attrs
    return site_marks


def marks(case: CaseOrPath) -> geopandas.GeoDataFrame:
    """All that is marked on the map, sites and others: columns as `sites` has them, `mark_kind` tells which is what."""
    case = _opened(case)
    rows = case.document.sites
    frame = _frame(case, "site_point", "site_uuid", _SITE_COLUMNS)
    names = ["; ".join(name for _language, name in site.aliases) for site in rows.values()]
    frame.insert(1, "aliases", _array(names, "str", frame.index))
    shapes = [site.geometry for site in rows.values()]
    nowhere = off_earth(shapes) if shapes else {}
    counted: dict[str, list[int]] = {
        "claim_count": _counts(frame, _links_there(case, "claim_sites"), "site_uuid"),
        "chip_count": _counts(frame, case.document.chips.values(), "site_uuid"),
        "observation_count": _counts(frame, case.document.observations.values(), "site_uuid"),
        "is_on_earth": [number not in nowhere for number in range(len(shapes))],
    }
    frame = _with_counts(frame, counted)
    placed = geopandas.GeoDataFrame(frame, geometry=geopandas.GeoSeries(shapes, frame.index, crs=CRS), crs=CRS)
    placed.attrs = frame.attrs
    return placed


def claims(case: CaseOrPath) -> pandas.DataFrame:
    """Claims by `claim_uuid`. Likelihood and confidence are the analyst's, and stand on assessed claims only.

    * `statement`, `source_wording` (verbatim), `words_kind` ("direct speech", "as reported")
    * `made_by`, `made_at` (date)
    * `voice` ("speaker", "report's own", "analyst"), `state` ("reported", "assessed", "verified", "withdrawn")
    * `likelihood_term` (ICD 203), `likelihood_low`, `likelihood_high` (Int64, per cent)
    * `confidence` ("low", "moderate", "high"), `confidence_reason`, `alternatives`, `assumptions`, `indicators` (what
      would change it), `change_note` (since the last issue)
    * `place_note` (the places that the source names), `place_precision_m` (float64: how near a place it needs)
    * `marking`
    * `status` ("draft", "reviewed", "published"), `reviewed_by`, `reviewed_at`, `steps_json` (how we know, in order)
    * `site_count`, `source_count`, `response_count` (int64): links to rows that are there. A claim without a site
      belongs to the case; a response without a link answers the whole and is counted for no claim.
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    case = _opened(case)
    frame = _frame(case, "claims", "claim_uuid", _CLAIM_COLUMNS)
    counted = {
        "site_count": _counts(frame, _links_there(case, "claim_sites"), "claim_uuid"),
        "source_count": _counts(frame, _links_there(case, "claim_sources"), "claim_uuid"),
        "response_count": _counts(frame, _links_there(case, "response_claims"), "claim_uuid"),
    }
    return _with_counts(frame, counted)


def sources(case: CaseOrPath) -> pandas.DataFrame:
    """Sources by `source_uuid`: the citation, and how reliable the source is.

    * `kind` ("news report", "official statement", "imagery", ...), `title`, `publisher`, `author`
    * `published_at`, `accessed_at` (dates), `url`, `archive_url`
    * `sensor`, `acquired_at` (date), for imagery
    * `reliability` ("A" to "F" of the Admiralty code; F: cannot be judged), `descriptor` (ICD 206)
    * `excerpt`, `context` (what it says to the other side, verbatim), `rights`, `marking`
    * `evaluated` (boolean; <NA>: not stated), `machine_json` (the machine that worked on it)
    * `origin_uuid` (the source that it carries), `date_basis` (where its date is from)
    * `claim_count` (int64), `site_count` (int64: sites whose position it gives)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    case = _opened(case)
    frame = _frame(case, "sources", "source_uuid", _SOURCE_COLUMNS)
    counted = {
        "claim_count": _counts(frame, _links_there(case, "claim_sources"), "source_uuid"),
        "site_count": _counts(frame, case.document.sites.values(), "position_source_uuid"),
    }
    return _with_counts(frame, counted)


def responses(case: CaseOrPath) -> pandas.DataFrame:
    """Answers to what was reported, by `response_uuid`. An answer changes no claim's state.

    * `kind` ("answer", "declined", "no reply by a date", "not asked", "none in source")
    * `speaker`, `words`, `words_kind` ("direct speech", "as reported"), `made_at` (date), `source_uuid`, `notes`
    * `claim_count` (int64; 0: it answers the whole)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    case = _opened(case)
    frame = _frame(case, "responses", "response_uuid", _RESPONSE_COLUMNS)
    links = _links_there(case, "response_claims")
    return _with_counts(frame, {"claim_count": _counts(frame, links, "response_uuid")})


def chips(case: CaseOrPath) -> pandas.DataFrame:
    """Image evidence kept with sites, by `chip_uuid`. The pictures themselves stay in the file.

    * `site_uuid`, `source_uuid`, `layer_title`, `caption`, `credit`, `marking`
    * `acquired_at` (date) and its basis `date_kind` ("instant", "interval", "composite", "unknown")
    * `niirs_scale`, `niirs_rating` (float64), `niirs_by`
    * `content_type`, `width`, `height` (int64, pixels), `sha256`, `phash`
    * `machine_json` (the machine that worked on it)
    * `kind` ("pixels", "view"), `pair_uuid` (the other of one capture), `image_uuid`
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    return _frame(_opened(case), "chips", "chip_uuid", _CHIP_COLUMNS)


def images(case: CaseOrPath) -> pandas.DataFrame:
    """Images that evidence stands on, by `image_uuid`.

    * `image_key` (the same on two desks), `product_id`, `sha256`, `service`, `layer_title`
    * `sensor`, `acquired_at` (date), `date_kind` ("instant", "interval", "composite", "unknown"), `date_basis` (where
      the date is from), `gsd_m` (float64), `placement_note`, `datum`
    * `credit`, `licence`
    * `observation_count` (int64)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    case = _opened(case)
    frame = _frame(case, "images", "image_uuid", _IMAGE_COLUMNS)
    return _with_counts(frame, {"observation_count": _counts(frame, case.document.observations.values(), "image_uuid")})


def observations(case: CaseOrPath) -> pandas.DataFrame:
    """The look of one site on one image by one observer, by `observation_uuid`. A judgement is a claim.

    * `site_uuid`, `image_uuid`, `chip_uuid`, `observer`, `target` (what is looked for)
    * `presence` ("present", "absent", "cannot tell"), `view_quality`, `why` (it cannot be told)
    * `change` ("first look", "none seen", "changed", "cannot tell"), `change_kind`, `compared_to_uuid` (an image)
    * `count_low`, `count_high` (Int64), `words`
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    return _frame(_opened(case), "observations", "observation_uuid", _OBSERVATION_COLUMNS)


def searches(case: CaseOrPath) -> pandas.DataFrame:
    """Searches of areas, by `search_uuid`. None seen does not show absence.

    * `kind` ("image", "catalogue"), `area_uuid` (a search area among the sites), `image_uuid`, `query_json`
    * `target`, `target_size_m`, `gsd_m` (float64), `method`, `cells_json`
    * `result` ("found", "none seen", "not assessable", "none listed"), `assessed_pct`, `obscured_pct` (looked at, and
      cannot be told), `not_searched_pct` (nobody looked; float64)
    * `observer`, `words`, `at` (date)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    return _frame(_opened(case), "searches", "search_uuid", _SEARCH_COLUMNS)


def products(case: CaseOrPath) -> pandas.DataFrame:
    """Products that the case keeps, by `product_uuid`.

    * `name`, `number`, `version` (int64), `state` ("draft", "issued", "published", "withdrawn")
    * `issued_at` (time in UTC), `issued_by`, `previous_uuid` (the version before), `sha256` (of the issued file)
    * `correction` (the line that a reissue prints), `row_count` (int64: rows that it printed)
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    case = _opened(case)
    frame = _frame(case, "products", "product_uuid", _PRODUCT_COLUMNS)
    return _with_counts(frame, {"row_count": _counts(frame, _links_there(case, "product_rows"), "product_uuid")})


def custody(case: CaseOrPath) -> pandas.DataFrame:
    """Events in the custody of kept files and image chips, by `custody_uuid`. Rows are only ever added.

    * `table_name` ("source_files", "chips"), `row_uuid`: the file or chip, which may be deleted since
    * `at` (time in UTC), `event` ("taken", "kept", "verified", "handed over", "received", "merged"), `actor`
    * `tool`, `sha256` (of the bytes at that time), `note`
    * who changed it when: `created_at`, `created_by`, `modified_at`, `modified_by`, `rev`
    """
    return _frame(_opened(case), "custody", "custody_uuid", _CUSTODY_COLUMNS)


# -- what belongs to what ---------------------------------------------------------------------------------------------


def claim_sites(case: CaseOrPath) -> pandas.DataFrame:
    """Links between claims and the sites they are about: `claim_uuid`, `site_uuid`.

    Links to rows that are not there are left out, here and in all counts.
    """
    return _links(_opened(case), "claim_sites", ())


def claim_sources(case: CaseOrPath) -> pandas.DataFrame:
    """Links between claims and the sources they are in: `claim_uuid`, `source_uuid`, `page`, `quote`, `credibility`
    (Int64: 1 to 6 of the Admiralty code; 6: cannot be judged), and `bearing` ("supports", "against", "context").
    """
    return _links(_opened(case), "claim_sources", ("credibility", "page", "quote", "bearing"))


def claim_evidence(case: CaseOrPath) -> pandas.DataFrame:
    """Evidence of our own that claims rest on, and claims that a judgement is about: `claim_uuid`, `evidence_table`
    ("observations", "chips", "searches", "site_point", "site_line", "site_polygon", "claims"), `evidence_uuid`,
    `bearing` ("supports", "against", "context"), `note` (the part that it is about).
    """
    return _links(_opened(case), "claim_evidence", ("evidence_table", "evidence_uuid", "bearing", "note"))


def product_rows(case: CaseOrPath) -> pandas.DataFrame:
    """Rows that issued products printed: `product_uuid`, `table_name` ("site_point", "claims", ...), `row_uuid`, and
    `row_rev` (int64: the revision in which it stood; 0: not stated). The row may be deleted since.
    """
    return _links(_opened(case), "product_rows", ("table_name", "row_uuid", "row_rev"))


def claim_responses(case: CaseOrPath) -> pandas.DataFrame:
    """Links between claims and their answers: `claim_uuid`, `response_uuid`."""
    return _links(_opened(case), "response_claims", ())


def site_names(case: CaseOrPath) -> pandas.DataFrame:
    """The other names of sites, one a row: `site_uuid`, `language` ("zh", "ru", "en", ...), `name`, `source_uuid` (of
    the source that has it), `is_ours` (bool: True where it is stated that the name is ours).
    """
    case = _opened(case)
    aliases = [(site.uuid, alias, *origin_of(alias)) for site in case.document.sites.values() for alias in site.aliases]
    names = [(uuid, *alias, source_uuid) for uuid, alias, source_uuid, _ours in aliases]
    columns = ("site_uuid", "language", "name", "source_uuid")
    frame = pandas.DataFrame({name: _array([row[at] for row in names], "str", None) for at, name in enumerate(columns)})
    frame["is_ours"] = pandas.Series([is_ours for *_, is_ours in aliases], frame.index, dtype="bool")
    frame.attrs["problems"] = list(case.problems)
    return frame


_ENDS: dict[Table, dict[str, Table]] = {
    "claim_sites": {"claim_uuid": "claims", "site_uuid": "sites"},
    "claim_sources": {"claim_uuid": "claims", "source_uuid": "sources"},
    "response_claims": {"claim_uuid": "claims", "response_uuid": "responses"},
    "claim_evidence": {"claim_uuid": "claims"},
    "product_rows": {"product_uuid": "products"},
}
_SITE_COLUMNS = (
    "label", "class_code", "role", "status", "reviewed_by", "reviewed_at", "location_country", "operator_country",
    "position_error_m", "position_basis", "position_source_uuid", "observed_at", "valid_from", "valid_to", "notes",
    "shape_json", "props_json", "mark_kind", "folder", "number", "marking", "parent_uuid", "lifecycle",
    "lifecycle_as_of", "lifecycle_source_uuid", "image_uuid", "pixel_m", "base_or_top", "identity_note",
)  # fmt: skip
_CLAIM_COLUMNS = (
    "statement",
    "source_wording",
    "made_by",
    "made_at",
    "voice",
    "state",
    "likelihood_term",
    "likelihood_low",
    "likelihood_high",
    "confidence",
    "confidence_reason",
    "place_note",
    "place_precision_m",
    "marking",
    "status",
    "reviewed_by",
    "reviewed_at",
    "steps_json",
    "words_kind",
    "alternatives",
    "assumptions",
    "indicators",
    "change_note",
)
_SOURCE_COLUMNS = (
    "kind",
    "title",
    "publisher",
    "author",
    "published_at",
    "accessed_at",
    "url",
    "archive_url",
    "sensor",
    "acquired_at",
    "reliability",
    "descriptor",
    "excerpt",
    "rights",
    "marking",
    "origin_uuid",
    "date_basis",
    "context",
    "evaluated",
    "machine_json",
)
_RESPONSE_COLUMNS = ("kind", "speaker", "words", "words_kind", "made_at", "source_uuid", "notes")
_PRODUCT_COLUMNS = (
    "name", "number", "version", "state", "issued_at", "issued_by", "previous_uuid", "sha256", "correction",
)  # fmt: skip
_CUSTODY_COLUMNS = ("table_name", "row_uuid", "at", "event", "actor", "tool", "sha256", "note")
_CHIP_COLUMNS = (
    "site_uuid",
    "source_uuid",
    "layer_title",
    "caption",
    "credit",
    "marking",
    "acquired_at",
    "date_kind",
    "niirs_scale",
    "niirs_rating",
    "niirs_by",
    "content_type",
    "width",
    "height",
    "sha256",
    "phash",
    "kind",
    "pair_uuid",
    "image_uuid",
    "machine_json",
)
_IMAGE_COLUMNS = (
    "image_key",
    "product_id",
    "sha256",
    "service",
    "layer_title",
    "sensor",
    "acquired_at",
    "date_kind",
    "date_basis",
    "gsd_m",
    "placement_note",
    "datum",
    "credit",
    "licence",
)
_OBSERVATION_COLUMNS = (
    "site_uuid",
    "image_uuid",
    "chip_uuid",
    "observer",
    "presence",
    "view_quality",
    "why",
    "change",
    "change_kind",
    "compared_to_uuid",
    "count_low",
    "count_high",
    "words",
    "target",
)
_SEARCH_COLUMNS = (
    "kind",
    "area_uuid",
    "image_uuid",
    "query_json",
    "target",
    "target_size_m",
    "gsd_m",
    "method",
    "cells_json",
    "result",
    "assessed_pct",
    "obscured_pct",
    "not_searched_pct",
    "observer",
    "words",
    "at",
)


def _opened(case: CaseOrPath) -> Case:
    return case if isinstance(case, Case) else read(case)


def _links_there(case: Case, table: Table) -> list[Row]:
    """The links of a table both of whose ends are there."""
    ends = [(column, case.document.table(other)) for column, other in _ENDS[table].items()]
    links = case.document.table(table).values()
    return [link for link in links if all(getattr(link, column) in rows for column, rows in ends)]


def _frame(case: Case, spec_name: str, key: str, names: Sequence[str]) -> pandas.DataFrame:
    """The rows of one table of the document: `names` of its columns and the stamps, by uuid."""
    spec = BY_NAME[spec_name]
    rows = list(case.document.table(spec.table).values())
    index = pandas.Index([row.uuid for row in rows], dtype="str", name=key)
    frame = _columns(rows, spec_name, (*names, *STAMPS), index)
    frame.attrs["problems"] = list(case.problems)
    return frame


def _links(case: Case, table: Table, names: Sequence[str]) -> pandas.DataFrame:
    """The links of one table: the uuids of both ends, and `names` of its columns."""
    frame = _columns(_links_there(case, table), table, (*_ENDS[table], *names), None)
    frame.attrs["problems"] = list(case.problems)
    return frame


def _columns(rows: Sequence[Row], spec_name: str, names: Sequence[str], index: pandas.Index | None) -> pandas.DataFrame:
    by_name = {column.name: column for column in BY_NAME[spec_name].columns}
    values = {name: _array([getattr(row, name) for row in rows], _dtype(by_name[name]), index) for name in names}
    return pandas.DataFrame(values)


def _dtype(column: StoredColumn) -> str:
    whole = "Int64" if column.optional else "int64"
    truth = "boolean" if column.optional else "bool"
    return {"text": "str", "real": "float64", "boolean": truth, "integer": whole}[column.kind]


def _array(values: Sequence[Any], dtype: str, index: pandas.Index | None) -> pandas.Series:
    """A column. Empty text says nothing, and is missing."""
    cells = [value or None for value in values] if dtype == "str" else values
    return pandas.Series(cells, index, dtype=dtype)


def _counts(frame: pandas.DataFrame, rows: Iterable[Row], column: str) -> list[int]:
    """Counts, for each row of a frame, the `rows` that name its uuid in their `column`."""
    counts = Counter(getattr(row, column) for row in rows)
    return [counts[uuid] for uuid in frame.index]


def _with_counts(frame: pandas.DataFrame, counted: Mapping[str, Sequence[int]]) -> pandas.DataFrame:
    """The frame with columns before its stamps."""
    for name, values in counted.items():
        dtype = "bool" if name.startswith("is_") else "int64"
        frame.insert(len(frame.columns) - len(STAMPS), name, _array(values, dtype, frame.index))
    return frame
