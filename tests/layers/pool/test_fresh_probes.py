"""A file is probed once when it is opened: its drawing takes over what was just found out."""

from __future__ import annotations

from typing import Any

from layers.errors import FileMissing
from layers.pool.fresh_probes import FRESH_S, MOST, FreshProbes
from layers.pool.protocol import Answer, Profile, Request


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def answered(probes: FreshProbes, params: dict[str, Any], result: Any, profile: Profile = Profile.LOCAL) -> list[Any]:
    heard: list[Any] = []
    request = Request("probe", params, heard.append, profile=profile)
    probes.note(request)
    request.done(result)
    return heard


def test_an_answer_is_passed_on_and_given_once():
    probes, answer = FreshProbes(), Answer({"kind": "raster"})
    assert answered(probes, {"path": "/a.tif"}, answer, Profile.VRT) == [answer]
    assert probes.take({"path": "/b.tif"}) is None
    assert probes.take({"path": "/a.tif", "part": "", "canvas_crs": "EPSG:3857"}) == (answer, Profile.VRT)
    assert probes.take({"path": "/a.tif"}) is None


def test_another_height_or_part_is_another_question():
    probes = FreshProbes()
    answered(probes, {"path": "/a.ntf"}, Answer({}))
    assert probes.take({"path": "/a.ntf", "part": "1"}) is None
    assert probes.take({"path": "/a.ntf", "height_m": 0.0}) is None


def test_what_a_drawing_asks_is_for_itself():
    probes = FreshProbes()
    answered(probes, {"path": "/a.tif", "canvas_crs": "EPSG:3857"}, Answer({}))
    assert probes.take({"path": "/a.tif"}) is None


def test_what_is_no_longer_fresh_or_failed_is_asked_again():
    clock = Clock()
    probes = FreshProbes(clock)
    answered(probes, {"path": "/a.tif"}, Answer({}))
    clock.now += FRESH_S + 0.1
    assert probes.take({"path": "/a.tif"}) is None
    answered(probes, {"path": "/a.tif"}, FileMissing("gone"))
    answered(probes, {"path": "/v.vrt"}, Answer({"profile": "vrt"}))  # only names who can answer
    assert probes.take({"path": "/a.tif"}) is None
    assert probes.take({"path": "/v.vrt"}) is None


def test_only_so_many_are_remembered():
    probes = FreshProbes()
    for number in range(MOST + 1):
        answered(probes, {"path": f"/{number}.tif"}, Answer({}))
    assert probes.take({"path": "/0.tif"}) is None
    assert probes.take({"path": "/1.tif"}) is not None
