"""The form for reading the file of a layer: the encoding of a shapefile, the columns of a table."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from viewer.commands.layers import read_layer_as
from viewer.panels.context import PanelContext
from viewer.panels.layers.table_dialog import ENCODINGS
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label


class ReadingForm(QWidget):
    """The form; hidden for a file without options."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        self.encoding = ChoiceField()
        self.encoding.setAccessibleName(self.tr("Encoding"))
        self.encoding.committed.connect(self._encoding_chosen)
        self.form = QFormLayout()
        label = plain_label(self.tr("Encoding"))
        label.setBuddy(self.encoding)
        self.form.addRow(label, self.encoding)
        self.note = muted()
        self.button = QPushButton(self.tr("Choose columns and encoding…"))
        self.button.setAccessibleName(self.button.text())
        self.button.setToolTip(tooltip(self.tr("Say which columns hold the coordinates, and how the text is read")))
        self.button.clicked.connect(lambda: context.layer_verbs.ask_reading.emit(self._uuid))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self.form)
        layout.addWidget(self.note)
        layout.addWidget(self.button)

    def show_layer(self, layer: Layer, info: RasterInfo | VectorInfo | None) -> None:
        """Show how a layer is read."""
        self._uuid = layer.uuid
        reading = info.reading if isinstance(info, VectorInfo) else {}
        is_table = "columns" in reading
        self.setVisible(bool(reading))
        self.button.setVisible(is_table)
        self.form.setRowVisible(self.encoding, bool(reading) and not is_table)
        if reading and not is_table:
            automatic = self.tr("automatic ({0})").format(reading.get("encoding", ""))
            self.encoding.set_choices([("", automatic), *((name, name) for name in ENCODINGS)])
            self.encoding.show_value(str((layer.source.get("options") or {}).get("encoding", "")))
        self.note.setText(self._words(reading))
        self.note.setVisible(bool(self.note.text()))

    def _words(self, reading: dict[str, Any]) -> str:
        columns = dict(reading.get("columns") or {})
        sentences = []
        if columns:
            sentences.append(
                self.tr("Coordinates from {0}.").format(", ".join(f"“{name}”" for name in columns.values()))
            )
        if reading.get("encoding"):
            evidence = in_language(reading.get("encoding_evidence", ""))
            sentences.append(self.tr("Read as {0}: {1}.").format(reading["encoding"], evidence))
        return " ".join(sentences)

    def _encoding_chosen(self, value: Any) -> None:
        layer = self._context.document.layers.get(self._uuid)
        if layer is None:
            return
        options = {key: kept for key, kept in (layer.source.get("options") or {}).items() if key != "encoding"}
        self._context.do(read_layer_as, self._uuid, options | ({"encoding": value} if value else {}))
