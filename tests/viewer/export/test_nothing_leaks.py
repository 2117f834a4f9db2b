"""Nothing of the house is in a published product, and each of its links is the link that was cited."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from html import unescape
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from rasterio.io import MemoryFile

from layers.pool.pool import ReaderPool
from tests.support.cases.addresses import ADDRESSES
from tests.support.cases.planted import FAR, MARKING, PLANTED, PRINTED, saved_planted
from tests.viewer.export.data.hidden_words import words_in
from viewer.__main__ import main

PAGES = (".png", ".jpg", ".webp", ".pdf", ".svg", ".tif")
DATA = (".kmz", ".geojson", ".csv", ".xlsx", ".gpkg", ".html")
QUICK = (".pdf", ".svg", *DATA)
SLOW = tuple(suffix for suffix in (*PAGES, *DATA) if suffix not in QUICK)
KINDS = [*QUICK, *(pytest.param(suffix, marks=pytest.mark.bounded) for suffix in SLOW)]


@pytest.fixture(autouse=True)
def system(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with a name and a login of its own."""
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    monkeypatch.setattr("getpass.getuser", lambda: PLANTED["login name"])
    monkeypatch.setattr("socket.gethostname", lambda: PLANTED["machine name"])


def exported(case: Path, out: Path, *options: str) -> list[bytes]:
    """The bytes of all files that were written, each page one."""
    words = [str(case), "--out", str(out), *options]
    assert main(["export", *words, *(("--size", "900x700") if out.suffix in PAGES else ())]) == 0
    found = sorted(out.parent.glob(f"{out.stem}*{out.suffix}"))
    assert out in found
    return [path.read_bytes() for path in found]


@pytest.mark.bounded
@pytest.mark.sampled(6)
@pytest.mark.parametrize("suffix", KINDS)
def test_no_byte_of_a_published_product_tells_of_the_house(tmp_path: Path, suffix: str) -> None:
    case = saved_planted(tmp_path)
    files = exported(case, tmp_path / f"out{suffix}", "--publish", "--marking", MARKING)
    hidden = [*PLANTED.values(), str(tmp_path), f"{FAR.x:g}", "TLP:RED"]
    found = set().union(*(words_in(data, hidden) for data in files))
    assert {name for name, word in PLANTED.items() if word in found} == set()
    assert found == set()
    if suffix in QUICK:  # of the others a machine reads only what is beside the pixels
        assert set().union(*(words_in(data, PRINTED) for data in files)) == set(PRINTED)


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("suffix", [".gpkg", ".html", ".svg", ".geojson"])
def test_the_search_finds_what_is_planted_in_one_for_the_desk(tmp_path: Path, suffix: str) -> None:
    case = saved_planted(tmp_path)
    files = exported(case, tmp_path / f"out{suffix}")
    found = set().union(*(words_in(data, PLANTED.values()) for data in files))
    assert {PLANTED["folder"], PLANTED["draft mark"], PLANTED["typed speaker"]} <= found
    in_case = words_in(case.read_bytes(), PLANTED.values())
    assert in_case == set(PLANTED.values()), "all of them are in the case, to be found"


def _sources_of_gpkg(data: bytes, folder: Path) -> list[str]:
    path = folder / "read.gpkg"
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT url FROM sources")]


def _sources_of_xlsx(data: bytes, _folder: Path) -> list[str]:
    rows = list(openpyxl.load_workbook(io.BytesIO(data))["Sources"].iter_rows(values_only=True))
    column = rows[0].index("url")
    return [str(row[column]) for row in rows[1:]]


def _areas_of_pdf(data: bytes, _folder: Path) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [bytes(one.A.URI).decode() for page in pdf.pages for one in page.obj.get("/Annots", [])]


def _cited_in(text: str) -> list[str]:
    """The addresses in the citations of `saved_planted`."""
    return re.findall(r"“Source \d+”, (\S+), accessed 12 April 2024", text)


def _cells(data: bytes, _folder: Path) -> list[str]:
    return _cited_in(" ".join(cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row))


def _kml(data: bytes, _folder: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _cited_in(unescape(unescape(archive.read("doc.kml").decode())))


def _tags_of_tiff(data: bytes, _folder: Path) -> list[str]:
    """As GDAL gives them: it masks what it writes twice, and takes both off again."""
    with MemoryFile(data) as file, file.open() as image:
        packet = "=".join(part for pair in image.tags(ns="xml:XMP").items() for part in pair)
        return [*_cited_in(image.tags()["SOURCE"]), *_cited_in(unescape(packet))]


READ: dict[str, Callable[[bytes, Path], Sequence[str]]] = {
    ".gpkg": _sources_of_gpkg,
    ".xlsx": _sources_of_xlsx,
    ".pdf": _areas_of_pdf,
    ".csv": _cells,
    ".kmz": _kml,
    ".geojson": lambda data, _: [source["url"] for source in json.loads(data)["sources"]],
    ".html": lambda data, _: [unescape(href) for href in re.findall(r'<a href="([^"#][^"]*)"', data.decode())],
    ".tif": _tags_of_tiff,
    ".svg": lambda data, _: _cited_in(unescape(data.decode())),
}
"""The links of a file, as another program reads them. Pictures have them in the words beside their pixels."""


def _links_in(suffix: str, files: list[bytes], folder: Path) -> set[str]:
    read = READ.get(suffix, lambda data, _: _cited_in(unescape(data.decode("utf-8", "replace"))))
    return {link for data in files for link in read(data, folder)}


def _is_clickable(address: str) -> bool:
    return address.lower().startswith(("http://", "https://")) and "\\" not in address  # a browser reads it as another


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("suffix", "count"),
    [
        *((suffix, 200) for suffix in DATA),
        (".pdf", 30),
        *(pytest.param(suffix, 200, marks=pytest.mark.bounded) for suffix in PAGES),
    ],
)
def test_each_link_of_a_published_product_is_the_link_that_was_cited(tmp_path: Path, suffix: str, count: int) -> None:
    cited = ADDRESSES[:count]
    case = saved_planted(tmp_path, cited)
    files = exported(case, tmp_path / f"out{suffix}", "--publish", "--marking", MARKING)
    links = _links_in(suffix, files, tmp_path)
    assert links <= {*cited, ADDRESSES[20]}, "none is half a link, or another"
    wanted = {address for address in cited if _is_clickable(address)} if suffix in (".pdf", ".html") else set(cited)
    if suffix == ".jpg":  # its words have 64 kB at most: citations are whole there, or counted
        assert links
    else:
        assert wanted <= links
