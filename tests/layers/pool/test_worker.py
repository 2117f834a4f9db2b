"""The reader's loop, driven here by what the window would send; that it is a process of its own is test_pool's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
import pytest

from layers.decoding import encoded
from layers.errors import FileMissing
from layers.phrase import Room, phrase_of
from layers.pool import worker
from layers.readers.confinement.grants import NOTHING, Grants
from layers.readers.confinement.holds import Holds
from layers.readers.environment import Profile


class Pipe:
    """The window's end and ours: requests that wait, and what was answered. At its end the window is gone."""

    def __init__(self, *requests: dict[str, Any]) -> None:
        self._waiting = [json.dumps({"grants": encoded(NOTHING)} | request).encode() for request in requests]
        self.sent: list[bytes] = []

    def recv_bytes(self) -> bytes:
        if not self._waiting:
            raise EOFError
        return self._waiting.pop(0)

    def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(data) for data in self.sent[1:]]


class Walls:
    """Walls that stand in nobody's way, and keep what they were asked."""

    built: list[str]

    def __init__(self, profile: Profile) -> None:
        self.is_closed = False
        self._granted = NOTHING

    def take_network(self) -> None:
        self.built.append("network")

    def prepare(self) -> None:
        self.built.append("prepare")

    def limit_calls(self) -> None:
        self.built.append("calls")

    def close(self, grants: Grants) -> Holds:
        self.is_closed, self._granted = True, grants
        self.built.append("close")
        return Holds(True, True, True, True, ("this one",))

    def cover(self, needs: Grants) -> bool:
        return needs.read <= self._granted.read


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would bind this process itself is only told of."""
    told: list[str] = []
    monkeypatch.setattr(Walls, "built", told, raising=False)
    monkeypatch.setattr("layers.readers.confinement.walls.Walls", Walls)
    monkeypatch.setattr(worker, "tie_to_parent", lambda pid: told.append(f"tied to {pid}"))
    monkeypatch.setattr(worker.signal, "signal", lambda number, handler: told.append("signals"))
    monkeypatch.setattr(worker, "silence", lambda: told.append("silence"))
    monkeypatch.setattr(worker, "enter", lambda profile, own_process, scratch: told.append(f"{profile} {scratch}"))
    monkeypatch.setattr(worker, "limit_process", lambda profile: told.append("limits"))
    for name in ("geopandas", "pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name))
    return told


@pytest.fixture
def block() -> Iterator[SharedMemory]:
    block = SharedMemory(create=True, size=4096)
    yield block
    block.close()
    block.unlink()


def served(pipe: Pipe, block: SharedMemory, run: Callable[..., Any]) -> Pipe:
    worker.main(pipe, block.name, "features", 7, lambda profile: run, "/scratch")  # type: ignore[arg-type]
    return pipe


def test_requests_are_answered_in_turn_until_the_window_is_gone(steps: list[str], block: SharedMemory) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def run(op: str, params: dict[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...]]:
        asked.append((op, params))
        return {"is": op}, (np.arange(3, dtype=np.int16) * len(asked),)

    requests = {"number": 1, "op": "one", "params": {"a": 1}}, {"number": 2, "op": "two", "params": {}}
    pipe = served(Pipe(*requests), block, run)
    assert asked == [("one", {"a": 1}), ("two", {})]
    assert steps == [
        *("tied to 7", "signals", "silence", "network", "features /scratch", "limits", "prepare", "calls", "close"),
    ]
    assert pipe.sent[0] == b"ready"
    holds, one, two = pipe.answers
    assert (holds["number"], holds["holds"]["lacks"]) == (1, ["this one"])
    assert [(one["number"], one["header"]), (two["number"], two["header"])] == [(1, {"is": "one"}), (2, {"is": "two"})]
    (told,) = two["arrays"]
    offset = told["offset"]
    assert block.buf is not None
    assert np.frombuffer(bytes(block.buf[offset : offset + 6]), np.int16).tolist() == [0, 2, 4]


def test_what_was_not_granted_is_for_another_process(steps: list[str], block: SharedMemory) -> None:
    def run(op: str, params: dict[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...]]:
        return {}, ()

    granted = encoded(Grants(read=frozenset({"/scenes/one.tif"})))
    other = encoded(Grants(read=frozenset({"/scenes/two.tif"})))
    first = {"number": 1, "op": "x", "params": {}, "grants": granted}
    pipe = served(Pipe(first, first | {"number": 2}, first | {"number": 3, "grants": other}), block, run)
    assert [answer.get("out_of_reach", False) for answer in pipe.answers] == [False, False, False, True]


@pytest.mark.parametrize(
    ("failure", "noun", "sentence"),
    [
        (FileMissing("a.tif is gone."), "FileMissing", "a.tif is gone."),
        (MemoryError(), "TooLarge", "a.tif needs more memory than a reader may have"),
        (ValueError("of no use"), "NotReadable", "a.tif cannot be read, it may be damaged: of no use"),
        (KeyError(), "NotReadable", "a.tif cannot be read, it may be damaged: KeyError"),
    ],
)
def test_whatever_an_op_raises_is_one_sentence(
    steps: list[str], block: SharedMemory, failure: Exception, noun: str, sentence: str
) -> None:
    def run(op: str, params: dict[str, Any]) -> tuple[dict[str, Any], tuple[Any, ...]]:
        raise failure

    answer = served(Pipe({"number": 1, "op": "x", "params": {"path": "/scenes/a.tif"}}), block, run).answers[1]
    assert answer["error"] == noun
    assert phrase_of(answer["sentence"]["$phrase"], Room()).startswith(sentence)


def test_a_broken_pipe_ends_it_too(steps: list[str], block: SharedMemory) -> None:
    class Broken(Pipe):
        def send_bytes(self, data: bytes) -> None:
            raise BrokenPipeError

    served(Broken(), block, lambda op, params: ({}, ()))


def test_libraries_are_silenced_below_python(capfd: pytest.CaptureFixture[str]) -> None:
    kept = [os.dup(output) for output in (1, 2)]
    try:
        worker.silence()
        os.write(1, b"a codec complains")
        os.write(2, b"and complains")
    finally:
        for output, before in zip((1, 2), kept, strict=True):
            os.dup2(before, output)
            os.close(before)
    os.write(1, b"said")
    assert tuple(capfd.readouterr()) == ("said", "")


@pytest.mark.parametrize(
    ("profile", "module"), [("local", "door.raster_ops"), ("features", "features.canvas_features")]
)
def test_the_libraries_of_a_profile_are_warm(profile: str, module: str) -> None:
    from layers.readers.door.ops import run

    assert worker.load_readers(Profile(profile)) is run
    assert f"layers.readers.{module}" in sys.modules
