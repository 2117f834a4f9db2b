"""Makes sites of features, with their attributes and sources: a feature's own source, or the layer's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from msgspec import Struct, field
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.source import Source
from layers.document.vocabulary import SITE_CLASSES
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.storage.geometry_blobs import wkb_is_sound
from layers.time.cell_times import cell_time
from layers.time.dates import is_partial
from layers.vector.style.markers import facility_of
from layers.vector.style.routes import route_of
from viewer.commands.sites import add_site, check_site
from viewer.commands.sources import add_source

LONGEST_LABEL = 200
LONGEST_NOTES = 4000
COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "label": (
        "label",
        "name",
        "title",
        "facility",
        "station",
        "name_en",
        "название",
        "наименование",
        "имя",
        "名称",
        "名字",
    ),
    "class_code": ("class_code", "class", "facility_type", "kind", "type"),
    "alias_zh": ("alias_zh", "name_zh", "name:zh", "zh"),
    "alias_ru": ("alias_ru", "name_ru", "name:ru", "ru"),
    "alias_en": ("alias_en", "name_en", "name:en", "en"),
    "notes": ("notes", "note", "remarks", "remark", "comment", "description", "примечание", "备注"),
    "location_country": ("location_country", "country", "country_code", "iso_a2", "страна", "国家"),
    "operator_country": ("operator_country", "operator"),
    "position_error_m": ("position_error_m", "error_m", "accuracy_m"),
    "position_basis": ("position_basis", "basis"),
}
"""The column names from which each field of a site is guessed, without regard to case."""
SOURCE_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "source": ("source", "sources", "citation", "reference", "источник", "来源"),
    "source_url": ("source_url", "url", "link", "href", "ссылка", "链接"),
}
"""The column names for the source that a row names itself."""
SITE_FIELDS, SOURCE_FIELDS = tuple(COLUMN_NAMES), tuple(SOURCE_COLUMN_NAMES)
LONGEST_CITATION = 500
_SAME, _MORE = ("title", "publisher", "rights"), ("published_at", "url")
"""Fields that make two entries of the register the same, and fields that one of them may leave empty."""
_CITED = re.compile(
    r'["“«](?P<title>[^"“”«»]+)["”»],\s*(?P<publisher>.+?)(?:,\s*(?P<date>\d{4}(?:-\d\d){0,2}|n\.d\.))?'
)
"""A citation as the field writes it: "Title", publisher, date."""
_FROM_MEMORY = re.compile(r"\bfrom memory\b|\bgeneral knowledge\b", re.IGNORECASE)

_STATED = {"publisher": "source_publisher", "author": "source_author", "published_at": "source_date"}
"""Fields of a source that columns of their own may state, by the names that a mapping has for them."""

type FeatureRow = tuple[int, bytes, Mapping[str, Any]]
"""A feature as fid, WKB in EPSG:4326, and attributes."""


class SiteMapping(Struct, frozen=True):
    """The mapping of columns: `columns` is the column of each site field. Sites without a class column get
    `class_code`.

    With `lists_others` the attributes of no field are listed in the notes; all of them are kept in the site's
    properties either way.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    class_code: str = "other"
    lists_others: bool = True


class LayerSource(Struct, frozen=True):
    """The entry of the layer's file in the source register."""

    title: str
    credit: str = ""
    licence: str = ""
    descriptor: str = ""


def guess_mapping(
    names: Sequence[str], known: Mapping[str, tuple[str, ...]] = COLUMN_NAMES | SOURCE_COLUMN_NAMES
) -> dict[str, str]:
    """Column of each field, guessed from the columns' names; a column serves one field."""
    folded = {name.strip().casefold(): name for name in reversed(names)}
    mapping: dict[str, str] = {}
    for each, candidates in known.items():
        for candidate in candidates:
            column = folded.get(candidate)
            if column is not None and column not in mapping.values():
                mapping[each] = column
                break
    return mapping


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


def row_source(attributes: Mapping[str, Any], mapping: SiteMapping) -> dict[str, str]:
    """The fields of the source that a feature names itself; empty where it names none, or memory.

    A citation of the usual form is split into title, publisher and date. Any other text is the title.
    """

    def text(each: str) -> str:
        value = attributes.get(mapping.columns.get(each, ""))
        return "" if value is None else " ".join(str(value).split())

    named, url = text("source")[:LONGEST_CITATION], text("source_url")
    if named.lower().startswith(("http://", "https://")):
        named, url = "", url or named
    if _FROM_MEMORY.search(named):
        named = ""
    if not (named or url):
        return {}
    match = _CITED.fullmatch(named)
    cited = {"title": named or url, "url": url}
    if match:
        date = match["date"] or ""
        cited |= {"title": match["title"].strip(), "publisher": match["publisher"].strip()}
        cited |= {"published_at": date if is_partial(date) else ""}
    stated = {name: text(each) for name, each in _STATED.items()}
    timed = cell_time(stated["published_at"])
    if timed is not None:
        stated["published_at"] = timed[0]
    if not is_partial(stated["published_at"]):
        del stated["published_at"]
    cited |= {name: value for name, value in stated.items() if value}
    kind = "web page" if url else "other"
    return {"kind": kind} | {name: value for name, value in cited.items() if value}


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
