"""The words of the kept copies of a case: known from the store, else read by a reader process from a copy of the bytes.

A reader never gets the case itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from layers.disk.scratch import scratch_prefix
from layers.document.source import SourceFile
from layers.errors import GeoloupeError
from layers.finding.kept_words_store import KeptWordsStore
from layers.pool.pool import ReaderPool
from layers.project.saving.kept_bytes import KeptBytes, ShareDone, no_progress
from layers.requests.kept_document import DocumentFacts, ReadDocument

WITH_WORDS = frozenset(
    ("application/pdf", "text/html", "application/wacz", "application/warc", "application/warc+gzip")
)
"""Content types of the kept copies whose words are read."""
ANSWER_TIMEOUT_S = 150.0


class KeptDocuments(Struct, frozen=True):
    """Kept copies as documents. Every method blocks, in any thread."""

    kept: KeptBytes
    store: KeptWordsStore
    pool: ReaderPool

    def known(self, copy: SourceFile) -> DocumentFacts | None:
        """The words of a copy in the store, by the hash that its row states; None where they are to be read."""
        return self.store.get(copy.sha256)

    def read_all(
        self, copies: Sequence[SourceFile], progress: ShareDone = no_progress
    ) -> Iterator[tuple[SourceFile, DocumentFacts | GeoloupeError]]:
        """Yield each copy that can have words with these and its citation fields, or with why there are none.

        Raises what `progress` raises.
        """
        with ExitStack() as opened:
            folder: Path | None = None
            for number, copy in enumerate(copies):
                progress(number / len(copies))
                facts = self.known(copy)
                if facts is None and copy.content_type in WITH_WORDS:
                    # one folder for all: a reader that may read it need not be started anew for each
                    folder = folder or Path(os.path.realpath(opened.enter_context(_scratch_folder())))
                    yield copy, self._read(copy, folder)
                elif facts is not None:
                    yield copy, facts

    def _read(self, copy: SourceFile, folder: Path) -> DocumentFacts | GeoloupeError:
        path = folder / copy.uuid.replace(os.sep, "_")[:80]
        try:
            sha256 = self.kept.write_to("source_files", copy.uuid, path)
            question = ReadDocument(str(path), content_type=copy.content_type, name=copy.name)
            facts: DocumentFacts = self.pool.ask(question, ANSWER_TIMEOUT_S).facts
        except GeoloupeError as error:
            return error
        finally:
            path.unlink(missing_ok=True)
        self.store.put(sha256, facts)
        return facts


def _scratch_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix=scratch_prefix(), ignore_cleanup_errors=True)
