"""Marks are solid on the image that tells of them, and the place of something on any other."""

from __future__ import annotations

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.site import Site
from layers.document.vocabulary import PRESENCES
from viewer.canvas.sites.place_of import place_of, solid_marks

IMAGES = ("old", "new", "other")


def layer(uuid: str, **source: object) -> Layer:
    return Layer(uuid=uuid, kind="raster", name=uuid, source_json=json.dumps(source or {"path": f"/{uuid}.tif"}))


def image(layer_uuid: str, acquired_at: str = "") -> Image:
    return Image(uuid=f"image of {layer_uuid}", image_key=layer_uuid, layer_uuid=layer_uuid, acquired_at=acquired_at)


def mark(uuid: str, image_uuid: str = "", **more: object) -> Site:
    return Site(uuid=uuid, geometry=shapely.Point(10, 50), label=f"Site {uuid}", image_uuid=image_uuid, **more)


@pytest.mark.bounded
@given(st.lists(st.sampled_from(["", *IMAGES]), max_size=6), st.data())
def test_solid_is_what_was_marked_on_it_or_seen_on_it(marked: list[str], data: st.DataObject) -> None:
    sites = [mark(str(n), f"image of {on}" if on else "") for n, on in enumerate(marked)]
    look = st.tuples(st.integers(0, 7).map(str), st.sampled_from(IMAGES), st.sampled_from([*PRESENCES, "", "odd"]))
    looks = data.draw(st.lists(look, max_size=8))
    rows = [
        Observation(uuid=f"o{n}", site_uuid=site, image_uuid=f"image of {on}", presence=what)
        for n, (site, on, what) in enumerate(looks)
    ]
    layers = [layer(uuid) for uuid in IMAGES]
    document = Document({"sites": sites, "images": map(image, IMAGES), "observations": rows, "layers": layers})
    shown = data.draw(st.sets(st.sampled_from(IMAGES)))
    present = {site for site, on, what in looks if on in shown and what == "present"}
    expected = {site.uuid for n, site in enumerate(sites) if marked[n] in shown or site.uuid in present}
    rows_shown = [row for row in layers if row.uuid in shown]
    assert solid_marks(document, rows_shown) == expected
    some = data.draw(st.sets(st.integers(0, 7).map(str)))
    assert solid_marks(document, rows_shown, some) == expected & some


def test_the_same_file_in_another_layer_is_the_same_image() -> None:
    twice = layer("twice", path="/old.tif")
    document = Document(
        {"sites": [mark("a", "image of old")], "images": [image("old")], "layers": [layer("old"), twice]}
    )
    assert solid_marks(document, [twice]) == {"a"}
    assert solid_marks(document, [replace(twice, source_json='{"path": "/old.tif", "part": "1"}')]) == frozenset()
    assert solid_marks(document, [replace(twice, source_json="{")]) == frozenset()


def test_another_day_of_a_service_is_another_image() -> None:
    service = replace(layer("s", template="https://a/{z}/{x}/{y}", time="2020-08-01"), kind="tiles")
    marks, images = [mark("a", "image of s")], [image("s", "2020-08-01")]
    document = Document({"sites": marks, "images": images, "layers": [service]})
    assert solid_marks(document, [service]) == {"a"}
    other = replace(service, source_json=json.dumps({**service.source, "time": "2021-08-01"}))
    assert solid_marks(document, [other]) == frozenset()
    assert solid_marks(document, [replace(service, source_json='{"template": "x", "time": {"a": []}}')]) == frozenset()


def test_the_place_of_a_mark_says_so_and_is_all_else_that_the_mark_is() -> None:
    site = mark("a", lifecycle="operating", role="setting")
    place = place_of(site)
    assert all(getattr(place, name) == getattr(site, name) for name in Site.__struct_fields__)
    assert place.may_not_exist
    assert place.with_doubt("Pier 4") == "place of Pier 4"
    assert place.with_doubt("") == ""
    planned = place_of(replace(site, lifecycle="planned", valid_from="2030"))
    assert planned.with_doubt("Pier 4") == "place of Pier 4 (planned 2030)"
