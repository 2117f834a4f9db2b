"""F79: what of the disk a case may touch: all below its folder, folders and files that were allowed, never a device."""

from __future__ import annotations

import pytest

from layers.project.opening.case_paths import CaseHome
from layers.project.opening.layer_paths import Reach, judged
from viewer.network.folder_consent import FolderConsent

HOME = CaseHome("/case", {"/case/link.tif": "/data/a.tif", "/case/net": "/net/srv", "/case/dev": "/dev/zero"})


@pytest.fixture
def folders() -> FolderConsent:
    found = FolderConsent()
    found.begin(HOME, ["/data/scenes"])
    return found


def permits(folders: FolderConsent, text: str) -> bool:
    return folders.permits(judged(text, "/case", windows=False))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("a.tif", True),
        ("/case/scenes/a.tif", True),
        ("scenes/../a.tif", True),
        ("../case2/a.tif", False),
        ("/data/scenes/a.tif", True),
        ("/data/scenes/deeper/a.tif", False),
        ("/data/a.tif", False),
        ("link.tif", False),
        ("net", False),
        ("dev", False),
        ("/dev/zero", False),
        ("C:\\x.tif", False),
        ("/vsicurl/x", False),
    ],
)
def test_what_may_be_read(folders: FolderConsent, text: str, allowed: bool) -> None:
    assert permits(folders, text) is allowed


def test_nothing_without_a_word() -> None:
    assert not permits(FolderConsent(), "/case/a.tif")
    assert not FolderConsent(["/case"]).permits(judged("/dev/zero", "/case"))


def test_a_link_is_allowed_with_the_folder_that_it_leads_to(folders: FolderConsent) -> None:
    place = folders.behind(judged("link.tif", "/case"))
    assert (place.reach, place.folder, place.text) == (Reach.ELSEWHERE, "/data", "link.tif")
    folders.allow("/data")
    assert permits(folders, "link.tif")
    folders.allow("/dev")
    assert not permits(folders, "dev"), "a device is never read"


def test_what_is_taken_back_is_allowed_no_more(folders: FolderConsent) -> None:
    folders.withdraw("/data/scenes/")
    assert not permits(folders, "/data/scenes/a.tif")
    folders.allow_file("/x/a.tif")
    folders.allow_file("")
    assert permits(folders, "/x/a.tif")
    assert not permits(folders, "/x/b.tif")
    folders.begin(CaseHome("/other"))
    assert not permits(folders, "/x/a.tif")
    assert not permits(folders, "/case/a.tif")


def test_a_case_that_moved_leaves_its_old_folder(folders: FolderConsent) -> None:
    folders.move_home("/new")
    assert not permits(folders, "/case/a.tif")
    assert permits(folders, "/new/a.tif")
    assert folders.behind(judged("/case/a.tif", "/case")).reach is Reach.ELSEWHERE
