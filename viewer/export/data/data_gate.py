"""The gate for exported data: refuses them where a finding blocks them, else writes their state into them."""

from __future__ import annotations

from msgspec.structs import replace

from layers.product.issuing.data_gate import against_data, with_status
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.publishing import DRAFT
from viewer.export.data.exported import DataExport, Imprint
from viewer.export.gate import stopped
from viewer.support.language.text import one_line


def data_through_gate(export: DataExport, spec: DataSpec, edition: Edition) -> DataExport:
    """Return the data with the state of their edition, a draft, issued or published, written into their words.

    `spec` says what is exported, and under whose name. Raises ProductStopped where a blocking finding stands against an
    issue or a publication.
    """
    against = against_data(export.document, export.content, spec)
    if against and edition.state != DRAFT:
        raise stopped(against, edition.state)
    imprint = _imprint(export, spec, edition)
    return replace(export, content=with_status(export.content, edition, against), imprint=imprint)


def _imprint(export: DataExport, spec: DataSpec, edition: Edition) -> Imprint:
    """Subtitle, people and day; a published product names the organisation alone."""
    names = (spec.organisation,) if spec.publish else (spec.author, spec.organisation)
    subtitle = export.publishing.words(export.document.meta("subtitle"))
    return Imprint(subtitle, ", ".join(filter(None, map(one_line, names))), edition.made_on)
