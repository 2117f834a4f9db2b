"""Pages of every layout in every style: nothing lies on anything else, no text is cut, all type can be read."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from layers.document.comparison import Frame
from layers.geo.bounds import Bounds
from layers.product.spec import LAYOUTS, PAGES, PARTS, ProductMap, ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import faults, picture
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.setting.house_style import style_names
from viewer.export.printed import GroupKind

MAPS = {"before-after": 2, "panels": 6, "insets": 4}
SIZES = ("A4 landscape", "A4 portrait", "1280x720")
LONG = "A long title of a product about a place that has a long name in a country with an even longer one"


def spec_of(layout: str, page: str, style: str = "Plain", dark: bool = False) -> ProductSpec:
    count = MAPS.get(layout, 1)
    maps = [ProductMap(Frame(("l",))) for _ in range(count)]
    if layout == "insets":
        part = FRAME.width / 5
        maps[1:] = [
            ProductMap(bounds=Bounds(FRAME.left + at * part, 50.4, FRAME.left + (at + 1) * part, 50.6))
            for at in range(1, count)
        ]
    return ProductSpec(
        layout=layout,
        page=page,
        style=style,
        dark=dark,
        title=LONG,
        subtitle="What the subtitle says in one line",
        bottom_line="The finding in one sentence.",
        dateline="1 May 2024",
        author="An Analyst",
        organisation="The Desk",
        marking="TLP:AMBER+STRICT",
        caption="Words of the analyst on what is seen. " * 6,
        bounds=FRAME,
        maps=tuple(maps),
        site="in" if layout == "site" else "",
    )


@pytest.mark.bounded_after(2)
@pytest.mark.sampled(6)
@pytest.mark.parametrize("page", SIZES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_overlaps_and_nothing_is_cut(plate_of, layout: str, page: str) -> None:
    assert list(faults(plate_of(spec_of(layout, page)))) == []


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(2)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_does_in_the_other_style_in_the_dark(plate_of, layout: str) -> None:
    assert len(style_names()) > 1
    plate = plate_of(spec_of(layout, "A4 landscape", style_names()[1], dark=True))
    assert list(faults(plate)) == []
    assert picture(plate, 40).pixelColor(2, 2).lightness() < 60


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("notation", ["DD", "DMS", "UTM", "MGRS"])
def test_a_graticule_has_labels_that_lie_on_nothing(plate_of, notation: str) -> None:
    plate = plate_of(replace(spec_of("before-after", "A4 landscape"), graticule=notation))
    assert list(faults(plate)) == []
    for one in facts_of(plate).maps:
        assert one.graticule is not None
        assert (one.graticule.notation, len(one.graticule.labels) > 3) == (notation, True)
    without = picture(plate_of(spec_of("before-after", "A4 landscape")), 96)
    assert picture(plate, 96) != without


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(4)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_room_for_a_map(plate_of, page: str) -> None:
    assert list(faults(plate_of(spec_of("single", page)))) == []


def test_the_same_things_stand_at_the_same_places_at_any_size(plate_of) -> None:
    from viewer.export.plates.printed_plate import PrintedPlate

    plate = plate_of(spec_of("single", "A4 landscape"))
    small, large = PrintedPlate(plate, 50), PrintedPlate(plate, 300)
    assert small.things(0) == large.things(0)
    assert "label:in" in large.things(0)
    for key in large.things(0):
        one, other = small.box_of(key), large.box_of(key)
        assert one is not None
        assert other is not None
        assert (one.left() * 6, one.width() * 6) == pytest.approx((other.left(), other.width()), abs=0.01)
    frames = [(frame.rect_px.width(), frame.view.width) for frame in (*small.frames, *large.frames)]
    assert all(width == pixels for width, pixels in frames)
    seen = [frame.view.world_bounds() for frame in (*small.frames, *large.frames)]
    assert seen[0] == pytest.approx(seen[1], abs=small.frames[0].view.grid.resolution)


def test_the_twin_has_the_same_map_without_marks_and_names(plate_of) -> None:
    spec = spec_of("single", "A4 landscape")
    whole, bare = (
        plate_of(spec),
        plate_of(replace(spec, left_out=spec.left_out | {"annotation", "labels", "key", "claims"})),
    )
    assert not any(piece.kind is GroupKind.LABELS for piece in bare.pieces)
    assert bare.captions == whole.captions
    assert bare.maps[0].in_frame() == []


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(5)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_left_out_is_not_there(plate_of, part: str) -> None:
    spec = replace(spec_of("single", "A4 landscape"), left_out=frozenset({part}))
    plate = plate_of(spec)
    keys = {piece.key.partition(":")[0] for piece in plate.pieces}
    assert part not in keys
    if part == "labels":
        assert "label" not in keys
        assert "number" not in keys
    assert list(faults(plate)) == [] or part in {"labels", "key"}
