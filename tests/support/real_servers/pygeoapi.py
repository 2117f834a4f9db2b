"""An OGC API of features on loopback: pygeoapi over a file of GeoJSON. It does not run as root."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.qgis.peers import clean
from tests.support.real_servers.environments import PeerEnvironment
from tests.support.real_servers.processes import as_nobody, free_port, running

ENVIRONMENT = PeerEnvironment(
    "pygeoapi",
    (
        "pygeoapi==0.24.0",
        "flask==3.1.3",
        "werkzeug==3.1.9",
        "pydantic==2.14.4",
        "jsonschema==4.26.0",
        "shapely==2.2.0",
        "pyproj==3.8.0",
        "rasterio==1.5.2",
        "sqlalchemy==2.1.9",
    ),
)
MOST_A_PAGE = 400
"""The most features that it gives at once: a client that asks for more has to go on."""
_SERVE = """import sys
from werkzeug.serving import run_simple
from pygeoapi.flask_app import APP
run_simple("127.0.0.1", int(sys.argv[1]), APP, threaded=True)
"""


def _configuration(address: str, port: int, data: Path, box: tuple[float, ...]) -> dict[str, Any]:
    title = {"title": "Loopback Features", "description": "Of a test", "keywords": ["test"], "terms_of_service": "none"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "language": "en-US",
            "limits": {"default_items": 10, "max_items": MOST_A_PAGE, "on_exceed": "throttle"},
            "map": {"url": "http://127.0.0.1:9/{z}/{x}/{y}.png", "attribution": "nobody"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**title, "keywords_type": "theme", "url": address},
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
            "provider": {"name": "Survey", "url": address},
            "contact": {"name": "Survey"},
        },
        "resources": {
            "parks": {
                "type": "collection",
                "title": "Parks",
                "description": "Areas in a row",
                "keywords": ["parks"],
                "links": [],
                "extents": {"spatial": {"bbox": list(box), "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}},
                "providers": [{"type": "feature", "name": "GeoJSON", "data": str(data), "id_field": "id"}],
            }
        },
    }


@contextmanager
def pygeoapi(data: Path, box: tuple[float, ...], folder: Path) -> Iterator[str]:
    """The landing page of a server with one collection, "parks", of a file. `folder` is where it works."""
    python, port = ENVIRONMENT.python(), free_port()
    address = f"http://127.0.0.1:{port}"
    configuration, description = folder / "pygeoapi.yml", folder / "openapi.yml"
    configuration.write_text(json.dumps(_configuration(address, port, data, box)))  # JSON is YAML
    environment = clean(
        PYGEOAPI_CONFIG=str(configuration), PYGEOAPI_OPENAPI=str(description), PYTHONDONTWRITEBYTECODE="1"
    )
    words = [python.parent / "pygeoapi", "openapi", "generate", configuration, "--output-file", description]
    done = subprocess.run(
        [*as_nobody(), *words], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with running([python, "-c", _SERVE, str(port)], f"{address}/?f=json", folder, environment):
        yield address
