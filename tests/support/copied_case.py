"""A small case with marks to copy: one of which every field says something, and what it cites."""

from __future__ import annotations

from shapely import LineString, Point

from layers.document.alias import Alias
from layers.document.document import Document
from layers.document.image import Image
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.document.source import Source

PAD = "00000000-0000-4000-8000-000000000001"
ROAD = "00000000-0000-4000-8000-000000000002"
SOURCE = "00000000-0000-4000-8000-00000000000a"
IMAGE = "00000000-0000-4000-8000-00000000000b"


def full_site() -> Site:
    """A mark of which every field says something."""
    return Site(
        uuid=PAD,
        geometry=Point(128.33456789012345, 51.88),
        layer_uuid="l",
        class_code="launch_site",
        label="Pad 1S “п” 垫",
        aliases=(("ru", "Восточный"), Alias("zh", "东方", is_ours=True), Alias("en", "East", source_uuid=SOURCE)),
        notes="two\nlines",
        role="setting",
        location_country="RU",
        operator_country="RU",
        position_error_m=12.5,
        position_basis="measured on the image",
        position_source_uuid=SOURCE,
        status="reviewed",
        reviewed_by="me",
        reviewed_at="2024-01-01T00:00:00Z",
        observed_at="2024-04-12",
        valid_from="2030",
        valid_to="2040",
        shape_json='{"kind": "circle"}',
        stroke_color="#ff0000",
        fill_color="#00ff00",
        stroke_width=2.5,
        style_json='{"a": 1}',
        props_json='{"b": [1]}',
        mark_kind="search area",
        marking="TLP:AMBER",
        folder="Pads",
        number=4,
        image_uuid=IMAGE,
        pixel_m=0.5,
        base_or_top="base",
        parent_uuid=ROAD,
        lifecycle="planned",
        lifecycle_as_of="2015-09",
        lifecycle_source_uuid=SOURCE,
        identity_note="the number of the pad is ours",
        created_at="2024-01-01T00:00:00Z",
        created_by="me",
        rev=7,
    )


def case() -> Document:
    return Document(
        {
            "sites": [full_site(), Site(uuid=ROAD, geometry=LineString([(179, 1), (181, 2)]), label="Road")],
            "sources": [Source(uuid=SOURCE, title="Plan", url="https://example.org/plan", reliability="B")],
            "images": [Image(uuid=IMAGE, image_key="product:X", acquired_at="2024-04-12", gsd_m=0.5)],
            "claim_sites": [ClaimSite(uuid="k", claim_uuid="c", site_uuid=PAD)],
        }
    )
