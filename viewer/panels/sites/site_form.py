"""The form of the selected site: each field is its own undo step.

For several sites, the fields that can be set for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from msgspec.structs import replace
from PySide6.QtWidgets import QFormLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.marks.reading import reading_of
from layers.document.observation import seen_dates
from layers.document.site import Site
from layers.document.vocabulary import POSITION_BASES, ROLES, STATUSES
from layers.time.utc import utc_now
from viewer.commands.claims import link_claim_site, report_claim, unlink_claim_site
from viewer.commands.sites import update_site
from viewer.commands.stamps import new_uuid
from viewer.panels.claims.claim_cards import ClaimCards, lines_of
from viewer.panels.claims.claim_verbs import judge, report
from viewer.panels.claims.evidence_drop import take_evidence
from viewer.panels.comments.comments_on_row import CommentsOnRow
from viewer.panels.context import PanelContext
from viewer.panels.measurements.measurement_part import MeasurementPart
from viewer.panels.observations.observation_line import ObservationLine
from viewer.panels.products.printed_in import PrintedIn
from viewer.panels.said_names import stamp_words
from viewer.panels.searches.searched_line import SearchedLine
from viewer.panels.shadows.shadow_part import ShadowPart, shadow_of
from viewer.panels.sites.case_templates import offer_classes
from viewer.panels.sites.detail_rows import DetailPart
from viewer.panels.sites.image_part import ImagePart
from viewer.panels.sites.new_class import ask_new_class
from viewer.panels.sites.place_rows import PlaceRows
from viewer.panels.sites.shape_rows import ShapePart
from viewer.panels.sites.sighting import Sighting
from viewer.panels.sites.site_bulk_form import SiteBulkForm
from viewer.panels.sites.site_filing import (
    FilingRows,
    LifecycleRows,
    column_to_come,
    entered_to_come,
    is_to_come,
    no_date_to_come,
)
from viewer.panels.widgets.begin_typing import begin_typing
from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField, LineField, NumberField, TextField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import FormPage, muted, side_by_side, with_room, wrapping_form
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.whole_text import WholeText
from viewer.panels.wording_margin import WordingMargin
from viewer.panels.words import choices, class_choices, example
from viewer.support.language.stored_words import word
from viewer.support.language.text import plain, tooltip

NAMED = "named in a claim"
"""The role of a site that a claim is about."""
OF_SITES = {"class_code": "other", "role": "other", "status": "draft", "location_country": "", "operator_country": ""}
"""Columns for sites only, with their empty values; other marks show those that are filled in."""
LANGUAGES = ("zh", "ru", "en")


class SiteFormPanel(QWidget):
    """The panel for the context's selection: one site, several, or none."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._uuid = ""
        self.page = FormPage(self.tr("Select a site on the map or in the list, or draw one."))
        self._bulk = LazyPanel(lambda: SiteBulkForm(context))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.page)
        self._pages.addWidget(self._bulk)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        form = wrapping_form()
        self.fields = FieldSet(form, self._commit, self)
        context.tell_dropped("sites", self.fields)
        context.keep_typing(self.fields, self._commit)
        self.page.content.addLayout(form)
        # Parts are made where they stay: a style sheet is worked out anew for all in a part that moves to a parent.
        inside = self.page.content.parentWidget()
        self.details_part = DetailPart(context, inside)
        self.claims_part = FoldSection(self.tr("Claims"), parent=inside)
        self.position_part = FoldSection(self.tr("Position"), parent=inside)
        self.image_part, self.observation_line = ImagePart(context, inside), ObservationLine(context, inside)
        self._shape = LazyPanel(lambda: ShapePart(context, self._shape), inside)
        self._measurement = LazyPanel(lambda: MeasurementPart(context, self._measurement), inside)
        self._shadow = LazyPanel(lambda: ShadowPart(context, self._shadow), inside)
        self.dates_part = FoldSection(self.tr("Dates and lifecycle"), folded=True, parent=inside)
        self.filing_part = FoldSection(self.tr("Filing"), folded=True, parent=inside)
        self.names_part = FoldSection(self.tr("Names"), folded=True, parent=inside)
        self.style_part = FoldSection(self.tr("Style"), folded=True, parent=inside)
        self._add_identity()
        self._add_claims()
        self._add_position(self._begin_part(self.position_part))
        self._add_dates()
        self._add_names()
        self._add_style()
        after_image = self.dates_part, self.filing_part, self.names_part, self.style_part
        seen = self.observation_line, self.position_part, self._shape, self.image_part
        first = self.details_part, self.claims_part, *seen
        for part in (self._measurement, self._shadow, *first, *after_image):
            self.page.content.addWidget(part)
        class_field = self.fields.fields["class_code"]
        offer_classes(context, class_field, self.tr("New class…"))
        class_field.more_wanted.connect(lambda: ask_new_class(context, self._uuid, self))
        self.stamps = muted()
        # Room for "Changed", too: with the first edit of a site the fields above would move under the hand.
        self.stamps.setMinimumHeight(2 * self.stamps.fontMetrics().lineSpacing())
        self._add_search()
        self._add_wording()
        self.printed_in, self.comments = PrintedIn(context, inside), CommentsOnRow(context, inside)
        self.page.content.insertWidget(1, self.comments)
        self.page.content.addWidget(self.printed_in)
        self.page.content.addWidget(self.stamps)
        self.page.content.addStretch(1)
        context.selection.changed.connect(self._selected)
        context.document_replaced.connect(self._selected)
        context.notation_changed.connect(self._show)
        context.flush_requested.connect(self._flush)
        context.changed.connect(self._heard)
        self._selected()

    def _add_search(self) -> None:
        self.searched = SearchedLine(self._context)
        self.page.content.insertWidget(1, self.searched)

    def _add_wording(self) -> None:
        texts = {"label": "label", "notes": "note"}
        fields = {column: (self.fields.fields[column], kind) for column, kind in texts.items()}
        self.wording = WordingMargin(self._context, fields, is_quoted=self._is_quoted)
        self.page.content.insertWidget(1, self.wording)

    def _is_quoted(self, column: str, text: str) -> bool:
        """True for notes that came from a file of Google Earth and stand as they were there."""
        site = self._context.document.sites.get(self._uuid) if column == "notes" else None
        if site is None or '"stated"' not in site.props_json:
            return False
        from viewer.commands.filing.earth_changes import are_notes_of_file  # for start-up time: few sites are such

        return are_notes_of_file(site, text)

    def _begin_part(self, part: FoldSection) -> QFormLayout:
        """Begin a part: return its form layout, to which the fields that follow are added."""
        form = wrapping_form()
        part.content.addLayout(form)
        self.fields.go_on_in(form)
        return form

    def _add_identity(self) -> None:
        add = self.fields.add
        add("label", self.tr("Label"), with_room(LineField()))
        add("class_code", self.tr("Class"), ChoiceField(class_choices()))
        add(
            "role",
            self.tr("Role"),
            ChoiceField(choices(ROLES)),
            self.tr("Named in a claim, or setting: kept visibly apart"),
        )
        self.role_offer = LinkButton(
            self.tr("Set: named in a claim"), self.tr("A claim names this site: set its role so")
        )
        self.role_offer.clicked.connect(lambda: self._context.do(update_site, self._uuid, role=NAMED))
        self.fields.add_below(self.role_offer)
        add(
            "status",
            self.tr("Status"),
            ChoiceField(choices(STATUSES)),
            self.tr("A change makes a reviewed site a draft again"),
        )
        add("notes", self.tr("Notes"), TextField(lines=1))

    def _add_names(self) -> None:
        add = self.fields.add
        self._begin_part(self.names_part)
        for language, title in zip(
            LANGUAGES, (self.tr("Chinese"), self.tr("Russian"), self.tr("English")), strict=True
        ):
            add(f"alias_{language}", title, LineField(), self.tr("The site's name in this language"))
        ours = TextField(lines=2)
        ours.setPlaceholderText(self.tr("S1 writes this name. No part of it is ours."))
        add("identity_note", self.tr("What is ours"), ours, self.tr("Who writes its name so, and what of it we added"))

    def _add_position(self, form: QFormLayout) -> None:
        add = self.fields.add
        self.place = PlaceRows(form, self._context, self)
        error = NumberField(unit="m")
        error.setPlaceholderText(self.tr("not judged"))
        add(
            "position_error_m",
            self.tr("Error, m"),
            error,
            self.tr("Radius in metres that holds the true place with 90 %"),
        )
        bases = ChoiceField([(basis, word(basis)) for basis in POSITION_BASES], free=True)
        add("position_basis", self.tr("Basis"), bases, self.tr("What the position and its error rest on"))
        self.basis_whole = WholeText(bases, self.tr("Basis, whole"))
        form.addRow(self.basis_whole)
        add("location_country", self.tr("Country"), LineField(), self.tr("Country in which the site lies, as CN or RU"))
        add("operator_country", self.tr("Operator"), LineField(), self.tr("Country of who runs the site, as CN or RU"))

    def _add_dates(self) -> None:
        add = self.fields.add
        self._begin_part(self.dates_part)
        self.lifecycle = LifecycleRows(self.fields, self._context, self)
        for column, title, tip in (
            ("observed_at", self.tr("Observed"), self.tr("When it was seen.")),
            ("valid_from", self.tr("Valid from"), self.tr("When it began, or is planned to begin.")),
            ("valid_to", self.tr("Valid to"), self.tr("When it ended, or is planned to end.")),
        ):
            date = DateField(example("2024-04-12"))
            add(column, title, date, tip + " " + self.tr("A year, month, day or instant, UTC"))
        self.dates_part.content.addWidget(self.lifecycle.note)
        self._begin_part(self.filing_part)
        self.filing = FilingRows(self.fields, self._context, self)

    def _add_style(self) -> None:
        self._begin_part(self.style_part)
        self.fields.add("stroke_color", self.tr("Outline"), ColorField(self.tr("by class")))
        self.fields.add("fill_color", self.tr("Fill"), ColorField(self.tr("by class")))

    def _add_claims(self) -> None:
        content = self.claims_part.content
        self.cards = ClaimCards()
        self.cards.opened.connect(lambda uuid: self._context.show_claim(uuid, raise_form=True))
        self.cards.unlinked.connect(self._unlink)
        self.cards.evidence.connect(lambda uuid, words: take_evidence(self._context, uuid, words))
        self.report_button, self.judge_button = QPushButton(self.tr("Report")), QPushButton(self.tr("Judge"))
        self.report_button.setToolTip(tooltip(self.tr("Report what somebody says of this site (R)")))
        self.judge_button.setToolTip(tooltip(self.tr("Judge something about this site yourself (J)")))
        self.report_button.setAccessibleName(self.tr("Report a claim about this site"))
        self.judge_button.setAccessibleName(self.tr("Judge something about this site"))
        self.report_button.clicked.connect(lambda: report(self._context))
        self.judge_button.clicked.connect(lambda: judge(self._context))
        new_claim = self.tr("New claim “{0}”").format
        name = self.tr("Link a claim to this site")
        self.claim_picker = Picker(self._unlinked, self.tr("Link a claim…"), name, new_claim)
        self.claim_picker.picked.connect(self._link)
        self.claim_picker.let_go.connect(self._context.tell_not_linked)
        self.claim_picker.created.connect(self._report_statement)
        self.sighting = Sighting(self._context)
        content.addWidget(self.sighting)
        content.addWidget(self.cards)
        content.addLayout(side_by_side(self.report_button, self.judge_button))
        content.addWidget(self.claim_picker)  # in one row with the buttons its prompt would be cut

    # -- showing ------------------------------------------------------------------------------------------------

    @property
    def uuid(self) -> str:
        """The site shown; empty where none or several are selected."""
        return self._uuid

    @property
    def bulk(self) -> SiteBulkForm:
        """The form of several sites."""
        return cast("SiteBulkForm", self._bulk.panel)

    @property
    def shape_part(self) -> ShapePart:
        """The part of marks with a shape."""
        return cast("ShapePart", self._shape.panel)

    @property
    def measurement_part(self) -> MeasurementPart:
        """The part of marks that measure."""
        return cast("MeasurementPart", self._measurement.panel)

    @property
    def shadow_part(self) -> ShadowPart:
        """The part of marks that measure a height by its shadow."""
        return cast("ShadowPart", self._shadow.panel)

    def _show_rare_parts(self, site: Site) -> None:
        """Show what most marks, plain points, have not; these parts are made for the first mark that has them."""
        if _offer(self._shape, site.geometry.geom_type != "Point" or bool(site.shape_json)):
            self.shape_part.show_site(site)
        if _offer(self._measurement, reading_of(site) is not None):
            self.measurement_part.show_site(site)
        if _offer(self._shadow, shadow_of(site) is not None):
            self.shadow_part.show_site(site)

    def begin(self) -> None:
        """Focus the label from the map; Enter leads back."""
        label = self.fields.fields["label"]
        begin_typing(label)
        if isinstance(label, LineField):
            label.leads_back = True

    def _selected(self) -> None:
        uuids = self._context.selection.uuids
        uuid = next(iter(uuids)) if len(uuids) == 1 else ""
        if uuid != self._uuid:
            self._flush()
            self._uuid = uuid
            site = self._context.document.sites.get(uuid)
            if site is None:
                self.fields.forget()
            else:
                site = _as_seen(self._context, site)
                self.fields.show_other(_Shown(site))
                dated = site.observed_at, site.valid_from, site.valid_to, site.lifecycle
                self.dates_part.offer(is_open=any(dated))
                filed = site.marking, site.folder, site.parent_uuid, not site.is_site
                self.filing_part.offer(is_open=any(filed))
                self.names_part.offer(is_open=bool(site.aliases or site.identity_note))
                self.style_part.offer(is_open=bool(site.stroke_color or site.fill_color))
                self.page.show_form(from_top=True)
            self._show_parts()
        else:
            self._show()
        if len(uuids) > 1:
            _made = self.bulk
            self._pages.setCurrentWidget(self._bulk)
        else:
            self._pages.setCurrentWidget(self.page)

    def _heard(self, changes: Changes) -> None:
        about = changes.uuids("sites") | changes.linked("claim_sites", "site_uuid")
        if (
            changes.everything
            or self._uuid in about
            or (
                self._uuid
                and changes.touches(
                    *("claims", "images", "chips", "claim_sources", "sources", "templates", "products"),
                    *("claim_evidence", "observations", "searches"),
                )
            )
        ):
            self._show()

    def _show(self) -> None:
        site = self._context.document.sites.get(self._uuid)
        if site is not None:
            self.fields.show_row(_Shown(_as_seen(self._context, site)))
        self._show_parts()

    def _show_parts(self) -> None:
        """Show all parts around the fields."""
        site = self._context.document.sites.get(self._uuid)
        if site is None:
            self.page.show_hint()
            return
        self.claim_picker.show_for(site.uuid)
        self._show_rare_parts(site)
        self.observation_line.show_site(site)
        for rows in (self.details_part, self.place, self.image_part, self.lifecycle, self.filing):
            rows.show_site(site)
        error = self.fields.fields["position_error_m"]
        assert isinstance(error, NumberField)
        error.setPlaceholderText(self.image_part.least_error(site) or self.tr("not judged"))
        document = self._context.document
        claims = document.links.claims_of_site(site.uuid)
        self.sighting.show_site(site)
        self.cards.show_claims((claim, self._sources(claim.uuid), lines_of(document, claim)) for claim in claims)
        self.searched.show_site(site)
        self.role_offer.setVisible(site.role == "other" and bool(claims))
        self.fields.set_visible("fill_color", site.kind != "line")
        for column, unsaid in OF_SITES.items():
            self.fields.set_visible(column, site.is_site or getattr(site, column) != unsaid)
        self.claims_part.setVisible(site.is_site or bool(claims))
        self.printed_in.show_row("sites", site.uuid)
        seen = document.links.observations_of_site(site.uuid)
        self.comments.show_row("sites", site.uuid, *(row.uuid for row in seen))
        self.stamps.setText(plain(self._stamps(site)))
        self.page.show_form()

    def _sources(self, claim_uuid: str) -> tuple[str, ...]:
        """The titles of a claim's sources."""
        document = self._context.document
        links = document.links.claim_to_sources(claim_uuid)
        return tuple(document.sources[link.source_uuid].title for link in links if link.source_uuid in document.sources)

    def _flush(self) -> None:
        if self._shadow.is_made:
            self.shadow_part.flush()
        self.details_part.flush()
        self.place.flush()
        if self._shape.is_made:
            self.shape_part.flush()
        self.image_part.flush()
        self.sighting.flush()
        self.fields.flush()

    def _stamps(self, site: Site) -> str:
        document = self._context.document
        lines = [self.tr("Created {0}").format(stamp_words(site.created_at, site.created_by, document))]
        if site.rev > 1:
            lines.append(self.tr("Changed {0}").format(stamp_words(site.modified_at, site.modified_by, document)))
        if site.reviewed_by:
            lines.append(self.tr("Reviewed {0}").format(stamp_words(site.reviewed_at, site.reviewed_by, document)))
        return "\n".join(lines) if site.created_at else ""

    # -- gestures -----------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any, series: str = "") -> str:
        site = self._context.document.sites.get(self._uuid)
        if site is None:
            return ""
        fields = {column: value}
        if column == "lifecycle_as_of" and is_to_come(str(value), utc_now()):
            return self._commit_to_come(site, str(value))
        if column.startswith("alias_"):
            fields = {"aliases": with_alias(site.aliases, column.removeprefix("alias_"), value)}
        return self._context.attempt_typed(series, update_site, self._uuid, **fields)

    def _commit_to_come(self, site: Site, date: str) -> str:
        """Enter a future date into the column for it, as no source states anything for a day to come; or refuse it."""
        column = column_to_come(site)
        if not column or getattr(site, column) not in ("", date):
            return no_date_to_come(date)
        refusal = self._context.attempt(update_site, self._uuid, **{column: date})
        if not refusal:
            self._context.report(entered_to_come(date, column))
        return refusal

    def _report_statement(self, text: str) -> None:
        uuid = new_uuid()
        if self._context.do(report_claim, uuid=uuid, site_uuids=(self._uuid,), statement=text):
            self._context.begin_row("claims", uuid)

    def _link(self, claim_uuid: str) -> None:
        self._context.do(link_claim_site, claim_uuid, self._uuid)

    def _unlink(self, claim_uuid: str) -> None:
        self._context.do(unlink_claim_site, claim_uuid, self._uuid)

    def _unlinked(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        linked = {link.claim_uuid for link in document.links.site_to_claims(self._uuid)}
        for claim in document.claims.values():
            if claim.uuid not in linked:
                yield claim.uuid, claim.statement or claim.source_wording or self.tr("(empty claim)")


class _Shown:
    """A site as the form shows it: its columns, and a column for each language of its names."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getattr__(self, column: str) -> Any:
        if column.startswith("alias_"):
            return dict(self._site.aliases).get(column.removeprefix("alias_"), "")
        return getattr(self._site, column)


def _as_seen(context: PanelContext, site: Site) -> Site:
    """The site as the observer who looks may know it: dates that follow from hidden rows follow from the others."""
    document = context.document
    rows = document.links.observations_of_site(site.uuid)
    shown = [row for row in rows if context.look.shows(row)]
    if len(shown) == len(rows) or not seen_dates(rows, document.images).observed_at:
        return site
    return replace(site, **seen_dates(shown, document.images)._asdict())


def with_alias(aliases: Iterable[tuple[str, str]], language: str, name: str) -> tuple[tuple[str, str], ...]:
    """The aliases with one language's name set, or left out where the name is empty."""
    others = [alias for alias in aliases if alias[0] != language]
    named = [*others, (language, name)] if name else others
    order = {code: place for place, code in enumerate(LANGUAGES)}
    return tuple(sorted(named, key=lambda alias: order.get(alias[0], len(order))))


def _offer(part: LazyPanel, is_wanted: bool) -> bool:
    """Show or hide a part that a mark may have; True where it has to follow the mark, as it is made or wanted."""
    part.setVisible(is_wanted)
    return is_wanted or part.is_made
