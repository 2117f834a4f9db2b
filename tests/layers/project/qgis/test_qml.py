"""Styles to QML and back; QML of others; hostile QML; and QGIS itself, which paints the classes in our colours."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from msgspec.structs import asdict, replace
from PySide6.QtGui import QImage, QPainterPath

from layers.errors import InvalidValue
from layers.project.qgis import qml_symbols_out
from layers.project.qgis.qml_in import read_qml
from layers.project.qgis.qml_out import style_document
from layers.vector.columns import column_of
from layers.vector.style.automatic import categorised, graduated
from layers.vector.style.classes import StyleClass
from layers.vector.style.label_style import LabelStyle
from layers.vector.style.layer_style import VectorStyle
from layers.vector.style.markers import FACILITIES, MARKERS
from layers.vector.style.routes import ROUTES
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has
from viewer.rendering.vector.signs import sign_path

FIELDS = (("type", "text"), ("name", "text"), ("v", "real"), ("n", "integer"))
KINDS = ["port", "airport", "depot", "thing", "rail", "sea"]


def info(geometry: str) -> VectorInfo:
    return VectorInfo("/x/a.geojson", "GeoJSON", "a", geometry, 6, "EPSG:4326", FIELDS, None, None)


def near(one: Symbol, other: Symbol) -> None:
    """Equal but for what millimetres and rounding do."""
    a, b = asdict(one), asdict(other)
    for name, value in a.items():
        wanted = pytest.approx(value, abs=0.05) if name == "dash" or isinstance(value, float) else value
        assert b[name] == wanted, name


def there_and_back(style: VectorStyle, geometry: str) -> VectorStyle:
    found = read_qml(style_document(style, info(geometry)).encode())
    assert found.missing == (), found.sentence
    return found.style


@pytest.mark.parametrize("sign", MARKERS)
def test_signs_come_back(sign: str) -> None:
    look = Symbol("#ffffff", 1.5, "#cc123456", marker=sign, size_px=19.0)
    near(look, there_and_back(VectorStyle().with_symbol(look), "Point").own_symbol)


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_routes_come_back(name: str) -> None:
    near(ROUTES[name], there_and_back(VectorStyle().with_symbol(ROUTES[name]), "MultiLineString").own_symbol)


@pytest.mark.parametrize("arrow", ["none", "end", "both", "along"])
def test_arrowheads_come_back(arrow: str) -> None:
    style = VectorStyle().with_symbol(Symbol("#112233", 3.0, arrow=arrow))
    assert there_and_back(style, "LineString").arrow == arrow


def test_areas_come_back() -> None:
    look = Symbol("#112233", 2.0, "#80445566", dash=(3.0, 2.0), casing_color="#ffffff", casing_width_px=1.0)
    near(look, there_and_back(VectorStyle().with_symbol(look), "Polygon").own_symbol)


def test_categories_come_back() -> None:
    style = categorised(VectorStyle("#ffffff", 1.0), column_of("type", KINDS), "Point")
    style = style.with_class(0, replace(style.classes[0], shown=False, label="Airfields"))
    for show_other in (True, False):
        back = there_and_back(replace(style, show_other=show_other), "Point")
        assert (back.mode, back.column, back.show_other) == ("categorised", "type", show_other)
        assert [(c.value, c.label, c.shown) for c in back.classes] == [
            (c.value, c.label, c.shown) for c in style.classes
        ]
        for one, other in zip(style.classes, back.classes, strict=True):
            near(one.symbol, other.symbol)


def test_graduated_classes_come_back() -> None:
    made = graduated(VectorStyle(fill_color="#112233"), column_of("v", [1.0, 2.5, 7.0, 30.0]), "Polygon", count=3)
    back = there_and_back(replace(made, show_other=False), "Polygon")
    assert (back.mode, back.column) == ("graduated", "v")
    assert [(c.lower, c.upper) for c in back.classes] == [(c.lower, c.upper) for c in made.classes]
    ruled = there_and_back(made, "Polygon")
    assert ruled.mode == "rules", "QGIS has no class for all others among graduated ones"
    assert ruled.show_other


def test_rules_are_exclusive_as_ours_are() -> None:
    classes = (
        StyleClass(Symbol("#ff0000"), rule="v > 5"),
        StyleClass(Symbol("#00ff00"), rule="v > 2 and type = 'port'"),
    )
    text = style_document(VectorStyle(mode="rules", classes=classes), info("Point"))
    assert "not coalesce((" in text
    back = read_qml(text.encode()).style
    assert back.mode == "rules"
    assert [one.symbol.stroke_color for one in back.classes] == ["#ff0000", "#00ff00"]


@pytest.mark.parametrize(
    "labels",
    [
        LabelStyle("name"),
        LabelStyle("{name} ({v:.1f} m)", bold=True, italic=True),
        LabelStyle("{{x}} '{name}'"),
        LabelStyle("name", 14.0, "#ffff00", "#80000000", 2.0, leader=False, visible_from=250_000),
    ],
)
def test_labels_come_back(labels: LabelStyle) -> None:
    back = there_and_back(VectorStyle(labels=labels), "Point").labels
    assert back.text == labels.text
    assert (back.bold, back.italic, back.color, back.leader) == (
        labels.bold,
        labels.italic,
        labels.color,
        labels.leader,
    )
    assert back.visible_from == labels.visible_from
    assert (back.size_px, back.halo_width_px) == pytest.approx((labels.size_px, labels.halo_width_px), abs=0.02)


@pytest.mark.parametrize(
    ("placement", "geometry", "number", "back"),
    [
        ("automatic", "LineString", "3", "along"),
        ("along", "MultiLineString", "3", "along"),
        ("around", "LineString", "4", "around"),
        ("over", "LineString", "4", "around"),
        ("along", "Polygon", "7", "along"),
        ("over", "Polygon", "1", "over"),
        ("automatic", "Point", "6", "automatic"),
    ],
)
def test_placements_are_those_of_qgis(placement: str, geometry: str, number: str, back: str) -> None:
    style = VectorStyle(labels=LabelStyle("name", layout=placement))
    found = ElementTree.fromstring(style_document(style, info(geometry))).find(".//placement")
    assert found.get("placement") == number
    assert (found.get("maxCurvedCharAngleIn"), found.get("maxCurvedCharAngleOut")) == ("25", "-25")
    assert there_and_back(style, geometry).labels.layout == back


def test_a_horizontal_label_is_around_a_line_and_where_it_fits_in_an_area() -> None:
    style = VectorStyle(labels=LabelStyle("name", layout="over"))
    area = style_document(style, info("Polygon")).replace('placement placement="1"', 'placement placement="4"')
    assert read_qml(area.encode()).style.labels.layout == "automatic"


def test_scales_come_back() -> None:
    back = there_and_back(VectorStyle(visible_from=1e6, visible_to=5e3), "Point")
    assert (back.visible_from, back.visible_to) == (1e6, 5e3)


def svg_path(path: QPainterPath) -> str:
    """The outline as the data of an SVG path; holes count by the odd-even rule."""
    kinds = QPainterPath.ElementType
    letters = {kinds.MoveToElement: "M", kinds.LineToElement: "L", kinds.CurveToElement: "C"}
    elements = (path.elementAt(i) for i in range(path.elementCount()))
    return " ".join(f"{letters.get(e.type, '')}{round(e.x, 2):g} {round(e.y, 2):g}" for e in elements)


def test_the_signs_of_qml_are_those_of_the_screen(qapp: object) -> None:
    signs = json.loads(Path(qml_symbols_out.__file__).with_name("qml_signs.json").read_text("utf-8"))
    assert signs == {sign: svg_path(sign_path(sign)) for sign in FACILITIES}, (
        "write layers/project/qml_signs.json anew from viewer.rendering.vector.signs"
    )


FOREIGN = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" labelsEnabled="1"><renderer-v2 type="categorizedSymbol" attr="type"><categories>
<category value="a" label="A" symbol="0" render="true" type="string"/>
<category type="string" symbol="1" label="b" render="false"><val type="string" value="b"/><val type="string" value="c"/>
</category></categories><symbols>
<symbol name="0" type="marker" alpha="0.5"><layer class="SimpleMarker" enabled="1"><prop k="name" v="pentagon"/>
<prop k="color" v="255,0,0,255"/><prop k="size" v="4"/><prop k="outline_width" v="0.4"/></layer></symbol>
<symbol name="1" type="marker" alpha="1"><layer class="SvgMarker" enabled="1"><Option type="Map">
<Option name="name" value="/etc/passwd" type="QString"/></Option></layer></symbol></symbols></renderer-v2>
<labeling type="rule-based"><rules/></labeling><blendMode>6</blendMode></qgis>"""


