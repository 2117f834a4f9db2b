"""The rows of the site form on the lifecycle, and on filing: kind of mark, marking, folder, parent site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, override

from PySide6.QtCore import QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from layers.document.document import Document
from layers.document.site import Site
from layers.document.vocabulary import LIFECYCLES, MARK_KINDS, MARKINGS
from viewer.commands.filing.site_links import chain_above, cite_new_lifecycle_source, set_lifecycle_source, set_parent
from viewer.commands.sources import fields_of_text, source_of_link
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.linked_field import LinkedField
from viewer.panels.widgets.picker import Picker
from viewer.panels.words import choices, example, site_name, source_name
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate


class OfferedField(ChoiceField):
    """A field for free text with suggestions, which are renewed each time it is entered or opened."""

    def __init__(self, offers: Callable[[], Iterable[str]], parent: QWidget | None = None) -> None:
        super().__init__(free=True, parent=parent)
        self._offers = offers

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        self._look_up()
        super().focusInEvent(event)

    @override
    def showPopup(self) -> None:
        self._look_up()
        super().showPopup()

    def _look_up(self) -> None:
        if not self._line().isModified():
            self.set_choices([(text, text) for text in self._offers()])


def lifecycle_field() -> ChoiceField:
    return ChoiceField(choices(("", *LIFECYCLES)))


def mark_kind_field() -> ChoiceField:
    return ChoiceField(choices(MARK_KINDS))


def marking_field(none: str) -> ChoiceField:
    """A field for a marking; `none` is the text for no marking."""
    return ChoiceField([(marking, marking or none) for marking in MARKINGS], free=True)


def folder_field(context: PanelContext) -> OfferedField:
    return OfferedField(lambda: folders_of(context.document))


def folders_of(document: Document) -> list[str]:
    """The folders that the marks of a case are in, by name."""
    return sorted({site.folder for site in document.sites.values() if site.folder}, key=str.casefold)


def is_to_come(date: str, today: str) -> bool:
    """True for a date, at its own precision, that lies after today (both ISO 8601)."""
    exact = min(len(date), len(today))
    return date[:4].isdecimal() and len(date) >= 4 and date[:exact] > today[:exact]


def column_to_come(site: Site) -> str:
    """The column for a future date: valid_to of a closed site, valid_from of a planned or agreed one, else empty."""
    return {"closed": "valid_to"}.get(site.lifecycle, "valid_from") if site.may_not_exist else ""


def no_date_to_come(date: str) -> str:
    """The sentence that refuses a future date as the date of a statement."""
    return translate("SiteFiling", "As of is the date for which the source says so: {0} is to come.").format(
        one_line(date, 40)
    )


def entered_to_come(date: str, column: str) -> str:
    """The notice that a future date was entered in a column of its own."""
    name = translate("SiteFiling", "Valid to") if column == "valid_to" else translate("SiteFiling", "Valid from")
    sentence = translate(
        "SiteFiling", "{0} is to come: entered as {1}. As of is the date for which the source says so."
    )
    return sentence.format(one_line(date, 40), name)


class LifecycleRows(QObject):
    """Adds the fields of lifecycle, with the date and the source of the statement on it, and a note on the dates."""

    def __init__(self, fields: FieldSet, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        tip = self.tr("Planned, agreed and closed sites are dashed and labelled wherever they are shown")
        fields.add("lifecycle", self.tr("Lifecycle"), lifecycle_field(), tip)
        fields.add(
            "lifecycle_as_of",
            self.tr("As of"),
            DateField(example("2024-04-12")),
            self.tr("The date for which the source says so, never one to come: that is Valid from"),
        )
        name = self.tr("Source of the lifecycle")
        prompt = self.tr("Link or title…")
        self.source = LinkedField(Picker(self._sources, prompt, name, self.tr("New source “{0}”").format))
        self.source.picked.connect(lambda uuid: self._set(uuid))
        self.source.picker.let_go.connect(context.tell_not_linked)
        self.source.created.connect(self._create)
        self.source.cut.connect(lambda: self._set(""))
        self.source.opened.connect(self._open)
        fields.add_widget(self.tr("Said by"), self.source)
        self.note = muted()

    def show_site(self, site: Site) -> None:
        """Show the source, and the basis of the dates."""
        document, self._uuid = self._context.document, site.uuid
        self.source.picker.show_for(site.uuid)
        source = document.sources.get(site.lifecycle_source_uuid)
        missing = self.tr("(source is missing)") if site.lifecycle_source_uuid else ""
        self.source.show_linked(source_name(source) if source else missing)
        note = "\n".join(self._bases(site))
        self.note.setText(plain(note))
        self.note.setVisible(bool(note))

    def _bases(self, site: Site) -> Iterable[str]:
        document = self._context.document
        source = document.sources.get(site.lifecycle_source_uuid)
        dated = (source.acquired_at or source.published_at) if source is not None else ""
        if source is not None and dated and source.date_basis:
            text = self.tr("The source's date, {0}, is from: {1}.")
            yield text.format(one_line(dated, 60), word(source.date_basis))
        seen = {image.uuid: image for image in self._images(document, site)}
        for image in [image for image in seen.values() if image.acquired_at][:3]:
            text = self.tr("The image's date, {0}, is from: {1}.")
            yield text.format(one_line(image.acquired_at, 60), word(image.date_basis) or self.tr("not stated"))

    def _images(self, document: Document, site: Site) -> Iterable[Any]:
        for uuid in (site.image_uuid, *(row.image_uuid for row in document.links.observations_of_site(site.uuid))):
            if uuid in document.images:
                yield document.images[uuid]

    def _sources(self) -> Iterable[tuple[str, str]]:
        for source in self._context.document.sources.values():
            yield source.uuid, source_name(source)

    def _set(self, source_uuid: str) -> None:
        self._context.do(set_lifecycle_source, (self._uuid,), source_uuid)

    def _create(self, text: str) -> None:
        known = source_of_link(self._context.document, text)
        if known:
            self._set(known)
        else:
            self._context.do(cite_new_lifecycle_source, (self._uuid,), **fields_of_text(text))

    def _open(self) -> None:
        site = self._context.document.sites.get(self._uuid)
        if site is not None and site.lifecycle_source_uuid in self._context.document.sources:
            self._context.show_row("sources", site.lifecycle_source_uuid, raise_form=True)


class FilingRows(QObject):
    """Adds the fields of the kind of mark, its marking, its folder, and its parent site."""

    def __init__(self, fields: FieldSet, context: PanelContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._uuid = context, ""
        tip = self.tr("Only sites are counted, listed and exported as sites")
        fields.add("mark_kind", self.tr("Kind"), mark_kind_field(), tip)
        fields.add(
            "marking", self.tr("Marking"), marking_field(self.tr("none")), self.tr("Handling marking of this mark")
        )
        fields.add(
            "folder", self.tr("Folder"), folder_field(context), self.tr("Marks of one folder are selected together")
        )
        name = self.tr("Site that this one is a part of")
        self.parent_site = LinkedField(Picker(self._parents, self.tr("Find a site…"), name))
        self.parent_site.picked.connect(self._set)
        self.parent_site.picker.let_go.connect(context.tell_not_linked)
        self.parent_site.cut.connect(lambda: self._set(""))
        self.parent_site.opened.connect(self._open)
        fields.add_widget(self.tr("Part of"), self.parent_site)

    def show_site(self, site: Site) -> None:
        """Show the parent site."""
        self._uuid = site.uuid
        self.parent_site.picker.show_for(site.uuid)
        above = self._context.document.sites.get(site.parent_uuid)
        missing = self.tr("(site is missing)") if site.parent_uuid else ""
        self.parent_site.show_linked(site_name(above, self._context.document) if above else missing)

    def _parents(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        for site in document.sites.values():
            if site.is_site and self._uuid not in chain_above(document, site.uuid):
                yield site.uuid, site_name(site, document)

    def _set(self, parent_uuid: str) -> None:
        self._context.do(set_parent, (self._uuid,), parent_uuid)

    def _open(self) -> None:
        site = self._context.document.sites.get(self._uuid)
        if site is not None and site.parent_uuid in self._context.document.sites:
            self._context.selection.set((site.parent_uuid,))
