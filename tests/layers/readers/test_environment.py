"""A reader's environment and limits. Nothing of it is done to this process: it is kept what would be done."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from typing import Any

import pytest

from layers.readers import environment
from layers.readers.environment import MEMORY_OVER_START_BYTES, Profile, enter, give_back_memory, limit_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are Linux's here")


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    there = {"AWS_SECRET": "x", "GDAL_DRIVER_PATH": "/elsewhere", "HOME": "/home/me", "http_proxy": "proxy"}
    monkeypatch.setattr(environment.os, "environ", there)
    return there


def test_what_leads_elsewhere_is_gone_and_the_network_with_it(own_environment: dict[str, str]) -> None:
    enter(Profile.LOCAL, own_process=True, scratch="/scratch")
    assert not {"AWS_SECRET", "GDAL_DRIVER_PATH"} & set(own_environment)
    assert own_environment["HOME"] == "/home/me"
    assert own_environment["http_proxy"] == own_environment["GDAL_HTTP_PROXY"] == "http://127.0.0.1:1"
    assert own_environment["TMPDIR"] == own_environment["SQLITE_TMPDIR"] == "/scratch"
    assert environment.current_profile() is Profile.LOCAL


def test_who_reads_of_hosts_has_no_way_to_them(own_environment: dict[str, str]) -> None:
    enter(Profile.REMOTE, own_process=True)
    assert own_environment["http_proxy"] == own_environment["GDAL_HTTP_PROXY"] == "http://127.0.0.1:1"
    assert own_environment["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] == ".none"
    assert "TMPDIR" not in own_environment


def test_in_the_programs_own_process_proxies_stay(own_environment: dict[str, str]) -> None:
    enter(Profile.VRT, own_process=False)
    assert own_environment["http_proxy"] == "proxy"
    assert "VRT" not in own_environment["GDAL_SKIP"].split()
    assert own_environment["GDAL_DISABLE_READDIR_ON_OPEN"] == "EMPTY_DIR"


@pytest.mark.parametrize(("profile", "writes"), [(Profile.LOCAL, False), (Profile.WRITER, True), (Profile.CASE, True)])
def test_memory_files_and_written_bytes_are_bounded(
    monkeypatch: pytest.MonkeyPatch, profile: Profile, writes: bool
) -> None:
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, 100 if kind == resource.RLIMIT_NOFILE else -1))
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    limit_process(profile)
    assert limits[resource.RLIMIT_NOFILE] == (100, 100), "never more than the system lets us have"
    assert limits[resource.RLIMIT_CORE] == (0, 0)
    assert (resource.RLIMIT_FSIZE in limits) is not writes
    assert limits[resource.RLIMIT_AS][0] > MEMORY_OVER_START_BYTES


class Library:
    """In the place of the C library."""

    def __init__(self, *names: str) -> None:
        self.calls: list[tuple[Any, ...]] = []
        for name in names:
            setattr(self, name, lambda *arguments, name=name: self.calls.append((name, *arguments)))


@pytest.fixture
def nice(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(os, "nice", found.append)
    return found


def test_a_reader_dies_with_its_window(monkeypatch: pytest.MonkeyPatch, nice: list[int]) -> None:
    library, ended = Library("prctl"), []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr(os, "_exit", ended.append)
    environment.tie_to_parent(os.getppid())
    assert library.calls == [("prctl", 1, signal.SIGKILL)]
    assert (nice, ended) == ([10], [])
    environment.tie_to_parent(os.getppid() + 1)
    assert ended == [0], "the window was gone before"


def test_freed_memory_is_given_back_where_the_library_can(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library("malloc_trim")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    give_back_memory()
    assert library.calls == [("malloc_trim", 0)]
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library())
    give_back_memory()
