"""Sentences about files that do not open: what is wrong and what to do, never the words of a library."""

import errno
import struct
from pathlib import Path

import numpy as np
import pytest

from layers.errors import GeoloupeError, NotAllowed, NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.pool.worker import sentence_for
from layers.readers.library_words import cannot_open, cannot_read, tells_full_disk
from layers.readers.raster.datasets import DATASETS
from layers.readers.raster.subdatasets import file_name
from tests.support.readers.raw import raw
from tests.support.readers.tiny_hdf5 import FILES
from tests.support.readers.tiny_rasters import surface, write_raster
from tests.support.readers.vrts import UTM, source, vrt

POOL = ReaderPool(inline=True)
WORDS_OF_LIBRARIES = ("TIFF R", "TIFFR", "TIFFF", "IReadBlock", "CPLE", "GDAL error", "()", "_tiff", "Sub-IFD")


def sentence(path: Path, op: str = "probe", **more) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        POOL.ask(raw(op, {"path": str(path), **more}))
    assert not [word for word in WORDS_OF_LIBRARIES if word in caught.value.sentence]
    return caught.value


def compressed(path: Path, code: int) -> Path:
    """A TIFF that says that it is compressed by another method than it is."""
    write_raster(path, surface().astype(np.uint8), None, None, compress="deflate")
    content = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<I", content, 4)
    (entries,) = struct.unpack_from("<H", content, start)
    for number in range(entries):
        at = start + 2 + 12 * number
        if struct.unpack_from("<H", content, at) == (259,):
            struct.pack_into("<H", content, at + 8, code)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (50002, "JPEG XL"),
        (52546, "JPEG XL"),
        (34712, "JPEG 2000"),
        (34661, "JBIG"),
        (6, "the JPEG of old TIFFs"),
        (65000, "method 65000"),
    ],
)
def test_a_missing_codec_is_no_damage(tmp_path, code, words):
    error = sentence(compressed(tmp_path / "a.tif", code))
    assert isinstance(error, UnsupportedFormat)
    assert error.sentence == (
        f"a.tif is compressed with {words}, which this installation of GDAL cannot unpack: save it anew with Deflate, "
        "LZW or ZSTD."
    )


def test_a_codec_that_other_builds_lack_is_said_the_same_way():
    for text in (
        "Cannot open TIFF file due to missing codec LERC.",
        "Cannot open TIFF file due to missing codec of code 34887.",
        "LERC compression support is not configured",
    ):
        assert "is compressed with LERC, which" in cannot_open("a.tif", text).sentence
    assert "JPEG of more than 8 bits" in cannot_read("a.tif", "Unsupported JPEG data precision 12").sentence


@pytest.mark.parametrize("suffix", [".h5", ".nc"])
def test_a_missing_filter_of_hdf5_is_named_beside_damage(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(FILES["lzf"])
    tile = {"crs": "", "affine": [1, 0, 0, 0, -1, 0], "width": 30, "height": 20, "bands": [1]}
    assert sentence(path, "tile", **tile).sentence == (
        f"a{suffix} cannot be read here: it is damaged, or packed with a filter that this installation of HDF5 lacks "
        "(such as LZF or Zstandard). Save it anew with gzip."
    )


def test_damage_is_said_without_the_words_of_a_library(tmp_path):
    path = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), None, None, compress="deflate")
    whole = path.read_bytes()
    for cut in (9, 100):
        path.write_bytes(whole[:cut])
        error = sentence(path)
        assert isinstance(error, NotReadable)
        assert error.sentence == "a.tif cannot be opened, it is damaged or incomplete: copy or download it again."
    path = compressed(tmp_path / "b.tif", 50000)
    tile = {"crs": "", "affine": [1, 0, 0, 0, -1, 0], "width": 9, "height": 9, "bands": [1]}
    error = sentence(path, "tile", **tile)
    assert error.sentence == "b.tif is damaged here, its pixels cannot be read: copy or download it again."
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert "damaged" in sentence(path).sentence
    error = sentence_for(
        RuntimeError("a.tif, band 1: IReadBlock failed at X offset 0: TIFFReadEncodedStrip()"), "a.tif"
    )
    assert error.sentence == (
        "a.tif cannot be read, it may be damaged: the library that reads it gave up. Copy or download it again."
    )


def test_a_picture_inside_a_file_is_called_by_the_file(tmp_path):
    path = tmp_path / "a.h5"
    path.write_bytes(FILES["plain new"])
    assert file_name(DATASETS.get(str(path), part="inner/NIR")) == "a.h5"
    tiff = write_raster(tmp_path / "b.tif", surface().astype(np.uint8), None, None)
    assert file_name(DATASETS.get(str(tiff))) == "b.tif"


def test_kinds_that_stay_out_are_called_by_their_names(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"\x1f\x8b\x08" + bytes(300))
    assert "its content is a gzip archive" in sentence(path).sentence
    path = tmp_path / "a.xyz"
    path.write_bytes(bytes(range(200)) + b"\x1f\x8b")
    assert "of no kind that Geoloupe opens" in sentence(path).sentence


def test_outside_its_folder_says_what_to_do(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    write_raster(tmp_path / "far.tif", surface().astype(np.uint8), "EPSG:32652", UTM)
    error = sentence(vrt(folder, source("../far.tif")))
    assert isinstance(error, NotAllowed)
    assert error.sentence == (
        "a.vrt is not opened because it asks for the source '../far.tif', which is outside its folder: copy that file "
        "into the folder and make the mosaic anew there (gdalbuildvrt), or ask for a TIFF."
    )


def _caused(text: str) -> Exception:
    error = ValueError("Write failed")
    error.__cause__ = RuntimeError(text)
    return error


@pytest.mark.parametrize(
    ("error", "is_full"),
    [
        (OSError(errno.ENOSPC, "no room"), True),
        (RuntimeError("TIFFAppendToStrip: Write error: No space left on device"), True),
        (RuntimeError("sqlite3_step() failed: database or disk is full"), True),
        (_caused("No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (RuntimeError("Write error"), False),
    ],
)
def test_a_full_disk_is_told_from_other_failures(error: Exception, is_full: bool) -> None:
    assert tells_full_disk(error) is is_full
