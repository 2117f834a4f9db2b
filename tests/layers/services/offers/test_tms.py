"""TileMap documents, as servers and cutting programs write them."""

from __future__ import annotations

import pytest

from layers.errors import NotReadable
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M
from layers.services.offers.offer import OfferedLayer
from layers.services.offers.tms import read_tms

ADDRESS = "https://h.example/tms/1.0.0/town/tilemapresource.xml"
MERCATOR_LEVELS = [(str(level), 156543.03392804097 / 2**level) for level in range(4)]


def document(
    srs: str, box: str, origin: str, levels: list[tuple[str, float]], profile: str = "local", extension: str = "png"
) -> bytes:
    sets = "".join(
        f'<TileSet href="{href}" units-per-pixel="{units:.14f}" order="{at}"/>'
        for at, (href, units) in enumerate(levels)
    )
    names, axes = ("minx", "miny", "maxx", "maxy"), ("x", "y")
    bounds = " ".join(f'{name}="{number}"' for name, number in zip(names, box.split(), strict=True))
    start = " ".join(f'{name}="{number}"' for name, number in zip(axes, origin.split(), strict=True))
    return f"""<?xml version="1.0" encoding="utf-8"?><TileMap version="1.0.0"><Title>Town</Title><Abstract/>
      <SRS>{srs}</SRS><BoundingBox {bounds}/><Origin {start}/>
      <TileFormat width="256" height="256" mime-type="image/{extension}" extension="{extension}"/>
      <TileSets profile="{profile}">{sets}</TileSets></TileMap>""".encode()


def layer_of(data: bytes) -> OfferedLayer:
    offer = read_tms(data, ADDRESS)
    assert offer.service == "tms"
    (layer,) = offer.layers
    return layer


def test_the_world_in_web_mercator_with_rows_from_below() -> None:
    half = MERCATOR_HALF_M
    layer = layer_of(document("EPSG:3857", f"{-half} {-half} {half} {half}", f"{-half} {-half}", MERCATOR_LEVELS))
    assert layer.service is not None
    assert (layer.title, layer.levels, layer.service.kind) == ("Town", (0, 3), "tms")
    assert layer.service.url(2, 1, 0) == "https://h.example/tms/1.0.0/town/2/1/3.png"
    assert layer.bounds_lonlat == pytest.approx(Bounds(-180, -85.0511287798, 180, 85.0511287798))


def test_degrees_with_latitude_first_in_a_document_of_web_mercator() -> None:
    layer = layer_of(document("EPSG:900913", "50 5 52 9", "50 5", MERCATOR_LEVELS, profile="mercator"))
    assert layer.bounds_lonlat == pytest.approx(Bounds(5, 50, 9, 52))
    assert layer.service is not None
    deepest = layer.service.matrices.matrices[3]
    assert (deepest.columns, deepest.tile_range) == (8, (4, 4, 2, 2))
    assert layer.service.url(3, 4, 2) == "https://h.example/tms/1.0.0/town/3/4/5.png"


def test_a_land_in_its_own_crs() -> None:
    levels = [("https://t.example/nl/a", 100.0), ("https://t.example/nl/b", 50.0)]
    layer = layer_of(document("EPSG:28992", "0 300000 51200 351200", "0 300000", levels))
    assert layer.service is not None
    grid = layer.service.matrices
    assert [(matrix.columns, matrix.rows, matrix.top) for matrix in grid.matrices] == [(2, 2, 351200), (4, 4, 351200)]
    assert layer.service.url(1, 0, 0) == "https://t.example/nl/b/0/3.png"


def test_t16_an_origin_at_the_top_means_rows_from_above() -> None:
    half = MERCATOR_HALF_M
    layer = layer_of(document("EPSG:3857", f"{-half} {-half} {half} {half}", f"{-half} {half}", MERCATOR_LEVELS))
    assert layer.service is not None
    assert layer.service.url(2, 1, 0) == "https://h.example/tms/1.0.0/town/2/1/0.png"


def test_degrees_with_longitude_first_in_a_document_of_web_mercator() -> None:
    layer = layer_of(document("EPSG:3857", "-180 -84 180 85", "-180 -84", MERCATOR_LEVELS, profile="mercator"))
    assert layer.bounds_lonlat == pytest.approx(Bounds(-180, -84, 180, 85))


def test_degrees_are_two_tiles_wide() -> None:
    levels = [(str(at), 0.703125 / 2**at) for at in range(3)]
    layer = layer_of(document("EPSG:4326", "-180 -90 180 90", "-180 -90", levels, "global-geodetic"))
    assert layer.service is not None
    assert [matrix.columns for matrix in layer.service.matrices.matrices] == [2, 4, 8]


def test_what_cannot_be_drawn_is_told() -> None:
    assert "not known" in layer_of(document("HERE:1", "0 0 1 1", "0 0", [("0", 1.0)])).problems[0]
    assert "no levels" in layer_of(document("EPSG:3857", "0 0 1 1", "0 0", [])).problems[0]
    assert (
        "no pictures"
        in layer_of(document("EPSG:3857", "0 0 1 1", "0 0", MERCATOR_LEVELS, extension="tiff")).problems[0]
    )


def test_a_list_of_maps() -> None:
    text = """<TileMapService version="1.0.0"><Title>Maps</Title><TileMaps>
      <TileMap title="Town" srs="EPSG:3857" profile="global-mercator" href="http://h.example/tms/1.0.0/town"/>
      </TileMaps></TileMapService>"""
    offer = read_tms(text.encode(), "https://h.example/tms/1.0.0/")
    (layer,) = offer.layers
    assert (offer.title, layer.title, layer.address) == ("Maps", "Town", "https://h.example/tms/1.0.0/town")
    assert layer.service is None
    assert layer.problems


def test_another_document_is_none() -> None:
    with pytest.raises(NotReadable):
        read_tms(b"<Capabilities/>", ADDRESS)


def test_maps_of_one_title_are_told_apart_by_their_crs() -> None:
    entries = "".join(
        f'<TileMap title="{title}" srs="{srs}" href="http://t.example/{at}"/>'
        for at, (title, srs) in enumerate((("Town", "EPSG:4326"), ("Town", "EPSG:900913"), ("Hill", "EPSG:900913")))
    )
    text = f"<TileMapService version='1.0.0'><Title>All</Title><TileMaps>{entries}</TileMaps></TileMapService>"
    titles = [layer.title for layer in read_tms(text.encode(), "http://t.example/tms").layers]
    assert titles == ["Town (EPSG:4326)", "Town (EPSG:900913)", "Hill"]
