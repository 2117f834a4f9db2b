"""The fields of a judgement that ICD 203 asks for beside likelihood and confidence; each may stay empty."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.document.claim import Claim
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import TextField

STRUCTURED = ("alternatives", "assumptions", "indicators")


class StructuredFields(QWidget):
    """Alternatives, key assumptions, and what would change the judgement."""

    def __init__(self, fields: FieldSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout()
        fields.go_on_in(form)
        fields.add(
            "alternatives",
            self.tr("Alternatives, and why they are less likely"),
            TextField(lines=1),
            self.tr("Other explanations of the same evidence, and what speaks against each"),
        )
        fields.add(
            "assumptions",
            self.tr("Key assumptions, and what follows if wrong"),
            TextField(lines=1),
            self.tr("What is taken for granted, and what becomes of the judgement without it"),
        )
        fields.add(
            "indicators",
            self.tr("What would change this judgement"),
            TextField(lines=1),
            self.tr("What could be seen or learnt that would make it more or less likely"),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)


def is_structured(claim: Claim) -> bool:
    """True where any of these fields has words."""
    return any(getattr(claim, name).strip() for name in STRUCTURED)
