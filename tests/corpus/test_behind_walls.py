"""Each file of the corpus gives a confined reader the answers that it gives without walls: no call is lacking."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from layers.errors import GeoloupeError
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.readers.confinement.grants import Grants
from layers.requests.question import Question
from tests.corpus.formats import formats
from tests.corpus.geotiffs import geotiffs
from tests.corpus.kml_gpx import kml_gpx
from tests.corpus.odd import Odd
from tests.corpus.placed import placed
from tests.corpus.vectors import vectors
from tests.support.readers.raw import raw

LONGEST_S = 100.0
EVERY = {"geotiffs": 2, "vectors": 2}
"""Of these many files only every second one is read: they differ in numbers more than in the calls that they need."""
pytestmark = [pytest.mark.bounded, pytest.mark.timeout(500)]


@pytest.fixture
def confined(tmp_path: Path) -> Iterator[ReaderPool]:
    """Real readers that may read the whole folder of the test."""
    pool = ReaderPool(1, grants=Grants(read=frozenset((str(tmp_path),))))
    pool.start()
    yield pool
    pool.close()


def questions(path: Path, part: str, header: dict[str, Any]) -> Iterator[Question]:
    """Pixels and rows of what a probe has found."""
    asked = {"path": str(path), **({"part": part} if part else {})}
    if header.get("kind") == "raster":
        yield raw("statistics", {**asked, "bands": [1]})
    for layer in header.get("layers", ()):
        yield raw("features", {"path": str(path), "layer": layer["name"], "crs": "EPSG:4326"})


def answer(pool: ReaderPool, question: Question) -> Any:
    """The answer, or the noun and sentence of an error; no reader is hurried on a busy machine."""
    arrived, results = threading.Event(), []

    def done(result: Answer | GeoloupeError) -> None:
        results.append(result)
        arrived.set()

    pool.submit(Request(question, done, deadline_s=LONGEST_S))
    assert arrived.wait(LONGEST_S)
    found = results[0]
    if isinstance(found, GeoloupeError):
        return found.noun, found.sentence
    return found.header, [array.tobytes() for array in found.arrays]


def alike(held: Any, expected: Any) -> bool:
    """True for equal answers, with numbers equal to nine digits: two processes may solve with other kernels of BLAS."""
    if isinstance(held, float) and isinstance(expected, float):
        return held == pytest.approx(expected, rel=1e-9, nan_ok=True)
    if isinstance(held, dict) and isinstance(expected, dict):
        return held.keys() == expected.keys() and all(alike(held[key], expected[key]) for key in held)
    if isinstance(held, list | tuple) and isinstance(expected, list | tuple):
        return len(held) == len(expected) and all(map(alike, held, expected))
    return type(held) is type(expected) and bool(held == expected)


@pytest.mark.parametrize("every", [geotiffs, placed, formats, vectors, kml_gpx])
def test_walls_are_in_no_files_way(confined: ReaderPool, tmp_path: Path, every: Callable[[], list[Odd]]) -> None:
    free = ReaderPool(inline=True)
    free.start()
    odds, read, differ = every()[:: EVERY.get(every.__name__, 1)], 0, {}
    for odd in odds:
        path = odd.write(tmp_path)
        if path.suffix == ".vrt":
            continue  # a reader without walls opens none
        probe = raw("probe", {"path": str(path), **({"part": odd.part} if odd.part else {})})
        found = answer(free, probe)
        header = found[0] if isinstance(found[0], dict) else {}
        for question in (probe, *questions(path, odd.part, header)):
            expected, held = answer(free, question), answer(confined, question)
            read += isinstance(held[0], dict)
            if not alike(held, expected):
                differ[odd.name, question.op] = (str(expected)[:300], str(held)[:300])
    assert differ == {}
    assert read > len(odds) // 2, "most files are read, and many asked twice"
    assert all(holds.calls and holds.files for holds in confined.holds())
