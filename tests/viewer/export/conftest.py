"""A studio with readers in this process, and a small case with a scene below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from shapely.geometry import LineString, Point, box

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, ClaimSource
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from tests.support.readers.tiny_rasters import write_raster
from viewer.export.headless import Studio
from viewer.rendering.images import argb_of_image

FRAME = Bounds(10.0, 50.0, 11.0, 51.0)


@pytest.fixture
def studio(qapp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    with Studio() as studio:
        yield studio


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Sites inside and outside of FRAME, claims about one inside, one outside and none."""
    y, x = np.mgrid[0:128, 0:128]
    values = np.stack((60 + x, 60 + y, np.full_like(x, 90))).astype(np.uint8)
    path = write_raster(tmp_path / "scene.tif", values, "EPSG:4326", Bounds(8, 48, 13, 53), photometric="RGB")
    source = f'{{"path": "{path}"}}'
    return Document(
        {
            "layers": [
                Layer(
                    uuid="l",
                    kind="raster",
                    name="Scene",
                    source_json=source,
                    credit="A. Provider",
                    acquired_at="2024-04-12T08:05:30Z",
                    date_kind="instant",
                ),
            ],
            "sites": [
                Site(uuid="in", geometry=Point(10.5, 50.5), label="In", class_code="port", role="named in a claim"),
                Site(uuid="in2", geometry=Point(10.7, 50.6), label="In 2", class_code="port", role="named in a claim"),
                Site(uuid="area", geometry=Point(10.3, 50.3), class_code="depot", role="setting", position_error_m=9e3),
                Site(uuid="out", geometry=Point(30, 10), label="Out", class_code="airfield", role="setting"),
                Site(uuid="around", geometry=LineString([(9, 49), (9, 52), (12, 52)]), class_code="rail"),
                Site(uuid="zone", geometry=box(10.6, 50.1, 10.9, 50.3), class_code="area"),
            ],
            "claims": [Claim(uuid=uuid, statement=uuid) for uuid in ("here", "there", "nowhere")],
            "claim_sites": [
                ClaimSite(uuid="1", claim_uuid="here", site_uuid="in"),
                ClaimSite(uuid="2", claim_uuid="there", site_uuid="out"),
                ClaimSite(uuid="3", claim_uuid="here", site_uuid="in2"),
            ],
            "sources": [
                Source(uuid=f"s-{uuid}", title=f"On {uuid}", publisher="Press", published_at="2024-04-13")
                for uuid in ("here", "there", "nowhere", "unused")
            ],
            "claim_sources": [
                ClaimSource(uuid=f"cs-{uuid}", claim_uuid=uuid, source_uuid=f"s-{uuid}")
                for uuid in ("here", "there", "nowhere")
            ],
        }
    )


def pixels(image: QImage) -> np.ndarray:
    """(h, w, 3) red, green, blue."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return argb_of_image(image).view(np.uint8).reshape(image.height(), image.width(), 4)[..., 2::-1].astype(int)


def part(picture: np.ndarray, room: QRect) -> np.ndarray:
    return picture[room.top() : room.top() + room.height(), room.left() : room.left() + room.width()]
