"""Row F19: a save that is killed anywhere leaves the case whole and its backups in their order."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from layers.errors import GeoloupeError
from layers.project.saving.backups import KEPT, backup_path
from layers.project.saving.publish import write_case
from tests.support.cases.rich import leftovers, read_case, relabel, rich_document
from tests.support.deaths.die_at import save
from tests.support.deaths.kills import KILLED, deaths

SAVED_EVERY = 4
"""After so many kills once a save is made, which takes most of the time."""
OLDER = ["a month old", "a week old", "a day old", "now"]
"""What the third, second and first backup and the case itself are called, the oldest first."""


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A folder with a case and three backups, each far enough from the next to be kept."""
    folder = tmp_path / "whole"
    folder.mkdir()
    target = folder / "case.gpkg"
    places = [*(backup_path(target, number) for number in range(KEPT, 0, -1)), target]
    for number, (label, place) in enumerate(zip(OLDER, places, strict=True)):
        document = rich_document()
        relabel(document, label)
        write_case(document, folder / "made.gpkg")
        os.replace(folder / "made.gpkg", place)
        at = 1_700_000_000 + 100_000 * number
        os.utime(place, (at, at))
    assert generations(target) == OLDER
    return folder


def label(path: Path) -> str:
    """What a file calls its site; empty where it is no whole case, or none at all."""
    try:
        found = read_case(path)
    except GeoloupeError:
        return ""
    assert found.problems == ()
    return found.document.sites["site-point"].label


def generations(target: Path) -> list[str]:
    """The labels of the files that are there, the oldest first."""
    places = [*(backup_path(target, number) for number in range(KEPT, 0, -1)), target]
    return [label(place) for place in places if place.exists()]


@pytest.mark.bounded
@pytest.mark.timeout(600)
def test_f01_f19_killed_at_any_call_every_generation_that_is_there_is_good_and_in_order(
    own_home: Path, tmp_path: Path, whole: Path
) -> None:
    codes: list[int] = []
    here = tmp_path / "here"
    shutil.copytree(whole, here)
    target = here / "case.gpkg"
    for code in deaths(own_home, "save", target, "the next"):
        codes.append(code)
        found = generations(target)
        order = [*OLDER, "the next"]
        assert found == sorted(found, key=order.index), f"after call {len(codes)}: {found}"
        assert found[-1] in ("now", "the next")
        assert "now" in found, "what was replaced is a backup"
        assert len(found) >= KEPT, "at most one is on its way"
        if code == KILLED:
            if len(codes) % SAVED_EVERY == 0:
                save(target, "after the kill")
                assert generations(target)[-1] == "after the kill"
                assert leftovers(here) == []
            shutil.rmtree(here)
            shutil.copytree(whole, here)
    assert codes[-1] == 0
    assert codes.count(KILLED) >= 12
    assert generations(target) == [*OLDER[1:], "the next"]


@pytest.mark.bounded
@pytest.mark.timeout(600)
def test_f19_without_hard_links_at_least_one_generation_is_good(own_home: Path, tmp_path: Path, whole: Path) -> None:
    """A backup that is a copy may be cut in the middle: then the case itself and the others are whole."""
    here = tmp_path / "here"
    shutil.copytree(whole, here)
    target, codes = here / "case.gpkg", []
    for code in deaths(own_home, "save_without_links", target, "the next"):
        codes.append(code)
        found = generations(target)
        assert found[-1] in ("now", "the next")
        assert sum(text != "" for text in found) >= KEPT, f"after call {len(codes)}: {found}"
        if code == KILLED:
            shutil.rmtree(here)
            shutil.copytree(whole, here)
    assert codes[-1] == 0
    assert generations(target) == [*OLDER[1:], "the next"]
