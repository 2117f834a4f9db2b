"""The files that Geoloupe ships: the demo case, its pictures and lines, and who is to be credited for them."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from msgspec import Struct

DateKind = Literal["instant", "interval", "composite", "unknown"]


class Credit(Struct, frozen=True):
    """The credit that a map owes to a shipped file that it shows.

    `credit` is the attribution line; `date_text` is the date as its source gives it, never sharper; `date_kind` says
    what sort of date that is.
    """

    title: str
    credit: str
    licence: str
    date_text: str
    date_kind: DateKind


def path(name: str) -> Path:
    """The path of a shipped file on disk, by its name relative to `sample_data`, such as "facts/claims.toml".

    Raises FileNotFoundError when there is no such file in this installation.
    """
    if name not in _shipped():
        raise FileNotFoundError(f"Geoloupe ships no sample file {name[:80]!r}: install it again, or correct the name.")
    return Path(str(files(__name__))) / name


@cache
def _shipped() -> frozenset[str]:
    """The names of all files, as `path` takes them: what a case names is looked up, never followed."""
    root = Path(str(files(__name__)))
    return frozenset(found.relative_to(root).as_posix() for found in root.rglob("*") if found.is_file())


def credits() -> dict[str, Credit]:  # noqa: A001 - the field's word; nobody here needs the interpreter's `credits`
    """The credit of each shipped data file, by the name that `path` takes (from credits.toml)."""
    with path("credits.toml").open("rb") as stream:
        return {name: Credit(**entry) for name, entry in tomllib.load(stream).items()}


@cache
def names() -> frozenset[str]:
    """The names of the data files that `path` takes: a layer may name one of these and nothing else."""
    return frozenset(credits())
