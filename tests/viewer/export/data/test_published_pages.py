"""Published pages hold no name, path, draft, internal source, case id or deleted text, in any printed format."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.layer import Layer
from layers.document.rows import Bookmark, MetaEntry
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.project.saving.publish import write_case
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.data.conftest import CASE_ID, FOLDER, INTERNAL, NOTE, PLANTED, USER, png_of
from tests.viewer.export.data.hidden_words import words_in
from viewer.__main__ import main

MARKING = "UNCLASSIFIED // TLP:GREEN"
KINDS = (".pdf", ".png", ".svg", ".tif", ".jpg", ".webp")


@pytest.fixture
def saved(case: Document, tmp_path: Path) -> Path:
    """The case with an image whose name and file tell of a folder, a bookmark of it, and a title that holds a path."""
    folder = tmp_path / USER
    folder.mkdir()
    y, x = np.mgrid[0:64, 0:64]
    values = np.stack((60 + x, 60 + y, np.full_like(x, 90))).astype(np.uint8)
    write_raster(folder / "scene.tif", values, "EPSG:4326", Bounds(9, 49, 12, 52), photometric="RGB")
    rows = {table: list(case.table(table).values()) for table in TABLES}
    rows["layers"] = [
        Layer(
            uuid="scene",
            kind="raster",
            name=f"{FOLDER}/scene.tif",
            source_json=json.dumps({"path": "scene.tif"}),
            credit="© A Provider",
            created_by=USER,
        )
    ]
    rows["images"] = [replace(case.images["image"], layer_uuid="scene", image_key="file:scene")]
    rows["bookmarks"] = [
        Bookmark(
            uuid="b",
            name="The quay",
            viewport_json=json.dumps({"crs": "EPSG:3857", "bounds_lonlat": [10.2, 50.2, 10.8, 50.8]}),
            created_by=USER,
        )
    ]
    others = [row for row in rows["meta"] if row.uuid != "title"]
    rows["meta"] = [*others, MetaEntry(uuid="title", value=f"Ports and firms of {FOLDER}/case.gpkg")]
    path = folder / f"{NOTE}.gpkg"
    blobs = {("chips", "chip"): png_of(USER), ("chips", "secret"): png_of(INTERNAL)}
    write_case(Document(rows), path, project_uuid=CASE_ID, blobs=blobs)
    return path


@pytest.fixture(autouse=True)
def inline(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))


def pages(saved: Path, out: Path, *options: str) -> list[bytes]:
    """The files of all pages."""
    words = [str(saved), "--out", str(out), "--size", "900x700", "--marking", MARKING, *options]
    assert main(["export", *words]) == 0
    found = sorted(out.parent.glob(f"{out.stem}*{out.suffix}"))
    assert out in found
    return [path.read_bytes() for path in found]


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(7)
@pytest.mark.parametrize("subject", [(), ("--site", "port"), ("--bookmark", "The quay")], ids=["case", "site", "view"])
@pytest.mark.parametrize("suffix", KINDS)
def test_no_byte_of_a_published_page_tells_what_is_internal(
    saved: Path, tmp_path: Path, suffix: str, subject: tuple[str, ...]
) -> None:
    files = pages(saved, tmp_path / f"out{suffix}", "--publish", *subject)
    assert set().union(*(words_in(data, [*PLANTED, str(tmp_path)]) for data in files)) == set()
    if suffix in (".pdf", ".svg"):
        told = ["TLP:GREEN", "=Port", "the port is used", "© A Provider", "scene.tif", "likely"]
        assert set().union(*(words_in(data, told) for data in files)) == {*told}, "what may stand there does"


@pytest.mark.bounded
def test_the_search_finds_them_in_a_page_for_the_desk(saved: Path, tmp_path: Path) -> None:
    for suffix in (".pdf", ".svg"):
        found = set().union(*(words_in(data, PLANTED) for data in pages(saved, tmp_path / f"out{suffix}")))
        assert {USER, INTERNAL, "quagga-desk"} <= found, suffix
        assert CASE_ID not in found
