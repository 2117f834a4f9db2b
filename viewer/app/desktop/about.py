"""The About window: the program, its makers and its licences."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

import sample_data
from viewer.support.icons import mark_pixmap
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label


class AboutDialog(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Geoloupe"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        mark = QLabel(self)
        mark.setPixmap(mark_pixmap(72, self.devicePixelRatioF()))
        mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        name = plain_label("Geoloupe", self)
        name.setObjectName("wordmark")
        facts = plain_label(about_text(), self)
        facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts.setWordWrap(True)
        facts.setMinimumWidth(420)
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(facts)
        row = QHBoxLayout()
        row.addWidget(mark)
        row.addSpacing(12)
        row.addLayout(words)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(buttons)


def about_text() -> str:
    """Version, licence, and credits of the shipped data."""
    versions = translate("About", "Version {0}, Qt {1}, Python {2}")
    credit_lines = sorted({credit.credit for credit in sample_data.credits().values()})
    return "\n".join(
        (
            versions.format(program_version(), qVersion(), platform.python_version()),
            translate("About", "Apache License 2.0. The font is Noto Sans (SIL Open Font License)."),
            "",
            *credit_lines,
        )
    )


def program_version() -> str:
    try:
        return version("geoloupe")
    except PackageNotFoundError:
        return "0 (not installed)"
