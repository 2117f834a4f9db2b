"""Files of all kinds that the program opens, each changed by a seed: flipped, cut, overwritten, spliced, stretched."""

from __future__ import annotations

import random
import shutil
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import rasterio

from tests.corpus.every import EVERY
from tests.corpus.odd import Odd
from tests.support.readers import tiny_archives, tiny_deliveries, tiny_elevation, tiny_gml, tiny_hdf5, tiny_photograph
from tests.support.readers.tiny_geodatabase import geodatabase
from tests.support.readers.tiny_kmz import BOX, kmz, overlay

type Make = Callable[[Path], Path]

OWN = 18
"""Of the kinds, those that are not of the corpus; they come first."""
NUMBERS = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x80", b"\x00\x00\x00\x00", b"\x00\x00\xf0\x7f")
"""Lengths and counts that lie, and an endless float."""
TEXTS = (b"-1", b"1e308", b"NaN", b"99999999999", b"<", b'"', b"\x00", b"/dev/zero", b"http://127.0.0.1:1/")


def kinds() -> dict[str, Make]:
    """New and many-filed kinds, and some of those of the corpus."""
    own: dict[str, Make] = {
        "sentinel-1 SAFE": tiny_archives.sentinel1,
        "sentinel-1 zip": lambda folder: tiny_archives.zip_of(tiny_archives.sentinel1(folder), folder / "S1.zip"),
        "old sentinel-2": tiny_archives.old_sentinel2,
        "sentinel-2": tiny_deliveries.sentinel2,
        "landsat": tiny_deliveries.landsat,
        "landsat tar": lambda folder: tiny_archives.tar_of(tiny_deliveries.landsat(folder), folder / "LC08_a.tar"),
        "maxar": tiny_deliveries.maxar,
        "dimap": tiny_deliveries.dimap,
        "planet": tiny_deliveries.planet,
        "srtm": lambda folder: tiny_elevation.hgt(folder / "N36E043.hgt"),
        "dted": lambda folder: tiny_elevation.dted(folder / "a.dt1"),
        "grid": lambda folder: tiny_elevation.grid(folder / "a.asc"),
        "webp": lambda folder: tiny_elevation.webp(folder / "a.webp"),
        "geodatabase": lambda folder: geodatabase(folder / "a.gdb"),
        "gml": _gml,
        "overlay in a kmz": lambda folder: kmz(folder, overlay(BOX)),
        "hdf-eos5": _eos5,
        "photograph": _photograph,
    }
    assert len(own) == OWN
    return own | {odd.name: partial(_of_corpus, odd) for odd in EVERY}


def _of_corpus(odd: Odd, folder: Path) -> Path:
    return odd.make(folder, odd.rng())


def _gml(folder: Path) -> Path:
    return tiny_gml.gml(folder / "a.gml", tiny_gml.member(tiny_gml.point("36 43", tiny_gml.URN.format(4326))))


def _eos5(folder: Path) -> Path:
    path = folder / "swath.he5"
    path.write_bytes(tiny_hdf5.FILES["eos5"])
    return path


def _photograph(folder: Path) -> Path:
    path = folder / "photo.jpg"
    shape = {"width": 24, "height": 16, "count": 3, "dtype": "uint8"}
    with rasterio.open(path, "w", driver="JPEG", **shape) as target:
        target.write(np.full((3, 16, 24), 90, np.uint8))
        target.update_tags(**tiny_photograph.TAGS)
    return path


def mutant(seed: int, folder: Path) -> tuple[str, Path]:
    """The name of what was changed and how, and the path to open. Half of them are of the new kinds."""
    chance, made = random.Random(seed), kinds()
    name = chance.choice(list(made)[:OWN] if chance.random() < 0.5 else list(made))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with warnings.catch_warnings(action="ignore"):  # some are odd on purpose
        path = made[name](folder)
    inside = [one for one in sorted(folder.rglob("*")) if one.is_file()]
    done = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        file = chance.choice(inside)
        change = chance.choice(CHANGES)
        file.write_bytes(change(chance, file.read_bytes() or b"\0"))
        done.append(f"{change.__name__} in {file.name}")
    return f"seed {seed}, {name}: {', '.join(done)}", path


def flipped(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def flipped_at_the_head(chance: random.Random, data: bytes) -> bytes:
    head = min(len(data), 400)
    return flipped(chance, data[:head]) + data[head:]


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def zeroed(chance: random.Random, data: bytes) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((4, 64, 4096))
    return data[:at] + bytes(min(length, len(data) - at)) + data[at + length :]


def with_a_lie(chance: random.Random, data: bytes) -> bytes:
    at, lie = chance.randrange(len(data)), chance.choice(NUMBERS)
    return data[:at] + lie + data[at + len(lie) :]


def with_words(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(TEXTS) + data[at + chance.choice((0, 1, 8)) :]


def spliced(chance: random.Random, data: bytes) -> bytes:
    at, start = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:at] + data[start : start + chance.choice((16, 512, 8192))] + data[at:]


CHANGES = (flipped, flipped_at_the_head, cut, zeroed, with_a_lie, with_words, spliced)
