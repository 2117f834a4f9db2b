"""geoloupe export --issue and --publish: the gate holds, what is issued is kept, and a correction finds its product."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from shapely import Point

from layers.document.document import Document
from layers.document.rows import ClaimEvidence, ClaimSite
from layers.document.site import Site
from layers.product.spec import ProductSpec
from layers.project.opening.intake import read_case
from layers.project.saving.publish import write_case
from tests.support.cases.changed_cases import change
from tests.support.cases.judgements import judgement
from tests.support.cases.older_schemas import case_of_schema_2
from viewer.cli.terminal.command import BAD_INPUT, DONE, FINDINGS, USAGE

SMALL = ("--size", "1200x900", "--dpi", "72")
HIKVISION = "UPDATE claims SET source_wording = source_wording || ' (again)' WHERE source_wording LIKE '%Hikvision%'"


@pytest.fixture
def case(tmp_path: Path, demo: Path) -> Path:
    return Path(shutil.copy(demo, tmp_path / "case.gpkg"))


def _document(case: Path) -> Document:
    return read_case(case).document


@pytest.mark.bounded
def test_a_product_without_answers_is_neither_issued_nor_published(cli, case: Path, tmp_path: Path) -> None:
    change(case, "DELETE FROM responses")
    before = case.read_bytes()
    for option in ("--issue", "--publish"):
        outcome = cli("export", case, "--out", tmp_path / "x.png", *SMALL, option)
        assert outcome.code == FINDINGS
        assert "No answer is recorded" in outcome.err
        assert not list(tmp_path.glob("x*"))
    assert case.read_bytes() == before


@pytest.mark.bounded
def test_a_draft_leaves_with_its_state_and_is_stamped_where_something_blocks(cli, case: Path, tmp_path: Path) -> None:
    assert cli("export", case, "--out", tmp_path / "clean.png", *SMALL).code == DONE
    change(case, "DELETE FROM responses")
    assert cli("export", case, "--out", tmp_path / "stamped.png", *SMALL).code == DONE
    clean, stamped = QImage(str(tmp_path / "clean.png")), QImage(str(tmp_path / "stamped.png"))
    for picture in (clean, stamped):
        assert picture.text("Status") == "draft, not issued"
    assert clean.pixelColor(3, 3).name() == "#ffffff"
    edges = ((3, 3), (stamped.width() - 3, 3), (3, stamped.height() - 3))
    assert {stamped.pixelColor(x, y).name() for x, y in edges} == {"#8c1d18"}
    assert not _document(case).products, "a draft is not kept"


@pytest.mark.bounded
def test_what_is_issued_is_numbered_and_kept_with_the_rows_that_it_prints(cli, case: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    outcome = cli("export", case, "--out", out, *SMALL, "--issue")
    assert (outcome.code, outcome.out) == (DONE, "Issued as product 1, version 1.\n")
    assert QImage(str(out)).text("Status") == "issued"
    (row,) = _document(case).products.values()
    assert (row.number, row.version, row.state) == ("1", 1, "issued")
    assert row.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    printed = {one.table_name for one in _document(case).links.rows_of_product(row.uuid)}
    assert {"site_point", "site_line", "claims", "responses", "sources", "loupe_layers"} <= printed
    again = cli("export", case, "--out", tmp_path / "again.png", "--product", "1")
    assert (again.code, again.out) == (DONE, ""), "another file of the same issue"
    assert (tmp_path / "again.png").read_bytes() == out.read_bytes()
    assert len(_document(case).products) == 1
    second = cli("export", case, "--out", tmp_path / "y.png", *SMALL, "--publish")
    assert second.out == "Published as product 2, version 1.\n"


@pytest.mark.bounded
def test_a_change_makes_the_next_version_with_its_correction(cli, case: Path, tmp_path: Path) -> None:
    first = tmp_path / "x.svg"
    cli("export", case, "--out", first, *SMALL, "--publish")
    (row,) = _document(case).products.values()
    change(case, HIKVISION)
    draft = cli("export", case, "--out", tmp_path / "d.svg", "--product", row.name)
    assert "draft of its next version" in draft.err
    assert "draft, not issued" in (tmp_path / "d.svg").read_text("utf-8")
    outcome = cli("export", case, "--out", tmp_path / "y.svg", "--product", row.uuid, "--publish")
    assert outcome.out == "Published as product 1, version 2.\n"
    one, two = sorted(_document(case).products.values(), key=lambda row: row.version)
    assert (one.sha256, one.number) == (hashlib.sha256(first.read_bytes()).hexdigest(), two.number)
    assert two.previous_uuid == one.uuid
    assert two.correction.startswith("Correction to version 1")
    assert "Correction to version 1" in (tmp_path / "y.svg").read_text("utf-8")


@pytest.mark.bounded
def test_a_product_of_schema_2_goes_through_the_same_gate(cli, tmp_path: Path) -> None:
    spec = ProductSpec(title="A map", author="Anna A.", page="900x700", dpi=72).to_json().replace("'", "''")
    case = case_of_schema_2(tmp_path / "two.gpkg", f"UPDATE products SET layout_json = '{spec}'")
    refused = cli("export", case, "--out", tmp_path / "x.png", "--product", "the number", "--issue")
    assert (refused.code, "blocking:" in refused.err) == (FINDINGS, True)
    assert not (tmp_path / "x.png").exists()
    draft = cli("export", case, "--out", tmp_path / "d.png", "--product", "issued")
    assert (draft.code, "not known since product the number was issued" in draft.err) == (DONE, True)
    picture = QImage(str(tmp_path / "d.png"))
    assert picture.text("Status") == "draft, not issued"
    assert picture.pixelColor(3, 3).name() == "#8c1d18"


def test_options_that_do_not_go_together_are_said(cli, case: Path, tmp_path: Path) -> None:
    wrong = cli("export", case, "--out", tmp_path / "x.png", "--product", "1", "--paper", "A4")
    assert (wrong.code, "leave --paper out" in wrong.err) == (USAGE, True)
    assert cli("export", case, "--out", tmp_path / "x.tif", "--raw", "--issue").code == USAGE
    none = cli("export", case, "--out", tmp_path / "x.png", "--product", "7")
    assert (none.code, "no product “7”" in none.err) == (BAD_INPUT, True)


@pytest.mark.bounded
def test_the_shipped_demo_stays_as_it_came(cli, demo: Path, tmp_path: Path) -> None:
    before = demo.read_bytes()
    outcome = cli("export", demo, "--out", tmp_path / "x.png", *SMALL, "--publish")
    assert (outcome.code, "stays as it came" in outcome.err) == (DONE, True)
    assert QImage(str(tmp_path / "x.png")).text("Status") == "published"
    assert demo.read_bytes() == before


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("ending", ["geojson", "csv", pytest.param("kmz", marks=pytest.mark.bounded), "xlsx", "gpkg"])
def test_data_go_through_the_same_gate(cli, case: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"x.{ending}"
    assert cli("export", case, "--out", out).code == DONE
    assert b"draft, not issued" in _unpacked(out)
    outcome = cli("export", case, "--out", out, "--publish")
    assert outcome.out == "Published as product 1, version 1.\n"
    assert b"as product 1, version 1" in _unpacked(out)
    (row,) = _document(case).products.values()
    assert (row.state, row.sha256) == ("published", hashlib.sha256(out.read_bytes()).hexdigest())
    assert cli("export", case, "--out", tmp_path / f"again.{ending}", "--product", "1").code == DONE
    change(case, "DELETE FROM responses")
    gone = tmp_path / f"y.{ending}"
    refused = cli("export", case, "--out", gone, "--issue")
    assert (refused.code, "No answer is recorded" in refused.err, gone.exists()) == (FINDINGS, True, False)
    assert cli("export", case, "--out", gone).code == DONE
    assert b"against it" in _unpacked(gone)


def _unpacked(path: Path) -> bytes:
    """All bytes of a file, those of the members of an archive among them."""
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        return data
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_the_case_itself_is_never_written_over(cli, case: Path, tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(case)
    before = case.read_bytes()
    assert cli("export", case, "--out", tmp_path / "link.png", *SMALL).code == BAD_INPUT
    assert case.read_bytes() == before


@pytest.mark.bounded
def test_lint_says_the_same_as_the_gate(cli, case: Path, tmp_path: Path) -> None:
    found = json.loads(cli("lint", case, "--publish", "--paper", "A3", "--title", "China", "--json").out)
    assert not [one for one in found if one["severity"] == "blocking"]
    change(case, "DELETE FROM responses")
    found = json.loads(cli("lint", case, "--publish", "--json").out)
    assert {one["rule"] for one in found if one["severity"] == "blocking"} == {"named-party"}


@pytest.mark.bounded
def test_a_reissue_whose_judgement_differs_says_what_changed(cli, tmp_path: Path) -> None:
    case, options = tmp_path / "a.gpkg", ("--product", "The pad", "--issue")
    judged = judgement("It is in use")
    rows = {
        "sites": [Site(uuid="pad", geometry=Point(128.3, 51.9), label="Pad", status="reviewed", position_error_m=50.0)],
        "claims": [judged],
        "claim_sites": [ClaimSite(uuid="l", claim_uuid="j", site_uuid="pad")],
        "claim_evidence": [
            ClaimEvidence(
                uuid="e", claim_uuid="j", evidence_table="site_point", evidence_uuid="pad", bearing="supports"
            )
        ],
    }
    write_case(Document(rows), case)
    first = cli("export", case, "--out", tmp_path / "1.svg", *SMALL, "--title", "The pad", "--issue")
    assert first.code == DONE, first.err
    change(case, "UPDATE claims SET likelihood_term = 'very likely', likelihood_low = 80, likelihood_high = 95")
    refused = cli("export", case, "--out", tmp_path / "2.svg", *options)
    assert refused.code == FINDINGS
    assert "was likely (55–80 %) in version 1, now very likely (80–95 %)" in refused.err
    assert not (tmp_path / "2.svg").exists()
    change(case, "UPDATE claims SET change_note = 'because a third image shows the tower'")
    assert cli("export", case, "--out", tmp_path / "2.svg", *options).code == DONE
    page = " ".join(re.sub("<[^>]*>", " ", (tmp_path / "2.svg").read_text("utf-8")).split())
    assert "Because a third image" in page
