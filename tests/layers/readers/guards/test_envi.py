"""ENVI's raw pictures: what their headers say, and headers that lead elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from layers.errors import FileMissing, GeoloupeError, NotAllowed, NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.raster.presets import names_of
from layers.raster.style import RasterStyle
from layers.readers.files import Content, content_of
from tests.support.readers.probed import probed_image
from tests.support.readers.raw import raw
from tests.support.readers.tiny_envi import ORDERS, PLACE, write_envi
from tests.support.readers.tiny_rasters import surface, write_raster

POOL = ReaderPool(inline=True)
SIZE = 24


def read(path: Path, bands: list[int]) -> np.ndarray:
    affine = [10, 0, 400_000, 0, -10, 5_751_280]
    params = {"path": str(path), "crs": "EPSG:32652", "affine": affine, "width": SIZE, "height": SIZE, "bands": bands}
    found, mask = POOL.ask(raw("tile", params)).arrays
    assert mask.all()
    return found


@pytest.mark.parametrize("interleave", list(ORDERS))
@pytest.mark.parametrize("name", ["a.dat", "a.img", "a.bsq", "a.bil", "a.bip", "a"])
def test_pixels_by_the_header_beside_them(tmp_path, interleave, name):
    values = surface(3, SIZE).astype(np.int16)
    path = write_envi(tmp_path / name, values, interleave, order=">" if name == "a.img" else "<")
    info = probed_image(path)
    assert (info.driver, info.dtype, info.width, len(info.bands)) == ("ENVI", "int16", SIZE, 3)
    assert info.bounds == pytest.approx((400_000, 5_751_040, 400_240, 5_751_280))
    assert info.bounds_lonlat.contains_point(127.548, 51.902)
    assert (read(path, [3, 1]) == values[[2, 0]]).all()


def test_the_header_may_be_called_after_the_whole_name(tmp_path):
    values = surface(1, SIZE).astype(np.float32)
    path = write_envi(tmp_path / "b.rfl", values, after_the_name=True)
    assert probed_image(path).dtype == "float32"


def test_first_bytes_that_look_like_text_are_pixels(tmp_path):
    values = np.full((1, SIZE, SIZE), ord("{"), np.uint8)
    assert content_of(str(write_envi(tmp_path / "a.dat", values))) is Content.ENVI
    (tmp_path / "a.json").write_text('{"type": "FeatureCollection", "features": []}')
    assert content_of(str(tmp_path / "a.json")) is Content.JSON
    tiff = write_raster(tmp_path / "a.tif", values, None, None)
    assert content_of(str(tiff)) is Content.TIFF


def test_wavelengths_say_what_bands_see(tmp_path):
    nm = np.linspace(400, 2400, 60)
    values = np.stack(
        [np.full((SIZE, SIZE), at * 100 + 7, np.uint16) + surface(1, SIZE)[0].astype(np.uint16) for at in range(60)]
    )
    for unit, scale in (("Nanometers", 1.0), ("Micrometers", 0.001), ("Unknown", 1.0)):
        listed = ", ".join(f"{value * scale:.6f}" for value in nm)
        more = f"{PLACE}\nwavelength units = {unit}\nwavelength = {{\n{listed}}}"
        info = probed_image(write_envi(tmp_path / f"{unit}.dat", values, "bil", more=more))
        assert [band.wavelength_nm for band in info.bands] == pytest.approx(list(nm), abs=0.01)
        names = names_of(info)
        assert {name: round(nm[names[name] - 1]) for name in ("blue", "green", "red", "nir", "swir16", "swir22")} == {
            "blue": 502,
            "green": 569,
            "red": 671,
            "nir": 841,
            "swir16": 1620,
            "swir22": 2197,
        }
        style = RasterStyle.default(info)
        assert style.bands == (names["red"], names["green"], names["blue"])
        assert all(info.bands[index - 1].low is not None for index in style.bands)


def test_what_is_missing_is_said(tmp_path):
    values = surface(2, SIZE).astype(np.int16)
    path = write_envi(tmp_path / "a.dat", values)
    with pytest.raises(UnsupportedFormat, match=r"only the header of an ENVI picture.*\(a.dat\)"):
        probed_image(tmp_path / "a.hdr")
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short" in POOL.ask(raw("probe", {"path": str(path)})).header["cut_short"]
    (tmp_path / "b.bsq").write_bytes(b"\1\2\0\3" * 100)
    with pytest.raises(UnsupportedFormat, match=r"raw pixels.*without a header of ENVI \(b.hdr\)"):
        probed_image(tmp_path / "b.bsq")
    (tmp_path / "b.hdr").write_text("NROWS 4\nNCOLS 5\n")
    with pytest.raises(UnsupportedFormat, match=r"raw pixels with a header that is not ENVI's"):
        probed_image(tmp_path / "b.bsq")
    (tmp_path / "a.hdr").write_text("ENVI\nsamples = 4\n")
    with pytest.raises(NotReadable, match="does not say how its pixels lie"):
        probed_image(path)


def hostile(folder: Path) -> dict[str, tuple[Path, str]]:
    """Twins of a good picture that lead elsewhere, and what is said of each."""
    values = surface(1, SIZE).astype(np.int16)
    outside = folder.parent / "outside"
    outside.mkdir()
    write_envi(outside / "far.dat", values)
    found: dict[str, tuple[Path, str]] = {}
    for kind in ("ENVI Meta", "ENVI Virtual Mosaic", "ENVI Spectral Library"):
        path = write_envi(folder / f"{kind.split()[1]}.dat", values)
        header = path.with_suffix(".hdr")
        header.write_text(header.read_text().replace("ENVI Standard", kind))
        found[kind] = path, f"{kind}.*leads to other files"
    path = write_envi(folder / "linked.dat", values)
    path.with_suffix(".hdr").unlink()
    path.with_suffix(".hdr").symlink_to(outside / "far.hdr")
    found["header"] = path, "linked.hdr, a link that leads outside its folder"
    path = write_envi(folder / "stats.dat", values)
    path.with_suffix(".sta").symlink_to("/etc/passwd")
    found["statistics"] = path, "stats.sta, a link that leads outside"
    path = write_envi(
        folder / "crs.dat",
        values,
        more=(
            'coordinate system string = {GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298],EXTENSION["PROJ4_GRIDS",'
            '"/etc/passwd"]]]}'
        ),
    )
    found["crs"] = path, "names a file, which is not opened"
    path = write_envi(folder / "packed.dat", values, more="file compression = 1")
    found["compression"] = path, "without file compression"
    path = write_envi(folder / "over.dat", values)
    (folder / "over.dat.ovr").write_text('<VRTDataset rasterXSize="1" rasterYSize="1"/>')
    found["overviews"] = path, "over.dat.ovr.*move it away"
    return found


def test_headers_that_lead_elsewhere_are_refused(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    for name, (path, why) in hostile(folder).items():
        with pytest.raises(GeoloupeError, match=why) as caught:
            probed_image(path)
        assert isinstance(caught.value, (NotAllowed, UnsupportedFormat, FileMissing)), name
        assert path.name in caught.value.sentence, name


def test_a_link_to_a_picture_leads_to_all_its_files(tmp_path):
    values = surface(1, SIZE).astype(np.int16)
    (tmp_path / "far").mkdir()
    write_envi(tmp_path / "far" / "a.dat", values)
    (tmp_path / "a.dat").symlink_to(tmp_path / "far" / "a.dat")
    (tmp_path / "a.hdr").symlink_to(tmp_path / "far" / "a.hdr")
    assert probed_image(tmp_path / "a.dat").driver == "ENVI"
