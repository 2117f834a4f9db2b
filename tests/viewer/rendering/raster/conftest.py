"""Files on hosts as layers of a case, and a studio that may ask their host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from tests.support.range_server import RangeServer
from viewer.export.headless import Studio


@pytest.fixture
def studio(server: RangeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio with one reader; `server` is that of the test's own module."""
    monkeypatch.setenv("GEOLOUPE_HOME", str(tmp_path / "home"))
    with Studio(consent=[server.host], workers=1) as studio:
        yield studio


def document_of(source: dict[str, str]) -> Document:
    """A case of one image."""
    layer = Layer(uuid="0b0f1c1c-0000-4000-8000-000000000001", kind="raster", name="a", source_json=json.dumps(source))
    return Document({"layers": [layer]})
