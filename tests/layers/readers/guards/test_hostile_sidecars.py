"""Metadata beside images, made to name what is elsewhere or to run long: bounded in time, in number and in words."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from layers.errors import TooLarge
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.readers.deliveries.scene_probe import MAX_PROBLEMS, describe
from layers.readers.raster.aux_xml import read_aux_xml
from layers.readers.raster.rpc import read_rpb, read_rpc_beside
from layers.readers.sidecars.sidecar_groups import parse_groups
from layers.readers.sidecars.sidecar_values import inside
from tests.support.readers import tiny_deliveries as tiny
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import surface, write_raster

POOL = ReaderPool(inline=True)


@contextmanager
def soon(limit_s: float = 10.0) -> Iterator[None]:
    """Liveness: what was quadratic took minutes."""
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < limit_s


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    "line",
    ["a =" + " " * 10**6 + "x", "a" * 10**6, " " * 10**6 + "a", "a =" + "; " * 10**6, "a = " + "(" * 10**6, "="],
)
def test_a_line_of_a_group_is_read_in_linear_time(line):
    with soon(5):
        groups = parse_groups(f"{line}\nBEGIN_GROUP = IMAGE_1\n\tmeanSunAz =  100.4 ;\nEND_GROUP = IMAGE_1\n")
    assert groups.first("meanSunAz", "IMAGE") == "100.4"


@pytest.mark.parametrize(
    "text", ["lineOffset = " * 5000, "lineOffset =" + " " * 60_000, "lineOffset = (" + "1," * 30_000, "=;" * 30_000]
)
def test_an_rpb_is_read_in_linear_time(tmp_path, text):
    (tmp_path / "a.RPB").write_text(text)
    with soon(5):
        assert read_rpb(str(tmp_path / "a.RPB")) is None
        assert read_rpc_beside(str(tmp_path / "a.tif")) is None


def pleiades(folder: Path, inner: str) -> Path:
    root = tiny.dimap(folder, jp2=False)
    changed(next(root.glob("DIM_*.XML")), "<Data_Access>", f"<Data_Access>{inner}")
    return root


def sentinel(folder: Path, inner: str) -> Path:
    safe = tiny.sentinel2(folder, bands={"B02": 1500.0})
    changed(safe / "MTD_MSIL2A.xml", "<IMAGE_FILE>", f"{inner}<IMAGE_FILE>")
    return safe


def landsat(folder: Path, inner: str) -> Path:
    root = tiny.landsat(folder, 1)
    changed(next(root.glob("*_MTL.txt")), "  GROUP = PRODUCT_CONTENTS\n", f"  GROUP = PRODUCT_CONTENTS\n{inner}")
    return root


def worldview(folder: Path, inner: str) -> Path:
    root = tiny.maxar(folder)
    changed(next(root.glob("*.TIL")), "END;\n", f"{inner}END;\n")
    return root


ABSENT: dict[str, tuple[Callable[[Path, str], Path], Callable[[int], str]]] = {
    "DIMAP": (pleiades, lambda n: f'<Data_Files><Data_File><DATA_FILE_PATH href="none{n}"/></Data_File></Data_Files>'),
    "SAFE": (sentinel, lambda n: f"<IMAGE_FILE>GRANULE/none/T_B{n % 90 + 10}_{n}_B03_10m</IMAGE_FILE>"),
    "MTL": (landsat, lambda n: f'    FILE_NAME_QUALITY_L{n % 10}_X{n} = "none{n}.TIF"\n'),
    "TIL": (worldview, lambda n: f'BEGIN_GROUP = TILE_9{n}\n\tfilename = "none{n}.TIF";\nEND_GROUP = TILE_9{n}\n'),
}


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", sorted(ABSENT))
def test_thousands_of_files_that_are_not_there_are_looked_for_at_once(tmp_path, kind):
    make, line = ABSENT[kind]
    root = make(tmp_path, "".join(line(n) for n in range(12_000)))
    for n in range(3000):
        (root / f"other{n}.txt").touch()
    with soon():
        scene = describe(str(root))
    assert scene.bands
    assert len(scene.problems) <= MAX_PROBLEMS + 1
    if kind != "TIL":  # of which at most a thousand tiles are asked for
        assert re.fullmatch(r"1\d\u202f\d{3} more files or values of the delivery are amiss\.", scene.problems[-1])


def test_very_many_bands_are_no_scene(tmp_path):
    root = tiny.maxar(tmp_path)
    groups = "".join(f"BEGIN_GROUP = BAND_X{n}\nEND_GROUP = BAND_X{n}\n" for n in range(20_000))
    changed(next(root.glob("*.IMD")), "BEGIN_GROUP = BAND_C", f"{groups}BEGIN_GROUP = BAND_C")
    with soon(), pytest.raises(TooLarge, match="names 20\u202f008 bands: at most 512"):
        describe(str(root))


def test_a_name_in_other_letters_is_found_though_the_folder_changes(tmp_path):
    assert inside(str(tmp_path), "a.tif") == ""
    (tmp_path / "A.TIF").touch()
    os.utime(tmp_path, ns=(1, 1))
    assert inside(str(tmp_path), "a.tif") == str(tmp_path / "A.TIF")
    (tmp_path / "a.TIF").touch()
    assert inside(str(tmp_path), "a.tif") == "", "two of that name"


@pytest.mark.parametrize(
    "inner",
    [
        '<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{far}</MDI></Metadata>',
        '<Metadata domain="GEOLOCATION"><MDI key="X_DATASET">{far}</MDI></Metadata>',
        '<PAMRasterBand band="1"><Metadata><MDI key="MASK_FILE">{far}</MDI></Metadata></PAMRasterBand>',
        '<Subdatasets><Subdataset name="{far}"/></Subdatasets>',
        "<ArrayStatistics><Attribute>{far}</Attribute></ArrayStatistics>",
        '<GeodataXform xmlns:xsi="x" xsi:type="typens:PolynomialXform" xsi:schemaLocation="{far}"/>',
        "<GeoTransform>{far}</GeoTransform>",
        '<GCPList Projection="{far}"><GCP Pixel="0" Line="0" X="{far}" Y="1"/></GCPList>',
    ],
)
def test_an_aux_xml_leads_nowhere(tmp_path, inner):
    """The reader that opens it may not even look at what it names (see the walls); nor does it try to."""
    far = write_raster(tmp_path / "far.tif", surface().astype(np.uint8), "EPSG:32652", Bounds(0, 0, 9, 9))
    folder = tmp_path / "scenes"
    folder.mkdir()
    path = write_raster(folder / "a.tif", surface().astype(np.uint8), None, None)
    (folder / "a.tif.aux.xml").write_text(f"<PAMDataset>{inner.format(far=far)}</PAMDataset>")
    os.utime(far, ns=(1, 1))
    found = POOL.ask(raw("probe", {"path": str(path)})).header["raster"]
    assert (found["overviews"], found["crs"], found["placed_by"]) == ([], "", "")
    assert os.stat(far).st_atime_ns == 1


@pytest.mark.bounded
def test_an_aux_xml_of_very_many_points_or_numbers_is_bounded(tmp_path):
    path = tmp_path / "a.tif"
    points = "".join(f'<GCP Pixel="{n}" Line="{n}" X="{n}" Y="{n}"/>' for n in range(150_000))
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset><GCPList>{points}</GCPList></PAMDataset>")
    with soon():
        found = read_aux_xml(str(path))
    assert found.points is not None
    assert len(found.points) == 10_000
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset><GeoTransform>{'1,' * 10**6}</GeoTransform></PAMDataset>")
    with soon():
        assert read_aux_xml(str(path)).transform is None
