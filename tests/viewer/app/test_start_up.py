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
    "layers.geo.coordinates.utm_mgrs": "a UTM or MGRS coordinate is written",
    "layers.grid.graticules.graticule": "a graticule is shown",
    "layers.observing.cell_pixels": "an area is searched",
    "layers.observing.search_mask": "an area is searched",
    "layers.places.index": "a place is looked for",
    "layers.product.content": "a product is made",
    "layers.product.custody": "evidence is kept",
    "layers.product.gathering": "a product is made",
    "layers.product.issuing.printed_rows": "a product is issued",
    "layers.product.lint": "a product is made",
    "layers.product.own_paths": "a product is made",
    "layers.product.wording": "words are judged",
    "layers.project.qgis": "a style is read",
    "layers.raster.point_fit.fitted_points": "a picture is placed by points",
    "layers.raster.point_fit.plane_fits": "a picture is placed by points",
    "layers.raster.point_fit.thin_plate": "a picture is placed by points",
    "layers.readers.library_words": "a file has a fault",
    "layers.scenes": "scenes are looked for",
    "layers.services.packs": "a pack is read or made",
    "layers.services.server_words": "a server refuses",
    "layers.services.stac.documents": "scenes are looked for",
    "layers.services.stac.item": "scenes are looked for",
    "layers.text.guarded_xml": "a server refuses",
    "viewer.app.georeferencing.picture_preview": "a picture is placed by points",
    "viewer.app.georeferencing.point_sides": "a picture is placed by points",
    "viewer.app.match_plate.plate_dialog": "a match plate is opened",
    "viewer.app.match_plate.plate_numbers": "a match plate is opened",
    "viewer.app.match_plate.plate_sides": "a match plate is opened",
    "viewer.app.navigation.go_to": "Go To is opened",
    "viewer.app.navigation.open_view": "the view is opened elsewhere",
    "viewer.app.opening.pasted_png": "a picture is pasted",
    "viewer.app.paired_points": "a picture is placed by points, or a match plate is opened",
    "viewer.app.products.laid_out": "a product is made",
    "viewer.app.products.product_window": "a product is made",
    "viewer.canvas.comparison.difference_picture": "the difference of two images is shown",
    "viewer.commands.tables.feature_sites": "features become sites",
    "viewer.commands.filing.added_case": "a case is added to a case",
    "viewer.commands.filing.custody": "evidence is kept",
    "viewer.commands.filing.earth_known": "a file of Google Earth is brought home",
    "viewer.commands.filing.earth_places": "a file of Google Earth is brought home",
    "viewer.commands.filing.pasted_marks": "marks are pasted",
    "viewer.commands.imagery.cell_searches": "an area is searched",
    "viewer.commands.imagery.chips": "a chip is taken",
    "viewer.commands.imagery.observations": "something is observed",
    "viewer.network.pack_download": "a pack is read or made",
    "viewer.panels.attributes.attribute_table": "the attributes are shown",
    "viewer.panels.claims.claim_list": "the claims are shown",
    "viewer.panels.claims.evidence_drop": "evidence is dropped",
    "viewer.panels.comparisons.comparison_bar": "images are compared",
    "viewer.panels.comparisons.comparison_list": "the comparisons are shown",
    "viewer.panels.history.history_panel": "the history is shown",
    "viewer.panels.layers.layer_properties": "a layer is chosen",
    "viewer.panels.layers.place_dialog": "a file does not say where it lies",
    "viewer.panels.layers.service_time_form": "a layer is chosen",
    "viewer.panels.layers.table_dialog": "a table is opened",
    "viewer.panels.measurements.measurement_list": "the measurements are shown",
    "viewer.panels.reviewing": "rows are reviewed",
    "viewer.panels.search.hits": "something is looked for",
    "viewer.panels.search.palette": "something is looked for",
    "viewer.panels.search.search_providers": "something is looked for",
    "viewer.panels.searches.cells_read": "an area is searched",
    "viewer.panels.searches.search_bar": "an area is searched",
    "viewer.panels.searches.search_dialog": "an area is searched",
    "viewer.panels.searches.search_list": "the searches are shown",
    "viewer.panels.searches.search_walk": "an area is searched",
    "viewer.panels.shadows.day_strip": "a shadow is measured",
    "viewer.panels.shadows.shadow_check": "a shadow is measured",
    "viewer.panels.shadows.shadow_part": "a shadow is measured",
    "viewer.panels.shell.shortcut_sheet": "the keys are shown",
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
    "viewer.panels.widgets.field_set": "a form is shown",
    "viewer.rendering.layers.service_tiles": "a service is drawn",
    "viewer.rendering.layers.shadow_facts": "a mark is set",
    "viewer.rendering.vector.feature_tiles": "features are drawn",
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
