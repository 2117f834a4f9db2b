"""A pool of one real reader process, for tests of what it does to a file or a file to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from layers.pool.pool import ReaderPool


@contextmanager
def real_reader() -> Iterator[ReaderPool]:
    pool = ReaderPool(1)
    pool.start()
    try:
        yield pool
    finally:
        pool.close()
