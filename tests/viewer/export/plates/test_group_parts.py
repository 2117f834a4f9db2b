"""The marks of a map one by one, as files for graphics desks have them."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME, pixels
from tests.viewer.export.plates.conftest import wait_for
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
