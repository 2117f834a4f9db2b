"""An archive of 300 scenes on pgSTAC, one of them with a picture, and files of it on a server of ranges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.support.range_server import RangeServer
from tests.support.readers.tiny_cogs import write_cog
from tests.support.real_servers.pgstac import archive
from tests.support.real_servers.processes import folder_of_nobody
from tests.viewer.cli.conftest import cli
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher

__all__ = ["cli"]

HERE = (3.59, 47.30, 3.69, 47.37)
"""The box of the picture, of most scenes, and of a few elsewhere."""
THERE = (43.59, 7.30, 43.69, 7.37)
KINDS = (("sentinel-2-l2a", 200), ("sentinel-1-grd", 60), ("landsat-c2-l2", 40))
_FIRST = datetime(2024, 1, 1, 10, 20, 30, tzinfo=UTC)


class Archive(Struct, frozen=True):
    """A real archive: its address, what was put into it, and the file that its scenes show."""

    address: str
    items: list[dict[str, Any]]
    picture: Path
    files: RangeServer

    def ids(
        self, kind: str = "", begin: str = "", end: str = "9", cloud: float = 100.0, box: tuple[float, ...] = ()
    ) -> set[str]:
        """Ids of what was put in and answers a question, by the plainest comparison; an unknown cloud is no reason."""
        return {
            item["id"]
            for item in self.items
            if kind in item["collection"]
            and begin <= item["properties"]["datetime"][:10] <= end
            and item["properties"].get("eo:cloud_cover", 0.0) <= cloud
            and (not box or (item["bbox"][0] <= box[2] and item["bbox"][2] >= box[0]))
        }


def _collection(name: str) -> dict[str, Any]:
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": name,
        "description": name,
        "license": "CC-BY-4.0",
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2024-01-01T00:00:00Z", None]]},
        },
        "links": [],
    }


def item_of(kind: str, at: int, href: str) -> dict[str, Any]:
    """The scene of a kind with a number: of each third day, one in four elsewhere, one in ten of unknown cloud."""
    box = THERE if at % 4 == 3 else HERE
    west, south, east, north = box
    properties: dict[str, Any] = {"datetime": f"{_FIRST + timedelta(days=3 * at):%Y-%m-%dT%H:%M:%SZ}"}
    if kind != "sentinel-1-grd" and at % 10:
        properties["eo:cloud_cover"] = float(at * 37 % 101)
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"{kind}-{at:03}",
        "collection": kind,
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "bbox": list(box),
        "properties": properties,
        "links": [],
        "assets": {
            "visual": {
                "href": href,
                "type": "image/tiff; application=geotiff; profile=cloud-optimized",
                "roles": ["visual"],
            }
        },
    }


@pytest.fixture(scope="session")
def scenes() -> Iterator[Archive]:
    with folder_of_nobody() as folder:
        (folder / "files").mkdir()
        picture = write_cog(folder / "files" / "scene.tif", side=1024)
        files = RangeServer(folder / "files")
        items = [item_of(kind, at, files.address("scene.tif")) for kind, count in KINDS for at in range(count)]
        try:
            with archive([_collection(kind) for kind, _ in KINDS], items, folder) as address:
                yield Archive(address, items, picture, files)
        finally:
            files.stop()


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers
