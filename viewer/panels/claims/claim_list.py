"""The list of all claims, with likelihood and confidence in columns of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.vocabulary import CONFIDENCES
from layers.product.judging.judged import is_report, judgements_of, reports_of
from viewer.commands.claims import delete_claims
from viewer.panels.claims.claim_verbs import judge, report
from viewer.panels.claims.evidence_drop import EvidenceDrop, take_evidence
from viewer.panels.claims.judged_claims import listed_judgement
from viewer.panels.comments.comment_words import open_words
from viewer.panels.comments.row_menu import add_history
from viewer.panels.context import PanelContext
from viewer.panels.filter_note import FilterNote
from viewer.panels.mark_filter import CLAIMS_AFTER_MS
from viewer.panels.products.printed_in import add_printing
from viewer.panels.reviewing.review_dialog import add_review
from viewer.panels.widgets.icon_button import CompactButton, IconButton
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable
from viewer.panels.words import likelihood_text, no_words, site_name
from viewer.support.language.stored_words import capital
from viewer.support.language.text import one_line, searched, tooltip
from viewer.support.language.translation import translate

LONGEST_SPEAKER = 16
FIRST_PX = 240
"""Width of the first column in logical pixels at which two lines tell claims apart."""


class ClaimListPanel(QWidget):
    """The list of claims. A chosen row opens in the claim form; a double click goes to its sites as well."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.model = RowTable(self._columns(), _haystack, self, chip=self._chip, dragged_as="claims")
        hint = self.tr("No claim yet: R reports what somebody says, J judges.")
        self.list = RowList(self.model, self.tr("Claims"), first_px=FIRST_PX, hint=hint)
        self.list.hide_columns(1)  # the chip says it
        self.report_button, self.judge_button = CompactButton(self.tr("Report")), CompactButton(self.tr("Judge"))
        self.report_button.setToolTip(
            tooltip(self.tr("Report what somebody says: of the selected sites, else of the case (R)"))
        )
        self.judge_button.setToolTip(
            tooltip(self.tr("Judge the open report; else something of the selected sites, or of the case (J)"))
        )
        self.jump_button = IconButton("zoom_selection", self.tr("Go to the places of the chosen claims"))
        self.delete_button = IconButton("delete", self.tr("Delete the chosen claims"))
        buttons = QHBoxLayout()
        for button in (self.report_button, self.judge_button):
            buttons.addWidget(button)
            button.setAccessibleName(button.text())
        buttons.addStretch(1)
        buttons.addWidget(self.jump_button)
        buttons.addWidget(self.delete_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        self.filtered = FilterNote(context)
        layout.addWidget(self.filtered)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self._connect()
        self._read()

    def _connect(self) -> None:
        context = self._context
        self.list.chosen.connect(self._chosen)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._activated)
        self.list.delete_wanted.connect(self._delete)
        self.list.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.view.customContextMenuRequested.connect(self.open_menu)
        EvidenceDrop(self.list.view.viewport()).dropped.connect(self._dropped)
        EvidenceDrop(self.list.view).dropped.connect(lambda words, _: self._pasted(words))
        self.report_button.clicked.connect(lambda: report(context))
        self.judge_button.clicked.connect(lambda: judge(context))
        self.jump_button.clicked.connect(lambda: self._jump(self.list.selected()))
        self.delete_button.clicked.connect(self._delete)
        context.claim_shown.connect(self._shown)
        context.document_replaced.connect(self.list.begin_anew)
        context.document_replaced.connect(self._read)
        context.changed.connect(self._heard)
        self._soon = QTimer(self, singleShot=True, interval=CLAIMS_AFTER_MS)
        self._soon.timeout.connect(self._read)
        context.mark_filter.changed.connect(self._read_soon)

    def open_menu(self, place: QPoint) -> QMenu | None:
        """The menu of the selected claims; None without any."""
        uuids = sorted(self.list.selected())
        if not uuids:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(uuids) == 1:
            menu.addAction(self.tr("&Open"), lambda: self._open(uuids[0]))
            for judged in judgements_of(self._context.document, uuids[0]):
                menu.addAction(self.tr("Open Our &Judgement"), partial(self._open, judged.claim.uuid))
            add_printing(menu, self._context, "claims", uuids[0])
            add_history(menu, self._context, "claims", uuids[0])
        menu.addAction(self.tr("&Go to the Places"), lambda: self._jump(frozenset(uuids)))
        add_review(menu, self._context, uuids, self.window())
        menu.addAction(self.tr("&Delete"), self._delete)
        menu.popup(self.list.view.viewport().mapToGlobal(place))
        return menu

    def _chip(self, claim: Claim) -> str:
        """Open comments, which somebody waits for, then our judgement of a report; else its state and speaker."""
        document = self._context.document
        judged = judgements_of(document, claim.uuid) if is_report(claim) else []
        words = _judged_chip(judged[-1].claim) if judged else _chip(claim)
        return " · ".join(filter(None, (open_words(document, claim.uuid), words)))

    def _columns(self) -> list[ListColumn]:
        return [
            ListColumn(self.tr("Claim"), lambda claim: claim.statement or claim.source_wording or no_words()),
            ListColumn(self.tr("State"), lambda claim: capital(claim.state), width=78),
            ListColumn(
                self.tr("Places"), self._places_text, self._places_key, 92, False, self.tr("Sites the claim names")
            ),
            ListColumn(self.tr("Speaker"), _speaker, width=110, tip=self.tr("Whose words it is in")),
            ListColumn(self.tr("Voice"), lambda claim: capital(claim.voice), width=92),
            ListColumn(
                self.tr("Likelihood"),
                likelihood_text,
                lambda claim: claim.likelihood_low or 0,
                170,
                False,
                self.tr("The analyst's likelihood that the statement is true (ICD 203)"),
            ),
            ListColumn(
                self.tr("Confidence"),
                lambda claim: capital(claim.confidence),
                _confidence_key,
                92,
                False,
                self.tr("How good the basis of the judgement is; not how likely"),
            ),
            ListColumn(
                self.tr("Our judgement"),
                lambda claim: listed_judgement(self._context.document, claim),
                None,
                260,
                False,
                self.tr("Our judgement about what is reported"),
            ),
        ]

    def _places_text(self, claim: Claim) -> str:
        sites = self._context.document.links.sites_of_claim(claim.uuid)
        if not sites:
            return self.tr("the case")
        return ", ".join(site_name(site, self._context.document) for site in sites)

    def _places_key(self, claim: Claim) -> int:
        return len(self._context.document.links.claim_to_sites(claim.uuid))

    def _read_soon(self) -> None:
        """List the claims in a turn of its own, as there may be very many."""
        self._soon.start()

    def _read(self) -> None:
        self.model.set_rows(self._shown_claims())
        self._say_filtered()
        self._update_buttons()

    def _shown_claims(self) -> Mapping[str, Claim]:
        """The claims that the filter of the window leaves, and those that are selected."""
        claims, shown = self._context.document.claims, self._context.mark_filter.listed("claims")
        if shown is None:
            return claims
        chosen = self.list.selected()
        return {uuid: claim for uuid, claim in claims.items() if uuid in shown or uuid in chosen}

    def _say_filtered(self) -> None:
        is_on = self._context.mark_filter.listed("claims") is not None
        self.filtered.say(self.model.total, len(self._context.document.claims) if is_on else None)

    def _heard(self, changes: Changes) -> None:
        if changes.everything:
            self._read()
            return
        touched = set(changes.uuids("claims")) | self._claims_whose_places_changed(changes)
        touched |= self._reports_judged_anew(changes)
        touched |= changes.linked("comments", "target_uuid") & self._context.document.claims.keys()
        if touched:
            self.model.refresh(touched, self._shown_claims())
            self._say_filtered()
        self._update_buttons()

    def _reports_judged_anew(self, changes: Changes) -> set[str]:
        """The reports of judgements that were changed, linked or cut."""
        document = self._context.document
        judged = {judged.claim.uuid for uuid in changes.uuids("claims") for judged in reports_of(document, uuid)}
        return judged | (changes.linked("claim_evidence", "evidence_uuid") & document.claims.keys())

    def _claims_whose_places_changed(self, changes: Changes) -> set[str]:
        document = self._context.document
        renamed = {link.claim_uuid for uuid in changes.uuids("sites") for link in document.links.site_to_claims(uuid)}
        return renamed | changes.linked("claim_sites", "claim_uuid")

    # -- gestures -----------------------------------------------------------------------------------------------

    def _chosen(self, uuids: frozenset[str]) -> None:
        if len(uuids) == 1:
            self._open(next(iter(uuids)))
        else:
            self._context.show_claim("")
        self._update_buttons()

    def _open(self, uuid: str) -> None:
        self._context.show_claim(uuid, raise_form=True)

    def _dropped(self, words: list[str], place: QPoint) -> None:
        index = self.list.view.indexAt(place)
        if index.isValid():
            take_evidence(self._context, self.model.uuid_at(index.row()), words)
        else:
            self._context.report(self.tr("Drop it on a claim: it becomes a source of that claim."))

    def _pasted(self, words: list[str]) -> None:
        if len(self.list.selected()) == 1:
            take_evidence(self._context, next(iter(self.list.selected())), words)

    def _activated(self, uuid: str) -> None:
        """Open a claim, and go to its sites where it has any."""
        if self._context.document.links.claim_to_sites(uuid):
            self._jump(frozenset({uuid}))
        self._open(uuid)

    def _shown(self, uuid: str) -> None:
        if uuid or len(self.list.selected()) == 1:
            self.list.select({uuid} if uuid else ())
        self._update_buttons()

    def _jump(self, claim_uuids: frozenset[str]) -> None:
        document = self._context.document
        sites = [site for uuid in claim_uuids for site in document.links.sites_of_claim(uuid)]
        if sites:
            self._context.selection.set(site.uuid for site in sites)
            self._context.zoom_to_sites(sites)

    def _delete(self) -> None:
        if self.list.selected():
            self._context.do_for_many(self.tr("Deleting claims"), delete_claims, self.list.selected())

    def _update_buttons(self) -> None:
        links = any(self._context.document.links.claim_to_sites(uuid) for uuid in self.list.selected())
        self.jump_button.setEnabled(links)
        self.delete_button.setEnabled(bool(self.list.selected()))


def _speaker(claim: Claim) -> str:
    return claim.made_by or capital(claim.voice)


def _judged_chip(judgement: Claim) -> str:
    """That a report is judged, and how likely; confidence stands in no sentence with it, but in a column."""
    likelihood = likelihood_text(judgement)
    return (
        translate("ClaimListPanel", "Judged by us: {0}").format(likelihood)
        if likelihood
        else translate("ClaimListPanel", "Judged by us")
    )


def _chip(claim: Claim) -> str:
    """The state of a claim, and its speaker where one is named."""
    who = one_line(claim.made_by, LONGEST_SPEAKER)
    return f"{capital(claim.state)} · {who}" if who else capital(claim.state)


def _confidence_key(claim: Claim) -> int:
    return CONFIDENCES.index(claim.confidence) + 1 if claim.confidence in CONFIDENCES else 0


def _haystack(claim: Claim) -> str:
    return searched(claim.statement, claim.source_wording, claim.made_by, claim.place_note, claim.confidence_reason)
