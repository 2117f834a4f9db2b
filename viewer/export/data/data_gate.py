"""The gate for exported data: stopped where a finding blocks them, else sent on with their state."""

from __future__ import annotations

from msgspec.structs import replace

from layers.product.issuing.data_gate import against_data, with_status
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.publishing import DRAFT
from viewer.export.data.exported import DataExport
from viewer.export.gate import stopped


def data_through_gate(export: DataExport, spec: DataSpec, edition: Edition) -> DataExport:
    """The data as they may leave in the state of an edition, which is written into them.

    Raises ProductStopped where a blocking finding stands against an issue or a publication.
    """
    against = against_data(export.document, export.content, spec)
    if against and edition.state != DRAFT:
        raise stopped(against, edition.state)
    return replace(export, content=with_status(export.content, edition, against))
