"""ERDAS Imagine: pictures in one file or with spill and overview files, and files that name others elsewhere."""

import contextlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from layers.errors import FileMissing, GeoloupeError, NotAllowed, NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.guards.imagine import judge_imagine
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.tiny_imagine import SIZE, UTM, VALUES, renamed, with_overviews, write_imagine

POOL = ReaderPool(inline=True)


def read(path: Path) -> np.ndarray:
    affine = [10, 0, UTM.left, 0, -10, UTM.top]
    params = {"path": str(path), "crs": "EPSG:32652", "affine": affine, "width": SIZE, "height": SIZE, "bands": [1, 2]}
    return POOL.ask(raw("tile", params)).arrays[0]


@pytest.mark.parametrize("options", [{}, {"COMPRESSED": "YES"}, {"USE_SPILL": "YES"}])
def test_a_picture_with_its_pixels_inside_or_beside(tmp_path, options):
    path = write_imagine(tmp_path / "a.img", **options)
    assert (tmp_path / "a.ige").exists() == ("USE_SPILL" in options)
    info = probed_image(path)
    assert (info.driver, info.crs, info.bounds, info.dtype) == ("HFA", "EPSG:32652", UTM, "int16")
    assert (read(path) == VALUES).all()
    if "USE_SPILL" in options:
        with pytest.raises(UnsupportedFormat, match="part of an Imagine file: open the file that ends in"):
            probed_image(tmp_path / "a.ige")


def test_overviews_in_a_file_beside(tmp_path):
    path = with_overviews(tmp_path / "a.img")
    assert probed_image(path).overviews == (2, 4)
    # What an old program wrote with all its folders means the file beside it.
    for name, overviews in (("moved", (2, 4)), ("alone", ())):
        (tmp_path / name).mkdir()
        path = renamed(with_overviews(tmp_path / name / "a.img"), b"a.rrd(", b"C:\\aa(")
        path.with_suffix(".rrd").rename(path.with_name("aa" if overviews else "gone"))
        assert probed_image(path).overviews == overviews


def hostile(folder: Path) -> dict[str, tuple[Path, str]]:
    """Twins of a good picture that lead elsewhere, and what is said of each."""
    outside = folder.parent / "outside"
    outside.mkdir()
    found: dict[str, tuple[Path, str]] = {}

    def add(name: str, why: str, old: bytes = b"", new: bytes = b"") -> Path:
        (folder / name).mkdir()
        path = with_overviews(folder / name / "a.img", USE_SPILL="YES")
        found[name] = renamed(path, old, new) if old else path, why
        return path

    add("upwards", r"'\.\./bb', which is outside its folder.*save it anew", b"a.ige", b"../bb")
    add("absolute", r"'/etc/', which is outside its folder", b"a.ige", b"/etc/")
    add("windows", "which is outside its folder", b"a.ige", b"\\\\h\\x")
    path = add("spill link", "a.ige, a link that leads outside its folder")
    shutil.move(path.with_suffix(".ige"), outside / "spill")
    path.with_suffix(".ige").symlink_to(outside / "spill")
    path = add("no suffix", "spill, a link that leads outside its folder", b"a.ige", b"spill")
    (path.parent / "spill").symlink_to(outside / "spill")
    path = add("overview link", "a.rrd, a link that leads outside its folder")
    shutil.move(path.with_suffix(".rrd"), outside / "rrd")
    path.with_suffix(".rrd").symlink_to(outside / "rrd")
    path = add("gone", "a.ige, which is not there: put that file beside it")
    path.with_suffix(".ige").unlink()
    return found


def test_files_that_lead_elsewhere_are_refused(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    for name, (path, why) in hostile(folder).items():
        with pytest.raises(GeoloupeError, match=why) as caught:
            probed_image(path)
        assert isinstance(caught.value, (NotAllowed, FileMissing)), name
        assert caught.value.sentence.startswith("a.img"), name


def test_a_broken_tree_is_damaged(tmp_path):
    path = write_imagine(tmp_path / "a.img")
    whole = path.read_bytes()
    for size in (16, 40, len(whole) // 4):
        path.write_bytes(whole[:size])
        with pytest.raises(NotReadable, match="damaged"):
            probed_image(path)
    rng = np.random.default_rng(3)
    for _ in range(200):  # whatever stands there, looking ends
        bytes_ = bytearray(whole)
        for at in rng.integers(20, 8000, 40):
            bytes_[at] = int(rng.integers(256))
        path.write_bytes(bytes_)
        with contextlib.suppress(GeoloupeError):
            judge_imagine(str(path))
