"""Attributes are read once, when first needed; filters reach their drawings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import GeoloupeError, InvalidValue
from viewer.commands.layer_filter import filter_of, set_layer_filter
from viewer.rendering.context import RenderContext
from viewer.rendering.vector.attribute_store import AttributeSource, AttributeStore
from viewer.rendering.vector.layer_filters import LayerFilters


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name, "people": people},
            "geometry": {"type": "Point", "coordinates": [n, n]},
        }
        for n, (name, people) in enumerate([("Uglegorsk", 5500), ("Tsiolkovsky", 6200), ("文昌", None)])
    ]
    path = tmp_path / "towns.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def layer_of(path: Path, filter_: str = "") -> Layer:
    source = {"path": str(path)} | ({"filter": filter_} if filter_ else {})
    return Layer(uuid="towns", kind="vector", name="Towns", source_json=json.dumps(source))


class Drawing:
    """Keeps which features it was told to show."""

    def __init__(self) -> None:
        self.shown: list[list[int] | None] = []

    def set_filter(self, fids: np.ndarray | None) -> None:
        self.shown.append(None if fids is None else fids.tolist())


@pytest.fixture
def store(context: RenderContext) -> AttributeStore:
    return AttributeStore(context.pool, context.jobs)


def test_columns_are_read_once_and_only_those_asked_for(towns, store, context) -> None:
    source, found, failed = AttributeSource.of(layer_of(towns), towns), [], []
    store.want(source, found.append, failed.append, ["people"])
    store.want(source, found.append, failed.append, ["people"])
    assert context.jobs.wait()
    assert not failed
    assert [each.table.names for each in found] == [("people",), ("people",)]
    assert context.pool.asked["columns"] == 1
    store.want(source, found.append, failed.append, ["people", "name"])
    assert context.jobs.wait()
    assert set(found[-1].table.names) == {"people", "name"}
    assert store.held(source) is None
    store.want(source, found.append, failed.append)
    assert context.jobs.wait()
    assert store.held(source) is found[-1]
    asked = context.pool.asked["columns"]
    store.want(source, found.append, failed.append, ["name"])
    assert found[-1] is store.held(source), "what is there is there at once"
    assert context.pool.asked["columns"] == asked
    store.keep_only(())
    assert store.held(source) is None


def test_who_waits_hears_of_a_failure_and_of_a_cancelled_reading(towns, store, context) -> None:
    failed: list[GeoloupeError] = []
    store.want(AttributeSource(str(towns) + "x", ""), lambda found: None, failed.append, title="Reading")
    assert context.jobs.wait()
    assert "towns.geojsonx" in failed[0].sentence
    source = AttributeSource.of(layer_of(towns), towns)
    store.want(source, lambda found: failed.clear(), failed.append, title="Reading")
    context.jobs.running()[0].cancel()
    assert context.jobs.wait()
    assert len(failed) == 2


def test_a_filter_reaches_the_drawing_and_leaves_it_again(towns, store, context) -> None:
    filters, drawing, heard = LayerFilters(store, context.jobs), Drawing(), []
    filters.changed.connect(heard.append)

    def follow(text: str) -> None:
        layer = layer_of(towns, text)
        filters.follow([layer], {"towns": (drawing, AttributeSource.of(layer, towns))})

    follow("PEOPLE > 6000")
    assert not filters.is_settled()
    assert drawing.shown == [[]], "nothing is shown that the filter may hide"
    assert context.jobs.wait()
    assert filters.is_settled()
    assert drawing.shown[-1] == [2]
    assert filters.counts("towns") == (1, 3)
    follow("name contains '昌' or people is null")
    assert drawing.shown[-1] == [2], "the old picture stands until the new one is known"
    assert context.jobs.wait()
    assert drawing.shown[-1] == [3]
    follow("nosuch = 1")
    assert context.jobs.wait()
    assert "nosuch" in filters.problem("towns")
    assert drawing.shown[-1] is None
    follow("")
    assert drawing.shown[-1] is None
    assert filters.counts("towns") is None
    assert filters.problem("towns") == ""
    assert set(heard) == {"towns"}


def test_a_filter_is_an_edit_of_the_layer() -> None:
    document = Document({"layers": [layer_of(Path("/x.gpkg")), Layer(uuid="r", kind="raster", name="Base")]})
    edit = set_layer_filter(document, "towns", " people > 1 ", actor="Li")
    assert edit.label == "Filter layer “Towns”"
    document.apply(edit)
    assert filter_of(document.layers["towns"]) == "people > 1"
    assert document.layers["towns"].source["path"] == "/x.gpkg"
    assert not set_layer_filter(document, "towns", "people > 1", actor="Li").changes
    document.apply(set_layer_filter(document, "towns", "", actor="Li"))
    assert document.layers["towns"].source == {"path": "/x.gpkg"}
    for uuid, text in (("towns", "people >"), ("r", "a = 1"), ("gone", "a = 1")):
        with pytest.raises(InvalidValue):
            set_layer_filter(document, uuid, text, actor="Li")


def test_a_filter_that_is_no_text_is_none() -> None:
    assert filter_of(Layer(uuid="x", kind="vector", name="X", source_json='{"filter": {"a": 1}}')) == ""
