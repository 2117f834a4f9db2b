"""Checks the text of a CRS before PROJ or GDAL see it: refuses texts that make them open files, such as grids, and
texts that cannot name a CRS at all.

The name of a file without a folder passes: PROJ looks for it among its own data only. PROJ compares a text that it does
not know with each of its thirty thousand names, which takes 0.3 s. So the text's shape is checked first, then PROJ's
own list of codes and names. PROJ looks up numbers of EPSG and ESRI at once; other codes are looked up here, in 7 ms;
the names are read once, in 90 ms, when a name is first asked for. Python's SQLite reads them: nobody writes PROJ's
database, so that two libraries may have it open.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.geo.proj import pyproj
from layers.phrase import Phrase

MAX_CHARS = 65_536
MAX_DEPTH = 32
_NAMES_FILES = re.compile(r"grids|parameterfile|(?:file|model|init|catalog)\s*=", re.IGNORECASE)
"""Words that name files: parameters of PROJ, nodes of WKT, old and new, and methods written as text."""
_PATH = re.compile(r"(?<! )/|/(?! )|[\\~]|\b[A-Za-z]:(?=\S*\.)|://")
"""A slash, but none between spaces, which occurs in names: WGS 84 / UTM zone 52N."""
_QUOTED = 40
_WKT = re.compile(
    r"(?:GEOGCS|GEOCCS|PROJCS|COMPD_CS|VERT_CS|VERTCS|LOCAL_CS|GEODCRS|GEODETICCRS|GEOGCRS|GEOGRAPHICCRS|PROJCRS|"
    r"PROJECTEDCRS|VERTCRS|VERTICALCRS|ENGCRS|ENGINEERINGCRS|COMPOUNDCRS|BOUNDCRS|PARAMETRICCRS|TIMECRS|"
    r"DERIVEDPROJCRS)\s*\[",
    re.IGNORECASE,
)
"""The words of WKT that PROJ knows; it takes unknown ones for names."""
_PROJ_TEXT = re.compile(r"(?:^|[\s+])(?:proj|init)\s*=", re.IGNORECASE)
_URN = re.compile(
    r"urn:(?:ogc|x-ogc|opengis):def:crs(?:,crs)?(?::[^\s:,]*){2,3}(?:,crs(?::[^\s:,]*){2,3})*", re.IGNORECASE
)
_OGC_ADDRESS = re.compile(r"https?://(?:www\.)?opengis\.net/def/crs\S+")
_CODE = re.compile(r"(\w+):([\w.-]+)")
_PLAIN_CODE = re.compile(r"(?:EPSG|ESRI):\d{1,9}", re.IGNORECASE | re.ASCII)
"""A code for which PROJ searches no names: even an unknown one costs 8 ms only."""
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_MOST_NAME_CHARS = 200
_SQL = """
    SELECT auth_name, code, name, deprecated, 0, type FROM crs_view
    UNION ALL
    SELECT of.auth_name, of.code, alt_name, deprecated, 1, type FROM alias_name JOIN crs_view AS of
    USING (table_name, auth_name, code)
"""
_KINDS = ("projected", "geographic 2D", "geographic 3D", "geocentric", "compound", "vertical")
_AUTHORITIES = ("EPSG", "ESRI", "IGNF", "OGC")
"""Kinds and authorities in the order in which they are preferred where several CRSs have one name."""
_OLDER_AUTHORITIES = {"IAU": "IAU_2015"}


def fault_of_crs(text: str) -> str:
    """Return the reason why a text must not be read as a CRS, after "it"; empty where nothing is wrong with it."""
    if len(text) > MAX_CHARS:
        return Phrase("is longer than the description of any CRS")
    if _depth(text) > MAX_DEPTH:
        return Phrase("is nested deeper than the description of any CRS")
    if text.lstrip().startswith("{"):
        return _fault_of_json(text)
    return _named(text) if _NAMES_FILES.search(text) else ""


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[\[\](){}]", text):
        depth += 1 if bracket in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


def _named(text: str) -> str:
    match = _PATH.search(text)
    if match is None:
        return ""
    around = text[max(0, match.start() - _QUOTED // 2) : match.end() + _QUOTED // 2]
    return Phrase("names a file, which is not opened ({split})", split=" ".join(around.split()))


def _fault_of_json(text: str) -> str:
    """Find the fault of PROJJSON: it names a file as the value of a parameter, or in a method written as text."""
    faults: list[str] = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key, value in pairs:
            if isinstance(value, str) and key != "$schema" and (key == "value" or _NAMES_FILES.search(value)):
                faults.append(_named(value))
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=look)
    except (ValueError, RecursionError):
        return Phrase("is no JSON")
    return next(filter(None, faults), "")


def text_for_proj(text: str) -> str:
    """Text to give to PROJ: a description unchanged, a code that PROJ lists, or the code of a name that it lists.

    Empty for a text that cannot name a CRS.
    """
    text = text.strip()
    described = _WKT.match(text) or _OGC_ADDRESS.match(text) or _URN.fullmatch(text) or _PROJ_TEXT.search(text)
    return text if described or text.startswith("{") else _code_of(text)


def _code_of(text: str) -> str:
    if not text or len(text) > _MOST_NAME_CHARS:
        return ""
    first, *more = f"EPSG:{text}".split("+") if _NUMBER.fullmatch(text) else text.split("+")
    head = _CODE.fullmatch(first)
    if head is not None:
        parts = [head, *(_CODE.fullmatch(part if ":" in part else f"{head[1]}:{part}") for part in more)]
        known = all(
            part is not None and (_PLAIN_CODE.fullmatch(part[0]) or _has_code(part[1], part[2])) for part in parts
        )
        return "+".join((first, *more)) if known else ""
    listed = names_listed()
    if listed is None:
        return text
    codes = [listed.get(name.casefold(), "") for name in (text, *text.split(" + "))]
    return codes[0] or ("+".join(codes[1:]) if all(codes[1:]) else "")


@lru_cache(maxsize=4096)
def _has_code(space: str, code: str) -> bool:
    """True where PROJ lists a code, or its list cannot be read: then PROJ judges alone. It takes authorities in any
    case, and codes as they stand.
    """
    space = _OLDER_AUTHORITIES.get(space, space)
    rows = _rows("SELECT 1 FROM crs_view WHERE auth_name IN (?, ?) AND code = ? LIMIT 1", space, space.upper(), code)
    return rows is None or bool(rows)


@lru_cache(maxsize=1)
def names_listed() -> dict[str, str] | None:
    """The code of each name in lower case; None where PROJ's list cannot be read."""
    rows = _rows(_SQL)
    if rows is None:
        return None
    rows.sort(key=lambda row: (row[3], _rank(_KINDS, row[5]), row[4], _rank(_AUTHORITIES, row[0])), reverse=True)
    return {row[2].casefold(): f"{row[0]}:{row[1]}" for row in rows}  # the last of a name is the preferred one


def _rows(sql: str, *values: str) -> list[Any] | None:
    """Rows of PROJ's database; None where that is missing, or of another structure."""
    path = Path(pyproj.datadir.get_data_dir()) / "proj.db"
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            return database.execute(sql, values).fetchall()
    except sqlite3.Error:
        return None


def _rank(order: tuple[str, ...], word: str) -> int:
    return order.index(word) if word in order else len(order)
