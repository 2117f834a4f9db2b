"""A case with imagery of every kind that hosts serve, and an analyst's own lists that name hosts."""

from __future__ import annotations

import json
from pathlib import Path

import shapely

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.search import Search
from layers.document.site import Site
from layers.project.saving.publish import write_case
from layers.services.entry_text import entry_text
from layers.services.features.feature_origin import KEY, FeatureOrigin
from layers.services.features.feature_question import FeatureQuestion
from layers.services.imagery_entry import ImageryEntry, entry_of_service
from layers.services.tile_matrix import mercator_quadtree
from layers.services.tile_service import TileService
from tests.support.cases.foreign_cases import points_file, scene_file
from viewer.support.settings import config_folder

ITEM = "https://catalogue.example.org/v1/collections/c/items/a"
WMS_QUERY = (
    "SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=a&STYLES=&CRS=EPSG:3857&BBOX={bbox}&WIDTH={width}&HEIGHT={height}"
    "&FORMAT=image/png"
)
SIGNED_BLOB = "https://acct.blob.core.windows.net/c/a.tif"
"""A file of a catalogue that signs its addresses, by the shipped rules."""


def services(host: str = "") -> list[TileService]:
    """Tiles and maps of all kinds, each of a host of its own; with `host` all of that one, by http."""

    def at(name: str) -> str:
        return f"http://{host}" if host else f"https://{name}.example.org"

    grid = mercator_quadtree(256, 0, 12)
    return [
        TileService("Plain", at("plain") + "/ok/{z}/{x}/{y}.png", max_level=12),
        TileService("Dated", at("dated") + "/ok/{z}/{x}/{y}.png?time={time}", max_level=9, time="2026-03-01"),
        TileService("Split", at("{s}.split") + "/ok/{z}/{x}/{y}.png", max_level=9),
        TileService("WMS", f"{at('maps')}/ok/0/0/0.png?{WMS_QUERY}", kind="wms", grid=grid, max_level=12),
        TileService("WMTS", at("wmts") + "/ok/{z}/{x}/{y}.png", kind="wmts", grid=grid, max_level=12),
        TileService("Of this network", at("printer").replace("example.org", "lan") + "/ok/{z}/{x}/{y}.png"),
    ]


def case_of_hosts(path: Path, host: str = "") -> Path:
    """A case with a site, a search of an archive, and layers of `services(host)`, COGs, PMTiles and features; with
    `host` those are of that host too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    at = f"http://{host}" if host else "https://files.example.org"
    catalogue = {"id": "a", "collection": "c", "address": f"{at}/a.json" if host else ITEM}
    question = FeatureQuestion(kind="ogcapi", address=f"{at}/collections/parks/items", title="Parks")
    origin = FeatureOrigin(question=question, fetched_at="2026-11-01T10:00:00Z", words="all of it")
    points = points_file(path.with_name("parks.geojson"))
    scene_file(path.with_name("beside.tif"))
    sources = [
        ("Beside", "raster", {"path": "beside.tif"}),
        ("Parks", "vector", {"path": points.name, KEY: encoded(origin)}),
        ("Item", "raster", {"address": f"{at}/part/0/0/0.bin", "catalogue": catalogue}),
        ("Archive", "raster", {"address": f"{at}/part/0/0/0.pmtiles"}),
        *((service.title, "tiles", encoded(service)) for service in services(host)),
    ]
    if not host:
        sources.append(("Signed", "raster", {"address": SIGNED_BLOB, "catalogue": catalogue}))
    layers = [
        Layer(uuid=name, kind=kind, name=name, order_key=number, source_json=json.dumps(source))
        for number, (name, kind, source) in enumerate(sources)
    ]
    site = Site(uuid="s1", label="Pad", geometry=shapely.Point(10.5, 50.5))
    asked = json.dumps({"address": f"{at}/v1", "collections": ["c"]})
    search = Search(uuid="q1", kind="catalogue", query_json=asked, at="2026-11-01T10:00:00Z")
    write_case(Document({"layers": layers, "sites": [site], "searches": [search]}), path)
    return path


def write_own_lists() -> None:
    """The analyst's own list and the last few entries, both of hosts that nobody has allowed."""
    entries = [entry_of_service(service) for service in services()] + [
        ImageryEntry(title="My archive", role="archive", kind="stac-api", address="https://stac.example.org/v1"),
        ImageryEntry(
            title="My parks", role="vectors", kind="ogcapi", address="https://parks.example.org/collections/a/items"
        ),
        ImageryEntry(title="My scene", role="dated", kind="cog", address="https://cogs.example.org/a.tif"),
        ImageryEntry(title="My server", role="server", kind="", address="https://server.example.org/wms"),
    ]
    config_folder().mkdir(parents=True, exist_ok=True)
    text = "\n".join(map(entry_text, entries))
    for name in ("imagery.toml", "recent_imagery.toml"):
        (config_folder() / name).write_text(text, "utf-8")
