"""Mutated files of all kinds through real readers: an answer or a sentence, in time, and no reader is killed by one.

GEOLOUPE_ROUNDS files are tried from GEOLOUPE_SEED on; without it some dozens.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layers.errors import GeoloupeError, Quarantined, ReaderCrashed, ReaderTimeout
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Profile
from layers.requests.probe import Probe
from tests.support.mutants import mutant
from tests.support.readers.raw import raw

ROUNDS = int(os.environ.get("GEOLOUPE_ROUNDS", "48"))
SEED = int(os.environ.get("GEOLOUPE_SEED", "0"))
TILE: dict[str, Any] = {"crs": "EPSG:3857", "width": 128, "height": 128}

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(120 + 12 * ROUNDS)]


APART_EVERY = 8
"""One of so many files goes through a reader's own process; the others, in this one, would end it by a crash."""


@pytest.fixture
def pools() -> Iterator[list[ReaderPool]]:
    made = [ReaderPool(workers=1), ReaderPool(inline=True)]
    for pool in made:
        pool.start()
    yield made
    for pool in made:
        pool.close()


def tried(pool: ReaderPool, path: Path) -> Iterator[str]:
    """What each step ended in: "read", or the noun and the sentence of a refusal."""
    try:
        header = pool.ask(Probe(str(path), canvas_crs="EPSG:3857")).header
        if "profile" in header:  # readers of another kind know it
            header = pool.ask(Probe(str(path), canvas_crs="EPSG:3857"), profile=Profile(header["profile"])).header
        yield "read"
        if "kind" not in header:  # a VRT that was judged, and is read by readers of its own
            return
        if header["kind"] == "vector":
            for layer in header["layers"][:2]:
                pool.ask(raw("features", {"path": str(path), "layer": layer["name"], "crs": "EPSG:3857"}))
                yield "read"
        else:
            bounds = header["raster"].get("canvas_bounds") or [-2e7, -2e7, 2e7, 2e7]
            left, bottom, right, top = (float(one) for one in bounds)
            affine = [(right - left) / 128, 0, left, 0, -(top - bottom) / 128, top]
            pool.ask(raw("tile", {"path": str(path), "affine": affine, "bands": [1]} | TILE))
            yield "read"
    except GeoloupeError as error:
        yield f"{type(error).__name__}: {error.sentence}"


def test_no_mutated_file_does_harm(pools: list[ReaderPool], tmp_path: Path) -> None:
    found, kinds = [], Counter()
    for seed in range(SEED, SEED + ROUNDS):
        about, path = mutant(seed, tmp_path / "mutant")
        pool = pools[0 if (seed - SEED) % APART_EVERY == 0 else 1]
        ends = list(tried(pool, path))
        if ends[-1].startswith(ReaderTimeout.__name__):  # once more: a busy machine is no fault of the file
            pool.forgive(str(path))
            ends = list(tried(pool, path))
        for end in ends:
            kinds[end.partition(":")[0]] += 1
            if end.startswith((ReaderCrashed.__name__, ReaderTimeout.__name__, Quarantined.__name__)):
                found.append(f"{about}: {end}")
            if "Traceback" in end or "\n" in end or not (end == "read" or end.rstrip().endswith((".", "?", ")"))):
                found.append(f"{about}: no sentence: {end[:300]}")
        pool.forgive(str(path))
    print(f"seeds {SEED} to {SEED + ROUNDS - 1}: {dict(kinds)}")
    assert not found, f"{len(found)} of {ROUNDS}:\n" + "\n".join(found[:20])
