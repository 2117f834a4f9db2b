"""The extent of a product of the command line, when nobody says one."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from layers.document.document import Document
from layers.project.opening.case_paths import CaseHome
from tests.viewer.canvas.conftest import site
from viewer.cli.export import subject_bounds
from viewer.export.headless import Studio


def test_areas_of_loosely_known_sites_are_shown_whole(qapp: object, tmp_path: Path) -> None:
    known, loose = site("known", shapely.Point(100, 60)), site("loose", shapely.Point(101, 60), position_error_m=2e5)
    with Studio() as studio:
        document = Document({"sites": [known]})
        near = subject_bounds(document, studio.scene(document, CaseHome(str(tmp_path))))
        assert near.width < 0.05
        document = Document({"sites": [known, loose]})
        wide = subject_bounds(document, studio.scene(document, CaseHome(str(tmp_path))))
        assert (wide.bottom, wide.top) == pytest.approx((60 - 1.8, 60 + 1.8), abs=0.6)
        assert wide.bottom < 60 - 1.8
        assert wide.right > 101 + 3.6
        document = Document({"sites": [site("shape", shapely.box(10, 20, 30, 25)), site("none", shapely.Polygon())]})
        assert subject_bounds(document, studio.scene(document, CaseHome(str(tmp_path)))).left == pytest.approx(10 - 1.2)
