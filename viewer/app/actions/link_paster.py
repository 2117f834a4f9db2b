"""Cites a link on the clipboard for the claim that is open, wherever the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject

from layers.text.links import link_in
from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line
from viewer.support.messages import Messages


class LinkPaster(QObject):
    """Pastes links only: a picture or a file on the clipboard may be meant for the map."""

    def __init__(self, panels: PanelContext, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._messages = panels, messages

    def can_paste(self, content: QMimeData) -> bool:
        """True for a link while a claim is open; a picture that has one is a picture."""
        return bool(self._panels.claim_uuid and self._links(content)) and not content.hasImage()

    def paste(self, content: QMimeData) -> None:
        """Cite the link, and say for which claim: its form may be hidden behind another."""
        # For start-up time: nothing is pasted yet, as below.
        from viewer.panels.claims.evidence_drop import take_evidence

        uuid = self._panels.claim_uuid
        take_evidence(self._panels, uuid, self._links(content))
        claim = self._panels.document.claims[uuid]
        name = one_line(claim.statement or claim.source_wording, 60)
        sentence = self.tr("The link is a source of the claim “{0}” now.").format(name)
        self._messages.show("pasted", sentence if name else self.tr("The link is a source of the open claim now."))
        self._panels.panel_wanted.emit("claim_form")

    def _links(self, content: QMimeData) -> list[str]:
        from viewer.panels.claims.evidence_drop import words_of  # for start-up time

        return [word for word in words_of(content) if link_in(word)]
