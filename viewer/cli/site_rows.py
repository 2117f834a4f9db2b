"""Reads the rows of a file's tables as sites, as a layer is read, and matches columns to fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace
from shapely import Point
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.vocabulary import ROLES
from layers.errors import BadCoordinate, CannotBePlaced, GeoloupeError, InvalidValue, NotReadable, UnsupportedFormat
from layers.geo.coordinates import Datum
from layers.geo.coordinates.parse import parse_coordinate
from layers.pool.feature_rows import read_rows
from layers.raster.photograph import Photograph, photograph_in
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.text.counted import counted, metres
from layers.vector.table import VectorInfo
from viewer.commands.feature_sites import (
    COLUMN_NAMES,
    SOURCE_COLUMN_NAMES,
    SiteMapping,
    cited_sources,
    guess_mapping,
    row_source,
    site_fields,
    site_geometry,
)
from viewer.commands.imagery.photographs import photo_fields
from viewer.commands.sites import add_sites, check_site

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool

MORE_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    **COLUMN_NAMES,
    **SOURCE_COLUMN_NAMES,
    "role": ("role",),
}
"""The column names of each field of a site, without regard to case."""
_OF_CAMERAS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
_NO_PLACE = "It has no place."
_PLACE_OPTIONS = {"lat": "y", "lon": "x", "place": "place"}
"""Fields of `--map` that give a place, and the options of table readers for them."""

_OF_ROWS = re.compile(
    r"(Row|Line) [\d\u202f]+: |[\d\u202f]+ rows? (of .* ha(s|ve) no usable coordinates|in all)|1 row |Only the first"
)

_ACTOR = "command line"
type _SiteRow = tuple[BaseGeometry, dict[str, Any]]


class FoundSites(Struct):
    """Sites made from the rows of a file."""

    sites: list[_SiteRow] = field(default_factory=list)
    citations: list[Mapping[str, str]] = field(default_factory=list)
    """Fields of the source that each row cites, as `row_source` gives them; empty where it cites none."""
    left_out: list[str] = field(default_factory=list)
    """A sentence for each row that makes no site."""
    counts: dict[str, int] = field(default_factory=dict)
    """Number of sites by the name of their layer."""
    notes: list[str] = field(default_factory=list)
    """Remarks of readers on the file as a whole: that it was cut off, that an encoding is a guess."""


def read_sites(path: Path, mapping: Mapping[str, str], pool: ReaderPool) -> FoundSites:
    """Read the rows of all layers of a file as sites; a photograph becomes one mark.

    `mapping`: column by field, as in `--map`. Raises InvalidValue where a mapped column is missing or no row has a
    place, and errors of readers.
    """
    unknown = set(mapping) - set(MORE_COLUMN_NAMES) - set(_PLACE_OPTIONS)
    if unknown:
        fields = ", ".join([*_PLACE_OPTIONS, *MORE_COLUMN_NAMES])
        raise InvalidValue("--map knows no field “{pop}”: use {known}.", pop=unknown.pop(), known=fields)
    photograph = photograph_at(path, pool)
    if photograph is not None:
        return FoundSites([_photo_mark(photograph, path)], [{}], counts={path.name: 1})
    layers = _layers(path, pool)
    names = {name.strip().casefold(): name for layer in layers for name in _names(layer)}
    for column in mapping.values():
        if column.strip().casefold() not in names:
            raise InvalidValue(
                "{path} has no column “{column}”; it has {values}.",
                path=path,
                column=column,
                values=", ".join(names.values()),
            )
    chosen = {key: names[column.strip().casefold()] for key, column in mapping.items()}
    options = {_PLACE_OPTIONS[key]: column for key, column in chosen.items() if key in _PLACE_OPTIONS}
    if options:
        layers = _layers(path, pool, options)  # other places, and something else to say of them
    found_sites = FoundSites(notes=_notes(layers))
    refusals: list[GeoloupeError] = []
    for layer in layers:
        try:
            _add_sites_of(layer, path, chosen, options, pool, found_sites)
        except CannotBePlaced as error:
            refusals.append(error)
    if not found_sites.sites and refusals and all(_is_placed(layer) for layer in layers):
        raise refusals[0]
    if not found_sites.sites:
        raise InvalidValue(
            "No row of {path} has a place: name the columns with --map lat=COLUMN lon=COLUMN.", path=path
        )
    return found_sites


def photograph_at(path: Path, pool: ReaderPool) -> Photograph | None:
    """The photograph with its EXIF; None for any other file."""
    if path.suffix.lower() not in _OF_CAMERAS:
        return None
    probed: Probed = pool.ask(Probe(str(path.resolve()))).facts
    return photograph_in(probed.raster.tags) if probed.raster is not None else None


def _photo_mark(photograph: Photograph, path: Path) -> _SiteRow:
    """Make a mark at the place of the camera. It is no site, as the picture's content has not been judged."""
    fields = photo_fields(photograph, path.name)
    geometry = Point(photograph.lon, photograph.lat)
    check_site(geometry, fields)
    return geometry, fields


def _layers(path: Path, pool: ReaderPool, options: Mapping[str, str] | None = None) -> list[VectorInfo]:
    probed: Probed = pool.ask(Probe(str(path.resolve()), options=dict(options or {}), preview=True)).facts
    if probed.kind != "vector":
        raise UnsupportedFormat("{path} holds no rows that could become sites: it is an image.", path=path)
    if not any(layer.features for layer in probed.layers):
        raise NotReadable("{path} holds no rows: there is nothing to add.", path=path)
    return list(probed.layers)


