"""Takes what is dropped or pasted on a claim: links and files become sources, rows of the case its evidence."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import override

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from layers.document.source import SourceFile
from layers.errors import FileMissing, NotAFile, TooLarge, UnsupportedFormat
from layers.text.counted import grouped
from layers.text.links import link_in
from viewer.commands.claims import cite_new_source, link_claim_source
from viewer.commands.filing.judging import link_report
from viewer.commands.stamps import new_uuid
from viewer.panels.claims.chip_linking import link_row
from viewer.panels.claims.claim_sources import cite
from viewer.panels.context import PanelContext
from viewer.panels.widgets.row_drag import rows_in
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".mhtml": "multipart/related",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
"""Content types of the files that can become sources, by their ending."""
_ROW = "row of the case:"
"""Beginning of a word for a row of the case, before its table and its uuid."""
MOST_BYTES = 64 << 20
"""Most bytes of a kept copy: a case travels with all of them."""


class EvidenceDrop(QObject):
    """Reports links and files that are dropped or pasted on a widget.

    `dropped` carries them as texts, and the place in the widget, (0, 0) for pasted ones.
    """

    dropped = Signal(list, object)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop) and isinstance(event, QDropEvent):
            words = words_of(event.mimeData())
            if words:
                event.acceptProposedAction()
                if kind == QEvent.Type.Drop:
                    self.dropped.emit(words, event.position().toPoint())
            return bool(words)
        if (
            kind == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            words = words_of(QGuiApplication.clipboard().mimeData())
            if words:
                self.dropped.emit(words, QPoint())
                event.accept()
            return bool(words)
        return False


def words_of(data: QMimeData | None) -> list[str]:
    """The links and paths in dragged or copied data, and rows of the case as `_ROW` words."""
    if data is None:
        return []
    if rows := rows_in(data):
        return [f"{_ROW}{table}:{uuid}" for table, uuid in rows]
    urls = [url.toLocalFile() or url.toString() for url in data.urls()]
    return [word for word in (urls or [link_in(data.text())]) if word]


def take_evidence(context: PanelContext, claim_uuid: str, words: list[str]) -> None:
    """Cite links and files, as `words_of` gives them, for a claim; a copy of a file is kept in the case.

    Rows of the case that became evidence are shown on its card, which asks for their relation.
    """
    linked: list[str] = []
    for word in words:
        if word.startswith(_ROW):
            table, uuid = word.removeprefix(_ROW).split(":", 1)
            linked += [uuid] if _link(context, claim_uuid, table, uuid) else []
        elif link_in(word):
            cite(context, claim_uuid, word)
        else:
            _keep(context, claim_uuid, Path(word))
    if linked:
        context.show_claim(claim_uuid, raise_form=True)
        context.relation_wanted.emit(claim_uuid, linked)


def _link(context: PanelContext, claim_uuid: str, table: str, uuid: str) -> bool:
    """Link a row that was dropped: a source is cited, a report judged. True for evidence with a relation."""
    if table == "sources":
        context.do(link_claim_source, claim_uuid, uuid)
    elif table == "claims":
        context.do(link_report, claim_uuid, uuid)
    elif link_row(context, claim_uuid, uuid):
        return True
    else:
        context.report(
            translate("EvidenceDrop", "That is no evidence: drop a chip, a measurement, a source or a link.")
        )
    return False


def _keep(context: PanelContext, claim_uuid: str, path: Path) -> None:
    document, keep = context.document, context.case.copy_keeper()

    def done(copy: SourceFile) -> None:
        if context.document is document:
            context.do(cite_new_source, claim_uuid, copy=copy, title=path.stem, kind="other")

    context.run(partial(_read, path, keep), done, translate("EvidenceDrop", "Keeping a copy"))


def _read(path: Path, keep: Callable[[str, bytes], None]) -> SourceFile:
    """Keep the bytes of a file, and return the row that names them. Raises GeoloupeError."""
    name = one_line(path.name, 120)
    content_type = CONTENT_TYPES.get(path.suffix.lower())
    if content_type is None:
        raise UnsupportedFormat("{name} becomes no source: drop a link, a PDF, an HTML file or a picture.", name=name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile("{name} is no file: drop a PDF, an HTML file or a picture.", name=name)
        if status.st_size > MOST_BYTES:
            limit = grouped(MOST_BYTES >> 20)
            raise TooLarge(
                "{name} is not kept: it has more than {limit} MB. Cite it by its link or title instead.",
                name=name,
                limit=limit,
            )
        data = path.read_bytes()
        uuid = new_uuid()
        keep(uuid, data)
    except OSError as error:
        raise FileMissing("{name} cannot be kept: {strerror}.", name=name, strerror=error.strerror or error) from error
    return SourceFile(
        uuid=uuid, source_uuid="", name=path.name, content_type=content_type, sha256=hashlib.sha256(data).hexdigest()
    )
