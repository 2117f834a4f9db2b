"""Questions about features: geometries for the canvas, attributes, exact rows, measures, and layers written anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Self

from msgspec import field

from layers.requests.question import Question


class OfLayer(Question, frozen=True):
    """A question about one layer of a file of features."""

    layer: str = ""
    """Its name; "" for the first."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options for reading the file, as the source of a layer keeps them."""
    source_crs: str = ""
    """Taken instead of the file's own."""


class ReadFeatures(OfLayer, frozen=True):
    """Rows of a layer in the canvas's CRS, as int32 steps: the columns of `FeatureTable` from `kind` to `bounds`.

    The header is described where it is made, in `readers.features.canvas_features`, and checked where it is taken, in
    `pool.features`.
    """

    op: ClassVar[str] = "features"
    crs: str = ""
    """Of the canvas."""
    step: float | None = None
    """World units a step; None: the canvas's."""
    start_fid: int = 0
    end_fid: int | None = None
    share: int | None = None
    """The i-th of as many like parts of all fids as the header's "shares" says, in place of `start_fid`."""
    limit: int = 0
    columns: tuple[str, ...] | None = ()
    """Attributes that come along; None: all."""
    most_bytes: int = 0


class ReadAttributes(OfLayer, frozen=True):
    """Attributes as JSON values: of `fids`, or of a chunk from `start_fid` on. Header `RowFacts`."""

    op: ClassVar[str] = "attributes"
    fids: tuple[int, ...] | None = None
    start_fid: int = 0
    limit: int = 0
    columns: tuple[str, ...] | None = None
    """None: all."""


class ReadRows(OfLayer, frozen=True):
    """Rows with their exact geometries, WKB in EPSG:4326 end to end (uint8), and where each begins (int64).

    A chunk from `start_fid` on, or `fids`; an empty stretch stands for a row without a place. Header `RowFacts`.
    """

    op: ClassVar[str] = "rows"
    start_fid: int = 0
    fids: tuple[int, ...] | None = None


class RowFacts(NamedTuple):
    """Facts about rows besides their geometries."""

    fids: list[int]
    columns: dict[str, list[Any]]
    """Attributes by name, a JSON value a row."""
    next_fid: int | None
    """Start of the next chunk; None after the last."""

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return {**self._asdict(), "done": self.next_fid is None}

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        following = header["next_fid"]
        columns = {str(name): list(values) for name, values in header["columns"].items()}
        return cls([int(fid) for fid in header["fids"]], columns, None if following is None else int(following))


class ReadColumns(OfLayer, frozen=True):
    """Whole columns of attributes, exact, a chunk of rows from `start` on; made and taken as `ReadFeatures` is."""

    op: ClassVar[str] = "columns"
    start: int = 0
    columns: tuple[str, ...] | None = None
    """None: all."""


class Measure(OfLayer, frozen=True):
    """A chunk of rows from `start` on: fids (int64), and their metres or square metres (float64). Header: next."""

    op: ClassVar[str] = "measures"
    measure: str = "$length"
    """Or $area."""
    start: int = 0


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
    """As the answer before gave them."""


class Exported(NamedTuple):
    """Progress of an export."""

    next_start: int | None
    """For the next stretch; None after the last."""
    written: int
    facts: dict[str, Any]
    remark: str
    """A remark on what the format cannot hold."""
    found: int | None
    """Rows of a finished CSV: one without places is no layer that could be opened."""

    def header(self) -> dict[str, Any]:
        """Plain JSON values; `of` gives back an equal value."""
        return {**self._asdict(), "done": self.next_start is None}

    @classmethod
    def of(cls, header: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or ValueError where the values are not ours."""
        following, found = header["next_start"], header["found"]
        return cls(
            None if following is None else int(following),
            int(header["written"]),
            dict(header["facts"]),
            str(header["remark"]),
            None if found is None else int(found),
        )


class WriteWorkbook(Question, frozen=True):
    """Write tables as the sheets of a spreadsheet to `out`, which is ours alone. `path` is a file with them as JSON:
    a list of {name, columns, rows}, each cell a text, a number or null. Header: the number of rows of each sheet.
    """

    op: ClassVar[str] = "write_workbook"
    out: str = ""
