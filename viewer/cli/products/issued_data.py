"""Selects the data that the command line asks for, and the edition in which they leave."""

from __future__ import annotations

import argparse

from layers.document.document import Document
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.product.case_facts import title_of_sites
from layers.product.issuing.data_spec import DataSpec, read_data_spec
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import is_as_issued
from layers.product.named_product import kept_row
from layers.product.publishing import DRAFT, state_asked
from viewer.cli.products.case_in_hand import CaseInHand
from viewer.cli.products.issued_page import Leaving
from viewer.cli.terminal.documents import ACTOR
from viewer.commands.products import product_rows, save_data_product
from viewer.commands.stamps import new_uuid
from viewer.export.made_on import today


def data_spec_of(document: Document, arguments: argparse.Namespace, suffix: str) -> DataSpec:
    """The data that the options ask for: those of a product that the case keeps, of a site, in bounds, or all.

    Raises InvalidValue.
    """
    if arguments.product is not None:
        row = kept_row(document, arguments.product)
        kept = read_data_spec(row.layout_json)
        if kept is None or kept.suffix != suffix:
            ending = kept.suffix if kept is not None else "a page's, such as .pdf"
            raise InvalidValue(
                "The product “{name}” is no {suffix}: give --out an ending of its own, {ending}.",
                name=row.name,
                suffix=suffix,
                ending=ending,
            )
        return kept
    if arguments.site and arguments.site not in document.sites:
        raise InvalidValue(
            "{case} has no site {site}: “geoloupe sites” lists them.", case=arguments.case, site=arguments.site
        )
    return DataSpec(
        suffix,
        title=document.meta("title") or ("" if arguments.publish else title_of_sites(document)),
        author=document.meta("author"),
        organisation=document.meta("organisation"),
        marking=arguments.marking,
        publish=bool(arguments.publish),
        sites=(arguments.site,) if arguments.site else None,
        bounds=Bounds(*arguments.bounds) if arguments.bounds else None,
    )


def data_leaving(case: CaseInHand, arguments: argparse.Namespace, spec: DataSpec) -> Leaving:
    """Decide in which edition data leave; data to be issued are added to the case, as a draft until they are written.

    Raises InvalidValue where the case cannot keep it.
    """
    state = state_asked(issue=arguments.issue, publish=arguments.publish or (arguments.issue and spec.publish))
    if arguments.product is not None:
        row = kept_row(case.document, arguments.product)
        if row.issued_at and is_as_issued(case.document, row):
            issued = state_asked(issue=True, publish=row.state == "published")
            return Leaving(Edition(row, row.issued_at[:10], issued))
        if state == DRAFT:
            return Leaving(
                Edition(row, today()), notice=f"The case has changed since “{row.name}” was issued: a draft."
            )
    if state == DRAFT:
        return Leaving(Edition(made_on=today()))
    uuid = new_uuid()
    case.push(save_data_product(case.document, spec, actor=ACTOR, uuid=uuid))
    return Leaving(Edition(product_rows(case.document)[uuid], today(), state), is_new=True)
