"""Very long names on a page: shortened on the map, never left out of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import TABLES
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import faults

SPEC = ProductSpec(title="Title of the map", author="An Analyst", bounds=FRAME)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("name", ["A name of many words " * 15, "x" * 300, "东方航天港" * 60])
def test_a_very_long_name_stands_shortened_on_the_map(plate_of, document, name: str) -> None:
    rows = {table: list(document.table(table).values()) for table in TABLES}
    sites = [replace(site, label=name) if site.uuid == "in" else site for site in rows["sites"]]
    plate = plate_of(SPEC, Document({**rows, "sites": sites}))
    (naming,) = plate.namings
    (label,) = [label for label in naming.labels if label.uuid == "in"]
    assert label.text.endswith("…")
    assert name.startswith(label.text.split("\n")[0])
    assert not list(faults(plate))
