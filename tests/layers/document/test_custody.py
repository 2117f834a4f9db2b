"""Custody is only added to, and issued products and watches are found by the rows they name."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Comment, Custody, Product, ProductRow, Watch
from layers.errors import InvalidEdit

KEPT = Custody(uuid="kept", table_name="source_files", row_uuid="file", event="kept")


def test_an_undo_leaves_custody_and_a_redo_adds_it_once() -> None:
    document = Document()
    note = Comment(uuid="note", target_uuid="file")
    edit = Edit("Keep a file", (Change("custody", None, KEPT), Change("comments", None, note)))
    for _ in range(2):
        document.apply(edit)
        assert list(document.table("custody").values()) == [KEPT]
        assert document.table("comments").keys() == {"note"}
        document.apply(edit.inverse())
        assert list(document.table("custody").values()) == [KEPT]
        assert not document.table("comments")


@pytest.mark.parametrize("after", [None, replace(KEPT, note="another")])
def test_custody_that_stands_is_neither_changed_nor_deleted(after: Custody | None) -> None:
    document = Document({"custody": [KEPT]})
    with pytest.raises(InvalidEdit, match="add a row instead"):
        document.apply(Edit("Tidy up", (Change("custody", KEPT, after),)))
    with pytest.raises(InvalidEdit):
        document.apply(Edit("Another under its uuid", (Change("custody", None, replace(KEPT, event="taken")),)))
    assert list(document.table("custody").values()) == [KEPT]


def test_a_row_knows_the_products_that_printed_it_and_a_product_its_rows() -> None:
    site, claim = (
        ProductRow(uuid=f"{table} {uuid}", product_uuid="map", table_name=table, row_uuid=uuid, row_rev=2)
        for table, uuid in (("site_point", "place"), ("claims", "said"))
    )
    document = Document({"products": [Product(uuid="map", name="Map")], "product_rows": [site, claim]})
    assert document.links.rows_of_product("map") == [site, claim]
    assert document.links.products_of_row("claims", "said") == [claim]
    assert document.links.products_of_row("site_polygon", "place") == [site], "a site may have become an area since"
    assert document.links.products_of_row("sources", "said") == []
    document.apply(Edit("Forget", (Change("product_rows", claim, None),)))
    assert document.links.products_of_row("claims", "said") == []
    assert document.products["map"].state == "draft"


def test_a_watch_is_found_by_its_site() -> None:
    watch = Watch(uuid="watch", site_uuid="place", place_key="catalogue")
    document = Document({"watch": [watch]})
    assert document.links.watches_of_site("place") == [watch]
    assert document.links.watches_of_site("said") == []
