"""The lists of a user in the settings' folder: odd files cost a sentence, and are never written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.errors import GeoloupeError
from layers.services.imagery_entry import ImageryEntry, entry_of_service
from layers.services.tile_service import TileService
from viewer.panels.imagery.entry_lists import MOST_RECENT, EntryList, KeptImagery

TILES = entry_of_service(TileService("Tiles", "https://t.example.org/{z}/{x}/{y}"))
ODD = {
    "no TOML": b"[[group",
    "binary": b"\xff\xfe\x00",
    "large": b"#" * (5 * 2**20),
    "deep": b"a = " + b"[" * 50_000,
}


def numbered(number: int) -> ImageryEntry:
    return entry_of_service(TileService(f"T{number}", f"https://t{number}.example.org/{{z}}/{{x}}/{{y}}"))


def test_there_is_no_list_at_first() -> None:
    kept = KeptImagery.of_user()
    assert kept.own.read() == kept.recent.read()
    assert kept.own.read().problems == ()
    kept.own.append([TILES])
    assert KeptImagery.of_user().own.read().entries == (TILES,)


@pytest.mark.parametrize("content", ODD.values(), ids=list(ODD))
def test_an_odd_file_is_said_and_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "imagery.toml"
    path.write_bytes(content)
    kept = EntryList(path)
    assert kept.read().entries == ()
    assert len(kept.read().problems) == 1
    with pytest.raises(GeoloupeError):
        kept.append([TILES])
    assert path.read_bytes() == content


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    kept = EntryList(tmp_path)
    assert len(kept.read().problems) == 1
    with pytest.raises(GeoloupeError):
        kept.append([TILES])
    with pytest.raises(GeoloupeError):
        kept.put_first(TILES)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(GeoloupeError):
        EntryList(tmp_path / "config" / "imagery.toml").append([TILES])


def test_lately_added_are_few_the_newest_first_and_once_each(tmp_path: Path) -> None:
    kept = EntryList(tmp_path / "recent.toml")
    for number in (1, 2, 3, 1, 4, 5, 6):
        kept.put_first(numbered(number))
    assert [entry.title for entry in kept.read().entries] == ["T6", "T5", "T4", "T1", "T3"]
    assert len(kept.read().entries) == MOST_RECENT
    (tmp_path / "recent.toml").write_text("junk")
    kept.put_first(TILES)
    assert kept.read().entries == (TILES,), "what was lately added is no loss"
