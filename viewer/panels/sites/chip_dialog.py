"""A chip in large: its picture, its fixed facts, and its caption, marking and NIIRS, which can be changed."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.chip import Chip
from layers.document.vocabulary import MARKINGS
from layers.project.storage.tables import DATA, THUMBNAIL
from viewer.commands.imagery.chips import update_chip
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.companion import make_companion
from viewer.panels.context import PanelContext
from viewer.panels.custody.custody_dialog import show_custody
from viewer.panels.machine_fields import MACHINE_COLUMN, MachineFields
from viewer.panels.one_dialog import show_once
from viewer.panels.said_names import said_name, stamp_words
from viewer.panels.sites.chip_place import place_in, ticked
from viewer.panels.sites.chip_strip import delete_chip
from viewer.panels.sites.chip_words import chip_credit_words, chip_date_words, kind_words, niirs_scales
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField, NumberField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import FormPage, muted
from viewer.panels.wording_margin import WordingMargin
from viewer.panels.words import choices
from viewer.support.language.text import one_line, tooltip

PICTURE_PX = (600, 320)
EDGES_PX = 56
"""Logical pixels around the content of the dialog, a scroll bar included."""


class ChipDialog(QDialog):
    """Shows one chip. Not modal: map and form can be used beside it. It closes when its chip is gone."""

    def __init__(self, context: PanelContext, uuid: str, parent: QWidget) -> None:
        super().__init__(parent)
        make_companion(self)
        self._context, self.uuid = context, uuid
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chip = context.document.chips[uuid]
        self.setWindowTitle(self.tr("Chip: {0}").format(kind_words(chip)))
        self.picture = QLabel(self.tr("Reading the picture…"))
        self.picture.setTextFormat(Qt.TextFormat.PlainText)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedSize(*PICTURE_PX)
        self.picture.setAccessibleName(self.tr("Picture of the chip"))
        self.note = muted()
        self.facts = FactRows()
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        self._add_fields(chip)
        self.delete_button, close = self._make_delete_button(chip), QPushButton(self.tr("Close"))
        self.comment_button, self.custody_button = QPushButton(self.tr("Comment…")), QPushButton(self.tr("Custody…"))
        self.custody_button.clicked.connect(self._show_custody)
        for button in (self.delete_button, self.comment_button, self.custody_button, close):
            button.setAutoDefault(False)  # Enter ends a field
            button.setAccessibleName(button.text())
        self.comment_button.clicked.connect(self._comment)
        self.delete_button.clicked.connect(self._delete)
        close.clicked.connect(self.close)
        page = FormPage("")  # scrolls where the screen is small: the buttons stay in reach
        for widget in (self.picture, self.note, self.facts):
            page.content.addWidget(widget)
        page.content.addLayout(form)
        self.machine = MachineFields(lambda text: self._commit(MACHINE_COLUMN, text))
        self.machine_part = FoldSection(self.tr("Machine work"), folded=not chip.machine_json)
        self.machine_part.content.addWidget(self.machine)
        page.content.addWidget(self.machine_part)
        self.wording = WordingMargin(context, {"caption": (self.fields.fields["caption"], "caption")})
        page.content.addWidget(self.wording)
        self.comments = CommentsOnRow(context)
        page.content.addWidget(self.comments)
        page.content.addStretch(1)
        page.show_form()
        layout = QVBoxLayout(self)
        layout.addWidget(page, 1)
        ends = QHBoxLayout()  # what destroys stands apart from what ends
        ends.addWidget(self.delete_button)
        ends.addStretch(1)
        ends.addWidget(self.comment_button)
        ends.addWidget(self.custody_button)
        ends.addWidget(close)
        layout.addLayout(ends)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        context.flush_requested.connect(self.fields.flush)
        context.flush_requested.connect(self.machine.fields.flush)
        self.note.setText(self._note(chip))
        self.note.setVisible(bool(self.note.text()))
        self._show(chip)
        self.resize(PICTURE_PX[0] + EDGES_PX, page.content.sizeHint().height() + 2 * EDGES_PX)
        if context.layers.images is not None:
            is_picture = chip.content_type in ("image/png", "image/jpeg")
            context.layers.images.read_chips((uuid,), DATA if is_picture else THUMBNAIL, self._take)

    def _make_delete_button(self, chip: Chip) -> QPushButton:
        if chip.pair_uuid not in self._context.document.chips:
            return QPushButton(self.tr("Delete the chip"))
        button = QPushButton(self.tr("Delete both pictures"))
        tip = self.tr("The view and the exact pixels of one capture are one chip: they are deleted together")
        button.setToolTip(tooltip(tip))
        return button

    def _add_fields(self, chip: Chip) -> None:
        add = self.fields.add
        add(
            "caption",
            self.tr("Caption"),
            LineField(),
            self.tr("The words under the picture in a product, for the pixels and the view alike"),
        )
        markings = [(marking, marking or self.tr("none")) for marking in MARKINGS]
        add("marking", self.tr("Marking"), ChoiceField(markings, free=True), self.tr("Handling marking of this chip"))
        image = self._context.document.images.get(chip.image_uuid)
        scales = ("", *niirs_scales("" if image is None else image.sensor))
        add(
            "niirs_scale",
            self.tr("NIIRS scale"),
            ChoiceField(choices(scales)),
            self.tr("The scale that fits the sensor"),
        )
        add(
            "niirs_rating",
            self.tr("NIIRS"),
            NumberField(),
            self.tr("0 to 9.9, of the image; its pixel size alone gives none"),
        )

    def _show(self, chip: Chip) -> None:
        document = self._context.document
        facts = [
            (self.tr("Image"), one_line(chip.layer_title, 200)),
            (self.tr("Acquired"), chip_date_words(document, chip)),
            (self.tr("Pixels"), f"{chip.width} × {chip.height}"),
            (self.tr("Credit"), chip_credit_words(document, chip)),
            (self.tr("Taken"), stamp_words(chip.created_at, chip.created_by, document)),
            (self.tr("SHA-256"), one_line(chip.sha256, 64)),
            (self.tr("NIIRS by"), said_name(chip.niirs_by, document)),
        ]
        self.facts.show_facts([(name, text) for name, text in facts if text])
        self.fields.show_row(chip)
        self.machine.show_text(chip.uuid, chip.machine_json)
        self.comments.show_row("chips", chip.uuid)

    def _note(self, chip: Chip) -> str:
        if chip.kind == "pixels" and chip.content_type == "image/tiff":
            return self.tr(
                "The pixels are kept as the file has them; here they are seen in the stretch of that moment."
            )
        return ""

    def _take(self, pictures: dict[str, QImage]) -> None:
        if not shiboken6.isValid(self):
            return  # closed meanwhile
        picture = pictures.get(self.uuid)
        if picture is None:
            self.picture.setText(self.tr("There is no picture to be shown."))
            return
        width, height = PICTURE_PX
        is_large = picture.width() > width or picture.height() > height
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        seen = picture.scaled(width, height, keep, smooth) if is_large else picture
        place = self._place()
        self.picture.setPixmap(QPixmap.fromImage(seen if place is None else ticked(seen, place)))

    def _place(self) -> tuple[float, float] | None:
        """The place of the site in the picture; None for the chip of a view."""
        document = self._context.document
        chip = document.chips.get(self.uuid)
        site = document.sites.get(chip.site_uuid) if chip is not None else None
        return place_in(chip, site.place.x, site.place.y) if chip is not None and site is not None else None

    def _heard(self, changes: Changes) -> None:
        chip = self._context.document.chips.get(self.uuid)
        if chip is None:
            self.close()
        elif changes.everything or self.uuid in changes.uuids("chips"):
            self._show(chip)

    def _commit(self, column: str, value: Any) -> str:
        if self.uuid not in self._context.document.chips:
            return ""
        fields = {column: value}
        if column == "niirs_rating":
            fields["niirs_by"] = self._context.case.actor if value is not None else ""
        return self._context.attempt(update_chip, self.uuid, **fields)

    def _show_custody(self) -> None:
        """Show it above the window that this dialog belongs to, which a closure must not keep beyond its end."""
        show_custody(self._context, "chips", self.uuid, self.parentWidget() or self)

    def _comment(self) -> None:
        self._context.comments_wanted.emit("chips", self.uuid)

    def _delete(self) -> None:
        delete_chip(self._context, self.uuid)


def open_chip(context: PanelContext, uuid: str, window: QWidget) -> None:
    """Show a chip in large, or bring its open dialog to the front."""
    show_once(window, ChipDialog, lambda: ChipDialog(context, uuid, window), lambda dialog: dialog.uuid == uuid)
