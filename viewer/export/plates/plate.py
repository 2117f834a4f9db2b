"""A product, laid out once in logical pixels for any resolution: its pages, maps and words.

`PrintedPlate` makes of it what formats, window and batch print.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property, partial

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.rows import Product
from layers.geo.bounds import Bounds
from layers.geo.crs import chosen_canvas
from layers.grid.graticules.graticule import Graticule
from layers.product.content import ProductContent
from layers.product.facts import Alike, ImageFact
from layers.product.gathering import content_of
from layers.product.issuing.edition import Edition, status_words
from layers.product.marking import lacking, product_marking
from layers.product.numbering import issued_numbers, numbered
from layers.product.own_paths import without_paths
from layers.product.parties import Telling, in_place_of_a_name
from layers.product.site_words import subtitle_of
from layers.product.spec import ProductSpec, maps_of
from layers.product.spec_words import as_published
from layers.vector.labels.label_layout import Box
from viewer.canvas.comparison.side_words import side_name
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.sites.site_index import SiteIndex
from viewer.export.plates.evidence_rows import PARTIES, EvidenceRows
from viewer.export.plates.maps.callouts import callout_pieces
from viewer.export.plates.maps.framing import Framing
from viewer.export.plates.maps.graticule_on_map import (
    graticule_boxes,
    graticule_near_edges,
    graticule_pieces,
    paint_graticule,
)
from viewer.export.plates.maps.image_captions import (
    dates_of,
    image_facts,
    image_line,
    notes_on_stretches,
    processing_notes,
    sides_of_maps,
    told_in_captions,
)
from viewer.export.plates.maps.in_grey import alike_in_grey
from viewer.export.plates.maps.inset_boxes import inset_boxes
from viewer.export.plates.maps.layers_read import layers_read
from viewer.export.plates.maps.legend_content import LegendRow
from viewer.export.plates.maps.legend_rows import legend_atoms, legend_of
from viewer.export.plates.maps.locator import coasts_in, room_in
from viewer.export.plates.maps.locator_on_page import locator_atom, window_of
from viewer.export.plates.maps.map_on_page import MapOnPage, hatches_of, index_of
from viewer.export.plates.maps.map_plates import (
    BarOnPlate,
    Marks,
    date_and_place_pieces,
    north_arrow_piece,
    scale_bar_piece,
)
from viewer.export.plates.maps.map_scenes import solid_on
from viewer.export.plates.maps.naming import Named, Naming, label_boxes, label_pieces, name_marks
from viewer.export.plates.maps.shown_parts import Shown, pane_shape, shown_parts
from viewer.export.plates.page_head import (
    caption_below,
    caption_height,
    heading_of,
    lines_height,
    logo_height,
    marking_height,
    marking_piece,
    page_number_piece,
)
from viewer.export.plates.party_block import PartyBlock
from viewer.export.plates.plate_words import edition_words, imprint_lines, notes_on_maps, page_data_credits
from viewer.export.plates.setting.flow import Atom
from viewer.export.plates.setting.house_style import house_style
from viewer.export.plates.setting.lettering import MM, Type
from viewer.export.plates.setting.page_rooms import PageRooms, RoomsAsked, frame_of_page, holds
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece, lines_piece
from viewer.export.plates.setting.word_pages import fuller_share, head_height, pieces_of, words_on_pages
from viewer.rendering.vector.qt_shapes import box_of
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

_TURNS = 4
"""Most times that a page is cut anew: the frames' room depends on their words, until that is settled."""


FIRST_DRAFT = Edition()
"""The edition of a product without a row in the case."""


