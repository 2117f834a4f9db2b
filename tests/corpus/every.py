"""All files of the corpus."""

from __future__ import annotations

from tests.corpus.formats import formats
from tests.corpus.geotiffs import geotiffs
from tests.corpus.odd import Odd
from tests.corpus.placed import placed

EVERY: list[Odd] = [*geotiffs(), *placed(), *formats()]