def _notes(layers: list[VectorInfo]) -> list[str]:
    """Remarks on the file, without those on single rows, which are repeated where a row makes no site."""
    problems = (problem for layer in layers for problem in layer.problems)
    return [problem for problem in dict.fromkeys(problems) if not _OF_ROWS.match(problem)]


def _is_placed(layer: VectorInfo) -> bool:
    """True where the columns that give the places of a table's rows are known."""
    return bool(layer.reading.get("columns", True))


def _names(layer: VectorInfo) -> list[str]:
    return [str(name) for name in layer.reading.get("names") or [name for name, _ in layer.fields]]


def _add_sites_of(
    layer: VectorInfo,
    path: Path,
    chosen: Mapping[str, str],
    options: dict[str, str],
    pool: ReaderPool,
    found_sites: FoundSites,
) -> None:
    columns = guess_mapping(_names(layer), MORE_COLUMN_NAMES)
    columns |= {key: column for key, column in chosen.items() if key not in _PLACE_OPTIONS}
    places = {**layer.reading.get("columns", {}), **options}
    before = len(found_sites.sites)
    for number, wkb, values in _rows(layer, path, options, pool):
        try:
            found_sites.sites.append(_site(wkb, values, columns, places, layer, path))
            found_sites.citations.append(row_source(values, SiteMapping(columns)))
        except InvalidValue as error:
            reason = error.sentence if error.sentence != _NO_PLACE else _problem_of(layer, number)
            found_sites.left_out.append(f"{path.name}, row {number}: left out. {reason}")
    if len(found_sites.sites) > before:
        found_sites.counts[layer.name] = len(found_sites.sites) - before


def _rows(
    layer: VectorInfo, path: Path, options: dict[str, str], pool: ReaderPool
) -> Iterator[tuple[int, bytes, Mapping[str, Any]]]:
    """(number as a person counts, WKB in lon and lat, attributes) of each row; empty for a table without places."""
    if _is_placed(layer) or options:
        yield from read_rows(pool, path, layer.name, options)


def _site(
    wkb: bytes,
    values: Mapping[str, Any],
    columns: dict[str, str],
    places: Mapping[str, str],
    layer: VectorInfo,
    path: Path,
) -> _SiteRow:
    fields = site_fields(values, SiteMapping(columns, lists_others=False))
    role, basis = (str(values.get(columns.get(key, "")) or "").strip() for key in ("role", "position_basis"))
    if role in ROLES:
        fields["role"] = role
    coordinate = _as_written(values, places)
    if not wkb and coordinate is not None:
        raise InvalidValue(_why_not(coordinate))
    geometry = site_geometry(wkb, clockwise=layer.is_clockwise)
    fields["position_basis"] = basis or _basis(coordinate) or f"as in {path.name}"
    fields = {name: value for name, value in fields.items() if value not in ("", ())}
    check_site(geometry, fields)
    return geometry, fields


def _as_written(values: Mapping[str, Any], places: Mapping[str, str]) -> str | None:
    """Coordinate of each row as the table writes it, "" for none; None for a table that has no single text for it."""
    texts = {key: str(values.get(column) or "").strip() for key, column in places.items()}
    if "place" in texts:
        return texts["place"]
    if "x" not in texts or "y" not in texts or "zone" in texts:
        return None
    x, y = (_written(values.get(places[key])) for key in ("x", "y"))
    return f"lat: {y} lon: {x}" if x and y else ""


def _written(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _why_not(coordinate: str) -> str:
    if not coordinate:
        return "It has no coordinates."
    try:
        parse_coordinate(coordinate)
    except BadCoordinate as error:
        return error.sentence
    return _NO_PLACE


def _problem_of(layer: VectorInfo, number: int) -> str:
    """The reader's problem with a row that seems to have a place."""
    begin = f"Row {number}: "
    sentence = next((problem for problem in layer.problems if problem.startswith(begin)), "").removeprefix(begin)
    return sentence[:1].upper() + sentence[1:] or _NO_PLACE


def _basis(coordinate: str | None) -> str:
    """Basis of a position: notation and precision of its coordinate, which are no position error."""
    if not coordinate:
        return ""
    try:
        parsed = parse_coordinate(coordinate)
    except BadCoordinate:
        return ""
    if parsed.datum is not Datum.WGS84:
        return parsed.basis
    return f"{parsed.notation} coordinate as given, written to ± {metres(parsed.error_m)}"


def sites_with_sources(document: Document, found_sites: FoundSites, name: str) -> tuple[Edit, int]:
    """One edit that adds the sites and registers the sources that their rows cite; and how many sources are new."""
    uuids, registered = cited_sources(document, found_sites.citations, Path(name).name, actor=_ACTOR)
    rows = [
        (geometry, {**fields, "position_source_uuid": uuid} if uuid else fields)
        for (geometry, fields), uuid in zip(found_sites.sites, uuids, strict=True)
    ]
    edit = add_sites(document, rows, actor=_ACTOR)
    return replace(edit, changes=(*registered, *edit.changes)), len(registered)


def sites_in_words(counts: Mapping[str, int], sources: int = 0) -> str:
    """A sentence on the number of sites that were made, with their layers where these are several, and of sources."""
    total = sum(counts.values())
    plain = f"{counted(total, 'site')} {f'and {counted(sources, "source")} ' if sources else ''}added"
    if len(counts) < 2:
        return f"{plain}."
    return f"{plain}: {_listed([f'{count} of {name}' for name, count in counts.items()])}."


def _listed(parts: Sequence[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
