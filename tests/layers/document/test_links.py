"""Rows that others link: each once, however often a file links them."""

from __future__ import annotations

import shapely

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, Response, ResponseClaim
from layers.document.site import Site


def test_what_a_file_links_thousands_of_times_is_there_once() -> None:
    many = range(3_000)
    document = Document(
        {
            "claims": [Claim(uuid="c")],
            "sites": [Site(uuid="s", geometry=shapely.Point(1, 2))],
            "responses": [
                Response(uuid="r", speaker="A", words="No."),
                Response(uuid="other", speaker="B", words="No."),
            ],
            "claim_sites": [ClaimSite(uuid=f"s{n}", claim_uuid="c", site_uuid="s") for n in many],
            "response_claims": [ResponseClaim(uuid=f"r{n}", response_uuid="r", claim_uuid="c") for n in many],
        }
    )
    assert [site.uuid for site in document.links.sites_of_claim("c")] == ["s"]
    assert [answer.uuid for answer in document.links.responses_to("c")][:1] == ["r"]
    assert len(document.links.responses_to("c")) <= 2
