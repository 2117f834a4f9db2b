"""Fields for the terms of a service that nobody has stated: in words, their address, whether files may show it, and who
gives the imagery out.
"""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from layers.document.layer import LONGEST_STATED, LONGEST_TERMS
from layers.services.address_keys import split_key
from layers.services.tile_service import TileService
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.words import export_choices
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox


class TermsFields(FoldSection):
    """The fields, in a section; `changed` is emitted as they are typed. What the service states is shown in grey."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Terms of use"), folded=True, parent=parent)
        self.licence, self.link, self.provider = QLineEdit(), QLineEdit(), QLineEdit()
        self.export = ComboBox()
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self.licence.setMaxLength(LONGEST_TERMS)
        self.link.setMaxLength(LONGEST_TERMS)
        self.provider.setMaxLength(LONGEST_STATED)
        for text, field in (
            (self.tr("Terms"), self.licence),
            (self.tr("Their address"), self.link),
            (self.tr("In files"), self.export),
            (self.tr("Provider"), self.provider),
        ):
            label = plain_label(text)
            label.setBuddy(field)
            field.setAccessibleName(text)
            form.addRow(label, field)
        self.content.addLayout(form)
        for value, text in export_choices():
            self.export.addItem(text, value)
        for line in (self.licence, self.link, self.provider):
            line.textChanged.connect(self.changed)
        self.export.currentIndexChanged.connect(self.changed)

    def show_service(self, service: TileService | None) -> None:
        """Show the fields for a service as it states its terms; none for what is not drawn."""
        self.setVisible(service is not None)
        if service is None:
            return
        for line, own, stated in (
            (self.licence, service.own_licence, service.licence),
            (self.link, service.own_link, service.link),
            (self.provider, service.provider, service.operator),
        ):
            line.setText(own)
            line.setPlaceholderText(
                self.tr("{0} (as the service states)").format(one_line(stated, 200))
                if stated
                else self.tr("not stated")
            )
        self.export.setCurrentIndex(max(self.export.findData(service.own_export), 0))

    def applied(self, service: TileService) -> TileService:
        """The service with the terms as they were typed."""
        return replace(
            service,
            own_licence=self.licence.text().strip(),
            own_link=_address(self.link.text().strip()),
            own_export=self.export.currentData() or "",
            provider=self.provider.text().strip(),
        )


def _address(text: str) -> str:
    """A typed address with its scheme, and without a key; empty for words."""
    address = text if "://" in text else f"https://{text}"
    return "" if " " in text or "." not in text else split_key(address).address
