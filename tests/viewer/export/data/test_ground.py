"""Pictures for formats of data: both sides of a comparison on the same ground, and a map without what is withheld."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from pathlib import Path
from threading import get_ident
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.rows import Comparison
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.conftest import pixels
from tests.viewer.export.data.conftest import FOLDER, PLANTED
from tests.viewer.export.data.hidden_words import words_in
from viewer.canvas.scene import MapScene
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.ground import GroundPictures, shown_document
from viewer.export.data.kmz import kmz_bytes
from viewer.export.data.report import report_html
from viewer.export.headless import Studio
from viewer.export.held_scenes import make_held

WEST, SOUTH, EAST, NORTH = 10.0, 50.0, 11.0, 51.0


def image(folder: Path, name: str, color: tuple[int, int, int], date: str, bounds: Bounds) -> Layer:
    values = np.broadcast_to(np.array(color, np.uint8)[:, None, None], (3, 64, 64)).copy()
    path = write_raster(folder / f"{name}.tif", values, "EPSG:4326", bounds, photometric="RGB")
    return Layer(
        uuid=name,
        kind="raster",
        name=f"{FOLDER}/{name}",
        source_json=f'{{"path": "{path}"}}',
        credit=f"© {name}",
        acquired_at=date,
        date_kind="interval" if date else "unknown",
    )


@pytest.fixture
def compared(case: Document, tmp_path: Path) -> Document:
    """A red image of 1985 and a larger blue one of 2020, compared."""
    old = image(tmp_path, "old", (200, 0, 0), "1985", Bounds(WEST, SOUTH, EAST, NORTH))
    new = image(tmp_path, "new", (0, 0, 200), "2020", Bounds(WEST - 1, SOUTH - 1, EAST + 1, NORTH + 1))
    row = Comparison(uuid="c", name="Then and now", spec_json=spec_of(["old"], ["new"]).to_json())
    odd = Comparison(uuid="odd", name="Odd", spec_json='{"frames": [{"layers": ["gone"]}, {"layers": [1]}]}')
    rows = {table: tuple(case.table(table).values()) for table in ("sites", "claims", "claim_sites", "meta")}
    return Document({**rows, "layers": [new, old], "comparisons": [row, odd]})


def drawn(studio: Studio, told: DataExport, crs: str = "", *, with_map: bool = False) -> DataExport:
    pictures = GroundPictures(
        told, lambda make, rows: studio.scene_made(partial(make_held, make), rows), crs, with_map=with_map
    )
    made = studio.in_job(pictures.make)
    assert pictures.problems == []
    return made


@pytest.mark.bounded
def test_both_sides_of_a_comparison_lie_on_the_same_ground_with_their_dates(studio: Studio, compared: Document) -> None:
    told = drawn(studio, data_export(compared, ".kmz", lambda uuids: {}), WGS84)
    old, new = told.overlays
    assert (old.name, old.begin, old.end) == (f"{FOLDER}/old", "1985", "1985")
    assert (new.name, new.begin, new.end) == (f"{FOLDER}/new", "2020", "2020")
    assert "© old" in old.words
    assert "1985" in old.words
    assert old.bounds == new.bounds
    assert np.allclose(old.bounds, (WEST, SOUTH, EAST, NORTH), atol=2e-3)
    for picture, color in ((old, (200, 0, 0)), (new, (0, 0, 200))):
        seen = pixels(QImage.fromData(picture.data))
        assert seen.shape[:2] == (1200, 1200)
        assert np.abs(seen[5:-5:50, 5:-5:50] - color).max() < 3, "nothing but the image itself"


@pytest.mark.bounded
def test_an_image_that_lies_under_another_is_not_credited(studio: Studio, compared: Document) -> None:
    """Neither by the map and its finer pictures nor by a frame that has both."""
    layers = [replace(compared.layers[name], order_key=at) for at, name in enumerate(("old", "new"))]
    row = Comparison(uuid="c", name="Both", spec_json=spec_of(["old", "new"], ["old"]).to_json())
    rows = {table: tuple(compared.table(table).values()) for table in ("sites", "meta")}
    document = Document({**rows, "layers": layers, "comparisons": [row]})
    told = drawn(studio, data_export(document, ".html", lambda uuids: {}), with_map=True)
    assert told.map is not None
    credited = [" ".join(told.map.credits), *(picture.words for picture in told.overlays)]
    seen = [[name for name in ("new", "old") if f"© {name}" in words] for words in credited]
    assert seen == [["new"], ["new"], ["old"]]


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:4326", Bounds(10, 50, 11, 51)),
        ("EPSG:32632", Bounds(500_000, 5_540_000, 580_000, 5_620_000)),
        ("EPSG:3857", Bounds(1_100_000, 6_450_000, 1_200_000, 6_530_000)),
        ("EPSG:3995", Bounds(200_000, -2_400_000, 300_000, -2_300_000)),
    ],
)
def test_overlays_of_a_kmz_lie_where_their_image_does(studio: Studio, tmp_path: Path, crs: str, bounds: Bounds) -> None:
    """Within half a pixel, by the box that the file states: a square of the image is looked for."""
    side, first, last = 400, 120, 150
    values = np.zeros((3, side, side), np.uint8)
    values[:, first:last, first:last] = 255
    path = write_raster(tmp_path / "x.tif", values, crs, bounds, photometric="RGB")
    layer = Layer(uuid="x", kind="raster", name="x", source_json=f'{{"path": "{path}"}}', credit="© x")
    row = Comparison(uuid="c", name="c", spec_json=spec_of(["x"], ["x"]).to_json())
    document = Document({"layers": [layer], "comparisons": [row]})
    told = drawn(studio, data_export(document, ".kmz", lambda uuids: {}), WGS84)
    with zipfile.ZipFile(io.BytesIO(kmz_bytes(document, told.content, [], told.overlays))) as archive:
        kml, data = archive.read("doc.kml").decode(), archive.read("ground/1.png")
    north, south, east, west = (
        float(kml.split(f"<{side}>")[1].split("<")[0]) for side in ("north", "south", "east", "west")
    )
    seen = pixels(QImage.fromData(data))[:, :, 0].astype(float)
    rows, columns = np.nonzero(seen > 127)
    height, width = seen.shape
    middle = (first + last) / 2 / side
    x, y = bounds.left + middle * bounds.width, bounds.top - middle * bounds.height
    lon, lat = transform_points(crs, WGS84, x, y)
    assert columns.mean() + 0.5 == pytest.approx((float(lon) - west) / (east - west) * width, abs=0.5)
    assert rows.mean() + 0.5 == pytest.approx((north - float(lat)) / (north - south) * height, abs=0.5)


def test_what_has_no_place_on_the_map_is_left_out(studio: Studio, compared: Document, tmp_path: Path) -> None:
    far = replace(spec_of(["old"], ["new"]), bounds=Bounds(10, 86, 11, 89))
    gone = replace(compared.layers["old"], uuid="gone", source_json='{"path": "/nowhere/x.tif"}')
    rows = [
        Comparison(uuid="far", name="Far", spec_json=far.to_json()),
        Comparison(uuid="gone", name="Gone", spec_json=spec_of(["gone"], ["new"]).to_json()),
    ]
    document = Document({"layers": [*compared.layers.values(), gone], "comparisons": rows})
    told = data_export(document, ".html", lambda uuids: {})
    pictures = GroundPictures(told, lambda make, rows: studio.scene_made(partial(make_held, make), rows), with_map=True)
    made = studio.in_job(pictures.make)
    assert [picture.group for picture in made.overlays] == [0, 0], "a polar map, and nothing of what is not there"
    assert made.map is not None, "the layers, where there are no marks"
    assert pictures.problems
    report_html(made)


@pytest.mark.bounded
def test_the_map_shows_the_marks_of_the_product_and_no_other(studio: Studio, compared: Document) -> None:
    told = drawn(studio, data_export(compared, ".html", lambda uuids: {}, bounds=Bounds(10, 50, 12, 52)), with_map=True)
    assert told.map is not None
    assert set(told.map.places) == {"port", "pad", "note", "draft"}
    published = drawn(
        studio,
        data_export(
            compared,
            ".html",
            lambda uuids: {},
            bounds=Bounds(10, 50, 12, 52),
            publish=True,
            marking="TLP:GREEN",
        ),
        with_map=True,
    )
    assert published.map is not None
    told_rows = shown_document(published).sites
    assert set(told_rows) == {"port", "pad", "note"}
    assert not any(site.label or site.aliases for site in told_rows.values()), "numbers stand at them"
    assert [picture.name for picture in published.overlays] == ["old", "new"], "folders are nobody's business"
    assert words_in(report_html(published).encode(), PLANTED) == set()
    assert words_in(kmz_bytes(compared, published.content, [], published.overlays), PLANTED) == set()
    assert set(published.map.places) == {"port", "pad", "note"}
    picture = QImage.fromData(published.map.data)
    assert picture.size().toTuple() == (published.map.width, published.map.height)
    reading = published.map.reading
    assert set(reading.signs) == {"port", "pad"}, "a note is an area: it is painted into the map"
    assert np.ptp(pixels(QImage.fromData(reading.signs["port"])).reshape(-1, 3), axis=0).max() > 60
    assert {"Port", "Launch site (planned)"} <= {line.text for line in reading.legend}
    assert "Coordinates: WGS 84" in reading.projection
    assert len(reading.scale) == 81
    assert any("© new" in credit for credit in published.map.credits)
    assert [picture.group for picture in published.overlays] == [0, 0]


@pytest.mark.bounded
def test_a_stretch_that_is_matched_is_shown_and_said(studio: Studio, compared: Document, tmp_path: Path) -> None:
    """The export showed each image in its own stretch, whatever the comparison said."""
    rng, rows = np.random.default_rng(7), []
    scene = rng.integers(0, 1000, (1, 64, 64))
    for name, date, values in (("old", "1985", scene), ("new", "2020", scene * 3 + 500)):
        place = Bounds(WEST, SOUTH, EAST, NORTH)
        path = write_raster(tmp_path / f"{name}16.tif", values.astype(np.uint16), "EPSG:4326", place)
        rows.append(replace(compared.layers[name], source_json=f'{{"path": "{path}"}}', acquired_at=date))
    pictures = {}
    for is_matched in (False, True):
        spec = replace(spec_of(["old"], ["new"]), match=is_matched)
        row = Comparison(uuid="c", name="Then and now", spec_json=spec.to_json())
        told = drawn(studio, data_export(Document({"layers": rows, "comparisons": [row]}), ".html", lambda uuids: {}))
        pictures[is_matched] = told.overlays
    old, new = pictures[True]
    assert new.stretch == "stretch matched to Before, band by band"
    assert pictures[False][1].stretch == "band 1, stretched to 2 – 98 % of the image"
    seen = [pixels(QImage.fromData(picture.data))[5:-5:50, 5:-5:50].astype(int) for picture in (old, new)]
    assert np.abs(seen[0] - seen[1]).max() <= 3, "the same ground has the same tones"
    assert "Stretch matched to Before, band by band." in report_html(told)


def test_pictures_are_painted_in_jobs_while_their_scenes_hold_still(
    studio: Studio, compared: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a hundred marks a map took a fourteenth of a second, in which no key was heard."""
    threads, paint = set[int](), MapScene.paint_map

    def painted(scene: MapScene, *args: Any, **more: Any) -> None:
        threads.add(get_ident())
        assert scene.context.mailbox.is_held
        paint(scene, *args, **more)

    monkeypatch.setattr(MapScene, "paint_map", painted)
    assert drawn(studio, data_export(compared, ".html", lambda uuids: {}), with_map=True).map is not None
    assert threads
    assert get_ident() not in threads
