"""A case whose own words are in other letters: whatever is English on a window that shows it is the program's."""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.rows import Row
from layers.document.vocabulary import POSITION_BASES

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CYRILLIC = "абцдефгхийклмнопярстувщжызАБЦДЕФГХИЙКЛМНОПЯРСТУВЩЖЫЗ"
_LETTERS = str.maketrans(_LATIN, _CYRILLIC)
_OWN = (
    *("label", "notes", "identity_note", "position_basis", "name", "credit", "folder", "title", "publisher", "author"),
    *("descriptor", "excerpt", "context", "statement", "source_wording", "made_by", "place_note", "quote", "words"),
    *("speaker", "created_by", "modified_by"),
)
"""Columns in which people write."""
_OWN_META = ("author", "title", "subtitle", "context", "project_note")


def in_other_letters(text: str) -> str:
    """A text in Cyrillic letters, each for a Latin one."""
    return text.translate(_LETTERS)


def words_in_other_letters(document: Document) -> Edit:
    """All that people have written in a case, put into other letters."""
    rows = [(table, cast("Row", row)) for table in TABLES for row in document.table(table).values()]
    changes = [Change(table, row, _changed(row)) for table, row in rows]
    return Edit(in_other_letters("letters"), tuple(one for one in changes if one.before != one.after))


def _changed(row: Row) -> Row:
    said = {name: getattr(row, name) for name in _OWN if hasattr(row, name)}
    if row.uuid in _OWN_META:
        said["value"] = getattr(row, "value", "")
    return replace(row, **{name: in_other_letters(text) for name, text in said.items() if text not in POSITION_BASES})
