"""Reads the rows of a file's tables as sites, as a layer is read, and matches columns to fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from shapely import Point

from layers.errors import BadCoordinate, CannotBePlaced, GeoloupeError, InvalidValue, NotReadable, UnsupportedFormat
from layers.geo.coordinates import Datum
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.crs import crs_name
from layers.phrase import Phrase
from layers.pool.feature_rows import read_rows
from layers.raster.photograph import Photograph, photograph_in
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.text.counted import counted, grouped, metres
from layers.vector.table import VectorInfo
from viewer.commands.photographs import photo_fields
from viewer.commands.sites import check_site
from viewer.commands.tables.feature_sites import site_geometry
from viewer.commands.tables.field_columns import TABLE_COLUMN_NAMES, SiteMapping, guess_table_mapping
from viewer.commands.tables.site_rows import TableSite, UnfitValues, date_orders, table_site

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool

MOST_SITES = 20_000
"""Most sites of one table: more are data rather than an analyst's marks."""
_OF_CAMERAS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
_NO_PLACE = "It has no place."
PLACE_OPTIONS = {"lat": "y", "lon": "x", "place": "place", "wkt": "wkt"}
"""Fields that give a place, and the options of table readers for them."""

_OF_ROWS = re.compile(
    r"(Row|Line) [\d\u202f]+: |[\d\u202f]+ rows? (of .* ha(s|ve) no usable coordinates|in all)|1 row |Only the first"
)
_TOLD_ROWS = 250

type TableRow = tuple[int, bytes, Mapping[str, Any]]
"""Number as a person counts, WKB in lon and lat, attributes."""


class FoundSites(Struct):
    """Sites made from the rows of a file."""

    sites: list[TableSite] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """A sentence for each row that makes no site."""
    counts: dict[str, int] = field(default_factory=dict)
    """Number of sites by the name of their layer."""
    notes: list[str] = field(default_factory=list)
    """Remarks of readers on the file as a whole: that it was cut off, that an encoding is a guess."""
    unfit: UnfitValues = field(default_factory=UnfitValues)
    """Values that stand in the notes, as they do not fit their field."""


class TableReading(Struct, frozen=True):
    """Choices for making sites of rows: which column fills which field, and what holds where none does."""

    mapping: SiteMapping
    own_classes: Mapping[str, str] = {}
    """Codes of classes that the case has of its own, by their names, as `own_classes` gives them."""


def read_sites(
    path: Path, mapping: Mapping[str, str], pool: ReaderPool, own: Mapping[str, str] | None = None
) -> FoundSites:
    """Read the rows of all layers of a file as sites; a photograph becomes one mark.

    `mapping`: column by field, as in `--map`; `own`: the classes that the case has of its own, of `own_classes`. Raises
    InvalidValue where a mapped column is missing or no row has a place, and errors of readers.
    """
    unknown = set(mapping) - set(TABLE_COLUMN_NAMES) - set(PLACE_OPTIONS)
    if unknown:
        fields = ", ".join([*PLACE_OPTIONS, *TABLE_COLUMN_NAMES])
        raise InvalidValue("--map knows no field “{pop}”: use {known}.", pop=unknown.pop(), known=fields)
    photograph = _photograph_at(path, pool)
    if photograph is not None:
        return FoundSites([_photo_mark(photograph, path)], counts={path.name: 1})
    layers = layers_of_file(path, pool)
    names = {name.strip().casefold(): name for layer in layers for name in names_of(layer)}
    for column in mapping.values():
        if column.strip().casefold() not in names:
            raise InvalidValue(
                "{path} has no column “{column}”; it has {values}.",
                path=path,
                column=column,
                values=", ".join(names.values()),
            )
    chosen = {key: names[column.strip().casefold()] for key, column in mapping.items()}
    options = {PLACE_OPTIONS[key]: column for key, column in chosen.items() if key in PLACE_OPTIONS}
    if options:
        layers = layers_of_file(path, pool, options)  # other places, and something else to say of them
    found_sites = FoundSites(notes=notes_on(layers))
    refusals: list[GeoloupeError] = []
    for layer in layers:
        placing = options or layer.reading.get("columns") or {}
        columns = guess_table_mapping(names_of(layer), list(placing.values()))
        columns |= {key: column for key, column in chosen.items() if key not in PLACE_OPTIONS}
        reading = TableReading(SiteMapping(columns, lists_others=False), own or {})
        try:
            add_rows(found_sites, layer, rows_of(layer, path, options, pool), reading, options)
        except CannotBePlaced as error:
            refusals.append(error)
    if not found_sites.sites and refusals and all(is_placed(layer) for layer in layers):
        raise refusals[0]
    if not found_sites.sites:
        raise InvalidValue(
            "No row of {path} has a place: name the columns with --map lat=COLUMN lon=COLUMN.", path=path
        )
    return found_sites


def _photograph_at(path: Path, pool: ReaderPool) -> Photograph | None:
    """The photograph with its EXIF; None for any other file."""
    if path.suffix.lower() not in _OF_CAMERAS:
        return None
    probed: Probed = pool.ask(Probe(str(path.resolve()))).facts
    return photograph_in(probed.raster.tags) if probed.raster is not None else None


