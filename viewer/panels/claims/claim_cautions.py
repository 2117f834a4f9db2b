"""The cautions on the open claim, which follow its words while they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.product.judging.cautions import OWN_TEXTS, Caution, cautions_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import clear_layout, keep_still
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

MOST_SHOWN = 4
"""Most cautions at once: more would be passed over."""


class ClaimCautions(QWidget):
    """A line for each caution; hidden where there is none. Nothing is refused."""

    def __init__(self, context: PanelContext, fields: Mapping[str, Any], parent: QWidget | None = None) -> None:
        """`fields` are those of the claim's form, by column."""
        super().__init__(parent)
        self._context = context
        self._claim: Claim | None = None
        self.cautions: tuple[Caution, ...] = ()
        typed = {name: fields[name] for name in ("source_wording", *OWN_TEXTS) if name in fields}
        self._typed = {name: field for name, field in typed.items() if isinstance(field, QPlainTextEdit)}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        for field in self._typed.values():
            field.textChanged.connect(self._soon.start)
        self.hide()

    def show_claim(self, claim: Claim) -> None:
        self._claim = claim
        self._look()

    @property
    def sentences(self) -> list[str]:
        """The cautions as they are shown."""
        return [in_language(caution.sentence) for caution in self.cautions]

    def _look(self) -> None:
        claim = self._claim
        if claim is None or claim.uuid not in self._context.document.claims:
            return
        words = {name: field.toPlainText() for name, field in self._typed.items()}
        cautions = cautions_of(self._context.document, replace(claim, **words))[:MOST_SHOWN]
        if cautions == self.cautions:
            return
        self.cautions = cautions
        keep_still(self)
        layout = self.layout()
        assert layout is not None
        clear_layout(layout)
        for sentence in self.sentences:
            label = plain_label(sentence)
            label.setObjectName("caution")
            label.setWordWrap(True)
            layout.addWidget(label)
        self.setVisible(bool(cautions))
