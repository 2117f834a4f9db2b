"""The power goes anywhere in a save: the old or the new case stands there, and every acknowledged edit comes back."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct, field
from msgspec.structs import replace

from layers.document.document import Document
from layers.errors import GeoloupeError
from layers.project.saving import recovery
from layers.project.saving.publish import publish
from layers.project.saving.recovery import recoverable
from layers.project.saving.session_file import read_session, write_session
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fsops import DISK
from layers.project.storage.processes import Owner
from tests.support.cases.power_disk import PowerCutError, PowerDisk
from tests.support.cases.rich import open_for_work, read_case, relabel, rich_document

DEAD = Owner(2**22 + 1, "1", Owner.of_this_process().host)


class Story(Struct):
    """What the analyst did before the power went. `acknowledged` is the last label that was said to be durable."""

    root: Path
    acknowledged: str = ""
    saved: str = ""
    labels: list[str] = field(default_factory=list)
    work: WorkingCopy | None = None

    @property
    def target(self) -> Path:
        return self.root / "cases" / "case.gpkg"

    def edit(self, document: Document, label: str) -> None:
        assert self.work is not None
        self.labels.append(label)
        self.work.append(relabel(document, label), "me")
        self.work.drain()
        self.acknowledged = label

    def save(self, disk: PowerDisk) -> None:
        assert self.work is not None
        publish(self.work, self.target, disk)
        self.saved = self.acknowledged


def first_saves(story: Story, disk: PowerDisk) -> None:
    """A new case, saved three times."""
    document = rich_document()
    story.work = WorkingCopy.create(story.root / "sessions", document, fs=disk)
    for number in range(3):
        story.edit(document, f"edit {number}")
        story.save(disk)


def opened_and_saved(story: Story, disk: PowerDisk) -> None:
    """A case that was there, opened, edited and saved."""
    first = saved_case()
    story.labels, story.acknowledged, story.saved = list(first.labels), first.acknowledged, first.saved
    for path in (first.root / "cases").iterdir():
        shutil.copy2(path, story.root / "cases" / path.name)
    disk.sync_all()
    intake, story.work = open_for_work(story.root / "sessions", story.target, fs=disk)
    for number in range(3, 5):
        story.edit(intake.document, f"edit {number}")
        story.save(disk)


@cache
def saved_case() -> Story:
    """The first story, told to its end."""
    root = Path(tempfile.mkdtemp(prefix="power-loss-"))
    (root / "cases").mkdir()
    (root / "sessions").mkdir()
    story = Story(root)
    first_saves(story, PowerDisk(root))
    assert story.work is not None
    story.work.close()
    return story


STORIES: dict[str, Callable[[Story, PowerDisk], None]] = {"new": first_saves, "opened": opened_and_saved}


def told(tmp_path: Path, name: str, calls: int, turn: int) -> tuple[Story, PowerDisk]:
    """The story up to its `calls`-th call to the disk."""
    root = tmp_path / f"{name}-{calls}-{turn}"
    (root / "cases").mkdir(parents=True)
    (root / "sessions").mkdir()
    story, disk = Story(root), PowerDisk(root)
    disk.calls_left = calls
    try:
        STORIES[name](story, disk)
    except PowerCutError:
        disk.calls_left = 0
    return story, disk


def check(story: Story, disk: PowerDisk, seed: int, to: Path) -> None:
    """What the next start finds."""
    disk.after_power_loss(seed, to)
    target, sessions = to / "cases" / "case.gpkg", to / "sessions"
    for folder in sessions.iterdir():
        bury(folder, story.root, to)
    stands = ""
    if story.saved or target.exists():
        stands = read_case(target).document.sites["site-point"].label  # whole, or this raises
        assert stands in story.labels
        assert story.labels.index(stands) >= (story.labels.index(story.saved) if story.saved else 0)
    offered = [label_in(found.folder) for found in recoverable(sessions)]
    if story.acknowledged and stands != story.acknowledged:
        assert story.acknowledged in offered or (stands and later(story, stands)), (stands, offered)


def later(story: Story, stands: str) -> bool:
    return story.labels.index(stands) > story.labels.index(story.acknowledged)


def bury(folder: Path, root: Path, to: Path) -> None:
    """The machine was off: no owner lives. The target is where the state was laid out."""
    try:
        session = read_session(folder)
    except GeoloupeError:
        return
    target = None if session.target is None else to / session.target.relative_to(root)
    write_session(folder, replace(session, owner=DEAD, target=target), DISK)


def label_in(folder: Path) -> str:
    work = WorkingCopy.resume(folder)
    document = work.read_document()
    work.close(keep=True)
    return document.sites["site-point"].label


def cut_everywhere(tmp_path: Path, name: str, every: int, states: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Cut the power at each `every`-th call; `states` states are looked at for each. Returns how many in all."""
    monkeypatch.setattr(recovery, "has_change", has_change)
    story, disk = told(tmp_path, name, 10**6, 0)
    assert story.work is not None
    story.work.close()
    looked = 0
    for calls in range(0, disk.calls + 1, every):
        story, disk = told(tmp_path, name, calls, 1)
        for seed in range(states):
            check(story, disk, calls * 1000 + seed, tmp_path / f"{name}-{calls}-state-{seed}")
            looked += 1
        if story.work is not None:
            disk.calls_left = -1
            story.work.close(keep=True)
    return looked


def has_change(target: Path, change_uuid: str) -> bool:
    """`recovery.has_change` in this process: hundreds are asked for."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(target)) as connection:
        found = connection.execute("SELECT 1 FROM loupe_history WHERE change_uuid = ?", (change_uuid,)).fetchone()
    return not change_uuid or found is not None


@pytest.mark.bounded
@pytest.mark.parametrize("name", STORIES)
def test_a_power_cut_anywhere_in_a_save_loses_nothing(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cut_everywhere(tmp_path, name, 9, 1, monkeypatch) > 5


@pytest.mark.bounded
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", STORIES)
def test_a_power_cut_at_each_call_loses_nothing(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    states = int(os.environ.get("GEOLOUPE_POWER_STATES", "1"))
    assert cut_everywhere(tmp_path, name, 1, states, monkeypatch) >= 50 * states
