"""Grants lead to folders of files, deliveries and links, and to parts of folders that are not granted whole."""

import errno
import os
from pathlib import Path

import pytest
from msgspec import convert

from layers.decoding import encoded
from layers.readers.confinement import grants
from layers.readers.confinement.grants import GrantExtent, Grants, ReachableFiles, needs_of, places_of
from tests.support.readers.tiny_deliveries import sentinel2
from tests.support.readers.tiny_rasters import surface, write_raster


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


def made(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def opened(path: Path | str) -> set[tuple[str, GrantExtent]]:
    return {(place.path, place.extent) for place in places_of(Grants(opened=frozenset((str(path),))))}


def test_ops_say_what_they_need():
    params = {"path": "/a/a.tif", "overview_path": "/cache/o.tif", "bands": [1, 2]}
    assert needs_of("tile", params) == Grants(frozenset(("/a/a.tif",)), frozenset(("/cache",)))
    bands = [{"paths": ["/s/1.jp2", "/s/2.jp2"], "index": 1}, {"paths": ["/t/b.tif"], "index": 1}]
    assert needs_of("tile", {"bands": bands}).opened == {"/s/1.jp2", "/s/2.jp2", "/t/b.tif"}
    assert needs_of("overviews", {"path": "/a.tif", "folder": "/cache"}).write == {"/cache"}
    export = needs_of("export_rows", {"path": "/a.shp", "out": "/tmp/x/layer.gpkg", "fids_file": "/tmp/x/fids.npy"})
    assert export == Grants(frozenset(("/a.shp",)), frozenset(), frozenset(("/tmp/x",)))
    assert not needs_of("tile", {"overview_path": "", "path": ""})
    assert needs_of("probe", {"path": "/a", "bands": "nonsense"}) == Grants(frozenset(("/a",)))


def test_grants_are_added_and_come_back_from_json():
    one, other = Grants(frozenset("a"), frozenset("b")), Grants(frozenset("c"), frozenset(), frozenset("d"))
    assert (
        convert(encoded(one | other), Grants) == one | other == Grants(frozenset("ac"), frozenset("b"), frozenset("d"))
    )
    assert not Grants()


def test_a_file_leads_to_its_folder_and_a_link_to_both(tmp_path, home):
    real, link = made(tmp_path / "archive" / "b.tif"), tmp_path / "scenes" / "a.tif"
    link.parent.mkdir()
    link.symlink_to(real)
    folder, file = (str(real.parent), GrantExtent.FOLDER), (str(real), GrantExtent.FILE)
    assert opened(real) == {folder, file}
    assert opened(link) == {folder, file, (str(link.parent), GrantExtent.FOLDER)}
    assert opened(tmp_path / "none.tif") == opened("http://host/a.tif") == opened("a\0b") == set()
    os.mkfifo(tmp_path / "pipe")
    assert opened(tmp_path / "pipe") == set()


def test_the_home_and_what_is_above_it_are_not_granted_whole(tmp_path, home):
    path, sidecar, hidden = made(home / "a.tif"), made(home / "A.tfw"), made(home / ".netrc")
    made(home / "letters" / "b.txt")
    (home / "stray").symlink_to(hidden)
    assert opened(path) == {(str(path), GrantExtent.FILE), (str(sidecar), GrantExtent.FILE)}
    above = made(tmp_path / "c.tif")
    assert opened(above) == {(str(above), GrantExtent.FILE)}
    other = made(home / "scenes" / "d.tif")
    assert (str(other.parent), GrantExtent.FOLDER) in opened(other)


def test_a_hidden_folder_of_the_home_gives_what_is_named_as_the_file(home):
    path, sidecar = made(home / ".ssh" / "a.shp"), made(home / ".ssh" / "a.dbf")
    made(home / ".ssh" / "id_rsa")
    assert opened(path) == {(str(path), GrantExtent.FILE), (str(sidecar), GrantExtent.FILE)}


def test_folders_of_the_system_give_single_files(home):
    assert {extent for _, extent in opened("/etc/passwd")} == {GrantExtent.FILE}
    assert all(os.path.basename(path).startswith("passwd") for path, _ in opened("/etc/passwd"))


def test_a_delivery_is_granted_from_its_root(tmp_path, home):
    safe = sentinel2(tmp_path / "data")
    root = (str(safe), GrantExtent.FOLDER)
    for name in ("MTD_TL.xml", "*.jp2"):
        assert root in opened(next(safe.rglob(name)))
    assert opened(safe) == {root}
    fake = made(tmp_path / "other" / "GRANULE" / "b" / "a.jp2")
    assert (str(tmp_path / "other"), GrantExtent.FOLDER) not in opened(fake)


def test_a_home_that_is_asked_for_gives_the_deliveries_in_it(home):
    safe = sentinel2(home)
    made(home / "letters" / "b.txt")
    assert opened(home) == {(str(home), GrantExtent.LISTED), (str(safe), GrantExtent.FOLDER)}


def test_a_vrt_in_the_home_gives_its_sources(home):
    (home / "scenes").mkdir()
    write_raster(home / "scenes" / "a.tif", surface().astype("uint8"), None, None)
    source = (
        '<SimpleSource><SourceFilename relativeToVRT="1">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>'
    )
    for name, inner in (("a.vrt", "scenes/a.tif"), ("b.vrt", "/etc/passwd")):
        band = f'<VRTRasterBand dataType="Byte" band="1">{source.format(inner)}</VRTRasterBand>'
        made(home / name, f'<VRTDataset rasterXSize="9" rasterYSize="9">{band}</VRTDataset>'.encode())
    assert (str(home / "scenes"), GrantExtent.FOLDER) in opened(home / "a.vrt")
    assert {path for path, _ in opened(home / "b.vrt")} == {str(home / "a.vrt"), str(home / "b.vrt")}


def test_a_folder_with_very_many_files_costs_a_bounded_time(home, monkeypatch):
    monkeypatch.setattr(grants, "MOST_BESIDE", 3)
    for n in range(9):
        made(home / f"{n}.tif")
    assert len(opened(home / "8.tif")) <= 4
    assert (str(home / "8.tif"), GrantExtent.FILE) in opened(home / "8.tif")


def test_what_may_be_written_is_known_by_what_it_is(tmp_path, home):
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own / "deep", other):
        folder.mkdir(parents=True)
    reach = ReachableFiles(places_of(Grants(read=frozenset((str(other),)), write=frozenset((str(own),)))))

    def covers(folder: Path) -> bool:
        return reach.covers(Grants(write=frozenset((str(folder),))))

    assert covers(own)
    assert covers(own / "deep")
    assert covers(tmp_path / "none"), "that it is not there is said by who writes"
    assert not covers(other)
    own.rename(tmp_path / "moved")
    own.mkdir()
    assert not covers(own), "another folder of that name"
    assert covers(tmp_path / "moved")


def test_what_may_not_be_read_for_other_reasons_needs_no_other_process(tmp_path, home, monkeypatch):
    path = made(tmp_path / "scenes" / "a.tif")
    needs = Grants(opened=frozenset((str(path),)))

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "refused")

    assert ReachableFiles().covers(needs)
    monkeypatch.setattr(grants.os, "open", refuse)
    assert not ReachableFiles().covers(needs)
    monkeypatch.setattr(grants.os, "access", lambda *_: False)
    assert ReachableFiles().covers(needs), "its modes forbid it, which no other process changes"
