"""A case as tables for notebooks: what columns they have, what they say, and that the file is only read."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas
import pandas
import pytest
from shapely.geometry import Point, box

import sample_data
from layers import frames
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import TABLES
from layers.document.rows import ClaimSite
from layers.document.site import Site
from layers.errors import CaseDamaged, CaseTooNew, FileMissing, GeoloupeError, NotAFile, UnsupportedFormat
from layers.project.opening.case_process import CaseInline
from layers.project.saving.publish import write_case
from tests.support.cases.changed_cases import change, leave_journal
from tests.support.cases.rich import BLOBS, copied_alone, open_for_work, relabel, rich_document
from tests.support.cases.tampered_cases import make_canaries, tampered_case

ROOT = Path(__file__).resolve().parents[2]
APART = ("apart", "readme", "tampered", "untouched")
"""What the names of tests have that read in a process of its own, as a notebook does: that takes half a second."""
TABLES_OF_A_CASE: dict[str, Callable[[frames.CaseOrPath], pandas.DataFrame]] = {
    name: getattr(frames, name)
    for name in (
        "sites",
        "claims",
        "sources",
        "responses",
        "chips",
        "claim_sites",
        "claim_sources",
        "claim_responses",
        "site_names",
        "marks",
        "images",
        "observations",
        "searches",
        "claim_evidence",
        "products",
        "product_rows",
        "custody",
    )
}


@pytest.fixture(autouse=True)
def reads_inline(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not any(word in request.node.name for word in APART):
        monkeypatch.setattr(frames, "CaseProcess", lambda imports_main: CaseInline())


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("frames") / "saved.gpkg"
    write_case(rich_document(), path, blobs=BLOBS)
    return path


@pytest.fixture
def case(saved: Path, tmp_path: Path) -> Path:
    return copied_alone(saved, tmp_path)


def everything(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """What a folder holds: bytes, time of change and mode, by name."""
    found = {path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in folder.iterdir()}
    return found | {".": (b"", folder.stat().st_mtime_ns, folder.stat().st_mode)}


# -- what the tables say ----------------------------------------------------------------------------------------------


def test_the_demo_case_as_tables() -> None:
    case = frames.read(sample_data.path("demo.gpkg"))
    sites, claims, sources = frames.sites(case), frames.claims(case), frames.sources(case)
    assert isinstance(sites, geopandas.GeoDataFrame)
    assert sites.crs == "EPSG:4326"
    assert (len(sites), len(claims), len(sources)) == (60, 12, 29)
    assert {"Point", "LineString"} == set(sites.geom_type)
    jiuquan = sites[sites.aliases.str.contains("酒泉")].iloc[0]
    assert jiuquan.class_code == "launch_site"
    assert (round(jiuquan.geometry.x), round(jiuquan.geometry.y)) == (100, 41)  # longitude first
    assert claims.likelihood_term.isna().all()  # nobody gave one
    assert claims.likelihood_low.isna().all()
    assert list(claims.response_count.unique()) == [0]  # both answers are to the whole
    assert frames.responses(case).claim_count.tolist() == [0, 0]
    assert sites.attrs["problems"] == []
    assert sources.evaluated.isna().all()  # nobody stated it


def test_every_value_of_a_row_arrives(case: Path) -> None:
    read = frames.read(case)
    site = frames.sites(read).loc["site-point"]
    assert site.geometry == Point(100.298, 40.961)
    assert (site.label, site.aliases, site.role) == ("Jiuquan", "酒泉; Цзюцюань", "setting")
    assert (site.position_error_m, site.position_basis) == (3000.0, "published coordinate of the site")
    assert (site.claim_count, site.chip_count, site.rev) == (1, 0, 3)
    assert (site.created_by, site.modified_at) == ("анна", "2024-04-13T08:00:00Z")
    assert frames.sites(read).chip_count["site-area"] == 1
    assert pandas.isna(frames.sites(read).loc["site-line", "position_error_m"])
    assert frames.sites(read).geom_type.to_dict() == {
        "site-point": "Point",
        "site-line": "LineString",
        "site-area": "Polygon",
        "site-parts": "MultiPolygon",
    }
    claim = frames.claims(read).loc["claim-1"]
    assert (claim.likelihood_term, claim.likelihood_low, claim.likelihood_high) == ("likely", 55, 80)
    assert (claim.confidence, claim.confidence_reason, claim.source_wording) == ("low", "one source", "“it is so”")
    assert (claim.site_count, claim.source_count, claim.response_count) == (1, 1, 1)
    assert frames.claims(read).loc["claim-2", ["site_count", "source_count"]].tolist() == [0, 0]
    assert frames.sources(read).loc["source", ["title", "reliability", "claim_count"]].tolist() == ["A report", "F", 1]
    assert frames.claim_sources(read).iloc[0].tolist()[:4] == ["claim-1", "source", 6, "2"]
    assert frames.chips(read).loc["chip", ["site_uuid", "niirs_rating", "width"]].tolist() == ["site-area", 4.5, 3]
    assert frames.responses(read).loc["answer", ["words", "claim_count"]].tolist() == ["no", 1]
    image = frames.images(read).loc["image"]
    assert (image.image_key, image.gsd_m, image.date_basis) == ("product:S2A_MSIL2A_20240412", 10.0, "metadata")
    assert (image.observation_count, frames.sites(read).observation_count["site-area"]) == (1, 1)
    seen = frames.observations(read).loc["seen"]
    assert (seen.site_uuid, seen.image_uuid, seen.presence, seen.count_high) == ("site-area", "image", "present", 3)
    assert frames.searches(read).loc["search", ["result", "assessed_pct"]].tolist() == ["none seen", 82.5]
    assert frames.claim_evidence(read).iloc[0].tolist()[:4] == ["claim-1", "observations", "seen", "supports"]
    named = frames.site_names(read)[["site_uuid", "language", "name"]].values.tolist()
    assert named[:2] == [["site-point", "zh", "酒泉"], ["site-point", "ru", "Цзюцюань"]]
    two = frames.site_names(read).set_index("name").loc["Both parts"]
    assert (two.site_uuid, two.source_uuid, two.is_ours) == ("site-parts", "source", False)
    source = frames.sources(read).loc["source"]
    assert (source.context, source.evaluated) == ("the other side of it", False)
    assert (claim.words_kind, claim.alternatives, claim.change_note) == ("direct speech", "another cause", "new since")
    assert frames.searches(read).not_searched_pct["search"] == 7.5
    assert frames.products(read).loc["product", ["state", "correction", "row_count"]].tolist() == [
        "withdrawn",
        "the scale was wrong",
        1,
    ]
    assert frames.product_rows(read).iloc[0].tolist()[:4] == ["product", "site_point", "site-point", 3]
    assert frames.custody(read).loc["kept", ["table_name", "row_uuid", "event"]].tolist() == [
        "source_files",
        "file",
        "kept",
    ]


def test_tables_merge_by_their_uuids(case: Path) -> None:
    read = frames.read(case)
    told = (
        frames.sites(read).merge(frames.claim_sites(read), on="site_uuid").merge(frames.claims(read), on="claim_uuid")
    )
    assert isinstance(told, geopandas.GeoDataFrame)
    assert told.crs == "EPSG:4326"
    assert told[["label", "statement"]].values.tolist() == [["Jiuquan", "Something is so"]]
    cited = frames.claims(read).merge(frames.claim_sources(read), on="claim_uuid")
    assert cited.merge(frames.sources(read), on="source_uuid").title.tolist() == ["A report"]
    answered = frames.claim_responses(read).merge(frames.responses(read), on="response_uuid")
    assert answered.words.tolist() == ["no"]


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("table", TABLES_OF_A_CASE)
def test_an_empty_case_has_the_same_columns_and_types(case: Path, tmp_path: Path, table: str) -> None:
    write_case(Document(), tmp_path / "empty.gpkg")
    empty, full = (TABLES_OF_A_CASE[table](path) for path in (tmp_path / "empty.gpkg", case))
    assert (len(empty), len(full) > 0) == (0, True)
    assert empty.dtypes.to_dict() == full.dtypes.to_dict()
    assert (empty.index.name, empty.index.dtype) == (full.index.name, full.index.dtype)
    assert type(empty) is type(full)
    if isinstance(empty, geopandas.GeoDataFrame):
        assert empty.crs == "EPSG:4326"


@pytest.mark.bounded_after(6)
@pytest.mark.parametrize("table", TABLES_OF_A_CASE)
def test_each_column_is_described(case: Path, table: str) -> None:
    page = f"{TABLES_OF_A_CASE[table].__doc__}{frames.sites.__doc__ if table == 'marks' else ''}"
    assert [name for name in TABLES_OF_A_CASE[table](case).columns if f"`{name}`" not in page] == []


def test_a_table_can_be_written_and_projected(case: Path, tmp_path: Path) -> None:
    sites = frames.sites(case)
    sites.to_file(tmp_path / "sites.geojson")
    assert len(geopandas.read_file(tmp_path / "sites.geojson")) == 4
    assert sites.to_crs("EPSG:3857").geometry["site-point"].x == pytest.approx(11_165_122, abs=1)
    frames.claims(case).to_csv(tmp_path / "claims.csv")


def test_links_to_rows_that_are_not_there_are_left_out_of_tables_and_counts(tmp_path: Path) -> None:
    links = [("c", "s"), ("c", "gone"), ("gone", "s")]
    document = Document(
        {
            "sites": [Site(uuid="s", geometry=Point(1, 2))],
            "claims": [Claim(uuid="c")],
            "claim_sites": [ClaimSite(uuid=f"l{n}", claim_uuid=c, site_uuid=s) for n, (c, s) in enumerate(links)],
        }
    )
    write_case(document, tmp_path / "links.gpkg")
    read = frames.read(tmp_path / "links.gpkg")
    assert frames.claim_sites(read).values.tolist() == [["c", "s"]]
    assert (frames.sites(read).claim_count["s"], frames.claims(read).site_count["c"]) == (1, 1)


def test_a_site_that_lies_off_the_earth_is_told_apart_and_warned_of(tmp_path: Path) -> None:
    sites = [
        Site(uuid="hall", label="Hall", geometry=box(4e6, 5e6, 4.1e6, 5.1e6)),
        Site(uuid="s", geometry=Point(1, 2)),
    ]
    write_case(Document({"sites": sites}), tmp_path / "grid.gpkg")
    with pytest.warns(frames.CaseWarning, match="“Hall” cannot be drawn"):
        frame = frames.sites(tmp_path / "grid.gpkg")
    assert frame.is_on_earth.to_dict() == {"hall": False, "s": True}


def test_only_sites_are_sites_and_marks_are_all(tmp_path: Path) -> None:
    kinds = ("site", "", "annotation", "measurement", "search area", "photo")
    marks = [Site(uuid=kind or "pasted", geometry=Point(1, 2), mark_kind=kind) for kind in kinds]
    write_case(Document({"sites": marks}), tmp_path / "marks.gpkg")
    read = frames.read(tmp_path / "marks.gpkg")
    assert list(frames.sites(read).index) == ["site", "pasted"]
    assert len(frames.marks(read)) == 6
    assert frames.sites(read).attrs == frames.marks(read).attrs


# -- cases of others --------------------------------------------------------------------------------------------------


def test_a_case_edited_by_another_program_is_read_and_its_oddities_are_warned_of(case: Path) -> None:
    change(
        case,
        "UPDATE claims SET likelihood_low = 'about half', likelihood_high = 250 WHERE uuid = 'claim-1'",
        "UPDATE site_point SET label = 'Renamed', position_error_m = 'far' WHERE uuid = 'site-point'",
        "INSERT INTO site_point (geom, label) SELECT geom, 'pasted' FROM site_point",
        "UPDATE site_line SET geom = x'00'",
        "ALTER TABLE claims ADD COLUMN theirs TEXT DEFAULT 'x'",
    )
    with pytest.warns(frames.CaseWarning) as told:
        read = frames.read(case)
    said = " ".join(str(warning.message) for warning in told)
    for words in ("Another program has edited this case", "likelihood_low", "no usable geometry", "no uuid"):
        assert words in said
    assert {warning.filename for warning in told} == {__file__}
    sites, claims = frames.sites(read), frames.claims(read)
    assert sorted(sites.label.dropna()) == ["Renamed", "pasted", "two parts"]
    assert sites.index.is_unique
    assert pandas.isna(sites.position_error_m["site-point"])
    assert claims.loc["claim-1", ["likelihood_low", "likelihood_high"]].isna().all()
    assert "theirs" not in claims
    assert sites.attrs["problems"] == claims.attrs["problems"] == list(read.problems) != []
    assert claims.dtypes.to_dict() == frames.claims(sample_data.path("demo.gpkg")).dtypes.to_dict()


REFUSED: dict[str, tuple[Callable[[Path], object], type[GeoloupeError], str]] = {
    "nothing there": (lambda path: path.unlink(), FileMissing, "case.gpkg"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), NotAFile, "case.gpkg"),
    "a text": (lambda path: path.write_text("uuid,label\n1,x\n"), UnsupportedFormat, "case.gpkg"),
    "a GeoPackage": (
        lambda path: (path.unlink(), geopandas.GeoSeries([Point(1, 2)], crs=4326).to_file(path)),
        UnsupportedFormat,
        "no Geoloupe case",
    ),
    "a later version": (
        lambda path: change(path, "UPDATE loupe_meta SET value = '9' WHERE key = 'min_reader_version'"),
        CaseTooNew,
        "later Geoloupe",
    ),
    "half of one": (lambda path: path.write_bytes(path.read_bytes()[:50_000]), CaseDamaged, "damaged"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_case_is_refused_in_one_sentence(case: Path, what: str) -> None:
    spoil, noun, words = REFUSED[what]
    spoil(case)
    for read in (frames.read, frames.sites, frames.claims):
        with pytest.raises(noun, match=words) as refused:
            read(case)
        assert "\n" not in str(refused.value)


def test_what_is_left_of_a_damaged_case_is_read_where_it_is_asked_for(case: Path) -> None:
    data = case.read_bytes()
    at = data.index(b"Something is so")
    case.write_bytes(data[:at] + b"Nothing is real" + data[at + 15 :])
    with pytest.raises(CaseDamaged):
        frames.read(case)
    with pytest.warns(frames.CaseWarning, match="damaged"):
        read = frames.read(case, accept_damage=True)
    assert frames.claims(read).statement["claim-1"] == "Nothing is real"


@pytest.mark.bounded
def test_tampered_cases_give_tables_or_a_sentence(tmp_path: Path) -> None:
    canaries = tmp_path / "canaries"
    make_canaries(canaries)
    outcomes = []
    for seed in range(10):
        path, done = tampered_case(seed, tmp_path / f"case-{seed}", canaries, 9)
        before = {name.name: name.lstat().st_mtime_ns for name in path.parent.iterdir()}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", frames.CaseWarning)
                read = frames.read(path)
        except GeoloupeError as error:
            outcomes.append("refused" if str(error).strip() else "refused without a word")
        else:
            for name, table in TABLES_OF_A_CASE.items():
                assert table(read).dtypes.to_dict() == table(frames.Case(Document())).dtypes.to_dict(), (name, done)
            outcomes.append("read")
        assert {name.name: name.lstat().st_mtime_ns for name in path.parent.iterdir()} == before, done
    assert set(outcomes) == {"read", "refused"}


# -- the file and the process -----------------------------------------------------------------------------------------


@pytest.mark.bounded
def test_the_file_and_its_folder_stay_untouched(case: Path) -> None:
    before = everything(case.parent)
    for table in ("sites", "claims"):
        assert len(TABLES_OF_A_CASE[table](case))
    assert everything(case.parent) == before


@pytest.mark.bounded
def test_a_journal_beside_the_case_stays_untouched(case: Path) -> None:
    leave_journal(case, "DELETE")
    before = everything(case.parent)
    assert frames.claims(case).statement["claim-1"] == "Something is so"
    assert everything(case.parent) == before


def test_a_case_that_is_open_in_the_window_is_read_as_it_was_saved(case: Path, tmp_path: Path) -> None:
    _intake, work = open_for_work(tmp_path / "sessions", case)
    try:
        work.append(relabel(work.read_document(), "not saved yet"), "me")
        assert frames.sites(case).label["site-point"] == "Jiuquan"
    finally:
        work.close()


READ_ONLY = """
import sys
from layers import frames
try:
    open(sys.argv[1], "ab")
