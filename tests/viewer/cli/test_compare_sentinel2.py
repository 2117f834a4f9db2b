"""Row S18 of the rule book on the command line: Sentinel-2's values before and after baseline 04.00."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from tests.support.readers.tiny_deliveries import sentinel2
from tests.support.readers.tiny_rasters import write_raster
from tests.support.written_pictures import pixels
from viewer.cli.terminal.command import BAD_INPUT, DONE

SIDE = 384
PLACE = Bounds(1_200_000.0, 6_400_000.0, 1_200_000.0 + 10 * SIDE, 6_400_000.0 + 10 * SIDE)
BOUNDS = ",".join(map(str, transform_bounds(WEB_MERCATOR, WGS84, PLACE)))
SHIFTED = {"scale": 1e-4, "offset": -0.1}
PLAIN = {"scale": 1e-4, "offset": 0.0}


def ground() -> NDArray[np.float64]:
    """Reflectance of the place, three bands."""
    return np.random.default_rng(4).uniform(0.05, 0.35, (3, SIDE, SIDE))


def scene(folder: Path, baseline: str, day: str, reflectance: NDArray[np.float64], shift: int, **tags: Any) -> Path:
    """A file as somebody has written it of a product; `tags` are GDAL's scale and offset."""
    product = f"S2A_MSIL2A_{day}T101411_N{baseline.replace('.', '')}_R022_T33UUP_{day}T200027"
    values = np.round(reflectance * 10_000 + shift).astype(np.uint16)
    path = write_raster(folder / f"{product}.tif", values, WEB_MERCATOR, PLACE, nodata=0, photometric="RGB")
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    with rasterio.open(path, "r+") as file:
        file.update_tags(PRODUCT_ID=product, PLATFORM="Sentinel-2A", SENSOR="MSI", ACQUISITION_DATE=date)
        if tags:
            file.scales, file.offsets = (tags["scale"],) * 3, (tags["offset"],) * 3
    return path


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return scene(tmp_path, "03.01", "20210801", ground(), 0, **PLAIN)


def test_s18_both_known_are_subtracted_as_reflectance(cli, before: Path, tmp_path: Path) -> None:
    """The same ground is grey though stored values are 1000 apart; more reflectance is lighter by its share."""
    more = ground()
    more[:, 100:150, 100:150] += 0.03
    after = scene(tmp_path, "05.09", "20220801", more, 1000, **SHIFTED)
    out = tmp_path / "x.png"
    outcome = cli(
        "compare", before, after, "--mode", "difference", "--out", out, "--size", f"{SIDE}x{SIDE}", "--bounds", BOUNDS
    )
    assert (outcome.code, outcome.err) == (DONE, "")
    assert outcome.out.splitlines() == [
        "The values are brought to reflectance.",
        "Before: Baseline 03.01: the values are not shifted.",
        "After: Baseline 05.09: the values are shifted by 1000.",
    ]
    picture = pixels(out)[:250].astype(int)
    assert (abs(picture[10:95, 10:370] - 128) <= 1).all(), "nothing has changed"
    span = np.diff(np.percentile(ground(), (2, 98)))[0]
    assert (abs(picture[105:145, 105:145] - (128 + 0.03 * 127.5 / span)) <= 2).all()


@pytest.mark.bounded
def test_s18_a_matched_stretch_shows_the_same_reflectance_alike(cli, before: Path, tmp_path: Path) -> None:
    after = scene(tmp_path, "05.09", "20220801", ground() * 0.5, 1000, **SHIFTED)
    sides = []
    for at in ("1", "0"):
        out = tmp_path / "x.png"
        words = ("--match", "--at", at, "--out", out, "--size", f"{SIDE}x{SIDE}", "--bounds", BOUNDS)
        outcome = cli("compare", before, after, *words)
        assert outcome.code == DONE
        assert "brought to reflectance" in outcome.out
        sides.append(pixels(out)[:250].astype(float))
    low, high = np.percentile(ground(), (2, 98))
    expected = np.clip((ground()[0] * 0.5 - low) / (high - low), 0, 1) * 255
    assert abs(sides[1][..., 0] - expected[:250]).mean() < 2, "half as bright is shown darker, by one stretch"
    assert sides[0].mean() > sides[1].mean() + 40


@pytest.mark.bounded_after(2)
@pytest.mark.parametrize(
    ("baseline", "tags", "why"),
    [
        ("05.09", {}, "The file does not state the scale and offset of its values."),
        ("05.09", PLAIN, "Nothing says whether the shift by 1000 was taken off."),
        ("03.01", SHIFTED, "Values of baseline 03.01 are not shifted, but it is stated that they are."),
        ("02.09", {}, "The file does not state the scale and offset of its values."),
    ],
    ids=["silent", "half stated", "contradicted", "named alone"],
)
def test_s18_unknown_or_contradicted_is_matched_and_said_and_not_subtracted(
    cli, before: Path, tmp_path: Path, baseline: str, tags: dict[str, float], why: str
) -> None:
    after = scene(tmp_path, baseline, "20220801", ground(), 1000, **tags)
    out = tmp_path / "x.png"
    size = ("--out", out, "--size", "128x128", "--bounds", BOUNDS)
    refused = cli("compare", before, after, "--mode", "difference", *size)
    assert (refused.code, refused.out) == (BAD_INPUT, "")
    assert refused.err.count("\n") == 1
    assert why in refused.err
    assert not out.exists()
    matched = cli("compare", before, after, "--match", *size)
    assert matched.code == DONE
    assert matched.out.splitlines()[0] == "The values are not brought to reflectance."
    assert why in matched.out


def test_s18_values_that_cannot_be_shifted_contradict_their_tags(cli, before: Path, tmp_path: Path) -> None:
    after = scene(tmp_path, "05.09", "20220801", ground(), 0, **SHIFTED)
    out = tmp_path / "x.png"
    outcome = cli("compare", before, after, "--mode", "difference", "--out", out, "--size", "64x64")
    assert outcome.code == BAD_INPUT
    assert "Values that are shifted by 1000 are hardly below it" in outcome.err


@pytest.mark.bounded
def test_s18_deliveries_of_before_and_after_state_their_own_offset(cli, tmp_path: Path) -> None:
    """Two SAFE folders of the same ground, one of baseline 05.00 and one written as those of 03.01 were."""
    after = sentinel2(tmp_path, bands=dict.fromkeys(("B02", "B03", "B04"), 2500.0))
    first = sentinel2(tmp_path / "old", bands=dict.fromkeys(("B02", "B03", "B04"), 1500.0))
    before = first.with_name(first.name.replace("N0500", "N0301").replace("20210711T02", "20200711T02"))
    first.rename(before)
    described = before / "MTD_MSIL2A.xml"
    text = described.read_text().replace("N0500", "N0301").replace("05.00", "03.01").replace("2021-07", "2020-07")
    described.write_text(text[: text.index("<Offset_List>")] + text[text.index("</Offset_List>") + 14 :])
    out = tmp_path / "x.png"
    outcome = cli(
        "compare", before / "MTD_MSIL2A.xml", after / "MTD_MSIL2A.xml",
        "--mode", "difference", "--out", out, "--size", "384x384",
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (DONE, "")
    assert "Baseline 03.01: the values are not shifted." in outcome.out
    assert "Baseline 05.00: the values are shifted by 1000." in outcome.out
    assert abs(int(pixels(out)[150, 120, 0]) - 128) <= 90, "0.15 and about 0.15, in a stretch of 0.0015"
