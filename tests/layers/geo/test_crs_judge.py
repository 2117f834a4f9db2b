"""Texts of CRSs that would have PROJ open files are refused before it sees them; no CRS that there is, is."""

from __future__ import annotations

import json
import time
import warnings
from pathlib import Path

import pytest

from layers.errors import BadCRS
from layers.geo.crs import parse_crs, plain_crs, transform_points
from layers.geo.crs_judge import fault_of_crs
from layers.geo.proj import pyproj
from tests.support.readers.raw import raw

CLARKE = 'DATUM["x",SPHEROID["x",6378206.4,294.97]]'
DEGREES = 'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]'
GEOGCS = f'GEOGCS["x",{CLARKE},{DEGREES}]'
METHOD = (
    'PROJCRS["x",BASEGEOGCRS["x",DATUM["x",ELLIPSOID["x",6378206.4,294.97]]],CONVERSION["x",METHOD["PROJ xyzgridshift '
    'grids={}"]],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],UNIT["m",1]]'
)


def texts_with(path: str) -> dict[str, str]:
    """All ways by which a text names a file, as PROJ opens it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bound = pyproj.CRS.from_user_input(f"+proj=longlat +ellps=clrk66 +nadgrids={path} +type=crs")
    return {
        "PROJ": f"+proj=longlat +ellps=clrk66 +nadgrids={path} +type=crs",
        "without plus": f"proj=longlat ellps=clrk66 nadgrids={path} type=crs",
        "with spaces": f"+proj=longlat +ellps=clrk66 + nadgrids = {path} +type=crs",
        "in quotes": f'+proj=longlat +ellps=clrk66 +nadgrids="{path}" +type=crs',
        "where it is there": f"+proj=longlat +ellps=clrk66 +nadgrids=@{path},null +type=crs",
        "heights": f"+proj=longlat +datum=WGS84 +geoidgrids={path} +type=crs",
        "a pipeline": f"+proj=pipeline +step +proj=hgridshift +grids={path}",
        "triangles": f"+proj=pipeline +step +proj=tinshift +file={path}",
        "a model": f"+proj=pipeline +step +proj=defmodel +model={path}",
        "an init file": f"+init={path}:foo",
        "an init file without plus": f"init={path}:foo",
        "WKT 2": bound.to_wkt(),
        "WKT 1": bound.to_wkt("WKT1_GDAL"),
        "PROJJSON": bound.to_json(),
        "WKT in other letters": bound.to_wkt().replace("PARAMETERFILE", "ParameterFile"),
        "WKT in printed quotes": bound.to_wkt().replace(f'"{path}"', f"“{path}”"),
        "WKT in parentheses": bound.to_wkt().replace("[", "(").replace("]", ")"),
        "JSON in escapes": bound.to_json().replace(path, "".join(f"\\u{ord(c):04x}" for c in path)),
        "JSON twice": bound.to_json().replace('"value": "', '"value": "null", "value": "'),
        "an extension": GEOGCS[:-1] + f',EXTENSION["PROJ4","+proj=longlat +ellps=clrk66 +nadgrids={path}"]]',
        "grids of a datum": f'GEOGCS["x",{CLARKE[:-1]},EXTENSION["PROJ4_GRIDS","{path}"]],{DEGREES}]',
        "a method": METHOD.format(path),
    }


@pytest.mark.parametrize(
    "path", ["/etc/grid.gsb", "./grid.gsb", "../grid.gsb", "~/grid.gsb", "a/grid.gsb", "https://host/grid.tif"]
)
def test_a_text_that_names_a_file_is_no_crs(path):
    for name, text in texts_with(path).items():
        with pytest.raises(BadCRS, match="names a file, which is not opened"):
            parse_crs(text)
        assert fault_of_crs(text), name


def test_proj_itself_opens_what_is_refused(tmp_path):
    """The control: an init file of anybody's makes a CRS."""
    (tmp_path / "evil").write_text("<foo> +proj=utm +zone=52 +datum=WGS84 <>\n")
    text = f"+init={tmp_path / 'evil'}:foo"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert pyproj.CRS.from_user_input(text).is_projected
    with pytest.raises(BadCRS, match="names a file"):
        parse_crs(text)


