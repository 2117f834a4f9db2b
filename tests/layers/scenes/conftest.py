"""A pool of real readers for tests of folders of scenes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from layers.pool.pool import ReaderPool


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    found = ReaderPool(workers=2)
    found.start()
    yield found
    found.close()
