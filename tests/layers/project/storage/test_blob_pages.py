"""Pages that no row is read from: found in a case of ours, listed, and left out of the hash over the rows."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.project.saving import publish
from layers.project.storage.blob_pages import as_text, blob_runs, from_text, others
from layers.project.storage.integrity import StoredHashes, examine, examine_rows
from layers.project.storage.schema import BLOB_PAGES_KEY, INTEGRITY_KEY, ROWS_INTEGRITY_KEY
from layers.project.storage.tables import SPECS

LONG_WORDS = "wkt " * 3000
"""Words that reach over two further pages."""


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(publish, "MANY_BYTES", 0)
    chance = random.Random(3)
    sizes = [0, 1, 300, 4_061, 9_000, 70_000]
    chips = [Chip(uuid=f"c{n}", content_type="image/png", crs_wkt=LONG_WORDS * (n % 2)) for n in range(len(sizes))]
    files = [SourceFile(uuid=f"f{n}", source_uuid="s", name=f"f{n}.pdf") for n in range(len(sizes))]
    blobs: dict[tuple[str, str] | tuple[str, str, str], bytes] = {}
    for number, size in enumerate(sizes):
        blobs["chips", f"c{number}"] = blobs["source_files", f"f{number}"] = chance.randbytes(size)
        blobs["chips", f"c{number}", "thumbnail"] = chance.randbytes(size // 10)
    sites = [Site(uuid=f"site {number}", geometry=Point(number, 10)) for number in range(50)]
    document = Document({"sites": sites, "chips": chips, "sources": [Source(uuid="s")], "source_files": files})
    publish.write_case(document, tmp_path / "case.gpkg", blobs=blobs)
    return tmp_path / "case.gpkg"


def _stored(case: Path) -> StoredHashes:
    with closing(sqlite3.connect(f"{case.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        meta = dict(connection.execute("SELECT key, value FROM loupe_meta"))
    return StoredHashes(*(meta.get(key, "") for key in (INTEGRITY_KEY, ROWS_INTEGRITY_KEY, BLOB_PAGES_KEY)))


def _words(case: Path) -> list[object]:
    """All values of all plain tables but bytes, of which only the size is read."""
    words: list[object] = []
    with closing(sqlite3.connect(f"{case.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        for spec in SPECS:
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({spec.name})")]
            parts = [f"length({name})" if name in spec.blobs else name for name in names]
            words += connection.execute(f"SELECT {', '.join(parts)} FROM {spec.name}").fetchall()
    return words


def _pages(case: Path) -> set[int]:
    size = case.stat().st_size // 4096
    runs = from_text(_stored(case).blob_pages, size)
    assert runs
    return {page for first, count in runs for page in range(first, first + count)}


def test_no_word_is_read_from_these_pages_and_they_hold_most_bytes(case: Path) -> None:
    pages, before, data = _pages(case), _words(case), bytearray(case.read_bytes())
    blob_bytes = 2 * (70_000 + 9_000) + 7_000
    assert len(pages) * 4092 > 0.85 * blob_bytes
    for page in pages:
        start = (page - 1) * 4096
        data[start : start + 4096] = random.Random(page).randbytes(4096)
    case.write_bytes(data)
    assert _words(case) == before


def test_every_byte_of_any_other_page_counts(case: Path) -> None:
    stored, data, pages = _stored(case), case.read_bytes(), _pages(case)
    with case.open("rb") as file:
        assert examine_rows(file, stored) == examine(file, stored.whole)
        assert examine_rows(file, StoredHashes(stored.whole)) is None, "a case of an older version"
    chance = random.Random(4)
    every_other = [page for page in range(2, len(data) // 4096 + 1) if page not in pages]
    slots = [data.index(text.encode()) for text in stored[:2]]
    for page in (1, *chance.sample(every_other, 20), *chance.sample(sorted(pages), 5)):
        at = (page - 1) * 4096 + chance.randrange(28, 4096)
        if any(slot <= at < slot + len(stored.whole) for slot in slots):
            continue
        with case.open("rb+") as file:
            for value, is_known in ((data[at] ^ 1, page in pages), (data[at], True)):
                file.seek(at)
                file.write(bytes([value]))
                file.flush()
                assert (examine_rows(file, stored) is not None) == is_known, f"byte {at}"


@pytest.mark.parametrize("cut", [1, 4096, 40_960])
def test_a_case_that_is_cut_short_is_not_judged_by_its_rows(case: Path, cut: int) -> None:
    stored = _stored(case)
    case.write_bytes(case.read_bytes()[:-cut])
    with case.open("rb") as file:
        assert examine_rows(file, stored) is None


def test_words_behind_the_bytes_keep_their_table_whole(case: Path) -> None:
    with closing(sqlite3.connect(case)) as connection, case.open("rb") as file:
        assert blob_runs(connection, file, [spec for spec in SPECS if spec.name == "chips"])
        connection.execute("ALTER TABLE chips ADD COLUMN theirs TEXT")
        connection.commit()
        file.seek(0)
        assert not blob_runs(connection, file, [spec for spec in SPECS if spec.name == "chips"])


def test_few_bytes_have_no_hash_of_their_own(tmp_path: Path) -> None:
    chip = Chip(uuid="c", content_type="image/png")
    publish.write_case(Document({"chips": [chip]}), tmp_path / "small.gpkg", blobs={("chips", "c"): bytes(50_000)})
    assert _stored(tmp_path / "small.gpkg")[1:] == ("", "")


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=20))
def test_a_list_of_pages_comes_back_and_leaves_the_others(gaps: list[tuple[int, int]]) -> None:
    runs, at = [], 1
    for gap, count in gaps:
        runs.append((at + gap, count))
        at += gap + count
    last = at + 3
    assert from_text(as_text(tuple(runs)), last) == tuple(runs)
    pages = [page for first, count in (*runs, *others(tuple(runs), last)) for page in range(first, first + count)]
    assert sorted(pages) == list(range(1, last + 1))


@pytest.mark.parametrize("text", ["", "x", "1+5", "0+1", "5+0", "5+2 6+1", "9+1 5+1", "5+9999", "5+1 ", "٥+1", "5+-1"])
def test_a_list_that_cannot_be_is_none(text: str) -> None:
    assert from_text(text, 100) is None
