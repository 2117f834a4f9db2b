"""Products are saved, changed, issued, reissued and deleted by edits, each of which its inverse takes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.marks.mark_shape import Numbered, shape_of_site
from layers.document.rows import Product, ProductRow
from layers.errors import InvalidValue
from layers.product.numbering import read_numbers
from layers.product.spec import ProductSpec, read_overrides, read_spec
from viewer.commands.history import History
from viewer.commands.imagery.match_plates import set_photo_number
from viewer.commands.layers import add_layer
from viewer.commands.products import (
    change_product,
    delete_products,
    draft_after,
    issue_product,
    later_versions,
    next_product_number,
    override_of,
    product_rows,
    products_in_order,
    reissue_product,
    rename_product,
    save_product,
    with_override,
)
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import delete_sites

PLATE = ProductSpec(title="Pier, Pucallpa", page="A4 portrait")
WHO: dict[str, Any] = {"actor": "Li", "now": "2026-11-27T10:00:00Z"}


class Written:
    """Journals nothing."""

    def append(self, edit: object, actor: str) -> None:
        pass


def tables(document: Document) -> dict[str, Any]:
    return {table: dict(document.table(table)) for table in TABLES}


def with_product() -> Document:
    document = Document()
    document.apply(save_product(document, PLATE, uuid="one", **WHO))
    return document


def row(document: Document, uuid: str) -> Product:
    return product_rows(document)[uuid]


def let_pass(document: Document, uuid: str, rule: str, where: str, reason: str) -> Edit:
    kept = row(document, uuid)
    spec = read_spec(kept.layout_json)
    assert spec is not None
    override = override_of(rule, where, reason, WHO["actor"], WHO["now"])
    overrides = with_override(read_overrides(kept.overrides_json), override)
    return change_product(document, uuid, spec, overrides=overrides, **WHO)


def test_a_saved_product_is_read_again() -> None:
    document = with_product()
    kept = row(document, "one")
    assert (kept.name, kept.number, kept.version, kept.issued_at) == ("Pier, Pucallpa", "1", 1, "")
    assert read_spec(kept.layout_json) == PLATE
    document.apply(save_product(document, replace(PLATE, title=""), **WHO))
    assert [(one.number, one.name) for one in products_in_order(document)] == [
        ("1", "Pier, Pucallpa"),
        ("2", "Single image"),
    ]


def test_a_typed_number_is_kept_until_it_is_cleared() -> None:
    document = with_product()
    for typed, number in (("IMG-26/4", "IMG-26/4"), ("", "1"), ("12", "12"), ("", "1")):
        document.apply(change_product(document, "one", replace(PLATE, number=typed), **WHO))
        assert row(document, "one").number == number
        kept = read_spec(row(document, "one").layout_json)
        assert kept is not None
        assert kept.number == typed
    document.apply(save_product(document, PLATE, uuid="two", **WHO))
    document.apply(change_product(document, "one", replace(PLATE, bottom_line="Two piers"), **WHO))
    assert [row(document, uuid).number for uuid in ("one", "two")] == ["1", "2"]


def test_an_issued_product_stays_as_it_is_and_is_followed_by_the_next_version() -> None:
    document = with_product()
    document.apply(let_pass(document, "one", "credit", "map 1", " nobody  to credit "))
    document.apply(issue_product(document, "one", sha256="ab" * 32, numbers={"a": 1, "b": 2}, **WHO))
    issued = row(document, "one")
    assert (issued.issued_at, issued.sha256, issued.state) == (WHO["now"], "ab" * 32, "issued")
    assert issued.issued_by == PLATE.author, "never the login name"
    assert read_numbers(issued.numbers_json) == {"a": 1, "b": 2}
    refusals: list[Callable[[], Edit]] = [
        lambda: change_product(document, "one", PLATE, **WHO),
        lambda: let_pass(document, "one", "credit", "", "so it is"),
        lambda: issue_product(document, "one", sha256="", numbers={}, **WHO),
    ]
    for refused in refusals:
        with pytest.raises(InvalidValue, match="reissue"):
            refused()
    document.apply(reissue_product(document, "one", new="two", **WHO))
    assert not reissue_product(document, "one", **WHO).changes, "there is a draft already"
    draft = draft_after(document, "one")
    assert draft is not None
    assert (draft.uuid, draft.number, draft.version, draft.previous_uuid) == ("two", "1", 2, "one")
    assert read_numbers(draft.numbers_json) == {"a": 1, "b": 2}
    assert [one.reason for one in read_overrides(draft.overrides_json)] == ["nobody to credit"]
    document.apply(change_product(document, "two", replace(PLATE, number="7"), **WHO))
    assert row(document, "two").number == "1", "all versions have the number of the first"
    with pytest.raises(InvalidValue, match="not been issued"):
        reissue_product(document, "two", **WHO)
    document.apply(issue_product(document, "two", sha256="", numbers={"a": 1}, **WHO))
    document.apply(reissue_product(document, "one", new="three", **WHO))
    assert (row(document, "three").version, row(document, "three").previous_uuid) == (3, "two")
    assert [one.uuid for one in later_versions(document, "one")] == ["two", "three"]


def test_markers_of_an_issued_product_keep_their_numbers() -> None:
    document = with_product()
    for number, uuid in enumerate("abc", start=1):
        document.apply(add_mark(document, Numbered(number), Point(number, 1), uuid=uuid, **WHO))
    document.apply(issue_product(document, "one", sha256="", numbers={"b": 2, "c": 3}, **WHO))
    document.apply(delete_sites(document, ["a"], **WHO))
    assert [document.sites[uuid].number for uuid in "bc"] == [2, 3]
    shape = shape_of_site(document.sites["b"])
    assert isinstance(shape, Numbered)
    assert shape.locked


def test_a_version_whose_earlier_one_is_deleted_follows_the_one_before_that() -> None:
    document = with_product()
    for uuid, new in (("one", "two"), ("two", "three")):
        document.apply(issue_product(document, uuid, sha256="", numbers={}, **WHO))
        document.apply(reissue_product(document, uuid, new=new, **WHO))
    assert [row(document, uuid).state for uuid in ("one", "two", "three")] == ["issued", "issued", "draft"]
    printed = [
        ProductRow(uuid=f"p-{uuid}", product_uuid=uuid, table_name="claims", row_uuid="c") for uuid in ("one", "two")
    ]
    document.apply(Edit("Print", tuple(Change("product_rows", None, one) for one in printed)))
    document.apply(delete_products(document, ["two"], **WHO))
    assert [one.product_uuid for one in document.links.products_of_row("claims", "c")] == ["one"]
    assert row(document, "three").previous_uuid == "one"
    document.apply(delete_products(document, ["one"], **WHO))
    assert row(document, "three").previous_uuid == ""


def test_what_is_refused() -> None:
    document = with_product()
    document.apply(save_product(document, PLATE, uuid="two", name="Another", **WHO))
    refusals: list[Callable[[], Edit]] = [
        lambda: rename_product(document, "one", "  ", **WHO),
        lambda: rename_product(document, "gone", "x", **WHO),
        lambda: change_product(document, "one", replace(PLATE, number=" 2 "), **WHO),
        lambda: change_product(document, "one", replace(PLATE, number="x" * 41), **WHO),
        lambda: save_product(document, replace(PLATE, number="1"), **WHO),
        lambda: let_pass(document, "one", "credit", "", "  "),
        lambda: save_product(document, replace(PLATE, title="x" * 5000), **WHO),
        lambda: delete_products(document, ["one", "gone"], **WHO),
    ]
    for refused in refusals:
        with pytest.raises(InvalidValue):
            refused()
    assert next_product_number(document) == "3"


def test_match_plates_are_no_products_of_the_list() -> None:
    document = Document()
    document.apply(add_layer(document, "raster", "photo", {}, uuid="photo", actor="Li"))
    document.apply(set_photo_number(document, "photo", 1, 2, 3, actor="Li"))
    assert product_rows(document)
    assert not products_in_order(document)


def test_versions_in_a_circle_end() -> None:
    rows = [Product(uuid=a, name=a, issued_at="x", previous_uuid=b) for a, b in ("ab", "ba")]
    document = Document({"products": rows})
    assert [one.uuid for one in later_versions(document, "a")] == ["b"]
    document.apply(delete_products(document, ["a"], **WHO))
    assert row(document, "b").previous_uuid == ""


def some_edit(document: Document, draw: st.DataObject) -> Edit:
    """One command that fits the case as it stands."""
    rows = list(product_rows(document).values())
    choices = [lambda: save_product(document, PLATE, **WHO)]
    if rows:
        one = draw.draw(st.sampled_from(rows))
        choices += [
            lambda: rename_product(document, one.uuid, draw.draw(st.sampled_from("ab")), **WHO),
            lambda: delete_products(document, [one.uuid], **WHO),
        ]
        numbers = {"mark": draw.draw(st.integers(1, 5))}
        spec = replace(PLATE, dpi=draw.draw(st.sampled_from([100, 200])))
        choices += [
            (lambda: reissue_product(document, one.uuid, **WHO))
            if one.issued_at
            else draw.draw(
                st.sampled_from(
                    [
                        lambda: issue_product(document, one.uuid, sha256="", numbers=numbers, **WHO),
                        lambda: change_product(document, one.uuid, spec, **WHO),
                        lambda: let_pass(document, one.uuid, "rule", "", "so it is"),
                    ]
                )
            )
        ]
    return draw.draw(st.sampled_from(choices))()


@pytest.mark.bounded
@given(st.data(), st.integers(1, 12))
def test_undo_leads_back_to_the_start_and_redo_to_the_same_case(data: st.DataObject, steps: int) -> None:
    document = Document()
    document.apply(add_mark(document, Numbered(1), Point(1, 1), uuid="mark", **WHO))
    history, states = History(document, Written(), "Li"), [tables(document)]
    for _ in range(steps):
        edit = some_edit(document, data)
        if edit.changes:
            history.push(edit)
            states.append(tables(document))
    for state in reversed(states[:-1]):
        history.undo()
        assert tables(document) == state
    for state in states[1:]:
        history.redo()
        assert tables(document) == state
    issued = [one for one in product_rows(document).values() if one.issued_at]
    assert all(json.loads(one.numbers_json)["numbers"] for one in issued)
