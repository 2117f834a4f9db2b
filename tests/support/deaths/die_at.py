"""A command that dies at its n-th call to the file system, as by kill -9.

``python -m tests.support.deaths.die_at each WORDS...`` runs the command of these words again and again, in a process
of its own each time: it is killed before the 1st, the 2nd, the 3rd ... call of `layers.project.storage.fsops`, until
it gets through. After each a line tells how it ended (-9, then its exit code), and the next waits for a line from the
test, which meanwhile looks at what is left. ``... N WORDS...`` dies before the N-th call, or not at all.

The words are those of the command line; ``setting KEY VALUE`` for a choice that is kept; ``save CASE LABEL`` for a
save of a case after an edit, as the window makes it; ``save_without_links CASE LABEL`` where the file system has
none.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from layers.project.storage.fsops import FileSystem
from tests.support.cases.file_calls import CALLS


def arm(number: int) -> None:
    """From now on the `number`-th call to the file system is the end; what writes gets half way."""
    seen = 0

    def counted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == number:
                do_half(name, arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*arguments)

        return call

    for name in CALLS:
        setattr(FileSystem, name, counted(name, getattr(FileSystem, name)))


def do_half(name: str, arguments: tuple[Any, ...]) -> None:
    """Half of a write or of a copy."""
    if name == "write":
        _, file, data = arguments
        file.write(data[: len(data) // 2])
        file.flush()
    elif name == "copy":
        _, old, new, *_tell = arguments
        data = old.read_bytes()
        new.write_bytes(data[: len(data) // 2])


def run(words: list[str]) -> int:
    """The exit code of a command."""
    if words[0] == "setting":
        from viewer.support.settings import Settings  # late: as in the program

        Settings.of_user().set(words[1], words[2])
        return 0
    if words[0] in ("save", "save_without_links"):
        if words[0] == "save_without_links":
            os.link = _no_links
        save(Path(words[1]), words[2])
        return 0
    from viewer.__main__ import main

    return main(words)


def _no_links(*_: object) -> None:
    raise PermissionError("no hard links here")


def save(path: Path, label: str) -> None:
    """Give the first site another label, and save."""
    from layers.project.saving.publish import publish  # late: as in the program
    from tests.support.cases.rich import open_for_work, relabel

    with TemporaryDirectory() as folder:
        case, work = open_for_work(Path(folder) / "sessions", path)
        work.append(relabel(case.document, label), "me")
        publish(work, path)
        work.close()


def each(words: list[str]) -> None:
    """Die at every call there is, one after the other."""
    import layers.project.saving.publish  # noqa: F401 - once, not in each child
    import viewer.cli.parser  # noqa: F401

    number, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        number += 1
        child = os.fork()
        if not child:
            arm(number)
            os._exit(run(words))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(code, flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    if sys.argv[1] == "each":
        each(sys.argv[2:])
    else:
        arm(int(sys.argv[1]))
        sys.exit(run(sys.argv[2:]))
