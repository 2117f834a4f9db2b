"""Opens a case for a command: read only for a draft, as a working copy where something is issued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

import sample_data
from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import CaseTooNew, NotAllowed
from layers.product.publishing import DRAFT, State
from layers.project.opening.case_paths import CaseHome
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import publish
from layers.project.storage.fsops import scratch_folder
from viewer.cli.terminal.documents import ACTOR, case_at_home
from viewer.cli.terminal.reading import case_file
from viewer.support.terminal import complain


class CaseInHand(Struct, frozen=True):
    """A case opened for a command. `push` applies an edit, and `save` writes the case with all edits.

    Both raise NotAllowed for a case that is read only.
    """

    document: Document
    home: CaseHome
    push: Callable[[Edit], None]
    save: Callable[[], None]


@contextmanager
def case_in_hand(path: str, state: State) -> Iterator[CaseInHand]:
    """The case at a path, editable where its product is issued. Raises what opening it raises, and CaseTooNew."""
    target = case_file(path)
    if state == DRAFT:
        document, home = case_at_home(target)
        yield CaseInHand(document, home, _refuse, _refuse)
        return
    with scratch_folder() as folder:
        intake, work, home = open_for_work(folder / "sessions", target)
        try:
            if intake.read_only:
                raise CaseTooNew(
                    "{target} was written by a later Geoloupe: nothing can be issued in it here.", target=target
                )

            def push(edit: Edit) -> None:
                intake.document.apply(edit)
                work.append(edit, ACTOR)

            def save() -> None:
                if _is_shipped(target):
                    complain("The demo stays as it came, and keeps no issue: copy it to a case of your own for that.")
                    return
                publish(work, target)

            yield CaseInHand(intake.document, home, push, save)
        finally:
            work.close(keep=False)


def _is_shipped(path: Path) -> bool:
    return path.samefile(sample_data.path("demo.gpkg"))


def _refuse(*_edit: Edit) -> None:
    raise NotAllowed("A draft changes nothing in its case: issue the product to have it kept.")
