"""A program to be killed: ``python -m tests.support.deaths.work_and_die MODE FOLDER`` works on a case until then.

Each line it prints is a promise: ``edit N`` that the edit is durable, ``saved N PATH`` that the file holds it.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from layers.document.document import Document
from layers.project.opening.case_process import CaseInline
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import relabel, rich_document


def main(mode: str, folder: Path) -> None:
    case, sessions = folder / "case.gpkg", folder / "sessions"
    print("begun", flush=True)
    {"save": save, "save as": save_as, "open": open_again, "create": create}[mode](case, sessions)


def save(case: Path, sessions: Path) -> None:
    """One session, saved after each edit."""
    intake, work, _home = open_for_work(sessions, case, asks=CaseInline())
    for number in itertools.count(1):
        _edit(work, intake.document, number)
        publish(work, case)
        print(f"saved {number} {case}", flush=True)


def save_as(case: Path, sessions: Path) -> None:
    """Under one new name after the other."""
    intake, work, _home = open_for_work(sessions, case, asks=CaseInline())
    for number in itertools.count(1):
        _edit(work, intake.document, number)
        other = case.with_name(f"other {number % 3}.gpkg")
        publish(work, other, overwrite=True)
        print(f"saved {number} {other}", flush=True)


def open_again(case: Path, sessions: Path) -> None:
    """Opened, edited, saved and closed."""
    for number in itertools.count(1):
        intake, work, _home = open_for_work(sessions, case, asks=CaseInline())
        _edit(work, intake.document, number)
        publish(work, case)
        print(f"saved {number} {case}", flush=True)
        work.close()


def create(case: Path, sessions: Path) -> None:
    """The first save of new cases."""
    for number in itertools.count(1):
        document = rich_document()
        work = WorkingCopy.create(sessions, document)
        _edit(work, document, number)
        new = case.with_name(f"new {number}.gpkg")
        publish(work, new)
        print(f"saved {number} {new}", flush=True)
        write_case(document, case.with_name(f"written {number}.gpkg"))
        work.close()


def _edit(work: WorkingCopy, document: Document, number: int) -> None:
    work.append(relabel(document, f"edit {number}"), "me")
    work.drain()
    print(f"edit {number}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
