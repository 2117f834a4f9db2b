"""Each case is remembered by its file and its uuid; what was not written by us is not believed."""

from __future__ import annotations

from pathlib import Path

from viewer.app.case import trust
from viewer.app.case.trust import CaseKey, Trust, TrustStore
from viewer.support.settings import Settings

MINE = CaseKey("/a/c.gpkg", "u1")


def test_a_case_is_known_by_its_path_and_its_uuid() -> None:
    TrustStore(Settings.of_user()).keep(MINE, Trust.of(["/data"], ["127.0.0.1:8080"]))
    again = TrustStore(Settings.of_user())
    assert again.find(MINE) == Trust(("/data",), ("127.0.0.1:8080",))
    for other in (CaseKey("/a/c.gpkg", "u2"), CaseKey("/b/c.gpkg", "u1"), CaseKey("", "u1")):
        assert again.find(other) == Trust()


def test_nothing_allowed_is_nothing_kept() -> None:
    settings = Settings(None)
    store = TrustStore(settings)
    store.keep(MINE, Trust(("/data",)))
    store.keep(MINE, Trust())
    store.keep(CaseKey("/a", ""), Trust(("/data",)))
    assert settings.get(trust.KEY) == []


def test_the_oldest_are_forgotten() -> None:
    store = TrustStore(Settings(None))
    for number in range(trust.MOST_CASES + 5):
        store.keep(CaseKey(f"/{number}", "u"), Trust(("/data",)))
    assert store.find(CaseKey("/4", "u")) == Trust()
    assert store.find(CaseKey("/5", "u")) == Trust(("/data",))


def test_foreign_entries_are_left_out() -> None:
    settings = Settings(None)
    good = {"path": "/a/c.gpkg", "uuid": "u1", "folders": ["/data"], "hosts": []}
    settings.set(trust.KEY, [3, None, {}, {**good, "folders": "x"}, {**good, "hosts": [1]}, {**good, "uuid": 1}, good])
    assert TrustStore(settings).find(MINE) == Trust(("/data",))


def test_two_programs_at_once_keep_each_others_permissions(tmp_path: Path) -> None:
    first, second = (TrustStore(Settings(tmp_path / "settings.json")) for _ in range(2))
    mine, theirs = CaseKey("/cases/a.gpkg", "a"), CaseKey("/cases/b.gpkg", "b")
    first.keep(mine, Trust(("/scenes/a",)))
    second.keep(theirs, Trust(("/scenes/b",)))
    first.keep(mine, Trust(("/scenes/a", "/scenes/c")))
    found = TrustStore(Settings(tmp_path / "settings.json"))
    assert found.find(mine) == Trust(("/scenes/a", "/scenes/c"))
    assert found.find(theirs) == Trust(("/scenes/b",))
