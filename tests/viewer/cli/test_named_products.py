"""geoloupe export of one thing that is named: a site, a bookmark, a comparison, as pages in every printed format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from shapely.geometry import Point

from layers.document.comparison import ComparisonSpec, Frame, spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import Bookmark, Comparison, MetaEntry
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.page_formats import PRINTED_ENDINGS
from layers.project.saving.publish import write_case
from tests.support.readers.tiny_rasters import write_raster
from viewer.cli.terminal.command import BAD_INPUT, DONE, USAGE
from viewer.rendering.images import argb_of_image

THERE = Bounds(10.4, 50.4, 10.6, 50.6)
SMALL = ("--size", "500x400")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Two images of one ground, a dark and a bright one, two bookmarks that show one of them each, and comparisons."""
    y, x = np.mgrid[0:64, 0:64]
    values = np.stack((20 + x, 20 + y, np.full_like(x, 30))).astype(np.uint8)
    for name, more in (("dark", 0), ("bright", 150)):
        write_raster(tmp_path / f"{name}.tif", values + more, "EPSG:4326", Bounds(9, 49, 12, 52), photometric="RGB")
    view = json.dumps({"crs": "EPSG:3857", "bounds_lonlat": list(THERE)})
    states = {
        name: json.dumps({"layers": [{"uuid": uuid, "visible": uuid == name} for uuid in ("dark", "bright")]})
        for name in ("dark", "bright")
    }
    compared = spec_of(("dark",), ("bright",), match=True)
    three = ComparisonSpec((*compared.frames, Frame(("dark", "bright"))))
    document = Document(
        {
            "layers": [
                Layer(
                    uuid=name,
                    kind="raster",
                    name=f"The {name} one",
                    source_json=json.dumps({"path": f"{name}.tif"}),
                    credit="An Agency",
                    acquired_at=day,
                    date_kind="instant",
                    date_basis="analyst",
                )
                for name, day in (("dark", "2019-05-01T10:00:00Z"), ("bright", "2021-05-01T10:00:00Z"))
            ],
            "sites": [
                Site(uuid="hall", geometry=Point(10.5, 50.5), label="The hall", role="setting"),
                Site(uuid="far", geometry=Point(11.8, 51.9), label="Far away", role="setting", status="reviewed"),
            ],
            "bookmarks": [
                Bookmark(uuid=f"b-{name}", name=f"Seen {name}", viewport_json=view, state_json=state)
                for name, state in states.items()
            ],
            "comparisons": [
                Comparison(uuid="two", name="Two years", spec_json=compared.to_json()),
                Comparison(uuid="three", name="All three", spec_json=three.to_json()),
                Comparison(uuid="odd", name="Odd", spec_json="[]"),
            ],
            "meta": [MetaEntry(uuid="title", value="A case")],
        }
    )
    path = tmp_path / "case.gpkg"
    write_case(document, path, project_uuid="a0000000-0000-4000-8000-000000000000", blobs={})
    return path


def text_of(path: Path) -> str:
    picture = QImage(str(path))
    return " ".join(picture.text(key) for key in picture.textKeys())


def brightness(path: Path) -> float:
    """Of the middle of the page, where the map is."""
    values = argb_of_image(QImage(str(path))) & 0xFF
    height, width = values.shape
    return float(values[height // 3 : height // 2, width // 3 : width // 2].mean())


@pytest.mark.bounded
def test_a_site_has_its_page_framed_on_it_or_the_layout_that_is_asked_for(cli, case: Path, tmp_path: Path) -> None:
    page, plain = tmp_path / "page.png", tmp_path / "plain.svg"
    assert cli("export", case, "--out", page, "--site", "hall", *SMALL).code == DONE
    assert "The hall" in text_of(page)
    assert cli("export", case, "--out", plain, "--site", "hall", "--layout", "plain", *SMALL).code == DONE
    said = plain.read_text()
    assert "The hall" in said
    assert "Far away" not in said, "the frame is around the site"


@pytest.mark.bounded
def test_a_bookmark_shows_its_place_and_its_layers(cli, case: Path, tmp_path: Path) -> None:
    seen = {}
    for name in ("dark", "bright"):
        out = tmp_path / f"{name}.png"
        assert cli("export", case, "--out", out, "--bookmark", f"seen {name}", *SMALL).code == DONE
        seen[name] = brightness(out)
        assert f"Seen {name}" in text_of(out)
        assert f"The {name} one" in text_of(out)
    assert seen["bright"] > seen["dark"] + 60


@pytest.mark.bounded
def test_a_comparison_is_before_and_after_or_panels(cli, case: Path, tmp_path: Path) -> None:
    two, three = tmp_path / "two.svg", tmp_path / "three.svg"
    assert cli("export", case, "--out", two, "--comparison", "Two years", "--size", "800x600").code == DONE
    said = two.read_text()
    assert "Before" in said
    assert "After" in said
    assert cli("export", case, "--out", three, "--comparison", "three", "--size", "900x700").code == DONE
    assert three.read_text().count("Imagery of map") == 3


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", PRINTED_ENDINGS)
def test_every_printed_format_takes_them(cli, case: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"x{suffix}"
    assert cli("export", case, "--out", out, "--bookmark", "b-dark", "--publish", *SMALL).code == DONE
    assert out.stat().st_size > 1000


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--site", "nobody"], BAD_INPUT, "no site nobody"),
        (["--site", "hall", "--publish"], BAD_INPUT, "may not stand in a published"),
        (["--bookmark", "Elsewhere"], BAD_INPUT, "“Seen dark”"),
        (["--comparison", "Odd"], BAD_INPUT, "cannot be opened"),
        (["--comparison", "None"], BAD_INPUT, "“Two years”"),
        (["--comparison", "All three", "--layout", "before-after"], BAD_INPUT, "2 maps at most"),
        (["--comparison", "Two years", "--layout", "site"], USAGE, "With --comparison, --layout takes"),
        (["--comparison", "Two years", "--site", "hall"], USAGE, "--site and --comparison"),
        (["--bookmark", "Seen dark", "--each-site", "folder"], USAGE, "a batch"),
    ],
)
def test_what_cannot_be_named_is_said(cli, case: Path, tmp_path: Path, options, code: int, says: str) -> None:
    outcome = cli("export", case, "--out", tmp_path / "x.png", *options)
    assert (outcome.code, says in outcome.sentence) == (code, True), outcome.err
    assert not (tmp_path / "x.png").exists()


def test_data_has_no_view(cli, case: Path, tmp_path: Path) -> None:
    outcome = cli("export", case, "--out", tmp_path / "x.csv", "--bookmark", "Seen dark")
    assert outcome.code == USAGE
    assert "is of a page" in outcome.sentence
