"""Words for a product that the case keeps: its state, its number, and its layout or its kind of data."""

from __future__ import annotations

from layers.document.rows import Product
from layers.product.issuing.data_spec import read_data_spec
from layers.product.spec import LAYOUTS, read_spec
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate


def product_facts(row: Product, *, is_wrong: bool = False) -> str:
    """State, number, version, and the layout of a product, in one line. `is_wrong`: it needs a correction."""
    facts = [translate("Products", "needs correction")] if is_wrong else []
    facts.append(issued_words(row))
    facts += [translate("Products", "No. {0}").format(one_line(row.number, 40))] if row.number else []
    facts += [translate("Products", "version {0}").format(row.version), _made_as(row)]
    return " · ".join(facts)


def _made_as(row: Product) -> str:
    spec, data = read_spec(row.layout_json), read_data_spec(row.layout_json)
    if spec is not None:
        return word(LAYOUTS[spec.layout])
    return (
        translate("Products", "data, {0}").format(data.suffix[1:].upper())
        if data is not None
        else translate("Products", "cannot be shown")
    )


def issued_words(row: Product) -> str:
    """The state with its day and the author who answers for it, or that it is a draft."""
    if not row.issued_at:
        return translate("Products", "draft")
    day, by = one_line(row.issued_at[:10], 20), one_line(row.issued_by, 40)
    if row.state == "published":
        return (translate("Products", "published {0} by {1}") if by else translate("Products", "published {0}")).format(
            day, by
        )
    return (translate("Products", "issued {0} by {1}") if by else translate("Products", "issued {0}")).format(day, by)


def product_name(row: Product) -> str:
    """Number and version: "Product 3, version 1"."""
    return translate("Products", "Product {0}, version {1}").format(one_line(row.number, 40), row.version)


def product_and_state(row: Product) -> str:
    """Number and version, with the day on which it left: "Product 3, version 1 (issued 2026-11-30)"."""
    state = translate("Products", "published {0}") if row.state == "published" else translate("Products", "issued {0}")
    return f"{product_name(row)} ({state.format(one_line(row.issued_at[:10], 20))})"
