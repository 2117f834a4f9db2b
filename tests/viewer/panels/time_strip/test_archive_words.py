"""Searches of archives in words: what has come, that nothing is listed, and that nothing came."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from layers.services.stac.question import StacQuestion
from viewer.panels.time_strip.archive_words import search_words


def ended(count: int, matched: str | None, *, is_complete: bool = False) -> SimpleNamespace:
    """A search of everything that has ended."""
    return SimpleNamespace(
        count=count,
        matched=matched,
        is_complete=is_complete,
        is_under_way=False,
        failure="",
        problems=(),
        question=StacQuestion(),
    )


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (ended(12, "40"), "12 scenes of 40, on the time strip."),
        (ended(0, "0", is_complete=True), "The archive lists no scene for this place and time."),
        (ended(0, "40"), "No scene came, though the archive states 40: what it has of this place is not known."),
        (ended(0, None), "No scene came before the search ended: what the archive has is not known."),
    ],
)
def test_words(search: SimpleNamespace, words: str, qapp: object) -> None:
    assert search_words(search) == words  # type: ignore[arg-type]
