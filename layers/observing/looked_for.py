"""The things that are looked for at sites: which ones there are rows about, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from layers.document.observation import Observation, target_key


class LookedFor(Struct, frozen=True):
    """A thing that is looked for, as its last row writes it, and the number of rows about it.

    An empty name is that of the rows which say no thing.
    """

    name: str
    rows: int


def things_looked_for(rows: Iterable[Observation]) -> tuple[LookedFor, ...]:
    """The things that rows are about, each once, that of the newest row first; the one without a name comes last."""
    counts: Counter[str] = Counter()
    newest: dict[str, str] = {}
    for row in rows:
        counts[row.target] += 1
        newest[row.target] = max(newest.get(row.target, ""), row.modified_at or row.created_at)
    things: dict[str, LookedFor] = {}
    for name in sorted(counts, key=lambda name: newest[name], reverse=True):
        thing = things.get(target_key(name), LookedFor(" ".join(name.split()), 0))
        things[target_key(name)] = replace(thing, rows=thing.rows + counts[name])
    return tuple(sorted(things.values(), key=lambda thing: not thing.name))
