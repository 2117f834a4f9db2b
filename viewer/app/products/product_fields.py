"""The form of a product: fields for its layout, page, texts and parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from layers.document.changes import Changes
from layers.document.vocabulary import MARKINGS
from layers.product.content import ProductContent
from layers.product.maps.kept_layers import other_layers, shown_layers
from layers.product.spec import (
    GRATICULES,
    LAYOUTS,
    LEAST_DPI,
    LONGEST_TEXT,
    MATCHED,
    MOST_DPI,
    PAGES,
    PARTS,
    ProductSpec,
    page_named,
)
from viewer.app.products.correction_field import CorrectionField
from viewer.app.products.layers_offer import LayersOffer
from viewer.app.products.map_fields import MapFields, is_shown_for
from viewer.app.products.projection_box import ProjectionBox
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fold_section import FoldSection, unfold_to
from viewer.panels.widgets.form_page import FormPage
from viewer.panels.widgets.refusal import Refusal
from viewer.panels.wording_margin import TextWidget, WordingMargin
from viewer.support.begun_line import BegunLine
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import ComboBox, SpinBox

LONG = ("caption", "alt_text", "processing_note")
"""Fields for longer text."""
LONG_ROWS = 3
_HEAD = {"title": "title", "subtitle": "title", "bottom_line": "statement"}
_MORE = {"caption": "caption", "alt_text": "caption", "processing_note": "note"}
"""Kinds of text by column, of the head of the page and of its longer texts: their wording is judged as it is typed."""
WORDS_SERIES = "words of "


class ProductFields(FormPage):
    """The form of a product: shows it, and emits the changed product at each entry.

    Typed text has an undo of its own.
    """

    changed = Signal(object, str)
    """The changed product and the name of its field: successive edits of the same field are one step."""

    def __init__(
        self, context: PanelContext, styles: Iterable[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        """`styles` are house styles with their titles."""
        super().__init__("", parent)
        self._context, self._spec, self._tells_absence = context, ProductSpec(), False
        self.wordings: list[WordingMargin] = []
        """Advice on the wording of the head, the titles of maps, the correction and the longer texts."""
        self.lines: dict[str, QLineEdit] = {}
        self.texts: dict[str, QPlainTextEdit] = {}
        self.checks: dict[str, QCheckBox] = {}
        self.parts: dict[str, QCheckBox] = {}
        self.maps = MapFields(lambda: sorted(context.selection.uuids), partial(_layer_name, context))
        self.refusal, self.correction, self.comments = Refusal(), CorrectionField(), CommentsOnRow(context)
        self.layers_offer = LayersOffer()
        self.layout_box, self.page_box, self.graticule_box = ComboBox(), ComboBox(), ComboBox()
        self.style_box, self.marking_box, self.dpi_box = ComboBox(), ComboBox(), SpinBox()
        self.projection_box = ProjectionBox()
        self._choices: dict[str, ComboBox] = {
            "layout": self.layout_box,
            "crs": self.projection_box,
            "graticule": self.graticule_box,
            "style": self.style_box,
        }
        """Boxes whose rows hold values of the product, by its column."""
        self._fill_boxes(styles)
        self._build()
        self._connect()
        self.show_form()
        self.setMinimumWidth(300)

    def _fill_boxes(self, styles: Iterable[tuple[str, str]]) -> None:
        for name, title in LAYOUTS.items():
            self.layout_box.addItem(word(title), name)
        self.page_box.setEditable(True)
        self.page_box.setInsertPolicy(ComboBox.InsertPolicy.NoInsert)
        self.page_box.addItems([word(name) for name in PAGES])
        self.page_box.setToolTip(tooltip(self.tr("A page of the list, or pixels: 1600x1000")))
        for name in GRATICULES:
            self.graticule_box.addItem(name or self.tr("None"), name)
        for name, title in styles:
            self.style_box.addItem(word(title), name)
        self.marking_box.setEditable(True)
        self.marking_box.addItems(list(MARKINGS))
        self.dpi_box.setRange(LEAST_DPI, MOST_DPI)
        self.dpi_box.setSuffix(self.tr(" dpi"))

    def _build(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._row(form, self.tr("&Title"), self._line("title", self.tr("Place, country, subject")))
        self._row(form, self.tr("&Subtitle"), self._line("subtitle"))
        self._row(form, self.tr("&Bottom line"), self._line("bottom_line", self.tr("The finding in one sentence")))
        self._row(form, self.tr("&Dateline"), self._line("dateline", self.tr("Place and day of writing")))
        form.addRow(self._wording({column: (self.lines[column], kind) for column, kind in _HEAD.items()}))
        self._row(form, self.tr("&Layout"), self.layout_box)
        self._row(form, self.tr("&Page"), self.page_box)
        self._row(form, self.tr("&Marking"), self.marking_box)
        self._row(form, self.tr("&Author"), self._line("author"))
        self._row(form, self.tr("&Organisation"), self._line("organisation"))
        self._row(form, self.tr("&Number"), self._line("number"))
        if self.style_box.count() > 1:
            self._row(form, self.tr("&House style"), self.style_box)
        self._row(form, self.tr("Pro&jection"), self.projection_box)
        self._row(form, self.tr("&Graticule"), self.graticule_box)
        for name, text, tip in (
            ("dark", self.tr("Dar&k"), self.tr("Light letters on a dark page")),
            ("grey", self.tr("&Grey"), self.tr("As a printer without colours has it")),
            (
                "outlines",
                self.tr("Letters as shapes in SVG and PDF"),
                self.tr("For programs and printers without the fonts; words can then not be edited"),
            ),
            (
                "solar_time",
                self.tr("Local solar t&ime"),
                self.tr("Beside the UTC of an image: the hour of the day there, after the sun"),
            ),
            (
                "match",
                self.tr("Match the st&retch"),
                self.tr("The images of a comparison look alike; the page says what was done"),
            ),
            (
                "publish",
                self.tr("For p&ublication"),
                self.tr("Without case id, internal sources, names of people and paths"),
            ),
        ):
            box = QCheckBox(text)
            box.setToolTip(tooltip(tip))
            box.setAccessibleName(text.replace("&", ""))
            self.checks[name] = box
            form.addRow(box)
        self.content.addWidget(self.layers_offer)
        self.content.addWidget(self.comments)
        self.content.addWidget(self.correction)
        self.content.addWidget(self._wording({"correction": (self.correction.text, "note")}))
        self.content.addLayout(form)
        self.maps_section = FoldSection(self.tr("Maps"), folded=True)
        self.maps_section.content.addWidget(self.maps)
        self.maps_section.content.addWidget(self._wording({"map title": (self.maps.title_line, "title")}))
        self.content.addWidget(self.maps_section)
        self.content.addWidget(self._parts_section())
        self.content.addWidget(self._more_section())
        self.content.addStretch(1)

    def _parts_section(self) -> QWidget:
        section, grid = FoldSection(self.tr("Parts of the page"), folded=True), QGridLayout()
        for at, part in enumerate(PARTS):
            box = QCheckBox(capital(part))
            box.setAccessibleName(self.tr("Show the part: {0}").format(word(part)))
            self.parts[part] = box
            grid.addWidget(box, at // 2, at % 2)
        section.content.addLayout(grid)
        return section

    def _more_section(self) -> QWidget:
        section, form = FoldSection(self.tr("More words"), folded=True), QFormLayout()
        self._row(form, self.tr("Annotation by"), self._line("annotation_credit", self.tr("Author, organisation")))
        for name, title in zip(
            LONG, (self.tr("Caption"), self.tr("Text for the blind"), self.tr("Processing note")), strict=True
        ):
            field = QPlainTextEdit()
            field.setTabChangesFocus(True)
            field.setFixedHeight(LONG_ROWS * field.fontMetrics().lineSpacing() + 12)
            self.texts[name] = field
            self._row(form, title, field)
        form.addRow(self._wording({column: (self.texts[column], kind) for column, kind in _MORE.items()}))
        self._row(form, self.tr("Resolution"), self.dpi_box)
        section.content.addLayout(form)
        return section

    def _wording(self, texts: Mapping[str, tuple[TextWidget, str]]) -> WordingMargin:
        """A margin with advice on the wording of these fields."""
        margin = WordingMargin(self._context, texts, lambda _column: ("absence-of",) if self._tells_absence else ())
        self.wordings.append(margin)
        return margin

    def _line(self, name: str, hint: str = "") -> QLineEdit:
        line = BegunLine()
        line.setMaxLength(LONGEST_TEXT)
        line.setPlaceholderText(hint)
        self.lines[name] = line
        return line

    def _row(self, form: QFormLayout, title: str, field: QWidget) -> None:
        form.addRow(title, field)
        field.setAccessibleName(title.replace("&", ""))

    def _connect(self) -> None:
        for name, line in self.lines.items():
            line.textEdited.connect(partial(self._take, WORDS_SERIES + name, name))
        for name, text in self.texts.items():
            text.textChanged.connect(partial(self._take_text, name))
        for name, box in self.checks.items():
            box.toggled.connect(partial(self._take, name, name))
        for part, box in self.parts.items():
            box.toggled.connect(partial(self._take_part, part))
        for name, choice in self._choices.items():
            choice.currentIndexChanged.connect(partial(self._take_choice, name))
        self.page_box.currentTextChanged.connect(self._choose_page)
        page_line = self.page_box.lineEdit()
        assert page_line is not None
        page_line.editingFinished.connect(self.take_page)
        self.marking_box.currentTextChanged.connect(partial(self._take, "marking", "marking"))
        self.dpi_box.valueChanged.connect(partial(self._take, "dpi", "dpi"))
        self.maps.changed.connect(self._tell)
        self.layers_offer.accepted.connect(self._take_layers)
        self._context.changed.connect(self._follow_edit)

    # -- shown and taken ------------------------------------------------------------------------------------------

    @property
    def spec(self) -> ProductSpec:
        """The product as entered in the form."""
        return self._spec

    def show_spec(self, spec: ProductSpec) -> None:
        """Show a product. Fields that already show the same are left alone, so that typing can go on in them."""
        named = self._page_typed()
        is_other_page = named != spec.page and (bool(named) or spec.page != self._spec.page)
        self._spec = spec
        fields = self.findChildren(QWidget)
        blocked = [QSignalBlocker(field) for field in fields]
        for name, line in self.lines.items():
            if line.text().strip() != getattr(spec, name):
                line.setText(getattr(spec, name))
                line.setCursorPosition(0)
        for name, text in self.texts.items():
            if text.toPlainText().strip() != getattr(spec, name):
                text.setPlainText(getattr(spec, name))
        for name, box in self.checks.items():
            box.setChecked(getattr(spec, name))
        for part, box in self.parts.items():
            box.setChecked(spec.shows(part))
        self.projection_box.offer(spec.crs)
        for name, choice in self._choices.items():
            choice.setCurrentIndex(max(choice.findData(getattr(spec, name)), 0))
        self.dpi_box.setValue(spec.dpi)
        if self.marking_box.currentText().strip() != spec.marking:
            self.marking_box.setCurrentText(spec.marking)
        if is_other_page:
            self.page_box.setCurrentText(word(spec.page))
            self._refuse_page("")
        del blocked
        self._judge_wording()  # blocked fields do not tell that they show another text
        self._follow_layout(spec)

    def show_content(self, content: ProductContent, uuid: str = "") -> None:
        """Take the evidence on the page into account: absence in words may rest on a search or an observation.

        `uuid`: the product's row, whose comments are shown with those on the version before.
        """
        row = self._context.document.products.get(uuid)
        before = row.previous_uuid if row is not None else ""
        self.comments.show_row("products", uuid, *filter(None, (before,)))
        if content.tells_absence != self._tells_absence:
            self._tells_absence = content.tells_absence
            self._judge_wording()

    def _judge_wording(self) -> None:
        for margin in self.wordings:
            margin.judge_soon()

    def show_number(self, usual_number: str, *, is_fixed: bool) -> None:
        """Show the number that the product has without an entry; `is_fixed`: a later version cannot change it."""
        line = self.lines["number"]
        line.setPlaceholderText(usual_number)
        line.setReadOnly(is_fixed)
        line.setToolTip(tooltip(self.tr("All versions of a product have one number")) if is_fixed else "")

    def _follow_layout(self, spec: ProductSpec) -> None:
        self.checks["match"].setEnabled(spec.layout in MATCHED)
        self.maps.show_spec(spec)
        self.maps_section.offer(is_open=is_shown_for(spec.layout))
        self._offer_layers()

    def _follow_edit(self, changes: Changes) -> None:
        if changes.everything or changes.touches("layers"):
            self._offer_layers()

    def _offer_layers(self) -> None:
        self.layers_offer.show_layers(other_layers(self._spec, self._context.document))

    def begin(self) -> None:
        """Move the keyboard to the title and select it, so that typing replaces it."""
        self.lines["title"].setFocus(Qt.FocusReason.OtherFocusReason)
        self.lines["title"].selectAll()

    def field_of(self, name: str) -> QWidget | None:
        """The field of a column of the product, or of a part; None where there is none."""
        typed = {
            "page": self.page_box,
            "marking": self.marking_box,
            "dpi": self.dpi_box,
            "maps": self.maps.list,
            "correction": self.correction.text,
        }
        rooms = (self.lines, self.texts, self.checks, self.parts, self._choices, typed)
        return next((room[name] for room in rooms if name in room), None)

    def show_field(self, name: str) -> bool:
        """Bring a field into view, with the keyboard in it; False where there is none."""
        field = self.field_of(name)
        if field is None:
            return False
        unfold_to(field)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _take(self, series: str, name: str, value: Any) -> None:
        value = value.strip() if isinstance(value, str) else value
        self._tell(replace(self._spec, **{name: value}), series)

    def _take_choice(self, name: str, _row: int) -> None:
        self._take(name, name, self._choices[name].currentData())

    def _take_text(self, name: str) -> None:
        self._take(WORDS_SERIES + name, name, self.texts[name].toPlainText()[:LONGEST_TEXT])

    def _take_layers(self) -> None:
        self._tell(replace(self._spec, layers=shown_layers(self._context.document)), "")

    def _take_part(self, part: str, shown: bool) -> None:
        left_out = self._spec.left_out - {part} if shown else self._spec.left_out | {part}
        self._tell(replace(self._spec, left_out=frozenset(left_out)), f"part {part}")

    def _choose_page(self, _text: str) -> None:
        line = self.page_box.lineEdit()
        if line is not None and not line.isModified():  # typing is taken when it is whole: 1600x1 is on the way only
            self.take_page()

    def take_page(self) -> str:
        """Take the typed page; returns the sentence shown at the field where it is not a page, else empty."""
        page = self._page_typed()
        if page and word(page) != self.page_box.currentText():
            blocked = QSignalBlocker(self.page_box)
            self.page_box.setCurrentText(word(page))
            del blocked
        self._refuse_page("" if page else self.tr("No page: choose one of the list, or type pixels as 1600x1000."))
        if page:
            self._tell(replace(self._spec, page=page), "page")
        return "" if page else self.refusal.text()

    def _page_typed(self) -> str:
        """Page named in the field, in the analyst's language or by its own name; empty for none."""
        typed = self.page_box.currentText()
        return page_named(next((name for name in PAGES if word(name) == typed), typed))

    def _refuse_page(self, sentence: str) -> None:
        self.refusal.say(sentence, self.page_box)

    def _tell(self, spec: ProductSpec, series: str) -> None:
        if spec != self._spec:
            self._spec = spec
            self._follow_layout(spec)
            self.changed.emit(spec, series)


def _layer_name(context: PanelContext, uuid: str) -> str:
    """The name of a layer of the case; empty where it is gone."""
    layer = context.document.layers.get(uuid)
    return "" if layer is None else layer.name
