"""Checks that a file which another one names or needs lies in that one's own folder."""

from __future__ import annotations

import os

from layers.errors import FileMissing, NotAllowed


def companion(path: str, named: str, what: str) -> str:
    """The path of the file that `path` names, beside it. `what` says what it holds, such as "its header".

    A link to a picture may lead to where all its files lie, so both folders are its own. Raises NotAllowed for what
    leads out of them, FileMissing for what is not there.
    """
    name = os.path.basename(path)
    if os.path.basename(named) != named or "\\" in named or named in ("", ".", ".."):
        raise NotAllowed(
            "{name} is not opened because it keeps {what} in {named}, which is outside its folder: put all "
            "its files into one folder and save it anew there, or as a GeoTIFF.",
            name=name,
            what=what,
            named=repr(named[:80]),
        )
    beside = os.path.join(os.path.dirname(os.path.abspath(path)), named)
    if not os.path.isfile(beside):
        raise FileMissing(
            "{name} keeps {what} in {named}, which is not there: put that file beside it.",
            name=name,
            what=what,
            named=named[:80],
        )
    if not lies_beside(path, beside):
        raise NotAllowed(
            "{name} is not opened because it keeps {what} in {named}, a link that leads outside its folder: put "
            "the file itself beside it.",
            name=name,
            what=what,
            named=named[:80],
        )
    return beside


def lies_beside(path: str, other: str) -> bool:
    """True where `other`, links followed, lies in the folder of `path` or in the one that `path` leads to."""
    folders = {os.path.realpath(os.path.dirname(os.path.abspath(path))), os.path.dirname(os.path.realpath(path))}
    return os.path.dirname(os.path.realpath(other)) in folders
