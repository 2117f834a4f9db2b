"""Sets paragraphs and rows that flow through the columns of pages: one without room goes on in the next column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from msgspec import Struct, field
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from viewer.export.plates.setting.lettering import TextLine, Type, text_block, wrapped

_IN_A_COLUMN = frozenset({"legend", "caveats"})
"""Parts of a page that are kept in one column where one has room for them."""
_BESIDE_ITS_ANSWER = frozenset({"claims"})
_ON_A_PAGE = frozenset({"legend"}) | _BESIDE_ITS_ANSWER
"""Parts that are kept on one page where one has room: explained signs, and statements beside their answers."""
_TALL = 0.6
"""Part of a column's height from which a paragraph may be broken at its end."""

type PaintRow = Callable[[QPainter, QRectF], None]
"""Paints a row in its box."""
type NamesIn = Callable[[QRectF], Sequence[TextLine]]
"""The lines of lettering in a picture that has this box."""


class Atom(Struct, frozen=True):
    """A paragraph, or a row with a sign before its text. `keep`: it is never the last in a column.

    `key` is that of its part of the page, `before` the gap above it. `sign` is painted in a box at the left, `indent`
    wide; `least` is the least height of the row. All lengths are logical pixels.
    """

    key: str
    text: str
    type: Type
    color: str
    before: float = 0.0
    indent: float = 0.0
    sign: PaintRow | None = None
    least: float = 0.0
    keep: bool = False
    whole: str = ""
    """The whole text that this is a part of; empty where this is all."""
    lead: str = ""
    """A number in the indent, before the first line."""
    link: str = ""
    """An address on the web that its words lead to."""
    stands_alone: bool = False
    """True for the first row of a group that a reader understands without the others of its part."""
    aspect: float = 0.0
    """Width by height of a picture that `sign` paints in the whole row; the height is at most `least`."""
    names: NamesIn | None = None
    """The lettering in that picture."""

    def lines(self, room: float) -> tuple[str, ...]:
        return wrapped(self.text, self.type, max(room - self.indent, 1.0)) if self.text else ()

    def height(self, room: float) -> float:
        if self.aspect:
            return min(room / self.aspect, self.least)
        return max(len(self.lines(room)) * self.type.line_height, self.least)


class SetAtom(Struct, frozen=True):
    """An atom at its place, or the part of one that a column has room for."""

    atom: Atom
    column: int
    box: QRectF
    lines: tuple[TextLine, ...]


class PageColumn(Struct):
    """A room of a page that is filled with rows from its top."""

    page: int
    room: QRectF
    used: float = 0.0

    @property
    def left(self) -> float:
        return self.room.height() - self.used


