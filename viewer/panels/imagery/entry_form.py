"""The form of a chosen entry of imagery: a picture of the view, what is known of it, and what may be chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from layers.document.layer import FORBIDDEN
from layers.grid.tile_grid import View
from layers.phrase import Phrase
from layers.services.imagery_entry import ImageryEntry
from layers.services.listed.offered_entries import in_style
from layers.services.shipped_terms import shipped_like
from layers.services.stac.item import StacItem
from layers.services.stac.scenes import found_scene_of
from layers.services.tile_service import TileService
from layers.services.times.offered_times import OfferedTimes
from layers.services.times.time_steps import written_time
from layers.services.view_tiles import draws_any_scale, finest_detail_m, view_when_added
from layers.text.counted import metres
from layers.time.typed_dates import typed_date
from viewer.commands.fields import check_date
from viewer.commands.imagery.layer_dates import LayerDate, kind_of_date
from viewer.panels.imagery.dimension_choice import DimensionChoice
from viewer.panels.imagery.entry_rows import KIND_NAMES, EntryRow
from viewer.panels.imagery.offer_source import ImageryNetwork
from viewer.panels.imagery.terms_fields import TermsFields
from viewer.panels.imagery.time_choice import TimeChoice
from viewer.panels.imagery.view_thumbnail import ViewThumbnail
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.fields import DateField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import FormPage, muted, wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import in_language, translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, SpinBox

LONGEST_NAME = 120
LONGEST_TERMS = 600
LONGEST_WORD = 200
MOST_STYLES = 200


class EntryForm(FormPage):
    """The form; `changed` is emitted whenever `service` may be another one, `preview_wanted` when the hosts of the
    entry shall be allowed for its picture, `signed_in` when the server is worth asking again.
    """

    changed = Signal()
    signed_in = Signal()
    preview_wanted = Signal()

    def __init__(self, network: ImageryNetwork, view: Callable[[], View], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._network, self._view = network, view
        self._row: EntryRow | None = None
        self._base: TileService | None = None
        self._is_filling = False
        self._remarks: Sequence[str] = ()
        self.title, self.note = plain_label(), muted()
        self.title.setObjectName("bigFact")
        self.title.setWordWrap(True)
        self.thumbnail = ViewThumbnail(network)
        self.preview = QPushButton(self.tr("Allow and Show This View"))
        self.preview.setAccessibleName(self.preview.text())
        self.preview.clicked.connect(self.preview_wanted)
        self.time, self.style_box, self.grid_box = TimeChoice(), ComboBox(), ComboBox()
        self.dimensions = DimensionChoice()
        self.day_taken = DateField(self.tr("not known"))
        examples = self.tr("When it was taken, if you know it: 2026-03-01, March 2026. The layer then says so.")
        self.day_taken.setToolTip(tooltip(examples))
        self.name, self.attribution, self.levels = QLineEdit(), QLineEdit(), SpinBox()
        self.agreed = QCheckBox(self.tr("My use is non-commercial, and products will say so"))
        self.agreed.setAccessibleName(self.agreed.text())
        self.agreed.setMinimumWidth(0)
        self.fault, self.contact, self.facts, self.problems = wrapped(""), muted(), FactRows(), muted()
        self.fault.setAccessibleName(self.tr("Problem"))
        self.sign_in = LinkButton(self.tr("Sign in…"), self.tr("Sign in to the server"))
        self.sign_in.clicked.connect(self._sign_in)
        self.terms = TermsFields()
        self.more = FoldSection(self.tr("More"), folded=True)
        self._lay_out()
        for line in (self.name, self.attribution):
            line.textChanged.connect(self._tell)
        for box in (self.style_box, self.grid_box):
            box.currentIndexChanged.connect(self._tell)
        self.time.changed.connect(self._tell)
        self.dimensions.changed.connect(self._tell)
        self.terms.changed.connect(self._tell)
        self.levels.valueChanged.connect(self._tell)
        self.agreed.toggled.connect(self._tell)
        self.show_hint()

    def _lay_out(self) -> None:
        self.fields, self.more_fields = QFormLayout(), QFormLayout()
        rows = (
            (self.fields, self.tr("Date, UTC"), self.time),
            (self.fields, self.tr("Date taken, UTC"), self.day_taken),
            (self.fields, self.tr("Style"), self.style_box),
            (self.fields, self.tr("Name"), self.name),
            (self.fields, self.tr("Attribution"), self.attribution),
            (self.more_fields, self.tr("Grid of tiles"), self.grid_box),
            (self.more_fields, self.tr("Last level"), self.levels),
        )
        for form, text, widget in rows:
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
            label = plain_label(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text)
            form.addRow(label, widget)
        for box in (self.style_box, self.grid_box):
            box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.more.content.addLayout(self.more_fields)
        above: tuple[QWidget, ...] = (self.title, self.note, self.thumbnail, self.preview)
        below: tuple[QWidget, ...] = (self.dimensions, self.agreed, self.fault, self.sign_in, self.contact)
        below += (self.facts, self.terms, self.more, self.problems)
        for part in above:
            self.content.addWidget(part)
        self.content.addLayout(self.fields)
        for part in below:
            self.content.addWidget(part)
        self.content.addStretch(1)

    # -- what is shown ------------------------------------------------------------------------------------------------

    def show_words(self, words: str) -> None:
        """Show a sentence, and no entry."""
        self._row = self._base = None
        self.thumbnail.show_words("")
        self.hint.setText(plain(words))
        self.show_hint()

    def show_row(
        self, row: EntryRow, contact: str, fault: str = "", time: str = "", remarks: Sequence[str] = ()
    ) -> None:
        """Show an entry.

        row: the row of the list
        contact: whom the next step contacts
        fault: why the last step failed; empty where it did not
        time: the time that is chosen at first; empty for the service's own
        remarks: sentences on the server as a whole
        """
        self._is_filling, self._remarks = True, remarks
        self._row, self._base = row, row.entry.service
        entry = row.entry
        self.title.setText(one_line(entry.title))
        self.note.setText(_words(entry.note))
        self.note.setVisible(bool(entry.note))
        self.contact.setText(plain(contact))
        self.fault.setText(plain(fault))
        self.fault.setVisible(bool(fault))
        self.sign_in.setVisible(bool(fault) and any(map(self._network.wants_login, entry.hosts)))
        self._fill_fields(row, time)
        self._is_filling = False
        self.show_form(from_top=True)
        self._tell()

    def _sign_in(self) -> None:
        if self._row is not None:
            self._network.sign_in(self.window(), self._row.entry.hosts, self.signed_in.emit)

    def _fill_fields(self, row: EntryRow, time: str) -> None:
        service, layer = row.entry.service, row.layer
        self._choose_from(self.grid_box, [name for name, _ in layer.choices] if layer else [], self.tr("As offered"))
        styles = layer.styles[:MOST_STYLES] if layer is not None and service is not None else ()
        usable = [style for style in styles if layer and service and in_style(layer, service, style.name) is not None]
        self.style_box.clear()
        for style in usable:
            self.style_box.addItem(one_line(style.title or style.name, 60), style.name)
        is_drawn = service is not None
        self.fields.setRowVisible(self.style_box, len(usable) > 1)
        self.dimensions.offer(layer if service is not None else None)
        self.fields.setRowVisible(self.time, is_drawn and service is not None and service.is_dated)
        is_statable = service is not None and not (service.is_dated or self._is_known_to_us())
        self.fields.setRowVisible(self.day_taken, is_statable)
        self.fields.setRowVisible(self.name, is_drawn)
        self.fields.setRowVisible(self.attribution, is_drawn and not row.entry.attribution)
        self.more.setVisible(service is not None and (self.grid_box.count() > 1 or service.grid is None))
        self.more.set_folded(True)
        for line in (self.day_taken, self.name, self.attribution):
            line.clear()
        self.terms.show_service(None if self._is_known_to_us() else service)
        self.agreed.setChecked(False)
        self.agreed.setVisible(service is not None and service.non_commercial)
        if service is not None:
            self.time.offer(self._times(), time)
            self.levels.setRange(service.min_level, len(service.matrices.matrices) - 1)
            self.levels.setValue(service.max_level)

    def _choose_from(self, box: ComboBox, names: list[str], first: str) -> None:
        box.clear()
        box.addItems([first, *(one_line(name, 60) for name in names)] if names else [])
        self.more_fields.setRowVisible(box, bool(names))

    def _times(self) -> OfferedTimes | None:
        layer, service = (self._row.layer, self._row.entry.service) if self._row is not None else (None, None)
        if layer is not None and layer.times is not None:
            return layer.times
        if service is not None and service.times:
            return OfferedTimes(service.times, service.time, service.nearest)
        return None

    # -- what is chosen -----------------------------------------------------------------------------------------------

    def service(self) -> TileService | None:
        """The service as it was chosen: its grid, style, time, last level, credit; None where nothing is drawn."""
        row, service = self._row, self._base
        if row is None or service is None:
            return None
        if row.layer is not None and self.grid_box.currentIndex() > 0:
            service = row.layer.choices[self.grid_box.currentIndex() - 1][1]
        else:
            most = self.levels.value()
            service = self._network.preferred(
                service if most == service.max_level else replace(service, max_level=most)
            )
        style = self.style_box.currentData()
        if row.layer is not None and isinstance(style, str):
            service = in_style(row.layer, service, style) or service
        service = self.dimensions.applied(service)
        typed = self.attribution.text().strip()
        if not row.entry.attribution:
            service = replace(service, attribution=typed, may_export=bool(typed))
        elif not service.attribution:
            service = replace(service, attribution=row.entry.attribution)
        if not service.licence and row.entry.licence:
            service = replace(service, licence=row.entry.licence[:LONGEST_TERMS])
        if not self._is_known_to_us():
            service = self.terms.applied(service)
        return service.at(self.time.time()) if service.is_dated else service

    def stated_date(self) -> LayerDate | None:
        """The date that the analyst states of imagery without times; None for none. Raises InvalidValue for a day that
        there is not, or for other words.
        """
        date = typed_date(self.day_taken.text()) if self._base is not None and not self._base.is_dated else ""
        if not date:
            return None
        check_date(date, Phrase("date"))
        return LayerDate(date, kind_of_date(date))

    def say_fault(self, sentence: str) -> None:
        """Say why the entry cannot be added as it is."""
        self.fault.setText(plain(sentence))
        self.fault.setVisible(True)

    def layer_name(self, service: TileService) -> str:
        """The name of the layer: as typed, else that of the entry with its time."""
        title = self._row.entry.title if self._row is not None else service.title
        dated = f", {written_time(service.time) or service.time}" if service.is_dated else ""
        return self.name.text().strip() or one_line(title, LONGEST_NAME) + dated

    def chosen_entry(self, row: EntryRow) -> ImageryEntry:
        """The entry of the row that is shown, with what was typed about it; without a time, as that is chosen anew."""
        service = self.service()
        if service is None or self._base is None:
            return row.entry
        title = self.name.text().strip() or row.entry.title
        service = replace(service, title=title, time=self._base.time)
        return replace(row.entry, title=title, service=service, attribution=service.attribution)

    @property
    def is_agreed(self) -> bool:
        """False while a licence waits for the analyst's word."""
        return self._base is not None and (self.agreed.isChecked() or not self._base.non_commercial)

    # -- what is said -------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        if not self._is_filling and self._row is not None:
            self.show_facts()
            self.changed.emit()

    def show_facts(self) -> None:
        """Show facts and picture of the entry as it is chosen now."""
        row = self._row
        if row is None:
            return
        service = self.service()
        self.name.setPlaceholderText(self.layer_name(service) if service is not None else "")
        self.facts.show_facts(self._facts(row, service))
        problems = list(row.layer.problems if row.layer is not None else ())
        times = self._times()
        problems += times.problems if times is not None else ()
        sentences = dict.fromkeys([*map(in_language, problems), *self._remarks])
        self.problems.setText(plain("\n".join(sentences)))
        self.problems.setVisible(bool(sentences))
        self._show_picture(service)

    def _show_picture(self, service: TileService | None) -> None:
        small = "" if self._row is None else self._row.small_picture
        hosts = () if self._row is None else self._row.previewed_hosts if service is None else service.hosts
        can_fetch = (service is not None or bool(small)) and self._network.fetch_tile is not None
        is_allowed = can_fetch and all(map(self._network.permits, hosts))
        self.thumbnail.setVisible(can_fetch)
        self.preview.setVisible(can_fetch and not is_allowed)
        verb = self.tr("Allow and Show This View") if service is not None else self.tr("Allow and Show Its Picture")
        self.preview.setText(verb)
        self.preview.setAccessibleName(verb)
        if not can_fetch:
            self.thumbnail.show_words("")
        elif not is_allowed:
            of_view = self.tr("A picture of this view comes from %1 once you allow it.")
            of_scene = self.tr("Its small picture comes from %1 once you allow it.")
            words = of_view if service is not None else of_scene
            self.thumbnail.show_words(words.replace("%1", one_line(", ".join(hosts), 120)))
        elif service is not None:
            self.thumbnail.show_service(service, view_when_added(service, self._view()))
        else:
            self.thumbnail.show_picture(small)

    def _facts(self, row: EntryRow, service: TileService | None) -> list[tuple[str, str]]:
        entry = row.entry
        facts = []
        if service is not None:
            detail = finest_detail_m(service, view_when_added(service, self._view()))
            pixel = self.tr("%1 a pixel at best").replace("%1", metres(detail)) if detail is not None else ""
            if detail is not None and draws_any_scale(service):
                pixel = self.tr("not stated: the server draws any scale")
            facts.append((self.tr("Detail here"), pixel or self.tr("has nothing in the middle of the view")))
        facts += [
            (self.tr("Dates"), self._dates(service) if row.item is None else _date_of(row.item)),
            (self.tr("Licence"), _words(entry.licence)),
            (self.tr("Terms"), self._terms(service)),
            (self.tr("Credit"), plain(entry.attribution, 500)),
            (self.tr("Server"), ", ".join(row.hosts)),
            (self.tr("Address"), plain(entry.address, 500) if service is None else ""),
            (self.tr("Kind"), KIND_NAMES.get(entry.kind, entry.kind)),
            (self.tr("About"), entry.link),
        ]
        return [(name, text) for name, text in facts if text]

    def _dates(self, service: TileService | None) -> str:
        times = self._times()
        if times is not None and times.count:
            span = self.tr("%1 to %2").replace("%1", times.first).replace("%2", times.last)
            number = translate("Imagery", "{count} times", "{count} time", times.count)
            nearest = self.tr("the nearest may be served") if times.nearest else ""
            return ", ".join(filter(None, (number, span, nearest)))
        if service is None:
            return ""
        return self.tr("by day") if service.is_dated else self.tr("not stated")

    def _terms(self, service: TileService | None) -> str:
        """Sentences on what the terms of use allow."""
        if service is None:
            return ""
        terms = []
        if service.non_commercial:
            terms.append(self.tr("Not for commercial use."))
        if service.own_export == FORBIDDEN:
            terms.append(self.tr("No file may show it."))
        elif not (service.may_export or service.own_export):
            terms.append(self.tr("Without an attribution no product that shows it can be written."))
        if not self._is_known_to_us():
            terms.append(self.tr("Not one of the services we know: check its terms of use yourself."))
        elif not service.may_prefetch:
            terms.append(self.tr("Not for packs for offline use."))
        return " ".join(terms)

    def _is_known_to_us(self) -> bool:
        """True for what the shipped catalogue knows, or the credit and terms of its host: they were read."""
        return self._base is not None and shipped_like(self._base) is not None


def _date_of(item: StacItem) -> str:
    """The date of a scene of a catalogue, and its cloud."""
    return ", ".join(map(in_language, (found_scene_of(item).when, item.cloud_words)))


def _words(text: str) -> str:
    """A text of the catalogue in the analyst's language, or one of a server as it is, the beginning of a long one."""
    return word(text) if len(text) <= LONGEST_WORD else plain(text, LONGEST_TERMS)
