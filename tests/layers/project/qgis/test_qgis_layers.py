"""The vector layers of a case in its QGIS project."""

from __future__ import annotations

import json
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from layers.colour.palettes import layer_seed
from layers.project.qgis.case_layers import map_layer, project_layers
from layers.project.qgis.project import project_row
from layers.project.qgis.style import style_rows
from layers.vector.columns import column_of
from layers.vector.style.automatic import categorised
from layers.vector.style.layer_style import VectorStyle
from layers.vector.table import VectorInfo
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has


def style(geometry: str = "Point") -> str:
    made = categorised(VectorStyle(geometry=geometry), column_of("type", ["port", "depot"]), "Point")
    return json.dumps(made.to_json())


def row(path: str, style_json: str = "", **more: object) -> tuple[str, str, str, str, int]:
    return "ab-cd", "Ports", json.dumps({"path": path, **more}), style_json, 1


def test_files_that_qgis_opens_are_named_as_it_names_them() -> None:
    found = project_layers(
        [
            row("/data/a.geojson"),
            row("b/c.gpkg", table="ports"),
            row("d.csv"),
            row(""),
            row("e.shp", options={"x": 1}),
            ("u", "n", "no json", "", 1),
        ]
    )
    assert [one.source for one in found] == ["/data/a.geojson", "./b/c.gpkg|layername=ports"]


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"mode": "magic"}', style("")])
def test_what_style_is_not_known_has_no_renderer(text: str) -> None:
    (layer,) = project_layers([row("a.geojson", text)])
    assert map_layer(layer).find("renderer-v2") is None


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [("MultiPoint", "marker"), ("LineString", "line"), ("MultiPolygon", "fill"), ("Unknown", None), (7, None)],
)
@pytest.mark.parametrize("text", ["", "{}", "no json"])
def test_a_layer_without_a_style_is_dressed_as_the_map_dresses_it(
    text: str, geometry: object, kind: str | None
) -> None:
    (layer,) = project_layers([row("a.geojson", text, geometry=geometry)])
    symbol = map_layer(layer).find("renderer-v2/symbols/symbol")
    assert (None if symbol is None else symbol.get("type")) == kind
    if kind is not None:
        shown = VectorStyle.default(VectorInfo("", "", "", str(geometry), 0, "", (), None, None), layer_seed("ab-cd"))
        color = shown.fill_color[-6:] if kind != "line" else shown.stroke_color[-6:]
        red, green, blue = (int(color[at : at + 2], 16) for at in (0, 2, 4))
        assert f"{red},{green},{blue}," in ET.tostring(symbol, encoding="unicode")


def test_the_project_holds_the_renderer() -> None:
    layers = project_layers([row("a.geojson", style())])
    _, _, content = project_row("case.gpkg", "Case", None, layers)
    with zipfile.ZipFile(BytesIO(bytes.fromhex(content))) as archive:
        root = ET.fromstring(archive.read("Geoloupe.qgs"))
    (own,) = [one for one in root.iter("maplayer") if one.findtext("datasource") == "./a.geojson"]
    assert [one.get("value") for one in own.iter("category")] == ["depot", "port", "NULL"]
    tree = [one.get("id") for one in root.find("layer-tree-group").iter("layer-tree-layer")]
    assert tree.index("geoloupe_layer_ab_cd") == 3, "below the sites"


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_qgis_opens_them_in_our_style(tmp_path: Path) -> None:
    need(system_python_has("qgis.core"), "PyQGIS")
    features = [
        {"type": "Feature", "properties": {"type": "port"}, "geometry": {"type": "Point", "coordinates": [1, 1]}}
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    _, _, content = project_row("case.gpkg", "Case", None, project_layers([row("a.geojson", style())]))
    with zipfile.ZipFile(BytesIO(bytes.fromhex(content))) as archive:
        (tmp_path / "case.qgs").write_bytes(archive.read("Geoloupe.qgs"))
    script = (
        "import os; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from qgis.core import QgsApplication, QgsProject\n"
        "app = QgsApplication([], False); app.initQgis()\n"
        f"QgsProject.instance().read({str(tmp_path / 'case.qgs')!r})\n"
        "layer = QgsProject.instance().mapLayer('geoloupe_layer_ab_cd')\n"
        "print(layer.isValid(), layer.renderer().type(), len(layer.renderer().categories()), flush=True); os._exit(0)\n"
    )
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", script], capture_output=True, text=True, env=clean(), timeout=120, check=False
    )
    assert done.stdout.split() == ["True", "categorizedSymbol", "3"], done.stderr[-1000:]


def test_what_is_no_path_stands_in_no_project_for_qgis() -> None:
    paths = (
        "a.gpkg",
        "день/b.gpkg",
        "/data/c.gpkg",
        "D:\\d.gpkg",
        "/vsicurl/http://h/e.gpkg",
        "http://h/f.gpkg",
        "/dev/g.gpkg",
    )
    rows = [(str(number), "n", json.dumps({"path": path}), "", 1) for number, path in enumerate(paths)]
    found = [layer.source for layer in project_layers(rows)]
    assert found == ["./a.gpkg", "./день/b.gpkg", "/data/c.gpkg", "D:\\d.gpkg"]


def test_marks_that_are_no_class_have_a_category_of_their_own() -> None:
    found = {}
    for table, _, _, qml, _ in style_rows():
        renderer = ET.fromstring(qml.partition("\n")[2]).find("renderer-v2")
        if renderer is not None:
            found[table] = [one.get("value") for one in renderer.iter("category") if one.get("value")[:1] == "("]
            names = {one.get("name") for one in renderer.find("symbols")}
            assert {one.get("symbol") for one in renderer.iter("category")} == names
    assert found == {
        "site_point": ["(text)", "(callout)", "(numbered_marker)", "(count_tick)"],
        "site_line": ["(arrow)", "(range_ring)", "(freehand)", "(measurement)"],
        "site_polygon": ["(measurement)"],
    }


def test_each_layer_of_a_project_has_the_elements_of_its_style() -> None:
    _name, _metadata, packed = project_row("a.gpkg", '<style-of table="claims" />', None)
    with zipfile.ZipFile(BytesIO(bytes.fromhex(packed))) as archive:
        text = archive.read(archive.namelist()[0]).decode().partition("\n")[2]
    root = ET.fromstring(text)
    assert root.findtext("title") == '<style-of table="claims" />'
    assert root.find(".//style-of") is None
    for table in ("site_point", "claims"):
        (layer,) = (one for one in root.iter("maplayer") if one.findtext("id") == f"geoloupe_{table}")
        (style,) = (ET.fromstring(row[3].partition("\n")[2]) for row in style_rows() if row[0] == table)
        told = [ET.tostring(element) for element in layer]
        assert all(ET.tostring(element) in told for element in style), table
