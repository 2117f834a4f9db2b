"""The marks of a map one by one, as files for graphics desks have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME, pixels
from tests.viewer.export.plates.conftest import wait_for
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.printed import GroupKind, PaintedGroup, PartPlace
from viewer.support.painting import painting

SPEC = ProductSpec(title="A yard", bounds=FRAME)


def painted_groups(printed: PrintedPlate, groups: list[PaintedGroup]) -> np.ndarray:
    image = QImage(*printed.size_px(0), QImage.Format.Format_RGB32)
    image.fill(0)
    with painting(image) as painter:
        for group in groups:
            painter.save()
            printed.paint(painter, 0, None, group)
            painter.restore()
    return pixels(image)


def test_each_mark_is_a_part_and_all_parts_are_the_page(plate_of) -> None:
    printed = PrintedPlate(plate_of(SPEC), 96)
    wait_for(printed)
    groups = list(printed.groups(0))
    parts = [part for group in groups for part in printed.parts(group)]
    marks = [part.part for part in parts if part.kind is GroupKind.MAP and part.part is not None]
    assert (marks[0].place, marks[-1].place) == (PartPlace.BELOW, PartPlace.ABOVE)
    assert [mark.key for mark in marks[1:-1]] == ["zone", "area", "in", "in2"], "areas, then symbols"
    titles = {mark.key: mark.title for mark in marks}
    assert titles["area"] == "Depot"
    assert titles["in"] == "In"
    far = np.abs(painted_groups(printed, groups) - painted_groups(printed, parts)).max(axis=2)
    assert np.mean(far > 8) < 0.002


def test_a_map_in_grey_keeps_its_marks_together(plate_of) -> None:
    """Its marks are a picture there, as their colours are not ours to choose."""
    printed = PrintedPlate(plate_of(replace(SPEC, grey=True)), 96)
    groups = [group for group in printed.groups(0) if group.kind is GroupKind.MAP]
    assert [list(printed.parts(group)) for group in groups] == [[group] for group in groups]


def test_each_mark_is_a_named_layer_of_a_pdf_that_programs_hide(plate_of, studio, tmp_path: Path) -> None:
    printed = PrintedPlate(plate_of(SPEC), 96)
    whole, hidden = tmp_path / "x.pdf", tmp_path / "hidden.pdf"
    finish(begin_writing(printed, whole, studio.context))
    with pikepdf.open(whole) as file:
        listed = file.Root.OCProperties
        order = [[str(mark.Name) for mark in row] if isinstance(row, pikepdf.Array) else row for row in listed.D.Order]
        marks = order[[str(getattr(row, "Name", "")) for row in order].index("marks") + 1]
        assert sorted(marks) == ["Area", "Depot", "In", "In 2"]
        labels = order[[str(getattr(row, "Name", "")) for row in order].index("labels") + 1]
        assert sorted(labels) == ["In", "In 2"]
        listed.D.OFF = [layer for layer in listed.OCGs if str(layer.Name) == "Depot"]
        listed.D.ON = [layer for layer in listed.OCGs if str(layer.Name) != "Depot"]
        file.save(hidden)
    far = np.abs(page_of(whole) - page_of(hidden)).max(axis=2) > 8
    assert 0 < np.mean(far) < 0.1, "one mark is gone, and all others are there"


@pytest.mark.bounded
def test_letters_of_a_pdf_are_shapes_on_request(plate_of, studio, tmp_path: Path) -> None:
    for name, spec in (("text", SPEC), ("shapes", replace(SPEC, outlines=True))):
        finish(begin_writing(PrintedPlate(plate_of(spec), 96), tmp_path / f"{name}.pdf", studio.context))
    with pypdfium2.PdfDocument(tmp_path / "text.pdf") as text, pypdfium2.PdfDocument(tmp_path / "shapes.pdf") as shapes:
        assert "A yard" in text[0].get_textpage().get_text_bounded()
        assert not shapes[0].get_textpage().get_text_bounded().strip()
    assert b"/FontFile2" not in (tmp_path / "shapes.pdf").read_bytes()
    far = np.abs(page_of(tmp_path / "text.pdf") - page_of(tmp_path / "shapes.pdf")).max(axis=2)
    assert np.mean(far > 64) < 0.002, "they stand where the words stood"


def page_of(path: Path) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as file:
        return file[0].render(scale=96 / 72).to_numpy().astype(int)