def test_grids_by_their_bare_name_are_left_to_proj():
    """It looks for them among its own data, where nobody else puts any."""
    for grid in ("@null", "null", "ntv2_0.gsb", "@conus,@alaska,@ntv2_0.gsb,null", "us_noaa_conus.tif"):
        assert not fault_of_crs(f"+proj=longlat +ellps=clrk66 +nadgrids={grid} +no_defs")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bound = pyproj.CRS.from_user_input(f"+proj=longlat +ellps=clrk66 +nadgrids={grid} +type=crs")
        assert not fault_of_crs(bound.to_json())
        assert not fault_of_crs(bound.to_wkt())
    mercator = "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext"
    assert transform_points("EPSG:4326", mercator, 128.0, 51.0)[0] == pytest.approx(14_248_894.8, abs=1)
    google = (
        'PROJCS["WGS 84 / Pseudo-Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
        f'{DEGREES}],PROJECTION["Mercator_1SP"],UNIT["metre",1],EXTENSION["PROJ4","{mercator} +no_defs"]]'
    )
    assert parse_crs(google).name == "WGS 84 / Pseudo-Mercator"


def test_each_crs_that_there_is_can_be_written_in_each_way():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for info in pyproj.database.query_crs_info(auth_name="EPSG")[::97]:
            crs = pyproj.CRS.from_authority(info.auth_name, info.code)
            for write in (crs.to_wkt, lambda crs=crs: crs.to_wkt("WKT1_ESRI"), crs.to_json, crs.to_proj4):
                try:
                    text = write()
                except pyproj.exceptions.CRSError:
                    continue  # it cannot be said that way
                assert not fault_of_crs(text or ""), text


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10**7,
        "[" * 10**5,
        'GEOGCS["x",' * 10**5,
        '{"a":' * 10**5,
        "+a=1 " * 10**5,
        "(" * 33,
        "{",
        "{}",
        GEOGCS[:-1] + ',AXIS["x",EAST]' * 10**5,
        json.dumps({"type": "GeographicCRS", "name": "x" * 10**6}),
        '{"type": 1}',
        "a\0b",
        "+init=epsg:4326\0/etc/passwd",
        "+proj=utm +zone=" + "9" * 5000,
        "\ud800",
    ],
)
def test_what_is_too_long_or_deep_is_said_at_once(text):
    begin = time.monotonic()
    with pytest.raises(BadCRS, match="names no CRS") as caught:
        parse_crs(text)
    assert time.monotonic() - begin < 2
    assert len(caught.value.sentence) < 400


def test_depth_is_counted_before_anybody_reads():
    assert "nested" in fault_of_crs("[" * 33 + "]" * 33)
    assert "nested" in fault_of_crs('{"a": ' * 33)
    assert not fault_of_crs("EPSG:4326" + "()" * 100)


def test_a_form_that_no_library_takes_for_a_file(tmp_path):
    assert plain_crs("EPSG:32652") == "EPSG:32652"
    assert plain_crs("ESRI:102001") == "ESRI:102001"
    wkt = parse_crs("EPSG:32652").to_wkt()
    assert plain_crs(wkt) == wkt
    for text in ("WGS 84", "+proj=utm +zone=52 +datum=WGS84", parse_crs("EPSG:32652").to_json(), "epsg:4326+5773"):
        assert plain_crs(text).split("[")[0] in ("GEOGCRS", "PROJCRS", "COMPOUNDCRS")
    (tmp_path / "evil.prj").write_text(wkt)
    with pytest.raises(BadCRS):
        plain_crs(str(tmp_path / "evil.prj"))


def test_sidecars_that_name_grids_are_said_and_their_picture_opens(tmp_path):
    import numpy as np

    from layers.geo.bounds import Bounds
    from layers.pool.pool import ReaderPool
    from tests.support.readers.tiny_rasters import surface, write_raster

    pool = ReaderPool(inline=True)
    wkt = texts_with("/etc/passwd")["WKT 1"]

    def problems(path: Path) -> tuple[str, str]:
        found = pool.ask(raw("probe", {"path": str(path)})).header["raster"]
        return found["crs"], " ".join(found["problems"])

    bounds = Bounds(10, 50, 11, 51)
    beside = write_raster(tmp_path / "beside.tif", surface().astype(np.uint8), None, bounds)
    (tmp_path / "beside.prj").write_text(wkt)
    crs, said = problems(beside)
    assert (crs, "The .prj file beside beside.tif names no CRS that is known" in said) == ("", True)
    aux = write_raster(tmp_path / "aux.tif", surface().astype(np.uint8), None, bounds)
    escaped = wkt.replace('"', "&quot;")
    (tmp_path / "aux.tif.aux.xml").write_text(f"<PAMDataset><SRS>{escaped}</SRS></PAMDataset>")
    crs, said = problems(aux)
    assert (crs, "aux.tif.aux.xml beside it names no CRS that is known" in said) == ("", True)
