"""Text tables: cells of any length, header rows, delimiters and what is said of rows."""

from pathlib import Path

import pytest
import shapely

from layers.errors import UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.delimited import read_delimited
from layers.vector.table import VectorInfo

POOL = ReaderPool(inline=True)


def probe(path: Path, **more) -> VectorInfo:
    (found,) = POOL.ask("probe", {"path": str(path), **more}).header["layers"]
    return VectorInfo.from_json(found)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_coastline_fits_into_a_cell(tmp_path, rows, preview):
    """A cell over Python's limit of 131,072 characters, and over what a preview looks at first."""
    line = shapely.LineString([(i / 1e4, 50 + (i % 7) / 7) for i in range(30_000)]).wkt
    assert len(line) > 2**19
    path = written(tmp_path / "coast.csv", "name,wkt\n" + "".join(f'coast {i},"{line}"\n' for i in range(rows)))
    info = probe(path, preview=preview)
    assert (info.geometry, info.problems) == ("LineString", ())
    assert info.reading["placed"] == info.features
    assert rows if not preview else 0 < info.features <= rows


def test_a_preview_leaves_out_the_row_that_it_cuts(tmp_path):
    path = written(tmp_path / "a.csv", "name,lat,lon\n" + f"{'x' * 1000},51,128\n" * 900)
    table = read_delimited(str(path), {}, preview=True)
    assert 400 < len(table) < 900
    assert set(table.columns["lon"]) == {"128"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_a_stray_nul_is_marked_in_its_cell(tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    path = written(tmp_path / "a.csv", mark + "name,lat,lon\na\0b,51.5,128.25\n" + "x,51,128\n" * 20, encoding)
    assert probe(path).features == 21
    assert read_delimited(str(path), {}).columns["name"][0] == "a\ufffdb"


@pytest.mark.parametrize(
    "data", [b"name,lat\n\x00\x01\x02,5\n" * 20, b"n\0a\0m\0e\0,\0", bytes(range(256)) * 4, b"\0" * 99]
)
def test_what_is_binary_is_no_table(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UnsupportedFormat, match="of no kind that Geoloupe opens"):
        probe(path)