def test_a_foreign_style_is_taken_over_as_far_as_we_draw_it() -> None:
    found = read_qml(FOREIGN.encode())
    style = found.style
    assert [(one.value, one.label, one.shown) for one in style.classes] == [
        ("a", "A", True),
        ("b", "", False),
        ("c", "b", False),
    ]
    assert style.classes[0].symbol.fill_color == "#80ff0000"
    assert style.classes[0].symbol.size_px == pytest.approx(15.118, abs=0.01)
    assert not style.show_other
    assert found.sentence == (
        "Not taken over from the QML style: the shape pentagon, SVG pictures, labels by rules and blending."
    )


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<qgis>",
        b"not xml",
        b"<html/>",
        b"<qgis/>",
        b"\xff\xfe\x00",
        b"<qgis>" * 200,
        b'<!DOCTYPE qgis [<!ENTITY a "aaaa">]><qgis>&a;</qgis>',
        b'<!DOCTYPE qgis [<!ENTITY a SYSTEM "file:///etc/passwd">]><qgis>&a;</qgis>',
        b"<qgis><renderer-v2 type='invented'/></qgis>",
        b"<qgis>" + b" " * (9 * 2**20) + b"</qgis>",
        b"<qgis>" + b"<a/>" * 250_000 + b"</qgis>",
    ],
)
def test_what_is_no_style_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidValue):
        read_qml(text)


