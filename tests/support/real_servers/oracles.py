"""Other people's clients as oracles: what OWSLib and pystac-client make of a server, in a Python of their own."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.support.qgis.peers import clean
from tests.support.real_servers.environments import PeerEnvironment

ENVIRONMENT = PeerEnvironment(
    "clients",
    (
        "owslib==0.36.0",
        "pystac-client==0.9.1",
        "pystac==1.15.2",
        "requests==2.34.2",
        "lxml==6.1.3",
    ),
)
ASK_S = 120

MAPS = """
from owslib.wms import WebMapService
service = WebMapService(asked["address"], version=asked["version"])
answer = {
    name: {
        "title": layer.title,
        "crs": [crs for crs in layer.crsOptions or []],
        "box": layer.boundingBoxWGS84,
        "styles": list(layer.styles),
        "times": [time.strip() for time in layer.timepositions or []],
    }
    for name, layer in service.contents.items()
}
"""
TILES = """
from owslib.wmts import WebMapTileService
service = WebMapTileService(asked["address"])
answer = {
    name: {
        "title": layer.title,
        "crs": [service.tilematrixsets[link].crs for link in layer.tilematrixsetlinks],
        "levels": [len(service.tilematrixsets[link].tilematrix) for link in layer.tilematrixsetlinks],
        "box": layer.boundingBoxWGS84,
        "styles": list(layer.styles),
        "times": [value for dimension in layer.dimensions.values() for value in dimension["values"]],
    }
    for name, layer in service.contents.items()
}
"""
FEATURES = """
from owslib.wfs import WebFeatureService
service = WebFeatureService(asked["address"], version=asked["version"])
answer = {
    name: {
        "title": layer.title,
        "crs": [crs.getcode() for crs in layer.crsOptions],
        "box": layer.boundingBoxWGS84,
    }
    for name, layer in service.contents.items()
}
"""
SEARCH = """
from pystac_client import Client
answer = [item.id for item in Client.open(asked.pop("address")).search(**asked).items()]
"""
WRITE_CATALOGUE = """
import pystac
catalogue = pystac.Catalog(id="root", description="Of a test")
for name, items in asked["items"].items():
    extent = pystac.Extent(
        pystac.SpatialExtent([[-180, -90, 180, 90]]), pystac.TemporalExtent([[None, None]])
    )
    collection = pystac.Collection(id=name, description=name, extent=extent, license="CC-BY-4.0")
    collection.add_items([pystac.Item.from_dict(item) for item in items])
    collection.update_extent_from_items()
    catalogue.add_child(collection)
catalogue.normalize_and_save(asked["folder"], pystac.CatalogType.SELF_CONTAINED)
whole = pystac.ItemCollection(list(catalogue.get_items(recursive=True)))
whole.save_object(asked["folder"] + "/items.json")
written = pystac.Catalog.from_file(asked["folder"] + "/catalog.json")
answer = [item.id for item in written.get_items(recursive=True)]
"""
"""A static catalogue as pystac writes it, with a document for each item and one of all of them."""


def told(script: str, **asked: Any) -> Any:
    """What a script answers: it finds its question in `asked`, and leaves `answer`, both of them of JSON."""
    whole = f"import json, sys\nasked = json.load(sys.stdin)\n{script}\njson.dump(answer, sys.stdout)"
    words = [str(ENVIRONMENT.python()), "-W", "ignore", "-c", whole]
    done = subprocess.run(
        words, input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=ASK_S, env=clean(), cwd="/"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)
