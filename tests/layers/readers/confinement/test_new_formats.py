"""ENVI, Imagine, netCDF and HDF5 held by Landlock alone: no judge looks at what they lead to before GDAL does."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

from layers.geo.bounds import Bounds
from layers.pool.protocol import Profile
from layers.pool.reader_process import ReaderProcess
from layers.readers.confinement.landlock import landlock_abi
from tests.support.readers import unjudged
from tests.support.readers.tiny_envi import write_envi
from tests.support.readers.tiny_hdf5 import FILES
from tests.support.readers.tiny_imagine import renamed, with_overviews
from tests.support.readers.tiny_rasters import write_raster

CANARY, NAME = 12345, "CANARYBAND"
ROOT = "111, 111, 116, 58"
"""Of `root:`, as it stands in /etc/passwd, in numbers."""
OWN = np.arange(600, dtype=np.int16)
SIZE = 64
UTM = Bounds(400_000, 5_750_000, 400_640, 5_750_640)

type Twin = Callable[[Path, Path], Path]
"""Makes a file in a folder that leads to another folder."""


@pytest.fixture(autouse=True)
def needs_landlock() -> None:
    if not landlock_abi():
        pytest.skip("this kernel has no Landlock")


@pytest.fixture
def reader() -> Iterator[ReaderProcess]:
    process = ReaderProcess(Profile.LOCAL, unjudged.load)
    process.start()
    yield process
    process.close()


def far_picture(path: Path, driver: str = "GTiff", **options: str) -> Path:
    return write_raster(path, np.full((1, SIZE, SIZE), CANARY, np.int16), "EPSG:32652", UTM, driver=driver, **options)


def envi(folder: Path, outside: Path) -> Path:
    return write_envi(folder / "a.dat", np.arange(SIZE * SIZE, dtype=np.int16).reshape(1, SIZE, SIZE) % 600)


def envi_header(folder: Path, outside: Path) -> Path:
    path = envi(folder, outside)
    header = shutil.move(path.with_suffix(".hdr"), outside / "a.hdr")
    with Path(header).open("a") as file:
        file.write(f"band names = {{{NAME}}}\n")
    path.with_suffix(".hdr").symlink_to(header)
    return path


def envi_sidecar(folder: Path, outside: Path) -> Path:
    path = envi(folder, outside)
    (outside / "a.xml").write_text(f'<PAMDataset><Metadata><MDI key="{NAME}">1</MDI></Metadata></PAMDataset>')
    Path(f"{path}.aux.xml").symlink_to(outside / "a.xml")
    return path


def envi_overviews(folder: Path, outside: Path) -> Path:
    path = envi(folder, outside)
    far = far_picture(outside / "a.tif")
    with rasterio.open(far, "r+") as dataset:
        dataset.update_tags(ns="rio_overview", resampling="average")
    Path(f"{path}.ovr").symlink_to(far)
    return path


def imagine(folder: Path, outside: Path, stem: str = "a") -> Path:
    """With its pixels and overviews in files beside it, all of which hold the canary."""
    path = with_overviews(folder / f"{stem}.img", USE_SPILL="YES")
    with rasterio.open(path, "r+") as dataset:
        dataset.write(np.full((dataset.count, dataset.height, dataset.width), CANARY, np.int16))
    return path


def imagine_absolute(folder: Path, outside: Path) -> Path:
    """With the whole path of its pixels, in place of a name of that length."""
    spill = outside / "spill"
    path = imagine(folder, outside, "a" * (len(str(spill)) - len(".ige")))
    shutil.move(path.with_suffix(".ige"), spill)
    return renamed(path, path.with_suffix(".ige").name.encode(), str(spill).encode())


def imagine_spill(folder: Path, outside: Path) -> Path:
    path = imagine(folder, outside)
    shutil.move(path.with_suffix(".ige"), outside / "spill")
    path.with_suffix(".ige").symlink_to(outside / "spill")
    return path


def hdf5(name: str, suffix: str) -> Twin:
    """A file that leads to one in the folder above, whose values are the canary."""

    def make(folder: Path, outside: Path) -> Path:
        far = FILES["outside"].replace(OWN.tobytes(), np.full(600, CANARY, np.int16).tobytes())
        assert far != FILES["outside"]
        (folder.parent / "outside.h5").write_bytes(far)
        path = folder / f"a{suffix}"
        path.write_bytes(FILES[name])
        return path

    return make


TWINS: dict[str, tuple[str, Twin, str]] = {
    "ENVI header": ("ENVI", envi_header, NAME),
    "ENVI sidecar": ("ENVI", envi_sidecar, NAME),
    "ENVI overviews": ("ENVI", envi_overviews, str(CANARY)),
    "Imagine absolute": ("HFA", imagine_absolute, str(CANARY)),
    "Imagine spill": ("HFA", imagine_spill, str(CANARY)),
    **{
        f"{driver} {name}": (driver, hdf5(name, suffix), ROOT if name == "storage" else str(CANARY))
        for driver, suffix in (("HDF5", ".h5"), ("netCDF", ".nc"))
        for name in ("link old", "link new", "storage", "view")
    },
}

NOT_FOLLOWED = ("Imagine absolute", "HDF5 link old", "HDF5 link new")
"""The GDAL at hand does not follow these itself; what others do, walls hold all the same."""


def folders(tmp_path: Path) -> tuple[Path, Path]:
    here, outside = tmp_path / "here", tmp_path / "outside"
    here.mkdir()
    outside.mkdir()
    return here, outside


@pytest.mark.bounded
@pytest.mark.sampled(6)
@pytest.mark.parametrize("kind", TWINS)
def test_what_a_file_leads_to_is_out_of_reach(reader: ReaderProcess, tmp_path: Path, kind: str) -> None:
    driver, make, canary = TWINS[kind]
    path = make(*folders(tmp_path))
    params = {"path": str(path), "driver": driver}
    free = unjudged.run("look", params)[0]["said"]
    assert any(canary in said for said in free) or kind in NOT_FOLLOWED, free
    held = reader.ask("look", params, 20).header["said"]
    assert reader.holds is not None
    assert reader.holds.files
    assert held
    assert not any(canary in said for said in held), held


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    ("driver", "make", "value"),
    [
        ("ENVI", envi, "597, 598, 599"),
        ("HFA", imagine, str(CANARY)),
        ("HDF5", hdf5("plain new", ".h5"), "597, 598, 599"),
        ("netCDF", hdf5("plain old", ".nc"), "597, 598, 599"),
    ],
    ids=["ENVI", "Imagine", "HDF5", "netCDF"],
)
def test_what_lies_in_its_folder_is_read(
    reader: ReaderProcess, tmp_path: Path, driver: str, make: Twin, value: str
) -> None:
    params = {"path": str(make(*folders(tmp_path))), "driver": driver}
    held = reader.ask("look", params, 20).header["said"]
    assert any(value in said for said in held), held
