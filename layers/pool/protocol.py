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
from msgspec.structs import replace

from layers.decoding import decoded, encoded
from layers.errors import GeoloupeError, InvalidValue, TooLarge, error_from_noun
from layers.phrase import Phrase, Room, phrase_of
from layers.readers.confinement.grants import Grants
from layers.readers.confinement.holds import Holds
from layers.readers.environment import ANSWER_BYTES, WRITERS, Profile
from layers.requests.addresses import ServedRanges, WantedRanges, name_of
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
DEADLINES_S = {"probe": 10.0}
OTHER_DEADLINE_S = 30.0
_SECONDS_A_MB = {
    **dict.fromkeys((".kml", ".gpx", ".csv", ".tsv", ".tab", ".txt", ".json", ".geojson", ".geojsonl"), 0.5),
    **dict.fromkeys((".kmz", ".xlsx"), 5.0),  # packed
}
MOST_MORE_S = 80.0
_ALIGNMENT = 64
_KINDS = "biuf"
_PHRASE = "$phrase"
"""The only name in an object that stands for a phrase."""
_WANTS = b"wants "
"""The beginning of the only message of a reader that is no answer; no JSON begins so."""


class BadReply(Exception):
    """A reader sent something that is not an answer."""


class Answer(Struct, frozen=True, eq=False):
    """The answer of an op. The arrays own their memory."""

    header: dict[str, Any]
    arrays: tuple[NDArray[Any], ...] = ()
    profile: Profile = Profile.LOCAL
    """Profile of the reader that could answer."""
    facts: Any = None
    """The header as the type that the question names."""

    def to(self, question: Question) -> Answer | InvalidValue:
        """Return the answer with its facts, or an error that says that it does not answer this question."""
        try:
            return replace(self, facts=decoded(self.header, question.facts_kind(), no_answer(question)))
        except InvalidValue as error:
            return error


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
    """True where nobody waits for the answer: a pool that has only such work is idle."""
    is_given_up: bool = False
    """True once `ReaderPool.give_up` cancelled it: the reader's end is no fault of the file."""
    params: dict[str, Any] = field(init=False)
    """The question as it stands in the message."""

    def __post_init__(self) -> None:
        self.params = self.question.params()

    @property
    def op(self) -> str:
        """Name of the operation that the question asks for."""
        return self.question.op


def no_answer(question: Question) -> Phrase:
    """The sentence about a reply that does not answer this question."""
    return Phrase(
        "{name} cannot be read: the answer of its reader does not fit together. Open the file again.",
        name=name_in(question),
    )


def name_in(question: Question) -> str:
    """Name of the question's file, to begin a sentence."""
    return name_of(question.path) or Phrase("The request")


def deadline_s(request: Request) -> float:
    """Seconds until the reader is killed; more for text that can only be read as a whole."""
    if request.deadline_s is not None:
        return request.deadline_s
    return DEADLINES_S.get(request.op, OTHER_DEADLINE_S) + _more_s(request.question.path)


def _more_s(path: str) -> float:
    rate = _SECONDS_A_MB.get(os.path.splitext(path)[1].lower(), 0.0)
    try:
        return min(os.path.getsize(path) / 2**20 * rate, MOST_MORE_S) if rate else 0.0
    except (OSError, ValueError):
        return 0.0


class _Message(Struct):
    number: int
    """Number of the request that it is about."""


class _Walls(_Message):
    """The first message of a process: its walls."""

    holds: Holds


class _Wants(_Message):
    """A reader needs bytes of a file at an address before it can answer."""

    wants: WantedRanges


class _Part(Struct):
    """The window's answer: `count` bytes of a file follow, which is in this state; or an error and its sentence."""

    count: int = 0
    size: int = 0
    mark: str = ""
    error: str = ""
    sentence: str = ""


class _Array(Struct):
    """The place of an array in the block."""

    dtype: str
    shape: tuple[int, ...]
    offset: int


class _Reply(_Message):
    """An answer, or the noun of an error with its sentence."""

    header: dict[str, Any] | None = None
    arrays: tuple[_Array, ...] = ()
    error: str | None = None
    sentence: str = ""


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


_WITHOUT_PHRASES = frozenset({str, int, float, bool, type(None)})


def message_of(reply: dict[str, Any]) -> bytes:
    """The message of a reply. Phrases in it cross the pipe with their templates: the window may translate them."""
    return json.dumps(_with_templates(reply)).encode()


