"""The gate for data of a case: checks their words of evidence, and states the status in which they leave."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.phrase import Phrase
from layers.product.case_facts import facts_of_case
from layers.product.content import ProductContent
from layers.product.issuing.data_spec import DataSpec
from layers.product.issuing.edition import Edition
from layers.product.lint.check import findings
from layers.product.lint.finding import Finding
from layers.product.lint.passing import stopping
from layers.product.publishing import DRAFT
from layers.product.spec import ProductSpec
from layers.text.counted import counted
from layers.time.written_dates import written_date


def against_data(document: Document, content: ProductContent, spec: DataSpec) -> list[Finding]:
    """The blocking findings against data with these words of evidence."""
    marks = [site.uuid for site in content.sites if site.uuid not in content.withheld]
    page = ProductSpec(
        title=spec.title,
        author=spec.author,
        organisation=spec.organisation,
        marking=content.marking,
        publish=spec.publish,
    )
    facts = facts_of_case(document, page, marks, None)
    return stopping(findings(page, content, replace(facts, maps=()), ()))


def with_status(content: ProductContent, edition: Edition, against: Sequence[Finding] = ()) -> ProductContent:
    """The words of evidence with the state in which they leave, as all formats of data print it."""
    product = edition.product
    if edition.state == DRAFT or product is None:
        stands = (
            Phrase("; {findings} against it", findings=counted(len(against), "finding stands", "findings stand"))
            if against
            else ""
        )
        return replace(content, status=f"draft, not issued{stands}", is_blocked=bool(against))
    status = Phrase(
        "{state} {made_on} as product {number}, version {version}",
        state=edition.state,
        made_on=written_date(edition.made_on),
        number=product.number,
        version=product.version,
    )
    return replace(content, status=status, correction=product.correction)
