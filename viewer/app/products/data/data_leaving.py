"""Issues exported data: numbers them before they are written, and records them as issued once their file is there."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace
from shapely import box, intersects

from layers.document.document import Document
from layers.errors import NotAllowed
from layers.geo.bounds import Bounds
from layers.product.issuing.data_gate import with_status
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import PrintedRow
from layers.product.publishing import DRAFT, State
from viewer.commands.products import issue_product, product_rows, save_data_product
from viewer.commands.stamps import new_uuid
from viewer.export.data.exported import DataExport
from viewer.export.made_on import today
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate


class DataLeaving:
    """One export of data. `printed` holds its rows in the state they had when gathered; `sha256` is the file's hash."""

    def __init__(self, spec: DataSpec, state: State, printed: list[PrintedRow], document: Document) -> None:
        self._spec, self.state, self._printed, self._document = spec, state, printed, document
        self._uuid = self.sha256 = ""

    def named(self, export: DataExport, context: PanelContext) -> DataExport:
        """Return the data with their number and state, and keep them in the case; drafts are returned unchanged.

        Raises what keeping them raises.
        """
        if self.state == DRAFT:
            return export
        self._check(context)
        self._uuid = new_uuid()
        context.push(save_data_product(context.document, self._spec, actor=context.case.actor, uuid=self._uuid))
        row = product_rows(context.document)[self._uuid]
        return replace(export, content=with_status(export.content, Edition(row, today(), self.state)))

    def issue(self, context: PanelContext) -> str:
        """Record the data as issued, as their file is there; returns the end of the message about the file."""
        if self.state == DRAFT:
            return translate("DataDesk", ", a draft that is not issued")
        if context.document is not self._document:
            return translate("DataDesk", ". Another case is open by now: it is not kept as issued")
        fields = {"sha256": self.sha256, "numbers": {}, "state": self.state, "printed": self._printed}
        refusal = context.attempt(issue_product, self._uuid, **fields)
        row = product_rows(context.document).get(self._uuid)
        if refusal or row is None:
            return f". {refusal}"
        words = (
            translate("DataDesk", ", published as product {0}")
            if self.state == "published"
            else translate("DataDesk", ", issued as product {0}")
        )
        return words.format(row.number)

    def _check(self, context: PanelContext) -> None:
        if context.document is not self._document:
            raise NotAllowed("Another case is open by now: its data are not issued. Export them again from their case.")


def uuids_in(document: Document, sites: Collection[str] | None, bounds: Bounds | None) -> list[str]:
    """Uuids of the marks in a part of the case: with these uuids, or within these bounds; None for both: all."""
    frame = box(*bounds) if bounds is not None else None
    return [
        site.uuid
        for site in document.sites.values()
        if (sites is None or site.uuid in sites) and (frame is None or intersects(frame, site.geometry))
    ]
