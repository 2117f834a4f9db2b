"""A picture that says inside itself that its overviews lie elsewhere: GDAL would open whatever lies there."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import rasterio

from layers.errors import NotAllowed
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.readers.guards.tiff_metadata import names_overviews
from layers.readers.guards.vrt_judge import judge_vrt
from tests.support.readers.hostile_vrts import band, placed, whole
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import surface, write_raster

POOL = ReaderPool(inline=True)
BOUNDS = Bounds(0, 0, 9, 9)


def picture(path: Path, **options: object) -> Path:
    return write_raster(path, surface().astype(np.uint8), "EPSG:4326", BOUNDS, **options)


def tagged(path: Path, far: Path, **options: object) -> Path:
    picture(path, **options)
    with rasterio.open(path, "r+", driver="GTiff") as dataset:
        dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=str(far))
    return path


def with_text(path: Path, text: bytes) -> Path:
    """A TIFF of one directory with this text as GDAL's metadata, and nothing else."""
    directory = struct.pack("<HHHIII", 1, 42112, 2, len(text) + 1, 26, 0)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8) + directory + text + b"\0")
    return path


def test_overviews_in_another_file_are_not_followed(tmp_path):
    far = picture(tmp_path / "far.tif", blockxsize=16, blockysize=16, tiled=True)
    for name, options in (("a.tif", {}), ("big.tif", {"BIGTIFF": "YES"}), ("mm.tif", {"ENDIANNESS": "BIG"})):
        path = tagged(tmp_path / name, far, **options)
        with rasterio.open(path, driver="GTiff") as dataset:
            assert str(far) in dataset.files or dataset.overviews(1), "the control: GDAL itself follows it"
        assert names_overviews(str(path))
        for op, more in (("probe", {}), ("statistics", {"bands": [1]})):
            with pytest.raises(NotAllowed, match=rf"{name} keeps its overviews in another file, which is not followed"):
                POOL.ask(raw(op, {"path": str(path), **more}))
        vrt = tmp_path / "a.vrt"
        vrt.write_text(whole(band(placed(name))))
        with pytest.raises(NotAllowed, match="keeps its overviews in another file"):
            judge_vrt(str(vrt))


@pytest.mark.parametrize(
    "text",
    [
        b'<GDALMetadata><Item name="OVERVIEW_FILE" domain="OVERVIEWS">/far.tif</Item></GDALMetadata>',
        b'<GDALMetadata><Item name="OVERVIEW_FILE" DOMAIN="overviews">/far.tif</Item></GDALMetadata>',
        b'<GDALMetadata><Item name="OVERVIEW_FILE" domain="&#79;VERVIEWS">/far.tif</Item></GDALMetadata>',
        b"<GDALMetadata><Item><name>OVERVIEW_FILE</name><domain>OVERVIEWS</domain>/far.tif</Item></GDALMetadata>",
        b"<GDALMetadata><Item name=OVERVIEW_FILE domain=OVERVIEWS>/far.tif</Item></GDALMetadata>",
        b'<GDALMetadata><Item name="OVERVIEW_FILE" domain="OVER&#86;IEWS">/far.tif</Item>',
        b'<!DOCTYPE a [<!ENTITY b "OVERVIEWS">]><GDALMetadata><Item domain="&b;"/></GDALMetadata>',
    ],
)
def test_however_it_is_written(tmp_path, text):
    assert names_overviews(str(with_text(tmp_path / "a.tif", text)))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<GDALMetadata/>",
        b'<GDALMetadata><Item name="STATISTICS_MEAN" sample="0">1</Item></GDALMetadata>',
        b'<GDALMetadata><Item name="a" domain="IMAGERY">b</Item></GDALMetadata>',
        b'<GDALMetadata><Item name="place">M\xe9xico</Item></GDALMetadata>',
        b"no XML at all",
    ],
)
def test_other_metadata_names_none(tmp_path, text):
    assert not names_overviews(str(with_text(tmp_path / "a.tif", text)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II+\0",
        b"%PDF",
        b"MM\0*\0\0\0\x08\0\x01",
    ],
)
def test_a_damaged_tiff_names_none(tmp_path, data):
    (tmp_path / "a.tif").write_bytes(data)
    assert not names_overviews(str(tmp_path / "a.tif"))
