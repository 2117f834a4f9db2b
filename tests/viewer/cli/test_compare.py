"""compare: two to four images against each other in a picture, each side as `render` draws it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from tests.support.readers.tiny_rasters import write_raster
from tests.support.written_pictures import pixels
from viewer.cli.terminal.command import BAD_INPUT, DONE, USAGE

SIDE = 512
PLACE = Bounds(1_200_000.0, 6_400_000.0, 1_200_000.0 + 10 * SIDE, 6_400_000.0 + 10 * SIDE)
"""In Web Mercator, so that each pixel of an image is one of the picture."""
LONLAT = transform_bounds(WEB_MERCATOR, WGS84, PLACE)
BOUNDS = ",".join(map(str, LONLAT))
TAGS = {"SENSOR": "MSI", "PLATFORM": "S9", "PROCESSING_LEVEL": "L2A", "UNITS": "reflectance"}


def texture(seed: int = 0) -> NDArray[np.uint8]:
    """Three bands of noise, larger than a picture on each side."""
    noise = np.random.default_rng(seed).integers(40, 200, (3, SIDE + 64, SIDE + 64))
    return noise.astype(np.uint8)


def write(path: Path, bands: NDArray[np.uint8], tags: dict[str, str] | None = None) -> Path:
    write_raster(path, bands, WEB_MERCATOR, PLACE, photometric="RGB")
    with rasterio.open(path, "r+") as file:
        file.update_tags(**(tags or {}))
    return path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """The same ground, of which the second image lies 7 pixels further west and 4 further north than it should."""
    noise = texture()
    first = write(tmp_path / "a.tif", noise[:, 16 : 16 + SIDE, 16 : 16 + SIDE])
    return first, write(tmp_path / "b.tif", noise[:, 20 : 20 + SIDE, 23 : 23 + SIDE])


def compared(cli, out: Path, *words: object) -> NDArray[np.uint8]:
    outcome = cli("compare", *words, "--out", out, "--size", f"{SIDE}x{SIDE}", "--bounds", BOUNDS)
    assert (outcome.code, outcome.out, outcome.err) == (DONE, "", "")
    return pixels(out)


def rendered(cli, path: Path, size: str = f"{SIDE}x{SIDE}") -> NDArray[np.uint8]:
    out = path.with_suffix(".png")
    assert cli("render", path, "--out", out, "--size", size, "--bounds", BOUNDS).code == DONE
    return pixels(out)


@pytest.mark.bounded
def test_each_side_has_the_bytes_that_render_draws(cli, pair: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = (rendered(cli, path) for path in pair)
    clear = slice(0, 380)  # above the words
    swipe = compared(cli, tmp_path / "x.png", *pair)
    assert (swipe[clear, :240] == first[clear, :240]).all()
    assert (swipe[clear, 272:] == second[clear, 272:]).all()
    assert (swipe[400:, 100:400] != first[400:, 100:400]).any(), "the words"
    quarter = compared(cli, tmp_path / "x.png", *pair, "--at", "0.25")
    assert (quarter[clear, :112] == first[clear, :112]).all()
    assert (quarter[clear, 144:] == second[clear, 144:]).all()
    glass = compared(cli, tmp_path / "x.png", *pair, "--mode", "spyglass")
    assert (glass[200:300, 200:300] == second[200:300, 200:300]).all()
    for beside in (slice(0, 180), slice(332, None)):  # the words stand above the glass
        assert (glass[:80, beside] == first[:80, beside]).all()
    again = compared(cli, tmp_path / "y.png", *pair)
    assert (again == swipe).all()


@pytest.mark.bounded
def test_both_sides_show_the_same_ground(cli, pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A pair with a known shift is off by exactly that shift."""
    first = compared(cli, tmp_path / "x.png", *pair, "--at", "1")[:380]
    second = compared(cli, tmp_path / "x.png", *pair, "--at", "0")[:380]
    assert (first[4:, 27:487] == second[:-4, 20:480]).all()
    assert not (first[:, 20:480] == second[:, 20:480]).all()
    swipe = compared(cli, tmp_path / "x.png", *pair)[:380]
    assert (swipe[:, 20:240] == first[:, 20:240]).all()
    assert (swipe[:, 272:480] == second[:, 272:480]).all()


