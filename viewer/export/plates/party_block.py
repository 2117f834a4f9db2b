"""The block of sentences on named parties: how much of it the first page prints, and how further pages repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from msgspec.structs import replace

from layers.product.content import ProductContent
from layers.product.parties import PartyNames, Telling, left_out_words, parties_at, untold_parties
from viewer.export.plates.evidence_rows import EvidenceRows
from viewer.export.plates.setting.flow import Atom, Flow, PageColumn
from viewer.export.plates.setting.page_rooms import (
    PageRooms,
    RoomsAsked,
    columns_of_page,
    frame_of_page,
    holds,
    least_beside_key,
    least_map_area,
    rooms_of,
)
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.word_pages import Repeated, head_height
from viewer.support.language.translation import in_language

_SHARES = (1.0, 1.15, 1.3, 1.45, 1.6, 1.8)
"""Factors by which the words may exceed their customary room, so that the block on parties fits beside the map."""
_LEAST_MAP, _LEAST_WITH_KEY = 0.5, 0.7
"""Least part of the maps' area that the block leaves, without and with the key: a page is a map with words.

A key that would take more goes on to the next page.
"""


_MOST_REPEATED = 0.7
"""Greatest part of a further page that the block takes where other words stand below it."""


class PartyBlock:
    """The block on named parties. `level` says how much the first page tells; `names` finds parties in any text."""

    def __init__(self, rows: EvidenceRows, sizes: PageSizes, *, may_name: bool, draws_marks: bool) -> None:
        """Make an empty block. `may_name` is False for a page without words on parties, which therefore names nobody.

        `draws_marks` is False for a page without marks, which has no block.
        """
        self._rows, self._sizes = rows, sizes
        self._may_name = may_name
        self._floor = Telling.FULL if may_name else Telling.NAMELESS
        self._draws_marks = draws_marks
        self.level = self._floor
        self.wants_key = True
        """False where the key has no room beside the block, whatever that leaves to the maps."""
        self.content = ProductContent()
        self.names = PartyNames(())
        self._atoms: dict[Telling, list[Atom]] = {}

    def set_content(self, content: ProductContent) -> None:
        """Set the parties to those that the claims of this content name."""
        if content is not self.content:
            self.content, self.names, self._atoms = content, PartyNames.of(content), {}

    @property
    def is_nameless(self) -> bool:
        return self.level is Telling.NAMELESS

    @property
    def unnamed(self) -> frozenset[str]:
        """Uuids of marks that have neither a label nor a line in the key."""
        every = frozenset(site.uuid for site in self.content.sites if site.is_named or site.is_party)
        return every if self.is_nameless else untold_parties(self.content)

    @property
    def parties(self) -> frozenset[str]:
        """Uuids of the parties in the block, which are all named in the same way."""
        uuids = {party.uuid for claim in self.content.claims for party in claim.parties}
        return frozenset(uuids) - self.unnamed

    def sentences(self, level: Telling) -> list[str]:
        """The block as plain sentences."""
        return [in_language(words) for _, words in parties_at(self.content, level)] if self._draws_marks else []

    def atoms(self, level: Telling | None = None) -> list[Atom]:
        """The block as rows; without a level, that of the first page."""
        if not self._draws_marks:
            return []
        level = self.level if level is None else level
        if level not in self._atoms:  # asked for with each room that is tried
            self._atoms[level] = self._rows.parties(parties_at(self.content, level))
        return self._atoms[level]

    def left_out(self) -> list[str]:
        """The sentence on claims that the page does not print, where the block does not contain it."""
        is_said = bool(self.atoms()) and not self.is_nameless
        return [] if is_said else list(filter(None, [left_out_words(self.content, is_nameless=self.is_nameless)]))

    def leaves_room(self, rooms: PageRooms, key: Sequence[Atom]) -> bool:
        """True where the key stands whole beside the block, or there is no key."""
        block = self.atoms()
        return not block or self.is_nameless or holds(rooms, [*block, *key])

    def lower(self) -> None:
        """Lower the level, as the page that was laid out did not hold the block."""
        self._floor = self.level = Telling(min(self.level + 1, Telling.NAMELESS))

    def rooms(self, request: RoomsAsked, key: Sequence[Atom]) -> PageRooms:
        """Cut the first page so that it holds the block: whole beside the key if possible, else in part, else nameless.

        `request.words` are all other words; those that are `needed` stand beside the block. The maps stay the main
        thing of the page.
        """
        plain = partial(rooms_of, self._sizes)
        if not self.atoms():
            return plain(request)
        # A page that may have more words than is customary is no reason to name nobody: the smaller map is the measure.
        usual = min(plain(replace(request, share=share)).map_area for share in {request.share, 1.0})
        shares = [share for share in _SHARES if share > request.share]
        floor, needed = least_map_area(self._sizes, request), request.needed
        for level, share, with_key in self._attempts([request.share, *shares]):
            block = self.atoms(level)
            first = [*block, *needed]
            rooms = plain(replace(request, words=[*block, *request.words], needed=first, share=share))
            least = (
                max(_LEAST_WITH_KEY * usual, least_beside_key(self._sizes, usual)) if with_key else _LEAST_MAP * usual
            )
            is_map = rooms.map_area >= max(least, floor)
            if is_map and holds(rooms, [*first, *key] if with_key else first):
                self.level = level
                return rooms
        self.level = Telling.NAMELESS
        block = self.atoms()
        return plain(replace(request, words=[*block, *request.words], needed=[*block, *needed]))

    def _attempts(self, shares: Sequence[float]) -> Iterator[tuple[Telling, float, bool]]:
        """Level, factor for the words, and True where the key has to stand beside them: the best attempt first."""
        if self._floor is Telling.FULL:
            yield Telling.FULL, shares[0], True
        for with_key in (True, False) if self.wants_key else (False,):
            for level in (Telling.WORDS, Telling.BRIEF):
                if self._floor <= level:
                    yield from ((level, share, with_key) for share in shares)
        if self._floor <= Telling.EXCERPT:
            yield from ((Telling.EXCERPT, share, False) for share in shares)

    def further_level(self, rooms: PageRooms) -> Telling:
        """The highest level that fits a further page, beside other words or alone; nameless where none fits."""
        if not self._may_name:
            return Telling.NAMELESS
        lengths = (Telling.WORDS, Telling.BRIEF, Telling.EXCERPT)
        roomy = (level for level in lengths if self._share_of_page(rooms, level) <= _MOST_REPEATED)
        alone = (level for level in lengths if self._share_of_page(rooms, level) <= 1.0)
        return next(roomy, None) or next(alone, Telling.NAMELESS)

    def _share_of_page(self, rooms: PageRooms, level: Telling) -> float:
        """The part of a further page's columns that the block takes; more than 1 where they do not hold it."""
        inner = frame_of_page(self._sizes, rooms.request.marking)[2].adjusted(0.0, head_height(self._sizes), 0.0, 0.0)
        columns = [PageColumn(1, room) for room in columns_of_page(self._sizes, inner)]
        if Flow(columns, measures=True).set(self.atoms(level)):
            return 2.0
        return sum(column.used for column in columns) / sum(column.room.height() for column in columns)

    def repeated(self, rooms: PageRooms) -> Repeated:
        """The block for further pages: on each that names a party, and on one of them where the first page names
        nobody.
        """
        level = self.further_level(rooms)
        atoms = self.atoms(level) if level is not Telling.NAMELESS else []
        fills = bool(atoms) and self._share_of_page(rooms, level) > _MOST_REPEATED
        return Repeated(atoms, self.names.names_any, self.is_nameless and bool(atoms), fills)
