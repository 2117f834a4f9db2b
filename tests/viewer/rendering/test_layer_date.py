"""Tests of what is printed and listed of when an image was taken."""

from __future__ import annotations

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.raster.acquisition import Acquisition
from layers.raster.info import BandInfo, RasterInfo
from layers.services.stac.item import read_item
from tests.layers.services.stac.made import HOST, item
from viewer.commands.imagery.catalogue_layers import add_scene
from viewer.rendering.layer_date import acquisition_of, badge, dated, tiles_acquisition
from viewer.rendering.raster.raster_place import credit_of


def layer_of(**values: str) -> Layer:
    return Layer(uuid="l", kind="raster", name="Scene", **values)


def info_of(acquired_at: str = "", date_kind: str = "unknown", credit: str = "") -> RasterInfo:
    box = Bounds(0, 0, 1, 1)
    return RasterInfo(
        "a.tif",
        "GTiff",
        1,
        1,
        (BandInfo(1, "uint8"),),
        "",
        (1, 0, 0, 0, 1, 0),
        box,
        box,
        acquired_at=acquired_at,
        date_kind=date_kind,
        credit=credit,
    )


FOUND = Acquisition(at="2020-01-02T03:04:05Z", date_kind="instant", platform="X", credit="Maker")


def test_the_case_comes_before_the_sidecar_and_that_before_the_file() -> None:
    file = info_of("2001-01-01", "instant", "Tag")
    assert acquisition_of(layer_of(), file, None).at == "2001-01-01"
    assert acquisition_of(layer_of(), file, FOUND).at == FOUND.at
    own = acquisition_of(layer_of(acquired_at="2010-05-06", date_kind="instant", credit="Mine"), file, FOUND)
    assert (own.at, own.credit, own.platform) == ("2010-05-06", "Mine", "X")
    assert acquisition_of(layer_of(date_kind="composite"), file, FOUND).date_kind == "composite"


@pytest.mark.parametrize(("licence", "told"), [("CC-BY-4.0", "CC-BY-4.0"), ("various", "terms not stated")])
def test_s22_the_terms_that_an_archive_states_go_with_its_scene(licence: str, told: str) -> None:
    """Into products, too, which warn where they are not stated (the rule "image-terms")."""
    document = Document()
    scene = read_item(item(properties={"license": licence}), HOST)
    document.apply(add_scene(document, scene, "https://files.example.org/a.tif", actor="me"))
    (layer,) = document.layers.values()
    assert acquisition_of(layer, info_of(credit="Tag"), FOUND).licence == told


def test_two_days_are_an_interval() -> None:
    known = acquisition_of(layer_of(acquired_at="2015-08-01/2015-08-31"), None, None)
    assert (known.at, known.until, known.date_kind) == ("2015-08-01", "2015-08-31", "interval")


@pytest.mark.parametrize(
    ("known", "row", "credit"),
    [
        (Acquisition(), "date unknown", "(date unknown)"),
        (FOUND, "2020-01-02", "(2 January 2020, 03:04 UTC)"),
        (Acquisition("2015", date_kind="composite"), "2015, composite", "(composite of 2015)"),
        (Acquisition(date_kind="composite"), "composite", "(composite)"),
        (Acquisition("2015", date_kind="interval"), "2015", "(2015)"),
        (Acquisition("1995-08", date_kind="interval"), "1995-08", "(August 1995)"),
        (Acquisition("1995-08-01", date_kind="interval"), "1995-08-01", "(1 August 1995)"),
        (Acquisition("1995-08-01T10:00:00Z", date_kind="interval"), "1995-08-01", "(1 August 1995, 10:00 UTC)"),
        (
            Acquisition("2015-08-01", "2015-08-31", "interval"),
            "2015-08-01 – 2015-08-31",
            "(August 2015)",
        ),
        (Acquisition("2015"), "2015, kind of date unknown", "(2015, kind of date unknown)"),
    ],
)
def test_rows_and_credits_say_when_and_what_kind_of_date(known: Acquisition, row: str, credit: str) -> None:
    assert badge(known) == row
    assert credit_of(layer_of(), acquisition_of(layer_of(), info_of(), known)).endswith(credit)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (Acquisition("1995-08-01", date_kind="instant"), "1 August 1995"),
        (Acquisition("1995-08-01", date_kind="interval"), "1 August 1995"),
        (Acquisition("1995-08-01T10:00Z", date_kind="instant"), "1 August 1995, 10:00 UTC"),
        (Acquisition("1995-08", date_kind="interval"), "August 1995"),
        (Acquisition("1995-08-01", "1995-08-09", "interval"), "1 to 9 August 1995"),
        (Acquisition("1995", date_kind="composite"), "composite of 1995"),
        (Acquisition("1995"), "1995, kind of date unknown"),
    ],
)
def test_captions_print_a_date_as_people_write_it(known: Acquisition, words: str) -> None:
    assert dated(known) == words


def test_a_service_is_dated_by_the_day_that_is_asked_for() -> None:
    layer = Layer(uuid="t", kind="tiles", name="T", source_json='{"time": "2024-04-12"}', date_kind="instant")
    assert tiles_acquisition(layer).at == "2024-04-12"
