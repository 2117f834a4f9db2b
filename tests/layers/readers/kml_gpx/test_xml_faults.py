"""KML and GPX that are not quite XML: what is whole before a fault loads, and the fault is said."""

import zipfile
from pathlib import Path

import pytest
import shapely

from layers.errors import NotReadable
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import Rows, rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layers

POOL = ReaderPool(inline=True)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n{}</Document></kml>'
PLACEMARK = "<Placemark><name>{}</name><Point><coordinates>128.25,51.875</coordinates></Point></Placemark>\n"


def names_in(path: Path) -> list[str]:
    return rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 1000, None).columns["name"]


@pytest.mark.parametrize(
    ("declared", "real", "name", "said"),
    [
        ("GBK", "gbk", "国家地理信息", ""),
        ("GB2312", "gb2312", "国家地理信息", ""),
        ("GB18030", "gb18030", "国家地理信息", ""),
        ("windows-1251", "cp1251", "Космодром Восточный", ""),
        ("", "cp1251", "Космодром Восточный", "does not say in which encoding it is: it is read as cp1251"),
        ("UTF-8", "cp1251", "Космодром Восточный", "is not in utf-8 as it says"),
        ("UTF-16", "utf-16", "Космодром Восточный", ""),
    ],
)
@pytest.mark.parametrize("kind", ["kml", "kmz", "gpx"])
def test_encodings(tmp_path, declared, real, name, said, kind):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (
        f"<gpx><wpt lat='1' lon='2'><name>{name}</name></wpt></gpx>"
        if kind == "gpx"
        else KML.format(PLACEMARK.format(name))
    )
    path = tmp_path / f"a.{kind}"
    data = (head + body).encode(real)
    if kind == "kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", data)
    else:
        path.write_bytes(data)
    assert names_in(path) == [name]
    problems = probed_layers(path)[0].problems
    assert [problem for problem in problems if "read as" in problem] == ([problems[0]] if said else [])
    assert said in " ".join(problems)


def test_ampersands_and_names_of_html_are_text(tmp_path):
    path = tmp_path / "a.kml"
    path.write_text(KML.format(PLACEMARK.format("A & B") + PLACEMARK.format("x&nbsp;&eacute;") + PLACEMARK.format("c")))
    assert names_in(path) == ["A & B", "x é", "c"]
    assert probed_layers(path)[0].problems == ("a.kml is no proper XML: 3 bare & were taken as text.",)


def test_what_is_whole_before_a_fault_loads(tmp_path):
    path = tmp_path / "a.kml"
    whole = KML.format(PLACEMARK.format("a") + PLACEMARK.format("b") + PLACEMARK.format("c"))
    for cut, count in ((whole.index(">c<"), 2), (whole.index(">b<"), 1)):
        path.write_text(whole[:cut])
        assert len(names_in(path)) == count
        line = count + 3
        assert probed_layers(path)[0].problems == (
            f"a.kml is damaged or cut off at line {line}: what follows is left out.",
        )
    path.write_text(whole[: whole.index(">a<")])
    with pytest.raises(NotReadable, match="no XML"):
        probed_layers(path)


def test_a_track_that_is_cut_off_keeps_its_whole_points(tmp_path):
    path = tmp_path / "a.gpx"
    points = "".join(f"<trkpt lat='{at}' lon='{at}'><ele>{at}</ele></trkpt>" for at in range(1, 5))
    whole = f"<gpx><wpt lat='1' lon='2'><name>w</name></wpt><trk><name>t</name><trkseg>{points}</trkseg></trk></gpx>"
    for cut, count in ((whole.index(">4<"), 3), (whole.index("</trkseg"), 4), (len(whole) - 3, 4)):
        path.write_text(whole[:cut])
        _, tracks = probed_layers(path)
        assert "is damaged or cut off at line 1" in tracks.problems[0]
        rows = rows_of(source_of(OfLayer.of({"path": str(path), "layer": "tracks"})), 0, 10, None)
        assert rows.columns["points"] == [count]
    path.write_text(whole[: whole.index("w</name>")])
    with pytest.raises(NotReadable):
        probed_layers(path)


def gpx(path: Path, inside: str) -> Path:
    path.write_text(f'<gpx xmlns:o="urn:o">{inside}</gpx>', encoding="utf-8")
    return path


def layer(path: Path, name: str) -> Rows:
    return rows_of(source_of(OfLayer.of({"path": str(path), "layer": name})), 0, 10, None, exact=True)


def track(*heights: str) -> str:
    points = (f"<trkpt lat='{at}' lon='1'>{ele and f'<ele>{ele}</ele>'}</trkpt>" for at, ele in enumerate(heights))
    return f"<trkseg>{''.join(points)}</trkseg>"


def test_no_height_is_invented(tmp_path):
    path = gpx(
        tmp_path / "a.gpx",
        f"<trk>{track('5', '', '7')}</trk><trk>{track('5', '6')}{track('')}</trk>"
        f"<trk>{track('5', '6')}{track('7', '8')}</trk><trk>{track('', '')}</trk><wpt lat='1' lon='2'/>",
    )
    shapes = shapely.from_wkb(list(layer(path, "tracks").wkb))
    assert shapely.has_z(shapes).tolist() == [False, False, True, False]
    assert shapely.get_coordinates(shapes[2], include_z=True)[:, 2].tolist() == [5, 6, 7, 8]
    _, tracks = probed_layers(path)
    assert tracks.problems == (
        "Row 1: 1 of its points have no height: it is shown without the heights of the others.",
        "Row 2: 1 of its points have no height: it is shown without the heights of the others.",
    )


def test_what_receivers_and_other_programs_add_is_kept(tmp_path):
    numbers = "<magvar>3.5</magvar><geoidheight>-20.25</geoidheight><vdop>1.5</vdop><pdop>2.5</pdop><dgpsid>7</dgpsid>"
    more = "<extensions><o:team>A</o:team><o:x><o:name>deep</o:name><o:team>B</o:team></o:x><o:none/></extensions>"
    path = gpx(
        tmp_path / "a.gpx",
        f"<wpt lat='1' lon='2'><name>w</name>{numbers}<fix>dgps</fix>"
        f"<link href='a.html'><text>t</text></link><link href='b.jpg'/>{more}</wpt>",
    )
    assert layer(path, "waypoints").columns == {
        "name": ["w"],
        "fix": ["dgps"],
        "vdop": [1.5],
        "pdop": [2.5],
        "magvar": [3.5],
        "geoidheight": [-20.25],
        "link text": ["t"],
        "dgpsid": [7],
        "link": ["a.html, b.jpg"],
        "team": ["A, B"],
        "name (extension)": ["deep"],
    }
    assert dict(probed_layers(path)[0].fields) | {"dgpsid": "integer", "vdop": "real", "team": "text"} == dict(
        probed_layers(path)[0].fields
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<url>http://a/b</url><urlname>A page</urlname>",
        "<link href='http://a/b'><text>A page</text><type>text/html</type></link>",
    ],
)
def test_links_of_either_version_of_gpx_are_kept_with_their_words(tmp_path, inside):
    path = gpx(tmp_path / "a.gpx", f"<wpt lat='1' lon='2'><name>w</name>{inside}</wpt>")
    columns = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 10, None).columns
    assert (columns["link"], columns["link text"]) == (["http://a/b"], ["A page"])
