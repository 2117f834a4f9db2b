"""The extent of a product of the command line, when nobody says one."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.product.spec import ProductSpec, maps_of
from layers.project.opening.case_paths import CaseHome
from tests.viewer.canvas.conftest import site
from viewer.cli.products.subject import subject_bounds
from viewer.export.headless import Studio
from viewer.export.plates.maps.shown_parts import shown_parts


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


def test_a_mark_that_is_withheld_does_not_widen_the_frame(qapp: object, tmp_path: Path) -> None:
    shown = site("shown", shapely.Point(100, 60), status="reviewed")
    draft, higher = site("draft", shapely.Point(20, 10)), site("higher", shapely.Point(20, 10), marking="TLP:RED")
    with Studio() as studio:
        for hidden in (draft, replace(higher, status="reviewed")):
            document = Document({"sites": [shown, hidden]})
            scene = studio.scene(document, CaseHome(str(tmp_path)))
            assert subject_bounds(document, scene).left < 20
            assert subject_bounds(document, scene, "TLP:GREEN").width < 0.05
            for layout in ("single", "panels", "before-after"):
                spec = ProductSpec(layout=layout, publish=True, marking="TLP:GREEN")
                scenes = [scene] * len(maps_of(spec))
                assert all(part.bounds.width < 1 for part in shown_parts(spec, scenes)), layout
                assert any(part.bounds.width > 50 for part in shown_parts(replace(spec, publish=False), scenes))
        alone = Document({"sites": [draft]})
        assert subject_bounds(alone, studio.scene(alone, CaseHome(str(tmp_path))), "") == (-180, -85, 180, 85)
