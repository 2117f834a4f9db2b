"""Takes what is dropped or pasted on a claim: links and files become sources, rows of the case its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import override

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from layers.document.source import Source, SourceFile
from layers.pool.pool import ReaderPool
from layers.project.saving.kept_bytes import KeptBytes, ShareDone
from layers.text.links import link_in
from viewer.commands.claims import link_claim_source
from viewer.commands.filing.custody import cite_kept_file
from viewer.commands.filing.judging import link_report
from viewer.panels.claims.chip_linking import link_row
from viewer.panels.claims.claim_sources import cite
from viewer.panels.context import PanelContext
from viewer.panels.kept_files import run_on_bytes, with_look
from viewer.panels.widgets.row_drag import rows_in
from viewer.panels.words import source_name
from viewer.support.language.translation import translate

_ROW = "row of the case:"
"""Beginning of a word for a row of the case, before its table and its uuid."""


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


def is_path(text: str) -> bool:
    """True for a text of `words_of` that is the path of a file: neither a link nor a row of the case."""
    return not text.startswith(_ROW) and not link_in(text)


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
    document = context.document

    def done(copy: SourceFile) -> None:
        if context.document is not document:
            return
        same = next((source for source in _keeping(context, copy.sha256)), None)
        if context.do(cite_kept_file, claim_uuid, copy, title=path.stem, kind="other") and same is not None:
            words = translate("EvidenceDrop", "The same bytes are kept already, with the source “{0}”: cite that one.")
            context.report(words.format(source_name(same)))

    keep = partial(_kept, path, context.case.pool)
    run_on_bytes(context, keep, done, translate("EvidenceDrop", "Keeping a copy"))


def _keeping(context: PanelContext, sha256: str) -> Iterator[Source]:
    """The sources that keep a copy of these bytes already."""
    for row in context.document.table("source_files").values():
        if isinstance(row, SourceFile) and row.sha256 == sha256 and row.source_uuid in context.document.sources:
            yield context.document.sources[row.source_uuid]


def _kept(path: Path, pool: ReaderPool | None, kept: KeptBytes, progress: ShareDone) -> SourceFile:
    return with_look(kept.keep_file(path, progress), path, pool)