def _with_templates(value: Any) -> Any:
    match value:
        case Phrase():
            return {_PHRASE: value.parts()}
        case dict():
            return {name: _with_templates(member) for name, member in value.items()}
        case list() | tuple() if not set(map(type, value)) <= _WITHOUT_PHRASES:  # columns of many thousand values
            return [_with_templates(member) for member in value]
    return value


def parsed(message: bytes) -> Any:
    """Parse the plain JSON of a message, and its phrases. Raises ValueError for text that is no JSON, or has bad
    phrases.
    """
    room = Room(MAX_HEADER_BYTES)

    def whole(data: dict[str, Any]) -> Any:
        return phrase_of(data[_PHRASE], room) if data.keys() == {_PHRASE} else data

    return json.loads(message, object_hook=whole)


def read_reply(message: bytes, number: int, block: memoryview) -> Answer | tuple[str, Phrase]:
    """The answer in a reader's message, copied out of `block`, or the (noun, sentence) of its error.

    Raises BadReply when the message is not a well-formed reply to request `number`.
    """
    reply = _read(message, _Reply, number)
    try:
        if reply.error is not None:
            sentence = reply.sentence
            return reply.error, sentence if isinstance(sentence, Phrase) else Phrase(sentence)
        if reply.header is None:
            raise BadReply("neither an answer nor an error")
        return Answer(reply.header, tuple(_take_array(described, block) for described in reply.arrays))
    except (ValueError, TypeError, SyntaxError) as error:
        raise BadReply(str(error)) from error


def _read[M: _Message](message: bytes, kind: type[M], number: int) -> M:
    """The message of a reader about request `number`. Raises BadReply."""
    try:
        content = decoded(parsed(message), kind, Phrase("A message that is none."))
    except (ValueError, RecursionError, InvalidValue) as error:
        raise BadReply(str(error)) from error
    if content.number != number:
        raise BadReply("a message about another request")
    return content


def is_out_of_reach(message: bytes, number: int) -> bool:
    """True where a reader says that it was not granted what request `number` needs."""
    return message == json.dumps({"number": number, "out_of_reach": True}).encode()


def read_holds(message: bytes, number: int) -> Holds:
    """Reads a reader's message about its walls, sent before its first answer. Raises BadReply."""
    return _read(message, _Walls, number).holds


def wants_message(number: int, wanted: WantedRanges) -> bytes:
    """The message of a reader that needs bytes while it answers request `number`."""
    return _WANTS + json.dumps({"number": number, "wants": encoded(wanted)}).encode()


def wanted_ranges(message: bytes, number: int) -> WantedRanges | None:
    """The bytes that a reader needs while it answers request `number`; None for any other message. Raises BadReply."""
    return _read(message[len(_WANTS) :], _Wants, number).wants if message.startswith(_WANTS) else None


def part_messages(part: ServedRanges | GeoloupeError) -> list[bytes]:
    """The answer of the window to a reader that needs bytes: a message about them, and they themselves."""
    if isinstance(part, GeoloupeError):
        return [message_of({"error": part.noun, "sentence": part.sentence})]
    about = message_of({"count": len(part.data), "size": part.size, "mark": part.mark})
    return [about, part.data] if part.data else [about]


def read_part(message: bytes) -> tuple[ServedRanges, int]:
    """The file in the window's answer, and the number of bytes that follow. Raises the error for which none do."""
    part = decoded(parsed(message), _Part, Phrase("The window's answer is none."))
    if part.error:
        raise error_from_noun(part.error, part.sentence)
    return ServedRanges(b"", part.size, part.mark), part.count


def _take_array(described: _Array, block: memoryview) -> NDArray[Any]:
    import numpy as np  # for start-up time, as above

    dtype, shape, offset = np.dtype(described.dtype), described.shape, described.offset
    if dtype.kind not in _KINDS or len(shape) > 4 or min(offset, *shape) < 0:
        raise BadReply("an array of a kind that is not sent")
    count = math.prod(shape)
    if offset + count * dtype.itemsize > len(block):
        raise BadReply("an array outside the block")
    if count == 0:
        return np.empty(shape, dtype)
    return np.frombuffer(block, dtype=dtype, count=count, offset=offset).reshape(shape).copy()
