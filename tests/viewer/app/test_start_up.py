"""The start of the program: what is first needed later is not loaded before the first picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sample_data
from tests.support.command_line import run_python

ROOT = Path(__file__).resolve().parents[3]
LATE = {
    "layers.geo.coordinates.parse": "a coordinate is read",
    "layers.grid.graticules.graticule": "a graticule is shown",
    "layers.places.index": "a place is looked for",
    "layers.product.content": "a product is made",
    "layers.product.gathering": "a product is made",
    "layers.product.lint": "a product is made",
    "layers.project.qgis": "a style is read",
    "layers.raster.point_fit.fitted_points": "a picture is placed by points",
    "layers.raster.point_fit.plane_fits": "a picture is placed by points",
    "layers.raster.point_fit.thin_plate": "a picture is placed by points",
    "viewer.app.georeferencing.picture_preview": "a picture is placed by points",
    "viewer.app.georeferencing.point_sides": "a picture is placed by points",
    "viewer.app.match_plate.plate_dialog": "a match plate is opened",
    "viewer.app.match_plate.plate_numbers": "a match plate is opened",
    "viewer.app.match_plate.plate_sides": "a match plate is opened",
    "viewer.app.navigation.go_to": "Go To is opened",
    "viewer.app.paired_points": "a picture is placed by points, or a match plate is opened",
    "viewer.app.products.laid_out": "a product is made",
    "viewer.app.products.product_window": "a product is made",
    "viewer.canvas.comparison.difference_picture": "the difference of two images is shown",
    "viewer.panels.attributes.attribute_table": "the attributes are shown",
    "viewer.panels.claims.claim_list": "the claims are shown",
    "viewer.panels.comparisons.comparison_bar": "images are compared",
    "viewer.panels.comparisons.comparison_list": "the comparisons are shown",
    "viewer.panels.history.history_panel": "the history is shown",
    "viewer.panels.layers.layer_properties": "a layer is chosen",
    "viewer.panels.measurements.measurement_list": "the measurements are shown",
    "viewer.panels.search.palette": "something is looked for",
    "viewer.panels.search.search_providers": "something is looked for",
    "viewer.panels.searches.search_bar": "an area is searched",
    "viewer.panels.searches.search_dialog": "an area is searched",
    "viewer.panels.searches.search_list": "the searches are shown",
    "viewer.panels.shadows.day_strip": "a shadow is measured",
    "viewer.panels.shadows.shadow_check": "a shadow is measured",
    "viewer.panels.shadows.shadow_part": "a shadow is measured",
    "viewer.panels.sites.case_chips": "the chips of the case are shown",
    "viewer.panels.sites.image_part": "a mark is selected",
    "viewer.panels.sites.mark_as_dialog": "marks are made by template",
    "viewer.panels.sites.site_form": "a mark is selected",
    "viewer.panels.sites.template_dialog": "marks are made by template",
    "viewer.panels.time_strip.outline_layer": "scenes are looked for",
    "viewer.panels.time_strip.scene_desk": "scenes are looked for",
    "viewer.panels.time_strip.scene_folders": "scenes are looked for",
    "viewer.panels.time_strip.time_strip_panel": "scenes are looked for",
    "viewer.panels.timeline.timeline_panel": "the timeline is shown",
    "viewer.rendering.layers.shadow_facts": "a mark is set",
    "viewer.tools.draw_shadow": "a shadow is measured",
    "viewer.tools.nudge_layer": "a layer is nudged",
}
"""Modules, and the packages of them, by when they are needed."""

PICTURE = """
import sys

if __name__ == "__main__":
    from viewer.cli.parser import run
    code = run(sys.argv[1:])
    print(code, *sorted(sys.modules))
"""


@pytest.mark.bounded
def test_late_rooms_are_not_loaded_before_the_first_picture(tmp_path: Path) -> None:
    script = tmp_path / "picture.py"
    script.write_text(PICTURE)
    environment = os.environ | {
        "GEOLOUPE_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, str(script), str(sample_data.path("blue_marble.tif"))]
    done = subprocess.run(
        [*command, "--screenshot", str(tmp_path / "picture.png"), "--size", "700x500"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    code, *loaded = done.stdout.split()
    assert (code, done.stderr) == ("0", "")
    assert "viewer.app.window" in loaded
    early = {name for name in LATE if name in loaded or any(module.startswith(f"{name}.") for module in loaded)}
    assert not {name: f"not before {LATE[name]}" for name in early}
    for name in LATE:
        assert (ROOT / name.replace(".", "/")).is_dir() or (ROOT / f"{name.replace('.', '/')}.py").is_file(), name


def test_readers_are_started_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    """The first picture waits for them: they import their own libraries on another core meanwhile."""
    told = run_python("-c", "import viewer.app.main, sys; print(*sys.modules)", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert "viewer" in loaded
    assert not loaded & {"numpy", "pyproj", "shapely", "rasterio", "PySide6"}
