"""Edits undo what they did, and many become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.changes import Changes
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES, Change, Edit
from layers.document.rows import ClaimSite, ResponseClaim
from layers.document.site import Site
from layers.errors import InvalidEdit

type State = dict[str, dict[str, object]]

# (what, which row, new text): applied in order to a document, each becomes one change
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.sampled_from("abcd"), st.text(max_size=3)), max_size=8)


def _state(document: Document) -> State:
    return {table: dict(document.table(table)) for table in TABLES}


def _links(document: Document) -> object:
    sites = {uuid: {link.uuid for link in document.links.site_to_claims(uuid)} for uuid in "abcd"}
    return sites, {uuid: {link.uuid for link in document.links.claim_to_sites(uuid)} for uuid in "abcd"}


def _edit(document: Document, steps: list[tuple[str, str, str]]) -> Edit:
    """Sites, claims and links at once, so that the look-ups take part."""
    changes: list[Change] = []
    sites, claims, links = dict(document.sites), dict(document.claims), dict(document.table("claim_sites"))
    for what, uuid, text in steps:
        site = Site(uuid=uuid, geometry=Point(len(text), 1), label=text) if what == "put" else None
        claim = Claim(uuid=uuid, statement=text) if what == "put" else None
        link = ClaimSite(uuid=uuid, claim_uuid=text[:1] or "a", site_uuid=uuid) if what == "put" else None
        for table, rows, row in (("sites", sites, site), ("claims", claims, claim), ("claim_sites", links, link)):
            before = rows.pop(uuid, None)
            if before is None and row is None:
                continue
            changes.append(Change(table, before, row))  # type: ignore[arg-type]
            if row is not None:
                rows[uuid] = row  # type: ignore[index]
    return Edit("step", tuple(changes))


@pytest.mark.bounded
@given(STEPS, STEPS)
def test_the_inverse_undoes_and_undoes_itself(first: list, second: list) -> None:
    document = Document()
    document.apply(_edit(document, first))
    before, links = _state(document), _links(document)
    edit = _edit(document, second)
    order = [*document.sites]
    document.apply(edit)
    after = _state(document)
    document.apply(edit.inverse())
    assert _state(document) == before
    assert [*document.sites] == order, "what came back stands where it stood"
    assert _links(document) == links
    document.apply(edit.inverse().inverse())
    assert _state(document) == after


@given(STEPS, STEPS, STEPS)
def test_joined_edits_do_what_the_sequence_does(first: list, second: list, third: list) -> None:
    one_by_one, at_once = Document(), Document()
    for document in (one_by_one, at_once):
        document.apply(_edit(document, first))
    edits = []
    for steps in (second, third):
        edits.append(_edit(one_by_one, steps))
        one_by_one.apply(edits[-1])
    joined = edits[0].joined(edits[1])
    at_once.apply(joined)
    assert _state(at_once) == _state(one_by_one)
    assert _links(at_once) == _links(one_by_one)
    assert len({(change.table, change.uuid) for change in joined.changes}) == len(joined.changes)


def test_joined_edits_with_a_change_to_nothing_leave_it_out() -> None:
    site = Site(uuid="a", geometry=Point(0, 0))
    insert = Edit("add", (Change("sites", None, site),))
    assert insert.joined(insert.inverse()).changes == ()


def test_kinds_follow_from_the_sides() -> None:
    site = Site(uuid="a", geometry=Point(0, 0))
    kinds = [
        change.kind
        for change in (Change("sites", None, site), Change("sites", site, site), Change("sites", site, None))
    ]
    assert kinds == ["insert", "update", "delete"]


@pytest.mark.parametrize("stale", ["gone", "changed", "there already"])
def test_a_stale_before_side_is_refused_and_nothing_is_applied(stale: str) -> None:
    site, other = Site(uuid="a", geometry=Point(0, 0)), Site(uuid="b", geometry=Point(1, 1))
    document = Document({"sites": [site]})
    wrong = {
        "gone": Change("sites", replace(site, uuid="c"), None),
        "changed": Change("sites", replace(site, label="x"), None),
        "there already": Change("sites", None, site),
    }[stale]
    before = _state(document)
    with pytest.raises(InvalidEdit, match="no longer fits"):
        document.apply(Edit("bad", (Change("sites", None, other), wrong)))
    assert _state(document) == before


def test_listeners_hear_what_was_touched_until_they_leave() -> None:
    heard: list[Changes] = []
    document = Document()
    leave = document.subscribe(heard.append)
    site = Site(uuid="a", geometry=Point(0, 0))
    edit = Edit("add", (Change("sites", None, site),))
    document.apply(edit)
    leave()
    document.apply(edit.inverse())
    assert [changes.uuids("sites") for changes in heard] == [frozenset({"a"})]
    assert heard[0].touches("sites")
    assert not heard[0].touches("claims")
    assert Changes(everything=True).touches("claims")


def test_a_link_to_no_answer_is_no_answer() -> None:
    document = Document(
        {
            "claims": [Claim(uuid="c")],
            "response_claims": [ResponseClaim(uuid="l", response_uuid="gone", claim_uuid="c")],
        }
    )
    assert document.links.responses_to("c") == []
