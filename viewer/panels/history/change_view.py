"""Shows one change of the history whole: each field as it was and as it is, with the words that differ marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import override

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFont, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from layers.text.changed_words import TextPart, changed_words
from viewer.panels.history.change_words import FieldLine
from viewer.support.language.text import plain
from viewer.support.language.translation import translate

SHORT_VALUE = 40
"""Most characters of values that stand on one line with an arrow between them."""
OLD_HUE, NEW_HUE = "#d0453b", "#2e9e55"
TINT = 70
"""Opacity of the ground of a marked word, of 255."""
FIELD_GAP_PX, INDENT_PX = 6, 14


class ChangeView(QTextEdit):
    """The view: text to read and to copy. Removed words are struck through, added ones underlined: colour alone would
    not tell them apart for everybody.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._shown: tuple[str, tuple[str, ...], tuple[FieldLine, ...], bool] = ("", (), (), False)

    def show_hint(self, words: str) -> None:
        """Show words in place of a change."""
        self.clear()
        self.setPlaceholderText(words)
        self._shown = ("", (), (), False)

    def show_change(self, head: str, facts: Iterable[str], lines: Sequence[FieldLine], *, is_update: bool) -> None:
        """Show a change: its heading, the facts on it, and its fields.

        is_update: whether the fields have two sides; else they are those of a row that was added or deleted
        """
        shown = (head, tuple(filter(None, facts)), tuple(lines), is_update)
        if shown != self._shown:
            self._shown = shown
            self._write()

    def text(self) -> str:
        """The words that are shown."""
        return self.toPlainText()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown[0]:
            self._write()

    def _write(self) -> None:
        head, facts, lines, is_update = self._shown
        self.clear()
        cursor = self.textCursor()
        cursor.insertText(plain(head), self._format(is_bold=True))
        for fact in facts:
            cursor.insertBlock(QTextBlockFormat())
            cursor.insertText(plain(fact), self._format())
        for line in lines:
            self._write_field(cursor, line, is_update=is_update)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.ensureCursorVisible()

    def _write_field(self, cursor: QTextCursor, line: FieldLine, *, is_update: bool) -> None:
        above = QTextBlockFormat()
        above.setTopMargin(FIELD_GAP_PX)
        if not is_update:
            value = line.old or line.new
            if value:
                cursor.insertBlock(above)
                cursor.insertText(f"{plain(line.name)}: ", self._format(is_muted=True))
                cursor.insertText(plain(value), self._format())
            return
        cursor.insertBlock(above)
        if not line.old and not line.new:
            cursor.insertText(plain(line.shown), self._format())
            return
        cursor.insertText(f"{plain(line.name)}: ", self._format(is_muted=True))
        old, new = plain(line.old), plain(line.new)
        before, after = changed_words(old, new)
        if max(len(old), len(new)) <= SHORT_VALUE:
            self._write_parts(cursor, before, is_old=True)
            cursor.insertText(" → ", self._format(is_muted=True))
            self._write_parts(cursor, after, is_old=False)
            return
        below = QTextBlockFormat()
        below.setLeftMargin(INDENT_PX)
        below.setTopMargin(FIELD_GAP_PX / 2)
        for title, parts, is_old in (
            (translate("History", "before"), before, True),
            (translate("History", "after"), after, False),
        ):
            cursor.insertBlock(below)
            cursor.insertText(f"{title}: ", self._format(is_muted=True))
            self._write_parts(cursor, parts, is_old=is_old)

    def _write_parts(self, cursor: QTextCursor, parts: Sequence[TextPart], *, is_old: bool) -> None:
        if not parts:
            cursor.insertText("–", self._format(is_muted=True))
        for part in parts:
            cursor.insertText(part.text, self._marked(is_old=is_old) if part.is_changed else self._format())

    def _format(self, *, is_bold: bool = False, is_muted: bool = False) -> QTextCharFormat:
        role = QPalette.ColorRole.PlaceholderText if is_muted else QPalette.ColorRole.Text
        chosen = QTextCharFormat()
        chosen.setForeground(self.palette().color(role))
        if is_bold:
            chosen.setFontWeight(QFont.Weight.DemiBold)
        return chosen

    def _marked(self, *, is_old: bool) -> QTextCharFormat:
        """The format of a word that only one side has."""
        ground = QColor(OLD_HUE if is_old else NEW_HUE)
        ground.setAlpha(TINT)
        chosen = self._format()
        chosen.setBackground(ground)
        chosen.setFontStrikeOut(is_old)
        chosen.setFontUnderline(not is_old)
        return chosen
