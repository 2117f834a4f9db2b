"""Rows T1 to T5, T14, T16 and T17 of the rule book on quirks: documents that misstate where tiles lie, each shown in
the real window as four coloured quarters that are where they belong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WEB_MERCATOR, WGS84
from layers.services.offers.recognise import recognised
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, mercator_quadtree, quadtree
from layers.services.tile_service import TileService
from tests.support.map_faults import FaultyMaps, serving_maps
from tests.support.quarters import BOX, QUARTERS, colours, show
from tests.support.wmts_documents import capabilities, layer, link, matrix, matrix_set, resource
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher

DEGREE_M = 111319.49079327358
UTM = "EPSG:25832"
UTM_PLACE = Bounds(200_000.0, 4_800_000.0, 1_248_576.0, 5_848_576.0)
GRIDS = {
    "mercator": mercator_quadtree(256, 0, 12),
    "degrees": quadtree(WGS84, Bounds(-180.0, -90.0, 180.0, 90.0), 256, 11, turn=360.0),
    "utm": quadtree(UTM, UTM_PLACE, 256, 8),
    "long": TileMatrixSet(
        WEB_MERCATOR,
        tuple(
            TileMatrix(name, -MERCATOR_HALF_M, MERCATOR_HALF_M, step, columns, 2 * columns, 640, 320)
            for name, step, columns in (("a", 4000.0, 16), ("b", 2000.0, 32), ("c", 1000.0, 63))
        ),
    ),
    "far": TileMatrixSet(
        WGS84,
        tuple(TileMatrix(str(at), -400.0, 400.0, 0.3515625 / 2**at, 9 * 2**at, 6 * 2**at) for at in range(9)),
        360.0,
    ),
}
type Corner = Callable[[TileMatrix], str]


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


@pytest.fixture
def server() -> Iterator[FaultyMaps]:
    with serving_maps(BOX) as server:
        server.grids = GRIDS
        yield server


def tiles_at(server: FaultyMaps, grid: str) -> str:
    return f"{server.url}/tiles/{grid}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.png"


def north_first(level: TileMatrix) -> str:
    return f"{level.top} {level.left}"


def east_first(level: TileMatrix) -> str:
    return f"{level.left} {level.top}"


def first_one_wrong(level: TileMatrix) -> str:
    return east_first(level) if level.identifier == "0" else north_first(level)


def bottom_left(level: TileMatrix) -> str:
    return f"{level.bounds.left} {level.bounds.bottom}"


def wmts(
    server: FaultyMaps, name: str, corner: Corner = east_first, pixel_m: float = 0.00028, *, scaleless: bool = False
) -> TileService:
    """The service that is read from capabilities which state a grid in some odd way."""
    grid = GRIDS[name]
    unit_m = DEGREE_M if grid.crs == WGS84 else 1.0
    levels = [
        matrix(
            level.identifier,
            "" if scaleless and at else level.resolution * unit_m / pixel_m,
            corner(level),
            f"{level.columns}.0",
            level.rows,
            f"{level.tile_width} {level.tile_height}",
        )
        for at, level in enumerate(grid.matrices)
    ]
    code = f"urn:ogc:def:crs:EPSG::{grid.crs.partition(':')[2]}"
    corners = "<ows:LowerCorner>{} {}</ows:LowerCorner><ows:UpperCorner>{} {}</ows:UpperCorner>".format(*UTM_PLACE)
    box = f"<ows:BoundingBox>{corners}</ows:BoundingBox>" if name == "utm" else ""
    unordered = levels[1:] + levels[:1] if not scaleless else levels
    text = capabilities(
        layer(links=link(name), resources=resource(tiles_at(server, name))), matrix_set(name, code, *unordered, box=box)
    )
    return service_of(text, server)


def service_of(document: bytes, server: FaultyMaps) -> TileService:
    service = recognised(document, f"{server.url}/document").layers[0].service
    assert service is not None
    return service


def arcgis(server: FaultyMaps) -> TileService:
    lods = [{"level": at, "resolution": level.resolution} for at, level in enumerate(GRIDS["far"].matrices)]
    tiles = {"rows": 256, "cols": 256, "dpi": 96, "format": "PNG", "origin": {"x": -400, "y": 400}, "lods": lods}
    extent = {"xmin": -180, "ymin": -90, "xmax": 180, "ymax": 90, "spatialReference": {"wkid": 4326}}
    description = {
        "currentVersion": 10.9,
        "mapName": "Town",
        "singleFusedMapCache": True,
        "tileInfo": tiles | {"spatialReference": {"wkid": 4326}},
        "fullExtent": extent,
    }
    service = recognised(json.dumps(description).encode(), f"{server.url}/Town/MapServer").layers[0].service
    assert service is not None
    template = service.template.replace("/Town/MapServer/tile/", "/tiles/far/") + ".png"
    return TileService("Town", template, max_level=service.max_level, kind="arcgis", grid=service.grid)


def tms(server: FaultyMaps) -> TileService:
    sets = "".join(
        f'<TileSet href="{server.url}/tms/{at}" units-per-pixel="{level.resolution:.6f}" order="{at}"/>'
        for at, level in enumerate(GRIDS["mercator"].matrices)
    )
    half = 20037508.34
    text = f"""<?xml version="1.0"?><TileMap version="1.0.0"><Title>Town</Title><SRS>OSGEO:41001</SRS>
    <BoundingBox minx="{-half}" miny="{-half}" maxx="{half}" maxy="{half}"/><Origin x="{-half}" y="{-half}"/>
    <TileFormat width="256" height="256" mime-type="image/png" extension="png"/>
    <TileSets profile="global-mercator">{sets}</TileSets></TileMap>"""
    service = service_of(text.encode(), server)
    assert service.template.endswith("/tms/{z}/{x}/{-y}.png")
    template = f"{server.url}/below/mercator/{{z}}/{{y}}/{{x}}.png"  # the server counts rows from below as TMS does
    return TileService("Town", template.replace("{y}", "{-y}"), max_level=11, kind="tms")


def tilejson(server: FaultyMaps) -> TileService:
    tiles = [f"{server.url}/below/mercator/{{z}}/{{y}}/{{x}}.png"]
    description = {"tilejson": "2.2.0", "scheme": "tms", "tiles": tiles, "minzoom": 0, "maxzoom": 11}
    return service_of(json.dumps(description).encode(), server)


CASES: dict[str, Callable[[FaultyMaps], TileService]] = {
    "t1 north first on purpose": lambda server: wmts(server, "degrees", north_first),
    "t1 east first in degrees": lambda server: wmts(server, "degrees", east_first),
    "t1 the first matrix alone": lambda server: wmts(server, "degrees", first_one_wrong),
    "t1 at the bottom left": lambda server: wmts(server, "utm", bottom_left),
    "t2 scales for 96 dpi": lambda server: wmts(server, "mercator", pixel_m=0.0254 / 96),
    "t2 scales for 96 dpi of a land": lambda server: wmts(server, "utm", pixel_m=0.0254 / 96),
    "t3 no scales": lambda server: wmts(server, "mercator", scaleless=True),
    "t5 t9 in any order": lambda server: wmts(server, "utm"),
    "t14 tiles of 640 by 320": lambda server: wmts(server, "long"),
    "t16 rows from below": tms,
    "t16 a scheme of TileJSON": tilejson,
    "t16 quadkeys": lambda server: TileService("Town", f"{server.url}/quad/{{q}}.png", max_level=11),
    "t17 a corner at -400, 400": arcgis,
}


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(6)
@pytest.mark.parametrize("case", CASES)
def test_t1_t2_t3_t5_t14_t16_t17_tiles_lie_where_they_belong(
    window: MainWindow, server: FaultyMaps, case: str, qtbot: QtBot
) -> None:
    service = CASES[case](server)
    show(window, server, service, BOX, qtbot)
    assert colours(window) == QUARTERS
    assert server.log
