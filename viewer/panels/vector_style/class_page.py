"""The page of a vector style's classes: their column, colours and numbers of features, edited in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFormLayout, QHeaderView, QPushButton, QTreeView, QVBoxLayout, QWidget

from layers.colour.palettes import CLASS_RAMPS, PALETTES, QUALITATIVE, palette_colors
from layers.vector.style.automatic import MOST_CATEGORIES, coloured, recoloured
from layers.vector.style.breaks import METHODS
from layers.vector.style.classes import StyleClass
from layers.vector.style.layer_style import VectorStyle
from layers.vector.table import VectorInfo
from viewer.panels.vector_style.class_rows import COUNT, LABEL, VALUE, ClassRows
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.words import choices
from viewer.rendering.vector.symbol_sample import HEIGHT_PX, WIDTH_PX
from viewer.support.language.stored_words import capital
from viewer.support.language.text import tooltip
from viewer.support.language.translation import translate
from viewer.support.painting import painting

_STRIP_PX = QSize(72, 14)
_ROWS_SHOWN = range(4, 11)


class ClassPage(QWidget):
    """The page. `commit` takes the changed style and returns the reason of a refusal.

    `classify` makes the classes anew and returns the reason of a refusal too; `chosen` is called when another class, or
    none, is current.
    """

    def __init__(
        self,
        commit: Callable[[VectorStyle], str],
        classify: Callable[[VectorStyle], str],
        chosen: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commit_style, self._classify, self._chosen = commit, classify, chosen
        self.style_shown = VectorStyle()
        self._form = QFormLayout()
        self.fields = FieldSet(self._form, self._committed, self)
        self._add_fields()
        self.rows = ClassRows(commit, self)
        self.rows.refused.connect(self.fields.refuse)
        self.table = self._make_table()
        self.classify_button = QPushButton(self.tr("Classify"))
        self.classify_button.setAccessibleName(self.classify_button.text())
        self.classify_button.setToolTip(tooltip(self.tr("Make the classes anew from the values of the column")))
        self.classify_button.clicked.connect(lambda: self.fields.refuse(self._classify(self.style_shown)))
        self.buttons = self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._form)
        layout.addLayout(side_by_side(self.classify_button))
        layout.addWidget(self.table)
        self.note = muted()
        self.note.hide()
        layout.addWidget(self.note)
        layout.addLayout(side_by_side(*self.buttons.values()))

    def _add_fields(self) -> None:
        add = self.fields.add
        add("column", self.tr("Column"), ChoiceField())
        add("method", self.tr("Limits"), ChoiceField(choices(METHODS)), self.tr("Where the limits of the classes lie"))
        add("class_count", self.tr("Classes"), ChoiceField([(n, str(n)) for n in range(2, 13)]))
        ways = [("color", self.tr("By colour")), ("size", self.tr("By size or width"))]
        add("vary", self.tr("Differ"), ChoiceField(ways), self.tr("How the classes are told apart"))
        add("palette", self.tr("Colours"), ChoiceField(), self.tr("People with any colour vision can tell them apart"))
        palettes = self.fields.fields["palette"]
        palettes.set_choices([(name, name.title() if name == "okabe-ito" else capital(name)) for name in PALETTES])
        palettes.setIconSize(_STRIP_PX)
        for row, name in enumerate(PALETTES):
            palettes.setItemIcon(row, _strip(name))

    def _make_table(self) -> QTreeView:
        table = QTreeView()
        table.setModel(self.rows)
        table.setAccessibleName(self.tr("Classes"))
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setIconSize(QSize(WIDTH_PX, HEIGHT_PX))
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(LABEL, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(COUNT, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(VALUE, 84)
        table.selectionModel().currentChanged.connect(self._current_changed)
        return table

    def _make_buttons(self) -> dict[str, IconButton]:
        made = {
            "add": IconButton("plus", self.tr("Add a class")),
            "remove": IconButton("minus", self.tr("Remove the chosen classes")),
            "up": IconButton("up", self.tr("Move the class up")),
            "down": IconButton("down", self.tr("Move the class down")),
        }
        made["add"].clicked.connect(self._add_class)
        made["remove"].clicked.connect(self._remove_classes)
        made["up"].clicked.connect(lambda: self._move(-1))
        made["down"].clicked.connect(lambda: self._move(1))
        return made

    # -- showing ------------------------------------------------------------------------------------------------

    def show_style(self, style: VectorStyle, info: VectorInfo) -> None:
        self.style_shown = style
        numbers = style.mode == "graduated"
        names = [name for name, kind in info.fields if not numbers or kind in ("integer", "real")]
        self.fields.fields["column"].set_choices([(name, name) for name in names])
        self.fields.show_row(style)
        visible = {
            "column": style.mode != "rules",
            "method": numbers,
            "class_count": numbers,
            "vary": numbers,
            "palette": not numbers or style.vary == "color",
        }
        for column, shown in visible.items():
            self._form.setRowVisible(self.fields.fields[column], shown)
        self.classify_button.setVisible(style.mode != "rules")
        self.rows.show_style(style, info)
        self._fit_table()

    def show_counts(self, counts: tuple[int, ...] | None) -> None:
        """Show the number of features of each class, and those left over by many classes; None while unknown."""
        self.rows.show_counts(counts)
        style = self.style_shown
        left = counts[-1] if counts and style.mode == "categorised" and len(style.classes) >= MOST_CATEGORIES else 0
        words = self.tr("{0} values have classes of their own: {1} share the symbol of all others.")
        others = translate("ClassPage", "{count} features", "{count} feature", left)
        self.note.setText(words.format(len(style.classes), others) if left else "")
        self.note.setVisible(bool(left))

    def _fit_table(self) -> None:
        """Set the height that the rows need, within limits."""
        rows = max(_ROWS_SHOWN[0], min(self.rows.rowCount(), _ROWS_SHOWN[-1]))
        row_px = max(self.table.fontMetrics().height(), HEIGHT_PX) + 3
        self.table.setFixedHeight(row_px * rows + self.table.header().sizeHint().height() + 8)

    def current_class(self) -> int:
        """Index of the current class; -1 for all others, or for none."""
        row = self.table.currentIndex().row()
        return row if 0 <= row < len(self.style_shown.classes) else -1

    def _current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._chosen()

    # -- gestures -----------------------------------------------------------------------------------------------

    def _committed(self, column: str, value: Any) -> str:
        style = replace(self.style_shown, **{column: value})
        if column == "palette":
            return self._commit_style(self._with_palette(style))
        return self._classify(style)

    def _with_palette(self, style: VectorStyle) -> VectorStyle:
        """The style in the colours of the palette; classes with the symbol of a route keep theirs."""
        classes = coloured(style.classes, style.palette, self.rows.geometry)
        return replace(style, classes=tuple(classes))

    def _add_class(self) -> None:
        style = self.style_shown
        color = palette_colors(style.palette, len(style.classes) + 1)[-1]
        look = recoloured(style.own_symbol, color, self.rows.geometry)
        rule = "false" if style.mode == "rules" else ""
        label = "" if style.mode == "rules" else self.tr("New class")
        self.fields.refuse(
            self._commit_style(replace(style, classes=(*style.classes, StyleClass(look, label=label, rule=rule))))
        )
        self.table.setCurrentIndex(self.rows.index(len(style.classes), LABEL))

    def _remove_classes(self) -> None:
        style = self.style_shown
        gone = {index.row() for index in self.table.selectionModel().selectedRows()}
        kept = tuple(style_class for row, style_class in enumerate(style.classes) if row not in gone)
        if len(kept) < len(style.classes):
            self.fields.refuse(self._commit_style(replace(style, classes=kept)))

    def _move(self, step: int) -> None:
        row, style = self.current_class(), self.style_shown
        if row < 0 or not 0 <= row + step < len(style.classes):
            return
        classes = list(style.classes)
        classes.insert(row + step, classes.pop(row))
        sentence = self._commit_style(replace(style, classes=tuple(classes)))
        self.fields.refuse(sentence)
        if not sentence:
            self.table.setCurrentIndex(self.rows.index(row + step, LABEL))

    def flush(self) -> None:
        self.fields.flush()


def suited_palette(mode: str, palette: str) -> str:
    """The palette if it suits a mode of styles, else the first that does."""
    wanted: Sequence[str] = list(CLASS_RAMPS) if mode == "graduated" else list(QUALITATIVE)
    return palette if palette in wanted else wanted[0]


def _strip(name: str) -> QIcon:
    """The colours of a palette side by side."""
    colors = palette_colors(name, 8 if name in CLASS_RAMPS else len(QUALITATIVE[name]))
    pixmap = QPixmap(_STRIP_PX * 2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        width = pixmap.width() / len(colors)
        for i, color in enumerate(colors):
            painter.fillRect(
                round(i * width), 0, round((i + 1) * width) - round(i * width), pixmap.height(), QColor(color)
            )
    pixmap.setDevicePixelRatio(2.0)
    return QIcon(pixmap)
