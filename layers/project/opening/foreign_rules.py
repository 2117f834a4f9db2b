"""Rules in the tables of other programs that are named and left behind: defaults, CHECKs, UNIQUEs, keys, collations.

They are SQL of others, which is never run: found by their words in the text of a table, outside strings and names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from layers.project.opening.case_file import Schema
from layers.project.storage.schema import GEOPACKAGE_TABLES, OWN_INDEXES

_NO_WORDS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`(?:[^`]|``)*`|--[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL
)
"""Strings, quoted names and comments."""
_RULES = (
    ("CHECK", "CHECK rule", "CHECK rules"),
    ("UNIQUE", "UNIQUE rule", "UNIQUE rules"),
    ("REFERENCES", "foreign key", "foreign keys"),
    ("COLLATE", "collation", "collations"),
)
"""Words of SQL that no unquoted name can be."""


def rules_left_behind(schema: Schema, carried: Collection[str]) -> Iterator[tuple[list[str], str, str]]:
    """(names, noun for one, noun for many) of what stands in no save of ours; `carried` are the tables of others.

    Each rule is named by its table, a default value by its column.
    """
    theirs = {*carried, *(name for name in schema.tables if name.lower() not in GEOPACKAGE_TABLES)}
    odd = [name for name, table in schema.odd_indexes if table in theirs]
    yield odd, "index over a part of the rows or an expression", "indexes over a part of the rows or an expression"
    ours = [name for name, table, *_ in schema.indexes if table in theirs - set(carried) and name not in OWN_INDEXES]
    yield ours, "index on a table of Geoloupe", "indexes on tables of Geoloupe"
    defaults = [f"{table}.{column}" for table, column in schema.defaults if table in theirs]
    yield defaults, "default value", "default values"
    words = {name: set(re.findall(r"[A-Z]+", _NO_WORDS.sub(" ", schema.sql.get(name, "")).upper())) for name in theirs}
    for word, one, many in _RULES:
        yield [name for name in theirs if word in words[name]], one, many
