"""Sources that may be one: with the same link or title, a copy of the same bytes, or a picture that looks alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

from layers.document.document import Document
from layers.document.source import Source, SourceFile, names_a_work
from layers.text.links import bare_link

MOST_BITS = 6
"""Bits by which the perceptual hashes of one picture in two sizes or formats may differ."""
_BYTES, _FLAT = 8, "0" * 16
"""Parts of a hash, of which one at least is equal in hashes that differ by fewer bits; the hash of a plain area."""

type _Key = tuple[str, str]


class Likeness(StrEnum):
    """Kinds of likeness, the surest first."""

    BYTES = "same bytes"
    LINK = "same link"
    PICTURE = "same picture"
    TITLE = "same title"


class AlikeSources:
    """An index of all sources of a case by what they share. It takes edits by `refresh`."""

    def __init__(self, document: Document) -> None:
        self._keys: dict[str, frozenset[_Key]] = {}
        self._sources: defaultdict[_Key, set[str]] = defaultdict(set)
        self.refresh(document, document.sources)

    def refresh(self, document: Document, uuids: Iterable[str]) -> None:
        """Take these sources, and their kept copies, as they are now."""
        wanted = set(uuids)
        files: defaultdict[str, list[SourceFile]] = defaultdict(list)
        for row in document.table("source_files").values():
            if isinstance(row, SourceFile) and row.source_uuid in wanted:
                files[row.source_uuid].append(row)
        for uuid in wanted:
            for key in self._keys.pop(uuid, frozenset()):
                self._sources[key].discard(uuid)
            source = document.sources.get(uuid)
            if source is not None:
                keys = self._keys[uuid] = frozenset(_keys_of(source, files[uuid]))
                for key in keys:
                    self._sources[key].add(uuid)

    def alike(self, uuid: str) -> dict[str, Likeness]:
        """The other sources that may be the same one, with the surest likeness of each, surest first."""
        kinds: dict[str, Likeness] = {}
        keys = self._keys.get(uuid, frozenset())
        for kind in Likeness:
            for key in keys:
                if key[0] == kind:
                    for other in self._sources[key] - {uuid}:
                        kinds.setdefault(other, kind)
            if kind is Likeness.PICTURE:
                for other in self._looking_alike(uuid, keys):
                    kinds.setdefault(other, kind)
        return dict(sorted(kinds.items(), key=lambda item: (list(Likeness).index(item[1]), item[0])))

    def _looking_alike(self, uuid: str, keys: frozenset[_Key]) -> set[str]:
        """The sources with a picture whose hash differs by a few bits."""
        hashes = [int(text, 16) for kind, text in keys if kind == "phash"]
        near = {other for key in keys if key[0] == "part" for other in self._sources[key]} - {uuid}
        return {
            other
            for other in near
            for kind, text in self._keys[other]
            if kind == "phash" and any((int(text, 16) ^ each).bit_count() <= MOST_BITS for each in hashes)
        }


def _keys_of(source: Source, files: list[SourceFile]) -> Iterable[_Key]:
    for link in (source.url, source.archive_url):
        if link.strip():
            yield Likeness.LINK, bare_link(link)
    if names_a_work(source.title):
        yield Likeness.TITLE, " ".join(source.title.casefold().split())
    for file in files:
        if file.sha256:
            yield Likeness.BYTES, file.sha256
        if len(file.phash) == 2 * _BYTES and file.phash != _FLAT and not set(file.phash) - set("0123456789abcdef"):
            yield "phash", file.phash
            for at in range(_BYTES):
                yield "part", f"{at} {file.phash[2 * at : 2 * at + 2]}"
