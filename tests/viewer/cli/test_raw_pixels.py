"""geoloupe export --raw: pixels of an image as its file has them, read by rasterio and compared with the file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.placing.nudge import Nudge
from layers.geo.bounds import Bounds
from layers.project.saving.publish import write_case
from tests.support.command_line import geoloupe
from tests.support.readers.tiny_rasters import write_raster
from viewer.cli.terminal.command import BAD_INPUT, DONE, USAGE

IMAGE = Bounds(500_000.0, 5_500_000.0, 506_000.0, 5_504_000.0)


def case_of(folder: Path, dtype: str, nodata: float | None, nudge: str = "") -> Path:
    rng = np.random.default_rng(3)
    values = rng.integers(1, 200, (4, 400, 600)).astype(dtype)
    values[:, :40] = 0
    write_raster(folder / "scene.tif", values, "EPSG:32632", IMAGE, nodata=nodata)
    layer = Layer(
        uuid="l",
        kind="raster",
        name="/srv/desk/scene.tif",
        source_json=json.dumps({"path": "scene.tif"}),
        credit="An Agency",
        nudge_json=nudge,
    )
    path = folder / "case.gpkg"
    write_case(Document({"layers": [layer]}), path, project_uuid="a0000000-0000-4000-8000-000000000000", blobs={})
    return path


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize(("dtype", "nodata"), [("uint16", 0), ("float32", None), ("uint8", None), ("int16", -9999)])
@pytest.mark.parametrize("strip_bytes", [32 << 20, 200_000])
def test_they_are_those_of_the_file(
    cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: str, nodata: float | None, strip_bytes: int
) -> None:
    monkeypatch.setattr("viewer.export.formats.raw_pixels.STRIP_BYTES", strip_bytes)
    case, out = case_of(tmp_path, dtype, nodata), tmp_path / "out.tif"
    assert cli("export", case, "--raw", "--out", out, "--marking", "TLP:GREEN", "--publish").code == DONE
    with rasterio.open(out) as made, rasterio.open(tmp_path / "scene.tif") as own:
        assert (made.crs, made.dtypes, made.nodata) == (own.crs, own.dtypes, own.nodata)
        assert (made.transform, made.colorinterp) == (own.transform, own.colorinterp)
        assert (made.read() == own.read()).all()
        assert (made.dataset_mask() == own.dataset_mask()).all()
        tags = made.tags()
    assert tags["TIFFTAG_COPYRIGHT"] == "An Agency"
    assert tags["TIFFTAG_IMAGEDESCRIPTION"] == "scene.tif. TLP:GREEN"


def test_a_part_is_cut_on_whole_pixels(cli, tmp_path: Path) -> None:
    case, out = case_of(tmp_path, "uint16", 0), tmp_path / "out.tif"
    assert cli("export", case, "--raw", "--out", out, "--bounds", "9.02,49.66,9.05,49.67").code == DONE
    with rasterio.open(out) as made, rasterio.open(tmp_path / "scene.tif") as own:
        assert made.res == own.res
        assert 0 < made.width < own.width
        window = own.window(*made.bounds)
        assert (window.col_off % 1, window.row_off % 1) == pytest.approx((0, 0), abs=1e-6)
        assert (made.read() == own.read(window=window.round_offsets().round_lengths())).all()


def test_what_has_none_is_said(cli, tmp_path: Path) -> None:
    case = case_of(tmp_path, "uint16", 0)
    outcome = cli("export", case, "--raw", "--out", tmp_path / "x.png")
    assert (outcome.code, "takes .tif" in outcome.sentence) == (USAGE, True)
    outcome = cli("export", case, "--raw", "--out", tmp_path / "x.tif", "--bounds", "100,10,101,11")
    assert (outcome.code, "No image with pixels" in outcome.sentence) == (BAD_INPUT, True)
    assert not (tmp_path / "x.tif").exists()
    before = (tmp_path / "scene.tif").read_bytes()
    outcome = cli("export", case, "--raw", "--out", tmp_path / "scene.tif")
    assert (outcome.code, "is the image itself" in outcome.sentence) == (BAD_INPUT, True)
    assert (tmp_path / "scene.tif").read_bytes() == before


@pytest.mark.bounded
def test_readers_in_processes_of_their_own_may_read_and_write_what_it_takes(tmp_path: Path) -> None:
    ran = geoloupe("export", case_of(tmp_path, "uint16", 0), "--raw", "--out", tmp_path / "out.tif", cwd=tmp_path)
    assert ran.returncode == DONE, ran.stderr
    with rasterio.open(tmp_path / "out.tif") as made, rasterio.open(tmp_path / "scene.tif") as own:
        assert (made.read() == own.read()).all()


def test_a_palette_goes_along(cli, tmp_path: Path) -> None:
    values = np.random.default_rng(1).integers(0, 4, (1, 60, 60)).astype(np.uint8)
    path = write_raster(tmp_path / "scene.tif", values, "EPSG:32632", IMAGE)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (0, 0, 0, 255), 1: (255, 0, 0, 255), 2: (0, 255, 0, 255), 3: (0, 0, 255, 255)})
    case = tmp_path / "case.gpkg"
    layer = Layer(uuid="l", kind="raster", name="Classes", source_json=json.dumps({"path": "scene.tif"}))
    write_case(Document({"layers": [layer]}), case, project_uuid="a0000000-0000-4000-8000-000000000000", blobs={})
    assert cli("export", case, "--raw", "--out", tmp_path / "out.tif").code == DONE
    with rasterio.open(tmp_path / "out.tif") as made:
        assert (made.read() == values).all()
        assert made.colormap(1)[3] == (0, 0, 255, 255)


def test_a_nudged_image_is_written_where_the_map_shows_it(cli, tmp_path: Path) -> None:
    nudge = Nudge(120.0, -60.0, 9.04, 49.66).to_json()
    assert cli("export", case_of(tmp_path, "uint16", 0, nudge), "--raw", "--out", tmp_path / "out.tif").code == DONE
    with rasterio.open(tmp_path / "out.tif") as made:
        assert made.transform.c == pytest.approx(IMAGE.left + 120, abs=0.5)
        assert made.transform.f == pytest.approx(IMAGE.top - 60, abs=0.5)
