"""Looks at what is new over sites: searches of an archive that say of which sites, and what was passed over."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from msgspec import Struct, field
from msgspec.structs import replace

from layers.decoding import decoded_or_none, encoded
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.search import Search
from layers.geo.bounds import Bounds
from layers.observing.archive_question import kept_query
from layers.phrase import Phrase
from layers.services.stac.question import StacQuestion
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.imagery.searches import record_search, update_search

MOST_KNOWN = 512
"""Most looks that are read once only."""


class Look(Struct, frozen=True, kw_only=True):
    """The query of a look's row. `sites` are uuids, `since` their days, `passed` keys of scenes that
    were passed over, by site. Only a `complete` look has seen all that the archive had.
    """

    archive: str
    title: str = ""
    count: int = 0
    matched: str | None = None
    question: StacQuestion = StacQuestion()
    sites: tuple[str, ...] = ()
    since: dict[str, str] = field(default_factory=dict)
    complete: bool = False
    passed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def has_seen(self, archive: str, site: str, boxes: Collection[Bounds], question: StacQuestion) -> bool:
        """True where it has seen all of an archive that a question of the ground around a site asks for."""
        own, cloud = self.question, self.question.max_cloud
        is_as_cloudy = cloud is None or (question.max_cloud is not None and question.max_cloud <= cloud)
        has_kinds = not own.collections or (
            bool(question.collections) and set(question.collections) <= set(own.collections)
        )
        return (
            self.complete
            and self.archive == archive
            and site in self.sites
            and is_as_cloudy
            and has_kinds
            and all(any(seen.contains(box) for seen in own.boxes) for box in boxes)
        )


class KeptLook(Struct, frozen=True):
    """A look with the row that keeps it, which says who looked, and when."""

    row: Search
    look: Look


def kept_looks(document: Document) -> list[KeptLook]:
    """The looks of a case, the newest first."""
    rows = sorted(document.searches.values(), key=lambda row: (row.at, row.created_at), reverse=True)
    looks = ((row, _look_of(row)) for row in rows if row.kind == "catalogue")
    return [KeptLook(row, look) for row, look in looks if look is not None and look.sites]


def passed_over(looks: Iterable[KeptLook]) -> frozenset[tuple[str, str]]:
    """Scenes that were passed over: uuids of sites, and keys of scenes."""
    return frozenset((site, key) for kept in looks for site, keys in kept.look.passed.items() for key in keys)


def record_looks(document: Document, looks: Iterable[Look], *, actor: str, now: str | None = None) -> Edit:
    """Keep looks as evidence, in one step to undo."""
    edits = [
        record_search(
            document,
            actor=actor,
            now=now,
            kind="catalogue",
            query_json=json.dumps(encoded(look)),
            result="found" if look.count else "none listed",
            words=str(_words(look)),
        )
        for look in looks
    ]
    return Edit(Phrase("Look for new scenes"), tuple(change for edit in edits for change in edit.changes))


def pass_over(document: Document, search: str, site: str, keys: Collection[str], *, actor: str) -> Edit:
    """Keep in the row of a look that scenes were passed over for a site. Raises InvalidValue where it is gone."""
    row = row_of(document.searches, search, Phrase("search"))
    look = _look_of(row)
    if look is None:
        return Edit(Phrase("Pass over scene"), ())
    passed = {**look.passed, site: tuple(dict.fromkeys((*look.passed.get(site, ()), *keys)))}
    query = json.dumps(encoded(replace(look, passed=passed)))
    return replace(update_search(document, search, actor=actor, query_json=query), label=Phrase("Pass over scene"))


def record_no_image(
    document: Document, site: str, keys: Mapping[str, Collection[str]], *, actor: str, now: str | None = None
) -> Edit:
    """Record that none of the scenes that looks have listed of a site is usable; `keys` of them, by the uuid of the
    look's row. They are passed over by that.
    """
    mark = row_of(document.sites, site, Phrase("site"))
    query = {"sites": [site], "judged": "no usable image", "looks": list(keys)}
    count = sum(map(len, keys.values()))
    sentence = Phrase("No usable image of {site} among {count} that were listed.", site=mark.label or site, count=count)
    kept = record_search(
        document,
        actor=actor,
        now=now,
        kind="catalogue",
        area_uuid=site if mark.mark_kind == "search area" else "",
        query_json=json.dumps(query),
        words=str(sentence),
    )
    passed = [pass_over(document, search, site, of_look, actor=actor) for search, of_look in keys.items()]
    changes = (change for edit in (kept, *passed) for change in edit.changes)
    return Edit(Phrase("Record no usable image"), tuple(changes))


def _look_of(row: Search) -> Look | None:
    return _known_look(row) if row.query_json else None


@lru_cache(MOST_KNOWN)
def _known_look(row: Search) -> Look | None:
    """The look of a row, which never changes: a key that is pressed in a list asks for all of them several times."""
    return decoded_or_none(kept_query(row), Look)


def _words(look: Look) -> Phrase:
    title, sites = look.title or look.archive, counted(len(look.sites), "site")
    if not look.count:
        return Phrase("{title} lists no new scene of {sites}.", title=title, sites=sites)
    of_all = look.matched or str(look.count)
    if of_all == str(look.count):
        return Phrase(
            "{title} lists {scenes} of {sites}.", title=title, scenes=counted(look.count, "new scene"), sites=sites
        )
    return Phrase(
        "{title} lists {count} of {matched} new scenes of {sites}.",
        title=title,
        count=look.count,
        matched=of_all,
        sites=sites,
    )
