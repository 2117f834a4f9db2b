"""The evidence of a claim from the case itself: what was seen, kept, searched and measured, each with its relation."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.observation import Observation
from layers.document.rows import ClaimEvidence, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.product.judging.evidence_words import (
    by_date,
    evidence_row,
    evidence_words,
    kind_of_evidence,
    offered_evidence,
)
from layers.product.judging.judged import CLAIMS
from layers.project.storage.tables import THUMBNAIL
from viewer.commands.filing.evidence import unlink_evidence, update_evidence
from viewer.panels.claims.chip_linking import link_newest_chip, link_row, newest_chip
from viewer.panels.claims.relation_button import RelationButton
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language

PICTURE_PX = 34
"""Side of a chip's thumbnail beside its words, in logical pixels."""
_LONGEST = 180


class EvidenceRow(QWidget):
    """One piece of evidence: its relation, what it says, and a button that removes it from the claim."""

    related = Signal(str, str)
    """Emitted with the uuid of the link and another relation."""
    removed = Signal(str)
    """Emitted with the uuid of the evidence."""

    def __init__(self, context: PanelContext, link: ClaimEvidence, row: Row | None) -> None:
        super().__init__()
        self.link_uuid, self.row_uuid = link.uuid, link.evidence_uuid
        kind = in_language(kind_of_evidence(row))
        places = [site_link.site_uuid for site_link in context.document.links.claim_to_sites(link.claim_uuid)]
        words = one_line(in_language(evidence_words(context.document, row, places)), _LONGEST) or kind
        if row is not None and not context.look.shows(row):
            words = self.tr("Hidden, as you look blind")
        self.relation = RelationButton(words)
        self.relation.picked.connect(lambda relation: self.related.emit(self.link_uuid, relation))
        self.words = LinkButton(words, self.tr("Show: {0}").format(words))
        self.words.setEnabled(row is not None)
        self.words.clicked.connect(lambda: _show(context, row))
        self.picture = QLabel()
        self.picture.hide()
        self.remove_button = IconButton("close", self.tr("Remove from the claim: {0}").format(words))
        self.remove_button.clicked.connect(lambda: self.removed.emit(self.row_uuid))
        top, below = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.relation)
        top.addWidget(muted(f"{kind[:1].upper()}{kind[1:]}"), 1)
        top.addWidget(self.remove_button)
        below.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(below)
        self.show_link(link)

    def show_link(self, link: ClaimEvidence) -> None:
        self.relation.show_relation(link.bearing)

    def show_picture(self, picture: QImage) -> None:
        ratio = self.devicePixelRatioF()
        side = round(PICTURE_PX * ratio)
        fitted = picture.scaled(
            side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(fitted))
        self.picture.show()

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [self.relation, self.words, self.remove_button]


