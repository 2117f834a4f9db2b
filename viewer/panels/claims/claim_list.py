"""All claims as a list. Likelihood and confidence stand in columns of their own."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.vocabulary import CONFIDENCES
from viewer.commands.claims import delete_claims
from viewer.panels.claims.new_claim import begin_claim
from viewer.panels.context import PanelContext
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import Column, RowTable
from viewer.panels.words import capital, likelihood_text
from viewer.support.text import searched, tooltip


class ClaimListPanel(QWidget):
    """The row chosen is the claim of the claim form; a double click jumps to its sites."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.model = RowTable(self._columns(), _haystack, self)
        self.list = RowList(self.model, self.tr("Claims"))
        self.add_button = QPushButton(self.tr("Add claim"))
        self.add_button.setToolTip(
            tooltip(self.tr("Record a claim about the selected sites, or about the case where none is selected"))
        )
        self.jump_button = QPushButton(self.tr("Show places"))
        self.jump_button.setToolTip(tooltip(self.tr("Select the sites of the chosen claims and go there")))
        self.delete_button = QPushButton(self.tr("Delete"))
        buttons = QHBoxLayout()
        for button in (self.add_button, self.jump_button, self.delete_button):
            buttons.addWidget(button)
            button.setAccessibleName(button.text())
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self._connect()
        self._read()

    def _connect(self) -> None:
        context = self._context
        self.list.chosen.connect(self._chosen)
        self.list.activated.connect(lambda uuid: self._jump(frozenset({uuid})))
        self.list.delete_wanted.connect(self._delete)
        self.add_button.clicked.connect(self._add)
        self.jump_button.clicked.connect(lambda: self._jump(self.list.selected()))
        self.delete_button.clicked.connect(self._delete)
        context.claim_shown.connect(self._shown)
        context.document_replaced.connect(self._read)
        context.changed.connect(self._heard)

    def _columns(self) -> list[Column]:
        return [
            Column(self.tr("Claim"), lambda claim: claim.statement or claim.source_wording or self.tr("(empty)")),
            Column(self.tr("State"), lambda claim: capital(claim.state), width=78),
            Column(self.tr("Places"), self._places_text, self._places_key, 92, False, self.tr("Sites the claim names")),
            Column(self.tr("Voice"), lambda claim: capital(claim.voice), width=92),
            Column(
                self.tr("Likelihood"),
                likelihood_text,
                lambda claim: claim.likelihood_low or 0,
                170,
                False,
                self.tr("The analyst's likelihood that the statement is true (ICD 203)"),
            ),
            Column(
                self.tr("Confidence"),
                lambda claim: capital(claim.confidence),
                _confidence_key,
                92,
                False,
                self.tr("How good the basis of the judgement is; not how likely"),
            ),
        ]

    def _places_text(self, claim: Claim) -> str:
        sites = self._context.document.sites_of_claim(claim.uuid)
        if not sites:
            return self.tr("the case")
        return ", ".join(site.label or self.tr("(no label)") for site in sites)

    def _places_key(self, claim: Claim) -> int:
        return len(self._context.document.site_links_of_claim(claim.uuid))

    def _read(self) -> None:
        self.model.set_rows(self._context.document.claims.values())
        self._update_buttons()

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        touched = set(changes.uuids("claims")) | self._claims_whose_places_changed(changes)
        if touched:
            self.model.refresh(touched, self._context.document.claims)
        self._update_buttons()

    def _claims_whose_places_changed(self, changes: Changes) -> set[str]:
        document = self._context.document
        renamed = {link.claim_uuid for uuid in changes.uuids("sites") for link in document.claim_links_of_site(uuid)}
        return renamed | changes.linked("claim_sites", "claim_uuid")

    # -- gestures -----------------------------------------------------------------------------------------------

    def _chosen(self, uuids: frozenset[str]) -> None:
        self._context.show_claim(next(iter(uuids)) if len(uuids) == 1 else "")
        self._update_buttons()

    def _shown(self, uuid: str) -> None:
        if uuid or len(self.list.selected()) == 1:
            self.list.select({uuid} if uuid else ())
        self._update_buttons()

    def _jump(self, claim_uuids: frozenset[str]) -> None:
        document = self._context.document
        sites = [site for uuid in claim_uuids for site in document.sites_of_claim(uuid)]
        if sites:
            self._context.selection.set(site.uuid for site in sites)
            self._context.zoom_to_sites(sites)
        elif claim_uuids:
            self._context.report(self.tr("That claim names no place on the map: it belongs to the case."))

    def _add(self) -> None:
        begin_claim(self._context)

    def _delete(self) -> None:
        if self.list.selected():
            self._context.do_for_many(self.tr("Deleting claims"), delete_claims, self.list.selected())

    def _update_buttons(self) -> None:
        links = any(self._context.document.site_links_of_claim(uuid) for uuid in self.list.selected())
        self.jump_button.setEnabled(links)
        self.delete_button.setEnabled(bool(self.list.selected()))


def _confidence_key(claim: Claim) -> int:
    return CONFIDENCES.index(claim.confidence) + 1 if claim.confidence in CONFIDENCES else 0


def _haystack(claim: Claim) -> str:
    return searched(claim.statement, claim.source_wording, claim.made_by, claim.place_note, claim.confidence_reason)
