"""The messages between the window and a reader: JSON headers over a pipe, arrays in a block of shared memory.

The window trusts nothing that comes back: headers are JSON, array descriptions are checked against the block.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from layers.errors import GeoloupeError, TooLarge
from layers.phrase import Phrase, Room, phrase_of
from layers.readers.confinement.grants import Grants
from layers.readers.confinement.holds import Holds
from layers.readers.environment import ANSWER_BYTES, WRITERS, Profile
from layers.requests.question import Question

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ANSWER_BYTES",
    "WRITERS",
    "Answer",
    "BadReply",
    "Grants",
    "Holds",
    "Profile",
    "Request",
    "deadline_s",
    "is_out_of_reach",
    "place_arrays",
    "read_holds",
    "read_reply",
]

MAX_HEADER_BYTES = 64 * 2**20
START_TIMEOUT_S = 30.0
_DEADLINES_S = {"probe": 10.0}
_OTHER_DEADLINE_S = 30.0
_SECONDS_A_MB = {
    **dict.fromkeys((".kml", ".gpx", ".csv", ".tsv", ".tab", ".txt", ".json", ".geojson", ".geojsonl"), 0.5),
    **dict.fromkeys((".kmz", ".xlsx"), 5.0),  # packed
}
_MOST_MORE_S = 80.0
_ALIGNMENT = 64
_KINDS = "biuf"
_PHRASE = "$phrase"
"""The only name in an object that stands for a phrase."""


class BadReply(Exception):
    """A reader sent something that is not an answer."""


class Answer(Struct, frozen=True, eq=False):
    """The answer of an op. The arrays own their memory."""

    header: dict[str, Any]
    arrays: tuple[NDArray[Any], ...] = ()
    profile: Profile = Profile.LOCAL
    """Of the reader that could answer."""


@dataclass(eq=False, slots=True)  # no Struct: it computes a field
class Request:
    """One question on its way to a reader. `done` is called once, on a supervisor thread, with an `Answer` or an error.

    `strike_key` is the path whose faults are counted; without it no fault is held against anything.
    """

    question: Question
    done: Callable[[Answer | GeoloupeError], None]
    strike_key: str = ""
    deadline_s: float | None = None
    profile: Profile = Profile.LOCAL
    is_background: bool = False
    """Nobody waits for it: a pool that has only such work is idle."""
    is_given_up: bool = False
    """By `ReaderPool.give_up`: the reader's end is no fault of the file."""
    params: dict[str, Any] = field(init=False)
    """The question as it stands in the message."""

    def __post_init__(self) -> None:
        self.params = self.question.params()

    @property
    def op(self) -> str:
        """The name of what is asked."""
        return self.question.op


def deadline_s(request: Request) -> float:
    """Seconds until the reader is killed; more for text that can only be read as a whole."""
    if request.deadline_s is not None:
        return request.deadline_s
    return _DEADLINES_S.get(request.op, _OTHER_DEADLINE_S) + _more_s(request.question.path)


def _more_s(path: str) -> float:
    rate = _SECONDS_A_MB.get(os.path.splitext(path)[1].lower(), 0.0)
    try:
        return min(os.path.getsize(path) / 2**20 * rate, _MOST_MORE_S) if rate else 0.0
    except (OSError, ValueError):
        return 0.0


def place_arrays(arrays: Sequence[NDArray[Any]], block: memoryview) -> list[dict[str, Any]]:
    """Copy `arrays` into `block` one after the other and describe where they are; raises TooLarge."""
    import numpy as np  # for start-up time: the window starts its readers before

    described, offset = [], 0
    for array in arrays:
        end = offset + array.nbytes
        if end > len(block):
            raise TooLarge("The answer is larger than a reader may send: ask for a smaller part.")
        target = np.frombuffer(block, dtype=array.dtype, count=array.size, offset=offset).reshape(array.shape)
        np.copyto(target, array)
        described.append({"dtype": array.dtype.str, "shape": list(array.shape), "offset": offset})
        offset = -(-end // _ALIGNMENT) * _ALIGNMENT
    return described


def message_of(reply: dict[str, Any]) -> bytes:
    """The message of a reply. Phrases in it cross the pipe with their templates: the window may translate them."""
    return json.dumps(_with_templates(reply)).encode()


def _with_templates(value: Any) -> Any:
    match value:
        case Phrase():
            return {_PHRASE: value.parts()}
        case dict():
            return {name: _with_templates(one) for name, one in value.items()}
        case list() | tuple():
            return [_with_templates(one) for one in value]
    return value


def _read(message: bytes) -> Any:
    """A reply from its message. Raises ValueError for what is no JSON, and for phrases that are none."""
    room = Room(MAX_HEADER_BYTES)

    def whole(data: dict[str, Any]) -> Any:
        return phrase_of(data[_PHRASE], room) if data.keys() == {_PHRASE} else data

    return json.loads(message, object_hook=whole)


def read_reply(message: bytes, number: int, block: memoryview) -> Answer | tuple[str, Phrase]:
    """The answer in a reader's message, copied out of `block`, or the (noun, sentence) of its error.

    Raises BadReply when the message is not a well-formed reply to request `number`.
    """
    try:
        reply = _read(message)
        if reply["number"] != number:
            raise BadReply("an answer to another request")
        if "error" in reply:
            sentence = reply["sentence"]
            return str(reply["error"]), sentence if isinstance(sentence, Phrase) else Phrase(str(sentence))
        header = reply["header"]
        if not isinstance(header, dict):
            raise BadReply("a header that is no object")
        return Answer(header, tuple(_take_array(described, block) for described in reply["arrays"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadReply(str(error)) from error


def is_out_of_reach(message: bytes, number: int) -> bool:
    """True where a reader says that it was not granted what request `number` needs."""
    return message == json.dumps({"number": number, "out_of_reach": True}).encode()


def read_holds(message: bytes, number: int) -> Holds:
    """Reads a reader's message about its walls, sent before its first answer. Raises BadReply."""
    try:
        told = json.loads(message)
        if told["number"] != number:
            raise BadReply("walls for another request")
        return Holds.from_json(told["holds"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadReply(str(error)) from error


def _take_array(described: dict[str, Any], block: memoryview) -> NDArray[Any]:
    import numpy as np  # for start-up time, as above

    dtype = np.dtype(str(described["dtype"]))
    shape, offset = described["shape"], described["offset"]
    sizes = [offset, *shape]
    if dtype.kind not in _KINDS or len(shape) > 4 or not all(type(n) is int and n >= 0 for n in sizes):
        raise BadReply("an array of a kind that is not sent")
    count = math.prod(shape)
    if offset + count * dtype.itemsize > len(block):
        raise BadReply("an array outside the block")
    if count == 0:
        return np.empty(shape, dtype)
    return np.frombuffer(block, dtype=dtype, count=count, offset=offset).reshape(shape).copy()
