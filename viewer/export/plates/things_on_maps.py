"""Things on the maps of a page: scale bar, arrow, graticule, boxes of insets, and the names of marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec import Struct, field
from PySide6.QtCore import QRectF

from layers.checkpoint import Checkpoint
from layers.grid.graticules.graticule import Graticule
from layers.product.numbering import numbered
from layers.product.spec import MATCHED, ProductSpec
from layers.vector.labels.label_layout import Box
from viewer.export.plates.label_pieces import label_pieces
from viewer.export.plates.maps.callouts import callout_pieces
from viewer.export.plates.maps.graticule_on_map import (
    graticule_boxes,
    graticule_near_edges,
    graticule_pieces,
    paint_graticule,
)
from viewer.export.plates.maps.inset_boxes import inset_boxes, letter_in_inset
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_plates import (
    BarOnPlate,
    Marks,
    date_and_place_pieces,
    north_arrow_piece,
    scale_bar_piece,
)
from viewer.export.plates.maps.naming import Named, Naming, label_boxes, spread_and_name
from viewer.export.plates.maps.spread_marks import SpreadRoom
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.rendering.vector.qt_shapes import box_of


class ThingsOnMaps(Struct):
    """The things on the maps of a page. Scale bars and graticules are by the number of their map."""

    pieces: list[Piece] = field(default_factory=list)
    namings: list[Naming] = field(default_factory=list)
    bars: dict[int, BarOnPlate] = field(default_factory=dict)
    graticules: dict[int, Graticule] = field(default_factory=dict)
    shared: dict[int, int] = field(default_factory=dict)
    """Number of the map whose bar and arrow count for another map too, which shows the same ground."""

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each mark that has one in the key."""
        return {uuid: number for naming in self.namings for uuid, number in naming.keyed.items()}

    @property
    def left_out(self) -> int:
        """Marks in the frames that have neither a name nor a number on any map."""
        named_or_keyed = {uuid for naming in self.namings for uuid in (*naming.named, *naming.keyed)}
        return len({uuid for naming in self.namings for uuid in naming.left_out} - named_or_keyed)


