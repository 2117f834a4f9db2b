import json

import numpy as np
import pytest

from layers.errors import TooLarge
from layers.pool.protocol import Answer, BadReply, Request, deadline_s, place_arrays, read_reply
from tests.support.readers.raw import raw

ARRAYS = (
    np.arange(6, dtype=np.uint8).reshape(2, 3),
    np.linspace(0, 1, 5),
    np.zeros((0, 4), np.int32),
    np.array([True, False]),
)


def test_arrays_go_through_a_block_and_come_back_as_copies():
    block = memoryview(bytearray(4096))
    message = json.dumps({"number": 7, "header": {"a": 1}, "arrays": place_arrays(ARRAYS, block)}).encode()
    answer = read_reply(message, 7, block)
    assert isinstance(answer, Answer)
    block[:] = bytes(4096)
    assert answer.header == {"a": 1}
    for sent, got in zip(ARRAYS, answer.arrays, strict=True):
        assert sent.dtype == got.dtype
        assert np.array_equal(sent, got)
        assert got.flags.owndata or got.base.flags.owndata


def test_what_does_not_fit_is_refused():
    with pytest.raises(TooLarge):
        place_arrays([np.zeros(100)], memoryview(bytearray(799)))


@pytest.mark.parametrize(
    "described",
    [
        {"dtype": "<f8", "shape": [600], "offset": 0},
        {"dtype": "<f8", "shape": [1], "offset": 4095},
        {"dtype": "<f8", "shape": [-1], "offset": 0},
        {"dtype": "<f8", "shape": [1], "offset": -8},
        {"dtype": "O", "shape": [1], "offset": 0},
        {"dtype": "V8", "shape": [1], "offset": 0},
        {"dtype": "u1", "shape": [1.5], "offset": 0},
        {"dtype": "u1", "shape": [2**40, 2**40], "offset": 0},
        {"dtype": "u1", "shape": [1, 1, 1, 1, 1], "offset": 0},
        {"dtype": "nonsense", "shape": [1], "offset": 0},
        {"shape": [1], "offset": 0},
        None,
    ],
)
def test_no_array_outside_the_block_or_of_a_strange_kind(described):
    message = json.dumps({"number": 1, "header": {}, "arrays": [described]}).encode()
    with pytest.raises(BadReply):
        read_reply(message, 1, memoryview(bytearray(4096)))


@pytest.mark.parametrize("message", [b"", b"\xff", b"1", b"[" * 100_000, b'{"number": 2}', b'{"number":1,"header":[]}'])
def test_no_reply_to_another_request_and_no_nonsense(message):
    with pytest.raises(BadReply):
        read_reply(message, 1, memoryview(bytearray(8)))


def test_deadlines_by_kind():
    def request(op: str, limit: float | None = None) -> Request:
        return Request(raw(op, {}), print, deadline_s=limit)

    assert [deadline_s(r) for r in (request("probe"), request("tile"), request("tile", 1.5))] == [10, 30, 1.5]


def test_large_text_that_is_read_as_a_whole_has_more_time(tmp_path):
    def seconds(name: str, size: int) -> float:
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size)
        return deadline_s(Request(raw("probe", {"path": str(path)}), lambda _: None))

    assert seconds("a.kml", 1000) == pytest.approx(10, abs=0.1)
    assert seconds("b.kml", 20 * 2**20) == 20
    assert seconds("c.csv", 2**30) == 90
    assert seconds("d.tif", 2**30) == 10
    assert deadline_s(Request(raw("probe", {"path": "/nowhere.kml"}), lambda _: None)) == 10
    assert deadline_s(Request(raw("probe", {"path": "/nowhere.kml"}), lambda _: None, deadline_s=1.0)) == 1
