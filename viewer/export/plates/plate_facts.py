"""Gathers the facts of a product as it was laid out, which the check judges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from layers.phrase import Phrase
from layers.product.facts import (
    GraticuleFact,
    MapFact,
    Overlap,
    ProductFacts,
    ScaleBarFact,
    SitesFact,
    TextFact,
)
from viewer.export.plates.file_words import map_alt_text, words_of_pages
from viewer.export.plates.maps.graticule_on_map import graticule_texts
from viewer.export.plates.maps.legend_content import hatch_rows
from viewer.export.plates.maps.locator_borders import borders_credit
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.map_plates import north_holds
from viewer.export.plates.maps.naming import Naming
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_words import centre_words, crs_words, width_m
from viewer.export.plates.setting.lettering import MM
from viewer.export.plates.setting.piece import Piece
from viewer.export.printed import GroupKind
from viewer.rendering.vector.qt_shapes import rect_of
from viewer.support.language.translation import in_language

_SLACK = 0.8
"""Overlap of boxes that is allowed, in logical pixels."""


def facts_of(plate: Plate) -> ProductFacts:
    """All facts of a plate that the check judges."""
    marking = plate.marking if any(piece.key == "marking top" for piece in plate.pieces) else ""
    product = plate.product
    return ProductFacts(
        maps=tuple(_map(plate, on_page, naming) for on_page, naming in zip(plate.maps, plate.namings, strict=True)),
        texts=tuple(_texts(plate)),
        beside=tuple(_metadata_texts(plate)),
        overlaps=tuple(_overlaps(plate)),
        alike_in_grey=plate.alike_in_grey,
        faint_in_grey=plate.read.faint,
        locator_credit=_locator_credit(plate),
        pages=plate.pages,
        marking_top=marking,
        marking_bottom=marking,
        number=product.number if product is not None else "",
        version=product.version if product is not None else 0,
        made_on=plate.edition.made_on,
        printed=in_language,
    )


def _locator_credit(plate: Plate) -> str:
    """The credit of boundaries where no layer of the maps has the same."""
    credit = borders_credit()
    own = any(credit in fact.credit for facts in plate.read.data for fact in facts)
    return "" if own else credit


def _map(plate: Plate, on_page: MapOnPage, naming: Naming) -> MapFact:
    spec, number = plate.spec, on_page.number
    lonlat = on_page.framing.lonlat()
    strip = plate.strips[number]
    has_arrow = any(piece.key == f"north arrow:{plate.shared.get(number, number)}" for piece in plate.pieces)
    bends = not has_arrow and spec.shows("north arrow") and not north_holds(on_page.view)
    resolution = on_page.view.grid.resolution * MM
    return MapFact(
        number=number,
        page=on_page.page,
        title=strip,
        side=plate.sides[number],
        bounds=lonlat,
        crs=on_page.view.grid.crs,
        crs_words=crs_words(on_page.view.grid.crs),
        width_m=width_m(on_page.view),
        resolution=resolution,
        images=(*plate.images[number], *plate.read.data[number]),
        scale_bar=_bar(plate, number),
        arrow=has_arrow,
        arrow_left_out=Phrase("north differs over the frame") if bends else "",
        graticule=_graticule(plate, number),
        legend_missing=tuple(_unexplained(plate, on_page)),
        locator=plate.has_locator and any(piece.key == "locator" for piece in plate.pieces),
        sites=_sites(plate, on_page, naming),
        halo=bool(plate.style.halo),
        covered=tuple(_covered(plate, on_page)),
        centre=centre_words(on_page.view) if lonlat is not None else "",
        alt_text=map_alt_text(plate, on_page, strip or plate.title),
        is_inset=spec.layout == "insets" and number > 0,
        least_side_mm=min(on_page.rect.width(), on_page.rect.height()) / MM,
    )


def _unexplained(plate: Plate, on_page: MapOnPage) -> Iterator[str]:
    """Words of the hatches on a map that its legend does not explain."""
    explained = {row.text for row in plate.legend}
    yield from (row.text for row in hatch_rows(on_page.hatches_in_frame()) if row.text not in explained)


def _bar(plate: Plate, number: int) -> ScaleBarFact | None:
    bar = plate.bars.get(number)
    if bar is None:
        return None
    return ScaleBarFact(bar.words, bar.length_m, bar.latitude)


def _graticule(plate: Plate, number: int) -> GraticuleFact | None:
    graticule = plate.graticules.get(number)
    if graticule is None:
        return None
    texts = tuple(words for words, *_ in graticule_texts(graticule))
    return GraticuleFact(graticule.notation, len(graticule.lines), texts)


def _sites(plate: Plate, on_page: MapOnPage, naming: Naming) -> SitesFact:
    """The sites on a map: named, in the key, or in neither. The page prints how many those are, if it has a key."""
    drawn = frozenset(uuid for uuid in on_page.in_frame() if on_page.index.sites[uuid].is_site)
    named_or_keyed = naming.named | naming.keyed.keys()
    spec = plate.spec
    is_counted = spec.shows("labels") and spec.shows("key")
    rest = drawn - named_or_keyed
    return SitesFact(
        named=naming.named,
        keyed=naming.keyed,
        uncounted=frozenset() if is_counted else rest,
        left_out=plate.left_out if is_counted else 0,
        drawn=drawn,
        pinned=on_page.pinned() & drawn,
    )


def _texts(plate: Plate) -> list[TextFact]:
    facts = []
    for piece in sorted(plate.pieces, key=lambda piece: (piece.page, piece.place.top(), piece.place.left())):
        size = min((line.type.points for line in piece.lines), default=0.0)
        is_cut = _is_cut(plate, piece)
        part = piece.key.partition(":")[0]
        facts += [TextFact(part, words, piece.page, size, is_cut, words in piece.parts) for words in piece.texts]
    return facts


def _metadata_texts(plate: Plate) -> Iterator[TextFact]:
    """The words that each page's file carries beside its picture."""
    for page in range(plate.pages):
        words = words_of_pages(plate, [page])
        main_texts = (words.title, words.description, words.alt_text, words.processing)
        for text in filter(None, (*main_texts, *words.parties, *words.credits, *words.sources)):
            yield TextFact("metadata", text, page)


