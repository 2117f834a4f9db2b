"""A product, laid out once in logical pixels for any resolution: its pages, maps and words.

`PrintedPlate` makes of it what formats, window and batch print.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.rows import Product
from layers.product.facts import Alike
from layers.product.issuing.edition import Edition
from layers.product.numbering import read_numbers
from layers.product.spec import ProductSpec
from layers.product.spec_words import as_published
from viewer.canvas.shown_scene import ShownScene
from viewer.export.plates.maps.in_grey import alike_in_grey
from viewer.export.plates.maps.layers_read import layers_read
from viewer.export.plates.page_layout import PageLayout
from viewer.export.plates.plate_words import correction_words, marking_words
from viewer.export.plates.setting.lettering import MM
from viewer.export.plates.setting.piece import Piece

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
        layout = self._laid_out(checkpoint)
        self.style, self.sizes, self.title, self.pages = layout.style, layout.sizes, layout.title, layout.pages
        self.maps, self.content = layout.framed.maps, layout.framed.content
        self._names, self.parties = layout.names, layout.parties
        self.party_pages, self.further_level = layout.party_pages, layout.further_level
        words, things = layout.words, layout.things
        self.sides, self.strips = words.sides, words.strips
        self.captions, self.common_captions = words.captions, words.common
        self.notes, self.images = words.notes, words.images
        self.data_credits, self.foot = words.data_credits, words.foot
        self.namings, self.bars, self.graticules = things.namings, things.bars, things.graticules
        self.numbers, self.left_out, self.shared = things.numbers, things.left_out, things.shared
        self.legend, self.has_locator = layout.beside.legend, layout.beside.has_locator
        self.pieces = self._moved(layout.pieces)
        self.read = layers_read(self.maps, self.style)

    def _laid_out(self, checkpoint: Checkpoint) -> PageLayout:
        """The pages of the product. One that was issued is laid out as it was then, before its marks had numbers: else
        these would have a part in where its words break. Where its marks get others now, it keeps those issued.
        """
        product, editions = self.edition.product, [self.edition]
        issued = read_numbers(product.numbers_json) if product is not None else {}
        if product is not None and issued:
            editions.insert(0, self.edition._replace(product=replace(product, numbers_json="")))
        for edition in editions:
            layout = PageLayout(self.spec, self.document, self.shown, edition, self.program)
            layout.lay_out(checkpoint, is_cropped=self._is_cropped)
            if layout.things.numbers.items() <= issued.items():
                break
        return layout

    def refreshed(self) -> Plate:
        """The plate laid out anew, with words that state what its scenes have read since."""
        spec, document, scenes = self.spec, self.document, self.shown
        return Plate(spec, document, scenes, self.edition, program=self.program, cropped=self._is_cropped)

    @property
    def product(self) -> Product | None:
        """The product's row, where it is kept."""
        return self.edition.product

    @property
    def correction(self) -> str:
        """The line on the error in its issued version; empty for a first version."""
        return correction_words(self.spec, self.edition)

    @cached_property
    def alike_in_grey(self) -> tuple[Alike, ...]:
        """Signs of its legend that only colour tells apart."""
        return tuple(alike_in_grey(self.legend))

    @property
    def marking(self) -> str:
        """The marking as it is printed: the product's own, raised to the highest of what is on the page."""
        return marking_words(self.spec, self.content)

    def name_of(self, uuid: str) -> str:
        """The name of a mark in words."""
        return self._names.name_of(uuid, self.content)

    def moved(self, spec: ProductSpec) -> Plate:
        """The plate with its things where `spec` has them, otherwise equal: fast enough while a thing is dragged."""
        other = copy(self)
        other.spec = as_published(spec)
        other.pieces = other._moved([piece.moved(QPointF()) for piece in self.pieces])
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
        pieces = [piece for piece in self.pieces if piece.key == key]
        union = QRectF()
        for piece in pieces:
            if piece.page == pieces[0].page:
                union = union.united(piece.place)
        return union if pieces else None

    def thing_at(self, page: int, x: float, y: float) -> str:
        """The key of the uppermost thing at a place of a page, in logical pixels; empty where none can be moved."""
        place = QPointF(x, y)
        for piece in reversed(self.pieces):
            if piece.page == page and piece.is_draggable and piece.place.adjusted(-2, -2, 2, 2).contains(place):
                return piece.key
        return ""

    def _moved(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces, each moved as the spec says."""
        moved = self.spec.moved
        return [
            piece.moved(QPointF(*(side * MM for side in moved[piece.key])))
            if piece.key in moved and piece.is_draggable
            else piece
            for piece in pieces
        ]
