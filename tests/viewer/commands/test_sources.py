"""The source register and the responses."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.alias import Alias
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSource, Response
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.errors import InvalidValue
from viewer.commands.responses import add_response, delete_responses, set_response_claims, update_response
from viewer.commands.sources import add_source, delete_sources, update_source, uses_of_source


def _document() -> Document:
    return Document(
        {
            "sources": [Source(uuid="s1", title="Backgrounder"), Source(uuid="s2")],
            "claims": [Claim(uuid="c"), Claim(uuid="d")],
            "claim_sources": [ClaimSource(uuid="l", claim_uuid="c", source_uuid="s1")],
            "responses": [Response(uuid="r", speaker="x", words="no", source_uuid="s1")],
            "sites": [Site(uuid="a", geometry=Point(0, 0), position_source_uuid="s1", status="reviewed")],
            "source_files": [SourceFile(uuid="f", source_uuid="s1"), SourceFile(uuid="g", source_uuid="s2")],
        }
    )


def test_a_source_is_registered_and_graded() -> None:
    document = Document()
    document.apply(add_source(document, actor="Li", uuid="s", title="T", kind="news report"))
    edit = update_source(document, "s", actor="Li", reliability="F")
    document.apply(edit)
    assert document.sources["s"].reliability == "F"
    assert edit.label == "Change reliability of source “T”"
    for fields in ({"reliability": "G"}, {"kind": "rumour"}):
        with pytest.raises(InvalidValue, match="choose one of"):
            update_source(document, "s", actor="Li", **fields)


def test_a_cited_source_goes_with_every_citation_in_one_edit() -> None:
    document = _document()
    uses = uses_of_source(document, "s1")
    assert [len(part) for part in uses] == [1, 1, 1]
    assert not uses_of_source(document, "s2")
    document.apply(delete_sources(document, ["s1"], actor="Li"))
    assert document.links.claim_to_sources("c") == []
    assert document.responses["r"].source_uuid == ""
    assert (document.sites["a"].position_source_uuid, document.sites["a"].status) == ("", "draft")
    assert set(document.table("source_files")) == {"g"}


def test_a_name_stays_without_its_source_when_that_is_deleted() -> None:
    named = (Alias("zh", "名", source_uuid="s1", is_ours=True), Alias("ru", "Имя", source_uuid="s2"), ("en", "Name"))
    site = Site(uuid="b", geometry=Point(0, 0), aliases=named, status="reviewed")
    document = Document({"sources": [Source(uuid="s1"), Source(uuid="s2")], "sites": [site]})
    assert [one.uuid for one in uses_of_source(document, "s1").sites] == ["b"]
    document.apply(delete_sources(document, ["s1"], actor="Li"))
    assert document.sites["b"].aliases == (Alias("zh", "名", is_ours=True), *named[1:])
    assert document.sites["b"].status == "draft"


def test_a_source_with_an_image_chip_stays() -> None:
    chip = Chip(uuid="chip", content_type="image/png", source_uuid="s1")
    document = Document({"sources": [Source(uuid="s1", title="T")], "chips": [chip]})
    with pytest.raises(InvalidValue, match="chip"):
        delete_sources(document, ["s1"], actor="Li")


def test_a_response_is_a_record_and_changes_no_claim() -> None:
    document = _document()
    before = dict(document.claims)
    document.apply(add_response(document, "Liu", "no", actor="Li", uuid="n", claim_uuids=["c"], source_uuid="s1"))
    assert [link.claim_uuid for link in document.links.response_to_claims("n")] == ["c"]
    document.apply(set_response_claims(document, "n", ["d"], actor="Li"))
    assert [link.claim_uuid for link in document.links.response_to_claims("n")] == ["d"]
    document.apply(update_response(document, "n", actor="Li", words="not at all"))
    assert document.responses["n"].words == "not at all"
    assert dict(document.claims) == before
    document.apply(delete_responses(document, ["n"], actor="Li"))
    assert set(document.table("response_claims")) == set()
    with pytest.raises(InvalidValue):
        update_response(document, "r", actor="Li", source_uuid="gone")
