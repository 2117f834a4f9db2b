"""The GeoPackage of a part of a case: a sound case of its own, that GDAL opens, without the history of another."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from layers.document.alias import origin_of
from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.pool.pool import ReaderPool
from layers.product.bare_picture import bare_picture
from layers.project.storage.integrity import Integrity
from tests.support.cases.rich import read_case
from tests.support.qgis.peers import clean, need
from tests.viewer.export.data.conftest import ENTITIES, png_of
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import data_export


def made(case: Document, pool: ReaderPool, path: Path, **options: object) -> Document:
    write_data(data_export(case, ".gpkg", lambda uuids: {"chip": png_of()}, **options), path, pool)
    intake = read_case(path)
    assert intake.integrity is Integrity.INTACT
    assert not intake.problems
    return intake.document


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("publish", [False, True])
def test_gdal_counts_what_the_case_has(case: Document, pool: ReaderPool, tmp_path: Path, publish: bool) -> None:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    path = tmp_path / "x.gpkg"
    document = made(case, pool, path, publish=publish, marking="TLP:GREEN" if publish else "")
    run = subprocess.run(["ogrinfo", "-json", "-features", path], capture_output=True, text=True, env=clean())
    layers = {layer["name"]: layer["features"] for layer in json.loads(run.stdout)["layers"]}
    labels = [
        row["properties"]["label"]
        for name in layers
        if name.startswith("site_")
        for row in layers[name]
        if name.count("_") == 1
    ]
    assert sorted(labels) == sorted(site.label for site in document.sites.values())
    assert len(labels) == (5 if publish else 6)
    assert len(layers["claims"]) == len(document.claims) == (3 if publish else 4)
    assert len(layers["responses"]) == len(case.responses)
    assert len(layers["sources"]) == (1 if publish else 2)
    (judged,) = (row["properties"] for row in layers["claims"] if row["properties"]["state"] == "assessed")
    assert (judged["likelihood_term"], judged["confidence"]) == ("likely", "moderate")
    (firm,) = (site for site in document.sites.values() if site.label == ENTITIES)
    assert firm.is_area, "a circle of its error wherever it is drawn"
    assert document.meta("marking") == ("UNCLASSIFIED // TLP:GREEN" if publish else "UNCLASSIFIED // TLP:RED")
    with closing(sqlite3.connect(path)) as connection:
        private = ("custody", "product_rows", "source_files", "loupe_watch", "loupe_seen")
        for table in ("loupe_history", "loupe_tombstones", "comments", "products", "loupe_bookmarks", *private):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        assert connection.execute("SELECT count(*) FROM chips WHERE data IS NOT NULL").fetchone() == (1,)


def test_a_published_one_keeps_the_words_of_schema_3_that_readers_need(
    case: Document, pool: ReaderPool, tmp_path: Path
) -> None:
    document = made(case, pool, tmp_path / "x.gpkg", publish=True, marking="TLP:GREEN")
    firm = document.sites["firm"]
    assert firm.identity_note == "The full name is ours"
    assert [(*alias, *origin_of(alias)) for alias in firm.aliases] == [
        ("zh", "武汉公司", "", True),
        ("en", "The firm", "", False),
    ], "the source of a name that is internal is left out"
    claim, source = document.claims["judged"], document.sources["s1"]
    assert (claim.words_kind, claim.indicators, claim.change_note) == ("as reported", "", "")
    assert (source.context, source.evaluated, source.machine_json) == ("The port is open to all", None, "")
    assert (document.chips["chip"].machine_json, document.observations["o1"].target) == ("", "")
    (link,) = document.links.claim_to_evidence("judged")
    assert (link.evidence_uuid, link.bearing, link.note) == ("accuses", "against", "")


def test_of_one_site_or_an_extent_only_that_goes_along(case: Document, pool: ReaderPool, tmp_path: Path) -> None:
    one = made(case, pool, tmp_path / "one.gpkg", sites=["firm"])
    assert (set(one.sites), set(one.claims), set(one.sources)) == ({"firm"}, {"accuses"}, {"s1", "s2"}), (
        "the source of its other name goes along"
    )
    part = made(case, pool, tmp_path / "part.gpkg", bounds=Bounds(10.4, 50.4, 10.8, 50.7))
    assert set(part.sites) == {"port", "pad", "note"}
    assert set(part.claims) == {"judged", "withdrawn"}
    assert list(part.chips) == ["chip"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_bare_picture_has_the_same_pixels_and_no_word(kind: str, qapp: object) -> None:
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(0x336699)
    picture.setText("Comment", "okapi")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, kind)
    data = bytes(buffer.data().data())
    if kind == "JPEG":
        said = b"okapi exif"
        data = data[:2] + b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said + data[2:]
    if kind == "WEBP":
        data = data[:4] + (len(data) + 8).to_bytes(4, "little") + data[8:] + b"EXIF\x08\0\0\0okapi   "
    bare = bare_picture(data, f"image/{kind.lower()}")
    assert bare is not None
    assert b"okapi" in data
    assert b"okapi" not in bare
    assert QImage.fromData(bare) == QImage.fromData(data)
    for end in range(0, len(data), 7):
        bare_picture(data[:end], f"image/{kind.lower()}")
    assert bare_picture(data, "image/tiff") is None
