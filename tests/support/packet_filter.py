"""The kernel's packet filter, as far as filters of system calls speak its language: what it would answer to a call."""

from __future__ import annotations

import struct

ALLOWED = 0x7FFF0000
_ERROR = 0x00050000


def verdict(program: bytes, machine: int, number: int, *arguments: int) -> int:
    """The answer of a program: 0 where the call is allowed, the number of the error where it is refused."""
    data = struct.pack("<iIQ6Q", _signed(number), machine, 0, *(a % 2**64 for a in (*arguments, *[0] * 6)[:6]))
    steps = list(struct.iter_unpack("=HBBI", program))
    accumulator, at = 0, 0
    for _ in range(len(steps)):  # it only jumps ahead
        code, if_true, if_false, value = steps[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x54:
                accumulator &= value
            case 0x06:
                assert value == ALLOWED or value & 0xFFFF0000 == _ERROR
                return 0 if value == ALLOWED else value & 0xFFFF
            case _:
                holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: accumulator & value != 0}[code]
                at += if_true if holds else if_false
    raise AssertionError("a program that never answers")


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number
