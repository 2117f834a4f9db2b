"""Issues a product from the command line and keeps it in its case, or passes it on as a draft."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from layers.document.rows import Product
from layers.errors import GeoloupeError
from layers.product.issuing.corrections import correction_of
from layers.product.issuing.edition import Edition
from layers.product.issuing.printed_rows import PrintedRow, is_as_issued
from layers.product.named_product import kept_product
from layers.product.publishing import DRAFT, State
from layers.product.spec import ProductSpec
from viewer.app.products.product_file import file_sha256
from viewer.cli.products.case_in_hand import CaseInHand
from viewer.cli.terminal.documents import ACTOR
from viewer.commands.products import (
    draft_after,
    issue_product,
    product_rows,
    reissue_product,
    save_product,
)
from viewer.commands.stamps import new_uuid
from viewer.export.made_on import today


class Leaving(Struct, frozen=True):
    """A product that leaves a case. `notice` is a sentence for the user of the command."""

    edition: Edition
    overrides_json: str = ""
    notice: str = ""
    is_new: bool = False
    """True where the written file issues the product; False for a draft, and for another file of an issued one."""


def leaving(case: CaseInHand, arguments: argparse.Namespace, spec: ProductSpec, state: State) -> Leaving:
    """Decide in which edition a product leaves; one to be issued is added to the case, as a draft until it is written.

    Raises InvalidValue where the case cannot keep it.
    """
    named = getattr(arguments, "product", None)
    if named is None:
        if state == DRAFT:
            return Leaving(Edition(made_on=today()))
        uuid = new_uuid()
        case.push(save_product(case.document, spec, actor=ACTOR, uuid=uuid))
        return Leaving(Edition(product_rows(case.document)[uuid], today(), state), is_new=True)
    row, _ = kept_product(case.document, named)
    if not row.issued_at:
        return Leaving(Edition(row, today(), state), row.overrides_json, is_new=state != DRAFT)
    return _of_issued(case, row, spec, state)


def _of_issued(case: CaseInHand, row: Product, spec: ProductSpec, state: State) -> Leaving:
    """Leave as another file of an issued product where nothing has changed since, else as its next version."""
    if is_as_issued(case.document, row) and state in (DRAFT, row.state):
        issued: State = "published" if row.state == "published" else "issued"
        return Leaving(Edition(row, row.issued_at[:10], issued), row.overrides_json)
    correction = correction_of(case.document, row)
    if state == DRAFT:
        following = replace(row, uuid="", version=row.version + 1, previous_uuid=row.uuid, correction=correction)
        changed = "The case has changed" if correction else "What the case held is not known"
        notice = f"{changed} since product {row.number} was issued: this is a draft of its next version."
        return Leaving(Edition(following, today()), row.overrides_json, notice)
    case.push(reissue_product(case.document, row.uuid, spec, actor=ACTOR))
    draft = draft_after(case.document, row.uuid)
    assert draft is not None
    return Leaving(
        Edition(replace(draft, correction=draft.correction or correction), today(), state),
        draft.overrides_json,
        is_new=True,
    )


def keep_issue(
    case: CaseInHand,
    edition: Edition,
    rows: Iterable[PrintedRow],
    written: Iterable[Path],
    numbers: Mapping[str, int] | None = None,
) -> str:
    """Record in the case that a product was issued, and save the case; returns a notice.

    `rows`: rows that it prints. `written`: its files. `numbers`: its markers' numbers, by uuid. Where the case cannot
    be saved the files are removed again: nothing is issued that is not kept. Raises what saving raises.
    """
    files, row = list(written), edition.product
    assert row is not None
    try:
        case.push(
            issue_product(
                case.document,
                row.uuid,
                sha256=file_sha256(files[0]) if files else "",
                numbers=numbers or {},
                actor=ACTOR,
                state=edition.state,
                printed=rows,
                correction=row.correction,
            )
        )
        case.save()
    except GeoloupeError:
        for file in files:
            with suppress(OSError):
                file.unlink()
        raise
    return f"{edition.state.capitalize()} as product {row.number}, version {row.version}."
