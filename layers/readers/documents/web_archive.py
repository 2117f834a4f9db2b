"""The words of the pages in a web archive: WARC, packed or not, and WACZ. Records are gone through one by one."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import brotli
from msgspec import Struct

from layers.errors import GeoloupeError, NotReadable, TooLarge, UnsupportedFormat
from layers.readers.documents.clean_text import clean_field, clean_text
from layers.readers.documents.html_words import MOST_BYTES, decoded_text, read_html
from layers.readers.documents.pdf_words import read_pdf
from layers.readers.documents.reading_budget import ReadingBudget
from layers.readers.documents.stated_dates import stated_date
from layers.requests.kept_document import PAGE_BREAK, DocumentFacts
from layers.text.unpacking import GZIP, unpacked_gzip

MOST_MEMBERS = 10_000
MOST_RECORDS = 200_000
MOST_LINE = 64 << 10
MOST_HEADERS = 200
_STEP = 1 << 20
_MOST_PAGE_LIST = 16 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


class _Page(Struct, frozen=True):
    """A page that a WACZ lists: its address, title, and the text that the archiving browser saw, if it is kept."""

    url: str
    title: str = ""
    text: str = ""
    taken_at: str = ""


class _Record(Struct, frozen=True):
    """A record of a WARC. `body` is empty where no page is in it."""

    headers: dict[str, str]
    body: bytes


def read_wacz(path: str, name: str, budget: ReadingBudget) -> DocumentFacts:
    """Read the pages of a WACZ. Raises UnsupportedFormat, TooLarge, NotReadable."""
    words = _Words(name, budget)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise TooLarge("{name} holds too many files: its words are not read.", name=name)
            if any(member.flag_bits & 1 for member in members):
                raise UnsupportedFormat("{name} is locked by a password: its words are not read.", name=name)
            for member in members:
                if member.filename in ("pages/pages.jsonl", "pages/extraPages.jsonl"):
                    with archive.open(member) as file:
                        words.take_list(file)
            for member in members:
                if member.filename.startswith("archive/") and member.filename.endswith((".warc.gz", ".warc")):
                    with archive.open(member) as file:
                        words.take_records(file, is_packed=member.filename.endswith(".gz"))
    except _DAMAGED as error:
        if isinstance(error, GeoloupeError):
            raise
        raise NotReadable("{name} is a damaged web archive: its words are not read.", name=name) from error
    return words.facts()


def read_warc(path: str, name: str, budget: ReadingBudget) -> DocumentFacts:
    """Read the pages of a WARC, packed or not. Raises NotReadable where not one record is in it."""
    words = _Words(name, budget)
    with open(path, "rb") as file:
        is_packed = file.read(2) == GZIP
        file.seek(0)
        words.take_records(file, is_packed=is_packed)
    if not words.records:
        raise NotReadable("{name} is a damaged web archive: its words are not read.", name=name)
    return words.facts()


class _Words:
    """The words of the pages of one archive, as they come."""

    def __init__(self, name: str, budget: ReadingBudget) -> None:
        self._name, self._budget = name, budget
        self.records = 0
        self._listed: dict[str, _Page] = {}
        self._texts: dict[str, str] = {}
        self._left = set[str]()
        self._main = DocumentFacts()
        """Address, title, author and dates of the main page, as it states them."""

    def facts(self) -> DocumentFacts:
        """All words, the listed pages first, and the fields of the main page."""
        main_url = next(iter(self._listed), self._main.url)
        main = self._listed.get(main_url, _Page(main_url))
        of_main = self._main if self._main.url == main_url else DocumentFacts()
        order = dict.fromkeys((*self._listed, *self._texts))
        return DocumentFacts(
            text=PAGE_BREAK.join(self._texts[url] for url in order if self._texts.get(url)),
            is_whole=not self._budget.was_cut,
            pages_left=len(self._left - self._texts.keys()),
            title=of_main.title or main.title,
            publisher=of_main.publisher,
            author=of_main.author,
            published_at=of_main.published_at,
            url=main_url,
            captured_at=main.taken_at or of_main.captured_at,
        )

    def take_list(self, file: IO[bytes]) -> None:
        """Take the list of pages of a WACZ: one JSON object a line, of which the first names the list."""
        left = _MOST_PAGE_LIST
        while left > 0 and (line := file.readline(left)):
            left -= len(line)
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not isinstance(entry, dict) or not isinstance(url := entry.get("url"), str):
                continue
            title, text, taken_at = (entry.get(key) for key in ("title", "text", "ts"))
            page = _Page(
                url[:2000],
                clean_field(title) if isinstance(title, str) else "",
                clean_text(text) if isinstance(text, str) else "",
                stated_date(taken_at) if isinstance(taken_at, str) else "",
            )
            if page.url not in self._listed:
                self._listed[page.url] = page
                if page.text:
                    self._put(page.url, page.title, page.text)

    def take_records(self, file: IO[bytes], *, is_packed: bool) -> None:
        """Take the pages of a WARC. One that breaks off gives those before."""
        try:
            stream: IO[bytes] = gzip.GzipFile(fileobj=file) if is_packed else file  # type: ignore[assignment]
            for record in _records(stream, self._budget):
                self.records += 1
                if record.body:
                    self._take(record)
        except (zlib.error, EOFError, OSError, ValueError):
            self._budget.was_cut = True

    def _take(self, record: _Record) -> None:
        url = record.headers.get("warc-target-uri", "").strip("<> ")[:2000]
        if url in self._texts and url not in (*self._listed, self._main.url):
            return
        try:
            facts = _page_facts(record, self._name, self._budget)
        except GeoloupeError:
            self._left.add(url)  # a page that cannot be read leaves the others
            return
        if facts is None:
            return
        is_main = url == next(iter(self._listed), url)
        if is_main and not self._main.url:
            taken_at = stated_date(record.headers.get("warc-date", ""))
            self._main = DocumentFacts(
                title=facts.title,
                publisher=facts.publisher,
                author=facts.author,
                published_at=facts.published_at,
                url=url,
                captured_at=taken_at,
            )
        if url not in self._texts:
            self._put(url, facts.title, facts.text)

    def _put(self, url: str, title: str, text: str) -> None:
        known = self._listed.get(url)
        lines = dict.fromkeys((known.title if known is not None else "", title, url, text))
        self._texts[url] = self._budget.text("\n".join(filter(None, lines)))


def _records(stream: IO[bytes], budget: ReadingBudget) -> Iterator[_Record]:
    """Yield the records of a WARC; the bodies of those alone that can hold a page. Raises ValueError for no WARC."""
    for _number in range(MOST_RECORDS):
        line = stream.readline(MOST_LINE)
        while line and not line.strip():
            line = stream.readline(MOST_LINE)
        if not line or budget.is_spent:
            return
        if not line.startswith(b"WARC/"):
            raise ValueError
        headers = _headers(stream)
        length = int(headers.get("content-length", ""))
        if length < 0:
            raise ValueError
        kept = min(length, MOST_BYTES) if _may_hold_page(headers) else 0
        body = stream.read(kept)
        left = length - kept
        budget.count_bytes(length)
        while left > 0 and not budget.is_spent:
            step = stream.read(min(left, _STEP))
            if not step:
                raise EOFError
            left -= len(step)
        yield _Record(headers, body)
    budget.was_cut = True


def _headers(stream: IO[bytes]) -> dict[str, str]:
    """The headers of a record or an answer, up to the empty line, by their names in lower case."""
    headers: dict[str, str] = {}
    for _number in range(MOST_HEADERS):
        line = stream.readline(MOST_LINE)
        if not line.strip():
            return headers
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    raise ValueError


def _may_hold_page(headers: dict[str, str]) -> bool:
    kind = headers.get("content-type", "").lower()
    match headers.get("warc-type", "").lower():
        case "response":
            return kind.startswith("application/http")
        case "resource" | "conversion":
            return _is_page(kind)
        case _:
            return False


def _is_page(kind: str) -> bool:
    return kind.lower().startswith(("text/html", "application/xhtml", "text/plain", "application/pdf"))


def _page_facts(record: _Record, name: str, budget: ReadingBudget) -> DocumentFacts | None:
    """The words of the page in a record; None where it holds none. Raises GeoloupeError for what is damaged."""
    body, kind = record.body, record.headers.get("content-type", "")
    if record.headers.get("warc-type", "").lower() == "response":
        head, _, body = body.partition(b"\r\n\r\n")
        status, _, lines = head.partition(b"\r\n")
        fields = (line.decode("latin-1").partition(":") for line in lines.split(b"\r\n")[:MOST_HEADERS])
        answer = {field.strip().lower(): value.strip() for field, _, value in fields}
        kind = answer.get("content-type", "")
        if status.split(b" ")[1:2] != [b"200"] or not _is_page(kind):
            return None
        if "chunked" in answer.get("transfer-encoding", "").lower():
            body = _unchunked(body)
        body = _unpacked(body, answer.get("content-encoding", "").lower())
    kind, _, charset = kind.lower().partition("charset=")
    if kind.startswith("application/pdf"):
        return read_pdf(body, name, budget)
    charset = charset.split(";")[0].strip(" \"'")
    if kind.startswith("text/plain"):
        return DocumentFacts(text=clean_text(decoded_text(body, charset)))
    return read_html(body, budget, charset)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The bytes of a page as they were before they were packed for the way. Raises GeoloupeError."""
    if encoding in ("gzip", "x-gzip"):
        return unpacked_gzip(body, MOST_BYTES) if body.startswith(GZIP) else body
    if encoding == "deflate":
        try:
            return zlib.decompressobj().decompress(body, MOST_BYTES)
        except zlib.error:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, MOST_BYTES)
    if encoding == "br":
        return _unpacked_brotli(body)
    if encoding not in ("", "identity"):
        raise UnsupportedFormat("A page is packed as “{encoding}”: its words are not read.", encoding=encoding[:20])
    return body


