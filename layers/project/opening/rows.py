"""The rows of a case, made of values: fields are checked, missing and double uuids repaired, all losses reported."""

from __future__ import annotations

import gc
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast
from uuid import uuid4

from msgspec import Struct, field

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.rows import Row
from layers.errors import TooLarge
from layers.phrase import Phrase
from layers.project.opening.case_reader import Chunk
from layers.project.opening.values import Repair, judged
from layers.project.storage.geometry_blobs import geometries
from layers.project.storage.row_writer import row_number
from layers.project.storage.schema import RESERVED_META, SCHEMA_VERSION, TITLES
from layers.project.storage.tables import SPECS, StoredColumn, TableSpec, empty_value
from layers.project.storage.versions import later_columns, later_tables
from layers.text.counted import counted

MOST_ROWS = 5_000_000
"""Most rows of all tables together."""
CHUNK_ROWS = 20_000


class Tables(Protocol):
    """Gives the values of tables: another process for a case, our own connection for a working copy."""

    def filled(self, table: str, columns: Sequence[str]) -> dict[str, int]:
        """Columns among `columns` that hold anything, with the bytes of the largest value."""

    def each_chunk(
        self, table: str, columns: Mapping[str, int], take: Callable[[Chunk], None], geometry: str = ""
    ) -> None:
        """All rows, in the file's order."""


class RepairedRow(Struct, frozen=True):
    """A row with a value that was not taken as it stood: old and new values by column, and the old geometry."""

    table: str
    uuid: str
    old: dict[str, Any]
    new: dict[str, Any]


class UnplacedSite(Struct, frozen=True):
    """A site without a usable geometry: it stays in the file, but not in the document."""

    spec: TableSpec
    fields: dict[str, Any]
    geometry: Any
    """Geometry as it stood in the file."""


class CaseRows(Struct):
    """A document, a sentence for each kind of value that was not taken as it stood, and the content beside our rows."""

    document: Document
    problems: list[str] = field(default_factory=list)
    repaired: list[RepairedRow] = field(default_factory=list)
    unplaced: list[UnplacedSite] = field(default_factory=list)
    foreign: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=dict)
    """Values of columns that are not ours, by table and uuid."""
    renamed: dict[str, dict[int, str]] = field(default_factory=dict)
    """Uuids of rows that had none of their own, by table and row number in the file."""
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    """Row numbers in the file, by table and uuid."""


