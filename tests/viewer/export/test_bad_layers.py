"""A layer that cannot be drawn costs itself: a picture without a window is there at once, and says what lacks."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import ExportFailed
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.project.opening.case_paths import CaseHome
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.said_problems import said_problems
from viewer.canvas.scene import MapScene
from viewer.export.headless import Studio, wait_until
from viewer.rendering.drawing import FailedDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing

FRAME = Bounds(9.0, 49.0, 12.0, 52.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:64, 0:64]
    write_raster(tmp_path / "scene.tif", np.stack((x, y, x)).astype(np.uint8), "EPSG:4326", FRAME, photometric="RGB")
    point = {"type": "Point", "coordinates": [10.5, 50.5]}
    feature = {"type": "Feature", "properties": {"n": 1, "name": "a"}, "geometry": point}
    (tmp_path / "p.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.tif")
    return tmp_path


def raster(**fields: Any) -> Layer:
    source = json.dumps(fields.pop("source", {"path": "scene.tif"}))
    return Layer(uuid="l", **{"kind": "raster", "name": "Scene", "source_json": source} | fields)


def vector(**fields: Any) -> Layer:
    return raster(kind="vector", **{"source": {"path": "p.geojson"}} | fields)


UNKNOWN = '“Scene” cannot be placed: "EPSG:999999" names no CRS we know: choose one such as EPSG:4326 or EPSG:32652.'
STYLE = "The style of Scene does not fit scene.tif: the default is shown."
CASES = {
    "raster in an unknown CRS": (raster(crs="EPSG:999999"), UNKNOWN),
    "vector in an unknown CRS": (vector(crs="EPSG:999999"), UNKNOWN),
    "a CRS of heights": (raster(crs="EPSG:5703"), "tells heights only"),
    "a CRS from the Earth's middle": (vector(crs="EPSG:4978"), "counts from the middle of the Earth"),
    "a CRS of another planet": (vector(crs="IAU_2015:30100"), "which has no place on the Earth"),
    "a CRS of a megabyte": (raster(crs="x" * 1_000_000), "longer than the description of any CRS"),
    "an unknown kind": (raster(kind="hologram"), "“Scene” is of a kind that is not known here (hologram)."),
    "no kind": (raster(kind=""), "of a kind that is not known here (none)"),
    "a folder": (raster(source={"path": "folder"}), "is a folder without a delivery"),
    "a pipe": (raster(source={"path": "pipe.tif"}), "is a pipe, socket or device"),
    "a pipe of features": (vector(source={"path": "pipe.tif"}), "is a pipe, socket or device"),
    "a device": (vector(source={"path": "/dev/zero"}), "a device, which is never read"),
    "a missing file": (vector(source={"path": "no.geojson"}), "no.geojson is not there"),
    "a path of 5,000 letters": (raster(source={"path": "a" * 5000}), "aaaa"),
    "no path": (raster(source={}), "does not say where its data are"),
    "a source that is a list": (raster(source=[1]), "Its source is no JSON object."),
    "a source nested too deep": (raster(source_json='{"path":' + "[" * 100_000), "Its source is nested too deep"),
    "a source without an end": (raster(source_json="{"), "Its source is no JSON"),
    "a bad template": (raster(kind="tiles", source={"template": "https://x.example/{x}"}), "must hold {z}, {x}"),
    "hosts without end": (
        raster(kind="tiles", source={"template": "https://" + "{s}" * 300 + ".example/{z}/{x}/{y}"}),
        "names more than 64 hosts",
    ),
    "a raster style of other bands": (raster(style_json='{"bands": [9, 9, 9]}'), STYLE),
    "a raster style that is a list": (raster(style_json="[]"), STYLE),
    "a raster style nested too deep": (raster(style_json='{"a":' * 100_000), STYLE),
    "a raster style of infinite bands": (raster(style_json='{"bands": [Infinity]}'), STYLE),
    "a vector style of no mode": (vector(style_json='{"mode": "x"}'), "style of Scene cannot be used: A style is one"),
    "a vector style without an end": (vector(style_json="["), "The style of Scene cannot be used: it is no JSON"),
    "a vector style nested too deep": (vector(style_json='{"a":' * 100_000), "cannot be used: it is nested too deep"),
    "a rule that is none": (
        vector(style_json='{"mode": "rules", "classes": [{"rule": "((("}]}'),
        "The style of Scene cannot be used: ((( cannot be understood: it ends too early.",
    ),
    "classes of a column that is not there": (
        vector(style_json='{"mode": "categorised", "column": "no", "classes": [{"value": "x"}]}'),
        "The style of Scene is about a column that p.geojson has not: no.",
    ),
    "labels of a column that is not there": (
        vector(style_json='{"labels": {"text": "{no}"}}'),
        "The style of Scene is about a column that p.geojson has not: no.",
    ),
}


@pytest.mark.bounded_after(10)
@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", CASES)
def test_nobody_waits_for_it(studio: Studio, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two minutes, and then a server was blamed: here the wait is as long as a test may hang."""
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 8000)
    layer, said = CASES[name]
    scene = studio.scene(Document({"layers": [layer]}), CaseHome(str(folder)))
    picture = studio.picture(scene, WEB_MERCATOR, FRAME, 64, 48)
    assert isinstance(picture, QImage)
    (sentence,) = said_problems(scene)
    assert said in sentence
    assert "Scene" in sentence
    draws_all_the_same = "style" in name or "rule" in name or "column" in name
    assert (len(set(memoryview(picture.constBits()).cast("I"))) > 1) == draws_all_the_same, "the data are drawn"


