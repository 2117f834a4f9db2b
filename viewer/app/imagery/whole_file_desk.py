"""Downloads the file of a layer whole, where its server sends no parts of it, and draws the layer from there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.requests.addresses import name_of
from layers.services.http_request import HttpRequest
from layers.text.counted import size_words
from viewer.commands.relink import draw_from_file
from viewer.network.answer import HttpAnswer
from viewer.network.consent import host_of
from viewer.network.fetcher import Fetcher
from viewer.network.file_download import FileDownload
from viewer.panels.context import PanelContext
from viewer.rendering.access import addresses_of
from viewer.support.jobs import Job
from viewer.support.language.text import one_line

TOLD_MS = 300
"""Milliseconds between two looks at how far a download is."""


class WholeFileDesk(QObject):
    """Downloads one file at a time, into a file that the analyst chooses, which is told its size."""

    def __init__(
        self, panels: PanelContext, window: Callable[[], QWidget], fetcher: Fetcher | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panels, self._window, self._fetcher = panels, window, fetcher
        self._download: FileDownload | None = None
        self._job: Job | None = None
        self._clock = QTimer(self, interval=TOLD_MS)
        self._clock.timeout.connect(self._tell)
        panels.document_replaced.connect(self.cancel)

    @property
    def is_idle(self) -> bool:
        return self._download is None

    def download(self, layer: Layer) -> None:
        """Ask for a path, and download the file of a layer there."""
        address, fetcher = next(iter(addresses_of(layer.source)), ""), self._fetcher
        if fetcher is None or not address:
            return
        if self._download is not None:
            self._panels.report(self.tr("A file is being downloaded: wait for it, or stop it at the bottom."))
            return
        path = self._ask_path(address, fetcher.ranges.whole_size(address) or -1)
        if path is not None:
            done = partial(self._downloaded, layer.uuid, path)
            download = fetcher.fetch_document(HttpRequest(address), done, into=path)
            self._download = download if isinstance(download, FileDownload) else None
        if self._download is not None and self._panels.case.jobs is not None:
            title = self.tr("Downloading {0}").format(one_line(name_of(address), 40))
            self._job = self._panels.case.jobs.follow(title, self.cancel)
            self._clock.start()

    def _ask_path(self, address: str, size: int) -> Path | None:
        name, host = one_line(name_of(address), 80), host_of(address)
        title = self.tr("Download {0} from {1}").format(name, host)
        if size > 0:
            title = self.tr("Download {0} ({1}) from {2}").format(name, size_words(size), host)
        downloads = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
        suggestion = (downloads if downloads.is_dir() else Path.home()) / name_of(address)
        text, _ = QFileDialog.getSaveFileName(self._window(), title, str(suggestion))
        return Path(text) if text else None

    def cancel(self) -> None:
        """Stop the download; what came of it is removed."""
        if self._download is not None:
            self._download.cancel()
        self._end()

    def _tell(self) -> None:
        download, jobs = self._download, self._panels.case.jobs
        if download is None or self._job is None or jobs is None:
            return
        part = download.come / download.total if download.total > 0 else 0.0
        of_all = self.tr("{0} of {1}").format(size_words(download.come), size_words(download.total))
        jobs.tell(self._job, part, of_all if download.total > 0 else size_words(download.come))

    def _end(self) -> None:
        self._clock.stop()
        job, self._job, self._download = self._job, None, None
        if job is not None and self._panels.case.jobs is not None:
            self._panels.case.jobs.end(job)

    def _downloaded(self, uuid: str, path: Path, answer: HttpAnswer | None, error: GeoloupeError | None) -> None:
        self._end()
        if answer is None or error is not None:
            self._panels.report(error.sentence if error is not None else self.tr("Nothing came."))
            return
        drawing = self._panels.layers.drawing_of(uuid)
        if uuid not in self._panels.document.layers or drawing is None:
            return
        drawing.context.folders.allow_file(str(path))  # chosen by hand, wherever it lies
        self._panels.do(draw_from_file, uuid, str(path))
