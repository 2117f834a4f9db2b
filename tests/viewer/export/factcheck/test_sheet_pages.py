"""The sheet on paper: each fact whole on one page, with its box, its source and the marking."""

from __future__ import annotations

import subprocess
from pathlib import Path

from msgspec.structs import replace

from tests.viewer.export.factcheck.conftest import SHEET, Write
from viewer.export.factcheck.sheet_pages import SheetPages
from viewer.export.factcheck.sheet_words import COLUMN_HEADS

MANY = replace(
    SHEET,
    facts=tuple(replace(SHEET.facts[1], number=number, words=f"Fact {number:02}.") for number in range(1, 61)),
)


def text_of(path: Path, *words: str) -> str:
    return subprocess.run(
        ["pdftotext", "-layout", *words, path, "-"], capture_output=True, text=True, check=True
    ).stdout


def test_a_page_holds_facts_sources_and_marking(write: Write, tmp_path: Path) -> None:
    pages = SheetPages(SHEET)
    assert pages.pages == 1
    write(pages, tmp_path / "x.pdf")
    text = text_of(tmp_path / "x.pdf")
    for words in (
        "INTERNAL: fact-check sheet, not for publication · TLP:AMBER",
        "Product 3, version 2, draft, not issued, made 1 May 2026",
        *COLUMN_HEADS,
        "Without a source (1)",
        "No source is linked.",
        "12 pumps",
        "Aurora Ltd. has not delivered",
        "https://example.org/",
        "date: 3 February 2020, caption",
        "Blocked, let pass [scale-bar, map 1]",
        "<img",
    ):
        assert words in text, words


def test_no_fact_is_cut_or_lost_between_pages(write: Write, tmp_path: Path) -> None:
    pages = SheetPages(MANY)
    assert pages.pages > 3
    write(pages, tmp_path / "x.pdf")
    seen = []
    for page in range(1, pages.pages + 1):
        text = text_of(tmp_path / "x.pdf", "-f", str(page), "-l", str(page))
        assert f"Page {page} of {pages.pages}" in text
        assert text.count(COLUMN_HEADS[1]) == 1, "the heads of the columns stand on each page of rows"
        own = [number for number in range(1, 61) if f"Fact {number:02}." in text]
        assert text.count("(p. 4)") == len(own) / 4, "four facts and the quote above them stand on one page"
        seen += own
    assert seen == list(range(1, 61))


def test_a_list_that_goes_on_has_no_heads_of_columns(write: Write, tmp_path: Path) -> None:
    pages = SheetPages(replace(SHEET, gone=tuple(f"{number}: a fact" for number in range(1, 120))))
    write(pages, tmp_path / "x.pdf")
    last = text_of(tmp_path / "x.pdf", "-f", str(pages.pages))
    assert "118: a fact" in last
    assert COLUMN_HEADS[1] not in last


def test_the_same_sheet_has_the_same_bytes(write: Write, tmp_path: Path) -> None:
    for name in ("x.pdf", "y.pdf"):
        write(SheetPages(SHEET), tmp_path / name)
    assert (tmp_path / "x.pdf").read_bytes() == (tmp_path / "y.pdf").read_bytes()
