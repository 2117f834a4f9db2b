"""Marks as text for another case or program: GeoJSON, accompanied by the sources and images that they cite."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import shapely
from msgspec import NODEFAULT, Struct, field
from msgspec.structs import fields

from layers.document import vocabulary
from layers.document.alias import origin_of, sources_of
from layers.document.document import Document
from layers.document.image import Image
from layers.document.json_fields import json_object
from layers.document.mark_template import MarkTemplate, template_of_row, templates_in_text, templates_text
from layers.document.rows import Row, Template
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.geo.geojson_geometry import geometry_of
from layers.phrase import Phrase
from layers.project.opening.values import judged
from layers.project.storage.tables import STAMPS, StoredColumn, aliases_from_text, aliases_text, spec_of

MOST_MARKS = 10_000
MOST_ALIASES = 20
_WITH_ORIGIN = "aliases_json"
"""The property that holds names with their origin, beside the names for other programs."""
OWN = "geoloupe"
"""Member of the text for content that only Geoloupe reads."""
_STAYS = frozenset({*STAMPS, "uuid", "layer_uuid", "reviewed_by", "reviewed_at", "status", "geometry"})
"""Fields that stay behind in the case in which a mark was made."""
_CHOICES = {
    "role": vocabulary.ROLES,
    "mark_kind": vocabulary.MARK_KINDS,
    "lifecycle": ("", *vocabulary.LIFECYCLES),
    "base_or_top": ("", *vocabulary.BASE_OR_TOP),
}
_NAMES = ("label", "name", "Name", "NAME", "title")
_NOTES = ("notes", "description", "Description", "desc")
_LARGEST = 2**53
"""Largest whole number; no field has a larger one."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


class CopiedMarks(Struct, frozen=True):
    """Marks that were copied somewhere; their uuids are those of the originals."""

    sites: tuple[Site, ...]
    sources: Mapping[str, Source] = field(default_factory=dict)
    images: Mapping[str, Image] = field(default_factory=dict)
    templates: tuple[MarkTemplate, ...] = ()
    """Templates of their classes that the case has changed, or has of its own."""
    claims: int = 0
    """Number of links of the originals to claims, which are not copied."""
    is_ours: bool = True
    not_taken: int = 0
    """Number of features that are no marks: without a geometry, or with a broken one."""


def marks_text(document: Document, sites: Sequence[Site]) -> str:
    """GeoJSON of these marks with all their fields, and the rows that they cite. Raises InvalidValue for too many."""
    if len(sites) > MOST_MARKS:
        raise InvalidValue(
            "More than {most_marks} marks are too many to be copied: select fewer.", most_marks=f"{MOST_MARKS:,}"
        )
    geometries = shapely.to_geojson([site.geometry for site in sites])
    features = [
        f'{{"type": "Feature", "id": {json.dumps(site.uuid)}, "geometry": {geometry}, "properties": {_facts(site)}}}'
        for site, geometry in zip(sites, geometries, strict=True)
    ]
    cited = {uuid for site in sites for uuid in cited_by(site)}
    own = {
        "version": 1,
        "claims": sum(len(document.links.site_to_claims(site.uuid)) for site in sites),
        "sources": {uuid: _stated_fields(document.sources[uuid]) for uuid in sorted(cited & document.sources.keys())},
        "templates": templates_text(_templates(document, {site.class_code for site in sites})),
        "images": {
            uuid: _stated_fields(document.images[uuid])
            for uuid in sorted({site.image_uuid for site in sites} & document.images.keys())
        },
    }
    body = ",\n".join(features)
    return f'{{"type": "FeatureCollection", "{OWN}": {json.dumps(own)}, "features": [\n{body}\n]}}'


def cited_by(site: Site) -> list[str]:
    """The uuids of the sources that a mark names, in the order of its fields; some may be empty."""
    return [site.position_source_uuid, site.lifecycle_source_uuid, *sorted(sources_of(site.aliases))]


def marks_in_text(text: str) -> CopiedMarks:
    """The marks in GeoJSON, be it ours or not. Raises InvalidValue with a sentence that says why there are none."""
    data = json_object(text, Phrase("The pasted text"))
    kind = data.get("type")
    if kind == "FeatureCollection":
        features = data.get("features")
        marks = features if isinstance(features, list) else []
    elif kind == "Feature":
        marks = [data]
    else:
        marks = [{"type": "Feature", "geometry": data, "properties": {}}]
    if len(marks) > MOST_MARKS:
        raise InvalidValue(
            "The pasted text has more than {most_marks} features: open it as a file instead.",
            most_marks=f"{MOST_MARKS:,}",
        )
    own = data.get(OWN)
    is_ours = isinstance(own, dict)
    beside: dict[str, Any] = own if isinstance(own, dict) else {}
    sites: list[Site] = []
    reasons: list[str] = []
    for feature in marks:
        try:
            sites.append(_site(feature, is_ours=is_ours))
        except InvalidValue as error:
            reasons.append(error.sentence)
    if not sites:
        raise InvalidValue(
            "The pasted text has no marks. {reasons}", reasons=reasons[0] if reasons else Phrase("It has no features.")
        )
    claims = beside.get("claims")
    return CopiedMarks(
        tuple(sites),
        {row.uuid: row for row in _rows(beside.get("sources"), Source)},
        {row.uuid: row for row in _rows(beside.get("images"), Image) if row.image_key},
        _read_templates(beside.get("templates")),
        claims if type(claims) is int and 0 <= claims < 1_000_000_000 else 0,
        is_ours,
        len(reasons),
    )


