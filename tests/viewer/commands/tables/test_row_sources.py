"""A source that is an object of JSON fills the fields of the register; what they do not take stays whole."""

import json
from typing import Any

import pytest

from viewer.commands.tables.field_columns import SiteMapping
from viewer.commands.tables.row_sources import row_source, source_left_over

MAPPING = SiteMapping({"source": "source", "source_url": "url", "source_date": "published"})
WHOLE = {"title": "A new pad", "publisher": "Xinhua", "url": "https://example.org/a", "date": "2016-04-12"}
READ = {
    "kind": "web page",
    "title": "A new pad",
    "publisher": "Xinhua",
    "url": "https://example.org/a",
    "published_at": "2016-04-12",
}


@pytest.mark.parametrize("as_text", [True, False])
@pytest.mark.parametrize(
    ("value", "fields", "is_left"),
    [
        (WHOLE, READ, False),
        ([WHOLE], READ, False),
        ([WHOLE, {"title": "Second"}], READ, True),
        ({**WHOLE, "reliability": "B"}, READ, True),
        ({"name": "Report", "year": 2016}, {"kind": "other", "title": "Report", "published_at": "2016"}, False),
        ({"name": "Report", "date": "spring"}, {"kind": "other", "title": "Report"}, True),
        (["AP", "Reuters"], {"kind": "other", "title": "AP"}, True),
    ],
)
def test_a_nested_source(value: Any, fields: dict[str, str], is_left: bool, as_text: bool) -> None:
    attributes = {"source": json.dumps(value) if as_text else value}
    assert row_source(attributes, MAPPING) == fields
    assert bool(source_left_over(attributes, MAPPING)) is is_left
    if is_left:
        assert json.loads(source_left_over(attributes, MAPPING)) == value


def test_columns_of_their_own_say_more_than_the_object() -> None:
    attributes = {"source": WHOLE, "url": "https://example.org/b", "published": "2017"}
    assert row_source(attributes, MAPPING) == READ | {"url": "https://example.org/b", "published_at": "2017"}


@pytest.mark.parametrize("text", ["{ not JSON", '{"rank": 1}', "[1, 2]", "[" * 5000])
def test_other_text_in_brackets_stays_a_title(text: str) -> None:
    assert row_source({"source": text}, MAPPING)["title"] == text[:500]
    assert source_left_over({"source": text}, MAPPING) == ""


def test_a_date_in_figures_is_read_in_the_order_of_its_column() -> None:
    attributes = {"source": "Report", "published": "04.05.2016"}
    assert "published_at" not in row_source(attributes, MAPPING)
    assert row_source(attributes, MAPPING, "day")["published_at"] == "2016-05-04"
    assert row_source(attributes, MAPPING, "month")["published_at"] == "2016-04-05"
