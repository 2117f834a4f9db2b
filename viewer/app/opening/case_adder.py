"""Adds parts of another case to the open one: reads it in a process of its own, asks what comes in, and adds it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError, SaveFailed
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.app.case.session import Session
from viewer.panels.added_sites import show_added
from viewer.panels.context import PanelContext
from viewer.support.jobs import JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language

if TYPE_CHECKING:
    from layers.project.opening.intake import Intake
    from viewer.commands.filing.added_case import AddedCase, CaseChoice


class _Carried(Struct, frozen=True, eq=False):
    """The edit with all its bytes in place; `changed` counts rows whose bytes are not those of their hash."""

    added: AddedCase
    changed: int


class CaseAdder(QObject):
    """The way of a case into the open one, which stays open."""

    open_wanted = Signal(str)
    """Path of the case that is to be opened in place of the open one after all."""

    def __init__(self, session: Session, panels: PanelContext, jobs: Jobs, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._panels, self._jobs, self._window = session, panels, jobs, window

    def read(self, path: Path) -> None:
        """Read a case, then ask what of it comes in. The open case itself is refused in a sentence."""
        target = self._session.target
        if target is not None and target == path:
            self._panels.report(self.tr("{0} is the open case.").format(one_line(path.name, 60)))
            return

        def read(job: JobContext) -> Intake:
            from layers.project.opening.case_paths import bring_home  # for start-up time, as below
            from layers.project.opening.intake import read_case

            intake = read_case(path)
            bring_home(intake.document, path.parent)
            return intake

        title = self.tr("Reading {0}").format(one_line(path.name, 60))
        self._jobs.run(read, partial(self._show, path), self._refuse, title, apart=True, of_case=True)

    def _show(self, path: Path, intake: Intake) -> None:
        from viewer.panels.homecoming.add_case_dialog import AddCaseDialog  # for start-up time

        problems = tuple(in_language(sentence) for sentence in intake.problems)
        dialog = AddCaseDialog(self._panels.document, intake.document, path, problems, self._window)
        dialog.chosen.connect(partial(self._add, path, intake))
        dialog.open_wanted.connect(partial(self.open_wanted.emit, str(path)))
        self._panels.document_replaced.connect(dialog.close)
        dialog.show()

    def _add(self, path: Path, intake: Intake, choice: CaseChoice) -> None:
        from viewer.commands.filing.added_case import add_case  # for start-up time

        document, actor, work = self._panels.document.copied(), self._panels.case.actor, self._session.working_copy
        renamed = intake.rows.renamed

        def build(job: JobContext) -> _Carried:
            from layers.project.sharing.carried_bytes import carry_bytes  # for start-up time

            added = add_case(document, intake.document, path.name, choice, actor=actor)
            if not added.carried:
                return _Carried(added, 0)
            if work is None:
                raise SaveFailed("There is no working copy yet to keep files in: save the case first.")
            count = len(added.carried)

            def check(done: int) -> None:
                job.check()
                job.progress(done / count, "")

            try:
                changed = carry_bytes(path, added.carried, renamed, work.blobs, check)
            except OSError as error:
                raise SaveFailed(
                    "The pictures of {name} cannot be kept: {why}. Free some space, try again.",
                    name=path.name,
                    why=error.strerror or error,
                ) from error
            return _Carried(added, len(changed))

        title = self.tr("Adding {0}").format(one_line(path.name, 60))
        self._jobs.run(build, self._push, self._refuse, title, apart=True, of_case=True)

    def _push(self, carried: _Carried) -> None:
        """Add it as one step, select its sites and go there; nothing is allowed for its layers."""
        added = carried.added
        if not self._panels.do(lambda document, actor: added.edit):
            return
        show_added(self._panels, self._jobs, added.site_uuids, added.bounds)
        if carried.changed:
            sentence = Phrase(
                "The bytes of {rows} are not those of their hash: validate the other case.",
                rows=counted(carried.changed, "kept file or chip", "kept files or chips"),
            )
            self._panels.report(in_language(sentence))
        else:
            self._panels.messages.tell(in_language(added.edit.label))

    def _refuse(self, error: GeoloupeError) -> None:
        self._panels.report(in_language(error.sentence))
