"""All files of the corpus."""

from __future__ import annotations

from tests.corpus.formats import formats
from tests.corpus.geotiffs import geotiffs
from tests.corpus.kml_gpx import kml_gpx
from tests.corpus.odd import Odd
from tests.corpus.placed import placed
from tests.corpus.vectors import vectors

EVERY: list[Odd] = [*geotiffs(), *placed(), *formats(), *vectors(), *kml_gpx()]