# -- QGIS itself --------------------------------------------------------------------------------------------------


def look(
    tmp_path: Path, features: list[dict], style: VectorStyle, geometry: str, bounds: str
) -> tuple[dict, np.ndarray]:
    """What QGIS says of a layer in our style, and its picture as (h, w, 3) red, green, blue."""
    need(system_python_has("qgis.core"), "PyQGIS")
    source, qml, out = tmp_path / "a.geojson", tmp_path / "a.qml", tmp_path / "a.png"
    source.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    qml.write_text(style_document(style, info(geometry)), "utf-8")
    command = [
        SYSTEM_PYTHON,
        str(Path(__file__).parents[4] / "tests" / "support" / "qgis" / "qml_look.py"),
        str(source),
        str(qml),
        str(out),
        bounds,
        "600x300",
        str(tmp_path / "saved.qml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=clean(), timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["valid"], answer
    assert answer["loaded"], answer
    image = QImage(str(out)).convertToFormat(QImage.Format.Format_RGB32)
    rgb = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1]
    return answer, rgb.astype(int)


def has(rgb: np.ndarray, color: str, around: tuple[int, int], reach: int = 10) -> bool:
    wanted = np.array([int(color[-6:][i : i + 2], 16) for i in (0, 2, 4)])
    x, y = around
    part = rgb[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach]
    return bool((np.abs(part - wanted).max(axis=2) <= 6).any())


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_qgis_paints_categories_in_our_colours(tmp_path: Path, qapp: object) -> None:
    style = categorised(VectorStyle("#ffffff", 1.0), column_of("type", KINDS), "Point")
    style = replace(style, labels=LabelStyle("{name}: {v:.1f}"))
    features = [
        {
            "type": "Feature",
            "properties": {"type": kind, "name": kind, "v": i * 1.5},
            "geometry": {"type": "Point", "coordinates": [i * 10 + 5, 15]},
        }
        for i, kind in enumerate([*KINDS, "nobody"][:6])
    ]
    answer, rgb = look(tmp_path, features, style, "Point", "0,0,60,30")
    assert answer["renderer"] == "categorizedSymbol"
    by_value = {one.value: one.symbol for one in style.classes}
    for i, kind in enumerate(KINDS):
        assert has(rgb, by_value[kind].fill_color, (i * 100 + 50, 150)), kind
        wrong = next(one.symbol.fill_color for one in style.classes if one.value != kind)
        assert not has(rgb, wrong, (i * 100 + 50, 150)), kind
    back = read_qml((tmp_path / "saved.qml").read_bytes())
    assert {one.value: one.symbol.marker for one in back.style.classes} == {
        v: one.marker for v, one in by_value.items()
    }
    assert back.style.labels.text == "{name}: {v:.1f}"


@pytest.mark.bounded
@pytest.mark.timeout(180)
@pytest.mark.parametrize("mode", ["graduated", "rules", "others"])
def test_qgis_paints_the_same_class_of_each_number(tmp_path: Path, mode: str, qapp: object) -> None:
    """On a limit, too; and what is in no class."""
    colors = ("#c81e1e", "#1ec81e", "#1e1ec8")
    limits = ((0.0, 2.0), (2.0, 4.0), (4.0, 6.0))
    classes = tuple(
        StyleClass(Symbol("#ffffff", 0.0, color), lower=low, upper=high, rule=f"v >= {low} and v <= {high}")
        for color, (low, high) in zip(colors, limits, strict=True)
    )
    style = VectorStyle(
        "#ffffff",
        0.0,
        "#c8c81e",
        mode="rules" if mode == "rules" else "graduated",
        column="v",
        classes=classes,
        show_other=mode != "graduated",
    )
    values = [0.0, 2.0, 3.0, 4.0, 6.0, 9.0]
    features = [
        {
            "type": "Feature",
            "properties": {"type": "", "v": v},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [[i * 10 + 2, 5], [i * 10 + 8, 5], [i * 10 + 8, 25], [i * 10 + 2, 25], [i * 10 + 2, 5]]
                ],
            },
        }
        for i, v in enumerate(values)
    ]
    _, rgb = look(tmp_path, features, style, "Polygon", "0,0,60,30")
    other = "#0e1a24" if mode == "graduated" else "#c8c81e"
    wanted = [colors[0], colors[0], colors[1], colors[1], colors[2], other]
    found = ["#{:02x}{:02x}{:02x}".format(*rgb[150, i * 100 + 50]) for i in range(6)]
    assert found == wanted


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_qgis_paints_a_halo_as_wide_as_ours_and_long_names_in_lines(tmp_path: Path, qapp: object) -> None:
    labels = LabelStyle("name", 40.0, "#ff00c8", "#00ff00", 6.0, layout="over")
    style = VectorStyle(labels=labels).with_symbol(Symbol("#0e1a24", 0.0, "#0e1a24", size_px=1.0))
    name = "A very long name that would not have room in one line of this picture"
    points = [
        {"type": "Feature", "properties": {"name": text}, "geometry": {"type": "Point", "coordinates": [30, lat]}}
        for text, lat in (("IIII", 26), (name, 10))
    ]
    _, rgb = look(tmp_path, points, style, "Point", "0,0,60,30")
    short = rgb[:90]
    letters, halo = (
        np.nonzero((np.abs(short - color).max(axis=2) <= 90).any(axis=0))[0] for color in ([255, 0, 200], [0, 255, 0])
    )
    assert letters.min() - halo.min() == pytest.approx(6, abs=1.5)
    assert halo.max() - letters.max() == pytest.approx(6, abs=1.5)
    columns = np.nonzero((np.abs(rgb[100:] - [255, 0, 200]).max(axis=2) <= 60).any(axis=0))[0]
    assert columns.min() > 0
    assert columns.max() < 599


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_qgis_sets_names_along_bends_too(tmp_path: Path, qapp: object) -> None:
    style = VectorStyle("#00c8ff", 2.0, labels=LabelStyle("name", 16.0, "#ff00c8", "#00ff00", 1.0))
    at = np.radians(np.linspace(20, 160, 60))
    arc = np.column_stack([30 - 22 * np.cos(at), 2 + 22 * np.sin(at)]).tolist()
    line = {
        "type": "Feature",
        "properties": {"type": "", "name": "The river that goes round"},
        "geometry": {"type": "LineString", "coordinates": arc},
    }
    _, rgb = look(tmp_path, [line], style, "LineString", "0,0,60,30")
    rows = np.nonzero((np.abs(rgb - [255, 0, 200]).max(axis=2) <= 60).any(axis=1))[0]
    assert len(rows) > 30, "a straight name is 16 pixels high"
    saved = ElementTree.parse(tmp_path / "saved.qml").find(".//placement")
    assert saved.get("placement") == "3"
    assert float(saved.get("maxCurvedCharAngleIn")) == 25


@pytest.mark.bounded
@pytest.mark.timeout(180)
def test_qgis_paints_routes_with_casing_dashes_and_arrowheads(tmp_path: Path, qapp: object) -> None:
    look_of_sea = Symbol("#00c8ff", 4.0, dash=(3.0, 3.0), casing_color="#ff00c8", casing_width_px=3.0, arrow="end")
    line = {
        "type": "Feature",
        "properties": {"type": "sea"},
        "geometry": {"type": "LineString", "coordinates": [[5, 15], [55, 15]]},
    }
    _, rgb = look(tmp_path, [line], VectorStyle().with_symbol(look_of_sea), "LineString", "0,0,60,30")
    middle = rgb[150, 100:400]
    blue = (np.abs(middle - [0, 200, 255]).max(axis=1) <= 20).mean()
    pink = (np.abs(middle - [255, 0, 200]).max(axis=1) <= 20).mean()
    assert 0.35 < blue < 0.6
    assert 0.35 < pink < 0.6
    head = np.abs(rgb[:, 535:556] - [0, 200, 255]).max(axis=2) <= 20
    assert head.sum(axis=0).max() > 8, "the arrowhead is higher than the line"
