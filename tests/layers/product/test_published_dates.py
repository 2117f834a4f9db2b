"""A day of publication is never printed as, or taken for, the day on which an image was taken."""

from __future__ import annotations

import pytest

from layers.raster.acquisition import Acquisition
from layers.scenes.found_scene import FoundScene, judged
from layers.time.image_dates import image_date_words
from viewer.panels.sites.chip_words import dated as chip_date
from viewer.rendering.drawing import credit_with_date
from viewer.rendering.layer_date import badge

DAY, WRITTEN = "2024-04-12", "12 April 2024"


@pytest.mark.parametrize(
    "words",
    [
        image_date_words(DAY, "published", "catalogue"),
        Acquisition(at=DAY, date_kind="published").when.replace(DAY, WRITTEN),
        credit_with_date("Sky company", DAY, "published"),
        chip_date(DAY, "published", "catalogue").replace(DAY, WRITTEN),
    ],
    ids=["product", "list", "credit", "chip"],
)
def test_words_on_a_release_say_that_the_image_is_not_dated(words: str) -> None:
    assert f"published {WRITTEN}, date of the image unknown" in words


def test_the_badge_of_a_layer_says_published() -> None:
    assert badge(Acquisition(at=DAY, date_kind="published")) == f"published {DAY}"


def test_a_release_is_no_dated_scene() -> None:
    scene = judged(FoundScene(key="a", acquired=DAY, date_kind="published"))
    assert scene.date_kind == "published"
    assert not scene.is_dated
