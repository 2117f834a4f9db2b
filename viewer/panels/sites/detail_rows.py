"""The rows of the site form for the fields of its class's template, which are kept in the mark itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QFormLayout, QWidget

from layers.document.mark_template import MarkTemplate, TemplateField, details_in, template_for, value_in
from layers.document.site import Site
from viewer.commands.filing.templates import set_detail
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import templates_of_case
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField, Field, LineField, NumberField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import clear_layout, muted
from viewer.panels.words import example
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate


class DetailPart(FoldSection):
    """The part; hidden for a class without a template. `fields` are those shown, by the keys of the template.

    Fields are made again only for another template.
    """

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(translate("DetailPart", "Details"), parent=parent)
        self._context, self._uuid = context, ""
        self._template: MarkTemplate | None = None
        self.fields = FieldSet(QFormLayout(), self._commit, self)
        self.kept = muted()
        self.hide()

    def show_site(self, site: Site) -> None:
        """Show the fields of the site's class with their values."""
        templates = templates_of_case(self._context.document)
        template = template_for(templates, site.class_code)
        is_other = site.uuid != self._uuid or template != self._template
        self._uuid = site.uuid
        if is_other:
            self.fields.forget()
        if template != self._template:
            self._template = template
            self._build()
        details = details_in(site.props_json)
        values = self._values(site, details)
        self.fields.show_other(values) if is_other else self.fields.show_row(values)
        kept = "; ".join(_kept(details, templates, template))
        self.kept.setText(
            plain(self.tr("Kept, though its class does not ask for it: {0}.").format(kept) if kept else "")
        )
        self.kept.setVisible(bool(kept))
        self.setVisible(bool(self.fields.fields or kept))

    def _values(self, site: Site, details: Mapping[str, Any]) -> SimpleNamespace:
        specs = self._template.fields if self._template is not None else ()
        return SimpleNamespace(**({"uuid": site.uuid} | {spec.key: value_in(details, spec) for spec in specs}))

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        self.fields.flush()

    def _build(self) -> None:
        self.content.removeWidget(self.kept)
        clear_layout(self.content)
        inside, form = QWidget(), QFormLayout()
        inside.setLayout(form)
        self.fields = FieldSet(form, self._commit, self)
        self._context.tell_dropped("sites", self.fields)
        self._context.keep_typing(self.fields, self._commit)
        for spec in self._template.fields if self._template is not None else ():
            unit = f", {one_line(spec.unit, 20)}" if spec.unit else ""
            self.fields.add(spec.key, one_line(word(spec.title), 40) + unit, _field(spec))
        self.content.addWidget(inside)
        self.content.addWidget(self.kept)
        before: QWidget = self.header
        for field in self.fields.fields.values():
            QWidget.setTabOrder(before, field)
            before = field

    def _commit(self, key: str, value: Any, series: str = "") -> str:
        spec = self._template.field_of(key) if self._template is not None else None
        if spec is None or self._uuid not in self._context.document.sites:
            return ""
        return self._context.attempt_typed(series, set_detail, self._uuid, spec, value)


def _kept(
    details: Mapping[str, Any], templates: Iterable[MarkTemplate], template: MarkTemplate | None
) -> Iterator[str]:
    """Values of a mark in fields that its present class does not have, once each; another class may show them again."""
    keys = {spec.key for spec in template.fields} if template is not None else set[str]()
    for other in templates if details else ():
        for spec in other.fields:
            value = value_in(details, spec) if spec.key not in keys else None
            if value not in (None, ""):
                keys.add(spec.key)
                shown = f"{value:g}" if isinstance(value, float) else one_line(word(value), 40)
                yield f"{one_line(word(spec.title), 40)} {shown} {one_line(spec.unit, 20)}".rstrip()


def _field(spec: TemplateField) -> Field:
    if spec.kind == "number":
        return NumberField(unit=spec.unit)
    if spec.kind == "choice":
        return ChoiceField([("", "–"), *((choice, word(choice)) for choice in spec.choices)])
    return DateField(example("2024-04-12")) if spec.kind == "date" else LineField()
