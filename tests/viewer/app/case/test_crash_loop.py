"""A case that brings the program down twice is opened carefully the third time."""

from __future__ import annotations

from pathlib import Path

import pytest

from viewer.app.case.crash_loop import NEAR_S, CrashLoop

CASE, OTHER = Path("/cases/bad.gpkg"), Path("/cases/good.gpkg")


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "data" / "opening.json"


def test_f90_two_crashes_are_enough(marker: Path) -> None:
    assert not CrashLoop(marker).opening(CASE)
    assert not CrashLoop(marker).opening(CASE)
    assert not CrashLoop(marker).opening(OTHER)
    assert CrashLoop(marker).opening(CASE)


def test_an_orderly_end_clears_the_case(marker: Path) -> None:
    CrashLoop(marker).opening(CASE)
    loop = CrashLoop(marker)
    loop.opening(CASE)
    loop.ended()
    loop.ended()
    assert not CrashLoop(marker).opening(CASE)
    assert not CrashLoop(marker).opening(CASE)


def test_a_later_crash_is_not_the_openings_fault(marker: Path) -> None:
    clock = [0.0]
    for _ in range(3):
        loop = CrashLoop(marker, lambda: clock[0])
        assert not loop.opening(CASE)
        clock[0] += NEAR_S - 1
        loop.survived()
        clock[0] += 2
        loop.survived()


def test_a_minute_too_early_counts(marker: Path) -> None:
    for expected in (False, False, True):
        loop = CrashLoop(marker, lambda: 0.0)
        assert loop.opening(CASE) is expected
        loop.survived()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1, 2]", '{"a": 1}', '[["a", "b"]]', '[["a", 1' + "0" * 400 + "]]", '[["a", null]]', "[" * 99_999],
)
def test_a_damaged_marker_blames_nobody(marker: Path, text: str) -> None:
    marker.parent.mkdir()
    marker.write_text(text)
    assert not CrashLoop(marker).opening(CASE)


def test_f91_a_folder_that_cannot_be_written_blames_nobody(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    for _ in range(4):
        assert not CrashLoop(tmp_path / "data" / "opening.json").opening(CASE)
