"""An image in tiles whose one RPC speaks of the whole lies where the whole would lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio.transform

from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from tests.support.readers.georeferenced import rpb, rpc, tile, with_rpc
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.tiny_deliveries import DIMAP
from tests.support.readers.tiny_rasters import SIZE, surface, write_raster

POOL = ReaderPool(inline=True)
HALF = SIZE // 2
CORNERS = {(1, 1): (0, 0), (1, 2): (0, HALF), (2, 1): (HALF, 0), (2, 2): (HALF, HALF)}


def cut(folder: Path, name: str, stem: str, bands: int = 1) -> list[str]:
    """Four tiles without a word about their place; `stem` has a gap for R1C1."""
    values = surface(bands).astype(np.uint8)
    files = []
    for (r, c), (row, col) in CORNERS.items():
        files.append(stem.format(f"R{r}C{c}") + f".{name}")
        write_raster(folder / files[-1], values[:, row : row + HALF, col : col + HALF], None, None)
    return files


def maxar_1b(folder: Path) -> Path:
    folder.mkdir()
    files = cut(folder, "TIF", "18OCT02-P1BS_{}-5025_01_P003")
    til = ['bandId = "P";', "numTiles = 4;"]
    for number, (file, (row, col)) in enumerate(zip(files, CORNERS.values(), strict=True), 1):
        til += [f"BEGIN_GROUP = TILE_{number}", f'  filename = "{file}";', f"  ULColOffset = {col};"]
        til += [f"  ULRowOffset = {row};", f"END_GROUP = TILE_{number}"]
    stem = "18OCT02-P1BS-5025_01_P003"
    (folder / f"{stem}.TIL").write_text("\n".join([*til, "END;", ""]))
    (folder / f"{stem}.RPB").write_text(rpb())
    (folder / f"{stem}.IMD").write_text('bandId = "P";\nBEGIN_GROUP = BAND_P\n  ULLon = 1;\nEND_GROUP = BAND_P\nEND;\n')
    return folder


def dimap_sensor(folder: Path) -> Path:
    folder.mkdir()
    base = "PHR1A_P_202108201553330_SEN_5888578101-2"
    files = cut(folder, "TIF", f"IMG_{base}_{{}}")
    named = "".join(
        f'<Data_File tile_R="{r}" tile_C="{c}"><DATA_FILE_PATH href="{file}"/></Data_File>'
        for file, (r, c) in zip(files, CORNERS, strict=True)
    )
    tiling = (
        "<Raster_Dimensions><Tile_Set><Regular_Tiling>"
        f'<NTILES_SIZE nrows="{HALF}" ncols="{HALF}"/><OVERLAP_COL>0</OVERLAP_COL><OVERLAP_ROW>0</OVERLAP_ROW>'
        "</Regular_Tiling></Tile_Set></Raster_Dimensions>"
    )
    text = DIMAP.format(tiles=named, processing="PAN").replace("<Raster_Data>", f"<Raster_Data>{tiling}")
    (folder / f"DIM_{base}.XML").write_text(text)
    (folder / f"RPC_{base}.XML").write_text(dimap_rpc())
    return folder


def dimap_rpc() -> str:
    """As Airbus writes it: the centre of the first pixel is 1, 1."""
    r = rpc()
    inverse = "".join(
        f"<{key.upper()}_COEFF_{i}>{value}</{key.upper()}_COEFF_{i}>"
        for key in ("samp_num", "samp_den", "line_num", "line_den")
        for i, value in enumerate(getattr(r, f"{key}_coeff"), 1)
    )
    values = {
        f"{axis}_{part}".upper(): getattr(r, f"{axis}_{part}")
        for axis in ("line", "samp", "lat", "long", "height")
        for part in ("off", "scale")
    }
    values["LINE_OFF"] += 1
    values["SAMP_OFF"] += 1
    validity = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return (
        "<Dimap_Document><Rational_Function_Model><Global_RFM>"
        f"<Inverse_Model>{inverse}</Inverse_Model><RFM_Validity>{validity}</RFM_Validity>"
        "</Global_RFM></Rational_Function_Model></Dimap_Document>"
    )


@pytest.mark.parametrize("make", [maxar_1b, dimap_sensor])
@pytest.mark.parametrize("height_m", [None, 400.0])
def test_tiles_lie_where_the_whole_lies(tmp_path: Path, make: Callable[[Path], Path], height_m: float | None) -> None:
    whole = with_rpc(tmp_path, name="whole.tif")
    more = {} if height_m is None else {"height_m": height_m}
    expected = probed_image(whole, **more)
    header = POOL.ask(raw("probe", {"path": str(make(tmp_path / "delivery")), **more})).header
    raster = header["raster"]
    assert (raster["placed_by"], raster["crs"]) == ("RPC", "EPSG:4326")
    assert raster["height_m"] == (215.0 if height_m is None else height_m)
    assert f"height of {raster['height_m']:.0f} m" in raster["placement_note"]
    pixel = expected.bounds.width / SIZE
    assert Bounds(*raster["bounds"]) == pytest.approx(expected.bounds, abs=2 * pixel)
    assert abs(raster["width"] - SIZE) < 16
    affine = rasterio.transform.from_bounds(*expected.bounds, 100, 100)
    wanted, mask = tile(whole, "EPSG:4326", affine, 100, **more)
    band = header["scene"]["bands"][0]
    source = {"paths": band["paths"], "index": band["index"]}
    answer = POOL.ask(
        raw(
            "tile",
            {
                "path": raster["path"],
                "crs": "EPSG:4326",
                "affine": list(affine)[:6],
                "width": 100,
                "height": 100,
                "bands": [source],
                **more,
            },
        ),
    )
    found, found_mask = answer.arrays[0][0].astype(float), answer.arrays[1]
    both = mask & found_mask
    assert both.sum() > 0.97 * mask.sum(), "the tiles leave no gap"
    assert np.abs(found - wanted)[both].max() <= 4.0, "half a pixel at a seam, on a slope of 3 a pixel"
    assert np.abs(found - wanted)[both].mean() < 0.1


@pytest.mark.parametrize(
    ("make", "ending", "old", "new"),
    [
        (maxar_1b, "TIL", "ULColOffset", "OtherOffset"),
        (maxar_1b, "RPB", "lineOffset", "lostOffset"),
        (dimap_sensor, "RPC.XML", "LINE_OFF", "LOST_OFF"),
        (dimap_sensor, "DIM.XML", "<OVERLAP_COL>0", "<OVERLAP_COL>8"),
    ],
)
def test_where_nothing_says_surely_where_a_tile_lies_it_has_no_place(
    tmp_path: Path, make: Callable[[Path], Path], ending: str, old: str, new: str
) -> None:
    folder = make(tmp_path / "delivery")
    first, _, suffix = ending.rpartition(".")
    (file,) = [path for path in folder.iterdir() if path.name.startswith(first) and path.name.endswith(suffix)]
    file.write_text(file.read_text().replace(old, new))
    (tile_2,) = folder.glob("*R1C2*")
    assert probed_image(tile_2).placed_by == ""
