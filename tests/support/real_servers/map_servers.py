"""Real servers of maps on loopback: MapServer as a CGI program, and MapProxy in front of it. Neither runs as root."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from tests.support.real_servers.processes import as_nobody, free_port, need, running

MAPFILE = """MAP
  NAME "loopback"
  EXTENT {extent}
  SIZE 256 256
  IMAGETYPE PNG
  PROJECTION "{crs}" END
  WEB METADATA
    "ows_title" "Loopback Maps"
    "ows_onlineresource" "{address}/?"
    "ows_srs" "EPSG:3857 EPSG:4326 {crs}"
    "ows_enable_request" "*"
  END END
  {formats}
  OUTPUTFORMAT NAME "png" DRIVER "AGG/PNG" MIMETYPE "image/png" IMAGEMODE RGBA TRANSPARENT ON END
  LAYER
    NAME "scene"
    TYPE RASTER
    STATUS ON
    DATA "{path}"
    PROJECTION "{crs}" END
    PROCESSING "RESAMPLE=BILINEAR"
    METADATA "ows_title" "A Scene" END
  END
  {layers}
END
"""
GEOJSON = """OUTPUTFORMAT NAME "geojson" DRIVER "OGR/GEOJSON" MIMETYPE "application/json; subtype=geojson"
    FORMATOPTION "STORAGE=stream" FORMATOPTION "FORM=SIMPLE" FORMATOPTION "LCO:COORDINATE_PRECISION=10"
  END"""
PARKS = """LAYER
    NAME "parks"
    TYPE POLYGON
    STATUS ON
    CONNECTIONTYPE OGR
    CONNECTION "{path}"
    PROJECTION "EPSG:4326" END
    CLASSGROUP "red"
    CLASS NAME "park" GROUP "red" STYLE COLOR 200 30 40 END END
    CLASS NAME "park" GROUP "blue" STYLE COLOR 20 60 220 END END
    METADATA
      "ows_title" "Parks"
      "gml_include_items" "number,name,note"
      "gml_types" "auto"
      {formats}
    END
  END"""
"""A layer of features, as maps in two styles and by WFS."""
DATED = """LAYER
    NAME "dated"
    TYPE RASTER
    STATUS ON
    TILEINDEX "{index}"
    TILEITEM "location"
    PROJECTION "{crs}" END
    PROCESSING "RESAMPLE=BILINEAR"
    METADATA
      "ows_title" "By Day"
      "wms_timeextent" "{times}"
      "wms_timeitem" "time"
      "wms_timedefault" "{default}"
    END
  END"""
"""A layer of pictures by their days, which an index of files names."""
MAPPROXY = """services:
  demo:
  tms:
  wmts:
    restful: true
    kvp: {kvp}
  wms:
    srs: ['EPSG:3857', 'EPSG:4326']
    md: {{title: Loopback Proxy}}
layers:
  - name: scene
    title: A Scene
    sources: [scene_cache]
  {layers}
caches:
  {caches}
  scene_cache:
    grids: [GLOBAL_WEBMERCATOR, odd]
    sources: [scene_wms]
    format: image/png
    request_format: image/png
sources:
  {sources}
  scene_wms:
    type: wms
    req: {{url: '{address}/?', layers: scene, transparent: true}}
    supported_srs: ['EPSG:3857', '{crs}']
grids:
  odd:
    srs: '{crs}'
    bbox: [{bbox}]
    bbox_srs: '{crs}'
    origin: ul
    tile_size: [300, 200]
    res: [4000, 1700, 700, 500, 250]
globals:
  cache: {{base_dir: '{folder}/cache', meta_size: [1, 1], meta_buffer: 0}}
  image: {{resampling_method: bilinear}}
"""

_REST_WITH_TIME = """false
    restful_template: '/{Layer}/{TileMatrixSet}/{Time}/{TileMatrix}/{TileCol}/{TileRow}.{Format}'"""
"""Version 4.0 writes no capabilities for KVP where a layer has times: it fails there."""
_DATED_LAYER = """- name: dated
    title: By Day
    sources: [dated_cache]
    dimensions: {{time: {{values: [{times}], default: '{default}'}}}}"""
_DATED_CACHE = """dated_cache:
    grids: [GLOBAL_WEBMERCATOR]
    sources: [dated_wms]
    format: image/png
    request_format: image/png"""
_DATED_SOURCE = """dated_wms:
    type: wms
    req: {{url: '{address}/?', layers: dated, transparent: true}}
    supported_srs: ['EPSG:3857']
    forward_req_params: ['time']"""


class _Cgi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ClassVar[_CgiServer]  # type: ignore[assignment, misc]

    def do_GET(self) -> None:
        query = self.path.partition("?")[2]
        self.server.log.append(query)
        environment = {
            "REQUEST_METHOD": "GET",
            "QUERY_STRING": query,
            "MS_MAPFILE": str(self.server.mapfile),
            "MAPSERVER_CONFIG_FILE": str(self.server.config),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_address[1]),
            "SCRIPT_NAME": "/",
            "PATH": os.environ.get("PATH", ""),
        }
        done = subprocess.run(
            [*as_nobody(), self.server.program], env=environment, capture_output=True, check=False, timeout=60
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").splitlines() if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        self.send_header("Content-Type", headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        pass


class _CgiServer(ThreadingHTTPServer):
    daemon_threads = True
    disable_nagle_algorithm = True

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.mapfile, self.config = program, folder / "maps.map", folder / "mapserver.conf"
        self.log: list[str] = []
        super().__init__(("127.0.0.1", 0), _Cgi)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def mapserver(
    picture: Path,
    crs: str,
    extent: tuple[float, float, float, float],
    folder: Path,
    layers: Sequence[str] = (),
    formats: Sequence[str] = (),
) -> Iterator[_CgiServer]:
    """MapServer with a layer "scene" of a picture, and others. `folder` is one that anybody may read; formats of its
    answers are those of features, beside its own.
    """
    server = _CgiServer(need("mapserv"), folder)
    server.config.write_text('CONFIG\n  ENV\n    MS_MAP_PATTERN "."\n  END\nEND\n')
    words = " ".join(str(number) for number in extent)
    server.mapfile.write_text(
        MAPFILE.format(
            extent=words,
            crs=crs,
            address=server.address,
            path=picture,
            layers="\n  ".join(layers),
            formats="\n  ".join(formats),
        )
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def mapproxy(
    address: str, crs: str, bbox: tuple[float, float, float, float], folder: Path, times: Sequence[str] = ()
) -> Iterator[str]:
    """MapProxy in front of a WMS at an address, with its layer "scene"; yields its own address. With times it has
    "dated", too, the last of them is its default, and tiles have addresses of REST only.
    """
    program = need("mapproxy-util")
    config = folder / "mapproxy.yaml"
    box = ", ".join(str(number) for number in bbox)
    words = ", ".join(f"'{time}'" for time in times)
    config.write_text(
        MAPPROXY.format(
            address=address,
            crs=crs,
            bbox=box,
            folder=folder,
            kvp=_REST_WITH_TIME if times else "true",
            layers=_DATED_LAYER.format(times=words, default=times[-1]) if times else "",
            caches=_DATED_CACHE if times else "",
            sources=_DATED_SOURCE.format(address=address) if times else "",
        )
    )
    (folder / "cache").mkdir(mode=0o777, exist_ok=True)
    (folder / "cache").chmod(0o777)
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    with running([program, "serve-develop", str(config), "-b", f"127.0.0.1:{port}"], own, folder):
        yield own