@pytest.mark.bounded
def test_side_by_side_shows_each_in_a_pane(cli, pair: tuple[Path, Path], tmp_path: Path) -> None:
    two = compared(cli, tmp_path / "x.png", *pair, "--mode", "side")
    for at, path in enumerate(pair):
        alone = rendered(cli, path, f"{SIDE // 2}x{SIDE}")
        assert (two[100:300, 256 * at + 8 : 256 * at + 248] == alone[100:300, 8:248]).all()
    four = compared(cli, tmp_path / "x.png", *pair, *pair, "--mode", "side")
    alone = rendered(cli, pair[1], f"{SIDE // 2}x{SIDE // 2}")
    assert (four[340:500, 264:500] == alone[84:244, 8:244]).all(), "below the words"


@pytest.mark.bounded
def test_a_matched_stretch_makes_two_images_alike(cli, tmp_path: Path) -> None:
    noise = texture(1)[:, :SIDE, :SIDE]
    dark = (noise.astype(float) * 0.4 + np.array([10, 20, 30])[:, None, None]).astype(np.uint8)
    pair = write(tmp_path / "a.tif", noise), write(tmp_path / "b.tif", dark)
    first = compared(cli, tmp_path / "x.png", *pair, "--match", "--at", "1")[:380].astype(int)
    plain = compared(cli, tmp_path / "x.png", *pair, "--at", "0")[:380].astype(int)
    matched = compared(cli, tmp_path / "x.png", *pair, "--match", "--at", "0")[:380].astype(int)
    assert abs(plain.mean((0, 1)) - first.mean((0, 1))).min() > 20
    assert abs(matched.mean((0, 1)) - first.mean((0, 1))).max() < 1
    assert abs(matched.std((0, 1)) - first.std((0, 1))).max() < 1


def test_images_that_state_the_same_get_the_same_stretch(cli, tmp_path: Path) -> None:
    noise = texture(2)[:, :SIDE, :SIDE]
    dark = (noise // 2).astype(np.uint8)
    pair = write(tmp_path / "a.tif", noise, TAGS), write(tmp_path / "b.tif", dark, TAGS)
    plain, matched = (compared(cli, tmp_path / "x.png", *pair, *more, "--at", "0") for more in ((), ("--match",)))
    assert (plain[:380] == matched[:380]).all(), "both are shown as they are: darker is darker"


@pytest.mark.bounded
def test_a_difference_only_of_what_is_stated_and_equal(cli, tmp_path: Path) -> None:
    noise = texture(3)[:, :SIDE, :SIDE]
    more = noise.copy()
    more[:, 100:200, 100:200] += 40
    pair = write(tmp_path / "a.tif", noise, TAGS), write(tmp_path / "b.tif", more, TAGS)
    picture = compared(cli, tmp_path / "x.png", *pair, "--mode", "difference")
    assert (picture[210:300, 10:400] == 128).all(), "nothing has changed"
    assert (abs(picture[105:195, 105:195].astype(int) - 148) <= 1).all(), "40 of 255 more"
    for tags, said in (
        ({}, "the sensor of the second image is not stated"),
        ({**TAGS, "SENSOR": "OLI"}, "the sensor differs (S9 MSI, S9 OLI)"),
        ({**TAGS, "PROCESSING_LEVEL": "L1C"}, "the processing level differs (L2A, L1C)"),
        ({**TAGS, "UNITS": "radiance"}, "the unit of the values differs (reflectance, radiance)"),
        ({**TAGS, "RESAMPLING": "CUBIC"}, "the resampling differs"),
    ):
        other = write(tmp_path / "c.tif", more, tags)
        out = tmp_path / "none.png"
        outcome = cli("compare", pair[0], other, "--mode", "difference", "--out", out, "--size", "64x64")
        assert outcome.code == BAD_INPUT
        assert said in outcome.sentence
        assert not out.exists()


def test_what_cannot_be_compared_is_refused_in_a_sentence(
    cli, pair: tuple[Path, Path], points_geojson, tmp_path
) -> None:
    nowhere = write_raster(tmp_path / "n.tif", texture()[:, :64, :64], None, None)
    out = tmp_path / "x.png"
    for files, said in (
        ([pair[0]], "2 to 4 images"),
        ([*pair, *pair, pair[0]], "2 to 4 images"),
        ([pair[0], points_geojson], "is no image"),
        ([pair[0], nowhere], "no place on the Earth"),
        ([pair[0], tmp_path / "gone.tif"], "gone.tif"),
    ):
        outcome = cli("compare", *files, "--out", out, "--size", "64x64")
        assert outcome.code == BAD_INPUT
        assert said in outcome.sentence
    for words in (["--at", "2"], ["--at", "x"], ["--mode", "melt"]):
        assert cli("compare", *pair, "--out", out, "--size", "64x64", *words).code == USAGE
    assert not out.exists()
