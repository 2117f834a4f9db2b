"""Words about chips: the date that one was taken with, and what its image says by now."""

from __future__ import annotations

import pytest

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.image import Image
from viewer.panels.sites.chip_words import chip_date_words


@pytest.mark.parametrize(
    ("taken", "stated", "words"),
    [
        ("2024-05-01", "2024-05-01", "2024-05-01 (from metadata)"),
        ("2024-05-01", "", "2024-05-01 (basis not stated)"),
        ("", "2024-05-01", "date unknown; stated later: 2024-05-01 (from metadata)"),
        ("2024-05-01", "2024-06-02", "2024-05-01 (basis not stated); stated later: 2024-06-02 (from metadata)"),
        ("", "", "date unknown"),
    ],
)
def test_a_date_that_was_stated_later_is_told_besides(taken: str, stated: str, words: str) -> None:
    image = Image(uuid="i", image_key="k", acquired_at=stated, date_kind="instant", date_basis="metadata")
    chip = Chip(
        uuid="c",
        content_type="image/png",
        image_uuid="i",
        acquired_at=taken,
        date_kind="instant" if taken else "unknown",
    )
    assert chip_date_words(Document({"images": [image]}), chip) == words


def test_without_its_image_a_chip_has_the_date_that_it_was_taken_with() -> None:
    chip = Chip(uuid="c", content_type="image/png", image_uuid="gone", acquired_at="2024-05-01", date_kind="instant")
    assert chip_date_words(Document(), chip) == "2024-05-01 (basis not stated)"
