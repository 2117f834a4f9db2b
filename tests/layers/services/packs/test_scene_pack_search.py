"""Packs of pictures beside a case: found by the items beside them, whatever else lies there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layers.geo.bounds import Bounds
from layers.services.offers.kept_item import kept_item
from layers.services.packs.scene_pack_search import MOST_BYTES, scene_packs_in

ADDRESS = "https://archive.example.org/a.tif"
BOUNDS = (10.0, 50.0, 11.0, 51.0)


def item(**more: Any) -> bytes:
    document = json.dumps({"type": "Feature", "id": "a", "assets": {}}).encode()
    value = json.loads(kept_item(document, "a.tif", f"{ADDRESS}?sig=secret", BOUNDS))
    value["assets"]["geoloupe-pack"] |= more
    return json.dumps(value).encode()


def test_a_pack_is_known_by_the_picture_that_it_is_of(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(item())
    assert b"secret" not in item()
    assert scene_packs_in(tmp_path, ADDRESS) == (), "its file is gone"
    (tmp_path / "a.tif").write_bytes(b"II*\0")
    (pack,) = scene_packs_in(tmp_path, ADDRESS)
    assert (pack.path, pack.bounds) == (tmp_path / "a.tif", Bounds(*BOUNDS))
    assert scene_packs_in(tmp_path, "https://archive.example.org/b.tif") == ()
    assert scene_packs_in(tmp_path / "gone", ADDRESS) == ()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"assets": {"geoloupe-pack": 7}}',
        item(href="../../elsewhere/a.tif"),
        item(**{"geoloupe:bounds": [1, 2, 3]}),
        item(**{"geoloupe:bounds": [11.0, 50.0, 10.0, 51.0]}),
        item(**{"geoloupe:bounds": ["a", True, None, {}]}),
        item(note="x" * MOST_BYTES),
    ],
)
def test_what_is_no_item_of_a_pack_is_passed_over(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\0")
    (tmp_path / "a.json").write_bytes(text)
    assert scene_packs_in(tmp_path, ADDRESS) == ()
