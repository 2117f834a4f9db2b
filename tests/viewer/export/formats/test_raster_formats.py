"""PNG, JPEG, WebP and GeoTIFF of a laid out product, reopened by other programs' libraries."""

from __future__ import annotations

import errno
import math
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace
from pyproj import CRS, Transformer
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from layers.errors import DiskFull, ExportFailed
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.geo.map_projections import azimuthal, conic
from tests.support.deaths.kills import ROOT
from tests.support.printed_pages import WORDS, PrintedPages, frame, one_map, two_pages
from tests.viewer.export.conftest import pixels
from tests.viewer.export.formats.conftest import Write, painted
from viewer.export.formats import sheets, strips
from viewer.export.formats.coded_pictures import whole_pixels
from viewer.export.formats.packed_rows import joined_sum
from viewer.export.formats.writers import begin_writing, check_size
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio


def test_a_png_is_what_the_painter_paints_to_the_last_byte(write: Write, tmp_path: Path) -> None:
    printed = one_map((1400, 1100), 150.0)
    write(printed, tmp_path / "x.png")
    found = QImage(str(tmp_path / "x.png"))
    assert (pixels(found) == pixels(painted(printed))).all()
    assert found.dotsPerMeterX() == 5906
    texts = {key: found.text(key) for key in found.textKeys()}
    assert texts["Title"] == WORDS.title
    assert texts["Marking"] == "TLP:AMBER"
    assert "Copernicus" in texts["Copyright"]
    assert "On a port" in texts["Source"]
    assert texts["Alternative Text"] == WORDS.alt_text
    assert "Copernicus" in texts["XML:com.adobe.xmp"]


def test_a_page_in_strips_differs_at_no_edge_but_of_lines(write: Write, tmp_path: Path, monkeypatch) -> None:
    """A page that is not held whole, in blocks of columns and rows: always the same bytes."""
    printed = replace(one_map((900, 700)), late=2)
    write(printed, tmp_path / "whole.png")
    monkeypatch.setattr("viewer.export.printed.HELD_PIXELS", 1000)
    monkeypatch.setattr(sheets, "BLOCK_COLUMNS", 256)
    monkeypatch.setattr(strips, "BAND_PIXELS", 128 * 900)
    printed.wanted.clear()
    write(printed, tmp_path / "x.png")
    write(printed, tmp_path / "y.png")
    assert len(printed.wanted) >= 2 * 6
    assert (tmp_path / "x.png").read_bytes() == (tmp_path / "y.png").read_bytes()
    far = np.abs(pixels(QImage(str(tmp_path / "x.png"))) - pixels(QImage(str(tmp_path / "whole.png"))))
    assert np.mean(far.max(axis=2) > 8) < 0.01


def test_sums_of_parts_are_joined() -> None:
    chance = np.random.default_rng(3)
    for size in (0, 1, 5000, 200_000):
        first, second = chance.bytes(777), chance.bytes(size)
        assert joined_sum(zlib.adler32(first), zlib.adler32(second), size) == zlib.adler32(first + second)