def _photo_mark(photograph: Photograph, path: Path) -> TableSite:
    """Make a mark at the place of the camera. It is no site, as the picture's content has not been judged."""
    fields = photo_fields(photograph, path.name)
    geometry = Point(photograph.lon, photograph.lat)
    check_site(geometry, fields)
    return TableSite(1, geometry, fields)


def layers_of_file(path: Path, pool: ReaderPool, options: Mapping[str, str] | None = None) -> list[VectorInfo]:
    """The layers of a file that have rows, with the columns and first rows of tables. It blocks. Raises errors of
    readers, UnsupportedFormat for an image, NotReadable without any row.
    """
    probed: Probed = pool.ask(Probe(str(path.resolve()), options=dict(options or {}), preview=True)).facts
    if probed.kind != "vector":
        raise UnsupportedFormat("{path} holds no rows that could become sites: it is an image.", path=path)
    if not any(layer.features for layer in probed.layers):
        raise NotReadable("{path} holds no rows: there is nothing to add.", path=path)
    return [layer for layer in probed.layers if layer.features]


def notes_on(layers: Iterable[VectorInfo]) -> list[str]:
    """Remarks on the file, without those on single rows, which are repeated where a row makes no site."""
    problems = (problem for layer in layers for problem in layer.problems)
    return [problem for problem in dict.fromkeys(problems) if not _OF_ROWS.match(problem)]


def is_placed(layer: VectorInfo) -> bool:
    """True where the columns that give the places of a table's rows are known."""
    return bool(layer.reading.get("columns", True))


def names_of(layer: VectorInfo) -> list[str]:
    """The names of the columns, also of those that give the place."""
    return [str(name) for name in layer.reading.get("names") or [name for name, _ in layer.fields]]


def rows_of(
    layer: VectorInfo,
    path: Path,
    options: Mapping[str, str],
    pool: ReaderPool,
    check: Callable[[int], None] = lambda done: None,
) -> list[TableRow]:
    """All rows of a layer; none of a table without places. `options`: the columns that give these, and the `crs` of
    their numbers. It blocks, and calls `check` with the number of rows read.

    Raises InvalidValue for more than `MOST_SITES`, and errors of readers.
    """
    if not (is_placed(layer) or options):
        return []
    rows: list[TableRow] = []
    own = "" if "columns" in layer.reading else options.get("crs", "")
    for row in read_rows(pool, path, layer.name, {} if own else dict(options), own):
        if len(rows) % _TOLD_ROWS == 0:
            check(len(rows))
        if len(rows) == MOST_SITES:
            raise InvalidValue(
                "{name} has more than {most} rows, which are data rather than marks: open it as a layer.",
                name=path.name,
                most=grouped(MOST_SITES),
            )
        rows.append(row)
    return rows


def add_rows(
    found_sites: FoundSites,
    layer: VectorInfo,
    rows: Sequence[TableRow],
    reading: TableReading,
    options: Mapping[str, str],
) -> None:
    """Add the sites of rows to `found_sites`, and a sentence on each row that makes none."""
    crs = options.get("crs", "")
    places = {**layer.reading.get("columns", {}), **{key: column for key, column in options.items() if key != "crs"}}
    name, before = Path(layer.path).name, len(found_sites.sites)
    orders, sentences = date_orders([values for _number, _wkb, values in rows], reading.mapping)
    found_sites.notes += [sentence for sentence in sentences if sentence not in found_sites.notes]
    for number, wkb, values in rows:
        try:
            coordinate = None if crs else _as_written(values, places)
            if not wkb and coordinate is not None:
                raise InvalidValue(_why_not(coordinate))
            geometry = site_geometry(wkb, clockwise=layer.is_clockwise)
            basis = _basis(coordinate) or (f"as in {name}, in {crs_name(crs)}" if crs else f"as in {name}")
            site = table_site(
                number, geometry, values, reading.mapping, basis, found_sites.unfit, reading.own_classes, orders
            )
            found_sites.sites.append(site)
        except InvalidValue as error:
            why = error.sentence if error.sentence != _NO_PLACE else _problem_of(layer, number)
            found_sites.left_out.append(
                Phrase("{name}, row {number}: left out. {why}", name=name, number=number, why=why)
            )
    if len(found_sites.sites) > before:
        found_sites.counts[layer.name] = len(found_sites.sites) - before


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


def sites_in_words(counts: Mapping[str, int], sources: int = 0, claims: int = 0) -> str:
    """A sentence on the number of sites that were made, with their layers where these are several, and of sources
    and claims.
    """
    numbers = (sum(counts.values()), "site"), (sources, "source"), (claims, "claim")
    parts = [counted(number, noun) for number, noun in numbers if number or noun == "site"]
    plain = f"{_listed(parts)} added"
    if len(counts) < 2:
        return f"{plain}."
    return f"{plain}: {_listed([f'{count} of {name}' for name, count in counts.items()])}."


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
