"""Styles of KML: each placemark keeps its own, as a class by name; pictures are never asked for."""

from pathlib import Path

import numpy as np
import pytest
from msgspec import convert

from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.kml_gpx.kml_styles import MOST_CLASSES
from layers.requests.features import OfLayer
from layers.vector.columns import Attributes, column_of
from layers.vector.style.layer_style import VectorStyle, classify
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
PIN = "http://127.0.0.1:9/mapfiles/kml/pushpin/{}-pushpin.png"
POINT = "<Point><coordinates>1,2</coordinates></Point>"
LINE = "<LineString><coordinates>1,2 1.5,2.5</coordinates></LineString>"


def kml(folder: Path, styles: str, *placemarks: str) -> Path:
    path = folder / "a.kml"
    marks = "".join(f"<Placemark><name>{n}</name>{mark}</Placemark>" for n, mark in enumerate(placemarks))
    path.write_text(f"<kml><Document>{styles}{marks}</Document></kml>")
    return path


def styled(path: Path) -> tuple[VectorStyle, dict[str, list]]:
    (layer,) = POOL.ask(raw("probe", {"path": str(path)})).header["layers"]
    columns = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 10_000, None).columns
    return VectorStyle.from_json(convert(layer, VectorInfo).style), columns


def looks(path: Path) -> list[Symbol | None]:
    """The look of each placemark as it is drawn."""
    style, columns = styled(path)
    rows = len(columns["name"])
    attributes = Attributes(np.arange(rows), {name: column_of(name, values) for name, values in columns.items()})
    classes, found = classify(style, attributes)
    return [found[i] for i in classes.tolist()]


def icon(name: str, color: str = "", href: str = "") -> str:
    picture = f"<Icon><href>{href}</href></Icon>" if href else ""
    tint = f"<color>{color}</color>" if color else ""
    return f'<Style id="{name}"><IconStyle>{tint}{picture}</IconStyle></Style>'


def use(name: str, shape: str = POINT) -> str:
    return f"<styleUrl>#{name}</styleUrl>{shape}"


def test_each_placemark_has_its_own_look(tmp_path):
    route = '<Style id="route"><LineStyle><color>ff00ff00</color><width>5</width></LineStyle></Style>'
    own = "<Style><IconStyle><color>ffff0000</color></IconStyle></Style>"
    path = kml(
        tmp_path, icon("port", "ff0000ff") + route, use("port"), use("route", LINE), use("port"), own + POINT, POINT
    )
    style, columns = styled(path)
    assert (style.mode, style.column) == ("categorised", "style")
    assert columns["style"] == ["port", "route", "port", "own style", "no style"]
    assert style.classes[0].value == "port", "the most frequent first"
    assert not style.show_other, "there are no others to explain"
    red, green, again, blue, plain = looks(path)
    assert (red.fill_color, red.stroke_color) == ("#ff0000", "#ffffff")
    assert (green.stroke_color, green.stroke_width_px, green.fill_color) == ("#00ff00", 5.0, "")
    assert again == red
    assert blue.fill_color == "#0000ff"
    assert plain == Symbol()


def test_one_look_for_all_is_no_class(tmp_path):
    """Two names for the same look are one."""
    path = kml(tmp_path, icon("a", "ff0000ff") + icon("b", "ff0000ff"), use("a"), use("b"))
    style, columns = styled(path)
    assert (style.mode, style.fill_color) == ("single", "#ff0000")
    assert "style" not in columns
    assert styled(kml(tmp_path, "", POINT, LINE))[0] == VectorStyle()


def test_style_maps_styles_that_come_late_and_names_that_lead_nowhere(tmp_path):
    pairs = (
        '<StyleMap id="m"><Pair><key>normal</key><styleUrl>#a</styleUrl></Pair>'
        "<Pair><key>highlight</key><styleUrl>#b</styleUrl></Pair></StyleMap>"
        '<StyleMap id="n"><Pair><key>normal</key><Style><IconStyle><color>ff00ff00</color></IconStyle></Style></Pair>'
        "</StyleMap>"
    )
    path = kml(tmp_path, pairs, use("m"), use("b"), use("n"), use("http://127.0.0.1:9/far.kml#x"))
    late = icon("a", "ff0000ff") + icon("b", "ffff0000") + "</Document>"
    path.write_text(path.read_text().replace("</Document>", late))
    assert [one.fill_color for one in looks(path)] == ["#ff0000", "#0000ff", "#00ff00", ""]


def test_one_style_for_points_and_lines_shows_each_in_its_colour(tmp_path):
    both = (
        '<Style id="s"><IconStyle><color>ff0000ff</color></IconStyle><LineStyle><color>ff00ff00</color></LineStyle>'
        '</Style><Style id="t"><IconStyle><color>ff0000ff</color></IconStyle><LineStyle><color>ff00ff00</color>'
        "</LineStyle></Style>"
    )
    point, line = looks(kml(tmp_path, both, use("s"), use("t", LINE)))
    assert point.fill_color == "#ff0000"
    assert line.stroke_color == "#00ff00"


def test_the_name_of_an_icon_says_its_colour_and_sign(tmp_path):
    far = "http://127.0.0.1:9/kml/shapes/{}.png"
    styles = (
        icon("y", href=PIN.format("ylw")) + icon("r", href=PIN.format("red")) + icon("air", href=far.format("airports"))
    )
    yellow, red, airport = looks(kml(tmp_path, styles, use("y"), use("r"), use("air")))
    assert (yellow.fill_color, red.fill_color) == ("#ffd500", "#e3242b")
    assert (airport.marker, airport.size_px) == ("airfield", 19.0)


def test_labels_are_taken_where_a_file_styles_them(tmp_path):
    label = '<Style id="a"><LabelStyle><color>ff00ffff</color><scale>1.5</scale></LabelStyle></Style>'
    hidden = '<Style id="b"><LabelStyle><scale>0</scale></LabelStyle></Style>'
    labels = styled(kml(tmp_path, label + hidden, use("a"), use("a"), use("b")))[0].labels
    assert (labels.text, labels.color, labels.size_px) == ("name", "#ffff00", 18.0)
    assert styled(kml(tmp_path, hidden, use("b")))[0].labels.text == ""


@pytest.mark.bounded
def test_thousands_of_styles_are_bounded(tmp_path):
    count = 7000
    styles = "".join(icon(f"s{n}", f"ff{n:06x}") for n in range(count))
    frequent = [use("s9")] * 3
    style, columns = styled(kml(tmp_path, styles, *(use(f"s{n}") for n in range(count)), *frequent))
    assert len(style.classes) == MOST_CLASSES
    assert style.classes[0].value == "s9"
    assert style.show_other
    assert len(columns["style"]) == count + 3


def test_data_called_style_stands_beside_it(tmp_path):
    data = '<ExtendedData><Data name="style"><value>modern</value></Data></ExtendedData>'
    columns = styled(kml(tmp_path, icon("a", "ff0000ff"), use("a") + data, POINT))[1]
    assert columns["style (data)"] == ["modern", None]
    assert columns["style"] == ["a", "no style"]


@pytest.mark.parametrize("bad", ["<width>nan</width>", "<width>1e9</width>", "<width>-4</width>", "<width>x</width>"])
def test_values_that_make_no_sense_are_left_or_clipped(tmp_path, bad):
    line = (
        f'<Style id="a"><LineStyle><color>zz</color>{bad}</LineStyle><IconStyle><scale>nan</scale></IconStyle></Style>'
    )
    style, _ = styled(kml(tmp_path, line + icon("b", "ff0000ff"), use("a", LINE), use("b")))
    assert len(style.classes) == 2
