"""Questions about features: geometries for the canvas, attributes, exact rows, measures, and layers written anew."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct, field

from layers.requests.question import Question


class OfLayer(Question, frozen=True):
    """A question about one layer of a file of features."""

    layer: str = ""
    """Its name; "" for the first."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options for reading the file, as the source of a layer keeps them."""
    source_crs: str = ""
    """Taken instead of the file's own."""


type _Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A number that int64 holds."""


class FeatureFacts(Struct, frozen=True):
    """Facts about features whose columns come as arrays; `pool.features` checks that the two fit."""

    crs: str
    origin: tuple[float, float]
    step: float
    """Size of a step in world units."""
    form: dict[str, _Whole]
    """Columns with one value throughout, or that follow from others: they are not sent as arrays."""
    columns: dict[str, list[Any]] = {}
    """Attributes that were asked for."""
    skipped: Annotated[int, Meta(ge=0)] = 0
    """Rows that have no place there."""
    lost: list[tuple[int, int]] = []
    """The first of those: (row as people count, reason)."""
    next_fid: int | None = None
    """Start of the next chunk; None after the last."""
    end_fid: int | None = None
    """End of the share that was asked for."""
    shares: Annotated[int, Meta(ge=1, le=4096)] = 1
    """Number of equal parts of all fids, each to be read by a question of its own."""


class ReadFeatures(OfLayer, frozen=True):
    """Rows of a layer in the canvas's CRS, as int32 steps: the columns of `FeatureTable` from `kind` to `bounds`.

    Header `FeatureFacts`.
    """

    op: ClassVar[str] = "features"
    crs: str = ""
    """CRS of the canvas."""
    step: float | None = None
    """World units a step; None: the canvas's."""
    start_fid: int = 0
    end_fid: int | None = None
    share: int | None = None
    """Number of the share to read, of as many equal parts of all fids as the header's "shares" says; replaces
    `start_fid`.
    """
    limit: int = 0
    columns: tuple[str, ...] | None = ()
    """Attributes that come along; None: all."""
    most_bytes: int = 0

    @classmethod
    def facts_kind(cls) -> Any:
        return FeatureFacts


class RowFacts(Struct, frozen=True):
    """Facts about rows besides their geometries."""

    fids: list[_Whole]
    columns: dict[str, list[Any]]
    """Attributes by name, a JSON value a row."""
    next_fid: int | None
    """Start of the next chunk; None after the last."""

    def __post_init__(self) -> None:
        if any(len(values) != len(self.fids) for values in self.columns.values()):
            raise ValueError("columns that are not as long as the rows")


class ReadAttributes(OfLayer, frozen=True):
    """Attributes as JSON values: of `fids`, or of a chunk from `start_fid` on. Header `RowFacts`."""

    op: ClassVar[str] = "attributes"
    fids: tuple[int, ...] | None = None
    start_fid: int = 0
    limit: int = 0
    columns: tuple[str, ...] | None = None
    """Names of the columns; None: all."""

    @classmethod
    def facts_kind(cls) -> Any:
        return RowFacts


class ReadRows(OfLayer, frozen=True):
    """Rows with their exact geometries, WKB in EPSG:4326 end to end (uint8), and where each begins (int64).

    A chunk from `start_fid` on, or `fids`; an empty stretch stands for a row without a place. Header `RowFacts`.
    """

    op: ClassVar[str] = "rows"
    start_fid: int = 0
    fids: tuple[int, ...] | None = None

    @classmethod
    def facts_kind(cls) -> Any:
        return RowFacts


class ColumnFacts(Struct, frozen=True):
    """Description of a column whose values come as arrays."""

    kind: str
    """A `Kind` of `layers.vector.columns`."""
    name: str
    codes: bool = False
    """True where texts are sent once each, and rows have their numbers."""
    null: bool = False
    """True where a mask of rows without a value comes too."""
    zone: str = ""


class ChunkFacts(Struct, frozen=True):
    """Facts about a chunk of rows whose values come as arrays."""

    next: int | None
    """Start of the next chunk; None after the last."""
    columns: list[ColumnFacts] = []


class ReadColumns(OfLayer, frozen=True):
    """Whole columns of attributes, exact, a chunk of rows from `start` on. Header `ChunkFacts`."""

    op: ClassVar[str] = "columns"
    start: int = 0
    columns: tuple[str, ...] | None = None
    """Names of the columns; None: all."""

    @classmethod
    def facts_kind(cls) -> Any:
        return ChunkFacts


class Measure(OfLayer, frozen=True):
    """A chunk of rows from `start` on: fids (int64), their metres or square metres (float64). Header `ChunkFacts`."""

    op: ClassVar[str] = "measures"
    measure: str = "$length"
    """The measure: $length or $area."""
    start: int = 0

    @classmethod
    def facts_kind(cls) -> Any:
        return ChunkFacts


class Exported(Struct, frozen=True):
    """Progress of an export."""

    next_start: int | None
    """Start of the next stretch; None after the last."""
    written: Annotated[int, Meta(ge=0)]
    facts: dict[str, Any]
    remark: str
    """A remark on data that the format cannot hold."""
    found: int | None
    """Rows of a finished CSV: one without places is no layer that could be opened."""


class ExportRows(OfLayer, frozen=True):
    """Write rows from `start` on to `out`, which is ours alone; the first stretch begins the file, the last ends it."""

    op: ClassVar[str] = "export_rows"
    out: str = ""
    format: str = ""
    title: str = "layer"
    fids_file: str = ""
    """A .npy with the ascending fids of those that are wanted; "" for all."""
    start: int = 0
    written: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    """Facts of the answer before."""

    @classmethod
    def facts_kind(cls) -> Any:
        return Exported


class SheetOfCells(Struct, frozen=True):
    """A sheet of a spreadsheet, or the one table of a text file: its columns by name, and the numbers of its rows."""

    name: str
    columns: dict[str, list[str]]
    numbers: list[int]
    """Numbers that a person sees on the rows."""
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(cells) != len(self.numbers) for cells in self.columns.values()):
            raise ValueError("columns that are not as long as the rows")


class SheetFacts(Struct, frozen=True):
    """The sheets of a spreadsheet that hold anything."""

    sheets: list[SheetOfCells]


class ReadSheets(Question, frozen=True):
    """The cells of a spreadsheet or a text table as texts, whether or not its rows have places. Header `SheetFacts`."""

    op: ClassVar[str] = "sheets"

    @classmethod
    def facts_kind(cls) -> Any:
        return SheetFacts


class WriteWorkbook(Question, frozen=True):
    """Write tables as the sheets of a spreadsheet to `out`, which is ours alone. `path` is a file with them as JSON:
    a list of {name, columns, rows}, each cell a text, a number or null. Header: the number of rows of each sheet.
    """

    op: ClassVar[str] = "write_workbook"
    out: str = ""
