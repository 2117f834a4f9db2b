"""Edits of products, which are kept in the case, issued with the numbers of their marks, and reissued as versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.imagery.match_plate import plate_of
from layers.document.rows import MetaEntry, Product, ProductRow, Row
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.product.issuing.data_spec import DataSpec, read_data_spec
from layers.product.judging.reissue import issued_judgements
from layers.product.numbering import numbers_json, read_numbers
from layers.product.publishing import DRAFT, ISSUED, State
from layers.product.spec import (
    LAYOUTS,
    MOST_OVERRIDES,
    Override,
    ProductSpec,
    overrides_json,
    read_overrides,
    read_spec,
)
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.mark_numbers import lock_numbers
from viewer.commands.named_order import LONGEST_NAME, checked_name
from viewer.commands.stamps import Stamp, delete, insert, new_uuid, stamp_of, update

if TYPE_CHECKING:
    from layers.product.issuing.printed_rows import PrintedRow

LONGEST_NUMBER, LONGEST_REASON = 40, 2000
NAMES = ("author", "organisation")
"""Keys of the case's metadata, and fields of a product, for those who answer for products: asked for once."""


def product_rows(document: Document) -> Mapping[str, Product]:
    """All rows of products, of all kinds, by uuid."""
    return cast("Mapping[str, Product]", document.table("products"))


def products_in_order(document: Document) -> list[Product]:
    """Products except match plates, by number, the newest version first; unreadable ones too, so that they can be
    deleted.
    """
    rows = [row for row in product_rows(document).values() if plate_of(row) is None]
    return sorted(rows, key=lambda row: (*_natural(row.number), -row.version, row.created_at, row.uuid))


def next_product_number(document: Document, but: str = "") -> str:
    """A whole number above those of all products, except the one with uuid `but`."""
    rows = (row for row in product_rows(document).values() if row.uuid != but)
    return str(max((int(row.number) for row in rows if _is_whole(row.number)), default=0) + 1)


def product_number(document: Document, spec: ProductSpec, row: Product | None = None) -> str:
    """The number of a product: the one that was typed, else the case's own.

    All versions of a product have that of the first.
    """
    if row is not None and (row.issued_at or row.previous_uuid):
        return row.number
    typed, was = _one_line(spec.number), read_spec(row.layout_json) if row is not None else None
    if typed or row is None or not row.number or (was is not None and _one_line(was.number)):
        return typed or next_product_number(document, row.uuid if row is not None else "")
    return row.number


def later_versions(document: Document, uuid: str) -> list[Product]:
    """The versions that were made from this one, and from those in turn."""
    versions, wanted = list[Product](), {uuid}
    for row in sorted(product_rows(document).values(), key=lambda row: row.version):
        if row.previous_uuid in wanted and row.uuid not in wanted:
            versions.append(row)
            wanted.add(row.uuid)
    return versions


def save_product(
    document: Document,
    spec: ProductSpec,
    *,
    actor: str,
    name: str = "",
    overrides: Sequence[Override] = (),
    now: str | None = None,
    uuid: str | None = None,
) -> Edit:
    """Keep a product as version 1. Raises InvalidValue, as where another product has its number."""
    row = Product(
        uuid=uuid or new_uuid(),
        name=checked_name(name, Phrase("product")) if name else _own_name(spec),
        number=_checked_number(document, product_number(document, spec)),
        layout_json=_checked(spec),
        overrides_json=_checked_overrides(overrides),
    )
    stamp = stamp_of(actor, now)
    names = _remembered(document, spec, stamp)
    return Edit(Phrase("Save product “{name}”", name=row.name), (insert("products", row, stamp), *names))


def _remembered(document: Document, spec: ProductSpec, stamp: Stamp) -> list[Change]:
    """Changes that keep the author and organisation of the first product that has them, as defaults for later ones."""
    changes: list[Change] = []
    for key, name in ((key, getattr(spec, key)) for key in NAMES if getattr(spec, key) and not document.meta(key)):
        entry = document.table("meta").get(key)
        if entry is None:
            changes.append(insert("meta", MetaEntry(uuid=key, value=name), stamp))
        else:
            changes += update("meta", entry, stamp, value=name)
    return changes


