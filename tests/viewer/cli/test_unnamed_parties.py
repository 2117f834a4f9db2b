"""A picture of the map alone names nobody whom a claim names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from tests.support.cases.changed_cases import change
from viewer.cli.products.unnamed_parties import leave_names_out
from viewer.cli.terminal.command import DONE


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
    leave_names_out(document)
    assert (document.sites["firm"].label, document.sites["firm"].aliases) == ("", ())
    assert document.sites["pad"].label == "Pad"
    other = _case(is_claimed=False)
    leave_names_out(other)
    assert other.sites["firm"].label == "The firm"


@pytest.mark.bounded
def test_a_picture_of_the_demo_is_that_of_one_without_their_names(cli, demo, tmp_path) -> None:
    bare = Path(shutil.copy(demo, tmp_path / "bare.gpkg"))
    change(bare, "UPDATE site_point SET label = '', aliases_json = NULL WHERE role = 'named in a claim'")
    for case, name in ((demo, "a.png"), (bare, "b.png")):
        assert cli("render", case, "--out", tmp_path / name, "--size", "900x600").code == DONE
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
