"""Lays out a product: its page is cut into rooms, and cut anew until its words fit beside its maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec.structs import replace

from layers.checkpoint import Checkpoint
from layers.document.document import Document
from layers.product.issuing.edition import Edition
from layers.product.numbering import issued_numbers
from layers.product.parties import Telling
from layers.product.spec import ProductSpec
from viewer.canvas.shown_scene import ShownScene
from viewer.export.plates.evidence_rows import PARTIES, EvidenceRows
from viewer.export.plates.framed_maps import FramedMaps
from viewer.export.plates.map_words import MapWords, map_words
from viewer.export.plates.maps.legend_rows import KEY as LEGEND
from viewer.export.plates.maps.locator import coasts_in, land_in, room_in
from viewer.export.plates.maps.locator_borders import borders_in, draws_borders
from viewer.export.plates.maps.locator_on_page import window_of
from viewer.export.plates.maps.naming import MOST_KEYED, Named
from viewer.export.plates.maps.shown_parts import Shown, pane_shape, shown_parts
from viewer.export.plates.page_head import Heading, heading_of, marking_height
from viewer.export.plates.page_names import PageNames
from viewer.export.plates.page_pieces import edges_of_pages, first_page_pieces, heights_of
from viewer.export.plates.party_block import PartyBlock
from viewer.export.plates.plate_words import correction_words, marking_words
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import house_style
from viewer.export.plates.setting.page_rooms import PageRooms, RoomsAsked, holds, least_beside_key
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.export.plates.setting.sign_band import SignBand, band_of
from viewer.export.plates.setting.word_pages import KEY, fuller_share, pieces_of, with_level_end, words_on_pages
from viewer.export.plates.things_on_maps import MapFurnisher, ThingsOnMaps
from viewer.export.plates.words_beside import BandWords, WordsBeside

_TURNS = 4
"""Most times that a page is cut anew: the frames' room depends on their words, until that is settled."""
_MOST_OF_PAGE, _MOST_OF_SMALL = 0.36, 0.45
"""Greatest part of a page's height, and of a small page's, for the band of legend and key."""
_LEAST_MAPS = 0.7
"""Least part of the area of the maps that a key in the band leaves to them; with less it stands where words do, if
need be on the next page, and a line says so.
"""
_LEAST_OF_PAGE, _LEAST_OF_SMALL = 0.22, 0.34
"""Least part of a page, and of a small page, for its maps beside a legend in a band that is more than signs."""
_BANDS = ((True, BandWords.ALL), (True, BandWords.HEADED), (True, BandWords.SIGNS), (False, BandWords.ALL))
"""Ways in which a page may have its legend in a band, the best one first, and then without a band."""
_WIDEST_INSET = 1.65
"""Factor by which an inset may be wider than what it is to show: it enlarges that, and no more."""
_SHARES_OF_SLIDE = (1.0, 1.2, 1.4)
"""Factors of room for words of a slide that are tried until they have its key."""
_FEWER = 0.4
"""Part of the numbers of a picture for a screen that is tried next where it has no room for their key."""
_ROOMY = 0.25
"""Part of a page's height up to which the band has a row for each mark of the key."""
_SLACK = 1.12
"""Factor of the height of a band with a key: smaller maps have longer keys."""


