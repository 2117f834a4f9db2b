"""Plates of the small case, laid out once all that they show has been read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage

from layers.document.document import Document
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import part, pixels
from viewer.canvas.scene import BACKGROUND_COLOR
from viewer.export.headless import Studio, wait_until
from viewer.export.plates.maps.map_scenes import scene_makers
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of, ink_box
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.printed import GroupKind
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


def dark_shares(plate: Plate) -> list[float]:
    """The parts of the frames in which there is no image."""
    dark = QColor(BACKGROUND_COLOR)
    seen, printed = pixels(picture(plate, 48)), PrintedPlate(plate, 48)
    frames = [part(seen, frame.rect_px.toRect()) for frame in printed.frames]
    return [float((frame == dark.getRgb()[:3]).all(axis=2).mean()) for frame in frames]


def strips_differ(plate: Plate, dpi: float, height: int) -> list[int]:
    """The tops of those strips of a page that are not painted as in the whole."""
    whole, printed = picture(plate, dpi), PrintedPlate(plate, dpi)
    found = []
    for top in range(0, whole.height(), height):
        clip = QRect(0, top, whole.width(), min(height, whole.height() - top))
        wait_for(printed, 0, clip)
        strip = QImage(clip.size(), whole.format())
        with painting(strip) as painter:
            painter.translate(-clip.topLeft())
            printed.paint(painter, 0, clip)
        if strip != whole.copy(clip):
            found.append(top)
    return found


def faults(plate: Plate) -> Iterator[str]:
    """Sentences on all that is wrong with a page."""
    facts = facts_of(plate)
    yield from (f"{one.one} lies on {one.other}, page {one.page}" for one in facts.overlaps)
    yield from (f"{text.part} is cut: {text.words}" for text in facts.texts if text.is_cut)
    yield from (f"{text.part} is {text.size_pt} pt" for text in facts.texts if 0 < text.size_pt < 5.99)
    yield from (f"{words} is covered" for one in facts.maps for words in one.covered)
    yield from (f"not told: {one.sites.uncounted}" for one in facts.maps if one.sites.uncounted)
    page = QRectF(0, 0, plate.sizes.width, plate.sizes.height)
    for piece in plate.pieces:
        if not page.contains(ink_box(piece)):
            yield f"{piece.key} is beyond the page"
        if piece.kind is GroupKind.LABELS or piece.frame is not None:
            rect = plate.maps[piece.frame or 0].rect
            if not rect.adjusted(-1, -1, 1, 1).contains(piece.place):
                yield f"{piece.key} is not on its map"


@pytest.fixture
def plate_of(studio: Studio, document: Document) -> MakePlate:
    def make(spec: ProductSpec, of: Document = document, **more) -> Plate:
        scenes = [studio.scene_made(one, of) for one in scene_makers(spec)]
        plate = Plate(spec, of, scenes, **more)
        wait_for(PrintedPlate(plate, 96))
        return plate.refreshed()

    return make
