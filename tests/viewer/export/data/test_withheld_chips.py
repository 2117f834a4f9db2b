"""Chips that were kept before the terms of their image were set to forbid files: no exported data holds them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.layer import FORBIDDEN, Layer
from layers.pool.pool import ReaderPool
from layers.product.subset import subset_of
from tests.support.hostile_pictures import picture
from tests.viewer.export.data.conftest import with_pictures
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import DataExport, data_export

LEFT_OUT = "1 image chip is left out: the terms of its image do not allow its pictures in a file."

CLOSED = {"its-pixels", "its-view"}


def forbidden(case: Document, *, by_image: bool = False) -> Document:
    """The case with a pair of chips of a layer whose terms were set to forbid files since."""
    chip = next(iter(case.chips.values()))
    layer = Layer(uuid="closed", kind="raster", name="Closed", source_json=json.dumps({"own_export": FORBIDDEN}))
    image = Image(uuid="its-image", image_key="sha256:ff", layer_uuid="closed")
    told = {"image_uuid": "its-image"} if by_image else {"layer_uuid": "closed"}
    pair = [
        replace(chip, uuid="its-pixels", kind="pixels", pair_uuid="its-view", **told),
        replace(chip, uuid="its-view", kind="view", pair_uuid="its-pixels", **told),
    ]
    rows = [("layers", layer), ("images", image), *(("chips", row) for row in pair)]
    case.apply(Edit("closed", tuple(Change(table, None, row) for table, row in rows)))  # type: ignore[arg-type]
    return case


def export_of(case: Document, suffix: str, *, publish: bool = False) -> tuple[DataExport, set[str]]:
    """The export, and the chips whose bytes it asked for."""
    asked: set[str] = set()

    def read(uuids: Iterable[str]) -> Mapping[str, bytes]:
        asked.update(uuids)
        return {uuid: picture() for uuid in asked}

    return data_export(case, suffix, read, publish=publish, marking="TLP:GREEN"), asked


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("suffix", [".kmz", ".html", ".gpkg"])
def test_no_format_holds_them_and_one_sentence_says_so(case: Document, suffix: str, publish: bool) -> None:
    told, asked = export_of(forbidden(case), suffix, publish=publish)
    assert not CLOSED & asked
    assert "chip" in told.chips
    assert told.left_out == LEFT_OUT, "the two of one capture are one"
    assert told.left_out in told.content.caveats


def test_a_chip_is_known_by_its_image_where_its_layer_has_another_name(case: Document) -> None:
    """A desk that merged cases has the chip's layer under the uuid that its image names."""
    told, asked = export_of(forbidden(case, by_image=True), ".kmz")
    assert not CLOSED & asked
    assert told.left_out == LEFT_OUT


def test_all_leave_where_no_terms_forbid_it(case: Document) -> None:
    told, asked = export_of(case, ".kmz")
    assert (asked, told.left_out) == ({"chip", "secret"}, "")


def test_the_pages_show_the_others_and_say_what_is_left_out(case: Document, tmp_path: Path, pool: ReaderPool) -> None:
    told, _ = export_of(forbidden(case), ".kmz")
    path = tmp_path / "a.kmz"
    write_data(with_pictures(told), path, pool)
    with zipfile.ZipFile(path) as archive:
        assert len([name for name in archive.namelist() if name.startswith("chips/")]) == len(told.chips)
        assert LEFT_OUT in archive.read("doc.kml").decode()


def test_an_observation_in_a_case_of_its_own_names_no_chip_that_is_left_out(case: Document, tmp_path: Path) -> None:
    seen = replace(next(iter(case.observations.values())), uuid="of-it", chip_uuid="its-view")
    forbidden(case).apply(Edit("seen", (Change("observations", None, seen),)))
    told, _ = export_of(case, ".gpkg")
    rows = subset_of(told.document, told.content, dict.fromkeys(told.chips, ""), told.marking)
    assert rows.observations["of-it"].chip_uuid == ""
