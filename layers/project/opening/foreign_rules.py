"""Names rules in tables of other programs that are left behind: defaults, CHECKs, UNIQUEs, keys, collations.

They are SQL of others, which is never run: found by their words in the text of a table, outside strings and names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from layers.project.opening.case_file import CaseSchema
from layers.project.storage.schema import GEOPACKAGE_TABLES, OWN_INDEXES
from layers.text.counted import counted

type Counted = Callable[[int], str]
"""A count of things, with the words and the verb for it."""
_NO_WORDS = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|`(?:[^`]|``)*`|--[^\n]*|/\*.*?(?:\*/|\Z)""", re.DOTALL
)
"""Parts of SQL without keywords: strings, quoted names and comments."""
_RULES: tuple[tuple[str, Counted], ...] = (
    ("CHECK", lambda n: counted(n, "CHECK rule of another program is", "CHECK rules of another program are")),
    ("UNIQUE", lambda n: counted(n, "UNIQUE rule of another program is", "UNIQUE rules of another program are")),
    ("REFERENCES", lambda n: counted(n, "foreign key of another program is", "foreign keys of another program are")),
    ("COLLATE", lambda n: counted(n, "collation of another program is", "collations of another program are")),
)
"""Keywords of SQL for rules, which no unquoted name can be."""


def rules_left_behind(schema: CaseSchema, carried: Collection[str]) -> Iterator[tuple[list[str], Counted]]:
    """Return (names, their number in words) of the rules that no save of ours contains; `carried` are tables of others.

    Each rule is named by its table, a default value by its column.
    """
    theirs = {*carried, *(name for name in schema.tables if name.lower() not in GEOPACKAGE_TABLES)}
    odd = [name for name, table in schema.odd_indexes if table in theirs]
    yield (
        odd,
        lambda n: counted(
            n,
            "index over a part of the rows or an expression of another program is",
            "indexes over a part of the rows or an expression of another program are",
        ),
    )
    ours = [name for name, table, *_ in schema.indexes if table in theirs - set(carried) and name not in OWN_INDEXES]
    yield (
        ours,
        lambda n: counted(
            n,
            "index on a table of Geoloupe of another program is",
            "indexes on tables of Geoloupe of another program are",
        ),
    )
    defaults = [f"{table}.{column}" for table, column in schema.defaults if table in theirs]
    yield (
        defaults,
        lambda n: counted(n, "default value of another program is", "default values of another program are"),
    )
    words = {name: set(re.findall(r"[A-Z]+", _NO_WORDS.sub(" ", schema.sql.get(name, "")).upper())) for name in theirs}
    for word, in_words in _RULES:
        yield [name for name in theirs if word in words[name]], in_words
