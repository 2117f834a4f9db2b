"""The rows of the palette: commands, hits, and headings between them; their matching and painting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QIcon, QPainter, QPalette, QStandardItem
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from layers.places.names import name_key
from viewer.panels.search.hits import BEGINS, EXACT, INSIDE, NEARLY, WEAK_COORDINATE, WORDS, Hit, HitGroup, name_score
from viewer.support.icons import line_icon
from viewer.support.language.translation import translate

NOTE_ROLE = Qt.ItemDataRole.UserRole
HEADING_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX, ICON_PX, MARGIN_PX = 30, 20, 10
CLEAR_MATCH = 1.5
"""Score up to which letters that match a command are a good guess."""
SAID_MATCH, SHORTEST_SAID = 2.0, 3
"""The score of a command whose description matches, and the least letters for that."""
NOT_NOW = 0.5
"""Added to the score of an action that is not possible now, so that it comes below similar matches."""


class PaletteEntry(Struct, frozen=True):
    """One command: `group` is its menu, `says` its description in a sentence."""

    text: str
    group: str
    shortcut: str
    icon: QIcon
    enabled: bool
    run: Callable[[], object]
    says: str = ""
    words: tuple[str, ...] = ()
    """Other names of the command."""
    is_by_verb: bool = False
    """True for one of many commands that differ only by a name: it is listed once its verb is typed, as the name alone
    means the thing itself.
    """


type PaletteRow = PaletteEntry | Hit | str
"""A row of the palette; a text is a heading."""


def match_score(wanted: str, text: str) -> float | None:
    """Rate how well the letters of `wanted` occur in `text` in order: lower is better, None where they do not.

    Letters that follow each other or begin a word cost nothing, gaps cost their length.
    """
    letters, words = text.casefold(), wanted.casefold().replace(" ", "")
    at, cost = -1, 0.0
    for letter in words:
        begins = [i for i in range(at + 1, len(letters)) if letters[i] == letter]
        if not begins:
            return None
        starts = [i for i in begins if i == 0 or not letters[i - 1].isalnum()]
        best = at + 1 if at + 1 == begins[0] else (starts or begins)[0]
        if best != at + 1 and best not in starts:
            cost += 1 + (best - at) * 0.5
        elif best != at + 1:
            cost += 0.5
        at = best
    return cost + len(letters) * 0.01


def is_meant(wanted: str, text: str) -> bool:
    """True where a command's text begins with `wanted`, or has words that begin with the words of `wanted`."""
    score = name_score(name_key(wanted), text)
    return score is not None and score <= WORDS


def is_known_as(wanted: str, entry: PaletteEntry) -> bool:
    """True where a command is meant by its text or, from three letters, by one of its other names."""
    if is_meant(wanted, entry.text):
        return True
    return len(wanted) >= SHORTEST_SAID and any(is_meant(wanted, word) for word in entry.words)


def is_said(wanted: str, entry: PaletteEntry) -> bool:
    """True where a command's description has words with these beginnings; from three letters only."""
    return len(wanted) >= SHORTEST_SAID and is_meant(wanted, entry.says)


def matching(wanted: str, entries: Sequence[PaletteEntry]) -> list[tuple[float, PaletteEntry]]:
    """The commands that match, alone or together with the name of their menu, with their scores, the best first.

    For no text these are all commands in their order.
    """
    if not wanted:
        return [(0.0, entry) for entry in entries if not entry.is_by_verb]
    matches = []
    verb = wanted.casefold().split()[0]
    for entry in entries:
        if entry.is_by_verb and not (len(verb) > 1 and entry.text.casefold().startswith(verb)):
            continue
        own = match_score(wanted, entry.text)
        if name_score(name_key(wanted), entry.text) == EXACT:
            own = EXACT
        elif (own is None or own > CLEAR_MATCH) and is_known_as(wanted, entry):
            own = CLEAR_MATCH  # its words in another order, or those of others
        wider = match_score(wanted, f"{entry.group} {entry.text}") if own is None else None
        score = own if own is not None else None if wider is None else wider + 2
        if is_said(wanted, entry):
            score = SAID_MATCH if score is None else min(score, SAID_MATCH)
        if score is not None:
            matches.append((score if entry.enabled else score + NOT_NOW, entry))
    return sorted(matches, key=lambda pair: pair[0])


