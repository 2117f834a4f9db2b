"""Lays out a product: its page is cut into rooms, and cut anew until its words fit beside its maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from viewer.export.plates.maps.locator import coasts_in, land_in, room_in
from viewer.export.plates.maps.locator_on_page import window_of
from viewer.export.plates.maps.naming import Named
from viewer.export.plates.maps.shown_parts import Shown, pane_shape, shown_parts
from viewer.export.plates.page_head import Heading, heading_of, marking_height
from viewer.export.plates.page_names import PageNames
from viewer.export.plates.page_pieces import edges_of_pages, first_page_pieces, heights_of
from viewer.export.plates.party_block import PartyBlock
from viewer.export.plates.plate_words import correction_words, marking_words
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import house_style
from viewer.export.plates.setting.page_rooms import PageRooms, RoomsAsked, holds
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.export.plates.setting.word_pages import fuller_share, pieces_of, words_on_pages
from viewer.export.plates.things_on_maps import MapFurnisher, ThingsOnMaps
from viewer.export.plates.words_beside import WordsBeside

_TURNS = 4
"""Most times that a page is cut anew: the frames' room depends on their words, until that is settled."""


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
        self.pieces = [*self.things.pieces, *self._first_page(rooms), *self._flowing_words(rooms, atoms)]
        checkpoint()
        self._prepare_locator()

    def _cut_and_fill(self, parts: Sequence[Shown], checkpoint: Checkpoint) -> tuple[PageRooms, list[Atom]]:
        """Cut the page and fill its maps, again with more room for words where that helps; return rooms and words."""
        rooms, atoms = self._cut_until_settled(parts, [], 1.0, checkpoint)
        self._fill_maps(checkpoint)
        key = self._key_atoms()
        if key:
            rooms, atoms = self._cut_again(parts, key, 1.0, checkpoint)
            for run_in in (True, True, False):  # a shorter key where that stands beside what is said of parties
                if not self.parties.leaves_room(rooms, self._key_atoms()):
                    self.beside.is_key_run_in = self.parties.wants_key = run_in
                    key = self._key_atoms()
                    rooms, atoms = self._cut_again(parts, key, 1.0, checkpoint)
        if share := fuller_share(self.sizes, rooms, atoms, self.parties.repeated(rooms)):
            rooms, atoms = self._cut_again(parts, key, share, checkpoint)
        return rooms, atoms

    def _cut_again(
        self, parts: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page again, and fill its maps again where that changes them."""
        frames, unnamed = [on_page.rect for on_page in self.framed.maps], self.parties.unnamed
        rooms, atoms = self._cut_until_settled(parts, key, share, checkpoint)
        if [on_page.rect for on_page in self.framed.maps] != frames or self.parties.unnamed != unnamed:
            self._fill_maps(checkpoint)
            atoms = [*self.parties.atoms(), *self._atoms(self._key_atoms())]
            checkpoint()
        return rooms, atoms

    def _cut_until_settled(
        self, parts: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page until its words fit beside its frames. Their heights only grow, so that this ends."""
        spec, count = self._spec, len(self._shown)
        overview = parts[:1] if spec.layout == "insets" else parts
        shapes = pane_shape(overview), pane_shape(parts[len(overview) :])
        heights = [0.0] * (2 * count + 1)
        others: list[Atom] = list(key)
        for _turn in range(_TURNS):
            strips, captions, foot = heights[:count], heights[count:-1], heights[-1]
            self.title = self.names.title(self.framed.content)
            marking = marking_height(self._marked_spec(), self.sizes)
            header = self._heading().height
            request = RoomsAsked(
                spec.layout, count, marking, header, foot, strips, captions, others, *shapes, share=share
            )
            party_atoms = self.parties.atoms()
            rooms = self.parties.rooms(request, key)  # `rooms_of`, with room for what is said of the parties
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

    def _fill_maps(self, checkpoint: Checkpoint) -> None:
        site = self._spec.site if self._spec.layout == "site" else ""
        who = Named(site, self.parties.parties, self.parties.unnamed)
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

    def _flowing_words(self, rooms: PageRooms, atoms: Sequence[Atom]) -> Iterator[Piece]:
        """The words beside the maps and on further pages, and the edges of all pages."""
        flow, self.pages = words_on_pages(self.sizes, rooms, atoms, self.parties.repeated(rooms))
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