def save_products(
    document: Document, specs: Sequence[tuple[str, ProductSpec]], *, actor: str, now: str | None = None
) -> Edit:
    """Keep many products, by uuid, with consecutive numbers of the case's own. Raises InvalidValue."""
    first, stamp = int(next_product_number(document)), stamp_of(actor, now)
    rows = [
        Product(uuid=uuid, name=_own_name(spec), number=str(first + at), layout_json=_checked(replace(spec, number="")))
        for at, (uuid, spec) in enumerate(specs)
    ]
    return Edit(
        Phrase("Save {products}", products=counted(len(rows), "product")),
        tuple(insert("products", row, stamp) for row in rows),
    )


def save_data_product(document: Document, spec: DataSpec, *, actor: str, now: str | None = None, uuid: str) -> Edit:
    """Keep data that are to be issued, as version 1 of a product. Raises InvalidValue."""
    ending = spec.suffix[1:].upper()
    row = Product(
        uuid=uuid,
        name=checked_name(f"{spec.title.strip()[: LONGEST_NAME - 20]} ({ending})".strip(), Phrase("product")),
        number=next_product_number(document),
        layout_json=spec.to_json(),
    )
    if read_data_spec(row.layout_json) != spec:
        raise InvalidValue("The data hold a text or too many marks to be kept as a product: choose fewer.")
    return Edit(Phrase("Save product “{name}”", name=row.name), (insert("products", row, stamp_of(actor, now)),))


def change_product(
    document: Document,
    uuid: str,
    spec: ProductSpec,
    *,
    actor: str,
    overrides: Sequence[Override] | None = None,
    correction: str | None = None,
    now: str | None = None,
) -> Edit:
    """Change a draft; `overrides` and `correction` None keep those it has. Raises InvalidValue, also for an issued one.

    Its name in the case follows the title, unless it was given another name there.
    """
    row = _draft(document, uuid)
    text = row.overrides_json if overrides is None else _checked_overrides(overrides)
    number = product_number(document, spec, row)
    if number != row.number:
        number = _checked_number(document, number, uuid)
    name = _name_after(row, spec)
    fields = {"name": name, "layout_json": _checked(spec), "overrides_json": text, "number": number}
    line = row.correction if correction is None else _checked_correction(correction)
    stamp = stamp_of(actor, now)
    changes = (*update("products", row, stamp, **fields, correction=line), *_remembered(document, spec, stamp))
    return Edit(Phrase("Change product “{name}”", name=name), changes)


def rename_product(document: Document, uuid: str, name: str, *, actor: str, now: str | None = None) -> Edit:
    """Rename a product in the case, even an issued one. Raises InvalidValue."""
    row = row_of(product_rows(document), uuid, Phrase("product"))
    changes = update("products", row, stamp_of(actor, now), name=checked_name(name, Phrase("product")))
    return Edit(Phrase("Rename product “{name}”", name=row.name), changes)


def override_of(rule: str, where: str, reason: str, actor: str, now: str) -> Override:
    """An override of a finding by this actor at this time. Raises InvalidValue without a reason."""
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise InvalidValue(
            "Letting a finding pass needs a reason of at most {longest_reason} characters.",
            longest_reason=LONGEST_REASON,
        )
    return Override(rule, where, reason, actor, now)


def with_override(overrides: Sequence[Override], override: Override) -> tuple[Override, ...]:
    """The overrides with one more, which replaces one of the same finding."""
    return (*(other for other in overrides if (other.rule, other.where) != (override.rule, override.where)), override)


