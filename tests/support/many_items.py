"""Thousands of STAC items as archives have them, and an archive of them in a process of its own.

A server in the test's own process would take the turns of Python that the window needs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, override

from tests.support.stac_server import StacServer

PAGE = 200
_BANDS = {
    "coastal": "B01",
    "blue": "B02",
    "green": "B03",
    "red": "B04",
    "rededge1": "B05",
    "rededge2": "B06",
    "rededge3": "B07",
    "nir": "B08",
    "nir08": "B8A",
    "nir09": "B09",
    "swir16": "B11",
    "swir22": "B12",
}


def many_items(count: int) -> list[dict[str, Any]]:
    """Items of Sentinel-2 with all that an archive states of them, about half a day apart since 2020."""
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    return [_item(n, begin + timedelta(days=0.45 * n)) for n in range(count)]


def _item(n: int, at: datetime) -> dict[str, Any]:
    west, south = 10.0 + (n % 7) / 10, 50.0 + (n % 5) / 10
    ring = [[west, south], [west + 1.5, south], [west + 1.5, south + 1], [west, south + 1], [west, south]]
    when, name = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), f"S2A_32UNB_{at:%Y%m%d}_{n}_L2A"
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [west, south, west + 1.5, south + 1],
        "properties": {
            "datetime": when,
            "platform": "sentinel-2a",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "eo:cloud_cover": n % 20 + 0.25,
            "proj:epsg": 32632,
            "grid:code": f"MGRS-32UNB{n % 35}",
            "s2:processing_baseline": "05.09",
            "earthsearch:boa_offset_applied": True,
            "updated": when,
        },
        "links": [{"rel": "self", "type": "application/geo+json", "href": f"https://archive.invalid/items/{name}"}],
        "assets": {
            "visual": _asset(name, "TCI", "visual", ["red", "green", "blue"]),
            "thumbnail": {"href": f"https://files.invalid/{name}/p.jpg", "type": "image/jpeg", "roles": ["thumbnail"]},
            **{colour: _asset(name, band, "reflectance", [colour]) for colour, band in _BANDS.items()},
        },
    }


def _asset(name: str, band: str, role: str, colours: list[str]) -> dict[str, Any]:
    raster = {"nodata": 0, "data_type": "uint16", "spatial_resolution": 10, "scale": 0.0001, "offset": -0.1}
    return {
        "href": f"https://files.invalid/{name}/{band}.tif",
        "type": "image/tiff; application=geotiff; profile=cloud-optimized",
        "title": f"{band} of {name}",
        "eo:bands": [{"name": band, "common_name": colour, "center_wavelength": 0.49} for colour in colours],
        "proj:shape": [10980, 10980],
        "proj:transform": [10, 0, 600_000, 0, -10, 5_700_000],
        "raster:bands": [raster] * len(colours),
        "roles": ["data", role],
    }


class ManyItemsServer(StacServer):
    """Serves pages of items that are in JSON already: another computer would not take the time of this one."""

    def __init__(self, count: int) -> None:
        self._bodies = [json.dumps(item).encode() for item in many_items(count)]
        super().__init__([], PAGE)

    @override
    def body_of(self, question: dict[str, Any]) -> bytes:
        at, limit = int(question.get("token") or 0), min(int(question.get("limit") or 10), self.page)
        links = []
        if at + limit < len(self._bodies):
            body = question | {"token": at + limit}
            links.append({"rel": "next", "method": "POST", "href": f"{self.address}/search", "body": body})
        page = {"type": "FeatureCollection", "numberMatched": len(self._bodies), "links": links, "features": []}
        return json.dumps(page).encode()[:-2] + b",".join(self._bodies[at : at + limit]) + b"]}"


@contextmanager
def serving_many_items(count: int) -> Iterator[str]:
    """The address of an archive of so many items, until the end."""
    command = [sys.executable, "-m", "tests.support.many_items", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


if __name__ == "__main__":
    server = ManyItemsServer(int(sys.argv[1]))
    print(server.address, flush=True)
    sys.stdin.read()
    server.stop()
