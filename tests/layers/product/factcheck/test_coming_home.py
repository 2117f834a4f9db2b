"""Ticks come home: rows that have not changed since are reviewed in the checker's name, and the others are listed."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.rows import Product
from layers.errors import InvalidValue
from layers.product.factcheck.coming_home import Homecoming, Reason, comments_of, homecoming
from layers.product.factcheck.fact_sheet import UNSOURCED, FactSheet
from layers.product.factcheck.ticked_file import AskedSubject, TickedFact, TickedSheet
from tests.layers.product.factcheck.conftest import changed, sheet_of
from viewer.commands.reviewing.comments import resolve_comment
from viewer.commands.reviewing.reviews import review_checked

CHECKER = "B. Second"


def sent_out(sheet: FactSheet, but: Collection[str] = (), only: Collection[str] | None = None) -> TickedSheet:
    """The sheet as a file, with all facts ticked `but` those of these words, or `only` those."""
    facts = tuple(
        TickedFact(
            fact.key,
            fact.digest,
            fact.number,
            fact.words,
            fact.table,
            fact.uuid,
            is_ticked=fact.words not in but if only is None else fact.words in only,
            remark="a remark" if fact.words in but else "",
            is_unsourced=fact.basis == UNSOURCED,
        )
        for fact in sheet.facts
    )
    subjects = tuple(AskedSubject(row.table, row.uuid, row.rev, row.digest, row.name) for row in sheet.subjects)
    return TickedSheet("A product", "p-1", "2026-05-01", CHECKER, facts, subjects)


def home_of(document: Document, ticked: TickedSheet, checker: str = CHECKER) -> Homecoming:
    return homecoming(document, ticked, checker)


def reasons(home: Homecoming) -> dict[str, Reason]:
    return {row.uuid: row.reason for row in home.left if row.uuid}


def test_all_ticked_and_unchanged_is_reviewed_in_one_step(own: Document) -> None:
    site = next(iter(own.sites))
    home = home_of(own, sent_out(sheet_of(own)))
    assert (home.claims, home.sites) == (("c-1",), (site,))
    (unkept,) = home.left
    assert unkept.reason is Reason.NOT_KEPT, "the citation, and the title of the page"
    edit = review_checked(own, claims=home.claims, sites=home.sites, checker=CHECKER, actor="A. Author")
    own.apply(edit)
    for row in (own.claims["c-1"], own.sites[site]):
        assert (row.status, row.reviewed_by) == ("reviewed", CHECKER)
    own.apply(edit.inverse())
    assert (own.claims["c-1"].status, own.claims["c-1"].reviewed_by) == ("draft", "")


def test_a_row_whose_fact_is_open_is_left_with_its_number_and_remark(own: Document) -> None:
    sheet = sheet_of(own)
    home = home_of(own, sent_out(sheet, but=["12 pumps"]))
    assert home.claims == ()
    (row,) = [row for row in home.left if row.reason is Reason.PARTLY]
    (number,) = [fact.number for fact in sheet.facts if fact.words == "12 pumps"]
    assert row.facts == (number,)
    assert [(remark.number, remark.written) for remark in home.remarks] == [(number, "a remark")]


def test_a_tick_on_a_fact_without_a_source_counts_with_a_remark_only(own: Document) -> None:
    """A box that is ticked says that the fact stands in its source: where there is none, somebody must say where."""
    site = next(iter(own.sites.values()))
    own.apply(Edit("source", (Change("sites", site, replace(site, position_source_uuid="")),)))
    asked = sheet_of(own)
    unsourced = [fact.number for fact in asked.facts if fact.basis == UNSOURCED and fact.uuid == site.uuid]
    assert unsourced
    sheet = sent_out(asked)
    home = home_of(own, sheet)
    assert site.uuid not in home.sites
    (row,) = [row for row in home.left if row.reason is Reason.UNSOURCED]
    assert (row.uuid, row.facts) == (site.uuid, tuple(unsourced))
    assert not {fact.key for fact in asked.facts if fact.number in unsourced} & sheet.ticked_keys
    remarked = [replace(fact, remark="found on p. 4") if fact.number in unsourced else fact for fact in sheet.facts]
    sheet = replace(sheet, facts=tuple(remarked))
    assert reasons(home_of(own, sheet))[site.uuid] is Reason.REMARKED, "the author links the source, and settles it"
    assert sheet.ticked == len(asked.facts)


def test_a_ticked_row_with_an_open_remark_is_left_until_it_is_settled(own: Document) -> None:
    sheet = sent_out(sheet_of(own))
    facts = [replace(fact, remark="not in S1") if fact.words == "12 pumps" else fact for fact in sheet.facts]
    sheet = replace(sheet, facts=tuple(facts))
    home = home_of(own, sheet)
    assert home.claims == ()
    assert reasons(home) == {"c-1": Reason.REMARKED}
    (row,) = [row for row in home.left if row.uuid]
    assert row.facts == tuple(fact.number for fact in facts if fact.remark)
    remarks = [(remark.uuid, remark.body) for remark in home.new_remarks]
    own.apply(review_checked(own, claims=(), sites=home.sites, remarks=remarks, checker=CHECKER, actor="A. Author"))
    assert home_of(own, sheet).claims == (), "kept, and still open"
    (kept,) = comments_of(own)
    own.apply(resolve_comment(own, kept.uuid, actor="A. Author"))
    assert home_of(own, sheet).claims == ("c-1",)


def test_a_remark_is_kept_on_its_row_once_in_the_name_of_its_checker(own: Document) -> None:
    ticked = sent_out(sheet_of(own), but=["12 pumps"])
    home = home_of(own, ticked)
    (remark,) = home.new_remarks
    assert (remark.uuid, remark.body) == ("c-1", "“12 pumps”: a remark")
    rows = {"claims": home.claims, "sites": home.sites, "remarks": [(remark.uuid, remark.body)]}
    own.apply(edit := review_checked(own, checker=CHECKER, actor="A. Author", **rows))
    (kept,) = comments_of(own)
    assert (kept.target_uuid, kept.body, kept.created_by) == ("c-1", "“12 pumps”: a remark", CHECKER)
    again = home_of(own, ticked)
    assert again.new_remarks == ()
    assert again.remarks[0].is_known
    own.apply(settled := resolve_comment(own, kept.uuid, actor="A. Author"))
    assert [(row.resolved, row.created_by) for row in comments_of(own)] == [(True, CHECKER)]
    own.apply(settled.inverse())
    own.apply(edit.inverse())
    assert comments_of(own) == []


def test_a_remark_on_the_page_is_kept_on_its_product_and_one_on_no_row_is_only_shown(own: Document) -> None:
    ticked = sent_out(sheet_of(own), but=["A product"])
    (shown,) = home_of(own, ticked).remarks
    assert (shown.table, shown.uuid) == ("", ""), "its product is not in the case"
    assert home_of(own, ticked).new_remarks == ()
    own.apply(Edit("Save", (Change("products", None, Product(uuid="p-1", name="A product")),)))
    (kept,) = home_of(own, ticked).new_remarks
    assert (kept.table, kept.uuid) == ("products", "p-1")
    forged = tuple(replace(fact, table="comments", uuid="p-1", remark="x") for fact in ticked.facts[:1])
    assert {row.table for row in home_of(own, replace(ticked, facts=forged)).remarks} == {"products"}


def test_a_row_without_any_tick_is_not_spoken_of(own: Document) -> None:
    home = home_of(own, sent_out(sheet_of(own), only=["A product"]))
    assert (home.reviews, reasons(home)) == (0, {})


@pytest.mark.parametrize(
    ("table", "uuid", "fields"),
    [
        ("claims", "c-1", {"statement": "Aurora Ltd. delivered 13 pumps"}),
        ("claim_sources", "l-2", {"quote": "another"}),
        ("sources", "s-1", {"published_at": "2020-02-04"}),
    ],
)
def test_a_row_that_changed_since_is_listed_and_not_reviewed(
    own: Document, table: str, uuid: str, fields: dict[str, str]
) -> None:
    ticked = sent_out(sheet_of(own))
    changed(own, table, uuid, modified_by="D. Hand", modified_at="2026-05-03T10:00:00Z", **fields)  # type: ignore[arg-type]
    home = home_of(own, ticked)
    assert "c-1" not in home.claims
    assert reasons(home)["c-1"] is Reason.CHANGED
    (row,) = [row for row in home.left if row.uuid == "c-1"]
    assert row.since == ("D. Hand, 2026-05-03" if table == "claims" else "")


def test_a_change_that_was_undone_is_none(own: Document) -> None:
    ticked, words = sent_out(sheet_of(own)), own.claims["c-1"].statement
    changed(changed(own, "claims", "c-1", statement="other"), "claims", "c-1", statement=words)
    assert home_of(own, ticked).claims == ("c-1",)


def test_a_row_that_is_gone_is_listed_by_the_name_that_it_had(own: Document) -> None:
    ticked = sent_out(sheet_of(own))
    other = Document()
    home = home_of(other, ticked)
    assert set(reasons(home).values()) == {Reason.GONE}
    assert not home.is_of_case
    assert "Aurora Ltd. delivered 12 pumps to Boreal in 2019" in [row.name for row in home.left]


def test_nobody_reviews_what_they_entered(own: Document) -> None:
    home = home_of(own, sent_out(sheet_of(own)), "a.  author")
    assert reasons(home)["c-1"] is Reason.OWN


def test_what_is_reviewed_already_stays_as_it_is(own: Document) -> None:
    changed(own, "claims", "c-1", status="reviewed", reviewed_by="E. Else")
    home = home_of(own, sent_out(sheet_of(own)))
    assert "c-1" not in home.claims
    assert "c-1" not in reasons(home)


def test_rows_of_other_tables_are_never_reviewed(own: Document) -> None:
    ticked = sent_out(sheet_of(own))
    forged = tuple(replace(row, table="sources", uuid="s-1") for row in ticked.subjects)
    home = home_of(
        own,
        replace(
            ticked, subjects=forged, facts=tuple(replace(fact, table="sources", uuid="s-1") for fact in ticked.facts)
        ),
    )
    assert home.reviews == 0


def test_a_review_needs_rows_and_a_name(own: Document) -> None:
    for fields in ({"claims": (), "sites": (), "checker": CHECKER}, {"claims": ("c-1",), "sites": (), "checker": " "}):
        with pytest.raises(InvalidValue):
            review_checked(own, actor="A. Author", **fields)  # type: ignore[arg-type]
    assert isinstance(review_checked(own, claims=("c-1",), sites=(), checker=CHECKER, actor="A"), Edit)
