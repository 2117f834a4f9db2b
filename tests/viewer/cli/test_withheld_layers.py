"""Layers whose terms allow no file that shows them: no format of a page is written, pictures are made without them."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage

import sample_data
from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import FORBIDDEN, Layer
from layers.document.rows import Comparison
from layers.product.page_formats import PRINTED_ENDINGS
from layers.project.saving.publish import write_case
from tests.support.cases.rich import read_case
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.cli.terminal.command import BAD_INPUT, DONE, FINDINGS
from viewer.export.formats.writers import FORMATS

ALONE = Layer(uuid="a", kind="raster", name="Closed", source_json=json.dumps({"shipped": "blue_marble.tif"}))
SENTENCE = "“Closed” is left out: the terms of its service do not allow its pictures in a file."


def closed(layer: Layer) -> Layer:
    return replace(layer, name="Closed", source_json=json.dumps({**layer.source, "own_export": FORBIDDEN}))


def case_of(folder: Path, layer: Layer = ALONE, *comparisons: Comparison) -> Path:
    path = folder / "case.gpkg"
    write_case(Document({"layers": [layer], "comparisons": comparisons}), path)
    return path


@pytest.mark.parametrize("ending", PRINTED_ENDINGS)
def test_no_draft_of_any_format_shows_them(cli, tmp_path: Path, ending: str) -> None:
    assert set(PRINTED_ENDINGS) == set(FORMATS), "each format of a page is among them"
    out = tmp_path / f"out{ending}"
    outcome = cli("export", case_of(tmp_path, closed(ALONE)), "--out", out, "--size", "900x640")
    assert (outcome.code, out.exists()) == (FINDINGS, False)
    assert "the terms of its service do not allow a file that shows image “Closed”" in outcome.sentence


def test_what_may_leave_is_written(cli, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    assert cli("export", case_of(tmp_path), "--out", out, "--size", "900x640").code == DONE
    assert out.exists()


def test_its_own_pixels_are_not_written(cli, tmp_path: Path) -> None:
    out = tmp_path / "out.tif"
    outcome = cli("export", case_of(tmp_path, closed(ALONE)), "--raw", "--out", out)
    assert (outcome.code, out.exists()) == (BAD_INPUT, False)
    assert outcome.sentence == "The terms of “Closed” do not allow its pixels in a file."


def test_render_leaves_them_out_and_says_so(cli, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    outcome = cli("render", case_of(tmp_path, closed(ALONE)), "--out", out, "--size", "200x100")
    assert (outcome.code, outcome.sentence) == (FINDINGS, SENTENCE)
    picture = QImage(str(out))
    assert {picture.pixelColor(x, 50).name() for x in range(0, 200, 10)} == {BACKGROUND_COLOR}


def test_render_says_nothing_of_a_hidden_one(cli, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    hidden = replace(closed(ALONE), visible=False)
    outcome = cli("render", case_of(tmp_path, hidden), "--out", out, "--size", "200x100")
    assert (outcome.code, outcome.err) == (DONE, "")


def picture_of(text: str) -> QImage:
    return QImage.fromData(base64.b64decode(text))


@pytest.mark.bounded
@pytest.mark.parametrize("ending", [".html", ".kmz"])
def test_pictures_in_files_of_data_are_without_them(cli, tmp_path: Path, ending: str) -> None:
    """The map of a report, and the images of a comparison, which a KMZ lays on the ground."""
    document = read_case(sample_data.path("demo.gpkg")).document
    (layer,) = [layer for layer in document.layers_in_order() if "blue_marble" in layer.source_json]
    twin = replace(ALONE, uuid="b", visible=False)
    rows = [
        *(Change("layers", row, None) for row in document.layers.values() if row != layer),
        Change("layers", layer, closed(layer)),
        Change("layers", None, twin),
        *(Change("comparisons", row, None) for row in document.comparisons.values()),
        Change("comparisons", None, Comparison(uuid="c", name="Two", spec_json=spec_of(["b"], [layer.uuid]).to_json())),
    ]
    document.apply(Edit("Close it", tuple(rows)))
    case, out = tmp_path / "case.gpkg", tmp_path / f"out{ending}"
    write_case(document, case)
    outcome = cli("export", case, "--out", out)
    assert outcome.code == DONE
    assert SENTENCE in outcome.err
    if ending == ".kmz":
        assert not [name for name in zipfile.ZipFile(out).namelist() if name.startswith("ground")]
    else:
        pictures = re.findall(r"data:image/(?:png|jpeg|webp);base64,([A-Za-z0-9+/=]+)", out.read_text())
        sizes = [(picture.width(), picture) for picture in map(picture_of, pictures)]
        largest = max(sizes, key=lambda sized: sized[0])[1]
        shown, ground = largest.pixelColor(3, 3), QColor(BACKGROUND_COLOR)  # a JPEG keeps colours nearly
        assert all(abs(a - b) <= 2 for a, b in zip(shown.getRgb(), ground.getRgb(), strict=True))


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv", ".xlsx"])
def test_files_of_data_hold_no_picture_of_the_map(cli, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out{ending}"
    outcome = cli("export", case_of(tmp_path, closed(ALONE)), "--out", out)
    assert (outcome.code, outcome.err) == (DONE, "")
