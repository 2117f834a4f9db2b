"""The words of kept documents as they were read, in a folder of the cache: by hash, so that none is read twice.

They are never in the case, and cannot leave with it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import msgspec
from msgspec import Struct

from layers.requests.kept_document import DocumentFacts

MOST_STORED_BYTES = 200_000_000
"""Size of the folder from which on the oldest are dropped."""
_MOST_FILE_BYTES = 4_000_000
_HASH = re.compile(r"[0-9a-f]{64}")
_ENDING = ".words2.json"
"""Its number grows when documents are read otherwise: what was stored before is read anew."""


class KeptWordsStore(Struct, frozen=True):
    """The folder. Any thread may use it; a store that cannot be written or read has nothing."""

    folder: Path

    def get(self, sha256: str) -> DocumentFacts | None:
        """The words of the document with this hash; None where it was not read yet."""
        if not _HASH.fullmatch(sha256):
            return None
        place = self.folder / f"{sha256}{_ENDING}"
        try:
            if place.stat().st_size > _MOST_FILE_BYTES:
                return None
            return msgspec.json.decode(place.read_bytes(), type=DocumentFacts)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def put(self, sha256: str, facts: DocumentFacts) -> None:
        """Store the words of the document whose bytes have this hash. A full disk stores nothing."""
        if not _HASH.fullmatch(sha256):
            return
        new = self.folder / f"{uuid4()}.new"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(msgspec.json.encode(facts))
            new.replace(self.folder / f"{sha256}{_ENDING}")
            self._drop_oldest()
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def _drop_oldest(self) -> None:
        with os.scandir(self.folder) as entries:
            files = sorted(
                ((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in entries if entry.is_file()),
                reverse=True,
            )
        total = 0
        for _modified, size, path in files:
            total += size
            if total > MOST_STORED_BYTES:
                os.unlink(path)
