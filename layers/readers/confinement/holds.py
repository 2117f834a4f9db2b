"""A report on a reader process: how far this system could confine it."""

from __future__ import annotations

from msgspec import Struct


class Holds(Struct, frozen=True):
    """The walls of a process: accesses that it has no more."""

    files: bool = False
    """It opens only files that it was granted."""
    network: bool = False
    """It reaches no host, by no protocol."""
    tcp: bool = False
    """It reaches no host by TCP."""
    calls: bool = False
    """It makes only the calls to the kernel that a reader needs, and touches no other process."""
    lacks: tuple[str, ...] = ()
    """Walls that this system lacks and others have, in sentences."""
