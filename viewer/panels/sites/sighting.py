"""The line in which the analyst says what is seen of a site on the image of its newest chip."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from layers.document.site import Site
from layers.product.judging.cautions import observation_caution
from viewer.commands.imagery.observations import observation_of
from viewer.commands.imagery.sightings import record_sighting, sighting_image
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import COLUMN
from viewer.panels.widgets.fields import LineField
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

SIGHTING = "sighting"
"""The name under which the line is found in the form of a site."""


class _SightingLine(LineField):
    """The line; Enter leads back to the map where the keyboard came from there."""

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.OtherFocusReason:
            self.leads_back = True


class Sighting(QWidget):
    """The line for one site: it records an observation by the analyst, with the chip."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        self.line = _SightingLine()
        self.line.setProperty(COLUMN, SIGHTING)
        self.line.setPlaceholderText(self.tr("in the image"))
        self.line.setAccessibleName(self.tr("What is seen of the site"))
        self.line.setToolTip(
            tooltip(
                self.tr("What the image shows, not what it means: kept as your observation on it, with the newest chip")
            )
        )
        self.line.committed.connect(self._record)
        label = plain_label(self.tr("Seen"))
        label.setBuddy(self.line)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.line, 1)
        self.chip_button = IconButton("chip", self.tr("Take a chip, then say what is seen (C)"))
        self.chip_button.clicked.connect(self._take_chip)
        row.addWidget(self.chip_button)
        self.caution = plain_label()
        self.caution.setObjectName("caution")
        self.caution.setWordWrap(True)
        self.caution.hide()
        self.line.textChanged.connect(self._look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.caution)

    def show_site(self, site: Site) -> None:
        """Show what the analyst has seen on the site's image; nothing can be said of a site without one."""
        document = self._context.document
        image_uuid = sighting_image(document, site.uuid)
        is_other, self._uuid = site.uuid != self._uuid, site.uuid
        seen = observation_of(document, site.uuid, image_uuid, self._context.case.actor) if image_uuid else None
        words = seen.words if seen is not None else ""
        if is_other:
            self.line.show_other(words)
        else:
            self.line.show_value(words)
        self.line.setEnabled(bool(image_uuid))
        self.chip_button.setEnabled(self._context.layers.images is not None)
        self.setVisible(site.is_site)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.line.flush()

    def _look(self, words: str) -> None:
        """Say at once where words go beyond what an image shows."""
        sentence = in_language(observation_caution(words))
        self.caution.setText(sentence)
        self.caution.setVisible(bool(sentence))

    def _take_chip(self) -> None:
        if self._context.layers.images is not None:
            self._context.layers.images.take_chip()
            if self.line.isEnabled():
                self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _record(self, words: str) -> None:
        if self._uuid in self._context.document.sites:
            self._context.do(record_sighting, self._uuid, words)


def is_unsaid(context: PanelContext, site_uuid: str) -> bool:
    """True for a site on an image of which the analyst has not said yet what is seen."""
    document = context.document
    site, image_uuid = document.sites.get(site_uuid), sighting_image(document, site_uuid)
    if site is None or not site.is_site or not image_uuid:
        return False
    seen = observation_of(document, site_uuid, image_uuid, context.case.actor)
    return seen is None or not seen.words
