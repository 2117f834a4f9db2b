"""Makes sites of features, with their attributes and sources: a feature's own source, or the layer's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from msgspec import Struct
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.source import Source
from layers.document.vocabulary import SITE_CLASSES
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.storage.geometry_blobs import wkb_is_sound
from layers.vector.style.markers import facility_of
from layers.vector.style.routes import route_of
from viewer.commands.sites import add_site, check_site
from viewer.commands.sources import add_source
from viewer.commands.tables.field_columns import SOURCE_FIELDS, SiteMapping
from viewer.commands.tables.row_sources import row_source, source_left_over

LONGEST_LABEL = 200
LONGEST_NOTES = 4000
_SAME, _MORE = ("title", "publisher", "rights"), ("published_at", "url")
"""Fields that make two entries of the register the same, and fields that one of them may leave empty."""

type FeatureRow = tuple[int, bytes, Mapping[str, Any]]
"""A feature as fid, WKB in EPSG:4326, and attributes."""


class LayerSource(Struct, frozen=True):
    """The entry of the layer's file in the source register."""

    title: str
    credit: str = ""
    licence: str = ""
    descriptor: str = ""


def sites_from_features(
    document: Document,
    rows: Iterable[FeatureRow],
    mapping: SiteMapping,
    source: LayerSource,
    *,
    layer_uuid: str,
    actor: str,
    now: str | None = None,
    clockwise: bool = False,
    step: tuple[float, float] = (0.0, 0.0),
    moved: str = "",
) -> tuple[Edit, list[str]]:
    """One edit that adds a site for each feature and, where it is not registered yet, the source; and what was left
    out.

    `clockwise`: in the layer's file areas lie to the right of their rings. `step`: degrees by which the layer is shown
    aside, and `moved` the words for it. Raises InvalidValue where no feature can become a site.
    """
    register = _Register(document, actor, now)
    whole = {
        "kind": "data set",
        "title": source.title,
        "publisher": source.credit,
        "rights": source.licence,
        "descriptor": source.descriptor,
    }
    sites: list[Change] = []
    left_out: list[str] = []
    for fid, wkb, attributes in rows:
        try:
            own = row_source(attributes, mapping)
            values = site_fields(attributes, mapping) | {
                "layer_uuid": layer_uuid,
                "props_json": json.dumps({"fid": fid, **attributes}, ensure_ascii=False, default=str),
            }
            basis = f"as in {own.get('title') or source.title}"
            values.setdefault("position_basis", f"{basis}, {moved}" if moved else basis)
            geometry = translate(site_geometry(wkb, clockwise=clockwise), *step)
            check_site(geometry, values)
            values["position_source_uuid"] = register.uuid_of({"descriptor": _of_row(source), **own} if own else whole)
            sites += add_site(document, geometry, actor=actor, now=now, **values).changes
        except InvalidValue as error:
            left_out.append(Phrase("Feature {fid} is left out. {why}", fid=fid, why=error.sentence))
    if not sites:
        raise InvalidValue(left_out[0] if left_out else Phrase("No feature is selected."))
    label = (
        Phrase("Make {count} sites of “{title}”", count=len(sites), title=source.title)
        if len(sites) > 1
        else Phrase("Make a site of “{title}”", title=source.title)
    )
    return Edit(label, (*register.changes, *sites)), left_out


def cited_sources(
    document: Document, citations: Sequence[Mapping[str, str]], named_in: str, *, actor: str, now: str | None = None
) -> tuple[list[str], tuple[Change, ...]]:
    """The uuids of the sources that rows cite, as `row_source` gives them, and the changes that register new ones.

    The uuid is empty for a row that cites none. `named_in`: the file that names them.
    """
    register = _Register(document, actor, now)
    descriptor = _of_row(LayerSource(named_in))
    uuids = [register.uuid_of({"descriptor": descriptor, **own}) if own else "" for own in citations]
    return uuids, tuple(register.changes)


