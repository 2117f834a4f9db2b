"""The question of a kept search of an archive in words: ground, dates, kind and hour; and its answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.document.document import Document
from layers.document.search import Search
from layers.geo.bounds import Bounds
from layers.phrase import Phrase, joined
from layers.services.stac.question import StacQuestion
from layers.text.counted import counted, grouped
from layers.time.written_dates import written_date

COLLECTIONS = {
    "sentinel-2-l2a": Phrase("Sentinel-2, 10 m"),
    "landsat-c2-l2": Phrase("Landsat, 30 m"),
    "sentinel-1-grd": Phrase("Sentinel-1 radar, 10 m"),
    "naip": Phrase("NAIP, United States, 1 m"),
}
"""Collections that the archives of the catalogue have under the same names."""
MOST_NAMED = 3
MOST_KNOWN = 512
"""Most questions that are read once only."""


class AskedQuestion(Struct, frozen=True, kw_only=True):
    """The query of a kept search of an archive, and what came of it. `about` and `sites` are uuids of sites that it was
    about; `matched` is "n" or "at least n" of all that there are. `complete` is None where that was not kept.
    """

    archive: str
    title: str = ""
    count: int | None = None
    matched: str | None = None
    complete: bool | None = None
    question: StacQuestion = StacQuestion()
    about: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.title or self.archive


def kept_query(row: Search) -> object:
    """The query of a search as JSON has it; None where it cannot be read."""
    try:
        return json.loads(row.query_json or "null")
    except (ValueError, RecursionError):
        return None


def asked_question(row: Search) -> AskedQuestion | None:
    """The question that a search of an archive has asked; None for any other search."""
    return _known_question(row) if row.kind == "catalogue" and row.query_json else None


@lru_cache(MOST_KNOWN)
def _known_question(row: Search) -> AskedQuestion | None:
    """The question of a row, which never changes: a list asks for those of all its rows at each painting."""
    return decoded_or_none(kept_query(row), AskedQuestion)


def names_of_asked(document: Document, query: AskedQuestion, but: Collection[str] = ()) -> list[str]:
    """Names of the present sites that a search was about, without those of some uuids."""
    sites = (document.sites.get(uuid) for uuid in query.about or query.sites if uuid not in but)
    return [site.label.strip() or Phrase("a site without a name") for site in sites if site is not None]


def asked_at(row: Search) -> str:
    """The day and the time in UTC at which a search was asked, for a list: 2026-12-03 05:41 UTC."""
    day, _, clock = row.at.partition("T")
    return f"{day} {clock[:5]} UTC" if clock else day


def question_sentence(row: Search, query: AskedQuestion, names: Sequence[str]) -> Phrase:
    """A sentence on what an archive was asked, and when. `names` are those of the sites that it was about."""
    return Phrase(
        "{archive} was asked on {moment} for {question}.",
        archive=query.name,
        moment=written_date(row.at) if row.at else Phrase("an unknown day"),
        question=question_words(query.question, names),
    )


def question_words(question: StacQuestion, names: Sequence[str], *, with_box: bool = True) -> Phrase:
    """Question in words: "scenes (Landsat, 30 m) of Pad, from 1 March 2026 on, with at most 20 % of cloud". `with_box`:
    the edges of the ground are stated, too.
    """
    kinds = [COLLECTIONS.get(name, name) for name in question.collections]
    box = ground_words(question.boxes) if with_box else ""
    parts: list[str] = [Phrase("scenes ({kinds})", kinds=joined(", ", kinds)) if kinds else Phrase("scenes")]
    if names:
        parts = [Phrase("{scenes} of {sites}", scenes=parts[0], sites=named_words(names))]
    if box:
        between = Phrase("{scenes} ({box})") if names else Phrase("{scenes} of {box}")
        parts = [Phrase(between.template, scenes=parts[0], box=box)]
    if period := period_words(question):
        parts.append(period)
    if question.max_cloud is not None:
        cloud = f"{question.max_cloud:g}"
        parts.append(Phrase("with at most {cloud} % of cloud or without a figure", cloud=cloud))
    return joined(", ", parts)


def period_words(question: StacQuestion) -> Phrase | str:
    """The dates that were asked about; empty where the question was not kept."""
    begin, end = question.begin, question.end
    if begin and end:
        return Phrase("from {begin} to {end}", begin=written_date(begin), end=written_date(end))
    if begin:
        return Phrase("from {begin} on", begin=written_date(begin))
    if end:
        return Phrase("up to {end}", end=written_date(end))
    return Phrase("of any date") if question.boxes else ""


def short_period(question: StacQuestion) -> Phrase | str:
    """The same for a list: 2026-03-01 to 2026-04-30."""
    begin, end = question.begin, question.end
    if begin and end:
        return Phrase("{begin} to {end}", begin=begin, end=end)
    if begin:
        return Phrase("since {begin}", begin=begin)
    if end:
        return Phrase("up to {end}", end=end)
    return Phrase("any date") if question.boxes else ""


def ground_words(boxes: Sequence[Bounds]) -> Phrase | str:
    """The ground of a question by its edges: "50.20° N to 50.40° N, 10.20° E to 10.40° E"; empty where none was asked
    about.
    """
    if not boxes:
        return ""
    edges = Phrase(
        "{south} to {north}, {west} to {east}",
        south=_latitude(min(box.bottom for box in boxes)),
        north=_latitude(max(box.top for box in boxes)),
        west=_longitude(boxes[0].left if len(boxes) == 1 else min(box.left for box in boxes)),
        east=_longitude(boxes[0].right if len(boxes) == 1 else max(box.right for box in boxes)),
    )
    if len(boxes) == 1:
        return edges
    return Phrase("{boxes} within {edges}", boxes=counted(len(boxes), "box", "boxes"), edges=edges)


def answer_words(query: AskedQuestion) -> Phrase | str:
    """Answer to a question: "it lists 12 of at least 40 scenes"; empty where that was not kept."""
    count, matched = query.count, query.matched
    if count is None:
        return ""
    if not count:
        return Phrase("it lists none") if query.complete is not False else Phrase("none came before it broke off")
    if query.complete:
        return Phrase("it lists {scenes}, all that it has", scenes=counted(count, "scene"))
    if matched and matched != str(count):
        return Phrase("{count} of {matched} scenes came", count=grouped(count), matched=matched)
    if query.complete is False and not matched:
        return Phrase("{scenes} came, of an unknown number", scenes=counted(count, "scene"))
    return Phrase("it lists {scenes}", scenes=counted(count, "scene"))


def short_answer(query: AskedQuestion) -> Phrase | str:
    """The same for a list: "Found 12 of at least 40"."""
    count, matched = query.count, query.matched
    if count is None:
        return ""
    if not count:
        return Phrase("None listed") if query.complete is not False else Phrase("None came")
    if matched and matched != str(count) and not query.complete:
        return Phrase("Found {count} of {matched}", count=grouped(count), matched=matched)
    return Phrase("Found {count}", count=grouped(count))


def named_words(names: Sequence[str]) -> str:
    """The first of these names, and how many more there are."""
    more = len(names) - MOST_NAMED
    if more <= 0:
        return joined(", ", list(names))
    return Phrase("{names} and {more} more", names=joined(", ", list(names[:MOST_NAMED])), more=more)


def _latitude(degrees: float) -> str:
    return f"{abs(degrees):.2f}° {'S' if degrees < 0 else 'N'}"


def _longitude(degrees: float) -> str:
    turned = (degrees + 180.0) % 360.0 - 180.0
    turned = 180.0 if turned == -180.0 and degrees > 0 else turned
    return f"{abs(turned):.2f}° {'W' if turned < 0 else 'E'}"
