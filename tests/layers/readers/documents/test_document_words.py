"""Words and citation fields are read from kept PDF, HTML, WARC and WACZ; hostile ones cost a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli
import pytest

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.readers.documents.html_words import MOST_BYTES
from layers.readers.documents.reading_budget import ReadingBudget
from layers.readers.documents.stated_dates import stated_date
from layers.readers.documents.web_archive import read_warc
from layers.requests.kept_document import DocumentFacts, ReadDocument
from tests.support.readers.kept_documents import PAGE, PAGE_ADDRESS, pdf_of, wacz_of, warc_of, warc_record

POOL = ReaderPool(inline=True)
WACZ, WARC, PDF, HTML = "application/wacz", "application/warc+gzip", "application/pdf", "text/html"


def read(folder: Path, data: bytes, kind: str) -> DocumentFacts:
    path = folder / "kept"
    path.write_bytes(data)
    facts: DocumentFacts = POOL.ask(ReadDocument(str(path), content_type=kind, name="kept.file")).facts
    return facts


def test_words_and_metadata_of_a_pdf(tmp_path: Path) -> None:
    made = "D:20240412093000+03'00'"
    data = pdf_of("Космодром Восточный", "port of 三亚", title="Bericht", author="A. Lind", made=made)
    facts = read(tmp_path, data, PDF)
    assert facts.text == "Космодром Восточный\fport of 三亚"
    assert (facts.title, facts.author, facts.made_at) == ("Bericht", "A. Lind", "2024-04-12T06:30Z")
    assert not facts.published_at, "a file's creation is no publication"
    assert facts.is_whole


def test_words_and_statements_of_a_page_without_its_scripts(tmp_path: Path) -> None:
    facts = read(tmp_path, PAGE.encode(), HTML)
    assert "Космодром Восточный and the port of 三亚 were named." in facts.text
    assert "hidden" not in facts.text
    assert "secretword" not in facts.text
    assert (facts.title, facts.publisher, facts.author) == ("A new pad at Восточный", "Example News", "Anna Lind")
    assert (facts.published_at, facts.url) == ("2024-04-12T05:30Z", PAGE_ADDRESS)


def test_a_page_in_an_older_encoding(tmp_path: Path) -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Восточный'
    assert read(tmp_path, page.encode("cp1251"), HTML).text == "Восточный"


def test_pages_of_a_web_archive_packed_chunked_and_as_listed(tmp_path: Path) -> None:
    body = gzip.compress(PAGE.encode(), mtime=0)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    packed = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    warc = warc_of(
        warc_record("https://example.org/logo.png", b"\x89PNG", "image/png"),
        warc_record("https://example.org/advertisement", "<p>Buy 海口 now".encode()),
        warc_record(PAGE_ADDRESS, chunked, headers=packed),
        warc_record("https://example.org/report.pdf", pdf_of("Annex 文昌"), "application/pdf"),
    )
    listed = ({"url": PAGE_ADDRESS, "title": "As listed", "ts": "2024-05-01T10:20:30Z"},)
    facts = read(tmp_path, wacz_of(warc, listed), WACZ)
    assert facts.text.index("三亚") < facts.text.index("海口"), "listed pages come first"
    assert "Annex 文昌" in facts.text
    assert (facts.title, facts.url, facts.captured_at) == ("A new pad at Восточный", PAGE_ADDRESS, "2024-05-01T10:20Z")
    assert read(tmp_path, warc, WARC).url == "https://example.org/advertisement"


def test_pages_packed_with_brotli_are_read_and_those_packed_otherwise_are_counted(tmp_path: Path) -> None:
    damaged, bomb = brotli.compress(PAGE.encode())[:40], brotli.compress(b" " * (MOST_BYTES + 1))
    warc = warc_of(
        warc_record(PAGE_ADDRESS, brotli.compress(PAGE.encode()), headers="Content-Encoding: br\r\n"),
        warc_record("https://example.org/b", damaged, headers="Content-Encoding: br\r\n"),
        warc_record("https://example.org/c", b"\x28\xb5\x2f\xfd", headers="Content-Encoding: zstd\r\n"),
        warc_record("https://example.org/d", bomb, headers="Content-Encoding: br\r\n"),
    )
    facts = read(tmp_path, warc, WARC)
    assert "Космодром Восточный and the port of 三亚 were named." in facts.text
    assert facts.pages_left == 3


def test_text_that_the_archiving_browser_saw_is_taken(tmp_path: Path) -> None:
    listed = ({"url": PAGE_ADDRESS, "title": "三亚", "text": "made by a script: Восточный"},)
    assert "made by a script: Восточный" in read(tmp_path, wacz_of(warc_of(), listed), WACZ).text


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (PDF, b"%PDF-1.7 nothing"),
        (WACZ, b"PK\x03\x04 nothing"),
        (WARC, gzip.compress(b"no records at all", mtime=0)),
        ("image/png", b"\x89PNG"),
    ],
)
def test_what_is_no_document_is_told_in_a_sentence(tmp_path: Path, kind: str, data: bytes) -> None:
    with pytest.raises(GeoloupeError, match=r"kept\.file"):
        read(tmp_path, data, kind)


@pytest.mark.parametrize("size", ["-5", "9999999999999", "many"])
def test_records_that_lie_about_their_size_end_the_reading(tmp_path: Path, size: str) -> None:
    lie = warc_record(PAGE_ADDRESS, b"").replace(b"Content-Length: ", f"Content-Length: {size}\r\nX: ".encode())
    facts = read(tmp_path, warc_of(warc_record("https://example.org/1", b"<p>first"), lie), WARC)
    assert "first" in facts.text
    assert not facts.is_whole


def test_a_bomb_in_an_archive_is_read_as_far_as_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    zeros = warc_record("https://example.org/zeros", b"\0" * 3_000_000, "application/octet-stream")
    path.write_bytes(warc_of(*[zeros] * 4, warc_record(PAGE_ADDRESS, b"<p>last")))
    facts = read_warc(str(path), "bomb", ReadingBudget(unpacked=5_000_000))
    assert not facts.text
    assert not facts.is_whole


def test_long_texts_are_cut(tmp_path: Path) -> None:
    facts = read(tmp_path, b"<p>" + b"word " * 200_000, HTML)
    assert len(facts.text) == 400_000
    assert not facts.is_whole


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("D:20240412", "2024-04-12"),
        ("D:20240412093000", "2024-04-12"),
        ("2024-04-12T01:00:00.000+0800", "2024-04-11T17:00Z"),
        ("2024", "2024"),
        ("2024-02-30", ""),
        ("12 April 2024", ""),
        ("0001-01-01T00:00+14:00", ""),
    ],
)
def test_dates_are_taken_as_stated_and_never_guessed(text: str, date: str) -> None:
    assert stated_date(text) == date
