"""Citations of sources as ICS 206-01 has them, with the numbers that they have in all products of a case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.source import IMAGERY, Source, names_a_work, read_machine
from layers.phrase import Phrase, joined
from layers.product.content import SourceCited
from layers.product.publishing import Publishing
from layers.time.written_dates import written_date

NO_DATE = Phrase("date of publication not recorded")
NO_ACCESS = Phrase("date of access not recorded")
NO_TITLE = Phrase("without a title")
NO_SENSOR = Phrase("image, sensor not recorded")
NO_ACQUISITION = Phrase("date of the image not recorded")
NO_CREDIT = Phrase("credit not recorded")
NOT_JUDGED = "F"
ACCESS_EXPLAINED = Phrase("Its descriptor says that no date of access is recorded.")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ISO_DAY = re.compile(r"(?<![\w./-])((?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?![\w/-])")
"""A month or a day: a lone year is one already in words."""
_NO_ACCESS_SAID = re.compile(r"\bno\b[^.]*\bdates? of access\b", re.IGNORECASE)
_QUOTES = {"“": "”", '"': '"', "«": "»", "„": "“", "《": "》", "‘": "’", "'": "'"}
"""Marks that open a quotation, each with the one that closes it."""


class Citations:
    """The sources of a product. A source has one number on all pages and in all formats of its case."""

    def __init__(self, document: Document, publishing: Publishing) -> None:
        self._document = document
        self._publishing = publishing
        admitted = (uuid for uuid, source in document.sources.items() if publishing.admits_source(source))
        self._numbers = {uuid: f"S{number}" for number, uuid in enumerate(admitted, 1)}
        self._used: set[str] = set()
        self.withheld: set[str] = set()
        """Uuids of internal sources that were cited and refused."""

    def cite(self, uuid: str) -> SourceCited | None:
        """The source with its number; None where there is none, or it may not stand in this product."""
        source = self._document.sources.get(uuid)
        if source is None:
            return None
        if not self._publishing.admits_source(source):
            self.withheld.add(uuid)
            return None
        self._used.add(uuid)
        return self._cited(source, self._numbers[uuid])

    def all(self) -> tuple[SourceCited, ...]:
        """All that were cited, in order of their numbers."""
        sources = (self.cite(uuid) for uuid in self._numbers if uuid in self._used)
        return tuple(source for source in sources if source is not None)

    def _cited(self, source: Source, number: str) -> SourceCited:
        publishing = self._publishing
        url = publishing.address(source.url) or publishing.address(source.archive_url)
        named = replace(
            source,
            author=publishing.words(source.author),
            title=publishing.words(source.title),
            publisher=publishing.words(source.publisher),
            sensor=publishing.words(source.sensor),
            rights=publishing.words(source.rights),
        )
        machine = read_machine(source.machine_json)
        by_machine = machine.words_for(is_published=publishing.is_on) if machine is not None else ""
        return SourceCited(
            uuid=source.uuid,
            number=number,
            citation=joined("; ", list(filter(None, (citation_of(named, url), publishing.words(by_machine))))),
            title=named.title,
            publisher=named.publisher,
            author=named.author,
            published=source.published_at or NO_DATE,
            accessed=source.accessed_at or NO_ACCESS,
            url=url,
            reliability=reliability_words(source.reliability),
            descriptor="" if publishing.is_on else source.descriptor,
            origin=self._origin(source),
            origin_uuid=source.origin_uuid,
            rights=publishing.words(source.rights),
            marking=source.marking,
            has_access_date=bool(source.accessed_at),
            has_date=bool(source.published_at) or source.kind == IMAGERY,
            is_unevaluated=source.evaluated is False and not source.reliability,
            machine=machine.words if machine is not None else "",
            is_unchecked=machine is not None and not machine.is_checked,
            context=publishing.words(source.context),
            access_explained=ACCESS_EXPLAINED if _NO_ACCESS_SAID.search(source.descriptor) else "",
            has_hidden_address=not url and bool((source.url + source.archive_url).strip()),
        )

    def _origin(self, source: Source) -> str:
        origin = self._document.sources.get(source.origin_uuid)
        if origin is None or origin.uuid == source.uuid or not self._publishing.admits_source(origin):
            return ""
        is_listed = origin.uuid in self._used
        return self._numbers[origin.uuid] if is_listed else self._publishing.words(origin.title or origin.publisher)


def citation_of(source: Source, url: str) -> str:
    """Author, title, publisher, date, address, date of access, as far as they are recorded.

    An image is cited by sensor, product, date and credit. `unrecorded_in` names missing parts, once for all sources.
    """
    if source.kind == IMAGERY:
        return _citation_of_image(source, url)
    title = source.title.strip()
    if not names_a_work(title):
        title = ""  # a bare year could be looked for nowhere
    elif not title.startswith(tuple(_QUOTES)):
        title = f"“{title}”"
    else:  # a whole citation that was typed as a title: what follows the quoted words is its publisher and date
        ends = title.rfind(_QUOTES[title[0]]) + 1
        title = joined("", [title[:ends], _with_written_dates(title[ends:])]) if 1 < ends < len(title) else title
    parts = (
        source.author.strip(),
        title or NO_TITLE,
        _with_written_dates(source.publisher.strip()),
        written_date(source.published_at),
        url,
        _accessed(source),
    )
    return joined(", ", [part for part in parts if part])


def _with_written_dates(words: str) -> str:
    """The name of a publisher with a date of ISO 8601 in it as people write it. Titles are quoted as they are."""
    parts = _ISO_DAY.split(words)
    return joined("", [written_date(part) if at % 2 else part for at, part in enumerate(parts) if part])


def _citation_of_image(source: Source, url: str) -> str:
    date = written_date(source.acquired_at)
    parts = (
        source.sensor.strip() or NO_SENSOR,
        source.title.strip(),
        Phrase("acquired {date}", date=date) if date else NO_ACQUISITION,
        source.rights.strip() or source.publisher.strip() or source.author.strip() or NO_CREDIT,
        url,
        _accessed(source),
    )
    return joined(", ", [part for part in parts if part])


def _accessed(source: Source) -> str:
    return Phrase("accessed {accessed_at}", accessed_at=written_date(source.accessed_at)) if source.accessed_at else ""


def unrecorded_in(sources: Sequence[SourceCited]) -> Iterator[str]:
    """Sentences on the parts of citations that no row states, with the numbers of the sources that lack them."""
    if undated := [source for source in sources if not source.has_date]:
        # A date in a title is taken for none: it may be that of an event, or of another edition.
        is_said = any(_YEAR.search(source.title) for source in undated)
        yield Phrase(
            "Date of publication not recorded: {numbers}.{more}",
            numbers=_in_ranges(undated),
            more=Phrase(" A date within a title may be that of something else.") if is_said else "",
        )
    hidden = [source for source in sources if source.has_hidden_address]
    if nowhere := [source for source in sources if not source.url and not source.has_hidden_address]:
        yield Phrase("No address recorded: {numbers}.", numbers=_in_ranges(nowhere))
    if hidden:
        yield Phrase("Address not published: {numbers}.", numbers=_in_ranges(hidden))
    if never := [source for source in sources if not source.has_access_date]:
        yield Phrase("Date of access not recorded: {numbers}.", numbers=_in_ranges(never))


def _in_ranges(sources: Sequence[SourceCited]) -> str:
    """Numbers of sources, which go up, as "S1 to S3, S7"."""
    runs: list[list[int]] = []
    for number in (int(source.number.removeprefix("S")) for source in sources):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return joined(", ", [_run_words(run) for run in runs])


def _run_words(run: Sequence[int]) -> str:
    return f"S{run[0]}" if len(run) == 1 else Phrase("S{first} to S{last}", first=run[0], last=run[-1])


def reliability_words(letter: str) -> str:
    """The grade of a source's reliability: F is not the worst, it cannot be judged."""
    return Phrase("{letter} (cannot be judged)", letter=letter) if letter == NOT_JUDGED else letter


def credibility_words(grade: int | None) -> str:
    """The grade of an item's credibility: 6 is not the worst, it cannot be judged."""
    if grade is None:
        return ""
    return Phrase("{grade} (cannot be judged)", grade=grade) if grade == 6 else str(grade)
