"""Data of a case that were issued as a product: which rows, in which format, under which marking."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from layers.document.comparison import read_bounds
from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.phrase import Phrase
from layers.product.page_formats import DATA_ENDINGS
from layers.product.spec import LONGEST_JSON, LONGEST_TEXT

KIND = "data"
MOST_SITES = 200_000
_WHAT = Phrase("The product")


class DataSpec(Struct, frozen=True):
    """Everything that makes the data again from their case. `sites`: uuids of the marks; None: all of the case, or
    those within `bounds` (lon, lat). `folder`: the folder of the case whose marks and overlays these are, or empty.
    """

    suffix: str
    title: str = ""
    author: str = ""
    organisation: str = ""
    marking: str = ""
    publish: bool = False
    sites: tuple[str, ...] | None = None
    bounds: Bounds | None = None
    folder: str = ""

    def to_json(self) -> str:
        """Text for `layout_json`; `read_data_spec` gives back an equal value."""
        data: dict[str, Any] = {"kind": KIND, "publish": self.publish}
        data |= {name: getattr(self, name) for name in _WORDS}
        data |= {"folder": self.folder} if self.folder else {}
        data["sites"] = None if self.sites is None else list(self.sites)
        data["bounds"] = None if self.bounds is None else list(self.bounds)
        return json.dumps(data)


_WORDS = ("suffix", "title", "author", "organisation", "marking")


def read_data_spec(text: str) -> DataSpec | None:
    """The data that `layout_json` describes; None for anything else. Odd members count as not stated."""
    if len(text) > LONGEST_JSON:
        return None
    try:
        data = json_object(text, _WHAT)
    except InvalidValue:
        return None
    if data.get("kind") != KIND or data.get("suffix") not in DATA_ENDINGS:
        return None
    sites = data.get("sites")
    words = {name: data.get(name) for name in (*_WORDS, "folder")}
    return DataSpec(
        **{name: entry[:LONGEST_TEXT] if isinstance(entry, str) else "" for name, entry in words.items()},
        publish=data.get("publish") is True,
        sites=tuple(uuid for uuid in sites if isinstance(uuid, str))[:MOST_SITES] if isinstance(sites, list) else None,
        bounds=read_bounds(data.get("bounds")),
    )