def _unpacked_brotli(body: bytes) -> bytes:
    """The bytes that were packed with Brotli. Raises TooLarge beyond MOST_BYTES, NotReadable for what is damaged."""
    unpacker, parts, size = brotli.Decompressor(), list[bytes](), 0
    try:
        while not unpacker.is_finished():
            part = unpacker.process(b"" if parts else body, output_buffer_limit=_STEP)
            size += len(part)
            if size > MOST_BYTES:
                raise TooLarge("Unpacked a page is larger than {most} bytes: its words are not read.", most=MOST_BYTES)
            if not part:
                break
            parts.append(part)
    except brotli.error as error:
        raise NotReadable("A page that was packed with Brotli is damaged.") from error
    if not unpacker.is_finished():
        raise NotReadable("A page that was packed with Brotli breaks off.")
    return b"".join(parts)


def _unchunked(body: bytes) -> bytes:
    """A body that was sent in chunks, put together; as it is where the chunks do not fit: some archives do that."""
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        end = body.find(b"\r\n", at, at + 100)
        try:
            size = int(body[at:end].split(b";")[0], 16) if end > 0 else -1
        except ValueError:
            size = -1
        if size < 0:
            return b"".join(parts) if parts else body
        if size == 0:
            break
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 4 + size
    return b"".join(parts)
