"""Decodes XML of unknown origin: in the encoding that it declares or the likeliest, with missing escapes added."""

from __future__ import annotations

import codecs
import html
import html.entities
import itertools
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from layers.phrase import Phrase
from layers.text.guarded_xml import BadXml
from layers.text.text_encoding import guessed_encoding, known_encoding

_BLOCK = 2**20
_SAMPLE_BYTES = 2**18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "latin_1": "cp1252"}
"""Wider encodings that hold all of a named one, and that writers mean by its name."""
_TEXT = re.compile(rb"[^<>\x00-\x1f]+")
_LOW = bytes(range(128))
_OPENING = re.compile(r"<!\[CDATA\[|<!--|&")
_CLOSING = {"<![CDATA[": "]]>", "<!--": "-->"}
_KNOWN = re.compile(r"&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_LONGEST_MARK = 40
MOST_MENDED = 100_000


class Encoding(NamedTuple):
    """`note` says why it is a guess, or is empty; it goes on after the name of the file."""

    name: str
    note: str = ""


def encoding_of(file: BinaryIO, max_bytes: int) -> Encoding:
    """The encoding of a file, of which at most `max_bytes` are read; afterwards it stands at its start."""
    head = file.read(_BLOCK)
    file.seek(0)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name)
    match = _DECLARED.match(head)
    declared = known_encoding(match[1].decode()) if match else ""
    declared = "" if declared.startswith(("utf-16", "utf-32")) else _WIDER.get(declared, declared)
    wrong, high, sample = _looked_at(file, declared or "utf-8", max_bytes)
    if not wrong:
        return Encoding(declared or "utf-8")
    if wrong * 4 <= high:
        return Encoding(
            declared or "utf-8",
            Phrase(
                "holds bytes that are no {declared}: they are shown as \ufffd", declared=declared or Phrase("utf-8")
            ),
        )
    guess, evidence = guessed_encoding(sample)
    fault = (
        Phrase("is not in {declared} as it says", declared=declared)
        if declared
        else Phrase("does not say in which encoding it is")
    )
    return Encoding(
        guess,
        Phrase(
            "{said}: it is read as {guess}, which is a guess ({evidence})", said=fault, guess=guess, evidence=evidence
        ),
    )


def texts_of(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Decode a file block by block; bytes that cannot be decoded are marked."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while block := file.read(_BLOCK):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _looked_at(file: BinaryIO, encoding: str, max_bytes: int) -> tuple[int, int, bytes]:
    """Count characters that are invalid in `encoding`, and bytes beyond ASCII; return also a sample of such texts."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    wrong = high = size = read = 0
    sample: list[bytes] = []
    while read < max_bytes and (block := file.read(_BLOCK)):
        read += len(block)
        high += len(block.translate(None, _LOW))
        wrong += decoder.decode(block).count("\ufffd")
        if size < _SAMPLE_BYTES and not block.isascii():
            sample += [text for text in _TEXT.findall(block) if not text.isascii()]
            size = sum(map(len, sample))
    file.seek(0)
    return wrong, high, b"\n".join(sample)[:_SAMPLE_BYTES]


class Mended:
    """Text in which an ampersand that begins no reference is one, and HTML's names are the characters they mean."""

    def __init__(self) -> None:
        self.count = 0
        """Number of ampersands mended; BadXml is raised where there are too many for a slip of the pen."""

    def blocks(self, texts: Iterable[str]) -> Iterator[str]:
        """The same texts, cut elsewhere. Comments and CDATA stay as they are."""
        rest, closing = "", ""
        for text in itertools.chain[str | None](texts, (None,)):
            parts, rest, closing = self._parts(rest + (text or ""), closing, text is None)
            yield "".join(parts)

    def _parts(self, text: str, closing: str, is_last: bool) -> tuple[list[str], str, str]:
        """Split off the finished part, the part that may continue in the next block, and the end to find before markup
        counts again.
        """
        parts: list[str] = []
        at, sure = 0, len(text) if is_last else len(text) - _LONGEST_MARK
        while True:
            if closing:
                end = text.find(closing, at)
                if end < 0:
                    keep = max(at, sure)
                    return [*parts, text[at:keep]], text[keep:], closing
                parts.append(text[at : end + 3])
                at, closing = end + 3, ""
            match = _OPENING.search(text, at)
            if match is None or match.start() >= sure:
                keep = max(at, sure)
                return [*parts, text[at:keep]], text[keep:], ""
            parts.append(text[at : match.start()])
            at = match.start()
            if match[0] == "&":
                mended, at = self._referred(text, at)
                parts.append(mended)
            else:
                closing = _CLOSING[match[0]]

    def _referred(self, text: str, at: int) -> tuple[str, int]:
        if (known := _KNOWN.match(text, at)) and _is_character(known[1]):
            return known[0], known.end()
        self.count += 1
        if self.count > MOST_MENDED:
            raise BadXml(Phrase("it is no XML: it is full of bare ampersands"))
        if known:
            return "\ufffd", known.end()
        if (named := _NAMED.match(text, at)) and named[1] in html.entities.html5:
            return html.escape(html.entities.html5[named[1]], quote=False), named.end()
        return "&amp;", at + 1


def _is_character(reference: str) -> bool:
    """True where the text between & and ; is a character that XML may hold."""
    if not reference.startswith("#"):
        return True
    code = int(reference[2:], 16) if reference.startswith("#x") else int(reference[1:])
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