def issue_product(
    document: Document,
    uuid: str,
    *,
    sha256: str,
    numbers: Mapping[str, int],
    actor: str,
    state: State = ISSUED,
    printed: Iterable[PrintedRow] = (),
    correction: str = "",
    now: str | None = None,
) -> Edit:
    """Record that a draft was issued: when, by whom, as which file, with which numbers of its marks (by uuid), and
    which rows it printed.

    The markers among the marks keep their numbers from now on. The responsible person is named as the product names its
    author, never by the login name. `correction`: the error before, in the words of a reissue. Raises InvalidValue.
    """
    row, stamp = _draft(document, uuid), stamp_of(actor, now)
    rows = list(printed)
    numbers = dict(sorted(numbers.items()))
    claims = (document.claims[row.uuid] for row in rows if row.table_name == "claims" and row.uuid in document.claims)
    whole = [row.uuid for row in rows if row.is_whole]
    text = numbers_json(numbers, {row.uuid: row.digest for row in rows}, issued_judgements(claims), whole)
    if read_numbers(text) != numbers:
        raise InvalidValue("Each numbered mark of a product has a number of its own, from 1 upwards.")
    if state == DRAFT:
        raise InvalidValue("A product is issued or published: a draft is neither.")
    locked = lock_numbers(document, numbers, actor=actor, now=stamp.now).changes if numbers else ()
    fields = {
        "issued_at": stamp.now,
        "issued_by": _answering(row),
        "sha256": sha256,
        "numbers_json": text,
        "state": state,
        "correction": correction,
    }
    after = {change.after.uuid: change.after for change in locked if change.after is not None}
    links = [_printed_link(uuid, printed_row, after.get(printed_row.uuid), stamp) for printed_row in rows]
    return Edit(
        Phrase("Issue product “{name}”", name=row.name), (*update("products", row, stamp, **fields), *locked, *links)
    )


def _answering(row: Product) -> str:
    """The name under which a product is issued: its author, else the organisation."""
    spec = read_spec(row.layout_json) or read_data_spec(row.layout_json)
    return _one_line(spec.author or spec.organisation) if spec is not None else ""


def _printed_link(product: str, printed_row: PrintedRow, locked: Row | None, stamp: Stamp) -> Change:
    """The row for the revision of a row that a product printed; for a marker whose number it locks, the new one."""
    rev = printed_row.rev if locked is None else locked.rev
    link = ProductRow(
        uuid=new_uuid(), product_uuid=product, table_name=printed_row.table_name, row_uuid=printed_row.uuid, row_rev=rev
    )
    return insert("product_rows", link, stamp)


def reissue_product(
    document: Document,
    uuid: str,
    spec: ProductSpec | None = None,
    *,
    actor: str,
    overrides: Sequence[Override] | None = None,
    correction: str | None = None,
    now: str | None = None,
    new: str | None = None,
) -> Edit:
    """Begin the next version of an issued product, as a draft with its number and the numbers of its marks.

    `correction`: the line on the error before; None: none yet. `spec` and `overrides` None: those of the issued one.
    Where a later version is a draft already, that draft is changed; without a `spec` the edit is empty then. Raises
    InvalidValue.
    """
    row = row_of(product_rows(document), uuid, Phrase("product"))
    if not row.issued_at:
        raise InvalidValue("“{name}” has not been issued: there is no version to follow.", name=row.name)
    later, begun = later_versions(document, uuid), draft_after(document, uuid)
    if begun is not None and spec is not None:
        return change_product(
            document, begun.uuid, spec, actor=actor, overrides=overrides, correction=correction, now=now
        )
    last = max([row, *later], key=lambda version: version.version)
    shown = spec or read_spec(row.layout_json)
    name = _name_after(last, shown) if shown is not None else last.name
    label = Phrase("Begin next version of product “{name}”", name=name)
    if begun is not None:
        return Edit(label, ())
    draft = Product(
        uuid=new or new_uuid(),
        name=name,
        number=last.number,
        version=last.version + 1,
        layout_json=row.layout_json if spec is None else _checked(spec),
        overrides_json=row.overrides_json if overrides is None else _checked_overrides(overrides),
        previous_uuid=last.uuid,
        numbers_json=last.numbers_json,
        correction=_checked_correction(correction or ""),
    )
    return Edit(label, (insert("products", draft, stamp_of(actor, now)),))


