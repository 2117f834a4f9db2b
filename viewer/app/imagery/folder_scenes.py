"""Scenes in the folders that the analyst has named, and small pictures of them; made at first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from layers.requests.addresses import is_address
from viewer.app.desktop.questions import Questions
from viewer.rendering.context import RenderContext
from viewer.support.messages import Messages
from viewer.support.settings import Settings, scenes_file

if TYPE_CHECKING:
    from viewer.panels.time_strip.archive_scenes import ArchiveScenes
    from viewer.panels.time_strip.cloud_reading import CloudReading
    from viewer.panels.time_strip.scene_folders import SceneFolders
    from viewer.panels.time_strip.scene_pictures import ScenePictures


class FolderScenes(QObject):
    """The folders of scenes of one window. `keeps`: their facts are kept in a file of the user's for the next start."""

    def __init__(
        self,
        context: RenderContext,
        messages: Messages,
        settings: Settings,
        ask: Callable[[], Questions],
        parent: QObject,
        *,
        keeps: bool,
    ) -> None:
        super().__init__(parent)
        self._context, self._messages, self._settings, self._ask = context, messages, settings, ask
        self._store = scenes_file() if keeps else None

    @cached_property
    def folders(self) -> SceneFolders:
        from viewer.panels.time_strip.scene_folders import SceneFolders  # for start-up time: the strip is hidden

        return SceneFolders(self._context.pool, self._context.jobs, self._messages, self._settings, self._store, self)

    @cached_property
    def pictures(self) -> ScenePictures:
        from viewer.panels.time_strip.scene_pictures import ScenePictures  # for start-up time: the strip is hidden

        archives, fetcher = self.archives, self._context.fetcher
        return ScenePictures(self._context.jobs, self._store, archives.picture_address, fetcher, self)

    @cached_property
    def archives(self) -> ArchiveScenes:
        from viewer.panels.time_strip.archive_scenes import ArchiveScenes  # for start-up time: the strip is hidden

        archives = ArchiveScenes(self._context.fetcher, self._context.jobs, self)
        archives.searches_changed.connect(lambda: self._remember(archives))
        return archives

    def _remember(self, archives: ArchiveScenes) -> None:
        """Keep which archive on a host has answered last, as a choice of the analyst's and in no case."""
        over = (search for search in archives.searches if not (search.is_under_way or search.failure))
        last = next((search for search in over if is_address(search.address)), None)
        if last is not None:
            self._settings.set("last_archive", {"address": last.address, "title": last.title})

    @property
    def last_archive(self) -> tuple[tuple[str, str], ...]:
        """Address and title of the archive that has answered last, in whatever case; none where none has."""
        kept = self._settings.get("last_archive")
        address, title = kept.get("address"), kept.get("title")
        is_one = isinstance(address, str) and isinstance(title, str) and is_address(address)
        return ((address, title),) if is_one else ()

    def permits(self, host: str) -> bool:
        """True for a host that may be contacted."""
        fetcher = self._context.fetcher
        return fetcher is not None and fetcher.consent.permits(host)

    @cached_property
    def clouds(self) -> CloudReading:
        from viewer.panels.time_strip.cloud_reading import CloudReading  # for start-up time: the strip is hidden

        context = self._context
        return CloudReading(self.archives, context.pool, context.fetcher, context.mailbox, self)

    def ask_folder(self) -> Path | None:
        """Ask the analyst for a folder of scenes."""
        return self._ask().folder_of_scenes()
