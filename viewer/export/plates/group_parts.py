"""The parts of the groups of a page that graphics desks edit by themselves: each mark, and each name with its line."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.plate import Plate
from viewer.export.plates.setting.piece import Piece
from viewer.export.printed import GroupKind, GroupPart, PaintedGroup, PartPlace

MOST_MARKS = 500
"""Most marks of a map that are painted one by one; of more nobody edits each."""


def parts_of(plate: Plate, on_page: MapOnPage, group: PaintedGroup) -> Sequence[PaintedGroup]:
    """The group in its parts, in the order in which they are painted; itself where it has none.

    No part tells a name that its page may not tell.
    """
    if group.kind is GroupKind.LABELS:
        parts = [
            GroupPart(PartPlace.MARK, piece.key, _name_of(plate, on_page, piece.key.partition(":")[2]))
            for piece in reversed(label_pieces(plate, on_page))
        ]
        return [group._replace(part=part) for part in parts] or [group]
    shapes, symbols = on_page.marks_apart(MOST_MARKS) if group.kind is GroupKind.MAP else ([], [])
    if not (shapes or symbols):
        return [group]
    leaders = [GroupPart(PartPlace.LEADERS, "", "Lines to marks")] if on_page.spread.lines() else []
    parts = [
        GroupPart(PartPlace.BELOW, "", "Lines of layers"),
        *(GroupPart(PartPlace.MARK, uuid, _name_of(plate, on_page, uuid)) for uuid in shapes),
        *leaders,
        *(GroupPart(PartPlace.MARK, uuid, _name_of(plate, on_page, uuid)) for uuid in symbols),
        GroupPart(PartPlace.ABOVE, "", "Dots at places"),
    ]
    return [group._replace(part=part) for part in parts]


def label_pieces(plate: Plate, on_page: MapOnPage) -> list[Piece]:
    """The names and callouts of a map."""
    return [piece for piece in plate.pieces if piece.kind is GroupKind.LABELS and piece.frame == on_page.number]


def _name_of(plate: Plate, on_page: MapOnPage, uuid: str) -> str:
    """The name of a mark, or the word for it where its page may not tell it."""
    name = plate.name_of(uuid) if plate.content.site(uuid) is not None else ""
    is_told = on_page.page in plate.party_pages or not plate.parties.names.names_any(name)
    number = plate.numbers.get(uuid)
    return name if name and is_told else "Mark" if number is None else f"Mark {number}"
