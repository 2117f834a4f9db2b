"""Filters in words, as the bar above the map names them: "unsourced, Port, since 2024"."""

from __future__ import annotations

from layers.document.document import Document
from layers.finding.row_filter import RowFilter
from viewer.panels.said_names import said_name
from viewer.panels.words import class_title
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

LONGEST_WORDS = 40


def filter_words(document: Document, wanted: RowFilter) -> str:
    """All that a filter asks for of marks, in words; empty where it asks for nothing."""
    parts = [
        f"“{one_line(wanted.words, LONGEST_WORDS)}”" if wanted.words else "",
        translate("Find", "unsourced") if wanted.unsourced else "",
        translate("Find", "unreviewed") if wanted.unreviewed else "",
        class_title(wanted.class_code, document) if wanted.class_code else "",
        word(wanted.role),
        word(wanted.state),
        translate("Find", "confidence {0}").format(word(wanted.confidence)) if wanted.confidence else "",
        translate("Find", "from {0}").format(one_line(wanted.since, LONGEST_WORDS)) if wanted.since else "",
        translate("Find", "until {0}").format(one_line(wanted.until, LONGEST_WORDS)) if wanted.until else "",
        translate("Find", "by {0}").format(said_name(wanted.author, document) or "?") if wanted.author else "",
    ]
    return ", ".join(filter(None, parts))
