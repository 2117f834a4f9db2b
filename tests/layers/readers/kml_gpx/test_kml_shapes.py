"""KML beside the standard: shapes of several parts, placemarks of schemas, documents without a root.

Where GDAL's LIBKML reads it, what it reads is compared.
"""

from pathlib import Path

import pyogrio
import pytest
import shapely

from layers.errors import UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layer

POOL = ReaderPool(inline=True)
POINTS = "".join(f"<Point><coordinates>{lon},50,7</coordinates></Point>" for lon in (1, 2))
LINES = "".join(f"<LineString><coordinates>{lon},2 3,4</coordinates></LineString>" for lon in (1, 2))
AREAS = "".join(
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{lon},2 {lon + 2},4 {lon + 2},1 {lon},2</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon>"
    for lon in (1, 11)
)
SHAPES = {
    "points": (f"<MultiPoint>{POINTS}</MultiPoint>", "MultiPoint"),
    "lines": (f"<MultiLineString>{LINES}</MultiLineString>", "MultiLineString"),
    "areas": (f"<MultiPolygon>{AREAS}</MultiPolygon>", "MultiPolygon"),
    "one of each": (f"<MultiGeometry>{POINTS}{LINES}</MultiGeometry>", "GeometryCollection"),
    "nested": (f"<MultiGeometry><MultiPoint>{POINTS}</MultiPoint>{LINES}</MultiGeometry>", "GeometryCollection"),
}


def written(folder: Path, text: str, name: str = "a.kml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def kml(inside: str) -> str:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def rows(path: Path):
    return rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None)


@pytest.mark.parametrize("name", list(SHAPES))
def test_shapes_of_several_parts(tmp_path, name):
    text, kind = SHAPES[name]
    path = written(tmp_path, kml(f"<Placemark><name>a</name>{text}</Placemark>"))
    info = probed_layer(path)
    assert (info.geometry, info.features) == (kind, 1)
    theirs = pyogrio.raw.read(path, columns=[])[2][0]
    ours = shapely.from_wkb(rows(path).wkb[0])
    assert shapely.equals(shapely.force_2d(ours), shapely.force_2d(shapely.from_wkb(theirs)))


@pytest.mark.parametrize(
    "schema",
    [
        '<Schema parent="Placemark" name="Site">{}</Schema>',
        "<Schema><name>Site</name><parent>Placemark</parent>{}</Schema>",
        '<Schema parent="Placemark" name="Base"><SimpleField type="int" name="HEIGHT"/></Schema>'
        '<Schema parent="Base" name="Site">{}</Schema>',
    ],
)
def test_elements_that_a_schema_says_are_placemarks(tmp_path, schema):
    fields = '<SimpleField type="string" name="TYPE"/><SimpleField type="int" name="N"/>'
    said = schema.format(fields)
    path = written(
        tmp_path,
        kml(
            f"{said}<Folder><name>F</name><Site><name>a</name><TYPE>pad</TYPE><N>5</N><HEIGHT>9</HEIGHT><other>x</other>"
            "<Point><coordinates>1,50</coordinates></Point></Site>"
            "<Site><name>b</name><TYPE>tower &amp; mast</TYPE><Point><coordinates>2,50</coordinates></Point></Site>"
            "</Folder>"
            "<Placemark><name>c</name><Point><coordinates>3,50</coordinates></Point></Placemark>"
        ),
    )
    info = probed_layer(path)
    assert (info.geometry, info.features, info.problems) == ("Point", 3, ())
    assert dict(info.fields)["N"] == "integer"
    found = rows(path).columns
    assert found["name"] == ["a", "b", "c"]
    assert found["folder"] == ["F", "F", ""]
    assert (found["TYPE"], found["N"]) == (["pad", "tower & mast", None], [5, None, None])
    assert ("HEIGHT" in found) == ("Base" in schema)
    assert "other" not in found


def test_columns_stand_in_the_order_of_the_schema_in_every_process(tmp_path):
    """A set's order is another in each process: columns of one would be read as those of the next."""
    names = [f"F{n}" for n in (7, 2, 9, 4, 1, 8, 3, 6, 5)]
    fields = "".join(f'<SimpleField type="string" name="{name}"/>' for name in names)
    values = "".join(f"<{name}>x</{name}>" for name in sorted(names))
    path = written(
        tmp_path,
        kml(
            f'<Schema parent="Placemark" name="Site">{fields}</Schema>'
            f"<Site><name>a</name>{values}<Point><coordinates>1,50</coordinates></Point></Site>"
        ),
    )
    assert [name for name, _ in probed_layer(path).fields if name in names] == names


def test_a_schema_cannot_rename_what_the_standard_has(tmp_path):
    for name in ("Document", "Folder", "name", "kml"):
        path = written(
            tmp_path,
            kml(
                f'<Schema parent="Placemark" name="{name}"/><Folder><name>F</name><Placemark><name>a</name>{POINTS}'
                "</Placemark></Folder>"
            ),
        )
        assert probed_layer(path).features == 1


PLACEMARK = "<Placemark><name>a</name><Point><coordinates>1,50</coordinates></Point></Placemark>"


@pytest.mark.parametrize(
    "text",
    [
        f'<?xml version="1.0"?><Document xmlns="http://www.opengis.net/kml/2.2"><name>D</name>{PLACEMARK}</Document>',
        f"<Folder><name>D</name>{PLACEMARK}</Folder>",
        f"\n<!-- mine -->\n{PLACEMARK}",
        f"<?xml version='1.0'?><k:Document xmlns:k='x'>{PLACEMARK}</k:Document>",
        f"<!-- {'licence ' * 1000}-->{kml(PLACEMARK)}",
    ],
)
def test_a_document_without_its_root_or_with_much_before_it(tmp_path, text):
    info = probed_layer(written(tmp_path, text))
    assert (info.driver, info.geometry, info.features) == ("KML", "Point", 1)


def test_what_is_no_kml_is_none(tmp_path):
    with pytest.raises(UnsupportedFormat, match="a web page"):
        probed_layer(written(tmp_path, "<!DOCTYPE html><html><Folder></Folder></html>"))
    with pytest.raises(UnsupportedFormat, match="its content is VRT"):
        probed_layer(written(tmp_path, "<VRTDataset><Document></Document></VRTDataset>"))
    with pytest.raises(UnsupportedFormat, match=r"a\.kml is not a KML file: its content is OpenStreetMap data"):
        probed_layer(written(tmp_path, f"<!-- --><osm><Folder>{PLACEMARK}</Folder></osm>"))
    with pytest.raises(UnsupportedFormat):
        probed_layer(written(tmp_path, f"<Document>{PLACEMARK}</Document>", "a.xml"))
    with pytest.raises(UnsupportedFormat, match=r"a\.kml is XML but no KML"):
        probed_layer(written(tmp_path, f"<!-- --><other><Folder>{PLACEMARK}</Folder></other>"))
