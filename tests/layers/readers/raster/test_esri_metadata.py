"""The CRS beside a picture with a world file: in a .prj of any age, or in the metadata of ArcGIS."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import cv2
import numpy as np
import pyproj
import pytest

from layers.raster.info import RasterInfo
from tests.support.readers.probed import probed_image

ESRI = pyproj.CRS("EPSG:32633").to_wkt("WKT1_ESRI")
ARCINFO = (
    "Projection    UTM\nZone          33\nDatum         WGS84\nSpheroid      WGS84\nUnits         METERS\nParameters\n"
)
PE_XML = (
    "<ProjectedCoordinateSystem xsi:type='typens:ProjectedCoordinateSystem' "
    f"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><WKT>{escape(ESRI)}</WKT><WKID>32633</WKID>"
    "</ProjectedCoordinateSystem>"
)


def of_arcgis(inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<metadata xml:lang="en">{inside}</metadata>'


def reference(inside: str) -> str:
    return of_arcgis(f"<Esri><DataProperties><coordRef>{inside}</coordRef></DataProperties></Esri>")


def code(number: str, space: str = "EPSG") -> str:
    found = f'<identCode code="{number}"/><idCodeSpace>{space}</idCodeSpace>'
    return of_arcgis(f"<refSysInfo><RefSystem><refSysID>{found}</refSysID></RefSystem></refSysInfo>")


def beside(folder: Path, name: str, text: str) -> RasterInfo:
    cv2.imwrite(str(folder / "a.jpg"), np.full((64, 64, 3), 120, np.uint8))
    (folder / "a.jgw").write_text("10\n0\n0\n-10\n450005\n5000000\n")
    (folder / name).write_text(text)
    return probed_image(folder / "a.jpg")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.prj", ESRI),
        ("a.PRJ", ESRI),
        ("a.jpg.prj", ESRI),
        ("a.prj", "\ufeff" + ESRI),
        ("a.prj", ARCINFO),
        ("a.xml", reference(f"<peXml>{escape(PE_XML)}</peXml>")),
        ("a.jpg.xml", reference(f"<projcsn>other</projcsn><peXml>{escape(PE_XML)}</peXml>")),
        ("a.xml", reference('<projcsn Sync="TRUE">WGS_1984_UTM_Zone_33N</projcsn>')),
        ("a.xml", code("32633")),
        ("a.xml", code("32633", "ESRI").replace("ESRI", "EPSG")),
    ],
)
def test_it_is_read(tmp_path: Path, name: str, text: str) -> None:
    info = beside(tmp_path, name, text)
    assert (info.crs, info.placed_by) == ("EPSG:32633", "world file")
    assert info.bounds_lonlat is not None
    assert info.problems == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.xml", "<Dimap_Document/>", ""),
        ("a.xml", "no XML", ""),
        ("a.xml", '<!DOCTYPE x [<!ENTITY a "b">]><metadata>&a;</metadata>', ""),
        ("a.xml", reference("<projcsn>Somewhere_UTM</projcsn>"), "The .xml file beside a.jpg names no CRS"),
        ("a.xml", reference("<projcsn>+proj=utm +zone=33 +nadgrids=/etc/passwd</projcsn>"), ""),
        ("a.xml", code("999999"), "The .xml file beside a.jpg names no CRS"),
        ("a.prj", ARCINFO.replace("UTM", "POLYCONIC"), "The .prj file beside a.jpg names no CRS"),
        ("a.prj", ARCINFO + "Yshift 10000000.0\n", "The .prj file beside a.jpg names no CRS"),
    ],
)
def test_what_names_none_is_not_guessed(tmp_path: Path, name: str, text: str, said: str) -> None:
    info = beside(tmp_path, name, text)
    assert info.crs == ""
    assert any(said in problem for problem in info.problems)
    if not said:
        assert len(info.problems) == 1, "it may be of anybody: nothing is said of it"


def test_of_both_the_prj_counts(tmp_path: Path) -> None:
    (tmp_path / "a.prj").write_text(pyproj.CRS("EPSG:32634").to_wkt("WKT1_ESRI"))
    assert beside(tmp_path, "a.xml", code("32633")).crs == "EPSG:32634"
    (tmp_path / "a.prj").write_text("nonsense")
    info = beside(tmp_path, "a.xml", code("32633"))
    assert info.crs == "EPSG:32633"
    assert "The .prj file beside a.jpg names no CRS that is known." in info.problems
