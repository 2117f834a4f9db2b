"""A picture of the map alone names nobody whom a claim names."""

from __future__ import annotations

from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from viewer.cli.command import DONE
from viewer.cli.products.unnamed_parties import leave_names_out


def _case(*, is_claimed: bool) -> Document:
    links = [ClaimSite(uuid="l", claim_uuid="c", site_uuid="firm")] if is_claimed else []
    return Document(
        {
            "sites": [
                Site(
                    uuid="firm", geometry=Point(1, 2), label="The firm", class_code="company", aliases=(("zh", "公司"),)
                ),
                Site(uuid="pad", geometry=Point(1, 2), label="Pad"),
            ],
            "claims": [Claim(uuid="c", source_wording="it sells")],
            "claim_sites": links,
        }
    )


def test_a_firm_that_a_claim_names_loses_its_names_and_others_keep_theirs() -> None:
    document = _case(is_claimed=True)
    assert leave_names_out(document).startswith("1 firm or person named in a claim is drawn without a name")
    assert (document.sites["firm"].label, document.sites["firm"].aliases) == ("", ())
    assert document.sites["pad"].label == "Pad"
    other = _case(is_claimed=False)
    assert leave_names_out(other) == ""
    assert other.sites["firm"].label == "The firm"


def test_render_says_that_it_names_nobody(cli, demo, tmp_path) -> None:
    outcome = cli("render", demo, "--out", tmp_path / "x.png", "--size", "300x200")
    assert outcome.code == DONE
    assert "5 firms or persons named in claims are drawn without a name" in outcome.err
