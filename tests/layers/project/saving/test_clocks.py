"""Row F18: a clock that jumps a year, or some hours, changes neither what is durable nor which backup is newer."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from layers.project.opening.intake import read_case
from layers.project.saving.backups import KEPT, backup_path
from layers.project.saving.lock import CaseLock
from layers.project.saving.publish import publish
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import relabel, rich_document

YEAR_S, HOUR_S = 365 * 86_400, 3_600
NOW_S = 1_700_000_000
JUMPS = {
    "no jump": (0, 0),
    "a year forward": (YEAR_S, 0),
    "a year back": (-YEAR_S, 0),
    "forward and back again": (YEAR_S, -YEAR_S),
    "back and forward again": (-YEAR_S, YEAR_S),
    "some hours forward and back": (3 * HOUR_S, -3 * HOUR_S),
}


@pytest.fixture
def wild_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a year before or after the last."""
    jumps = count()
    monkeypatch.setattr(time, "time", lambda: NOW_S + YEAR_S * (-1) ** next(jumps))


@pytest.fixture
def work(tmp_path: Path) -> Iterator[WorkingCopy]:
    copy = WorkingCopy.create(tmp_path / "sessions", rich_document(), target=None)
    yield copy
    copy.close()


def label(path: Path) -> str:
    return read_case(path).document.sites["site-point"].label


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_f18_backups_stay_in_the_order_of_the_saves(tmp_path: Path, work: WorkingCopy, jumps: tuple[int, int]) -> None:
    """A save an hour; the clock jumps after the third and the sixth."""
    document, target = work.read_document(), tmp_path / "case.gpkg"
    clock, saved = NOW_S, []
    for number in range(9):
        work.append(relabel(document, f"{number}"), "me")
        publish(work, target)
        saved.append(f"{number}")
        clock += HOUR_S + (jumps[0] if number == 3 else jumps[1] if number == 6 else 0)
        os.utime(target, (clock, clock))
        backups = [label(path) for n in range(1, KEPT + 1) if (path := backup_path(target, n)).exists()]
        before = saved[:-1][::-1]
        assert backups == [text for text in before if text in backups], "the newest is the first"
        assert backups[:1] == before[:1], "what was replaced is kept: it was saved an hour ago, whatever the clock says"
    assert len(backups) == KEPT


@pytest.mark.bounded
def test_f18_edits_are_durable_whatever_the_clock_says(work: WorkingCopy, wild_clock: None, tmp_path: Path) -> None:
    document = work.read_document()
    for number in range(20):
        work.append(relabel(document, f"{number}"), "me")
        work.drain()
        assert work.read_document().sites["site-point"].label == f"{number}"
    publish(work, tmp_path / "case.gpkg")
    assert label(tmp_path / "case.gpkg") == "19"


def test_f18_our_own_lock_is_ours_whatever_the_clock_says(tmp_path: Path, wild_clock: None) -> None:
    (tmp_path / "case.gpkg").touch()
    first, second = CaseLock(tmp_path / "case.gpkg"), CaseLock(tmp_path / "case.gpkg")
    assert first.acquire() is None
    holder = second.holder()
    assert holder is not None
    assert holder.owner.is_alive, "it is the process that counts, not its age"
    first.release()
    assert second.holder() is None
