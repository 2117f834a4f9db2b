"""Files of Google Earth Pro's shapes: all that does not come home is named in the report, with its number."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.errors import InvalidValue
from layers.pool.pool import ReaderPool
from layers.requests.earth_file import EarthFile, ReadEarthFile
from tests.support.readers.earth_corpus import SHAPES
from viewer.commands.filing.earth_places import EarthChoice, bring_home
from viewer.panels.homecoming.earth_words import STAYS, account_of

ALL = EarthChoice(views=("folder", "tour", "place", "overlay"))


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_is_lost_unsaid(tmp_path: Path, name: str) -> None:
    shape = SHAPES[name]
    path = shape.write(tmp_path)
    answer = ReaderPool(inline=True).ask(ReadEarthFile(str(path)))
    file: EarthFile = answer.facts
    assert not file.problems
    assert (len(file.places), len(file.overlays), len(file.views)) == (shape.places, shape.overlays, shape.views)
    assert dict(Counter(left.kind for left in file.left)) == dict(shape.stays)
    lines = account_of(file)
    for kind, count in shape.stays.items():
        assert [line for line in lines if line.startswith(f"{STAYS[kind]} ({count})")], kind
    document = Document()
    blobs, starts = answer.arrays
    shapes = [blobs[first:last].tobytes() for first, last in pairwise(starts)]
    try:
        document.apply(bring_home(document, file, shapes, path, ALL, actor="Li").edit)
    except InvalidValue:
        assert shape.places + shape.overlays + shape.views == 0
    assert len({site.uuid for site in document.sites.values() if not site.parent_uuid}) == shape.places
    assert len(document.layers) == shape.overlays
    assert len(document.bookmarks) == shape.views
    notes = "\n".join(site.notes for site in document.sites.values())
    assert [words for words in shape.words if words not in notes] == []
    assert {place.name for place in file.places} == {site.label for site in document.sites.values()}