class Plate:
    """A product, laid out: its pages with their pieces, its maps and its words."""

    def __init__(
        self,
        spec: ProductSpec,
        document: Document,
        scenes: Sequence[ShownScene],
        edition: Edition = FIRST_DRAFT,
        *,
        program: str = "Geoloupe",
        cropped: bool = True,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        """Lay out a product, in any thread. Raises ExportFailed where a page has no room.

        `scenes`: one for each map, open, made by `product_scenes`; the words state what they have read by now. Nobody
        else may use them meanwhile. Not `cropped`: its maps show all that is requested, also beyond their images, as
        the canvas does.
        """
        self.spec, self.document, self.shown = as_published(spec), document, list(scenes)
        self.scenes = [scene.frames[0] for scene in scenes]
        self.edition, self.program = edition, program
        self._is_cropped = cropped
        self.style = house_style(spec.style, spec.dark, spec.grey)
        self.sizes = PageSizes.of(spec, self.style.fonts)
        self._rows = EvidenceRows(self.sizes, self.style)
        draws = spec.shows("annotation")
        self.parties = PartyBlock(self._rows, self.sizes, may_name=spec.shows("claims"), draws_marks=draws)
        self.party_pages: frozenset[int] = frozenset()
        """The pages with sentences on the named parties."""
        self.further_level = Telling.NAMELESS
        self._is_key_run_in = False
        self.title = self._title()
        self.content = ProductContent()
        self.maps: list[MapOnPage] = []
        self.sides: list[str] = []
        """Side of each map: *before*, *after*, its letter, or empty."""
        self.strips: list[str] = []
        self.notes: list[str] = []
        self.images: list[list[ImageFact]] = []
        self.captions: list[list[str]] = []
        self.data_credits: list[str] = []
        self.foot: list[str] = []
        self.namings: list[Naming] = []
        self.bars: dict[int, BarOnPlate] = {}
        self.graticules: dict[int, Graticule] = {}
        self.has_locator = False
        self.legend: list[LegendRow] = []
        self.pages = 1
        self.pieces: list[Piece] = []
        self._indexes: dict[int, tuple[frozenset[str] | None, SiteIndex]] = {}
        self._content_of: tuple[list[str], ProductContent] | None = None
        self._lay_out(checkpoint)
        self.read = layers_read(self.maps, self.style)

    def refreshed(self) -> Plate:
        """The plate laid out anew, with words that state what its scenes have read since."""
        spec, document, scenes = self.spec, self.document, self.shown
        return Plate(spec, document, scenes, self.edition, program=self.program, cropped=self._is_cropped)

    # -- what it is -----------------------------------------------------------------------------------------------

    @property
    def product(self) -> Product | None:
        """The product's row, where it is kept."""
        return self.edition.product

    @property
    def correction(self) -> str:
        """The line on the error in its issued version; empty for a first version."""
        correction = self.product.correction if self.product is not None else ""
        return without_paths(correction) if self.spec.publish else correction

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each mark that has one in the key."""
        return {uuid: number for naming in self.namings for uuid, number in naming.keyed.items()}

    @cached_property
    def alike_in_grey(self) -> tuple[Alike, ...]:
        """Signs of its legend that only colour tells apart."""
        return tuple(alike_in_grey(self.legend))

    @property
    def marking(self) -> str:
        """The marking as it is printed: the product's own, raised to the highest of what is on the page."""
        own, inputs = self.spec.marking, self.content.input_markings
        return product_marking(own, inputs) if lacking(own, inputs) else own

    def moved(self, spec: ProductSpec) -> Plate:
        """The plate with its things where `spec` has them, otherwise equal: fast enough while a thing is dragged."""
        other = copy(self)
        other.spec = as_published(spec)
        other.pieces = [piece.moved(QPointF()) for piece in self.pieces]
        other._set_moved()
        return other

    def naming_nobody(self) -> Plate:
        """The plate without labels of named parties, for files of its maps alone: they lack the words on these."""
        other = copy(self)
        unnamed = {f"label:{uuid}" for uuid in self.parties.parties}
        other.pieces = [piece for piece in self.pieces if piece.key not in unnamed]
        other.party_pages = frozenset()
        return other

    def box_of(self, key: str) -> QRectF | None:
        """The box of a thing on its first page as it is now, in logical pixels; None where there is no such thing."""
        boxes = [piece.place for piece in self._by_key(key)]
        union = QRectF()
        for box in boxes:
            union = union.united(box)
        return union if boxes else None

    def thing_at(self, page: int, x: float, y: float) -> str:
        """The key of the uppermost thing at a place of a page, in logical pixels; empty where none can be moved."""
        place = QPointF(x, y)
        for piece in reversed(self.pieces):
            if piece.page == page and piece.is_draggable and piece.place.adjusted(-2, -2, 2, 2).contains(place):
                return piece.key
        return ""

    def _by_key(self, key: str) -> list[Piece]:
        pieces = [piece for piece in self.pieces if piece.key == key]
        return [piece for piece in pieces if piece.page == pieces[0].page]

    def _set_moved(self) -> None:
        moved = self.spec.moved
        if moved:
            self.pieces = [
                piece.moved(QPointF(*(side * MM for side in moved[piece.key])))
                if piece.key in moved and piece.is_draggable
                else piece
                for piece in self.pieces
            ]

    # -- laying out -----------------------------------------------------------------------------------------------

    def _lay_out(self, checkpoint: Checkpoint) -> None:
        bounds = shown_parts(self.spec, self.scenes, cropped=self._is_cropped)
        checkpoint()
        rooms, atoms = self._cut_and_fill(bounds, checkpoint)
        while not self.parties.is_nameless and not holds(rooms, self.parties.atoms()):
            self.parties.lower()
            rooms, atoms = self._cut_and_fill(bounds, checkpoint)
        self._place_page(rooms)
        self._place_words(rooms, atoms)
        checkpoint()
        for locator in self._by_key("locator"):
            if (window := self._window()) is not None:  # so that nobody waits for its coasts while they are painted
                room = room_in(locator.box)
                coasts_in(window, room.width(), room.height())
        self._set_moved()

    def _cut_and_fill(self, bounds: Sequence[Shown], checkpoint: Checkpoint) -> tuple[PageRooms, list[Atom]]:
        """Cut the page and fill its maps, again with more room for words where that helps; return rooms and words."""
        rooms, atoms = self._cut_until_settled(bounds, [], 1.0, checkpoint)
        self._place_on_maps(checkpoint)
        key = self._key_atoms()
        if key:
            rooms, atoms = self._cut_again(bounds, key, 1.0, checkpoint)
            for run_in in (True, True, False):  # a shorter key where that stands beside what is said of parties
                if not self.parties.leaves_room(rooms, self._key_atoms()):
                    self._is_key_run_in = self.parties.wants_key = run_in
                    key = self._key_atoms()
                    rooms, atoms = self._cut_again(bounds, key, 1.0, checkpoint)
        if share := fuller_share(self.sizes, rooms, atoms, self.parties.repeated(rooms)):
            rooms, atoms = self._cut_again(bounds, key, share, checkpoint)
        return rooms, atoms

    def _cut_again(
        self, bounds: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page again, and fill its maps again where that changes them."""
        frames, unnamed = [on_page.rect for on_page in self.maps], self.parties.unnamed
        rooms, atoms = self._cut_until_settled(bounds, key, share, checkpoint)
        if [on_page.rect for on_page in self.maps] != frames or self.parties.unnamed != unnamed:
            self._place_on_maps(checkpoint)
            atoms = [*self.parties.atoms(), *self._atoms(self._key_atoms())]
            checkpoint()
        return rooms, atoms

    def _cut_until_settled(
        self, bounds: Sequence[Shown], key: Sequence[Atom], share: float, checkpoint: Checkpoint
    ) -> tuple[PageRooms, list[Atom]]:
        """Cut the page until its words fit beside its frames. Their heights only grow, so that this ends."""
        spec, count = self.spec, len(self.scenes)
        crs = chosen_canvas(spec.crs, bounds[0].bounds)[0]
        overview = bounds[:1] if spec.layout == "insets" else bounds
        shapes = pane_shape(crs, overview), pane_shape(crs, bounds[len(overview) :])
        heights = [0.0] * (2 * count + 1)
        others: list[Atom] = list(key)
        for _turn in range(_TURNS):
            strips, captions, foot = heights[:count], heights[count:-1], heights[-1]
            self.title = self._title()
            heading = heading_of(self._head_spec(), self.title, self.sizes, self.style, self.correction)
            marking = marking_height(replace(spec, marking=self.marking), self.sizes)
            request = RoomsAsked(
                spec.layout, count, marking, heading.height, foot, strips, captions, others, *shapes, share=share
            )
            party_atoms = self.parties.atoms()
            rooms = self.parties.rooms(request, key)  # `rooms_of`, with room for what is said of the parties
            self._make_maps(rooms, bounds, checkpoint)
            self._make_words()
            checkpoint()
            now, before = self._heights(rooms), len(party_atoms) + len(others)
            self.parties.set_content(self.content)
            others, party_atoms = self._atoms(key), self.parties.atoms()
            checkpoint()
            is_settled = before == len(party_atoms) + len(others) and self.title == self._title()
            if is_settled and all(new <= old + 0.01 for new, old in zip(now, heights, strict=True)):
                break
            heights = [max(pair) for pair in zip(now, heights, strict=True)]
        return rooms, [*party_atoms, *others]

    def _heights(self, rooms: PageRooms) -> list[float]:
        """The heights of the titles above the maps, of the lines below them, and of the foot."""
        sizes, small = self.sizes, self.sizes.type(0.92)
        heights = [self._strip_height(number, rooms) for number in range(len(self.scenes))]
        for lines, cell in zip(self.captions, rooms.cells, strict=True):
            below = caption_height(self.spec, sizes, cell.frame.width())
            heights.append(below + lines_height(lines, small, cell.frame.width()) + 0.35 * sizes.body)
        width = sizes.width - 2 * sizes.margin
        return [*heights, 0.0 if sizes.is_small else lines_height(self.foot, small, width)]

    def _strip_height(self, number: int, rooms: PageRooms) -> float:
        if not self.strips[number]:
            return 0.0
        type_ = self._strip_type()
        return lines_height([self.strips[number]], type_, rooms.cells[number].frame.width()) + 0.25 * self.sizes.body

    def _strip_type(self) -> Type:
        return self.sizes.type(1.05, bold=True)

    def _make_maps(self, rooms: PageRooms, bounds: Sequence[Shown], checkpoint: Checkpoint) -> None:
        spec = self.spec
        crs = chosen_canvas(spec.crs, bounds[0].bounds)[0]
        hidden = self.content.withheld if spec.shows("annotation") else None
        before, self.maps = {on_page.number: on_page for on_page in self.maps}, []
        for number, (scene, cell, product_map) in enumerate(zip(self.shown, rooms.cells, maps_of(spec), strict=True)):
            shown, reach, marked = bounds[number]
            framing = Framing.of(cell.frame, crs, shown, self.sizes.label_factor, marked, reach)
            index, kept = self._index(number, hidden, product_map.marks), before.get(number)
            hatches = hatches_of(self.document, index)
            is_same = kept is not None and kept.framing == framing and kept.index is index and kept.hatches == hatches
            made = kept if is_same and kept is not None else MapOnPage(number, scene, framing, 0, index, hatches)
            self.maps.append(made)
            checkpoint()
        drawn = (uuid for on_page in self.maps for uuid in on_page.in_frame())
        in_frame = list(dict.fromkeys([*drawn, *sorted(hidden or ())]))  # what is withheld stays counted
        if self._content_of is None or self._content_of[0] != in_frame:
            about = spec.site if spec.layout == "site" else ""
            publish, marking = spec.publish, spec.marking
            content = content_of(
                self.document, in_frame, publish, marking, self.product, about=about, checkpoint=checkpoint
            )
            self._content_of = in_frame, content
        self.content = self._content_of[1]
        checkpoint()
        if self.content.withheld and hidden is not None and not self.content.withheld <= hidden:
            self._make_maps(rooms, bounds, checkpoint)

    def _index(self, number: int, hidden: frozenset[str] | None, marks: Sequence[str] | None) -> SiteIndex:
        """The marks of a map, made once."""
        if number not in self._indexes or self._indexes[number][0] != hidden:
            index = index_of(
                self.document, hidden, None if marks is None else frozenset(marks), publish=self.spec.publish
            )
            index.show_solid(solid_on(self.spec, self.document, number, self.scenes[number]))
            self._indexes[number] = hidden, index
        return self._indexes[number][1]

    def _make_words(self) -> None:
        self.sides = sides_of_maps(self.maps, self.spec.layout)
        self.strips = []
        for side, on_page, chosen in zip(self.sides, self.maps, maps_of(self.spec), strict=True):
            title = one_line(chosen.title or (chosen.frame.title if chosen.frame is not None else ""), 200)
            title = self._for_publication(title)
            date = dates_of(on_page) if side and self.spec.layout != "insets" else ""
            self.strips.append(" · ".join(part for part in (side_name(side), title, date) if part))
        self.notes = notes = notes_on_stretches(self.spec, self.maps)
        publish = self.spec.publish
        self.images = [image_facts(on_page, note, publish) for on_page, note in zip(self.maps, notes, strict=True)]
        extent = told_in_captions(self.spec)
        self.captions = [[image_line(fact, extent=extent) for fact in facts] for facts in self.images]
        if self.spec.layout == "insets":  # all maps show the same images: said once, below the overview
            seen = set(self.captions[0])
            self.captions[1:] = [[line for line in lines if line not in seen] for lines in self.captions[1:]]
        if self.sizes.is_small:  # its imprint stands on a further page, which is another file
            self.captions[0].append(edition_words(self.edition))
        self.data_credits = page_data_credits(self.spec, self.maps, locator=self._window() is not None)
        self.foot = (
            imprint_lines(self.spec, self.maps, self.data_credits, self.edition, self.program)
            if self.spec.shows("imprint")
            else []
        )

    def _atoms(self, key: Sequence[Atom]) -> list[Atom]:
        """All words beside and below the maps and on further pages, after those on the named parties."""
        spec, sizes, style = self.spec, self.sizes, self.style
        rows, is_site = self._rows, spec.layout == "site"
        explained: list[Atom] = []
        if (window := self._window()) is not None:
            explained.append(locator_atom(spec, self.maps, window, sizes, style))
            self.has_locator = True
        if spec.shows("legend") and spec.layout != "plain":
            legend = legend_of(self.document, self.maps, spec.shows("annotation"))
            if spec.publish:
                legend = [replace(row, text=without_paths(row.text)) for row in legend]
            self.legend = legend
            explained += legend_atoms(legend, sizes, style)
        evidence = rows.observed(spec, self.content.sites, self.parties.unnamed)
        if spec.shows("claims"):
            evidence += rows.claims(self.content, with_steps=is_site)
            evidence += rows.sources(self.content) if spec.shows("sources") else []
        if spec.shows("caveats"):
            notes = [*self.parties.left_out(), *notes_on_maps(self.maps)]
            notes += processing_notes(self.images, told_in_captions(spec))
            evidence += rows.caveats(self.content, notes)
        ordered = [*evidence, *explained] if is_site else [*explained, *evidence]
        first = rows.site(self.content.site(spec.site)) if is_site and spec.site not in self.parties.unnamed else []
        caption = [] if caption_below(spec, sizes) else rows.caption(spec)
        # Numbers on the map are explained beside it, whatever goes to a next page.
        return [*caption, *first, *key, *ordered, *(rows.imprint(self.foot) if sizes.is_small else ())]

    def _key_atoms(self) -> list[Atom]:
        if not (self.spec.shows("key") and self.spec.shows("annotation")):
            return []
        names = {uuid: one_line(self.name_of(uuid)) for uuid in self.numbers}
        return self._rows.key(self.numbers, names, self.left_out, run_in=self._is_key_run_in)

    def _case_words(self, name: str) -> str:
        return self._for_publication(self.document.meta(name))

    def _for_publication(self, words: str) -> str:
        return without_paths(words) if self.spec.publish else words

    def _title(self) -> str:
        """Title of the spec, the site or the case. A firm's page that names nobody does not have its name as title."""
        title = self.spec.title or self._site_name() or self._case_words("title")
        row = self.document.sites.get(self.spec.site) if self.spec.layout == "site" else None
        is_name = row is not None and title in (row.label, self._site_name())
        if is_name and self.parties.is_nameless and self.parties.names.names_any(title):
            return in_place_of_a_name(self.content)
        return title

    def _head_spec(self) -> ProductSpec:
        """The spec as its head prints it: where a firm is not named, its place is not either."""
        row = self.document.sites.get(self.spec.site) if self.spec.layout == "site" else None
        if (
            row is None
            or not self.parties.is_nameless
            or self.spec.subtitle not in (subtitle_of(row), in_language(subtitle_of(row)))
        ):
            return self.spec
        return replace(self.spec, subtitle=self.spec.subtitle.partition(" · ")[0])

    def _site_name(self) -> str:
        row = self.document.sites.get(self.spec.site) if self.spec.layout == "site" else None
        return in_language(self._for_publication(row.with_doubt(row.label))) if row is not None else ""

    def name_of(self, uuid: str) -> str:
        """The name of a mark in words."""
        site = self.content.site(uuid)
        if site is not None:
            return in_language(site.name)
        row = self.document.sites[uuid]
        return in_language(self._for_publication(row.with_doubt(row.label)))

    @property
    def left_out(self) -> int:
        """Marks in the frames that have neither a name nor a number on any map."""
        named_or_keyed = {uuid for naming in self.namings for uuid in (*naming.named, *naming.keyed)}
        return len({uuid for naming in self.namings for uuid in naming.left_out} - named_or_keyed)

    # -- what stands on the maps ----------------------------------------------------------------------------------

    def _place_on_maps(self, checkpoint: Checkpoint) -> None:
        """Fill the maps, with parties in letters of one size on all of them."""
        self._name_on_maps(checkpoint, is_narrow=False)
        if {naming.narrow_parties for naming in self.namings} >= {False, True}:
            self._name_on_maps(checkpoint, is_narrow=True)

    def _name_on_maps(self, checkpoint: Checkpoint, *, is_narrow: bool) -> None:
        self.pieces, self.namings, self.bars = [], [], {}
        for on_page in self.maps:
            symbols = [box for _, box in on_page.symbol_boxes()]
            outlines = [box for _, box in on_page.outline_boxes()]
            obstacles: list[QRectF] = []
            furniture = self._furniture(on_page, obstacles, (symbols, outlines))
            insets = self._inset_boxes(on_page, furniture, obstacles, symbols)
            corner = on_page.rect.topLeft()
            boxes = [box_of(rect.translated(-corner)) for rect in obstacles]
            boxes += [box_of(rect.translated(-corner)) for rect in insets]
            if self.spec.graticule:
                boxes += self._add_graticule(on_page, furniture, boxes)
            naming = Naming()
            if self.spec.shows("annotation") and self.spec.shows("labels"):
                site = self.spec.site if self.spec.layout == "site" else ""
                named = Named(site, self.parties.parties, self.parties.unnamed, is_narrow)
                naming = name_marks(on_page, boxes, self.style, self.sizes.label_factor, named, checkpoint)
            on_page.place_layer_labels([*boxes, *label_boxes(naming), *symbols, *outlines])
            self.namings.append(naming)
            self.pieces += furniture
            checkpoint()
        own = {uuid: number for naming in self.namings for uuid, number in naming.signed.items()}
        waiting = [uuid for naming in self.namings for uuid in naming.waiting]
        numbers = numbered([*own, *waiting], own, issued_numbers(self.document, self.product))
        for on_page, naming in zip(self.maps, self.namings, strict=True):
            naming.give_numbers(numbers)
            self.pieces += callout_pieces(on_page)
            self.pieces += label_pieces(on_page, naming, self.style, self.sizes.label_factor)

    def _add_graticule(self, on_page: MapOnPage, furniture: list[Piece], boxes: Sequence[Box]) -> list[Box]:
        """Add a graticule to a map, and return the boxes that its labels cover."""
        type_ = self.sizes.type(0.78)
        graticule = graticule_near_edges(on_page, self.spec.graticule, type_, boxes)
        on_page.paint_below_marks = partial(paint_graticule, graticule=graticule, color=self.style.label)
        self.graticules[on_page.number] = graticule
        furniture += graticule_pieces(on_page, graticule, self.style, type_)
        return graticule_boxes(graticule)

    def _furniture(self, on_page: MapOnPage, obstacles: list[QRectF], marks: Marks) -> list[Piece]:
        spec, pieces = self.spec, []
        type_ = self.sizes.type(0.95, bold=True)
        if spec.shows("scale bar"):
            bar = scale_bar_piece(on_page, self.style, type_, obstacles, marks)
            if bar is not None:
                self.bars[on_page.number] = bar
                pieces.append(bar.piece)
        if spec.shows("north arrow"):
            arrow = north_arrow_piece(on_page, self.style, type_, obstacles, marks)
            pieces += [arrow] if arrow is not None else []
        if spec.shows("date and place"):
            pieces += date_and_place_pieces(on_page, self.style, self.sizes, obstacles, marks)
        return pieces

    def _inset_boxes(
        self, on_page: MapOnPage, furniture: list[Piece], obstacles: Sequence[QRectF], marks: Sequence[Box]
    ) -> list[QRectF]:
        """Add the boxes of the insets to their overview, and return the boxes that these cover."""
        if self.spec.layout != "insets" or on_page.number or len(self.maps) < 2:
            return []
        type_ = self.sizes.type(1.0, bold=True)
        pieces, covered = inset_boxes(on_page, self.maps[1:], self.style, type_, obstacles, marks)
        furniture += pieces
        return covered

    # -- the page's words -----------------------------------------------------------------------------------------

    def _place_page(self, rooms: PageRooms) -> None:
        spec, sizes, style = self.spec, self.sizes, self.style
        small = sizes.type(0.92)
        words = heading_of(self._head_spec(), self.title, sizes, style, self.correction).pieces(
            rooms.header, logo_height(sizes)
        )
        for number, cell in enumerate(rooms.cells):
            if self.strips[number]:
                words.append(
                    lines_piece(
                        f"map title:{number}", 0, cell.strip, [self.strips[number]], self._strip_type(), style.ink
                    )
                )
            room = cell.caption.adjusted(0.0, 0.3 * sizes.body, 0.0, 0.0)
            if below := caption_below(spec, sizes):
                height = caption_height(spec, sizes, room.width())
                box = QRectF(room.left(), room.top(), room.width(), height)
                words.append(lines_piece("caption", 0, box, [below], sizes.type(), style.ink))
                room = room.adjusted(0.0, height, 0.0, 0.0)
            if self.captions[number]:
                words.append(lines_piece(f"credit:{number}", 0, room, self.captions[number], small, style.quiet))
        if self.foot and not sizes.is_small:
            words.append(lines_piece("imprint", 0, rooms.foot, self.foot, small, style.quiet))
        self.pieces += words

    def _place_words(self, rooms: PageRooms, atoms: Sequence[Atom]) -> None:
        spec, sizes = replace(self.spec, marking=self.marking), self.sizes
        marking, head = rooms.request.marking, head_height(sizes)
        top, bottom, inner = frame_of_page(sizes, marking)
        flow, self.pages = words_on_pages(sizes, rooms, atoms, self.parties.repeated(rooms))
        self.pieces += pieces_of(flow)
        party_pages = {flow.columns[set_atom.column].page for set_atom in flow.placed if set_atom.atom.key == PARTIES}
        self.further_level = self.parties.further_level(rooms)
        self.party_pages = frozenset(party_pages - {0} if self.parties.is_nameless else party_pages)
        status = in_language(status_words(self.edition)).partition(",")[0].capitalize()
        for page in range(self.pages):
            if page:
                room = QRectF(inner.left(), inner.top(), inner.width(), head)
                is_told = page in self.party_pages or not self.parties.names.names_any(self.title)
                words = [edition_words(self.edition).rstrip("."), *([one_line(self.title, 80)] if is_told else [])]
                self.pieces.append(page_number_piece(sizes, self.style, page, self.pages, words, status, room))
            if marking:
                self.pieces.append(marking_piece(spec, sizes, self.style, page, top, "top"))
                self.pieces.append(marking_piece(spec, sizes, self.style, page, bottom, "bottom"))

    def _window(self) -> Bounds | None:
        return window_of(self.spec, self.maps)
