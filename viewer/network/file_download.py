"""Fetches a whole file of any size into a file on this computer, as its bytes come."""

from __future__ import annotations

import errno
import math
import shutil
from pathlib import Path
from typing import BinaryIO, override

from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkReply, QNetworkRequest

from layers.errors import DiskFull, GeoloupeError, SaveFailed, ServerFault
from layers.phrase import Phrase
from layers.text.counted import size_words
from viewer.network.answer import HttpAnswer
from viewer.network.document_fetch import DocumentDone, WaitingFetch
from viewer.network.fetch import Block, FetchContext, RequestBounds

MOST_BYTES = 1 << 40
MOST_WAITING = 8 << 20
"""Most bytes that wait to be written: the server has to wait for a slow disk."""
LEAST_FREE = 64 << 20
"""Bytes of a disk that stay free."""
_Attribute = QNetworkRequest.Attribute
_LENGTH = QNetworkRequest.KnownHeaders.ContentLengthHeader


class FileDownload(WaitingFetch):
    """Writes what comes beside the path under another name, on another thread, and renames it once all is there."""

    _packing = b"identity"  # the size that is announced is then that of the file

    def __init__(self, context: FetchContext, url: QUrl, path: Path, done: DocumentDone) -> None:
        super().__init__(context, url, RequestBounds(context.limits.document_idle_s, math.inf, MOST_BYTES), done)
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._file: BinaryIO | None = None
        self._is_file = self._is_writing = self._is_begun = False
        self._waiting: list[Block] = []
        self._answer: HttpAnswer | None = None
        """The answer whose last bytes are being written."""
        self.come, self.total = 0, -1
        """Bytes that have come, and all there are; -1 where that is not known."""

    # -- as a fetch -------------------------------------------------------------------------------------------------

    @override
    def _begin(self) -> None:
        if self._from_store:
            self._finish(None, ServerFault(self._context.stored_only_sentence(self.host)))
        else:
            self._send()

    @override
    def _prepare(self, request: QNetworkRequest) -> None:
        self._is_file = self._is_begun = False  # a file of an earlier try is begun anew
        self.come, self.total = 0, -1
        self._waiting.clear()

    @override
    def _read(self) -> None:
        if sum(map(len, self._waiting)) < MOST_WAITING:  # else once these are written
            super()._read()

    @override
    def _look_at_headers(self, reply: QNetworkReply) -> str:
        if reply.attribute(_Attribute.HttpStatusCodeAttribute) != 200 or self.total >= 0:
            return ""
        announced = reply.header(_LENGTH)
        self.total = -1 if announced is None else int(announced)
        free = shutil.disk_usage(self._path.parent).free
        if self.total <= free - LEAST_FREE:
            return ""
        what = "{name} has {size}, and the disk has room for {free}: choose another folder."
        return Phrase(what, name=self._path.name, size=size_words(self.total), free=size_words(free))

    @override
    def _keep(self, block: Block) -> None:
        reply = self._reply
        if reply is not None:
            self._is_file = reply.attribute(_Attribute.HttpStatusCodeAttribute) == 200
        if not self._is_file:
            super()._keep(block)
        elif block:
            self.come += len(block)
            self._waiting.append(block)
            self._write_on()

    @property
    @override
    def _length(self) -> int:
        return self.come if self._is_file else super()._length

    @override
    def _too_large(self) -> str:
        return Phrase("{host} sends more than a file can have: it was cut off.", host=self.host)

    @override
    def _too_slow(self) -> str:
        return Phrase("{host} took too long.", host=self.host)

    @override
    def _take(self, answer: HttpAnswer) -> None:
        self._context.succeeded(self.host)
        self._answer = answer
        self._write_on()

    # -- the file ---------------------------------------------------------------------------------------------------

    def _write_on(self) -> None:
        """Write what waits, on another thread, in the order in which it came; name the file once that is all."""
        if self._is_writing or self.is_over:
            return
        blocks, self._waiting = self._waiting, []
        is_last = self._answer is not None
        if blocks or is_last:
            is_new, self._is_begun, self._is_writing = not self._is_begun, True, True
            self._context.work(
                lambda: self._written(blocks, is_new=is_new, is_last=is_last),
                lambda fault: self._went_on(fault, is_all=is_last),
            )

    def _written(self, blocks: list[Block], *, is_new: bool, is_last: bool) -> SaveFailed | None:
        """Write these blocks; the fault where that fails. Not in the window's thread, and once at a time."""
        try:
            if is_new:
                self._close_file()
            file = self._file = self._file or self._part.open("wb")
            for block in blocks:
                file.write(block)
            if is_last:
                self._close_file()
                self._part.replace(self._path)
        except OSError as error:
            kind = DiskFull if error.errno == errno.ENOSPC else SaveFailed
            what = "{name} cannot be written ({why})."
            return kind(what, name=self._path.name, why=error.strerror or str(error))
        return None

    def _went_on(self, fault: SaveFailed | None, *, is_all: bool) -> None:
        self._is_writing = False
        if self.is_over:
            self._context.work(self._drop, lambda _: None)
        elif fault is not None:
            self._finish(None, fault)
        elif is_all:
            self._finish(self._answer, None)
        else:
            self._write_on()
            if self._reply is not None:
                self._read()

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _drop(self) -> None:
        """Remove what was written of a file that will not be whole."""
        self._close_file()
        self._part.unlink(missing_ok=True)

    @override
    def _finish(self, result: HttpAnswer | None, error: GeoloupeError | None, silent: bool = False) -> None:
        is_whole = result is not None and error is None
        if not (self.is_over or is_whole or self._is_writing):
            self._context.work(self._drop, lambda _: None)
        super()._finish(result, error, silent)