def read_rows(
    tables: Tables,
    there: Mapping[str, frozenset[str]] | None,
    foreign: Mapping[str, Sequence[str]] | None = None,
    version: int = SCHEMA_VERSION,
) -> CaseRows:
    """Read all rows of a case.

    `there` are the plain columns of each table; None: a file of our own. `foreign` are columns of our tables that are
    not ours, to be kept beside the rows. Columns of later versions than the case's are as in a new row. Raises
    TooLarge.
    """
    newer = later_tables(version)
    case_rows = CaseRows(Document())
    rows: dict[Table, list[Row]] = {}
    seen: set[str] = set()
    with _collector_paused():
        for spec in SPECS:
            if spec.name in newer:
                continue
            columns = frozenset(column.name for column in spec.columns) if there is None else there.get(spec.name)
            if columns is None:
                case_rows.problems.append(Phrase("The table {name} is missing: it is taken as empty.", name=spec.name))
                continue
            reading = _TableReading(spec, case_rows, seen, tuple((foreign or {}).get(spec.name, ())), version)
            reading.read(tables, columns)
            rows.setdefault(spec.table, []).extend(reading.rows)
            if sum(map(len, rows.values())) > MOST_ROWS:
                raise TooLarge(
                    "The case has more than {most_rows} rows: Geoloupe cannot hold them.", most_rows=f"{MOST_ROWS:,}"
                )
        case_rows.document = Document(rows)
    return case_rows


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the garbage collector: rows make no cycles, and walking them again and again costs a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _TableReading:
    """One table on its way into rows."""

    def __init__(
        self, spec: TableSpec, case_rows: CaseRows, seen: set[str], foreign: tuple[str, ...], version: int
    ) -> None:
        self.rows: list[Row] = []
        self._newer = later_columns(version, spec.name)
        self._spec, self._case_rows, self._seen, self._foreign = spec, case_rows, seen, foreign
        self._columns: list[StoredColumn] = []
        self._same: dict[str, Any] = {}
        self._repair_counts: Counter[tuple[str, str]] = Counter()
        self._new_uuids: Counter[str] = Counter()
        self._lost = 0

    def read(self, tables: Tables, there: frozenset[str]) -> None:
        spec, title = self._spec, _title(self._spec)
        expected = [column for column in spec.columns if column.name not in self._newer]
        columns = [column for column in expected if column.name in there]
        missing = sorted(column.name for column in expected if column.name not in there)
        if missing:
            self._case_rows.problems.append(
                Phrase("{title}: no column {missing}; taken as empty.", title=title, missing=", ".join(missing))
            )
        if spec.geometry_type and "geom" not in there:
            return
        filled = tables.filled(spec.name, [column.name for column in columns] + list(self._foreign))
        wanted = {column.name: filled[column.name] for column in columns if column.name in filled}
        if spec.geometry_type:
            wanted.setdefault("geom", 0)
        wanted |= {name: filled[name] for name in self._foreign if name in filled}
        # most columns of most cases are empty: what is the same in every row is not read
        self._columns = [column for column in columns if column.name in wanted]
        self._same = {column.field: self._unsaid(column) for column in spec.columns if column not in self._columns}
        tables.each_chunk(spec.name, wanted, self._take, "geom" if spec.geometry_type else "")
        self._tell()

    def _unsaid(self, column: StoredColumn) -> Any:
        """The value of a column that was not read: one of a later version is as in a new row."""
        return column.default if column.name in self._newer else empty_value(column)

    def _take(self, chunk: Chunk) -> None:
        fields: dict[str, list[Any]] = {}
        repairs: dict[int, list[Repair]] = {}
        for column in self._columns:
            values = chunk.columns[column.name]
            if column.kind == "geometry":
                fields[column.field] = geometries(values)
                continue
            fields[column.field], replaced = judged(column, values)
            for repair in replaced:
                repairs.setdefault(repair.row, []).append(repair)
                self._repair_counts[column.name, repair.why] += 1
        self._add_uuids(fields, len(chunk.numbers), chunk.numbers)
        if self._spec.key:
            numbers = self._case_rows.numbers.setdefault(self._spec.name, {})
            numbers.update(zip(fields["uuid"], chunk.numbers, strict=True))
        foreign = [chunk.columns[name] for name in self._foreign if name in chunk.columns]
        names = list(fields)
        make, same = cast("Any", self._spec.row_type), self._same
        placed = fields.get("geometry")
        if self._spec.table != "meta" and not foreign and not repairs and (placed is None or None not in placed):
            self.rows += [
                make(**dict(zip(names, values, strict=False)), **same) for values in zip(*fields.values(), strict=True)
            ]
            return
        for index, row_values in enumerate(zip(*fields.values(), strict=True)):
            row = dict(zip(names, row_values, strict=True))
            if self._spec.table == "meta" and (not row["uuid"] or row["uuid"] in RESERVED_META):
                continue
            if placed is not None and placed[index] is None:
                self._lost += 1
                self._case_rows.unplaced.append(UnplacedSite(self._spec, {**row, **same}, chunk.refused.get(index)))
            else:
                self.rows.append(make(**row, **same))
            if index in repairs:
                self._note(row["uuid"], repairs[index])
            if foreign:
                self._keep(row["uuid"], tuple(values[index] for values in foreign), chunk)

    def _add_uuids(self, fields: dict[str, list[Any]], count: int, numbers: list[int]) -> None:
        """Give each row a uuid of its own. Rows pasted in QGIS have the uuid of their original."""
        if self._spec.table == "meta":
            fields.setdefault("uuid", [""] * count)
            return
        uuids = fields.setdefault("uuid", [""] * count)
        self._same.pop("uuid", None)
        seen = self._seen
        fresh = set(uuids)
        if len(fresh) == count and "" not in fresh and seen.isdisjoint(fresh):
            seen |= fresh
            return
        renamed = self._case_rows.renamed.setdefault(self._spec.name, {})
        for index, uuid in enumerate(uuids):
            if uuid and uuid not in seen:
                seen.add(uuid)
                continue
            self._new_uuids[Phrase("no uuid") if not uuid else Phrase("the uuid of another row")] += 1
            renamed[numbers[index]] = uuids[index] = str(uuid4())
            seen.add(uuids[index])

    def _note(self, uuid: str, repairs: list[Repair]) -> None:
        old = {repair.column: repair.old for repair in repairs}
        new = {repair.column: repair.new for repair in repairs}
        self._case_rows.repaired.append(RepairedRow(self._spec.name, uuid, old, new))

    def _keep(self, uuid: str, values: tuple[Any, ...], chunk: Chunk) -> None:
        names = [name for name in self._foreign if name in chunk.columns]
        kept = dict(zip(names, values, strict=True))
        row = tuple(kept.get(name) for name in self._foreign)
        if any(value is not None for value in row):
            self._case_rows.foreign.setdefault(self._spec.name, {})[uuid] = row

    def _tell(self) -> None:
        title, problems = _title(self._spec), self._case_rows.problems
        for (name, why), count in self._repair_counts.items():
            whys = {"why": why, "whys": _plural(why)}
            values = counted(count, "value of {name} {why}", "values of {name} {whys}", name=name, **whys)
            problems.append(Phrase("{title}: {values}; not taken as it stands.", title=title, values=values))
        for what, count in self._new_uuids.items():
            problems.append(
                Phrase(
                    "{title}: {counted} got a new one.",
                    title=title,
                    counted=counted(count, "row had {what}; it", "rows had {what}; they", what=what),
                )
            )
        if self._lost:
            sites = counted(self._lost, "site has no usable geometry and is", "sites have no usable geometry and are")
            problems.append(
                Phrase("{title}: {sites} left out; the file keeps the rest of it.", title=title, sites=sites)
            )


def _plural(why: str) -> str:
    return "are" + why.removeprefix("is") if why.startswith("is") else why


def _title(spec: TableSpec) -> str:
    return TITLES.get(spec.name, spec.name)


class OwnTables:
    """The tables of a file that we wrote ourselves."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def filled(self, table: str, columns: Sequence[str]) -> dict[str, int]:
        counts = ", ".join(f'count("{name}")' for name in columns)
        row = self._connection.execute(f"SELECT {counts} FROM {table}").fetchone()
        return {name: 0 for name, count in zip(columns, row, strict=True) if count}

    def each_chunk(
        self, table: str, columns: Mapping[str, int], take: Callable[[Chunk], None], geometry: str = ""
    ) -> None:
        number = row_number(name for _, name, *_ in self._connection.execute(f"PRAGMA table_info({table})"))
        names = ", ".join([number, *(f'"{name}"' for name in columns)])
        cursor = self._connection.execute(f"SELECT {names} FROM {table} ORDER BY {number}")
        while rows := cursor.fetchmany(CHUNK_ROWS):
            numbers, *values = zip(*rows, strict=True)
            take(Chunk(list(numbers), {name: list(v) for name, v in zip(columns, values, strict=True)}, {}))
