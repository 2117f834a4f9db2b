"""Work on a case with less and less memory: a process for each step, as memory is taken from a process for good.

``python -m tests.support.faults.memory_steps FOLDER WORK KIND BYTES ...``: WORK is ``save`` (an edit in the working
copy, then a save) or the words of a command joined by commas, in which CASE is the case and ROWS a table of places;
KIND is ``heap`` (SQLite's) or ``all`` (of the process, over what it has). It prints a line of JSON for each number of
bytes.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import resource
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# all that the works need is there before memory ends, as it is in a program that runs
import viewer.cli.parser as parser
from layers.errors import GeoloupeError
from layers.project.opening.case_process import CaseInline
from layers.project.opening.intake import read_case
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from tests.support.cases.rich import relabel, rich_document


def main(words: list[str]) -> int:
    """Try each number of bytes."""
    folder, work, kind = Path(words[0]), words[1], words[2]
    case = folder / "case.gpkg"
    write_case(rich_document(), case)
    (folder / "rows.csv").write_text("label,lat,lon\n" + "\n".join(f"row {n},{n / 10},{n / 5}" for n in range(50)))
    if work != "save":  # once with all memory: what a command imports is there, too
        shutil.copyfile(case, folder / "warm.gpkg")
        with contextlib.redirect_stdout(io.StringIO()):
            parser.run(_words(work, folder / "warm.gpkg"))
    for number, room in enumerate(map(int, words[3:])):
        mine = folder / f"{number}.gpkg"
        shutil.copyfile(case, mine)
        told = _in_a_child(lambda mine=mine, room=room: _try(work, kind, room, mine))
        told |= {"room": room, "file": _judge(case, mine)}
        print(json.dumps(told), flush=True)
    return 0


def _in_a_child(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            told = act()
        except BaseException:  # noqa: BLE001 - what leaves the work is what is looked for
            _give_back()
            told = {"said": [], "trace": traceback.format_exc()}
        os.write(write, json.dumps(told).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answers:
        text = answers.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return json.loads(text) if text else {"said": [], "trace": f"it ended with {code}, without a word"}


def _try(work: str, kind: str, room: int, case: Path) -> dict[str, Any]:
    if work == "save":
        return _save(kind, room, case)
    out, said = io.StringIO(), io.StringIO()
    _take(kind, room)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        code = parser.run(_words(work, case))
    _give_back()
    return {"code": code, "said": said.getvalue().splitlines(), "trace": ""}


def _words(work: str, case: Path) -> list[str]:
    places = {"CASE": str(case), "ROWS": str(case.with_name("rows.csv"))}
    return [places.get(word, word) for word in work.split(",")]


def _save(kind: str, room: int, case: Path) -> dict[str, Any]:
    """An edit, and a save; then both once more, with all memory where it can be given back."""
    document = rich_document()
    work = WorkingCopy.create(case.parent / f"{case.stem} sessions", document, target=case)
    edit = relabel(document, "new")
    said, trace = [], ""
    _take(kind, room)
    for step in (lambda: work.append(edit, "me"), work.drain, lambda: publish(work, case, overwrite=True)):
        try:
            step()
        except GeoloupeError as error:
            said.append(error.sentence)
        except MemoryError:
            said.append("the job says: not enough memory")
    if _give_back():
        if work.read_document().sites["site-point"].label != "new":
            trace = "the edit is not in the working copy when there is memory again"
        publish(work, case.with_name("again.gpkg"))
    return {"said": said, "trace": trace}


def _judge(old: Path, case: Path) -> str:
    """ "old", "new", or what is wrong with the file."""
    if case.read_bytes() == old.read_bytes():
        return "old"
    try:
        intake = read_case(case, asks=CaseInline())
    except GeoloupeError as error:
        return f"neither old nor new: {error.sentence}"
    is_new = intake.document.sites["site-point"].label == "new" or len(intake.document.sites) > 50
    return "new" if is_new and not intake.problems else f"neither old nor new: {intake.problems}"


def _take(kind: str, room: int) -> None:
    if kind == "heap":
        sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit = {room}").fetchall()
    else:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room, resource.RLIM_INFINITY))


def _give_back() -> bool:
    """True where all memory is there again."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    import _sqlite3  # the library of SQLite that it uses; one inside of Python cannot be asked

    try:
        limit = ctypes.CDLL(_sqlite3.__file__).sqlite3_hard_heap_limit64
    except AttributeError:
        return False
    limit(ctypes.c_longlong(0))
    return True


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    raise SystemExit(main(sys.argv[1:]))
