"""The boxes that say which column of a table fills which field of a site, its claim and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QT_TRANSLATE_NOOP, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from viewer.panels.homecoming.rows_look import offer_columns
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

BESIDE = 3
"""Fields that stand beside each other."""
BOX_CHARS = 13
FIELD_WORDS = {
    "lat": QT_TRANSLATE_NOOP("ColumnGrid", "Latitude"),
    "lon": QT_TRANSLATE_NOOP("ColumnGrid", "Longitude"),
    "place": QT_TRANSLATE_NOOP("ColumnGrid", "Coordinates"),
    "wkt": QT_TRANSLATE_NOOP("ColumnGrid", "Geometry"),
    "label": QT_TRANSLATE_NOOP("ColumnGrid", "Label"),
    "class_code": QT_TRANSLATE_NOOP("ColumnGrid", "Class"),
    "role": QT_TRANSLATE_NOOP("ColumnGrid", "Role"),
    "notes": QT_TRANSLATE_NOOP("ColumnGrid", "Notes"),
    "observed_at": QT_TRANSLATE_NOOP("ColumnGrid", "Seen on"),
    "alias_zh": QT_TRANSLATE_NOOP("ColumnGrid", "Chinese name"),
    "alias_ru": QT_TRANSLATE_NOOP("ColumnGrid", "Russian name"),
    "alias_en": QT_TRANSLATE_NOOP("ColumnGrid", "English name"),
    "location_country": QT_TRANSLATE_NOOP("ColumnGrid", "Country"),
    "operator_country": QT_TRANSLATE_NOOP("ColumnGrid", "Operator"),
    "position_error_m": QT_TRANSLATE_NOOP("ColumnGrid", "Error, m"),
    "position_basis": QT_TRANSLATE_NOOP("ColumnGrid", "Basis"),
    "statement": QT_TRANSLATE_NOOP("ColumnGrid", "Statement"),
    "source_wording": QT_TRANSLATE_NOOP("ColumnGrid", "Wording"),
    "made_by": QT_TRANSLATE_NOOP("ColumnGrid", "By whom"),
    "made_at": QT_TRANSLATE_NOOP("ColumnGrid", "Said on"),
    "source": QT_TRANSLATE_NOOP("ColumnGrid", "Title"),
    "source_url": QT_TRANSLATE_NOOP("ColumnGrid", "Link"),
    "source_publisher": QT_TRANSLATE_NOOP("ColumnGrid", "Publisher"),
    "source_author": QT_TRANSLATE_NOOP("ColumnGrid", "Author"),
    "source_date": QT_TRANSLATE_NOOP("ColumnGrid", "Published"),
}
"""The word for each field, in the order in which the boxes stand."""
PLACE = "place"
"""Name of the group of fields that only tables have: other files hold their places themselves."""
GROUPS: dict[str, tuple[str, ...]] = {
    PLACE: ("lat", "lon", "place", "wkt"),
    "site": (
        "label",
        "class_code",
        "role",
        "observed_at",
        "notes",
        "location_country",
        "alias_zh",
        "alias_ru",
        "alias_en",
        "operator_country",
        "position_error_m",
        "position_basis",
    ),
    "claim": ("statement", "source_wording", "made_by", "made_at"),
    "source": ("source", "source_url", "source_publisher", "source_author", "source_date"),
}
GROUP_WORDS = {
    PLACE: QT_TRANSLATE_NOOP("ColumnGrid", "Place: latitude and longitude, or one column in any notation"),
    "site": QT_TRANSLATE_NOOP("ColumnGrid", "Site"),
    "claim": QT_TRANSLATE_NOOP("ColumnGrid", "Claim about the site"),
    "source": QT_TRANSLATE_NOOP("ColumnGrid", "Source of the row: equal ones are entered once"),
}


class ColumnGrid(QWidget):
    """The boxes, in groups. `changed`: another column was chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, QComboBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self._of_places: list[QWidget] = []
        line = 0
        for group, fields in GROUPS.items():
            head = plain_label(translate("ColumnGrid", GROUP_WORDS[group]))
            head.setObjectName("heading")
            grid.addWidget(head, line, 0, 1, 2 * BESIDE)
            parts: list[QWidget] = [head]
            for number, field in enumerate(fields):
                row, side = line + 1 + number // BESIDE, 2 * (number % BESIDE)
                parts += self._add_box(field, grid, row, side)
            line += 1 + -(-len(fields) // BESIDE)
            if group == PLACE:
                self._of_places = parts
        for side in range(BESIDE):
            grid.setColumnStretch(2 * side + 1, 1)

    def _add_box(self, field: str, grid: QGridLayout, row: int, side: int) -> tuple[QWidget, QWidget]:
        word = translate("ColumnGrid", FIELD_WORDS[field])
        box = ComboBox()
        box.setAccessibleName(self.tr("Column for: {0}").format(word))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(BOX_CHARS)
        box.currentIndexChanged.connect(partial(self._choose, field))
        label = plain_label(word)
        label.setBuddy(box)
        grid.addWidget(label, row, side)
        grid.addWidget(box, row, side + 1)
        self.boxes[field] = box
        return label, box

    def _choose(self, field: str, *_: object) -> None:
        """Hold the place to one kind of column: a pair, coordinates in one, or a geometry."""
        if self.boxes[field].currentData() and field in GROUPS[PLACE]:
            pair = ("lat", "lon")
            others = [name for name in GROUPS[PLACE] if name != field and not (field in pair and name in pair)]
            for name in others:
                self.boxes[name].blockSignals(True)
                self.boxes[name].setCurrentIndex(0)
                self.boxes[name].blockSignals(False)
        self.changed.emit()

    def show_columns(
        self, names: Sequence[str], examples: Mapping[str, str], chosen: Mapping[str, str], *, has_places: bool
    ) -> None:
        """Offer these columns, with an example of each, and choose those that are guessed."""
        for field, box in self.boxes.items():
            offer_columns(box, names, examples, chosen.get(field, ""))
        for part in self._of_places:
            part.setVisible(has_places)

    def columns(self) -> dict[str, str]:
        """Column by field, of those that have one."""
        return {field: box.currentData() for field, box in self.boxes.items() if box.currentData()}
