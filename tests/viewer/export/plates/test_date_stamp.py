"""Date and place stand inside each picture, so that a crop keeps them; steps stand on pages of sites."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.case_facts import title_of_sites
from layers.product.spec import ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from viewer.export.plates.maps.image_captions import middle_longitude
from viewer.export.plates.plate_facts import facts_of

SPEC = ProductSpec(title="A port", bounds=Bounds(10.0, 50.0, 11.0, 51.0))
STAMP = "date and place:0"


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = tmp_path / "a.tif"
    write_raster(path, np.full((3, 32, 32), 90, np.uint8), "EPSG:4326", Bounds(9, 49, 12, 52), photometric="RGB")
    layer = Layer(
        uuid="l",
        kind="raster",
        name="Image",
        source_json=f'{{"path": "{path}"}}',
        acquired_at="2020-08-31T17:40:12Z",
        date_kind="instant",
        date_basis="metadata",
    )
    steps = '[{"what": "Matched the quay", "how": "by its corners", "on": "two images", "result": "same place"}]'
    return Document(
        {
            "layers": [layer],
            "sites": [Site(uuid="s", geometry=Point(10.5, 50.5), label="The quay")],
            "claims": [Claim(uuid="c", statement="It was used.", voice="analyst", steps_json=steps)],
            "claim_sites": [ClaimSite(uuid="at", claim_uuid="c", site_uuid="s")],
        }
    )


def test_local_solar_time_stands_beside_utc_where_it_is_wanted(plate_of, document: Document) -> None:
    plate = plate_of(replace(SPEC, solar_time=True), document)
    (stamp,) = (piece for piece in plate.pieces if piece.key == STAMP)
    words = "about 18:22 local solar time"
    assert stamp.texts[:2] == ("31 August 2020, 17:40 UTC", words)
    assert any(f"17:40 UTC (from metadata), {words}" in line for line in plate.captions[0])
    view = plate.maps[0].view
    assert middle_longitude(view) == pytest.approx(10.5, abs=0.1)
    wide = replace(view, left=view.left - 4 * view.width, width=9 * view.width)
    assert middle_longitude(wide) is None, "the hour differs from edge to edge"


def test_date_and_place_lie_inside_the_picture(plate_of, document: Document) -> None:
    plate = plate_of(SPEC, document)
    (stamp,) = (piece for piece in plate.pieces if piece.key == STAMP)
    assert stamp.texts[0] == "31 August 2020, 17:40 UTC"
    assert "° N" in stamp.texts[1]
    assert "° E" in stamp.texts[1]
    assert plate.maps[0].rect.contains(stamp.box)
    others = [piece for piece in plate.pieces if piece.frame == 0 and piece.key != STAMP]
    assert others
    assert not [piece.key for piece in others if piece.box.intersects(stamp.box)]


def test_the_stamp_can_be_left_out_and_a_frame_without_room_has_none(plate_of, document: Document) -> None:
    for spec in (replace(SPEC, left_out=frozenset({"date and place"})), replace(SPEC, page="150x400")):
        assert STAMP not in {piece.key for piece in plate_of(spec, document).pieces}


def test_a_caption_has_pixel_and_details_and_notes_the_processing(plate_of, document: Document) -> None:
    plate = plate_of(SPEC, document)
    assert plate.captions[0][0].startswith("Image: Image, 31 August 2020, 17:40 UTC (from metadata), 10 km a pixel.")
    assert "Image as shown: bands 1, 2, 3, pixel values unchanged." in facts_of(plate).words_of()


@pytest.mark.parametrize(("layout", "is_told"), [("site", True), ("single", False)])
def test_a_page_of_a_site_tells_how_we_know(plate_of, document: Document, layout: str, is_told: bool) -> None:
    site = "s" if layout == "site" else ""
    words = facts_of(plate_of(replace(SPEC, layout=layout, site=site), document)).words_of()
    assert ("How we know:" in words) is is_told
    assert ("1. Matched the quay; by its corners; two images; same place" in words) is is_told


@pytest.mark.parametrize(
    ("labels", "title"),
    [
        ((), ""),
        (("A",), "A"),
        (("A", "B"), "A and B"),
        (("A", "B", "C"), "A, B and C"),
        (("A", "B", "C", "D"), ""),
        (("A", " "), "A"),
    ],
)
def test_a_case_without_a_title_is_called_by_its_few_sites(labels: tuple[str, ...], title: str) -> None:
    sites = [Site(uuid=label, geometry=Point(1, 1), label=label) for label in labels]
    assert title_of_sites(Document({"sites": sites})) == title


def test_a_firm_gives_no_case_its_title() -> None:
    site = Site(uuid="f", geometry=Point(1, 1), label="A firm", class_code="company")
    assert title_of_sites(Document({"sites": [site]})) == ""


@pytest.mark.bounded
def test_two_processes_write_the_same_pdf(tmp_path: Path) -> None:
    """The order of a set, a clock, or Qt's count of its objects would make two files of one product."""
    case = Path("sample_data/demo.gpkg").resolve()
    written = []
    for seed in ("1", "2"):
        out = tmp_path / seed / "page.pdf"
        out.parent.mkdir()
        command = [sys.executable, "-m", "viewer", "export", case, "--out", out, "--size", "900x600"]
        environment = {"PYTHONHASHSEED": seed, "QT_QPA_PLATFORM": "offscreen", "GEOLOUPE_HOME": str(tmp_path / seed)}
        subprocess.run(command, check=True, capture_output=True, timeout=200, env={**os.environ, **environment})
        written.append(out.read_bytes())
    assert written[0] == written[1]