def arranged(wanted: str, commands: Sequence[tuple[float, PaletteEntry]], hits: Sequence[Hit]) -> list[PaletteRow]:
    """Commands and hits in one list: the first row is what Enter should do.

    Coordinates come first, then the commands that are meant, then names, the other commands, and last those that are
    not possible now. An impossible command comes first only where it alone has that name.
    """
    if not wanted:
        return [entry for _, entry in commands]
    named = min((hit.score for hit in hits if hit.group is not HitGroup.COORDINATES), default=math.inf)
    able = [(score, entry) for score, entry in commands if entry.enabled]
    meant = [entry for _, entry in able if is_known_as(wanted, entry)]
    head = _leading(wanted, able, meant, hits, named)
    rest = [entry for _, entry in commands if entry not in head]
    if not meant and named >= BEGINS:
        head = [entry for entry in rest if not entry.enabled and _is_called(wanted, entry.text)] + head
    if named >= INSIDE:
        # What holds the letters somewhere, or is spelled nearly so, stands behind commands with the very words.
        head += [entry for entry in rest if entry not in head and is_known_as(wanted, entry)]
        head += [entry for entry in rest if entry not in head and is_said(wanted, entry)]
    tail = sorted((entry for entry in rest if entry not in head), key=lambda entry: not entry.enabled)
    if not hits:
        return [*head, *tail]
    title = translate("Search", "Commands")
    groups = {group: [hit for hit in hits if hit.group is group] for group in HitGroup}
    places = sorted((_place_of(group, group_hits, named), group) for group, group_hits in groups.items() if group_hits)
    rows: list[PaletteRow] = []
    for place, group in places:
        if place > 0 and head:
            rows += [title, *head]
            head = []
        rows += [_title(group), *groups[group]]
    block = [*head, *tail]
    return [*rows, title, *block] if block else rows


def _leading(
    wanted: str,
    able: Sequence[tuple[float, PaletteEntry]],
    meant: list[PaletteEntry],
    hits: Sequence[Hit],
    named: float,
) -> list[PaletteEntry]:
    """The commands before the hits: those that are meant, and good guesses where no hit's name begins with the text."""
    is_name = named < WORDS
    if meant:
        is_site = any(hit.group is HitGroup.SITES and hit.score < WORDS for hit in hits)
        if is_site and not any(entry.text.casefold().startswith(wanted.casefold()) for entry in meant):
            return []
        return meant if is_name else [entry for score, entry in able if entry in meant or score < CLEAR_MATCH]
    if is_name or not able or able[0][0] >= CLEAR_MATCH:
        return []
    return [entry for _, entry in able]


def _is_called(wanted: str, text: str) -> bool:
    """True where the text is these words, or begins with them."""
    return f"{name_key(text)} ".startswith(f"{name_key(wanted)} ")


def _place_of(group: HitGroup, hits: Sequence[Hit], named: float) -> int:
    """Position of a group: 0 coordinates, 1 names, 2 texts that contain the letters, 3 letters that may be a polar
    square, 4 similar spellings.

    Beside an exact name, another one with that word only contains it: China comes before a pipeline to China.
    """
    best = min(hit.score for hit in hits)
    if group is HitGroup.COORDINATES:
        return 0 if best < WEAK_COORDINATE else 3
    return 1 if best < (WORDS if named < BEGINS else INSIDE) else 2 if best < NEARLY else 4