class Flow(Struct):
    """Sets atoms, one after the other, into columns. `more` returns the columns of a further page, or none.

    One that only `measures` fills its columns, but keeps no lines: that takes a third of the time.
    """

    columns: list[PageColumn]
    more: Callable[[], Sequence[PageColumn]] | None = None
    placed: list[SetAtom] = field(default_factory=list)
    at: int = 0
    measures: bool = False

    def set(self, atoms: Sequence[Atom]) -> list[Atom]:
        """Set atoms, and return those that no column has room for."""
        waiting = list(atoms)
        while waiting:
            if self.at >= len(self.columns) and not self._get_more():
                return waiting
            column = self.columns[self.at]
            together = self._first_group(waiting)
            room = column.room.width()
            need = sum(atom.height(room) + atom.before for atom in together)
            if column.used == 0:
                need -= together[0].before
            if need <= column.left + 0.01:
                for atom in together:
                    self._put(atom, column)
                del waiting[: len(together)]
            elif self._is_splittable(together, column):
                waiting[0:1] = self._split(waiting[0], column)
            else:
                self.at += 1
        return []

    def set_parts(self, atoms: Sequence[Atom], *, are_cut: bool = False) -> list[Atom]:
        """Set all parts of a page, one after the other, each kept together as its reader needs it.

        With `are_cut` only statements and their answers are kept together.
        """
        in_a_column, on_a_page = (frozenset(), _BESIDE_ITS_ANSWER) if are_cut else (_IN_A_COLUMN, _ON_A_PAGE)
        waiting: list[Atom] = []
        for key, part_atoms in groupby(atoms, key=lambda atom: atom.key):
            part = list(part_atoms)
            is_in_column = key in in_a_column and self._is_in_column(part)
            waiting += self.set_together(part) if key in on_a_page and not is_in_column else self.set(part)
        return waiting

    def share_later(self, key: str) -> float:
        """The share of a part's rows that is on later pages than the first."""
        pages = [self.columns[set_atom.column].page for set_atom in self.placed if set_atom.atom.key == key]
        return sum(page > 0 for page in pages) / len(pages) if pages else 0.0

    def _is_in_column(self, atoms: Sequence[Atom]) -> bool:
        """Move to the first column of the current page that has room for all atoms; False without one."""
        rest = self.columns[self.at :]
        for at, column in enumerate(rest):
            if column.page == rest[0].page and not Flow([replace(column)], measures=True).set(atoms):
                self.at += at
                return True
        return False

    def set_together(self, atoms: Sequence[Atom]) -> list[Atom]:
        """Set atoms as `set` does, all on one page where a page has room for them. Groups that stand alone fill what is
        left of a page.
        """
        if self._fits(atoms):
            return self.set(atoms)
        if len(groups := _groups_of(atoms)) > 1:
            return [waiting for group in groups for waiting in self.set_together(group)]
        here = self.at
        page = self.columns[self.at].page if self.at < len(self.columns) else -1
        while self.at < len(self.columns) and self.columns[self.at].page == page:
            self.at += 1
        if (self.at < len(self.columns) or self._get_more()) and self._fits(atoms):
            return self.set(atoms)
        self.at = here
        return self.set(atoms)

    def _fits(self, atoms: Sequence[Atom]) -> bool:
        """True where the rest of the current page has room for all atoms."""
        rest = self.columns[self.at :]
        same_page = [replace(column) for column in rest if column.page == rest[0].page]
        return bool(same_page) and not Flow(same_page, measures=True).set(atoms)

    @staticmethod
    def _first_group(waiting: Sequence[Atom]) -> Sequence[Atom]:
        count = 1
        while count < len(waiting) and waiting[count - 1].keep:
            count += 1
        return waiting[:count]

    def _get_more(self) -> bool:
        columns = list(self.more()) if self.more is not None else []
        self.columns += columns
        return bool(columns)

    def _is_splittable(self, together: Sequence[Atom], column: PageColumn) -> bool:
        """True where the next atom may be broken: in an empty column, or if it is taller than most of a column."""
        atom = together[0]
        is_empty = column.used == 0
        fits_some = column.left >= 2 * atom.type.line_height
        share = atom.height(column.room.width()) / column.room.height()
        tall = share > (1.0 if atom.sign is not None else _TALL)  # a sign is not torn from its words
        return bool(atom.text) and fits_some and (is_empty or tall)

    def _split(self, atom: Atom, column: PageColumn) -> list[Atom]:
        lines = atom.lines(column.room.width())
        before = atom.before if column.used else 0.0
        count = max(1, int((column.left - before) / atom.type.line_height))
        if count >= len(lines):  # the sign or what is kept with it has no room
            self._put(atom, column)
            return []
        first, rest = " ".join(lines[:count]), " ".join(lines[count:])
        self._put(_with_text(atom, first, keep=False), column)
        self.at += 1
        return [_with_text(atom, rest, keep=atom.keep, sign=False)]

    def _put(self, atom: Atom, column: PageColumn) -> None:
        before = atom.before if column.used else 0.0
        room = column.room
        height = atom.height(room.width())
        if self.measures:
            column.used += before + height
            return
        box = QRectF(room.left(), room.top() + column.used + before, room.width(), height)
        at = QPointF(box.left() + atom.indent, box.top())
        lines = text_block(atom.text, atom.type, atom.color, at, room.width() - atom.indent) if atom.text else []
        spare = height - len(lines) * atom.type.line_height
        lines = [line.moved(0.0, spare / 2) for line in lines]
        if atom.names is not None:
            lines += atom.names(box)
        if atom.lead and lines:
            lines.insert(0, TextLine(box.left(), lines[0].baseline, atom.lead, atom.type, atom.color))
        self.placed.append(SetAtom(atom, self.columns.index(column), box, tuple(lines)))
        column.used += before + height


def _groups_of(atoms: Sequence[Atom]) -> list[list[Atom]]:
    """The groups of a part that may stand on different pages."""
    groups: list[list[Atom]] = []
    for atom in atoms:
        if atom.stands_alone or not groups:
            groups.append([])
        groups[-1].append(atom)
    return groups


def _with_text(atom: Atom, text: str, *, keep: bool, sign: bool = True) -> Atom:
    whole = atom.whole or atom.text
    if sign:
        return replace(atom, text=text, keep=keep, whole=whole)
    return replace(atom, text=text, keep=keep, whole=whole, before=0.0, sign=None, least=0.0, lead="")


def height_of(atoms: Sequence[Atom], room: float) -> float:
    """The height of atoms one below the other."""
    return sum(atom.height(room) + atom.before for atom in atoms)
