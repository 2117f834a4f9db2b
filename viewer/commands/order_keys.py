"""Order as a number between neighbours, so that a move touches one row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from layers.document.edit import Change, Table
from layers.document.layer import Layer
from layers.document.rows import Bookmark, Comparison, SavedFilter
from viewer.commands.stamps import Stamp, update


def keys_at[R: (Layer, Bookmark, Comparison, SavedFilter)](
    table: Table, stack: Sequence[R], position: int, count: int, stamp: Stamp
) -> tuple[list[float], tuple[Change, ...]]:
    """`count` order keys for `position` in `stack`, with the renumbering for keys that do not fit between two."""
    keys: list[float]
    below = stack[position - 1].order_key if position > 0 else None
    above = stack[position].order_key if position < len(stack) else None
    if below is not None and above is not None:
        keys = [below + (above - below) * place / (count + 1) for place in range(1, count + 1)]
    else:
        first = below + 1.0 if below is not None else above - count if above is not None else 1.0
        keys = [first + place for place in range(count)]
    ladder = [key for key in (below, *keys, above) if key is not None]
    if all(math.isfinite(key) for key in keys) and all(low < high for low, high in pairwise(ladder)):
        return keys, ()
    changes: list[Change] = []
    for index, row in enumerate(stack):
        changes += update(table, row, stamp, order_key=float(index + 1 if index < position else index + 1 + count))
    return [float(position + 1 + place) for place in range(count)], tuple(changes)
