"""F79: what a path is can be told from its text, on both kinds of systems, and nothing is touched to find out."""

from __future__ import annotations

import builtins
import os
import pathlib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.project.opening.layer_paths import Reach, described, is_below, judged, places_of

CASE, WINDOWS_CASE = "/home/a/case", "C:\\Users\\a\\case"

ON_POSIX = {
    "scenes/a.tif": Reach.BESIDE,
    "./a.tif": Reach.BESIDE,
    "новая папка/数据 1.tif": Reach.BESIDE,
    "scenes\\a.tif": Reach.BESIDE,
    "/home/a/case/scenes/a.tif": Reach.BESIDE,
    "./C:a.tif": Reach.BESIDE,
    "/home/a/other/a.tif": Reach.ELSEWHERE,
    "/home/a/case2/a.tif": Reach.ELSEWHERE,
    "../a.tif": Reach.ELSEWHERE,
    "scenes/../a.tif": Reach.ELSEWHERE,
    "scenes\\..\\..\\a.tif": Reach.ELSEWHERE,
    "/home/a/case/../other/a.tif": Reach.ELSEWHERE,
    "~/a.tif": Reach.ELSEWHERE,
    "~bob/a.tif": Reach.ELSEWHERE,
    "C:\\x\\y.tif": Reach.ELSEWHERE,
    "c:/x/y.tif": Reach.ELSEWHERE,
    "/dev/shm/a.tif": Reach.ELSEWHERE,
    "\\\\srv\\share\\x.tif": Reach.NETWORK,
    "//srv/share/x.tif": Reach.NETWORK,
    "/\\srv/share/x.tif": Reach.NETWORK,
    "/\\\\srv\\share\\x.tif": Reach.NETWORK,
    "smb://srv/share/x.tif": Reach.NETWORK,
    "smb:srv/share/x.tif": Reach.NETWORK,
    "file:///etc/passwd": Reach.NETWORK,
    "file:/etc/passwd": Reach.NETWORK,
    "/net/srv/x.tif": Reach.NETWORK,
    "/net": Reach.NETWORK,
    "/afs/cell/x.tif": Reach.NETWORK,
    "/mnt/nas/x.tif": Reach.NETWORK,
    "/media/a/stick/x.tif": Reach.NETWORK,
    "/run/user/1000/gvfs/smb-share:server=s/x.tif": Reach.NETWORK,
    "../../../net/srv/x.tif": Reach.NETWORK,
    "/tmp/../net/srv/x.tif": Reach.NETWORK,
    "/dev/zero": Reach.DEVICE,
    "/proc/self/fd/0": Reach.DEVICE,
    "/sys/kernel": Reach.DEVICE,
    "../../../dev/stdin": Reach.DEVICE,
    "\\\\.\\pipe\\x": Reach.DEVICE,
    "//?/C:/x.tif": Reach.DEVICE,
    "/vsicurl/http://host/a.tif": Reach.REFUSED,
    "\\vsicurl\\http:\\\\host\\a.tif": Reach.REFUSED,
    "/./vsizip/a.zip/a.tif": Reach.REFUSED,
    "///vsimem/a": Reach.REFUSED,
    " /vsicurl/http://host/a.tif": Reach.REFUSED,
    " /etc/passwd": Reach.REFUSED,
    "http://host/a.tif": Reach.REFUSED,
    "WMS:http://host": Reach.REFUSED,
    "GTIFF_DIR:1:/etc/a.tif": Reach.REFUSED,
    "a/b://c": Reach.REFUSED,
    "<VRTDataset/>": Reach.REFUSED,
    "  <VRTDataset/>": Reach.REFUSED,
    '{"type": "FeatureCollection"}': Reach.REFUSED,
    "a\0.tif": Reach.REFUSED,
    "a\n.tif": Reach.REFUSED,
    "a\x1b[2J.tif": Reach.REFUSED,
    "\ud800.tif": Reach.REFUSED,
    "x" * 5000: Reach.REFUSED,
    "C:x.tif": Reach.REFUSED,
    "C:": Reach.REFUSED,
    "\\x\\y.tif": Reach.REFUSED,
    "  ": Reach.REFUSED,
}

ON_WINDOWS = {
    "scenes/a.tif": Reach.BESIDE,
    "C:\\users\\A\\case\\scenes\\a.tif": Reach.BESIDE,
    "D:\\scenes\\a.tif": Reach.ELSEWHERE,
    "..\\a.tif": Reach.ELSEWHERE,
    "/home/a/scenes/a.tif": Reach.ELSEWHERE,
    "~\\a.tif": Reach.ELSEWHERE,
    "\\\\srv\\share\\x.tif": Reach.NETWORK,
    "//srv/share/x.tif": Reach.NETWORK,
    "\\\\.\\pipe\\x": Reach.DEVICE,
    "\\\\?\\C:\\x.tif": Reach.DEVICE,
    "scenes\\nul": Reach.DEVICE,
    "con.tif": Reach.DEVICE,
    "C:\\x\\COM1.txt": Reach.DEVICE,
    "a.tif:stream": Reach.REFUSED,
    "C:\\x\\a.tif:stream": Reach.REFUSED,
    "C:x.tif": Reach.REFUSED,
    "D:..\\x.tif": Reach.REFUSED,
    "\\x.tif": Reach.REFUSED,
    "./C:/x.tif": Reach.REFUSED,
}


