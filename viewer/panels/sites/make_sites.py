"""The dialog that makes sites of selected features: it asks which columns mean what, and for the source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.document.placing.nudge import read_nudge
from layers.geo.crs import WGS84
from layers.pool.feature_rows import read_rows_of
from layers.text.counted import grouped
from layers.vector.table import VectorInfo
from viewer.commands.tables.feature_sites import FeatureRow, LayerSource, sites_from_features
from viewer.commands.tables.field_columns import SITE_FIELDS, SOURCE_FIELDS, SiteMapping, guess_mapping
from viewer.panels.context import PanelContext
from viewer.panels.feature_access import FeatureAccess
from viewer.panels.widgets.form_page import FormPage
from viewer.panels.words import class_choices
from viewer.rendering.nudged import step_of
from viewer.support.begun_line import BegunLine
from viewer.support.jobs import JobContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 500
SCROLL_PX, AROUND_PX = 12, 150
"""Logical pixels for the scroll bar, and for everything but the form."""
MOST = 20_000
"""Most sites in one step: more are data rather than an analyst's marks."""
TOLD_ROWS = 250
"""Rows between two reports of progress."""


class MakeSitesDialog(QDialog):
    """The dialog beside the map; a job makes the sites, as one undo step."""

    def __init__(
        self, context: PanelContext, access: FeatureAccess, layer: Layer, info: VectorInfo | None, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._access, self._layer = context, access, layer
        self._fids = access.selection.of(layer.uuid).tolist()
        self.setWindowTitle(self.tr("Make Sites of Features"))
        self.setMinimumWidth(WIDTH_PX)
        names = [name for name, _ in info.fields] if info is not None else []
        self.columns = self._column_boxes(names)
        self.class_code = ComboBox()
        for code, title in class_choices():
            self.class_code.addItem(title, code)
        self.class_code.setCurrentIndex(self.class_code.findData("other"))
        self.class_code.setAccessibleName(self.tr("Class of the sites"))
        self.others = QCheckBox(self.tr("List the other attributes in the notes"))
        self.others.setChecked(True)
        self.title, self.credit, self.licence = BegunLine(layer.name), BegunLine(layer.credit), BegunLine()
        self.refusal = plain_label()
        self.refusal.setObjectName("refusal")
        self.refusal.setWordWrap(True)
        self._lay_out(info)
        self._check_count()

    def _column_boxes(self, names: Sequence[str]) -> dict[str, ComboBox]:
        guessed, boxes = guess_mapping(names), {}
        for field in (*SITE_FIELDS, *SOURCE_FIELDS):
            box = ComboBox()
            box.setAccessibleName(self.tr("Column for: {0}").format(self.word(field)))
            box.addItem("–", "")
            for name in names:
                box.addItem(one_line(name, 60), name)
            box.setCurrentIndex(max(box.findData(guessed.get(field, "")), 0))
            boxes[field] = box
        return boxes

    def _lay_out(self, info: VectorInfo | None) -> None:
        sites = translate("MakeSitesDialog", "{count} sites", "{count} site", len(self._fids))
        head = plain_label(self.tr("{0} of “{1}”").format(sites, one_line(self._layer.name, 60)))
        head.setObjectName("heading")
        form = QFormLayout()
        for field in SITE_FIELDS:
            form.addRow(self.word(field), self.columns[field])
        form.addRow(self.tr("Class where the column says none"), self.class_code)
        form.addRow("", self.others)
        form.addItem(QSpacerItem(0, 6))
        source_head = plain_label(self.tr("Source of each feature, entered in the register"))
        source_head.setObjectName("heading")
        form.addRow(source_head)
        for field in SOURCE_FIELDS:
            form.addRow(self.word(field), self.columns[field])
        rest_head = plain_label(self.tr("Source of those that name none"))
        rest_head.setObjectName("heading")
        form.addRow(rest_head)
        for text, line in (
            (self.tr("Title"), self.title),
            (self.tr("Credit"), self.credit),
            (self.tr("Licence"), self.licence),
        ):
            line.setAccessibleName(self.tr("Source: {0}").format(text))
            form.addRow(text, line)
        self.licence.setPlaceholderText(self.tr("such as CC BY 4.0"))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.make_button = QPushButton(self.tr("&Make Sites"))
        self.make_button.setDefault(True)
        box.addButton(self.make_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.accepted.connect(self.make)
        box.rejected.connect(self.close)
        page = FormPage("")
        page.content.setContentsMargins(0, 0, SCROLL_PX, 0)
        page.content.addLayout(form)
        page.show_form()
        layout = QVBoxLayout(self)
        layout.addWidget(head)
        layout.addWidget(page, 1)
        layout.addWidget(self.refusal)
        layout.addWidget(box)
        room = self.screen().availableGeometry().height() - AROUND_PX // 2
        self.resize(WIDTH_PX, min(form.sizeHint().height() + AROUND_PX, room))
        path = Path(info.path if info is not None else str(self._layer.source.get("path", "")))
        table = f", {info.name}" if info is not None and info.name != path.stem else ""
        self._descriptor = f"{path.name}{table}" if path.name else ""
        self._clockwise = info is not None and info.is_clockwise

    def _check_count(self) -> None:
        if len(self._fids) > MOST:
            text = self.tr("{0} features are too many for one step: select at most {1}.")
            self.refusal.setText(text.format(grouped(len(self._fids)), grouped(MOST)))
            self.make_button.setEnabled(False)

    def mapping(self) -> SiteMapping:
        chosen = {field: box.currentData() for field, box in self.columns.items() if box.currentData()}
        return SiteMapping(chosen, self.class_code.currentData(), self.others.isChecked())

    def make(self) -> None:
        """Read the features from the file, build the edit and push it, without blocking the window."""
        source = self._access.source_of(self._layer.uuid)
        if source is None:
            gone = self.tr("The layer “{0}” is no longer in the case.")
            self.refusal.setText(gone.format(one_line(self._layer.name, 60)))
            return
        document, pool, mapping, fids = self._context.document, self._access.pool, self.mapping(), self._fids
        layer_source = LayerSource(
            self.title.text().strip() or self._layer.name,
            self.credit.text().strip(),
            self.licence.text().strip(),
            self._descriptor,
        )
        file_layer = source.asked()
        layer_uuid, actor, clockwise = self._layer.uuid, self._context.case.actor, self._clockwise
        nudge = read_nudge(self._layer.nudge_json)
        step, moved = ((0.0, 0.0), "") if nudge is None else (step_of(nudge, WGS84), nudge.unsigned_words)

        def work(context: JobContext) -> tuple[Edit, list[str]]:
            rows: list[FeatureRow] = []
            for row in read_rows_of(pool, file_layer, fids):
                context.check()
                if len(rows) % TOLD_ROWS == 0:
                    context.progress(len(rows) / len(fids), grouped(len(rows)))
                rows.append(row)
            return sites_from_features(
                document,
                rows,
                mapping,
                layer_source,
                layer_uuid=layer_uuid,
                actor=actor,
                clockwise=clockwise,
                step=step,
                moved=moved,
            )

        context = self._context
        title = self.tr("Making sites")
        self._access.jobs.run(
            work, lambda made: _push(context, *made), lambda e: context.report(e.sentence), title, of_case=True
        )
        self.close()

    def word(self, field: str) -> str:
        return {
            "label": self.tr("Label"),
            "class_code": self.tr("Class"),
            "alias_zh": self.tr("Chinese name"),
            "alias_ru": self.tr("Russian name"),
            "alias_en": self.tr("English name"),
            "notes": self.tr("Notes"),
            "location_country": self.tr("Country"),
            "operator_country": self.tr("Operator’s country"),
            "position_error_m": self.tr("Position error, m"),
            "position_basis": self.tr("Position basis"),
            "source": self.tr("Source"),
            "source_url": self.tr("Link"),
        }[field]


def _push(context: PanelContext, edit: Edit, left_out: list[str]) -> None:
    if not context.do(lambda document, actor: edit):
        return
    context.selection.set(change.uuid for change in edit.changes if change.table == "sites")
    if left_out:
        more = translate("MakeSites", " ({0} in all.)").format(len(left_out)) if len(left_out) > 1 else ""
        context.report(in_language(left_out[0]) + more)


def open_make_sites(
    context: PanelContext, access: FeatureAccess, layer_uuid: str, window: QWidget
) -> MakeSitesDialog | None:
    layer = context.document.layers.get(layer_uuid)
    if layer is None or not len(access.selection.of(layer_uuid)):
        return None
    info = context.layers.info_of(layer_uuid)
    dialog = MakeSitesDialog(context, access, layer, info if isinstance(info, VectorInfo) else None, window)
    dialog.show()
    return dialog
