"""TiTiler on loopback: tiles, TileJSON, WMTS and WMS of a raster. It does not run as root."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from tests.support.qgis.peers import clean
from tests.support.real_servers.environments import PeerEnvironment
from tests.support.real_servers.processes import free_port, running

ENVIRONMENT = PeerEnvironment(
    "titiler",
    (
        "titiler-core==2.4.0",
        "titiler-extensions==2.4.0",
        "rio-tiler==9.4.12",
        "morecantile==7.1.0",
        "rasterio==1.5.2",
        "fastapi==0.165.0",
        "starlette==1.10.0",
        "pydantic==2.14.4",
        "uvicorn==0.54.0",
    ),
)
_APPLICATION = """from fastapi import FastAPI
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.core.factory import TilerFactory
from titiler.extensions import wmsExtension, wmtsExtension

app = FastAPI()
app.include_router(TilerFactory(extensions=[wmsExtension(), wmtsExtension()]).router)
add_exception_handlers(app, DEFAULT_STATUS_CODES)
"""


class Titiler(Struct, frozen=True):
    """Addresses of what TiTiler makes of a raster."""

    address: str
    picture: Path

    @property
    def template(self) -> str:
        """Tiles of 256 pixels of Web Mercator."""
        return f"{self.address}/tiles/WebMercatorQuad/{{z}}/{{x}}/{{y}}.png?tilesize=256&{self._named}"

    def tilejson(self, *more: str) -> str:
        return f"{self.address}/WebMercatorQuad/tilejson.json?{'&'.join((self._named, *more))}"

    @property
    def wmts(self) -> str:
        return f"{self.address}/WMTSCapabilities.xml?{self._named}"

    def wms(self, version: str) -> str:
        question = f"service=WMS&version={version}&request=GetCapabilities"
        return f"{self.address}/wms?{question}&layers={quote(str(self.picture), safe='')}"

    @property
    def _named(self) -> str:
        return f"url={quote(str(self.picture), safe='')}"


@contextmanager
def titiler(picture: Path, folder: Path) -> Iterator[Titiler]:
    """TiTiler, to serve a picture that anybody may read. `folder` is where it works."""
    python = ENVIRONMENT.python()
    (folder / "tiler.py").write_text(_APPLICATION)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    words = [python, "-m", "uvicorn", "tiler:app", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    with running(words, f"{address}/openapi.json", folder, clean(PYTHONDONTWRITEBYTECODE="1")):
        yield Titiler(address, picture)
