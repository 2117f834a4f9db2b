"""The facts of the demo case as frozen records, read from the files in `sample_data/facts`.

It knows the files and nothing of Geoloupe's own case file, so that the facts can be checked without it.
"""

import csv
import re
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import shapely
from msgspec import Struct

from sample_data import path
from sample_data.build.geojson import Vertex


class Facility(Struct, frozen=True):
    """A row of facilities.csv: a site as published, with the 90 % radius of its position and where that is from."""

    name: str
    kind: str
    role: str
    location_country: str
    operator_country: str
    lat: float
    lon: float
    position_error_m: float
    position_basis: str
    source: str
    remark: str
    aliases: Mapping[str, str]
    """Established names by language ("zh", "ru"). No source is cited for them."""
    identity_note: str = ""
    """Parts of the name that are ours, of a facility that S1 names."""

    @property
    def lifecycle(self) -> str:
        """The lifecycle that the row's words tell of a site that may not be there; empty where they say nothing.

        Of an opening that was announced nothing says that it took place: it is planned.
        """
        if found := re.search(r"\((planned|agreed|closed)\)$", self.name):
            return found[1]
        return "planned" if re.match(r"planned\b|opening announced\b", self.remark) else ""

    @property
    def lifecycle_as_of(self) -> str:
        """The date of the source that says so; empty where it has none."""
        found = re.search(r", (\d{4}(?:-\d\d){0,2})(?: \(.*\))?$", self.source)
        return found[1] if found and self.lifecycle else ""


class Route(Struct, frozen=True):
    """A row of routes.csv: straight legs between towns, WGS 84."""

    name: str
    kind: str
    waypoints: tuple[str, ...]
    line: tuple[Vertex, ...]
    precision: str
    source: str


class Source(Struct, frozen=True):
    """The source of the claims and answers. An empty text means that it is not known, and nothing is put there."""

    id: str
    kind: str
    title: str
    publisher: str
    author: str
    published_at: str
    accessed_at: str
    url: str
    descriptor: str
    context: str
    """Words of the same source to the other side, verbatim."""


class Claim(Struct, frozen=True):
    """A reported claim; claims.toml says what each field means. `places` are names of facilities."""

    number: int
    statement: str
    source_wording: str
    open_point: str
    made_by: str
    words_kind: str
    voice: str
    state: str
    places: tuple[str, ...]
    place_note: str


class Context(Struct, frozen=True):
    """Words of the report in its own voice beside the claims."""

    made_by: str
    words: str


class Response(Struct, frozen=True):
    """An answer to the whole. It changes no claim's state."""

    id: str
    speaker: str
    words: str
    words_kind: str
    answers: str


class Caveat(Struct, frozen=True):
    """A rule for using the records; `claims` are the numbers it is about, empty for all."""

    claims: tuple[int, ...]
    text: str


class Facts(Struct, frozen=True):
    """Everything the demo case is built from."""

    facilities: tuple[Facility, ...]
    routes: tuple[Route, ...]
    source: Source
    claims: tuple[Claim, ...]
    context: tuple[Context, ...]
    responses: tuple[Response, ...]
    caveats: tuple[Caveat, ...]


def load() -> Facts:
    """Reads all facts. Raises KeyError or TypeError, naming the field, where a file does not have its expected form."""
    told = read_toml("claims")
    return Facts(
        facilities=load_facilities(),
        routes=load_routes(),
        source=Source(**told["source"]),
        claims=tuple(Claim(**{**row, "places": tuple(row["places"])}) for row in told["claim"]),
        context=tuple(Context(**row) for row in told["context"]),
        responses=tuple(Response(**row) for row in told["response"]),
        caveats=tuple(Caveat(tuple(row["claims"]), row["text"]) for row in told["caveat"]),
    )


def load_facilities() -> tuple[Facility, ...]:
    """The facilities with their names in other languages. Raises KeyError for an alias of no facility."""
    aliases = read_toml("aliases")
    facilities = []
    for row in read_csv("facilities"):
        fields: dict[str, Any] = {**row, **{key: float(row[key]) for key in ("lat", "lon", "position_error_m")}}
        named = aliases.pop(row["name"], {})
        note = named.pop("identity_note", "")
        facilities.append(Facility(**fields, aliases=MappingProxyType(named), identity_note=note))
    if aliases:
        raise KeyError(f"aliases.toml names no facility of facilities.csv: {', '.join(aliases)}")
    return tuple(facilities)


def load_routes() -> tuple[Route, ...]:
    """The routes in the order of routes.csv."""
    return tuple(
        Route(
            name=row["name"],
            kind=row["kind"],
            waypoints=tuple(row["waypoints"].split(" > ")),
            line=tuple((x, y) for x, y in shapely.get_coordinates(shapely.from_wkt(row["wkt"])).tolist()),
            precision=row["precision"],
            source=row["source"],
        )
        for row in read_csv("routes")
    )


def read_csv(name: str) -> list[dict[str, str]]:
    """The rows of facts/NAME.csv."""
    with path(f"facts/{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_toml(name: str) -> dict[str, Any]:
    """The content of facts/NAME.toml."""
    with path(f"facts/{name}.toml").open("rb") as stream:
        return tomllib.load(stream)
