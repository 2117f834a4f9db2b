"""Plates of the small case, laid out once all that they show has been read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.product.spec import ProductSpec
from viewer.export.headless import Studio, wait_until
from viewer.export.plates.map_scenes import scene_makers
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.support.painting import painting

type MakePlate = Callable[..., Plate]


def wait_for(printed: PrintedPlate, page: int = 0, clip: QRect | None = None) -> None:
    printed.want(page, clip)
    wait_until(lambda: printed.is_ready(page, clip), lambda: printed.waits_for(page))


def picture(plate: Plate, dpi: float, page: int = 0) -> QImage:
    """A page as a picture."""
    printed = PrintedPlate(plate, dpi)
    wait_for(printed, page)
    image = QImage(*printed.size_px(page), QImage.Format.Format_RGB32)
    with painting(image) as painter:
        printed.paint(painter, page)
    return image


@pytest.fixture
def plate_of(studio: Studio, document: Document) -> MakePlate:
    def make(spec: ProductSpec, of: Document = document, **more) -> Plate:
        scenes = [studio.scene_made(one, of) for one in scene_makers(spec)]
        plate = Plate(spec, of, scenes, **more)
        wait_for(PrintedPlate(plate, 96))
        return plate.refreshed()

    return make
