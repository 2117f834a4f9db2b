"""KMZ with several KML files inside, as GDAL writes it; and prefixes that are not those of the standard."""

import zipfile
from pathlib import Path

import pytest
import shapely

from layers.errors import NotReadable, UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layers

POOL = ReaderPool(inline=True)
LINKS = "<NetworkLink><name>{0}</name><Link><href>{0}</href></Link></NetworkLink>"


def kml(inside: str) -> str:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'


def point(name: str, lon: int) -> str:
    return f"<Placemark><name>{name}</name><Point><coordinates>{lon},2</coordinates></Point></Placemark>"


def kmz(folder: Path, **members: str) -> Path:
    path = folder / "a.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/") + ".kml", text)
    return path


def test_a_main_file_that_only_leads_to_the_others_is_no_layer(tmp_path):
    path = kmz(
        tmp_path,
        doc=kml(LINKS.format("layers/a.kml") + LINKS.format("./layers/площадки.kml")),
        layers__a=kml(point("one", 1)),
        layers__площадки=kml(point("two", 3)),
        style__style=kml(""),
    )
    found = probed_layers(path)
    assert [(info.name, info.features, info.problems) for info in found] == [("a", 1, ()), ("площадки", 1, ())]
    for info, (name, lon) in zip(found, [("one", 1), ("two", 3)], strict=True):
        rows = rows_of(source_of(OfLayer.of({"path": str(path), "layer": info.name})), 0, 10, None)
        assert rows.columns["name"] == [name]
        assert shapely.from_wkb(rows.wkb[0]) == shapely.Point(lon, 2)


def test_a_main_file_with_places_or_links_elsewhere_comes_first(tmp_path):
    found = probed_layers(kmz(tmp_path, doc=kml(point("main", 1)), b__a=kml(point("more", 2))))
    assert [info.name for info in found] == ["a", "a (2)"]
    found = probed_layers(
        kmz(tmp_path, doc=kml(LINKS.format("http://there.invalid/x.kml")), more=kml(point("more", 2)))
    )
    assert [info.name for info in found] == ["a", "more"]
    assert any("not followed" in said for said in found[0].problems)


def test_a_broken_file_inside_costs_itself_alone(tmp_path):
    (found,) = probed_layers(
        kmz(tmp_path, doc=kml(point("main", 1)), bad="<gpx>", worse="<kml><!DOCTYPE x [<!ENTITY a 'b'>]>")
    )
    assert found.name == "a"
    assert sorted(said.split(" in a.kmz ")[0] for said in found.problems) == ["bad.kml", "worse.kml"]


@pytest.mark.parametrize("prefix", ["ns0", "kml", "k-1.a"])
def test_any_prefix_will_do(tmp_path, prefix):
    path = tmp_path / "a.kml"
    inside = (
        kml(point("one", 1)).replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    )
    path.write_text(f'<?xml version="1.0"?>\n{inside}'.replace("xmlns=", f"xmlns:{prefix}="), "utf-8")
    (found,) = probed_layers(path)
    assert (found.driver, found.features) == ("KML", 1)


def test_the_main_file_may_lie_deeper(tmp_path):
    (found,) = probed_layers(kmz(tmp_path, deep__in__folders__map=kml(point("one", 1))))
    assert (found.name, found.features) == ("a", 1)
    inner = kmz(tmp_path, doc=kml(point("one", 1))).read_bytes()
    for depth in range(3):
        path = tmp_path / "outer.kmz"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/._doc.kml", b"\0\5")
            archive.writestr("files/inner.kmz", inner)
        if depth == 2:
            with pytest.raises(UnsupportedFormat, match="only archives inside: unpack it"):
                probed_layers(path)
        else:
            (found,) = probed_layers(path)
            assert (found.name, found.features) == ("outer", 1)
        inner = path.read_bytes()


def test_it_is_said_which_file_inside_is_meant(tmp_path):
    with pytest.raises(NotReadable, match=r"^maps/doc\.kml in a\.kmz is not read: it is no XML"):
        probed_layers(kmz(tmp_path, maps__doc="<kml"))
    with pytest.raises(NotReadable, match=r"^doc\.kml in a\.kmz is XML but no KML"):
        probed_layers(kmz(tmp_path, doc="<gpx></gpx>"))
    (found,) = probed_layers(kmz(tmp_path, doc="<kml", more=kml(point("one", 1))))
    assert (found.name, found.features) == ("more", 1)
    assert found.problems[0].startswith("doc.kml in a.kmz is not read: it is no XML")
    (found,) = probed_layers(kmz(tmp_path, doc=kml(f"{point('one', 1)}\n{point('two', 1)}\n")[:-40]))
    assert found.problems[0].startswith("doc.kml in a.kmz is damaged or cut off at line 2")
