"""Hostile .aux.xml, .ovr, VRT and WMS descriptions make no request: judged by a server in a network of its own."""

import pytest

from tests.support.readers.hostile_runs import run


@pytest.mark.bounded
def test_nothing_is_asked_of_any_host(tmp_path):
    report = run("rasters", tmp_path, "guarded")
    assert report["requests"] == []
    said = report["said"]
    assert len(said) >= 25
    drawn = {name for name, sentence in said.items() if sentence == "drawn"}
    ours = {"aux", "aux-mask", "aux-entity", "aux-dtd", "aux-srs", "ovr-vrt", "ovr-wms", "msk-vrt"}
    assert drawn >= ours | {"vrt-ovr", "vrt-aux", "vrt-own-ovr"}
    assert drawn <= ours | {"vrt-ovr", "vrt-aux", "vrt-own-ovr", "vrt-srs"}
    for name in ("vrt-as-tif", "wms-as-tif", "wms-as-jp2", "wms-as-ntf", "wmts"):
        assert "its content is" in said[name], said[name]


@pytest.mark.bounded
def test_the_guard_sees_what_gdal_asks_without_the_defences(tmp_path):
    report = run("rasters", tmp_path, "open")
    asked = " ".join(report["requests"])
    assert "/x.tif" in asked
    assert ".png" in asked  # the WMS
