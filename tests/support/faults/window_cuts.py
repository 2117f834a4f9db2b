"""The real window, and the disk as it stood before each of its calls: each copy is what a power cut would have left.

``python -m tests.support.faults.window_cuts FOLDER SEED COUNT``, with failing_calls.so preloaded, makes edits and
saves by mouse and keyboard and judges COUNT of the copies. It prints a line of JSON for each: what was done, and what
was wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.support.faults.failing_calls import CHANGES, SYNCS
from tests.support.faults.window_faults import NONE, Desk, rows_of

AT_ONCE = 8
"""Copies of a work that are judged before it is another's turn."""


def main(words: list[str]) -> int:
    """Judge COUNT copies."""
    folder, chance, count = Path(words[0]), random.Random(int(words[1])), int(words[2])
    desk = Desk(folder)
    works = [*desk.EDITS, *desk.SAVES]
    chance.shuffle(works)
    done = 0
    while done < count:
        for work in works:
            if done >= count:
                break
            for told in cut(desk, work, folder, chance):
                done += 1
                print(json.dumps(told), flush=True)
    return 0


def cut(desk: Desk, work: str, folder: Path, chance: random.Random) -> list[dict[str, Any]]:
    """Do a work twice, first to count its calls, and judge the copies that were made meanwhile, in their order."""
    prepare(desk, work)
    desk.calls.arm(NONE, 0, kinds=CHANGES | SYNCS)
    desk.act(work)
    desk.settle()
    desk.wait(desk.is_written)
    every = max(1, desk.calls.seen // AT_ONCE)
    prepare(desk, work)
    before = rows_of(desk.window.session.document)
    copies = folder / "copies"
    desk.calls.copy_to(copies, chance.randint(1, every), every)
    desk.act(work)
    desk.settle()
    desk.wait(desk.is_written)
    after = rows_of(desk.window.session.document)
    desk.calls.disarm()
    numbers = sorted(int(one.name) for one in copies.iterdir())
    (copies / "at last").mkdir()
    for one in desk.watched:
        shutil.copytree(one, copies / "at last" / one.name)
    told, is_after = [], False
    for name in (*map(str, numbers), "at last"):
        # the case before a new one was given up, unsaved
        wrong, found = judge(copies / name, desk, None if work == "new_case_and_mark" else before, after)
        if is_after and found == "before" and before != after:
            wrong.append("what was on the disk is gone again")
        is_after = is_after or found == "after"
        if name == "at last" and found != "after":
            wrong.append("at last it is not on the disk")
        told.append({"work": work, "cut": name, "of": numbers[-1], "found": found, "wrong": wrong + desk.take_told()})
    shutil.rmtree(copies)
    return told


def prepare(desk: Desk, work: str) -> None:
    """Bring the window to where the work begins, with nothing beside its case that would be copied each time."""
    desk.calls.disarm()
    desk.prepare(work)
    name = desk.window.session.target.name if desk.window.session.target is not None else ""
    for path in desk.watched[0].iterdir():
        if not path.name.startswith(name or "-"):
            path.unlink()


def judge(copy: Path, desk: Desk, before: Any, after: Any) -> tuple[list[str], str]:
    """What is wrong with a copy of the disk, and whether it holds what stood before the work or after it.

    `before` is None where nobody wants that any more.
    """
    wrong, rows = [], []
    for case in sorted((copy / desk.watched[0].name).glob("*.gpkg")):
        try:
            rows.append(rows_of(desk.read(case)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is no case
            wrong.append(f"{case.name} is neither old nor new: {error!r}")
    rows += recovered(copy / desk.watched[1].name)
    if after in rows:
        return wrong, "after"
    if before is not None and before not in rows and not any(is_between(one, before, after) for one in rows):
        wrong.append("neither what stood before nor what stood after is there")
    return wrong, "before"


def is_between(rows: Any, before: Any, after: Any) -> bool:
    """True where no mark of before and after is missing, and none is new: a work of several edits in its midst."""
    kept = set(before["sites"]) & set(after["sites"])
    return kept <= set(rows["sites"]) <= set(before["sites"]) | set(after["sites"]) or before == after


def recovered(sessions: Path) -> list[Any]:
    """The rows of each session that is offered after the cut."""
    from layers.project.saving.recovery import recoverable  # late: readers import this module again
    from layers.project.saving.working_copy import WorkingCopy

    for described in sessions.glob("*/session.json"):
        data = json.loads(described.read_text())
        data["owner"]["started"] = "0"
        described.write_text(json.dumps(data))
    found = []
    for offered in recoverable(sessions):
        work = WorkingCopy.resume(offered.folder)
        found.append(rows_of(work.read_document()))
        work.close(keep=True)
    return found


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        code = main(sys.argv[1:])
    except BaseException:  # noqa: BLE001 - the door of this script; the hooks are taken
        traceback.print_exc()
        code = 2
    sys.stdout.flush()
    os._exit(code)