class _Register:
    """The source register while sites are made: sources that it has already are not entered again."""

    def __init__(self, document: Document, actor: str, now: str | None) -> None:
        self._document, self._actor, self._now = document, actor, now
        self._uuids: dict[tuple[str, ...], str] = {}
        self.changes: list[Change] = []

    def uuid_of(self, fields: Mapping[str, str]) -> str:
        key = tuple(fields.get(name, "") for name in (*_SAME, *_MORE))
        if key not in self._uuids:
            self._uuids[key] = self._registered(fields) or self._entered(fields)
        return self._uuids[key]

    def _registered(self, fields: Mapping[str, str]) -> str:
        """Uuid of a source in the case with the same fields, and perhaps more; empty without one."""
        wanted = {name: fields.get(name, "") for name in _SAME} | {
            name: fields[name] for name in _MORE if name in fields
        }
        for row in self._document.sources.values():
            if isinstance(row, Source) and all(getattr(row, name) == value for name, value in wanted.items()):
                return row.uuid
        return ""

    def _entered(self, fields: Mapping[str, str]) -> str:
        changes = add_source(self._document, actor=self._actor, now=self._now, **fields).changes
        self.changes += changes
        return changes[0].uuid


def _of_row(source: LayerSource) -> str:
    """Descriptor of a row's source, with the file that named it: nobody has looked into the source itself."""
    return f"Named in {source.descriptor or source.title}; not looked into."


def site_geometry(wkb: bytes, *, clockwise: bool = False) -> BaseGeometry:
    """Make the geometry of a site from a feature's: flat, a single part as such, areas to the left of their rings.

    `clockwise`: in the file they lie to the right. Raises InvalidValue where it has no place.
    """
    if not wkb or not wkb_is_sound(wkb):
        raise InvalidValue("It has no place.")
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    if geometry is None or geometry.is_empty:
        raise InvalidValue("It has no place.")
    if clockwise:
        geometry = shapely.orient_polygons(geometry)
    if geometry.geom_type.startswith("Multi") and len(geometry.geoms) == 1:
        return geometry.geoms[0]
    return geometry


def site_fields(attributes: Mapping[str, Any], mapping: SiteMapping) -> dict[str, Any]:
    """The fields of a site that a feature fills. Raises InvalidValue."""
    columns = mapping.columns

    def text(each: str) -> str:
        value = attributes.get(columns.get(each, ""))
        return "" if value is None else str(value).strip()

    fields: dict[str, Any] = {"label": text("label")[:LONGEST_LABEL], "class_code": _class(text("class_code"), mapping)}
    for each in ("location_country", "operator_country", "position_basis"):
        if text(each):
            fields[each] = text(each)
    aliases = tuple((language, text(f"alias_{language}")) for language in ("zh", "ru", "en"))
    fields["aliases"] = tuple((language, name) for language, name in aliases if name and name != fields["label"])
    if text("position_error_m"):
        fields["position_error_m"] = metres_of(text("position_error_m"))
    notes = text("notes")
    if mapping.lists_others:
        own = row_source(attributes, mapping)
        own_columns = {columns[each] for each in columns if own or each not in SOURCE_FIELDS}
        others = [
            f"{name}: {value}"
            for name, value in attributes.items()
            if name not in own_columns and value not in (None, "")
        ]
        notes = "\n".join([*([notes] if notes else []), *others])
    if more := source_left_over(attributes, mapping):
        notes = "\n".join(filter(None, (notes, f"{columns['source']}: {more}")))
    fields["notes"] = notes if len(notes) <= LONGEST_NOTES else notes[: LONGEST_NOTES - 1] + "…"
    return fields


def _class(text: str, mapping: SiteMapping) -> str:
    """The class that a column names; else the one for all."""
    return class_named(text) or mapping.class_code


def class_named(text: str) -> str:
    """The class that a text names by its code, its title or a name of its sign; empty for any other text."""
    if text in SITE_CLASSES:
        return text
    folded = text.casefold().replace("_", " ")
    for code, title in SITE_CLASSES.items():
        if folded in (title.casefold(), code.replace("_", " ")):
            return code
    named = facility_of(text) or route_of(text)
    return named if named in SITE_CLASSES else ""


def metres_of(text: str) -> float:
    """The number of metres that a text states, with a point or a comma. Raises InvalidValue."""
    try:
        return float(text.replace(",", ".").replace("_", "?"))  # Python takes it for a separator
    except ValueError:
        raise InvalidValue("“{text}” is no number of metres.", text=text[:40]) from None
