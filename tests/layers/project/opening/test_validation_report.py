"""Each finding has its code; a case as we save it has none."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely.geometry import LineString, Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.errors import FileMissing, UnsupportedFormat
from layers.project.saving.publish import write_case
from tests.support.cases.case_contents import validate
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import CLAIM, POINT, rich_document


@pytest.fixture
def case(tmp_path: Path) -> Path:
    (tmp_path / "a.tif").touch()
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path)
    return path


def codes(path: Path) -> set[str]:
    return {finding.code for finding in validate(path)}


def test_a_saved_case_is_sound(case: Path) -> None:
    assert validate(case) == []


def _wal(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


SPOILED: dict[str, Callable[[Path], object]] = {
    "damaged": lambda path: path.write_bytes(path.read_bytes()[:-5000] + bytes(5000)),
    "application_id": lambda path: change(path, "PRAGMA application_id = 1"),
    "user_version": lambda path: change(path, "PRAGMA user_version = 10300"),
    "edited": lambda path: change(path, "UPDATE claims SET statement = 'x'"),
    "integrity": lambda path: change(path, "DELETE FROM loupe_meta WHERE key = 'integrity'"),
    "rtree_count": lambda path: change(path, "DELETE FROM rtree_site_line_geom"),
    "rtree_missing": lambda path: change(path, "DROP TABLE rtree_site_point_geom"),
    "value": lambda path: change(path, "UPDATE claims SET likelihood_low = 'x'"),
    "orphan_link": lambda path: change(path, "DELETE FROM sources"),
    "orphan_evidence": lambda path: change(path, "DELETE FROM products"),
    "own_evidence": lambda path: change(
        path, "UPDATE claim_evidence SET evidence_table = 'claims', evidence_uuid = claim_uuid"
    ),
    "orphan_chip": lambda path: change(path, "UPDATE chips SET site_uuid = 'nowhere'"),
    "layer_missing": lambda path: (path.parent / "a.tif").unlink(),
    "side_file": lambda path: path.with_name("case.gpkg-journal").write_bytes(b""),
    "wal": _wal,
}


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize("code", SPOILED)
def test_what_is_wrong_is_found(case: Path, code: str) -> None:
    SPOILED[code](case)
    assert code in codes(case)


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (replace(CLAIM, state="reported"), "likelihood"),
        (replace(CLAIM, state="verified", likelihood_term="", likelihood_low=None, likelihood_high=None), "likelihood"),
        (replace(CLAIM, likelihood_low=80, likelihood_high=55), "likelihood_band"),
        (replace(CLAIM, likelihood_high=None), "likelihood_band"),
        (replace(CLAIM, likelihood_high=100), "likelihood_band"),
    ],
)
def test_the_rules_of_the_trade(tmp_path: Path, claim: Claim, code: str) -> None:
    path = tmp_path / "case.gpkg"
    write_case(Document({"claims": [claim]}), path)
    assert codes(path) == {code}


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM images", "orphan_evidence"),
        ("UPDATE observations SET site_uuid = 'nowhere'", "orphan_evidence"),
        ("UPDATE claim_evidence SET evidence_uuid = 'nothing'", "orphan_evidence"),
        ("UPDATE claim_evidence SET evidence_table = 'sqlite_master', evidence_uuid = 'x'", "orphan_evidence"),
        ("UPDATE searches SET area_uuid = 'nowhere'", "orphan_evidence"),
        ("UPDATE site_point SET parent_uuid = 'nowhere'", "orphan_evidence"),
        ("UPDATE sources SET origin_uuid = 'nowhere'", "orphan_evidence"),
        ("UPDATE observations SET presence = 'absent', view_quality = 'obscured'", "absent"),
        ("UPDATE observations SET change = 'changed'", "change"),
        (
            "INSERT INTO observations (uuid, site_uuid, image_uuid, observer, target) "
            "SELECT 'twice', site_uuid, image_uuid, observer, target FROM observations",
            "observation_twice",
        ),
    ],
)
def test_evidence_that_does_not_hold_together_is_found(case: Path, statement: str, code: str) -> None:
    change(case, statement)
    assert code in codes(case)


@pytest.mark.bounded_after(3)
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE claims SET made_at = '31 April 2016'", "“31 April 2016” in made_at, which is no date."),
        ("UPDATE sources SET accessed_at = 'tomorrow'", "“tomorrow” in accessed_at"),
        ("UPDATE sources SET published_at = '2016-04-31'", "“2016-04-31” in published_at"),
        ("UPDATE site_point SET valid_to = '2020/2010'", "“2020/2010” in valid_to"),
        ("UPDATE sources SET published_at = 'n.d.'", ""),
        ("UPDATE claims SET made_at = '2016-04'", ""),
        ("UPDATE claims SET made_at = '2016/2017-03'", ""),
        ("UPDATE claims SET made_at = '2016-04-12T08:30:00+03:00'", ""),
    ],
)
def test_dates_that_are_none_are_found_and_left_as_they_are(case: Path, statement: str, said: str) -> None:
    change(case, statement)
    found = [finding.sentence for finding in validate(case) if finding.code == "date"]
    assert bool(found) == bool(said)
    assert all(said in sentence for sentence in found)


def test_both_rows_of_terms_in_one_case(tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    write_case(Document({"claims": [CLAIM, replace(CLAIM, uuid="b", likelihood_term="probable")]}), path)
    assert codes(path) == {"likelihood_rows"}


def test_links_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    write_case(
        Document({"sites": [POINT], "claim_sites": [ClaimSite(uuid="l", claim_uuid="no", site_uuid=POINT.uuid)]}), path
    )
    (finding,) = validate(path)
    assert (finding.code, finding.severity) == ("orphan_link", "warning")


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    "source", ["/vsicurl/http://x/a.tif", "\\\\host\\share", "http://x/a.tif", "<VRTDataset/>", "//h/s"]
)
def test_layers_that_lead_outside_are_named_and_not_touched(tmp_path: Path, source: str) -> None:
    path = tmp_path / "case.gpkg"
    layer = Layer(uuid="l", kind="raster", name="n", source_json=json.dumps({"path": source}))
    write_case(Document({"layers": [layer]}), path)
    assert codes(path) == {"layer_path"}


def test_the_images_of_a_combined_layer_and_the_folders_of_deliveries_are_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    (tmp_path / "delivery").mkdir()
    images = [{"path": "delivery", "name": "a", "bands": 1}, {"path": "gone.tif", "name": "b", "bands": 1}]
    layer = Layer(uuid="l", kind="raster", name="n", source_json=json.dumps({"combined": images}))
    write_case(Document({"layers": [layer]}), path)
    (finding,) = validate(path)
    assert (finding.code, "gone.tif" in finding.sentence) == ("layer_missing", True)


def test_the_gravest_comes_first(case: Path) -> None:
    change(case, "DELETE FROM rtree_site_line_geom", "DELETE FROM sources")
    severities = [finding.severity for finding in validate(case)]
    assert severities == ["error", "warning", "warning", "warning", "note"]


def test_what_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileMissing):
        validate(tmp_path / "no.gpkg")
    (tmp_path / "text.gpkg").write_text("text " * 50)
    with pytest.raises(UnsupportedFormat):
        validate(tmp_path / "text.gpkg")


def test_a_site_beyond_the_antimeridian_is_found(tmp_path: Path) -> None:
    sites = [Site(uuid=str(n), geometry=g) for n, g in enumerate((Point(250, 40), LineString([(170, 1), (190, 2)])))]
    write_case(Document({"sites": sites}), tmp_path / "case.gpkg")
    assert [finding.code for finding in validate(tmp_path / "case.gpkg")] == ["longitude"]
