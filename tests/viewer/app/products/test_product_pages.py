"""The pages of a product in its window: they follow edits of words that no map shows, and count what is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec
from tests.viewer.app.products.conftest import SEEN, SLOW_MS
from viewer.app.products.product_pages import ProductPages
from viewer.commands.responses import add_response
from viewer.commands.sites import update_sites
from viewer.export.headless import Studio
from viewer.export.plates import things_on_maps
from viewer.export.plates.maps.map_scenes import product_scenes
from viewer.export.plates.maps.naming import Naming
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.support.jobs import JobCancelled

SPEC = ProductSpec(title="A firm", page="800x600", dpi=96, bounds=SEEN)


@pytest.fixture
def case() -> Document:
    """A firm that a claim names, and three marks that nobody reviewed."""
    marks = [Site(uuid=f"m{at}", geometry=Point(10.2 + 0.2 * at, 50.5), label=f"Mark {at}") for at in range(3)]
    return Document(
        {
            "sites": [
                Site(uuid="firm", geometry=Point(10.5, 50.7), label="The firm", role="named in a claim"),
                *marks,
            ],
            "claims": [Claim(uuid="c", source_wording="provides optics", made_by="an official")],
            "claim_sites": [ClaimSite(uuid="l", claim_uuid="c", site_uuid="firm")],
        }
    )


@pytest.fixture
def pages(case: Document, studio: Studio) -> Iterator[ProductPages]:
    scenes = partial(product_scenes, context=studio.context, base_folder=None)
    made = ProductPages(case, studio.context.jobs, scenes)
    yield made
    made.close()


def page(pages: ProductPages, qtbot: QtBot, spec: ProductSpec = SPEC) -> PrintedPlate:
    found: list[PrintedPlate | None] = []

    def is_there() -> bool:
        found.append(pages.make(spec, 96, Edition()))
        return found[-1] is not None

    qtbot.waitUntil(is_there, timeout=SLOW_MS)
    assert found[-1] is not None
    return found[-1]


def test_an_answer_that_comes_is_on_the_page(pages: ProductPages, case: Document, qtbot: QtBot) -> None:
    assert not page(pages, qtbot).content.responses
    heard: list[bool] = []
    pages.listen(lambda: heard.append(True))
    case.apply(add_response(case, "The firm", "No.", claim_uuids=["c"], actor="Li"))
    assert heard, "the window lays it out anew"
    (answer,) = page(pages, qtbot).content.responses
    assert answer.words == "No."
    pages.close()
    case.apply(add_response(case, "The firm", "Never.", claim_uuids=["c"], actor="Li"))


def test_marks_that_a_published_page_withholds_stay_counted(pages: ProductPages, qtbot: QtBot) -> None:
    """They are drawn on no map, and were forgotten once the maps were made without them."""
    laid = page(pages, qtbot, ProductSpec(title="A firm", page="800x600", dpi=96, bounds=SEEN, publish=True))
    assert laid.content.withheld >= {"m0", "m1", "m2"}
    (group,) = (one for one in laid.content.left_out.rows if one.table == "sites")
    assert set(group.rows) == laid.content.withheld
    assert not laid.content.withheld & laid.facts().maps[0].sites.drawn


def test_a_page_is_of_the_case_as_it_was_when_its_layout_began(
    pages: ProductPages, case: Document, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit meanwhile is on the next page, and what was printed is not said to hold it."""
    begun, may_go_on, name = Event(), Event(), things_on_maps.spread_and_name

    def named(*args: Any) -> Naming:
        begun.set()
        assert may_go_on.wait(30)
        return name(*args)

    monkeypatch.setattr(things_on_maps, "spread_and_name", named)
    qtbot.waitUntil(lambda: pages.make(SPEC, 96, Edition()) is not None or begun.is_set(), timeout=SLOW_MS)
    case.apply(update_sites(case, ["m0"], label="Another name", actor="Li"))
    assert pages.make(SPEC, 96, Edition()) is None
    may_go_on.set()
    first = page(pages, qtbot)
    assert first.case.sites["m0"].label == "Mark 0"
    assert "Another name" not in first.facts().words_of()
    second = page(pages, qtbot)
    assert second.case.sites["m0"].label == "Another name"
    assert "Another name" in second.facts().words_of()


def test_the_layout_of_another_product_ends_the_one_under_way(
    pages: ProductPages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended, name = Event(), list[bool](), things_on_maps.spread_and_name

    def named(*args: Any) -> Naming:
        is_first = not begun.is_set()
        begun.set()
        while is_first:  # until it is cancelled
            try:
                args[-1]()
            except JobCancelled:
                ended.append(True)
                raise
        return name(*args)

    monkeypatch.setattr(things_on_maps, "spread_and_name", named)
    qtbot.waitUntil(lambda: pages.make(SPEC, 96, Edition()) is not None or begun.is_set(), timeout=SLOW_MS)
    assert page(pages, qtbot, replace(SPEC, title="Another")).plate.spec.title == "Another"
    assert ended == [True]
