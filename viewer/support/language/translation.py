"""Translates sentences to the analyst's language, for code that is no QObject and so has no `tr`."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from layers.phrase import Phrase, filled
from layers.text.counted import grouped

PHRASES = "Phrases"
"""The context of all texts from `layers/`: refusals, notices, and the words that a case stores in English."""


def translate(context: str, text: object, single: str = "", count: int | None = None) -> str:
    """The text in the analyst's language; to mypy, an entry of a table that QT_TRANSLATE_NOOP marks is an object.

    `context` tells translators where the text is used: the same word may need two translations. With a `count` the text
    holds it at `{count}` and `single` is the English text for a single thing; other languages have more forms, which Qt
    chooses among.
    """
    if count is None:
        return QCoreApplication.translate(context, str(text))
    return _form(context, str(text), single, count).replace("{count}", grouped(count))


def in_language(text: str) -> str:
    """A phrase in the analyst's language, with its values; any other text unchanged."""
    if not isinstance(text, Phrase):
        return text
    number = text.number
    if number is None:
        template = QCoreApplication.translate(PHRASES, text.template)
    else:
        template = _form(PHRASES, text.template, text.one, number)
    return filled(template, {name: in_language(value) for name, value in text.values.items()})


def _form(context: str, many: str, single: str, count: int) -> str:
    """The form for a number. Its English singular is passed as the comment of the plural, as in Qt's lists."""
    form = QCoreApplication.translate(context, many, single, count)
    return single if form == many and count == 1 else form
