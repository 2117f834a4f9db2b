"""KMZ with several KML files inside, as GDAL writes it; and prefixes that are not those of the standard."""

import zipfile
from pathlib import Path

import pytest
import shapely

from layers.pool.pool import ReaderPool
from layers.readers.vector_source import rows_of, source_of
from layers.vector.table import VectorInfo

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


def probe(path: Path) -> list[VectorInfo]:
    return [VectorInfo.from_json(one) for one in POOL.ask("probe", {"path": str(path)}).header["layers"]]


def test_a_main_file_that_only_leads_to_the_others_is_no_layer(tmp_path):
    path = kmz(
        tmp_path, doc=kml(LINKS.format("layers/a.kml") + LINKS.format("./layers/площадки.kml")),
        layers__a=kml(point("one", 1)), layers__площадки=kml(point("two", 3)), style__style=kml(""),
    )  # fmt: skip
    found = probe(path)
    assert [(info.name, info.features, info.problems) for info in found] == [("a", 1, ()), ("площадки", 1, ())]
    for info, (name, lon) in zip(found, [("one", 1), ("two", 3)], strict=True):
        rows = rows_of(source_of({"path": str(path), "layer": info.name}), 0, 10, None)
        assert rows.columns["name"] == [name]
        assert shapely.from_wkb(rows.wkb[0]) == shapely.Point(lon, 2)


def test_a_main_file_with_places_or_links_elsewhere_comes_first(tmp_path):
    found = probe(kmz(tmp_path, doc=kml(point("main", 1)), b__a=kml(point("more", 2))))
    assert [info.name for info in found] == ["a", "a (2)"]
    found = probe(kmz(tmp_path, doc=kml(LINKS.format("http://there.invalid/x.kml")), more=kml(point("more", 2))))
    assert [info.name for info in found] == ["a", "more"]
    assert any("not followed" in said for said in found[0].problems)


def test_a_broken_file_inside_costs_itself_alone(tmp_path):
    (found,) = probe(kmz(tmp_path, doc=kml(point("main", 1)), bad="<gpx>", worse="<kml><!DOCTYPE x [<!ENTITY a 'b'>]>"))
    assert found.name == "a"
    assert sorted(said.split(" in a.kmz ")[0] for said in found.problems) == ["bad.kml", "worse.kml"]


@pytest.mark.parametrize("prefix", ["ns0", "kml", "k-1.a"])
def test_any_prefix_will_do(tmp_path, prefix):
    path = tmp_path / "a.kml"
    inside = (
        kml(point("one", 1)).replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
    )
    path.write_text(f'<?xml version="1.0"?>\n{inside}'.replace("xmlns=", f"xmlns:{prefix}="), "utf-8")
    (found,) = probe(path)
    assert (found.driver, found.features) == ("KML", 1)
