"""Text from files, made fit to show: no control or bidirectional-override characters, never endless."""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

LONGEST = 2000
"""Characters of one text that are shown anywhere; the data keep it whole."""
LONGEST_CREDIT = 500
"""Characters of one credit or citation on a map."""
LONGEST_SEARCHED = 200_000
"""Characters of one text that a filter or a search looks through."""
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def plain(text: str, longest: int = LONGEST) -> str:
    """`text` without control and override characters, cut at `longest` with an ellipsis."""
    kept = "".join(
        c for c in text[: 2 * longest] if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _BIDI)
    )
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def one_line(text: str, longest: int = 200) -> str:
    """`plain` on one line."""
    # The beginning has more than enough, unless it is blank for thousands of characters.
    return plain(" ".join(text[: 8 * longest].split()), longest)


def searched(*texts: str) -> str:
    """Texts as a filter looks through them: one after the other, each as far as `LONGEST_SEARCHED`."""
    return " ".join(text[:LONGEST_SEARCHED] for text in texts)


def tooltip(text: str) -> str:
    """`plain` as Qt's tooltips need it: they would read markup."""
    return html.escape(plain(text))


def plain_label(text: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that shows its text as it is, never as markup."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(plain(text))
    return label