def untouched(text: str, folder: str, windows: bool, monkeypatch: pytest.MonkeyPatch) -> tuple[Reach, list[str]]:
    """What a path is judged to be, and what was looked at for it on the disk, among hosts or users."""
    touched: list[str] = []
    with monkeypatch.context() as patched:
        for owner, names in LOOKS:
            for name in names:
                patched.setattr(owner, name, lambda *_, name=name, **__: touched.append(name))
        reach = judged(text, folder, windows=windows).reach
    return reach, touched


LOOKS = (
    (os, ("stat", "lstat", "readlink", "scandir", "listdir", "access", "open")),
    (os.path, ("exists", "realpath", "isfile", "isdir", "islink", "expanduser")),
    (pathlib.Path, ("resolve", "exists", "is_file", "expanduser")),
    (builtins, ("open",)),
    (socket, ("getaddrinfo", "gethostbyname")),
)


@pytest.mark.parametrize("text", ON_POSIX)
def test_f79_a_path_is_judged_as_text_on_posix(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert untouched(text, CASE, False, monkeypatch) == (ON_POSIX[text], [])


@pytest.mark.parametrize("text", ON_WINDOWS)
def test_f79_a_path_is_judged_as_text_on_windows(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert untouched(text, WINDOWS_CASE, True, monkeypatch) == (ON_WINDOWS[text], [])


@pytest.mark.parametrize("value", [None, 3, True, [], ["/etc"], {"path": "/etc/passwd"}, ""])
def test_f79_what_is_no_text_names_no_file(value: object) -> None:
    assert judged(value, CASE).reach is Reach.REFUSED


@pytest.mark.parametrize(
    "name", ["../../x", "facts/../../x", "/etc/passwd", "C:\\x", "", None, 3, {"path": "x"}, ["blue_marble.tif"]]
)
def test_f79_only_what_is_shipped_is_shipped(name: object) -> None:
    (place,) = places_of({"shipped": name}, CASE)
    assert place.reach is Reach.REFUSED
    (place,) = places_of({"shipped": "blue_marble.tif"}, CASE)
    assert place.reach is Reach.SHIPPED


def test_f79_combined_images_are_judged_each() -> None:
    images = [{"path": "a.tif"}, {"path": "\\\\srv\\s\\b.tif"}, {"shipped": "../x"}, "c.tif", {"path": ["d"]}]
    found = [place.reach for place in places_of({"combined": images}, CASE)]
    assert found == [Reach.BESIDE, Reach.NETWORK, Reach.REFUSED, Reach.REFUSED, Reach.REFUSED]
    (place,) = places_of({"combined": {"path": "a.tif"}}, CASE)
    assert place.reach is Reach.REFUSED


def test_a_path_that_nobody_here_can_have_is_told_apart() -> None:
    for text in ("C:\\x\\y.tif", "\\\\srv\\share\\x.tif", "//srv/x.tif", "~bob/x.tif", "smb://s/x"):
        place = judged(text, CASE, windows=False)
        assert not place.path, text
        assert not place.can_be_allowed, text
    assert judged("/data/x.tif", CASE, windows=False).can_be_allowed
    assert judged("\\\\srv\\share\\x.tif", WINDOWS_CASE, windows=True).can_be_allowed
    assert not judged("/home/b/x.tif", WINDOWS_CASE, windows=True).can_be_allowed


def test_a_relative_path_of_a_case_without_a_file_leads_nowhere() -> None:
    assert judged("a.tif", "").reach is Reach.REFUSED


def test_each_reach_has_a_sentence() -> None:
    told = [described(judged(text, CASE, windows=False)) for text in ON_POSIX]
    assert all(told)
    assert described(judged("/data/x.tif", CASE)) == "lies outside the case, in /data"


PARTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@given(
    st.lists(st.one_of(PARTS, st.sampled_from(["..", ".", "~", "C:", "\\", "net", "dev"])), max_size=6), st.booleans()
)
def test_what_is_beside_the_case_lies_in_its_folder(parts: list[str], windows: bool) -> None:
    text = "/".join(parts)
    place = judged(text, WINDOWS_CASE if windows else CASE, windows=windows)
    if place.reach is Reach.BESIDE:
        assert is_below(place.path, WINDOWS_CASE if windows else CASE, windows=windows)
        assert ".." not in place.path.replace("\\", "/").split("/")


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_judged(text: str, windows: bool) -> None:
    place = judged(text, WINDOWS_CASE if windows else CASE, windows=windows)
    assert place.text == text
    assert bool(place.path) == (place.is_inside or place.can_be_allowed)