except OSError:
    print(len(frames.sites(sys.argv[1])), len(frames.claims(sys.argv[1])))
"""


@pytest.mark.bounded
def test_a_case_on_a_read_only_folder_is_read_and_untouched(case: Path) -> None:
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if prefix and shutil.which("setpriv") is None:
        pytest.skip("root without setpriv: no folder is read-only for it")
    for folder in case.parents:
        if not folder.stat().st_mode & 0o005:
            folder.chmod(folder.stat().st_mode | 0o005)
        if folder.name.startswith("pytest-of-"):
            break
    case.chmod(0o444)
    case.parent.chmod(0o555)
    before = everything(case.parent)
    done = subprocess.run(
        [*prefix, sys.executable, "-B", "-c", READ_ONLY, str(case)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert everything(case.parent) == before
    case.parent.chmod(0o755)
    if "Permission denied" in done.stderr and "case.gpkg" not in done.stderr:
        pytest.skip("the environment is closed to other users")
    assert (done.stdout.split(), done.stderr) == (["4", "2"], "")


@pytest.mark.bounded
def test_no_process_is_left_of_a_case_read_or_refused_apart(case: Path) -> None:
    assert len(frames.claims(case)) == 2
    for path in (case.parent, case.with_name("nothing.gpkg")):
        with pytest.raises(GeoloupeError):
            frames.read(path)
    for thread in threading.enumerate():
        if thread.name == "case reader":
            thread.join(2)
            assert not thread.is_alive()
    assert not multiprocessing.active_children()


@pytest.mark.bounded
def test_the_lines_of_the_readme_run_as_a_script(tmp_path: Path) -> None:
    """As a script without a main guard, which a spawned process must not run once more."""
    page = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page[page.index("## From a notebook") :], re.DOTALL)
    assert len([line for line in block.splitlines() if line]) == 5
    script = tmp_path / "analysis.py"
    script.write_text(f"print('starts')\n{block}", "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("starts") == 1
    assert "Hikvision" in done.stdout


@pytest.mark.bounded
def test_importing_the_door_imports_no_qt_and_no_gdal() -> None:
    foreign = ("PySide6", "shiboken6", "viewer", "rasterio", "pyogrio", "cv2")
    code = f"import sys, layers.frames; print([m for m in sys.modules if m.split('.')[0] in {foreign}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_that_an_analyst_makes_has_a_table() -> None:
    """A new kind of row asks for a thought here."""
    offered = {"sites", "claims", "claim_sites", "sources", "claim_sources", "responses", "response_claims", "chips"}
    offered |= {"images", "observations", "searches", "claim_evidence", "products", "product_rows", "custody"}
    ours = {"source_files", "comments", "layers", "bookmarks", "meta"}
    ours |= {"comparisons", "templates", "filters", "watch", "seen"}
    assert offered | ours == set(TABLES)
