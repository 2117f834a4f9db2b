"""A file is probed once: its drawing, and other layers of it, take over what was found, while the file is the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.errors import FileMissing, GeoloupeError
from layers.geo.bounds import Bounds
from layers.pool.known_probes import MOST, KnownProbes
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Profile, Request
from layers.readers.file_state import file_state
from layers.requests.probe import Probe
from tests.support.readers.raw import raw
from tests.support.readers.tiny_rasters import surface, write_raster

DRAWN = {"canvas_crs": "EPSG:3857"}


def probe(params: dict[str, Any], profile: Profile = Profile.LOCAL) -> Request:
    return Request(Probe.of(params), lambda _: None, profile=profile)


def answer(*state: int, **more: Any) -> Answer:
    return Answer({"kind": "vector", "file_state": list(state), **more}).to(Probe())


def heard(known: KnownProbes, request: Request, result: Answer | GeoloupeError) -> Answer | GeoloupeError | None:
    return known.heard(request, known.told(request), result)


def test_a_drawing_tells_the_state_that_the_opened_file_was_in():
    known, found = KnownProbes(), answer(1, 2)
    assert heard(known, probe({"path": "/a.tif"}), found) is found
    drawing = probe({"path": "/a.tif", "part": "", "options": {}, **DRAWN})
    assert known.told(drawing).known == (1, 2)
    assert known.heard(drawing, known.told(drawing), Answer({"unchanged": True}).to(Probe())) is found
    assert not known.told(probe({"path": "/a.tif"})).known, "who opens a file has it probed anew"


def test_another_path_part_or_height_is_another_question():
    known = KnownProbes()
    heard(known, probe({"path": "/a.ntf"}), answer(1))
    for other in ({"path": "/b.ntf"}, {"path": "/a.ntf", "part": "1"}, {"path": "/a.ntf", "height_m": 0.0}):
        assert not known.told(probe({**other, **DRAWN})).known


def test_what_was_forgotten_or_is_another_by_now_is_asked_again():
    known, drawing = KnownProbes(), probe({"path": "/a.tif", **DRAWN})
    heard(known, drawing, answer(1))
    told = known.told(drawing)
    heard(known, probe({"path": "/a.tif"}), answer(2))
    assert known.heard(drawing, told, Answer({"unchanged": True}).to(Probe())) is None


@pytest.mark.parametrize(
    "result",
    [
        FileMissing("gone"),
        Answer({"profile": "vrt"}).to(Probe()),
        Answer({"kind": "vector", "file_state": None}).to(Probe()),
    ],
)
def test_what_tells_nothing_of_a_file_is_not_remembered(result):
    known = KnownProbes()
    assert heard(known, probe({"path": "/a"}), result) is result
    assert not known.told(probe({"path": "/a", **DRAWN})).known


def test_a_writer_s_answer_is_nobody_else_s():
    known = KnownProbes()
    heard(known, probe({"path": "/a.tif"}, Profile.WRITER), answer(1))
    assert not known.told(probe({"path": "/a.tif", **DRAWN})).known


def test_only_so_many_are_remembered():
    known = KnownProbes()
    for number in range(MOST + 1):
        heard(known, probe({"path": f"/{number}.tif"}), answer(1))
    assert not known.told(probe({"path": "/0.tif", **DRAWN})).known
    assert known.told(probe({"path": "/1.tif", **DRAWN})).known


def test_the_state_of_a_file_is_that_of_its_sidecars_too(tmp_path: Path):
    image = tmp_path / "a.tif"
    image.write_bytes(b"x")
    states = [file_state(str(image))]
    (tmp_path / "a.tfw").write_text("1")
    states.append(file_state(str(image)))
    os.utime(tmp_path / "a.tfw", ns=(1, 1))
    states.append(file_state(str(image)))
    os.utime(image, ns=(2, 2))
    states.append(file_state(str(image)))
    assert None not in states
    assert len({tuple(state) for state in states if state}) == 4
    assert file_state(str(tmp_path)) is None
    assert file_state(str(tmp_path / "none")) is None


@pytest.mark.bounded
def test_a_reader_opens_nothing_where_the_file_is_as_it_was(tmp_path: Path):
    image = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", Bounds(0, 0, 100, 100))
    with_answers: list[Answer] = []
    pool = ReaderPool(workers=1)
    pool.start()
    try:
        opened = pool.ask(raw("probe", {"path": str(image)}))
        with_answers += [pool.ask(raw("probe", {"path": str(image), **DRAWN})) for _ in range(2)]
        assert all(one is opened for one in with_answers), "the answer of who opened it"
        os.utime(image, ns=(3, 3))
        assert pool.ask(raw("probe", {"path": str(image), **DRAWN})) is not opened
    finally:
        pool.close()


@pytest.mark.bounded
def test_a_drawing_is_answered_at_once_and_again_where_the_file_is_another(tmp_path: Path):
    image = write_raster(tmp_path / "a.tif", surface().astype(np.uint8), "EPSG:32652", Bounds(0, 0, 100, 100))
    pool = ReaderPool(workers=1)
    pool.start()
    try:
        opened, answers = pool.ask(Probe(str(image))), []
        pool.probe(Probe(str(image), canvas_crs=""), answers.append)
        assert [one is opened for one in answers] == [True]
        pool.ask(Probe(str(image)))  # the check stands in the queue before it
        assert len(answers) == 1
        write_raster(image, surface(3).astype(np.uint8), "EPSG:32652", Bounds(0, 0, 100, 100))
        opened = pool.known_probes.answer_to(Probe(str(image), canvas_crs=""))
        pool.probe(Probe(str(image), canvas_crs=""), answers.append)
        pool.ask(Probe(str(image)))
        assert answers[1] is opened
        assert len(answers[2].header["raster"]["bands"]) == 3
    finally:
        pool.close()


def test_what_lies_beside_a_written_file_is_asked_anew() -> None:
    known, drawing = KnownProbes(), probe({"path": "/a.tif", **DRAWN})
    heard(known, drawing, answer(1, 2))
    known.forget("/b.tif")
    assert isinstance(drawing.question, Probe)
    assert known.answer_to(drawing.question) is not None
    known.forget("/a.tif")
    assert known.answer_to(drawing.question) is None
