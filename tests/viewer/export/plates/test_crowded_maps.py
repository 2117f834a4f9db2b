"""Maps with crowds of sites: no line crosses a line or a symbol, no name is nearer to another mark, none is cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from shapely import LineString, Point, box

from layers.document.document import Document
from layers.document.site import Site
from layers.product.spec import ProductSpec
from layers.vector.labels.mark_places import label_line
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import picture
from viewer.export.plates.maps.map_on_page import MapOnPage
from viewer.export.plates.maps.naming import Naming
from viewer.export.plates.plate import Plate

PAGES = ("A4 landscape", "A4 portrait", "Slide 16:9", "A3 landscape", "Newspaper, 2 columns", "Square")
CLASSES = ("port", "depot", "airfield", "launch_site")


def case_of(seed: int, document: Document) -> Document:
    """Five to 200 sites in crowds within the frame, some named in a claim."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(5, 201))
    middles = rng.uniform((10.1, 50.1), (10.9, 50.9), (int(rng.integers(1, 9)), 2))
    places = middles[rng.integers(0, len(middles), count)] + rng.normal(0, 0.03, (count, 2))
    places = np.clip(places, (10.001, 50.001), (10.999, 50.999))
    sites = [
        Site(
            uuid=f"s{at}",
            geometry=Point(*place),
            label=f"Site {at} of the works" if at % 3 else f"Works {at}",
            class_code=CLASSES[at % len(CLASSES)],
            role="named in a claim" if at % 11 == 0 else "setting",
            position_error_m=20.0,
        )
        for at, place in enumerate(places.tolist())
    ]
    return Document({"layers": list(document.table("layers").values()), "sites": sites})


def spec_of(seed: int) -> ProductSpec:
    return ProductSpec(bounds=FRAME, page=PAGES[seed % len(PAGES)], title="Crowds", dark=seed % 2 == 1)


def symbols_of(on_page: MapOnPage) -> dict[str, tuple[Point, float]]:
    """The middle and the radius of each symbol, by mark, in logical pixels of the frame."""
    return {
        frame.index.uuids[frame.rows[at]]: (Point(frame.px[at], frame.py[at]), frame.symbol_radius_px)
        for frame in on_page.frames
        for at in np.flatnonzero(frame.is_symbol).tolist()
    }


def lines_of(on_page: MapOnPage, naming: Naming) -> list[tuple[str, LineString]]:
    """All lines that lead from a mark to its symbol or name."""
    lines = [(uuid, LineString([foot, end])) for uuid, foot, end in on_page.spread.lines()]
    for label in (*naming.labels, *naming.numbers):
        if label.leader is not None:
            x1, y1, x2, y2 = label_line(label.px, label.py, label.clearance, label.box)
            lines.append((label.uuid, LineString([(x1, y1), (x2, y2)])))
    return lines


def faults_of(plate: Plate) -> Iterator[str]:
    """Sentences on the geometry of a page with one map."""
    (on_page,), (naming,) = plate.maps, plate.namings
    symbols, lines = symbols_of(on_page), lines_of(on_page, naming)
    room = box(0, 0, on_page.view.width, on_page.view.height)
    for uuid, (middle, radius) in symbols.items():
        if not room.contains(middle.buffer(radius)):
            yield f"{uuid} is cut"
        yield from (
            f"{of} lies on {uuid}"
            for of, (at, _) in symbols.items()
            if of > uuid and at.distance(middle) < 1.9 * radius
        )
    for number, (uuid, line) in enumerate(lines):
        for of, other in lines[number + 1 :]:
            if line.crosses(other) and line.coords[0] != other.coords[0]:
                yield f"the line of {uuid} crosses that of {of}"
        for of, (middle, radius) in symbols.items():
            if of != uuid and line.distance(middle) < radius:
                yield f"the line of {uuid} runs over {of}"
    led = {uuid for uuid, _ in lines}
    for label in (*naming.labels, *naming.numbers):
        covered = box(*label.box)
        near = {of: middle.distance(covered) - radius for of, (middle, radius) in symbols.items()}
        own = near.pop(label.uuid, 0.0) if label.leader is None else 0.0
        yield from (f"the name of {label.uuid} is nearer to {of}" for of, far in near.items() if far <= own)
        yield from (
            f"the line of {of} runs over the name of {label.uuid}"
            for of, line in lines
            if of != label.uuid and line.intersects(covered)
        )
    # A picture for a screen without room for its key has signs for several marks without their numbers.
    several = {uuid for uuid, _ in on_page.spread.stack_boxes()} if plate.sizes.is_for_screen else set()
    assert led <= symbols.keys() | {label.uuid for label in (*naming.labels, *naming.numbers)} | several
    shown = on_page.framing.lonlat()
    if not (shown.left >= 8 and shown.right <= 13 and shown.bottom >= 48 and shown.top <= 53):
        yield "a margin is dark"
    rows = {row.text for row in plate.legend if row.has_symbol}
    later = [text for piece in plate.pieces if piece.key == "legend" and piece.page for text in piece.texts]
    if not rows or any(text.rpartition(" (")[0] in rows or text in rows for text in later):
        yield "the legend is not on page one"
    told = len(naming.named | naming.keyed.keys() | naming.left_out)
    if told != len(on_page.in_frame()):
        yield "marks are not told"


@pytest.mark.parametrize(
    "seed", [36, *(pytest.param(seed, marks=pytest.mark.bounded) for seed in (*range(36), 37, 38, 39))]
)
def test_a_crowd_is_disentangled(plate_of, document: Document, seed: int) -> None:
    plate = plate_of(spec_of(seed), case_of(seed, document))
    assert list(faults_of(plate)) == []


@pytest.mark.bounded
def test_moved_symbols_are_painted_where_they_stand(plate_of, document: Document) -> None:
    plate = plate_of(spec_of(6), case_of(6, document))
    (on_page,) = plate.maps
    image, corner = picture(plate, 192), on_page.rect.topLeft()
    moved = [one for one in on_page.spread.moved.values() if not one.is_number]
    assert moved
    for symbol in moved:
        seen = image.pixelColor(round(2 * (corner.x() + symbol.x)), round(2 * (corner.y() + symbol.y)) + 8)
        foot = image.pixelColor(round(2 * (corner.x() + symbol.foot[0])), round(2 * (corner.y() + symbol.foot[1])))
        assert seen.lightness() > 110 or seen.saturation() > 60
        assert foot.isValid()
