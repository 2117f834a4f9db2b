"""Hostile vector files make no request (F67, F69): judged by a server in a network of its own."""

import pytest

from tests.support.readers.hostile_runs import run


@pytest.mark.bounded
def test_f67_f69_nothing_is_asked_of_any_host(tmp_path):
    report = run("vectors", tmp_path, "guarded")
    assert report["requests"] == []
    said = report["said"]
    assert len(said) == 18
    drawn = {name for name, sentence in said.items() if sentence == "drawn"}
    assert drawn >= {"link.geojson", "links.kml", "links.kmz", "schema.gpx", "links.csv", "prj.shp"}, said
    assert not drawn & {"vrt.geojson", "vrt.kml", "vrt.shp", "dtd.kml", "entity.gpx"}, said


@pytest.mark.bounded
def test_the_guard_sees_what_ogr_asks_without_the_defences(tmp_path):
    assert "/crs.wkt" in " ".join(run("vectors", tmp_path, "open")["requests"])