@pytest.mark.parametrize(("ending", "driver"), [("jpg", "JPEG"), ("webp", "WEBP")])
def test_a_photo_format_has_picture_and_words(write: Write, tmp_path: Path, ending: str, driver: str) -> None:
    printed, path = one_map((640, 480), 300.0), tmp_path / f"x.{ending}"
    write(printed, path)
    far = np.abs(pixels(QImage(str(path))) - pixels(painted(printed)))
    assert far.mean() < 4
    packet = subprocess.run(["gdalinfo", "-mdd", "all", path], capture_output=True, text=True, check=True).stdout
    assert f"Driver: {driver}/" in packet
    assert "Size is 640, 480" in packet
    if ending == "webp":  # Debian's GDAL does not read that part of one
        data = path.read_bytes()
        assert int.from_bytes(data[4:8], "little") == len(data) - 8
        at = data.index(b"XMP ")
        packet = data[at + 8 : at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")].decode()
    for word in (WORDS.title, "TLP:AMBER", "Copernicus", "On a port", "north coast"):
        assert word in packet
    if ending == "jpg":
        data = path.read_bytes()
        assert b"\x1c\x02\x78" in data  # IPTC's caption
        assert b"\x1c\x02\x6e" in data  # and its credit
        assert QImage(str(path)).dotsPerMeterX() == pytest.approx(11811, abs=1)


def test_a_geotiff_lies_where_the_map_does(write: Write, tmp_path: Path) -> None:
    printed, path = one_map(), tmp_path / "x.tif"
    write(printed, path)
    frame = printed.frames[0]
    told = subprocess.run(["gdalinfo", "-mdd", "all", path], capture_output=True, text=True, check=True).stdout
    assert "WGS 84 / UTM zone 37N" in told
    for word in (f"TIFFTAG_DOCUMENTNAME={WORDS.title}", "MARKING=TLP:AMBER", "Copernicus", "On a port", "<?xpacket"):
        assert word in told
    room = whole_pixels(frame.rect_px)
    with rasterio.open(path) as file:
        assert (file.width, file.height) == (room.width(), room.height())
        for px, py in ((0, 0), (file.width, 0), (0, file.height), (file.width, file.height)):
            at = frame.view.to_world(px + room.left() - frame.rect_px.left(), py + room.top() - frame.rect_px.top())
            assert file.transform @ (px, py) == pytest.approx(at, abs=1e-6)
        found = file.read().transpose(1, 2, 0)
    part = pixels(painted(printed))[room.top() : room.bottom() + 1, room.left() : room.right() + 1]
    assert (found == part).all()


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        (azimuthal(108.0, 44.0), Bounds(-4_000_000, -2_000_000, 3_000_000, 3_000_000)),
        (azimuthal(180.0, 66.0), Bounds(-900_000, -500_000, 500_000, 500_000)),
        (azimuthal(0.0, 90.0), Bounds(-3_500_000, -2_500_000, 3_500_000, 2_500_000)),
        (azimuthal(180.0, -90.0), Bounds(-3_500_000, -2_500_000, 3_500_000, 2_500_000)),
        (conic(104.0, 18.0, 54.0), Bounds(-3_000_000, -2_000_000, 2_600_000, 2_000_000)),
        (conic(180.0, 50.0, 70.0), Bounds(-1_400_000, -1_000_000, 1_400_000, 1_000_000)),
        ("EPSG:8857", Bounds(-7_000_000, -5_000_000, 7_000_000, 5_000_000)),
        ("EPSG:8859", Bounds(-7_000_000, -5_000_000, 7_000_000, 5_000_000)),
        ("EPSG:32760", Bounds(400_000, 7_900_000, 610_000, 8_050_000)),
    ],
)
def test_a_geotiff_lies_there_in_the_projections_of_products(
    write: Write, tmp_path: Path, crs: str, bounds: Bounds
) -> None:
    """Within half a pixel, by the projection that GDAL reads from the file: the dateline and both poles inside."""
    printed = PrintedPages((330, 240), frames=[frame(0, QRectF(20.5, 10.25, 280, 200), bounds, crs)])
    write(printed, tmp_path / "x.tif")
    view, room = printed.frames[0].view, whole_pixels(printed.frames[0].rect_px)
    with rasterio.open(tmp_path / "x.tif") as file:
        to_degrees = Transformer.from_crs(
            CRS.from_wkt(file.crs.to_wkt(version="WKT2_2019")), "EPSG:4326", always_xy=True
        )
        for px, py in ((0, 0), (file.width, 0), (140, 100), (0, file.height), (file.width, file.height)):
            lon, lat = to_degrees.transform(*(file.transform @ (px, py)))
            if not (math.isfinite(lon) and math.isfinite(lat)):
                continue
            x, y = transform_points(WGS84, crs, lon, lat)
            back = view.to_pixel(float(x), float(y))
            at = px + room.left() - 20.5, py + room.top() - 10.25
            assert back == pytest.approx(at, abs=0.5)


