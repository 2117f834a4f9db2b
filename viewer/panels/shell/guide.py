"""The guide to the work from finding a place to handing a map over, beside the window."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from layers.phrase import Phrase
from viewer.panels.companion import make_companion
from viewer.resources import resource_path
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

FRAME_PX = (40, 60)
"""Width and height of the screen that the window frame and some ground around it need, in logical pixels."""
_FOUND_ALPHA = 90
_HEADING = re.compile(r"(#* ?)")
_COMMAND = re.compile(r"\{(\w+)\}")
_MARKS = re.compile(r"([\\`*_<>\[\]#])")


class GuideWindow(QDialog):
    """The window of the guide. Not modal: it stays open beside the main window until it is closed."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        """`text` is Markdown."""
        super().__init__(parent)
        make_companion(self)
        self.setWindowTitle(self.tr("Guide"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.page = QTextBrowser(self)
        self.page.setOpenLinks(False)
        self.page.setMarkdown(text)
        self.page.setAccessibleName(self.tr("Guide"))
        self._set_type()
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(self.tr("Search the guide; Enter goes on"))
        self.search.setAccessibleName(self.tr("Search the guide"))
        self.search.textChanged.connect(self._find_first)
        self.search.returnPressed.connect(self._find_next)
        self.nothing = plain_label(self.tr("The guide does not have these words. Ctrl+K finds every command."), self)
        self.nothing.setObjectName("muted")
        self.nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Enter is the line's
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addWidget(self.nothing)
        layout.addWidget(self.page, 1)
        layout.addWidget(buttons)
        screen = (parent or self).screen().availableGeometry()
        self.resize(QSize(560, 680).boundedTo(QSize(screen.width() - FRAME_PX[0], screen.height() - FRAME_PX[1])))
        self.search.setFocus()

    def _find_first(self, text: str) -> None:
        """Select the first place with a text, and highlight all of them."""
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        self.page.setExtraSelections(self._places(text))
        self.nothing.setVisible(bool(text.strip()) and not self.page.extraSelections())
        self._find_next()

    def _find_next(self) -> None:
        """Select the next place, and the first one after the last."""
        text = self.search.text().strip()
        if text and not self.page.find(text):
            self.page.moveCursor(QTextCursor.MoveOperation.Start)
            self.page.find(text)

    def _places(self, text: str) -> list[QTextEdit.ExtraSelection]:
        """All places with a text, in the colour of hits."""
        places, document = list[QTextEdit.ExtraSelection](), self.page.document()
        color = self.palette().color(QPalette.ColorRole.Accent)
        color.setAlpha(_FOUND_ALPHA)
        cursor = document.find(text.strip()) if text.strip() else QTextCursor()
        while not cursor.isNull():
            place = QTextEdit.ExtraSelection()
            place.cursor = cursor
            place.format.setBackground(color)
            places.append(place)
            cursor = document.find(text.strip(), cursor)
        return places

    def _set_type(self) -> None:
        """Set headings a little larger than the text, and space between paragraphs, which Markdown alone does not
        leave.
        """
        document = self.page.document()
        document.setDocumentMargin(14)
        block = document.begin()
        while block.isValid():
            cursor, level = QTextCursor(block), block.blockFormat().headingLevel()
            room = QTextBlockFormat()
            room.setTopMargin({0: 4.0, 1: 0.0}.get(level, 14.0))
            cursor.mergeBlockFormat(room)
            if level:
                size = QTextCharFormat()
                size.setProperty(QTextFormat.Property.FontSizeAdjustment, 2 if level == 1 else 1)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.mergeCharFormat(size)
            block = block.next()


def guide_blocks() -> list[tuple[str, str]]:
    """The headings and paragraphs of the shipped guide as (Markdown mark, text); translators see the texts."""
    blocks = resource_path("guide.md").read_text(encoding="utf-8").split("\n\n")
    return [(heading[1], block[heading.end() :]) for block in blocks if (heading := _HEADING.match(block))]


def guide_text(command: Callable[[str], str]) -> str:
    """The guide as Markdown; `command` gives the words and keys of an action, by its id. Raises what that raises."""
    text = "\n\n".join(f"{mark}{in_language(Phrase(words))}" for mark, words in guide_blocks())
    return _COMMAND.sub(lambda match: f"**{_MARKS.sub(r'\\\1', command(match[1]))}**", text)
