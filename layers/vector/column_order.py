"""Sorts rows by a column: stable, NULLs last either way, text without regard to case."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.vector.columns import Column, Kind
from layers.vector.texts import CancelToken, never_cancelled


def order_of(
    column: Column,
    rows: NDArray[np.intp] | None = None,
    descending: bool = False,
    cancel_token: CancelToken = never_cancelled,
) -> NDArray[np.intp]:
    """Sort `rows` (None: all) by the column; rows with equal cells stay in the order they came in.

    `cancel_token` is called now and then, and raises to cancel.
    """
    wanted = np.arange(len(column)) if rows is None else rows
    filled = column.filled()[wanted]
    nulls, wanted = wanted[~filled], wanted[filled]
    keys = _keys(column, wanted, cancel_token)
    if descending:
        # Sorted from behind and turned round: equal cells keep their order.
        order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = np.argsort(keys, kind="stable")
    return np.concatenate([wanted[order], nulls])


def _keys(column: Column, rows: NDArray[np.intp], cancel_token: CancelToken) -> NDArray[np.generic]:
    """Numbers in the order of the cells of `rows`."""
    if column.kind is not Kind.TEXT:
        return column.values[rows]
    if column.codes is not None:
        ranks: NDArray[np.generic] = column.texts.folded(cancel_token).ranks(cancel_token)[column.codes[rows]]
        return ranks
    texts = column.texts if len(rows) == len(column.texts) else column.texts.taken(rows)
    folded: NDArray[np.generic] = texts.folded(cancel_token).ranks(cancel_token)
    return folded if len(rows) != len(column.texts) else folded[rows]