def _templates(document: Document, codes: Collection[str]) -> list[MarkTemplate]:
    """The case's own templates of these classes."""
    rows = (row for row in document.table("templates").values() if isinstance(row, Template))
    return [template for row in rows if row.class_code in codes and (template := template_of_row(row)) is not None]


def _read_templates(text: object) -> tuple[MarkTemplate, ...]:
    try:
        return tuple(templates_in_text(text)) if isinstance(text, str) else ()
    except InvalidValue:
        return ()  # there are none, or no templates at all: the marks are taken without


def looks_like_marks(text: str) -> bool:
    """True for text that may be GeoJSON, by its first and last characters: it is read only when it is pasted."""
    head, tail = text[:2000].lstrip("\ufeff \t\r\n"), text[-50:].rstrip()
    return head.startswith("{") and tail.endswith("}") and '"type"' in text[:100_000]


def _facts(site: Site) -> str:
    return json.dumps(_stated_fields(site), ensure_ascii=True)


def _stated_fields(row: Row) -> dict[str, Any]:
    """The fields that differ from those of a new row."""
    values = {name: value for name, default in _DEFAULTS[type(row)] if (value := getattr(row, name)) != default}
    if isinstance(row, Site) and row.aliases:
        values["aliases"] = dict(row.aliases)
        if any(origin_of(alias) != ("", False) for alias in row.aliases):
            values[_WITH_ORIGIN] = aliases_text(row.aliases)
    return values


def _defaults(row_type: type[Row]) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (item.name, item.default)
        for item in fields(row_type)
        if item.name not in _STAYS and (row_type is not Site or item.name != "aliases")
    )


_DEFAULTS: dict[type[Row], tuple[tuple[str, Any], ...]] = {kind: _defaults(kind) for kind in (Site, Source, Image)}


def _site(feature: object, *, is_ours: bool) -> Site:
    """The mark that a feature is. Raises InvalidValue where it has no geometry."""
    if not isinstance(feature, dict):
        raise InvalidValue("It has a feature that is none.")
    geometry = geometry_of(feature.get("geometry"))
    members = feature.get("properties")
    properties: dict[str, Any] = dict(members) if isinstance(members, dict) else {}
    if not is_ours:
        properties["label"], properties["notes"] = _first(properties, _NAMES), _first(properties, _NOTES)
    uuid = feature.get("id")
    site = Site(uuid=uuid if isinstance(uuid, str) and _UUID.fullmatch(uuid) else "", geometry=geometry)
    columns = [column for column in spec_of("sites", site).plain_columns if column.field not in _STAYS]
    aliases, stated = properties.pop("aliases", None), properties.pop(_WITH_ORIGIN, None)
    named = aliases_from_text(stated) if is_ours and isinstance(stated, str) else None
    if not named and isinstance(aliases, dict):
        named = tuple((code, name) for code, name in aliases.items() if isinstance(name, str))
    if named:
        properties["aliases"] = aliases_text(named[:MOST_ALIASES])
    return Site(uuid=site.uuid, geometry=geometry, **_values(columns, properties))


def _rows[R: (Source, Image)](value: object, row_type: type[R]) -> Iterable[R]:
    """The sources or images beside the marks, those with a sound uuid."""
    if not isinstance(value, dict):
        return
    table = "sources" if row_type is Source else "images"
    columns = [column for column in _columns_of(table) if column.field not in _STAYS]
    for uuid, row in list(value.items())[:MOST_MARKS]:
        if isinstance(row, dict) and _UUID.fullmatch(uuid):
            needed = {column.field: "" for column in columns if column.default is NODEFAULT}
            yield row_type(uuid=uuid, **{**needed, **_values(columns, row)})


def _columns_of(table: str) -> tuple[StoredColumn, ...]:
    row: Row = Source(uuid="", title="") if table == "sources" else Image(uuid="", image_key="")
    return spec_of("sources" if table == "sources" else "images", row).plain_columns


def _values(columns: Sequence[StoredColumn], row: Mapping[str, Any]) -> dict[str, Any]:
    """The stated fields, each as one of ours; an unknown word counts as not stated."""
    values: dict[str, Any] = {}
    for column in columns:
        value = row.get(column.field)
        if value is None or (type(value) is int and abs(value) > _LARGEST):
            continue
        if column.kind == "real" and type(value) is int:
            value = float(value)
        if column.kind == "boolean" and isinstance(value, bool):
            value = int(value)
        ((word,), repairs) = judged(column, [value])
        known = _CHOICES.get(column.field)
        if repairs and column.kind != "text":
            continue
        if known is None or word in known:
            values[column.field] = word
    if values.get("class_code") == "":
        del values["class_code"]
    return values


def _first(properties: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of these properties that says something."""
    for name in names:
        value = properties.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)[:200]
    return ""
