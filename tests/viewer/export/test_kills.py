"""A product whose writing is killed is not there, or is the old one, or the new one: never a half."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
from PySide6.QtGui import QImage

import sample_data
from tests.support.cases.rich import read_case
from tests.support.deaths.kills import KILLED, ROOT, deaths

pytestmark = pytest.mark.bounded

SIZE = "640x480"
KILLS = int(os.environ.get("GEOLOUPE_KILLS", "2"))
"""Of each kind of file that is written."""
OLD = b"what was there before"


def demo() -> Path:
    return sample_data.path("demo.gpkg")


def whole(path: Path) -> bool:
    """True for a product from its first byte to its last."""
    data = path.read_bytes()
    if path.suffix == ".png":
        return data.endswith(b"IEND\xaeB`\x82") and QImage(str(path)).width() == 640
    if path.suffix == ".pdf":
        return data.endswith(b"%%EOF\n")
    if path.suffix == ".svg":
        return ElementTree.fromstring(data).tag.endswith("svg")
    if path.suffix in (".jpg", ".webp", ".tif"):
        return QImage(str(path)).width() > 300
    if path.suffix == ".geojson":
        return len(json.loads(data)["features"]) > 20
    if path.suffix in (".kmz", ".xlsx"):
        return zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
    if path.suffix == ".html":
        return data.endswith(b"</html>") and b"data:image/png" in data
    if path.suffix == ".gpkg":
        return len(read_case(path).document.sites) > 20
    return data.endswith(b"\n") and data.count(b"\n") > 20


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("suffix", "old"),
    [(".geojson", None), (".csv", OLD), (".kmz", OLD), (".gpkg", OLD)],
)
def test_f03_an_export_killed_at_any_call_leaves_no_half_file(
    own_home: Path, tmp_path: Path, suffix: str, old: bytes | None
) -> None:
    out = tmp_path / "made" / f"sites{suffix}"
    out.parent.mkdir()
    if old is not None:
        out.write_bytes(old)
    ends: list[int] = []
    for code in deaths(own_home, "export", demo(), "--out", out):
        ends.append(code)
        assert (out.read_bytes() if out.exists() else None) == old or whole(out), f"after call {len(ends)}"
        if code == KILLED and out.exists() and out.read_bytes() != old:
            out.unlink() if old is None else out.write_bytes(old)
    assert ends.count(KILLED) >= 6
    assert ends[-1] == 0
    assert whole(out)


def _died(words: list[object], home: Path, after_s: float) -> None:
    environment = os.environ | {"GEOLOUPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "viewer", *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        end = time.monotonic() + after_s
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        process.kill()


def render(out: Path) -> list[object]:
    return ["render", demo(), "--out", out, "--size", SIZE]


def product(out: Path) -> list[object]:
    return ["export", demo(), "--out", out, "--size", SIZE]


def screenshot(out: Path) -> list[object]:
    return ["demo", "--screenshot", out, "--size", SIZE]


@pytest.mark.bounded
@pytest.mark.timeout(300)
@pytest.mark.parametrize("words", [render, product, screenshot])
def test_f03_a_picture_killed_at_any_moment_is_old_or_new(
    own_home: Path, tmp_path: Path, words: Callable[[Path], list[object]]
) -> None:
    """The moments are drawn from the last third of a whole run: before that nothing is written."""
    out, chance = tmp_path / "map.png", random.Random(words.__name__)
    begin = time.monotonic()
    _died(words(out), own_home, 60)
    takes_s = time.monotonic() - begin
    assert whole(out)
    for _ in range(KILLS):
        out.write_bytes(b"old")
        _died(words(out), own_home, chance.uniform(takes_s * 0.6, takes_s * 1.05))
        assert out.read_bytes() == b"old" or whole(out)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("suffix", [".xlsx", ".html"])
def test_f03_data_killed_at_any_moment_are_old_or_new(own_home: Path, tmp_path: Path, suffix: str) -> None:
    out, chance = tmp_path / f"sites{suffix}", random.Random(suffix)
    words: list[object] = ["export", demo(), "--out", out]
    begin = time.monotonic()
    _died(words, own_home, 60)
    takes_s = time.monotonic() - begin
    assert whole(out)
    for _ in range(KILLS):
        out.write_bytes(OLD)
        _died(words, own_home, chance.uniform(takes_s * 0.6, takes_s * 1.05))
        assert out.read_bytes() == OLD or whole(out)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == [out.name]


@pytest.mark.timeout(300)
def test_f03_raw_pixels_killed_at_any_moment_are_old_or_new(own_home: Path, tmp_path: Path) -> None:
    out, chance = tmp_path / "pixels.tif", random.Random("raw")
    words: list[object] = ["export", demo(), "--raw", "--out", out, "--bounds", "80,20,130,60"]
    begin = time.monotonic()
    _died(words, own_home, 100)
    takes_s = time.monotonic() - begin
    with rasterio.open(out) as file:
        made = file.read()
    for _ in range(KILLS):
        out.write_bytes(OLD)
        _died(words, own_home, chance.uniform(takes_s * 0.6, takes_s * 1.05))
        if out.read_bytes() != OLD:
            with rasterio.open(out) as file:
                assert np.array_equal(file.read(), made)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == [out.name]


@pytest.mark.bounded
@pytest.mark.timeout(300)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".tif", ".pdf", ".svg"])
def test_f03_a_product_killed_at_any_moment_is_old_or_new(own_home: Path, tmp_path: Path, suffix: str) -> None:
    out, chance = tmp_path / f"map{suffix}", random.Random(suffix)
    begin = time.monotonic()
    _died(product(out), own_home, 100)
    takes_s = time.monotonic() - begin
    assert whole(out)
    for _ in range(KILLS):
        out.write_bytes(b"old")
        _died(product(out), own_home, chance.uniform(takes_s * 0.6, takes_s * 1.05))
        assert out.read_bytes() == b"old" or whole(out)
