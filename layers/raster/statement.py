"""An image's own statements about its values. Images are alike only where all are stated and equal: two missing ones
are not equal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition

_LEVEL_TAGS = ("PROCESSING_LEVEL", "PROCESSINGLEVEL", "PRODUCT_LEVEL", "LEVEL")
_UNIT_TAGS = ("UNITS", "UNIT", "UNITTYPE")
_RESAMPLING_TAGS = ("RESAMPLING_OPTION", "RESAMPLING", "RESAMPLING_METHOD", "RESAMPLINGKERNEL")
_LEVEL_OF_PRODUCT = re.compile(r"^(?:L[COTEM]\d\d_(L\d\w\w)_|S2[A-D]_MSI(L\w\w)_)")
"""The identifiers of Landsat and Sentinel-2 products state it."""


class Statement(Struct, frozen=True):
    """Empty texts: not stated."""

    sensor: str = ""
    level: str = ""
    units: str = ""
    resampling: str = ""
    """The image's own resampling, where it states one, and the one that it is shown with."""

    @classmethod
    def of(cls, known: Acquisition, tags: Mapping[str, str], units: str = "", shown_with: str = "") -> Statement:
        """Collect an image's statements from its acquisition, its file's tags, and the units of the bands shown."""
        upper = {key.upper(): value.strip() for key, value in tags.items()}
        named = _LEVEL_OF_PRODUCT.match(known.product_id)
        level = _first(upper, _LEVEL_TAGS) or (next(filter(None, named.groups()), "") if named else "")
        own = _first(upper, _RESAMPLING_TAGS)
        sensor = f"{known.platform} {known.sensor}".strip() if known.sensor else ""
        return cls(sensor, level, units or _first(upper, _UNIT_TAGS), ", ".join(filter(None, (own, shown_with))))

    def unlike(self, other: Statement, *fields: str) -> list[str]:
        """A few words on each of `fields` that is not stated and equal."""
        differences = list[str]()
        for name in fields:
            mine, theirs = getattr(self, name), getattr(other, name)
            word = _WORDS[name]
            if not (mine and theirs):
                which = (
                    ""
                    if not (mine or theirs)
                    else Phrase(" of the first image")
                    if theirs
                    else Phrase(" of the second image")
                )
                differences.append(Phrase("the {word}{which} is not stated", word=word, which=which))
            elif mine.casefold() != theirs.casefold():
                differences.append(
                    Phrase("the {word} differs ({mine}, {theirs})", word=word, mine=mine[:40], theirs=theirs[:40])
                )
        return differences


_WORDS = {
    "sensor": Phrase("sensor"),
    "level": Phrase("processing level"),
    "units": Phrase("unit of the values"),
    "resampling": Phrase("resampling"),
}


def _first(tags: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((tags[name][:100] for name in names if tags.get(name)), "")
