from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.errors import BadTemplate
from layers.services.template import check_template, hosts_of, needs_time, tile_url
from layers.services.tile_matrix import mercator_quadtree

GOOD = "https://tiles.example.org/{z}/{x}/{y}.png"

LEVELS = mercator_quadtree().matrices


@pytest.mark.parametrize(
    "text",
    [
        "", "tiles.example.org/{z}/{x}/{y}", "https://example.org/{x}/{y}", "https://example.org/{z}/{y}",
        "https://example.org/{z}/{x}", "file:///etc/{z}/{x}/{y}", "data:image/png,{z}{x}{y}", "ftp://e.org/{z}/{x}/{y}",
        "https://user:pw@example.org/{z}/{x}/{y}", "https://user@example.org/{z}/{x}/{y}",
        "https://example.org/{z}/{x}/{y}\r\nX: 1", "https://example.org/ {z}/{x}/{y}", "https://exämple.org/{z}/{x}/{y}",
        "https://{z}.example.org/{x}/{y}", "https://example.org/{z}/{x}/{y}/{evil}", "https://example.org/{z}/{x}/{y}/{",
        "https:///{z}/{x}/{y}", "https://example.org:99999/{z}/{x}/{y}", "https://example.org:0/{z}/{x}/{y}",
        "https://example.org\\@evil.org/{z}/{x}/{y}", "https://e%00.org/{z}/{x}/{y}", "https://{time}/{z}/{x}/{y}",
        "https://e.org/{z}/{x}/{y}" + "a" * 3000, "https://[::1/{z}/{x}/{y}", "https://e.org/{switch:}/{z}/{x}/{y}",
    ],
)  # fmt: skip
def test_f38_what_is_no_tile_address_is_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(text)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "http://localhost:8080/{z}/{y}/{x}",
        "https://{s}.example.org/{z}/{x}/{-y}.jpg?key=a%20b",
        "https://{switch:a,b}.example.org/{time}/{z}/{x}/{y}",
        "http://[::1]:81/{z}/{x}/{y}",
        "https://xn--exmple-cua.org/{z}/{x}/{y}",
    ],
)
def test_good_addresses_pass(text: str) -> None:
    check_template(text)


@given(st.text(max_size=60))
@example("0#")
@example("h?x=")
def test_f38_any_text_is_accepted_or_refused_and_an_accepted_one_never_leaves_its_hosts(text: str) -> None:
    for candidate in (text, f"https://{text}/{{z}}/{{x}}/{{y}}", f"https://example.org/{text}{{z}}/{{x}}/{{y}}"):
        try:
            check_template(candidate)
        except BadTemplate:
            continue
        parts = urlsplit(tile_url(candidate, LEVELS[3], 1, 2, "2024-04-12"))
        assert parts.scheme in ("http", "https")
        assert parts.netloc.lower() in hosts_of(candidate)


def test_rows_dates_and_subdomains_are_filled_in() -> None:
    template = "https://{switch:a,b}.example.org/{time}/{z}/{x}/{-y}"
    assert tile_url(template, LEVELS[3], 1, 2, "2024-04-12") == "https://b.example.org/2024-04-12/3/1/5"
    assert hosts_of(template) == ("a.example.org", "b.example.org")
    assert tile_url("https://{s}.e.org/{z}/{x}/{y}", LEVELS[1], 0, 1) == "https://b.e.org/1/0/1"


@pytest.mark.parametrize("time", ["", "../../x", "2024-04-12\r\n", "yesterday"])
def test_a_date_that_is_none_is_refused(time: str) -> None:
    with pytest.raises(BadTemplate):
        tile_url("https://e.org/{time}/{z}/{x}/{y}", LEVELS[1], 0, 1, time)


@pytest.mark.parametrize(
    ("name", "time", "milliseconds"),
    [
        ("time-ms", "2024-05-01T00:00:00Z", "1714521600000"),
        ("time-ms", "2024-05-01", "1714521600000,1714607999999"),
        ("time-ms:PT1H", "2024-05-01T00:00:00Z", "1714521600000,1714525199999"),
        ("time-ms:P1M", "2024-02-01", "1706745600000,1709251199999"),
        ("time-ms:P1D", "2024-05-01/2024-05-02", "1714521600000,1714694399999"),
        ("time-ms:P1D", "1969-12-31", "-86400000,-1"),
    ],
)
def test_times_in_milliseconds_run_for_their_period(name: str, time: str, milliseconds: str) -> None:
    template = f"https://e.org/{{z}}/{{x}}/{{y}}?time={{{name}}}"
    check_template(template)
    assert needs_time(template)
    assert tile_url(template, LEVELS[1], 0, 1, time) == f"https://e.org/1/0/1?time={milliseconds}"


@pytest.mark.parametrize("name", ["time-ms:", "time-ms:day", "time-ms:P0D", "time-msx"])
def test_milliseconds_for_no_period_are_refused(name: str) -> None:
    with pytest.raises(BadTemplate):
        check_template(f"https://e.org/{{z}}/{{x}}/{{y}}?time={{{name}}}")


@pytest.mark.parametrize("time", ["9999-12-31", "20240501", "2024-13-01"])
def test_a_time_of_no_calendar_is_refused_in_a_sentence(time: str) -> None:
    with pytest.raises(BadTemplate, match=time):
        tile_url("https://e.org/{z}/{x}/{y}?time={time-ms:P1Y}", LEVELS[1], 0, 1, time)