def _is_cut(plate: Plate, piece: Piece) -> bool:
    """True where letters reach beyond the page, or beyond the room that was cut for them."""
    page = QRectF(0, 0, plate.sizes.width, plate.sizes.height)
    room = piece.box.adjusted(-2.0, -2.0, 2.0, 2.0) if piece.kind is GroupKind.FURNITURE else page
    boxes = [line.box for line in piece.lines]
    return any(
        not page.contains(box.translated(piece.shift)) or box.right() > room.right() or box.bottom() > room.bottom() + 2
        for box in boxes
    )


def _overlaps(plate: Plate) -> list[Overlap]:
    """Things that overlap; things on a map may lie on it, and only there."""
    overlaps = []
    for page in range(plate.pages):
        pieces = [piece for piece in plate.pieces if piece.page == page and not piece.place.isEmpty()]
        boxes = [ink_box(piece) for piece in pieces]
        for at, others in enumerate(touching(boxes, boxes)):
            piece = pieces[at]
            later_pieces = (pieces[other] for other in others if other > at)
            overlaps += [Overlap(piece.key, other.key, page) for other in later_pieces if other.key != piece.key]
        maps = [map_ for map_ in plate.maps if map_.page == page]
        for map_, others in zip(maps, touching([map_.rect for map_ in maps], boxes), strict=True):
            outside = [pieces[other] for other in others if pieces[other].frame is None]
            overlaps += [Overlap(piece.key, f"map:{map_.number}", page) for piece in outside]
    return overlaps


def ink_box(piece: Piece) -> QRectF:
    """Box of all letters of a thing; its own box where it has a ground, or no letters."""
    if piece.below or not piece.lines or piece.kind is GroupKind.LABELS:
        return piece.place
    box = QRectF()
    for line in piece.lines:
        box = box.united(line.box)
    return box.translated(piece.shift)


def touching(boxes: Sequence[QRectF], others: Sequence[QRectF]) -> Iterator[list[int]]:
    """Yield for each box the indices of the `others` that it overlaps by more than their edges.

    Computed in arrays: a page has thousands of pairs, and is checked each time that something is moved on it.
    """
    rows = _sides(others)
    for sides in _sides(boxes):
        shared = np.minimum(sides[2:], rows[:, 2:]) - np.maximum(sides[:2], rows[:, :2])
        yield np.flatnonzero((shared > _SLACK).all(axis=1)).tolist()


def _sides(boxes: Sequence[QRectF]) -> NDArray[np.float64]:
    """Left, top, right and bottom of each box."""
    sides = [(box.left(), box.top(), box.right(), box.bottom()) for box in boxes]
    return np.array(sides, np.float64).reshape(-1, 4)


def _covered(plate: Plate, on_page: MapOnPage) -> list[str]:
    """Names of marks whose symbols lie below a label or furniture of their map."""
    corner = on_page.rect.topLeft()
    above = [piece for piece in plate.pieces if piece.frame == on_page.number and piece.page == on_page.page]
    symbols = [(uuid, rect_of(box).translated(corner)) for uuid, box in on_page.symbol_boxes()]
    symbols = [(uuid, rect) for uuid, rect in symbols if rect.intersects(on_page.rect)]
    names: dict[str, None] = {}
    lying = touching([rect for _, rect in symbols], [piece.place for piece in above])
    for (uuid, _), others in zip(symbols, lying, strict=True):
        if any(not above[other].key.endswith(uuid) for other in others):
            names[plate.name_of(uuid)] = None
    return list(names)
