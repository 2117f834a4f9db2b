"""Copies, cuts and pastes marks: within a case, between cases, and from and to other programs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.json_fields import MOST_CHARS
from layers.errors import GeoloupeError, InvalidValue
from layers.project.sharing.copied_marks import CopiedMarks, looks_like_marks, marks_in_text, marks_text
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate
from viewer.support.messages import Messages

OWN_TYPE = "application/x-geoloupe-marks+json"
GEOJSON_TYPE = "application/geo+json"
AT_ONCE_CHARS = 200_000
"""Longest text that is read at once; a job reads longer text."""


class MarkClipboard(QObject):
    """Copies, cuts and pastes marks.

    The clipboard gets the same text in three types: our own, GeoJSON, and plain text for all other programs.
    """

    def __init__(self, panels: PanelContext, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._messages = panels, messages

    def copy(self) -> bool:
        """Copy the selected marks; True where they are on the clipboard now."""
        document, selected = self._panels.document, self._panels.selection.uuids
        sites = [site for uuid, site in document.sites.items() if uuid in selected]
        if not sites:
            return False
        try:
            text = marks_text(document, sites)
        except InvalidValue as error:
            self._panels.report(error.sentence)
            return False
        if len(text) > MOST_CHARS:
            self._panels.report(self.tr("These marks have too many vertices to be copied: select fewer."))
            return False
        data = text.encode("utf-8")
        content = QMimeData()
        content.setText(text)
        for kind in (OWN_TYPE, GEOJSON_TYPE):
            content.setData(kind, data)
        QGuiApplication.clipboard().setMimeData(content)
        self._messages.show("copied", self.tr("Copied: {0}").format(_marks(len(sites))))
        return True

    def cut(self) -> None:
        """Copy the selected marks and delete them, as one step."""
        from viewer.commands.filing.pasted_marks import cut_marks  # for start-up time: nothing is pasted yet, as below

        if self.copy():
            uuids = self._panels.selection.uuids
            self._panels.do_for_many(self.tr("Cutting marks"), cut_marks, uuids)

    # -- as a paster -----------------------------------------------------------------------------------------------

    def can_paste(self, content: QMimeData) -> bool:
        """True for marks copied here, and for text that may be GeoJSON."""
        if content.hasFormat(OWN_TYPE) or content.hasFormat(GEOJSON_TYPE):
            return True
        return content.hasText() and looks_like_marks(content.text())

    def paste(self, content: QMimeData) -> None:
        """Add the marks to the case and select them."""
        text = _text_in(content)
        document, actor = self._panels.document, self._panels.case.actor
        build = partial(_built, text, document, actor)
        if len(text) < AT_ONCE_CHARS:
            try:
                self._push(document, build())
            except GeoloupeError as error:
                self._panels.report(error.sentence)
        else:
            self._panels.run(build, partial(self._push, document), self.tr("Pasting marks"))

    def _push(self, document: Document, built: tuple[CopiedMarks, Edit]) -> None:
        copied, edit = built
        if self._panels.document is not document:
            return  # another case stands here by now
        if not self._panels.do(lambda document, actor: edit):
            return
        self._panels.selection.set(change.uuid for change in edit.changes if change.table == "sites")
        self._messages.show("pasted", self._words(copied, edit))

    def _words(self, copied: CopiedMarks, edit: Edit) -> str:
        sentences = [self.tr("Pasted: {0}.").format(_marks(len(copied.sites)))]
        sources = sum(change.table == "sources" for change in edit.changes)
        if sources:
            text = self.tr("With {0} of their position or lifecycle.")
            sentences.append(text.format(translate("MarkClipboard", "{count} sources", "{count} source", sources)))
        templates = sum(change.table == "templates" for change in edit.changes)
        if templates:
            text = self.tr("With {0}.")
            sentences.append(
                text.format(translate("MarkClipboard", "{count} templates", "{count} template", templates))
            )
        if copied.claims:
            text = self.tr("Not copied: {0}.")
            sentences.append(
                text.format(
                    translate("MarkClipboard", "{count} links to claims", "{count} link to a claim", copied.claims)
                )
            )
        if copied.not_taken:
            text = self.tr("{0} could not be taken.")
            sentences.append(
                text.format(translate("MarkClipboard", "{count} features", "{count} feature", copied.not_taken))
            )
        return " ".join(sentences)


def _built(text: str, document: Document, actor: str) -> tuple[CopiedMarks, Edit]:
    from viewer.commands.filing.pasted_marks import paste_marks  # for start-up time

    copied = marks_in_text(text)
    return copied, paste_marks(document, copied, actor=actor)


def _text_in(content: QMimeData) -> str:
    for kind in (OWN_TYPE, GEOJSON_TYPE):
        if content.hasFormat(kind):
            return bytes(content.data(kind).data()).decode("utf-8", "replace")
    return content.text()


def _marks(count: int) -> str:
    return translate("MarkClipboard", "{count} marks", "{count} mark", count)