def test_pages_stand_beside_each_other(write: Write, tmp_path: Path) -> None:
    for ending in ("png", "jpg", "tif"):
        write(two_pages(), tmp_path / f"x.{ending}")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"x.png", "x-2.png", "x.jpg", "x-2.jpg", "x.tif", "x-2.tif", "x-3.tif"}
    assert (pixels(QImage(str(tmp_path / "x-2.png"))) == pixels(painted(two_pages(), 1))).all()


@pytest.mark.parametrize(("ending", "side"), [("webp", 16_383), ("jpg", 65_535)])
def test_what_a_format_cannot_hold_is_refused_in_words(ending: str, side: int) -> None:
    check_size(PrintedPages((side, 10)), Path(f"x.{ending}"))
    with pytest.raises(ExportFailed, match=f"at most {side:,} pixels a side.*choose fewer"):
        check_size(PrintedPages((side + 1, 10)), Path(f"x.{ending}"))
    with pytest.raises(ExportFailed, match="ending must be one of"):
        check_size(PrintedPages(), Path("x.bmp"))


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "pdf", "svg"])
def test_a_full_disk_leaves_the_old_file(studio: Studio, tmp_path: Path, ending: str, monkeypatch) -> None:
    """Where the file is made, and where it goes: half of it is written then."""
    path = tmp_path / f"x.{ending}"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def half(_: object, file: BinaryIO, data: bytes) -> None:
        file.write(data[: len(data) // 2])
        full()

    made_by = "packed_rows.joined_sum" if ending in ("png", "pdf", "svg") else "sheets.Strip.rgb"
    for where, what in (
        (f"viewer.export.formats.{made_by}", full),
        ("layers.project.storage.fsops.FileSystem.write", half),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(where, what)
            with pytest.raises(DiskFull, match="disk"):
                finish(begin_writing(one_map(), path, studio.context))
        assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]


def test_cancelled_it_leaves_nothing(studio: Studio, tmp_path: Path) -> None:
    writing = begin_writing(replace(one_map(), late=10**9), tmp_path / "x.png", studio.context, "Writing")
    assert [job.title for job in studio.context.jobs.running()] == ["Writing"]
    studio.context.jobs.running()[0].cancel()
    assert list(finish(writing)) == []
    assert not list(tmp_path.iterdir())
    assert not studio.context.jobs.running()


def test_a_map_that_does_not_come_is_named(studio: Studio, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("viewer.export.page_reader.PATIENCE_S", 0.05)
    with pytest.raises(ExportFailed, match="“Slow” did not answer"):
        finish(begin_writing(replace(one_map(), late=10**9), tmp_path / "x.png", studio.context))
    assert not list(tmp_path.iterdir())


@pytest.mark.bounded
@pytest.mark.timeout(600)
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_a_page_of_600_megapixels_takes_less_than_a_gigabyte(tmp_path: Path, ending: str) -> None:
    """In a process of its own, with its readers: the memory of all of them together, and what the file holds."""
    program = """
import sys, tests.support.printed_pages as pages
from pathlib import Path
from viewer.export.formats.writing import finish
from viewer.export.formats.writers import begin_writing
from viewer.export.headless import Studio
if __name__ == "__main__":
    with Studio(workers=1) as studio:
        finish(begin_writing(pages.one_map((30_000, 20_000), 600.0), Path(sys.argv[1]), studio.context))
"""
    script, path = tmp_path / "big.py", tmp_path / f"x.{ending}"
    script.write_text(program)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    most = 0
    with subprocess.Popen([sys.executable, script, path], env=environment) as process:
        while process.poll() is None:
            most = max(most, memory_kb(process.pid))
            time.sleep(0.1)
    assert process.returncode == 0
    assert 0 < most < 1_000_000
    told = subprocess.run(["gdalinfo", path], capture_output=True, text=True, check=True).stdout
    assert ("Size is 30000, 20000" if ending == "png" else "Size is 29939, 19919") in told


def memory_kb(pid: int) -> int:
    """Of a process and its children, each shared page counted once."""
    found = 0
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                found += int(line.split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return found
    return found + sum(memory_kb(int(child)) for child in children)
