"""Finds files that are not where a case says, and points its layers to them once the analyst has agreed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.project.opening.layer_paths import judged
from layers.project.opening.missing_files import FileSearch, FoundFile, Sameness, WantedFile, described_file, find_files
from viewer.app.case.permission import Permissions
from viewer.app.case.session import Session
from viewer.app.desktop.questions import Questions
from viewer.canvas.scene import MapScene
from viewer.commands.relink import LostFile, Places, lost_files, relink_layers
from viewer.rendering.drawing import LayerDrawing
from viewer.support.jobs import JobContext, Jobs
from viewer.support.language.translation import translate
from viewer.support.messages import MessageAction, Messages

if TYPE_CHECKING:
    from viewer.panels.layers.relink_dialog import RelinkDialog

MESSAGE = "files"


class Relinking(QObject):
    """Searches beside an opened case for missing files, in a job, and reports once. For the window's thread only."""

    def __init__(
        self,
        session: Session,
        scene: MapScene,
        permissions: Permissions,
        jobs: Jobs,
        messages: Messages,
        ask: Callable[[], Questions],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._scene, self._permissions = session, scene, permissions
        self._jobs, self._messages, self._ask, self._window = jobs, messages, ask, window
        self._search = FileSearch({})
        self._looks_soon = self._is_new = False
        """Flags: a search is about to begin; the case is newly opened and not searched yet."""
        self.dialog: RelinkDialog | None = None
        scene.updated.connect(self._look)
        scene.problem_changed.connect(self._look)

    def begin(self, *, looks: bool) -> None:
        """Take up another case. `looks`: search beside it for missing files, to report them to the analyst."""
        self._search, self._is_new = FileSearch({}), looks
        self._messages.clear(MESSAGE)
        if self.dialog is not None:
            self.dialog.reject()
        self._look()

    def lost(self) -> list[LostFile]:
        """Files that are missing, or whose stated place may not be read; topmost layer first."""
        files: list[LostFile] = []
        for layer in reversed(self._session.document.layers_in_order()):
            drawing = self._scene.drawings.get(layer.uuid)
            if drawing is not None and (drawing.is_paused or drawing.is_missing):
                files += [file for file in lost_files(layer) if self._is_lost(file, drawing)]
        return files

    def show(self, uuid: str = "") -> None:
        """Ask where the missing files are; those of the layer `uuid` first."""
        lost = self.lost()
        if not lost:
            self._messages.show(MESSAGE, self.tr("All files of layers are where the case says."), "info")
            return
        if self.dialog is not None:
            self.dialog.raise_()
            return
        from viewer.panels.layers.relink_dialog import RelinkDialog, Ways  # for start-up time

        lost.sort(key=lambda file: file.uuid != uuid)
        ways = Ways(self._search_in(lost), self._choose_folder, self._choose_file, self._describe)
        self.dialog = RelinkDialog(lost, self._search, self._home, ways, self._window)
        self.dialog.decided.connect(self._relink)
        self.dialog.finished.connect(self._ended)
        self.dialog.show()

    # -- looking beside the case ---------------------------------------------------------------------------------

    @property
    def _home(self) -> str:
        """Folder of the case, where searching is allowed; empty for none."""
        return self._session.home.folder

    def _look(self, *_: object) -> None:
        if self._is_new and not self._looks_soon:
            self._looks_soon = True
            self._jobs.mailbox.post(self._look_now)  # the other layers are still being made

    def _look_now(self) -> None:
        """Search beside a new case once each of its layers is open or has failed."""
        self._looks_soon = False
        if not (self._is_new and self._scene.is_open()):
            return
        self._is_new = False
        lost = self.lost()
        if lost and self._home:
            self._run_search(lost, self._home, "", self._found_beside)
        elif lost:
            self._offer(lost)

    def _found_beside(self, search: FileSearch) -> None:
        self._search = search
        self._offer(self.lost())

    def _offer(self, lost: Sequence[LostFile]) -> None:
        """Say how many files are missing, and offer to relink. Files waiting for permission count only where found."""
        found_files = [file for file in lost if file.text in self._search.found]
        paused = {uuid for uuid, drawing in self._scene.drawings.items() if drawing.is_paused}
        missing = [file for file in lost if file.text in self._search.found or file.uuid not in paused]
        if not missing:
            return
        if found_files:
            from viewer.panels.layers.relink_dialog import found_in  # for start-up time

            where = found_in([self._search.found[file.text] for file in found_files], self._home)
            single, many = (
                self.tr("A file that is not where the case says was found in {2}."),
                self.tr("Of {0} files that are not where the case says, {1} found in {2}."),
            )
            sentence = (single if len(missing) == 1 else many).format(
                len(missing), translate("Relinking", "{count} were", "{count} was", len(found_files)), where
            )
        else:
            single, many = (
                self.tr("1 file of a layer is not where the case says."),
                self.tr("{0} files of layers are not where the case says."),
            )
            sentence = single if len(missing) == 1 else many.format(len(missing))
        self._messages.show(MESSAGE, sentence, "warning", MessageAction(self.tr("Relink…"), self.show))

    def _is_lost(self, file: LostFile, drawing: LayerDrawing) -> bool:
        base = self._session.base_folder
        place = judged(file.text, "" if base is None else str(base))
        return place.path in drawing.missing if drawing.missing else not self._permissions.folders.permits(place)

    # -- the dialog's ways ---------------------------------------------------------------------------------------

    def _search_in(self, lost: Sequence[LostFile]) -> Callable[[str, str, Callable[[FileSearch], None]], None]:
        def search(folder: str, old_folder: str, done: Callable[[FileSearch], None]) -> None:
            self._run_search(lost, folder, old_folder, done)

        return search

    def _run_search(
        self, lost: Sequence[LostFile], folder: str, old_folder: str, done: Callable[[FileSearch], None]
    ) -> None:
        wanted = [WantedFile(file.text, file.mark) for file in lost]

        def work(context: JobContext) -> FileSearch:
            return find_files(wanted, folder, old_folder=old_folder, check=context.check)

        def failed(error: GeoloupeError) -> None:
            self._messages.show(MESSAGE, error.sentence, "error")
            done(FileSearch({}))

        self._jobs.run(work, done, failed)

    def _choose_folder(self) -> str | None:
        path = self._ask().folder_to_look_in(Path(self._home) if self._home else Path.home())
        return None if path is None else os.path.normpath(path)

    def _choose_file(self, name: str) -> str | None:
        path = self._ask().file_in_place_of(name, Path(self._home) if self._home else Path.home())
        return None if path is None else os.path.normpath(path)

    def _describe(self, file: LostFile, path: str, done: Callable[[FoundFile], None]) -> None:
        self._jobs.run(
            lambda _: described_file(path, file.mark), done, lambda _: done(FoundFile(path, Sameness.OTHER_CONTENT))
        )

    def _relink(self, layers: Mapping[str, Places]) -> None:
        """Point layers to other files, as one undoable step. Choosing a file is consent to read its folder."""
        paths = [place.path for places in layers.values() for place in places.values()]
        outside = [place for path in paths if not self._permissions.folders.permits(place := judged(path))]
        present = {uuid: places for uuid, places in layers.items() if uuid in self._session.document.layers}
        try:
            edit = relink_layers(self._session.document, present, actor=self._session.actor)
        except GeoloupeError as error:
            self._messages.show(MESSAGE, error.sentence, "warning")
            return
        self._permissions.allow_folders(place.folder for place in outside)
        if not edit.changes or self._session.push_or_say(edit):
            self._messages.clear(MESSAGE)

    def _ended(self) -> None:
        self.dialog = None
