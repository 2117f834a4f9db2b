"""House tests look at the same modules: trees are kept until the last one of this process has run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.marked_sentences import marks_in
from tests.support.parsed import forget_parsed


@pytest.fixture(scope="package", autouse=True)
def trees_for_a_while() -> Iterator[None]:
    """The trees are no burden for the tests that come after those of this package."""
    yield
    marks_in.cache_clear()
    forget_parsed()
