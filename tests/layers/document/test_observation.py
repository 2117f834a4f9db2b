"""Dates that follow from observations, and the key by which two desks know the same image."""

from __future__ import annotations

import pytest

from layers.document.image import Image, image_key_of
from layers.document.observation import Observation, is_after, seen_dates


def _seen(*looks: tuple[str, str, str]) -> tuple[str, str, str]:
    """(date, date kind, presence) of looks at one site, each on an image of its own."""
    images = {
        f"{n}": Image(uuid=f"{n}", image_key=f"{n}", acquired_at=at, date_kind=kind)
        for n, (at, kind, _) in enumerate(looks)
    }
    rows = [
        Observation(uuid=f"o{n}", site_uuid="s", image_uuid=f"{n}", presence=what) for n, (*_, what) in enumerate(looks)
    ]
    return seen_dates(rows, images)


INSTANT = "instant"


@pytest.mark.parametrize(
    ("looks", "dates"),
    [
        ([], ("", "", "")),
        ([("2024-04-12", INSTANT, "present")], ("2024-04-12", "2024-04-12", "")),
        (
            [("2024-06-01", INSTANT, "present"), ("2024-04-12", INSTANT, "present")],
            ("2024-06-01", "2024-04-12", ""),
        ),
        (
            [("2024-04-12", INSTANT, "present"), ("2024-06-01", INSTANT, "absent")],
            ("2024-06-01", "2024-04-12", "2024-04-12"),
        ),
        ([("2024-04-12", INSTANT, "absent"), ("2024-06-01", INSTANT, "present")], ("2024-06-01", "2024-06-01", "")),
        ([("2024-04-12", INSTANT, "cannot tell")], ("", "", "")),
        ([("2024-04-12", "composite", "present")], ("", "", "")),
        ([("", INSTANT, "present")], ("", "", "")),
        (
            [("2024-04-01/2024-04-30", "interval", "present"), ("2024-04-12", INSTANT, "absent")],
            ("2024-04-12", "2024-04-01/2024-04-30", ""),
        ),
    ],
)
def test_the_dates_of_a_site_say_only_what_was_seen(
    looks: list[tuple[str, str, str]], dates: tuple[str, str, str]
) -> None:
    assert _seen(*looks) == dates


@pytest.mark.parametrize(
    ("later", "earlier", "is_behind"),
    [
        ("2024-05", "2024-04", True),
        ("2024-04-12", "2024-04", False),
        ("2024", "2023-12-31T23:59Z", True),
        ("2024-04-10/2024-04-20", "2024-04-01/2024-04-15", False),
        ("2024-04-16/2024-04-20", "2024-04-01/2024-04-15", True),
        ("", "2024", False),
        ("2024", "", False),
    ],
)
def test_dates_that_overlap_are_not_one_after_the_other(later: str, earlier: str, is_behind: bool) -> None:
    assert is_after(later, earlier) == is_behind


def test_the_key_of_an_image_is_the_best_that_tells_it_from_others() -> None:
    assert image_key_of(" S2A_1 ", "AB", "esri", "2024") == "product:S2A_1"
    assert image_key_of("", "AB", "esri", "2024") == "sha256:ab"
    assert image_key_of(service="esri", acquired_at="2024-04-12") == "service:esri@2024-04-12"
    assert image_key_of() == ""
