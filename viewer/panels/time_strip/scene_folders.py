"""The analyst's folders of scenes: remembered, searched in the background, and watched."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.scenes.found_scene import FoundScene
from layers.scenes.indexing import FolderReport, Progress, index_folder
from layers.scenes.scene_store import SceneStore
from layers.text.counted import grouped
from viewer.panels.time_strip.folder_watch import FolderWatch
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import Messages
from viewer.support.settings import Settings, only_texts

KEY = "scene_folders"
TELL_EVERY_S = 1.0
"""Least seconds between two batches of new scenes for the strip."""
MOST_FOLDERS = 50


class SceneFolders(QObject):
    """A `SceneCatalogue` of folders. Choosing a folder is consent to read it; nothing leaves the computer.

    The scenes are kept outside of cases. Remembered folders are not read before `start`.
    """

    changed = Signal()
    """Emitted when other scenes are known."""
    folders_changed = Signal()
    """Emitted when a folder was added or removed, or its state changed."""

    def __init__(
        self,
        pool: ReaderPool,
        jobs: Jobs,
        messages: Messages,
        settings: Settings,
        store: Path | None,
        parent: QObject | None = None,
    ) -> None:
        """`store` is the file of the cache; None keeps nothing."""
        super().__init__(parent)
        self._pool, self._jobs, self._messages, self._settings, self._store = pool, jobs, messages, settings, store
        self._scenes: dict[str, dict[str, FoundScene]] = {}
        """Scenes by folder and path."""
        self._reports: dict[str, FolderReport] = {}
        self._known: tuple[FoundScene, ...] | None = ()
        self._job: Job | None = None
        self._at = ""
        self._to_look: list[str] = []
        self._is_started = False
        self._watch = FolderWatch(self)
        self._watch.changed.connect(self.look_again)

    # -- folders ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.tr("Folders of scenes")

    @property
    def folders(self) -> list[str]:
        """Folders in the order in which they were added."""
        return only_texts(self._settings.get(KEY))[:MOST_FOLDERS]

    @property
    def is_idle(self) -> bool:
        """True when no folder is being searched or waits for it."""
        return self._job is None and not self._to_look

    @property
    def is_first_look(self) -> bool:
        """True while a folder is searched for the first time: more scenes may come."""
        return not self.is_idle and any(folder not in self._reports for folder in self.folders)

    def add(self, folder: str) -> None:
        """Add a folder and search it."""
        folder = os.path.realpath(folder)  # as layers name their files
        if folder not in self.folders:
            self._settings.change(KEY, lambda known: [*only_texts(known), folder][-MOST_FOLDERS:])
            self.folders_changed.emit()
        self._is_started = True
        self._look_through([folder])

    def remove(self, folder: str) -> None:
        """Remove a folder with all that is known of it."""
        if self._at == folder and self._job is not None:
            self._job.cancel()
            self._job, self._at = None, ""
        self._to_look = [other for other in self._to_look if other != folder]
        self._settings.change(KEY, lambda known: [other for other in only_texts(known) if other != folder])
        self._reports.pop(folder, None)
        self._messages.clear(_message_key(folder))
        if self._scenes.pop(folder, None):
            self._tell()
        others, store = self.folders, self._store
        if not any(_is_below(folder, other) for other in others):
            self._jobs.run(lambda _: _forget(store, folder, others))
        self._watch.watch(self._watched())
        self.folders_changed.emit()
        self._go_on()

    def start(self) -> None:
        """Search the remembered folders, once."""
        if not self._is_started:
            self._is_started = True
            self._look_through(self.folders)

    def look_again(self) -> None:
        """Search again for new files; unchanged files are not read."""
        if self._is_started:
            self._look_through(self.folders)

    def state_of(self, folder: str) -> str:
        """State in a few words: the number of known scenes, or the progress of the search."""
        if folder == self._at and self._job is not None:
            return self._job.text or self.tr("being searched")
        report = self._reports.get(folder)
        if report is None:
            return self.tr("not searched yet")
        return translate("SceneFolders", "{count} scenes", "{count} scene", len(report.scenes))

    def said_of(self, folder: str) -> list[str]:
        """Sentences on what was left out of a folder."""
        report = self._reports.get(folder)
        return [] if report is None else report.said()

    def known_scenes(self) -> tuple[FoundScene, ...]:
        """All scenes of all folders, without repetition."""
        if self._known is None:
            by_path = {path: scene for scenes in self._scenes.values() for path, scene in scenes.items()}
            self._known = tuple(by_path.values())
        return self._known

    def close(self) -> None:
        """Stop searching."""
        self._to_look = []
        self._watch.watch([])
        if self._job is not None:
            self._job.cancel()

    # -- work ---------------------------------------------------------------------------------------------------

    def _look_through(self, folders: Iterable[str]) -> None:
        self._to_look += [folder for folder in folders if folder not in self._to_look]
        self._go_on()

    def _go_on(self) -> None:
        if self._job is not None or not self._to_look:
            return
        folder = self._at = self._to_look.pop(0)
        is_first = folder not in self._reports
        title = self.tr("Looking for scenes in {0}").format(_name_of(folder)) if is_first else ""
        work = partial(_look_into, folder, self._pool, self._store, partial(self._post, folder), self._words)
        job = self._jobs.run(work, partial(self._done, folder), partial(self._failed, folder), title, apart=True)
        self._job = job
        self.folders_changed.emit()

    def _words(self, progress: Progress) -> str:
        if not progress.of:
            return (
                translate("SceneFolders", "{count} folders listed", "{count} folder listed", progress.done)
                if progress.name
                else ""
            )
        return self.tr("{0} of {1}: {2}").format(
            grouped(progress.done), grouped(progress.of), one_line(progress.name, 60)
        )

    def _post(self, folder: str, scenes: list[FoundScene]) -> None:
        """Send scenes to the window's thread, from that of the job."""
        self._jobs.mailbox.post(self._take, folder, scenes)

    def _take(self, folder: str, scenes: list[FoundScene]) -> None:
        if folder != self._at:
            return
        known = self._scenes.setdefault(folder, {})
        fresh = [scene for scene in scenes if scene.ring and known.get(scene.path) != scene]
        known.update((scene.path, scene) for scene in fresh)
        if fresh:
            self._tell()
        self.folders_changed.emit()

    def _done(self, folder: str, report: FolderReport) -> None:
        was = self._reports.get(folder)
        self._job, self._at = None, ""
        self._reports[folder] = report
        scenes = {scene.path: scene for scene in report.scenes}
        if scenes != self._scenes.get(folder):
            self._scenes[folder] = scenes
            self._tell()
        remarks = report.said()
        if remarks and (was is None or was.said() != remarks):
            text = self.tr("Scenes in {0}: {1}").format(_name_of(folder), " ".join(map(in_language, remarks)))
            self._messages.show(_message_key(folder), text, "warning")
        elif not remarks:
            self._messages.clear(_message_key(folder))
        self._watch.watch(self._watched())
        self.folders_changed.emit()
        self._go_on()

    def _failed(self, folder: str, error: GeoloupeError) -> None:
        self._job, self._at = None, ""
        self._reports.setdefault(folder, FolderReport(folder)).refused[folder] = error.sentence
        self._messages.show(_message_key(folder), error.sentence, "warning")
        self.folders_changed.emit()
        self._go_on()

    def _watched(self) -> list[str]:
        return [inner for report in self._reports.values() for inner in report.folders]

    def _tell(self) -> None:
        self._known = None
        self.changed.emit()


def _look_into(
    folder: str,
    pool: ReaderPool,
    store: Path | None,
    post: Callable[[list[FoundScene]], None],
    words: Callable[[Progress], str],
    context: JobContext,
) -> FolderReport:
    """Search a folder; `post` gets new scenes meanwhile, `words` puts the progress into words. Runs in a job."""
    waiting: list[FoundScene] = []
    told_at = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told_at, waiting
        waiting += progress.found
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            context.progress(progress.fraction, words(progress))
            post(waiting)
            waiting = []

    with SceneStore(store) as cache:
        return index_folder(folder, pool, cache, tell, context.check)


def _forget(store: Path | None, folder: str, others: list[str]) -> None:
    """Remove a folder's scenes from the cache, except those that lie in another remembered folder. Runs in a job."""
    with SceneStore(store) as cache:
        paths = cache.known_beneath(folder)
        cache.forget(path for path in paths if not any(_is_below(path, other) for other in others))
        cache.commit()


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _name_of(folder: str) -> str:
    return one_line(os.path.basename(folder.rstrip(os.sep)) or folder, 60)


def _message_key(folder: str) -> str:
    return f"scenes {folder}"
