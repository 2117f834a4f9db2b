"""Lists of web maps are data: the shipped one is whole, and a bad entry of a user's own costs itself alone."""

from __future__ import annotations

import pytest

from layers.errors import NotReadable
from layers.services.web_views.web_page import read_page
from layers.services.web_views.web_viewer import joined_maps, read_web_maps, shipped_web_maps

OWN = """
[[link]]
title = "Our tower"
template = "https://maps.example.org/?at={lat},{lon}&zoom={z}"

[[viewer]]
title = "Our tower"
hosts = ["maps.example.org"]
views = ["at={lat},{lon}&zoom={z}"]
dates = ["day={date}"]
credit = "The tower"
"""


def test_the_shipped_lists_are_whole() -> None:
    shipped = shipped_web_maps()
    assert len(shipped.links) >= 8
    assert len({viewer.title for viewer in shipped.viewers}) == len(shipped.viewers) >= 20
    assert all(viewer.credit for viewer in shipped.viewers)
    assert [viewer.title for viewer in shipped.viewers if viewer.date_kind == "published"] == ["Esri Wayback"]


def test_an_own_entry_is_read_and_looked_at_first() -> None:
    own = read_web_maps(OWN)
    assert own.problems == ()
    page = read_page("https://maps.example.org/?at=51.5,128.5&zoom=12&day=2024-04-12", own.viewers)
    assert (page.viewer, page.lon, page.level, page.acquired_at) == ("Our tower", 128.5, 12.0, "2024-04-12")
    mine = read_web_maps(
        OWN.replace("maps.example.org", "bing.com").replace("at={lat},{lon}&zoom", "cp={lat}~{lon}&lvl")
    )
    both = joined_maps(mine, shipped_web_maps())
    assert read_page("https://www.bing.com/maps?cp=51.5~128.5&lvl=12", both.viewers).viewer == "Our tower"


BAD = {
    "views = 5": "missing, or not of the right kind",
    'views = ["at={lat}"]': "tells no place",
    'views = ["at={lat},{lon},{who}"]': "stands for nothing",
    'views = ["at={lat},{lon},{lat}"]': "twice",
    'views = ["{lat},{lon}"]': "names no parameter",
    "views = []": "lacks its title",
    'views = ["at={lat},{lon}"]\ncrs = "EPSG:99999"': "projection",
    'views = ["at={lat},{lon}"]\ndatum = "ED50"': "datum",
    'views = ["at={lat},{lon}"]\ndate_kind = "capture"': "date_kind",
    'views = ["at={lat},{lon}"]\ntile_px = 300': "tile_px",
    'views = ["at={lat},{lon}"]\nsecret = "x"': "no key that is known",
}


@pytest.mark.parametrize("line", BAD)
def test_a_bad_entry_costs_itself_and_says_why(line: str) -> None:
    bad = f'[[viewer]]\ntitle = "Theirs"\nhosts = ["a.org"]\n{line}\n'
    maps = read_web_maps(f"{bad}{OWN}")
    assert [viewer.title for viewer in maps.viewers] == ["Our tower"]
    (problem,) = maps.problems
    assert problem.startswith("Theirs is left out of the list:")
    assert BAD[line] in problem


def test_what_is_no_list_is_refused() -> None:
    for text in ("[[viewer]", "x" * (2**20 + 1), "a = " + "[" * 5000):
        with pytest.raises(NotReadable):
            read_web_maps(text)
    odd = read_web_maps('viewer = 5\nlink = ["x", 7]')
    assert (odd.links, odd.viewers, len(odd.problems)) == ((), (), 3)


@pytest.mark.parametrize(
    "text", ["(a+)+$", "[[[", "{x}{y}{z}", "{any}-" * 40, "{x}.{y}1{z}", "{any}!{layer}!", ".*.*.*.*=$"]
)
def test_a_pattern_is_plain_text_and_cannot_hang(text: str) -> None:
    values = f'title = "T"\nhosts = ["a.org"]\nviews = ["at={{lat}},{{lon}}"]\nflat_never = ["/{text}"]\n'
    maps = read_web_maps(f"[[viewer]]\n{values}")
    address = "https://a.org/" + "a" * 3000 + "1" * 900 + "?at=51.5,128.5"
    assert maps.problems or read_page(address, maps.viewers).lat == 51.5
