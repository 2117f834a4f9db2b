"""A copy of a document: of the rows as they are, and of later edits only where they are applied to it, too."""

from __future__ import annotations

from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from viewer.commands.sites import delete_sites


def case() -> Document:
    sites = [Site(uuid=f"s{at}", geometry=Point(at, 50), label=f"Site {at}") for at in range(3)]
    links = [ClaimSite(uuid=f"l{at}", claim_uuid="c", site_uuid=f"s{at}") for at in range(3)]
    return Document({"sites": sites, "claims": [Claim(uuid="c", source_wording="words")], "claim_sites": links})


def linked(document: Document) -> list[str]:
    return [site.uuid for site in document.sites_of_claim("c")]


def test_a_copy_stays_as_it_is_and_leaves_the_document_as_it_is() -> None:
    document = case()
    copy = document.copied()
    document.apply(delete_sites(document, ["s1"], actor="Li"))
    assert (list(document.sites), linked(document)) == (["s0", "s2"], ["s0", "s2"])
    assert (list(copy.sites), linked(copy)) == (["s0", "s1", "s2"], ["s0", "s1", "s2"])
    copy.apply(delete_sites(copy, ["s0"], actor="Li"))
    assert (linked(document), linked(copy)) == (["s0", "s2"], ["s1", "s2"])


def test_a_copy_takes_the_same_edits_and_their_undo_in_the_same_order() -> None:
    document = case()
    document.apply(first := delete_sites(document, ["s0"], actor="Li"))
    copy = document.copied()
    second = delete_sites(document, ["s1"], actor="Li")
    for edit in (second, second.inverse(), first.inverse()):
        document.apply(edit)
        copy.apply(edit)
        assert (list(copy.sites), linked(copy)) == (list(document.sites), linked(document))
    assert list(copy.sites) == ["s0", "s1", "s2"]