def _title(group: HitGroup) -> str:
    return {
        HitGroup.COORDINATES: translate("Search", "Coordinates"),
        HitGroup.SITES: translate("Search", "Sites of the case"),
        HitGroup.MEASUREMENTS: translate("Search", "Measurements"),
        HitGroup.FACILITIES: translate("Search", "Facilities"),
        HitGroup.PLACES: translate("Search", "Places"),
        HitGroup.LAYERS: translate("Search", "Layers of the case"),
        HitGroup.CLAIMS: translate("Search", "Claims of the case"),
        HitGroup.SOURCES: translate("Search", "Sources of the case"),
        HitGroup.RECORDS: translate("Search", "Words in the case"),
        HitGroup.ATTRIBUTES: translate("Search", "Attributes"),
    }[group]


def item_of(row: PaletteRow, palette: QPalette, icons: dict[str, QIcon]) -> QStandardItem:
    """The row as the list shows it and a screen reader reads it. `icons` keeps drawn icons."""
    item = QStandardItem()
    item.setEditable(False)
    if isinstance(row, str):
        item.setText(row)
        item.setData(True, HEADING_ROLE)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        return item
    item.setText(row.text)
    if isinstance(row, Hit):
        if row.icon not in icons:
            icons[row.icon] = line_icon(row.icon, palette)
        icon, note, spoken = icons[row.icon], row.note, f"{row.text}, {row.note}"
    else:
        icon, spoken = row.icon, f"{row.text}, {row.shortcut}" if row.shortcut else row.text
        note = "   ".join(part for part in (row.group, row.shortcut) if part)
        item.setEnabled(row.enabled)
    item.setIcon(icon)
    item.setData(note, NOTE_ROLE)
    item.setData(spoken, Qt.ItemDataRole.AccessibleTextRole)
    return item


class PaletteDelegate(QStyledItemDelegate):
    """Paints text at the left and its note at the right, without overlap; headings are small."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        if index.data(HEADING_ROLE):
            self._paint_heading(painter, option, index)
            return
        self.initStyleOption(option, index)
        text, icon = option.text, QIcon(index.data(Qt.ItemDataRole.DecorationRole) or QIcon())
        option.text, option.icon = "", QIcon()
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        room = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, 0)
        mode = QIcon.Mode.Selected if is_chosen else QIcon.Mode.Normal if is_enabled else QIcon.Mode.Disabled
        icon.paint(painter, QRect(room.left(), room.center().y() - ICON_PX // 2 + 1, ICON_PX, ICON_PX), mode=mode)
        room.setLeft(room.left() + ICON_PX + 9)
        group = QPalette.ColorGroup.Active if is_enabled else QPalette.ColorGroup.Disabled
        ink = QPalette.ColorRole.HighlightedText if is_chosen and is_enabled else QPalette.ColorRole.Text
        faint = ink if is_chosen and is_enabled else QPalette.ColorRole.PlaceholderText
        metrics, note = option.fontMetrics, str(index.data(NOTE_ROLE) or "")
        wanted = metrics.horizontalAdvance(text)
        note_px = min(metrics.horizontalAdvance(note) + 2, max(room.width() - wanted - 16, room.width() * 2 // 5))
        painter.save()
        painter.setPen(option.palette.color(group, ink))
        left = room.adjusted(0, 0, -(note_px + 14 if note else 0), 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(left, middle, metrics.elidedText(text, Qt.TextElideMode.ElideRight, left.width()))
        painter.setPen(option.palette.color(group, faint))
        right = QRect(room.right() - note_px, room.top(), note_px + 1, room.height())
        cut = metrics.elidedText(note, Qt.TextElideMode.ElideRight, note_px)
        painter.drawText(right, middle | Qt.AlignmentFlag.AlignRight, cut)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(super().sizeHint(option, index).width(), ROW_PX)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        font = QFont(option.font)
        font.setBold(True)
        font.setPixelSize(max(9, round(QFontInfo(font).pixelSize() * 0.88)))
        painter.save()
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.PlaceholderText))
        room = option.rect.adjusted(MARGIN_PX, 0, -MARGIN_PX, -4)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, str(index.data()))
        painter.restore()