class MapFurnisher:
    """Places the things on the maps of one product."""

    def __init__(self, spec: ProductSpec, sizes: PageSizes, style: HouseStyle, issued: Mapping[str, int]) -> None:
        """`issued`: the numbers of marks by uuid in an earlier version of the product."""
        self._spec, self._sizes, self._style, self._issued = spec, sizes, style, issued

    def place(self, maps: Sequence[MapOnPage], who: Named, checkpoint: Checkpoint) -> ThingsOnMaps:
        """Fill the maps, with parties in letters of one size on all of them."""
        things = self._fill(maps, who, checkpoint)
        if {naming.narrow_parties for naming in things.namings} >= {False, True}:
            return self._fill(maps, who._replace(is_narrow=True), checkpoint)
        return things

    def _fill(self, maps: Sequence[MapOnPage], who: Named, checkpoint: Checkpoint) -> ThingsOnMaps:
        spec, things = self._spec, ThingsOnMaps()
        for on_page in maps:
            symbols = on_page.boxes_at_places()
            outlines = [box for _, box in on_page.outline_boxes()]
            obstacles: list[QRectF] = []
            if (alike := self._shown_alike(on_page, maps)) is not None:
                things.shared[on_page.number] = alike.number
            self._add_furniture(things, on_page, obstacles, (symbols, outlines))
            letters, edges = self._add_inset_boxes(things, on_page, maps, obstacles, symbols)
            corner = on_page.rect.topLeft()
            boxes = [box_of(rect.translated(-corner)) for rect in (*obstacles, *letters)]
            on_page.edges = [box_of(rect.translated(-corner)) for rect in edges]
            if spec.graticule:
                boxes += self._add_graticule(things, on_page, boxes)
            naming = Naming()
            if spec.shows("annotation"):
                labelled = frozenset(label.uuid for before in things.namings for label in before.labels)
                on_this = self._who_on(on_page, maps, who)._replace(labelled=labelled)
                naming = self._named(on_page, boxes, on_this, checkpoint)
                symbols = [box for _, box in on_page.symbol_boxes()]
            on_page.place_layer_labels([*boxes, *on_page.edges, *label_boxes(naming), *symbols, *outlines])
            things.namings.append(naming)
            checkpoint()
        own = {uuid: number for naming in things.namings for uuid, number in naming.signed.items()}
        waiting = [uuid for naming in things.namings for uuid in naming.waiting]
        numbers = numbered([*own, *waiting], own, self._issued)
        for on_page, naming in zip(maps, things.namings, strict=True):
            naming.give_numbers(numbers)
            things.pieces += callout_pieces(on_page)
            things.pieces += label_pieces(on_page, naming, self._style, self._sizes.label_factor)
        return things

    def _named(self, on_page: MapOnPage, boxes: Sequence[Box], who: Named, checkpoint: Checkpoint) -> Naming:
        """Spread the symbols of a map, and name its marks where the product has labels."""
        style, naming = self._style, Naming()
        if self._spec.shows("labels"):
            naming = spread_and_name(on_page, boxes, style, self._sizes.label_factor, who, checkpoint)
        else:
            room = SpreadRoom((0.0, 0.0), obstacles=tuple(boxes), dotted=who.dotted)
            on_page.spread_claims(room, (style.label, style.halo), checkpoint)
            on_page.spread_setting(room, checkpoint)
        on_page.lead_to_numbers(set(naming.waiting))
        return naming

    def _who_on(self, on_page: MapOnPage, maps: Sequence[MapOnPage], who: Named) -> Named:
        """The rules for one map: on the overview, the setting that an inset shows larger has dots and no names."""
        if self._spec.layout != "insets" or on_page.number:
            return who
        return who._replace(dotted=frozenset(uuid for inset in maps[1:] for uuid in inset.in_frame()))

    def _shown_alike(self, on_page: MapOnPage, maps: Sequence[MapOnPage]) -> MapOnPage | None:
        """A map before this one that shows the same ground, where maps are compared: one bar and arrow do for both."""
        if self._spec.layout not in MATCHED:
            return None
        before = (other for other in maps if other.number < on_page.number and other.page == on_page.page)
        return next((other for other in before if other.view == on_page.view), None)

    def _add_furniture(self, things: ThingsOnMaps, on_page: MapOnPage, obstacles: list[QRectF], marks: Marks) -> None:
        """Add scale bar, north arrow, date and place, and append the boxes that they cover to `obstacles`."""
        spec, style, pieces = self._spec, self._style, things.pieces
        if spec.layout == "insets" and on_page.number:
            letters = self._sizes.type(1.0, bold=True)
            pieces.append(letter_in_inset(on_page, style, letters, obstacles, marks))
        type_, other = self._sizes.type(0.95, bold=True), things.shared.get(on_page.number)
        if other in things.bars:
            things.bars[on_page.number] = things.bars[other]
        elif spec.shows("scale bar"):
            bar = scale_bar_piece(on_page, style, type_, obstacles, marks)
            if bar is not None:
                things.bars[on_page.number] = bar
                pieces.append(bar.piece)
        if spec.shows("north arrow") and other is None:
            arrow = north_arrow_piece(on_page, style, type_, obstacles, marks)
            pieces += [arrow] if arrow is not None else []
        if spec.shows("date and place"):
            pieces += date_and_place_pieces(
                on_page, style, self._sizes, obstacles, marks, with_solar_time=spec.solar_time
            )

    def _add_inset_boxes(
        self,
        things: ThingsOnMaps,
        on_page: MapOnPage,
        maps: Sequence[MapOnPage],
        obstacles: Sequence[QRectF],
        marks: Sequence[Box],
    ) -> tuple[list[QRectF], list[QRectF]]:
        """Add the boxes of the insets to their overview; return what their letters cover, and their edges."""
        if self._spec.layout != "insets" or on_page.number or len(maps) < 2:
            return [], []
        type_ = self._sizes.type(1.0, bold=True)
        pieces, letters, edges = inset_boxes(on_page, maps[1:], self._style, type_, obstacles, marks)
        things.pieces += pieces
        return letters, edges

    def _add_graticule(self, things: ThingsOnMaps, on_page: MapOnPage, boxes: Sequence[Box]) -> list[Box]:
        """Add a graticule to a map, and return the boxes that its labels cover."""
        type_ = self._sizes.type(0.78)
        graticule = graticule_near_edges(on_page, self._spec.graticule, type_, boxes)
        on_page.paint_below_marks = partial(paint_graticule, graticule=graticule, color=self._style.label)
        things.graticules[on_page.number] = graticule
        things.pieces += graticule_pieces(on_page, graticule, self._style, type_)
        return graticule_boxes(graticule)
