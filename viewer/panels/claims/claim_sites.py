"""The sites a claim is about; a claim without any belongs to the case."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.site import Site
from viewer.commands.claims import link_claim_sites, unlink_claim_site
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import COLUMN
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.panels.widgets.link_button import LinkButton
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_column import RowColumn
from viewer.panels.words import kind_title, site_name
from viewer.support.language.text import one_line, tooltip


class ClaimSites(QWidget):
    """Lists the sites of a claim, with buttons to go there and to remove the link."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._shown: tuple[str, tuple[Site, ...]] | None = None
        self.rows = RowColumn(spacing=2)
        self.link_button = QPushButton(self.tr("Link selected"))
        self.link_button.setAccessibleName(self.tr("Link the selected sites to this claim"))
        self.link_button.setToolTip(
            tooltip(self.tr("Link the sites selected on the map; only where the source names them"))
        )
        self.link_button.clicked.connect(lambda: self._link(context.selection.uuids))
        self.picker = Picker(self._offers, self.tr("Link a site…"), self.tr("Link a site to this claim"))
        self.picker.picked.connect(lambda uuid: self._link((uuid,)))
        self.picker.let_go.connect(context.tell_not_linked)
        self.picker.setProperty(COLUMN, "sites")  # where the check of a product leads
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self.rows)
        layout.addLayout(side_by_side(self.link_button, self.picker, stretch=1))
        context.selection.changed.connect(self._update_button)

    def show_claim(self, claim: Claim) -> None:
        self._claim_uuid = claim.uuid
        self.picker.show_for(claim.uuid)
        sites = tuple(self._context.document.links.sites_of_claim(claim.uuid))
        if (claim.uuid, sites) != self._shown:
            self._shown = claim.uuid, sites
            nothing = self.tr("No place is linked: the claim belongs to the case.")
            self.rows.fill(sites, self._row, nothing)
        self._update_button()

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order under the rows."""
        return [self.link_button, self.picker]

    def _row(self, site: Site) -> QWidget:
        row = QWidget()
        name = one_line(site_name(site, self._context.document), 80)
        kind = kind_title(site, self._context.document)
        link = LinkButton(f"{name} · {kind}", self.tr("Show the site %1").replace("%1", name))
        link.clicked.connect(lambda: self._context.selection.set((site.uuid,)))
        go = IconButton("zoom_selection", self.tr("Go to %1").replace("%1", name))
        go.clicked.connect(lambda: self._go(site.uuid))
        cut = IconButton("close", self.tr("Unlink %1").replace("%1", name))
        cut.clicked.connect(lambda: self._unlink(site.uuid))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(link, 1)
        layout.addWidget(go)
        layout.addWidget(cut)
        return row

    def _go(self, site_uuid: str) -> None:
        site = self._context.document.sites[site_uuid]
        self._context.selection.set((site_uuid,))
        self._context.zoom_to_sites((site,))

    def _link(self, site_uuids: Iterable[str]) -> None:
        self._context.do(link_claim_sites, self._claim_uuid, sorted(site_uuids))

    def _unlink(self, site_uuid: str) -> None:
        self._context.do(unlink_claim_site, self._claim_uuid, site_uuid)

    def _update_button(self) -> None:
        linked = {link.site_uuid for link in self._context.document.links.claim_to_sites(self._claim_uuid)}
        self.link_button.setEnabled(not self._context.selection.uuids <= linked)

    def _offers(self) -> Iterable[tuple[str, str]]:
        linked = {link.site_uuid for link in self._context.document.links.claim_to_sites(self._claim_uuid)}
        for site in self._context.document.sites.values():
            if site.uuid not in linked:
                yield site.uuid, site_name(site, self._context.document)
