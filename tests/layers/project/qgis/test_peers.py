"""Other people's programs open a saved case: GDAL, its validator, and QGIS. They are the system's, never ours."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box as box_of

import sample_data
from layers.document.document import Document
from layers.project.saving.publish import publish, write_case
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.tables import BY_NAME
from tests.support.cases.marks import marked_document
from tests.support.cases.older_schemas import case_of_schema_1, case_of_schema_2
from tests.support.cases.rich import BLOBS, open_for_work, read_case, relabel, rich_document
from tests.support.qgis.peers import SYSTEM_PYTHON, clean, need, system_python_has
from viewer.commands.imagery.searches import delete_searches, record_search

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]

LOOK = Path(__file__).parents[4] / "tests" / "support" / "qgis" / "qgis_look.py"


@pytest.fixture(
    scope="module", params=["rich", "marked", "empty", "edited", "every", "demo", "migrated-1", "migrated-2"]
)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("peers")
    path = folder / f"{request.param}.gpkg"
    if request.param == "demo":
        return Path(shutil.copy(sample_data.path("demo.gpkg"), path))
    if request.param.startswith("migrated"):
        made = {"migrated-1": case_of_schema_1, "migrated-2": case_of_schema_2}[request.param]
        path.with_name("roads.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
        _intake, work = open_for_work(folder / "sessions", made(path))
        publish(work, path)
        work.close()
        return path
    if request.param == "marked":
        write_case(marked_document(), path, blobs=BLOBS)
        return path
    if request.param == "every":
        return case_with_every_table(folder)
    document = Document() if request.param == "empty" else rich_document()
    if request.param != "edited":
        write_case(document, path)
        return path
    work = WorkingCopy.create(folder / "sessions", document, target=None)
    work.append(relabel(document, "changed"), "me")
    publish(work, path)
    work.close()
    return path


def case_with_every_table(folder: Path) -> Path:
    """A saved case with a row in every table, those of history and of what was deleted among them."""
    path = folder / "every.gpkg"
    write_case(marked_document(), path, blobs=BLOBS)
    intake, work = open_for_work(folder / "sessions", path)
    work.append(relabel(intake.document, "changed"), "me")
    for command, options in ((record_search, {"uuid": "search-2"}), (delete_searches, {"uuids": ["search"]})):
        edit = command(intake.document, actor="me", **options)
        intake.document.apply(edit)
        work.append(edit, "me")
    publish(work, path)
    work.close()
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counts = {name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    own = {*BY_NAME, *(name for name in names if name.startswith("loupe_"))}
    assert not {name for name in own if not counts[name]}, "a table without a row"
    return path


def test_ogrinfo_prints_no_warning(case: Path) -> None:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(case)], capture_output=True, text=True, env=clean())
    assert done.returncode == 0
    assert done.stderr == ""
    assert "Warning" not in done.stdout
    assert "Layer name: site_point" in done.stdout
    assert "Layer name: loupe_" not in done.stdout


def test_ogrinfo_reads_every_feature_by_its_index(case: Path) -> None:
    need(shutil.which("ogrinfo") is not None, "ogrinfo")
    box = ["-spat", "100", "40", "101", "41"]
    done = subprocess.run(
        ["ogrinfo", "-ro", "-so", *box, str(case), "site_point"], capture_output=True, text=True, env=clean()
    )
    inside = box_of(100, 40, 101, 41)
    sites = [site for site in read_case(case).document.sites.values() if site.kind == "point"]
    assert f"Feature Count: {sum(site.geometry.intersects(inside) for site in sites)}\n" in done.stdout


def test_gdals_validator_passes(case: Path) -> None:
    need(system_python_has("osgeo_utils.samples.validate_gpkg"), "python3-gdal")
    command = [
        SYSTEM_PYTHON,
        "-m",
        "osgeo_utils.samples.validate_gpkg",
        "-k",
        "--extra",
        "--warning-as-error",
        str(case),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=clean())
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_pdoks_validator_finds_nothing_but_tables_without_features(case: Path) -> None:
    validator = shutil.which("geopackage-validator")
    need(validator is not None, "geopackage-validator (PyPI: pdok-geopackage-validator)")
    assert validator is not None
    done = subprocess.run(
        [validator, "validate", "--gpkg-path", str(case)], capture_output=True, text=True, env=clean()
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert len(answer["validations_executed"]) > 15
    sites = read_case(case).document.sites.values()
    empty = {f"site_{kind}" for kind in ("point", "line", "polygon")} - {f"site_{site.kind}" for site in sites}
    said = {(found["validation_code"], tuple(sorted(found["locations"]))) for found in answer["results"]}
    of_empty = {
        ("RQ2", tuple(f"Error layer: {table}" for table in sorted(empty))),
        ("RC25", tuple(f"Found in table: {table}" for table in sorted(empty))),
    }
    assert said == (of_empty if empty else set())


def test_an_edit_by_ogr_is_read_back(case: Path, tmp_path: Path) -> None:
    need(system_python_has("osgeo.ogr"), "python3-gdal")
    copy = Path(shutil.copy(case, tmp_path / "copy.gpkg"))
    code = (
        "import sys; from osgeo import ogr; ogr.UseExceptions(); d = ogr.Open(sys.argv[1], 1);"
        "l = d.GetLayerByName('site_point'); f = ogr.Feature(l.GetLayerDefn()); f['label'] = 'from OGR';"
        "f.SetGeometry(ogr.CreateGeometryFromWkt('POINT(5 6)')); l.CreateFeature(f); d = None"
    )
    subprocess.run([SYSTEM_PYTHON, "-c", code, str(copy)], check=True, env=clean())
    labels = {site.label for site in read_case(copy).document.sites.values()}
    assert "from OGR" in labels
    assert len(labels) == len({site.label for site in read_case(case).document.sites.values()}) + 1


def test_qgis_shows_styles_labels_choices_and_relations(case: Path, tmp_path: Path) -> None:
    need(system_python_has("qgis.core"), "python3-qgis")
    environment = clean(QT_QPA_PLATFORM="offscreen", HOME=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path))
    done = subprocess.run([SYSTEM_PYTHON, str(LOOK), str(case)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for group in (answer["alone"], answer["layers"]):
        for table in ("site_point", "site_line", "site_polygon"):
            seen = group[table]
            assert seen["valid"]
            assert seen["renderer"] == "categorizedSymbol"
            assert "class_code" in seen["by"]
            assert seen["label"].startswith('"label" || ')
            assert seen["dashed"]
            for name, lifecycle, text, style in seen["texts"]:
                is_doubtful = lifecycle in ("planned", "agreed", "closed")
                own = text.removesuffix(" (1.05 km, 2.45 km)")  # the radii of the range rings
                own = own.removesuffix(": 1.0185 ± 0.0028 km")  # the result of the measurement
                assert own == (f"{name} ({lifecycle})" if is_doubtful and lifecycle not in name else name)
                assert (style == "dash") == is_doubtful
            assert seen["categories"] > 15
            assert seen["uuid_default"] == "uuid('WithoutBraces')"
            assert seen["choices"]["role"] == ["named in a claim", "setting", "other"]
            assert {"status", "class_code", "mark_kind", "lifecycle"} <= set(seen["choices"])
        assert group["site_point"]["hollow"]
        assert group["claims"]["choices"]["confidence"] == ["low", "moderate", "high"]
        assert {"state", "likelihood_term"} <= set(group["claims"]["choices"])
    assert answer["read"]
    assert answer["crs"] == "EPSG:4326"
    assert all(layer["valid"] for layer in answer["layers"].values())
    assert all(answer["relations"].values())
    assert {"site_point_claims", "claim_evidence", "claim_answers"} <= set(answer["relations"])
    assert {"site_point_observations", "image_observations", "claim_rests_on"} <= set(answer["relations"])
    document = read_case(case).document
    points = [site.uuid for site in document.sites.values() if site.kind == "point"]
    linked = {uuid: [link.claim_uuid for link in document.links.site_to_claims(uuid)] for uuid in points}
    assert answer["claims"] == linked