def test_of_very_many_the_first_are_said(studio: Studio, folder: Path) -> None:
    layers = [raster(kind="hologram", name=f"Scene {n}") for n in range(50)]
    named = [Layer(**{f: getattr(one, f) for f in ("kind", "name", "source_json")}, uuid=one.name) for one in layers]
    said = said_problems(studio.scene(Document({"layers": named}), CaseHome(str(folder))))
    assert len(said) == 21
    assert said[-1] == "30 more layers cannot be shown as they should be."


def test_a_crs_that_is_put_right_draws_the_layer(studio: Studio, folder: Path) -> None:
    for make in (raster, vector):
        document = Document({"layers": [make(crs="EPSG:999999")]})
        scene = studio.scene(document, CaseHome(str(folder)))
        assert not isinstance(scene.drawings["l"], FailedDrawing)
        scene.drawings["l"].set_layer(make(crs="EPSG:4326"))
        picture = studio.picture(scene, WEB_MERCATOR, FRAME, 64, 48)
        assert said_problems(scene) == []
        assert len(set(memoryview(picture.constBits()).cast("I"))) > 1
        scene.drawings["l"].set_layer(make(crs="EPSG:999999"))
        blank = studio.picture(scene, WEB_MERCATOR, FRAME, 64, 48)
        assert said_problems(scene) == [UNKNOWN]
        assert len(set(memoryview(blank.constBits()).cast("I"))) == 1, make.__name__


def test_who_is_waited_for_is_named(studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.export.headless.DEADLINE_MS", 100)
    monkeypatch.setattr(RasterDrawing, "is_complete", lambda self, view, copies: False)
    scene = studio.scene(Document({"layers": [raster()]}), CaseHome(str(folder)))
    with pytest.raises(ExportFailed, match="within two minutes: “Scene” did not answer"):
        studio.picture(scene, WEB_MERCATOR, FRAME, 64, 48)


def test_an_error_of_ours_ends_the_wait_at_once(studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: MapScene, *_: object) -> bool:
        raise ZeroDivisionError("ours")

    scene = studio.scene(Document({"layers": [raster()]}), CaseHome(str(folder)))
    studio.context.mailbox.post(fail, scene)
    with pytest.raises(ZeroDivisionError, match="ours"):
        wait_until(lambda: False)
