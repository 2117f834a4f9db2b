"""Reads the words of the kept copies of the open case in the background, once they are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.document.source import SourceFile
from layers.errors import GeoloupeError
from layers.finding.kept_words_store import KeptWordsStore
from layers.finding.snippet import marks_in
from layers.finding.text_query import LONGEST_ASKED, read_query
from layers.project.saving.kept_documents import WITH_WORDS, KeptDocuments
from layers.requests.kept_document import MOST_CHARS, DocumentFacts
from layers.text.counted import grouped
from viewer.panels.context import PanelContext
from viewer.support.jobs import Job, JobContext
from viewer.support.language.translation import in_language, translate
from viewer.support.settings import kept_words_folder

_QUOTATION_MARKS = re.compile('["“”„«»「」《》]')
_HEAD_WORDS = 12
"""Words of a quote by which its copy is chosen: they are looked for in the window's thread."""
MOST_TEXT = 50_000_000
"""Characters of all kept copies that are held for the search."""


class KeptWords(QObject):
    """Holds what was read. `texts` is for any thread, the rest of it for the window's."""

    arrived = Signal(object)
    """Emitted with the uuid of a kept copy of which it is known now what it says, or why nothing is known."""

    wanted = Signal(str, str)
    """Emitted with the uuid of a kept copy whose words are to be shown in its form, and the words that led to it."""

    def __init__(self, context: PanelContext) -> None:
        super().__init__(context)
        self._context = context
        self.texts: Mapping[str, str] = {}
        """The words by the uuid of a copy; replaced as a whole when more are known."""
        self.facts: dict[str, DocumentFacts] = {}
        """The citation fields of copies that were read, without their words."""
        self._problems: dict[str, str] = {}
        self._wanted: dict[str, SourceFile] = {}
        self._job: Job | None = None
        context.document_replaced.connect(self._forget)

    def prepare(self) -> None:
        """Begin to read all kept copies of the case that are not known yet."""
        rows = self._context.document.table("source_files").values()
        self.want(row for row in rows if isinstance(row, SourceFile))

    def want(self, copies: Iterable[SourceFile]) -> None:
        """Begin to read these copies, unless they are known."""
        known = self.facts.keys() | self._problems.keys() | self._wanted.keys()
        self._wanted |= {row.uuid: row for row in copies if row.content_type in WITH_WORDS and row.uuid not in known}
        self._begin()

    def has_words(self, copy: SourceFile) -> bool:
        """True for a copy whose words are read, or are to be read."""
        return copy.content_type in WITH_WORDS and copy.uuid not in self._problems

    def state_of(self, copy: SourceFile) -> str:
        """A sentence on the search in a copy; empty for a kind of file that has no words."""
        if copy.content_type not in WITH_WORDS:
            return ""
        if (problem := self._problems.get(copy.uuid)) is not None:
            return problem
        facts = self.facts.get(copy.uuid)
        if facts is None:
            return self.tr("Its words are not read yet")
        if not self.texts.get(copy.uuid) and not facts.pages_left:
            return self.tr("It has no words to search: scanned pages are pictures")
        if facts.pages_left:
            return translate(
                "KeptWords",
                "Its words are searched, but for {count} pages that cannot be unpacked here",
                "Its words are searched, but for {count} page that cannot be unpacked here",
                facts.pages_left,
            )
        if facts.is_whole:
            return self.tr("Its words are searched")
        return self.tr("The first {0} characters of it are searched").format(grouped(MOST_CHARS))

    def show_quote(self, copies: Iterable[SourceFile], quote: str) -> None:
        """Have a quote shown in the first of some copies that is known to have it, or in the first of them."""
        words = " ".join(_QUOTATION_MARKS.sub(" ", quote).split())
        if len(words) > LONGEST_ASKED - 2:
            words = words[: LONGEST_ASKED - 2].rpartition(" ")[0] or words[: LONGEST_ASKED - 2]
        phrase, head = f'"{words}"', " ".join(words.split()[:_HEAD_WORDS])
        readable, query = list(filter(self.has_words, copies)), read_query(f'"{head}"')
        having = (copy for copy in readable if marks_in(self.texts.get(copy.uuid, ""), query))
        copy = next(having, readable[0] if readable else None)
        if copy is not None:
            self.wanted.emit(copy.uuid, phrase)

    def _begin(self) -> None:
        case, document = self._context.case, self._context.document
        if self._job is not None or not self._wanted or case.pool is None:
            return
        try:
            documents = KeptDocuments(case.kept_bytes(), KeptWordsStore(kept_words_folder()), case.pool)
        except GeoloupeError:
            self._wanted = {}
            return  # a case without a working copy has no kept copies of its own
        copies, jobs = list(self._wanted.values()), case.jobs
        if jobs is None:
            for copy, answer in documents.read_all(copies):
                self._take(document, copy.uuid, answer)
            self._wanted = {}
            return

        def read(job: JobContext) -> None:
            def progress(share: float) -> None:
                job.check()
                job.progress(share)

            for copy, answer in documents.read_all(copies, progress):
                jobs.mailbox.post(self._take, document, copy.uuid, answer)

        title = self.tr("Reading kept copies")
        self._job = jobs.run(read, self._ended, self._failed, title, apart=True, of_case=True, given_up=self._given_up)

    def _take(self, document: Document, uuid: str, answer: DocumentFacts | GeoloupeError) -> None:
        if document is not self._context.document:
            return
        self._wanted.pop(uuid, None)
        if isinstance(answer, GeoloupeError):
            self._problems[uuid] = in_language(answer.sentence)
        else:
            room = MOST_TEXT - sum(map(len, self.texts.values()))
            text = answer.text[: max(room, 0)]
            self.texts = {**self.texts, uuid: text}
            self.facts[uuid] = replace(answer, text="", is_whole=answer.is_whole and len(text) == len(answer.text))
        self.arrived.emit(uuid)

    def _ended(self, _nothing: None) -> None:
        self._job = None
        self._begin()

    def _failed(self, error: GeoloupeError) -> None:
        self._job, self._wanted = None, {}
        self._context.report(in_language(error.sentence))

    def _given_up(self, _nothing: None) -> None:
        self._job, self._wanted = None, {}

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job, self._wanted = None, {}
        self.texts, self.facts, self._problems = {}, {}, {}


def kept_words(context: PanelContext) -> KeptWords:
    """The one reader of kept copies of a window, which all share that ask for their words."""
    return context.findChild(KeptWords) or KeptWords(context)
