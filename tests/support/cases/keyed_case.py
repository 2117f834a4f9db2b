"""A case that a key of each kind came into, as a person, another program or an older version may have written it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.search import Search
from layers.document.site import Site
from layers.project.saving.publish import write_case
from layers.services.features.feature_origin import KEY, FeatureOrigin
from layers.services.features.feature_question import FeatureQuestion
from layers.services.tile_service import TileService
from tests.support.cases.foreign_cases import points_file, scene_file

HOST = "http://127.0.0.1:9"
"""A port of this computer at which nobody listens."""
KEYS = {
    "key of a template": "tmplKq7vZ9sT2w",
    "token of a template": "toknBx4nR8uE1a",
    "key of a map server": "wmskHd5mP2yL6c",
    "key of its capabilities": "capaGw3jV7oS9i",
    "password of tiles": "passNf6bQ1zD4r",
    "signature of a picture": "signJt8cY5kX2e",
    "signature of the cloud": "amznUl9gA3hM7p",
    "password of a picture": "pictOv2sI6eW8b",
    "token of an item": "itemCz1dF4xN5q",
    "key of features": "featRj7lT9vB3u",
    "token of an archive": "archEm5wK8oG2y",
}
"""Secrets, each with the place in which it stands."""


def keyed_sources() -> dict[str, tuple[str, dict[str, Any]]]:
    """The kind and source of each layer, by its name."""
    key, host = KEYS.__getitem__, HOST
    logged_in = host.replace("//", "//ann:{}@")
    wms = TileService("Maps", f"{host}/wms?MAP=a&token={key('key of a map server')}&BBOX={{bbox}}&WIDTH=256&HEIGHT=256")
    capabilities = f"{host}/wms?api_key={key('key of its capabilities')}&REQUEST=GetCapabilities"
    tiles = {
        "Keyed": TileService("Keyed", f"{host}/{{z}}/{{x}}/{{y}}.png?style=a&api_key={key('key of a template')}"),
        "Token": TileService("Token", f"{host}/{{z}}/{{x}}/{{y}}?access_token={key('token of a template')}"),
        "Maps": replace(wms, kind="wms", layer="a", capabilities=capabilities),
        "Inside": TileService("Inside", f"{host}/{{z}}/{{x}}/{{y}}.png"),
    }
    item = {"id": "a", "collection": "c", "address": f"{host}/a.json?token={key('token of an item')}"}
    question = FeatureQuestion(
        kind="ogcapi", address=f"{host}/collections/parks/items?apikey={key('key of features')}", title="Parks"
    )
    origin = FeatureOrigin(question=question, fetched_at="2026-11-01T10:00:00Z", words="all of it")
    signature = f"sv=2024-01-01&se=2027-01-01&sig={key('signature of a picture')}"
    cloud = f"X-Amz-Expires=600&X-Amz-Signature={key('signature of the cloud')}"
    written = {name: encoded(service) for name, service in tiles.items()}
    written["Inside"]["template"] = f"{logged_in.format(key('password of tiles'))}/{{z}}/{{x}}/{{y}}.png"
    return {name: ("tiles", source) for name, source in written.items()} | {
        "Signed": ("raster", {"address": f"{host}/a.tif?{signature}", "catalogue": item}),
        "Cloud": ("raster", {"address": f"{host}/b.tif?{cloud}"}),
        "Picture": ("raster", {"address": f"{logged_in.format(key('password of a picture'))}/c.tif"}),
        "Parks": ("vector", {"path": "parks.geojson", KEY: encoded(origin)}),
        "Beside": ("raster", {"path": "beside.tif"}),
    }


def keyed_case(path: Path) -> Path:
    """The case, with a scene and features beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    points_file(path.with_name("parks.geojson"))
    scene_file(path.with_name("beside.tif"))
    layers = [
        Layer(uuid=name, kind=kind, name=name, order_key=number, source_json=json.dumps(source))
        for number, (name, (kind, source)) in enumerate(keyed_sources().items())
    ]
    asked = json.dumps({"address": f"{HOST}/v1?token={KEYS['token of an archive']}", "collections": ["c"]})
    rows = {
        "layers": layers,
        "sites": [Site(uuid="s1", label="Pad", geometry=shapely.Point(10.5, 50.5), image_uuid="i1")],
        "searches": [Search(uuid="q1", kind="catalogue", query_json=asked, at="2026-11-01T10:00:00Z")],
        "images": [Image(uuid="i1", image_key="service:Keyed@", layer_uuid="Keyed", service="Keyed")],
    }
    write_case(Document(rows), path)
    return path
