"""One mark of each kind about a place, and many of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.marks.mark_shape import (
    Arrow,
    Callout,
    Circle,
    Freehand,
    MarkShape,
    Numbered,
    RangeRing,
    Rectangle,
    TextMark,
    as_json,
    is_annotation,
)
from layers.document.rows import ClaimEvidence
from layers.document.site import Site
from layers.document.vocabulary import BEARINGS
from tests.support.cases.rich import rich_document


def mark(uuid: str, shape: MarkShape, geometry: BaseGeometry | None = None, **fields: Any) -> Site:
    if geometry is None:
        assert isinstance(shape, Rectangle | Circle | RangeRing)
        geometry = shape.geometry()
    kind = "annotation" if is_annotation(shape) else "site"
    return Site(uuid=uuid, geometry=geometry, shape_json=as_json(shape), mark_kind=kind, **fields)


def marked_document() -> Document:
    """A row in every table, and a mark of every kind."""
    rows = {table: list(rich_document().table(table).values()) for table in TABLES}
    sites = [*rows["sites"], *marks_of_every_kind()]
    return Document({**rows, "sites": sites, "claim_evidence": [*rows["claim_evidence"], *evidence_of_every_table()]})


def evidence_of_every_table() -> Iterator[ClaimEvidence]:
    """A link of a claim with a row of each table that may be evidence, beside that with an observation."""
    rows = {
        "chips": "chip",
        "searches": "search",
        "site_point": "site-point",
        "site_line": "site-line",
        "site_polygon": "site-area",
        "claims": "claim-2",
    }
    for number, (table, uuid) in enumerate(rows.items()):
        bearing = BEARINGS[number % len(BEARINGS)]
        yield ClaimEvidence(
            uuid=f"ce-{table}",
            claim_uuid="claim-1",
            evidence_table=table,
            evidence_uuid=uuid,
            bearing=bearing,
            note="a part of it",
        )


def marks_of_every_kind(lon: float = 10.0, lat: float = 50.0, size: float = 0.1, prefix: str = "") -> Iterator[Site]:
    """Fourteen marks within `size` degrees of a place."""

    def at(x: float, y: float) -> tuple[float, float]:
        return lon + x * size, lat + y * size * 0.65

    metres = size * 70_000
    yield Site(uuid=f"{prefix}point", geometry=shapely.Point(at(-0.9, 0.8)), label="Point")
    yield Site(uuid=f"{prefix}line", geometry=shapely.LineString([at(-0.9, 0.4), at(-0.4, 0.5)]), label="Line")
    yield Site(
        uuid=f"{prefix}polygon", geometry=shapely.Polygon([at(-0.9, 0), at(-0.5, 0), at(-0.6, 0.25)]), label="Polygon"
    )
    yield mark(f"{prefix}rectangle", Rectangle(at(0, 0.7), metres * 0.4, metres * 0.25, 0.0), label="Rectangle")
    yield mark(f"{prefix}turned", Rectangle(at(0.7, 0.7), metres * 0.4, metres * 0.25, 30.0), label="Turned")
    yield mark(f"{prefix}circle", Circle(at(0, 0), metres * 0.2), label="Circle", role="named in a claim")
    yield mark(f"{prefix}ring", RangeRing(at(0.65, -0.1), (metres * 0.15, metres * 0.35)), label="Range rings")
    yield mark(f"{prefix}arrow", Arrow(), shapely.LineString([at(-0.35, -0.2), at(-0.15, 0.5)]), label="Arrow")
    yield mark(f"{prefix}both", Arrow("both"), shapely.LineString([at(-0.8, -0.2), at(-0.4, -0.35)]))
    freehand = [at(-0.9 + i * 0.02, -0.6 + 0.08 * ((i % 7) - 3) / 3) for i in range(30)]
    yield mark(f"{prefix}freehand", Freehand(5.0), shapely.LineString(freehand), label="Freehand")
    yield mark(
        f"{prefix}text",
        TextMark("Launch mount,\nmoved 2023"),
        shapely.Point(at(0, -0.6)),
        label="Launch mount, moved 2023",
    )
    callout = Callout("Tower not seen\non 3 May 2021", at(0.55, -0.75))
    words = "Tower not seen on 3 May 2021"
    yield mark(f"{prefix}callout", callout, shapely.Point(at(0.2, -0.35)), label=words)
    yield mark(f"{prefix}one", Numbered(1), shapely.Point(at(-0.3, -0.8)), number=1, label="First tank")
    yield mark(f"{prefix}two", Numbered(12, True), shapely.Point(at(-0.15, -0.8)), number=12)
