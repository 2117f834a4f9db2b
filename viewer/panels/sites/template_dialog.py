"""The editor of mark templates: classes with their geometry, key, colour and the fields of their form."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.document.mark_template import (
    GEOMETRIES,
    HOT_KEYS,
    KINDS,
    LONGEST_NAME,
    MOST_FIELDS,
    MarkTemplate,
    TemplateField,
    code_of_name,
    key_of_title,
)
from layers.document.vocabulary import class_of
from viewer.commands.filing.templates import delete_templates, save_templates
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import templates_of_case
from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.words import choices, class_choices, class_title
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

_CODE = int(Qt.ItemDataRole.UserRole)
TITLE, KIND, UNIT, CHOICES = range(4)


class TemplateDialog(QDialog):
    """The dialog beside the map. Each change is an undo step of the case, which keeps its own templates."""

    export_wanted = Signal()
    import_wanted = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Templates"))
        self._context, self._code, self._is_filling = context, "", False
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Templates"))
        self.list.currentItemChanged.connect(lambda *_: self._chosen())
        self._make_form()
        self._make_table()
        self.add_button, self.delete_button = QPushButton(self.tr("&New")), QPushButton(self.tr("&Delete"))
        self.import_button, self.export_button = QPushButton(self.tr("&Import…")), QPushButton(self.tr("&Export…"))
        self.close_button = QPushButton(self.tr("&Close"))
        for button, slot in (
            (self.add_button, self._add),
            (self.delete_button, self._delete),
            (self.import_button, self.import_wanted),
            (self.export_button, self.export_wanted),
            (self.close_button, self.close),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        self._lay_out()
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.close)
        self.resize(760, 520)
        self._read()

    def _make_form(self) -> None:
        self.form = QFormLayout()
        self.fields = FieldSet(self.form, self._commit, self)
        self.fields.add("name", self.tr("Name"), LineField())
        self.fields.add(
            "kind_of",
            self.tr("Kind of"),
            ChoiceField(class_choices()),
            self.tr("The class whose symbol its marks have"),
        )
        self.fields.add("geometry", self.tr("Drawn as"), ChoiceField(choices(GEOMETRIES)))
        keys = [("", "–"), *((key, f"Alt+{key}") for key in HOT_KEYS)]
        self.fields.add("hot_key", self.tr("Key"), ChoiceField(keys), self.tr("Takes the tool that draws such a mark"))
        self.fields.add("color", self.tr("Outline"), ColorField(self.tr("by role")), self.tr("Of new marks"))

    def _make_table(self) -> None:
        self.table = QTableWidget(0, 4)
        self.table.setAccessibleName(self.tr("Fields of the form"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Field"), self.tr("Kind"), self.tr("Unit"), self.tr("Choices, by commas")]
        )
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for section, width in ((TITLE, 130), (KIND, 96), (UNIT, 52)):
            header.resizeSection(section, width)
        header.setStretchLastSection(True)
        self.table.itemChanged.connect(lambda _: self._fields_changed())
        self.add_field_button = QPushButton(self.tr("Add &Field"))
        self.delete_field_button = QPushButton(self.tr("&Remove Field"))
        self.add_field_button.setAutoDefault(False)
        self.delete_field_button.setAutoDefault(False)
        self.add_field_button.clicked.connect(self._add_field)
        self.delete_field_button.clicked.connect(self._remove_field)

    def _lay_out(self) -> None:
        self.origin = muted()
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(side_by_side(self.add_button, self.delete_button))
        right.addLayout(self.form)
        right.addWidget(plain_label(self.tr("Fields")))
        right.addWidget(self.table, 1)
        right.addLayout(side_by_side(self.add_field_button, self.delete_field_button))
        right.addWidget(self.origin)
        columns = QHBoxLayout()
        columns.addLayout(left, 2)
        columns.addLayout(right, 5)
        below = side_by_side(self.import_button, self.export_button)
        below.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.addLayout(columns, 1)
        layout.addLayout(below)

    # -- showing ------------------------------------------------------------------------------------------------

    @property
    def template(self) -> MarkTemplate | None:
        """The template that is shown; None without one."""
        return next(
            (template for template in templates_of_case(self._context.document) if template.code == self._code), None
        )

    def _heard(self, changes: Changes) -> None:
        if changes.touches("templates"):
            self._read()

    def _read(self) -> None:
        templates = templates_of_case(self._context.document)
        codes = [template.code for template in templates]
        row = codes.index(self._code) if self._code in codes else min(max(self.list.currentRow(), 0), len(codes) - 1)
        self._is_filling = True
        self.list.clear()
        for template in templates:
            key = f"  Alt+{template.hot_key}" if template.hot_key else ""
            item = QListWidgetItem(word(template.name) + key)
            item.setData(_CODE, template.code)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self._is_filling = False
        self._chosen()

    def _chosen(self) -> None:
        item = self.list.currentItem()
        if self._is_filling or item is None:
            return
        is_other = item.data(_CODE) != self._code
        self._code = item.data(_CODE)
        template = self.template
        if template is None:
            return
        values = {**{name: getattr(template, name) for name in ("name", "geometry", "hot_key", "color")}}
        values["kind_of"] = class_of(template.code)
        for column, field in self.fields.fields.items():
            field.show_value(values[column])
            if is_other:
                field.reset()
        if is_other:
            self.fields.refuse("")
        self.fields.fields["kind_of"].setEnabled("/" in template.code)
        self.delete_button.setEnabled(bool(template.uuid))
        own = self.tr("Kept in this case; its marks say {0}.").format(class_title(template.code))
        self.origin.setText(
            own if template.uuid else self.tr("Shipped with the program; a change is kept in this case.")
        )
        self._fill_table(template)

    def _fill_table(self, template: MarkTemplate) -> None:
        self._is_filling = True
        at = self.table.currentRow(), self.table.currentColumn()
        self.table.setRowCount(len(template.fields))
        for row, field in enumerate(template.fields):
            for column, text in ((TITLE, field.title), (UNIT, field.unit), (CHOICES, ", ".join(field.choices))):
                item = QTableWidgetItem(one_line(text, 2000))
                if column == TITLE:
                    item.setData(_CODE, field.key)
                self.table.setItem(row, column, item)
            kinds = ComboBox()
            for kind in KINDS:
                kinds.addItem(capital(kind), kind)
            kinds.setCurrentIndex(KINDS.index(field.kind))
            kinds.setAccessibleName(self.tr("Kind of {0}").format(one_line(word(field.title), 40)))
            kinds.activated.connect(lambda _: self._fields_changed())
            self.table.setCellWidget(row, KIND, kinds)
        self.table.setCurrentCell(*at)
        self.delete_field_button.setEnabled(bool(template.fields))
        self._is_filling = False

    # -- changing -----------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any) -> str:
        template = self.template
        if template is None:
            return ""
        if column == "kind_of":
            return self._rename(template, code_of_name(template.name, value))
        if column == "name" and not value.strip():
            return self.tr("A template needs a name.")
        if column == "hot_key" and value:
            holder = next((other for other in self._others(template) if other.hot_key == value), None)
            if holder is not None:
                return self.tr("Alt+{0} is the key of {1}: take it away there first.").format(value, holder.name)
        return self._save(replace(template, **{column: value[:LONGEST_NAME] if column == "name" else value}))

    def _others(self, template: MarkTemplate) -> list[MarkTemplate]:
        return [other for other in templates_of_case(self._context.document) if other.code != template.code]

    def _rename(self, template: MarkTemplate, code: str) -> str:
        if any(other.code == code for other in self._others(template)):
            return self.tr("There is a template of that name and kind already.")
        if code == template.code:
            return ""
        self._code = code
        return self._context.attempt(_moved, template.uuid, replace(template, code=code))

    def _save(self, template: MarkTemplate) -> str:
        return self._context.attempt(save_templates, [template])

    def _fields_changed(self) -> None:
        template = self.template
        if self._is_filling or template is None:
            return
        fields: list[TemplateField] = []
        for row in range(self.table.rowCount()):
            item, kinds = self.table.item(row, TITLE), self.table.cellWidget(row, KIND)
            title = " ".join(self._text(row, TITLE).split())[:LONGEST_NAME]
            if item is None or not isinstance(kinds, ComboBox) or not title:
                continue
            words = [" ".join(word.split()) for word in self._text(row, CHOICES).split(",")]
            unit = " ".join(self._text(row, UNIT).split())[:20]
            chosen = tuple(dict.fromkeys(word for word in words if word))
            fields.append(TemplateField(item.data(_CODE), title, kinds.currentData(), unit, chosen))
        self.fields.refuse(self._save(replace(template, fields=tuple(fields))))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text() if item is not None else ""

    def _add_field(self) -> None:
        template = self.template
        if template is None:
            return
        if len(template.fields) >= MOST_FIELDS:
            self.fields.refuse(self.tr("A template has at most {0} fields.").format(MOST_FIELDS))
            return
        title = self.tr("New field")
        key = key_of_title(title, [field.key for field in template.fields])
        self.fields.refuse(self._save(replace(template, fields=(*template.fields, TemplateField(key, title)))))
        self.table.setCurrentCell(self.table.rowCount() - 1, TITLE)
        item = self.table.currentItem()
        if item is not None:
            self.table.setFocus()
            self.table.editItem(item)

    def _remove_field(self) -> None:
        template, row = self.template, self.table.currentRow()
        if template is not None and 0 <= row < len(template.fields):
            left = tuple(field for at, field in enumerate(template.fields) if at != row)
            self.fields.refuse(self._save(replace(template, fields=left)))

    def _add(self) -> None:
        codes = {template.code for template in templates_of_case(self._context.document)}
        names = (self.tr("New template"), *(self.tr("New template {0}").format(number) for number in range(2, 300)))
        name = next(name for name in names if code_of_name(name, "other") not in codes)
        self._code = code_of_name(name, "other")
        self.fields.refuse(self._save(MarkTemplate(self._code, name)))
        line = self.fields.fields["name"]
        line.setFocus()
        line.selectAll()

    def _delete(self) -> None:
        template = self.template
        if template is not None and template.uuid:
            self.fields.refuse(self._context.attempt(delete_templates, [template.uuid]))


def _moved(document: Any, uuid: str, template: MarkTemplate, *, actor: str) -> Any:
    """The edit that gives a template another class."""
    gone = delete_templates(document, [uuid], actor=actor)
    saved = save_templates(document, [template], actor=actor)
    return replace(saved, changes=(*gone.changes, *saved.changes))
