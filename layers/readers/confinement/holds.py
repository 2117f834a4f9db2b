"""A report on a reader process: how far this system could confine it."""

from __future__ import annotations

from msgspec import Struct


class Holds(Struct, frozen=True):
    """The walls of a process: all that it can do no more."""

    files: bool = False
    """It opens only what it was granted."""
    network: bool = False
    """It reaches no host, by no protocol."""
    tcp: bool = False
    """It reaches no host by TCP."""
    calls: bool = False
    """It asks the kernel for what a reader needs and for nothing else, and touches no other process."""
    lacks: tuple[str, ...] = ()
    """Walls that do not hold here though they could elsewhere, in sentences."""
