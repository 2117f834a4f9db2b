"""Keys, tokens, signatures and passwords in addresses of a case, which an older version or a person wrote there: they
are left out when it is opened, so that no file made of it holds one.
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.json_fields import json_object
from layers.document.search import Search
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.services.address_keys import split_key
from layers.services.stac.addresses import is_signed, unsigned

KEYS_LEFT_OUT = Phrase(
    "Keys in addresses of layers or searches are left out, as no case keeps one: sign in where a server asks for it."
)
_ADDRESS = re.compile(r"https?://[^\s\"'\\<>]+", re.IGNORECASE)
_MOST_DEPTH = 64
HELD_IN = ("loupe_layers", "searches")
"""Tables whose rows may hold addresses with keys."""


def leave_out_keys(document: Document) -> tuple[Phrase, ...]:
    """Take the keys out of the sources of layers and out of kept searches; a sentence where there were any.

    The change is no part of the history: that would hold what is left out.
    """
    changes = [
        *(
            Change("layers", layer, replace(layer, source_json=kept))
            for layer in document.layers.values()
            if (kept := _kept_json(layer.source_json)) != layer.source_json
        ),
        *(
            Change("searches", search, kept_search)
            for search in document.searches.values()
            if (kept_search := _search_without_keys(search)) != search
        ),
    ]
    if not changes:
        return ()
    document.apply(Edit("Leave keys out", tuple(changes)))
    return (KEYS_LEFT_OUT,)


def _search_without_keys(search: Search) -> Search:
    return replace(search, query_json=_kept_json(search.query_json), cells_json=_kept_json(search.cells_json))


def leave_keys_out_of_history(connection: sqlite3.Connection) -> None:
    """Take them out of what the history of a working copy tells of layers and searches, as these were before."""
    rows = connection.execute(
        "SELECT seq, delta_json FROM loupe_history WHERE table_name IN (?, ?) AND delta_json LIKE '%://%'",
        HELD_IN,
    )
    changed = [(kept, seq) for seq, text in rows if (kept := text_without_keys(text)) != text]
    connection.executemany("UPDATE loupe_history SET delta_json = ? WHERE seq = ?", changed)


def text_without_keys(text: str) -> str:
    """Any text, with each web address in it as a case may keep it."""
    return _ADDRESS.sub(lambda match: kept_address(match[0]), text) if "://" in text else text


def kept_address(address: str) -> str:
    """An address or a template without a key, a signature, or a name and password before the host."""
    bare = split_key(address).address
    if not is_signed(bare):
        return bare
    left = unsigned(bare)
    return left if left.count("{") == bare.count("{") else bare  # a place for a value is no secret


def _kept_json(text: str) -> str:
    """The text of an object in JSON, byte for byte where no key is in it."""
    text = text_without_keys(text)
    if "\\" not in text:
        return text
    try:
        value = json_object(text, Phrase("The address"))
    except InvalidValue:
        return text
    kept = _kept(value, _MOST_DEPTH)
    return text if kept == value else json.dumps(kept)


def _kept(value: Any, depth: int) -> Any:
    match value:
        case str():
            return text_without_keys(value)
        case dict() if depth:
            return {name: _kept(part, depth - 1) for name, part in value.items()}
        case list() if depth:
            return [_kept(part, depth - 1) for part in value]
    return value
