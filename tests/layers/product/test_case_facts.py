"""The check of a case's default product by its rows alone: the demo passes, and does not once something is stripped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.claim import Claim
from layers.document.comparison import Frame, spec_of
from layers.document.document import Document
from layers.document.edit import TABLES, Table
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, Comparison, Product, Row
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.product.case_facts import default_specs, facts_of_case, image_fact, marks_of, saved_specs
from layers.product.gathering import content_of
from layers.product.lint.check import findings, unexplained
from layers.product.lint.finding import Finding
from layers.product.spec import ProductMap, ProductSpec


def found_in(document: Document, layout: str = "single") -> list[Finding]:
    found = []
    for spec in default_specs(document, layout, "demo"):
        marks = marks_of(document, spec)
        content = content_of(document, marks, spec.publish, spec.marking)
        found += unexplained(findings(spec, content, facts_of_case(document, spec, marks, None)))
    return found


def changed(document: Document, table: Table, change: Callable[..., Row | None]) -> Document:
    """The same case with each row of a table changed, or left out where that gives None."""
    rows: dict[Table, list[Row]] = {name: list(document.table(name).values()) for name in TABLES}
    rows[table] = [row for row in map(change, rows[table]) if row is not None]
    return Document(rows)


@pytest.mark.parametrize("layout", ["single", "plain", "insets", "panels", "site"])
def test_the_unaltered_demo_has_no_unexplained_finding(demo: Document, layout: str) -> None:
    assert found_in(demo, layout) == []


STRIPPED: dict[str, tuple[Table, Callable[..., Row | None], str]] = {
    "the coast's credit": (
        "layers",
        lambda row: replace(row, credit="") if row.name == "Coast" else row,
        "image-credit",
    ),
    "every credit": ("layers", lambda row: replace(row, credit=""), "image-credit"),
    "the answers": ("responses", lambda row: None, "named-party"),
    "the exact words": ("claims", lambda row: replace(row, source_wording="", made_by=""), "named-party"),
    "the claims of the firms": ("claim_sites", lambda row: None, "named-party"),
    "the word on access": ("sources", lambda row: replace(row, descriptor=""), "source-accessed"),
    "the sources": ("claim_sources", lambda row: None, "sourced"),
    "a low marking": ("sources", lambda row: replace(row, marking="TLP:AMBER"), "marking-high-enough"),
    "the author": ("meta", lambda row: None if row.key == "author" else row, "author"),
    "that it is a composite": ("layers", lambda row: replace(row, date_kind="unknown"), "image-date-known"),
}


@pytest.mark.parametrize("what", STRIPPED)
def test_a_demo_that_is_stripped_fails(demo: Document, what: str) -> None:
    table, change, rule = STRIPPED[what]
    assert rule in {one.rule for one in found_in(changed(demo, table, change))}


def test_images_tell_what_their_layers_do_not() -> None:
    layer = Layer(uuid="l", kind="raster", name="Scene")
    image = Image(uuid="i", image_key="k", layer_uuid="l", acquired_at="1985-01-01/1985-12-31", date_kind="interval")
    image = replace(image, date_basis="analyst", sensor="Landsat 5 TM", credit="USGS", licence="public domain")
    fact = image_fact(layer, image)
    assert (fact.date, fact.sensor, fact.credit, fact.licence) == (
        "1985 (known to the year, from the analyst)",
        "Landsat 5 TM",
        "USGS",
        "public domain",
    )
    assert image_fact(layer).date == "date unknown"
    assert image_fact(replace(layer, date_kind="composite", acquired_at="2020")).date == (
        "composite of 2020 (basis not stated)"
    )


def test_marks_are_those_in_the_frames(demo: Document) -> None:
    everything = marks_of(demo, ProductSpec())
    assert len(everything) == len(demo.sites)
    china = ProductSpec(bounds=Bounds(110, 25, 125, 42))
    some = marks_of(demo, china)
    assert 0 < len(some) < len(everything)
    own = replace(china, maps=(ProductMap(marks=tuple(some[:2])), ProductMap(marks=(some[3], "none such"))))
    assert marks_of(demo, own) == [some[0], some[1], some[3]]


def test_kept_products_are_checked_in_their_newest_version() -> None:
    spec = ProductSpec(title="A")
    rows = [
        Product(uuid="p1", name="A", layout_json=spec.to_json()),
        Product(uuid="p2", name="A", version=2, previous_uuid="p1", layout_json=replace(spec, title="B").to_json()),
        Product(uuid="plate", name="C", layout_json='{"kind": "match plate"}'),
    ]
    assert [(row.uuid, kept.title) for row, kept in saved_specs(Document({"products": rows}))] == [("p2", "B")]


def test_before_and_after_are_the_frames_of_a_comparison() -> None:
    compared = spec_of(["a"], ["b"], match=True)
    document = Document({"comparisons": [Comparison(uuid="c", name="x", spec_json=compared.to_json())]})
    (spec,) = default_specs(document, "before-after")
    assert (spec.comparison, spec.match) == ("c", True)
    assert [one.frame for one in spec.maps] == [Frame(("a",)), Frame(("b",))]
    with pytest.raises(InvalidValue):
        default_specs(Document(), "before-after")
    with pytest.raises(InvalidValue):
        default_specs(Document(), "site")


def test_the_marks_of_a_site_page_are_its_own_and_those_its_claims_name() -> None:
    sites = [Site(uuid=name, geometry=Point(1, 2), label=name) for name in ("port", "firm", "other")]
    links = [ClaimSite(uuid=f"l{name}", claim_uuid="c", site_uuid=name) for name in ("firm", "port", "gone")]
    document = Document({"sites": sites, "claims": [Claim(uuid="c")], "claim_sites": links})
    assert marks_of(document, ProductSpec(layout="site", site="port")) == ["port", "firm"]
    assert marks_of(document, ProductSpec(layout="site", site="gone")) == ["firm", "port"]