class PageLayout:
    """The laying out of one product. What `lay_out` made of it is in the public attributes."""

    def __init__(
        self,
        spec: ProductSpec,
        document: Document,
        shown: Sequence[ShownScene],
        edition: Edition,
        program: str,
    ) -> None:
        """`spec`: as it is published. `shown`: the scene of each map."""
        self._spec, self._shown, self._edition, self._program = spec, shown, edition, program
        self.style = house_style(spec.style, spec.dark, spec.grey)
        self.sizes = sizes = PageSizes.of(spec, self.style.fonts)
        rows = EvidenceRows(sizes, self.style)
        draws = spec.shows("annotation")
        self.parties = PartyBlock(rows, sizes, may_name=spec.shows("claims"), draws_marks=draws)
        self.names = PageNames(spec, document, self.parties)
        self.framed = FramedMaps(spec, document, shown, sizes.label_factor, edition.product)
        self._furnisher = MapFurnisher(spec, sizes, self.style, issued_numbers(document, edition.product))
        self.beside = WordsBeside(spec, document, rows, self.parties, sizes, self.style)
        self.words, self.things = MapWords(), ThingsOnMaps()
        self.title = self.names.title(self.framed.content)
        self.pieces: list[Piece] = []
        self.pages = 1
        self.party_pages: frozenset[int] = frozenset()
        """The pages with sentences on the named parties."""
        self._most_numbers = MOST_KEYED
        self._pointer: list[Atom] = []
        """The line below the map of a small page on the pages with its key and legend."""
        self.further_level = Telling.NAMELESS

    def lay_out(self, checkpoint: Checkpoint, *, is_cropped: bool) -> None:
        """Lay out all pages. Not `is_cropped`: maps show all that is requested, also beyond their images."""
        scenes = [shown.frames[0] for shown in self._shown]
        parts = shown_parts(self._spec, scenes, cropped=is_cropped)
        checkpoint()
        rooms, atoms = self._cut_and_fill(parts, checkpoint)
        while not self.parties.is_nameless and not holds(rooms, self.parties.atoms()):
            self.parties.lower()
            rooms, atoms = self._cut_and_fill(parts, checkpoint)
        if self.sizes.is_for_screen and not self._are_on_first_page(rooms, atoms, KEY):
            rooms, atoms = self._with_fewer_numbers(rooms, atoms, parts, checkpoint)
        rooms, atoms = self._telling_key_page(rooms, atoms, parts, checkpoint)
        for _turn in range(_TURNS):  # a smaller map has other signs of crowded marks to explain
            if not rooms.band.height() or rooms.request.band.holds(self._band_atoms()):
                break
            rooms, atoms = self._cut_again(parts, self._key_beside(), rooms.request.share, checkpoint)
        band, rest = self._band_pieces(rooms)
        words = self._flowing_words(rooms, [*atoms, *rest])
        self.pieces = [*self.things.pieces, *self._first_page(rooms), *band, *words]
        checkpoint()
        self._prepare_locator()

    def _cut_and_fill(self, parts: Sequence[Shown], checkpoint: Checkpoint) -> tuple[PageRooms, list[Atom]]:
        """Cut the page and fill its maps, again with more room for words where that helps; return rooms and words.

        What the signs mean stands on the page of the maps, above long notes: where no column has room for it, in a band
        below the maps.
        """
        beside = self.beside
        beside.has_band, beside.has_key_in_band, beside.key_page = False, False, 0
        beside.band_words, beside.is_legend_first = BandWords.ALL, False
        rooms, atoms = self._cut_until_settled(parts, [], 1.0, checkpoint)
        if self.sizes.is_map_first:
            return self._cut_slide(parts, checkpoint)
        if self._spec.layout == "site":
            self._fill_maps(checkpoint)
            rooms, atoms = self._cut_beside(parts, self._key_atoms(), checkpoint)
        if not self._are_on_first_page(rooms, atoms, LEGEND):
            rooms, atoms = self._with_legend_in_band(parts, checkpoint)
        self._fill_maps(checkpoint)
        key = self._key_atoms()
        if self.beside.has_band and key and not self._are_on_first_page(rooms, self._in_order(key), KEY):
            return self._with_band(rooms, parts, checkpoint) or self._cut_beside(parts, key, checkpoint)
        if key:
            rooms, atoms = self._cut_beside(parts, key, checkpoint)
        elif any(on_page.signs() for on_page in self.framed.maps):  # the legend was made before these were known
            rooms, atoms = self._cut_again(parts, key, 1.0, checkpoint)
        if all(self._are_on_first_page(rooms, atoms, part) for part in (LEGEND, KEY)):
            return rooms, atoms
        return self._with_band(rooms, parts, checkpoint) or self._cut_beside(parts, key, checkpoint)

    def _cut_slide(self, parts: Sequence[Shown], checkpoint: Checkpoint) -> tuple[PageRooms, list[Atom]]:
        """Fill the maps of a slide, with their key beside them where they leave room for it, else on another page."""
        self._fill_maps(checkpoint)
        self.beside.is_key_run_in = True
        for share in _SHARES_OF_SLIDE:
            rooms, atoms = self._cut_again(parts, self._key_atoms(), share, checkpoint)
            if self._are_on_first_page(rooms, atoms, KEY):
                return rooms, atoms
        return self._cut_again(parts, self._key_atoms(), 1.0, checkpoint)

    def _with_fewer_numbers(
        self, rooms: PageRooms, atoms: list[Atom], parts: Sequence[Shown], checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Lay out the page with as many numbers as its key explains on it: a picture for a screen is handed out alone.

        All are kept where the page has no room for the least of keys.
        """
        flow, _ = words_on_pages(self.sizes, rooms, atoms, self.parties.repeated(rooms))
        share = 1.0 - flow.share_later(KEY) or _FEWER
        self._most_numbers = len(self.things.numbers)
        while self._most_numbers:
            self._most_numbers = int(share * self._most_numbers)
            fewer = self._cut_and_fill(parts, checkpoint)
            if self._are_on_first_page(*fewer, KEY):
                return fewer
            share = _FEWER
        self._most_numbers = MOST_KEYED
        return self._cut_and_fill(parts, checkpoint)

    def _telling_key_page(
        self, rooms: PageRooms, atoms: list[Atom], parts: Sequence[Shown], checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Return rooms and words with a line after the legend on the page of the key, where that is another one."""
        page, beside = self._page_of(KEY, rooms, atoms), self.beside
        if self.sizes.is_small and not rooms.band.height():
            return self._telling_pages_of_signs(rooms, atoms, parts, checkpoint)
        if page and rooms.band.height():
            beside.key_page = page + 1
            if not rooms.request.band.holds(self._band_atoms()):
                rooms, atoms = self._cut_again(parts, self._key_beside(), rooms.request.share, checkpoint)
                page = self._page_of(KEY, rooms, atoms)
                beside.key_page = page + 1 if page else 0
        elif page:
            before = takewhile(lambda atom: atom.key != KEY, atoms)
            last = max((at for at, atom in enumerate(before) if atom.key in (PARTIES, LEGEND)), default=-1)
            line = beside.key_on_page(page + 1)
            with_line = [*atoms[: last + 1], *line, *atoms[last + 1 :]]
            flow, _ = words_on_pages(self.sizes, rooms, with_line, self.parties.repeated(rooms))
            if any(row.atom.text == line[0].text and not flow.columns[row.column].page for row in flow.placed):
                return rooms, with_line
        return rooms, atoms

    def _telling_pages_of_signs(
        self, rooms: PageRooms, atoms: list[Atom], parts: Sequence[Shown], checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """The same for a page too small for a legend: a line below its map says where key and legend are."""
        for _turn in range(2):  # the line takes room from the map, so that the key may be another
            pages = [self._page_of(part, rooms, atoms) for part in (KEY, LEGEND)]
            self._pointer = self.beside.signs_on_pages(*pages)
            if not self._pointer:
                return rooms, atoms
            rooms, atoms = self._cut_again(parts, self._key_beside(), rooms.request.share, checkpoint)
        first = len(self.parties.atoms())
        return rooms, [*atoms[:first], *self._pointer, *atoms[first:]]

    def _page_of(self, part: str, rooms: PageRooms, atoms: Sequence[Atom]) -> int:
        """The page on which a part of the words begins, counted from 0; 0 without it."""
        flow, _ = words_on_pages(self.sizes, rooms, atoms, self.parties.repeated(rooms))
        return min((flow.columns[row.column].page for row in flow.placed if row.atom.key == part), default=0)

    def _with_legend_in_band(self, parts: Sequence[Shown], checkpoint: Checkpoint) -> tuple[PageRooms, list[Atom]]:
        """Cut the page with the legend in a band, or without one where there is no room.

        Where all of it would leave little to the maps the band has no notes, or its signs alone.
        """
        beside, sizes, was_nameless = self.beside, self.sizes, self.parties.is_nameless
        least = (_LEAST_OF_SMALL if sizes.is_small else _LEAST_OF_PAGE) * sizes.width * sizes.height
        for beside.has_band, beside.band_words in _BANDS:
            rooms, atoms = self._cut_until_settled(parts, [], 1.0, checkpoint)
            if sizes.is_small and rooms.map_area >= least:  # signs of crowded marks make the legend longer
                self._fill_maps(checkpoint)
                rooms, atoms = self._cut_until_settled(parts, [], 1.0, checkpoint)
            is_map = beside.band_words is BandWords.SIGNS or rooms.map_area >= least
            if is_map and self._has_room_for_band(rooms, was_nameless=was_nameless):
                break
        return rooms, atoms

    def _has_room_for_band(self, rooms: PageRooms, *, was_nameless: bool) -> bool:
        """True where the page has its band and yet says what it has to say of parties."""
        parties = self.parties
        return rooms.band.height() > 0.0 and holds(rooms, parties.atoms()) and parties.is_nameless <= was_nameless

    def _cut_beside(
        self, parts: Sequence[Shown], key: Sequence[Atom], checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page again with its key in the columns."""
        rooms, atoms = self._cut_again(parts, key, 1.0, checkpoint)
        for run_in in (True, True, False):  # a shorter key where that stands beside what is said of parties
            if not self.parties.leaves_room(rooms, self._key_atoms()):
                self.beside.is_key_run_in = self.parties.wants_key = run_in
                key = self._key_atoms()
                rooms, atoms = self._cut_again(parts, key, 1.0, checkpoint)
        if share := fuller_share(self.sizes, rooms, atoms, self.parties.repeated(rooms)):
            rooms, atoms = self._cut_again(parts, key, share, checkpoint)
        is_key_enough = self.beside.has_band and self._are_on_first_page(rooms, atoms, KEY)
        if not is_key_enough and not self._are_on_first_page(rooms, atoms, LEGEND):
            self.beside.is_legend_first = True  # a key can go on on the next page
            rooms, atoms = self._cut_again(parts, key, share or 1.0, checkpoint)
        return rooms, atoms

    def _with_band(
        self, without: PageRooms, parts: Sequence[Shown], checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]] | None:
        """Cut the page again with legend and key in a band; None, and all as it was, where that takes too much of it.

        Smaller maps have longer keys, so that the band grows until it holds its own.
        """
        beside, was_nameless = self.beside, self.parties.is_nameless
        before = beside.has_band, beside.has_key_in_band
        least = max(_LEAST_MAPS * without.map_area, least_beside_key(self.sizes, without.map_area))
        beside.has_band, beside.has_key_in_band = True, True
        for _turn in range(_TURNS):
            if not self._band().height:
                break
            rooms, atoms = self._cut_again(parts, [], 1.0, checkpoint)
            if rooms.map_area < least or not self._has_room_for_band(rooms, was_nameless=was_nameless):
                break
            if rooms.request.band.holds(self._band_atoms()):
                return rooms, atoms
        beside.has_band, beside.has_key_in_band = before
        return None

    def _are_on_first_page(self, rooms: PageRooms, atoms: Sequence[Atom], part: str) -> bool:
        """True where all words of a part stand on the first page."""
        flow, _ = words_on_pages(self.sizes, rooms, atoms, self.parties.repeated(rooms))
        return not flow.share_later(part)

    def _band(self) -> SignBand:
        """Legend and key as far as they stand in a band across the page; empty where they would take too much of it."""
        high, beside = self.sizes.height, self.beside
        most = _MOST_OF_SMALL if self.sizes.is_small else _MOST_OF_PAGE
        band = band_of(self.sizes, self._band_atoms(), most * high)
        if beside.has_key_in_band and not beside.is_key_run_in and not 0 < band.height <= _ROOMY * high:
            beside.is_key_run_in = True
            band = band_of(self.sizes, self._band_atoms(), most * high)
        return replace(band, height=_SLACK * band.height) if beside.has_key_in_band else band

    def _band_atoms(self) -> list[Atom]:
        beside = self.beside
        atoms = beside.legend_atoms(self.framed.maps, in_band=True)
        return atoms + (self._key_atoms() if beside.has_key_in_band else [])

    def _key_beside(self) -> list[Atom]:
        return [] if self.beside.has_key_in_band else self._key_atoms()

    def _in_order(self, key: Sequence[Atom]) -> list[Atom]:
        return [*self.parties.atoms(), *self._atoms(key)]

    def _cut_again(
        self, parts: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page again, and fill its maps again where that changes them."""
        frames, unnamed = [on_page.rect for on_page in self.framed.maps], self.parties.unnamed
        rooms, atoms = self._cut_until_settled(parts, key, share, checkpoint)
        if [on_page.rect for on_page in self.framed.maps] != frames or self.parties.unnamed != unnamed:
            self._fill_maps(checkpoint)
            atoms = self._in_order(self._key_beside())
            checkpoint()
        return rooms, atoms

    def _cut_until_settled(
        self, parts: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page until its words fit beside its frames. Their heights only grow, so that this ends."""
        spec, count = self._spec, len(self._shown)
        overview = parts[:1] if spec.layout == "insets" else parts
        inset = pane_shape(parts[len(overview) :])
        shapes = pane_shape(overview), inset._replace(most=min(inset.most, _WIDEST_INSET * inset.best))
        heights = [0.0] * (2 * count + 1)
        others: list[Atom] = list(key)
        for _turn in range(_TURNS):
            strips, captions, foot = heights[:count], heights[count:-1], heights[-1]
            self.title = self.names.title(self.framed.content)
            marking = marking_height(self._marked_spec(), self.sizes)
            header = self._heading().height
            band = self._band()
            request = RoomsAsked(
                spec.layout, count, marking, header, foot, strips, captions, others, *shapes, share=share, band=band
            )
            party_atoms = self.parties.atoms()
            rooms = self._rooms(request, key)
            self.framed.frame(rooms, parts, checkpoint)
            self._make_words()
            checkpoint()
            now, before = heights_of(spec, self.sizes, self.words, rooms), len(party_atoms) + len(others)
            self.parties.set_content(self.framed.content)
            others, party_atoms = self._atoms(key), self.parties.atoms()
            checkpoint()
            is_same_title = self.title == self.names.title(self.framed.content)
            is_settled = is_same_title and before == len(party_atoms) + len(others)
            if is_settled and all(new <= old + 0.01 for new, old in zip(now, heights, strict=True)):
                break
            heights = [max(pair) for pair in zip(now, heights, strict=True)]
        return rooms, [*party_atoms, *others]

    def _rooms(self, request: RoomsAsked, key: Sequence[Atom]) -> PageRooms:
        """Cut the first page, with room for what is said of the parties; on a slide beside the legend, and beside the
        key where that takes no words from what is said.
        """
        if not self.sizes.is_map_first:
            return self.parties.rooms(replace(request, needed=self._pointer), key)
        parties, needed = self.parties, self.beside.first_words(self.framed.maps)
        if not key:
            return parties.rooms(replace(request, needed=needed), ())
        whole = parties.rooms(replace(request, needed=[*needed, *key]), ())
        level = parties.level
        if level < Telling.EXCERPT and holds(whole, [*parties.atoms(), *needed, *key]):
            return whole
        rooms = parties.rooms(replace(request, needed=[*needed, *self.beside.key_on_page(2)]), ())
        if parties.level < level or not holds(whole, [*parties.atoms(), *needed, *key]):
            return rooms
        return whole

    def _fill_maps(self, checkpoint: Checkpoint) -> None:
        site = self._spec.site if self._spec.layout == "site" else ""
        who = Named(site, self.parties.parties, self.parties.unnamed, most_numbers=self._most_numbers)
        self.things = self._furnisher.place(self.framed.maps, who, checkpoint)

    def _make_words(self) -> None:
        maps, is_small = self.framed.maps, self.sizes.is_small
        self.words = map_words(self._spec, maps, self.names, self._edition, self._program, is_small=is_small)

    def _atoms(self, key: Sequence[Atom]) -> list[Atom]:
        return self.beside.atoms(key, self.framed.maps, self.framed.content, self.words)

    def _key_atoms(self) -> list[Atom]:
        return self.beside.key_atoms(self.things, self.names, self.framed.content)

    def _heading(self) -> Heading:
        correction = correction_words(self._spec, self._edition)
        return heading_of(self.names.head_spec(), self.title, self.sizes, self.style, correction)

    def _marked_spec(self) -> ProductSpec:
        """The spec with the marking as it is printed."""
        return replace(self._spec, marking=marking_words(self._spec, self.framed.content))

    def _first_page(self, rooms: PageRooms) -> list[Piece]:
        return first_page_pieces(self._spec, self.sizes, self.style, self.words, self._heading(), rooms)

    def _band_pieces(self, rooms: PageRooms) -> tuple[list[Piece], list[Atom]]:
        """The band as pieces, and the rows that it has no room for."""
        atoms = self._band_atoms()
        if not rooms.band.height():
            return [], atoms
        flow, rest = rooms.request.band.placed(rooms.band, atoms)
        return pieces_of(flow), rest

    def _flowing_words(self, rooms: PageRooms, atoms: Sequence[Atom]) -> Iterator[Piece]:
        """The words beside the maps and on further pages, and the edges of all pages."""
        flow, self.pages = words_on_pages(self.sizes, rooms, atoms, self.parties.repeated(rooms))
        flow = with_level_end(self.sizes, flow, self.pages)
        yield from pieces_of(flow)
        party_pages = {flow.columns[set_atom.column].page for set_atom in flow.placed if set_atom.atom.key == PARTIES}
        self.further_level = self.parties.further_level(rooms)
        self.party_pages = frozenset(party_pages - {0} if self.parties.is_nameless else party_pages)
        names_a_party = self.parties.names.names_any(self.title)
        titles = [self.title if page in self.party_pages or not names_a_party else "" for page in range(self.pages)]
        marking = rooms.request.marking
        yield from edges_of_pages(self._marked_spec(), self.sizes, self.style, self._edition, titles, marking)

    def _prepare_locator(self) -> None:
        """Cut the coasts of the locator, so that nobody waits for them while they are painted."""
        locator = next((piece for piece in self.pieces if piece.key == "locator"), None)
        if locator is not None and (window := window_of(self._spec, self.framed.maps)) is not None:
            room = room_in(locator.box)
            coasts_in(window, room.width(), room.height())
            land_in(window, room.width(), room.height())
            if draws_borders(self.framed.maps):
                borders_in(window, room.width(), room.height())