def draft_after(document: Document, uuid: str) -> Product | None:
    """The draft that follows an issued product; None without one."""
    return next((row for row in reversed(later_versions(document, uuid)) if not row.issued_at), None)


def delete_products(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete products. A version after a deleted one then follows the version before that. Raises InvalidValue."""
    everything, stamp = product_rows(document), stamp_of(actor, now)
    gone = {uuid: row_of(everything, uuid, Phrase("product")) for uuid in dict.fromkeys(uuids)}
    names = [row.name for row in gone.values()]
    label = (
        Phrase("Delete product “{names}”", names=names[0])
        if len(names) == 1
        else Phrase("Delete {products}", products=counted(len(names), "product"))
    )
    changes: list[Change] = [delete("products", row) for row in gone.values()]
    changes += [delete("comments", remark) for uuid in gone for remark in document.links.comments_on(uuid)]
    changes += [delete("product_rows", link) for uuid in gone for link in document.links.rows_of_product(uuid)]
    for row in everything.values():
        if row.uuid not in gone and row.previous_uuid in gone:
            changes += update("products", row, stamp, previous_uuid=_still_there(gone, row))
    return Edit(label, tuple(changes))


def _still_there(gone: Mapping[str, Product], row: Product) -> str:
    """The nearest version before this one that is not deleted; empty without one, or where they form a circle."""
    seen, uuid = {row.uuid}, row.previous_uuid
    while uuid in gone and uuid not in seen:
        seen.add(uuid)
        uuid = gone[uuid].previous_uuid
    return "" if uuid in seen else uuid


def _own_name(spec: ProductSpec) -> str:
    """The default name of a product in the case."""
    return checked_name(spec.title.strip()[: LONGEST_NAME - 10] or LAYOUTS[spec.layout], Phrase("product"))


def _name_after(row: Product, spec: ProductSpec) -> str:
    """The name of a changed product: by its title as before, or the one that it was given."""
    was = read_spec(row.layout_json)
    return _own_name(spec) if was is not None and row.name == _own_name(was) else row.name


def _draft(document: Document, uuid: str) -> Product:
    row = row_of(product_rows(document), uuid, Phrase("product"))
    if row.issued_at:
        raise InvalidValue(
            "“{name}” has been issued and stays as it is: reissue it as the next version.", name=row.name
        )
    return row


def _checked(spec: ProductSpec) -> str:
    text = spec.to_json()
    if read_spec(text) != spec:
        raise InvalidValue("The product holds a text or a number that cannot be kept: set it anew.")
    return text


def _checked_overrides(overrides: Sequence[Override]) -> str:
    text = overrides_json(overrides)
    if len(overrides) > MOST_OVERRIDES or read_overrides(text) != tuple(overrides):
        raise InvalidValue(
            "Up to {most_overrides} findings of a product are let pass, each with a reason.",
            most_overrides=MOST_OVERRIDES,
        )
    return text


def _checked_correction(line: str) -> str:
    line = _one_line(line)
    if len(line) > LONGEST_REASON:
        raise InvalidValue(
            "The line of a correction has at most {longest_reason} characters: shorten it.",
            longest_reason=LONGEST_REASON,
        )
    return line


def _checked_number(document: Document, number: str, uuid: str = "") -> str:
    if len(number) > LONGEST_NUMBER:
        raise InvalidValue(
            "The number of a product has at most {longest_number} characters: shorten it.",
            longest_number=LONGEST_NUMBER,
        )
    if any(other.number == number for other in product_rows(document).values() if other.uuid != uuid):
        raise InvalidValue("Another product has the number {number}: choose one that is free.", number=number)
    return number


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def _natural(number: str) -> tuple[bool, int, str]:
    """Sort key of a number: whole numbers by value, before all others."""
    return (False, int(number), number) if _is_whole(number) else (True, 0, number)
