"""A spreadsheet's rows recorded as observations: one step, and a sentence for each row that fits nothing."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.image import Image
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.observing.observation_rows import SeenRow
from viewer.commands.imagery.observation_rows import RecordedRows, observations_from_rows

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture
def document() -> Document:
    april = Image(
        uuid="april", image_key="product:A", product_id="A", acquired_at="2024-04-12T08:30Z", date_kind="instant"
    )
    june = Image(uuid="june", image_key="product:J", product_id="J", acquired_at="2024-06-01", date_kind="instant")
    return Document(
        {
            "sites": [
                Site(uuid="pad", geometry=Point(1, 2), label="Pad 1", aliases=(("ru", "Площадка 1"),)),
                Site(uuid="x", geometry=Point(1, 2), label="Twin"),
                Site(uuid="y", geometry=Point(3, 2), label="twin"),
            ],
            "images": [april, june],
        }
    )


def row(number: int = 2, **fields: Any) -> SeenRow:
    return SeenRow(**{"number": number, "site": "Pad 1", "date": "2024-04-12", "presence": "present"} | fields)


def record(document: Document, *rows: SeenRow, **options: Any) -> RecordedRows:
    recorded = observations_from_rows(document, rows, actor="Li", now=NOW, title="seen.csv", **options)
    document.apply(recorded.edit)
    return recorded


def test_rows_become_observations_in_one_step_that_can_be_undone(document: Document) -> None:
    recorded = record(
        document,
        row(2, count_low=2, count_high=3, words="two, perhaps three"),
        row(3, site="площадка 1", date="2024-06-01", presence="absent", view_quality="clear"),
    )
    assert (recorded.added, recorded.changed, recorded.left_out) == (2, 0, [])
    assert recorded.edit.label == "Record 2 observations of “seen.csv”"
    first, second = document.observations.values()
    assert (first.site_uuid, first.image_uuid, first.count_low, first.count_high) == ("pad", "april", 2, 3)
    assert (second.presence, second.image_uuid, second.observer) == ("absent", "june", "Li")
    assert document.sites["pad"].valid_from == "2024-04-12T08:30Z"
    document.apply(recorded.edit.inverse())
    assert not document.observations
    assert document.sites["pad"].valid_from == ""


def test_the_same_file_once_more_changes_nothing(document: Document) -> None:
    record(document, row(words="a pad"))
    again = record(document, row(words="a pad"))
    assert (again.added, again.changed, again.edit.changes) == (0, 0, ())
    assert record(document, row(words="two pads")).changed == 1
    assert [seen.words for seen in document.observations.values()] == ["two pads"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"site": "Pad 9"}, "The case has no site “Pad 9”."),
        ({"site": "TWIN"}, "2 sites are called “TWIN”: write the uuid of the one that is meant."),
        ({"date": "2024-05-01"}, "The case has no image of 2024-05-01."),
        ({"image": "B"}, "The case has no image “B”."),
        ({"presence": "absent"}, "“Absent” needs a clear view and enough resolution"),
        ({"presence": "cannot tell"}, "Say why it cannot be told"),
    ],
)
def test_a_row_that_does_not_fit_is_left_out_with_its_reason(document: Document, fields: Any, why: str) -> None:
    recorded = record(
        document, row(2), row(3, date="2024-06-01", **fields) if "date" not in fields else row(3, **fields)
    )
    assert recorded.added == 1
    assert len(recorded.left_out) == 1
    assert recorded.left_out[0].startswith("Row 3 is left out. ")
    assert why in recorded.left_out[0]


def test_where_no_row_fits_the_first_reason_is_said_and_nothing_changes(document: Document) -> None:
    with pytest.raises(InvalidValue, match=r"Row 2 is left out\. The case has no site “Pad 9”\."):
        record(document, row(site="Pad 9"))
    assert not document.observations


def test_two_rows_of_one_site_image_and_observer_are_told_apart(document: Document) -> None:
    recorded = record(document, row(2), row(3, words="again"), row(4, observer="Wang"))
    assert recorded.left_out == ["Row 3 is left out. Row 2 has the same site, image and observer."]
    assert [seen.observer for seen in document.observations.values()] == ["Li", "Wang"]


def test_images_on_the_map_that_no_evidence_rests_on_yet_are_found(document: Document) -> None:
    facts = {"product_id": "M", "layer_title": "May", "acquired_at": "2024-05-01", "date_kind": "instant"}
    recorded = record(document, row(date="2024-05-01"), images=[facts])
    assert recorded.added == 1
    assert document.links.image_of_key("product:M") is not None
    assert [image.layer_title for image in document.images.values()][2:] == ["May"]


def test_two_images_of_a_day_are_told_apart_by_name_only(document: Document) -> None:
    facts = {"product_id": "A2", "layer_title": "Second", "acquired_at": "2024-04-12", "date_kind": "instant"}
    recorded = record(document, row(2, image="A"), row(3), images=[facts])
    assert recorded.left_out == [
        "Row 3 is left out. 2 images are of 2024-04-12: name the image in a column of its own."
    ]


def test_dates_without_an_image_are_entered_under_a_stated_name(document: Document) -> None:
    recorded = record(document, row(date="2024-05-01"), row(3, date="2024-05"), stated_image="seen.csv")
    assert recorded.added == 2
    day, month = list(document.images.values())[2:]
    assert (day.service, day.acquired_at, day.date_kind, day.date_basis) == (
        "seen.csv",
        "2024-05-01",
        "instant",
        "analyst",
    )
    assert (month.acquired_at, month.date_kind) == ("2024-05", "interval")
