"""Sentences in the analyst's language, for everything that is no QObject and so has no `tr` of its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def translate(context: str, text: object) -> str:
    """The text in the analyst's language; to mypy, an entry of a table that QT_TRANSLATE_NOOP marks is an object.

    `context` says where the text stands, for whoever translates it: the same word may need two.
    """
    return QCoreApplication.translate(context, str(text))
