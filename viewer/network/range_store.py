"""Parts of files on servers in memory: what many readers of one file ask for is fetched once."""

from __future__ import annotations

import re
from collections import OrderedDict

from msgspec import Struct, field

from layers.requests.file_parts import Ends, FileParts
from viewer.network.answer import HttpAnswer

MOST_BYTES = 64 << 20
_CONTENT_RANGE = re.compile(r"bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")


class Part(Struct, frozen=True):
    """A part of a file: its first and last byte, and the size of the whole, which is -1 where it is not known."""

    first: int
    last: int
    size: int


class RemoteFile(Struct, frozen=True):
    """A file as its server describes it: two descriptions that differ are of two states of the file."""

    size: int
    etag: str
    last_modified: str


class _Kept(Struct):
    file: RemoteFile
    parts: FileParts = field(default_factory=FileParts)


class RangeStore:
    """Parts of files by the name of the file, which is its address without what is signed. The oldest files go."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._files: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes, self._most_bytes = 0, most_bytes
        self._whole: dict[str, int] = {}
        """Sizes of files of which no parts are sent, by their names."""

    def note_whole(self, name: str, size: int) -> None:
        """Note that a server sends a file only as a whole, and its size; -1 where that is not known."""
        self._whole[name] = size

    def whole_size(self, name: str) -> int | None:
        """The size of a file that its server sends only as a whole, -1 where that is not known; None for any other."""
        return self._whole.get(name)

    def file(self, name: str) -> RemoteFile | None:
        """The file as it was described when its parts were fetched; None for one that is not known."""
        kept = self._files.get(name)
        return None if kept is None else kept.file

    def missing(self, name: str, first: int, last: int) -> Ends | None:
        """First and last byte of what is missing of a part, to be fetched at once; None where nothing is."""
        kept = self._files.get(name)
        if kept is None:
            return first, last
        if kept.file.size >= 0:
            last = min(last, kept.file.size - 1)
        lacking = kept.parts.lacking(first, last)
        return (lacking[0][0], lacking[-1][1]) if lacking else None

    def part(self, name: str, first: int, last: int) -> bytes:
        """The bytes of a part of which nothing is missing, fewer where the file ends before."""
        self._files.move_to_end(name)
        return self._files[name].parts.cut(first, last)

    def put(self, name: str, file: RemoteFile, first: int, body: bytes) -> bool:
        """Keep bytes that begin at `first`; False where the file is another than before.

        Then nothing is kept of it any more.
        """
        self._whole.pop(name, None)
        kept = self._files.get(name)
        if kept is not None and _differ(kept.file, file):
            self.forget(name)
            return False
        if kept is None:
            kept = self._files[name] = _Kept(file)
        self._files.move_to_end(name)
        self._bytes += sum(map(kept.parts.size_of, kept.parts.add(first, body)))
        self._drop_oldest()
        return True

    def forget(self, name: str) -> None:
        """Drop all parts of a file."""
        kept = self._files.pop(name, None)
        if kept is not None:
            self._bytes -= kept.parts.bytes

    def _drop_oldest(self) -> None:
        while self._bytes > self._most_bytes and len(self._files) > 1:
            self.forget(next(iter(self._files)))
        parts = next(iter(self._files.values())).parts
        while self._bytes > self._most_bytes and parts.bytes:
            self._bytes -= parts.drop_first()


def _differ(before: RemoteFile, now: RemoteFile) -> bool:
    if before.etag and now.etag:
        return before.etag != now.etag
    return (before.size, before.last_modified) != (now.size, now.last_modified)


def part_in(answer: HttpAnswer) -> Part | None:
    """The part of a file that an answer says it is; None where it does not say, or says it wrongly."""
    match = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    if match is None:
        return None
    part = Part(int(match[1]), int(match[2]), -1 if match[3] == "*" else int(match[3]))
    is_whole = part.last - part.first + 1 == len(answer.body) and (part.size < 0 or part.last < part.size)
    return part if is_whole else None


def file_in(answer: HttpAnswer, size: int) -> RemoteFile:
    """The file of which an answer is a part."""
    return RemoteFile(size, answer.etag, answer.last_modified)