class EvidenceLinks(QWidget):
    """A line to link evidence, a button for the newest chip, and all evidence of a claim but the claims it judges."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._shown: tuple[tuple[str, str], ...] | None = None
        self.rows: list[EvidenceRow] = []
        self._column = RowColumn(spacing=6)
        self.picker = Picker(
            self._offers, self.tr("Observation, chip, search…"), self.tr("Link evidence to this claim")
        )
        self.picker.setToolTip(tooltip(self.tr("Link what was seen, kept, searched or measured; or drop it here")))
        self.picker.picked.connect(self._link_picked)
        self.picker.let_go.connect(context.tell_not_linked)
        self.chip_button = QPushButton(self.tr("Newest chip"))
        self.chip_button.setAccessibleName(self.tr("Link the newest chip as support"))
        self.chip_button.setToolTip(
            tooltip(self.tr("Link the newest chip of the claim’s sites as support (Ctrl+Shift+T)"))
        )
        self.chip_button.clicked.connect(lambda: link_newest_chip(self._context, self._claim_uuid))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(side_by_side(self.picker, self.chip_button, stretch=0))
        self.asked = muted()
        """The question for the relation of what was just linked, while its button has the focus."""
        self.asked.setWordWrap(True)
        self.asked.hide()
        layout.addWidget(self.asked)
        layout.addLayout(self._column)

    def ask_relation(self, uuids: Collection[str]) -> None:
        """Ask for the relation of rows that were just linked: the button of the last one takes the next key."""
        rows = [row for row in self.rows if row.row_uuid in uuids]
        if rows:
            self.asked.setText(
                self.tr("Linked as support. Which relation is it? + supports, − against, 0 context.")
                if len(rows) == 1
                else self.tr("Linked as support; the last one is asked first. + supports, − against, 0 context.")
            )
            self.asked.show()
            button = rows[-1].relation
            button.left.connect(self.asked.hide)
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_claim(self, claim: Claim) -> None:
        """Show the evidence of a claim; rows whose words are as before stay, with the focus in them."""
        document = self._context.document
        if claim.uuid != self._claim_uuid:
            self.asked.hide()
        self._claim_uuid = claim.uuid
        self.picker.show_for(claim.uuid)
        self.chip_button.setVisible(newest_chip(self._context, claim.uuid) is not None)
        links = [link for link in document.links.claim_to_evidence(claim.uuid) if link.evidence_table != CLAIMS]
        links = by_date(document, links)
        shown = tuple((link.uuid, self._words_of(link)) for link in links)
        if shown != self._shown:
            self._shown = shown
            self.rows = []
            nothing = self.tr("No evidence of the case is linked.")
            self._column.fill(links, self._row, nothing)
            self._ask_for_pictures()
        for row, link in zip(self.rows, links, strict=False):
            row.show_link(link)

    def _words_of(self, link: ClaimEvidence) -> str:
        """The words of a piece of evidence; empty where it is hidden."""
        row = evidence_row(self._context.document, link)
        return (
            "" if row is not None and not self._context.look.shows(row) else evidence_words(self._context.document, row)
        )

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [self.picker, self.chip_button, *(stop for row in self.rows for stop in row.stops())]

    def link(self, uuid: str) -> None:
        """Link a row of the case as support."""
        link_row(self._context, self._claim_uuid, uuid)

    def _link_picked(self, uuid: str) -> None:
        """Link a chosen row, and ask for its relation: a search that saw nothing may speak against the claim."""
        self.link(uuid)
        self.ask_relation((uuid,))

    def _row(self, link: ClaimEvidence) -> QWidget:
        row = EvidenceRow(self._context, link, evidence_row(self._context.document, link))
        row.related.connect(lambda uuid, relation: self._context.do(update_evidence, uuid, bearing=relation))
        row.removed.connect(self._remove)
        self.rows.append(row)
        return row

    def _remove(self, evidence_uuid: str) -> None:
        self._context.do(unlink_evidence, self._claim_uuid, evidence_uuid)

    def _ask_for_pictures(self) -> None:
        chips = [row.row_uuid for row in self.rows if row.row_uuid in self._context.document.chips]
        if chips and self._context.layers.images is not None:
            self._context.layers.images.read_chips(chips, THUMBNAIL, self._take_pictures)

    def _take_pictures(self, pictures: dict[str, QImage]) -> None:
        if isValid(self):
            for row in self.rows:
                if row.row_uuid in pictures:
                    row.show_picture(pictures[row.row_uuid])

    def _offers(self) -> Iterable[tuple[str, str]]:
        document = self._context.document
        for row in filter(self._context.look.shows, offered_evidence(document, self._claim_uuid)):
            words = in_language(evidence_words(document, row))
            yield row.uuid, f"{in_language(kind_of_evidence(row))}: {words}"


def _show(context: PanelContext, row: Row | None) -> None:
    """Show evidence where it is kept: the site of an observation or a chip, a search's area, a measurement."""
    match row:
        case Observation() | Chip():
            site_uuid = row.site_uuid
        case Search():
            site_uuid = row.area_uuid
        case Site():
            site_uuid = row.uuid
        case _:
            return
    site = context.document.sites.get(site_uuid)
    if site is not None:
        context.selection.set((site.uuid,))
        context.zoom_to_sites((site,))
